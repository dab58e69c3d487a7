"""Collect the frame `issues`: every change and every flag, and nothing that identifies people."""

from collections import Counter
from collections.abc import Iterable, Iterator

import numpy as np
import pandas as pd

from umid_research.clean.frame import ISSUES
from umid_research.clean.privacy import KINDS
from umid_research.clean.privacy.shown import given_by_several, is_impersonal
from umid_research.study import Study
from umid_research.study.questionnaire import Questionnaire

NOT_SHOWN = "[text]"
CHANGING = ("changed", "blanked", "masked")
_MARKS = frozenset({"", NOT_SHOWN, *(f"[{kind}]" for kind in KINDS)})


class IssueLog:
    """Collect rows of `issues`; each call of `add` adds those of one column.

    An old answer is shown only if it is a code of the form, or cannot identify anybody (see
    `privacy.shown`). Answers to identifying questions and free text are never shown.
    """

    def __init__(
        self, submissions: pd.DataFrame, questionnaire: Questionnaire, study: Study
    ) -> None:
        self._submissions = submissions
        columns = questionnaire.columns
        self._order = {column.name: place for place, column in enumerate(columns)}
        self._codes = frozenset(
            [choice for question in questionnaire for choice in question.choice_names]
            + [name for district in study.districts.values() for name in district.localities]
        )
        texts = {column.name for column in columns if column.kind == "text"}
        self._hidden = (texts - {study.roles.locality}) | set(study.identifying)
        self._names = study.names
        self._parts: list[pd.DataFrame] = []

    def add(
        self,
        positions: np.ndarray,
        column: str | None,
        rule: object,
        *,
        action: object = None,
        old: Iterable[str] | str = "",
        new: Iterable[str] | str = "",
        note: object = "",
    ) -> None:
        """Add one issue per position; every other argument is one value or one per position.

        `positions` are rows of the submissions; -1 stands for the whole study. Without `action`,
        it is `blanked` where `new` is "" and `changed` elsewhere.
        """
        if not len(positions):
            return
        part = pd.DataFrame(
            {"column": column, "rule": rule, "old": old, "new": new, "note": note},
            index=positions,
            dtype=object,
        )
        part["action"] = np.where(part["new"] == "", "blanked", "changed")
        if action is not None:
            part["action"] = action
        if column in self._hidden:
            part["new"] = part["new"].where(part["new"].isin(_MARKS), NOT_SHOWN)
        self._parts.append(part)

    def shown(self, text: str, column: str | None) -> str:
        """Return the value if it cannot identify anybody, else the mark `[text]`."""
        if text in _MARKS:
            return text
        if column in self._hidden:
            return NOT_SHOWN
        known = text in self._codes or all(word in self._codes for word in text.split())
        return text if known or is_impersonal(text) else NOT_SHOWN

    def withdraw(self, positions: np.ndarray) -> None:
        """Remove the issues of submissions that are set aside.

        Corrections stay, so that each of them is accounted for, but without the answers.
        """
        for place, part in enumerate(self._parts):
            gone = part.index.isin(positions)
            part = part[~gone | (part["rule"] == "correction")].copy()
            gone = part.index.isin(positions)
            for name in ("old", "new"):
                part.loc[gone & (part[name] != "").to_numpy(), name] = NOT_SHOWN
            self._parts[place] = part

    def frame(self) -> pd.DataFrame:
        """Return `issues` by submission and question; within a cell, in the order of `add`."""
        parts = [part for part in self._parts if not part.empty]
        if not parts:
            return ISSUES.empty()
        issues = pd.concat(self._with_shown_answers(parts))
        position = issues.index.to_numpy()
        whole = position < 0  # issues of the whole study, not of a submission
        place = issues["column"].map(self._order).fillna(len(self._order)).to_numpy()
        order = np.lexsort((place, np.where(whole, len(self._submissions), position)))
        keys = self._submissions[["file", "row", "respondent"]].iloc[position[order]]
        keys = keys.astype({"row": "Int64"}).reset_index(drop=True)
        keys.loc[whole[order], :] = pd.NA
        return ISSUES.of(pd.concat([keys, issues.iloc[order].reset_index(drop=True)], axis=1))

    def _with_shown_answers(self, parts: list[pd.DataFrame]) -> Iterator[pd.DataFrame]:
        """Yield the parts with the mark `[text]` for each old answer that is not shown."""
        given: dict[str | None, Counter[str]] = {}
        for part in parts:
            column = part["column"].iloc[0]
            given.setdefault(column, Counter()).update(part["old"].tolist())
        shown = {
            column: {text: self._shown_if_given(text, column, several) for text in times}
            for column, times in given.items()
            for several in [given_by_several(times, names=self._names)]
        }
        for part in parts:
            yield part.assign(old=part["old"].map(shown[part["column"].iloc[0]]))

    def _shown_if_given(self, text: str, column: str | None, several: set[str]) -> str:
        is_shown = column not in self._hidden and text in several
        return text if is_shown else self.shown(text, column)
