"""Frozen models of the tables `evidence`, `analyst` and `meetings` of simulation.toml."""

import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator

Share = Annotated[float, Field(ge=0, le=1)]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ItemPlan(_Frozen):
    """The shares of localities where an item is found or partly found, and where to look for it."""

    found: Share
    partly: Share
    where: tuple[str, ...] = Field(min_length=1)


class RowFlaw(_Frozen):
    """A copy of row number `copy_of`, counted from 1, with one cell changed."""

    copy_of: int = Field(ge=1, alias="copy")
    column: str
    value: str
    quote: str = ""


class EvidencePlan(_Frozen):
    """The checkers of evidence, the true state, and the planted errors."""

    first_day: datetime.date
    last_day: datetime.date
    checkers: tuple[str, str]
    second: Share
    first_wrong: Share
    missing: Share
    not_accessible: Share
    unchecked: tuple[str, ...] = ()
    items: dict[str, ItemPlan]
    flaws: tuple[RowFlaw, ...] = ()


class CodeFlaw(_Frozen):
    """A changed cell of the analyst's code for a measure and district."""

    measure: str
    district: str
    column: str
    value: str


class AnalystPlan(_Frozen):
    """The analyst, the reason per language (with a field `{percent}`), and the planted errors."""

    coded_by: str
    reason: dict[str, str] = Field(min_length=1)
    flaws: tuple[CodeFlaw, ...] = ()


class Pool(_Frozen):
    """Texts about certain themes in one language, and per other language their translations."""

    themes: tuple[str, ...] = Field(min_length=1)
    language: str
    pool: tuple[str, ...] = Field(min_length=1)
    translated: dict[str, tuple[str, ...]] = {}

    @field_validator("translated")
    @classmethod
    def _one_for_each_text(
        cls, translated: dict[str, tuple[str, ...]], info: ValidationInfo
    ) -> dict[str, tuple[str, ...]]:
        if any(len(texts) != len(info.data.get("pool", texts)) for texts in translated.values()):
            raise ValueError("each text of the pool needs one translation per language")
        return translated


class MeetingPlan(_Frozen):
    """The meetings, their themes and texts, the coders' disagreement, and the planted errors."""

    first_day: datetime.date
    last_day: datetime.date
    segments: tuple[int, int]
    coders: tuple[str, str]
    second: Share
    quote: Share
    per_district: dict[str, tuple[int, ...]]
    doubt: dict[str, Share]
    proposals: tuple[tuple[str, ...], ...] = ()
    interest: dict[str, dict[str, Share]]
    texts: tuple[Pool, ...] = Field(min_length=1)
    flaws: tuple[RowFlaw, ...] = ()
