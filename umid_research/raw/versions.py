"""Which questions a submission could not be asked, as its version of the form did not have them.

Such a question is known by its column, which is not there in a file of another form version; or
because `not_asked_in` of study.toml says so of a version or a file:

    file           version  column of `saw_plan`   not_asked_in            could be asked
    spring.csv     v1       none                                           no
    both.csv       v1       there, and blank                               yes
    both.csv       v1       there, and blank       v1 = ["saw_plan"]       no
    both.csv       v2       there                  v1 = ["saw_plan"]       yes

read aloud: KoboToolbox may write all versions into one file, whose columns then tell nothing. That
nobody of v1 answered is flagged later on; to count it as not asked takes a person who knows.
"""

import json
from collections.abc import Iterator

import numpy as np
import pandas as pd

from umid_research.errors import ExportError, StudyError
from umid_research.questionnaire import Questionnaire
from umid_research.raw.export import Export
from umid_research.study import Study

_ENTRY = "study.toml, entry not_asked_in"


def check_versions(exports: list[Export], study: Study) -> None:
    """Refuses a file that lacks questions, unless it holds only other versions of the form.

    The form's own version is that of the files which lack nothing. Of what the study says is not
    asked in a file nothing is lacking; and the study may speak only of files and versions there.
    """
    known = {name for e in exports for name in (e.file, *e.version.unique())} - {""}
    for name in study.not_asked_in:
        if name not in known:
            raise StudyError(
                "names neither a file nor a form version that is there",
                where=_ENTRY,
                found=name,
                possible=sorted(known),
            )
    complete = {v for e in exports if not e.columns.absent for v in e.version.unique()} - {""}
    for export in exports:
        versions = set(export.version.unique())
        is_older = bool(complete) and "" not in versions and versions.isdisjoint(complete)
        told = {name for name, rows in _told(export, study) if rows.all()}
        absent = [name for name in export.columns.absent if name.partition("/")[0] not in told]
        if absent and not is_older:
            raise ExportError(
                "lacks questions of the questionnaire; name them in `not_asked_in` of study.toml "
                "if the form was without them",
                where=export.table.where,
                found=", ".join(absent),
                possible=[_entry(export.file, absent)],
            )


def _entry(file: str, absent: list[str]) -> str:
    """The line of study.toml that says what a file's form was without."""
    names = dict.fromkeys(name.partition("/")[0] for name in absent)
    quoted = [json.dumps(name, ensure_ascii=False) for name in (file, *names)]
    return f"not_asked_in = {{ {quoted[0]} = [{', '.join(quoted[1:])}] }}"


def lacking_questions(
    export: Export, answers: pd.DataFrame, questionnaire: Questionnaire, study: Study
) -> dict[str, np.ndarray]:
    """Question -> the rows of the file that could not be asked it; other questions are left out.

    Raises ExportError where one of them is answered nevertheless.
    """
    nowhere = np.ones(len(answers), dtype=bool)
    lacking = {name: nowhere for name in export.columns.absent if name in questionnaire.names}
    for name, rows in _told(export, study):
        answered = np.flatnonzero(rows & (answers[name].str.strip() != "").to_numpy())
        if answered.size:
            raise ExportError(
                f"answers {name!r}, which according to study.toml was not asked there",
                where=f"{export.table.where}, row {answers.index[answered[0]]}",
                found=export.version.iloc[answered[0]],
            )
        lacking[name] = lacking.get(name, ~nowhere) | rows
    return lacking


def _told(export: Export, study: Study) -> Iterator[tuple[str, np.ndarray]]:
    """The questions, and the rows, of which the study says that they were not asked there."""
    for source, names in study.not_asked_in.items():
        rows = ((export.version == source) | (export.file == source)).to_numpy()
        if rows.any():
            yield from ((name, rows) for name in names)
