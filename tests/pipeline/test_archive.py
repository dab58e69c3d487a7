"""Test the command that archives a study, from a study folder to an archive that is green."""

import subprocess
import sys
from pathlib import Path

from small_study import STUDY, write_small
from whole_way import ROOT

from umid_research.__main__ import main


def _archive(home: Path, raw: Path) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "umid_research", "archive", "--raw", str(raw)]
    command += ["--notebooks", str(ROOT / "notebooks")]
    return subprocess.run(command, cwd=home, capture_output=True, text=True, check=False)


def test_the_command_makes_reports_archive_and_internal_files(
    tmp_path, capsys, monkeypatch
) -> None:
    """Of a confidential study in any folder; it says what the study lacks."""
    field = STUDY.replace('"simulated"', '"field"')
    raw = write_small(tmp_path / "study", study=f"# a remark\n{field}")

    made = _archive(tmp_path, raw)

    assert 0 == made.returncode, made.stderr
    home = tmp_path / "build" / "small"
    for line in (
        "lacking  The study names no licence, so nobody may copy its tables without asking.",
        "lacking  The study gives no version.",
        "internal build/small/internal/en: answers for SPSS and Stata, not to be passed on",
        "open     build/small/archive/README.md",
    ):
        assert line in made.stdout.splitlines()
    assert {"archive", "internal", "processed", "reports"} == {path.name for path in home.iterdir()}
    assert not list((home / "archive").rglob("responses*"))
    assert (home / "internal" / "en" / "responses.sav").is_file()
    assert "a remark" not in (home / "archive/study/study.toml").read_text(encoding="utf-8")
    assert "names no licence" in (home / "archive/codebook/ddi.xml").read_text(encoding="utf-8")
    monkeypatch.chdir(tmp_path)  # where the key of the hashes is
    assert 0 == main(["verify", str(home / "archive"), "--raw", str(raw)]), capsys.readouterr()
    assert "of the archive are as the manifest says" in capsys.readouterr().out


def test_a_folder_without_a_study_ends_in_one_line(tmp_path) -> None:
    """Nothing is written."""
    made = _archive(tmp_path, tmp_path / "none")

    assert 1 == made.returncode
    assert "no study description here" in made.stderr
    assert 1 == len(made.stderr.splitlines())
    assert [] == list(tmp_path.iterdir())
