"""Builds that are killed: when, who is hit, what is left, and whether the next build is whole.

`faults.py` tries many kills; a test of `make test` uses the same for a few at fixed places.
"""

import hashlib
import json
import os
import random
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil

UNFINISHED = ".writing-"
CACHE = ".cache"
# What an interrupted build may leave that no whole one has: which files were there before.
_BEFORE = "reports/.manifest-before.json"
# Who is hit by which signal; each comes up as often as the others.
VICTIMS = (
    ("build", "SIGKILL"),
    ("worker", "SIGKILL"),
    ("kernel", "SIGKILL"),
    ("build", "SIGINT"),
    ("build", "SIGKILL"),
    ("forks", "SIGKILL"),
    ("build", "SIGTERM"),
)
# What a build says when a step has ended, and the step that is under way then.
_NEXT = {
    "": "clean",
    "clean": "score",
    "score": "reliability",
    "reliable": "compare",
    "compare": "robustness",
    "robust": "implementation",
    "evidence": "activities",
    "count": "disclose",
    "disclose": "publish",
}
_ENDS = 15.0  # seconds within which all processes of a killed build must have ended
PATIENCE = 900.0


@dataclass(frozen=True)
class Kill:
    """One kill: the share of the build after which it comes, who is hit, and by which signal."""

    share: float
    victim: str
    signal: str
    from_earlier: bool


@dataclass
class Outcome:
    """What came of a kill: the step under way, how the build ended, and all that is wrong."""

    moment: str
    ended: str = ""
    wrong: list[str] = field(default_factory=list)


def planned(kills: int, seed: int) -> list[Kill]:
    """Return the kills in any order: spread evenly over the build, each victim early and late."""
    draw = random.Random(seed)  # noqa: S311
    victims = [VICTIMS[number % len(VICTIMS)] for number in range(kills)]
    draw.shuffle(victims)
    found = [
        Kill((place + draw.random()) / kills, *victim, from_earlier=place % 2 == 1)
        for place, victim in enumerate(victims)
    ]
    draw.shuffle(found)
    return found


class Faults:
    """Builds that are killed and followed by others, all below one folder.

    Parameters
    ----------
    home
        The folder; its path is short, as kernels have their sockets below it.
    raw, code
        The study, and the folder with the package and the notebooks.
    expected, before
        The files that an undisturbed build makes, and those that may be left of an earlier state
        of the study, as `hashes` returns them.
    """

    def __init__(
        self, home: Path, raw: Path, code: Path, expected: dict[str, str], before: dict[str, str]
    ) -> None:
        """Nothing is built yet; the folder of what is killed is `killed`."""
        self.home, self.raw, self.code = home, raw, code
        self.expected, self.before = expected, before
        self.killed = home / "killed"
        self._build: psutil.Popen | None = None

    def kill(self, kill: Kill, due: Callable[[psutil.Popen], bool]) -> Outcome | None:
        """Start a build, kill as soon as it is `due`, and return what came of it.

        None if the build had ended before. `due` is asked again and again.
        """
        build = self.start(self.raw, self.killed)
        target = None
        while build.poll() is None and target is None:
            target = victim_of(build, kill.victim) if due(build) else None
            time.sleep(0.02)
        if target is None:
            return None
        outcome, family = Outcome(_moment(self.killed)), _descendants(build)
        number = signal.Signals[kill.signal]
        try:
            if number == signal.SIGINT:  # a terminal sends it to all
                os.killpg(build.pid, number)
            else:
                target.send_signal(number)
        except (psutil.NoSuchProcess, ProcessLookupError):
            return None
        try:
            status = build.wait(PATIENCE)
        except psutil.TimeoutExpired:
            return Outcome(outcome.moment, "did not end", ["the build did not end"])
        said = (self.killed / "stderr").read_text(encoding="utf-8").splitlines()
        outcome.ended = _ended(status, said)
        if any("Traceback" in line for line in said):
            outcome.wrong.append("a traceback")
        if kill.victim != "kernel" and status > 0 and len(said) != 1:
            outcome.wrong.append(f"{len(said)} lines instead of one: {said[:3]}")
        _, alive = psutil.wait_procs(family, timeout=_ENDS)
        if outlived := [one for one in alive if _lives(one)]:
            outcome.wrong.append(f"{len(outlived)} processes outlived the build")
        for process in outlived:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        outcome.wrong += self._half_written(self.killed)
        return outcome

    def _half_written(self, home: Path) -> Iterator[str]:
        """Yield each file under a final name that no undisturbed build has made."""
        for name, digest in hashes(home).items():
            unfinished = any(part.startswith(UNFINISHED) for part in Path(name).parts)
            if unfinished:
                continue
            if name == _BEFORE or not digest:
                with suppress(ValueError):
                    json.loads((home / name).read_text(encoding="utf-8"))
                    continue
            elif digest in (self.expected.get(name), self.before.get(name)):
                continue
            yield f"after the kill {name} was in no undisturbed build"
        manifest = home / "reports" / "manifest.json"
        if manifest.exists():
            listed = json.loads(manifest.read_text(encoding="utf-8"))["files"]
            found = hashes(home)
            wrong = [name for name in listed if found.get(f"reports/{name}") != listed[name]]
            yield from (f"after the kill the manifest had another {name}" for name in wrong)

    def recovered(self) -> Iterator[str]:
        """Run two builds; yield what of the first is not as undisturbed, or done by the second."""
        home = self.killed
        for says in ("", "is up to date"):
            build = self.start(self.raw, home)
            if build.wait(PATIENCE) != 0:
                yield f"the next build failed: {(home / 'stderr').read_text()[-300:]}"
                return
            if says not in (home / "stdout").read_text():
                yield "a further build did not find everything up to date"
            found = hashes(home)
            yield from sorted(
                f"{name} {'is left' if name not in self.expected else 'differs or is missing'}"
                for name in {*found, *self.expected}
                if found.get(name) != self.expected.get(name)
            )
            yield from (f"{path.name} is left among temporary files" for path in _temporary(home))

    def start(self, raw: Path, home: Path) -> psutil.Popen:
        """Start a build into a folder, with temporary files and words in it too."""
        (home / "tmp").mkdir(parents=True, exist_ok=True)
        folders = {"raw": raw, "processed": home / "processed", "reports": home / "reports"}
        given = [part for key, path in folders.items() for part in (f"--{key}", str(path))]
        left_out = ("MAKELEVEL", "PYTHONDONTWRITEBYTECODE")
        variables = {key: text for key, text in os.environ.items() if key not in left_out}
        with (home / "stdout").open("w") as out, (home / "stderr").open("w") as errors:
            self._build = psutil.Popen(
                [sys.executable, "-m", "umid_research", "report", *given],
                cwd=self.code,
                env={**variables, "TMPDIR": str(home / "tmp"), "PYTHONPATH": str(self.code)},
                stdout=out,
                stderr=errors,
                start_new_session=True,
            )
        return self._build

    def end(self) -> None:
        """End the build that is at work, if there is one."""
        if self._build is not None and self._build.poll() is None:
            self._build.terminate()
            self._build.wait(PATIENCE)


def hashes(home: Path) -> dict[str, str]:
    """Return the SHA-256 of each frame, report and executed notebook; path -> hash.

    The records of the cache have "" instead, as what they say was read may differ.
    """
    folders = (home / "processed", home / "reports")
    paths = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    return {
        path.relative_to(home).as_posix(): ""
        if CACHE in path.parts and path.suffix == ".json"
        else hashlib.sha256(path.read_bytes()).hexdigest()
        for path in paths
    }


def _temporary(home: Path) -> list[Path]:
    return [*(home / "tmp").iterdir(), *home.rglob(f"{UNFINISHED}*")]


def victim_of(build: psutil.Popen, victim: str) -> psutil.Process | None:
    """Return a process of this kind, the one that began last; None if there is none now."""
    try:
        if victim == "build":
            return build if build.poll() is None else None
        forks = [one for one in build.children() if "forkserver" in " ".join(one.cmdline())]
        if victim == "forks":
            return forks[0] if forks else None
        workers = [one for each in forks for one in each.children()]
        if victim == "worker":
            return workers[-1] if workers else None
        children = [one for worker in workers for one in worker.children()]
        # Kernels alone have a session of their own, so that Ctrl-C is not for them.
        kernels = [one for one in children if os.getsid(one.pid) == one.pid]
        return kernels[-1] if kernels else None
    except (psutil.Error, ProcessLookupError):
        return None


def _descendants(build: psutil.Popen) -> list[psutil.Process]:
    with suppress(psutil.NoSuchProcess):
        return build.children(recursive=True)
    return []


def _lives(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _moment(home: Path) -> str:
    """Return the step under way, and how many files of the reports are made."""
    said = (home / "stdout").read_text(encoding="utf-8").splitlines()
    labels = [line.split(" ")[0] for line in said]
    step = _NEXT[next((label for label in reversed(labels) if label in _NEXT), "")]
    made = [path for path in (home / "reports").glob(f"{UNFINISHED}*/**/*") if path.is_file()]
    return f"publish, {len(made)} files made" if made else step


def _ended(status: int, said: list[str]) -> str:
    """Return how a build ended, in a few words."""
    if status < 0:
        return f"by {signal.Signals(-status).name}"
    last = said[-1].removeprefix("umid_research: ") if said else ""
    return f"{status}: {last[:48]}" if status else "0: everything made"
