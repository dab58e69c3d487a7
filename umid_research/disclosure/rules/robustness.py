"""Rows of `published` on reliability and robustness."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from umid_research.analysis.reliability import Reliability
from umid_research.analysis.robustness import Robustness
from umid_research.analysis.robustness.bands import overlaps_of
from umid_research.analysis.score import INDEX
from umid_research.disclosure.frame import row_frame
from umid_research.disclosure.rules.small_counts import is_small
from umid_research.study import Study


def reliability_rows(reliability: Reliability, study: Study) -> pd.DataFrame:
    """Return alpha with limits, omega, and the numbers of complete and of lost respondents.

    They cover everybody who was asked, and have two decimals. All of a dimension are withheld where
    few were lost: the number of the others reveals how many (rule 7).
    """
    rows = reliability.dimensions
    base = {"dimension": rows["dimension"], "units": rows["items"], "respondents": rows["n"]}
    alpha = pd.DataFrame(
        {
            **base,
            "value": rows["alpha"].astype(float).round(2),
            "low": np.floor(rows["low"].astype(float) * 100) / 100,
            "high": np.ceil(rows["high"].astype(float) * 100) / 100,
            "reason": rows["reason"].where(rows["alpha"].isna(), ""),
            "statistic": "alpha",
        }
    )
    omega = pd.DataFrame(
        {
            **base,
            "value": rows["omega"].astype(float).round(2),
            "reason": rows["reason"],
            "statistic": "omega",
        }
    )
    lost = pd.DataFrame({**base, "value": rows["lost"], "reason": "", "statistic": "lost"})
    table = pd.concat([alpha, omega, lost], ignore_index=True)
    shown = (table["respondents"] >= study.thresholds.answers) & table["value"].notna()
    few_lost = rows["dimension"][is_small(rows["lost"], study.thresholds.count)]
    shown &= ~table["dimension"].isin(few_lost)
    return row_frame("reliability", table, reason=table["reason"], shown=shown)


def robustness_rows(
    robustness: Robustness, differences: pd.DataFrame, scores: pd.DataFrame
) -> Iterator[pd.DataFrame]:
    """Yield how many runs of each kind keep a shown conclusion, and which districts overlap.

    Neither what a run left out nor the rank of a district is published.
    """
    conclusions = robustness.conclusions.rename(
        columns={"group_a": "group", "group_b": "versus", "run": "statistic"}
    )
    keys = ["family", "dimension", "group", "versus"]
    counts = (
        conclusions.assign(value=conclusions["survives"] * conclusions["runs"])
        .groupby([*keys, "statistic"], sort=False, as_index=False)[["value", "runs"]]
        .sum()
    )
    shown = differences.assign(group=differences["group"].fillna(differences["side"]))
    counts = counts.merge(shown[[*keys, "shown"]], on=keys)
    side = counts["family"] == "D"
    counts = counts.assign(
        value=counts["value"].round(),
        side=counts["group"].where(side),
        group=counts["group"].mask(side),
    )
    yield row_frame("robustness", counts, shown=counts["shown"])
    index = scores[(scores["table"] == "scores_by_district") & (scores["dimension"] == INDEX)]
    open_districts = set(index.loc[index["shown"].astype(bool), "district"])
    pairs = overlaps_of(robustness.bands).assign(dimension=INDEX)
    pairs = pairs.rename(columns={"overlap": "value"}).astype({"value": float})
    both = [pairs[key].isin(open_districts) for key in ("district", "versus")]
    yield row_frame("district_bands", pairs, statistic="overlap", shown=both[0] & both[1])
