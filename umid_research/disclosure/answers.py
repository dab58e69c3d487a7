"""Answers to single questions -> rows of `published`: counts, and percentages over everybody."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from umid_research.clean import ANSWERED, NOT_ASKED, Cleaned, question_columns
from umid_research.disclosure.frame import row_frame
from umid_research.percentages import Percentage, percentage, survey_percentage
from umid_research.questionnaire import Question, Questionnaire
from umid_research.study import Study


def answer_rows(
    cleaned: Cleaned, questionnaire: Questionnaire, study: Study
) -> Iterator[pd.DataFrame]:
    """Counts of answers over everybody, by group and by district, of every question with choices.

    Field-work roles such as sex and mode are shown over everybody only; a question that not every
    group was asked is not shown by district, where it would show that group.
    """
    everyone = cleaned.responses["group"].nunique()
    roles = set(study.roles.named().values())
    for name in question_columns(cleaned.responses):
        question = questionnaire[name]
        if not question.choices:
            continue
        counts = _counts(cleaned, question, [])
        yield _with_percent(_shown_answers("answers", counts, study, cell=[]), cleaned, study)
        asked = cleaned.responses["group"][cleaned.states[name] != NOT_ASKED].nunique()
        parts = ("group", "district") if asked == everyone else ("group",)
        for key in () if name in roles else parts:
            counts = _counts(cleaned, question, [key])
            yield _shown_answers(f"answers_by_{key}", counts, study, cell=[key])


def _with_percent(counts: pd.DataFrame, cleaned: Cleaned, study: Study) -> pd.DataFrame:
    """With percentages and limits where these are precise, over everybody; see `percentages`."""
    if counts.empty:
        return counts
    found = [_percentage(row, cleaned, study) for row in counts.itertuples()]
    precise = np.array([one.is_precise for one in found])
    return counts.assign(
        percent=np.where(precise, [round(100 * one.share, 1) for one in found], np.nan),
        low=np.where(precise, [np.floor(1000 * one.low) / 10 for one in found], np.nan),
        high=np.where(precise, [np.ceil(1000 * one.high) / 10 for one in found], np.nan),
    )


def _percentage(row: Any, cleaned: Cleaned, study: Study) -> Percentage:
    """As if a random sample; of weights and clusters where the study has such."""
    clustered = study.roles.unit is not None and not study.is_matched
    if study.roles.weight is None and not clustered:
        return percentage(int(row.value), int(row.respondents))
    answered = cleaned.responses[cleaned.states[row.question] == ANSWERED]
    if row.kind == "select_multiple":
        given = answered[row.question].str.get_dummies(sep=" ").get(row.answer, 0) == 1
    else:
        given = answered[row.question] == row.answer
    stratified = study.design.strata == "district"
    return survey_percentage(
        np.broadcast_to(given, len(answered)).astype(float),
        answered["weight"].to_numpy(),
        answered["unit"] if clustered else answered["respondent"],
        answered["district"] if stratified else pd.Series("", index=answered.index),
    )


def _counts(cleaned: Cleaned, question: Question, keys: list[str]) -> pd.DataFrame:
    """Question, keys, answer, value (how many gave it), respondents (how many answered)."""
    answered = cleaned.states[question.name] == ANSWERED
    given = cleaned.responses.loc[answered, [*keys, question.name]].assign(everyone="")
    if given.empty:
        return pd.DataFrame(columns=[*keys, "question", "answer", "value", "respondents"])
    if question.kind == "select_multiple":
        ticked = given[question.name].str.get_dummies(sep=" ")
    else:
        ticked = pd.get_dummies(given[question.name])
    ticked = ticked.reindex(columns=list(question.answers), fill_value=0).astype(int)
    grouped = ticked.groupby([given[key] for key in ["everyone", *keys]], sort=False)
    wide = grouped.sum().assign(respondents=grouped.size()).reset_index()
    counts = wide.melt([*keys, "everyone", "respondents"], var_name="answer")
    return counts.assign(question=question.name, kind=question.kind)


def _shown_answers(
    table: str, counts: pd.DataFrame, study: Study, *, cell: list[str]
) -> pd.DataFrame:
    """Rules 1 and 3, then one more cell withheld where a single one could be worked out."""
    if counts.empty:
        return counts
    enough = counts["respondents"] >= study.thresholds.answers
    everyone = counts["value"] == counts["respondents"]
    unanimous = (
        everyone.groupby([counts[key] for key in cell]).transform("any")
        if cell
        else (pd.Series(everyone.any(), index=counts.index))
    )
    several = counts["kind"] == "select_multiple"
    # Each choice of a select_multiple is a yes-or-no question of its own.
    nobody_or_all = everyone | (counts["value"] == 0)
    shown = enough & ~np.where(several, nobody_or_all, unanimous)
    counts = counts.assign(shown=shown)
    if cell:
        counts = _with_secondary_suppression(counts, study, key=cell[0])
    return row_frame(table, counts, statistic="count", shown=counts["shown"])


def _with_secondary_suppression(counts: pd.DataFrame, study: Study, *, key: str) -> pd.DataFrame:
    """Withholds the smallest further cells until those withheld together have a large enough base.

    What is withheld can be worked out as the total minus what is shown; that difference must
    itself be two cells and `thresholds.answers` respondents.
    """
    parts = []
    for _, rows in counts.groupby("answer", sort=False):
        rows = rows.sort_values("respondents", kind="stable")
        hidden = ~rows["shown"].to_numpy()
        bases = rows["respondents"].to_numpy()
        while hidden.any() and not hidden.all():
            if hidden.sum() >= 2 and bases[hidden].sum() >= study.thresholds.answers:
                break
            hidden[np.flatnonzero(~hidden)[0]] = True
        parts.append(rows.assign(shown=~hidden))
    together = pd.concat(parts).sort_index()
    if (counts["kind"] == "select_multiple").any():
        return together
    # Answers of one cell add up to its base: they are shown together or not at all.
    whole = together.groupby(key)["shown"].transform("all")
    return together.assign(shown=whole)


def not_knowing_rows(cleaned: Cleaned, questionnaire: Questionnaire, study: Study) -> pd.DataFrame:
    """Return counts per dimension, over everybody: questions put and what became of them.

    `asked` counts the questions put, `answered` those that got an answer other than the codes of
    `missing`, which are counted by kind. The rest of the questions put was left blank.
    """
    rows = []
    for dimension in questionnaire.dimensions:
        names = [item.name for item in questionnaire.items(dimension)]
        states, answers = cleaned.states[names], cleaned.responses[names]
        counts: dict[str, int] = {
            kind: int(answers.isin(study.missing[kind]).to_numpy().sum())
            for kind in study.counted_missing
        }
        given = int((states == ANSWERED).to_numpy().sum())
        counts["answered"] = given - sum(counts.values())
        counts["asked"] = int((states != NOT_ASKED).to_numpy().sum())
        people = int((states != NOT_ASKED).any(axis=1).sum())
        rows += [
            {"dimension": dimension, "statistic": name, "value": count, "respondents": people}
            for name, count in counts.items()
        ]
    columns = ["dimension", "statistic", "value", "respondents"]
    table = row_frame("not_knowing", pd.DataFrame(rows, columns=columns))
    return table.assign(shown=table["respondents"] >= study.thresholds.answers)
