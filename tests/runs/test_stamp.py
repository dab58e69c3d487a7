"""The inputs of a study are compared by content."""

import subprocess
import sys
from pathlib import Path

import pytest

from umid_research.runs import stamp
from umid_research.runs.stamp import inputs, main


def test_inputs_are_the_files_of_the_folder_by_their_content(write_study) -> None:
    """Changing, adding, renaming or removing a file changes them; nothing else does."""
    raw = write_study()
    export, before = raw / "responses" / "export.csv", inputs(raw)
    assert ["questionnaire.md", "responses/export.csv", "study.toml"] == list(before)
    # The SHA-256 of "a", as sha256sum prints it.
    export.write_text("a")
    digest = "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"
    assert {**before, "responses/export.csv": digest} == inputs(raw)

    export.rename(export.with_name("more.csv"))
    assert digest == inputs(raw)["responses/more.csv"]
    (raw / "responses" / "more.csv").unlink()
    assert ["questionnaire.md", "study.toml"] == list(inputs(raw))


@pytest.mark.parametrize(
    ("name", "visible"),
    [
        *((name, False) for name in (".DS_Store", "~$export.xlsx", ".~lock.a.csv#", "study.toml~")),
        *((name, False) for name in ("#study.toml#", "Thumbs.db", "desktop.ini", ".study.swp")),
        *((name, True) for name in ("export.csv", "a~b.csv", "#1.csv", "a#", "export.csv.bak")),
    ],
)
def test_system_and_editor_files_are_not_inputs(write_study, name, visible) -> None:
    """Nor are folders with such names; all other files are."""
    raw = write_study()
    (raw / name).write_text("x")

    assert visible == (name in inputs(raw))

    (raw / name).unlink()
    (raw / name).mkdir()
    (raw / name / "inside.csv").write_text("x")
    assert visible == (f"{name}/inside.csv" in inputs(raw))


def test_links_are_followed_and_loops_of_links_are_not(write_study, tmp_path) -> None:
    """A folder that is linked twice counts twice."""
    raw = write_study()
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "more.csv").write_text("a")
    (tmp_path / "elsewhere" / "back").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "elsewhere" / "up").symlink_to(raw)
    for name in ("one", "two"):
        (raw / name).symlink_to(tmp_path / "elsewhere")

    assert ["one/more.csv", "questionnaire.md"] == list(inputs(raw))[:2]
    assert {"one/more.csv", "two/more.csv"} == {name for name in inputs(raw) if "/more" in name}


def test_every_file_of_the_package_counts_but_for_what_python_leaves(tmp_path, monkeypatch) -> None:
    """Modules, catalogues and templates, by their content."""
    monkeypatch.setattr(stamp, "_CODE", tmp_path)
    for name in ("texts.py", "messages/en.toml", "__pycache__/texts.pyc", "left.pyc"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("a")
    before = stamp.code_digest()
    assert ["messages/en.toml", "texts.py"] == list(stamp.code_files())

    (tmp_path / "left.pyc").write_text("b")
    assert before == stamp.code_digest()
    (tmp_path / "messages" / "en.toml").write_text("b")
    assert before != stamp.code_digest()


@pytest.mark.parametrize(
    ("text", "says"),
    [(None, "no study description"), ("id =", "not valid TOML"), ("title = 1", "lacks the study")],
)
def test_a_folder_without_a_study_is_refused_in_one_line(tmp_path, capsys, text, says) -> None:
    """The exit status is 1, and nothing is printed that make could read as an id."""
    if text is not None:
        (tmp_path / "study.toml").write_text(text)

    assert 1 == main(["--id", str(tmp_path)])
    message = capsys.readouterr()
    assert says in message.err
    assert 1 == message.err.count("\n")
    assert "" == message.out


def test_the_id_is_printed_for_make(write_study) -> None:
    """make uses it for the output folders, with any Python and without other packages."""
    command = [sys.executable, "-S", "-m", "umid_research.runs.stamp", "--id", str(write_study())]
    printed = subprocess.run(
        command, capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2]
    ).stdout

    assert "small" == printed


def test_optional_packages_are_no_part_of_the_software(monkeypatch) -> None:
    """`distributed` may be missing; reports are the same with it and without."""
    asked = ["pandas", 'nowhere-at-all; extra == "cluster"']
    monkeypatch.setattr(stamp.metadata, "requires", lambda _: asked)

    assert ["umid_research", "pandas"] == list(stamp.software())
