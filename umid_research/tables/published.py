"""Every table that a study publishes, in the order of its number; files hold them all."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from umid_research.references import Reference, references
from umid_research.report import Report
from umid_research.tables.activities import (
    table_activity_issues,
    table_activity_registers,
    table_indicators,
    table_knowledge,
    table_published,
    table_shares,
    table_terminals,
)
from umid_research.tables.answers import table_answers_of_all
from umid_research.tables.areas import table_supply_demand
from umid_research.tables.definitions import table_definitions, table_questions
from umid_research.tables.differences import (
    table_differences,
    table_differences_by_side,
    table_differences_exploratory,
)
from umid_research.tables.implementation import (
    table_disagreements,
    table_evidence,
    table_evidence_items,
    table_register_issues,
    table_status,
)
from umid_research.tables.intake import (
    table_intake,
    table_issues,
    table_reading,
    table_set_aside,
)
from umid_research.tables.meetings import table_coding, table_themes
from umid_research.tables.proposals import (
    table_proposals,
    table_proposals_beside_survey,
    table_proposals_by_area,
    table_proposals_by_dimension,
    table_replies,
)
from umid_research.tables.robustness import table_reliability, table_robustness
from umid_research.tables.sample import table_field_work, table_not_knowing
from umid_research.tables.scores import (
    table_scores_by_district,
    table_scores_by_group,
    table_scores_by_side,
)
from umid_research.tables.table import Table

MAKERS: dict[str, Callable[[Any], Table]] = {
    "proposals-by-group": lambda report: table_themes(report, proposals=True),
    "field-work": table_field_work,
    "scores-by-group": table_scores_by_group,
    "scores-by-district": table_scores_by_district,
    "differences-by-district": lambda report: table_differences(report, by="district"),
    "differences-by-group": table_differences,
    "differences-by-side": table_differences_by_side,
    "differences-exploratory": table_differences_exploratory,
    "supply-demand": table_supply_demand,
    "status": lambda report: table_status(report, str(report.district)),
    "disagreements": table_disagreements,
    "evidence": lambda report: table_evidence(report, str(report.district)),
    "evidence-items": table_evidence_items,
    "themes-by-group": table_themes,
    "themes-by-district": lambda report: table_themes(report, "district"),
    "coding": table_coding,
    "register-issues": table_register_issues,
    "robustness": table_robustness,
    "reliability": table_reliability,
    "intake": table_intake,
    "reading": table_reading,
    "set-aside": table_set_aside,
    "issues": table_issues,
    "not-knowing": table_not_knowing,
    "scores-by-side": table_scores_by_side,
    "answers": table_answers_of_all,
    "indicators": table_indicators,
    "indicators-published": table_published,
    "indicators-by-part": table_shares,
    "knowledge": table_knowledge,
    "terminals": table_terminals,
    "proposals-by-area": table_proposals_by_area,
    "proposals-by-reply": table_replies,
    "proposals-beside-survey": table_proposals_beside_survey,
    "proposals-by-dimension": table_proposals_by_dimension,
    "activity-registers": table_activity_registers,
    "activity-issues": table_activity_issues,
    "proposals": table_proposals,
    "definitions": table_definitions,
    "questions": table_questions,
}


def published_tables(report: Report) -> Iterator[tuple[Reference, Table]]:
    """Each published table with its reference."""
    for anchor, reference in references(report).items():
        district = reference.district
        key = anchor.removesuffix(f"-{district}") if district else anchor
        yield reference, MAKERS[key](replace(report, district=district))
