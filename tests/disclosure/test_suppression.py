"""Rule 5 by hand: what published numbers leave open for one person, for two, for a count."""

import random
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from attacked import Case, row_of, rows_of
from attacker_unanswered import known_unanswered
from mean_weights import mean_weights
from random_studies import ALL_ASKED, random_export, write_random
from small_study import STUDY, small_export

from umid_research.disclosure import suppression
from umid_research.disclosure.audit import scores
from umid_research.disclosure.audit.counts import covered, determined_counts, question_counts
from umid_research.disclosure.audit.inferable_counts import inferable_counts
from umid_research.disclosure.audit.linked_scores import linked_scores_of
from umid_research.disclosure.audit.scores import Attack
from umid_research.disclosure.audit.weights import member_weights
from umid_research.disclosure.cheapest import Cell
from umid_research.disclosure.frame import NUMBERS
from umid_research.errors import FrameError


def _attack(case: Case, name: str, published: pd.DataFrame) -> Attack:
    """The audit of the linked scores that contain a dimension or an area."""
    all_linked = linked_scores_of(case.cleaned, case.questionnaire, case.study)
    linked = next(
        linked for linked in all_linked if name in {score.name for score in linked.definitions}
    )
    return Attack(linked, published)


def _failing(case: Case, name: str, published: pd.DataFrame, protection: float) -> list:
    failing = _attack(case, name, published).failing(protection)
    return [exposed.people for exposed in failing if exposed.definition.name == name]


# --- by hand -------------------------------------------------------------------------------------


def test_a_low_mean_of_four_protects_one_person_but_not_two_together(case) -> None:
    """Duties of four offices are 25, 0, 0, 0: mean 6.25, shown as 6, so their sum is 22 to 26.

    One of them may have 0 to 26, which is wide enough at 20 and not at 27. The mean of two is only
    known to be in 0 to 13.
    """
    table = small_export()
    table.loc[table["kind"] == "o", "duty"] = ["2", "1", "1", "1"]
    small = case(export=table)
    known = rows_of(row_of("scores_by_group", dimension="duties", group="office", value=6.0))

    assert [] == _failing(small, "duties", known, 12.9)
    assert [(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)] == _failing(small, "duties", known, 20)
    assert 10 == len(_failing(small, "duties", known, 26.1))


def test_an_exposed_pair_of_a_larger_study_is_audited_again(case, monkeypatch) -> None:
    """Nothing is withheld in between, so the second audit finds the same six pairs of offices."""
    monkeypatch.setattr(scores, "_MAX_PEOPLE", 3)
    table = small_export()
    table.loc[table["kind"] == "o", "duty"] = ["2", "1", "1", "1"]
    known = rows_of(row_of("scores_by_group", dimension="duties", group="office", value=6.0))
    attack = _attack(case(export=table), "duties", known)
    pairs = [(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)]

    assert pairs == sorted(exposed.people for exposed in attack.failing(20))
    assert pairs == sorted(exposed.people for exposed in attack.failing(20))
    attack.withhold({0})
    assert [] == attack.failing(20)


def test_a_pair_is_audited_although_swaps_protect_one_of_the_two(case) -> None:
    """The first of five residents is 0 and 100 on two items, the others are 100 and 0.

    Anybody may be 0 or 100 on either item: 67 points on three items. The first can swap with four
    others; they can only swap with the first. Of two people, one item at most is 0 and one 100, so
    their mean moves by 33 points: each person passes at 50, no pair does.
    """
    table = small_export()
    residents = table["kind"] == "p"
    table.loc[residents, ["place", "village"]] = ["n", "n1"]
    table.loc[residents, ["trust_1", "trust_2", "trust_3"]] = ["5", "5", "3"]
    table.loc[0, ["trust_1", "trust_2"]] = ["1", "1"]
    counts = {"trust_1": {"1": 1, "5": 4}, "trust_2": {"1": 1, "5": 4}, "trust_3": {"3": 5}}
    known = [
        row_of("answers_by_group", question=question, answer=a, group="people", value=n)
        for question, given in counts.items()
        for a, n in (dict.fromkeys("12345", 0) | given).items()
    ]
    failing = _failing(case(export=table), "trust", rows_of(*known), 50)

    residents = (0, 1, 3, 5, 7)
    assert set(combinations(residents, 2)) == set(failing)


def test_counts_narrow_the_interval_that_a_mean_leaves(case) -> None:
    """One office gave 2 and three gave 1: a single office may have 0 to 25, not 0 to 26."""
    table = small_export()
    table.loc[table["kind"] == "o", "duty"] = ["2", "1", "1", "1"]
    small = case(export=table)
    counts = {"1": 3, "2": 1, "3": 0, "4": 0, "5": 0}
    known = rows_of(
        row_of("scores_by_group", dimension="duties", group="office", value=6.0),
        *(
            row_of("answers_by_group", question="duty", answer=a, group="office", value=n)
            for a, n in counts.items()
        ),
    )

    assert {1, 2} == {len(set(pair)) for pair in _failing(small, "duties", known, 25.5)}
    assert {2} == {len(set(pair)) for pair in _failing(small, "duties", known, 24.5)}


def test_a_mean_of_two_people_exposes_the_pair(case) -> None:
    """Two offices in the north: their mean is known to a point, the score of either is open."""
    table = small_export()
    table.loc[table["kind"] == "o", "duty"] = ["3", "3", "2", "4"]
    small = case(export=table)
    known = rows_of(
        row_of("scores_by_side", dimension="duties", district="north", side="supply", value=50.0)
    )

    assert [(0, 1)] == _failing(small, "duties", known, 20)


def test_the_width_of_an_interval_bounds_each_unit(case) -> None:
    """Four units, mean 50 ± 8: s = 8/3.182 · 2 = 5.03, and none lies farther than 5.03 · 1.5.

    So each is in 42.5 to 57.5, which is 15.1 points wide. Without the interval each may be
    anything.
    """
    table = small_export()
    table.loc[table["kind"] == "o", "duty"] = ["3", "3", "3", "3"]
    small = case(export=table)
    mean = row_of("scores_by_group", dimension="duties", group="office", value=50.0, units=4)

    assert [] == _failing(small, "duties", rows_of(mean), 20)
    with_interval = rows_of({**mean, "low": 42.0, "high": 58.0})
    assert {(0,), (1,), (2,), (3,)} <= set(_failing(small, "duties", with_interval, 15.2))
    assert not {(0,), (1,), (2,), (3,)} & set(_failing(small, "duties", with_interval, 15.0))


def test_limits_of_a_district_difference_bound_each_locality(case) -> None:
    """The north's mean is 50, and the limits of a difference show that its localities are alike.

    In locality n2 live one of the people and one office, so the mean of these two is exposed.
    """
    table = small_export().assign(trust_1="3", trust_2="3", trust_3="3")
    table.loc[table["place"] == "s", "trust_1"] = list("12345")
    small = case(export=table)
    mean = row_of("scores_by_district", dimension="trust", district="north", value=50.0, units=4)
    limits = row_of(
        "differences_by_district", dimension="trust", district="north", versus="south", family="C"
    )
    pair = small.cleaned.responses.index[small.cleaned.responses["locality"] == "n2"]

    assert tuple(pair) not in _failing(small, "trust", rows_of(mean), 20)
    with_limits = rows_of(mean, limits | {"low": -4.0, "high": 4.0})
    assert tuple(pair) in _failing(small, "trust", with_limits, 20)


def test_an_index_exposes_a_dimension_when_the_others_are_known(case) -> None:
    """The offices' index of two dimensions is near 0, so both are, although neither is shown."""
    table = small_export().assign(duty="1", trust_1="1", trust_2="5", trust_3="1")
    table.loc[2, "duty"] = "2"
    small = case(export=table, questionnaire=ALL_ASKED)
    index = rows_of(row_of("scores_by_group", dimension="index", group="office", value=3.0))

    # The index is 25 / 4 / 2 = 3.125, shown as 3. The half due to duties may be 0.1875 higher,
    # which is 1.5 over all four offices. So one has at most 26.5, and two a mean of 13.25.
    assert {1, 2} == {len(set(pair)) for pair in _failing(small, "duties", index, 27)}
    assert {2} == {len(set(pair)) for pair in _failing(small, "duties", index, 26)}
    assert [] == _failing(small, "duties", rows_of(row_of("intake", value=10)), 27)


def test_a_row_covers_the_people_of_the_names_that_it_has() -> None:
    """A row without a name covers everybody; a person without one is covered by no name."""
    people = pd.DataFrame(
        {"group": ["a", "a", "b", None], "district": ["n", "s", "n", "s"]}, dtype=object
    )
    rows = pd.DataFrame(
        {"group": ["a", None, "b", "c", None], "district": [None, "s", "n", None, None]},
        dtype=object,
    )

    found = covered(rows, people).astype(int).tolist()

    assert [[1, 1, 0, 0], [0, 1, 0, 1], [0, 0, 1, 0], [0, 0, 0, 0], [1, 1, 1, 1]] == found
    assert (0, 4) == covered(rows.iloc[:0], people).shape


def test_only_answers_without_a_score_are_kept_as_such(case) -> None:
    """Not the lowest answer: 1 of 1 to 5 has the score 0."""
    table = small_export()
    table.loc[[0, 1], "trust_1"] = ["1", "dk"]
    small = case(export=table)
    all_linked = linked_scores_of(small.cleaned, small.questionnaire, small.study)
    linked = next(one for one in all_linked if "trust_1" in one.items)
    item = linked.items.index("trust_1")

    gave = table["trust_1"].to_numpy()
    assert len(gave) == len(linked.people)
    assert np.where(gave == "dk", "dk", "").tolist() == linked.unscored[:, item].tolist()
    assert ((gave != "dk") & (gave != "")).tolist() == (linked.given[:, item] >= 0).tolist()


def test_a_withheld_count_is_determined_by_subtraction_from_the_total(case) -> None:
    """One office and the NGO are not aware: with people and offices shown, the NGO is known."""
    aware = ["yes", "yes", "no", *["yes"] * 6, "no"]
    table = small_export().assign(aware=aware)
    table["channels"] = table["channels"].where(table["aware"] == "yes", "")
    small = case(export=table)
    asked = question_counts(small.cleaned, small.questionnaire["aware"])
    by_group = table.groupby("kind")["aware"].value_counts().unstack(fill_value=0)
    assert {"g": 1, "o": 1, "p": 0} == by_group["no"].to_dict()
    shown = [
        row_of("answers", question="aware", answer="yes", value=8, respondents=10),
        row_of("answers", question="aware", answer="no", value=2, respondents=10),
        row_of("answers_by_group", question="aware", answer="yes", group="people", value=5),
        row_of("answers_by_group", question="aware", answer="no", group="people", value=0),
    ]
    hidden = [
        row_of("answers_by_group", question="aware", answer=a, group=g) | {"shown": False}
        for g in ("office", "ngo")
        for a in ("yes", "no")
    ]
    # Four offices and an NGO gave 3 yes and 2 no, so the NGO may have said either.
    assert [] == determined_counts(rows_of(*shown, *hidden), asked)

    shown.append(row_of("answers_by_group", question="aware", answer="no", group="office", value=1))
    hidden = [row for row in hidden if row["group"] == "ngo"]
    assert 6 in determined_counts(rows_of(*shown, *hidden), asked)


def test_the_only_withheld_answer_of_a_cell_is_determined_by_its_base(case) -> None:
    """People are aware or not, so one count gives the other; channels may be several."""
    small = case()
    for question, one, other, expected in (
        ("aware", "yes", "no", [1]),
        ("channels", "tv", "web", []),
    ):
        asked = question_counts(small.cleaned, small.questionnaire[question])
        shown = row_of("answers_by_group", question=question, answer=one, group="people", value=1)
        hidden = {**shown, "answer": other, "shown": False, "value": np.nan}

        assert expected == determined_counts(rows_of(shown, hidden), asked)


def test_a_mean_can_determine_withheld_counts(case) -> None:
    """Duties of four offices: a mean of 12 is a sum of 46 to 54; in steps of 25 that is 50.

    Either two offices have 25 or one has 50. None has 75 or 100, so these two counts are known.
    """
    table = small_export()
    table.loc[table["kind"] == "o", "duty"] = ["2", "2", "1", "1"]
    small = case(export=table)
    hidden = [
        row_of("answers_by_group", question="duty", answer=answer, group="office")
        | {"shown": False}
        for answer in "12345"
    ]
    mean = row_of("scores_by_group", dimension="duties", group="office", value=12.0)

    def inferable(*rows: dict) -> list[int]:
        return [count.row for count in inferable_counts(_attack(small, "duties", rows_of(*rows)))]

    assert [3, 4] == inferable(*hidden, mean)
    assert [] == inferable(*hidden)


def test_an_offsetting_exchange_can_change_a_count_back(case) -> None:
    """Duties of offices in three places: 1 and 4 in the first, 1, and 4; mean 37.5, shown as 38.

    Answers are 0 or 75, and the mean fits two of each. An office may exchange answers with one of
    the people only if another office does the reverse, so there are always two of each.
    """
    table = small_export().assign(organisation="", kind=list("oooopppppg"))
    table["village"] = ["n1", "n1", "n2", "s1", "n1", "n1", "s1", "s1", "s2", ""]
    table["place"], table["organisation"] = list("nnnsnnssss"), list("aabcdefghi")
    table["duty"] = list("1414144444")
    small = case(export=table, questionnaire=ALL_ASKED)
    known = rows_of(
        *(
            row_of("answers", question="duty", answer=answer, value=n)
            for answer, n in {"1": 3, "2": 0, "3": 0, "4": 7, "5": 0}.items()
        ),
        *(
            row_of("answers_by_group", question="duty", answer=answer, group="office")
            | {"shown": False}
            for answer in "14"
        ),
        row_of("scores_by_group", dimension="duties", group="office", value=38.0),
    )

    assert [5, 6] == [count.row for count in inferable_counts(_attack(small, "duties", known))]


def test_the_number_of_scores_reveals_who_did_not_know(case, monkeypatch) -> None:
    """All four offices have a score from one question, so none of them answered "don't know".

    All gave the same answer, so no count is shown, but the mean is.
    """
    table = small_export()
    table["duty"] = table["duty"].where(table["kind"] != "o", "3")
    small = case(export=table, study=STUDY + "\n[thresholds]\nanswers = 3\n")
    published = small.publish()
    inferable = [found[2:4] for found in known_unanswered(published, *small.inputs)]
    assert ("duty", "dk") in inferable

    after = small.protect(published)
    assert [] == known_unanswered(after, *small.inputs)
    monkeypatch.setattr(suppression, "inferable_unanswered", lambda *_: [])
    assert [] != known_unanswered(small.protect(published), *small.inputs)


# --- the procedure -------------------------------------------------------------------------------


def test_weights_of_means_reproduce_the_arithmetic_of_score(case) -> None:
    """Weights are found by giving 1 to one person at a time; one locality lacks an office."""
    table = small_export().drop(index=6)
    small = case(export=table)
    for dimension in ("trust", "index"):
        people = small.scores[small.scores["dimension"] == dimension].reset_index(drop=True)
        expected, weights = mean_weights(people, small.study), member_weights(people, small.study)

        assert set(expected) == set(weights)
        for key, vector in expected.items():
            np.testing.assert_allclose(weights[key].mean(axis=0), vector, atol=1e-12)


def test_secondary_suppression_looks_like_primary_suppression(case) -> None:
    """No number and no reason is left, and differences are withheld with their means."""
    small = case(export=random_export(random.Random(3)), questionnaire=ALL_ASKED)
    before = small.publish()
    after = small.protect(before)
    hidden = after[~after["shown"]]

    assert after["shown"].sum() < before["shown"].sum()
    assert hidden[list(NUMBERS)].isna().all(axis=None)
    assert list(before.columns) == list(after.columns)
    means = after[after["table"] == "scores_by_group"].set_index(["dimension", "group"])["shown"]
    rows = after[after["table"] == "differences_by_group"]
    for row in rows[rows["shown"]].itertuples():
        assert means[row.dimension, row.group] and means[row.dimension, row.versus]


def test_a_table_without_a_disclosure_class_is_refused(case) -> None:
    """It must not be published unaudited."""
    small = case()
    with pytest.raises(FrameError, match=r"no disclosure class.*'ages'"):
        small.protect(rows_of(row_of("ages", value=30.0)))


def test_the_order_of_an_export_changes_nothing(case) -> None:
    """The same numbers are withheld when the rows come in reverse order."""
    table = random_export(random.Random(5))
    one, other = case(export=table), case(export=table.iloc[::-1], name="turned")

    pd.testing.assert_frame_equal(one.protect(one.publish()), other.protect(other.publish()))


# --- one audit after the other, or side by side ---------------------------------------------------


def _from_the_last(work, jobs) -> list:
    """As processes that end in another order: results are in the order of the jobs."""
    return [work(job) for job in reversed(jobs)][::-1]


def test_audits_in_another_order_withhold_the_same(tmp_path) -> None:
    """Each of them sees what was published before any of them."""
    small = Case(write_random(3, tmp_path / "study"))
    published, inputs = small.publish(), small.inputs
    after = suppression.protect(published, *inputs)

    other = suppression.protect(published, *inputs, each=_from_the_last)

    assert published["shown"].sum() > after["shown"].sum()
    pd.testing.assert_frame_equal(after, other)


@pytest.mark.parametrize(
    ("first", "again", "withheld"), [("index", ["second"], {0, 3}), ("trust", [], {0, 2, 3})]
)
def test_audits_after_a_withheld_index_are_made_again_if_they_found_something(
    first, again, withheld
) -> None:
    """The second needs row 2 only while row 0, of the index, is shown; the third finds nothing."""
    rows = [first, "duties", "duties", "finance"]
    published = rows_of(
        *(row_of("scores_by_group", dimension=name, group="office", value=50.0) for name in rows)
    )
    asked = []

    def audit(published: pd.DataFrame, linked: str) -> list[Cell]:
        asked.append(linked)
        needed = {"first": [0], "second": [2] * bool(published.loc[0, "shown"]), "third": []}
        return [Cell((row,), ()) for row in needed.get(linked, [3])]

    suppression.withhold_for_each(["first", "second", "third", "fourth"], published, audit, map)

    assert withheld == set(published.index[~published["shown"]])
    expected = ["first", "second", "third", "fourth"]
    assert asked == [*expected, *again, *(["fourth"] if again else [])]
