"""Published numbers -> figures, worded by the catalogue; nothing is computed here but places.

- plot_scores_by_group: a dot with its interval, per dimension and group.
- plot_differences_by_group: a panel per pair of groups, dots and intervals about zero.
- plot_district_profile: supply, demand and the district's score on one line per dimension.
- plot_districts: a dot per dimension and district.
- plot_answers: how the scored questions of a dimension were answered, diverging from the middle.
- plot_counts: how many gave which answer to one question.
- plot_sides: the matched groups on one line per dimension, and the gap between the sides.
- plot_map: the districts with whom the field work reached there.
- plot_supply_demand: per area of the plan, each group's view beside what documents show.
- plot_timeline: what the activities did when, a marker an event.
- plot_coverage: what was published where, a cell a municipality and category.
- plot_knowledge, plot_attrition: what people knew before and after; how many came how far.

Each is drawn twice, at paper width and for a phone; the second drawing tells the same.
What is withheld is not drawn: its place bears a mark, and the note below says what it means.
"""

from umid_research.figures.answers import plot_answers
from umid_research.figures.counts import plot_counts
from umid_research.figures.coverage import plot_coverage
from umid_research.figures.differences import plot_differences_by_group
from umid_research.figures.districts import plot_district_profile, plot_districts
from umid_research.figures.figure import Figure
from umid_research.figures.knowledge import plot_attrition, plot_knowledge
from umid_research.figures.map import plot_map
from umid_research.figures.scores import plot_scores_by_group
from umid_research.figures.sides import plot_sides
from umid_research.figures.supply_demand import plot_supply_demand
from umid_research.figures.timeline import plot_timeline

__all__ = [
    "Figure",
    "plot_answers",
    "plot_attrition",
    "plot_counts",
    "plot_coverage",
    "plot_differences_by_group",
    "plot_district_profile",
    "plot_districts",
    "plot_knowledge",
    "plot_map",
    "plot_scores_by_group",
    "plot_sides",
    "plot_supply_demand",
    "plot_timeline",
]
