"""Make every table that a study publishes, in the order of the table numbers."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from umid_research.report.answers import table as answers
from umid_research.report.differences import table as differences
from umid_research.report.implementation import areas
from umid_research.report.implementation import table as implementation
from umid_research.report.indicators import definitions
from umid_research.report.indicators import table as activities
from umid_research.report.meetings import table as meetings
from umid_research.report.proposals import table as proposals
from umid_research.report.references import Reference, references
from umid_research.report.robustness import table as robustness
from umid_research.report.sample import intake
from umid_research.report.sample import table as sample
from umid_research.report.scores import table as scores
from umid_research.report.study_report import Report
from umid_research.report.table import Table

MAKERS: dict[str, Callable[[Any], Table]] = {
    "proposals-by-group": lambda report: meetings.table_themes(report, proposals=True),
    "field-work": sample.table_field_work,
    "scores-by-group": scores.table_scores_by_group,
    "scores-by-district": scores.table_scores_by_district,
    "differences-by-district": lambda report: differences.table_differences(report, by="district"),
    "differences-by-group": differences.table_differences,
    "differences-by-side": differences.table_differences_by_side,
    "differences-exploratory": differences.table_differences_exploratory,
    "supply-demand": areas.table_supply_demand,
    "status": lambda report: implementation.table_status(report, str(report.district)),
    "disagreements": implementation.table_disagreements,
    "evidence": lambda report: implementation.table_evidence(report, str(report.district)),
    "evidence-items": implementation.table_evidence_items,
    "themes-by-group": meetings.table_themes,
    "themes-by-district": lambda report: meetings.table_themes(report, "district"),
    "coding": meetings.table_coding,
    "register-issues": implementation.table_register_issues,
    "robustness": robustness.table_robustness,
    "reliability": robustness.table_reliability,
    "intake": intake.table_intake,
    "reading": intake.table_reading,
    "set-aside": intake.table_set_aside,
    "issues": intake.table_issues,
    "not-knowing": sample.table_not_knowing,
    "scores-by-side": scores.table_scores_by_side,
    "answers": answers.table_answers_of_all,
    "indicators": activities.table_indicators,
    "indicators-published": activities.table_published,
    "indicators-by-part": activities.table_shares,
    "knowledge": activities.table_knowledge,
    "terminals": activities.table_terminals,
    "proposals-by-area": proposals.table_proposals_by_area,
    "proposals-by-reply": proposals.table_replies,
    "proposals-beside-survey": proposals.table_proposals_beside_survey,
    "proposals-by-dimension": proposals.table_proposals_by_dimension,
    "activity-registers": activities.table_activity_registers,
    "activity-issues": activities.table_activity_issues,
    "proposals": proposals.table_proposals,
    "definitions": definitions.table_definitions,
    "questions": definitions.table_questions,
}


def published_tables(report: Report) -> Iterator[tuple[Reference, Table]]:
    """Yield each published table with its reference."""
    for reference in references(report).values():
        yield reference, _made(report, reference)


def chosen_tables(report: Report, *anchors: str) -> Iterator[Table]:
    """Yield the named tables, except those that the study does not publish."""
    known = references(report)
    return (_made(report, known[anchor]) for anchor in anchors if anchor in known)


def _made(report: Report, reference: Reference) -> Table:
    district = reference.district
    key = reference.anchor.removesuffix(f"-{district}") if district else reference.anchor
    return MAKERS[key](replace(report, district=district))
