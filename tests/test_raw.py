"""Exports as downloaded: every form of the same answers gives one frame, or one clear error."""

import io
import zipfile

import pandas as pd
import pytest
from small_study import ANSWERS, QUESTIONNAIRE, STUDY, small_export

from umid_research.errors import ExportError
from umid_research.questionnaire import read_questionnaire
from umid_research.raw import read_raw
from umid_research.study import read_study


def _read(folder):
    study = read_study(folder)
    return read_raw(folder, read_questionnaire(folder, study), study)


def _replace_export(folder, content: bytes, name: str = "export.csv"):
    (folder / "responses" / "export.csv").unlink()
    (folder / "responses" / name).write_bytes(content)
    return folder


def _csv(**options) -> bytes:
    return small_export().to_csv(index=False, **options).encode()


def _xlsx(table: pd.DataFrame, sheets: tuple[str, ...] = ("form",)) -> bytes:
    book = io.BytesIO()
    with pd.ExcelWriter(book) as writer:
        for sheet in sheets:
            table.to_excel(writer, sheet_name=sheet, index=False)
    return book.getvalue()


def test_a_row_is_known_by_file_row_and_version(write_study) -> None:
    """The row is the one a spreadsheet shows: the header is row 1."""
    raw = _read(write_study())

    assert ("export.csv", 2, "v1", "uuid-0") == tuple(
        raw.loc[0, ["file", "row", "version", "uuid"]]
    )
    assert ["file", "row", "version", "uuid", *ANSWERS] == list(raw.columns)
    assert 10 == len(raw)


@pytest.mark.parametrize(
    "content",
    [
        _csv(sep=","),
        b"\xef\xbb\xbf" + _csv(sep=";"),
        _csv(sep=";", quoting=1, lineterminator="\r\n"),
    ],
    ids=["comma", "byte order mark", "quoted, CR LF"],
)
def test_csv_dialects_give_the_same_answers(write_study, content) -> None:
    """What KoboToolbox, ODK and spreadsheets write."""
    folder = write_study()
    expected = _read(folder)

    pd.testing.assert_frame_equal(expected, _read(_replace_export(folder, content)))


def test_a_workbook_gives_the_same_answers(write_study) -> None:
    """Numbers in cells become the text a person typed."""
    folder = write_study()
    expected = _read(folder)
    table = small_export()
    table["age"] = table["age"].astype(int)

    raw = _read(_replace_export(folder, _xlsx(table), "export.xlsx"))

    pd.testing.assert_frame_equal(expected.drop(columns="file"), raw.drop(columns="file"))


def test_group_prefixes_make_no_difference(write_study) -> None:
    """`asked/trust_1` is `trust_1`."""
    folder = write_study()
    expected = _read(folder)
    prefixed = small_export().rename(
        columns=lambda name: f"asked/{name}" if name in ANSWERS else name
    )

    raw = _read(_replace_export(folder, prefixed.to_csv(index=False, sep=";").encode()))

    pd.testing.assert_frame_equal(expected, raw)


def test_split_choices_are_joined(write_study) -> None:
    """0/1 columns without the joined one carry the same answer."""
    folder = write_study()
    expected = _read(folder)
    table = small_export()
    for choice in ("tv", "web"):
        table[f"channels/{choice}"] = table["channels"].str.contains(choice).astype(int)
    table = table.drop(columns="channels")

    raw = _read(_replace_export(folder, table.to_csv(index=False, sep=";").encode()))

    pd.testing.assert_frame_equal(expected, raw)


def test_a_choice_may_bear_the_name_of_a_question(write_study) -> None:
    """`channels/age` is a tick of `channels`, not somebody's age."""
    form = QUESTIONNAIRE.replace("| channel | web |", "| channel | age |")
    table = small_export()
    table["channels"] = table["channels"].str.replace("web", "age")
    table["channels/age"] = table["channels"].str.contains("age").astype(int)

    assert "30" == _read(write_study(export=table, questionnaire=form))["age"][0]


def test_a_question_in_two_columns_is_refused(write_study) -> None:
    """Under two groups, say."""
    with pytest.raises(
        ExportError, match="has question 'age' in two columns; found 'age, asked/age'"
    ):
        _read(write_study(export=small_export().assign(**{"asked/age": "1"})))


def test_split_choices_that_tell_another_answer_are_refused(write_study) -> None:
    """Row and column of the contradiction are named."""
    table = small_export()
    table["channels/tv"] = "0"

    with pytest.raises(ExportError, match=r"row 2, column channels/tv: tells two answers"):
        _read(write_study(export=table))


def test_files_are_read_in_the_order_of_their_names(write_study) -> None:
    """Every file counts, and a note for people among them does not."""
    folder = write_study()
    (folder / "responses" / "another.csv").write_bytes(_csv(sep=","))
    (folder / "responses" / "README.md").write_text("where these come from")

    assert ["another.csv"] * 10 + ["export.csv"] * 10 == _read(folder)["file"].tolist()


@pytest.mark.parametrize(
    ("content", "name", "says"),
    [
        (b"", "export.csv", "has no submission"),
        (b"consent;place\n", "export.csv", "has no submission; found '0 rows'"),
        ("consent;place\nyes;Şabran\n".encode("cp1254"), "export.csv", "is not UTF-8 text"),
        (b"consent;pl\x00ace\nyes;n\n", "export.csv", "holds a NUL character"),
        (b"consent;consent\nyes;n\n", "export.csv", "has a column twice; found 'consent'"),
        (b"consent;\nyes;n\n", "export.csv", "column 2: has a column without a name"),
        (b"consent;place\nyes;n\nyes;n;p\n", "export.csv", "has a row that does not fit"),
        (b"consent;place\nyes;n\nyes\n", "export.csv", "row 3: has fewer cells than the header"),
        (_csv(sep=";").replace(b"trust_3", b"trust_9"), "export.csv", "found 'trust_9'"),
        (_csv(sep=";").replace(b"trust_3", b"_trust"), "export.csv", "lacks questions"),
        (b"PK\x03\x04 broken", "export.xlsx", "is not a readable workbook"),
        (_xlsx(small_export(), ("form", "repeat")), "export.xlsx", "found 'form, repeat'"),
        (b"x", "export.pdf", "is not an export that can be read; possible: .csv, .xlsx"),
    ],
)
def test_a_wrong_structure_is_one_error_that_names_the_file(
    write_study, content, name, says
) -> None:
    """Structure raises; only wrong answers become issues."""
    folder = _replace_export(write_study(), content, name)

    with pytest.raises(ExportError) as refusal:
        _read(folder)

    assert name in str(refusal.value)
    assert says in str(refusal.value)


def test_a_blank_row_is_no_submission_and_moves_no_number(write_study) -> None:
    """Spreadsheets leave blank rows; the row after one keeps the number a person sees."""
    lines = _csv(sep=";").split(b"\n")
    lines.insert(2, b"")
    lines.insert(3, b";" * lines[0].count(b";"))

    raw = _read(_replace_export(write_study(), b"\n".join(lines)))

    assert [2, 5, 6] == raw["row"].tolist()[:3]
    assert 10 == len(raw)


def test_a_column_can_be_ignored_by_name(write_study) -> None:
    """The study says so; nothing is ignored by itself."""
    table = small_export().assign(remark="x")

    raw = _read(write_study(export=table, study=f'ignored_columns = ["remark"]\n{STUDY}'))

    assert "remark" not in raw


def test_no_export_is_refused(write_study) -> None:
    """An empty folder is not an empty study."""
    folder = write_study()
    (folder / "responses" / "export.csv").unlink()

    with pytest.raises(ExportError, match="no export here"):
        _read(folder)


def test_a_workbook_that_is_a_plain_archive_is_refused(write_study) -> None:
    """A ZIP without a workbook inside is an error, not a traceback."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("hello.txt", "hello")
    folder = _replace_export(write_study(), archive.getvalue(), "export.xlsx")

    with pytest.raises(ExportError, match="is not a readable workbook"):
        _read(folder)
