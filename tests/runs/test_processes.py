"""No process survives its build, and what a dead one has left is removed by the next.

The build is small but real: workers, each with a notebook that sleeps in a kernel of its own.
"""

import ctypes
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path

import nbformat
import psutil
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from umid_research.errors import RunError
from umid_research.runs import processes
from umid_research.runs.processes import only_run, temporary_folder

ROOT = Path(__file__).resolve().parents[2]
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="Linux alone can do this")
BUILD = """
import os, sys, tempfile
from pathlib import Path
from umid_research.errors import UmidError
from umid_research.runs.processes import ended_in_order, only_run, temporary_folder
from umid_research.output.publish import Run, _make_all
from umid_research.output.publish.kept import Todo

os.cpu_count = lambda: 2
home = Path(sys.argv[1])
jobs = [Todo(Run(name, {}, f"{name}.html")) for name in ("one", "two")]

def build():
    try:
        with only_run(home), tempfile.TemporaryDirectory(dir=home, prefix=".writing-") as made:
            failed = []
            list(_make_all(jobs, home, home, Path(made), failed))
            if failed:
                raise failed[0]
    except UmidError as error:
        return f"umid_research: {error}"

if __name__ == "__main__":
    with ended_in_order(), temporary_folder():
        sys.exit(build())
"""
SLEEPS = "from pathlib import Path; Path('{}').touch(); import time; time.sleep(120)"


@pytest.fixture
def home() -> Iterator[Path]:
    """A folder with two notebooks that sleep; its name is short, as sockets need it."""
    folder = Path(tempfile.mkdtemp(prefix="u", dir="/tmp"))
    (folder / "tmp").mkdir()
    for name in ("one", "two"):
        _write_notebook(folder, name, SLEEPS.format(folder / f"{name}.started"))
    yield folder
    shutil.rmtree(folder)


def _write_notebook(folder: Path, name: str, source: str) -> None:
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook = new_notebook(cells=[new_code_cell(source)], metadata={"kernelspec": kernel})
    nbformat.write(notebook, folder / f"{name}.ipynb")


@pytest.fixture
def start(home) -> Iterator[Callable[..., psutil.Popen]]:
    """Starts a build; whatever of it is alive after the test is ended."""
    started: list[psutil.Process] = []

    def start_build(*command: str, **options: object) -> psutil.Popen:
        given = command or (sys.executable, "-c", BUILD, str(home))
        variables = {name: text for name, text in os.environ.items() if name != "MAKELEVEL"}
        build = psutil.Popen(
            given,
            cwd=ROOT,
            env={**variables, "TMPDIR": str(home / "tmp")},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
            # A shell starts what it puts into the background with Ctrl-C ignored: these tests too.
            preexec_fn=partial(signal.signal, signal.SIGINT, signal.SIG_DFL),
            **options,
        )
        started.append(build)
        return build

    yield start_build
    for build in started:
        for process in [*_descendants(build), build]:
            with suppress(psutil.NoSuchProcess):
                process.kill()


def _descendants(build: psutil.Process) -> list[psutil.Process]:
    try:
        return build.children(recursive=True)
    except psutil.NoSuchProcess:
        return []


def _until(holds: Callable[[], object], seconds: float = 90) -> object:
    """Waits until something holds, and returns it."""
    last = time.monotonic() + seconds
    while not (found := holds()):
        assert time.monotonic() < last, "waited in vain"
        time.sleep(0.02)
    return found


def _is_kernel(process: psutil.Process) -> bool:
    """Kernels alone have a session of their own, so that Ctrl-C is not for them."""
    try:
        return os.getsid(process.pid) == process.pid
    except OSError:
        return False


def _all_at_work(build: psutil.Process, home: Path) -> list[psutil.Process]:
    """The processes of a build whose notebooks both sleep: workers and kernels."""
    _until(lambda: len(list(home.glob("*.started"))) == 2)
    family = _descendants(build)
    assert 2 == sum(map(_is_kernel, family))
    return family


def _alive(family: list[psutil.Process]) -> list[psutil.Process]:
    def lives(process: psutil.Process) -> bool:
        try:
            return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
        except psutil.NoSuchProcess:
            return False

    return [process for process in family if lives(process)]


def _all_end(family: list[psutil.Process]) -> None:
    assert len(family) >= 3
    _, alive = psutil.wait_procs(_alive(family), timeout=4)
    assert [] == _alive(alive)


def _left(home: Path) -> list[str]:
    """What a run writes on the way."""
    found = [*home.glob(".writing-*"), *(home / "tmp").iterdir()]
    return [path.name for path in found]


def test_a_build_that_is_killed_takes_workers_and_kernels_with_it(start, home) -> None:
    """Within seconds; what it leaves is removed by the next, and by no run before it is dead."""
    build = start()
    family = _all_at_work(build, home)
    assert 2 == len(_left(home))

    build.kill()

    _all_end(family)
    assert 2 == len(_left(home))
    for name in ("one", "two"):
        _write_notebook(home, name, "raise ValueError('awake')")
    assert "failed in cell 1: ValueError: awake\n" in start().communicate(timeout=60)[1]
    assert [] == _left(home)


@pytest.mark.parametrize(
    ("number", "whole_group"),
    [(signal.SIGTERM, False), (signal.SIGINT, True), (signal.SIGHUP, True)],
)
def test_a_build_that_is_stopped_says_so_and_leaves_nothing(
    start, home, number, whole_group
) -> None:
    """Ctrl-C and a closed terminal reach the workers too."""
    build = start()
    family = _all_at_work(build, home)

    os.killpg(build.pid, number) if whole_group else build.send_signal(number)

    out, output = build.communicate(timeout=60)
    assert ("", f"umid_research: stopped by {number.name}\n") == (out, output)
    assert 1 == build.returncode
    _all_end(family)
    assert [] == _left(home)


@LINUX
def test_a_build_that_is_stopped_while_libraries_are_loaded_says_so_too(start, home) -> None:
    """The process that loads them says nothing of its own."""
    build = start()
    _until(lambda: any("forkserver" in " ".join(one.cmdline()) for one in _descendants(build)))
    time.sleep(0.5)
    family = _descendants(build)
    assert not any(map(_is_kernel, family))

    os.killpg(build.pid, signal.SIGINT)

    assert ("", "umid_research: stopped by SIGINT\n") == build.communicate(timeout=60)
    _, alive = psutil.wait_procs(_alive(family), timeout=10)
    assert [] == _alive(alive)
    assert [] == _left(home)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_build_ends_with_its_make(start, home, number) -> None:
    """Also when make is killed and can tell nobody."""
    (home / "build.py").write_text(BUILD)
    (home / "Makefile").write_text(f"all:\n\t@{sys.executable} {home}/build.py {home}\n")
    build = start("make", "-f", str(home / "Makefile"))
    family = _all_at_work(build, home)

    build.send_signal(number)

    _all_end(family)
    _until(lambda: not _left(home), seconds=5)


def test_a_build_outlives_a_starter_that_is_not_make(start, home) -> None:
    """It may have been put into the background of a shell that is closed."""
    for name in ("one", "two"):
        source = SLEEPS.format(home / f"{name}.started").replace("120", "3")
        _write_notebook(home, name, f"{source}; Path('{home / 'done'}').touch()")
    command = [sys.executable, "-c", BUILD, str(home)]
    waits = f"import subprocess; subprocess.Popen({command!r}); input()"
    starter = start(sys.executable, "-c", waits, stdin=subprocess.PIPE)
    _until(lambda: len(list(home.glob("*.started"))) == 2)

    starter.communicate("\n")

    _until(lambda: (home / "done").exists() and not _left(home))


@LINUX
def test_a_kernel_that_is_just_starting_ends_too(start, home) -> None:
    """Where orphans are adopted by a process that is not the first, as in a desktop's session."""
    libc = ctypes.CDLL(None)
    libc.prctl(36, 1)  # PR_SET_CHILD_SUBREAPER
    try:
        build = start()
        _until(lambda: any(map(_is_kernel, _descendants(build))))
        family = _descendants(build)

        for process in [build, *(one for one in family if not _is_kernel(one))]:
            process.kill()

        _all_end([*family, build])
    finally:
        libc.prctl(36, 0)


def test_a_worker_that_is_killed_ends_the_build_in_one_line(start, home) -> None:
    """As the system does it when memory runs out."""
    build = start()
    family = _all_at_work(build, home)
    next(process for process in family if _is_kernel(process)).parent().kill()

    _, output = build.communicate(timeout=10)

    assert output.startswith("umid_research: a process of this run was killed")
    assert 1 == output.count("\n")
    _all_end(family)
    assert [] == _left(home)


def test_a_kernel_that_is_killed_ends_the_build_in_words(start, home) -> None:
    """With the notebook's name, once the other is done; nbclient adds a line of its own."""
    for name in ("one", "two"):
        source = SLEEPS.format(home / f"{name}.started").replace("120", "4")
        _write_notebook(home, name, source)
    build = start()
    family = _all_at_work(build, home)
    next(process for process in family if _is_kernel(process)).kill()

    _, output = build.communicate(timeout=20)

    last = output.splitlines()[-1]
    assert "ipynb: the notebook's kernel was killed, perhaps because memory ran out" in last
    assert "Traceback" not in output
    _all_end(family)


def test_a_second_build_of_the_same_study_is_refused(start, home, monkeypatch) -> None:
    """It touches nothing of the first; a build of another study is none of its business."""
    monkeypatch.setattr(processes, "_WAIT", 0.2)
    monkeypatch.setattr(tempfile, "tempdir", str(home / "tmp"))
    family = _all_at_work(start(), home)
    before = _left(home)

    with (
        pytest.raises(RunError, match="another run is at work here; wait for its end"),
        temporary_folder(),
        only_run(home),
    ):
        pass
    with temporary_folder(), only_run(home / "another"):
        assert {*before} < {*_left(home)}

    assert before == _left(home)
    assert not (home / "another").exists()
    assert family == _alive(family)


def test_a_run_may_have_its_folders_in_one_and_behind_links(tmp_path) -> None:
    """It is not in its own way; a link is the same folder as its target."""
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    with only_run(tmp_path / "real", tmp_path / "link"):
        (tmp_path / "real" / "x").touch()

    with only_run(tmp_path / "link"):
        assert (tmp_path / "real" / "x").exists()


def test_what_dead_runs_left_is_removed_and_nothing_else(tmp_path, monkeypatch) -> None:
    """Folders and files of their own names; a link is removed, not what it leads to."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    for name in ("kept", "umid-notes", "umid-run-dead", ".writing-dead"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "file").touch()
    for name in ("umid-run-link", ".writing-link"):
        (tmp_path / name).symlink_to(tmp_path / "kept")
    (tmp_path / ".writing-stamp.json").touch()

    with temporary_folder() as other, temporary_folder() as own, only_run(tmp_path):
        assert own.parent == other
        left = {path.name for path in tmp_path.iterdir()}
        assert {"kept", "umid-notes", "umid-run-link", other.name} == left
        assert str(own) == tempfile.gettempdir() == os.environ["TMPDIR"]
        (own / "file").touch()

    assert (tmp_path / "kept" / "file").exists()
    assert not other.exists()
    assert str(tmp_path) == tempfile.gettempdir()


def test_a_build_started_with_nohup_outlives_its_terminal(start, home) -> None:
    """What is ignored stays ignored."""
    nohup = ["import signal", "signal.signal(signal.SIGHUP, signal.SIG_IGN)", BUILD]
    build = start(sys.executable, "-c", "\n".join(nohup), str(home))
    family = _all_at_work(build, home)

    os.killpg(build.pid, signal.SIGHUP)
    time.sleep(1)

    assert family == _alive(family)


def test_a_command_that_is_stopped_says_so_and_its_frames_are_not_taken_for_whole(
    start, home, write_study
) -> None:
    """The real command; it ends between two stages, and the next run begins anew."""
    folders = [f"--{name}={home / name}" for name in ("processed", "reports")]
    command = [sys.executable, "-m", "umid_research", "frames", f"--raw={write_study()}", *folders]
    build = start(*command)
    assert build.stdout.readline().startswith("clean    10 submissions read")

    build.terminate()

    assert "umid_research: stopped by SIGTERM\n" == build.communicate(timeout=10)[1]
    assert [] == _left(home)
    assert start(*command).stdout.readline().startswith("clean    10 submissions read")


def test_a_command_that_is_stopped_while_its_modules_are_loaded_says_so_too(tmp_path) -> None:
    """The module that it loads first sends the signal; one that is ignored stays so."""
    sends = "import os, signal; os.kill(os.getpid(), signal.SIGINT); raise SystemExit('went on')"
    (tmp_path / "argparse.py").write_text(sends)
    starts = (
        "import runpy, signal, sys; signal.signal(signal.SIGINT, signal.{}); "
        "runpy.run_module('umid_research', run_name='__main__')"
    )
    said = [
        subprocess.run(
            [sys.executable, "-c", starts.format(handler), "verify"],
            env={**os.environ, "PYTHONPATH": str(tmp_path)},
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        ).stderr
        for handler in ("default_int_handler", "SIG_IGN")
    ]

    assert ["umid_research: stopped by SIGINT\n", "went on\n"] == said
