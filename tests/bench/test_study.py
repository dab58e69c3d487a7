"""The bench opens a study's frames, with names beside codes."""

import pandas as pd
import pytest
from numpy.testing import assert_allclose
from small_study import STUDY, write_small

from umid_research import open_study
from umid_research.__main__ import main
from umid_research.bench import folders
from umid_research.errors import FrameError, ParameterError
from umid_research.report.study_report import processed_folder


def test_names_stand_beside_codes(opened) -> None:
    """Of places, groups and topics, and of answers; other columns are as they were."""
    study = opened()

    units = study.units
    assert ["district", "district_name", "locality"] == list(units.columns[1:4])
    assert {("north", "North"), ("south", "South")} == set(
        zip(units["district"], units["district_name"], strict=True)
    )
    assert {"Trust", "Duties", "Overall index"} >= set(units["dimension_name"])
    answers = study.responses
    assert {("yes", "Yes"), ("no", "No")} == set(
        zip(answers["aware"], answers["aware_name"], strict=True)
    )
    assert {"n1": "North 1", "s2": "South 2"}.items() <= dict(
        zip(answers["locality"], answers["locality_name"], strict=True)
    ).items()


def test_the_frames_are_those_of_the_reports(opened) -> None:
    """Whatever the bench computes anew is what the steps wrote."""
    study = opened()

    for name in ("scores", "units", "comparisons"):
        written = pd.read_csv(processed_folder() / f"{name}.csv").drop(columns="provenance")
        made = getattr(study, name)
        assert len(written) == len(made)
        for column in written.select_dtypes("number"):
            numbers = made[column].astype(float)
            assert_allclose(numbers, written[column], err_msg=f"{name}, {column}")


def test_a_frame_can_be_changed_without_changing_the_study(opened) -> None:
    """Each is a new one."""
    study = opened()
    for name in ("responses", "states", "units", "scores", "comparisons"):
        frame = getattr(study, name)
        before = frame.copy()
        frame.iloc[:, 0] = "changed"
        assert before.equals(getattr(study, name)), name


def test_answers_as_received_have_the_id_of_the_respondent(opened) -> None:
    """So that one person can be followed from the export to the score."""
    study = opened()

    assert 10 == len(study.raw)
    assert set(study.responses["respondent"]) <= set(study.raw["respondent"])


def test_answers_as_received_are_not_shown_of_a_real_study(opened) -> None:
    """A saved notebook would keep them."""
    study = opened(study=STUDY.replace('"simulated"', '"field"'))

    with pytest.raises(ParameterError, match="simulated study only"):
        _ = study.raw


def test_answers_as_received_are_those_of_the_study(opened, tmp_path, monkeypatch) -> None:
    """Not of another one whose folder happens to be known."""
    study = opened()
    other = write_small(tmp_path / "other", study=STUDY.replace('id = "small"', 'id = "other"'))
    monkeypatch.setenv(folders.RAW_VARIABLE, str(other))

    with pytest.raises(ParameterError, match="exports of this study are not known") as raised:
        _ = study.raw
    assert "other" == raised.value.found


def test_a_language_without_texts_is_refused(opened) -> None:
    """With those that there are."""
    opened()

    with pytest.raises(ParameterError, match="no names in this language") as raised:
        open_study(language="fr")
    assert ("en",) == raised.value.possible


def test_a_study_opens_by_its_folder_if_its_frames_are_current(tmp_path, monkeypatch) -> None:
    """From any folder below the project; otherwise the error says what to run."""
    monkeypatch.setattr(folders, "PROJECT", tmp_path)
    monkeypatch.chdir(tmp_path)
    folder = write_small(tmp_path / "studies" / "autumn")
    with pytest.raises(FrameError, match="run `make frames RAW="):
        open_study("studies/autumn")

    assert 0 == main(["frames", "--raw", "studies/autumn"])
    (tmp_path / "deep").mkdir()
    monkeypatch.chdir(tmp_path / "deep")
    assert 10 == len(open_study("studies/autumn").responses)

    (folder / "README.md").write_text("changed")
    with pytest.raises(FrameError, match="missing or older"):
        open_study("studies/autumn")
