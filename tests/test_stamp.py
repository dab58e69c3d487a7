"""What was this made from? The stamp knows, and notices what make cannot."""

import subprocess
import sys
from pathlib import Path

import pytest

from umid_research.errors import FrameError
from umid_research.stamp import drop_broken_manifest, main, sha256, write_json, write_stamp


def test_the_stamp_changes_when_an_input_is_changed_added_or_removed(write_study, tmp_path) -> None:
    """And only then."""
    raw, processed = write_study(), tmp_path / "processed"
    export = raw / "responses" / "export.csv"

    assert write_stamp(raw, processed)
    assert not write_stamp(raw, processed)

    export.write_text(export.read_text() + "\n")
    assert write_stamp(raw, processed)
    (raw / "responses" / "more.csv").write_text("a")
    assert write_stamp(raw, processed)
    (raw / "responses" / "more.csv").unlink()
    assert write_stamp(raw, processed)
    assert not write_stamp(raw, processed)


def test_hidden_files_are_no_inputs(write_study, tmp_path) -> None:
    """What desktops and spreadsheets leave in a folder."""
    raw, processed = write_study(), tmp_path / "processed"
    write_stamp(raw, processed)
    (raw / ".DS_Store").write_text("x")
    (raw / "responses" / "~$export.xlsx").write_text("x")

    assert not write_stamp(raw, processed)


def test_another_studys_folder_is_refused(write_study, tmp_path) -> None:
    """Two studies in one folder would leave frames of both."""
    processed = tmp_path / "processed"
    write_json(processed / "stamp.json", {"study": "other", "inputs": {}})

    with pytest.raises(FrameError, match=r"not those of 'small'.*found 'other'"):
        write_stamp(write_study(), processed)


@pytest.mark.parametrize("damage", ["removed", "changed", None])
def test_a_manifest_that_no_longer_holds_is_dropped(tmp_path, damage) -> None:
    """So that make builds again what somebody deleted or edited."""
    report = tmp_path / "study.html"
    report.write_text("a report")
    write_json(tmp_path / "manifest.json", {"files": {"study.html": sha256(report)}})
    if damage == "removed":
        report.unlink()
    elif damage == "changed":
        report.write_text("another")

    drop_broken_manifest(tmp_path)

    assert (damage is None) == (tmp_path / "manifest.json").exists()


@pytest.mark.parametrize(
    ("text", "says"),
    [(None, "no study description"), ("id =", "not valid TOML"), ("title = 1", "lacks the study")],
)
def test_a_folder_that_is_no_study_is_refused_in_one_line(tmp_path, capsys, text, says) -> None:
    """Exit status 1, and nothing written."""
    if text is not None:
        (tmp_path / "study.toml").write_text(text)

    assert 1 == main([str(tmp_path), str(tmp_path / "processed"), str(tmp_path / "reports")])
    assert says in capsys.readouterr().err
    assert not (tmp_path / "processed").exists()


def test_the_id_is_printed_for_make(write_study) -> None:
    """make names the output folders of another study by it, with any Python, alone."""
    command = [sys.executable, "-S", "-m", "umid_research.stamp", "--id", str(write_study())]
    printed = subprocess.run(
        command, capture_output=True, text=True, check=True, cwd=Path(__file__).parents[1]
    ).stdout

    assert "small" == printed
