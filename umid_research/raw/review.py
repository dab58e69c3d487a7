"""Read what the survey platform, or the study, says of each submission: its state.

KoboToolbox calls it validation, ODK Central and SurveyCTO call it review. Each word that they write
means one of these states:

    KoboToolbox    ODK Central      SurveyCTO         other        ->  state
    Approved       approved         approved                           approved
    Not Approved   rejected         rejected, fake                     rejected
    On Hold        hasIssues        pending, poor                      under_review
                   notDecrypted                       draft, saved     draft
                                                      deleted          deleted
                                                      test, trial      test
    (blank)        (blank), edited  none, good, okay  submitted        "" (nobody has decided yet)

Columns such as `is_draft`, `deleted_at` or `is_test` hold yes and no, or a time: any text but no
and a blank means the state. Any other word is an error, so that no rejected submission is counted
because its state was not recognised. In study.toml, `review.states` can define further words, and
`review.columns` any column with its values.
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, get_args

import numpy as np
import pandas as pd

from umid_research.errors import ExportError, StudyError
from umid_research.raw.table import Table, normal
from umid_research.study import Study
from umid_research.study.entries import ReviewState

APPROVED, REJECTED, UNDER_REVIEW, UNDECIDED = "approved", "rejected", "under_review", ""
DRAFT, DELETED, TEST = "draft", "deleted", "test"
# If two columns, or two downloads of one submission, differ, the first of these states counts.
STRICTEST_FIRST = (DELETED, TEST, DRAFT, REJECTED, UNDER_REVIEW, APPROVED, UNDECIDED)
_COLUMNS = frozenset(
    {
        *("validationstatus", "validationstatusuid", "validationstatuslabel"),
        *("reviewstate", "systemreviewstate", "reviewstatus", "reviewquality"),
        *("submissionstatus", "systemstatus", "submissionstate"),
    }
)
# KoboToolbox and ODK Central, whose files have a column `KEY`, have a status too.
_KOBO_STATUS, _CENTRAL_STATUS, _CENTRAL_KEY = "_status", "Status", "KEY"
# Folded header of a column with yes and no, or a time -> the state that it means.
_MARKS: Mapping[str, str] = {
    **dict.fromkeys(("draft", "isdraft", "incomplete", "isincomplete"), DRAFT),
    **dict.fromkeys(
        ("deleted", "isdeleted", "deletedat", "systemdeletedat", "dateofdeletion"), DELETED
    ),
    **dict.fromkeys(("test", "istest", "testsubmission", "istestsubmission"), TEST),
}
_NO = frozenset({"", "0", "no", "false", "none", "null", "n"})
_YES = frozenset({"1", "yes", "true", "y"})
_TIME = re.compile(r"[\dTZ:.,+/\-\s]*\d[\dTZ:.,+/\-\sAPMapm]*")
_STATES: Mapping[str, str] = {
    **dict.fromkeys(("approved",), APPROVED),
    **dict.fromkeys(("notapproved", "rejected", "fake"), REJECTED),
    **dict.fromkeys(("onhold", "hasissues", "pending", "underreview", "poor"), UNDER_REVIEW),
    **dict.fromkeys(("draft", "saved", "incomplete", "partial", "inprogress", "unfinished"), DRAFT),
    # Encrypted submissions that ODK Central could not read: their answers are missing.
    **dict.fromkeys(("notdecrypted", "missingencryptedformdata"), DRAFT),
    **dict.fromkeys(("deleted", "removed", "trashed", "softdeleted"), DELETED),
    **dict.fromkeys(("test", "testing", "trial", "preview"), TEST),
    **dict.fromkeys(("", "none", "null", "nostatus", "received", "edited"), UNDECIDED),
    **dict.fromkeys(("good", "okay", "unclassified", "undecided"), UNDECIDED),
    **dict.fromkeys(("submitted", "submittedviaweb", "sent", "complete", "completed"), UNDECIDED),
    **dict.fromkeys(("final", "finalized", "finalised"), UNDECIDED),
}
# Older exports of KoboToolbox write the whole record of the decision into the cell.
_KOBO = re.compile(r"validation_status_(approved|not_approved|on_hold)\b")
_NO_LETTERS = re.compile(r"[\W_]+")
ANY_TEXT = "*"
# The column's position -> its values, folded, and their states; None for one that a platform wrote.
ReviewColumns = Mapping[int, Mapping[str, str] | None]


def review_columns(texts: Mapping[int, str], others: Iterable[int], study: Study) -> ReviewColumns:
    """Return the columns with states among those with the headers `texts`.

    `others` are the columns that hold no question: only these can be a platform's. The study can
    name any column.
    """
    ignored = frozenset(map(normal, study.ignored_columns))
    named = {
        normal(name): {_folded(value): state for value, state in values.items()}
        for name, values in study.review.columns.items()
    }
    found: dict[int, Mapping[str, str] | None] = {
        position: None
        for position in others
        if texts[position] not in ignored
        and (
            _is_review_column(texts[position])
            or (texts[position] == _CENTRAL_STATUS and _CENTRAL_KEY in texts.values())
        )
    }
    return found | {p: named[text] for p, text in texts.items() if text in named}


def check_review_columns(tables: Iterable[Table], study: Study) -> None:
    """Raise StudyError if `review.columns` names a column that no file has."""
    headers = [normal(text) for table in tables for text in table.header.values()]
    for name in study.review.columns:
        if normal(name) not in headers:
            raise StudyError(
                "names a column that no file in `responses` has",
                where="study.toml, entry review.columns",
                found=name,
                possible=dict.fromkeys(headers),
            )


def review_states(table: Table, columns: ReviewColumns, study: Study) -> pd.Series:
    """Return the state of each row, the strictest if several columns hold one.

    Raises ExportError naming the cell with an unknown word.
    """
    strictest = np.full(len(table.cells), len(STRICTEST_FIRST) - 1)
    for position, own in columns.items():
        cells = table.cells[position]
        read = _own_reader(own) if own is not None else _reader(table.header[position], study)
        states = {text: read(text) for text in cells.unique()}
        unknown = cells[cells.map({text: state is None for text, state in states.items()})]
        unknown = unknown[unknown.index.isin(table.cells.index[table.judged])]
        if not unknown.empty:
            raise _unknown_word(table, position, unknown, study)
        ranks = {text: STRICTEST_FIRST.index(state or UNDECIDED) for text, state in states.items()}
        strictest = np.minimum(strictest, cells.map(ranks).to_numpy(dtype=int))
    return pd.Series(np.array(STRICTEST_FIRST, dtype=object)[strictest], index=table.cells.index)


def _own_reader(states: Mapping[str, str]) -> Callable[[str], str]:
    """Return a function that reads a column of the study: text -> state."""

    def read(text: str) -> str:
        given = states.get(_folded(text), states.get(ANY_TEXT) if text.strip() else None)
        return _state(given or UNDECIDED)

    return read


def _reader(header: str, study: Study) -> Callable[[str], str | None]:
    """Return a function that reads a column of a platform: text -> state, None if unknown."""
    known = {**_STATES, **{_folded(word): s for word, s in study.review.states.items()}}
    mark = _MARKS.get(_folded(header))

    def read(text: str) -> str | None:
        word = _folded(text)
        if mark is not None and word in _NO:
            return UNDECIDED
        if mark is not None and (word in _YES or _TIME.fullmatch(text.strip())):
            return mark
        recorded = _KOBO.search(text)
        found = known.get(_folded(recorded[1]) if recorded else word)
        return None if found is None else _state(found)

    return read


def _state(name: str) -> str:
    """Return the state that study.toml calls by this name."""
    return UNDECIDED if name == "undecided" else name


def _unknown_word(table: Table, position: int, unknown: pd.Series, study: Study) -> ExportError:
    word, header = unknown.iloc[0], table.header[position]
    ignored = json.dumps([*study.ignored_columns, normal(header)], ensure_ascii=False)
    return ExportError(
        "has an unknown review state; say what it means, or ignore the column",
        where=f"{table.where}, row {unknown.index[0]}, column {header}",
        found=word,
        possible=get_args(ReviewState),
        to_copy=[_with_state(study, word), f"ignored_columns = {ignored}"],
    )


def _with_state(study: Study, word: str) -> str:
    """Return the line of study.toml that defines a further word, with what is there already."""
    states = {**study.review.states, word: "under_review"}
    others = study.review.model_dump(include=study.review.model_fields_set - {"states"})
    if not others:
        return f"review.states = {_in_toml(states)}"
    return f"review = {_in_toml({**others, 'states': states})}"


def _in_toml(value: str | Mapping[str, Any]) -> str:
    """Return the value in TOML syntax on one line."""
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    return f"{{ {', '.join(f'{_in_toml(k)} = {_in_toml(v)}' for k, v in value.items())} }}"


def _is_review_column(header: str) -> bool:
    folded = _folded(header)
    return folded in _COLUMNS or folded in _MARKS or header == _KOBO_STATUS


def _folded(text: str) -> str:
    return _NO_LETTERS.sub("", text).casefold() or text.strip()
