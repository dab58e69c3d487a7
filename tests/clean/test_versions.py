"""Questions that a form version did not have count as not asked, in every denominator."""

import pandas as pd
import pytest
from small_study import QUESTIONNAIRE, STUDY, derive, small_export

from umid_research.analysis.score import score_responses
from umid_research.clean import clean_responses, replay
from umid_research.disclosure.tables import read_published
from umid_research.raw import read_intake
from umid_research.study import read_study
from umid_research.study.questionnaire import read_questionnaire

KEY = "k" * 16


def _older() -> pd.DataFrame:
    table = small_export().assign(__version__="v0")
    return table.assign(_uuid="older-" + table["_uuid"])


@pytest.fixture
def with_older(write_study):
    """Return the folder of the small study with ten more submissions of an older version."""

    def write(older: pd.DataFrame, **parts: str):
        folder = write_study(**parts)
        older.to_csv(folder / "responses" / "older.csv", index=False, sep=";")
        return folder

    return write


def _cleaned(folder):
    study = read_study(folder)
    questionnaire = read_questionnaire(folder, study)
    intake = read_intake(folder, questionnaire, study)
    frames = clean_responses(intake.raw, questionnaire, study, key=KEY, lacking=intake.lacking)
    again = replay(intake.raw, frames.issues, frames.set_aside, questionnaire, study, key=KEY)
    pd.testing.assert_frame_equal(frames.responses, again, check_dtype=False)
    return frames, questionnaire, study


def test_a_question_the_version_did_not_have_is_not_asked(with_older) -> None:
    """Ten of the twenty were asked `trust_2`; other questions are unchanged."""
    frames, *_ = _cleaned(with_older(_older().drop(columns="trust_2")))

    assert ["answered"] * 10 + ["not asked"] * 10 == frames.states["trust_2"].tolist()
    assert ["answered"] * 20 == frames.states["trust_1"].tolist()
    assert {"quota"} >= set(frames.issues["rule"])


def test_scores_use_the_questions_of_the_version(with_older) -> None:
    """One answered item of one asked is complete; one of three would be too few."""
    frames, questionnaire, study = _cleaned(
        with_older(_older().drop(columns=["trust_2", "trust_3"]))
    )
    scores = score_responses(frames.responses, frames.states, questionnaire, study)
    trust = scores[scores["dimension"] == "trust"]

    assert [3] * 10 + [1] * 10 == trust["items_asked"].tolist()
    # trust_1 of the ten: 4 5 5 3 4 2 4 1 3 2 of 1 to 5.
    assert [75, 100, 100, 50, 75, 25, 75, 0, 50, 25] == trust["score"].tolist()[10:]


def test_published_denominators_exclude_questions_not_asked(with_older, tmp_path) -> None:
    """There are 20 people and 3 + 1 questions of trust: 40 questions were asked."""
    folder = with_older(_older().drop(columns=["trust_2", "trust_3"]))
    derive(folder, tmp_path / "processed")
    published = read_published(tmp_path / "processed")

    not_knowing, answers = published["not_knowing"], published["answers"]
    trust = not_knowing[not_knowing["dimension"] == "trust"]
    answers = answers[answers["answer"] == "4"]

    assert 3 * 10 + 1 * 10 == trust.set_index("statistic")["value"]["asked"]
    assert {"trust_1": 20, "trust_2": 10, "trust_3": 10, "duty": 8} == (
        answers.set_index("question")["respondents"].dropna().to_dict()
    )


def test_an_answer_counts_as_asked_if_the_condition_is_unknown(with_older) -> None:
    """`channels` depends on `aware`, which the older form did not have."""
    frames, *_ = _cleaned(with_older(_older().drop(columns="aware")))
    given = small_export()["channels"] != ""

    assert ["answered" if each else "not asked" for each in given] == (
        frames.states["channels"].tolist()[10:]
    )
    assert "not_asked" not in set(frames.issues["rule"])


def test_a_constraint_on_a_question_not_asked_is_not_applied(with_older) -> None:
    """It refers to an age that was not asked."""
    form = QUESTIONNAIRE.replace("dimension | reverse |", "dimension | reverse | constraint |")
    form = form.replace(
        "| | text | proposal |",
        "| | integer | years | How long here? | | | | . < ${age} |\n| | text | proposal |",
    )
    older = _older().assign(years="20").drop(columns="age")
    export = small_export().assign(years=["20"] * 9 + ["90"])
    frames, *_ = _cleaned(with_older(older, questionnaire=form, export=export))

    flagged = frames.issues[frames.issues["rule"] == "out_of_range"]
    assert [("export.csv", 11)] == list(flagged[["file", "row"]].itertuples(index=False, name=None))


@pytest.mark.parametrize(("asked", "found"), [(5, True), (4, False)])
def test_a_question_without_answers_in_one_version_is_flagged(read_all, asked, found) -> None:
    """One file has two versions. Only a person can say whether v0 had the question."""
    older = _older().head(asked).assign(trust_3="")
    study, questionnaire, raw = read_all(
        export=pd.concat([small_export(), older], ignore_index=True)
    )
    frames = clean_responses(raw, questionnaire, study, key=KEY)
    flagged = frames.issues[frames.issues["rule"] == "blank_in_version"]

    expected = [("trust_3", "flagged", f"asked of {asked} in v0, answered by none")]
    assert (expected if found else []) == list(
        flagged[["column", "action", "note"]].itertuples(index=False, name=None)
    )
    assert ["missing"] * asked == frames.states["trust_3"].tolist()[10:]


def test_a_question_without_any_answer_is_not_flagged(read_all) -> None:
    """The same holds for a question that one version asked of nobody."""
    both = pd.concat([small_export(), _older()], ignore_index=True).assign(trust_3="", channels="")
    both.loc[:9, "aware"] = "no"
    study, questionnaire, raw = read_all(study=STUDY, export=both)
    frames = clean_responses(raw, questionnaire, study, key=KEY)

    assert "blank_in_version" not in set(frames.issues["rule"])
