"""Write and read frames: CSV in UTF-8, one folder per study.

Frames are written to a temporary folder first and moved when all are complete. Every frame of a
simulated study has a last column `provenance`. Floats are written without loss of precision.
"""

import tempfile
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from umid_research.errors import FrameError
from umid_research.runs.processes import UNFINISHED
from umid_research.study import Study

PROVENANCE = "provenance"


def write_frames(folder: Path, frames: Mapping[str, pd.DataFrame], study: Study) -> None:
    """Write each frame to `folder/<name>.csv`; move the files there only when all are written."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder, prefix=UNFINISHED) as temporary:
        for name, frame in frames.items():
            marked = frame
            if study.provenance == "simulated":
                marked = frame.assign(**{PROVENANCE: study.provenance})
            marked.to_csv(Path(temporary) / f"{name}.csv", index=False, lineterminator="\n")
        for name in frames:
            (Path(temporary) / f"{name}.csv").replace(folder / f"{name}.csv")


def read_frame(folder: Path, name: str, *, numbers: tuple[str, ...] = ()) -> pd.DataFrame:
    """Return the frame `name` of a folder: text, except the columns in `numbers`; "" is missing.

    Raises FrameError if the file does not exist.
    """
    path = Path(folder) / f"{name}.csv"
    if not path.is_file():
        raise FrameError(
            f"frame {name!r} has not been made yet; `make report` makes it", where=str(path)
        )
    frame = pd.read_csv(path, dtype=str, keep_default_na=False, na_values=[""])
    for column in frame.columns.intersection(list(numbers)):
        frame[column] = pd.to_numeric(frame[column])
    return frame.drop(columns=PROVENANCE, errors="ignore")
