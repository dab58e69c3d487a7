"""Choices, numbers, dates and constraints: only unambiguous answers are read."""

import pandas as pd
import pytest
from small_study import QUESTIONNAIRE, small_export

from umid_research.clean import clean_responses
from umid_research.errors import QuestionnaireError
from umid_research.raw import read_raw
from umid_research.study import read_study
from umid_research.study.questionnaire import read_questionnaire

FORM = (
    QUESTIONNAIRE.replace("dimension | reverse |", "dimension | reverse | constraint |")
    .replace(
        "| integer | age | How old are you? | | | |",
        "| integer | age | How old are you? | | | | . >= 18 and . < 100 |\n"
        "| | decimal | share | Which share? | | | | |\n"
        "| | date | day | Which day? | | | | |\n"
        "| | integer | children | How many children? | | | | . < ${age} |",
    )
    .replace("| Television |", "| Телевидение, радио |")
)


@pytest.fixture
def first(read_all):
    """The frames of the small study and its first row, with some answers replaced."""

    def clean(form: str = FORM, **answers: str):
        table = small_export().assign(share="", day="", children="")
        for column, value in answers.items():
            table.loc[0, column] = value
        study, questionnaire, raw = read_all(questionnaire=form, export=table)
        return clean_responses(raw, questionnaire, study, key="k" * 16)

    return clean


def _issues_of(frames, column: str) -> list[tuple[str, str, str]]:
    rows = frames.issues[frames.issues["column"] == column]
    return list(rows[["rule", "action", "note"]].itertuples(index=False, name=None))


@pytest.mark.parametrize(
    ("column", "text", "value"),
    [
        ("trust_1", "FULLY", "5"),
        ("trust_1", "not  at-all", "1"),
        ("trust_1", "4.0", "4"),
        ("trust_1", "4,0", "4"),
        ("aware", "ΥES", None),  # a Greek capital
        ("aware", "YЕS", "yes"),  # a Cyrillic one
        ("channels", "TV; WEB", "tv web"),
        ("channels", "internet", "web"),
        ("channels", "телевидение, РАДИО", "tv"),
    ],
)
def test_a_label_in_another_spelling_becomes_its_code(first, column, text, value) -> None:
    """This requires that it matches one choice only."""
    frames = first(**{column: text})

    if value is None:
        assert pd.isna(frames.responses.loc[0, column])
        assert "unknown_choice" == _issues_of(frames, column)[0][0]
    else:
        assert value == frames.responses.loc[0, column]
        assert [("choice_label", "changed", "")] == _issues_of(frames, column)


def test_a_similar_label_is_suggested(first) -> None:
    """`Fuly` is one letter short of `Fully`: similarity 2 · 4 / 9 = 0.89."""
    frames = first(trust_1="Fuly")

    assert pd.isna(frames.responses.loc[0, "trust_1"])
    assert [("unknown_choice", "blanked", "perhaps 5")] == _issues_of(frames, "trust_1")


def test_labels_that_can_be_read_in_two_ways_are_blanked(first) -> None:
    """`A, B` is the label of one choice, and also two labels joined."""
    form = FORM.replace("| Телевидение, радио |", "| A |").replace(
        "| | channel | web | Internet | |",
        "| | channel | web | B | |\n| | channel | both | A, B | |",
    )
    frames = first(form, channels="A, B")

    assert pd.isna(frames.responses.loc[0, "channels"])
    assert [("ambiguous_choices", "blanked", "")] == _issues_of(frames, "channels")


@pytest.mark.parametrize(
    ("text", "value", "note"),
    [
        ("0.5", 0.5, None),
        ("1e3", 1000.0, None),
        ("0,5", 0.5, ""),
        ("−0,5", -0.5, ""),
        ("12 345,6", 12345.6, ""),
        ("12\u00a0345", 12345.0, ""),
        ("1.234,5", 1234.5, ""),
        ("1,234.5", 1234.5, ""),
        ("1,234,567", 1234567.0, ""),
        ("٢٥", 25.0, ""),
        ("１２", 12.0, ""),
        ("1,234", None, "perhaps 1.234 or 1234"),
        ("1,2,3", None, ""),
        ("12 34", None, ""),
        ("inf", None, ""),
        ("nan", None, ""),
        ("0x10", None, ""),
        ("half", None, ""),
        ("0509876501", None, ""),
        ("+994509876501", None, ""),
        ("050 987 650", None, ""),
        ("٠٥٠٩٨٧٦٥٠٧", None, ""),
        ("4111111111111111", None, ""),
        ("5.09876501E8", None, ""),
        ("99999999", 99999999.0, None),
    ],
)
def test_a_number_is_read_if_its_format_is_unambiguous(first, text, value, note) -> None:
    """A phone number is not a quantity. Without a note, the text has the form's own format."""
    frames = first(share=text)

    if value is None:
        assert pd.isna(frames.responses.loc[0, "share"])
        assert [("not_a_number", "blanked", note)] == _issues_of(frames, "share")
    else:
        assert value == frames.responses.loc[0, "share"]
        expected = [] if note is None else [("number_format", "changed", note)]
        assert expected == _issues_of(frames, "share")


@pytest.mark.parametrize(
    ("others", "text", "value"),
    [
        # Nothing else shows what the sign means.
        ([], "45.000", None),
        ([], "45,000", None),
        (["30", "7"], "45.000", None),
        (["30", "7"], "45,000", None),
        # Another answer shows it.
        (["12.5"], "45.000", 45.0),
        (["12.5"], "45,000", 45000.0),
        (["12,50"], "45.000", 45000.0),
        (["12,50"], "45,000", 45.0),
        (["0.125"], "1.250", 1.25),
        (["1.234.567"], "45.000", 45000.0),
        (["1,234.5"], "45,000", 45000.0),
        (["1234,567"], "45,250", 45.25),
        # The others contradict each other.
        (["12.5", "12,5"], "45.000", None),
        (["12.5", "12,5"], "45,000", None),
    ],
)
def test_a_point_or_comma_before_three_digits_is_read_by_one_rule(
    read_all, others, text, value
) -> None:
    """Other answers in the same file decide; this sheet has no ids of a survey platform."""
    table = small_export().drop(columns="_uuid").assign(share="", day="", children="")
    for row, answer in enumerate([text, *others]):
        table.loc[row, "share"] = answer
    study, questionnaire, raw = read_all(questionnaire=FORM, export=table)

    frames = clean_responses(raw, questionnaire, study, key="k" * 16)

    short = {"45.000": "45 or 45000", "45,000": "45 or 45000"}.get(text)
    if value is None:
        assert pd.isna(frames.responses.loc[0, "share"])
        assert ("not_a_number", "blanked", f"perhaps {short}") in _issues_of(frames, "share")
    else:
        assert value == frames.responses.loc[0, "share"]
        assert "not_a_number" not in frames.issues["rule"].tolist()


@pytest.mark.parametrize(
    ("column", "text", "value"),
    [
        ("share", "1.250", 1.25),
        ("share", "1,250", None),
        # The form asks for a whole number, which a device writes without any sign.
        ("children", "1.000", None),
        ("children", "1,000", None),
    ],
)
def test_a_survey_platform_writes_decimals_with_a_point(first, column, text, value) -> None:
    """Its submissions have ids. A comma shows that a person or a program changed the file."""
    frames = first(**{column: text})

    answer = frames.responses.loc[0, column]
    assert value == answer if value is not None else pd.isna(answer)
    assert ([] if value else ["not_a_number"]) == [rule for rule, *_ in _issues_of(frames, column)]


def test_each_file_shows_its_own_decimal_sign(write_study) -> None:
    """One sheet was typed with commas, the other with points."""
    table = small_export().drop(columns="_uuid").assign(share="", day="", children="")
    folder = write_study(questionnaire=FORM, export=table.assign(share=["45.000", "2.5"] * 5))
    table.assign(share=["45.000", "2,5"] * 5).to_csv(
        folder / "responses" / "typed.csv", index=False, sep=";"
    )
    study = read_study(folder)
    questionnaire = read_questionnaire(folder, study)

    frames = clean_responses(
        read_raw(folder, questionnaire, study), questionnaire, study, key="k" * 16
    )

    assert [45.0, 2.5, 45000.0, 2.5] == frames.responses["share"].iloc[[0, 1, 10, 11]].tolist()


@pytest.mark.parametrize(
    ("text", "value", "note"),
    [
        ("2022-03-28", "2022-03-28", None),
        ("2022-03-28T09:20:09.854+04:00", "2022-03-28", ""),
        ("2022-03-28 00:00:00", "2022-03-28", ""),
        ("28.3.2022", "2022-03-28", ""),
        ("03.04.2022", "2022-04-03", ""),
        ("28/03/2022", "2022-03-28", ""),
        ("3/28/2022", "2022-03-28", ""),
        ("20220328", "2022-03-28", ""),
        ("03/04/2022", None, "perhaps 2022-04-03 or 2022-03-04"),
        ("44648", None, "perhaps 2022-03-28"),
        ("2022-02-30", None, ""),
        ("31.02.2022", None, ""),
        ("01.03.2024 10:05", "2024-03-01", ""),
        ("1.3.2024, 10.05.30", "2024-03-01", ""),
        ("3/28/2022 9:05 PM", "2022-03-28", ""),
        ("01.03.24", None, "perhaps 2024-03-01 or 1924-03-01"),
        ("01.03.24 10:05", None, "perhaps 2024-03-01 or 1924-03-01"),
        # 1900 had no leap day.
        ("29.02.00", "2000-02-29", ""),
        ("28/03/22", None, "perhaps 2022-03-28 or 1922-03-28"),
        ("01.03.1445", None, "the year is not from 1900 to 2099"),
        ("1445-03-01", None, "the year is not from 1900 to 2099"),
        ("1445-03-01T10:05", None, "the year is not from 1900 to 2099"),
        ("2567/03/01", None, "the year is not from 1900 to 2099"),
        ("1899-12-31", None, "the year is not from 1900 to 2099"),
        ("1900-01-01", "1900-01-01", None),
        ("31.12.2099", "2099-12-31", ""),
        ("1.1.2100", None, "the year is not from 1900 to 2099"),
        ("yesterday", None, ""),
        ("2022-03-28 call Anar", None, ""),
    ],
)
def test_a_date_is_read_if_day_and_month_are_unambiguous(first, text, value, note) -> None:
    """Day 44648 of a spreadsheet is 28 March 2022: 44562 is 1 January, and 86 days later."""
    frames = first(day=text)

    if value is None:
        assert pd.isna(frames.responses.loc[0, "day"])
        assert [("not_a_date", "blanked", note)] == _issues_of(frames, "day")
    else:
        assert value == frames.responses.loc[0, "day"]
        expected = [] if note is None else [("date_format", "changed", note)]
        assert expected == _issues_of(frames, "day")


@pytest.mark.parametrize(
    ("column", "text", "allowed"),
    [("age", "18", True), ("age", "17", False), ("age", "100", False), ("children", "31", False)],
)
def test_an_answer_that_breaks_the_constraint_is_blanked(first, column, text, allowed) -> None:
    """Ages from 18 to 99 are allowed, and row 1 (aged 30) must have fewer children than years."""
    frames = first(**{column: text})

    assert allowed == pd.notna(frames.responses.loc[0, column])
    assert ([] if allowed else [("out_of_range", "blanked", "")]) == _issues_of(frames, column)
    assert allowed or text == frames.issues["old"].iloc[0]


@pytest.mark.parametrize(
    "constraint",
    [
        *("pulldata('ages', 'min', 'place', ${place}) < .", "position(..) = 1", ". >= 18 &&"),
        *("regex(., '\\p{Nd}+')", "count(${kind}) > .", "indexed-repeat(${age}, ${kind}, 1) < ."),
    ],
)
def test_an_unsupported_constraint_leaves_answers_unjudged_and_counted(first, constraint) -> None:
    """The device has judged them; a guess could blank valid answers."""
    frames = first(FORM.replace(". >= 18 and . < 100", constraint), age="17")
    rows = frames.issues[frames.issues["column"] == "age"]

    assert 17 == frames.responses.loc[0, "age"]
    assert [("constraint_unread", "flagged")] == list(
        rows[["rule", "action"]].itertuples(index=False, name=None)
    )
    assert rows["note"].iloc[0] == f"10 answers; {constraint}"


def test_an_unsupported_condition_is_an_error_with_the_expression(first) -> None:
    """A guess could turn not asked into missing."""
    with pytest.raises(QuestionnaireError, match=r"\$\{kind\} == 'g'.* is not understood"):
        first(FORM.replace("${kind} = 'g'", "${kind} == 'g'"))


TIMED = FORM.replace("Which day? | | | | |", "Which day? | | | | . <= today() |")


@pytest.mark.parametrize(
    ("started", "day", "allowed"),
    [
        ("2022-03-02T10:00:00.000+04:00", "2022-03-02", True),
        ("2022-03-02T23:30:00.000-05:00", "2022-03-03", False),
        ("", "2099-01-01", True),
        ("5/3/2022 10:00:00", "2099-01-01", True),
    ],
)
def test_today_is_the_day_of_the_interview(first, started, day, allowed) -> None:
    """Where nobody knows the day, the answer is not judged, and this is counted."""
    form = TIMED.replace("| survey | | | | | | |", "| survey | | | | | | | |").replace(
        "| | select_one yes_no | consent |",
        "| | start | start | | | | | |\n| | select_one yes_no | consent |",
    )
    frames = first(form, start=started, day=day)

    assert allowed == pd.notna(frames.responses.loc[0, "day"])
    expected = (
        []
        if allowed and started.startswith("2022")
        else [
            ("out_of_range", "blanked", "")
            if not allowed
            else ("constraint_unread", "flagged", "1 answers; . <= today()")
        ]
    )
    assert expected == _issues_of(frames, "day")


def test_a_blank_answer_breaks_no_constraint(first) -> None:
    """Its state is missing."""
    frames = first(age="")

    assert "missing" == frames.states.loc[0, "age"]
    assert [] == frames.issues["rule"].tolist()
