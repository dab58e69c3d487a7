"""What `report` makes again, removes, and leaves: content decides, whatever the clocks say.

The frames are those of `clean` alone, and each report holds the cleaned answers instead of what a
notebook would tell, so that a report of old answers can be seen.
"""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from thin_studies import Thin

from umid_research.__main__ import main
from umid_research.output import publish
from umid_research.output.publish import Run
from umid_research.output.publish.kept import Made, Todo
from umid_research.pipeline import reports
from umid_research.pipeline.responses import clean
from umid_research.runs import stamp

FUTURE = 4_000_000_000  # in the year 2096


class Home:
    """A study folder, and what `report` makes of it."""

    def __init__(self, raw: Path, home: Path, capsys: pytest.CaptureFixture) -> None:
        self.raw, self.processed, self.reports = raw, home / "processed", home / "reports"
        self.notebooks = home / "notebooks"
        self.export = raw / "responses" / "export.csv"
        self._capsys = capsys

    def run(self, *options: str, command: str = "report") -> tuple[int, str]:
        """The exit status of a run, and all that it says."""
        folders = {name: getattr(self, name) for name in ("processed", "reports", "notebooks")}
        given = [part for name, path in folders.items() for part in (f"--{name}", str(path))]
        status = main([command, "--raw", str(self.raw), *given, *options])
        message = self._capsys.readouterr()
        return status, message.out + message.err

    def made(self, *options: str) -> str:
        """All that a run says which succeeds."""
        status, message = self.run(*options)
        assert 0 == status, message
        return message

    def files(self) -> set[str]:
        """The visible files among the reports."""
        found = (path for path in self.reports.rglob("*") if path.is_file())
        return {path.relative_to(self.reports).as_posix() for path in found}

    def tells(self, answer: str) -> set[str]:
        """The reports that hold an answer."""
        texts = {name: (self.reports / name).read_text() for name in self.files()}
        return {name for name, text in texts.items() if answer in text}

    def replace(self, path: Path, old: str, new: str) -> None:
        """Changes a file and gives it the times that it had."""
        text, times = path.read_text(encoding="utf-8"), path.stat()
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")
        os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))


def _make_plainly(todo, notebooks, processed, target, failed, scheduler):
    answers = (processed / "responses.csv").read_text(encoding="utf-8")
    for job in (one.job for one in todo):
        names = [job.html, job.pdf] if isinstance(job, Run) else [f"{job.language}/{job.name}"]
        for name in filter(None, names):
            (target / job.key / name).parent.mkdir(parents=True, exist_ok=True)
            (target / job.key / name).write_text(answers, encoding="utf-8")
        yield job, Made()


@pytest.fixture
def home(write_study, tmp_path, monkeypatch, capsys) -> Home:
    """A study in English and Azerbaijani, with the answer 4711 to one question, not yet made."""
    monkeypatch.setattr(reports, "FRAME_STAGES", (clean,))
    monkeypatch.setattr(publish, "_make_all", _make_plainly)
    parts = Thin("").parts()
    parts["export"].loc[0, "proposal"] = "withdrawn"
    made = Home(write_study(**parts), tmp_path, capsys)
    shutil.copytree(Path(__file__).parents[2] / "notebooks", made.notebooks)
    return made


UP_TO_DATE = "is up to date"


def test_no_library_is_loaded_before_it_is_known_that_something_is_to_be_made() -> None:
    """Loading pandas takes longer than the whole check may."""
    loaded = "import sys, umid_research.__main__; print({'pandas', 'pydantic'} & {*sys.modules})"
    printed = subprocess.run([sys.executable, "-c", loaded], capture_output=True, check=True)

    assert b"set()" == printed.stdout.strip()


def test_a_second_run_makes_nothing_and_says_which_file_to_open(home) -> None:
    """Until something changes."""
    assert UP_TO_DATE not in home.made()

    again = home.made()

    assert f"everything in {home.reports} is up to date" in again
    assert f"open     {home.reports}/en/study.html" in again
    assert "publish" not in again
    assert "submissions" not in again


def test_after_one_language_was_made_alone_the_others_tell_nothing_old(home) -> None:
    """They are removed and named; the next run makes them, and not the one that is there."""
    home.made()
    assert {"en/study.html", "az/study.html"} <= home.tells("withdrawn")
    home.replace(home.export, "withdrawn", "another")

    alone = home.made("--languages", "az")
    assert set() == home.tells("withdrawn")
    assert set() == {name for name in home.files() if name.startswith("en/")}
    assert "removed  15 files (en/annex.html, " in alone
    assert f"open     {home.reports}/az/study.html" in alone
    assert UP_TO_DATE in home.made("--languages", "az")

    az = (home.reports / "az" / "study.html").stat().st_mtime_ns
    assert UP_TO_DATE not in home.made()
    assert {"en/study.html", "az/study.html"} <= home.tells("another")
    assert az == (home.reports / "az" / "study.html").stat().st_mtime_ns
    assert UP_TO_DATE in home.made()


def test_a_language_alone_leaves_another_that_was_made_from_the_same(home) -> None:
    """Nothing is removed that still holds."""
    home.made("--languages", "en")
    before = home.files()

    message = home.made("--languages", "az", "az")

    assert before < home.files()
    assert "removed" not in message
    assert UP_TO_DATE in home.made()


def test_a_language_that_the_study_does_not_have_is_refused(home) -> None:
    """With those that it has, before and after anything was made."""
    says = "the study has no reports in this language; found 'ru'; possible: en, az"

    assert (1, f"umid_research: {says}\n") == home.run("--languages", "ru", "az")
    assert not home.reports.exists()
    home.made()
    assert (1, f"umid_research: {says}\n") == home.run("--languages", "ru")
    assert UP_TO_DATE in home.made()


def test_what_leaves_the_study_leaves_the_reports(home) -> None:
    """A district, a language; what a person put among the reports stays and is named."""
    home.made()
    (home.reports / "en" / "districts" / "notes.txt").write_text("mine")
    (home.reports / "en" / ".DS_Store").write_text("x")
    (home.reports / "README.md").write_text("of the repository")
    description = home.raw / "study.toml"
    home.replace(description, "[districts.south]", "[districts.coast]")

    message = home.made()
    assert "removed  4 files (az/districts/south.html, az/districts/south.pdf" in message
    assert {"en/districts/coast.pdf", "en/districts/notes.txt", "README.md"} <= home.files()
    assert not {name for name in home.files() if "south" in name}
    assert "left     1 file (en/districts/notes.txt), which no run made" in message
    assert "left     1 file (en/districts/notes.txt)" in home.made()

    home.replace(description, '"en", "az"', '"en"')
    assert "removed  15 files (az/annex.html, " in home.made()
    assert not (home.reports / "az").exists()


def _at(path: Path, seconds: int) -> None:
    os.utime(path, (seconds, seconds), follow_symlinks=False)


@pytest.mark.parametrize("seconds", [1, FUTURE])
def test_no_clock_decides(home, seconds) -> None:
    """Outputs or inputs of the future or of long ago; equal content is up to date."""
    home.made()
    for folder in (home.processed, home.reports, home.raw):
        for path in folder.rglob("*"):
            _at(path, seconds)
    assert UP_TO_DATE in home.made()

    home.replace(home.export, "withdrawn", "another")
    assert UP_TO_DATE not in home.made()
    assert set() == home.tells("withdrawn")


def test_linked_folders_are_read(home, tmp_path) -> None:
    """Also a link to a folder that links back."""
    elsewhere = (home.raw / "responses").rename(tmp_path / "elsewhere")
    (home.raw / "responses").symlink_to(elsewhere)
    (home.raw / "all").symlink_to(home.raw)
    home.made()
    assert UP_TO_DATE in home.made()

    home.replace(elsewhere / "export.csv", "withdrawn", "another")

    assert UP_TO_DATE not in home.made()
    assert set() == home.tells("withdrawn")


@pytest.mark.parametrize("target", ["gone.csv", "export-2.csv"])
def test_a_link_to_nothing_is_refused(home, target) -> None:
    """To a file that is gone, or to itself; a hidden one is an editor's lock."""
    (home.raw / "responses" / ".#export.csv").symlink_to("somebody@elsewhere.123")
    home.made()
    (home.raw / "responses" / "export-2.csv").symlink_to(target)

    status, message = home.run()

    assert 1 == status
    problem = "responses/export-2.csv: is neither a file nor a folder, perhaps a broken link"
    assert problem in message
    assert 1 == message.count("\n")


@pytest.mark.parametrize(
    "name", ["study.toml~", ".study.toml.swp", "#study.toml#", "responses/~$export.csv"]
)
@pytest.mark.parametrize("content", ["", "a;b\n1;2\n"])
def test_what_an_editor_leaves_is_no_input(home, name, content) -> None:
    """It comes and goes while a file is open."""
    home.made()
    (home.raw / name).write_text(content)

    assert UP_TO_DATE in home.made()


def test_a_renamed_file_is_another_input(home) -> None:
    """Its name decides the order of the submissions; what is published does not hold it."""
    home.made()
    home.export.rename(home.export.with_name("second.csv"))

    assert UP_TO_DATE not in home.made()
    manifest = json.loads((home.reports / "manifest.json").read_text())
    assert "responses/1.csv" in manifest["inputs"]
    assert not [name for name in manifest["inputs"] if "second" in name]


@pytest.mark.parametrize("damage", ["edited", "deleted", "half a stamp", "no stamp", "a list"])
def test_frames_that_are_not_as_they_were_made_are_made_again(home, damage) -> None:
    """Also those that somebody corrected by hand; the reports are then the same as before."""
    home.made()
    frame, listed = home.processed / "responses.csv", home.processed / "stamp.json"
    before = frame.read_bytes()
    if damage == "edited":
        home.replace(frame, "withdrawn", "corrected")
        _at(frame, FUTURE)
    elif damage == "deleted":
        frame.unlink()
    elif damage == "half a stamp":
        listed.write_text(listed.read_text()[:100])
    elif damage == "no stamp":
        listed.unlink()
    else:
        listed.write_text("[]")

    message = home.made()

    assert "submissions read" in message
    assert before == frame.read_bytes()
    assert set() == home.tells("corrected")
    assert "submissions read" not in home.made()


@pytest.mark.parametrize("what", ["study/study.toml", "study/questionnaire.md"])
def test_the_description_beside_the_frames_is_guarded_too(home, what) -> None:
    """Names and questions of the reports are read from it."""
    home.made()
    (home.processed / what).write_text("x")

    assert "submissions read" in home.made()


def test_other_code_and_other_notebooks_make_other_reports(home, monkeypatch, tmp_path) -> None:
    """A module, the lock of the environment, a notebook that has a number; whatever their times."""
    code, lock = stamp.code_files(), tmp_path / "requirements.lock"
    lock.write_text("pandas==1")
    monkeypatch.setattr(stamp, "_LOCK", lock)
    home.made()

    monkeypatch.setattr(stamp, "code_files", lambda: {**code, "errors.py": "0"})
    assert "submissions read" in home.made()
    home.replace(lock, "==1", "==2")
    assert "submissions read" in home.made()
    home.replace(home.notebooks / "07-study.ipynb", '"cells"', ' "cells"')
    again = home.made()
    assert "submissions read" not in again
    assert "publish" in again

    home.replace(home.notebooks / "explore.ipynb", '"cells"', ' "cells"')
    assert UP_TO_DATE in home.made()


def test_processed_is_shared_by_copies_of_a_study(home, tmp_path) -> None:
    """Equal ones are the same; another one is seen at once, and so is the way back."""
    home.made()
    first, other = home.raw, shutil.copytree(home.raw, tmp_path / "other")
    home.raw = other
    assert UP_TO_DATE in home.made()

    home.replace(other / "responses" / "export.csv", "withdrawn", "another")
    assert UP_TO_DATE not in home.made()
    assert set() == home.tells("withdrawn")
    home.raw = first
    assert UP_TO_DATE not in home.made()
    assert set() == home.tells("another")


@pytest.mark.parametrize("folder", ["processed", "reports"])
def test_another_studys_folder_is_refused(home, folder) -> None:
    """Two studies in one folder would leave files of both, or remove those of one."""
    home.made()
    home.replace(home.raw / "study.toml", 'id = "small"', 'id = "autumn"')
    setattr(home, folder, getattr(home, folder).with_name("own"))
    before = home.files()

    status, message = home.run()

    assert 1 == status
    assert "holds another study's outputs, not those of 'autumn'" in message
    assert "found 'small'" in message
    assert before == home.files()
    assert home.processed.exists() == (folder == "reports")


def test_after_an_interruption_everything_is_made_again(home, monkeypatch) -> None:
    """And what left the study before it is removed after it."""
    home.made()
    home.replace(home.raw / "study.toml", "[districts.south]", "[districts.coast]")

    def stopped(*_):
        raise SystemExit("stopped")
        yield

    with monkeypatch.context() as patch, pytest.raises(SystemExit):
        patch.setattr(publish, "_make_all", stopped)
        home.run()
    assert not (home.reports / "manifest.json").exists()
    assert "en/districts/south.html" in home.files()

    message = home.made()
    assert "removed  4 files" in message
    assert "en/districts/south.html" not in home.files()
    assert UP_TO_DATE in home.made()
    assert [] == list(home.reports.glob(".*"))


def test_frames_of_an_interrupted_run_are_not_taken_for_whole(home, monkeypatch) -> None:
    """The first are new by then, and the rest may be old."""
    home.made()

    def stopped(options):
        (home.processed / "responses.csv").write_text("half")
        raise SystemExit("stopped")
        yield

    home.replace(home.export, "withdrawn", "another")
    with monkeypatch.context() as patch, pytest.raises(SystemExit):
        patch.setattr(reports, "FRAME_STAGES", (stopped,))
        home.run()
    home.replace(home.export, "another", "withdrawn")

    assert "submissions read" in home.made()
    assert "en/study.html" in home.tells("withdrawn")


@pytest.mark.parametrize("text", ["", "not JSON", "[]", "{}", '{"files": 3}', '{"files": ["x"]}'])
def test_a_manifest_that_says_nothing_is_no_manifest(home, text) -> None:
    """The reports are made again."""
    home.made()
    (home.reports / "manifest.json").write_text(text)

    assert "publish" in home.made()
    assert UP_TO_DATE in home.made()


@pytest.mark.parametrize("change", ["a file less", "a language less", "another hash"])
def test_an_edited_manifest_does_not_hold(home, change) -> None:
    """Neither a report that it no longer lists, nor one that it would have otherwise."""
    home.made()
    path = home.reports / "manifest.json"
    manifest = json.loads(path.read_text())
    page = home.reports / "en" / "study.html"
    if change == "a file less":
        del manifest["files"]["en/study.html"]
        page.unlink()
    elif change == "a language less":
        manifest["languages"] = ["az"]
    else:
        page.write_text("other")
        manifest["files"]["en/study.html"] = stamp.sha256(page)
    path.write_text(json.dumps(manifest))

    assert UP_TO_DATE not in home.made()
    assert "en/study.html" in home.tells("withdrawn")


def test_a_file_that_is_not_made_again_with_its_language_is_removed(home, monkeypatch) -> None:
    """Although the manifest before was made from the same."""

    def without_pdf(todo, *folders):
        jobs = [one.job for one in todo]
        pages = [replace(job, pdf=None) if isinstance(job, Run) else job for job in jobs]
        yield from _make_plainly([Todo(page) for page in pages], *folders)

    home.made()
    (home.reports / "en" / "study.html").unlink()
    monkeypatch.setattr(publish, "_make_all", without_pdf)

    assert (
        "removed  4 files (en/annex.pdf, en/districts/north.pdf, en/districts/south.pdf"
        in home.made()
    )
    assert "az/study.pdf" in home.files()
    assert "en/study.pdf" not in home.files()
    assert UP_TO_DATE in home.made()


@pytest.mark.parametrize("damage", ["deleted", "edited"])
def test_a_report_that_is_not_as_it_was_made_is_made_again(home, damage) -> None:
    """And the reports in the other language are not."""
    home.made()
    page, other = home.reports / "en" / "quality.html", home.reports / "az" / "quality.html"
    before, untouched = page.read_bytes(), other.stat().st_mtime_ns
    page.unlink() if damage == "deleted" else page.write_text("mine")

    assert UP_TO_DATE in home.made("--languages", "az")
    assert UP_TO_DATE not in home.made()
    assert before == page.read_bytes()
    assert untouched == other.stat().st_mtime_ns


def test_nothing_outside_the_reports_is_ever_removed(home, tmp_path) -> None:
    """Whatever a manifest lists."""
    home.made()
    (tmp_path / "precious.txt").write_text("mine")
    (home.reports / "README.md").write_text("mine")
    (tmp_path / "linked").mkdir()
    (tmp_path / "linked" / "precious.txt").write_text("mine")
    (home.reports / "link").symlink_to(tmp_path / "linked")
    (home.reports / "en" / "old.html").write_text("of an earlier run")
    names = ["../precious.txt", str(tmp_path / "precious.txt"), "en/../../precious.txt"]
    names += ["en/../README.md", str(home.reports / "README.md"), "link/precious.txt"]
    names += ["README.md", "en", "en/\0", "en/" + "x" * 5000, "..", ""]
    names += ["en/old.html", "en\\..\\..\\precious.txt"]
    path = home.reports / "manifest.json"
    listed = json.loads(path.read_text())
    listed["files"] |= dict.fromkeys(names, "0" * 64)
    path.write_text(json.dumps(listed))

    message = home.made()

    assert "mine" == (tmp_path / "precious.txt").read_text()
    assert "mine" == (tmp_path / "linked" / "precious.txt").read_text()
    assert "mine" == (home.reports / "README.md").read_text()
    assert "removed  1 file (en/old.html)" in message
    assert not (home.reports / "en" / "old.html").exists()


def test_publish_by_hand_does_not_vouch_for_frames_by_hand(home) -> None:
    """A stage that was run alone has read other answers than the stamp says."""
    home.made()
    home.replace(home.export, "withdrawn", "another")
    assert 0 == home.run(command="clean")[0]
    assert 0 == home.run(command="publish")[0]
    home.replace(home.export, "another", "withdrawn")

    assert UP_TO_DATE not in home.made()
    assert set() == home.tells("another")


def test_publish_by_hand_does_not_mix_frames_by_hand(home) -> None:
    """Another language may be of other answers, and nobody knows."""
    for language, answer in (("az", "withdrawn"), ("en", "another")):
        home.replace(home.export, "withdrawn", answer)
        assert 0 == home.run(command="clean")[0]
        assert 0 == home.run("--languages", language, command="publish")[0]

    assert set() == home.tells("withdrawn")
    assert "en/study.html" in home.tells("another")


def test_frames_alone_are_made_where_they_are_out_of_date(home) -> None:
    """For JupyterLab; no report is touched."""
    assert "submissions read" in home.run(command="frames")[1]
    assert (0, "") == home.run(command="frames")
    assert not home.reports.exists()


def _make_and_keep(todo, *folders):
    """Make files as above, and keep executed notebooks that hold the answers too."""
    answers = (folders[1] / "responses.csv").read_text(encoding="utf-8")
    read = ["frame:responses.csv"]
    for job, _ in _make_plainly(todo, *folders):
        notebook = answers if isinstance(job, Run) else None
        yield job, Made(executed_from=read, made_from=read, notebook=notebook)


def _stop_frames(home: Home, monkeypatch) -> None:
    def stopped(options):
        yield from clean(options)
        raise SystemExit("stopped")

    with monkeypatch.context() as patch, pytest.raises(SystemExit):
        patch.setattr(reports, "FRAME_STAGES", (stopped,))
        home.run()


def _kill_publish(home: Home, monkeypatch) -> None:
    """Leave what a killed run leaves: unfinished folders, no manifest, the names before."""
    home.made()
    for folder in (home.processed, home.reports):
        shutil.copytree(folder, folder.with_name("copy"))
        folder.with_name("copy").rename(folder / ".writing-dead")
    (home.reports / "manifest.json").rename(home.reports / ".manifest-before.json")
    (home.reports / "en" / "study.html").unlink()


def _keep_notebooks(home: Home, monkeypatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(publish, "_make_all", _make_and_keep)
        home.made()
    assert [*home.processed.rglob(".cache/**/study.ipynb")]


def _from_other_frames(home: Home, monkeypatch) -> None:
    own = home.processed
    home.processed = own.with_name("others")
    home.made()
    home.processed = own


def _step_by_step(home: Home, monkeypatch) -> None:
    assert 0 == home.run(command="clean")[0]
    assert 0 == home.run(command="publish")[0]


def _copied(home: Home, monkeypatch) -> None:
    _from_other_frames(home, monkeypatch)
    shutil.copytree(home.processed.with_name("others"), home.processed)


def _one_format(home: Home, monkeypatch) -> None:
    assert 0 == home.run(command="frames")[0]
    assert 0 == home.run("--languages", "en", command="publish")[0]
    for path in home.reports.rglob("*.html"):
        path.unlink()


EARLIER_FILES = {
    "everything": lambda home, _: home.made(),
    "one language": lambda home, _: home.made("--languages", "az"),
    "the frames alone": lambda home, _: home.run(command="frames"),
    "step by step": _step_by_step,
    "one format of one language": _one_format,
    "reports of frames in another folder": _from_other_frames,
    "everything, copied from another folder": _copied,
    "a run that ended among its frames": _stop_frames,
    "a run that was killed among its reports": _kill_publish,
    "executed notebooks": _keep_notebooks,
}


@pytest.mark.parametrize("way", EARLIER_FILES)
def test_a_withdrawn_response_is_gone_however_the_earlier_files_were_made(
    home, monkeypatch, way
) -> None:
    """From every file of both languages and of the frames, hidden ones too, after one run."""

    def with_the_answer() -> list[Path]:
        folders = (home.processed, home.reports)
        files = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
        return [path for path in files if b"withdrawn" in path.read_bytes()]

    EARLIER_FILES[way](home, monkeypatch)
    assert with_the_answer()
    lines = home.export.read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [line for line in lines if "withdrawn" not in line]
    home.export.write_text("".join(kept), encoding="utf-8")
    assert len(lines) - 1 == len(kept)

    home.made()

    assert [] == with_the_answer()
    assert {"en/study.html", "az/study.html"} <= home.files()
