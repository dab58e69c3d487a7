"""Draw figures from the published numbers, with texts from the message catalogue.

- plot_scores_by_group: mean and interval per dimension and group.
- plot_differences_by_group: differences and intervals around zero, one panel per pair of groups.
- plot_district_profile: supply, demand and the district's score per dimension.
- plot_districts: one dot per dimension and district.
- plot_answers: answers to the scored questions of a dimension as diverging bars.
- plot_counts: number of people per answer to one question.
- plot_sides: the matched groups per dimension, and the gap between supply and demand.
- plot_map: the districts with the people and units reached there.
- plot_supply_demand: each group's view per part of the plan, and what documents show.
- plot_parts: what people say of each part of the plan beside what documents show.
- plot_finding: a declared question, how many people of each group gave the counted answers.
- plot_topics: the matched groups per topic, without differences.
- plot_timeline: the events of the activities, one marker per event.
- plot_coverage: what was published, one cell per municipality and category.
- plot_gallery: pictures of what was published.
- plot_knowledge, plot_attrition: knowledge before and after; how many people took each step.

Each chart is a specification in `report/<topic>/chart.py`. One of the forms in `report/chart/`
(rows, stacked, heat, timeline, map, gallery) draws it twice with the same content, at paper width
and for a phone. A withheld number is not drawn: a mark takes its place, and a note explains it.
"""

from umid_research.report.activities.chart import plot_coverage, plot_gallery, plot_timeline
from umid_research.report.answers.chart import plot_answers, plot_counts
from umid_research.report.chart.figure import Figure
from umid_research.report.differences.chart import (
    plot_differences_by_group,
    plot_sides,
    plot_topics,
)
from umid_research.report.findings.chart import plot_finding, plot_parts
from umid_research.report.implementation.chart import plot_supply_demand
from umid_research.report.knowledge.chart import plot_attrition, plot_knowledge
from umid_research.report.sample.chart import plot_map
from umid_research.report.scores.chart import (
    plot_district_profile,
    plot_districts,
    plot_scores_by_group,
)

__all__ = [
    "Figure",
    "plot_answers",
    "plot_attrition",
    "plot_counts",
    "plot_coverage",
    "plot_differences_by_group",
    "plot_district_profile",
    "plot_districts",
    "plot_finding",
    "plot_gallery",
    "plot_knowledge",
    "plot_map",
    "plot_parts",
    "plot_scores_by_group",
    "plot_sides",
    "plot_supply_demand",
    "plot_timeline",
    "plot_topics",
]
