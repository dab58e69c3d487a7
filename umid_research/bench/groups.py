"""Means, comparisons and counts by any grouping, and what of them may be published.

By group, district or side they are those of the reports, and what may be published is what the
reports publish. By a question, such as sex, units are divided by the answer: the women of a
community and its men are two units. They are compared as the groups of an unmatched study are
(`compare.unmatched`; in a matched study within districts, as its family B), with the same verdict;
p is adjusted over all dimensions and pairs of the call. That two such units may belong to one
community is left out of account, which makes intervals too wide rather than too narrow. Of these
numbers, rules 1 to 4 of disclosure control decide what may be published (`disclosure.rules`).
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from umid_research.analysis.compare import compare_units
from umid_research.analysis.score import district_means, group_means, score_units, side_means
from umid_research.bench.frames import Frames
from umid_research.disclosure.frame import STEP, as_published
from umid_research.disclosure.rules.answers import answer_rows
from umid_research.disclosure.rules.differences import difference_rows
from umid_research.disclosure.rules.scores import score_rows
from umid_research.errors import ParameterError
from umid_research.study import Study
from umid_research.study.entries import Design, Group

FAMILIES = {"group": ("A", "B"), "district": ("C",), "side": ("D",)}


def divided(frames: Frames, by: str) -> tuple[Frames, pd.DataFrame]:
    """Return the frames with the answers to a question as groups, and the units of these groups.

    Scores, and with them the index, stay those of the study. Who did not answer is left out.

    Raises ParameterError unless `by` is a grouping, or a question with one answer from a list.
    """
    if by in FAMILIES:
        return frames, frames.units
    answers = frames.cleaned.responses
    possible = [
        q.name for q in frames.questionnaire if q.kind == "select_one" and q.name in answers
    ]
    if by not in possible:
        known = dict.fromkeys([*FAMILIES, *possible])
        raise ParameterError("there is no such grouping", found=by, possible=known)
    choices = [choice for choice in frames.questionnaire[by].choices if choice.missing is None]
    groups = {one.name: Group(code=one.name, name=dict(one.labels)) for one in choices}
    design = Design(strata="district") if frames.study.is_matched else frames.study.design
    study = frames.study.model_copy(update={"groups": groups, "design": design})
    rows = answers[by].isin(groups)
    cleaned = replace(
        frames.cleaned,
        responses=answers[rows].assign(group=answers[by]).reset_index(drop=True),
        states=frames.cleaned.states[rows].reset_index(drop=True),
    )
    group = frames.scores["respondent"].map(cleaned.responses.set_index("respondent")["group"])
    units = score_units(frames.scores.assign(group=group)[group.notna()])
    return replace(frames, study=study, cleaned=cleaned), units


def means(frames: Frames, by: str, dimensions: Sequence[str]) -> pd.DataFrame:
    """Return the means of units: dimension, grouping, score, units, respondents."""
    _, units = divided(frames, by)
    units = units[units["dimension"].isin(dimensions)]
    if by in ("district", "side"):
        return {"district": district_means, "side": side_means}[by](units, frames.study)
    return group_means(units)


def comparisons(frames: Frames, by: str, dimensions: Sequence[str]) -> pd.DataFrame:
    """Return the rows of `comparisons` of these dimensions."""
    parts, units = divided(frames, by)
    if by in FAMILIES:
        rows = frames.comparisons[frames.comparisons["family"].isin(FAMILIES[by])]
        return rows[rows["dimension"].isin(dimensions)].reset_index(drop=True)
    units = units[units["dimension"].isin(dimensions)]
    return compare_units(units, parts.study, seed=parts.study.seed)


def counts(frames: Frames, by: str, question: str) -> pd.DataFrame:
    """Return the answers to a question as rows of `published`, before anything is withheld.

    Raises ParameterError if the question has no choices, or nobody was asked.
    """
    if by == "side":
        raise ParameterError("answers are not counted by side; count them by group", found=by)
    parts, _ = divided(frames, by)
    known = [q.name for q in parts.questionnaire if q.choices and q.name in parts.cleaned.states]
    if question not in known:
        raise ParameterError("no such question with choices", found=question, possible=known)
    one = replace(parts.cleaned, states=parts.cleaned.states[["respondent", question]])
    tables = answer_rows(one, parts.questionnaire, parts.study)
    key = "district" if by == "district" else "group"
    found = [rows for rows in tables if len(rows) and (rows["table"] == f"answers_by_{key}").all()]
    if not found:
        raise ParameterError(
            "the answers to this question are counted over everybody only", found=question
        )
    rows = found[0].reset_index(drop=True)
    return rows.assign(shown=rows["shown"] & ~leaves_out_few(frames, by))


def passed(frames: Frames, by: str, dimensions: Sequence[str], *, contrasts: bool) -> pd.DataFrame:
    """Return what rules 1 to 4 leave of the means by a question, or of their comparisons.

    The reports have the mean of everybody. So one group alone is not withheld, but with it all
    groups of the dimension, and all numbers where only a few people are in no group.
    """
    parts, units = divided(frames, by)
    units = units[units["dimension"].isin(dimensions)]
    scores = score_rows(units, parts.study)
    scores = scores[scores["table"] == "scores_by_group"]
    whole = scores.groupby("dimension")["shown"].transform("all")
    scores = scores.assign(shown=whole & ~leaves_out_few(frames, by))
    if not contrasts:
        return as_published([scores])
    made = compare_units(units, parts.study, seed=parts.study.seed)
    unmatched, *_ = difference_rows(made, scores, parts.study)
    return as_published([unmatched])


def names_a_place(study: Study, by: str) -> bool:
    """Return whether a question says where or with whom somebody was asked (rule 2)."""
    roles = study.roles
    return by in (roles.district, roles.locality, roles.unit, roles.group, roles.interviewer)


def leaves_out_few(frames: Frames, by: str) -> bool:
    """Return whether so few gave no answer to the question that theirs could be worked out."""
    parts, _ = divided(frames, by)
    left_out = len(frames.cleaned.responses) - len(parts.cleaned.responses)
    return 0 < left_out < frames.study.thresholds.answers


def why_withheld(hidden: pd.DataFrame, study: Study) -> np.ndarray:
    """Return why each row is withheld; the rows have the internal numbers where there are any."""
    limits = study.thresholds
    number = {
        name: hidden[name] if name in hidden else pd.Series(np.nan, hidden.index)
        for name in ("units", "respondents", "score", "value", "reason")
    }
    counted = number["value"].notna()
    reason = number["reason"].astype(object).fillna("").astype(str)
    is_mean = number["score"].notna()
    inside = number["score"].round().between(STEP, 100 - STEP, inclusive="neither")
    return np.select(
        [
            reason != "",
            counted & (number["respondents"] < limits.answers),
            counted & (number["value"] == number["respondents"]),
            is_mean & (number["units"] < limits.units),
            is_mean & (number["respondents"] < limits.respondents),
            is_mean & ~inside,
            ~counted & ~is_mean,
        ],
        [
            "not estimable: " + reason,
            f"fewer than {limits.answers} people answered (rule 1)",
            "everybody gave this answer (rule 3)",
            f"fewer than {limits.units} units (rule 1)",
            f"fewer than {limits.respondents} people (rule 1)",
            "at an end of the scale: everybody answered alike (rule 3)",
            "one of the two means is withheld",
        ],
        default="it could be worked out, or others from it (rules 3 and 5)",
    )
