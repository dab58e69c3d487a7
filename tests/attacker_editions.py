"""An attacker who has two editions of a study, and knows who came and who went; for tests only.

One integer program per question. Its unknowns are the answers of those who stayed or left, of those
who left, and of those who came, per group and district.
"""

import numpy as np
import pandas as pd
from attacker_counts import COUNTS, single_valued
from scipy.optimize import Bounds, LinearConstraint

_LEVELS = (["group", "district"], ["group"], ["district"], [])


def known_of_editions(
    published: tuple[pd.DataFrame, pd.DataFrame],
    people: tuple[pd.DataFrame, pd.DataFrame],
    question: str,
    *,
    least: int,
) -> list[tuple]:
    """Return what two editions tell of a question: withheld counts, and answers of few people.

    What the first edition tells alone is left out.

    Parameters
    ----------
    published
        The published counts of the first and of the second edition.
    people
        The respondents of each: respondent, group, district and the answer. Who has another answer
        than before is one who left and one who came.
    least
        Of fewer people than these no answer may follow.
    """
    first, second = (each[each[question].fillna("") != ""] for each in people)
    keys = ["respondent", question]
    stayed = pd.MultiIndex.from_frame(first[keys]).intersection(
        pd.MultiIndex.from_frame(second[keys])
    )
    gone = first[~pd.MultiIndex.from_frame(first[keys]).isin(stayed)]
    new = second[~pd.MultiIndex.from_frame(second[keys]).isin(stayed)]
    rows = [each[each["table"].isin(COUNTS) & (each["question"] == question)] for each in published]
    answers = list(dict.fromkeys(pd.concat(rows)["answer"]))
    both = pd.concat([first, second])
    cells = both[["group", "district"]].drop_duplicates().reset_index(drop=True)
    size = len(cells) * len(answers)
    zero = np.zeros(size)
    # Which unknowns of first, gone and new make up the counts of each edition.
    signs = ((1, 0, 0), (1, -1, 1))

    def sums(row, parts) -> np.ndarray:
        own = np.ones((len(cells), 1), dtype=bool)
        for key in ("group", "district"):
            if isinstance(name := row.get(key), str):
                own[:, 0] &= (cells[key] == name).to_numpy()
        named = np.array([row.get("answer") in (None, answer) for answer in answers])
        one = (own & named).ravel().astype(float)
        return np.concatenate([sign * one for sign in parts])

    limits = [(np.concatenate([np.eye(size), -np.eye(size), np.zeros((size, size))], axis=1), 0)]
    constraints = [LinearConstraint(limits[0][0], 0, np.inf)]  # who left was there
    equal, total, is_second = [], [], []
    for n, each in enumerate((first, gone, new)):
        bases = each.groupby(["group", "district"]).size()
        for cell in cells.to_dict("records"):
            parts = [float(m == n) for m in range(3)]
            equal.append(sums(cell, parts))
            total.append(bases.get((cell["group"], cell["district"]), 0))
            is_second.append(False)
    # An answer that is given as often as before says that nobody new gave it: no secret, as 0 is.
    totals = [
        each[each["shown"] & (each["table"] == COUNTS[0])].set_index("answer") for each in rows
    ]
    before = totals[0]["value"].reindex(answers)
    as_before = set(before.index[before == totals[1]["value"].reindex(answers)])
    targets, found = [], []
    for n, each in enumerate(rows):
        nobody = set(
            each["answer"][each["shown"] & (each["table"] == COUNTS[0]) & (each["value"] == 0)]
        )
        for row in each.to_dict("records"):
            if row["shown"]:
                equal.append(sums(row, signs[n]))
                total.append(row["value"])
                is_second.append(n == 1)
            elif row["answer"] not in nobody | as_before:
                targets.append(sums(row, signs[n]))
                found.append((n + 1, row["table"], row["answer"], row["group"], row["district"]))
    for n, changed in ((1, gone), (2, new)):
        for level in _LEVELS:
            groups = changed.groupby(level) if level else [((), changed)]
            for key, members in groups:
                if 0 < len(members) < least:
                    place = dict(zip(level, key, strict=True))
                    for answer in (one for one in answers if one not in as_before):
                        targets.append(
                            sums({**place, "answer": answer}, [m == n for m in range(3)])
                        )
                        found.append(("people", *key, answer))
    if not targets:
        return []
    most = np.concatenate([zero + len(first), zero + len(gone), zero + len(new)])
    matrix, values, of_second = np.array(equal), np.array(total), np.array(is_second)

    def closed(wanted: np.ndarray, rows: np.ndarray) -> np.ndarray:
        published = LinearConstraint(matrix[rows], values[rows], values[rows])
        return single_valued(wanted, [*constraints, published], Bounds(0, most))

    wanted = np.array(targets)
    is_known = closed(wanted, np.ones(len(values), dtype=bool))
    # What follows from the first edition alone is none of the second one's doing.
    is_known[is_known] &= ~closed(wanted[is_known], ~of_second)
    return [one for one, known in zip(found, is_known, strict=True) if known]
