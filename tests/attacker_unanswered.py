"""An attacker who uses the numbers of people with a score to find don't-knows; for tests only.

It is independent of `disclosure.audit`. It attacks each score by itself, with one variable
per person × item × answer without a score, one for any answer with a score, and indicators derived
from these.
"""

import numpy as np
import pandas as pd
from attacker_counts import COUNTS, single_valued
from attacker_differences import KEYS
from mean_weights import ANSWERED, NOT_ASKED
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint


def known_unanswered(published, cleaned, questionnaire, study) -> list[tuple]:
    """Return withheld counts with one possible value: table, question, answer, group, district.

    It is known who was asked, who gave any answer, and how many people each published score is
    based on.
    """
    scores = [
        (name, list(KEYS), [item.name for item in questionnaire.items(name)])
        for name in questionnaire.dimensions
    ]
    scores += [(key, ["views_by_area"], list(area.items)) for key, area in study.areas.items()]
    return [
        found
        for name, tables, items in scores
        for found in _UnansweredProgram(published, cleaned, questionnaire, study, items).known(
            name, tables
        )
    ]


class _UnansweredProgram:
    """The integer program over the answers to the items of one score."""

    def __init__(self, published, cleaned, questionnaire, study, items) -> None:
        self.published, self.people, self.study = published, cleaned.responses, study
        self.items, self.limits = items, []
        self.width, self.variable, self.scored = 0, {}, {}
        states = cleaned.states.reset_index(drop=True)
        self.asked = (states[items] != NOT_ASKED).sum(axis=1).to_numpy()
        for n, item in ((n, name) for n in range(len(self.people)) for name in items):
            if states[item][n] == ANSWERED:
                choices, scored = questionnaire[item].choice_names, questionnaire[item].scores
                own = [choice for choice in choices if choice not in scored]
                places = [self._new() for _ in own]
                self.variable |= {(n, item, c): at for c, at in zip(own, places, strict=True)}
                self.scored.setdefault(n, []).append(self._new())
                self._limit([*places, self.scored[n][-1]], 1, 1)

    def _new(self) -> int:
        self.width += 1
        return self.width - 1

    def _limit(self, places, low, high, last=1.0) -> None:
        self.limits.append((places, low, high, last))

    def _at_least(self, n: int, need: int) -> list[int]:
        """Add a variable that is 1 if a person gave `need` answers with a score; return [it]."""
        places, found = self.scored.get(n, []), self._new()
        self._limit([*places, found], 0, np.inf, last=-float(need))
        self._limit([*places, found], -np.inf, need - 1, last=-float(len(places) + 1))
        return [found]

    def _own(self, row) -> np.ndarray:
        own = np.ones(len(self.people), dtype=bool)
        for key in ("group", "district"):
            if isinstance(name := getattr(row, key), str):
                own &= (self.people[key] == name).to_numpy()
        matched = self.people["group"].isin(self.study.matched_groups).to_numpy()
        if row.table in ("scores_by_district", "scores_by_side") and self.study.is_matched:
            own &= matched
        if isinstance(row.side, str):
            sides = {key: group.side for key, group in self.study.groups.items()}
            own &= (self.people["group"].map(sides) == row.side).to_numpy()
        return own

    def known(self, name: str, tables: list[str]) -> list[tuple]:
        """Return the withheld counts that the number of people with the score determines."""
        if not self.items:
            return []
        shown = self.published[self.published["shown"] & (self.published["dimension"] == name)]
        people = [n for n in range(len(self.people)) if self.asked[n]]
        has = {n: self._at_least(n, max(-(-2 * self.asked[n] // 3), 1)) for n in people}
        for row in shown[shown["table"].isin(tables)].itertuples():
            own = self._own(row)
            places = [at for n in people if own[n] for at in has[n]]
            self._limit(places, row.respondents, row.respondents)
        if "views_by_area" not in tables:
            self._limit_complete(shown[shown["table"] == "reliability"], people)
        rows = self.published[self.published["question"].isin(self.items)]
        rows = rows[rows["table"].isin(COUNTS)]
        codes = {(item, answer) for _, item, answer in self.variable}
        hidden = []
        for row in rows.itertuples():
            if (row.question, row.answer) in codes:
                own, key = self._own(row), (row.question, row.answer)
                places = [self.variable.get((n, *key)) for n in people if own[n]]
                places = [at for at in places if at is not None]
                if row.shown:
                    self._limit(places, row.value, row.value)
                else:
                    hidden.append((row, places))
        if not hidden:
            return []
        sums = self._matrix([at for _, at in hidden]).toarray()
        single = single_valued(sums, self._all(), Bounds(0, 1))
        return [tuple(row[1:5]) for (row, _), one in zip(hidden, single, strict=True) if one]

    def _limit_complete(self, alphas: pd.DataFrame, people: list[int]) -> None:
        """Fix how many answered all items, and how many answered some of them only."""
        for row in alphas.drop_duplicates("respondents").itertuples():
            complete = [at for n in people for at in self._at_least(n, self.asked[n])]
            self._limit(complete, row.respondents, row.respondents)
        for row in alphas[alphas["statistic"] == "lost"].itertuples():
            some = [at for n in people for at in self._at_least(n, 1)]
            self._limit(some, row.respondents + row.value, row.respondents + row.value)

    def _matrix(self, members) -> sparse.csr_array:
        columns = np.concatenate([*members, []]).astype(int)
        lines = np.repeat(np.arange(len(members)), [len(places) for places in members])
        ones = np.ones(len(columns))
        return sparse.csr_array((ones, (lines, columns)), (len(members), self.width))

    def _all(self) -> list[LinearConstraint]:
        matrix = self._matrix([places for places, *_ in self.limits]).tolil()
        for n, (places, _, _, last) in enumerate(self.limits):
            if last != 1:
                matrix[n, places[-1]] = last
        low, high = (np.array([limit[n] for limit in self.limits], dtype=float) for n in (1, 2))
        return [LinearConstraint(matrix.tocsr(), low, high)]
