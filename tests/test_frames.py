"""Frames are read back as written, marked if simulated, and written completely or not at all."""

import numpy as np
import pandas as pd
import pytest
from small_study import STUDY

from umid_research.errors import FrameError
from umid_research.frames import read_frame, write_frames
from umid_research.study import read_study

FRAME = pd.DataFrame({"unit": ["a", "b"], "score": [1 / 3, np.nan], "code": ["01", "NA"]})


def test_a_frame_reads_back_as_it_was(write_study, tmp_path) -> None:
    """Text stays text, `NA` too; numbers are the same to the last bit."""
    write_frames(tmp_path, {"units": FRAME}, read_study(write_study()))

    pd.testing.assert_frame_equal(FRAME, read_frame(tmp_path, "units", numbers=("score",)))


def test_only_frames_of_a_simulated_study_are_marked(write_study, tmp_path) -> None:
    """The mark is the last column."""
    real = STUDY.replace('provenance = "simulated"', 'provenance = "public"')
    write_frames(tmp_path / "simulated", {"units": FRAME}, read_study(write_study()))
    write_frames(tmp_path / "real", {"units": FRAME}, read_study(write_study(study=real)))

    assert (
        "unit,score,code,provenance"
        == ((tmp_path / "simulated" / "units.csv").read_text().splitlines()[0])
    )
    assert "unit,score,code" == (tmp_path / "real" / "units.csv").read_text().splitlines()[0]


def test_a_failed_write_keeps_the_old_files(write_study, tmp_path) -> None:
    """No half-written file stays."""
    study = read_study(write_study())
    folder = tmp_path / "processed"
    write_frames(folder, {"units": FRAME}, study)
    before = (folder / "units.csv").read_bytes()

    with pytest.raises(AttributeError):
        write_frames(folder, {"units": FRAME.head(1), "scores": None}, study)

    assert before == (folder / "units.csv").read_bytes()
    assert ["units.csv"] == [path.name for path in folder.iterdir()]


def test_a_missing_frame_is_an_error_that_says_how_to_make_it(tmp_path) -> None:
    """It is not a traceback of pandas."""
    with pytest.raises(FrameError, match=r"units\.csv: frame 'units' has not been made yet"):
        read_frame(tmp_path, "units")
