"""After any edit, a run gives the bytes of a full build, and makes no more than it has to.

The study is the small one with a plan, meetings and activities; each edit is made on top of those
before. The package is a copy, so that its files can be edited too. Two edits are tried, and all of
them with UMID_EDITS=all, which takes some twenty minutes.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from small_activities import write_activities
from small_plan import PLAN_QUESTIONNAIRE, plan_export, write_plan
from small_study import small_export

ROOT = Path(__file__).resolve().parents[2]
CACHE = ".cache"
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="facts are noted on Linux only")


class Home:
    """A study, a copy of the package, and what `report` makes of them."""

    def __init__(self, folder: Path, raw: Path) -> None:
        self.folder, self.raw, self.code = folder, raw, folder / "code"
        package = self.code / "umid_research"
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / "umid_research", package, ignore=ignored)
        shutil.copytree(ROOT / "notebooks", self.code / "notebooks")
        shutil.copyfile(ROOT / "requirements.lock", self.code / "requirements.lock")

    def run(self, into: str = "made") -> str:
        """What a run says that makes everything in a folder."""
        folders = {"raw": self.raw, "processed": self.folder / into / "processed"}
        folders |= {"reports": self.folder / into / "reports"}
        given = [part for name, path in folders.items() for part in (f"--{name}", str(path))]
        variables = {**os.environ, "PYTHONPATH": str(self.code)}
        run = subprocess.run(
            [sys.executable, "-m", "umid_research", "report", *given],
            cwd=self.code,
            env=variables,
            capture_output=True,
            text=True,
            check=False,
        )
        assert 0 == run.returncode, run.stderr
        return run.stdout

    def files(self, into: str = "made") -> dict[str, bytes]:
        """All files of a folder but for the cache."""
        found = sorted(path for path in (self.folder / into).rglob("*") if path.is_file())
        named = {path.relative_to(self.folder / into).as_posix(): path for path in found}
        return {name: path.read_bytes() for name, path in named.items() if CACHE not in name}

    def outdated(self) -> list[str]:
        """The executed notebooks in the cache of which no report was rendered."""
        cache = self.folder / "made" / "processed" / CACHE
        records = {path: json.loads(path.read_text()) for path in cache.rglob("*.json")}
        known = {hashlib.sha256(path.read_bytes()).hexdigest() for path in cache.rglob("*.ipynb")}
        kept = {record["notebook"] for record in records.values() if "notebook" in record}
        gone = [
            path.stem for path in cache.rglob("*.ipynb") if path.with_suffix(".json") not in records
        ]
        return [*gone, *(known - kept)]

    def full(self) -> dict[str, bytes]:
        """The files of a build that begins with nothing."""
        shutil.rmtree(self.folder / "full", ignore_errors=True)
        self.run("full")
        return self.files("full")

    def replace(self, name: str, old: str, new: str) -> None:
        """Replaces a text in a file of the study, of the package or of the notebooks."""
        path = next(one for one in (self.raw / name, self.code / name) if one.exists())
        text = path.read_text(encoding="utf-8")
        assert old in text, name
        path.write_text(text.replace(old, new), encoding="utf-8")

    def made(self, says: str) -> int:
        """How many reports a run says that it made."""
        found = re.search(r"^publish  (\d+) reports", says, re.MULTILINE)
        return int(found[1]) if found else 0


@pytest.fixture
def home(write_study, tmp_path) -> Home:
    raw = write_study(
        name="raw", questionnaire=PLAN_QUESTIONNAIRE, export=plan_export(small_export())
    )
    write_activities(raw)
    write_plan(raw)
    return Home(tmp_path, raw)


EXPORT = "responses/export.csv"
CATALOGUE = "umid_research/messages/en.toml"


def _swap(name: str, old: str, new: str) -> Callable[[Home], None]:
    return lambda home: home.replace(name, old, new)


def _withdraw(home: Home) -> None:
    path = home.raw / EXPORT
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [line for line in lines if "uuid-9" not in line]
    assert len(kept) == len(lines) - 1
    path.write_text("".join(kept), encoding="utf-8")


def _touch(home: Home) -> None:
    for folder in (home.raw, home.code, home.folder / "made"):
        for path in folder.rglob("*"):
            os.utime(path, (4_000_000_000, 4_000_000_000))


# What is done, and how many of the 13 reports and other outputs are made again at most.
EDITS: dict[str, tuple[Callable[[Home], None], int]] = {
    "an answer": (_swap(EXPORT, ";4;2;4;", ";1;2;4;"), 6),
    "a style": (_swap("umid_research/templates/report.css", "body {", "body { color: black;"), 13),
    "a withdrawn response": (_withdraw, 13),
    "nothing": (lambda _: None, 0),
    "the time of every file": (_touch, 0),
    "a label": (_swap("study.toml", 'name.en = "NGO"', 'name.en = "Society"'), 13),
    "the name of a district": (_swap("study.toml", 'name.en = "North"', 'name.en = "Nord"'), 13),
    "a sentence": (_swap(CATALOGUE, "How good are the data?", "Are the data good?"), 13),
    "a question": (_swap("questionnaire.md", "Do they keep their word?", "Do they lie?"), 13),
    "a measure": (_swap("measures.csv", "Give papers", "Give all papers"), 8),
    "a piece of evidence": (
        _swap(
            "evidence.csv",
            "n1,board,found,2022-04-01,,one\nE2",
            "n1,board,partly,2022-04-01,,one\nE2",
        ),
        13,
    ),
    "a text of a meeting": (_swap("meetings.csv", "The road is bad.", "The road is worse."), 1),
    "a code": (_swap("analyst_codes.csv", "M1,south,Complete", "M1,south,Limited"), 13),
    "a post": (_swap("activities/posts.csv", "A vacancy", "Two vacancies"), 13),
    "a target": (_swap("activities/indicators.toml", "target = 2", "target = 3"), 13),
    "a notebook": (
        _swap("notebooks/01-data-quality.ipynb", "texts.limits(report)", "texts.limits( report )"),
        1,
    ),
    "a template": (_swap("umid_research/templates/report.typ", "#set ", "#set  "), 13),
    "a comment in the code": (_swap("umid_research/report/cover/text.py", '"""', '"""  '), 13),
    "code of one step": (
        _swap("umid_research/analysis/robustness/__init__.py", '"""', '"""  '),
        13,
    ),
    "a threshold": (_swap("study.toml", "quota = 4 }", "quota = 5 }"), 13),
    "a district by another key": (
        _swap("study.toml", "[districts.south]", "[districts.coast]"),
        13,
    ),
    "no activities": (lambda home: shutil.rmtree(home.raw / "activities"), 13),
}
# Each of all edits is compared with a full build; of the few, only the last one.
ALL = os.environ.get("UMID_EDITS") == "all"
CHOSEN = [*EDITS] if ALL else ["an answer", "a withdrawn response"]


def test_an_incremental_build_has_the_bytes_of_a_full_one(home) -> None:
    """All files and the manifest, after one edit upon another."""
    home.run()
    for name in CHOSEN:
        edit, most = EDITS[name]
        edit(home)

        assert home.made(home.run()) <= most, name

        if ALL or name == CHOSEN[-1]:
            made, full = home.files(), home.full()
            assert set(full) == set(made), name
            assert [] == [one for one in full if full[one] != made[one]], name
            assert "is up to date" in home.run(), name
        assert [] == home.outdated(), name
