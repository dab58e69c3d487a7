"""Codes of missing answers that differ by list of choices: `[missing.lists.…]` in study.toml."""

import pytest
from small_study import QUESTIONNAIRE, STUDY, small_export

from umid_research.clean import clean_responses
from umid_research.errors import StudyError
from umid_research.forms.lint import lint_form
from umid_research.study import read_study
from umid_research.study.questionnaire import read_questionnaire

# -5 is "not interested" of the plan, "no answer" about duties, and "not applicable" about trust.
FORM = QUESTIONNAIRE.replace("select_one five | duty", "select_one steps | duty").replace(
    "| settings | | | |",
    "| | five | -5 | Not applicable | |\n| | aware | -5 | Not interested | |\n"
    "| | steps | 3 | 3 | 3 |\n| | steps | 4 | 4 | 4 |\n| | steps | 5 | 5 | 5 |\n"
    "| | steps | -5 | No answer | |\n"
    "| settings | | | |",
)
LISTS = """
[missing.lists.five]
not_asked = ["-5"]
[missing.lists.steps]
refused = ["-5"]
"""


def _study(lists: str = LISTS) -> str:
    everywhere = STUDY.replace('dont_know = ["dk"]', 'dont_know = ["dk", "-5"]')
    return everywhere.replace("[districts.north]", f"{lists}\n[districts.north]", 1)


def _export():
    table = small_export()
    table.loc[0, ["aware", "channels", "trust_1"]] = ["-5", "", "-5"]
    table.loc[2, ["trust_1", "duty"]] = ["dk", "-5"]
    return table


def test_a_code_means_what_its_list_says(read_all) -> None:
    """About trust nobody was asked, about duties one refused; elsewhere it is a don't-know."""
    study, form, raw = read_all(study=_study(), questionnaire=FORM, export=_export())
    states = clean_responses(raw, form, study, key="k" * 16).states

    assert "not asked" == states.loc[0, "trust_1"]
    assert "answered" == states.loc[0, "aware"]
    assert "answered" == states.loc[2, "duty"]
    assert ("-5",) == form["aware"].missing("dont_know")
    assert ("-5",) == form["duty"].missing("refused")
    assert () == form["duty"].missing("dont_know")
    assert ("dk",) == form["trust_1"].missing("dont_know")
    assert "-5" not in form["trust_1"].answers


def test_missing_answers_are_counted_by_what_their_list_says(case) -> None:
    """By hand: of four offices one refused; of 30 cells about trust one was not asked, four dk."""
    study = _study() + "\n[thresholds]\nanswers = 3\n"
    published = case(study=study, questionnaire=FORM, export=_export()).publish()
    rows = published[published["table"] == "not_knowing"]
    counts = rows.set_index(["dimension", "statistic"])["value"]

    assert 1 == counts["duties", "refused"]
    assert 0 == counts["duties", "dont_know"]
    assert 29 == counts["trust", "asked"]
    assert 4 == counts["trust", "dont_know"]


@pytest.mark.parametrize(
    ("lists", "says"),
    [
        (
            '[missing.lists.fife]\nrefused = ["-5"]',
            "entry missing.lists.fife: no question has choices from this list; "
            "possible: yes_no, place, kind, village, aware, channel, five, steps",
        ),
        (
            '[missing.lists.steps]\nrefused = ["-6"]',
            "entry missing.lists.steps.refused: the list has no such choice; found '-6'; "
            "possible: 3, 4, 5, -5",
        ),
    ],
)
def test_a_list_or_code_that_the_form_does_not_have_is_refused(write_study, lists, says) -> None:
    """With the ones that it has, so that a typing mistake is not passed over."""
    folder = write_study(study=_study(lists), questionnaire=FORM)
    study = read_study(folder)

    with pytest.raises(StudyError) as refusal:
        read_questionnaire(folder, study)
    assert says in str(refusal.value)


@pytest.mark.parametrize(
    ("lists", "says"),
    [
        (
            '[missing.lists.five]\nrefusal = ["-5"]',
            "entry missing.lists.five: there is no such kind of missing answer; found 'refusal'; "
            "possible: dont_know, refused, error, not_asked",
        ),
        (
            '[missing.lists.five]\nrefused = ["-5"]\nerror = ["-5"]',
            "missing codes of list five used more than once: -5",
        ),
    ],
)
def test_a_malformed_list_of_codes_is_refused(write_study, lists, says) -> None:
    """While study.toml is read, before the form is."""
    with pytest.raises(StudyError) as refusal:
        read_study(write_study(study=_study(lists), questionnaire=FORM))
    assert says in str(refusal.value)


def test_a_code_for_not_asked_need_not_be_a_choice_of_its_list(write_study) -> None:
    """An interviewer or a program wrote it."""
    folder = write_study(study=_study(LISTS.replace('"-5"', '"-5", "-9"', 1)), questionnaire=FORM)

    assert read_questionnaire(folder, read_study(folder))


def test_the_check_of_a_form_knows_the_codes_of_its_lists(write_study) -> None:
    """A scored list needs a score or a code for each choice; one of another list is none."""
    nowhere = STUDY.replace("[districts.north]", f"{LISTS}\n[districts.north]", 1)
    own = write_study(study=nowhere, questionnaire=FORM)
    moved = nowhere.replace("lists.steps", "lists.aware")
    others = write_study(name="other", study=moved, questionnaire=FORM)

    assert not [line for line in lint_form(own) if "neither a score" in line]
    assert ["-5 of list steps"] == [
        line.split(":")[0].removeprefix("choice ")
        for line in lint_form(others)
        if "neither a score" in line
    ]
