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
SOURCE = ROOT / "umid_research"
# A package may import only from packages above it.
PACKAGES = [
    *("errors", "runs", "messages", "study", "frames", "raw", "clean", "analysis"),
    *("indicators", "disclosure", "report", "bench", "output", "forms", "fieldwork", "simulate"),
    *("pipeline", "__main__"),
]
# They decide whether anything is to be done, before any library is loaded.
STANDARD_ONLY = [
    "errors.py",
    *(f"runs/{name}.py" for name in ("stamp", "manifest", "processes", "input_names")),
]


def _files(package: str) -> list[Path]:
    module = SOURCE / f"{package}.py"
    return [module] if module.exists() else list((SOURCE / package).rglob("*.py"))


def _imported_packages(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.level:
            found.add("a relative import")
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("umid_research."):
            found.add(node.module.split(".")[1])
        elif isinstance(node, ast.ImportFrom) and node.module == "umid_research":
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.Import):
            names = [alias.name.split(".") for alias in node.names]
            found |= {".".join(name[1:2]) for name in names if name[0] == "umid_research"}
    return found


def test_every_module_has_its_place_in_the_list() -> None:
    """A new package must say where on the way of the data it stands."""
    modules = {path.stem for path in SOURCE.glob("*.py")} - {"__init__"}
    folders = {path.parent.name for path in SOURCE.glob("*/__init__.py")}

    assert set(PACKAGES) == modules | folders


@pytest.mark.parametrize("package", PACKAGES)
def test_a_package_imports_only_from_packages_above_it(package) -> None:
    """The data go one way, however the import is written."""
    above = {*PACKAGES[: PACKAGES.index(package)], package}

    for path in _files(package):
        assert set() == _imported_packages(path) - above, path.name


def test_imports_are_found_however_they_are_written(tmp_path) -> None:
    """None of the three forms of an import escapes the tests above."""
    path = tmp_path / "module.py"
    path.write_text(
        "import umid_research.raw.files\n"
        "from umid_research import clean\n"
        "from umid_research.study.spelling import nearest\n"
        "def later():\n    from . import beside\n"
    )

    assert {"raw", "clean", "study", "a relative import"} == _imported_packages(path)


@pytest.mark.parametrize("module", STANDARD_ONLY)
def test_what_is_out_of_date_is_decided_with_the_standard_library(module) -> None:
    """The answer takes a fraction of a second, from any Python."""
    tree = ast.parse((SOURCE / module).read_text(encoding="utf-8"))
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
    # Without the systems that it is for, and the versions that are too new.
    asked = [re.split("[;<]", entry)[0] for entry in asked]
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
