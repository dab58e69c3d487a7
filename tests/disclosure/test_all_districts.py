"""Differences from the mean of all districts are published without telling a withheld mean."""

import numpy as np
import pandas as pd
import pytest
from analysis.test_compare import study_of, units_of

from umid_research.analysis.compare import compare_units
from umid_research.disclosure.rules.differences import difference_rows

KEYS = [f"d{number:02d}" for number in range(14)]
STUDY = study_of(["a", "b"], KEYS)


def _scores(values: dict[str, float | None]) -> pd.DataFrame:
    """Return the rows of `scores_by_district`; None for a mean that is withheld."""
    return pd.DataFrame(
        {
            "table": "scores_by_district",
            "dimension": "trust",
            "district": list(values),
            "value": [np.nan if value is None else value for value in values.values()],
            "shown": [value is not None for value in values.values()],
        }
    )


def _published(comparisons: pd.DataFrame, values: dict[str, float | None]) -> pd.DataFrame:
    tables = {part["table"].iloc[0]: part for part in _all(comparisons, values) if len(part)}
    return tables["differences_by_district"].set_index("district")


def _all(comparisons, values):
    only = comparisons[comparisons["family"] == "C"]
    groups = pd.DataFrame(columns=["table", "dimension", "group", "value", "shown", "side"])
    return difference_rows(only, pd.concat([_scores(values), groups]), STUDY)


@pytest.fixture(scope="module")
def comparisons() -> pd.DataFrame:
    """The first district scores far above the others."""
    rng = np.random.default_rng(5)
    scores = {
        (key, group): rng.normal(90 if key == "d00" else 40, 3, 8).tolist()
        for key in KEYS
        for group in "ab"
    }
    return compare_units(units_of(scores), STUDY, draws=9, seed=1)


def test_the_mean_of_all_is_that_of_the_published_means_in_steps(comparisons) -> None:
    """90 and thirteen times 40 have the mean 43.57; with 14 districts a step is 20 / 14, so 2.

    A withheld one of fourteen means would be known to within 14 steps of 2 points: 28, above 20.
    """
    rows = _published(comparisons, {key: 90.0 if key == "d00" else 40.0 for key in KEYS})

    assert {"all districts"} == set(rows["versus"])
    assert [46.0] + [-4.0] * 13 == rows["value"].tolist()
    assert rows["shown"].all()
    assert "higher" == rows.loc["d00", "verdict"]


def test_a_withheld_mean_hides_its_own_difference_and_enters_no_other(comparisons) -> None:
    """The others are compared with the mean of those that are shown: 43.83, which is 44."""
    values = {key: 90.0 if key == "d00" else 40.0 for key in KEYS} | {"d05": None}
    rows = _published(comparisons, values)

    assert not rows.loc["d05", "shown"]
    assert np.isnan(rows.loc["d05", "value"])
    assert rows["shown"].sum() == 13
    assert 46.0 == rows.loc["d00", "value"]
    other = _published(comparisons, values | {"d05": 99.0}).loc["d00"]
    assert 42.0 == other["value"]


def test_limits_lie_around_the_published_difference_and_hold_the_interval(comparisons) -> None:
    """They are as far from it on both sides, but for a stated difference that would cross zero."""
    exact = comparisons[comparisons["family"] == "C"].set_index("group_a")
    rounded = {key: round(45 + exact.loc[key, "estimate"]) for key in KEYS}
    rows = _published(comparisons, rounded)
    for key, row in rows.iterrows():
        assert row["low"] <= exact.loc[key, "low"] and exact.loc[key, "high"] <= row["high"]
        if exact.loc[key, "verdict"] == "unclear":
            assert row["value"] - row["low"] == row["high"] - row["value"]
    clear = exact.assign(verdict="higher", low=0.1, high=9.9).reset_index()
    near = _published(clear, rounded)
    assert (near["low"] >= np.minimum(near["value"], 0)).all()


def test_limits_are_wider_by_what_both_roundings_can_move(comparisons) -> None:
    """Half an interval of 3 points, half a point of the mean and one of the mean of all: 3."""
    unclear = comparisons.assign(verdict="unclear", low=-1.0, high=2.0)
    rows = _published(unclear, dict.fromkeys(KEYS, 40.0))

    assert [-3.0] * 14 == (rows["low"] - rows["value"]).tolist()
    assert [3.0] * 14 == (rows["high"] - rows["value"]).tolist()
