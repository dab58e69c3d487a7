"""Which steps run again: those whose inputs, frames or code have changed, and no others."""

import io
import re
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from small_activities import write_activities
from small_plan import PLAN_QUESTIONNAIRE, plan_export, write_plan
from small_study import STUDY, small_export, write_small

from umid_research.__main__ import main
from umid_research.clean.privacy.ids import KEY_VARIABLE
from umid_research.pipeline import reports, stale, steps
from umid_research.pipeline.steps import STEPS
from umid_research.runs import records, stamp

ALL = [step.name for step in STEPS]
Ran = Callable[[], list[str]]


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Path:
    """A folder with a study and all its frames, to be copied.

    What earlier tests of the process have opened, such as a template, is not noted of its steps.
    """
    home = tmp_path_factory.mktemp("made")
    export = plan_export(small_export())
    raw = write_small(home / "raw", questionnaire=PLAN_QUESTIONNAIRE, export=export)
    write_activities(raw)
    write_plan(raw)
    with pytest.MonkeyPatch.context() as fresh:
        for noted in ("_opened", "_facts"):
            fresh.setattr(records, noted, set())
        assert 0 == main(["frames", "--raw", str(raw), "--processed", str(home / "processed")])
    return home


@pytest.fixture
def home(made, tmp_path) -> Path:
    return shutil.copytree(made, tmp_path / "home")


@pytest.fixture
def ran(home, capsys) -> Ran:
    """Makes the frames and returns the steps that ran."""

    def steps() -> list[str]:
        given = ["--raw", str(home / "raw"), "--processed", str(home / "processed")]
        assert 0 == main(["frames", *given])
        says = capsys.readouterr().out
        found = re.search(r"^as before (.*)$", says, re.MULTILINE)
        kept = found[1].split(", ") if found else []
        return [name for name in ALL if name not in kept] if says else []

    return steps


def _replace(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_a_register_runs_what_reads_it_and_an_answer_what_follows_from_it(home, ran) -> None:
    """An output that stays the same stops the chain; what is undone gives the frames of before."""
    _replace(home / "raw" / "meetings.csv", "The road is bad.", "The road is worse.")
    assert ["clean", "implementation", "activities", "disclose"] == ran()

    _replace(home / "raw" / "responses" / "export.csv", ";4;2;4;", ";1;2;4;")
    assert ALL == ran()


def test_a_file_that_no_frame_depends_on_stops_at_once(home, ran) -> None:
    """The steps that read the study folder run, and all frames stay."""
    frames = {p: p.read_bytes() for p in (home / "processed").rglob("*.csv")}
    (home / "raw" / "README.md").write_text("Where the files come from.")

    assert ["clean", "implementation", "activities"] == ran()
    assert frames == {p: p.read_bytes() for p in (home / "processed").rglob("*.csv")}


@pytest.mark.parametrize(
    ("frame", "again"),
    [
        ("units.csv", ["score"]),
        ("published/answers.csv", ["disclose"]),
        ("bands.csv", ["robustness"]),
        ("study/activities/indicators.toml", ["activities"]),
    ],
)
@pytest.mark.parametrize("damage", ["edited", "deleted"])
def test_a_frame_that_is_not_as_it_was_made_is_made_again(home, ran, frame, again, damage) -> None:
    """By its own step; it comes out the same, so that no other runs."""
    path = home / "processed" / frame
    before = path.read_bytes()
    path.unlink() if damage == "deleted" else path.write_text("mine")

    assert again == ran()
    assert before == path.read_bytes()


def test_a_frame_too_many_is_one_that_changed(home, ran) -> None:
    """A step that made it once, or a hand: whoever reads it must not find it."""
    (home / "processed" / "published" / "members.csv").write_text("a\n1\n")

    assert ["disclose"] == ran()
    assert not (home / "processed" / "published" / "members.csv").exists()


def test_code_that_was_loaded_counts(ran, monkeypatch) -> None:
    """And the names of all files of the package; a template is no step's business."""
    code = stamp.code_files()

    def with_other(name: str) -> None:
        monkeypatch.setattr(stamp, "code_files", lambda: {**code, name: "0"})

    with_other("templates/report.css")
    assert [] == ran()
    with_other("analysis/score.py" if "analysis/score.py" in code else "analysis/score/__init__.py")
    assert "score" in ran()
    with_other("analysis/numpy.py")
    assert ALL == ran()


@pytest.mark.parametrize(
    ("provenance", "kept"), [("field", []), ("simulated", ["as before clean, score"])]
)
def test_the_secret_behind_the_ids_counts_if_the_ids_depend_on_it(
    tmp_path, monkeypatch, capsys, provenance, kept
) -> None:
    """Frames of two secrets would not fit together; those of a simulated study have no secret."""
    raw = write_small(tmp_path / "raw", study=STUDY.replace("simulated", provenance))
    monkeypatch.setattr(reports, "FRAME_STAGES", steps.FRAME_STAGES[:2])
    monkeypatch.setattr(reports, "frames_are_current", lambda *_: False)

    def kept_with(secret: str) -> list[str]:
        monkeypatch.setenv(KEY_VARIABLE, secret)
        assert 0 == main(["frames", "--raw", str(raw), "--processed", str(tmp_path / "processed")])
        says = capsys.readouterr().out.splitlines()
        return [line for line in says if line.startswith("as before")]

    assert [] == kept_with("the secret of this test")
    assert ["as before clean, score"] == kept_with("the secret of this test")
    assert kept == kept_with("another secret of this test")


def test_after_a_run_without_an_end_all_steps_run(home, ran) -> None:
    """Nobody knows what it has left."""
    (home / "processed" / "stamp.json").unlink()
    assert ALL == ran()

    shutil.rmtree(home / "processed" / stale.FOLDER)
    (home / "processed" / "units.csv").unlink()
    assert ALL == ran()


class Terminal(io.StringIO):
    """A terminal that keeps what is written to it."""

    def isatty(self) -> bool:
        """It is one."""
        return True


def test_a_terminal_shows_which_step_runs_how_many_of_how_many_and_for_how_long(
    home, ran, monkeypatch
) -> None:
    """A step may take minutes; a file of the output has nothing of it."""
    _replace(home / "raw" / "meetings.csv", "The road is bad.", "The road is worse.")
    monkeypatch.setattr(sys, "stderr", terminal := Terminal())

    assert "disclose" in ran()

    says = terminal.getvalue()
    assert re.search(r"frames  :.* 7/8 \[\d\d:\d\d<.*step.*, disclose\]", says)
