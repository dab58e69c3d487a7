"""Test the workbook for a native reader: what it holds, and what is taken from it."""

import io
from pathlib import Path

import pytest
from openpyxl import load_workbook

from umid_research.errors import ParameterError, ReportError
from umid_research.forms import language_review
from umid_research.forms.language_review import apply_corrections, review_workbook
from umid_research.messages import Messages


@pytest.fixture
def catalogue(tmp_path, monkeypatch) -> Path:
    """A catalogue of three texts in the place of those of the package."""
    path = tmp_path / "xx.toml"
    path.write_text(
        '# a comment\nhello = "Salam"\n[list]\nfew.one = "{n} şey"\nnamed = "\\"{name}\\" var"\n',
        encoding="utf-8",
    )
    files = {"messages/xx.toml": path}
    monkeypatch.setattr(language_review, "catalogue_files", lambda _: files)
    return path


def _returned(folder: Path, corrections: dict[str, str], **changes: str) -> Path:
    """Save the workbook with corrections, as a reader would."""
    workbook = load_workbook(io.BytesIO(review_workbook("xx")))
    for row in workbook.active.iter_rows(min_row=2):
        row[5].value = corrections.get(row[1].value)
        row[1].value = changes.get(row[1].value, row[1].value)
    path = folder / "returned.xlsx"
    workbook.save(path)
    return path


def test_the_workbook_has_every_text_beside_the_english_one() -> None:
    """Each plural form is a row; equal catalogues give equal bytes."""
    content = review_workbook("az")
    rows = list(load_workbook(io.BytesIO(content)).active.iter_rows(values_only=True))
    found = {(row[0], row[1]): row for row in rows}
    line = found["messages/az.toml", "findings.parts"]

    assert ("study", Messages("en")("findings.parts")) == line[2:4]
    assert Messages("az")("findings.parts") == line[4]
    assert ("messages/people/az.toml", "quota.reached") in found
    assert len(Messages("az").texts()) == sum(row[0] == "messages/az.toml" for row in rows)
    assert content == review_workbook("az")


def test_a_correction_changes_its_line_only(catalogue) -> None:
    """Comments and the other texts stay; quotation marks are escaped."""
    returned = _returned(catalogue.parent, {"list.named": '«{name}» "burada"'})

    assert ["list.named"] == apply_corrections("xx", returned)
    assert catalogue.read_text(encoding="utf-8").splitlines() == [
        "# a comment",
        'hello = "Salam"',
        "[list]",
        'few.one = "{n} şey"',
        'named = "«{name}» \\"burada\\""',
    ]


@pytest.mark.parametrize(
    ("corrections", "renamed", "says"),
    [
        ({"list.named": "var"}, {}, "row 4: the correction of 'list.named' has the places none"),
        ({"hello": "Salam {who}"}, {}, "the places who; the text has none"),
        ({"hello": "Salam {"}, {}, "a brace without its partner"),
        ({"hello": "Sabahın xeyir"}, {"hello": "helo"}, "no catalogue has the text 'helo'"),
    ],
)
def test_a_correction_that_does_not_fit_changes_nothing(
    catalogue, corrections, renamed, says
) -> None:
    """All wrong rows are named at once."""
    before = catalogue.read_text(encoding="utf-8")
    good = {"list.few.one": "{n} nəsnə", **corrections}
    returned = _returned(catalogue.parent, good, **renamed)

    with pytest.raises(ReportError) as refusal:
        apply_corrections("xx", returned)

    assert says in str(refusal.value)
    assert before == catalogue.read_text(encoding="utf-8")


def test_a_text_that_was_changed_meanwhile_is_not_overwritten(catalogue) -> None:
    """The reader corrected another text than the present one."""
    returned = _returned(catalogue.parent, {"hello": "Sabahın xeyir"})
    catalogue.write_text(catalogue.read_text().replace("Salam", "Salamlar"), encoding="utf-8")

    with pytest.raises(ReportError, match="'hello' was changed since"):
        apply_corrections("xx", returned)


def test_another_file_is_refused(tmp_path, catalogue) -> None:
    """A text file and a workbook with other heads."""
    text = tmp_path / "a.xlsx"
    text.write_text("no workbook")
    with pytest.raises(ReportError, match="is no workbook"):
        apply_corrections("xx", text)

    workbook = load_workbook(io.BytesIO(review_workbook("xx")))
    workbook.active["F1"] = "Better"
    workbook.save(text)
    with pytest.raises(ReportError, match="its heads differ"):
        apply_corrections("xx", text)


def test_a_language_without_catalogues_is_named() -> None:
    """With those that there are."""
    with pytest.raises(ParameterError, match=r"no catalogue for this language.*'xy'.*az"):
        review_workbook("xy")
