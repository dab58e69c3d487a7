"""Knowledge before and after: paired tests of one person, sign flips of whole municipalities."""

from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from small_activities import no_decisions
from small_indicators import ATTENDANCE, TESTS, Small, definitions, districts, project, read_small

from umid_research.indicators.definitions import read_definitions
from umid_research.indicators.knowledge import (
    TakenTests,
    measure_knowledge,
    measure_learning,
    no_learning,
)
from umid_research.indicators.people import unique_people

BUNDLED = Path(__file__).resolve().parents[2] / "data" / "raw"


@pytest.fixture
def small(tmp_path: Path):
    """Reads the small registers with this attendance and these tests; q1 asks for a, q2 for c."""

    def read(attendance: str, tests: str, **registers: str | None) -> Small:
        keys = definitions("people_knowing_more")
        registers = {"decisions": None, "explanations": None, "indicators": keys, **registers}
        return read_small(
            tmp_path, attendance=ATTENDANCE + attendance, tests=TESTS + tests, **registers
        )

    return read


def _answers(person: str, phase: str, *answers: str) -> str:
    """A line for each answer, to q1, to q2."""
    return "".join(
        f"{person},{phase},q{number + 1},{answer}\n"
        for number, answer in enumerate(answers)
        if answer
    )


def _knows_more(found: Small) -> float:
    return project(found.counted()).loc["people_knowing_more", "actual"]


# --- who knows more -------------------------------------------------------------------------------

_ONE = "A1,C1,Sample One,f,1980,n1\n"


@pytest.mark.parametrize(
    ("before", "after", "more"),
    [
        (("b", "d"), ("a", "d"), 1),
        (("b", "d"), ("a", "c"), 1),
        (("a", "c"), ("a", "c"), 0),
        (("a", "d"), ("b", "c"), 0),
        (("a", "c"), ("a", "d"), 0),
        (("b", ""), ("b", "c"), 1),
        (("a", ""), ("", "c"), 0),
    ],
)
def test_a_person_knows_more_with_one_more_right_answer_and_half_of_all_right(
    small, before, after, more
) -> None:
    """Two questions; a blank answer is wrong; who knew everything before cannot know more."""
    tests = _answers("A1", "before", *before) + _answers("A1", "after", *after)

    assert more == _knows_more(small(_ONE, tests))


@pytest.mark.parametrize(("gain", "least", "more"), [(1, 0.5, 1), (2, 0.5, 0), (1, 1.0, 0)])
def test_the_rule_for_knowing_more_is_a_setting(small, gain, least, more) -> None:
    """One of two questions was gained, which is half of them."""
    rule = f"knowledge.gain = {gain}\nknowledge.least = {least}\n"
    keys = definitions("people_knowing_more")
    keys = keys.replace("knowledge.definition", rule + "knowledge.definition")
    tests = _answers("A1", "before", "b", "d") + _answers("A1", "after", "a", "d")

    assert more == _knows_more(small(_ONE, tests, indicators=keys))


def test_a_person_with_one_test_counts_only_in_the_attrition(small) -> None:
    """A test before without a test after, and the other way round."""
    people = "".join(f"A{i},C1,Sample {i},f,1980,n1\n" for i in range(1, 17))
    tests = "".join(_answers(f"A{i}", "before", "b", "d") for i in range(1, 11))
    tests += "".join(_answers(f"A{i}", "after", "a", "c") for i in range(6, 16))
    steps = small(people, tests).counted().attrition.set_index("step")["people"]

    assert {
        "attended": 16,
        "took_before": 10,
        "took_after": 10,
        "took_both": 5,
        "knows_more": 5,
    } == steps.to_dict()


def test_of_several_tests_the_first_before_and_the_last_after_count(small) -> None:
    """A person at two consultations is one person."""
    held = "event_id,activity,locality,date,mode,topic\n"
    held += "C1,2.1,n1,2022-04-10,online,\nC2,2.1,s1,2022-05-10,online,\n"
    people = _ONE + "A2,C2,Sample One,f,1980,n1\n"
    tests = _answers("A1", "before", "b", "d") + _answers("A1", "after", "a", "c")
    tests += _answers("A2", "before", "a", "c") + _answers("A2", "after", "a", "d")
    made = small(people, tests, consultations=held, press=None, proposals=None)
    found = made.counted()

    assert 1 == _knows_more(made)
    assert {"north": 1, "south": 0} == districts(found, "people_knowing_more")


@pytest.mark.parametrize(
    ("first", "second", "more"),
    [
        # First nothing known, then all, at the end nothing again: the last test after counts.
        ((("b", "d"), ("a", "c")), (("b", "d"), ("b", "d")), 0),
        # All known at the second consultation before it began: the first test before counts.
        ((("b", "d"), ("b", "d")), (("a", "c"), ("a", "c")), 1),
    ],
)
def test_a_person_is_judged_by_the_first_test_before_and_the_last_after(
    small, first, second, more
) -> None:
    """The same person, with both tests at each of two consultations."""
    held = "event_id,activity,locality,date,mode,topic\n"
    held += "C1,2.1,n1,2022-04-10,online,\nC2,2.1,s1,2022-05-10,online,\n"
    people = _ONE + "A2,C2,Sample One,f,1980,n1\n"
    tests = "".join(
        _answers(attendance, phase, *answers)
        for attendance, pair in (("A1", first), ("A2", second))
        for phase, answers in zip(("before", "after"), pair, strict=True)
    )

    assert more == _knows_more(small(people, tests, consultations=held, press=None, proposals=None))


def test_a_test_at_another_event_is_an_issue_and_does_not_count(small) -> None:
    """Only consultations of activity 2.1 teach what the test asks."""
    tests = _answers("A1", "before", "b", "d") + _answers("A1", "after", "a", "c")
    made = small("A1,W1,Sample One,f,1980,n1\n", tests)
    issues = made.counted().activity_issues

    assert 0 == _knows_more(made)
    assert [("tests.csv", "test_elsewhere", "not counted")] * 4 == list(
        issues[["file", "rule", "action"]].itertuples(index=False, name=None)
    )


# --- how much, and how sure -----------------------------------------------------------------------


def _tests(before: np.ndarray, after: np.ndarray, places: list[str]) -> TakenTests:
    """Tests of people with one question."""
    people = range(len(places))
    where = pd.DataFrame({"locality": places, "district": "north"}, index=people)
    frames = (pd.DataFrame({"q1": right}, index=people).astype(bool) for right in (before, after))
    return TakenTests(*frames, where)


@pytest.fixture
def study(small):
    return small(_ONE, _answers("A1", "before", "a")).study


def test_p_equals_scipys_permutation_test_on_the_sums_of_municipalities(study) -> None:
    """Second source: scipy flips the signs of the municipalities' sums, all 2^8 of them."""
    rng = np.random.default_rng(5)
    places = [f"n{i}" for i in rng.integers(0, 8, 60)]
    before, after = rng.random(60) < 0.4, rng.random(60) < 0.6
    sums = pd.Series(after.astype(int) - before).groupby(places).sum().to_numpy(dtype=float)
    exact = stats.permutation_test(
        (sums,),
        lambda d, axis: np.abs(np.sum(d, axis=axis)),
        permutation_type="samples",
        alternative="greater",
        n_resamples=np.inf,
    )

    row = measure_knowledge(_tests(before, after, places), study, seed=1).iloc[0]
    assert exact.pvalue == pytest.approx(row["p"], abs=1e-12)
    assert 100 * (after.mean() - before.mean()) == pytest.approx(row["change"], abs=1e-12)
    assert (60, 8) == (row["n"], row["municipalities"])


@pytest.mark.parametrize("municipalities", [1, 2, 6, 12])
def test_if_all_municipalities_gain_p_is_two_of_all_flips(study, municipalities) -> None:
    """Closed form: only all or none of k signs reach the observed sum, so p = 2 / 2^k."""
    places = [f"n{i}" for i in range(municipalities)] * 5
    right = np.ones(len(places))
    row = measure_knowledge(_tests(0 * right, right, places), study, seed=1).iloc[0]

    assert 2 / 2**municipalities == row["p"] == row["p_adjusted"]
    assert (100.0, 0.0, 100.0) == (row["change"], row["before"], row["after"])


def test_a_municipality_is_weighted_by_its_people_and_flips_as_a_whole(study) -> None:
    """40 people of one place gain, 3 of three others do not: every flip reaches the sum of 40."""
    places = ["n1"] * 40 + ["n2", "n3", "n4"]
    after = np.repeat([1, 0], [40, 3])
    row = measure_knowledge(_tests(np.zeros(43), after, places), study, seed=1).iloc[0]

    assert 1.0 == row["p"]
    assert 100 * 40 / 43 == pytest.approx(row["change"])
    assert np.isnan(row["low"]) and "too_few_for_limits" == row["reason"]


def test_questions_are_adjusted_together_and_the_total_is_their_mean(small) -> None:
    """Knowledge of both questions, six people of two places."""
    held = "event_id,activity,locality,date,mode,topic\n"
    held += "C1,2.1,n1,2022-04-10,online,\nC2,2.1,s1,2022-05-10,online,\n"
    people = "".join(f"A{i},C{i % 2 + 1},Sample {i},f,1980,n1\n" for i in range(6))
    tests = "".join(
        _answers(f"A{i}", "before", "ab"[i > 0], "cd"[i > 0])
        + _answers(f"A{i}", "after", "ab"[i == 1], "cd"[i % 2])
        for i in range(6)
    )
    made = small(people, tests, consultations=held, press=None, proposals=None)
    rows = made.counted().knowledge.set_index("question")

    assert ["q1", "q2", ""] == list(rows.index)
    assert [400 / 6, 200 / 6, 50.0] == pytest.approx(rows["change"].tolist())
    assert (rows["p_adjusted"] >= rows["p"]).all()


def test_a_question_that_everybody_answered_correctly_is_withheld_with_the_next_one(small) -> None:
    """Six people all know q1 after; the mean of both questions stays."""
    people = "".join(f"A{i},C1,Sample {i},f,1980,n1\n" for i in range(6))
    tests = "".join(
        _answers(f"A{i}", "before", "ab"[i > 0], "cd"[i > 1])
        + _answers(f"A{i}", "after", "a", "cd"[i % 2])
        for i in range(6)
    )
    rows = small(people, tests).counted().knowledge.set_index("question")

    assert [False, False, True] == rows["shown"].tolist()
    assert rows.loc[["q1", "q2"], ["n", "before", "after", "change", "low", "p"]].isna().all().all()
    assert 75.0 == rows.loc["", "after"]
    assert {"withheld"} == set(rows.loc[["q1", "q2"], "verdict"])


def test_knowledge_of_fewer_people_than_the_threshold_is_withheld(small) -> None:
    """Four people with both tests: only the number of municipalities is shown."""
    people = "".join(f"A{i},C1,Sample {i},f,1980,n1\n" for i in range(4))
    tests = "".join(
        _answers(f"A{i}", "before", "b") + _answers(f"A{i}", "after", "a") for i in range(4)
    )
    found = small(people, tests).counted()

    assert not found.knowledge["shown"].any()
    assert found.knowledge[["n", "before", "after", "change", "p"]].isna().all().all()
    assert not found.attrition["shown"].any()
    assert found.attrition["people"].isna().all()


def test_a_step_with_one_person_is_withheld_and_one_with_nobody_is_shown(small) -> None:
    """Six came and were tested before; one was tested after, and knew no more."""
    people = "".join(f"A{i},C1,Sample {i},f,1980,n1\n" for i in range(6))
    tests = "".join(_answers(f"A{i}", "before", "b") for i in range(6))
    tests += _answers("A0", "after", "b")
    steps = small(people, tests).counted().attrition.set_index("step")

    shown = {"attended": True, "took_before": True, "took_after": False, "took_both": False}
    assert {**shown, "knows_more": True} == steps["shown"].to_dict()
    assert [6, 6, None, None, 0] == [None if pd.isna(n) else int(n) for n in steps["people"]]


def test_without_people_with_both_tests_there_is_no_row(small) -> None:
    """No number is made up."""
    found = small(_ONE, _answers("A1", "before", "a")).counted()

    assert list(no_learning().knowledge.columns) == list(found.knowledge.columns)
    assert found.knowledge.empty


def test_the_order_of_the_registers_does_not_matter(small) -> None:
    """Shuffled rows of attendance and tests give the same frames, with the same random flips."""
    rng = np.random.default_rng(2)
    made = small(_ONE, _answers("A1", "before", "a"))
    study = made.study
    places = [f"v{i}" for i in range(19)]
    study = study.model_copy(
        update={
            "districts": {
                "north": study.districts["north"].model_copy(update={"localities": tuple(places)})
            }
        }
    )
    held = pd.DataFrame({"event_id": places, "locality": places, "activity": "2.1"})
    held = held.assign(date=pd.Timestamp("2022-04-01"))
    ids = [f"A{i}" for i in range(95)]
    attendance = pd.DataFrame({"attendance_id": ids, "event_id": places * 5, "name": ids})
    attendance = attendance.assign(sex="f", birth_year="1980", locality="v0")
    cells = product(ids, ("before", "after"), ("q1", "q2"))
    tests = pd.DataFrame(cells, columns=["attendance_id", "phase", "question"])
    tests = tests.assign(answer=rng.choice(list("acbd"), 380), file="tests.csv", row=range(380))

    def learned(attendance: pd.DataFrame, tests: pd.DataFrame):
        people = unique_people(attendance, no_decisions())
        known = made.registers.definitions
        return measure_learning(tests, people, held, known, study, draws=999, seed=3).knowledge

    mixed = [rows.sample(frac=1, random_state=1) for rows in (attendance, tests)]
    shuffled = learned(*mixed)
    assert "999 drawn" in shuffled["method"].iloc[0]
    pd.testing.assert_frame_equal(learned(attendance, tests), shuffled)


def test_the_bundled_rule_is_the_one_in_the_text() -> None:
    """One more right answer, and half of the questions right."""
    rule = read_definitions(BUNDLED / "activities").knowledge

    assert (1, 0.5) == (rule.gain, rule.least)
