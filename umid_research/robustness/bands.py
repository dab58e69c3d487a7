"""The districts' ranks over all runs, and bands of districts that cannot be told apart."""

import pandas as pd

from umid_research.score import district_means
from umid_research.study import Study

BAND_COLUMNS = ("district", "low", "high", "band")
_PERCENTILES = (0.05, 0.95)


def ranks_of(units: pd.DataFrame, study: Study) -> pd.DataFrame:
    """District and rank of every index in `units`, 1 the highest; ties share the mean rank."""
    index = units[~units["dimension"].isin(study.dimensions)]
    means = district_means(index, study)
    ranks = means.groupby("dimension")["score"].rank(ascending=False)
    return means.assign(rank=ranks)[["district", "rank"]]


def bands_of(ranks: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Rank ranges over all kinds of runs, and districts whose ranges meet in one band.

    A kind of run counts by its 5th to 95th percentile; the range holds those of all kinds, so that
    thousands of weights do not outvote a single locality. Without an index there are no bands.
    """
    if ranks.empty:
        return pd.DataFrame(columns=list(BAND_COLUMNS))
    by_run = ranks.groupby(["district", "run"])["rank"].quantile(list(_PERCENTILES)).unstack()
    ranges = by_run.groupby("district").agg({_PERCENTILES[0]: "min", _PERCENTILES[1]: "max"})
    ranges = ranges.set_axis(["low", "high"], axis=1).sort_values(["low", "high"])
    highest = ranges["high"].cummax().shift()
    apart = (ranges["low"] > highest).fillna(value=False)
    bands = ranges.assign(band=1 + apart.cumsum())
    known = [key for key in study.districts if key in bands.index]
    return bands.loc[known].rename_axis("district").reset_index()[list(BAND_COLUMNS)]
