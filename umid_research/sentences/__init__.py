"""Published numbers -> prose in the report's language; the only place that says what they mean.

A difference is stated only where its adjusted p is below 0.05 and its interval excludes zero;
otherwise the text says that no clear difference was found, with the interval, and never that
there is none (analysis plan, section 3). Every sentence carries its base.
"""

from umid_research.sentences.differences import (
    NEVER_MET,
    brief_differences,
    district_differences,
    exploratory_differences,
    group_differences,
    is_clear,
    side_differences,
)
from umid_research.sentences.findings import findings
from umid_research.sentences.implementation import (
    apart,
    checking,
    documents,
    implemented,
    missing_registers,
    placeholders,
    views_apart,
)
from umid_research.sentences.meetings import quotes, spoken
from umid_research.sentences.names import area_name, compared_name, irm_code, theme_name
from umid_research.sentences.prose import Prose, finding, plain, section
from umid_research.sentences.quality import intake, not_knowing, quota, reading
from umid_research.sentences.robustness import district_bands, reliability, what_survives
from umid_research.sentences.scores import district_profile, district_profiles, levels
from umid_research.sentences.study import headline, limits, reports, sample

__all__ = [
    "NEVER_MET",
    "Prose",
    "apart",
    "area_name",
    "brief_differences",
    "checking",
    "compared_name",
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
    "intake",
    "irm_code",
    "is_clear",
    "levels",
    "limits",
    "missing_registers",
    "not_knowing",
    "placeholders",
    "plain",
    "quota",
    "quotes",
    "reading",
    "reliability",
    "reports",
    "sample",
    "section",
    "side_differences",
    "spoken",
    "theme_name",
    "views_apart",
    "what_survives",
]
