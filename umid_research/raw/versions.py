"""Find the questions that a submission's form version did not have.

A question is lacking if a file of another form version has no column for it, or if `not_asked_in`
of study.toml says so for a version or a file:

    file           version  column of `saw_plan`   not_asked_in            could be asked
    spring.csv     v1       none                                           no
    both.csv       v1       present, but blank                             yes
    both.csv       v1       present, but blank     v1 = ["saw_plan"]       no
    both.csv       v2       present                v1 = ["saw_plan"]       yes

For example, KoboToolbox may write all versions into one file, as in the second line. Cleaning flags
that nobody with v1 answered, but only a person can decide that it was not asked.
"""

import json
from collections.abc import Iterable, Iterator

import numpy as np
import pandas as pd

from umid_research.errors import ExportError, StudyError
from umid_research.raw.export import Export
from umid_research.study import Study
from umid_research.study.questionnaire import Questionnaire

_ENTRY = "study.toml, entry not_asked_in"


def check_versions(exports: list[Export], study: Study, members: Iterable[str] = ()) -> None:
    """Raise an error if a file lacks questions that its form version should have.

    `members` are the names of the files with members of repeated groups.

    A file may lack questions if its rows are all of versions other than those of the complete
    files, or if `not_asked_in` lists the questions. Raises ExportError for any other file, and
    StudyError if `not_asked_in` names an unknown file or version.
    """
    known = {name for e in exports for name in (e.file, *e.version.unique())} - {""}
    known |= set(members)
    for name in study.not_asked_in:
        if name not in known:
            raise StudyError(
                "names neither a file nor a form version in the exports",
                where=_ENTRY,
                found=name,
                possible=sorted(known),
            )
    complete = {v for e in exports if not e.columns.absent for v in e.version.unique()} - {""}
    for export in exports:
        declared = {name for name, rows in declared_rows(_sources(export), study) if rows.all()}
        absent = [name for name in export.columns.absent if name.partition("/")[0] not in declared]
        if absent and not is_other_version(export.version, complete):
            raise lacks_questions(export.table.where, export.file, absent, study)


def is_other_version(version: pd.Series, complete: set[str]) -> bool:
    """Return whether all rows are of known versions, and none of one that has every question."""
    versions = set(version.unique())
    return bool(complete) and "" not in versions and versions.isdisjoint(complete)


def lacks_questions(where: str, file: str, absent: list[str], study: Study) -> ExportError:
    """Return the error for a table without columns that the form asks for."""
    return ExportError(
        "lacks questions of the questionnaire; name them in `not_asked_in` of study.toml "
        "if the form did not have them",
        where=where,
        found=", ".join(absent),
        to_copy=[not_asked_entry(file, absent, study)],
    )


def not_asked_entry(file: str, absent: list[str], study: Study) -> str:
    """Return the line of study.toml with the questions a file's form did not have, added to it."""
    names = (name.partition("/")[0] for name in absent)
    added = tuple(dict.fromkeys((*study.not_asked_in.get(file, ()), *names)))
    pairs = (
        f"{json.dumps(source, ensure_ascii=False)} = {json.dumps(asked, ensure_ascii=False)}"
        for source, asked in {**study.not_asked_in, file: added}.items()
    )
    return f"not_asked_in = {{ {', '.join(pairs)} }}"


def lacking_questions(
    export: Export, answers: pd.DataFrame, questionnaire: Questionnaire, study: Study
) -> dict[str, np.ndarray]:
    """Map each lacking question to a mask of the rows whose form version did not have it.

    Raises ExportError if such a row has an answer to the question.
    """
    all_rows = np.ones(len(answers), dtype=bool)
    lacking = {name: all_rows for name in export.columns.absent if name in questionnaire.names}
    for name, rows in declared_rows(_sources(export), study):
        if name not in answers:
            continue
        given = (answers[name].str.strip() != "").to_numpy() & export.table.judged
        if (answered := np.flatnonzero(rows & given)).size:
            row = f"{export.table.where}, row {answers.index[answered[0]]}"
            raise answered_nonetheless(name, row, export.version.iloc[answered[0]])
        lacking[name] = lacking.get(name, ~all_rows) | rows
    return lacking


def answered_nonetheless(name: str, where: str, version: str) -> ExportError:
    """Return the error for an answer to a question that was not asked there."""
    return ExportError(
        f"has an answer to {name!r}, which was not asked there according to study.toml",
        where=where,
        found=version,
    )


def _sources(export: Export) -> pd.DataFrame:
    return pd.DataFrame({"version": export.version, "file": export.file})


def declared_rows(sources: pd.DataFrame, study: Study) -> Iterator[tuple[str, np.ndarray]]:
    """Yield each question in `not_asked_in` with a mask of the rows that were not asked it.

    `sources` has the form version and the files of each row.
    """
    for source, names in study.not_asked_in.items():
        rows = (sources == source).any(axis=1).to_numpy()
        if rows.any():
            yield from ((name, rows) for name in names)
