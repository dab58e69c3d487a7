"""Running survey servers whose token stands in the environment, and a folder to work in."""

from pathlib import Path

import pytest
from survey_server import TOKEN, Central, Kobo, SurveyServer, central, kobo, running


@pytest.fixture(params=[kobo, central])
def server(request, tmp_path, monkeypatch) -> SurveyServer:
    """A server of either platform."""
    monkeypatch.setenv("UMID_SERVER_TOKEN", TOKEN)
    with running(request.param(tmp_path)) as one:
        yield one


@pytest.fixture
def kobotoolbox(tmp_path, monkeypatch) -> Kobo:
    """A KoboToolbox."""
    monkeypatch.setenv("UMID_SERVER_TOKEN", TOKEN)
    with running(kobo(tmp_path)) as one:
        yield one


@pytest.fixture
def odk_central(tmp_path, monkeypatch) -> Central:
    """An ODK Central."""
    monkeypatch.setenv("UMID_SERVER_TOKEN", TOKEN)
    with running(central(tmp_path)) as one:
        yield one


@pytest.fixture
def home(tmp_path, monkeypatch) -> Path:
    """A folder of its own to work in, as the outputs go to build/ below it."""
    monkeypatch.chdir(tmp_path)
    return tmp_path
