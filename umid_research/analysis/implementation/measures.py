"""Read measures.csv, the register of the plan's measures, as frame `measures`."""

from pathlib import Path

import pandas as pd

from umid_research.clean.privacy import Content
from umid_research.clean.registers import read_register
from umid_research.errors import StudyError
from umid_research.frames import Schema, code, text
from umid_research.study import Study

NAME = "measures"
RELEVANCE = ("direct", "indirect", "none", "unknown")
VERIFIED = ("yes", "no")
_TEXT = "text_"
_ID = r"[A-Za-z0-9][A-Za-z0-9._-]*"
_UNKNOWN = "is not a possible value"
MEASURES = Schema(
    "measures",
    {
        **{name: text() for name in ("id", "area")},
        f"^{_TEXT}.+$": text(regex=True, required=False),
        **{name: text(blank=True) for name in ("executor", "deadline")},
        "evidence_items": text(),
        "relevance": code(RELEVANCE),
        "verified": code(VERIFIED),
        "source": text(),
    },
    key=("id",),
)


def read_measures(folder: Path, study: Study) -> pd.DataFrame | None:
    """Return the frame `measures`; None if the study has no such register.

    One row per measure: id, area, a text per language, executor, deadline, evidence_items (keys
    joined by spaces), relevance, verified (yes or no), source.

    Raises
    ------
    StudyError
        A measure is invalid; the error names file, row and column. Unlike a wrong check, a wrong
        measure cannot be set aside, because everything else refers to the measures.
    """
    columns = _columns(study)
    rows = read_register(folder, NAME, columns, names=study.names)
    if rows is None:
        return None
    items = rows["evidence_items"]
    is_required = [set(text.split()) <= set(study.evidence_items) for text in items]
    filled = [*_texts(study), "evidence_items", "source"]
    for column, is_right, problem, possible in (
        ("id", rows["id"].str.fullmatch(_ID), "is not a code", None),
        ("id", ~rows["id"].duplicated(), "is not unique", None),
        *((name, rows[name] != "", "is blank", None) for name in filled),
        ("area", rows["area"].isin(list(study.areas)), _UNKNOWN, study.areas),
        ("evidence_items", pd.Series(is_required, dtype=bool), _UNKNOWN, study.evidence_items),
        ("relevance", rows["relevance"].isin(RELEVANCE), _UNKNOWN, RELEVANCE),
        ("verified", rows["verified"].isin(VERIFIED), _UNKNOWN, VERIFIED),
    ):
        if not is_right.all():
            row = rows[~is_right.astype(bool)].iloc[0]
            raise StudyError(
                problem,
                where=f"{row['file']}, row {row['row']}, column {column}",
                found=row[column],
                possible=possible,
            )
    return rows[list(columns)]


def no_measures(study: Study) -> pd.DataFrame:
    """Return the register without rows."""
    return pd.DataFrame(columns=list(_columns(study)), dtype="str")


def _columns(study: Study) -> dict[str, Content]:
    return {
        **dict.fromkeys(("id", "area"), Content.CODE),
        **dict.fromkeys(_texts(study), Content.DOCUMENT),
        **dict.fromkeys(("executor", "deadline"), Content.INTERNAL),
        **dict.fromkeys(("evidence_items", "relevance", "verified"), Content.CODE),
        "source": Content.INTERNAL,
    }


def _texts(study: Study) -> list[str]:
    return [_TEXT + language for language in study.languages]


def required_items(measures: pd.DataFrame) -> pd.DataFrame:
    """Return one row per measure × required evidence item: measure, area, item."""
    items = measures["evidence_items"].str.split()
    required = measures.assign(item=items).explode("item", ignore_index=True)
    return required.rename(columns={"id": "measure"})[["measure", "area", "item"]]
