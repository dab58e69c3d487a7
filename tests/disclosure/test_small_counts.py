"""Rule 7: no count of 1 to 4 people is published, and none can be worked out from sums."""

from collections.abc import Iterator
from copy import copy
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from attacked import Case
from hypothesis import given, settings
from hypothesis import strategies as st
from random_studies import write_random
from scipy.optimize import Bounds, LinearConstraint, milp

from umid_research.clean import ANSWERED
from umid_research.disclosure import count_suppression
from umid_research.disclosure.derived import withhold
from umid_research.disclosure.rules.field_work import account_rows, interview_rows
from umid_research.disclosure.rules.small_counts import is_small, without_small_counts
from umid_research.study import Thresholds

ROOT = Path(__file__).resolve().parents[2]
FEW = [1, 2, 3, 4]
# The tables in which `value` is a number of people, of their answers or of what they raised.
COUNTS = (
    *("answers", "answers_by_group", "answers_by_district", "themes_meetings", "themes_survey"),
    *("not_knowing", "intake", "set_aside", "issues", "account"),
)


def _with_limit(case: Case, **thresholds: object) -> Case:
    limited = copy(case)
    limited.study = case.study.model_copy(update={"thresholds": Thresholds(**thresholds)})
    return limited


def test_counts_from_one_to_four_are_small() -> None:
    """Nobody is no small number of people; a blank count is none."""
    counts = pd.Series([0, 1, 4, 5, np.nan])

    assert [False, True, True, False, False] == is_small(counts, 5).tolist()
    assert not is_small(counts, 0).any()


# --- the attacker --------------------------------------------------------------------------------


def _spans(
    sums: list[tuple[np.ndarray, float]], wanted: list[np.ndarray], most: float
) -> np.ndarray:
    """The smallest and largest value found of each wanted sum of whole numbers, given other sums.

    Each solution shows a value of every sum; a sum with two values needs no program of its own.
    """
    matrix = np.array([mask for mask, _ in sums], dtype=float)
    totals = np.array([total for _, total in sums], dtype=float)
    masks = np.array(wanted, dtype=float)
    ends = np.full((len(wanted), 2), np.nan)
    for mask, sign in product(range(len(wanted)), (1, -1)):
        if not ends[mask, 1] - ends[mask, 0] > 0.5:
            found = milp(
                sign * masks[mask],
                constraints=LinearConstraint(matrix, totals, totals),
                bounds=Bounds(0, most),
                integrality=1,
            )
            assert found.status == 0, found.message
            values = masks @ found.x.round()
            ends = np.column_stack([np.fmin(ends[:, 0], values), np.fmax(ends[:, 1], values)])
    return ends


def _counts(published: pd.DataFrame, case: Case) -> Iterator[tuple]:
    """Each question's answers and those of meetings, as one number per group, district, answer.

    Yields the numbers' names, the known sums, and the rows that are withheld. The attacker knows
    how many of each group and district answered.
    """
    responses, states = case.cleaned.responses, case.cleaned.states
    rows = published[published["table"].str.startswith("answers")]
    for question, of_question in rows.groupby("question"):
        answered = responses[states[question] == ANSWERED]
        base = answered.groupby(["group", "district"]).size()
        answers = list(case.questionnaire[question].answers)
        several = case.questionnaire[question].kind == "select_multiple"
        for some in [[one] for one in answers] if several else [answers]:
            names = pd.DataFrame(
                [(*cell, answer) for cell, answer in product(base.index, some)],
                columns=["group", "district", "answer"],
            )
            known = [] if several else [(_at(names, *cell, None), n) for cell, n in base.items()]
            yield names, known, of_question[of_question["answer"].isin(some)], base.max()


def _at(names: pd.DataFrame, group, district, answer) -> np.ndarray:
    mask = np.ones(len(names), dtype=bool)
    for key, value in (("group", group), ("district", district), ("answer", answer)):
        if not pd.isna(value):
            mask &= (names[key] == value).to_numpy()
    return mask


def _worked_out(published: pd.DataFrame, case: Case) -> list[tuple]:
    """The withheld counts that have one possible value only."""
    found = []
    for names, known, rows, most in _counts(published, case):
        masks = [_at(names, row.group, row.district, row.answer) for row in rows.itertuples()]
        shown = rows["shown"].to_numpy(dtype=bool)
        numbers = rows["value"].to_numpy(dtype=float)
        sums = [*known, *((masks[n], numbers[n]) for n in np.flatnonzero(shown))]
        if not sums:
            continue
        hidden = np.flatnonzero(~shown)
        for n, (least, largest) in zip(
            hidden, _spans(sums, [masks[n] for n in hidden], most), strict=True
        ):
            if largest == least:
                row = rows.iloc[n]
                found.append((row["question"], row["answer"], row["group"], row["district"]))
    return found


def _small_sums(published: pd.DataFrame, case: Case) -> list[tuple]:
    """The sums of 1 to 4 people that one subtraction in one table gives."""
    found = []
    for names, _, rows, _ in _counts(published, case):
        shown = rows[rows["shown"]]
        totals = shown[shown["table"] == "answers"].set_index("answer")["value"]
        for table in ("answers_by_group", "answers_by_district"):
            parts = shown[shown["table"] == table].groupby("answer")["value"].sum()
            left = totals.sub(parts, fill_value=0).reindex(totals.index)
            some = set(rows.loc[rows["table"] == table, "answer"])
            left = left[left.index.isin(some)]
            found += [(table, name) for name in left.index[left.isin(FEW)]]
        if len(set(names["answer"])) > 1:
            cells = shown.fillna({"group": "", "district": ""}).groupby(
                ["table", "group", "district"]
            )
            left = cells["respondents"].first() - cells["value"].sum()
            found += list(left.index[left.isin(FEW)])
    return found


def _published_few(published: pd.DataFrame) -> list[tuple]:
    """The published numbers of 1 to 4 people."""
    shown = published[published["shown"]]
    few = shown["respondents"].isin(FEW)
    few |= shown["table"].isin(COUNTS) & shown["value"].isin(FEW)
    few |= (shown["statistic"] == "cannot_judge") & shown["value"].isin(FEW)
    few |= (shown["statistic"] == "lost") & shown["value"].isin(FEW)
    return [tuple(row) for row in shown.loc[few, ["table", "question", "answer"]].to_numpy()]


# --- the bundled study ---------------------------------------------------------------------------


@pytest.fixture(scope="module")
def free() -> Case:
    return Case(ROOT / "data" / "raw")


@pytest.fixture(scope="module")
def before(free) -> pd.DataFrame:
    return free.publish()


@pytest.fixture(scope="module")
def bundled(free) -> tuple[Case, pd.DataFrame]:
    made = _with_limit(free, count=5)
    return made, made.protect(made.publish())


def test_no_published_number_of_the_bundled_study_is_small(bundled, before) -> None:
    """Without the setting there are hundreds, in every table of counts but one."""
    _, after = bundled
    few = _published_few(before)

    assert [] == _published_few(after)
    assert {*COUNTS, "field_work", "reliability"} - {"account"} <= {table for table, *_ in few}
    assert 300 < len(few)


def test_no_withheld_number_of_the_bundled_study_can_be_worked_out(bundled) -> None:
    """Neither by one subtraction nor by programs over all tables of a question."""
    made, after = bundled

    assert [] == _small_sums(after, made)
    assert [] == _worked_out(after, made)


def test_the_attacker_finds_small_numbers_that_are_withheld_alone(bundled, before) -> None:
    """Each is a total less what is shown; the attacker would notice one that is left out."""
    made, _ = bundled
    small = before["table"].str.startswith("answers") & before["value"].isin(FEW)
    alone = before[before["question"] == "aware_plan"].copy()
    alone.loc[small[alone.index], ["shown", "value", "respondents"]] = [False, np.nan, np.nan]

    assert _worked_out(alone, made)
    assert _small_sums(alone, made)


def test_enough_of_the_bundled_study_is_left(bundled) -> None:
    """Two thirds of the totals, all scores by district, most of those by group of many people."""
    _, after = bundled
    shown = after.groupby("table")["shown"].mean()

    assert shown["answers"] > 0.6
    assert shown["scores_by_district"] == 1
    assert shown["scores_by_group"] > 0.5


def test_the_attackers_of_scores_find_nothing(bundled) -> None:
    """Counts of parts of a group's answers reveal no score."""
    made, after = bundled

    for dimension in made.questionnaire.dimensions[:3]:
        assert [] == made.attack(after, only=[dimension]), dimension


def test_the_preset_of_offices_withholds_smaller_bases_too(free) -> None:
    """Ten people behind each number, and no count below five, even before the audit."""
    after = _with_limit(free, preset="office").publish()
    shown = after[after["shown"] & ~after["table"].isin(["field_work", "intake"])]

    assert [] == _published_few(after)
    assert 10 <= shown["respondents"].min()


@pytest.mark.parametrize("number", range(4))
def test_random_studies_with_small_counts_withstand_all_attackers(tmp_path, number) -> None:
    """Matched, clustered and weighted ones, with and without a plan."""
    made = _with_limit(Case(write_random(number, tmp_path / "raw")), count=3)
    after = made.protect(made.publish())

    assert [] == _worked_out(after, made)
    assert [] == made.leaks(after)


# --- the rule ------------------------------------------------------------------------------------


def _shown(table: dict[str, dict[str, int]], least: int, *, several: bool = False, of: int = 0):
    """What is shown of a table cell -> answer -> count."""
    rows = [
        {"group": cell, "answer": answer, "value": count, "respondents": of or sum(row.values())}
        for cell, row in table.items()
        for answer, count in row.items()
    ]
    frame = pd.DataFrame(rows)
    everything = np.ones(len(frame), dtype=bool)
    shown = without_small_counts(everything, frame, least, cell="group", several=several)
    return frame.assign(shown=shown).pivot(index="group", columns="answer", values="shown")


def test_a_second_answer_and_a_second_group_are_withheld_with_a_small_count() -> None:
    """One of b said no: with the 5 who said so-so they are 6; a column needs a second one, too."""
    table = {
        "a": {"yes": 18, "soso": 5, "no": 6},
        "b": {"yes": 18, "soso": 5, "no": 1},
        "c": {"yes": 18, "soso": 9, "no": 9},
    }
    shown = _shown(table, 5)

    assert [False, False, True] == shown.loc["b", ["no", "soso", "yes"]].tolist()
    assert [False, False, True] == shown.loc["a", ["no", "soso", "yes"]].tolist()
    assert shown.loc["c"].all()
    assert _shown(table, 0).all(axis=None)
    assert _shown(table, 1).all(axis=None)


def test_those_withheld_are_many_together() -> None:
    """Two and two are four people: a fifth count goes with them; two and three are enough."""
    four = {name: {"yes": 30, "soso": 7, "no": 2, "never": 2} for name in "ab"}
    five = {name: {"yes": 30, "soso": 7, "no": 2, "never": 3} for name in "ab"}

    assert not _shown(four, 5)["soso"].any()
    assert _shown(five, 5)["soso"].all()
    assert _shown(four, 5)["yes"].all()


def test_of_several_possible_answers_those_who_did_not_give_one_count_too() -> None:
    """Twenty of 24 ticked it: four did not. Of 25, five did not."""
    table = {name: {"web": 20} for name in "ab"}

    assert not _shown(table, 5, several=True, of=24).any(axis=None)
    assert _shown(table, 5, several=True, of=25).all(axis=None)


@given(st.lists(st.lists(st.integers(0, 8), min_size=3, max_size=3), min_size=2, max_size=3))
@settings(max_examples=200, deadline=None)
def test_no_row_or_column_leaves_a_small_sum(numbers) -> None:
    """What is withheld of each row and column is nobody, or 4 and more; one is never alone."""
    table = {f"g{n}": dict(zip("abc", row, strict=True)) for n, row in enumerate(numbers)}
    shown = _shown(table, 4).to_numpy()
    counts = np.array(numbers)

    assert not (shown & (counts > 0) & (counts < 4)).any()
    for visible, values in [*zip(shown, counts, strict=True), *zip(shown.T, counts.T, strict=True)]:
        left = values[~visible]
        if len(left) < len(values):
            assert left.sum() == 0 or left.sum() >= 4
            assert len(left) != 1


def test_numbers_of_submissions_are_withheld_like_answers() -> None:
    """Three times without a time, and four without a day; names of files are no people."""
    account = pd.DataFrame(
        [("f.csv", "", "submissions", 9), ("f.csv", "", "no_times", 3)],
        columns=["file", "column", "what", "number"],
    )
    days = pd.DataFrame({"first": ["2022-03-01"], "last": "2022-03-09", "dated": 5, "undated": 4})
    rows = account_rows(account, least=5).set_index("statistic")["shown"]

    assert {"files": True, "no_times": False} == rows.to_dict()
    assert account_rows(account, least=3)["shown"].all()
    assert [False] == interview_rows(days, least=5)["shown"].tolist()
    assert [True] == interview_rows(days, least=4)["shown"].tolist()


def _values_of_people(made: Case, published: pd.DataFrame) -> list[tuple]:
    """The smallest and largest possible value of each withheld number of people asked."""
    rows = published[(published["table"] == "field_work") & published["locality"].isna()]
    people = made.cleaned.responses.groupby(["group", "district"]).size()
    names = people.index.to_frame(index=False).assign(answer="")
    masks = [_at(names, row.group, row.district, None) for row in rows.itertuples()]
    numbers = rows["respondents"].to_numpy(dtype=float)
    known = [(masks[n], numbers[n]) for n in np.flatnonzero(rows["shown"])]
    hidden = [masks[n] for n in np.flatnonzero(~rows["shown"])]
    return [tuple(ends) for ends in _spans(known, hidden, people.sum())]


def test_numbers_of_people_asked_cannot_be_worked_out(bundled) -> None:
    """By group and district; none is shown by locality."""
    made, after = bundled
    by_place = after[(after["table"] == "field_work") & after["locality"].notna()]

    assert len(by_place)
    assert not by_place["shown"].any()
    assert _values_of_people(made, after)
    assert all(largest > least for least, largest in _values_of_people(made, after))


def test_a_number_of_people_that_is_withheld_alone_is_audited(bundled, before) -> None:
    """All numbers but the NGOs of one district are shown; the audit withholds a few more."""
    made, _ = bundled
    rows = before[before["table"] == "field_work"].reset_index(drop=True)
    alone = (rows["group"] == "ngo") & (rows["district"] == "quba")
    withhold(rows, list(rows.index[alone]))

    assert [(2, 2)] == _values_of_people(made, rows)
    count_suppression.protect_field_work(rows, made.cleaned)
    assert 4 <= len(_values_of_people(made, rows)) <= 6
    assert all(largest > least for least, largest in _values_of_people(made, rows))
