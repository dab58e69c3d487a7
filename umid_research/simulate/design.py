"""Read `simulation.toml` as a frozen `Design`: respondents, expected scores, planted errors.

Comments in the bundled file explain the entries; this module has their types. Every name must be
known to the study or the form, because a misspelt name would silently simulate something else.
"""

import datetime
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from umid_research.errors import StudyError
from umid_research.simulate.plans import AnalystPlan, EvidencePlan, MeetingPlan, Share
from umid_research.study import Study
from umid_research.study.questionnaire import Questionnaire

FILE = "simulation.toml"
ALL = "all"


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Entry(_Frozen):
    """Respondents of one group: `each` per listed locality, or a number per district.

    `localities` are positions in each district's list of localities, counted from 1.
    """

    group: str
    localities: tuple[int, ...] = ()
    each: int = Field(default=1, ge=1)
    districts: dict[str, int] = {}
    answers: dict[str, str] = {}


class Variance(_Frozen):
    """Variance shares of the components of the latent normal variable; they add up to 1."""

    place: float = Field(ge=0)
    unit: float = Field(ge=0)
    respondent: float = Field(ge=0)
    dimension: float = Field(ge=0)
    item: float = Field(ge=0)

    @property
    def total(self) -> float:
        """Return the sum of the shares."""
        return self.place + self.unit + self.respondent + self.dimension + self.item


class Quota(_Frozen):
    """Exact counts per choice, assigned in order of the respondents' leaning, largest first."""

    counts: dict[str, int]
    lean: dict[str, float] = {}
    dimension: str | None = None


class Texts(_Frozen):
    """The share of respondents (0 to 1) who write a text, and the texts to draw from."""

    share: Share
    pool: tuple[str, ...] = Field(min_length=1)


class GoogleForms(_Frozen):
    """The mode of interview that uses a Google form, and the language of that form."""

    mode: str
    language: str


class ExportSettings(_Frozen):
    """Settings of the KoboToolbox export, and of the Google Forms export if there is one."""

    first_day: datetime.date
    last_day: datetime.date
    first_id: int
    form_version: str
    google_forms: GoogleForms | None = None


class CellFlaw(_Frozen):
    """A wrong cell, planted in the first suitable submission from `_index` `since` on."""

    rule: Literal["unknown_choice", "not_asked", "blank"]
    question: str
    answer: str = ""
    where: dict[str, str] = {}
    since: int = Field(default=1, ge=1)


class Flaws(_Frozen):
    """The errors in the exports, in addition to the accepted respondents.

    `hurried` maps the position of an interview, among those with consent, to its length in minutes.
    """

    without_consent: int = Field(default=0, ge=0)
    sent_twice: tuple[int, ...] = ()
    hurried: dict[int, float] = {}
    cells: tuple[CellFlaw, ...] = ()


class Design(_Frozen):
    """The content of simulation.toml; `data/raw/simulation.toml` is an example with comments."""

    concentration: float = Field(gt=0)
    roster: tuple[Entry, ...] = Field(min_length=1)
    targets: dict[str, dict[str, float]]
    shift: dict[str, dict[str, float]] = {}
    offset: dict[str, float] = {}
    variance: Variance
    missing: dict[str, dict[str, float]] = {}
    missing_factor: dict[str, float] = {}
    quota: dict[str, Quota] = {}
    answers: dict[str, dict[str, dict[str, float]]] = {}
    texts: dict[str, Texts] = {}
    export: ExportSettings
    flaws: Flaws = Flaws()
    evidence: EvidencePlan | None = None
    analyst: AnalystPlan | None = None
    meetings: MeetingPlan | None = None

    def expected(self, dimension: str, item: str, group: str, district: str) -> float:
        """Return the expected score of an item, 0–100."""
        shift = self.shift.get(district, {}).get(dimension, 0)
        return self.targets[dimension][group] + shift + self.offset.get(item, 0)

    def missing_shares(self, dimension: str, group: str) -> dict[str, float]:
        """Return the probability of each missing code, for every item of the dimension."""
        factor = self.missing_factor.get(group, 1)
        return {code: share * factor for code, share in self.missing.get(dimension, {}).items()}


def read_design(folder: Path, questionnaire: Questionnaire, study: Study) -> Design:
    """Return the design in `folder/simulation.toml`, checked against the form and the study.

    Raises
    ------
    StudyError
        The study's provenance is not "simulated", or the file is missing or invalid; the error
        names the file and the entry.
    """
    path = Path(folder) / FILE
    if study.provenance != "simulated":
        raise StudyError(
            "only a study whose provenance is simulated can be simulated",
            where=str(path.parent),
            found=study.provenance,
        )
    if not path.is_file():
        raise StudyError("no design of a simulation here", where=str(path), possible=[FILE])
    try:
        design = Design.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except tomllib.TOMLDecodeError as error:
        raise StudyError(f"is not valid TOML: {error}", where=str(path)) from error
    except ValidationError as error:
        first = error.errors()[0]
        entry = ".".join(str(part) for part in first["loc"])
        raise StudyError(first["msg"], where=f"{path}, entry {entry}") from error
    _check_design(design, questionnaire, study, path)
    return design


def _check_design(design: Design, questionnaire: Questionnaire, study: Study, path: Path) -> None:
    for entry, found, possible in _named(design, questionnaire, study):
        known = [str(name) for name in possible]
        for name in found:
            if str(name) not in known:
                raise StudyError(
                    "names what form and study do not have",
                    where=f"{path}, entry {entry}",
                    found=name,
                    possible=known,
                )
    for group in study.groups:
        if group not in [entry.group for entry in design.roster]:
            raise StudyError(
                "a group has no respondents",
                where=f"{path}, entry roster",
                found=group,
                possible=[f'[[roster]] with group = "{group}"'],
            )
    for name in questionnaire.dimensions:
        if name not in design.targets:
            raise StudyError(
                "a dimension has no targets",
                where=f"{path}, entry targets",
                found=name,
                possible=[f"{name} = {{ group = score from 0 to 100 }}"],
            )
    for name, shares in design.answers.items():
        if ALL not in shares:
            raise StudyError(f"lacks a line `{ALL}`", where=f"{path}, entry answers.{name}")
    for group, meetings in (design.meetings.per_district if design.meetings else {}).items():
        if len(meetings) != len(study.districts):
            raise StudyError(
                f"needs a number for each of the {len(study.districts)} districts",
                where=f"{path}, entry meetings.per_district.{group}",
                found=list(meetings),
            )
    if abs(design.variance.total - 1) > 1e-9:
        raise StudyError(
            "the shares do not add up to 1",
            where=f"{path}, entry variance",
            found=round(design.variance.total, 6),
        )


_Named = tuple[str, Iterable[object], Iterable[object]]


def _named(design: Design, questionnaire: Questionnaire, study: Study) -> Iterator[_Named]:
    """Return each entry with the names it uses and the valid names; outer entries come first."""
    questions, dimensions = questionnaire.names, questionnaire.dimensions
    for entry in design.roster:
        yield "roster.group", [entry.group], study.groups
        yield "roster.districts", entry.districts, study.districts
        for key, district in study.districts.items():
            positions = range(1, len(district.localities) + 1)
            yield f"roster.localities, district {key}", entry.localities, positions
        yield "roster.answers", entry.answers, questions
    yield "targets", design.targets, dimensions
    for name, targets in design.targets.items():
        yield f"targets.{name}", targets, study.groups
    yield "shift", design.shift, study.districts
    for name, shifts in design.shift.items():
        yield f"shift.{name}", shifts, dimensions
    yield "offset", design.offset, questions
    yield "missing", design.missing, dimensions
    for name, missing in design.missing.items():
        for item in questionnaire.items(name):
            unscored = [choice.name for choice in item.choices if choice.score is None]
            yield f"missing.{name}", missing, unscored
    yield "missing_factor", design.missing_factor, study.groups
    for kind in ("quota", "answers", "texts"):
        yield kind, getattr(design, kind), questions
    for name, quota in design.quota.items():
        yield f"quota.{name}.counts", quota.counts, questionnaire[name].choice_names
        yield f"quota.{name}.lean", quota.lean, study.groups
        yield f"quota.{name}.dimension", [quota.dimension] if quota.dimension else [], dimensions
    for name, shares_of in design.answers.items():
        yield f"answers.{name}", shares_of, [ALL, *study.groups]
        for group, shares in shares_of.items():
            yield f"answers.{name}.{group}", shares, questionnaire[name].choice_names
    if form := design.export.google_forms:
        modes = questionnaire[study.roles.mode].choice_names if study.roles.mode else ()
        yield "export.google_forms.mode", [form.mode], modes
        yield "export.google_forms.language", [form.language], study.languages
    for flaw in design.flaws.cells:
        yield "flaws.cells", [flaw.question, *flaw.where], questions
    if plan := design.meetings:
        yield "meetings.per_district", plan.per_district, study.groups
        yield "meetings.interest", plan.interest, study.groups
        for group, shares in plan.interest.items():
            yield f"meetings.interest.{group}", shares, study.themes
        yield "meetings.doubt", plan.doubt, study.themes
        for themes in (*plan.proposals, *(pool.themes for pool in plan.texts)):
            yield "meetings.proposals or meetings.texts", themes, study.themes
