"""The bench on the small study."""

from functools import cache
from pathlib import Path

import pytest
from small_study import QUESTIONNAIRE, STUDY, derive, write_small

from umid_research import open_study
from umid_research.bench.folders import RAW_VARIABLE
from umid_research.report.study_report import PROCESSED_VARIABLE


@pytest.fixture(scope="session")
def derived(tmp_path_factory):
    """Return a function that derives a variant of the small study once in a run."""

    @cache
    def derive_once(study: str, questionnaire: str, export: str | None) -> Path:
        home = tmp_path_factory.mktemp("bench")
        folder = write_small(home / "a study", study=study, questionnaire=questionnaire)
        if export is not None:
            (folder / "responses" / "export.csv").write_text(export, encoding="utf-8")
        derive(folder, home / "processed")
        return home

    return derive_once


@pytest.fixture
def opened(derived, monkeypatch):
    """Return a function that opens the small study, or a variant of it."""

    def open_small(*, study=STUDY, questionnaire=QUESTIONNAIRE, export=None):
        if '"field"' in study:
            monkeypatch.setenv("UMID_RESPONDENT_KEY", "a secret of this test")
        text = None if export is None else export.to_csv(sep=";", index=False)
        home = derived(study, questionnaire, text)
        monkeypatch.setenv(PROCESSED_VARIABLE, str(home / "processed"))
        monkeypatch.setenv(RAW_VARIABLE, str(home / "a study"))
        return open_study()

    return open_small
