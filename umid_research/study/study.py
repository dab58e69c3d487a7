"""Read `study.toml` as a frozen `Study`: who was asked, where, about what, under which rules.

A study is a folder. This module reads only its description; `questionnaire` and `raw` read the
other files. Names are given per language; the derived frames hold the keys of districts, groups
and dimensions instead.
"""

import json
import tomllib
from pathlib import Path, PurePosixPath
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from umid_research.errors import StudyError
from umid_research.study.blanks import blanks
from umid_research.study.entries import (
    KINDS,
    Area,
    Design,
    Dimension,
    District,
    EvidenceItem,
    FieldWork,
    Group,
    Information,
    Missing,
    MissingCodes,
    MissingKind,
    Names,
    Provenance,
    Review,
    Roles,
    Side,
    Slug,
    Theme,
    Thresholds,
    Trials,
)
from umid_research.study.presentation import Departure, Finding, Publication, Term, Words


class Study(BaseModel):
    """A study's description; see `data/raw/study.toml` for a commented example.

    `headline` is the question whose answers open the report, such as awareness of the plan;
    `focus` lists the dimensions whose single answers are shown as figures; `findings` the
    questions that page one shows group beside group; `glossary` words that readers may not know.
    `names` are names of people, which are masked in free text. `not_asked_in` lists, for a form
    version or a file, the questions that the form did not have. `missing` has the codes that are no
    answer, for all questions and for single lists of choices. `accepted_losses` lists the questions
    and dimensions that may lose their answers without stopping the run. `wordings` maps a
    question, or a choice as `question/code`, to older texts by which an export may hold it.
    `departures` are those from the analysis plan, which the archive lists by day.
    `bridges` are the questions that changed since an earlier round and are compared with it all the
    same, each with the reason. `editions` are folders of the study folder with what its earlier
    editions published; what is published now is compared with each (`disclosure.editions`).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: Slug
    title: Names
    provenance: Provenance
    languages: tuple[str, ...] = Field(min_length=1)
    seed: int = Field(ge=0)
    field_work: FieldWork
    information: Information = Information()
    roles: Roles
    consent_given: tuple[str, ...] = ("yes",)
    identifying: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    ignored_columns: tuple[str, ...] = ()
    not_asked_in: dict[str, tuple[str, ...]] = {}
    accepted_losses: tuple[str, ...] = ()
    wordings: dict[str, tuple[str, ...]] = {}
    bridges: dict[str, str] = {}
    editions: tuple[str, ...] = ()
    test_submissions: Trials | None = None
    review: Review = Review()
    missing: Missing = Missing()
    districts: dict[Slug, District] = Field(min_length=1)
    groups: dict[Slug, Group] = Field(min_length=1)
    dimensions: dict[Slug, Dimension] = {}
    areas: dict[Slug, Area] = {}
    evidence_items: dict[Slug, EvidenceItem] = {}
    themes: dict[Slug, Theme] = {}
    thresholds: Thresholds = Thresholds()
    design: Design = Design()
    headline: str | None = None
    focus: tuple[Slug, ...] = ()
    findings: dict[str, Finding] = {}
    publication: Publication = Publication()
    words: Words = Words()
    glossary: dict[Slug, Term] = {}
    departures: tuple[Departure, ...] = ()

    @model_validator(mode="after")
    def _names_are_complete_and_codes_distinct(self) -> "Study":
        for where, names in self._all_names():
            lacking = [language for language in self.languages if not names.get(language)]
            if lacking:
                raise ValueError(f"{where} has no text in {', '.join(lacking)}")
        for what, codes in self._all_codes():
            repeated = sorted({code for code in codes if codes.count(code) > 1})
            if repeated:
                raise ValueError(f"{what} used more than once: {', '.join(repeated)}")
        for key, district in self.districts.items():
            unknown = sorted(set(district.locality_aliases) - set(district.localities))
            if unknown:
                raise ValueError(
                    f"districts.{key}.locality_aliases names an unknown locality: "
                    + ", ".join(unknown)
                )
        for key, item in self.evidence_items.items():
            named = set() if isinstance(item.source, str) else set(item.source)
            unknown_languages = sorted(named - set(self.languages))
            if unknown_languages:
                raise ValueError(
                    f"evidence_items.{key}.source is in a language that the study does not have: "
                    + ", ".join(unknown_languages)
                )
        if "index" in self.dimensions:
            raise ValueError("the key index is that of the mean over all dimensions; use another")
        for where, keys in (("focus", self.focus), ("design.family_b", self.design.family_b)):
            unknown = sorted(set(keys) - set(self.dimensions))
            if unknown:
                raise ValueError(f"{where} names an unknown dimension: {', '.join(unknown)}")
        for language in self.languages:
            shared = self._labels("dimensions", language) & self._labels("areas", language)
            if shared:
                raise ValueError(
                    f"a dimension and an area have the same name in {language}, so that readers "
                    f"would take one for the other: {', '.join(sorted(shared))}"
                )
        for name in self.editions:
            if PurePosixPath(name).is_absolute() or ".." in PurePosixPath(name).parts:
                raise ValueError(f"editions names a folder outside the study folder: {name}")
        if self.field_work.end < self.field_work.start:
            raise ValueError("field_work.end is before field_work.start")
        return self

    def _labels(self, table: str, language: str) -> set[str]:
        return {entry.name[language].casefold() for entry in getattr(self, table).values()}

    def _all_names(self) -> list[tuple[str, Names]]:
        named = [("title", self.title)]
        named += [(f"field_work.{key}", getattr(self.field_work, key)) for key in _FIELD_TEXTS]
        given = {"rights": self.information.rights, "contact": self.information.contact}
        for key, texts in given.items():
            if texts:
                named.append((f"information.{key}", {k: "".join(v) for k, v in texts.items()}))
        named += [(f"publication.{key}", text) for key, text in self.publication.texts().items()]
        named += [(f"words.{key}", names) for key, names in self.words.given().items()]
        for key, finding in self.findings.items():
            named += [(f"findings.{key}.name", finding.name)] if finding.name else []
        named += [(f"glossary.{key}.meaning", term.meaning) for key, term in self.glossary.items()]
        for place, one in enumerate(self.departures):
            named += [(f"departures.{place}.{key}", getattr(one, key)) for key in ("what", "why")]
        for key, group in self.groups.items():
            named += [(f"groups.{key}.people", group.people)] if group.people else []
        for table in _NAMED:
            entries = getattr(self, table)
            named += [(f"{table}.{key}.name", entry.name) for key, entry in entries.items()]
        return named

    def _all_codes(self) -> list[tuple[str, list[str]]]:
        return [
            ("district codes", [district.code for district in self.districts.values()]),
            ("group codes", [group.code for group in self.groups.values()]),
            ("localities", [name for d in self.districts.values() for name in d.localities]),
            *(
                (what, [code for kind in KINDS for code in getattr(table, kind)])
                for what, table in self._missing_tables()
            ),
        ]

    def _missing_tables(self) -> list[tuple[str, MissingCodes]]:
        lists = self.missing.lists.items()
        return [
            ("missing codes", self.missing),
            *((f"missing codes of list {name}", table) for name, table in lists),
        ]

    @property
    def counted_missing(self) -> tuple[MissingKind, ...]:
        """The types of missing answers that the study names and that are counted."""
        named = set().union(*(table.model_fields_set for _, table in self._missing_tables()))
        return tuple(kind for kind in KINDS if kind in named and kind != "not_asked")

    @property
    def is_matched(self) -> bool:
        """Whether at least two groups are matched by locality."""
        return self.roles.locality is not None and len(self.matched_groups) >= 2

    @property
    def counts_people(self) -> bool:
        """Whether every respondent is a unit of its own.

        True without the role `unit`, if no group is matched by locality: then nothing shows which
        answers belong to one organisation or community.
        """
        return self.roles.unit is None and not (self.roles.locality and self.matched_groups)

    @property
    def matched_groups(self) -> tuple[str, ...]:
        """The keys of the groups that are matched by locality, in the study's order."""
        return tuple(key for key, group in self.groups.items() if group.matched)

    def groups_on(self, side: Side) -> tuple[str, ...]:
        """Return the keys of the groups on one side, in the study's order."""
        return tuple(key for key, group in self.groups.items() if group.side == side)


_NAMED = ("districts", "groups", "dimensions", "areas", "evidence_items", "themes", "glossary")
_FIELD_TEXTS = ("sponsor", "conducted_by", "recruitment")


def wordings_entry(study: Study, name: str, text: str) -> str:
    """Return the line of study.toml that adds an older wording to those that it has."""
    known = study.wordings | {name: (*study.wordings.get(name, ()), text)}
    pairs = (
        f"{json.dumps(key, ensure_ascii=False)} = {json.dumps(texts, ensure_ascii=False)}"
        for key, texts in known.items()
    )
    return f"wordings = {{ {', '.join(pairs)} }}"


def read_study(folder: Path) -> Study:
    """Return the study described by `folder/study.toml`.

    Raises StudyError, naming the file and the entry, if it is missing or malformed.
    """
    path = Path(folder) / "study.toml"
    if not path.is_file():
        raise StudyError("no study description here", where=str(path), possible=["study.toml"])
    try:
        # utf-8-sig: some editors begin a file with a byte order mark.
        description = tomllib.loads(path.read_text(encoding="utf-8-sig"))
        if len(empty := blanks(description)) == 1:
            raise StudyError(empty[0], where=str(path))
        if empty:
            raise StudyError("has blanks; fill them in:", where=str(path), details=empty)
        return Study.model_validate(description)
    except UnicodeDecodeError as error:
        raise StudyError("is not UTF-8 text", where=f"{path}, byte {error.start}") from error
    except tomllib.TOMLDecodeError as error:
        raise StudyError(f"is not valid TOML: {error}", where=str(path)) from error
    except ValidationError as error:
        raise _study_error(path, error) from error


def _study_error(path: Path, error: ValidationError) -> StudyError:
    """Return an error with pydantic's first message in one line and the number of the others."""
    first: Any = error.errors()[0]
    entry = ".".join(str(part) for part in first["loc"])
    more = f" (and {error.error_count() - 1} more)" if error.error_count() > 1 else ""
    unknown = first["type"] == "extra_forbidden"
    if unknown and first["loc"][0] == "missing":
        return StudyError(
            f"there is no such kind of missing answer{more}",
            where=f"{path}, entry {entry.rpartition('.')[0]}",
            found=first["loc"][-1],
            possible=KINDS,
        )
    unknown_entry = unknown and len(first["loc"]) == 1
    problem = "there is no such entry" if unknown else first["msg"].removeprefix("Value error, ")
    return StudyError(
        problem + more,
        where=f"{path}, entry {entry}" if entry else str(path),
        found=None if isinstance(first["input"], dict) else first["input"],
        possible=Study.model_fields if unknown_entry else None,
    )
