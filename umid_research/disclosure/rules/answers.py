"""Rows of `published` on single questions: counts of answers, and percentages over everybody."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from umid_research.analysis.percentages import Percentage, percentage, survey_percentage
from umid_research.analysis.ticked import ticked
from umid_research.clean import ANSWERED, NOT_ASKED, Cleaned, question_columns
from umid_research.disclosure.frame import row_frame
from umid_research.disclosure.rules.small_counts import is_small, without_small_counts
from umid_research.study import Study
from umid_research.study.questionnaire import Question, Questionnaire


def answer_rows(
    cleaned: Cleaned, questionnaire: Questionnaire, study: Study
) -> Iterator[pd.DataFrame]:
    """Yield counts of answers over everybody, by group and by district, for questions with choices.

    Field-work roles such as sex and mode are shown over everybody only, and so are the places of a
    ranking: what is put in one place is put in no other, so counts by group could reveal more than
    each of them. A question that was not asked of every group is not shown by district: there it
    would reveal the groups that were asked. Everybody knows the few women, or the few men, in a
    study: where fewer than `thresholds.answers` people are of a sex, neither sex is counted, as in
    the indicator of people interviewed (`indicators.published`).
    """
    everyone = cleaned.responses["group"].nunique()
    whole_only = set(study.roles.named().values()).union(*questionnaire.places.values())
    for name in question_columns(cleaned.states):
        question = questionnaire[name]
        if not question.choices:
            continue
        given = cleaned.responses.loc[cleaned.states[name] == ANSWERED, name]
        of_people = ticked(given, question)
        counts = _counts(of_people, cleaned, question, [])
        totals = _shown_answers("answers", counts, study, cell=[])
        if name == study.roles.sex:
            few = is_small(counts["value"], study.thresholds.answers).any()
            totals["shown"] &= not few
        yield _with_percent(totals, of_people, cleaned, study)
        asked = cleaned.responses["group"][cleaned.states[name] != NOT_ASKED].nunique()
        parts = ("group", "district") if asked == everyone else ("group",)
        for key in () if name in whole_only else parts:
            counts = _counts(of_people, cleaned, question, [key])
            yield _shown_answers(f"answers_by_{key}", counts, study, cell=[key])


def _with_percent(
    counts: pd.DataFrame, of_people: pd.DataFrame, cleaned: Cleaned, study: Study
) -> pd.DataFrame:
    """Add percentages over everybody and their limits, where precise; see `percentages`."""
    if counts.empty:
        return counts
    percentages = [_percentage(row, of_people, cleaned, study) for row in counts.itertuples()]
    precise = np.array([one.is_precise for one in percentages])
    return counts.assign(
        percent=np.where(precise, [round(100 * one.share, 1) for one in percentages], np.nan),
        low=np.where(precise, [np.floor(1000 * one.low) / 10 for one in percentages], np.nan),
        high=np.where(precise, [np.ceil(1000 * one.high) / 10 for one in percentages], np.nan),
    )


def _percentage(row: Any, of_people: pd.DataFrame, cleaned: Cleaned, study: Study) -> Percentage:
    """Return the percentage as if of a random sample, with any weights and clusters."""
    clustered = study.roles.unit is not None and not study.is_matched
    if study.roles.weight is None and not clustered:
        return percentage(int(row.value), int(row.respondents))
    answered = cleaned.responses.loc[of_people.index]
    stratified = study.design.strata == "district"
    return survey_percentage(
        of_people[row.answer].to_numpy(dtype=float),
        answered["weight"].to_numpy(),
        answered["unit"] if clustered else answered["respondent"],
        answered["district"] if stratified else pd.Series("", index=answered.index),
    )


def _counts(
    of_people: pd.DataFrame, cleaned: Cleaned, question: Question, keys: list[str]
) -> pd.DataFrame:
    """Count answers: question, keys, answer, value (who gave it), respondents (who answered)."""
    columns = [*keys, "question", "kind", "answer", "value", "respondents"]
    if of_people.empty:
        return pd.DataFrame(columns=columns)
    of_cell = cleaned.responses.loc[of_people.index, keys]
    # Cells come in the order of the export; `in_the_studys_order` sorts them later.
    cell = np.zeros(len(of_people), dtype=int)
    if keys:
        cell = of_cell.groupby(keys, sort=False).ngroup().to_numpy()
    bases = np.bincount(cell)
    value = np.zeros((len(bases), of_people.shape[1]), dtype=int)
    np.add.at(value, cell, of_people.to_numpy())
    first = np.unique(cell, return_index=True)[1]
    named = of_cell.iloc[np.tile(first, of_people.shape[1])].reset_index(drop=True)
    return named.assign(
        question=question.name,
        kind=question.kind,
        answer=np.repeat(np.array(of_people.columns, dtype=object), len(bases)),
        value=value.T.ravel(),
        respondents=np.tile(bases, of_people.shape[1]),
    )[columns]


def _shown_answers(
    table: str, counts: pd.DataFrame, study: Study, *, cell: list[str]
) -> pd.DataFrame:
    """Apply rules 1, 3 and 7; where a single cell could be worked out, withhold one more."""
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
    if cell:
        shown = with_second_cell(
            shown, counts["respondents"], counts["answer"], study.thresholds.answers
        )
        # Answers of one choice add up to the cell's base, so a single one could be worked out.
        whole = pd.Series(shown, counts.index).groupby(counts[cell[0]]).transform("all")
        shown = np.where(several, shown, whole)
    shown = without_small_counts(
        shown,
        counts,
        study.thresholds.count,
        cell=cell[0] if cell else None,
        several=bool(several.any()),
    )
    return row_frame(table, counts, statistic="count", shown=shown)


def with_second_cell(
    shown: pd.Series, bases: pd.Series, answers: pd.Series, least: int
) -> np.ndarray:
    """Withhold further cells of an answer, the smallest first, until those withheld are enough.

    The total minus what is shown is known to every reader. So at least two cells must be withheld
    per answer, with `least` respondents together.
    """
    visible, base = shown.to_numpy(dtype=bool).copy(), bases.to_numpy()
    for places in answers.reset_index(drop=True).groupby(answers.to_numpy()).indices.values():
        order = places[np.argsort(base[places], kind="stable")]
        hidden = ~visible[order]
        while hidden.any() and not hidden.all():
            if hidden.sum() >= 2 and base[order][hidden].sum() >= least:
                break
            hidden[np.argmin(hidden)] = True
        visible[order] = ~hidden
    return visible


def not_knowing_rows(cleaned: Cleaned, questionnaire: Questionnaire, study: Study) -> pd.DataFrame:
    """Count, per dimension and over everybody, the questions put and what became of them.

    `asked` counts the questions put, and `answered` the answers other than the codes of `missing`.
    The codes of `missing` are counted by kind. The remaining questions were left blank. As all of
    them add up to the questions put, a dimension with a small count is withheld (rule 7).
    """
    rows = []
    for dimension in questionnaire.dimensions:
        items = questionnaire.items(dimension)
        names = [item.name for item in items]
        states, answers = cleaned.states[names], cleaned.responses[names]
        counts: dict[str, int] = {
            kind: int(answers.isin({one.name: one.missing(kind) for one in items}).to_numpy().sum())
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
    small = is_small(table["value"], study.thresholds.count)
    any_small = small.groupby(table["dimension"]).transform("any")
    return table.assign(shown=(table["respondents"] >= study.thresholds.answers) & ~any_small)
