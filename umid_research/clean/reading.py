"""The result of reading received texts as answers, once per distinct text."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from umid_research.clean.column import Column, combined


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


@dataclass(frozen=True)
class Sources:
    """The file of each submission, and the files that a survey platform wrote."""

    files: Column
    by_device: frozenset[str]

    @classmethod
    def of(cls, submissions: pd.DataFrame, kept: np.ndarray) -> "Sources":
        """Return the sources of the submissions in `kept`, a boolean mask.

        KoboToolbox, ODK Central and SurveyCTO give submissions an id, Google Forms does not.
        """
        written = submissions["file"][submissions["uuid"] != ""]
        return cls(Column.of(submissions["file"]).rows(kept), frozenset(written))

    def read_each(
        self, column: Column, read: Callable[[np.ndarray, bool], Reading]
    ) -> tuple[Column, Reading]:
        """Read the distinct texts of each file with `read`, which returns their reading.

        Its second argument is true for the file of a platform. The texts of the column that comes
        back are distinct within each file only.
        """
        codes, rows = combined([self.files, column])
        texts, files = column.texts[column.codes[rows]], self.files.codes[rows]
        parts = np.empty((len(texts), 3), dtype=object)
        for file in np.unique(files):
            here = files == file
            reading = read(texts[here], self.files.texts[file] in self.by_device)
            parts[here] = np.column_stack([reading.answers, reading.rules, reading.notes])
        return Column(texts, codes), Reading(parts[:, 0], parts[:, 1], parts[:, 2])
