"""units -> comparisons: what differs, by how much, how sure; analysis plan, section 2.

In, `units` (one dimension, three of the localities):

    unit  district  locality  group             dimension  score  respondents
    e1f0  quba      Guba 1    community         trust       40.0            2
    a07c  quba      Guba 1    local_government  trust       55.0            1
    …

Out, `comparisons`, one row a family × dimension × contrast:

    family  dimension  contrast                      group_a    group_b           n_a  n_b
    A       trust      community - local_government  community  local_government   12   12

      estimate    low  high  effect  effect_name                      p  p_adjusted  p_smallest
          -9.5  -14.2  -4.0   -0.88  matched-pairs rank-biserial  0.002       0.011     0.00049

      verdict  reason  method                             draws  skewness
      lower            sign flips, all 4096 enumerated     4096      0.21

read aloud: in the 12 localities that have both, communities score 9.5 points below their local
government; differences from 4.0 to 14.2 points fit the data. If the two did not differ, 2 of 1,000
ways to turn the localities' differences round would show as much, 11 of 1,000 when allowing for
all contrasts of the family; no data with these differences could give less than 0.00049.

- A, confirmatory: all pairs of the groups matched by locality.
- B, exploratory: groups known only by district against matched ones, on the index and the
  dimensions `design.family_b`; without matching, all pairs of groups with clusters as units.
- C, exploratory: all pairs of districts.
- D, exploratory: those who govern (supply) less those who are governed (demand).

`n_a` and `n_b` count what enters the contrast: localities in A, C and D, units in B. Scores and
differences are points of 0 to 100. `low` and `high` are marginal 95 % limits; p_adjusted is
adjusted within its family, and families are not adjusted against each other. What cannot be
estimated keeps its row with blank numbers and the code why in `reason`; it does not count in the
adjustment. `verdict` is what may be said (`compare.verdicts`), decided here, before anything is
rounded: `higher` and `lower` are said of group_a. `mdd` is the difference that is found
significant, as the first of its family, four times in five if scores spread as they did here; above
100 no difference that the scale has room for is. `skewness` is that of the dimension; where it is
large, a difference by sign flips may come from skew alone, and carries a warning.
"""

import pandas as pd

from umid_research.compare.districts import compare_districts
from umid_research.compare.frame import no_comparisons, read_comparisons
from umid_research.compare.matched import compare_groups, compare_sides
from umid_research.compare.skew import with_skewness
from umid_research.compare.unmatched import compare_all_pairs, compare_unmatched
from umid_research.score import INDEX, compared_dimensions
from umid_research.study import Study

__all__ = ["compare_units", "read_comparisons"]


def compare_units(
    units: pd.DataFrame, study: Study, *, draws: int = 99_999, seed: int
) -> pd.DataFrame:
    """The frame `comparisons`; of a study without matched groups, family B alone.

    Sorted by family, dimension in the order of `units`, contrast in the order of the study. Only
    dimensions asked of every group are compared. `draws` is the number of sign flips where there
    are too many to enumerate, `seed` what they and the simulated studies of `mdd` are drawn with.
    """
    families = _families(units, study, draws=draws, seed=seed)
    return with_skewness(pd.concat([no_comparisons(), *families], ignore_index=True), units)


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
