"""From a study folder to its reports, as make goes the way and as the command without make."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
BUNDLED = ROOT / "data" / "raw"


def make(*arguments: str) -> subprocess.CompletedProcess:
    """Return a make command in the repository, once it is done.

    It does not know that the tests may run under make themselves, which would make it talkative.
    """
    if not (ROOT / ".venv" / "installed").exists():
        pytest.skip("the environment was not made by make")
    of_make = ("MAKEFLAGS", "MAKELEVEL", "MFLAGS", "MAKEOVERRIDES")
    variables = {name: text for name, text in os.environ.items() if name not in of_make}
    command = ["make", *arguments]
    return subprocess.run(
        command, cwd=ROOT, env=variables, capture_output=True, text=True, check=False
    )


def report(raw: Path, home: Path, *options: str) -> subprocess.CompletedProcess:
    """The command without make, once it is done, into `home`."""
    return subprocess.run(
        [sys.executable, "-m", "umid_research", "report", *folders(raw, home, "--{}"), *options],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


def folders(raw: Path, home: Path, form: str) -> list[str]:
    """The study folder and where all goes that is made of it, as arguments of either command."""
    places = {"raw": raw, "processed": home / "processed", "reports": home / "reports"}
    if form == "--{}":
        return [part for name, path in places.items() for part in (f"--{name}", str(path))]
    return [f"{name.upper()}={path}" for name, path in places.items()]
