"""The districts' rank ranges over all runs, and which districts share a band.

Two districts share a band if their rank ranges overlap. Overlap is not transitive: of the ranges
1-2, 2-3 and 3-4 the first overlaps the second and the second the third. So there are two bands, and
the first and the third district share none.
"""

from collections.abc import Mapping
from itertools import combinations

import numpy as np
import pandas as pd

from umid_research.frames import Schema, number, text
from umid_research.study import Study

BANDS = Schema(
    "bands", {"district": text(), "low": number(1), "high": number(1)}, key=("district",)
)
_PERCENTILES = (0.05, 0.95)


def ranks_of(indices: np.ndarray) -> np.ndarray:
    """Return the rank of each district in each run; 1 is highest, ties share their mean.

    Parameters
    ----------
    indices : ndarray, with shape (districts, runs)
        The districts' indices; NaN where a district has none in a run, which then has no rank.
    """
    return pd.DataFrame(indices).rank(ascending=False).to_numpy()


def ranges_of(ranks: Mapping[str, np.ndarray], study: Study) -> pd.DataFrame:
    """Return each district's rank range over all kinds of runs: district, low, high.

    Each kind of run contributes its 5th and 95th percentile, and the range covers those of all
    kinds. So thousands of random weights do not outweigh the run without a single locality. Without
    an index there are no ranges.

    Parameters
    ----------
    ranks
        By kind of run, the ranks of districts × runs, from `ranks_of`; districts as in the study.
    """
    kinds = [pd.DataFrame(of).T.quantile(list(_PERCENTILES)) for of in ranks.values()]
    limits = np.array([kind.to_numpy() for kind in kinds])
    known = np.isfinite(limits).any(axis=(0, 1))
    ranges = pd.DataFrame(
        {
            "district": np.array(list(study.districts))[known],
            "low": np.nanmin(limits[:, 0, known], axis=0),
            "high": np.nanmax(limits[:, 1, known], axis=0),
        }
    )
    return BANDS.of(ranges)


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
