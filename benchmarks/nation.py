"""How the steps grow with the districts: simulated studies of 3, 12 and 66, with 24 places each.

Every step runs in a process of its own, so that its peak memory is its own. What counts is the
time per district, beside that of the smallest study in the same run. Run it by
`python benchmarks/nation.py`; `--write FOLDER` keeps the studies, to make their reports.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from umid_research.pipeline.steps import STEPS
from umid_research.simulate.nation import simulate_nation

BUNDLED = Path(__file__).resolve().parents[1] / "data" / "raw"
SIZES = (3, 12, 66)
NAMES = [step.name for step in STEPS]


def main() -> int:
    """Print a line per step and size; return 1 if a district costs more among many than among few.

    Loading Python and its libraries, which every process does, counts in every size.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=list(SIZES))
    parser.add_argument("--localities", type=int, default=24, help="per district")
    parser.add_argument("--steps", nargs="+", choices=NAMES, default=NAMES, help="the first ones")
    parser.add_argument("--write", type=Path, help="keep the studies in this folder")
    options = parser.parse_args()
    print(f"{'districts':>9} {'step':<14} {'CPU s':>7} {'a district':>10} {'GB':>6}")
    totals = {}
    with tempfile.TemporaryDirectory(prefix="umid-bench-") as folder:
        home = options.write or Path(folder)
        for size in options.sizes:
            raw = home / f"{size}-districts"
            simulate_nation(BUNDLED, raw, districts=size, localities=options.localities)
            totals[size] = 0.0
            for step in options.steps:
                seconds, peak = _measured(step, raw, home / f"{size}-processed")
                totals[size] += seconds
                print(f"{size:>9} {step:<14} {seconds:>7.1f} {seconds / size:>10.2f} {peak:>6.2f}")
    per_district = {size: seconds / size for size, seconds in totals.items()}
    few, many = min(per_district), max(per_district)
    print(f"all steps, a district: {per_district[few]:.2f} s of {few}, {per_district[many]:.2f} s")
    return int(per_district[many] > per_district[few])


def _measured(step: str, raw: Path, processed: Path) -> tuple[float, float]:
    """Run a step and return its seconds of CPU and its peak memory in GB."""
    command = [sys.executable, "-m", "umid_research", step, f"--raw={raw}"]
    process = subprocess.Popen([*command, f"--processed={processed}"], stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{step} of {raw} failed")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 2**20


if __name__ == "__main__":
    raise SystemExit(main())
