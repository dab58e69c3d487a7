"""How long exports take to become scores, beside the time pandas takes to read them as text.

The ratio to that floor, taken in one run, is what counts: machines differ, and this one may be
busy. Nothing is written; each size runs in a process of its own, so that its peak memory is its
own. Run it by `make bench`.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

from umid_research.analysis.score import score_responses
from umid_research.clean import clean_responses
from umid_research.raw import read_raw
from umid_research.study import read_study
from umid_research.study.questionnaire import questionnaire_path, read_questionnaire

BUNDLED = Path(__file__).resolve().parents[1] / "data" / "raw"
SIZES = (10_000, 100_000, 1_000_000)
BOUNDS = {"ratio": 6.0, "gigabytes": 6.0}


def main() -> int:
    """Prints one line a size, and how time grows; 1 when the largest size breaks a bound."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=list(SIZES))
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        print(json.dumps(measured(options.one)))
        return 0
    print(f"{'rows':>9} {'floor s':>8} {'ours s':>8} {'ratio':>6} {'GB':>6}")
    lines = [_in_a_process(size) for size in options.sizes]
    for before, line in zip([None, *lines], lines, strict=False):
        growth = "" if before is None else f"   x{line['ours'] / before['ours']:.1f} in time"
        print(
            f"{line['rows']:>9} {line['floor']:>8.2f} {line['ours']:>8.2f} "
            f"{line['ratio']:>6.2f} {line['gigabytes']:>6.2f}{growth}"
        )
    broken = [name for name, bound in BOUNDS.items() if lines[-1][name] > bound]
    print(f"bounds {BOUNDS}: {'broken: ' + ', '.join(broken) if broken else 'held'}")
    return bool(broken)


def _in_a_process(size: int) -> dict[str, float]:
    command = [sys.executable, __file__, "--one", str(size)]
    return json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def measured(size: int) -> dict[str, float]:
    """Seconds of the floor and of the way from CSV to scores, and the peak memory of the way."""
    with tempfile.TemporaryDirectory(prefix="umid-bench-") as folder:
        raw = Path(folder)
        export = _write_study(raw, size)
        start = time.perf_counter()
        rows = len(pd.read_csv(export, sep=";", dtype=str, na_filter=False))
        floor = time.perf_counter() - start
        start = time.perf_counter()
        study = read_study(raw)
        questionnaire = read_questionnaire(raw, study)
        received = read_raw(raw, questionnaire, study)
        cleaned = clean_responses(received, questionnaire, study, key="k" * 16)
        scores = score_responses(cleaned.responses, cleaned.states, questionnaire, study)
        ours = time.perf_counter() - start
    if rows != size or scores.empty or len(received) != size:
        raise SystemExit(f"{size} rows were written, {rows} read, {len(scores)} scores made")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    return {
        "rows": size,
        "floor": floor,
        "ours": ours,
        "ratio": ours / floor,
        "gigabytes": peak,
    }


def _write_study(folder: Path, size: int) -> Path:
    """The bundled study with an export of `size` submissions, each question drawn on its own."""
    for path in (BUNDLED / "study.toml", questionnaire_path(BUNDLED)):
        (folder / path.name).write_bytes(path.read_bytes())
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
    export = folder / "responses" / "export.csv"
    drawn.to_csv(export, sep=";", index=False, quoting=1)
    return export


if __name__ == "__main__":
    sys.exit(main())
