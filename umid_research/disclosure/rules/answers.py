"""Rows of `published` on single questions: counts of answers, and percentages over everybody."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from umid_research.analysis.percentages import Percentage, percentage, survey_percentage
from umid_research.clean import ANSWERED, NOT_ASKED, Cleaned, question_columns
from umid_research.disclosure.frame import row_frame
from umid_research.study import Study
from umid_research.study.questionnaire import Question, Questionnaire


def answer_rows(
    cleaned: Cleaned, questionnaire: Questionnaire, study: Study
) -> Iterator[pd.DataFrame]:
    """Yield counts of answers over everybody, by group and by district, for questions with choices.

    Field-work roles such as sex and mode are shown over everybody only. A question that was not
    asked of every group is not shown by district: there it would reveal the groups that were asked.
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
    """Add percentages over everybody and their limits, where precise; see `percentages`."""
    if counts.empty:
        return counts
    percentages = [_percentage(row, cleaned, study) for row in counts.itertuples()]
    precise = np.array([one.is_precise for one in percentages])
    return counts.assign(
        percent=np.where(precise, [round(100 * one.share, 1) for one in percentages], np.nan),
        low=np.where(precise, [np.floor(1000 * one.low) / 10 for one in percentages], np.nan),
        high=np.where(precise, [np.ceil(1000 * one.high) / 10 for one in percentages], np.nan),
    )


def _percentage(row: Any, cleaned: Cleaned, study: Study) -> Percentage:
    """Return the percentage as if of a random sample, with any weights and clusters."""
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
    """Count answers: question, keys, answer, value (who gave it), respondents (who answered)."""
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
    """Apply rules 1 and 3, then withhold one more cell where a single one could be worked out."""
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
    # Each choice of a select_multiple is a yes-or-no question, so "no" may be unanimous too.
    nobody_or_all = everyone | (counts["value"] == 0)
    shown = enough & ~np.where(several, nobody_or_all, unanimous)
    counts = counts.assign(shown=shown)
    if cell:
        counts = _with_secondary_suppression(counts, study, key=cell[0])
    return row_frame(table, counts, statistic="count", shown=counts["shown"])


def _with_secondary_suppression(counts: pd.DataFrame, study: Study, *, key: str) -> pd.DataFrame:
    """Withhold further cells, the smallest first, until those withheld are large enough.

    The total minus what is shown is known to every reader. So at least two cells must be withheld
    per answer, with `thresholds.answers` respondents together.
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
    # The answers of a cell add up to its base, so a single withheld one could be worked out.
    whole = together.groupby(key)["shown"].transform("all")
    return together.assign(shown=whole)


def not_knowing_rows(cleaned: Cleaned, questionnaire: Questionnaire, study: Study) -> pd.DataFrame:
    """Count, per dimension and over everybody, the questions put and what became of them.

    `asked` counts the questions put, and `answered` the answers other than the codes of `missing`.
    The codes of `missing` are counted by kind. The remaining questions were left blank.
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
