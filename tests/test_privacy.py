"""Ids that tell nothing without the key."""

import pandas as pd
import pytest

from umid_research.privacy import KEY_VARIABLE, keyed_ids, respondent_key
from umid_research.study import read_study

FIELD = ('provenance = "simulated"', 'provenance = "field"')


@pytest.fixture
def studies(write_study, monkeypatch):
    from small_study import STUDY

    monkeypatch.delenv(KEY_VARIABLE, raising=False)
    simulated = read_study(write_study(name="simulated"))
    field = read_study(write_study(name="field", study=STUDY.replace(*FIELD)))
    return simulated, field


def test_equal_texts_have_equal_ids_under_one_key_only() -> None:
    """Another key, other ids; 16 hexadecimal digits each."""
    texts = pd.Series(["a", "b", "a"])

    ids = keyed_ids(texts, "k" * 16)

    assert ids[0] == ids[2] != ids[1]
    assert ids.str.fullmatch("[0-9a-f]{16}").all()
    assert not ids.isin(keyed_ids(texts, "l" * 16)).any()


def test_a_real_study_gets_a_key_once_readable_by_its_owner_only(studies, tmp_path) -> None:
    """The second run finds the key of the first."""
    path = tmp_path / ".respondent-key"

    key = respondent_key(studies[1], path)

    assert key == respondent_key(studies[1], path)
    assert 0o600 == path.stat().st_mode & 0o777
    assert key not in path.read_text()


def test_two_folders_have_different_keys(studies, tmp_path) -> None:
    """A key is drawn, not computed from the study."""
    assert respondent_key(studies[1], tmp_path / "a") != respondent_key(studies[1], tmp_path / "b")


def test_the_environment_overrides_the_file(studies, tmp_path, monkeypatch) -> None:
    """And then no file is written."""
    monkeypatch.setenv(KEY_VARIABLE, "a secret of the team")

    key = respondent_key(studies[1], tmp_path / "key")

    assert 16 == len(key)
    assert not (tmp_path / "key").exists()


def test_a_simulated_study_has_the_same_key_everywhere(studies, tmp_path, monkeypatch) -> None:
    """Its frames are the same bytes on every machine."""
    monkeypatch.setenv(KEY_VARIABLE, "a secret of the team")

    assert respondent_key(studies[0], tmp_path / "a") == respondent_key(studies[0], tmp_path / "b")
    assert [] == list(tmp_path.glob("[ab]"))
