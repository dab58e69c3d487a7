"""An attacker who reads `published` and tries to work out what it withholds; for tests only.

It is independent of `disclosure.audit`. Its linear program has one variable per respondent
× item × answer, covers all dimensions and the index together, and takes every published mean (with
its rounding) and every published count as a constraint. Withheld counts are attacked with one
integer program per question.
"""

from itertools import combinations_with_replacement

import numpy as np
import pandas as pd
from attacker_counts import COUNTS, single_valued
from attacker_differences import KEYS, VIEWS, ranges_of_means, weights_of
from mean_weights import INDEX, NOT_ASKED
from scipy.optimize import Bounds, LinearConstraint, linprog

PERSON = ("respondent", "unit", "district", "locality", "group", "weight")


def area_scores(cleaned, questionnaire, study) -> pd.DataFrame:
    """Return scores per person × part of the plan, and over all areas, in the form of `scores`.

    Two thirds of the questions asked must be answered; over all areas, two thirds of the areas.
    """
    people = cleaned.responses[list(PERSON)].reset_index(drop=True)
    parts = []
    for key, area in study.areas.items():
        if area.items:
            given = [cleaned.responses[name].map(questionnaire[name].scores) for name in area.items]
            asked = cleaned.states[list(area.items)].to_numpy() != NOT_ASKED
            parts.append(_scored(people, key, np.column_stack(given).astype(float), asked))
    common = [part for part in parts if part["group"].nunique() == people["group"].nunique()]
    if not common:
        return pd.concat([people.head(0).assign(dimension="", score=0.0), *parts])
    who = people["respondent"]
    whole = [part.set_index("respondent")["score"].reindex(who) for part in common]
    asked = np.column_stack([who.isin(part["respondent"]) for part in common])
    return pd.concat([*parts, _scored(people, INDEX, np.column_stack(whole), asked)])


def _scored(people, name, values, asked) -> pd.DataFrame:
    number = np.isfinite(values).sum(axis=1)
    enough = (number > 0) & (3 * number >= 2 * asked.sum(axis=1))
    mean = np.nansum(values, axis=1) / np.maximum(number, 1)
    score = np.where(enough, mean, np.nan)
    return people.assign(dimension=name, score=score, items_answered=number)[asked.any(axis=1)]


def _items(questionnaire, study, only) -> dict[tuple[str, str], list[str]]:
    """Return the questions behind each score; of areas, those that share a question with `only`."""
    items = {
        ("scores", name): [item.name for item in questionnaire.items(name)]
        for name in questionnaire.dimensions
        if only is None or name in only
    }
    near = {name for names in items.values() for name in names}
    return items | {
        ("views", key): list(area.items)
        for key, area in study.areas.items()
        if area.items and (only is None or near & set(area.items))
    }


class Attacker:
    """An attacker on people's scores; `only` restricts the attack to some dimensions.

    `free` are the respondents who may have answered otherwise; the others' answers are known. The
    key of a score is its kind ("scores" for dimensions, "views" for areas) and its name.
    """

    def __init__(self, published, cleaned, scores, questionnaire, study, *, only=None, free=None):
        self.shown, self.hidden = published[published["shown"]], published[~published["shown"]]
        self.responses, self.study = cleaned.responses, study
        self.free = set(cleaned.responses["respondent"]) if free is None else set(free)
        self.rows = {"scores": scores, "views": area_scores(cleaned, questionnaire, study)}
        items = _items(questionnaire, study, only)
        self.variables: list[tuple] = []
        self.value: list[float] = []
        self.truth: list[float] = []
        self.equal: list[tuple[list[int], float]] = []
        for name in dict.fromkeys(name for names in items.values() for name in names):
            self._add(questionnaire[name])
        self.columns = pd.DataFrame(self.variables, columns=["who", "question", "answer"])
        place = self.responses.set_index("respondent")
        self.places = {key: self.columns["who"].map(place[key]) for key in ("group", "district")}
        self._add_counts()
        self.score = {key: self._score_rows(key, names) for key, names in items.items()}
        for kind in ("scores", "views"):
            self._add_index(kind)
        self.between: list[tuple[np.ndarray, float, float]] = []
        for key, rows in self.score.items():
            self._add_means(key, rows)
        self._finish()

    def _add(self, item) -> None:
        for row in self.responses[["respondent", item.name]].itertuples(index=False):
            if row[1] not in item.scores or row[0] not in self.free:
                continue
            start = len(self.variables)
            for code, value in item.scores.items():
                self.variables.append((row[0], item.name, code))
                self.value.append(value)
                self.truth.append(float(code == row[1]))
            self.equal.append((list(range(start, len(self.variables))), 1.0))

    def _add_counts(self) -> None:
        truth = np.array(self.truth)
        for row in self._rows_of_counts(self.shown):
            places = self._variables_of(row)
            self.equal.append((list(places), truth[places].sum()))

    def _rows_of_counts(self, published: pd.DataFrame) -> list:
        rows = published[published["table"].isin(COUNTS)]
        return list(rows[rows["question"].isin(set(self.columns["question"]))].itertuples())

    def _variables_of(self, row) -> np.ndarray:
        own = (self.columns["question"] == row.question) & (self.columns["answer"] == row.answer)
        for key, place in self.places.items():
            if isinstance(name := getattr(row, key), str):
                own &= place == name
        return np.flatnonzero(own)

    def _people(self, key: tuple[str, str]) -> pd.DataFrame:
        rows = self.rows[key[0]]
        return rows[rows["dimension"] == key[1]].reset_index(drop=True)

    def _score_rows(self, key: tuple[str, str], names: list[str]) -> pd.DataFrame:
        """Return the weights of answers in each person's score: respondent × variable."""
        people = self._people(key).dropna(subset=["score"])
        of = self.columns["question"].isin(names).to_numpy()
        matrix = np.zeros((len(people), len(self.variables)))
        answered = people["items_answered"].to_numpy()
        for n, who in enumerate(people["respondent"]):
            mine = of & (self.columns["who"] == who).to_numpy()
            matrix[n, mine] = np.array(self.value)[mine] / answered[n]
        return pd.DataFrame(matrix, index=people["respondent"])

    def _add_index(self, kind: str) -> None:
        """Add the mean of what every group was asked, if all of it is attacked."""
        rows = self.rows[kind]
        groups = rows[rows["dimension"] != INDEX].groupby("dimension")["group"].nunique()
        common = list(groups.index[groups == self.responses["group"].nunique()])
        index = self._people((kind, INDEX)).dropna(subset=["score"])
        if index.empty or not all((kind, name) in self.score for name in common):
            return
        people = index["respondent"].to_numpy()
        of_common = (self.score[kind, name] for name in common)
        parts = sum(part.reindex(people).fillna(0.0).to_numpy() for part in of_common)
        matrix = parts / index["items_answered"].to_numpy()[:, np.newaxis]
        self.score[kind, INDEX] = pd.DataFrame(matrix, index=people)

    def _add_means(self, key: tuple[str, str], rows: pd.DataFrame) -> None:
        people = self._people(key)
        if people.empty:
            return
        matrix = rows.reindex(people["respondent"]).fillna(0.0).to_numpy()
        score = people["score"].fillna(0.0).to_numpy()
        known = ~people["respondent"].isin(self.free).to_numpy()
        means = self.shown[self.shown["dimension"] == key[1]]
        for weight, low, high in ranges_of_means(
            means, people, self.study, is_view=key[0] == "views"
        ):
            granted = weight[known] @ score[known]
            self.between.append((weight @ matrix, low - granted, high - granted))

    def _finish(self) -> None:
        width = len(self.variables)
        self.a_eq = np.zeros((len(self.equal), width))
        for n, (places, _) in enumerate(self.equal):
            self.a_eq[n, places] = 1
        self.b_eq = np.array([total for _, total in self.equal])
        vectors = np.array([vector for vector, _, _ in self.between]).reshape(-1, width)
        self.a_ub = np.vstack([vectors, -vectors])
        self.b_ub = np.array(
            [*(h for *_, h in self.between), *(-low for _, low, _ in self.between)]
        )
        self.b_ub = self.b_ub + 1e-7

    def _highest(self, direction: np.ndarray) -> np.ndarray:
        solved = linprog(
            -direction,
            A_ub=self.a_ub,
            b_ub=self.b_ub,
            A_eq=self.a_eq,
            b_eq=self.b_eq,
            bounds=(0, 1),
        )
        assert solved.x is not None, "the truth itself must be possible"
        return solved.x

    def exposed(self, protection: float, *, directions: int = 4) -> list[tuple]:
        """Return score, one or two respondents and the width, where it is below `protection`."""
        found = []
        for score, rows in self.score.items():
            rows = rows.loc[[who in self.free for who in rows.index]]
            matrix = rows.to_numpy()
            truth = matrix @ np.array(self.truth)
            high = np.add.outer(truth, truth) / 2
            low = high.copy()

            def record(point, matrix=matrix, high=high, low=low) -> None:
                scores = matrix @ point
                means = np.add.outer(scores, scores) / 2
                np.maximum(high, means, out=high)
                np.minimum(low, means, out=low)

            rng = np.random.default_rng(1)
            for _ in range(directions):
                signs = rng.choice([-1.0, 1.0], len(rows)) @ matrix
                record(self._highest(signs))
                record(self._highest(-signs))
            for i, j in combinations_with_replacement(range(len(rows)), 2):
                for sign in (1, -1):
                    if high[i, j] - low[i, j] < protection - 1e-4:
                        record(self._highest(sign * (matrix[i] + matrix[j]) / 2))
                if high[i, j] - low[i, j] < protection - 1e-4:
                    found.append((score, rows.index[i], rows.index[j], high[i, j] - low[i, j]))
        return found

    def widths_of_means(self) -> dict[tuple, float]:
        """Return how closely each withheld mean is known, in points.

        The key is: table, dimension, group, district, side, with "" where there is none.
        """
        found = {}
        for kind, name in self.score:
            tables = list(KEYS) if kind == "scores" else [VIEWS]
            hidden = self.hidden[self.hidden["dimension"] == name]
            people = self._people((kind, name))
            rows = self.score[kind, name].reindex(people["respondent"]).fillna(0.0).to_numpy()
            for row in (
                hidden[hidden["table"].isin(tables)].astype(object).fillna("").to_dict("records")
            ):
                weights = weights_of(row, people, self.study)
                if weights is not None:
                    mean = weights @ rows
                    width = mean @ (self._highest(mean) - self._highest(-mean))
                    keys = (row[key] for key in ("table", "dimension", "group", "district", "side"))
                    found[tuple(keys)] = float(width)
        return found

    def counts_determined_by_means(self) -> list[tuple]:
        """Return withheld counts of scored answers that the means, with all else, determine.

        Counts determined without any mean are left out: only this attacker is granted who answered
        with a score.
        """
        rows = [row for row in self._rows_of_counts(self.hidden) if len(self._variables_of(row))]
        sums = np.zeros((len(rows), len(self.variables)))
        for n, row in enumerate(rows):
            sums[n, self._variables_of(row)] = 1
        limits = [LinearConstraint(self.a_eq, self.b_eq, self.b_eq)]
        with_means = [*limits, LinearConstraint(self.a_ub, -np.inf, self.b_ub)]
        closed = single_valued(sums, with_means, Bounds(0, 1))
        closed[closed] &= ~single_valued(sums[closed], limits, Bounds(0, 1))
        return [tuple(rows[n][1:9]) for n in np.flatnonzero(closed)]
