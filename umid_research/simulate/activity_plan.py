"""Read activities/simulation.toml as a frozen `ActivityPlan`; the bundled file has comments."""

import datetime
import tomllib
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from umid_research.errors import StudyError
from umid_research.simulate.plans import Share

FILE = "simulation.toml"
Cells = dict[str, str]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _Dated(_Frozen):
    first_day: datetime.date
    last_day: datetime.date


class InformationPlan(_Dated):
    """Which localities have pages, what is posted, and how many screenshots exist."""

    platforms: tuple[str, ...] = Field(min_length=1)
    without: tuple[str, ...] = ()
    second: tuple[str, ...] = ()
    silent: tuple[str, ...] = ()
    page_screenshots: int = Field(ge=0)
    post_screenshots: int = Field(ge=0)
    counts: dict[str, int]
    titles: dict[str, tuple[str, ...]]


class ConsultationPlan(_Dated):
    """Which consultations are not held, and which are held in person in addition."""

    hybrid: Share
    missing: dict[str, tuple[str, ...]]
    in_person: tuple[str, ...] = ()
    topics: tuple[str, ...] = Field(min_length=1)
    e_topics: tuple[str, ...] = Field(min_length=1)


class AttendancePlan(_Frozen):
    """How many people attend, how many come again, and how their names are written then."""

    people: tuple[int, int]
    again: Share
    women: Share
    workshop_people: int
    workshop_again: Share
    born: tuple[int, int]
    spellings: tuple[Literal["plain", "capitals", "swapped", "typo", "cyrillic", "no_year"], ...]
    namesakes: int = Field(ge=0)
    first_names: dict[str, tuple[str, ...]]
    last_names: dict[str, tuple[str, ...]]


class TestPlan(_Frozen):
    """What people know before, how much they gain, and who misses a test."""

    __test__ = False  # keeps pytest from collecting this class as a test

    before: dict[str, Share]
    gain: Share
    places: Share
    left_early: Share
    came_late: Share
    again: Share


class CardPlan(_Dated):
    """How many batches of cards a locality gets, and the range of their size in tens."""

    per_locality: int
    copies: tuple[int, int]


class PaymentPlan(_Dated):
    """How many families pay, and how many bills they pay in total."""

    families: int
    rows: int
    portals: tuple[str, ...] = Field(min_length=1)
    first_time: dict[str, Share]


class ProposalText(_Frozen):
    """A proposal in its original language, with translations."""

    area: str
    addressee: str
    measure: str = ""
    dimension: str = ""
    language: str
    az: str = ""
    en: str = ""
    ru: str = ""


class Again(_Frozen):
    """A repetition of the proposal with number `of`, counted from 1."""

    of: int = Field(ge=1)
    language: str
    text: str


class Different(_Frozen):
    """Two proposals with similar words that a person has decided to be different."""

    first: int = Field(ge=1)
    second: int = Field(ge=1)
    reason: str


class Letter(_Frozen):
    """A letter with the proposals that were last made on or before `until`."""

    letter: str
    until: datetime.date
    sent: datetime.date


class ProposalPlan(_Frozen):
    """Which proposals are made, which are submitted, and which get a reply."""

    letters: tuple[Letter, ...]
    unsent: int
    replied: datetime.date
    replies: tuple[str, ...] = Field(min_length=1)
    texts: tuple[ProposalText, ...] = Field(min_length=1)
    again: tuple[Again, ...] = ()
    different: tuple[Different, ...] = ()


class Flaw(_Frozen):
    """A flaw, the row in which it is planted, and the issue that must be reported."""

    register_name: str = Field(alias="register")
    kind: Literal["copy", "cell", "twin", "merged", "rows"] = "copy"
    row: int = Field(default=1, ge=1)
    cells: Cells = {}
    form: str = ""
    rows: tuple[Cells, ...] = ()
    column: str
    rule: str
    action: str = "set aside"

    @model_validator(mode="after")
    def _has_what_its_kind_needs(self) -> "Flaw":
        if (self.kind == "rows") != bool(self.rows):
            raise ValueError("`rows` belong to the kind rows, and to no other")
        if self.kind in ("copy", "cell") and not (self.cells or self.form):
            raise ValueError("a flaw changes `cells`, or writes a cell in another `form`")
        return self


class ActivityPlan(_Frozen):
    """The content of activities/simulation.toml."""

    information: InformationPlan
    consultations: ConsultationPlan
    attendance: AttendancePlan
    tests: TestPlan
    cards: CardPlan
    payments: PaymentPlan
    proposals: ProposalPlan
    rows: dict[str, tuple[Cells, ...]]
    flaws: tuple[Flaw, ...] = ()


def read_plan(folder: Path) -> ActivityPlan | None:
    """Return the plan in `folder/simulation.toml`; None if there is no such file.

    Raises
    ------
    StudyError
        The file is malformed; the error names the file and the entry.
    """
    path = Path(folder) / FILE
    if not path.is_file():
        return None
    try:
        return ActivityPlan.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except tomllib.TOMLDecodeError as error:
        raise StudyError(f"is not valid TOML: {error}", where=str(path)) from error
    except ValidationError as error:
        first: Any = error.errors()[0]
        entry = ".".join(str(part) for part in first["loc"])
        raise StudyError(
            first["msg"].removeprefix("Value error, "), where=f"{path}, entry {entry}"
        ) from error
