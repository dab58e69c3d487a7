"""Read and check indicators.toml, the definitions of all indicators, as frozen `Definitions`.

The file holds the donor's indicator reference sheets: name, definition, unit, source, method,
frequency, responsible person and limitations, in each language of the study. A text that several
indicators share is written once under `[words]` and referred to by its key. The file also has the
settings of the counting: the test questions, who counts as knowing more, the project period, and
the deviation from which an explanation is required.
"""

import datetime
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import pandas as pd
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from umid_research.clean.registers import ISSUE_COLUMNS, KEPT
from umid_research.errors import StudyError
from umid_research.study import Names, Slug, Study

FILE = "indicators.toml"
Target = float | tuple[float, float]
_TEXTS = (
    *("name", "definition", "unit", "source", "method"),
    *("frequency", "responsible", "limitations", "rationale"),
)


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Period(_Frozen):
    """The first and last day of the project; rows with dates outside are set aside."""

    start: datetime.date
    end: datetime.date

    @model_validator(mode="after")
    def _runs_forward(self) -> "Period":
        if self.end < self.start:
            raise ValueError("the end lies before the start")
        return self


class PeriodResult(Period):
    """What was aimed at and reached in a part of the project's period, such as a quarter."""

    target: float | None = Field(default=None, ge=0)
    actual: float | None = Field(default=None, ge=0)


class Iati(_Frozen):
    """What the IATI file of the results says of the organisation and the project.

    `organisation` is its identifier in the form of org-id.guide, such as XI-IATI-1234; `type`,
    `status` and `sector` are codes of the lists OrganisationType, ActivityStatus and Sector.
    """

    organisation: str = Field(pattern=r"^[A-Z]{2}-[^\s/&|?]+$")
    type: str = Field(pattern=r"^[1-9]\d$")
    status: Literal["1", "2", "3", "4", "5", "6"]
    sector: str | None = Field(default=None, pattern=r"^\d{5}$")


class Published(_Frozen):
    """The number that the real project published, shown for reference and never compared."""

    actual: float
    source: str
    note: Names = {}


class Indicator(_Frozen):
    """One indicator reference sheet; `count` names a counting method in `indicators.counts`.

    `target` is a number or a range: it is met from the lower end and exceeded above the upper end.
    `each` is the target per locality. An indicator without a target is only counted. `periods` are
    targets and numbers reached by period, which only the IATI file shows.
    """

    activity: str
    count: Slug
    level: Literal["output", "outcome"] = "output"
    name: Names
    definition: Names
    unit: Names
    source: Names
    method: Names
    frequency: Names
    responsible: Names
    limitations: Names = {}
    rationale: Names = {}
    baseline: float = 0
    target: Target | None = None
    target_by_district: dict[str, float] = {}
    each: int | None = Field(default=None, ge=1)
    by: tuple[Literal["district", "sex"], ...] = ()
    published: Published | None = None
    periods: tuple[PeriodResult, ...] = ()

    @model_validator(mode="after")
    def _target_is_possible(self) -> "Indicator":
        ends = self.target if isinstance(self.target, tuple) else (self.target or 0,)
        if min(ends) < 0:
            raise ValueError("a target can't be negative")
        if list(ends) != sorted(ends):
            raise ValueError("a target's range begins with its smaller number")
        return self


class TestQuestion(_Frozen):
    """A question of the test before and after a consultation; `right` is the correct choice."""

    __test__ = False  # keeps pytest from collecting this class as a test

    text: Names
    choices: dict[str, Names] = Field(min_length=2)
    right: str

    @model_validator(mode="after")
    def _right_is_a_choice(self) -> "TestQuestion":
        if self.right not in self.choices:
            raise ValueError(f"the right answer {self.right!r} is none of the choices")
        return self


class Activity(_Frozen):
    """An activity of the project, such as 2.1."""

    name: Names


class Knowledge(_Frozen):
    """The rule for "knows more": at least `gain` more correct answers than before, and at least
    the share `least` (0 to 1) of all questions correct afterwards.
    """

    definition: Names
    gain: int = Field(default=1, ge=1)
    least: float = Field(default=0.5, ge=0, le=1)


class Definitions(_Frozen):
    """The content of indicators.toml; `data/raw/activities/indicators.toml` is an example.

    `portals` are the names of the portals that a report may name; all others count as other ones.
    """

    threshold: float = Field(default=10, ge=0)
    period: Period
    activities: dict[str, Activity]
    indicators: dict[Slug, Indicator] = Field(min_length=1)
    questions: dict[Slug, TestQuestion] = {}
    portals: dict[Slug, Names] = {}
    knowledge: Knowledge | None = None
    iati: Iati | None = None

    @model_validator(mode="after")
    def _what_is_named_is_there(self) -> "Definitions":
        for key, indicator in self.indicators.items():
            if indicator.activity not in self.activities:
                raise ValueError(
                    f"indicators.{key} names an activity that is not there: {indicator.activity}"
                )
            for one in indicator.periods:
                if one.start < self.period.start or one.end > self.period.end:
                    raise ValueError(
                        f"indicators.{key}.periods has one outside the project's period: "
                        f"{one.start} to {one.end}"
                    )
        if self.questions and self.knowledge is None:
            raise ValueError("there are questions, but [knowledge] does not say who knows more")
        return self


def read_definitions(folder: Path) -> Definitions:
    """Return the definitions in `folder/indicators.toml`.

    Raises
    ------
    StudyError
        The file is missing or malformed; the error names the file and the entry.
    """
    path = Path(folder) / FILE
    if not path.is_file():
        raise StudyError("no definitions of the indicators here", where=str(path), possible=[FILE])
    try:
        return Definitions.model_validate(_filled(tomllib.loads(path.read_text(encoding="utf-8"))))
    except UnicodeDecodeError as error:
        raise StudyError("is not UTF-8 text", where=f"{path}, byte {error.start}") from error
    except tomllib.TOMLDecodeError as error:
        raise StudyError(f"is not valid TOML: {error}", where=str(path)) from error
    except KeyError as error:
        raise StudyError("[words] has no such text", where=str(path), found=error.args[0]) from None
    except ValidationError as error:
        first: Any = error.errors()[0]
        raise StudyError(
            first["msg"].removeprefix("Value error, "),
            where=f"{path}, entry {'.'.join(str(part) for part in first['loc'])}",
            found=None if isinstance(first["input"], dict) else first["input"],
        ) from error


def check_definitions(definitions: Definitions, study: Study, path: Path) -> None:
    """Check the definitions against the study.

    Raises
    ------
    StudyError
        A text lacks a language, a district is unknown, or a target differs from `each` times the
        number of localities.
    """
    for entry, names in _texts(definitions):
        lacking = [language for language in study.languages if not names.get(language)]
        if lacking:
            raise StudyError(f"has no text in {', '.join(lacking)}", where=f"{path}, entry {entry}")
    places = sum(len(district.localities) for district in study.districts.values())
    for key, indicator in definitions.indicators.items():
        unknown = sorted(set(indicator.target_by_district) - set(study.districts))
        if unknown:
            raise StudyError(
                "names no district of the study",
                where=f"{path}, entry indicators.{key}.target_by_district",
                found=unknown[0],
                possible=study.districts,
            )
    _check_targets(definitions, places, path)


def _check_targets(definitions: Definitions, places: int, path: Path) -> None:
    """Refuse all targets at once that do not fit the number of localities."""
    wrong = [
        StudyError(
            f"the target is not `each` times the {places} localities",
            where=f"{path}, entry indicators.{key}.target",
            found=indicator.target,
            possible=[f"{indicator.each * places:g}"],
        )
        for key, indicator in definitions.indicators.items()
        if indicator.each is not None and indicator.target != indicator.each * places
    ]
    if len(wrong) == 1:
        raise wrong[0]
    if wrong:
        raise StudyError(
            f"{len(wrong)} targets do not fit the number of localities",
            where=str(path),
            details=map(str, wrong),
        )


def zero_targets(folder: Path) -> pd.DataFrame:
    """Return an issue for each line with a target of 0: no achieved share can be computed."""
    path = Path(folder) / FILE
    lines = pd.Series(path.read_text(encoding="utf-8").split("\n"), dtype="str")
    found = lines[lines.str.match(r"\s*target\s*=\s*(?:\[\s*)?0+(?:\.0*)?\s*(?:[],#]|$)")]
    named = {"file": FILE, "row": found.index + 1, "column": "target", "rule": "zero_target"}
    return pd.DataFrame(named | {"action": KEPT, "old": "0"}, columns=list(ISSUE_COLUMNS))


def _filled(content: dict[str, Any]) -> dict[str, Any]:
    """Replace each key of `[words]` by its texts and return the content."""
    words = content.pop("words", {})
    for indicator in content.get("indicators", {}).values():
        if isinstance(indicator, dict):
            named = {name: indicator[name] for name in _TEXTS if name in indicator}
            indicator |= {n: words[t] if isinstance(t, str) else t for n, t in named.items()}
    return content


def _texts(definitions: Definitions) -> Iterator[tuple[str, Names]]:
    for key, activity in definitions.activities.items():
        yield f"activities.{key}.name", activity.name
    for key, indicator in definitions.indicators.items():
        for name in _TEXTS:
            if getattr(indicator, name):
                yield f"indicators.{key}.{name}", getattr(indicator, name)
        if indicator.published is not None and indicator.published.note:
            yield f"indicators.{key}.published.note", indicator.published.note
    for key, question in definitions.questions.items():
        yield f"questions.{key}.text", question.text
        for code, label in question.choices.items():
            yield f"questions.{key}.choices.{code}", label
    for key, names in definitions.portals.items():
        yield f"portals.{key}", names
    if definitions.knowledge is not None:
        yield "knowledge.definition", definitions.knowledge.definition
