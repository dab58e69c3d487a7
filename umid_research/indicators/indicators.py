"""Compare each indicator with its target, as frame `indicators`.

    activity  indicator            district  sex  target  target_high  actual  achieved  status
    2.1       people_knowing_more                    200          300     118      0.59  below
    2.1       people_knowing_more  quba                                    41            no_target
    2.1       people_knowing_more            f                             57            no_target
    2.2       terminals_requested                      2                                 no_data

      source                                  deviation  explanation
      attendance.csv: 259 rows; tests.csv: …      -41.0  missing

For example, the target was 200 to 300 people; 118 know more, 41 % below the target, and nobody has
explained why; 41 of them were in Guba. The number of terminals is unknown, not zero.

achieved = (actual - baseline) / (target - baseline), with the lower end of a range as target; from
0.9 on the target is nearly met. deviation = 100 × (actual - target) / target, in percent, with the
nearer end of a range as target, and 0 inside the range. Both are blank without data, without a
target, and with a target of 0. A deviation above the threshold must be explained; an explanation
below it is shown as well.

Districts may add up to more than the project: a family, a proposal or an address in two districts
counts in both. A platform belongs to the project only (`memberships` has its districts).
"""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from umid_research.indicators.counts import COUNTS, RESPONSES, Count, Material, count_units
from umid_research.indicators.definitions import Definitions, Indicator
from umid_research.indicators.schema import SEXES, translations
from umid_research.study import Study

COLUMNS = (
    *("activity", "indicator", "district", "sex", "unit", "baseline", "target", "target_high"),
    *("actual", "achieved", "status", "source", "deviation", "explanation"),
)
MET, EXCEEDED, NEARLY_MET, BELOW, NO_TARGET, NO_DATA = STATUSES = (
    *("met", "exceeded", "nearly_met", "below", "no_target", "no_data"),
)
# From this share of the way from the baseline to the target on, the target is nearly met.
NEARLY = 0.9
EXPLANATION, MISSING = "explanation", "missing"


def measure_indicators(
    material: Material, definitions: Definitions, explanations: pd.DataFrame
) -> pd.DataFrame:
    """Return the frame `indicators`, in the order of the definitions, the project row first."""
    rows = [
        row
        for key, indicator in definitions.indicators.items()
        for row in _rows(key, indicator, material)
    ]
    frame = pd.DataFrame(rows).astype(dict.fromkeys(["baseline", "target", "actual"], float))
    frame = _with_status(frame.astype({"target_high": float}))
    frame = _with_explanations(frame, explanations, definitions, material.study)
    return frame[[*COLUMNS, *translations(material.study, EXPLANATION)]]


def _rows(key: str, indicator: Indicator, material: Material) -> Iterator[dict[str, object]]:
    count = COUNTS[indicator.count]
    units = count_units(material, count)
    low, high = _target_range(indicator)
    base: dict[str, object] = {
        "activity": indicator.activity,
        "indicator": key,
        "district": "",
        "sex": "",
        "unit": indicator.unit[material.study.languages[0]],
        "source": _source(material, count),
    }
    ends: dict[str, object] = {"baseline": indicator.baseline, "target": low, "target_high": high}
    no_target: dict[str, object] = {"baseline": np.nan, "target": np.nan, "target_high": np.nan}
    yield base | ends | {"actual": _total(units)}
    for district in material.study.districts if "district" in indicator.by else ():
        here = None if units is None else units[units["district"] == district]
        target = indicator.target_by_district.get(district, np.nan)
        part: dict[str, object] = {"district": district, "target": target, "actual": _total(here)}
        yield base | no_target | part
    for sex in SEXES if "sex" in indicator.by else ():
        those = None if units is None else units[units["sex"] == sex]
        yield base | no_target | {"sex": sex, "actual": _total(those)}


def _target_range(indicator: Indicator) -> tuple[float, float]:
    """Return the target as (low, high); high is NaN for a single number, both without a target."""
    if isinstance(indicator.target, tuple):
        return indicator.target
    return (np.nan if indicator.target is None else indicator.target), np.nan


def _total(units: pd.DataFrame | None) -> float:
    return np.nan if units is None else float(units.drop_duplicates("unit")["amount"].sum())


def _source(material: Material, count: Count) -> str:
    """Name the counted files with their numbers of rows; leave out absent files."""
    frames = {name: material.frame(name) for name in count.registers}
    return "; ".join(
        f"{name}.csv: {len(frame)} rows"
        if name == RESPONSES
        else f"{frame['file'].iloc[0]}: {len(frame)} rows"
        for name, frame in frames.items()
        if frame is not None and len(frame)
    )


def _with_status(frame: pd.DataFrame) -> pd.DataFrame:
    """Add the columns achieved, status and deviation."""
    actual, low = frame["actual"], frame["target"]
    high = frame["target_high"].fillna(low)
    baseline = frame["baseline"].fillna(0)
    distance = (low - baseline).where((low != 0) & (low != baseline))
    nearer = low.where(actual < low, high)
    off = (actual - nearer).where((actual < low) | (actual > high), 0.0)
    achieved = (actual - baseline) / distance
    short = actual < low
    status = np.select(
        [actual.isna(), low.isna(), short & (achieved >= NEARLY), short, actual > high],
        [NO_DATA, NO_TARGET, NEARLY_MET, BELOW, EXCEEDED],
        MET,
    )
    deviation = (100 * off / nearer.where(nearer != 0)).where(actual.notna() & (low != 0))
    return frame.assign(
        achieved=achieved.round(4),
        status=status,
        deviation=deviation.round(1),
    )


def _with_explanations(
    frame: pd.DataFrame, explanations: pd.DataFrame, definitions: Definitions, study: Study
) -> pd.DataFrame:
    """Add the explanations, original and translated; mark those that are required but missing."""
    keys, translated = ["indicator", "district", "sex"], [*translations(study, EXPLANATION)]
    given = explanations.reindex(columns=[*keys[:2], EXPLANATION, *translated]).fillna("")
    given = given.assign(sex="").rename(columns={EXPLANATION: "given"})
    frame = frame.merge(given.astype("str"), how="left", on=keys)
    frame = frame.fillna(dict.fromkeys(translated, ""))
    needed = frame["deviation"].abs() > definitions.threshold
    missing = pd.Series(np.where(needed, MISSING, ""), index=frame.index, dtype="str")
    return frame.assign(explanation=frame["given"].astype("str").fillna(missing))
