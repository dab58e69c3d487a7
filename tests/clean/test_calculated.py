"""Calculated and hidden fields: the exported column is data, masked like text unless numeric."""

import pandas as pd
import pytest
from small_study import QUESTIONNAIRE, STUDY, frame_texts, small_export

from umid_research import open_report
from umid_research.__main__ import main
from umid_research.clean import clean_responses, read_cleaned, replay
from umid_research.errors import QuestionnaireError
from umid_research.frames import write_frames
from umid_research.raw import read_intake
from umid_research.report.sample.intake import table_issues
from umid_research.study import read_study
from umid_research.study.questionnaire import read_questionnaire

_FORM = QUESTIONNAIRE.replace(
    "dimension | reverse |", "dimension | reverse | calculation | bind::type |"
).replace(
    "| | select_one place | place |",
    "| | calculate | total | | | | | ${age} + 1 | |\n"
    "| | calculate | place_name | | | | | pulldata('p', 'n', 'k', ${place}) | |\n"
    "| | hidden | household | | | | | | |\n"
    "| | hidden | visited | | | | | | date |\n"
    "| | calculate | __version__ | | | | | 'v1' | |\n"
    "| | calculate | version | | | | | '7' | |\n"
    "| | select_one place | place |",
)
_NUMBERS = [str(n) for n in range(10)]


@pytest.fixture
def frames(write_study):
    """Return the cleaned frames of the small study with columns of fields, and its folder."""

    def clean(*, study: str = STUDY, form: str = _FORM, **columns: object):
        folder = write_study(
            study=study, questionnaire=form, export=small_export().assign(**columns)
        )
        described = read_study(folder)
        questionnaire = read_questionnaire(folder, described)
        intake = read_intake(folder, questionnaire, described)
        cleaned = clean_responses(
            intake.raw, questionnaire, described, key="k" * 16, lacking=intake.lacking
        )
        again = replay(
            intake.raw, cleaned.issues, cleaned.set_aside, questionnaire, described, key="k" * 16
        )
        pd.testing.assert_frame_equal(cleaned.responses, again)
        write_frames(folder / "frames", cleaned.frames(questionnaire, described), described)
        read = read_cleaned(folder / "frames", questionnaire)
        pd.testing.assert_frame_equal(cleaned.responses, read.responses, check_dtype=False)
        return cleaned, intake

    return clean


def test_the_columns_come_after_the_questions(frames) -> None:
    """Numbers are numbers, if all are; a blank is missing; a device's own fields are left out."""
    cleaned, _ = frames(
        total=[*_NUMBERS[:9], ""], place_name=["Quba"] * 10, household=["H1"] * 10, version="7"
    )

    assert ["total", "place_name", "household", "visited"] == list(cleaned.responses)[-4:]
    assert [0.0, 1.0] == cleaned.responses["total"].iloc[:2].tolist()
    assert pd.isna(cleaned.responses["total"].iloc[9])
    assert {"Quba"} == set(cleaned.responses["place_name"])
    assert cleaned.responses["visited"].isna().all()
    assert not {"total", "place_name", "household", "version"} & set(cleaned.states)
    assert cleaned.issues.empty


@pytest.mark.parametrize("group", ["asked/", "asked-", ""])
def test_they_are_found_with_and_without_group_names(frames, group) -> None:
    """An export without the column has no values, and this stops nothing."""
    cleaned, _ = frames(**{f"{group}total": _NUMBERS})

    assert 9.0 == cleaned.responses["total"].iloc[9]
    assert cleaned.responses["household"].isna().all()


@pytest.mark.parametrize(
    ("text", "kept", "rules"),
    [
        ("Anar müəllim, Quba", "[name], Quba", ["mask_name"]),
        ("0501234567", "[phone]", ["mask_phone"]),
        ("994501234567", "[phone]", ["mask_phone"]),
        ("a@b.az", "[email]", ["mask_email"]),
        ("H-17", "H-17", []),
        ("007", "007", []),
    ],
)
def test_texts_are_masked_like_free_text(frames, text, kept, rules) -> None:
    """Each is logged with its mark; the other rows are numbers, but the column is text then."""
    cleaned, _ = frames(household=[text, *_NUMBERS[1:]])

    assert [kept, "1"] == cleaned.responses["household"].iloc[:2].tolist()
    assert rules == cleaned.issues["rule"].tolist()
    assert text not in cleaned.issues.to_csv()


@pytest.mark.parametrize(
    ("text", "value"),
    [("0.8374659283746", 0.8374659283746), ("-3", -3.0), ("123456.5", 123456.5), ("1E-7", 1e-7)],
)
def test_numbers_are_not_masked(frames, text, value) -> None:
    """A random number has many digits; so has a telephone number, but not behind the point."""
    cleaned, _ = frames(household=[text, *_NUMBERS[1:]])

    assert value == cleaned.responses["household"].iloc[0]
    assert cleaned.issues.empty


def test_a_declared_type_is_used(frames) -> None:
    """The form says that `visited` is a date, and with another type that it is a whole number."""
    days = ["2022-03-02", "3.3.2022", "03/04/2022", *[""] * 7]
    as_date, _ = frames(visited=days)
    as_number, _ = frames(
        form=_FORM.replace("| date |", "| int |"), visited=["1 200", "12345678", "x", *_NUMBERS[3:]]
    )

    assert ["2022-03-02", "2022-03-03"] == as_date.responses["visited"].iloc[:2].tolist()
    assert ["date_format", "not_a_date"] == as_date.issues["rule"].tolist()
    assert [1200.0, 12345678.0] == as_number.responses["visited"].iloc[:2].tolist()
    assert ["number_format", "not_a_number"] == as_number.issues["rule"].tolist()


def test_an_identifying_field_is_left_out(frames) -> None:
    """Its name stands with the identifying questions; a name that is no field is refused."""
    listed = '"organisation", "household"'
    study = STUDY.replace('["organisation"]', f"[{listed}]")

    cleaned, _ = frames(study=study, household=["Anar, 0501234567"] * 10)

    assert "household" not in cleaned.responses
    assert "0501234567" not in cleaned.responses.to_csv() + cleaned.issues.to_csv()
    with pytest.raises(QuestionnaireError, match=r"`identifying` names an unknown .*'householdd'"):
        frames(study=study.replace('household"', 'householdd"'))


def test_a_field_with_the_name_of_another_column_is_counted(frames) -> None:
    """The frame has a column `version` of its own."""
    cleaned, intake = frames(version=["7", *[""] * 9])

    assert "version" not in cleaned.responses
    (row,) = intake.account.query("what == 'not_read'").to_dict("records")
    assert ("version", 1) == (row["column"], row["number"])


def test_fields_of_repeated_groups_are_left_out(frames) -> None:
    """They have several values for each submission."""
    form = _FORM.replace(
        "| | end_group |",
        "| | begin_repeat | member | Member | | | | | |\n"
        "| | calculate | inside | | | | | 1 | |\n"
        "| | end_repeat | | | | | | | |\n"
        "| | end_group |",
    )

    cleaned, _ = frames(form=form)

    assert "inside" not in cleaned.responses


def test_reports_are_made_of_a_study_with_fields(write_study, tmp_path) -> None:
    """A masked field is counted among the changes under its name."""
    table = small_export().assign(household=["Anar müəllim", *[""] * 9], total=_NUMBERS)
    folder = write_study(questionnaire=_FORM, export=table)
    processed = tmp_path / "processed"

    assert 0 == main(["frames", "--raw", str(folder), "--processed", str(processed)])

    assert "[name]" == frame_texts(processed, "responses")["household"].iloc[0]
    report = open_report("study", processed=processed, language="en")
    assert "household" in str(table_issues(report))
