"""Test that folders shared by the processes of a run are made once, as a whole, and only read."""

import subprocess
import sys
from pathlib import Path

import pytest
from made_once import MadeOnce

# Appends a line each time that it makes the folder, slowly enough for the processes to meet.
_PROCESS = """
import sys, time
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from made_once import MadeOnce

def make(folder):
    with Path(sys.argv[1], "makers").open("a") as file:
        file.write("made\\n")
    (folder / "first").write_text("1")
    time.sleep(0.5)
    (folder / "last").write_text("2")

print(sorted(path.name for path in MadeOnce(Path(sys.argv[1]))("study", make).iterdir()))
"""


def _fill(folder: Path) -> None:
    (folder / "frame.csv").write_text("a")


def test_one_of_several_processes_makes_a_folder_and_all_find_it_whole(tmp_path) -> None:
    """None of them sees it half made."""
    command = [sys.executable, "-c", _PROCESS, str(tmp_path), str(Path(__file__).parent)]
    started = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(3)]

    assert ["['first', 'last']\n"] * 3 == [process.communicate()[0] for process in started]
    assert "made\n" == (tmp_path / "makers").read_text()


def test_a_folder_whose_making_failed_is_made_anew(tmp_path) -> None:
    """What the first attempt left is not in it."""
    once = MadeOnce(tmp_path)

    def stop(folder: Path) -> None:
        (folder / "half").write_text("x")
        raise OSError("no space")

    with pytest.raises(OSError, match="no space"):
        once("study", stop)

    assert ["frame.csv"] == [path.name for path in once("study", _fill).iterdir()]


@pytest.mark.parametrize("change", ["edited", "deleted", "added", "renamed"])
def test_a_test_that_changes_a_shared_folder_is_found(tmp_path, change) -> None:
    """It would change what the tests after it see."""
    once = MadeOnce(tmp_path)
    folder = once("study", _fill)
    once("another", _fill)
    assert [] == once.changed()

    frame = folder / "frame.csv"
    if change == "edited":
        frame.write_text("b")
    elif change == "deleted":
        frame.unlink()
    elif change == "added":
        (folder / "new").mkdir()
    else:
        frame.rename(folder / "frame2.csv")

    assert ["study"] == once.changed()
