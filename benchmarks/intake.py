"""How long exports take to become scores and published numbers, compared with pandas.

The floor is the time pandas takes to read the text. The ratio to it, taken in one run, is what
counts: machines differ, and this one may be busy. Each size and way runs in a process of its own,
so that its peak memory is its own, in a folder that is removed. Run it by `make bench`.
"""

import argparse
import json
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from argparse import Namespace
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from measured import Measured, print_table

from umid_research.analysis.score import score_responses
from umid_research.clean import clean_responses
from umid_research.disclosure.tables import read_published
from umid_research.pipeline.steps import FRAME_STAGES
from umid_research.raw import read_raw
from umid_research.study import read_study
from umid_research.study.questionnaire import read_questionnaire

BUNDLED = Path(__file__).resolve().parents[1] / "data" / "raw"
SIZES = (10_000, 100_000, 1_000_000)
# What is to be reached with the largest size: times the floor, and gigabytes.
AIMS = {"scores": (6, 6), "published": (10, 6)}
NAMES = {"scores": "scores", "published": "published numbers"}


def measured(sizes: Sequence[int] = SIZES) -> Iterator[Measured]:
    """Yield the ratio to the floor and the peak memory, for each size and way."""
    for size in sizes:
        with tempfile.TemporaryDirectory(prefix="umid-bench-") as folder:
            _write_study(Path(folder) / "raw", size)
            for way, (times, gigabytes) in AIMS.items():
                found = _in_a_process(way, Path(folder))
                ratio, peak = found["ours"] / found["floor"], found["gigabytes"]
                seconds = f"{found['ours']:.1f} s, floor {found['floor']:.2f} s"
                print(f"{size} responses to {way}: {seconds}", file=sys.stderr)
                name = f"{size:,} responses to {NAMES[way]}"
                ratio_name, memory_name = f"{name} / pandas.read_csv", f"{name}, memory, GB"
                if size == SIZES[-1]:
                    yield Measured.at_most(ratio_name, ratio, times)
                    yield Measured.at_most(memory_name, peak, gigabytes)
                else:
                    yield Measured(ratio_name, ratio)
                    yield Measured(memory_name, peak)


def main() -> None:
    """Print the table, or measure one way in this process."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=list(SIZES))
    parser.add_argument("--one", nargs=2, metavar=("WAY", "FOLDER"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        way, folder = options.one
        print(json.dumps(_run_way(way, Path(folder))))
    else:
        print_table(measured(options.sizes))


def _in_a_process(way: str, folder: Path) -> dict[str, float]:
    command = [sys.executable, __file__, "--one", way, str(folder)]
    return json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout)


def _run_way(way: str, folder: Path) -> dict[str, float]:
    """Return the seconds of the floor and of a way, and the peak memory of the way."""
    (export,) = (folder / "raw" / "responses").iterdir()
    start = time.perf_counter()
    rows = len(pd.read_csv(export, sep=";", dtype=str, na_filter=False))
    floor = time.perf_counter() - start
    start = time.perf_counter()
    counted = {"scores": _to_scores, "published": _to_published}[way](folder)
    ours = time.perf_counter() - start
    if rows != counted:
        raise SystemExit(f"{rows} rows were written, and {counted} are counted")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    return {"floor": floor, "ours": ours, "gigabytes": peak}


def _to_scores(folder: Path) -> int:
    """Score the answers in memory and return for how many people there are scores."""
    raw = folder / "raw"
    study = read_study(raw)
    questionnaire = read_questionnaire(raw, study)
    received = read_raw(raw, questionnaire, study)
    cleaned = clean_responses(received, questionnaire, study, key="k" * 16)
    scores = score_responses(cleaned.responses, cleaned.states, questionnaire, study)
    return scores["respondent"].nunique()


def _to_published(folder: Path) -> int:
    """Run all steps, their frames on disk, and return how many people are published as kept."""
    options = Namespace(raw=folder / "raw", processed=folder / "processed")
    for stage in FRAME_STAGES:
        for line in stage(options):
            print(line, file=sys.stderr)
    intake = read_published(options.processed)["intake"].set_index("statistic")["value"]
    return int(intake["kept"])


def _write_study(folder: Path, size: int) -> None:
    """Write the bundled study with an export of `size` submissions, each question drawn apart."""
    shutil.copytree(BUNDLED, folder, ignore=shutil.ignore_patterns("responses"))
    source = pd.read_csv(
        BUNDLED / "responses" / "kobo_export.csv", sep=";", dtype=str, na_filter=False
    )
    source = source.loc[:, [name for name in source.columns if "/" not in name]]
    source = source[source["consent"] == "yes"]
    rng = np.random.default_rng(1)
    rows = rng.integers(0, len(source), size)
    drawn = source.iloc[rows].reset_index(drop=True)
    study = read_study(folder)
    questionnaire = read_questionnaire(folder, study)
    for question in questionnaire:
        if question.dimension:
            place = rng.integers(0, len(question.choice_names), size)
            answers = np.array(question.choice_names, dtype=object)[place]
            drawn[question.name] = np.where(drawn[question.name] == "", "", answers)
    drawn["_uuid"] = np.char.mod("%032x", np.arange(size))
    (folder / "responses").mkdir()
    drawn.to_csv(folder / "responses" / "export.csv", sep=";", index=False, quoting=1)


if __name__ == "__main__":
    main()
