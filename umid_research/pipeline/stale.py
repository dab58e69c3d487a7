"""Run the steps whose inputs have changed; the frames of the others stay.

A record of each step says what it was made of: the contents of the study folder and of the frames
that it reads (`STEPS` says which, and tests check that it reads no others), the modules and data
files of this package that were loaded when it ended, the versions of the software, and, unless the
study is simulated, the secret behind the respondents' ids. If it makes the same frames as before,
later steps find theirs unchanged and do not run. A step also runs if a frame of its own is missing,
changed or too many, and all run if the last run did not come to its end.
"""

import os
import tomllib
from argparse import Namespace
from collections.abc import Callable, Iterator, Sequence
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from umid_research.pipeline.registers import check_registers
from umid_research.pipeline.steps import DESCRIPTION, RAW, STEPS, Step, activities
from umid_research.runs.facts import State
from umid_research.runs.records import facts, start_noting
from umid_research.runs.stamp import (
    digest,
    frame_files,
    read_json,
    read_stamp,
    stamp_frames,
    write_json,
)

FOLDER = ".cache/steps"
_DEFINITIONS = "study/activities/*"
Stage = Callable[[Namespace], Iterator[str]]


def run_stale(
    options: Namespace, stages: Sequence[Stage], source: dict[str, Any], code: dict[str, str]
) -> Iterator[str]:
    """Run those of the steps that are out of date, and stamp the frames.

    Parameters
    ----------
    source, code
        What determines the frames (`runs.stamp.made_from`), and the files of this package, as they
        were when the run began.
    """
    from tqdm import tqdm

    start_noting()
    steps = {step.run: step for step in STEPS}
    whole = bool(read_stamp(options.processed))
    state = State(options.processed, options.notebooks, code)
    kept: list[str] = []
    # With an interval, the count would skip quick steps.
    with tqdm(
        stages, desc="frames  ", unit="step", disable=None, leave=False, mininterval=0
    ) as bar:
        for number, stage in enumerate(bar):
            step = steps.get(stage)
            path = options.processed / FOLDER / f"{stage.__name__}.json"
            if step and whole and _is_current(step, path, options.processed, source, state):
                kept.append(step.name)
                continue
            bar.set_postfix_str(stage.__name__)
            path.unlink(missing_ok=True)
            for line in stage(options):
                bar.clear()
                yield line
            if step is not None:
                _keep(step, path, options.processed, source, state)
            if number == 0:
                check_registers(options.raw)  # before minutes of work
    if kept:
        yield f"as before {', '.join(kept)}"
    stamp_frames(options.processed, source)


def _keep(step: Step, path: Path, processed: Path, source: dict[str, Any], state: State) -> None:
    """Keep what a step was made of and what it made, once it has ended."""
    loaded = [fact for fact in facts(processed) or [] if fact.startswith("code:")]
    kept = {"read": _reads(step, processed, source), "made": _makes(step, processed)}
    write_json(path, {**kept, "code": state.values(loaded)})


def _is_current(
    step: Step, path: Path, processed: Path, source: dict[str, Any], state: State
) -> bool:
    kept = read_json(path)
    return (
        state.holds(kept.get("code"))
        and kept.get("read") == _reads(step, processed, source)
        and kept.get("made") == _makes(step, processed)
    )


def _reads(step: Step, processed: Path, source: dict[str, Any]) -> str:
    """Return one digest of all that a step reads."""
    not_yet = _is_before_definitions(step)

    def is_read(name: str) -> bool:
        return _is_of(name, step.reads) and not (not_yet and fnmatch(name, _DEFINITIONS))

    inputs = source["inputs"] if RAW in step.reads else None
    return digest([inputs, frame_files(processed, is_read), _mark_of_secret(processed)])


def _makes(step: Step, processed: Path) -> dict[str, str]:
    """Return the hashes of the frames that a step has made."""
    entries = (*step.makes, *step.if_activities, *step.if_repeats)

    def is_made(name: str) -> bool:
        if fnmatch(name, _DEFINITIONS):
            return step.run is activities
        return _is_of(name, entries)

    return frame_files(processed, is_made)


def _is_before_definitions(step: Step) -> bool:
    """Return whether the definitions of the activities are copied only after this step."""
    runs = [one.run for one in STEPS]
    return runs.index(step.run) <= runs.index(activities)


def _is_of(name: str, entries: tuple[str, ...]) -> bool:
    """Return whether a file is one of these entries of the table of steps."""
    return any(
        name.startswith(entry)
        if entry.endswith("/")
        else fnmatch(name, f"{entry.replace('<group>', '*')}.csv")
        for entry in entries
    )


def _mark_of_secret(processed: Path) -> str:
    """Return some digits of a hash of the secret behind the ids: enough to see that it changed.

    The ids of a simulated study do not depend on the secret, which another study may begin.
    """
    from umid_research.clean.privacy.ids import KEY_FILE, KEY_VARIABLE

    if _is_simulated(processed / DESCRIPTION / "study.toml"):
        return ""
    text = KEY_FILE.read_text(encoding="utf-8", errors="replace") if KEY_FILE.is_file() else ""
    return digest([os.environ.get(KEY_VARIABLE), text])[:8]


def _is_simulated(description: Path) -> bool:
    try:
        return tomllib.loads(description.read_text("utf-8"))["provenance"] == "simulated"
    except (OSError, ValueError, KeyError):  # not made yet, or edited: the study counts as real
        return False
