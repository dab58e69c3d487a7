"""Comparisons of groups, districts and sides: size, limits and p-values; analysis plan, section 2.

Input, `units` (one dimension, one of the localities):

    unit  district  locality  group             dimension  score  respondents
    e1f0  quba      Guba 1    community         trust       40.0            2
    a07c  quba      Guba 1    local_government  trust       55.0            1
    …

Output, `comparisons`, one row per family × dimension × contrast:

    family  dimension  contrast                      group_a    group_b           n_a  n_b
    A       trust      community - local_government  community  local_government   12   12

      estimate    low  high  effect  effect_name                      p  p_adjusted  p_smallest
          -9.5  -14.2  -4.0   -0.88  matched-pairs rank-biserial  0.002       0.011     0.00049

      verdict  reason  method                             draws  skewness
      lower            sign flips, all 4096 enumerated     4096      0.21

For example, in the 12 localities that have both groups, communities score 9.5 points below their
local government; differences of 4.0 to 14.2 points are consistent with the data. If the groups did
not differ, 2 of 1,000 random sign patterns of the localities' differences would give a difference
this large; 11 of 1,000 after adjustment for all contrasts of the family. With 12 localities p
cannot be smaller than 0.00049.

- A, confirmatory: all pairs of the groups matched by locality.
- B, exploratory: groups known only by district against matched groups, on the index and the
  dimensions of `design.family_b`; without matching, all pairs of groups, with clusters as units.
- C, exploratory: all pairs of up to 12 districts; above that each district minus the mean of all
  districts, whose `group_b` is `all districts`.
- D, exploratory: local government (supply) minus the people it serves (demand).

`n_a` and `n_b` count what enters the contrast: localities in A, C and D, units in B. Scores and
differences are in points on a scale of 0 to 100. `low` and `high` are marginal 95 % limits.
`p_adjusted` is adjusted within its family; families are not adjusted against each other. A contrast
that cannot be estimated keeps its row with blank numbers, and is not counted in the adjustment;
`reason` has the code. `verdict` says what may be stated (`compare.verdicts`): it is decided here,
before anything is rounded; `higher` and `lower` refer to group_a. `mdd` is the minimum detectable
difference: as the first of its family, it is significant with a probability of 80 % if scores
spread as they did here. Above 100, no difference on the scale would be. `skewness` is that of the
dimension; where it is large, a significant result of sign flips may come from skewness alone, and
has a warning.
"""

import pandas as pd

from umid_research.analysis.compare.districts import compare_districts
from umid_research.analysis.compare.frame import COMPARISONS, read_comparisons
from umid_research.analysis.compare.matched import compare_groups, compare_sides
from umid_research.analysis.compare.skew import with_skewness
from umid_research.analysis.compare.unmatched import compare_all_pairs, compare_unmatched
from umid_research.analysis.score import INDEX, compared_dimensions
from umid_research.study import Study

__all__ = ["COMPARISONS", "compare_units", "read_comparisons"]


def compare_units(
    units: pd.DataFrame, study: Study, *, draws: int = 99_999, seed: int
) -> pd.DataFrame:
    """Return the frame `comparisons`; for a study without matched groups, family B only.

    Rows are sorted by family, dimension (in the order of `units`) and contrast (in the order of the
    study). Only dimensions asked of every group are compared.

    Parameters
    ----------
    draws : int
        The number of random sign flips where there are too many to enumerate.
    seed : int
        The seed of the random flips, and of the simulated studies behind `mdd`.
    """
    families = _families(units, study, draws=draws, seed=seed)
    return with_skewness(pd.concat([COMPARISONS.empty(), *families], ignore_index=True), units)


def _families(units: pd.DataFrame, study: Study, *, draws: int, seed: int) -> list[pd.DataFrame]:
    dimensions = compared_dimensions(units)
    if not study.is_matched:
        return [compare_all_pairs(units, study, dimensions, seed=seed)]
    exploratory = [name for name in dimensions if name in (INDEX, *study.design.family_b)]
    return [
        compare_groups(units, study, dimensions, draws=draws, seed=seed),
        compare_unmatched(units, study, exploratory, seed=seed),
        compare_districts(units, study, dimensions, seed=seed),
        compare_sides(units, study, dimensions, draws=draws, seed=seed),
    ]
