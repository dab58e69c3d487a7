"""Runs are checked before a kernel starts; a failed one leaves nothing that looks finished."""

import json

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from umid_research.errors import ParameterError, ReportError
from umid_research.publish import (
    Run,
    check_run,
    declared_parameters,
    execute,
    planned_runs,
    publish_reports,
    without_traces,
)
from umid_research.report import report_languages
from umid_research.study import read_study


def _notebook(folder, name: str, *cells: str, parameters: str | None = 'language: str = "en"'):
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook = new_notebook(
        cells=[new_code_cell(source) for source in cells], metadata={"kernelspec": kernel}
    )
    if parameters is not None:
        cell = new_code_cell(parameters, metadata={"tags": ["parameters"]})
        notebook.cells.insert(0, cell)
    path = folder / f"{name}.ipynb"
    nbformat.write(notebook, path)
    return path


# A cell that gives the exporters what they must know of a report.
_RECORD = """from IPython.display import display
record = dict(study="small", title="T", provenance="simulated", language="en", mark="M",
    district=None, contents_title="C", page_label="P")
display({"application/vnd.umid.record+json": record, "text/plain": "T"}, raw=True)"""


@pytest.fixture
def study(write_study):
    return read_study(write_study())


def test_a_study_in_no_language_of_the_reports_is_refused(study) -> None:
    """Rather than published as no report at all; with one that they have, in that one."""
    assert ("az",) == report_languages(study.model_copy(update={"languages": ("ru", "az")}))
    with pytest.raises(ReportError, match=r"none of the study's languages.*'ru'; possible: az, en"):
        report_languages(study.model_copy(update={"languages": ("ru",)}))


def test_each_district_is_a_run_of_its_own(study) -> None:
    """With its own HTML and PDF."""
    runs = [run for run in planned_runs(study, "en") if run.notebook == "03-district"]

    assert ["north", "south"] == [run.parameters["district"] for run in runs]
    assert "en/districts/north.html" == runs[0].html
    assert "en/districts/north.pdf" == runs[0].pdf


def test_the_activities_are_a_run_where_the_study_has_them(study) -> None:
    """With HTML and PDF; without them every other run is the same."""
    with_them = planned_runs(study, "en", activities=True)
    without = planned_runs(study, "en", activities=False)

    assert without == [run for run in with_them if run.notebook != "06-activities"]
    assert [("en/activities.html", "en/activities.pdf")] == [
        (run.html, run.pdf) for run in with_them if run not in without
    ]


@pytest.mark.parametrize(
    ("parameters", "says"),
    [
        ({"distrct": "north"}, "no such parameter; found 'distrct'; possible: language, district"),
        ({"district": "nrth"}, "no such district; found 'nrth'; possible: north, south"),
        ({"language": "xx"}, "no texts in this language; found 'xx'; possible: en"),
    ],
)
def test_a_mistyped_parameter_is_refused_before_a_kernel_starts(
    study, tmp_path, parameters, says
) -> None:
    """papermill would only log it, and report the default district."""
    _notebook(tmp_path, "03-district", parameters='language: str = "en"\ndistrict: str = "north"')

    with pytest.raises(ParameterError) as refusal:
        check_run(Run("03-district", parameters, "x.html"), study, tmp_path)

    assert says in str(refusal.value)


def test_an_unknown_notebook_is_refused_with_the_known_ones(study, tmp_path) -> None:
    """A name is a file's name without its ending."""
    _notebook(tmp_path, "07-study")

    with pytest.raises(ParameterError, match=r"no such notebook; possible: 07-study"):
        check_run(Run("08-study", {}, "x.html"), study, tmp_path)


@pytest.mark.parametrize(
    ("parameters", "says"),
    [
        (None, "one cell tagged `parameters`; found 0"),
        ("language = 'en'", "written `name: type = value`; found \"language = 'en'\""),
        ("print(1)", "written `name: type = value`"),
    ],
)
def test_parameters_are_declared_in_one_cell_of_literals(tmp_path, parameters, says) -> None:
    """papermill skips in silence what it cannot read."""
    path = _notebook(tmp_path, "x", parameters=parameters)

    with pytest.raises(ReportError) as refusal:
        declared_parameters(path)

    assert says in str(refusal.value)


def test_a_failing_notebook_names_cell_and_error(tmp_path) -> None:
    """One line, and no half-run copy anywhere."""
    path = _notebook(tmp_path, "x", "1 + 1", "raise ValueError('no such thing')")

    with pytest.raises(ReportError) as failure:
        execute(path, {})

    assert "x.ipynb: the notebook failed in cell 3: ValueError: no such thing" == str(failure.value)
    assert [path] == list(tmp_path.iterdir())


def test_a_report_that_cannot_be_made_stops_no_other(study, tmp_path) -> None:
    """The others are new; the failed one is gone, since its numbers may be old, and is named."""
    notebooks, reports = tmp_path / "notebooks", tmp_path / "reports"
    (reports / "en" / "districts").mkdir(parents=True)
    notebooks.mkdir()
    before = ["en/study.html", "en/quality.html", "en/districts/north.pdf"]
    listed = json.dumps({"study": study.id, "files": dict.fromkeys(before, "0")})
    (reports / "manifest.json").write_text(listed)
    for name in (*before, "en/mine.txt"):
        (reports / name).write_text("from before")
    for name in {run.notebook for run in planned_runs(study, "en")}:
        place = 'district: str = "north"' if name == "03-district" else ""
        broken = "1 / 0" if name in ("01-data-quality", "03-district") else "1 + 1"
        _notebook(notebooks, name, _RECORD, broken, parameters=f'language: str = "en"\n{place}')

    with pytest.raises(ReportError) as failure:
        list(
            publish_reports(
                study, notebooks=notebooks, processed=tmp_path, reports=reports, languages=("en",)
            )
        )

    # two districts and one more report; slides, tables and information, for want of frames
    assert "6 of 10 reports could not be made" == failure.value.problem
    told = "\n".join(failure.value.details)
    assert 2 == told.count("03-district.ipynb") and 1 == told.count("01-data-quality.ipynb")
    left = {path.relative_to(reports).as_posix() for path in reports.rglob("*") if path.is_file()}
    assert {"en/study.html", "en/robustness.html", "en/mine.txt"} <= left
    assert {"en/quality.html", "en/districts/north.pdf", "manifest.json"} & left == set()
    assert "from before" not in (reports / "en" / "study.html").read_text()


def test_a_failed_run_leaves_no_manifest_and_no_new_file(study, tmp_path) -> None:
    """make must not take the reports for finished; those from before are still there."""
    notebooks, reports = tmp_path / "notebooks", tmp_path / "reports"
    (reports / "en").mkdir(parents=True)
    notebooks.mkdir()
    (reports / "manifest.json").write_text('{"files": {}}')
    (reports / "en" / "study.html").write_text("the report from before")
    district = 'language: str = "en"\ndistrict: str = "north"'
    _notebook(notebooks, "03-district", "1 / 0", parameters=district)
    for name in {run.notebook for run in planned_runs(study, "en")} - {"03-district"}:
        _notebook(notebooks, name, "1 / 0")

    with pytest.raises(ReportError, match="ZeroDivisionError"):
        list(
            publish_reports(
                study,
                notebooks=notebooks,
                processed=tmp_path,
                reports=reports,
                languages=("en",),
            )
        )

    assert ["en", "en/study.html"] == sorted(
        path.relative_to(reports).as_posix() for path in reports.rglob("*")
    )


def test_an_executed_notebook_carries_no_trace_of_its_run(tmp_path) -> None:
    """Neither timings nor paths nor random ids; equal runs are equal."""
    path = _notebook(tmp_path, "x", "1 + 1")

    once, again = execute(path, {}), execute(path, {})

    assert nbformat.writes(once) == nbformat.writes(again)
    assert "papermill" not in nbformat.writes(once)
    assert str(tmp_path) not in nbformat.writes(without_traces(once))


def test_of_stored_widgets_their_words_stay(tmp_path) -> None:
    """Their ids are random and dead once the kernel ends; a reader on the web needs the words."""
    executed = execute(_notebook(tmp_path, "x", "from ipywidgets import HTML", "HTML('a')"), {})
    (output,) = executed.cells[-1].outputs

    assert ["text/plain"] == list(output.data)
    assert "widgets" not in executed.metadata
