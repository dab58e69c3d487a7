"""The frame `issues` while it is written: every change, every doubt, nothing that tells who."""

import re
from collections.abc import Iterable

import numpy as np
import pandas as pd

from umid_research.clean.frame import ISSUE_COLUMNS
from umid_research.privacy import KINDS
from umid_research.questionnaire import Questionnaire
from umid_research.study import Study

NOT_SHOWN = "[text]"
CHANGING = ("changed", "blanked", "masked")
_MARKS = frozenset({"", NOT_SHOWN, *(f"[{kind}]" for kind in KINDS)})
_SHORT_NUMBER = re.compile(r"-?\d{1,4}")


class IssueLog:
    """Collects rows of `issues`; each call adds those of one column and one rule.

    An old answer is shown only where it is a code of the form or a short number, and nothing of
    the answers to identifying questions and of free text: what else people write could tell who
    they are.
    """

    def __init__(
        self, submissions: pd.DataFrame, questionnaire: Questionnaire, study: Study
    ) -> None:
        self._submissions = submissions
        self._order = {name: place for place, name in enumerate(questionnaire.names)}
        self._codes = frozenset(
            [choice for question in questionnaire for choice in question.choice_names]
            + [name for district in study.districts.values() for name in district.localities]
        )
        texts = {question.name for question in questionnaire if question.kind == "text"}
        self._hidden = (texts - {study.roles.locality}) | set(study.identifying)
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
        """One issue for each of the positions; the parts are one value or one per position.

        The action is `changed`, or `blanked` where nothing of the answer is left, unless given.
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
        shown = {text: self.shown(text, column) for text in part["old"].unique()}
        part["old"] = part["old"].map(shown)
        if column in self._hidden:
            part["new"] = part["new"].where(part["new"].isin(_MARKS), NOT_SHOWN)
        self._parts.append(part)

    def shown(self, text: str, column: str | None) -> str:
        """The old value where it can tell nothing, else the mark that it is withheld."""
        if text in _MARKS:
            return text
        if column in self._hidden:
            return NOT_SHOWN
        known = text in self._codes or all(word in self._codes for word in text.split())
        return text if known or _SHORT_NUMBER.fullmatch(text) else NOT_SHOWN

    def withdraw(self, positions: np.ndarray) -> None:
        """Forgets what was logged of submissions that are set aside.

        That a person corrected one of them stays counted, without the answers.
        """
        for place, part in enumerate(self._parts):
            gone = part.index.isin(positions)
            part = part[~gone | (part["rule"] == "correction")].copy()
            part.loc[part.index.isin(positions), ["old", "new"]] = NOT_SHOWN
            self._parts[place] = part

    def frame(self) -> pd.DataFrame:
        """The frame `issues` in the order of submissions and questions; a cell's as they came."""
        parts = [part for part in self._parts if not part.empty]
        if not parts:
            return pd.DataFrame(columns=list(ISSUE_COLUMNS)).astype({"row": "Int64"})
        issues = pd.concat(parts)
        position = issues.index.to_numpy()
        whole = position < 0  # of the whole study rather than of a submission
        place = issues["column"].map(self._order).fillna(len(self._order)).to_numpy()
        order = np.lexsort((place, np.where(whole, len(self._submissions), position)))
        keys = self._submissions[["file", "row", "respondent"]].iloc[position[order]]
        keys = keys.astype({"row": "Int64"}).reset_index(drop=True)
        keys.loc[whole[order], :] = pd.NA
        issues = pd.concat([keys, issues.iloc[order].reset_index(drop=True)], axis=1)
        return issues[list(ISSUE_COLUMNS)]
