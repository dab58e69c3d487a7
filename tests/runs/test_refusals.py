"""Test that a refusal of the system is one line, and leaves nothing half-written."""

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest
from small_study import write_small

from umid_research.__main__ import main
from umid_research.runs.refusals import refusal

# A process that may write files of this many bytes at most, as on a disk that is full.
_LIMITED = """
import resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), int(sys.argv[1])))
from umid_research.__main__ import main
sys.exit(main(sys.argv[2:]))
"""
# Root may write everywhere; without these two capabilities permissions hold for root as well.
# Another user has none to lose, and the call is refused, without effect.
_AS_A_USER = """
import ctypes, os, sys
if os.geteuid() == 0:
    drop_from_bounding_set, dac_override, dac_read_search = 24, 1, 2
    for capability in (dac_override, dac_read_search):
        ctypes.CDLL(None).prctl(drop_from_bounding_set, capability, 0, 0, 0)
os.execv(sys.executable, [sys.executable, "-m", "umid_research", *sys.argv[1:]])
"""


@pytest.mark.parametrize(
    ("number", "says"),
    [
        (errno.ENOSPC, "the disk is full"),
        (errno.EROFS, "may only be read"),
        (errno.EACCES, "permissions"),
        (errno.EEXIST, "a file is where a folder is needed"),
        (errno.EMFILE, "too many files are open"),
    ],
)
def test_a_refusal_names_the_file_and_what_to_do(number, says) -> None:
    """And the words of the system."""
    line = str(refusal(OSError(number, "as the system says", "data/raw")))

    assert line.startswith("data/raw: ")
    assert says in line
    assert "found 'as the system says'" in line


def test_another_error_is_no_refusal() -> None:
    """A mistake of this package must not look like one of the disk."""
    assert refusal(OSError(errno.ENOENT, "no such file", "x")) is None
    assert refusal(OSError("words alone")) is None


def test_a_file_in_place_of_a_folder_is_one_line(tmp_path, capsys) -> None:
    """Somebody names a file as the folder of the frames."""
    raw = write_small(tmp_path / "raw")

    assert 1 == main(["clean", "--raw", str(raw), "--processed", str(raw / "study.toml")])
    said = capsys.readouterr().err
    assert "study.toml: a file is where a folder is needed" in said
    assert 1 == said.count("\n")


def test_a_file_that_cannot_be_moved_is_told_by_the_place_it_was_to_take() -> None:
    """Nobody knows the name that it had while it was written."""
    error = OSError(errno.ENOTDIR, "Not a directory", "p/.writing-1/study", None, "p/study")

    assert str(refusal(error)).startswith("p/study: a file is where a folder is needed")


@pytest.mark.parametrize(
    ("path", "named"),
    [
        ("made/.writing-ab_12345", "made"),
        ("made/.writing-ab_12345/published/answers.csv", "made/published/answers.csv"),
        ("made/.writing-study.ipynb", "made/study.ipynb"),
        (".writing/made", ".writing/made"),
    ],
)
def test_a_name_of_something_unfinished_is_not_told(path, named) -> None:
    """It is gone when the user looks for it."""
    assert str(refusal(OSError(errno.ENOSPC, "full", path))).startswith(f"{named}: the disk")


@pytest.mark.parametrize("place", ["processed", "processed/new"])
def test_a_folder_that_may_not_be_written_is_one_line(tmp_path, place) -> None:
    """Nothing is left in it."""
    (tmp_path / "processed").mkdir(mode=0o555)
    done = _as_a_user("clean", write_small(tmp_path / "raw"), tmp_path / place)

    assert 1 == done.returncode
    assert done.stderr.startswith(f"umid_research: {tmp_path / place}: may not be read or written")
    assert 1 == done.stderr.count("\n")
    assert [] == list((tmp_path / "processed").iterdir())


@pytest.mark.parametrize("name", ["study.toml", "responses/export.csv"])
def test_a_file_that_may_not_be_read_is_one_line(tmp_path, name) -> None:
    """Those of the study's inputs."""
    raw = write_small(tmp_path / "raw")
    (raw / name).chmod(0)
    done = _as_a_user("clean", raw, tmp_path / "processed")

    assert 1 == done.returncode
    assert done.stderr.startswith(f"umid_research: {raw / name}: ")
    assert "Permission denied" in done.stderr
    assert 1 == done.stderr.count("\n")


def test_a_study_that_may_only_be_read_is_enough(tmp_path) -> None:
    """It stands in an archive, or on a colleague's disk: nothing is written there."""
    raw = write_small(tmp_path / "raw")
    for path in (raw, *raw.rglob("*")):
        path.chmod(0o555 if path.is_dir() else 0o444)
    done = _as_a_user("clean", raw, tmp_path / "processed")

    assert (0, "") == (done.returncode, done.stderr)
    assert (tmp_path / "processed" / "responses.csv").is_file()


@pytest.mark.parametrize("name", ["raw", "processed", "reports"])
def test_a_link_that_leads_to_itself_is_one_line(tmp_path, capsys, name) -> None:
    """Wherever it is named as a folder."""
    folders = {one: tmp_path / one for one in ("raw", "processed", "reports")}
    write_small(tmp_path / "raw" if name != "raw" else tmp_path / "other")
    folders[name].symlink_to(name)

    given = [part for one, path in folders.items() for part in (f"--{one}", str(path))]
    assert 1 == main(["report", *given])
    said = capsys.readouterr().err
    assert f"umid_research: {folders[name]}" in said
    assert 1 == said.count("\n")


def test_a_frame_that_is_a_broken_link_is_made_again(tmp_path, capsys) -> None:
    """It is missing; nothing is written where the link leads."""
    arguments = ["--raw", str(write_small(tmp_path / "raw")), "--processed", str(tmp_path / "made")]
    assert 0 == main(["frames", *arguments])
    before = _content(tmp_path / "made")
    for name in ("states.csv", "published/answers.csv"):
        (tmp_path / "made" / name).unlink()
        (tmp_path / "made" / name).symlink_to(tmp_path / "elsewhere")

    assert 0 == main(["frames", *arguments]), capsys.readouterr().err
    assert before == _content(tmp_path / "made")
    assert not (tmp_path / "elsewhere").exists()


def test_folders_with_letters_that_the_language_of_the_system_lacks_are_read(tmp_path) -> None:
    """LC_ALL=C is what cron, containers and some shells on servers have; Python 3.11 helps it."""
    raw = write_small(tmp_path / "sorğu ə")
    made = []
    for name, helps in (("çıxış 1", "1"), ("çıxış 2", "0")):
        variables = {"LC_ALL": "C", "PYTHONUTF8": helps, "PYTHONCOERCECLOCALE": helps}
        given = ["--raw", str(raw), "--processed", str(tmp_path / name)]
        done = subprocess.run(
            [sys.executable, "-m", "umid_research", "clean", *given],
            env={**os.environ, **variables},
            capture_output=True,
            text=True,
            check=False,
            cwd=Path(__file__).parents[2],
        )
        assert (0, "") == (done.returncode, done.stderr)
        made.append(_content(tmp_path / name))

    assert made[0] == made[1] != {}


def test_a_full_disk_leaves_the_earlier_frames_whole(tmp_path) -> None:
    """The second run may write 900 bytes only; the responses have more."""
    raw, processed = write_small(tmp_path / "raw"), tmp_path / "processed"
    arguments = ["clean", "--raw", str(raw), "--processed", str(processed)]
    assert 0 == main(arguments)
    before = _content(processed)
    assert max(map(len, before.values())) > 900
    done = subprocess.run(
        [sys.executable, "-c", _LIMITED, "900", *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parents[2],
    )

    assert 1 == done.returncode
    assert "larger than the system allows" in done.stderr
    assert 1 == len(done.stderr.strip().splitlines())
    assert before == _content(processed)


def _as_a_user(command: str, raw: Path, processed: Path) -> subprocess.CompletedProcess[str]:
    """Run a command as somebody for whom permissions hold."""
    given = [command, "--raw", str(raw), "--processed", str(processed)]
    return subprocess.run(
        [sys.executable, "-c", _AS_A_USER, *given],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parents[2],
    )


def _content(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix in (".csv", ".toml", ".md")
    }
