"""What a published number of people with a score says about their single answers, by hand."""

from types import SimpleNamespace

import numpy as np

from umid_research.disclosure.audit.feasible_set import FeasibleSet

ITEMS = ("a", "b", "c")


def _one_person(*scored: bool) -> FeasibleSet:
    """Return the feasible set of one person who answered three items, "don't know" if no score."""
    linked = SimpleNamespace(
        items=dict.fromkeys(ITEMS),
        unscored=np.array([["" if has_score else "dk" for has_score in scored]]),
        unscored_codes=[["dk"]] * len(ITEMS),
        given=np.array([[3 if has_score else -1 for has_score in scored]]),
    )
    return FeasibleSet(linked, np.array([0]))


def _is_fixed(feasible: FeasibleSet, item: str) -> bool:
    return bool(feasible.fixed([feasible.who_scored(0, (item,))])[0])


def test_a_score_that_needs_all_items_fixes_each() -> None:
    """Three of three: no other pattern gives the person a score."""
    feasible = _one_person(True, True, True)
    feasible.fix_total([feasible.add_indicator(3, feasible.who_scored(0, ITEMS))])

    assert all(_is_fixed(feasible, item) for item in ITEMS)


def test_a_score_that_needs_two_of_three_items_fixes_none() -> None:
    """Any one of the three may have been "don't know"."""
    feasible = _one_person(True, True, True)
    feasible.fix_total([feasible.add_indicator(2, feasible.who_scored(0, ITEMS))])

    assert not any(_is_fixed(feasible, item) for item in ITEMS)


def test_without_a_score_at_most_one_of_three_items_was_answered() -> None:
    """Two are needed and the person has no score: one known answer fixes the two others."""
    feasible = _one_person(True, False, False)
    feasible.fix_total([feasible.add_indicator(2, feasible.who_scored(0, ITEMS))])

    assert not any(_is_fixed(feasible, item) for item in ITEMS)
    feasible.fix_total(feasible.who_scored(0, ("a",)))
    assert all(_is_fixed(feasible, item) for item in ITEMS)


def test_no_indicator_where_the_score_is_certain() -> None:
    """A need of none or of more items than there are says nothing."""
    feasible = _one_person(True, False, False)

    assert feasible.add_indicator(0, feasible.who_scored(0, ITEMS)) is None
    assert feasible.add_indicator(4, feasible.who_scored(0, ITEMS)) is None
