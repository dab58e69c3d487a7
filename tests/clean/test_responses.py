"""Cleaning: no submission is lost, every change is logged, and not asked differs from missing."""

import pandas as pd
import pytest
from small_study import QUESTIONNAIRE, STUDY, small_export

from umid_research.clean import ISSUES, SET_ASIDE, clean_responses, read_cleaned
from umid_research.errors import StudyError
from umid_research.frames import write_frames

_FRAMES = ("responses", "states", "issues", "set_aside")


def _with(row: int, **answers: str) -> pd.DataFrame:
    """Return the small export with some answers of one row replaced."""
    table = small_export()
    for column, value in answers.items():
        table.loc[row, column] = value
    return table


def _issue(cleaned, rule: str) -> dict:
    (issue,) = cleaned.issues[cleaned.issues["rule"] == rule].to_dict("records")
    return {key: issue[key] for key in ("row", "column", "action", "old", "new")}


def test_a_clean_export_has_no_issues(cleaned) -> None:
    """Ten interviews give ten respondents."""
    frames = cleaned()

    assert 10 == len(frames.responses)
    assert [] == frames.issues["rule"].tolist()
    assert [] == frames.set_aside["rule"].tolist()
    assert list(ISSUES.columns) == list(frames.issues.columns)
    assert list(SET_ASIDE.columns) == list(frames.set_aside.columns)


def test_codes_become_the_studys_keys(cleaned) -> None:
    """District `n` becomes `north`, group `p` becomes `people`; role questions are not repeated."""
    first = cleaned().responses.iloc[0]

    assert ("north", "n1", "people", 1.0) == tuple(
        first[["district", "locality", "group", "weight"]]
    )
    assert not {"place", "kind", "village", "consent"} & set(first.index)


def test_texts_are_masked_and_identifying_answers_are_dropped(cleaned) -> None:
    """Free text can identify the person who wrote it."""
    frames = cleaned(_with(9, proposal="Call Anar bəy on 0501234567", organisation="Helpers"))

    assert "[name] on [phone]" == frames.responses.loc[9, "proposal"]
    assert ["mask_phone", "mask_name"] == frames.issues["rule"].tolist()
    assert {"[phone]", "[name]"} == set(frames.issues["old"]) == set(frames.issues["new"])
    assert {} == frames.members
    for frame in (getattr(frames, name) for name in _FRAMES):
        assert not any(word in frame.to_csv() for word in ("Anar", "Helpers", "0501234567"))


def test_a_unit_is_the_matched_group_in_its_locality_or_the_named_organisation(cleaned) -> None:
    """Rows 0 and 1 are one community; the office in the same place is another unit."""
    units = cleaned().responses["unit"]

    assert units[0] == units[1]
    assert 9 == units.nunique()


def test_a_respondent_without_an_organisation_is_a_unit_of_one(cleaned) -> None:
    """The respondent is counted, and an issue is logged."""
    frames = cleaned(_with(9, organisation=""))

    assert 9 == frames.responses["unit"].nunique()
    assert {
        "row": 11,
        "column": "organisation",
        "action": "taken as its own unit",
        "old": "",
        "new": "",
    } == _issue(frames, "no_unit")


@pytest.mark.parametrize(
    ("answers", "rule", "column"),
    [
        ({"consent": "no"}, "no_consent", None),
        ({"consent": ""}, "no_consent", None),
        ({"place": "x"}, "unknown_district", "place"),
        ({"place": ""}, "unknown_district", "place"),
        ({"kind": "x"}, "unknown_group", "kind"),
        ({"village": "s1"}, "unknown_locality", "village"),
        ({"village": ""}, "unknown_locality", "village"),
    ],
)
def test_a_submission_that_cannot_be_analysed_is_set_aside_with_its_rule(
    cleaned, answers, rule, column
) -> None:
    """Rows in = rows kept + rows set aside; the answer that caused it is logged."""
    frames = cleaned(_with(3, **answers))

    assert 9 == len(frames.responses)
    assert [("export.csv", 5, rule)] == list(
        frames.set_aside[["file", "row", "rule"]].itertuples(index=False, name=None)
    )
    issues = frames.issues[frames.issues["rule"] != "quota"]
    assert ([] if column is None else [column]) == issues["column"].tolist()
    assert ([] if column is None else ["set aside"]) == issues["action"].tolist()


def test_equal_and_conflicting_duplicates_have_different_rules(cleaned) -> None:
    """Equal answers with one uuid are a duplicate; other answers need a decision by a person."""
    table = small_export()
    again = table.iloc[[0, 0]].assign(age=[" 30 ", "31"])

    frames = cleaned(pd.concat([table, again]))

    assert [(12, "duplicate"), (13, "duplicate_differs")] == list(
        frames.set_aside[["row", "rule"]].itertuples(index=False, name=None)
    )
    (issue,) = frames.issues.to_dict("records")
    assert ("set aside", "export.csv, row 2", "", "") == tuple(
        issue[name] for name in ("action", "note", "old", "new")
    )
    assert pd.isna(issue["column"])
    assert 30 == frames.responses.loc[0, "age"]


@pytest.mark.parametrize(
    ("column", "values"), [("organisation", '["Test", "проба"]'), ("version", '["v0"]')]
)
def test_test_submissions_are_set_aside(read_all, column, values) -> None:
    """study.toml identifies them by an answer or by the form version."""
    entry = f'test_submissions = {{ column = "{column}", values = {values} }}\n[field_work]'
    table = _with(3, organisation=" TEST ", __version__="v0")
    study, questionnaire, raw = read_all(study=STUDY.replace("[field_work]", entry), export=table)

    frames = clean_responses(raw, questionnaire, study, key="k" * 16)

    assert [(5, "test")] == list(
        frames.set_aside[["row", "rule"]].itertuples(index=False, name=None)
    )
    assert {"quota"} == set(frames.issues["rule"])


def test_the_column_of_test_submissions_must_exist(read_all) -> None:
    """The error lists the possible columns."""
    entry = 'test_submissions = { column = "organization", values = ["x"] }\n[field_work]'
    study, questionnaire, raw = read_all(study=STUDY.replace("[field_work]", entry))

    with pytest.raises(
        StudyError, match=r"test_submissions\.column: .*'organization'; possible: f"
    ):
        clean_responses(raw, questionnaire, study, key="k" * 16)


def test_frames_read_back_are_the_frames_that_were_written(read_all, tmp_path) -> None:
    """This includes an issue of the whole study, which has no row."""
    table = _with(0, age="old", proposal='Line one\nsays "=1+1"; line two')
    study, questionnaire, raw = read_all(export=table.drop(index=9))
    frames = clean_responses(raw, questionnaire, study, key="k" * 16)
    write_frames(tmp_path / "frames", frames.frames(questionnaire, study), study)

    read = read_cleaned(tmp_path / "frames", questionnaire)

    assert ["not_a_number", "quota"] == frames.issues["rule"].tolist()
    assert {*_FRAMES, "members"} == set(vars(frames))
    for name, frame in ((name, getattr(frames, name)) for name in _FRAMES):
        pd.testing.assert_frame_equal(
            frame.astype(object).where(frame.notna() & (frame != ""), "none"),
            getattr(read, name).astype(object).where(getattr(read, name).notna(), "none"),
            check_dtype=False,
        )


def test_no_answer_of_a_submission_without_consent_is_kept(cleaned) -> None:
    """Its invalid answers are not logged either."""
    frames = cleaned(_with(3, consent="no", trust_1="nonsense"))

    assert "nonsense" not in frames.issues.to_csv()
    assert "uuid-3" not in frames.set_aside.to_csv()


@pytest.mark.parametrize(
    ("column", "value", "rule", "shown"),
    [
        ("trust_1", "9", "unknown_choice", "9"),
        ("trust_1", "my name is Anar", "unknown_choice", "[text]"),
        ("trust_1", "0501234567", "unknown_choice", "[text]"),
        ("age", "old", "not_a_number", "[text]"),
        ("age", "30.5", "not_a_number", "30.5"),
        ("age", "45.000", "not_a_number", "45.000"),
        ("age", "123456789", "not_a_number", "[text]"),
        ("trust_1", "v7", "unknown_choice", "v7"),
        ("trust_1", "5AB3CD2", "unknown_choice", "[text]"),
        ("trust_1", "Aygun", "unknown_choice", "[text]"),
        ("duty", "4", "not_asked", "4"),
    ],
)
def test_an_answer_the_form_does_not_allow_is_blanked_and_logged(
    cleaned, column, value, rule, shown
) -> None:
    """The log shows the old value only if it cannot identify the respondent."""
    frames = cleaned(_with(0, **{column: value}))

    assert pd.isna(frames.responses.loc[0, column])
    assert {
        "row": 2,
        "column": column,
        "action": "blanked",
        "old": shown,
        "new": "",
    } == _issue(frames, rule)


def test_known_choices_are_kept_next_to_an_unknown_one(cleaned) -> None:
    """`web radio tv` becomes `tv web`, in the form's order."""
    frames = cleaned(_with(0, channels="web radio tv"))

    assert "tv web" == frames.responses.loc[0, "channels"]
    assert "changed" == _issue(frames, "unknown_choice")["action"]
    assert "tv web" == _issue(frames, "unknown_choice")["new"]


def test_reordering_ticks_is_not_logged_as_a_change(cleaned) -> None:
    """KoboToolbox keeps the order of ticking, which has no meaning."""
    frames = cleaned(_with(0, channels="web tv"))

    assert "tv web" == frames.responses.loc[0, "channels"]
    assert 0 == len(frames.issues)


def test_not_asked_is_not_missing(cleaned) -> None:
    """Row 0 knows the plan; row 1 does not, and was not asked where it heard of it."""
    states = cleaned(_with(0, channels="")).states

    assert ["missing", "not asked", "answered"] == states["channels"].tolist()[:3]
    assert ["not asked", "not asked", "answered"] == states["duty"].tolist()[:3]


def test_later_conditions_do_not_see_answers_to_questions_not_asked(cleaned, read_all) -> None:
    """Such an answer is blanked before later conditions are evaluated."""
    frames = cleaned(_with(1, aware="no", channels="tv"))

    assert "not asked" == frames.states.loc[1, "channels"]
    assert ["not_asked"] == frames.issues["rule"].tolist()


def test_the_order_of_rows_changes_no_respondent(read_all) -> None:
    """Ids and answers do not depend on the position of a row in the file."""
    shuffled = small_export().sample(frac=1, random_state=3)
    study, questionnaire, raw = read_all()
    _, _, moved = read_all(export=shuffled, name="shuffled")

    straight = clean_responses(raw, questionnaire, study, key="k" * 16).responses
    again = clean_responses(moved, questionnaire, study, key="k" * 16).responses

    pd.testing.assert_frame_equal(
        straight.set_index("respondent").sort_index(), again.set_index("respondent").sort_index()
    )


def test_without_uuids_equal_submissions_are_all_kept(read_all) -> None:
    """Two people may give the same answers; only a uuid proves a repeated submission."""
    table = pd.concat([small_export(), small_export().head(1)]).drop(columns="_uuid")
    study, questionnaire, raw = read_all(export=table)

    frames = clean_responses(raw, questionnaire, study, key="k" * 16)

    assert 11 == frames.responses["respondent"].nunique()


def test_rows_read_are_rows_kept_and_rows_set_aside(read_all) -> None:
    """If a row breaks several rules, the first one is recorded."""
    table = _with(3, consent="no", place="x", _uuid="uuid-0")
    study, questionnaire, raw = read_all(export=table)

    frames = clean_responses(raw, questionnaire, study, key="k" * 16)

    assert len(raw) == len(frames.responses) + len(frames.set_aside)
    assert ["duplicate_differs"] == frames.set_aside["rule"].tolist()


def test_submissions_without_a_positive_weight_are_set_aside(cleaned) -> None:
    """0, less than 0, a word and nothing are no weights; half a person is one."""
    study = STUDY.replace('consent = "consent"', 'consent = "consent"\nweight = "weight"')
    form = QUESTIONNAIRE.replace(
        "| | integer | age |", "| | decimal | weight | Weight | | | |\n| | integer | age |"
    )
    table = small_export().assign(weight=["1", "0.5", "0", "-1", "", *["2"] * 5])
    frames = cleaned(table, study=study, questionnaire=form)

    assert [4, 5, 6] == sorted(frames.set_aside["row"])
    assert {"no_weight"} == set(frames.set_aside["rule"])
    assert [1.0, 0.5, *[2.0] * 5] == frames.responses["weight"].tolist()
