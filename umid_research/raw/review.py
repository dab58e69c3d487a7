"""Read the survey platform's review of each submission.

KoboToolbox calls it validation, ODK Central and SurveyCTO call it review. Each word that they write
means one of four states:

    KoboToolbox    ODK Central      SurveyCTO         ->  state
    Approved       approved         approved              approved
    Not Approved   rejected         rejected, fake        rejected
    On Hold        hasIssues        pending, poor         under_review
    (blank)        (blank), edited  none, good, okay      "" (nobody has decided yet)

Any other word is an error, so that no rejected submission is counted because its state was not
recognised. `review.states` in study.toml can define further words.
"""

import re
from collections.abc import Mapping

import numpy as np
import pandas as pd

from umid_research.errors import ExportError
from umid_research.raw.table import Table

APPROVED, REJECTED, UNDER_REVIEW, UNDECIDED = "approved", "rejected", "under_review", ""
# If two columns, or two downloads of one submission, differ, the first of these states counts.
STRICTEST_FIRST = (REJECTED, UNDER_REVIEW, APPROVED, UNDECIDED)
_COLUMNS = frozenset(
    {
        *("validationstatus", "validationstatusuid", "validationstatuslabel"),
        *("reviewstate", "systemreviewstate", "reviewstatus", "reviewquality"),
    }
)
_STATES: Mapping[str, str] = {
    **dict.fromkeys(("approved",), APPROVED),
    **dict.fromkeys(("notapproved", "rejected", "fake"), REJECTED),
    **dict.fromkeys(("onhold", "hasissues", "pending", "underreview", "poor"), UNDER_REVIEW),
    **dict.fromkeys(("", "none", "null", "nostatus", "received", "edited"), UNDECIDED),
    **dict.fromkeys(("good", "okay", "unclassified"), UNDECIDED),
}
# Older exports of KoboToolbox write the whole record of the decision into the cell.
_KOBO = re.compile(r"validation_status_(approved|not_approved|on_hold)\b")
_NO_LETTERS = re.compile(r"[\W_]+")


def is_review_column(header: str) -> bool:
    """Return whether a column with this header holds the platform's review."""
    return _folded(header) in _COLUMNS


def review_states(table: Table, positions: tuple[int, ...], own: Mapping[str, str]) -> pd.Series:
    """Return the state of each row, the strictest if several columns hold one.

    `own` maps further words to states. Raises ExportError naming the cell with an unknown word.
    """
    known = {**_STATES, **{_folded(word): state for word, state in own.items()}}
    strictest = np.full(len(table.cells), len(STRICTEST_FIRST) - 1)
    for position in positions:
        cells = table.cells[position]
        ranks = {text: _rank(text, known) for text in cells.unique()}
        unknown = cells[cells.map(ranks).isna()]
        if not unknown.empty:
            raise ExportError(
                "has an unknown review state; define it in study.toml, or name "
                "the column in `ignored_columns`",
                where=f"{table.where}, row {unknown.index[0]}, column {table.header[position]}",
                found=unknown.iloc[0],
                possible=[
                    *("Approved", "Not Approved", "On Hold", "hasIssues", "rejected", "a blank"),
                    f'review.states = {{ "{unknown.iloc[0]}" = "under_review" }}',
                ],
            )
        strictest = np.minimum(strictest, cells.map(ranks).to_numpy(dtype=int))
    return pd.Series(np.array(STRICTEST_FIRST, dtype=object)[strictest], index=table.cells.index)


def _rank(text: str, known: Mapping[str, str]) -> int | None:
    """Return the rank of the text's state in STRICTEST_FIRST, None for an unknown word."""
    recorded = _KOBO.search(text)
    state = known.get(_folded(recorded[1] if recorded else text))
    return None if state is None else STRICTEST_FIRST.index(state)


def _folded(text: str) -> str:
    return _NO_LETTERS.sub("", text).casefold()
