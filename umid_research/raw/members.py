"""Read the members of repeated groups and link them to their submissions.

`members`, one row per member and submission that it belongs to:

    file                                row  submission  version  uuid  age  work
    kobo.xlsx, members on sheet people    2           0  v1       1cb5  41   yes
    kobo.xlsx, members on sheet people    3           0  v1       1cb5  12

For example, both are members of the first row of `raw`, which has this version and uuid. A member
of a file of its own (CSV) belongs to every copy of its submission, of which cleaning keeps one at
most. The order of the rows is that of the members of a submission.

`orphans` has file, row and rule of the rows that are left out: `no_submission` if the submission is
not in the export, for example because somebody deleted its row; `twice` for a copy of another row.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from umid_research.errors import ExportError
from umid_research.raw.answers import read_answers
from umid_research.raw.columns import Columns, join_columns, match_columns
from umid_research.raw.export import Export
from umid_research.raw.headers import Headers
from umid_research.raw.member_versions import lacking_of_members
from umid_research.raw.ranks import ranked_answers
from umid_research.raw.repeats import PARENT_INDEX, PARENT_KEY
from umid_research.raw.table import Table
from umid_research.study import Study
from umid_research.study.conditions import referenced_values
from umid_research.study.evaluation import evaluate
from umid_research.study.questionnaire import Questionnaire, Repeat

_INDEX, _SUBMISSION_UUID = "_index", "_submission__uuid"
_KEYS = ("file", "row", "submission", "version", "uuid")


@dataclass(frozen=True)
class Members:
    """The frames `members` and `orphans` of a repeated group; see the module's docstring.

    `covered` has a value per row of `raw`: False where the export holds no table of the group, so
    that nobody knows how many members there were. `lacking` maps a question to a mask of the
    members whose form version did not have it.
    """

    repeat: Repeat
    members: pd.DataFrame
    orphans: pd.DataFrame
    covered: np.ndarray
    lacking: Mapping[str, np.ndarray]

    def numbers(self, raw: pd.DataFrame) -> pd.Series:
        """Return the number of members of each row of `raw`, as text; "" where it is unknown.

        It is also "" where there is none and the group's conditions are not met by the answers as
        received: the device did not ask then.
        """
        times = self.members["submission"].value_counts()
        number = raw.index.to_series().map(times).fillna(0).astype(int)
        known = self.covered & ((number > 0) | _met(self.repeat.relevant, raw))
        return number.astype("str").where(known, "")


def read_members(
    repeat: Repeat,
    tables: Sequence[tuple[Table, int | None]],
    exports: Sequence[Export],
    raw: pd.DataFrame,
    study: Study,
) -> Members:
    """Return the members of a repeated group.

    Parameters
    ----------
    tables : each table of the group, and the place in `exports` of the submissions in its file.
    exports : the tables of submissions, whose rows follow each other in `raw`.

    Raises
    ------
    ExportError
        If a table cannot be linked to its submissions, holds two different copies of a member, or
        if a question of the group is in none of the tables.
    """
    headers = Headers.of(repeat.members)
    parts = [_Part.of(table, place, headers, study) for table, place in tables]
    judged = np.concatenate([export.table.judged for export in exports])
    starts = np.cumsum([0, *(len(export.table.cells) for export in exports)])
    covered = np.zeros(len(raw), dtype=bool)
    for part in parts:
        if part.place is not None:
            covered[starts[part.place] : starts[part.place + 1]] = True
    open_rows = np.flatnonzero(~covered)
    linked, orphans = [], []
    for number, part in enumerate(parts):
        rows = part.rows(repeat.members).assign(part=number)
        if part.place is None:
            found = _by_key(part, raw.iloc[open_rows])
            covered |= _same_files(raw, found)
        else:
            found = _by_index(part, exports[part.place], starts[part.place])
        lost = rows[~rows.index.isin(found.index)]
        orphans.append(lost[["file", "row"]].assign(rule="no_submission"))
        linked.append(rows.join(found, how="inner"))
    joined = pd.concat(linked, ignore_index=True).astype({"submission": int, "row": int})
    members, twice = _without_copies(joined, repeat, judged)
    of_submission = raw[["version", "uuid"]].iloc[members["submission"]].reset_index(drop=True)
    members = members.assign(version=of_submission["version"], uuid=of_submission["uuid"])
    lacking = lacking_of_members(
        [(part.table, part.columns.absent) for part in parts], members, raw, judged, repeat, study
    )
    return Members(
        repeat,
        members[[*_KEYS, *repeat.members.names]],
        pd.concat([*orphans, twice], ignore_index=True),
        covered,
        lacking,
    )


@dataclass(frozen=True)
class _Part:
    """A table of members; `place` is that of the submissions of the same file in the exports."""

    table: Table
    columns: Columns
    place: int | None

    @classmethod
    def of(cls, table: Table, place: int | None, headers: Headers, study: Study) -> "_Part":
        columns = match_columns(table, headers, study)
        has_index = PARENT_INDEX in table.header.values()
        return cls(join_columns(table, columns), columns, place if has_index else None)

    @property
    def file(self) -> str:
        """Where a person finds the rows.

        It differs from how corrections.csv names a submission, so that none is taken for a member.
        """
        sheet = f", members on sheet {self.table.sheet}" if self.table.sheet else ""
        return f"{self.table.path.name}{sheet}"

    def cells(self, header: str) -> pd.Series | None:
        """Return the column with this header, None if there is none."""
        found = (place for place, text in self.table.header.items() if text == header)
        place = next(found, None)
        return None if place is None else self.table.cells[place].str.strip()

    def rows(self, members: Questionnaire) -> pd.DataFrame:
        """Return file, row, key and the answers of each row of the table."""
        columns, table = self.columns, self.table
        answers, _ = read_answers(table, columns.answers, columns.ticks, members)
        ranked, _ = ranked_answers(table, columns.ranks, answers, members)
        answers = answers.assign(**ranked).reindex(columns=list(members.names), fill_value="")
        key = self.cells("KEY") if self.place is None else None
        return answers.assign(file=self.file, row=table.cells.index, key="" if key is None else key)


def _by_index(part: _Part, export: Export, start: int) -> pd.DataFrame:
    """Return the submission of each row of a sheet, by the number that KoboToolbox gave it."""
    main = _Part(export.table, export.columns, None)
    numbers, wanted = main.cells(_INDEX), part.cells(PARENT_INDEX)
    if numbers is None or wanted is None:  # the part has the column; see `_Part.of`
        raise ExportError(
            "lacks the column to which the members of its repeated group point; export the "
            "workbook again",
            where=export.table.where,
            possible=[_INDEX],
        )
    numbers, wanted = (cells.str.removesuffix(".0") for cells in (numbers, wanted))
    if (twice := numbers.duplicated() & (numbers != "")).any():
        raise ExportError(
            "has two submissions with the same number, so members cannot be linked to them; export "
            "the workbook again",
            where=f"{main.table.where}, row {twice.idxmax()}, column {_INDEX}",
            found=numbers[twice.idxmax()],
        )
    places = pd.Series(np.arange(start, start + len(numbers)), index=numbers.to_numpy())
    found = wanted[(wanted != "") & wanted.isin(numbers)].map(places)
    ids = part.cells(_SUBMISSION_UUID)
    if ids is not None:
        own = export.uuid.to_numpy()[found.to_numpy(dtype=int) - start]
        theirs = ids.loc[found.index].str.removeprefix("uuid:")
        differs = (own != "") & (theirs != "") & (theirs != own)
        if differs.any():
            raise ExportError(
                "points to a submission with another uuid; were rows of a sheet numbered anew? "
                "Export the workbook again",
                where=f"{part.table.where}, row {differs.idxmax()}, column {_SUBMISSION_UUID}",
                found=ids[differs.idxmax()],
            )
    return pd.DataFrame({"submission": found.astype(int)})


def _by_key(part: _Part, raw: pd.DataFrame) -> pd.DataFrame:
    """Return the submissions of each row of a file, by their KEY: all copies of a submission."""
    wanted = part.cells(PARENT_KEY)
    if wanted is None:
        raise ExportError(
            "cannot be linked to its submissions; put the workbook with both sheets here",
            where=part.table.where,
            possible=[PARENT_KEY],
        )
    keys = raw["uuid"][raw["uuid"] != ""]
    copies = pd.DataFrame({"key": keys.to_numpy(), "submission": keys.index.to_numpy()})
    rows = wanted.str.removeprefix("uuid:").rename("key").rename_axis("at").reset_index()
    return rows.merge(copies, on="key").set_index("at")[["submission"]].astype(int)


def _same_files(raw: pd.DataFrame, found: pd.DataFrame) -> np.ndarray:
    """Return the rows of `raw` that are in the same files as the submissions that were found."""
    files = raw["file"].iloc[found["submission"].unique()].unique()
    return raw["file"].isin(files).to_numpy()


def _without_copies(
    members: pd.DataFrame, repeat: Repeat, judged: np.ndarray
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the members of each submission once, and the rows that are copies of others.

    Raises ExportError if two rows with one key differ, unless their submission is set aside
    anyway.
    """
    has_key = members["key"] != ""
    again = members.duplicated(["submission", "key"]) & has_key
    whole = members.duplicated(["submission", "key", *repeat.members.names]) & has_key
    of_judged = judged[members["submission"].to_numpy(dtype=int)]
    if (differs := again & ~whole & of_judged).any():
        second = members[differs].iloc[0]
        same = (members["submission"] == second["submission"]) & (members["key"] == second["key"])
        first = members[same].iloc[0]
        raise ExportError(
            "has a member that another row holds with different answers; keep one of the two",
            where=f"{second['file']}, row {second['row']}",
            found=f"{first['file']}, row {first['row']}",
        )
    twice = members[again].drop_duplicates(["file", "row"])[["file", "row"]].assign(rule="twice")
    return members[~again].reset_index(drop=True), twice


def _met(conditions: Sequence[str], raw: pd.DataFrame) -> np.ndarray:
    """Return which rows of `raw` meet all conditions; one that needs other values counts as met."""
    met = np.ones(len(raw), dtype=bool)
    for expression in conditions:
        names = list(referenced_values(expression))
        if set(names) <= set(raw.columns):
            met &= evaluate(expression, raw[names]).to_numpy(dtype=bool)
    return met
