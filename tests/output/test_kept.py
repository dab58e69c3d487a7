"""Which reports are made again, and which executed notebooks stay."""

import json
from pathlib import Path

import pytest

from umid_research.output.publish.kept import FOLDER, Cache, Made
from umid_research.output.publish.plan import Artefact, Run
from umid_research.runs import stamp
from umid_research.runs.facts import State

RUN = Run("07-study", {"language": "en"}, "en/study.html", "en/study.pdf", "Nobody")
SLIDES = Artefact("slides", "en", activities=False)
TOML, TEMPLATE = "frame:study/study.toml", "code:templates/report.typ"


class Folders:
    """Frames with one file, a report, and the package with a changed template if asked."""

    def __init__(self, home: Path) -> None:
        self.processed, self.reports = home / "processed", home / "reports"
        self.code = stamp.code_files()
        for name in ("processed/study/study.toml", "reports/en/study.html", "notebooks/x"):
            (home / name).parent.mkdir(parents=True)
            (home / name).write_text("1")
        self.notebooks = home / "notebooks"

    @property
    def cache(self) -> Cache:
        """The cache as the next run finds it."""
        return Cache(self.processed, State(self.processed, self.notebooks, self.code))

    @property
    def files(self) -> dict[str, str]:
        """The files of the report with their hashes."""
        return {"en/study.html": stamp.sha256(self.reports / "en" / "study.html")}

    @property
    def notebook(self) -> Path:
        """The executed notebook of the report."""
        return self.processed / FOLDER / "en" / "study.ipynb"

    def change(self) -> None:
        """Changes what the notebook has read."""
        (self.processed / "study" / "study.toml").write_text("2")


@pytest.fixture
def folders(tmp_path) -> Folders:
    made = Folders(tmp_path)
    made.cache.keep(RUN, Made([TOML], ["code:output/word.py"], "executed"), made.files)
    return made


def test_a_report_is_current_until_something_changes_that_it_was_made_of(folders) -> None:
    """Also a file of it, or its parameters; a job that was never done is not current."""
    assert folders.cache.is_current(RUN, folders.reports)
    assert folders.files == folders.cache.files(RUN)
    for other in (SLIDES, Run("07-study", {"language": "az"}, "en/study.html")):
        assert not folders.cache.is_current(other, folders.reports)
        assert {} == folders.cache.files(other)

    (folders.reports / "en" / "study.html").write_text("mine")
    assert not folders.cache.is_current(RUN, folders.reports)
    (folders.reports / "en" / "study.html").write_text("1")
    assert folders.cache.is_current(RUN, folders.reports)
    folders.change()
    assert not folders.cache.is_current(RUN, folders.reports)


@pytest.mark.parametrize("changed", ["templates/report.typ", "output/word.py"])
def test_what_only_renders_leaves_the_executed_notebook(folders, changed) -> None:
    """A template, whoever opens it, or an exporter; the report is rendered from the notebook."""
    folders.code[changed] = "0"
    cache = folders.cache

    cache.remove_outdated()

    assert not cache.is_current(RUN, folders.reports)
    assert folders.notebook.resolve() == cache.todo(RUN, folders.reports).executed
    assert "" == cache.todo(RUN, folders.reports).unchanged


def test_what_a_notebook_read_removes_it_and_asks_whether_it_comes_out_the_same(folders) -> None:
    """If so, its files are still those that it would give."""
    folders.change()
    cache = folders.cache

    cache.remove_outdated()

    assert not folders.notebook.exists()
    todo = cache.todo(RUN, folders.reports)
    # The SHA-256 of "executed", as sha256sum prints it.
    digest = "73f80633a12775cf851028a7f46de439591e1d7827828d83c883678e9615ae44"
    assert (None, digest) == (todo.executed, todo.unchanged)
    folders.code["templates/report.typ"] = "0"
    assert "" == folders.cache.todo(RUN, folders.reports).unchanged

    cache.keep(RUN, Made([TOML], None, "executed", files=False), {})
    assert folders.cache.is_current(RUN, folders.reports) is False


def test_an_unchanged_notebook_keeps_its_files(folders) -> None:
    """It was executed again, and nothing was rendered."""
    folders.change()

    folders.cache.keep(RUN, Made([TOML], ["code:errors.py"], "executed", files=False), {})

    assert folders.cache.is_current(RUN, folders.reports)
    assert folders.files == folders.cache.files(RUN)
    assert "executed" == folders.notebook.read_text()


def test_a_notebook_that_somebody_edited_is_executed_again(folders) -> None:
    """The cache counts as little as the reports do."""
    folders.notebook.write_text("mine")

    assert folders.cache.todo(RUN, folders.reports).executed is None
    folders.cache.remove_outdated()
    assert not folders.notebook.exists()


def test_where_nothing_was_noted_nothing_is_kept(folders) -> None:
    """Then nobody knows what the report was made of."""
    folders.cache.keep(RUN, Made(None, None, "executed"), folders.files)

    assert not folders.cache.is_current(RUN, folders.reports)
    assert not folders.notebook.exists()


def test_what_left_the_study_leaves_the_cache(folders) -> None:
    """A district, a language; what belongs to a language that is not made now stays."""
    district = Run("03-district", {"district": "south"}, "en/districts/south.html")
    azerbaijani = Run("07-study", {"language": "az"}, "az/study.html")
    for run in (district, azerbaijani):
        folders.cache.keep(run, Made([TOML], [TOML], "executed"), folders.files)
    home = folders.processed / FOLDER

    folders.cache.remove_others([RUN], ("en", "az"))
    assert [] == list((home / "en" / "districts").iterdir())
    assert (home / "az" / "study.ipynb").exists()

    folders.cache.remove_others([RUN], ("en",))
    assert not (home / "az").exists()
    assert folders.cache.is_current(RUN, folders.reports)


def test_a_record_is_no_more_than_hashes(folders) -> None:
    """It does not hold what the study's people said."""
    record = json.loads(folders.notebook.with_suffix(".json").read_text())

    values = [*record["executed_from"].values(), *record["made_from"].values()]
    assert {64} == {len(value) for value in values}
    assert TEMPLATE in record["made_from"]
