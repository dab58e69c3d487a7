"""The result of reading received texts as answers, once per distinct text."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Reading:
    """For each distinct text: the answer, the rule that changed it, and a note for people.

    The rule is "" if the text was taken as it is.
    """

    answers: np.ndarray
    rules: np.ndarray
    notes: np.ndarray


def read_each(texts: Iterable[str], read: Callable[[str], tuple[str, str, str]]) -> Reading:
    """Read every text with `read`, which returns answer, rule and note."""
    parts = [read(text) for text in texts]
    columns = np.array(parts, dtype=object).reshape(len(parts), 3)
    return Reading(columns[:, 0], columns[:, 1], columns[:, 2])


def suggestion(answers: Iterable[str]) -> str:
    """Return a note that suggests answers to a person; they are not applied."""
    found = list(dict.fromkeys(answers))[:3]
    return f"perhaps {' or '.join(found)}" if found else ""
