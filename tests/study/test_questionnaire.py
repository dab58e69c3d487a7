"""Read the form: conditions, scores, and every contradiction with the study."""

import pytest
from small_study import QUESTIONNAIRE, STUDY, small_export

from umid_research.clean import clean_responses
from umid_research.errors import QuestionnaireError, StudyError
from umid_research.forms import lint_form
from umid_research.raw import read_intake
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
        (
            ('headline = "aware"', "findings.awar = {}"),
            None,
            "`findings` names an unknown question",
        ),
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


@pytest.mark.parametrize(
    ("entry", "says"),
    [
        ("findings.age = {}", "findings.age: a declared finding needs a question with one answer"),
        (
            'findings.aware.answers = ["maybe"]',
            "findings.aware.answers: the question aware has no such answer; found 'maybe'",
        ),
        ("findings.aware = {}", "findings.aware.answers: say which answers are counted"),
    ],
)
def test_a_finding_that_cannot_be_counted_is_refused(write_study, entry, says) -> None:
    """The error names the entry of study.toml and what is possible."""
    folder = write_study(study=STUDY.replace('headline = "aware"', entry))

    with pytest.raises(StudyError) as refusal:
        _read(folder)

    assert f"study.toml, entry {says}" in str(refusal.value)
    assert "possible: " in str(refusal.value)


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


# --- forms as people have them -------------------------------------------------------------------


def _changed(*changes: tuple[str, str]) -> str:
    form = QUESTIONNAIRE.replace("| reverse |", "| reverse | calculation |", 1)
    for old, new in changes:
        assert old in form, old
        form = form.replace(old, new, 1)
    return form


def _cleaned(folder):
    study = read_study(folder)
    questionnaire = read_questionnaire(folder, study)
    intake = read_intake(folder, questionnaire, study)
    return clean_responses(intake.raw, questionnaire, study, key="k" * 16, lacking=intake.lacking)


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("select_one aware or_other", "aware"),
        ("select_one aware or other", "aware"),
        ("select_multiple channel or_other", "channels"),
    ],
)
def test_or_other_is_a_choice_and_a_text_question(write_study, kind, name) -> None:
    """The form is written and read; the other text is a question like any, asked if ticked."""
    old = f"| {' '.join(kind.split()[:2])} | {name} |"
    table = small_export()
    chose_other = table.index.isin([0, 2])
    table[name] = table[name].where(~chose_other, "other")
    table["asked/" + name + "_other"] = ["a neighbour" if other else "" for other in chose_other]
    folder = write_study(export=table, questionnaire=_changed((old, f"| {kind} | {name} |")))
    cleaned = _cleaned(folder)

    assert [] == lint_form(folder)
    assert ["other", "other"] == cleaned.responses[name].iloc[[0, 2]].tolist()
    assert "a neighbour" == cleaned.responses[f"{name}_other"].iloc[0]
    assert {"answered": 2, "not asked": 8} == (
        cleaned.states[f"{name}_other"].value_counts().loc[lambda n: n > 0].to_dict()
    )


def test_reading_a_form_leaves_the_next_one_as_it_is(write_study) -> None:
    """pyxform shares the choice "other" between all forms that it reads."""
    form = _changed(("| select_one aware | aware |", "| select_one aware or_other | aware |"))
    folder = write_study(questionnaire=form)
    first = read_questionnaire(folder, read_study(folder))

    assert first == read_questionnaire(folder, read_study(folder))
    assert [] == lint_form(folder)


_OLD = "| | text | proposal | What should change? |"


@pytest.mark.parametrize(
    ("field", "condition", "columns", "asked"),
    [
        # Computed from the answers, whether or not the export has the field.
        ("| | calculate | adult | | | | | ${age} >= 40 |", "${adult}", {}, 5),
        (
            "| | calculate | adult | | | | | if(${age} >= 40, 1, 0) |",
            "${adult} = 1",
            {"adult": "9"},
            5,
        ),
        (
            "| | calculate | half | | | | | ${age} div 2 |\n"
            "| | calculate | adult | | | | | ${half} |",
            "../adult >= 20",
            {},
            5,
        ),
        # Read from the export.
        ("| | hidden | wave | | | | |", "${wave} = '2'", {"wave": list("1122112211")}, 4),
        (
            "| | username | username | | | | |",
            "${username} != 'x'",
            {"username": list("xxyyyyyyyy")},
            8,
        ),
        (
            "| | calculate | drawn | | | | | once(random()) |",
            "${drawn} > 0.5",
            {"asked/drawn": ["0.4"] * 9 + ["0.6"]},
            1,
        ),
        (
            "| | geopoint | spot | Where? | | | |",
            "${spot} != ''",
            {"spot": ["1 2"] * 7 + [""] * 3},
            7,
        ),
        # Nobody knows the value: whoever has an answer was asked.
        ("| | hidden | wave | | | | |", "${wave} = '2'", {}, 3),
    ],
)
def test_a_condition_on_a_field_that_is_no_question(
    write_study, field, condition, columns, asked
) -> None:
    """A calculation is computed, a hidden field is read from the export."""
    form = _changed((_OLD, f"{field}\n{_OLD} {condition} |"))
    form = form.replace(f"{_OLD} {condition} | |", f"{_OLD} {condition} |")
    table = small_export().assign(**columns)
    table["proposal"] = ["better roads"] * 3 + [""] * 7 if not columns and asked == 3 else "roads"
    folder = write_study(export=table, questionnaire=form)
    states = _cleaned(folder).states["proposal"]

    assert [] == lint_form(folder)
    assert asked == (states != "not asked").sum()


def test_a_field_that_calculates_itself_does_not_hang(write_study) -> None:
    """No device accepts it; here it stays a field of the export."""
    loop = "| | calculate | a | | | | | ${b} + 1 |\n| | calculate | b | | | | | ${a} + 1 |\n"
    folder = write_study(questionnaire=_changed((_OLD, f"{loop}{_OLD} ${{a}} > 1 |")))
    questionnaire = read_questionnaire(folder, read_study(folder))

    assert {"a", "b"} >= set(questionnaire.fields) != set()


@pytest.mark.parametrize(
    ("form", "place"),
    [
        ("| n1 | North 1 | |", "villages"),
        ("| n1 | Centre | |", "another label"),
        ("| n1 | north 1 | |", "other capitals"),
        ("| n1 | Şimal 1 | |", "another alphabet"),
    ],
)
def test_a_choice_that_stands_twice_is_one_choice(write_study, form, place) -> None:
    """Two districts can share a village's code; its labels are both known."""
    twice = QUESTIONNAIRE.replace(
        "| | village | n2 |", f"| | village {form}\n| | village | n2 |"
    ).replace("| default_language |", "| default_language | allow_choice_duplicates |")
    twice = twice.replace("| small | English (en) |", "| small | English (en) | yes |")
    folder = write_study(questionnaire=twice)
    village = read_questionnaire(folder, read_study(folder))["village"]

    assert ("n1", "n2", "s1", "s2") == village.choice_names, place
    assert [] == lint_form(folder)
    assert {"North 1", form.split("|")[2].strip()} <= set(village.choices[0].texts)


def test_a_scored_choice_may_not_stand_twice_with_two_scores(write_study) -> None:
    """Nobody could say which counts."""
    twice = QUESTIONNAIRE.replace("| | five | 2 |", "| | five | 1 | Never | 2 |\n| | five | 2 |")
    twice = twice.replace("| default_language |", "| default_language | allow_choice_duplicates |")
    twice = twice.replace("| small | English (en) |", "| small | English (en) | yes |")
    folder = write_study(questionnaire=twice)

    with pytest.raises(QuestionnaireError, match="'1' is there several times, with different"):
        read_questionnaire(folder, read_study(folder))
