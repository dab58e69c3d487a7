"""Published numbers -> prose in the report's language; the only place that says what they mean.

A difference is stated only where its adjusted p is below 0.05 and its interval excludes zero;
otherwise the text says that no clear difference was found, with the interval, and never that
there is none (analysis plan, section 3). Every sentence carries its base.
"""

from umid_research.sentences.differences import (
    NEVER_MET,
    district_differences,
    exploratory_differences,
    group_differences,
    is_clear,
    side_differences,
)
from umid_research.sentences.implementation import (
    apart,
    checking,
    implemented,
    missing_registers,
    placeholders,
)
from umid_research.sentences.meetings import quotes, spoken
from umid_research.sentences.names import area_name, compared_name, irm_code, theme_name
from umid_research.sentences.prose import Prose, finding, section
from umid_research.sentences.quality import intake, not_knowing, quota
from umid_research.sentences.robustness import district_bands, reliability, what_survives
from umid_research.sentences.scores import district_profile, levels
from umid_research.sentences.study import headline, limits, reports, sample

__all__ = [
    "NEVER_MET",
    "Prose",
    "apart",
    "area_name",
    "checking",
    "compared_name",
    "district_bands",
    "district_differences",
    "district_profile",
    "exploratory_differences",
    "finding",
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
    "quota",
    "quotes",
    "reliability",
    "reports",
    "sample",
    "section",
    "side_differences",
    "spoken",
    "theme_name",
    "what_survives",
]
