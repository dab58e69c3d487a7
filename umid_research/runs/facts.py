"""What the facts are that `runs.records` notes, compared by content.

The facts of a State are those of one moment, which is before anything is made: what is changed
while a run makes something is then seen by the next run.
"""

import csv
import json
import platform
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path

from umid_research.runs.records import code_now
from umid_research.runs.stamp import (
    code_folder,
    digest,
    frame_files,
    lock_digest,
    sha256,
    software,
    stamped_inputs,
)

# The versions of the software, and the names of this package's files: a file may hide another.
ALWAYS = ("environment", "names")
_DISTRICT = "dimension"


class State:
    """The files of the package, of the frames and of the notebooks, each with its SHA-256."""

    def __init__(
        self, processed: Path, notebooks: Path, code: Mapping[str, str] | None = None
    ) -> None:
        """Read all files; `code` are those of the package at the start of the run, if known."""
        self._processed = Path(processed)
        self._roots = {
            "code": code_folder(),
            "frame": self._processed,
            "notebook": Path(notebooks),
        }
        code = code_now() if code is None else code
        frames = frame_files(self._processed)
        numbered = {path.name: sha256(path) for path in sorted(Path(notebooks).glob("*.ipynb"))}
        groups = {"code": code, "frame": frames, "notebook": numbered}
        self._values: dict[str, str] = {
            f"{kind}:{name}": found
            for kind, files in groups.items()
            for name, found in files.items()
        }
        environment = [lock_digest(), platform.python_version(), software()]
        self._values["environment"] = digest(environment)
        self._values["names"] = digest(sorted(code))
        self._values["frames"] = digest(sorted(frames))
        # A study with many districts asks for the same table once per district.
        self._tables: dict[str, list[list[str]]] = {}
        self._grouped: dict[tuple[str, str], dict[str, list[list[str]]]] = {}

    def values(self, facts: Iterable[str]) -> dict[str, str]:
        """Return each fact with its value, and those facts that always matter."""
        return {fact: self._value(fact) for fact in sorted({*facts, *ALWAYS})}

    def holds(self, recorded: object) -> bool:
        """Return whether all recorded facts are as they were; not if there are none."""
        if not isinstance(recorded, dict) or not {*ALWAYS} <= recorded.keys():
            return False
        return all(self._value(fact) == value for fact, value in recorded.items())

    def code(self, folder: str) -> list[str]:
        """Return the facts of all files in a folder of the package."""
        return [fact for fact in self._values if fact.startswith(f"code:{folder}/")]

    def _value(self, fact: str) -> str:
        """Return the value of a fact, "" for a file that does not exist."""
        if fact not in self._values:
            self._values[fact] = self._computed(fact)
        return self._values[fact]

    def _computed(self, fact: str) -> str:
        kind, _, name = fact.partition(":")
        if kind in self._roots:
            path = self._roots[kind] / name
            return sha256(path) if path.is_file() else ""
        if kind == "rows":
            table, _, condition = name.partition("|")
            column, value = json.loads(condition)
            return digest([self._rows(table)[:1], self._rows_with(table, column, value)])
        if kind == "inputs":
            return digest(stamped_inputs(self._processed))
        tables = [path.stem for path in sorted((self._processed / "published").glob("*.csv"))]
        if kind == "tables":
            return digest([table for table in tables if len(self._rows(table)) > 1])
        if kind == "numbers":
            return digest(sum(max(len(self._rows(table)) - 1, 0) for table in tables))
        if kind == "dimensions":
            return digest([self._distinct(table, _DISTRICT) for table in tables])
        return ""

    def _distinct(self, table: str, column: str) -> list[str]:
        rows = self._rows(table)
        if not rows or column not in rows[0]:
            return []
        place = rows[0].index(column)
        return list(dict.fromkeys(row[place] for row in rows[1:]))

    def _rows_with(self, table: str, column: str, value: str) -> list[list[str]]:
        """Return the rows with a value in a column; without the column, all rows."""
        rows = self._rows(table)
        if not rows or column not in rows[0]:
            return rows
        if (table, column) not in self._grouped:
            place = rows[0].index(column)
            grouped: dict[str, list[list[str]]] = defaultdict(list)
            for row in rows:
                grouped[row[place]].append(row)
            self._grouped[table, column] = grouped
        return self._grouped[table, column].get(value, [])

    def _rows(self, table: str) -> list[list[str]]:
        if table not in self._tables:
            self._tables[table] = self._read(table)
        return self._tables[table]

    def _read(self, table: str) -> list[list[str]]:
        path = self._processed / "published" / f"{table}.csv"
        if not path.is_file():
            return []
        with path.open(encoding="utf-8", newline="") as file:
            return list(csv.reader(file))
