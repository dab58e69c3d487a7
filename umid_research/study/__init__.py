"""A study as its folder describes it: study.toml, the questionnaire and the outlines."""

from umid_research.study.entries import (
    Design,
    District,
    Group,
    Information,
    Names,
    Side,
    Slug,
    Theme,
    Thresholds,
)
from umid_research.study.study import Study, read_study, wordings_entry

__all__ = [
    "Design",
    "District",
    "Group",
    "Information",
    "Names",
    "Side",
    "Slug",
    "Study",
    "Theme",
    "Thresholds",
    "read_study",
    "wordings_entry",
]
