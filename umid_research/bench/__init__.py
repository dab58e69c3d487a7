"""The analyst's bench: a study's frames with names beside codes, for questions of one's own.

    study = open_study()
    study.units

    unit      district  district_name  locality  group      group_name   dimension  score
    77c63f19  quba      Guba           Guba 2    cdc        Council      awareness   91.7

For example, the council of Guba 2 knows nearly all of what was asked. The frames are those of the
reports; what the bench computes is done by the functions that make the reports.
"""

from umid_research.bench.study import Bench, open_study

__all__ = ["Bench", "open_study"]
