"""Typical mistakes in a study folder: one line names the error, and nothing is written."""

import os
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from openpyxl import Workbook
from small_activities import DEFINITIONS, write_activities
from small_study import QUESTIONNAIRE, STUDY, small_export

from umid_research.__main__ import main
from umid_research.disclosure.tables import read_published
from umid_research.pipeline import FRAME_STAGES
from umid_research.raw import read_raw
from umid_research.study import read_study
from umid_research.study.questionnaire import read_questionnaire

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 1024
CSV = small_export().to_csv(index=False, sep=";")


def _read(folder: Path) -> pd.DataFrame:
    study = read_study(folder)
    return read_raw(folder, read_questionnaire(folder, study), study)


def _put(name: str, content: bytes) -> Callable[[Path], None]:
    """Return a function that adds a file to the exports."""
    return lambda folder: (folder / "responses" / name).write_bytes(content) and None


def _instead(content: bytes) -> Callable[[Path], None]:
    """Return a function that replaces the content of the export."""
    return _put("export.csv", content)


def _study(old: str, new: str) -> Callable[[Path], None]:
    """Return a function that changes the study's description."""

    def change(folder: Path) -> None:
        assert old in STUDY
        (folder / "study.toml").write_bytes(STUDY.replace(old, new, 1).encode("cp1254"))

    return change


def _other_language(folder: Path) -> None:
    """Write a Google form in a language that the study's form does not have."""
    table = small_export().add_prefix("Soru: ")
    table.to_csv(folder / "responses" / "form.csv", index=False)


def _reworded(folder: Path) -> None:
    table = small_export().rename(columns={"place": "Where do you live?", "kind": "Whom?"})
    table.to_csv(folder / "responses" / "form.csv", index=False)


def _stray_cell(folder: Path) -> None:
    """Write the export as a workbook with one more cell, at its very last row and column."""
    book = Workbook()
    assert book.active is not None
    table = small_export()
    for row in (list(table.columns), *table.itertuples(index=False)):
        book.active.append(list(row))
    book.active.cell(1_048_576, 16_384).value = "x"
    book.save(folder / "responses" / "far.xlsx")


def _not_utf_8(folder: Path) -> None:
    """Copy the export under a name with a byte that is no letter."""
    name = os.path.join(os.fsencode(folder), b"responses", b"a\xff.csv")  # noqa: PTH118
    Path(os.fsdecode(name)).write_bytes(CSV.encode())


def _zipped(folder: Path) -> None:
    with zipfile.ZipFile(folder / "responses" / "form.csv.zip", "w") as archive:
        archive.write(folder / "responses" / "export.csv", "form.csv")


def _titled(folder: Path) -> None:
    with pd.ExcelWriter(folder / "responses" / "typed.xlsx", engine="openpyxl") as writer:
        small_export().to_excel(writer, index=False, startrow=2)
        writer.sheets["Sheet1"]["A1"] = "Survey of May"


def _two_sheets(folder: Path) -> None:
    with pd.ExcelWriter(folder / "responses" / "typed.xlsx") as writer:
        small_export().to_excel(writer, sheet_name="May", index=False)
        small_export().to_excel(writer, sheet_name="June", index=False)


def _into_a_folder(folder: Path) -> None:
    (folder / "responses" / "may").mkdir()
    shutil.move(folder / "responses" / "export.csv", folder / "responses" / "may")


def _nobody_agreed(folder: Path) -> None:
    small_export().assign(consent="no").to_csv(folder / "responses" / "export.csv", index=False)


MISTAKES = {
    "no study": (
        lambda folder: (folder / "study.toml").unlink(),
        "study.toml: no study description here; a study is the folder that holds it",
    ),
    "no responses": (
        lambda folder: shutil.rmtree(folder / "responses"),
        "responses: no export here; possible: .csv, .xlsx",
    ),
    "no export": (
        lambda folder: (folder / "responses" / "export.csv").unlink(),
        "responses: no export here; possible: .csv, .xlsx",
    ),
    "older Excel": (_put("a.xls", OLE), "a.xls: is in an old Excel format; save it as .xlsx"),
    "older Excel under a new name": (
        _put("a.xlsx", OLE),
        "a.xlsx: is protected by a password, or in an old Excel format",
    ),
    "macros": (_put("a.xlsm", b"PK"), "a.xlsm: is a workbook with macros; save it as .xlsx"),
    "a page called a workbook": (
        _put("a.xlsx", b"<html></html>"),
        "a.xlsx: is not a readable workbook",
    ),
    "an archive": (_zipped, "form.csv.zip: is an archive; unpack it here"),
    "a picture": (_put("a.jpg", b"x"), "a.jpg: is not an export that can be read; move it out"),
    "a folder": (_into_a_folder, "may: is a folder; put all exports directly into"),
    "no separator that is known": (
        _instead(CSV.replace(";", "|").encode()),
        "export.csv: has no column of the questionnaire",
    ),
    "another encoding": (
        _instead(CSV.replace("Helpers", "Köməkçilər").encode("cp1254", "replace")),
        "is not UTF-8 text; export it again, or save it as CSV UTF-8; found b'\\xf6'",
    ),
    "UTF-16 without its mark": (
        _instead(CSV.encode("utf-16-le")),
        "export.csv: holds a NUL character; is it a text file? Export it again, as CSV UTF-8",
    ),
    "cut off": (_instead(CSV.encode()[:300] + b';"x'), "ends within a cell: the file is cut off"),
    "another form": (
        _put("b.csv", b"city,size\nBaku,1\n"),
        "b.csv: has no column of the questionnaire; it belongs to another form, or is in a",
    ),
    "another language": (_other_language, "form.csv: has no column of the questionnaire"),
    "another wording": (
        _reworded,
        "form.csv, column Where do you live?: has a column that the questionnaire does not have; "
        "if it is a question in an older wording, add that to `wordings` in study.toml; if it can "
        "be left out, name it in `ignored_columns`; found 'Where do you live?, Whom?'; possible: "
        'place, kind; to copy: wordings = { "QUESTION" = ["Where do you live?"] }',
    ),
    "a question lost": (
        _instead(small_export().drop(columns="duty").to_csv(index=False).encode()),
        "lacks questions of the questionnaire; name them in `not_asked_in` of study.toml if the "
        "form did not have them; found 'duty'; to copy: not_asked_in = "
        '{ "export.csv" = ["duty"] }',
    ),
    "a title above": (
        _titled,
        "typed.xlsx, sheet Sheet1: has fewer names than columns in row 1; the names must be "
        "in row 1, with nothing above; they seem to be in row 3: remove the rows above; found "
        "'Survey of May'",
    ),
    "two sheets": (
        _two_sheets,
        "several sheets that could hold submissions; keep one per file; found",
    ),
    "an entry misspelt": (
        _study("consent = ", "consnt = "),
        "study.toml, entry roles.consnt: there is no such entry",
    ),
    "a description in another encoding": (
        _study("A small study", "Kiçik sorğu"),
        "study.toml, byte 81: is not UTF-8 text",
    ),
    "a description cut off": (_study('"small"', '"small'), "study.toml: is not valid TOML"),
    "a stray cell": (
        _stray_cell,
        "far.xlsx, sheet Sheet: has fewer names than columns in row 1; the names must be in row 1, "
        "with nothing above; the first cell beside them is XFD1048576",
    ),
    "a name that is not UTF-8": (
        _not_utf_8,
        "a\\udcff.csv': has a name with signs that cannot be written; rename it",
    ),
    "a negative seed": (_study("seed = 1", "seed = -1"), "study.toml, entry seed: Input should be"),
    "a dimension with the key of the index": (
        _study("trust.name.en", "index.name.en"),
        "study.toml: the key index is that of the mean over all dimensions; use another",
    ),
    "nobody agreed": (
        _nobody_agreed,
        "no submission is left to be analysed; all were set aside; found 'no_consent 10'",
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_gives_one_line_and_no_output(write_study, tmp_path, capsys, mistake) -> None:
    """The line names the problem and the place; there is no traceback."""
    folder, processed = write_study(), tmp_path / "processed"
    make, says = MISTAKES[mistake]
    make(folder)

    assert 1 == main(["clean", "--raw", str(folder), "--processed", str(processed)])
    output = capsys.readouterr()
    assert "" == output.out
    assert says in output.err
    assert 1 == output.err.count("\n")
    assert not processed.exists()


def test_a_file_is_not_a_study(write_study, capsys) -> None:
    """Somebody gives study.toml instead of its folder."""
    assert 1 == main(["clean", "--raw", str(write_study() / "study.toml")])

    assert "no study description here; a study is the folder" in capsys.readouterr().err


@pytest.mark.parametrize(
    "content",
    [
        CSV.encode("utf-16"),
        CSV.replace(";", "\t").encode("utf-16"),
        CSV.replace(";", "\t").encode(),
        b"sep=;\r\n" + CSV.encode("utf-8-sig"),
        b"\xef\xbb\xbfsep=;\n" + CSV.encode(),
    ],
    ids=["UTF-16", "UTF-16 with tabs", "tabs", "a line for Excel", "a line for Excel, marked"],
)
def test_a_csv_saved_by_excel_gives_the_same_answers(write_study, content) -> None:
    """It is saved as Unicode text, or opened and saved again; rows keep their numbers."""
    folder = write_study()
    expected = _read(folder)
    _instead(content)(folder)

    pd.testing.assert_frame_equal(expected, _read(folder))


def test_truncated_utf_16_is_refused(write_study, capsys) -> None:
    """For example, it has an odd number of bytes."""
    folder = write_study()
    _instead(CSV.encode("utf-16")[:-1])(folder)

    assert 1 == main(["clean", "--raw", str(folder)])
    assert "begins as UTF-16 text but is not valid UTF-16" in capsys.readouterr().err


def test_a_description_may_begin_with_a_byte_order_mark(write_study) -> None:
    """Notepad writes one; the names of people are removed from derived folders all the same."""
    folder = write_study(study='names = ["Anar"]\n' + STUDY)
    expected = _read(folder)
    description = folder / "study.toml"
    description.write_bytes(b"\xef\xbb\xbf" + description.read_bytes())
    processed = folder.parent / "processed"

    pd.testing.assert_frame_equal(expected, _read(folder))
    assert 0 == main(["clean", "--raw", str(folder), "--processed", str(processed)])
    assert "Anar" not in (processed / "study" / "study.toml").read_text(encoding="utf-8")


def test_system_files_are_not_exports(write_study) -> None:
    """Hidden files, lock files of open workbooks, thumbnails."""
    folder = write_study(questionnaire=QUESTIONNAIRE)
    for name in (".DS_Store", "~$export.xlsx", "Thumbs.db", "desktop.ini"):
        _put(name, b"x")(folder)

    assert 10 == len(_read(folder))


def test_the_error_suggests_a_label_similar_to_the_header(write_study, capsys) -> None:
    """A word of the question was changed in Google Forms."""
    folder = write_study()
    table = small_export().rename(columns={"age": "How old are you, please?"})
    table.to_csv(folder / "responses" / "export.csv", index=False)

    assert 1 == main(["clean", "--raw", str(folder)])
    assert "possible: How old are you?" in capsys.readouterr().err


@pytest.mark.parametrize("submissions", [1, 2])
def test_the_first_submissions_make_complete_reports(write_study, tmp_path, submissions) -> None:
    """After the first day almost nothing may be shown, but nothing fails."""
    folder, processed = write_study(export=small_export().head(submissions)), tmp_path / "out"
    for stage in FRAME_STAGES:
        command = [stage.__name__, "--raw", str(folder), "--processed", str(processed)]
        assert 0 == main(command)

    tables = read_published(processed)
    intake = tables["intake"].set_index("statistic")
    assert submissions == intake.loc["kept", "value"]
    for name, rows in tables.items():
        if name.startswith(("scores", "answers", "differences")):
            assert not rows["shown"].any(), name


def test_a_target_that_does_not_fit_the_localities_stops_the_first_stage(
    write_study, tmp_path, capsys
) -> None:
    """A study with another locality learns it at once, not after all statistics."""
    folder, processed = write_study(), tmp_path / "out"
    write_activities(folder, indicators=DEFINITIONS.replace("target = 2", "each = 1\ntarget = 3"))

    assert 1 == main(["clean", "--raw", str(folder), "--processed", str(processed)])
    output = capsys.readouterr().err
    assert "the target is not `each` times the 4 localities; found 3" in output
    assert "possible: 4" in output
    assert not list(processed.glob("*.csv"))


def test_all_targets_that_do_not_fit_are_named_at_once(write_study, tmp_path, capsys) -> None:
    """Another locality changes the target of every indicator that has one per locality."""
    folder = write_study()
    first = DEFINITIONS.replace("target = 2", "each = 1\ntarget = 3")
    start, end = first.index("[indicators."), first.index("[questions.q1]")
    second = first[start:end].replace("[indicators.consultations_held]", "[indicators.again]")
    write_activities(folder, indicators=first[:end] + second + first[end:])

    assert 1 == main(["clean", "--raw", str(folder), "--processed", str(tmp_path / "out")])
    output = capsys.readouterr().err
    assert "2 targets do not fit the number of localities" in output
    assert 2 == output.count("the target is not `each` times the 4 localities; found 3")


@pytest.mark.parametrize(
    ("entry", "problem"),
    [
        ('count = "guesses"', "names no counting method; found 'guesses'"),
        (
            'count = "workshops_held"\nby = ["sex"]',
            "the counting method has no such breakdown; found 'sex'",
        ),
    ],
)
def test_an_indicator_that_cannot_be_counted_stops_the_first_stage(
    write_study, tmp_path, capsys, entry, problem
) -> None:
    """A misspelt name stops the first stage, not the last one."""
    folder, processed = write_study(), tmp_path / "out"
    changed = DEFINITIONS.replace('count = "consultations_held"', entry)
    write_activities(folder, indicators=changed)

    assert 1 == main(["clean", "--raw", str(folder), "--processed", str(processed)])
    assert problem in capsys.readouterr().err
    assert not list(processed.glob("*.csv"))
