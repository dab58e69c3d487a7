"""Where the frames and the exports of a study are."""

import os
from pathlib import Path

from umid_research.errors import FrameError, ParameterError
from umid_research.runs.stamp import frames_are_current, made_from, study_id
from umid_research.study import Study

RAW_VARIABLE = "UMID_RAW"
PROJECT = Path(__file__).resolve().parents[2]
_BUNDLED = Path("data") / "raw"


def study_folder(folder: Path) -> Path:
    """Return the folder, below the project if it is not below the working folder."""
    return folder if folder.is_absolute() or folder.exists() else PROJECT / folder


def frames_of(folder: Path) -> Path:
    """Return the folder of a study's frames, which the Makefile chooses in the same way.

    Raises FrameError if they are missing, or older than the study or the code.
    """
    bundled = folder.resolve() == (PROJECT / _BUNDLED).resolve()
    own = Path("data") if bundled else Path("build") / study_id(folder)
    processed = PROJECT / own / "processed"
    if not frames_are_current(processed, made_from(folder)):
        raise FrameError(
            f"the frames are missing or older than the study; run `make frames RAW={folder}`",
            where=str(processed),
        )
    return processed


def exports_of(study: Study, folder: Path | None) -> Path:
    """Return the study folder: the given one, that of JupyterLab, or the bundled one.

    Raises ParameterError if another study is there.
    """
    folder = folder or Path(os.environ.get(RAW_VARIABLE) or PROJECT / _BUNDLED)
    if study_id(folder) != study.id:
        raise ParameterError(
            "the exports of this study are not known; open it by its folder, as open_study(folder)",
            where=str(folder),
            found=study_id(folder),
            possible=[study.id],
        )
    return folder
