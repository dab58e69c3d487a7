"""How the steps grow with the districts: simulated studies of 3, 12 and 66, with 24 places each.

Every step runs in a process of its own, so that its peak memory is its own. What counts is the
time per district, compared with that of the smallest study in the same run. Run it by `make bench`
or `python benchmarks/nation.py`; `--write FOLDER` keeps the studies, to make their reports.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from measured import Measured, print_table

from umid_research.pipeline.steps import STEPS
from umid_research.simulate.nation import simulate_nation

BUNDLED = Path(__file__).resolve().parents[1] / "data" / "raw"
SIZES = (3, 12, 66)
NAMES = [step.name for step in STEPS]


def measured(
    sizes: Sequence[int] = SIZES,
    localities: int = 24,
    steps: Sequence[str] = NAMES,
    home: Path | None = None,
) -> Iterator[Measured]:
    """Yield the seconds of CPU and the peak memory of all steps for each size, and their growth.

    Loading Python and its libraries, which every process does, counts in every size.
    """
    seconds: dict[int, float] = {}
    with tempfile.TemporaryDirectory(prefix="umid-bench-") as folder:
        home = home or Path(folder)
        for size in sizes:
            raw = home / f"{size}-districts"
            simulate_nation(BUNDLED, raw, districts=size, localities=localities)
            found = []
            for step in steps:
                took, peak = _timed(step, raw, home / f"{size}-processed")
                found.append((took, peak))
                print(f"{size} districts, {step}: {took:.1f} s, {peak:.2f} GB", file=sys.stderr)
            seconds[size] = sum(took for took, _ in found) / size
            of = f"exports to published numbers, {size} districts"
            yield Measured(f"{of}: seconds of CPU a district", seconds[size])
            yield Measured(f"{of}: memory, GB", max(peak for _, peak in found))
    few, many = min(sizes), max(sizes)
    name = f"the same: a district of {many} / a district of {few}"
    yield Measured.at_most(name, seconds[many] / seconds[few], 1)


def main() -> None:
    """Print the table for the sizes that are asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=list(SIZES))
    parser.add_argument("--localities", type=int, default=24, help="per district")
    parser.add_argument("--steps", nargs="+", choices=NAMES, default=NAMES, help="the first ones")
    parser.add_argument("--write", type=Path, help="keep the studies in this folder")
    options = parser.parse_args()
    print_table(measured(options.sizes, options.localities, options.steps, options.write))


def _timed(step: str, raw: Path, processed: Path) -> tuple[float, float]:
    """Run a step and return its seconds of CPU and its peak memory in GB."""
    command = [sys.executable, "-m", "umid_research", step, f"--raw={raw}"]
    process = subprocess.Popen([*command, f"--processed={processed}"], stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{step} of {raw} failed")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 2**20


if __name__ == "__main__":
    main()
