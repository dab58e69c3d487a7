"""Reports of a simulated national study on a Dask cluster of this machine: one and two workers.

The frames are made once. Then all reports are made by one worker, by two, and by two of which one
is killed in between; each time they must be the same files. Run it by
`python benchmarks/cluster.py`.
"""

import argparse
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from distributed import LocalCluster

from umid_research.output.publish.kept import FOLDER
from umid_research.runs.stamp import sha256
from umid_research.simulate.nation import simulate_nation

BUNDLED = Path(__file__).resolve().parents[1] / "data" / "raw"
# Two workers should make the reports so many times as fast as one.
AIM = 1.7


def main() -> int:
    """Print a line per cluster; return 1 if files differ or two workers gain too little."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--districts", type=int, default=12)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="umid-bench-") as folder:
        raw, processed = Path(folder) / "raw", Path(folder) / "processed"
        simulate_nation(BUNDLED, raw, districts=options.districts, localities=24)
        subprocess.run(_command("frames", raw, processed), check=True, stdout=subprocess.DEVNULL)
        print(f"{'cluster':<24} {'seconds':>8} {'files':>6}  same files")
        one, expected = _made(raw, processed, workers=1)
        print(f"{'one worker':<24} {one:>8.1f} {len(expected):>6}")
        two, files = _made(raw, processed, workers=2)
        print(f"{'two workers':<24} {two:>8.1f} {len(files):>6}  {files == expected}")
        killed, after = _made(raw, processed, workers=2, kill_after=two / 3)
        print(f"{'two, one is killed':<24} {killed:>8.1f} {len(after):>6}  {after == expected}")
    print(f"two workers are {one / two:.2f} times as fast as one, aim {AIM}")
    return int(files != expected or after != expected or one / two < AIM)


def _command(step: str, raw: Path, processed: Path) -> list[str]:
    folders = [f"--raw={raw}", f"--processed={processed}"]
    return [sys.executable, "-m", "umid_research", step, *folders]


def _made(
    raw: Path, processed: Path, *, workers: int, kill_after: float = 0
) -> tuple[float, dict[str, str]]:
    """Make all reports on so many workers; return the seconds, and path -> SHA-256.

    What is kept of the run before is removed: notebooks would be rendered without being executed.
    """
    shutil.rmtree(processed / FOLDER, ignore_errors=True)
    with (
        tempfile.TemporaryDirectory(prefix="umid-bench-") as reports,
        LocalCluster(n_workers=workers, threads_per_worker=1, dashboard_address=None) as cluster,
    ):
        if kill_after:
            pid = cluster.workers[0].pid
            killer = threading.Timer(kill_after, os.kill, (pid, signal.SIGKILL))
            killer.start()
        command = [*_command("publish", raw, processed), f"--reports={reports}"]
        begun = time.monotonic()
        command.append(f"--scheduler={cluster.scheduler_address}")
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        seconds = time.monotonic() - begun
        made = (path for path in sorted(Path(reports).rglob("*")) if path.is_file())
        return seconds, {path.relative_to(reports).as_posix(): sha256(path) for path in made}


if __name__ == "__main__":
    raise SystemExit(main())
