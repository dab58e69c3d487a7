"""A person sets a submission aside in corrections.csv, by any name that is printed."""

import pandas as pd
import pytest
from small_study import ANSWERS, frame_texts, small_export

from umid_research.__main__ import main
from umid_research.clean import clean_responses, names_set_aside, read_corrections
from umid_research.errors import ExportError, StudyError
from umid_research.raw import read_intake
from umid_research.study import read_study
from umid_research.study.questionnaire import read_questionnaire

HEADER = "submission,column,old,new,reason,by\n"


@pytest.fixture
def correct(write_study):
    """Return the frames of the small study, or of other files, after these corrections."""

    def clean(lines: str, **files: pd.DataFrame):
        folder = write_study(name=f"study {len(lines)} {len(files)}")
        (folder / "corrections.csv").write_text(HEADER + lines, encoding="utf-8")
        if files:
            (folder / "responses" / "export.csv").unlink()
        for name, table in files.items():
            table.to_csv(folder / "responses" / f"{name}.csv", index=False, sep=";")
        study = read_study(folder)
        questionnaire = read_questionnaire(folder, study)
        corrections = read_corrections(folder)
        aside = names_set_aside(corrections)
        intake = read_intake(folder, questionnaire, study, aside=aside)
        return clean_responses(
            intake.raw, questionnaire, study, key="k" * 16, corrections=corrections
        )

    return clean


def _aside(frames) -> list[tuple[str, int, str]]:
    return list(frames.set_aside[["file", "row", "rule"]].itertuples(index=False, name=None))


@pytest.mark.parametrize(
    "name",
    [
        *("uuid-3", "uuid:uuid-3", "export.csv:5", '"export.csv, row 5"', "export.csv:05"),
        *('"studies/x/responses/export.csv, row 5"', '"export.csv, sheet Form 1, row 5"'),
    ],
)
def test_a_submission_is_known_by_each_name_that_is_printed(correct, name) -> None:
    """As uuid, as in the issues, and as in an error message."""
    frames = correct(f"{name},,,set aside,invented,Ülkər\n")

    assert [("export.csv", 5, "by_person")] == _aside(frames)
    issue = frames.issues[frames.issues["rule"] == "correction"].iloc[0]
    assert (5, "set aside", "corrections.csv, line 2") == tuple(issue[["row", "action", "note"]])
    assert ["", ""] == issue[["old", "new"]].tolist()
    assert "Ülkər" not in frames.issues.to_csv()
    assert "invented" not in frames.issues.to_csv()


def test_answers_can_be_corrected_by_the_printed_name_too(correct) -> None:
    """`export.csv, row 3` is the second interview."""
    frames = correct('"export.csv, row 3",age,41,14,digits turned,A\n')

    assert 14 == frames.responses.loc[1, "age"]


def test_all_copies_of_the_submission_are_set_aside(correct) -> None:
    """Otherwise the second download would bring it back."""
    again = small_export().iloc[[3, 4]]

    frames = correct("export2.csv:2,,,Set Aside,invented,A\n", export=small_export(), export2=again)

    assert [
        ("export.csv", 5, "by_person"),
        ("export2.csv", 2, "by_person"),
        ("export2.csv", 3, "duplicate"),
    ] == _aside(frames)


def test_copies_without_an_id_are_set_aside_too(correct) -> None:
    """A sheet of Google Forms was downloaded twice; the second file is named."""
    sheet = small_export()[ANSWERS]
    sheet.insert(0, "Timestamp", [f"{day}.03.2022 10:05:11" for day in range(1, 11)])

    frames = correct('"b.csv, row 6",,,set aside,invented,A\n', a=sheet, b=sheet)

    assert ("a.csv", 6, "by_person") in _aside(frames)
    assert ("b.csv", 6, "by_person") in _aside(frames)
    assert 9 == len(frames.responses)


def test_a_submission_that_stops_the_run_can_be_set_aside(correct) -> None:
    """Its two columns hold different answers to one question."""
    table = small_export().assign(**{"older/age": ["", "", "", "99", *[""] * 6]})
    with pytest.raises(ExportError, match=r"rows? 5"):
        correct("", export=table)

    frames = correct('"export.csv, row 5",,,set aside,cannot be read,A\n', export=table)

    assert [("export.csv", 5, "by_person")] == _aside(frames)


def test_an_unknown_state_of_a_submission_set_aside_stops_nothing(correct) -> None:
    """A person has decided."""
    table = small_export().assign(_validation_status=["", "", "Returned", *[""] * 7])

    frames = correct("uuid-2,,,set aside,returned,A\n", export=table)

    assert [("export.csv", 4, "by_person")] == _aside(frames)


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        ("uuid-99,,,set aside,x,A\n", "line 2: names a submission that is not .*found 'uuid-99'"),
        ("export.csv:99,,,set aside,x,A\n", "line 2: names a submission that is not in the exp"),
        ("uuid-0,,,,x,A\n", "line 2: a correction needs a column, or `set aside` under `new`"),
        ("uuid-0,,,5,x,A\n", "line 2: a correction needs a column, .*found '5'"),
        ("uuid-0,,4,set aside,x,A\n", "line 2: a correction needs a column, .*blank under `old`"),
        ("uuid-0,,,set aside,,A\n", "line 2: a correction needs reason"),
        ("uuid-0,,,set aside,x,\n", "line 2: a correction needs by"),
    ],
)
def test_a_line_that_is_not_complete_stops_the_run(correct, lines, says) -> None:
    """The error names the line and what it needs."""
    with pytest.raises(StudyError, match=says):
        correct(lines)


def test_the_command_reads_the_file(write_study, tmp_path, capsys) -> None:
    """The submission is counted among those set aside."""
    folder = write_study()
    (folder / "corrections.csv").write_text(
        HEADER + '"export.csv, row 2",,,set aside,invented,A\n', encoding="utf-8"
    )

    assert 0 == main(["clean", "--raw", str(folder), "--processed", str(tmp_path)])

    assert "10 submissions read, 9 kept, 1 set aside" in capsys.readouterr().out
    assert ["by_person"] == frame_texts(tmp_path, "set_aside")["rule"].tolist()
