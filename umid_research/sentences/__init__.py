"""Published numbers -> prose in the report's language; the only place that says what they mean.

A difference is stated only where its adjusted p is below 0.05 and its interval excludes zero;
otherwise the text says that no clear difference was found, with the interval, and never that
there is none (analysis plan, section 3). Every sentence carries its base.
"""

from umid_research.sentences.activities import (
    activity_limits,
    of_project,
    platforms,
    possible_duplicates,
    reached,
    register_rows,
    target_text,
    terminals,
    unexplained,
    unknown,
)
from umid_research.sentences.differences import (
    FULL_SCALE,
    brief_differences,
    district_differences,
    exploratory_differences,
    group_differences,
    is_clear,
    limit_notes,
    side_differences,
)
from umid_research.sentences.findings import findings
from umid_research.sentences.implementation import (
    apart,
    brief_placeholders,
    checking,
    codes,
    documents,
    implemented,
    missing_registers,
    placeholders,
    views_apart,
)
from umid_research.sentences.in_a_line import in_a_line
from umid_research.sentences.in_short import differences_in_short
from umid_research.sentences.learning import learned, lost
from umid_research.sentences.meetings import coders, quotes, spoken
from umid_research.sentences.names import (
    addressee_name,
    area_name,
    category_name,
    compared_name,
    indicator_name,
    irm_code,
    register_name,
    theme_name,
)
from umid_research.sentences.next_steps import next_steps
from umid_research.sentences.proposing import letter, proposed, survey_beside
from umid_research.sentences.prose import Prose, finding, plain, section
from umid_research.sentences.quality import intake, not_knowing, quota, reading
from umid_research.sentences.robustness import district_bands, reliability, standings, what_survives
from umid_research.sentences.scores import district_profile, district_profiles, levels
from umid_research.sentences.sources import source
from umid_research.sentences.study import (
    brief_headline,
    headline,
    limits,
    reports,
    sample,
    sample_limit,
    weighting,
)

__all__ = [
    "FULL_SCALE",
    "Prose",
    "activity_limits",
    "addressee_name",
    "apart",
    "area_name",
    "brief_differences",
    "brief_headline",
    "brief_placeholders",
    "category_name",
    "checking",
    "coders",
    "codes",
    "compared_name",
    "differences_in_short",
    "district_bands",
    "district_differences",
    "district_profile",
    "district_profiles",
    "documents",
    "exploratory_differences",
    "finding",
    "findings",
    "group_differences",
    "headline",
    "implemented",
    "in_a_line",
    "indicator_name",
    "intake",
    "irm_code",
    "is_clear",
    "learned",
    "letter",
    "levels",
    "limit_notes",
    "limits",
    "lost",
    "missing_registers",
    "next_steps",
    "not_knowing",
    "of_project",
    "placeholders",
    "plain",
    "platforms",
    "possible_duplicates",
    "proposed",
    "quota",
    "quotes",
    "reached",
    "reading",
    "register_name",
    "register_rows",
    "reliability",
    "reports",
    "sample",
    "sample_limit",
    "section",
    "side_differences",
    "source",
    "spoken",
    "standings",
    "survey_beside",
    "target_text",
    "terminals",
    "theme_name",
    "unexplained",
    "unknown",
    "views_apart",
    "weighting",
    "what_survives",
]
