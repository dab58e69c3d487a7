"""An attacker on withheld counts, by other counts of the question or theme; for tests only."""

import numpy as np
import pandas as pd
from mean_weights import ANSWERED
from scipy.optimize import Bounds, LinearConstraint, milp

COUNTS = ("answers", "answers_by_group", "answers_by_district")


def single_valued(sums: np.ndarray, limits: list, bounds: Bounds) -> np.ndarray:
    """Return which sums have the same whole-number value in every solution."""
    low, high = np.full(len(sums), np.inf), np.full(len(sums), -np.inf)
    for n in range(len(sums)):
        for sign in (1, -1):
            # One solution may show a second value for several counts.
            if not high[n] - low[n] > 0.5:
                solution = milp(sign * sums[n], constraints=limits, bounds=bounds, integrality=1).x
                low, high = np.minimum(low, sums @ solution), np.maximum(high, sums @ solution)
    return high - low < 0.5


def known_counts(published, cleaned, questionnaire) -> list[tuple]:
    """Return withheld counts with one possible value: table, question, answer, group, district.

    The group and district of those who answered are known; what they answered is not.
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
        for row, is_known in zip(hidden, single_valued(sums, limits, bounds), strict=True)
        if is_known
    ]


def known_themes(published, segments) -> list[tuple]:
    """Return withheld counts of themes with one possible value: table, theme, group, district.

    The groups in a meeting or behind a proposal are known from the register; what was said is not.
    """
    survey = segments["meeting"] == "survey"
    parts = pd.DataFrame(
        {
            "table": np.where(survey, "themes_survey", "themes_meetings"),
            "person": segments["meeting"].mask(survey, segments["segment_id"]),
            "group": segments["group"],
            "district": segments["district"],
        }
    ).drop_duplicates(ignore_index=True)
    themes = published[published["table"].isin(parts["table"])]
    return [
        found
        for (table, _), rows in themes.groupby(["table", "dimension"])
        for found in _known_of_a_theme(rows, parts[parts["table"] == table])
    ]


def _known_of_a_theme(rows, parts) -> list[tuple]:
    """One variable per group and district that a person speaks for: 1 if they raised the theme.

    A person who speaks for several of them counts once in their total.
    """
    width = len(parts)
    limits, sums = [], []
    for row in rows.itertuples():
        own = pd.Series(True, index=parts.index)
        for key in ("group", "district"):
            if isinstance(name := getattr(row, key), str):
                own &= parts[key] == name
        members = []
        for places in parts[own].reset_index().groupby("person", sort=False)["index"]:
            members.append(list(parts.index.get_indexer(places[1])))
            if len(members[-1]) > 1:
                limits.append((members[-1], width))
                members[-1], width = [width], width + 1
        sums.append([place for found in members for place in found])
    matrix = np.zeros((len(sums), width))
    for line, places in zip(matrix, sums, strict=True):
        line[places] = 1
    shown = rows["shown"].to_numpy()
    values = rows.loc[shown, "value"]
    constraints = [LinearConstraint(matrix[shown], values, values)] if shown.any() else []
    for places, whole in limits:
        line = np.zeros(width)
        line[places], line[whole] = 1, -1
        constraints.append(LinearConstraint(line, 0, np.inf))
        line = line.copy()
        line[whole] = -len(places)
        constraints.append(LinearConstraint(line, -np.inf, 0))
    single = single_valued(matrix[~shown], constraints, Bounds(0, 1))
    found = rows[~shown][single][["table", "dimension", "group", "district"]]
    return list(found.itertuples(index=False, name=None))
