"""Kill builds at random moments; does the next build give the bytes of an undisturbed one?

    make faults                        50 kills with seed 1
    make faults KILLS=20 SEED=2
    python benchmarks/faults.py --study data/raw      the bundled study, which takes longer

The study is the small one of the tests with a plan, meetings and activities. Every second build
begins with nothing, the others on top of the reports of an earlier state of the study, with another
answer and one response that was withdrawn since. Killed are the build itself (by SIGKILL, or
stopped by SIGINT or SIGTERM), a worker, a kernel, or the process that workers are forked from, at
moments spread evenly over the build. Nothing may outlive the build, and every file that it leaves
under a final name must be whole: that of the earlier state or that of an undisturbed build. After
the next build all files must be those of an undisturbed one, with none more, and a build after that
must find everything up to date. Ends with status 1 if one of this does not hold.

What may differ are the records in `.cache/**/*.json`, which say what was read while something was
made: a report that was rendered from a notebook executed before has read less.
"""

import argparse
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from killed_builds import Faults, Kill, Outcome, hashes, planned, victim_of

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))


class Trial(Faults):
    """A study with its undisturbed builds, for kills at shares of their time."""

    def __init__(self, home: Path, write: Callable[[Path], Path]) -> None:
        """Make both undisturbed builds: of the study, and of its earlier state.

        The package is copied, so that it may be edited while builds are killed.
        """
        without = shutil.ignore_patterns("__pycache__")
        for name in ("umid_research", "notebooks"):
            shutil.copytree(ROOT / name, home / "code" / name, ignore=without)
        shutil.copy(ROOT / "requirements.lock", home / "code")
        super().__init__(home, write(home / "raw"), home / "code", {}, {})
        self._whole(earlier_state(shutil.copytree(self.raw, home / "earlier-raw")), "earlier")
        began = time.monotonic()
        self.forks_from = self._whole(self.raw, "undisturbed")
        self.seconds = time.monotonic() - began
        self.expected |= hashes(home / "undisturbed")
        self.before |= hashes(home / "earlier")
        if self.expected == self.before:
            raise SystemExit("the earlier state has the files of the study itself")

    def try_kill(self, kill: Kill) -> Outcome:
        """Kill a build and let another one follow; sooner, if the build ends before the moment."""
        share = kill.share
        while True:
            shutil.rmtree(self.killed, ignore_errors=True)
            if kill.from_earlier:
                shutil.copytree(self.home / "earlier", self.killed)
            from_start = 0.0 if kill.victim == "build" else self.forks_from
            moment = time.monotonic() + from_start + share * (self.seconds - from_start)
            outcome = self.kill(kill, lambda _, moment=moment: time.monotonic() >= moment)
            if outcome is not None:
                outcome.wrong += self.recovered()
                return outcome
            share *= 0.8

    def _whole(self, raw: Path, name: str) -> float:
        """Make everything in a folder; return the seconds after which the first worker was seen."""
        build, began, seen = self.start(raw, self.home / name), time.monotonic(), 0.0
        while build.poll() is None:
            time.sleep(0.05)
            if not seen and victim_of(build, "worker"):
                seen = time.monotonic() - began
        if build.wait() != 0:
            raise SystemExit((self.home / name / "stderr").read_text(encoding="utf-8"))
        return seen


def earlier_state(raw: Path) -> Path:
    """Give an export of the study one more response and another answer; return the folder."""
    export = sorted((raw / "responses").glob("*.csv"))[0]
    lines = export.read_text(encoding="utf-8-sig").splitlines()
    more = lines[-1].replace("uuid-9", "uuid-10") if "uuid-9" in lines[-1] else ""
    kept = [lines[0], *lines[2:], lines[1].replace("uuid-0", "uuid-11"), *filter(None, [more])]
    export.write_text("\n".join(kept) + "\n", encoding="utf-8")
    return raw


def write_small_study(raw: Path) -> Path:
    """Write the small study of the tests with a plan, meetings and activities."""
    from small_activities import write_activities
    from small_plan import PLAN_QUESTIONNAIRE, plan_export, write_plan
    from small_study import small_export, write_small

    write_small(raw, questionnaire=PLAN_QUESTIONNAIRE, export=plan_export(small_export()))
    write_activities(raw)
    return write_plan(raw)


def _tried(trial: Trial, kills: list[Kill]) -> int:
    """Print one line per kill; return after how many the next build gave the undisturbed bytes."""
    files = len(trial.expected)
    print(f"an undisturbed build takes {trial.seconds:.0f} s and has {files} files\n")
    print(f"{'':>3} {'begins with':<11} {'step under way':<23} {'killed':<14} {'ended':<52} next")
    recovered = 0
    for number, kill in enumerate(kills, 1):
        outcome = trial.try_kill(kill)
        recovered += not outcome.wrong
        start = "earlier" if kill.from_earlier else "nothing"
        who = f"{kill.victim} {kill.signal.removeprefix('SIG')}"
        after = "; ".join(outcome.wrong[:4]) or "same bytes"
        row = f"{number:>3} {start:<11} {outcome.moment:<23} {who:<14} {outcome.ended:<52}"
        print(row, after, flush=True)
    return recovered


def main() -> int:
    """Print one line per kill, and how many were recovered from; return 1 if one was not."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--study", type=Path, help="a study folder, by default the small study")
    options = parser.parse_args()
    # In the background of a shell it would be ignored, here and by the builds.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    began = time.monotonic()
    # Sockets of kernels have short names only.
    with tempfile.TemporaryDirectory(prefix="uf-", dir="/tmp") as folder:
        write = write_small_study
        if options.study:
            write = lambda raw: Path(shutil.copytree(options.study, raw))  # noqa: E731
        trial = Trial(Path(folder), write)
        try:
            recovered = _tried(trial, planned(options.kills, options.seed))
        finally:
            trial.end()
    print(
        f"\nafter {recovered} of {options.kills} kills the next build gave the undisturbed bytes; "
        f"seed {options.seed}; {time.monotonic() - began:.0f} s"
    )
    return 0 if recovered == options.kills else 1


if __name__ == "__main__":
    raise SystemExit(main())
