"""What the form allows of a received answer, decided once per distinct text."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Reading:
    """Per distinct text: the answer it is read as, the rule that says why, a note for people.

    The rule is "" where the text is allowed as it stands.
    """

    answers: np.ndarray
    rules: np.ndarray
    notes: np.ndarray


def read_each(texts: Iterable[str], read: Callable[[str], tuple[str, str, str]]) -> Reading:
    """The reading of every text by `read`, which gives answer, rule and note."""
    parts = [read(text) for text in texts]
    columns = np.array(parts, dtype=object).reshape(len(parts), 3)
    return Reading(columns[:, 0], columns[:, 1], columns[:, 2])


def suggestion(answers: Iterable[str]) -> str:
    """The note that proposes answers to a person; nothing is done with them."""
    found = list(dict.fromkeys(answers))[:3]
    return f"perhaps {' or '.join(found)}" if found else ""
