"""Make tables from the published numbers.

A notebook shows a table as semantic HTML with caption, column heads, row heads and notes; the
exporters convert it to the web page and the PDF. Each cell holds formatted text for readers and
the numbers for the CSV and spreadsheet files. Every withheld cell shows the same mark: different
marks would reveal why it is withheld.
"""

from umid_research.report.answers.table import (
    table_answers,
    table_answers_of_all,
    tables_of_answers,
)
from umid_research.report.differences.table import (
    table_differences,
    table_differences_by_side,
    table_differences_exploratory,
)
from umid_research.report.implementation.areas import table_supply_demand
from umid_research.report.implementation.table import (
    table_disagreements,
    table_evidence,
    table_evidence_items,
    table_register_issues,
    table_status,
)
from umid_research.report.indicators.definitions import (
    table_definition,
    table_definitions,
    table_questions,
)
from umid_research.report.indicators.table import (
    table_activity_issues,
    table_activity_registers,
    table_indicators,
    table_knowledge,
    table_published,
    table_shares,
    table_terminals,
)
from umid_research.report.meetings.table import table_coding, table_themes
from umid_research.report.proposals.table import (
    addressees_of,
    table_proposals,
    table_proposals_beside_survey,
    table_proposals_by_area,
    table_proposals_by_dimension,
    table_proposals_to,
    table_replies,
)
from umid_research.report.robustness.table import table_reliability, table_robustness
from umid_research.report.sample.intake import (
    table_intake,
    table_issues,
    table_reading,
    table_set_aside,
)
from umid_research.report.sample.table import table_field_work, table_not_knowing
from umid_research.report.scores.table import (
    table_scores_by_district,
    table_scores_by_group,
    table_scores_by_side,
)
from umid_research.report.table import Cell, Table
from umid_research.report.topics import chosen_tables, published_tables

__all__ = [
    "Cell",
    "Table",
    "addressees_of",
    "chosen_tables",
    "published_tables",
    "table_activity_issues",
    "table_activity_registers",
    "table_answers",
    "table_answers_of_all",
    "table_coding",
    "table_definition",
    "table_definitions",
    "table_differences",
    "table_differences_by_side",
    "table_differences_exploratory",
    "table_disagreements",
    "table_evidence",
    "table_evidence_items",
    "table_field_work",
    "table_indicators",
    "table_intake",
    "table_issues",
    "table_knowledge",
    "table_not_knowing",
    "table_proposals",
    "table_proposals_beside_survey",
    "table_proposals_by_area",
    "table_proposals_by_dimension",
    "table_proposals_to",
    "table_published",
    "table_questions",
    "table_reading",
    "table_register_issues",
    "table_reliability",
    "table_replies",
    "table_robustness",
    "table_scores_by_district",
    "table_scores_by_group",
    "table_scores_by_side",
    "table_set_aside",
    "table_shares",
    "table_status",
    "table_supply_demand",
    "table_terminals",
    "table_themes",
    "tables_of_answers",
]
