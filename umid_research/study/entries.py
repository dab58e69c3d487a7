"""The entries of `study.toml`: districts, groups, roles, thresholds and the others."""

import datetime
from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, model_validator

Provenance = Literal["simulated", "field", "public"]
MissingKind = Literal["dont_know", "refused", "error", "not_asked"]
KINDS: tuple[MissingKind, ...] = get_args(MissingKind)
Side = Literal["demand", "supply"]
Names = dict[str, str]
ReviewState = Literal[
    "approved", "rejected", "under_review", "undecided", "draft", "deleted", "test"
]
ReviewAction = Literal["keep", "set_aside"]
Slug = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]*$")]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class FieldWork(_Frozen):
    """How the answers were collected, as readers need to know to judge them."""

    sponsor: Names
    conducted_by: Names
    start: datetime.date
    end: datetime.date
    recruitment: Names
    contacts: dict[str, int] = {}
    refusals: dict[str, int] = {}


class District(_Frozen):
    """A district: `code` is its choice in the form; its key in the table is the slug.

    `aliases` are other spellings of its name, `locality_aliases` those of each locality.
    """

    code: str
    name: Names
    iso: str | None = None
    aliases: tuple[str, ...] = ()
    localities: tuple[str, ...] = ()
    locality_aliases: dict[str, tuple[str, ...]] = {}


class Group(_Frozen):
    """A stakeholder group: `code` is its choice in the form, `quota` the planned units.

    `people` is what its respondents are called, such as "residents"; by default its name.
    """

    code: str
    name: Names
    aliases: tuple[str, ...] = ()
    quota: int | None = None
    people: Names | None = None
    side: Side | None = None
    matched: bool = False


class Roles(_Frozen):
    """The question that holds each role, such as the district or the group of a respondent.

    `interviewer` is the code of who asked; it is used in the field work and is in no report. It may
    also be a field that is no question: `username`, a calculated or a hidden one.
    """

    district: str
    group: str
    locality: str | None = None
    unit: str | None = None
    consent: str | None = None
    sex: str | None = None
    mode: str | None = None
    weight: str | None = None
    interviewer: str | None = None

    def named(self) -> dict[str, str]:
        """Return the roles that have a question: role -> question."""
        return {role: name for role, name in self if name is not None}


class MissingCodes(_Frozen):
    """Codes that are no answer: `not_asked` is counted nowhere, each other kind by itself."""

    dont_know: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    error: tuple[str, ...] = ()
    not_asked: tuple[str, ...] = ()


class Missing(MissingCodes):
    """The codes of every question, and in `lists` those that only one list of choices has.

    In its list, a code means what the list says, whatever it means elsewhere.
    """

    lists: dict[str, MissingCodes] = {}

    def kinds(self, list_name: str = "") -> dict[str, MissingKind]:
        """Return code -> kind for questions with this list of choices, or with none."""
        tables = [self, *([self.lists[list_name]] if list_name in self.lists else [])]
        return {code: kind for table in tables for kind in KINDS for code in getattr(table, kind)}

    def codes(self, kind: MissingKind, list_name: str = "") -> tuple[str, ...]:
        """Return the codes of one kind for questions with this list of choices, or with none."""
        return tuple(code for code, own in self.kinds(list_name).items() if own == kind)


class Trials(_Frozen):
    """How to recognise test submissions: by an answer, a file, a form version or another column.

    `column` is a question, or a column of `raw` such as file, version or uuid.
    """

    column: str
    values: tuple[str, ...] = Field(min_length=1)


class Review(_Frozen):
    """What to do with a submission, by its review state; submissions that are kept are flagged.

    `not_reviewed` applies to submissions without a decision in a file where others have one.
    Drafts, deleted and test submissions are always set aside. `states` maps further words of the
    platform to states; `columns` maps any column of the exports to its values and their states,
    where the value * is any text.
    """

    rejected: ReviewAction = "set_aside"
    under_review: ReviewAction = "keep"
    not_reviewed: ReviewAction = "keep"
    states: dict[str, ReviewState] = {}
    columns: dict[str, dict[str, ReviewState]] = {}


class Dimension(_Frozen):
    """A scored dimension; the form's column `dimension` holds its key."""

    name: Names


class Area(_Frozen):
    """A part of the plan; its key is used in the register of measures.

    `items` are the questions that ask how far this part is implemented; the codes of their scored
    choices are those of the IRM scale (not_started, limited, substantial, complete).
    """

    name: Names
    items: tuple[str, ...] = ()


class EvidenceItem(_Frozen):
    """Evidence that can be looked for in a locality, and the law or document that requires it.

    `source` is a text per language (some may be missing), or one text without a language.
    `verified` is true if somebody has read the source; otherwise reports say that nobody has.
    """

    name: Names
    source: str | Annotated[Names, Field(min_length=1)]
    verified: bool = False


class Theme(_Frozen):
    """A theme of the code frame for meetings and open proposals."""

    name: Names


class Design(_Frozen):
    """How the sampling design affects comparisons (analysis plan, section 2).

    With `strata`, units were drawn within districts, so groups are compared within districts.
    `family_b` lists the dimensions on which unmatched groups are compared, besides the index.
    """

    strata: Literal["district"] | None = None
    family_b: tuple[Slug, ...] = Field(default=(), max_length=2)


class Information(_Frozen):
    """The rights and contacts on the information page for respondents, per language.

    Each is a list of short texts; if they are missing, the page shows what to fill in.
    """

    rights: dict[str, tuple[str, ...]] = {}
    contact: dict[str, tuple[str, ...]] = {}


# The limits on how many people a number is based on.
_BASES = ("respondents", "answers")
# What the presets of `thresholds` set. Offices require three contributors to a mean, ten people
# behind a table, and withhold counts below a limit of three to ten (Hundepool et al. 2012,
# Statistical Disclosure Control, doi:10.1002/9781118348239, chapters 4 and 5).
_PRESETS: dict[str, dict[str, float]] = {
    "office": {"units": 3, "respondents": 10, "answers": 10, "count": 5, "protection": 20}
}


class Thresholds(_Frozen):
    """The limits of the disclosure rules (analysis plan, section 3) and of the speeding flag.

    Counts of people from 1 to `count` - 1 are withheld; 0 withholds none. A base of so few people
    would be such a count, so `respondents` and `answers` are at least `count`. `preset` sets all
    limits of the disclosure rules; entries beside it may only be stricter.

    A submission is flagged as too fast if its seconds per question are below `speeding_share` of
    the median of its mode, or below `speeding_seconds`; 0 switches a limit off.
    """

    preset: Literal["office"] | None = None
    units: int = Field(default=3, ge=1)
    respondents: int = Field(default=3, ge=1)
    answers: int = Field(default=5, ge=1)
    count: int = Field(default=0, ge=0)
    protection: float = Field(default=20, ge=0, le=100)
    speeding_share: float = Field(default=1 / 3, ge=0, le=1)
    speeding_seconds: float = Field(default=2, ge=0)

    @model_validator(mode="before")
    @classmethod
    def _fill_in_what_others_demand(cls, entries: Any) -> Any:
        if not isinstance(entries, dict):
            return entries
        filled = {**_PRESETS.get(str(entries.get("preset")), {}), **entries}
        if isinstance(count := filled.get("count"), int):
            for name in (name for name in _BASES if name not in entries):
                filled[name] = max(count, filled.get(name, cls.model_fields[name].default))
        return filled

    @model_validator(mode="after")
    def _nothing_is_laxer_than_demanded(self) -> "Thresholds":
        for name, least in _PRESETS.get(str(self.preset), {}).items():
            if getattr(self, name) < least:
                raise ValueError(
                    f"{name} = {getattr(self, name):g} is laxer than the preset "
                    f'"{self.preset}", which needs at least {least:g}; raise it, or leave out '
                    f"{name} or preset"
                )
        for name in _BASES:
            if getattr(self, name) < self.count:
                raise ValueError(
                    f"{name} = {getattr(self, name)} is below count = {self.count}: a base of so "
                    f"few people would be a count that is withheld; raise {name}, or leave it out"
                )
        return self

    def fewest(self, *, people: bool) -> int:
        """Return how many units a score needs; if each person is a unit, both limits apply."""
        return max(self.units, self.respondents) if people else self.units
