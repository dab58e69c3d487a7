"""Codes declared as `not_asked`: they count in no base and in no count of missing answers."""

import pandas as pd
import pytest
from small_study import QUESTIONNAIRE, STUDY, small_export

from umid_research.clean import clean_responses, replay
from umid_research.errors import QuestionnaireError, StudyError
from umid_research.study import read_study
from umid_research.study.questionnaire import read_questionnaire

DECLARED = STUDY.replace('refused = ["ref"]', 'refused = ["ref"]\nnot_asked = ["na", "-7"]')
FORM = QUESTIONNAIRE.replace(
    "| | five | ref | No answer | |", "| | five | ref | No answer | |\n| | five | na | Not put | |"
).replace(
    "| | channel | web | Internet | |",
    "| | channel | web | Internet | |\n| | channel | na | Not put | |",
)


@pytest.fixture
def first(read_all):
    """The frames of the small study whose first row has some answers replaced."""

    def clean(study: str = DECLARED, **answers: str):
        table = small_export()
        for column, value in answers.items():
            table.loc[0, column] = value
        read, questionnaire, raw = read_all(study=study, questionnaire=FORM, export=table)
        cleaned = clean_responses(raw, questionnaire, read, key="k" * 16)
        again = replay(raw, cleaned.issues, cleaned.set_aside, questionnaire, read, key="k" * 16)
        pd.testing.assert_frame_equal(cleaned.responses, again)
        return cleaned

    return clean


def _logged(cleaned, column: str) -> list[tuple[str, str]]:
    rows = cleaned.issues[cleaned.issues["column"] == column]
    return list(rows[["rule", "action"]].itertuples(index=False, name=None))


@pytest.mark.parametrize(
    ("column", "text"),
    [
        ("trust_1", "na"),
        ("trust_1", "Not put"),  # the choice's label
        ("trust_1", "-7"),  # no choice of the form
        ("aware", "-7"),  # a question without a score
        ("channels", "na"),
    ],
)
def test_a_declared_code_counts_as_not_asked_and_is_logged(first, column, text) -> None:
    """The cell is blank, its state is "not asked", and one line of the log says why."""
    cleaned = first(**{column: text})

    assert "not asked" == cleaned.states.loc[0, column]
    assert pd.isna(cleaned.responses.loc[0, column])
    assert [("not_asked_code", "blanked")] == _logged(cleaned, column)


def test_a_code_that_is_not_declared_is_an_unknown_answer(first) -> None:
    """It was asked and has no usable answer; a don't-know is an answer."""
    undeclared = STUDY.replace('refused = ["ref"]', 'refused = ["ref", "na"]')
    cleaned = first(study=undeclared, trust_1="-7", trust_2="na", trust_3="dk")

    assert ["missing", "answered", "answered"] == [
        cleaned.states.loc[0, name] for name in ("trust_1", "trust_2", "trust_3")
    ]
    assert [("unknown_choice", "blanked")] == _logged(cleaned, "trust_1")
    assert [] == _logged(cleaned, "trust_2")


def test_a_number_of_the_same_digits_stays_a_number(first) -> None:
    """Codes are those of choices: minus seven may be a temperature."""
    cleaned = first(age="-7")

    assert -7 == cleaned.responses.loc[0, "age"]
    assert "answered" == cleaned.states.loc[0, "age"]


def test_not_asked_ticked_together_with_an_answer_is_ambiguous(first) -> None:
    """The question was put; what was answered cannot be known."""
    cleaned = first(channels="tv na")

    assert "missing" == cleaned.states.loc[0, "channels"]
    assert [("ambiguous_choices", "blanked")] == _logged(cleaned, "channels")


def test_what_was_not_asked_is_in_no_base_and_no_count(case) -> None:
    """Ten were asked trust_2; two of them were not: 28 questions of the dimension were put."""
    table = small_export()
    table.loc[[0, 3], "trust_2"] = ["na", "-7"]
    published = case(study=DECLARED, questionnaire=FORM, export=table).publish()
    of_question = published[
        (published["table"] == "answers") & (published["question"] == "trust_2")
    ]
    counts = published[(published["table"] == "not_knowing") & (published["dimension"] == "trust")]
    counts = counts.set_index("statistic")["value"]

    assert {8} == set(of_question.loc[of_question["shown"], "respondents"])
    assert "na" not in set(of_question["answer"])
    assert 28 == counts["asked"]
    assert 28 == counts[["answered", "dont_know", "refused"]].sum()
    assert {"asked", "answered", "dont_know", "refused"} == set(counts.index)


def test_a_kind_of_missing_answer_that_does_not_exist_is_refused(write_study) -> None:
    """In one line with the possible ones."""
    folder = write_study(study=STUDY.replace("refused =", "refusal ="))

    with pytest.raises(StudyError) as refusal:
        read_study(folder)
    assert (
        "entry missing: there is no such kind of missing answer; found 'refusal'; "
        "possible: dont_know, refused, error, not_asked"
    ) in str(refusal.value)


def test_a_scored_choice_cannot_mean_not_asked(write_study) -> None:
    """Its score would stretch the scale of the others; without a score it is accepted."""
    stretched = FORM.replace("| | five | na | Not put | |", "| | five | na | Not put | 9 |")
    refused = write_study(study=DECLARED, questionnaire=stretched)
    accepted = write_study(name="other", study=DECLARED, questionnaire=FORM)

    with pytest.raises(
        QuestionnaireError, match="has a score; take away one of the two; found 'na'"
    ):
        read_questionnaire(refused, read_study(refused))
    form = read_questionnaire(accepted, read_study(accepted))
    assert "na" in form["trust_1"].choice_names
    assert "na" not in form["trust_1"].answers
    assert 100 == form["trust_1"].scores["5"]
