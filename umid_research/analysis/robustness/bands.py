"""The districts' rank ranges over all runs, and which districts share a band.

Two districts share a band if their rank ranges overlap. Overlap is not transitive: of the ranges
1-2, 2-3 and 3-4 the first overlaps the second and the second the third. So there are two bands, and
the first and the third district share none.
"""

from itertools import combinations

import pandas as pd

from umid_research.analysis.score import district_means
from umid_research.frames import Schema, number, text
from umid_research.study import Study

BANDS = Schema(
    "bands", {"district": text(), "low": number(1), "high": number(1)}, key=("district",)
)
_PERCENTILES = (0.05, 0.95)


def ranks_of(units: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Return districts' ranks for every index in `units`; 1 is highest, ties share their mean."""
    index = units[~units["dimension"].isin(study.dimensions)]
    means = district_means(index, study)
    ranks = means.groupby("dimension")["score"].rank(ascending=False)
    return means.assign(rank=ranks)[["district", "rank"]]


def ranges_of(ranks: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Return each district's rank range over all kinds of runs: district, low, high.

    Each kind of run contributes its 5th and 95th percentile, and the range covers those of all
    kinds. So thousands of random weights do not outweigh the run without a single locality. Without
    an index there are no ranges.
    """
    if ranks.empty:
        return BANDS.empty()
    by_run = ranks.groupby(["district", "run"])["rank"].quantile(list(_PERCENTILES)).unstack()
    ranges = by_run.groupby("district").agg({_PERCENTILES[0]: "min", _PERCENTILES[1]: "max"})
    ranges = ranges.set_axis(["low", "high"], axis=1)
    known = [key for key in study.districts if key in ranges.index]
    return ranges.loc[known].rename_axis("district").reset_index()


def overlaps_of(ranges: pd.DataFrame) -> pd.DataFrame:
    """Return every pair of districts and whether their rank ranges overlap, ends included."""
    pairs = [
        (a.district, b.district, a.low <= b.high and b.low <= a.high)
        for a, b in combinations(ranges.itertuples(), 2)
    ]
    return pd.DataFrame(pairs, columns=["district", "versus", "overlap"])


def bands_of(districts: list[str], overlaps: set[frozenset[str]]) -> list[list[str]]:
    """Return the largest sets of districts in which any two overlap, in the order of `districts`.

    A district that overlaps with no other is a band of its own. `overlaps` holds pairs.
    """
    bands: list[set[str]] = []
    for district in districts:
        joined = [
            {other for other in band if frozenset((other, district)) in overlaps} | {district}
            for band in [*bands, set()]
        ]
        distinct = {frozenset(band) for band in [*bands, *joined]}
        bands = [set(band) for band in distinct if not any(band < other for other in distinct)]
    return sorted(
        (sorted(band, key=districts.index) for band in bands),
        key=lambda band: [districts.index(district) for district in band],
    )
