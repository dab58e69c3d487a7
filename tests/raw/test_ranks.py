"""A ranking becomes one question for each place, in exports, forms and results."""

import pandas as pd
import pytest
from attacked import row_of, rows_of
from small_study import QUESTIONNAIRE, STUDY, small_export

from umid_research.clean import clean_responses, replay
from umid_research.disclosure.derived import follow_conditions
from umid_research.disclosure.rules.answers import answer_rows
from umid_research.errors import ExportError, QuestionnaireError
from umid_research.forms import lint_form
from umid_research.forms.google import to_google_list
from umid_research.forms.paper import _content
from umid_research.forms.workbook import to_xform, to_xlsx
from umid_research.raw import read_intake
from umid_research.raw.choices import Choices
from umid_research.raw.ranks import ranked_codes
from umid_research.study import read_study
from umid_research.study.form_outline import read_outline
from umid_research.study.questionnaire import read_questionnaire

FORM = QUESTIONNAIRE.replace(
    "| | integer | age |",
    "| | rank need | needs | What is needed? | ${aware} = 'yes' | | |\n| | integer | age |",
).replace(
    "| | aware | yes | Yes | |",
    "| | need | road | Road, street | |\n"
    "| | need | water | Water | |\n"
    "| | need | gas | Gas | |\n"
    "| | aware | yes | Yes | |",
)
# The rows of the small export in which the plan is known.
_AWARE = [0, 2, 4, 7, 9]


def _table(*texts: str, column: str = "needs") -> pd.DataFrame:
    table = small_export().assign(**{column: ""})
    table.loc[_AWARE[: len(texts)], column] = texts
    return table


@pytest.fixture
def cleaned(write_study):
    """Return the frames and the account of the small study with a ranking."""

    def clean(table: pd.DataFrame, *, study: str = STUDY, form: str = FORM):
        folder = write_study(export=table, study=study, questionnaire=form)
        described = read_study(folder)
        questionnaire = read_questionnaire(folder, described)
        intake = read_intake(folder, questionnaire, described)
        frames = clean_responses(
            intake.raw, questionnaire, described, key="k" * 16, lacking=intake.lacking
        )
        again = replay(
            intake.raw, frames.issues, frames.set_aside, questionnaire, described, key="k" * 16
        )
        pd.testing.assert_frame_equal(frames.responses, again)
        return frames, intake.account

    return clean


def _places(frames, row: int) -> list[object]:
    answers = frames.responses.loc[row, ["needs_1", "needs_2", "needs_3"]]
    return [None if pd.isna(answer) else answer for answer in answers]


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("road water gas", ("road", "water", "gas")),
        ("gas", ("gas",)),
        ("gas  road", ("gas", "road")),
        ("Water, Road, street, Gas", ("water", "road", "gas")),
        ("Gas;Water", ("gas", "water")),
        ("Gas Road, street Water", ("gas", "road", "water")),
        ("Road, street", ("road",)),
        ("", ()),
        ("road road", ("road road",)),
        ("Gas, Gas", ("Gas, Gas",)),
        ("road power", ("road power",)),
        ("Gas, something else", ("Gas, something else",)),
    ],
)
def test_a_ranking_is_read_in_its_order(write_study, text, codes) -> None:
    """By codes or by labels, which may hold commas; what cannot be read stays whole."""
    folder = write_study(questionnaire=FORM)
    question = read_questionnaire(folder, read_study(folder))["needs_1"]

    assert codes == ranked_codes(text, Choices.of(question))


def test_labels_that_can_be_split_in_two_ways_are_not_read(write_study) -> None:
    """`A, B` is a choice, and so are `A` and `B`."""
    form = FORM.replace("Road, street", "A, B").replace("Water", "A").replace("Gas", "B")
    folder = write_study(questionnaire=form)
    question = read_questionnaire(folder, read_study(folder))["needs_1"]

    assert ("A, B",) == ranked_codes("A, B", Choices.of(question))
    assert ("water",) == ranked_codes("A", Choices.of(question))


@pytest.mark.parametrize(
    "column", ["needs", "asked/needs", "What is needed?", "asked/What is needed?"]
)
def test_each_place_has_its_answer_and_its_state(cleaned, column) -> None:
    """Who ranked one thing only left the other places blank; who was not asked has no place."""
    frames, _ = cleaned(_table("water gas road", "gas", column=column))

    assert ["water", "gas", "road"] == _places(frames, 0)
    assert ["gas", None, None] == _places(frames, 2)
    assert ["answered", "missing", "missing"] == (
        frames.states.loc[2, ["needs_1", "needs_2", "needs_3"]].tolist()
    )
    assert {"not asked"} == set(frames.states.loc[1, ["needs_1", "needs_2", "needs_3"]])
    assert frames.issues.empty


def test_a_ranking_that_cannot_be_read_is_logged_once(cleaned) -> None:
    """All its places are blank."""
    frames, _ = cleaned(_table("road road", "gas water", "road", "road", "gas"))

    assert [None, None, None] == _places(frames, 0)
    assert [(2, "needs_1", "unknown_choice", "road road")] == list(
        frames.issues[["row", "column", "rule", "old"]].itertuples(index=False, name=None)
    )


def test_rankings_read_from_labels_are_counted(cleaned) -> None:
    """With the first place."""
    _, account = cleaned(_table("Water, Gas", "road", "Road, street"))

    (row,) = account.query("what == 'read_from_label'").to_dict("records")
    assert ("needs_1", 2) == (row["column"], row["number"])


def test_a_sheet_may_have_a_column_for_each_place(cleaned) -> None:
    """Such as a Google form; beside the ranking itself, they must not contradict it."""
    table = small_export().assign(needs_1="", needs_2="", needs_3="")
    table.loc[0, ["needs_1", "needs_2"]] = ["gas", "Road, street"]
    both = table.assign(needs=["gas road", *[""] * 9])

    frames, _ = cleaned(table)

    assert ["gas", "road", None] == _places(frames, 0)
    assert ["gas", "road", None] == _places(cleaned(both)[0], 0)
    both.loc[0, "needs"] = "gas water"
    with pytest.raises(
        ExportError, match=r"row 2: has two different answers to 'needs_2'.*road, wa"
    ):
        cleaned(both)


def test_an_export_without_the_ranking_lacks_its_places(cleaned) -> None:
    """The line to copy names them."""
    with pytest.raises(ExportError, match=r"lacks questions .*found 'needs_1, needs_2, needs_3'"):
        cleaned(small_export())


def test_a_condition_on_the_ranking_is_computed(cleaned) -> None:
    """`age` is asked of those who put water first."""
    form = FORM.replace(
        "How old are you? | | | |", "How old are you? | selected-at(${needs}, 0) = 'water' | | |"
    )

    frames, _ = cleaned(_table("water gas", "gas water"), form=form)

    assert ["answered", "not asked"] == frames.states.loc[[0, 2], "age"].tolist()


def test_a_ranking_is_not_scored(write_study) -> None:
    """A dimension for it is a mistake."""
    form = FORM.replace(
        "${aware} = 'yes' | | |\n| | integer", "${aware} = 'yes' | trust | |\n| | integer"
    )
    folder = write_study(questionnaire=form)

    with pytest.raises(QuestionnaireError, match="question needs: a ranking cannot be scored"):
        read_questionnaire(folder, read_study(folder))


def test_forms_ask_for_each_place(write_study) -> None:
    """On paper the places are rows of one table; the device keeps the ranking as it is."""
    folder = write_study(questionnaire=FORM)
    outline = read_outline(folder)

    parts = _content(outline, "en")["parts"]
    texts = [part.get("text") for part in parts]
    google = to_google_list(outline, "en")

    assert [] == lint_form(folder)
    assert "What is needed? (place 3)" in texts
    assert "What is needed? (place 1)" in google
    assert "Road, street\nWater\nGas" in google
    assert "odk:rank" in to_xform(to_xlsx(folder), validate=False)


def test_a_label_that_a_ranking_lacks_is_found(write_study) -> None:
    """Like that of any question."""
    folder = write_study(questionnaire=FORM.replace("| What is needed? |", "| |"))

    assert ["question needs: no label in en"] == lint_form(folder)


# --- disclosure -----------------------------------------------------------------------------------


def test_places_are_counted_over_everybody_only(write_study) -> None:
    """Counts by group could be combined over the places."""
    folder = write_study(questionnaire=FORM, export=_table(*["road gas"] * 3, *["gas road"] * 2))
    study = read_study(folder)
    questionnaire = read_questionnaire(folder, study)
    intake = read_intake(folder, questionnaire, study)
    frames = clean_responses(intake.raw, questionnaire, study, key="k" * 16, lacking=intake.lacking)

    rows = pd.concat(list(answer_rows(frames, questionnaire, study)))

    own = rows[rows["question"].isin(["needs_1", "needs_2", "needs_3"])]
    assert {"answers"} == set(own["table"])
    assert [("needs_1", "road", 3.0), ("needs_1", "water", 0.0), ("needs_1", "gas", 2.0)] == list(
        own.head(3)[["question", "answer", "value"]].itertuples(index=False, name=None)
    )


@pytest.mark.parametrize("hidden", ["needs_1", "needs_2", "needs_3"])
def test_places_are_withheld_together(write_study, hidden) -> None:
    """The places of a choice add up to the number of people who ranked it."""
    folder = write_study(questionnaire=FORM)
    questionnaire = read_questionnaire(folder, read_study(folder))
    published = rows_of(
        *(
            row_of("answers", question=name, answer=code, value=5.0, respondents=10)
            for name in ("needs_1", "needs_2", "needs_3", "aware")
            for code in ("road", "gas")
        )
    )
    published["shown"] = published["question"] != hidden

    followed = follow_conditions(published, questionnaire)

    others = {"needs_1", "needs_2", "needs_3"} - {hidden}
    assert others == followed
    assert {"aware"} == set(published.loc[published["shown"], "question"])
