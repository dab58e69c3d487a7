"""Read the form: conditions, scores, and every contradiction with the study."""

import pytest
from small_study import QUESTIONNAIRE, STUDY

from umid_research.errors import QuestionnaireError
from umid_research.study import read_study
from umid_research.study.questionnaire import questionnaire_path, read_questionnaire


def _read(folder):
    return read_questionnaire(folder, read_study(folder))


def test_a_question_carries_the_conditions_of_the_groups_around_it(write_study) -> None:
    """A question is asked only if its own condition and those of its groups hold."""
    questionnaire = _read(write_study())

    assert ("${consent} = 'yes'", "${kind} = 'o'") == questionnaire["duty"].relevant
    assert "asked" == questionnaire["duty"].section


@pytest.mark.parametrize(
    ("condition", "says"),
    [
        (
            "${hello} = 'g'",
            "organisation: the condition .* refers to an unknown question; found 'hello'",
        ),
        ("${kind} == 'g'", "organisation: the condition .* is not understood"),
        (". = 'g'", r"organisation: only a constraint may refer to `\.`"),
    ],
)
def test_a_condition_is_checked_before_any_answer_is_read(write_study, condition, says) -> None:
    """The error names the question."""
    note = "| | note | hello | Hello! | | | |\n| | begin_group"
    form = QUESTIONNAIRE.replace("${kind} = 'g'", condition, 1).replace("| | begin_group", note, 1)
    folder = write_study(questionnaire=form)

    with pytest.raises(QuestionnaireError, match=says):
        read_questionnaire(folder, read_study(folder))


def test_a_question_carries_its_constraint(write_study) -> None:
    """As the form writes it, with `.` for the answer."""
    form = QUESTIONNAIRE.replace("dimension | reverse |", "dimension | reverse | constraint |")
    form = form.replace("| How old are you? | | | |", "| How old are you? | | | | . > 17 |")
    questionnaire = _read(write_study(questionnaire=form))

    assert ". > 17" == questionnaire["age"].constraint
    assert questionnaire["aware"].constraint is None


def test_items_are_scored_from_0_to_100_and_reversed_if_marked(write_study) -> None:
    """100 · (x - 1) / (5 - 1): 4 of 1..5 is 75, reversed 25; unscored choices have no score."""
    questionnaire = _read(write_study())

    assert 75 == questionnaire["trust_1"].scores["4"]
    assert 25 == questionnaire["trust_2"].scores["4"]
    assert "dk" not in questionnaire["trust_1"].scores
    assert {} == questionnaire["aware"].scores


def test_labels_are_keyed_by_language_code(write_study) -> None:
    """`label::English (en)` is the label in `en`."""
    questionnaire = _read(write_study())

    assert {"en": "Do you know the plan?"} == dict(questionnaire["aware"].labels)
    assert ("trust", "duties") == questionnaire.dimensions


@pytest.mark.parametrize(
    ("study", "form", "says"),
    [
        (('group = "kind"', 'group = "kin"'), None, "role `group` names an unknown question"),
        (('["organisation"]', '["organization"]'), None, "`identifying` names an unknown question"),
        (('headline = "aware"', 'headline = "awar"'), None, "`headline` names an unknown question"),
        (('code = "n"', 'code = "north"'), None, "found 'n, north on one side only'"),
        (None, ("| trust | |", "| turst | |"), "a dimension that the study does not define"),
        (None, ("| Do you trust them? |", "| |"), "has no label in en"),
        (None, ("| Television |", "| |"), "choice 'tv' has no label in en"),
        (None, ("| five | 5 | Fully | 5 |", "| five | 5 | Fully | x |"), "is not a number"),
        (
            None,
            ("| five | 5 | Fully | 5 |", "| five | 5 | Fully | |"),
            "needs a score or an entry in",
        ),
        (None, ("| trust | yes |", "| trust | maybe |"), "`reverse` must be yes or no"),
        (None, ("From where? | ${aware} = 'yes' | |", "From where? | | trust |"), "select_one"),
        (None, ("| integer | age |", "| integer | row |"), "the frames use this question's name"),
        (None, ("| integer | age |", "| percentage | age |"), "has an unsupported type"),
        (None, ("select_one five | duty", "select_one six | duty"), "not a valid XLSForm"),
        (None, ("label::English (en)", "label::Deutsch"), "the question has no label in en"),
        (
            None,
            (
                "| | integer | age | How old are you? | | | |",
                "| | integer | age | How old? | | | |\n| | begin_group | more | | | | |\n"
                "| | integer | age | How old? | | | |\n| | end_group | | | | | |",
            ),
            "several questions have the same name",
        ),
    ],
)
def test_a_contradiction_is_refused_with_its_place(write_study, study, form, says) -> None:
    """The error is one line that names the file and the question."""
    folder = write_study(
        study=STUDY.replace(*study) if study else STUDY,
        questionnaire=QUESTIONNAIRE.replace(*form) if form else QUESTIONNAIRE,
    )

    with pytest.raises(QuestionnaireError) as refusal:
        _read(folder)

    assert says in str(refusal.value)
    assert "questionnaire.md" in str(refusal.value)


def test_exactly_one_questionnaire_is_needed(write_study) -> None:
    """None and two are both errors."""
    folder = write_study()
    (folder / "questionnaire.xlsx").write_bytes(b"")
    with pytest.raises(QuestionnaireError, match=r"found 'questionnaire\.md, questionnaire\.xlsx'"):
        questionnaire_path(folder)

    (folder / "questionnaire.xlsx").unlink()
    (folder / "questionnaire.md").unlink()
    with pytest.raises(QuestionnaireError, match="found 'none'"):
        questionnaire_path(folder)


def test_an_unknown_question_is_refused_with_the_possible_ones(write_study) -> None:
    """The error lists the questions of the form."""
    with pytest.raises(QuestionnaireError, match=r"found 'trus'; possible: consent, place"):
        _read(write_study())["trus"]
