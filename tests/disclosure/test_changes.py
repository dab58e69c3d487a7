"""Test what of a change between two rounds may be shown: each rule fires on a row of its own."""

import pandas as pd
import pytest

from umid_research.disclosure.rules.changes import publish_changes
from umid_research.study import Thresholds

_GROUPS = ("", "people", "office")
_ROW = {
    "whole": True,
    "items": 3,
    "places": 12,
    "earlier": 41.4,
    "later": 52.6,
    "change": 11.2,
    "low": 3.6,
    "high": 18.2,
    "p": 0.01,
    "p_adjusted": 0.02,
    "p_smallest": 0.001,
    "mdd": 9.1,
    "verdict": "higher",
    "reason": "",
    "method": "sign flips",
    "draws": 4096,
    **{f"people_{of}": 24 for of in ("earlier", "later")},
    **{f"left_{what}_{of}": 0 for what in ("units", "people") for of in ("earlier", "later")},
}


def _rows(**of_people: object) -> pd.DataFrame:
    """Return changes of two dimensions and the index; `of_people` changes people's trust."""
    rows = [
        {**_ROW, "family": "F" if group else "E", "dimension": dimension, "group": group}
        for dimension in ("trust", "access", "index")
        for group in _GROUPS
    ]
    frame = pd.DataFrame(rows)
    for name, value in of_people.items():
        frame.loc[(frame["dimension"] == "trust") & (frame["group"] == "people"), name] = value
    return frame


def _scores(*hidden: tuple[str, str]) -> pd.DataFrame:
    keys = [(one, group) for one in ("trust", "access", "index") for group in ("people", "office")]
    return pd.DataFrame(keys, columns=["dimension", "group"]).assign(
        shown=[key not in hidden for key in keys]
    )


def _published(rows: pd.DataFrame, *, scores=None, thresholds=None) -> pd.DataFrame:
    limits = Thresholds(units=3, respondents=3)
    found = publish_changes(rows, scores or (_scores(), _scores()), thresholds or (limits, limits))
    return found.set_index(["dimension", "group"])


def _hidden(published: pd.DataFrame) -> set[tuple[str, str]]:
    return set(published.index[~published["shown"]])


def test_a_change_is_the_difference_of_the_printed_means_and_limits_are_rounded_outward() -> None:
    """41 and 53: +12, although 52.6 - 41.4 is 11.2; 3.6 to 18.2 becomes 3 to 19."""
    row = _published(_rows()).loc[("trust", "people")]

    assert (41, 53, 12, 3, 19, 10) == tuple(
        row[["earlier", "later", "change", "low", "high", "mdd"]]
    )
    assert "higher" == row["verdict"]


@pytest.mark.parametrize(
    "changed",
    [
        {"places": 2},
        {"people_earlier": 2},
        {"people_later": 2},
        {"left_people_earlier": 2, "left_units_earlier": 3},
        {"left_people_later": 5, "left_units_later": 2},
        {"earlier": 1.4},
        {"later": 98.6},
    ],
    ids=str,
)
def test_each_rule_withholds_the_row_and_the_mean_of_all_groups(changed) -> None:
    """The row alone could be worked out from the mean of all groups."""
    published = _published(_rows(**changed))
    row = published.loc[("trust", "people")]

    assert {("trust", "people"), ("trust", "")} == _hidden(published)
    assert row[["places", "earlier", "later", "change", "low", "high", "mdd"]].isna().all()
    assert "withheld" == row["verdict"]


@pytest.mark.parametrize(
    "changed",
    [
        {"places": 3, "low": float("nan"), "high": float("nan")},
        {"people_earlier": 3},
        {"left_people_later": 3, "left_units_later": 3},
        {"earlier": 1.6},
    ],
    ids=str,
)
def test_at_the_thresholds_themselves_a_row_is_shown(changed) -> None:
    """Three places, three people, three others, a mean that is printed as 2."""
    assert set() == _hidden(_published(_rows(**changed)))


@pytest.mark.parametrize("which", [0, 1])
def test_what_one_round_withholds_stays_withheld(which) -> None:
    """In its own report it was withheld for a reason, and it must not follow from this one."""
    tables = [_scores(), _scores()]
    tables[which] = _scores(("access", "office"))

    assert {("access", "office"), ("access", "")} == _hidden(
        _published(_rows(), scores=tuple(tables))
    )


def test_the_index_of_a_part_of_the_items_goes_with_a_dimension() -> None:
    """The audits of the rounds have seen the index of all items only."""
    part = _rows().assign(whole=False)

    assert {("trust", "people"), ("trust", ""), ("index", "people"), ("index", "")} == _hidden(
        _published(
            part.assign(
                places=part["places"].mask(
                    (part["dimension"] == "trust") & (part["group"] == "people"), 2
                )
            )
        )
    )


def test_the_higher_thresholds_of_the_two_rounds_count() -> None:
    """An office of five places, where one round asks for six."""
    limits = (Thresholds(units=3, respondents=3), Thresholds(units=6, respondents=3))

    assert ("trust", "people") in _hidden(_published(_rows(places=5), thresholds=limits))
    assert ("trust", "people") not in _hidden(_published(_rows(places=6), thresholds=limits))


def test_few_places_show_no_interval_and_no_verdict() -> None:
    """Twice the threshold is needed: of five places the width would tell too much."""
    row = _published(_rows(places=5)).loc[("trust", "people")]

    assert row["shown"]
    assert row[["low", "high", "p_adjusted", "mdd"]].isna().all()
    assert "withheld" == row["verdict"]


def test_six_places_show_an_interval() -> None:
    """Twice three."""
    row = _published(_rows(places=6)).loc[("trust", "people")]

    assert (3, 19, "higher") == tuple(row[["low", "high", "verdict"]])


def test_a_printed_change_of_zero_is_never_stated() -> None:
    """41.4 and 41.3 are both printed as 41."""
    row = _published(_rows(later=41.3, change=-0.1, verdict="lower")).loc[("trust", "people")]

    assert "unclear" == row["verdict"]


def test_what_cannot_be_computed_is_not_shown() -> None:
    """One place gives no change to flip."""
    published = _published(_rows(change=float("nan"), verdict="not_estimable"))

    assert ("trust", "people") in _hidden(published)
