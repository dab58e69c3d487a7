"""An attacker who reads `published` and tries to work out what it withholds; tests only.

Written apart from `umid_research.protection`: one variable a respondent × item × answer, all
dimensions and the index together, every published mean with its rounding and every published count
as a constraint, each question's withheld counts by whole numbers.
"""

from itertools import combinations_with_replacement

import numpy as np
import pandas as pd
from scipy.optimize import Bounds, LinearConstraint, linprog, milp

from umid_research.clean import ANSWERED
from umid_research.score import INDEX, district_means, group_means, score_units, side_means

KEYS = {
    "scores_by_group": ["group"],
    "scores_by_district": ["district"],
    "scores_by_side": ["district", "side"],
}
COUNTS = ("answers", "answers_by_group", "answers_by_district")


def coefficients(people: pd.DataFrame, study) -> dict[tuple, np.ndarray]:
    """Each mean's weight of each person, found by giving 1 to one person and 0 to all others."""
    blocks = []
    for n in range(len(people)):
        unit = np.where(people["score"].notna(), 0.0, np.nan)
        unit[n] += 1
        blocks.append(people.assign(score=unit, dimension=str(n)))
    units = score_units(pd.concat(blocks, ignore_index=True))
    parts = {
        "scores_by_group": group_means(units),
        "scores_by_district": district_means(units, study),
    }
    if study.is_matched:
        parts["scores_by_side"] = side_means(units, study)
    found: dict[tuple, np.ndarray] = {}
    for table, means in parts.items():
        for row in means.to_dict("records"):
            key = (table, *(row[name] for name in KEYS[table]))
            found.setdefault(key, np.zeros(len(people)))[int(row["dimension"])] = row["score"]
    return found


class Attacker:
    """What the published numbers leave of people's scores; `only` limits it to some dimensions.

    `free` are the respondents who may have answered otherwise; the others' answers are known.
    """

    def __init__(self, published, cleaned, scores, questionnaire, study, *, only=None, free=None):
        self.shown, self.hidden = published[published["shown"]], published[~published["shown"]]
        self.responses, self.scores, self.study = cleaned.responses, scores, study
        self.dimensions = [d for d in questionnaire.dimensions if only is None or d in only]
        self.free = set(cleaned.responses["respondent"]) if free is None else set(free)
        self.variables: list[tuple] = []
        self.value: list[float] = []
        self.truth: list[float] = []
        self.equal: list[tuple[list[int], float]] = []
        for dimension in self.dimensions:
            for item in questionnaire.items(dimension):
                self._add(item)
        self.columns = pd.DataFrame(self.variables, columns=["who", "question", "answer"])
        self._add_counts()
        self.between: list[tuple[np.ndarray, float, float]] = []
        self.score = {d: self._score_rows(d, questionnaire) for d in self.dimensions}
        for dimension in self.dimensions:
            self._add_means(dimension, self.score[dimension])
        if only is None and (scores["dimension"] == INDEX).any():
            self.score[INDEX] = self._index_rows()
            self._add_means(INDEX, self.score[INDEX])
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
        place = self.responses.set_index("respondent")
        for key in ("group", "district"):
            if isinstance(name := getattr(row, key), str):
                own &= self.columns["who"].map(place[key]) == name
        return np.flatnonzero(own)

    def _score_rows(self, dimension, questionnaire) -> pd.DataFrame:
        """Respondent × variable: how a score in the dimension adds up."""
        people = self.scores[self.scores["dimension"] == dimension].dropna(subset=["score"])
        names = [item.name for item in questionnaire.items(dimension)]
        of = self.columns["question"].isin(names).to_numpy()
        matrix = np.zeros((len(people), len(self.variables)))
        answered = people["items_answered"].to_numpy()
        for n, who in enumerate(people["respondent"]):
            mine = of & (self.columns["who"] == who).to_numpy()
            matrix[n, mine] = np.array(self.value)[mine] / answered[n]
        return pd.DataFrame(matrix, index=people["respondent"])

    def _index_rows(self) -> pd.DataFrame:
        index = self.scores[self.scores["dimension"] == INDEX].dropna(subset=["score"])
        common = [
            d
            for d in self.dimensions
            if self.scores.loc[self.scores["dimension"] == d, "group"].nunique()
            == self.responses["group"].nunique()
        ]
        people = index["respondent"].to_numpy()
        parts = sum(self.score[d].reindex(people).fillna(0.0).to_numpy() for d in common)
        matrix = parts / index["items_answered"].to_numpy()[:, np.newaxis]
        return pd.DataFrame(matrix, index=people)

    def _add_means(self, dimension: str, rows: pd.DataFrame) -> None:
        people = self.scores[self.scores["dimension"] == dimension].reset_index(drop=True)
        if people.empty:
            return
        weights = coefficients(people, self.study)
        matrix = rows.reindex(people["respondent"]).fillna(0.0).to_numpy()
        score = people["score"].fillna(0.0).to_numpy()
        known = ~people["respondent"].isin(self.free).to_numpy()
        means = self.shown[(self.shown["dimension"] == dimension) & self.shown["table"].isin(KEYS)]
        for row in means.to_dict("records"):
            weight = weights[(row["table"], *(row[key] for key in KEYS[row["table"]]))]
            granted = weight[known] @ score[known]
            self.between.append(
                (weight @ matrix, row["value"] - 0.5 - granted, row["value"] + 0.5 - granted)
            )

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

    def too_narrow(self, protection: float, *, directions: int = 4) -> list[tuple]:
        """Dimension, one or two respondents and the width, where that is below `protection`."""
        found = []
        for dimension, rows in self.score.items():
            rows = rows.loc[[who in self.free for who in rows.index]]
            matrix = rows.to_numpy()
            truth = matrix @ np.array(self.truth)
            high = np.add.outer(truth, truth) / 2
            low = high.copy()

            def see(point, matrix=matrix, high=high, low=low) -> None:
                score = matrix @ point
                means = np.add.outer(score, score) / 2
                np.maximum(high, means, out=high)
                np.minimum(low, means, out=low)

            rng = np.random.default_rng(1)
            for _ in range(directions):
                signs = rng.choice([-1.0, 1.0], len(rows)) @ matrix
                see(self._highest(signs))
                see(self._highest(-signs))
            for i, j in combinations_with_replacement(range(len(rows)), 2):
                for sign in (1, -1):
                    if high[i, j] - low[i, j] < protection - 1e-4:
                        see(self._highest(sign * (matrix[i] + matrix[j]) / 2))
                if high[i, j] - low[i, j] < protection - 1e-4:
                    found.append((dimension, rows.index[i], rows.index[j], high[i, j] - low[i, j]))
        return found

    def counts_told_by_means(self) -> list[tuple]:
        """Withheld counts of scored answers that the means, with all else, leave one number.

        Those that are known without any mean are not of interest here: who answered with a score
        and who did not is granted to this attacker only.
        """
        rows = [row for row in self._rows_of_counts(self.hidden) if len(self._variables_of(row))]
        sums = np.zeros((len(rows), len(self.variables)))
        for n, row in enumerate(rows):
            sums[n, self._variables_of(row)] = 1
        limits = [LinearConstraint(self.a_eq, self.b_eq, self.b_eq)]
        with_means = [*limits, LinearConstraint(self.a_ub, -np.inf, self.b_ub)]
        closed = _single(sums, with_means, Bounds(0, 1))
        closed[closed] &= ~_single(sums[closed], limits, Bounds(0, 1))
        return [tuple(rows[n][1:9]) for n in np.flatnonzero(closed)]


def _single(sums: np.ndarray, limits: list, bounds: Bounds) -> np.ndarray:
    """Which sums are the same whole number in every way to have answered."""
    low, high = np.full(len(sums), np.inf), np.full(len(sums), -np.inf)
    for n in range(len(sums)):
        for sign in (1, -1):
            # One way to have answered tells something of every withheld count.
            if not high[n] - low[n] > 0.5:
                way = milp(sign * sums[n], constraints=limits, bounds=bounds, integrality=1).x
                low, high = np.minimum(low, sums @ way), np.maximum(high, sums @ way)
    return high - low < 0.5


def known_counts(published, cleaned, questionnaire) -> list[tuple]:
    """Withheld counts that can be one whole number only: table, question, answer, group, district.

    Respondents who answered are known by group and district; what they answered is not.
    """
    found = []
    for name in published["question"].dropna().unique():
        rows = published[(published["question"] == name) & published["table"].isin(COUNTS)]
        if len(rows) and not rows["shown"].all():
            found += _known(rows, cleaned, questionnaire[name])
    return found


def _known(rows, cleaned, question) -> list[tuple]:
    given = cleaned.responses[cleaned.states[question.name] == ANSWERED]
    bases = given.groupby(["group", "district"]).size()
    cells, answers = list(bases.index), list(question.choice_names)
    size = (len(cells), len(answers))
    limits = []

    def cell_sum(row) -> np.ndarray:
        members = np.zeros(size)
        for n, (group, district) in enumerate(cells):
            if isinstance(row.group, str) and group != row.group:
                continue
            if isinstance(row.district, str) and district != row.district:
                continue
            members[n, answers.index(row.answer)] = 1
        return members.ravel()

    if question.kind == "select_one":
        limits.append(
            LinearConstraint(np.kron(np.eye(len(cells)), np.ones(len(answers))), bases, bases)
        )
    for row in rows[rows["shown"]].itertuples():
        limits.append(LinearConstraint(cell_sum(row), row.value, row.value))
    hidden = list(rows[~rows["shown"]].itertuples())
    sums = np.array([cell_sum(row) for row in hidden])
    bounds = Bounds(0, np.repeat(bases.to_numpy(), len(answers)))
    return [
        (row.table, row.question, row.answer, row.group, row.district)
        for row, is_known in zip(hidden, _single(sums, limits, bounds), strict=True)
        if is_known
    ]
