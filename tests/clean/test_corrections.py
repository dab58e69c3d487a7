"""corrections.csv: each line matches exactly once, is logged, and is then cleaned as usual."""

import pandas as pd
import pytest
from small_study import small_export

from umid_research.clean import clean_responses, read_corrections
from umid_research.errors import StudyError

HEADER = "submission,column,old,new,reason,by\n"


@pytest.fixture
def correct(write_study, read_all):
    """Return the frames of the small study after the corrections in the text."""

    def clean(lines: str, *, header: str = HEADER, table: pd.DataFrame | None = None):
        folder = write_study(export=table)
        (folder / "corrections.csv").write_text(header + lines, encoding="utf-8")
        study, questionnaire, raw = read_all(export=table)
        corrections = read_corrections(folder)
        return clean_responses(raw, questionnaire, study, key="k" * 16, corrections=corrections)

    return clean


def _issues(frames) -> list[tuple]:
    columns = ["row", "column", "rule", "action", "old", "new", "note"]
    return list(frames.issues[columns].itertuples(index=False, name=None))


def test_a_study_without_corrections_has_none(write_study) -> None:
    """The file is optional."""
    assert read_corrections(write_study()).empty


def test_a_correction_finds_its_submission_by_uuid_or_by_file_and_row(correct) -> None:
    """Its issue refers to the line of the file and does not name the person."""
    frames = correct("uuid-0,trust_1,4,5,slip,Ülkər\nexport.csv:3,age,41,14,digits turned,Ülkər\n")

    assert ("5", 14) == (frames.responses.loc[0, "trust_1"], frames.responses.loc[1, "age"])
    assert [
        (2, "trust_1", "correction", "changed", "4", "5", "corrections.csv, line 2"),
        (3, "age", "correction", "changed", "41", "14", "corrections.csv, line 3"),
    ] == _issues(frames)
    assert "Ülkər" not in frames.issues.to_csv()


@pytest.mark.parametrize("separator", [";", "\t"])
def test_a_file_as_a_spreadsheet_saves_it_is_read(correct, separator) -> None:
    """In some countries the columns are separated by semicolons; copied cells by tabs."""
    line = "uuid-0,trust_1,4,5,slip,A\n".replace(",", separator)
    frames = correct(line, header=HEADER.replace(",", separator))

    assert "5" == frames.responses.loc[0, "trust_1"]


def test_corrected_answers_are_cleaned_like_any_other(correct) -> None:
    """The correction `9` is not a choice; both changes of the cell are logged."""
    frames = correct("uuid-0,trust_1,4,9,slip,A\n")

    assert pd.isna(frames.responses.loc[0, "trust_1"])
    assert ["correction", "unknown_choice"] == frames.issues["rule"].tolist()


def test_a_correction_can_restore_a_submission(correct) -> None:
    """Its district could not be read before."""
    table = small_export()
    table.loc[3, "place"] = "?"
    frames = correct("uuid-3,place,?,n,asked again,A\n", table=table)

    assert 10 == len(frames.responses)
    assert [(5, "place", "correction", "changed", "[text]", "n", "corrections.csv, line 2")] == (
        _issues(frames)
    )


def test_a_correction_of_text_is_not_shown(correct) -> None:
    """Neither the old nor the new text is logged; names are masked as usual."""
    frames = correct('uuid-9,organisation,Helpers,Friends,"renamed",A\n')

    assert ("[text]", "[text]") == tuple(frames.issues[["old", "new"]].iloc[0])
    assert "Friends" not in frames.issues.to_csv()


def test_a_correction_of_a_submission_set_aside_is_logged_without_answers(
    correct,
) -> None:
    """No answer of a person without consent leaves `raw`."""
    table = small_export()
    table.loc[3, "consent"] = "no"
    frames = correct("uuid-3,trust_1,3,4,slip,A\n", table=table)

    assert (5, "trust_1", "correction", "changed", "[text]", "[text]") == _issues(frames)[0][:6]


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        ("uuid-99,age,30,31,slip,A\n", "line 2, submission uuid-99: .*found '0 submissions'"),
        (
            "uuid-0,agee,30,31,slip,A\n",
            "line 2: a correction names an unknown question; found 'agee'",
        ),
        ("uuid-0,age,29,31,slip,A\n", "line 2: the answer to 'age' is not the old .*found '30'"),
        ("uuid-0,age,30,30,slip,A\n", "line 2: a correction changes nothing"),
        ("uuid-0,age,30,31,,A\n", "line 2: a correction needs reason"),
        ("uuid-0,age,30,31,slip,\n", "line 2: a correction needs by"),
        ("uuid-0,age,30,31\n", "line 2: has more or fewer cells"),
        ("uuid-0,age,30,31,s,A\nuuid-0,age,30,32,s,A\n", "line 3: the answer .*found '31'"),
    ],
)
def test_a_correction_that_does_not_match_once_stops_the_run(correct, lines, says) -> None:
    """The error names the line and what was found."""
    with pytest.raises(StudyError, match=says):
        correct(lines)


def test_a_repeated_uuid_needs_file_and_row(correct) -> None:
    """Otherwise the wrong one of the two submissions could be corrected."""
    table = pd.concat([small_export(), small_export().head(1)])

    with pytest.raises(StudyError, match="found '2 submissions'"):
        correct("uuid-0,age,30,31,slip,A\n", table=table)

    frames = correct("export.csv:12,age,30,31,slip,A\n", table=table)
    assert ["duplicate_differs"] == frames.set_aside["rule"].tolist()


def test_a_file_with_other_columns_is_refused(correct) -> None:
    """The error lists the columns that are needed."""
    with pytest.raises(StudyError, match=r"corrections\.csv: needs these columns .*possible: subm"):
        correct("uuid-0,age,30,31,slip\n", header="submission,column,old,new,reason\n")


def test_a_file_in_another_encoding_is_refused(write_study) -> None:
    """The error names the byte."""
    folder = write_study()
    (folder / "corrections.csv").write_bytes(HEADER.encode() + "Şabran".encode("cp1254"))

    with pytest.raises(StudyError, match=r"corrections\.csv, byte 36: is not UTF-8"):
        read_corrections(folder)
