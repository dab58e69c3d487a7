"""Turn published numbers into text in the report's language.

Only this package says what the numbers mean. A difference is stated only if its adjusted p is
below 0.05 and its interval excludes zero; otherwise the text says that no clear difference was
found, with the interval, and never that there is none (analysis plan, section 3). Every sentence
names its base.
"""

from umid_research.report.actions.text import could_be_done, proposals_here
from umid_research.report.activities.next_steps import next_steps
from umid_research.report.activities.text import (
    activity_limits,
    missing_data_text,
    platforms,
    possible_duplicates,
    project_rows,
    register_rows,
    target_text,
    targets_met_text,
    terminals,
    unexplained_deviations_text,
)
from umid_research.report.cover.text import background, contact, cover, full_study, reuse, words_box
from umid_research.report.differences.in_short import differences_in_short
from umid_research.report.differences.text import (
    brief_differences,
    district_differences,
    exploratory_differences,
    group_differences,
    limit_notes,
    side_differences,
)
from umid_research.report.findings.answer import answer
from umid_research.report.findings.declared import declared, declared_name
from umid_research.report.findings.headlines import in_a_line
from umid_research.report.findings.text import findings
from umid_research.report.implementation.text import (
    brief_placeholders,
    checker_agreement_text,
    codes,
    disagreements_text,
    documents,
    implementation_text,
    missing_registers,
    placeholders,
    view_gap_text,
)
from umid_research.report.knowledge.text import attrition_text, knowledge_gain_text
from umid_research.report.meetings.text import (
    coder_agreement_text,
    frequent_themes_text,
    quotes,
    themes_text,
)
from umid_research.report.names import (
    addressee_name,
    area_name,
    category_name,
    compared_name,
    has_many_districts,
    indicator_name,
    irm_code,
    register_name,
    theme_name,
)
from umid_research.report.proposals.text import letter, proposals_text, survey_tables_text
from umid_research.report.prose import Prose, finding, plain, section
from umid_research.report.robustness.text import (
    district_bands,
    reliability,
    robustness_levels,
    robustness_text,
)
from umid_research.report.sample.quality import dont_know_text, file_reading_text, intake, quota
from umid_research.report.sample.text import (
    brief_headline,
    headline,
    limits,
    reports,
    sample,
    sample_limit,
    weighting,
)
from umid_research.report.scores.text import district_profile, district_profiles, group_scores_text
from umid_research.report.sources import source

__all__ = [
    "Prose",
    "activity_limits",
    "addressee_name",
    "answer",
    "area_name",
    "attrition_text",
    "background",
    "brief_differences",
    "brief_headline",
    "brief_placeholders",
    "category_name",
    "checker_agreement_text",
    "coder_agreement_text",
    "codes",
    "compared_name",
    "contact",
    "could_be_done",
    "cover",
    "declared",
    "declared_name",
    "differences_in_short",
    "disagreements_text",
    "district_bands",
    "district_differences",
    "district_profile",
    "district_profiles",
    "documents",
    "dont_know_text",
    "exploratory_differences",
    "file_reading_text",
    "finding",
    "findings",
    "frequent_themes_text",
    "full_study",
    "group_differences",
    "group_scores_text",
    "has_many_districts",
    "headline",
    "implementation_text",
    "in_a_line",
    "indicator_name",
    "intake",
    "irm_code",
    "knowledge_gain_text",
    "letter",
    "limit_notes",
    "limits",
    "missing_data_text",
    "missing_registers",
    "next_steps",
    "placeholders",
    "plain",
    "platforms",
    "possible_duplicates",
    "project_rows",
    "proposals_here",
    "proposals_text",
    "quota",
    "quotes",
    "register_name",
    "register_rows",
    "reliability",
    "reports",
    "reuse",
    "robustness_levels",
    "robustness_text",
    "sample",
    "sample_limit",
    "section",
    "side_differences",
    "source",
    "survey_tables_text",
    "target_text",
    "targets_met_text",
    "terminals",
    "theme_name",
    "themes_text",
    "unexplained_deviations_text",
    "view_gap_text",
    "weighting",
    "words_box",
]
