"""A text column stored as its distinct texts and one code per row.

Every rule is applied once per distinct text, not per row: a million rows hold few different texts.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from umid_research.study.conditions import referenced_values
from umid_research.study.evaluation import evaluate


@dataclass(frozen=True)
class Column:
    """Answers of all rows as `texts[codes]`; "" means no answer."""

    texts: np.ndarray
    codes: np.ndarray

    @classmethod
    def of(cls, answers: pd.Series) -> "Column":
        """Return the column of `answers`, without leading and trailing spaces."""
        # As objects: the string type looks for missing values first, which takes twice the time.
        codes, texts = pd.factorize(answers.to_numpy(dtype=object))
        return cls(np.array([text.strip() for text in texts], dtype=object), codes)

    def read_as(self, texts: np.ndarray) -> "Column":
        """Replace each distinct text by the one in `texts`; merge those that became equal."""
        codes, distinct = pd.factorize(texts)
        return Column(distinct, codes[self.codes])

    @property
    def blank(self) -> int:
        """The code of "", or -1 if no text is blank."""
        found = np.flatnonzero(self.texts == "")
        return int(found[0]) if found.size else -1

    def where(self, kept: np.ndarray) -> "Column":
        """Return the column with "" wherever `kept` is false."""
        blank = self.blank
        texts = self.texts if blank >= 0 else np.append(self.texts, "")
        return Column(texts, np.where(kept, self.codes, blank % len(texts)))

    def rows(self, kept: np.ndarray) -> "Column":
        """Return the column of the rows in `kept`, a boolean mask or positions."""
        if kept.dtype == bool and kept.all():
            return self
        return Column(self.texts, self.codes[kept])

    def answered(self) -> np.ndarray:
        """Return which rows have an answer."""
        return (self.texts != "")[self.codes]

    def series(self, index: pd.Index) -> pd.Series:
        """Return the answers as text."""
        return pd.Series(pd.array(self.texts, dtype="str").take(self.codes), index=index)


def combined(columns: list[Column]) -> tuple[np.ndarray, np.ndarray]:
    """Return a code per row for its combination of texts, and the first row of each combination."""
    codes = columns[0].codes.astype(np.int64)
    for column in columns[1:]:
        codes, _ = pd.factorize(codes * len(column.texts) + column.codes)
    codes, distinct = pd.factorize(codes)
    rows = np.empty(len(distinct), dtype=np.int64)
    rows[codes[::-1]] = np.arange(len(codes))[::-1]
    return codes, rows


def condition(
    expression: str, answers: Mapping[str, Column], size: int, *, itself: Column | None = None
) -> np.ndarray:
    """Return which rows meet the condition; evaluate each combination of answers once."""
    names = referenced_values(expression)
    columns = [answers[name] for name in names if name in answers]
    columns += [] if itself is None else [itself]
    if len(columns) < len(names):  # raises, naming the unknown question
        evaluate(expression, pd.DataFrame(columns=list(answers), dtype=str))
    if not columns:
        return np.full(size, evaluate(expression, pd.DataFrame(index=[0])).iloc[0])
    codes, rows = combined(columns)
    read = [column.rows(rows).series(pd.RangeIndex(len(rows))) for column in columns]
    table = pd.DataFrame(dict(zip(names, read, strict=False)), index=pd.RangeIndex(len(rows)))
    test = evaluate(expression, table, itself=None if itself is None else read[-1])
    return test.to_numpy(dtype=bool)[codes]
