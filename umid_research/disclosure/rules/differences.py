"""Rows of `published` on comparisons: differences of published means, with their limits."""

from collections.abc import Iterator
from math import ceil

import numpy as np
import pandas as pd

from umid_research.analysis.compare.flips import TOLERANCE
from umid_research.analysis.compare.frame import ALL_DISTRICTS
from umid_research.analysis.compare.skew import is_skewed
from umid_research.analysis.verdicts import WITHOUT_SPREAD, Reason, Verdict, printed_verdicts
from umid_research.disclosure.frame import row_frame
from umid_research.disclosure.rules.scores import UNITS_FOR_INTERVAL
from umid_research.study import Study

# These reasons follow from where the groups are. Any other one would tell something about answers.
_PUBLIC = (Reason.NO_SHARED_STRATUM, Reason.NO_SHARED_LOCALITY, *WITHOUT_SPREAD)


def difference_rows(
    comparisons: pd.DataFrame, scores: pd.DataFrame, study: Study
) -> Iterator[pd.DataFrame]:
    """Yield one table per family, with differences of published means.

    The groups' table holds family A, or B if no groups are matched. In a matched study B is
    exploratory and has a table of its own.
    """
    confirmatory = "A" if study.is_matched else "B"
    for table, family, key in (
        ("differences_by_group", confirmatory, "group"),
        ("differences_exploratory", "B" if study.is_matched else "", "group"),
        ("differences_by_district", "C", "district"),
        ("differences_by_side", "D", "side"),
    ):
        rows = comparisons[comparisons["family"] == family]
        means = _side_levels(scores, study) if key == "side" else _levels(scores, key)
        if key == "district":
            means = pd.concat([means, _means_of_all(means, study)])
        yield _shown_differences(table, rows, means, key, study)


def _shown_differences(
    table: str, rows: pd.DataFrame, means: pd.DataFrame, key: str, study: Study
) -> pd.DataFrame:
    """Apply rule 4: take differences of the published means, and round limits outward.

    Where the limits belong to a difference that was adjusted for districts, they are widened to
    hold the one that is shown. Limits, p and what follows from the spread need as many units as
    the interval of a mean does; without them the verdict is withheld.
    """
    a, b = (_looked_up(means, rows, f"group_{side}") for side in "ab")
    difference = a["value"].to_numpy(dtype=float) - b["value"].to_numpy(dtype=float)
    value = without_minus_zero(difference.round())
    estimate = rows["estimate"].to_numpy(dtype=float)
    estimable = rows["estimate"].notna().to_numpy()
    fewest = rows[["n_a", "n_b"]].min(axis=1).to_numpy()
    low, high = _limits(rows, value, study)
    least = UNITS_FOR_INTERVAL * study.thresholds.units
    spread_shown = (rows["family"] != "B").to_numpy() | (fewest >= least)
    part = pd.DataFrame(
        {
            "family": rows["family"].to_numpy(),
            "dimension": rows["dimension"].to_numpy(),
            key: rows["group_a"].to_numpy(),
            "versus": rows["group_b"].to_numpy(),
            "value": value,
            "low": np.minimum(np.floor(low), value),
            "high": np.maximum(np.ceil(high), value),
            "units": fewest,
            "p_adjusted": rows["p_adjusted"].to_numpy(),
            "p_smallest": rows["p_smallest"].to_numpy(),
            "skewed": is_skewed(rows).to_numpy(dtype=float),
            "mdd": np.ceil(rows["mdd"].to_numpy(dtype=float)),
            "opposed": is_opposed(value, estimate).astype(float),
        }
    )
    part.loc[~spread_shown, ["low", "high", "p_adjusted", "mdd", "opposed"]] = np.nan
    shown = (a["shown"] == True).to_numpy() & (b["shown"] == True).to_numpy()  # noqa: E712
    verdict = printed_verdicts(rows["verdict"].reset_index(drop=True), part["value"])
    verdict = verdict.mask(estimable & ~spread_shown, Verdict.WITHHELD.value)
    reason = public_reasons(rows)
    said = {"verdict": verdict, "reason": reason, "shown": shown & estimable}
    return row_frame(table, part, statistic="difference", **said)


def _means_of_all(means: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Return the mean of all districts that have a published mean, by dimension, in steps.

    If one of the D districts is withheld later, D times this mean would tell its mean to within
    D steps: as much as the setting `protection`.
    """
    shown = means[means["shown"].astype(bool)]
    step = _step_of_all(study)
    mean = shown.groupby("dimension")["value"].mean()
    rows = pd.DataFrame({"value": (mean / step).round() * step, "shown": True})
    return rows.assign(district=ALL_DISTRICTS).set_index("district", append=True)


def _step_of_all(study: Study) -> int:
    return max(1, ceil(study.thresholds.protection / len(study.districts)))


def _limits(rows: pd.DataFrame, value: np.ndarray, study: Study) -> tuple[np.ndarray, np.ndarray]:
    """Return the limits of each difference; from the mean of all they are laid around `value`.

    There they are wider by what rounding can move the difference, so that they hold the interval,
    and do not tell where it lay.
    """
    low, high = (rows[name].to_numpy(dtype=float) for name in ("low", "high"))
    of_all = (rows["group_b"] == ALL_DISTRICTS).to_numpy()
    half = (high - low) / 2 + (1 + _step_of_all(study)) / 2
    verdict = rows["verdict"].to_numpy()
    # A stated difference does not cross zero by its rounding.
    lowest = np.where(verdict == Verdict.HIGHER, 0.0, -np.inf)
    highest = np.where(verdict == Verdict.LOWER, 0.0, np.inf)
    return (
        np.where(of_all, np.maximum(value - half, lowest), low),
        np.where(of_all, np.minimum(value + half, highest), high),
    )


def public_reasons(rows: pd.DataFrame) -> np.ndarray:
    """Return the published code why each comparison cannot be estimated, or ""."""
    reason = rows["reason"].where(rows["reason"].isin(_PUBLIC), Reason.TOO_FEW_SCORES.value)
    return np.where(rows["estimate"].isna(), reason, "")


def is_opposed(value: np.ndarray, estimate: np.ndarray) -> np.ndarray:
    """Return where a published difference has another sign than the tested one.

    The published one is the difference of published means; the tested one is that within the
    places that have both, which is another where places lack a group. A published zero is opposed
    only by a tested difference of a point or more: less than that is rounding.
    """
    tested = np.where(np.abs(estimate) <= TOLERANCE, 0, np.sign(estimate))
    only_rounded = (value == 0) & (np.abs(estimate) < 1)
    known = np.isfinite(value) & np.isfinite(estimate)
    return known & ~only_rounded & (np.sign(value) != tested)


def without_minus_zero(numbers: np.ndarray) -> np.ndarray:
    """Return the numbers with zero in place of minus zero."""
    return numbers + 0.0


def _levels(scores: pd.DataFrame, key: str) -> pd.DataFrame:
    """Return the published means of a table, by dimension and key."""
    means = scores[scores["table"] == f"scores_by_{key}"]
    return means.set_index(["dimension", key])[["value", "shown"]]


def _side_levels(scores: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Return the means of either side that readers can compute from the groups' published means."""
    matched = scores[
        (scores["table"] == "scores_by_group") & scores["group"].isin(study.matched_groups)
    ]
    side = matched["group"].map({key: group.side for key, group in study.groups.items()})
    return matched.groupby(["dimension", side.rename("side")]).agg(
        value=("value", "mean"), shown=("shown", "all")
    )


def _looked_up(means: pd.DataFrame, rows: pd.DataFrame, column: str) -> pd.DataFrame:
    """Return the published mean, and whether it is shown, for each row's `column`."""
    wanted = pd.MultiIndex.from_frame(rows[["dimension", column]])
    return means[["value", "shown"]].reindex(wanted)
