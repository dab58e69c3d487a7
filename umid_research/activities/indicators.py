"""Definitions, counts and explanations -> `indicators`, what was promised and what was reached.

    activity  indicator            district  sex  target  target_high  actual  achieved  status
    2.1       people_knowing_more                    200          300     118      0.59  below
    2.1       people_knowing_more  quba                                    41            no_target
    2.1       people_knowing_more            f                             57            no_target
    2.2       terminals_requested                      2                                 no_data

      source                                  deviation  explanation
      attendance.csv: 259 rows; tests.csv: …      -41.0  missing

read aloud: of the promised 200 to 300 people 118 know more, 41 % fewer than promised, and nobody
has explained it; 41 of them were in Guba. Nothing is known of terminals, which is not nought.

achieved = (actual - baseline) / (target - baseline), of a range the low end; deviation = how many
percent of the target the actual lies off it, of a range off its nearer end; inside it 0. Both are
blank without a target, with a target of nought (no share of nothing) and without data. A number
must be explained when it lies further off than the threshold; what somebody has explained is told
in any case.

Districts may add up to more than the project: a family, a proposal or an address in two districts
counts in both. A platform belongs to the project alone (`memberships` has its districts).
"""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from umid_research.activities.counts import COUNTS, RESPONSES, Count, Material, counted
from umid_research.activities.definitions import FILE, Definitions, Indicator
from umid_research.activities.schema import translations
from umid_research.errors import StudyError
from umid_research.study import Study

COLUMNS = (
    *("activity", "indicator", "district", "sex", "unit", "baseline", "target", "target_high"),
    *("actual", "achieved", "status", "source", "deviation", "explanation"),
)
NUMBERS = ("baseline", "target", "target_high", "actual", "achieved", "deviation")
MET, EXCEEDED, BELOW, NO_TARGET, NO_DATA = STATUSES = (
    *("met", "exceeded", "below", "no_target", "no_data"),
)
EXPLANATION, MISSING = "explanation", "missing"
SEXES = ("f", "m")


def measure_indicators(
    material: Material, definitions: Definitions, explanations: pd.DataFrame
) -> pd.DataFrame:
    """The frame `indicators`: in the order of the definitions, the project before its parts."""
    rows = [
        row
        for key, indicator in definitions.indicators.items()
        for row in _rows(key, indicator, material)
    ]
    frame = pd.DataFrame(rows).astype(dict.fromkeys(["baseline", "target", "actual"], float))
    frame = _judged(frame.astype({"target_high": float}))
    told = _explained(frame, explanations, definitions, material.study)
    return told[[*COLUMNS, *translations(material.study, EXPLANATION)]]


def no_indicators() -> pd.DataFrame:
    """The frame `indicators` without a row."""
    return pd.DataFrame(columns=list(COLUMNS))


def no_explanations() -> pd.DataFrame:
    """Explanations of nobody."""
    return pd.DataFrame(columns=["indicator", "district", "explanation"], dtype=object)


def _rows(key: str, indicator: Indicator, material: Material) -> Iterator[dict[str, object]]:
    count = _count(key, indicator)
    things = counted(material, count)
    low, high = _ends(indicator)
    base: dict[str, object] = {
        "activity": indicator.activity,
        "indicator": key,
        "district": "",
        "sex": "",
        "unit": indicator.unit[material.study.languages[0]],
        "source": _source(material, count),
    }
    ends: dict[str, object] = {"baseline": indicator.baseline, "target": low, "target_high": high}
    nothing: dict[str, object] = {"baseline": np.nan, "target": np.nan, "target_high": np.nan}
    yield base | ends | {"actual": _total(things)}
    for district in material.study.districts if "district" in indicator.by else ():
        here = None if things is None else things[things["district"] == district]
        target = indicator.target_by_district.get(district, np.nan)
        part: dict[str, object] = {"district": district, "target": target, "actual": _total(here)}
        yield base | nothing | part
    for sex in SEXES if "sex" in indicator.by else ():
        those = None if things is None else things[things["sex"] == sex]
        yield base | nothing | {"sex": sex, "actual": _total(those)}


def _count(key: str, indicator: Indicator) -> Count:
    if indicator.count not in COUNTS:
        raise StudyError(
            "names no way of counting",
            where=f"{FILE}, entry indicators.{key}.count",
            found=indicator.count,
            possible=COUNTS,
        )
    count = COUNTS[indicator.count]
    unknown = sorted(set(indicator.by) - set(count.by))
    if unknown:
        raise StudyError(
            "cannot be told apart by this",
            where=f"{FILE}, entry indicators.{key}.by",
            found=unknown[0],
            possible=count.by,
        )
    return count


def _ends(indicator: Indicator) -> tuple[float, float]:
    """The target as a range; blank ends where there is none."""
    if isinstance(indicator.target, tuple):
        return indicator.target
    return (np.nan if indicator.target is None else indicator.target), np.nan


def _total(things: pd.DataFrame | None) -> float:
    return np.nan if things is None else float(things.drop_duplicates("unit")["amount"].sum())


def _source(material: Material, count: Count) -> str:
    """The files that are counted, each with its rows; nothing of those that are not there."""
    frames = {name: material.frame(name) for name in count.registers}
    return "; ".join(
        f"{name}.csv: {len(frame)} rows"
        if name == RESPONSES
        else f"{frame['file'].iloc[0]}: {len(frame)} rows"
        for name, frame in frames.items()
        if frame is not None and len(frame)
    )


def _judged(frame: pd.DataFrame) -> pd.DataFrame:
    """With achieved, status and deviation."""
    actual, low = frame["actual"], frame["target"]
    high = frame["target_high"].fillna(low)
    baseline = frame["baseline"].fillna(0)
    way = (low - baseline).where((low != 0) & (low != baseline))
    nearer = low.where(actual < low, high)
    off = (actual - nearer).where((actual < low) | (actual > high), 0.0)
    status = np.select(
        [actual.isna(), low.isna(), actual < low, actual > high],
        [NO_DATA, NO_TARGET, BELOW, EXCEEDED],
        MET,
    )
    deviation = (100 * off / nearer.where(nearer != 0)).where(actual.notna() & (low != 0))
    return frame.assign(
        achieved=((actual - baseline) / way).round(4), status=status, deviation=deviation.round(1)
    )


def _explained(
    frame: pd.DataFrame, explanations: pd.DataFrame, definitions: Definitions, study: Study
) -> pd.DataFrame:
    """With the explanation that was given for a row, as it was given and translated.

    Where one is needed and was not given, stands the mark of that.
    """
    keys, translated = ["indicator", "district", "sex"], [*translations(study, EXPLANATION)]
    given = explanations.reindex(columns=[*keys[:2], EXPLANATION, *translated]).fillna("")
    given = given.assign(sex="").rename(columns={EXPLANATION: "given"})
    frame = frame.merge(given.astype("str"), how="left", on=keys)
    frame = frame.fillna(dict.fromkeys(translated, ""))
    needed = frame["deviation"].abs() > definitions.threshold
    missing = pd.Series(np.where(needed, MISSING, ""), index=frame.index, dtype="str")
    return frame.assign(explanation=frame["given"].astype("str").fillna(missing))
