"""Protect the identity of people: keyed respondent ids, and personal data masked in texts."""

from umid_research.clean.privacy.description import without_names
from umid_research.clean.privacy.gate import PERSONAL, Content
from umid_research.clean.privacy.ids import (
    KEY_FILE,
    KEY_VARIABLE,
    keyed_ids,
    known_key,
    respondent_ids,
    respondent_key,
)
from umid_research.clean.privacy.masks import KINDS, mask_texts
from umid_research.clean.privacy.origin import nameable

__all__ = [
    "KEY_FILE",
    "KEY_VARIABLE",
    "KINDS",
    "PERSONAL",
    "Content",
    "keyed_ids",
    "known_key",
    "mask_texts",
    "nameable",
    "respondent_ids",
    "respondent_key",
    "without_names",
]
