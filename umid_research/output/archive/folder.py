"""Write an archive to a temporary folder, and move it into place when it is complete."""

import csv
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from umid_research.clean import Cleaned
from umid_research.disclosure.tables import FOLDER as PUBLISHED_FOLDER
from umid_research.disclosure.tables import read_published
from umid_research.errors import FrameError
from umid_research.frames import read_frame
from umid_research.indicators.definitions import read_definitions
from umid_research.indicators.frames import PUBLISHED as INDICATORS
from umid_research.output.archive.crate import CRATE, write_crate
from umid_research.output.archive.data_package import write_citation, write_data_package
from umid_research.output.archive.ddi import write_ddi
from umid_research.output.archive.description import copy_description
from umid_research.output.archive.facts import Facts
from umid_research.output.archive.iati import write_iati
from umid_research.output.archive.plan import write_plan
from umid_research.output.archive.statistics_files import Changes, numbers_of, write_statistics
from umid_research.output.archive.variables import (
    Variable,
    answer_variables,
    member_variables,
    table_variables,
)
from umid_research.output.archive.verify_page import PAGE, write_verify_page
from umid_research.report.study_report import ACTIVITIES
from umid_research.runs.manifest import MANIFEST
from umid_research.runs.processes import UNFINISHED
from umid_research.runs.stamp import code_folder, read_json, sha256, write_json
from umid_research.study import Study
from umid_research.study.questionnaire import Questionnaire

_OPEN_FRAMES = ("responses", "states")
_PARTS = {
    "study": "study/",
    "tables": "tables/",
    "statistics": "statistics/",
    "codebook": "codebook/",
    "indicators": "indicators/",
    "plan": "plan/",
    "reports": "reports/",
    "software": "software/",
    "data": "data/",
    "crate": CRATE,
    "manifest": MANIFEST,
    "verify": PAGE,
    "citation": "CITATION.cff",
    "package": "datapackage.json",
}


@dataclass(frozen=True)
class Source:
    """What an archive is made from: the study, the folders of its frames and of its reports."""

    study: Study
    form: Questionnaire
    processed: Path
    reports: Path


def write_archive(source: Source, target: Path) -> Iterator[str]:
    """Write the archive to `target`, which it replaces as a whole; yield the lines to print.

    Raises
    ------
    FrameError
        `target` holds something else than an archive.
    """
    if target.exists() and not (target / CRATE).is_file():
        raise FrameError(
            "holds something else than an archive; move it away, because an archive replaces the "
            "folder as a whole",
            where=str(target),
        )
    with _written_aside(target) as made:
        yield from _fill(made, source)


@contextmanager
def _written_aside(target: Path) -> Iterator[Path]:
    """Give a folder to be filled, which then takes the place of `target` as a whole."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=UNFINISHED) as temporary:
        made = Path(temporary) / target.name
        made.mkdir()
        yield made
        shutil.rmtree(target, ignore_errors=True)
        made.replace(target)


def write_internal(source: Source, cleaned: Cleaned, target: Path) -> Iterator[str]:
    """Write the cleaned answers for SPSS and Stata to a folder that is not for others.

    It replaces `target` as a whole; yields the lines to print.
    """
    facts = Facts(source.study)
    with _written_aside(target) as made:
        for language in facts.languages:
            frames = {"responses": (cleaned.responses, answer_variables(source.study, source.form))}
            for repeat in source.form.repeats:
                if (members := cleaned.members.get(repeat.name)) is not None:
                    variables = member_variables(source.study, repeat.members)
                    frames[f"members_{repeat.name}"] = (members.responses, variables)
            changes = Changes()
            for name, (frame, variables) in frames.items():
                write_statistics(made / language, name, frame, variables, language, changes)
            _write_codes(made / language, {name: each for name, (_, each) in frames.items()})
            yield f"internal {target / language}: answers for SPSS and Stata, not to be passed on"
            yield from _changed(changes, language)


def _fill(folder: Path, source: Source) -> Iterator[str]:
    """Write all files of the archive."""
    facts = Facts(source.study)
    copy_description(source.processed, folder / "study", source.study)
    variables = table_variables(source.study, source.form)
    tables = _read_tables(source)
    write_data_package(folder, _copy_tables(folder / "tables", source), variables, facts)
    write_citation(folder, facts)
    changes = {
        one: _write_tables(folder / "statistics" / one, tables, variables, one)
        for one in facts.languages
    }
    _copy_reports(folder / "reports", source.reports)
    _copy_software(folder / "software")
    answered = _copy_answers(folder / "data", source.processed) if facts.is_open else []
    write_ddi(folder, facts, source.form, tables, variables, answered)
    if INDICATORS.name in tables:
        definitions = read_definitions(folder / "study" / ACTIVITIES)
        yield from write_iati(folder, facts, definitions, tables[INDICATORS.name])
    for path in write_plan(folder, source.processed, facts):
        yield f"plan     SHA-256 of plan/{path.name}: {sha256(path)}"
    write_verify_page(folder, facts)
    _write_readme(folder, facts, changes)
    words = facts.words()
    names = {
        name: words(f"readme.file.{part}")
        for part, name in _PARTS.items()
        if not name.endswith("/") and name != CRATE
    }
    write_crate(folder, facts, names)
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    write_json(
        folder / MANIFEST,
        {
            "study": source.study.id,
            "provenance": source.study.provenance,
            "files": {path.relative_to(folder).as_posix(): sha256(path) for path in files},
        },
    )
    for language, changed in changes.items():
        yield from _changed(changed, language)
    for line in facts.lacking("en" if "en" in facts.languages else ""):
        yield f"lacking  {line}"
    yield f"archive  {len(files) + 1} files; SHA-256 of {MANIFEST}: {sha256(folder / MANIFEST)}"


def _copy_tables(folder: Path, source: Source) -> list[Path]:
    """Copy every published table, and the indicators as they are published; return the copies."""
    folder.mkdir()
    found = sorted((source.processed / PUBLISHED_FOLDER).glob("*.csv"))
    indicators = source.processed / f"{INDICATORS.name}.csv"
    found += [indicators] if indicators.is_file() else []
    return [Path(shutil.copyfile(path, folder / path.name)) for path in found]


def _read_tables(source: Source) -> dict[str, pd.DataFrame]:
    tables = read_published(source.processed)
    if (source.processed / f"{INDICATORS.name}.csv").is_file():
        tables[INDICATORS.name] = read_frame(source.processed, INDICATORS)
    return tables


def _write_tables(
    target: Path,
    tables: Mapping[str, pd.DataFrame],
    variables: Mapping[str, tuple[Variable, ...]],
    language: str,
) -> Changes:
    """Write the statistics files of all tables that have rows."""
    changes = Changes()
    for name, rows in tables.items():
        if len(rows):
            write_statistics(target, name, rows, variables[name], language, changes)
    _write_codes(target, {name: variables[name] for name, rows in tables.items() if len(rows)})
    return changes


def _write_codes(folder: Path, frames: Mapping[str, Iterable[Variable]]) -> None:
    """Write which number stands for which code in each column of the statistics files."""
    with (folder / "codes.csv").open("w", encoding="utf-8-sig", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(["file", "variable", "number", "code"])
        for name, variables in frames.items():
            for variable in variables:
                if variable.codes and variable.kind != "several":
                    numbers = numbers_of(variable.codes)
                    rows = ([name, variable.name, number, code] for code, number in numbers.items())
                    table.writerows(rows)


def _copy_reports(folder: Path, reports: Path) -> None:
    """Copy the reports that their manifest lists, and the manifest."""
    for name in (*read_json(reports / MANIFEST)["files"], MANIFEST):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(reports / name, folder / name)


def _copy_answers(folder: Path, processed: Path) -> list[str]:
    """Copy the cleaned answers, and return their columns."""
    folder.mkdir()
    for name in _OPEN_FRAMES:
        shutil.copyfile(processed / f"{name}.csv", folder / f"{name}.csv")
    return list(pd.read_csv(folder / f"{_OPEN_FRAMES[0]}.csv", nrows=0).columns)


def _copy_software(folder: Path) -> None:
    lock = code_folder().parent / "requirements.lock"
    if lock.is_file():
        folder.mkdir()
        shutil.copyfile(lock, folder / lock.name)


def _write_readme(folder: Path, facts: Facts, changes: Mapping[str, Changes]) -> None:
    """Write in each language of the reports what the folder holds, and what is lacking."""
    parts: list[str] = []
    for language in facts.languages:
        words: Any = facts.words(language)
        listed = [
            f"- `{name}`: {words(f'readme.file.{part}')}"
            for part, name in _PARTS.items()
            if (folder / name).exists() or name in (CRATE, MANIFEST)
        ]
        changed = changes[language]
        cut = words("readme.cut", number=len(changed.cut), renamed=len(changed.renamed))
        parts += [f"# {facts.title(language)}", words("description"), words("readme.check")]
        parts += [f"## {words('readme.head')}", "\n".join(listed), cut]
        data = words(f"data.{'open' if facts.is_open else 'confidential'}")
        lacking = "\n".join(f"- {line}" for line in (data, *facts.lacking(language)))
        parts += [f"## {words('readme.lacking')}", lacking]
    (folder / "README.md").write_text("\n\n".join(parts) + "\n", encoding="utf-8")


def _changed(changes: Changes, language: str) -> Iterator[str]:
    """Yield how many labels were cut and names changed for the programs."""
    if changes.cut:
        yield f"cut      {language}: {len(changes.cut)} labels, longer than SPSS or Stata take"
    if changes.renamed:
        yield f"renamed  {language}: {len(changes.renamed)} columns, for SPSS or Stata"
