"""Find the questions that a member's form version did not have, as `versions` does it.

A table of members has no form version of its own: each member has that of its submission.

    file              version  column of `works`   not_asked_in           could be asked
    small-people.csv  v0       none                                       no
    small-people.csv  v1       none                                       error: all had it
    small-people.csv  v1       present, but blank  v1 = ["works"]         no
"""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from umid_research.errors import ExportError
from umid_research.raw.table import Table
from umid_research.raw.versions import (
    answered_nonetheless,
    declared_rows,
    is_other_version,
    lacks_questions,
    not_asked_entry,
)
from umid_research.study import Study
from umid_research.study.questionnaire import Repeat

# A table of members, and the questions, or `question/choice`, for which it has no column.
Part = tuple[Table, tuple[str, ...]]


def lacking_of_members(
    parts: Sequence[Part],
    members: pd.DataFrame,
    raw: pd.DataFrame,
    judged: np.ndarray,
    repeat: Repeat,
    study: Study,
) -> dict[str, np.ndarray]:
    """Map each lacking question to a mask of the members whose form version did not have it.

    Parameters
    ----------
    members : with the columns version, submission, and part, the place in `parts`.
    judged : True for the rows of `raw` that are not set aside whatever their answers are.

    Raises
    ------
    ExportError
        If a table lacks a question that its form version has, or a member answered what was not
        asked according to `not_asked_in`.
    """
    declared = _declared(parts, members, raw, repeat, study)
    _check_questions(parts, members, declared, repeat, study)
    _check_declared(members, declared, judged)
    lacking = {
        name: np.isin(members["part"], [n for n, (_, absent) in enumerate(parts) if name in absent])
        | declared[name]
        for name in repeat.members.names
    }
    return {name: rows for name, rows in lacking.items() if rows.any()}


def _declared(
    parts: Sequence[Part], members: pd.DataFrame, raw: pd.DataFrame, repeat: Repeat, study: Study
) -> dict[str, np.ndarray]:
    """Map each question to the members who were not asked it according to `not_asked_in`.

    It may name a form version, the file of the members, or that of the submissions.
    """
    files = np.array([table.path.name for table, _ in parts], dtype=object)
    sources = pd.DataFrame(
        {
            "version": members["version"],
            "file": files[members["part"].to_numpy(dtype=int)],
            "main": raw["file"].iloc[members["submission"]].to_numpy(),
        }
    )
    declared = {name: np.zeros(len(members), dtype=bool) for name in repeat.members.names}
    for name, rows in declared_rows(sources, study):
        if name in declared:
            declared[name] |= rows
    return declared


def _check_declared(
    members: pd.DataFrame, declared: Mapping[str, np.ndarray], judged: np.ndarray
) -> None:
    """Raise ExportError if a member answered what was not asked there, according to the study."""
    of_judged = judged[members["submission"].to_numpy(dtype=int)]
    for name, rows in declared.items():
        answered = np.flatnonzero(rows & of_judged & (members[name].str.strip() != "").to_numpy())
        if answered.size:
            member = members.iloc[answered[0]]
            where = f"{member['file']}, row {member['row']}"
            raise answered_nonetheless(name, where, str(member["version"]))


def _check_questions(
    parts: Sequence[Part],
    members: pd.DataFrame,
    declared: Mapping[str, np.ndarray],
    repeat: Repeat,
    study: Study,
) -> None:
    """Raise ExportError if a table of the group lacks a column for one of its questions.

    A table of another form version may lack some of them, as may one that `not_asked_in` names.
    """
    own = [(members["part"] == number).to_numpy() for number in range(len(parts))]
    lacking = [
        [
            name
            for name in absent
            if not rows.any() or not declared[name.partition("/")[0]][rows].all()
        ]
        for (_, absent), rows in zip(parts, own, strict=True)
    ]
    if lost := sorted(set.intersection(*map(set, lacking))):
        raise ExportError(
            f"lacks questions of the repeated group {repeat.name!r}; export it again, or, if the "
            "form did not have them, take them out of the questionnaire in the study folder, or "
            "name them in `not_asked_in` of study.toml",
            where=parts[0][0].where,
            found=", ".join(lost),
            to_copy=[not_asked_entry(parts[0][0].path.name, lost, study)],
        )
    versions = [members["version"][rows] for rows in own]
    complete = {
        version
        for found, absent in zip(versions, lacking, strict=True)
        if not absent
        for version in found
    } - {""}
    for (table, _), found, absent in zip(parts, versions, lacking, strict=True):
        if absent and len(found) and not is_other_version(found, complete):
            raise lacks_questions(table.where, table.path.name, absent, study)
