"""Rebuild `responses` from raw, issues and set_aside, to prove that every change was logged.

No answer is interpreted here. Each cell is taken as received (spaces stripped, ticks of a
select_multiple question in the form's order), the logged changes are applied in their order, and
the result is typed. Any difference from `responses` is a change that was not logged, or a logged
change that did not happen.

The log holds marks instead of free text, for privacy. A text that is logged as masked is masked
again by the same function, and a hidden correction is read from the corrections. So for free text
the replay proves which texts were changed, but not how.
"""

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from umid_research.clean.column import Column
from umid_research.clean.frame import (
    NUMERIC,
    published_fields,
    published_questions,
    typed_field,
)
from umid_research.clean.keys import numbers, respondent_keys
from umid_research.clean.log import CHANGING, NOT_SHOWN
from umid_research.clean.privacy import mask_texts, respondent_ids
from umid_research.study import Study
from umid_research.study.questionnaire import Question, Questionnaire


def replay(
    raw: pd.DataFrame,
    issues: pd.DataFrame,
    set_aside: pd.DataFrame,
    questionnaire: Questionnaire,
    study: Study,
    *,
    key: str,
    corrections: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Return `responses` rebuilt from the log; `issues` and `set_aside` may come from disk."""
    aside = pd.MultiIndex.from_frame(set_aside[["file", "row"]])
    kept = ~pd.MultiIndex.from_frame(raw[["file", "row"]]).isin(aside)
    respondent = respondent_ids(raw, key)[kept].reset_index(drop=True)
    received = raw[kept].reset_index(drop=True)
    columns = replayed_columns(received, issues, questionnaire.columns, study, corrections)
    keys, _ = respondent_keys(respondent, columns, study, key=key)
    return typed_responses(keys, columns, questionnaire, study)


def replayed_columns(
    received: pd.DataFrame,
    issues: pd.DataFrame,
    questions: Iterable[Question],
    study: Study,
    corrections: pd.DataFrame | None,
) -> dict[str, Column]:
    """Return the answers to each question as received, with the logged changes applied.

    `received` are the rows that were kept, each with its file and row.
    """
    changes = issues[issues["action"].isin(CHANGING) & issues["row"].notna()]
    changes = changes.assign(place=_places(received, changes), new=changes["new"].fillna(""))
    by_column = dict(list(changes.dropna(subset=["place"]).groupby("column", sort=False)))
    return {
        question.name: _replayed(received, question, by_column, study, corrections)
        for question in questions
    }


def _places(received: pd.DataFrame, changes: pd.DataFrame) -> np.ndarray:
    """Return the position in `received` of each change; NaN for submissions set aside."""
    rows = pd.MultiIndex.from_frame(received[["file", "row"]].astype({"row": "int64"}))
    wanted = pd.MultiIndex.from_frame(changes[["file", "row"]].astype({"row": "int64"}))
    places = rows.get_indexer(wanted).astype(float)
    return np.where(places < 0, np.nan, places)


def _replayed(
    received: pd.DataFrame,
    question: Question,
    by_column: dict[str, pd.DataFrame],
    study: Study,
    corrections: pd.DataFrame | None,
) -> Column:
    """Return one question's answers as received, with the logged changes applied."""
    answers = received[question.name].str.strip().to_numpy(dtype=object).copy()
    if (changes := by_column.get(question.name)) is not None:
        # A cell may have several changes: apply the first of each cell, then the second, …
        for _, step in changes.groupby(changes.groupby("place").cumcount()):
            places = step["place"].to_numpy(dtype=int)
            before, new = answers[places], step["new"].to_numpy(dtype=object, copy=True)
            masked = (step["action"] == "masked").to_numpy()
            new[masked] = mask_texts(pd.Series(before[masked], dtype=object), names=study.names)[0]
            hidden = ((step["rule"] == "correction") & (step["new"] == NOT_SHOWN)).to_numpy()
            new[hidden] = [_corrected(note, corrections) for note in step["note"][hidden]]
            answers[places] = new
    column = Column.of(pd.Series(answers, dtype=object))
    if question.kind == "select_multiple":
        return column.read_as(
            np.array([_in_order(text, question) for text in column.texts], dtype=object)
        )
    return column


def _in_order(text: str, question: Question) -> str:
    order = {name: place for place, name in enumerate(question.choice_names)}
    return " ".join(sorted(set(text.split()), key=lambda name: order.get(name, len(order))))


def _corrected(note: str, corrections: pd.DataFrame | None) -> str:
    table = pd.DataFrame({"line": [], "new": []}) if corrections is None else corrections
    (new,) = table.loc[table["line"].astype(str) == note.rpartition(" ")[2], "new"]
    return str(new)


def typed_responses(
    keys: pd.DataFrame, columns: Mapping[str, Column], questionnaire: Questionnaire, study: Study
) -> pd.DataFrame:
    """Return `responses`: the key columns, the typed answers to the published questions, fields."""
    answers = {
        name: typed(columns[name], questionnaire[name], keys.index)
        for name in published_questions(questionnaire, study)
    }
    fields = {field.name: field for field in questionnaire.calculated}
    for name in published_fields(questionnaire, study):
        answers[name] = typed_field(typed(columns[name], fields[name], keys.index))
    return pd.concat([keys, pd.DataFrame(answers, index=keys.index)], axis=1)


def typed(column: Column, question: Question, index: pd.Index) -> pd.Series:
    """Return numbers as floats and everything else as text; no answer is a missing value."""
    if question.kind in NUMERIC:
        return numbers(column, index)
    texts = pd.array([text or None for text in column.texts], dtype="str")
    return pd.Series(texts.take(column.codes), index=index)
