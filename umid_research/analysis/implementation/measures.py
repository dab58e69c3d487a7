"""Read measures.csv, the register of the plan's measures, as frame `measures`."""

from pathlib import Path
from typing import Literal

import pandas as pd
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from umid_research.clean.privacy import Content
from umid_research.clean.registers import read_register
from umid_research.errors import StudyError
from umid_research.study import Study

NAME = "measures"
_TEXT = "text_"


class _Measure(BaseModel):
    model_config = ConfigDict(extra="allow")

    id: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")
    area: str = Field(min_length=1)
    executor: str
    deadline: str
    evidence_items: str = Field(min_length=1)
    relevance: Literal["direct", "indirect", "none", "unknown"]
    verified: Literal["yes", "no"]
    source: str = Field(min_length=1)


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
    texts = tuple(_TEXT + language for language in study.languages)
    columns = {
        **dict.fromkeys(("id", "area"), Content.CODE),
        **dict.fromkeys(texts, Content.DOCUMENT),
        **dict.fromkeys(("executor", "deadline"), Content.INTERNAL),
        **dict.fromkeys(("evidence_items", "relevance", "verified"), Content.CODE),
        "source": Content.INTERNAL,
    }
    rows = read_register(folder, NAME, columns, names=study.names)
    if rows is None:
        return None
    _check_cells(rows)
    for column, wrong, possible in (
        ("id", rows["id"].duplicated(), None),
        ("area", ~rows["area"].isin(list(study.areas)), study.areas),
        ("evidence_items", ~rows["evidence_items"].map(_all_in(study)), study.evidence_items),
        *((text, rows[text] == "", None) for text in texts),
    ):
        if wrong.any():
            row = rows[wrong].iloc[0]
            problem = {"id": "is not unique", column: "is not defined in the study"}[column]
            raise StudyError(
                "has no text" if column in texts else problem,
                where=f"{row['file']}, row {row['row']}, column {column}",
                found=row[column],
                possible=possible,
            )
    return rows[list(columns)]


def required_items(measures: pd.DataFrame) -> pd.DataFrame:
    """Return one row per measure × required evidence item: measure, area, item."""
    items = measures["evidence_items"].str.split()
    required = measures.assign(item=items).explode("item", ignore_index=True)
    return required.rename(columns={"id": "measure"})[["measure", "area", "item"]]


def _all_in(study: Study):  # type: ignore[no-untyped-def]
    return lambda text: set(text.split()) <= set(study.evidence_items)


def _check_cells(rows: pd.DataFrame) -> None:
    try:
        TypeAdapter(list[_Measure]).validate_python(rows.to_dict("records"))
    except ValidationError as error:
        first = error.errors()[0]
        place, column = int(first["loc"][0]), first["loc"][1]
        row = rows.iloc[place]
        raise StudyError(
            first["msg"],
            where=f"{row['file']}, row {row['row']}, column {column}",
            found=first["input"],
        ) from error
