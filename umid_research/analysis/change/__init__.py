"""Change between two rounds of a study: the same items, the same places, intervals by flips."""

from umid_research.analysis.change.items import ITEMS, compare_items, with_shared_items
from umid_research.analysis.change.places import CHANGES, FAMILY, Round, measure_change

__all__ = [
    "CHANGES",
    "FAMILY",
    "ITEMS",
    "Round",
    "compare_items",
    "measure_change",
    "with_shared_items",
]
