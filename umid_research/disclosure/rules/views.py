"""Rows of `published` on views of the plan's areas, and on the gap between the two sides."""

import numpy as np
import pandas as pd

from umid_research.analysis.compare.skew import is_skewed
from umid_research.analysis.score import INDEX
from umid_research.analysis.verdicts import printed_verdicts
from umid_research.disclosure.frame import STEP, row_frame
from umid_research.disclosure.rules.differences import (
    is_opposed,
    public_reasons,
    without_minus_zero,
)
from umid_research.study import Side, Study
from umid_research.study.questionnaire import Questionnaire

_SIDES: tuple[Side, Side] = ("supply", "demand")


def open_answers(published: pd.DataFrame, study: Study) -> set[tuple[str, str, str]]:
    """Return (area, "group" or "district", key) where answers to all the area's items are shown."""
    shown = set()
    for by in ("group", "district"):
        rows = published[published["table"] == f"answers_by_{by}"]
        for key, area in study.areas.items():
            of_area = rows[rows["question"].isin(area.items)]
            whole = of_area.groupby(by)["shown"].all()
            shown |= {(key, by, place) for place in whole.index[whole]}
    return shown


def may_be_shown(rows: pd.DataFrame, is_open: set[tuple[str, str, str]], by: str) -> pd.Series:
    """Whether the answers behind each row, of an `area` and a group or district, are shown."""
    cells = zip(rows["area"], rows[by], strict=True)
    return pd.Series([(area, by, key) in is_open for area, key in cells], index=rows.index)


def view_rows(
    views: pd.DataFrame,
    published: pd.DataFrame,
    is_open: set[tuple[str, str, str]],
    questionnaire: Questionnaire,
    study: Study,
) -> pd.DataFrame:
    """Return each group's mean per area and over all areas.

    The mean over all areas is shown where the survey shows the same dimension, if there is one.
    """
    area = views.rename(columns={"dimension": "area"})
    value = views["score"].round()
    inside = value.between(STEP, 100 - STEP, inclusive="neither")
    limits = study.thresholds
    enough = (views["units"] >= limits.units) & (views["respondents"] >= limits.respondents)
    enough &= inside
    whole = views["dimension"] == INDEX
    groups = groups_with_whole(published, is_open, questionnaire, study)
    shown = enough & (may_be_shown(area, is_open, "group") | (whole & views["group"].isin(groups)))
    rows = views.assign(value=value).drop(columns="score")
    return row_frame("views_by_area", rows, statistic="mean", shown=shown)


def groups_with_whole(
    published: pd.DataFrame,
    is_open: set[tuple[str, str, str]],
    questionnaire: Questionnaire,
    study: Study,
) -> set[str]:
    """Return the groups whose mean over all areas may be shown.

    If a dimension has the same items as all areas together, it decides. Otherwise all areas of the
    group must be shown.
    """
    items = {name for area in study.areas.values() for name in area.items}
    for dimension in questionnaire.dimensions:
        if {item.name for item in questionnaire.items(dimension)} == items:
            rows = published[
                (published["table"] == "scores_by_group") & (published["dimension"] == dimension)
            ]
            return set(rows.loc[rows["shown"].astype(bool), "group"])
    asked = [key for key, area in study.areas.items() if area.items]
    return {
        group for group in study.groups if all((key, "group", group) in is_open for key in asked)
    }


def gap_rows(gaps: pd.DataFrame, views: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Return supply minus demand, computed from published means, with limits rounded outward."""
    estimable = gaps["estimate"].notna()
    value = gap_values(views, gaps["dimension"], study)
    rows = pd.DataFrame(
        {
            "dimension": gaps["dimension"],
            "value": value,
            "low": np.minimum(np.floor(gaps["low"]), value),
            "high": np.maximum(np.ceil(gaps["high"]), value),
            "units": gaps["n_a"],
            "p_adjusted": gaps["p_adjusted"],
            "p_smallest": gaps["p_smallest"],
            "skewed": is_skewed(gaps).astype(float),
            "opposed": is_opposed(value, gaps["estimate"].to_numpy(dtype=float)).astype(float),
        }
    )
    verdict = printed_verdicts(gaps["verdict"], rows["value"])
    said = {"verdict": verdict, "reason": public_reasons(gaps)}
    may = estimable & np.isfinite(value)
    return row_frame("gap_by_area", rows, statistic="difference", shown=may, **said)


def gap_values(published: pd.DataFrame, areas: pd.Series, study: Study) -> np.ndarray:
    """Return supply minus demand per area from shown means; NaN where one is withheld."""
    shown = published[(published["table"] == "views_by_area") & published["shown"]]
    means = shown.pivot(index="dimension", columns="group", values="value")
    sides = {}
    for side in _SIDES:
        groups = [key for key in study.groups_on(side) if key in study.matched_groups]
        of_side = means.reindex(columns=groups, index=areas)
        sides[side] = of_side.mean(axis=1, skipna=False).to_numpy()
    return without_minus_zero(np.round(sides["supply"] - sides["demand"]))
