"""Find the rows of submissions that are set aside whatever their answers are.

Drafts, deleted and rejected submissions, those sent to try the form, and those that a person sets
aside in corrections.csv are never analysed. So a mistake in one of them, such as two different
answers to one question, must not stop the run. `clean` records the rule of each.
"""

from collections.abc import Collection
from dataclasses import replace

import pandas as pd

from umid_research.raw.columns import join_columns
from umid_research.raw.export import Export
from umid_research.raw.review import DELETED, DRAFT, REJECTED, TEST, UNDER_REVIEW
from umid_research.raw.table import Table
from umid_research.study import Study


def without_rows_set_aside(export: Export, names: Collection[str], study: Study) -> Export:
    """Return the export with the columns of each question joined, and the rows that are set aside.

    `names` are the uuids, or file:row, of the submissions that a person sets aside.
    """
    index = export.table.cells.index
    place = pd.Series([f"{export.file}:{row}" for row in index], index=index)
    by_person = place.isin(names) | export.uuid.isin(names)
    export = replace(export, table=_with_aside(export, by_person))
    aside = by_person | export.keys["review_state"].isin(_states_aside(study))
    aside |= _is_test(export, study)
    export = replace(export, table=_with_aside(export, aside))
    return replace(export, table=join_columns(export.table, export.columns))


def _with_aside(export: Export, rows: pd.Series) -> Table:
    return replace(export.table, aside=frozenset(rows.index[rows]))


def _states_aside(study: Study) -> list[str]:
    """Return the states whose submissions the study sets aside."""
    chosen = {REJECTED: study.review.rejected, UNDER_REVIEW: study.review.under_review}
    return [DRAFT, DELETED, TEST, *(s for s, action in chosen.items() if action == "set_aside")]


def _is_test(export: Export, study: Study) -> pd.Series:
    """Return the rows that `test_submissions` of study.toml names, by their texts as received."""
    trials, keys = study.test_submissions, export.keys
    if trials is None or trials.column not in {*keys, *export.columns.answers}:
        return pd.Series(False, index=keys.index)
    position = export.columns.answers.get(trials.column)
    cells = keys[trials.column] if position is None else export.table.cells[position]
    wanted = {text.strip().casefold() for text in trials.values}  # noqa: PD011
    return cells.astype(str).str.strip().str.casefold().isin(wanted)
