"""Studies that tests share, and which tests are slow."""

import os
import re
import shutil
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from attacked import Case
from made_once import MadeOnce
from small_study import write_small
from thin_studies import derive_thin
from whole_way import BUNDLED, ROOT, folders, make

from umid_research.clean import Cleaned, clean_responses
from umid_research.disclosure.tables import read_published
from umid_research.raw import read_raw
from umid_research.report import study_report
from umid_research.report.study_report import PROCESSED_VARIABLE
from umid_research.study import Study, read_study
from umid_research.study.questionnaire import Questionnaire, read_questionnaire

pytest_plugins = ["order"]


@pytest.fixture
def write_study(tmp_path: Path) -> Callable[..., Path]:
    """Writes a study folder: the small one, with any of its three parts replaced."""

    def write(*, name: str = "a study", **parts: Any) -> Path:
        return write_small(tmp_path / name, **parts)

    return write


@pytest.fixture
def read_all(write_study: Callable[..., Path]) -> Callable[..., tuple]:
    """Study, questionnaire and raw of a study folder written on the way."""

    def read(**parts: object) -> tuple[Study, Questionnaire, pd.DataFrame]:
        folder = write_study(**parts)
        study = read_study(folder)
        questionnaire = read_questionnaire(folder, study)
        return study, questionnaire, read_raw(folder, questionnaire, study)

    return read


@pytest.fixture
def cleaned(read_all: Callable[..., tuple]) -> Callable[..., Cleaned]:
    """The cleaned frames of the small study, with its export or other parts replaced if given."""

    def clean(export: pd.DataFrame | None = None, **parts: object) -> Cleaned:
        study, questionnaire, raw = read_all(export=export, **parts)
        return clean_responses(raw, questionnaire, study, key="k" * 16)

    return clean


@pytest.fixture
def case(write_study: Callable[..., Path]) -> Callable[..., Case]:
    """A small study on its way to `published`, with any of its parts replaced."""

    def make_case(**parts: Any) -> Case:
        return Case(write_study(**parts))

    return make_case


@pytest.fixture(scope="session", autouse=True)
def no_key_is_left() -> Iterator[None]:
    """No test leaves the secret of its study in the repository, for other studies to use."""
    key = ROOT / ".respondent-key"
    before = key.exists()
    yield
    assert before == key.exists()


@pytest.fixture(scope="session")
def once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MadeOnce]:
    """Makes a folder once in a run, for all its processes and tests, which only read it."""
    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent
    made = MadeOnce(shared)
    yield made
    assert [] == made.changed()


@pytest.fixture(scope="session")
def built(once: MadeOnce, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a copy of the bundled study in `raw` and what make made of it.

    Building takes a minute: the first process of a run builds, each has a copy of its own.
    """
    bundled = once("bundled", _build)
    return shutil.copytree(bundled, tmp_path_factory.mktemp("built") / "bundled")


@pytest.fixture
def thin(once: MadeOnce, read_once: None, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
    """Gives the folder of all frames of a thin study by the name of its defect, to be read only.

    Reports and notebooks that the test opens are of this study.
    """

    def derived(defect: str) -> Path:
        name = f"thin-{re.sub('[^a-z]+', '-', defect)}"
        processed = once(name, lambda home: derive_thin(defect, home)) / "processed"
        monkeypatch.setenv(PROCESSED_VARIABLE, str(processed))
        return processed

    return derived


@pytest.fixture
def read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Published tables of a folder are read and checked once in a test, not for each report."""
    tables = cache(read_published)
    monkeypatch.setattr(
        study_report,
        "read_published",
        lambda folder: {name: rows.copy() for name, rows in tables(folder).items()},
    )


def _build(home: Path) -> Path:
    shutil.copytree(BUNDLED, home / "raw", dirs_exist_ok=True)
    made = make("report", *folders(home / "raw", home, "{}="))
    assert 0 == made.returncode, made.stderr
    assert "68 submissions read, 65 kept, 3 set aside" in made.stdout
    return home
