"""A text column as its distinct texts and which of them each row holds.

Everything is decided once per distinct text: a million rows have few answers.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from umid_research.conditions import evaluate, referenced_questions


@dataclass(frozen=True)
class Column:
    """`texts[codes]` are the answers of all rows; "" is no answer."""

    texts: np.ndarray
    codes: np.ndarray

    @classmethod
    def of(cls, answers: pd.Series) -> "Column":
        """The column of the answers, without the blanks around them."""
        # As objects: the string type would look for missing values first, in twice the time.
        codes, texts = pd.factorize(answers.to_numpy(dtype=object))
        return cls(np.array([text.strip() for text in texts], dtype=object), codes)

    def read_as(self, texts: np.ndarray) -> "Column":
        """The column with each distinct text replaced; what became equal is one text again."""
        codes, distinct = pd.factorize(texts)
        return Column(distinct, codes[self.codes])

    @property
    def blank(self) -> int:
        """The code of "", -1 where every row has an answer."""
        found = np.flatnonzero(self.texts == "")
        return int(found[0]) if found.size else -1

    def where(self, kept: np.ndarray) -> "Column":
        """The column with "" wherever `kept` is false."""
        blank = self.blank
        texts = self.texts if blank >= 0 else np.append(self.texts, "")
        return Column(texts, np.where(kept, self.codes, blank % len(texts)))

    def rows(self, kept: np.ndarray) -> "Column":
        """The column of some rows only, told by their places or by a flag for every row."""
        if kept.dtype == bool and kept.all():
            return self
        return Column(self.texts, self.codes[kept])

    def answered(self) -> np.ndarray:
        """Which rows have an answer."""
        return (self.texts != "")[self.codes]

    def series(self, index: pd.Index) -> pd.Series:
        """The answers as text."""
        return pd.Series(pd.array(self.texts, dtype="str").take(self.codes), index=index)


def combined(columns: list[Column]) -> tuple[np.ndarray, np.ndarray]:
    """Per row, which combination of the columns' texts it holds; per combination, one such row."""
    codes = columns[0].codes.astype(np.int64)
    for column in columns[1:]:
        codes, _ = pd.factorize(codes * len(column.texts) + column.codes)
    codes, met = pd.factorize(codes)
    rows = np.empty(len(met), dtype=np.int64)
    rows[codes[::-1]] = np.arange(len(codes))[::-1]
    return codes, rows


def condition(
    expression: str, answers: Mapping[str, Column], size: int, *, itself: Column | None = None
) -> np.ndarray:
    """Per row, whether the condition holds; worked out once per combination of answers met."""
    names = referenced_questions(expression)
    columns = [answers[name] for name in names if name in answers]
    columns += [] if itself is None else [itself]
    if len(columns) < len(names):  # `holds` names the question that is unknown
        evaluate(expression, pd.DataFrame(columns=list(answers), dtype=str))
    if not columns:
        return np.full(size, evaluate(expression, pd.DataFrame(index=[0])).iloc[0])
    codes, rows = combined(columns)
    read = [column.rows(rows).series(pd.RangeIndex(len(rows))) for column in columns]
    table = pd.DataFrame(dict(zip(names, read, strict=False)), index=pd.RangeIndex(len(rows)))
    test = evaluate(expression, table, itself=None if itself is None else read[-1])
    return test.to_numpy(dtype=bool)[codes]
