"""The built package makes a study's reports in any folder, without the project beside it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from small_study import write_small
from whole_way import ROOT

NOTEBOOKS = {path.name for path in (ROOT / "notebooks").glob("*.ipynb")}


def _run(*command: object, **options: object) -> subprocess.CompletedProcess:
    return subprocess.run(
        [*map(str, command)], check=False, capture_output=True, text=True, **options
    )


@pytest.fixture(scope="module")
def installed(tmp_path_factory) -> Path:
    """A folder with the installed wheel; the libraries are those of the environment."""
    folder = tmp_path_factory.mktemp("wheel")
    python = sys.executable
    built = _run(python, "-m", "hatchling", "build", "-t", "wheel", "-d", folder, cwd=ROOT)
    assert 0 == built.returncode, built.stderr
    (wheel,) = folder.glob("*.whl")
    site = folder / "site"
    pip = (python, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index")
    done = _run(*pip, "--disable-pip-version-check", "--target", site, wheel)
    assert 0 == done.returncode, done.stderr
    return site


def test_the_wheel_has_all_notebooks(installed) -> None:
    found = {path.name for path in (installed / "umid_research/notebooks").glob("*.ipynb")}

    assert found == NOTEBOOKS
    assert len(found) > 8


def test_an_installed_package_makes_the_reports_of_a_study_anywhere(installed, tmp_path) -> None:
    """In a folder without notebooks, with the command that the package installs."""
    study, home = write_small(tmp_path / "study"), tmp_path / "home"
    home.mkdir()
    environment = {**os.environ, "PYTHONPATH": str(installed)}
    command = installed / "bin" / "umid-research"
    made = _run(
        *(command, "report", "--raw", study, "--languages", "en"), cwd=home, env=environment
    )

    assert 0 == made.returncode, made.stderr
    page = home / made.stdout.splitlines()[-1].removeprefix("open").strip()
    assert "study.html" == page.name
    assert "A small study" in page.read_text(encoding="utf-8")
    assert {"build"} == {path.name for path in home.iterdir()}
    where = _run(
        *(sys.executable, "-c", "import umid_research as u; print(u.__file__)"),
        cwd=home,
        env=environment,
    )
    assert where.stdout.startswith(str(installed))
