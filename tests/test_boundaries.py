"""One direction of data, one list of versions, nothing confidential in the repository."""

import ast
import json
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
# A room may import only from rooms above it.
ROOMS = [
    *(
        "errors",
        "stamp",
        "manifest",
        "processes",
        "study",
        "outlines",
        "conditions",
        "questionnaire",
        "raw",
        "spelling",
        "privacy",
    ),
    *(
        "frames",
        "verdicts",
        "registers",
        "agreement",
        "clean",
        "score",
        "reliability",
        "percentages",
    ),
    *("compare", "robustness", "meetings", "implementation", "activities", "disclosure"),
    *(
        "protection",
        "messages",
        "text_safety",
        "input_names",
        "report",
        "activity_report",
        "references",
    ),
    *("sentences", "style", "canvas", "figures", "tables", "typesetting", "typeface", "office"),
    *(
        "slides",
        "sheets",
        "exporters",
        "annexes",
        "information",
        "forms",
        "appendix",
        "begin",
        "publish",
        "explore",
    ),
    *("simulate", "stages", "__main__"),
]
# They decide whether anything is to be done, before any library is loaded.
STANDARD_ONLY = ["errors", "stamp", "manifest", "processes", "input_names"]


def _files(room: str) -> list[Path]:
    package = ROOT / "umid_research"
    return (
        [package / f"{room}.py"]
        if (package / f"{room}.py").exists()
        else list((package / room).glob("*.py"))
    )


def _imported_rooms(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("umid_research."):
            found.add(node.module.split(".")[1])
        elif isinstance(node, ast.ImportFrom) and node.module == "umid_research":
            found |= {alias.name for alias in node.names}
    return found


def test_every_module_is_a_room() -> None:
    """A new module must say where on the way of the data it stands."""
    package = ROOT / "umid_research"
    modules = {path.stem for path in package.glob("*.py")} - {"__init__"}
    folders = {path.parent.name for path in package.glob("*/__init__.py")}

    assert set(ROOMS) == modules | folders


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_imports_only_from_rooms_above_it(room) -> None:
    """The data go one way."""
    above = {*ROOMS[: ROOMS.index(room)], room}

    for path in _files(room):
        assert set() == _imported_rooms(path) - above, path.name


@pytest.mark.parametrize("room", STANDARD_ONLY)
def test_what_is_out_of_date_is_decided_with_the_standard_library(room) -> None:
    """The answer takes a fraction of a second, from any Python."""
    tree = ast.parse(_files(room)[0].read_text(encoding="utf-8"))
    imported = {
        (node.module if isinstance(node, ast.ImportFrom) else node.names[0].name).split(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
    }

    assert imported <= {*sys.stdlib_module_names, "umid_research"}


def _locked() -> dict[str, str]:
    pins = re.findall(
        r"^([A-Za-z0-9_.-]+)==([^ \\;]+)", (ROOT / "requirements.lock").read_text(), re.MULTILINE
    )
    return {name.lower().replace("_", "-"): version for name, version in pins}


def test_what_the_project_asks_for_is_locked_once() -> None:
    """pyproject.toml names, the lock pins, and conda users install from the same lock."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    asked = project["project"]["dependencies"] + project["dependency-groups"]["dev"]
    lock = (ROOT / "requirements.lock").read_text()

    assert set() == {name.lower().replace("_", "-") for name in asked} - set(_locked())
    assert "- --requirement requirements.lock" in (ROOT / "environment.yml").read_text()
    assert (
        project["project"]["requires-python"].removeprefix(">=")
        in (ROOT / "environment.yml").read_text()
    )
    assert "://" not in lock
    assert len(re.findall(r"^[A-Za-z0-9_.-]+==", lock, re.MULTILINE)) == len(_locked())


def _tracked() -> list[Path]:
    if shutil.which("git") is None:
        pytest.skip("git is not here to say what is tracked")
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if listed.returncode:
        pytest.skip("not a git checkout")
    return [ROOT / name for name in listed.stdout.split("\0") if name]


def test_no_confidential_study_is_tracked() -> None:
    """A response file in the repository belongs to a study that is not provenance `field`."""
    exports = [path for path in _tracked() if path.parent.name == "responses"]

    assert exports
    for path in exports:
        study = tomllib.loads((path.parents[1] / "study.toml").read_text(encoding="utf-8"))
        assert study["provenance"] != "field"


def test_no_committed_notebook_shows_a_confidential_study() -> None:
    """Its record says whose numbers its outputs are."""
    notebooks = [path for path in _tracked() if path.suffix == ".ipynb"]

    assert notebooks
    for path in notebooks:
        content = json.loads(path.read_text(encoding="utf-8"))
        records = [
            output["data"]["application/vnd.umid.record+json"]
            for cell in content["cells"]
            for output in cell.get("outputs", [])
            if "application/vnd.umid.record+json" in output.get("data", {})
        ]
        assert ["simulated"] == [record["provenance"] for record in records], path.name
