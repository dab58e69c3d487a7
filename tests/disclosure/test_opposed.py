"""A printed difference never has another sign than the tested one without a word."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from analysis.test_compare import study_of, units_of
from small_report import small_report

from umid_research.analysis.compare import compare_units
from umid_research.disclosure.rules.differences import difference_rows, is_opposed
from umid_research.disclosure.rules.scores import score_rows
from umid_research.messages import Messages
from umid_research.report import texts
from umid_research.report.charts import plot_differences_by_group, plot_sides, plot_supply_demand
from umid_research.report.differences.table import (
    table_differences_by_group,
    table_differences_by_side,
)
from umid_research.report.implementation.areas import table_supply_demand


@pytest.mark.parametrize(
    ("value", "estimate", "opposed"),
    [
        (3, -0.2, True),
        (-3, 0.2, True),
        (3, 0.2, False),
        (-3, -8, False),
        (0, 0.9, False),  # 60.4 and 59.5 are both printed as 60
        (0, -0.9, False),
        (0, 1, True),
        (0, -4, True),
        (4, 0, True),
        (0, 0, False),
        (np.nan, 4, False),
        (4, np.nan, False),
    ],
)
def test_signs_differ_where_one_is_positive_and_the_other_is_not(value, estimate, opposed) -> None:
    """A zero differs from a point or more; less than that is rounding."""
    assert [opposed] == is_opposed(np.array([float(value)]), np.array([float(estimate)])).tolist()


def _published(people: list, office: list, **study: object) -> pd.DataFrame:
    made = study_of(["people", "office"], ["north", "south"], supply="office", **study)
    units = pd.concat(
        [
            units_of({(key, "people"): people, (key, "office"): office}, "trust")
            for key in ("north", "south")
        ]
    )
    comparisons = compare_units(units, made, draws=99, seed=1)
    return pd.concat(difference_rows(comparisons, score_rows(units, made), made))


ALONE = [95.0, 94.0, 96.0, 95.0]


def test_places_that_lack_a_group_can_turn_a_difference_round() -> None:
    """People score 10 below their offices; where there is no office they score far above."""
    rows = _published([40.0, 41.0, 42.0, 43.0, *ALONE], [50.0, 51.0, 52.0, 53.0, *[None] * 4])
    by_group = rows[rows["table"] == "differences_by_group"].iloc[0]
    by_side = rows[rows["table"] == "differences_by_side"].iloc[0]

    # Means of 41.5 and 95 on one side, of 51.5 on the other.
    assert 68 - 52 == by_group["value"]
    assert 1 == by_group["opposed"]
    assert by_group["p_adjusted"] < 0.05
    assert by_group["low"] < 0 < by_group["high"]
    assert -16 == by_side["value"]
    assert 1 == by_side["opposed"]


def test_without_missing_places_nothing_is_turned_round() -> None:
    """Nor where the places that lack a group only make a difference larger."""
    whole = _published([40.0, 41.0, 42.0, 43.0], [50.0, 51.0, 52.0, 53.0])
    larger = _published(
        [40.0, 41.0, 42.0, 43.0, 20.0, 21.0, 22.0, 23.0], [50.0, 51.0, 52.0, 53.0, *[None] * 4]
    )
    districts = whole[whole["table"] == "differences_by_district"]

    assert [0, 0] == whole.loc[whole["table"] != "differences_by_district", "opposed"].tolist()
    assert [0, 0] == larger.loc[larger["table"] != "differences_by_district", "opposed"].tolist()
    assert {0} == set(districts["opposed"].fillna(0))
    assert not np.signbit(districts["value"].fillna(0)).any()


def test_where_the_spread_is_withheld_the_sign_of_the_estimate_is_too() -> None:
    """Without groups that are matched: interval, p and the flag are blank together."""
    rows = _published([40.0, 41.0, 42.0], [50.0, 51.0, None], matched=False)
    row = rows[rows["table"] == "differences_by_group"].iloc[0]

    assert 4 == row["units"]
    assert pd.isna(row["p_adjusted"])
    assert pd.isna(row["opposed"])


ROW = {
    "statistic": "difference",
    "dimension": "duties",
    "group": "people",
    "versus": "office",
    "units": 8,
    "value": 16,
    "low": -14,
    "high": 16,
    "p_adjusted": 0.01,
    "verdict": "unclear",
}
GAP = {key: value for key, value in ROW.items() if key not in ("group", "versus")}


def _report(opposed: float, language: str = "en"):
    side = {**GAP, "side": "supply", "versus": "demand", "opposed": opposed}
    view = {"statistic": "mean", "dimension": "index", "units": 8, "value": 50, "group": "people"}
    score = {"statistic": "mean", "dimension": "duties", "units": 8, "value": 50}
    made = small_report(
        differences_by_group=[{**ROW, "opposed": opposed}],
        differences_by_side=[side],
        gap_by_area=[{**GAP, "dimension": "index", "opposed": opposed}],
        views_by_area=[view, {**view, "group": "office"}],
        scores_by_group=[{**score, "group": key} for key in ("people", "office")],
    )
    return replace(made, text=Messages(language)) if language != "en" else made


SAYS = "sign unclear"


def test_tables_say_it_in_the_row_and_in_a_note() -> None:
    """Of groups, sides and areas; where the signs agree nothing is said of signs."""
    for make in (
        table_differences_by_group,
        table_differences_by_side,
        table_supply_demand,
    ):
        opposed, agreed = make(_report(1)), make(_report(0))

        assert SAYS == opposed.rows[0][-1]
        assert any("Sign unclear: the printed difference" in note for note in opposed.notes)
        assert "not clear" == agreed.rows[0][-1]
        assert not any("unclear" in note for note in agreed.notes)


def test_figures_name_what_cannot_be_relied_on_in_picture_and_words() -> None:
    """The drawing, for a phone too, and the text for those who do not see it."""
    for plot, name in (
        (plot_differences_by_group, "minus Office)"),
        (plot_sides, "the one shown: Duties."),
        (plot_supply_demand, "the one shown: All parts together."),
    ):
        opposed, agreed = plot(_report(1)), plot(_report(0))

        assert "Do not rely on the sign" in opposed.alt
        assert name in opposed.alt
        assert "rely on the" in opposed.svg
        assert "rely on the" in str(opposed.narrow)
        assert "rely on the" not in agreed.alt + agreed.svg


def test_sentences_count_them() -> None:
    """Beside the number of comparisons that are not clear."""
    said = texts.group_differences(_report(1)).markdown

    assert (
        "\n\nIn 1 comparison the difference of the printed means has another sign than the tested"
        in said
    )
    assert "another sign" not in texts.group_differences(_report(0)).markdown
