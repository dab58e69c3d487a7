"""Test that runs are checked before a kernel starts and that failures leave no false results."""

import json

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from umid_research.errors import ParameterError, ReportError
from umid_research.output import rendering
from umid_research.output.publish import (
    Run,
    check_run,
    declared_parameters,
    execute,
    planned_runs,
    publish_reports,
    without_traces,
)
from umid_research.report.study_report import report_languages
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


# A cell that writes the record that the exporters read.
_RECORD = """from IPython.display import display
record = dict(study="small", title="T", provenance="simulated", language="en", mark="M",
    district=None, contents_title="C", page_label="P")
display({"application/vnd.umid.record+json": record, "text/plain": "T"}, raw=True)"""


@pytest.fixture
def study(write_study):
    return read_study(write_study())


def test_a_study_without_a_language_of_the_reports_is_an_error(study) -> None:
    """It would have no report; with one supported language it has reports in that one."""
    assert ("az",) == report_languages(study.model_copy(update={"languages": ("ru", "az")}))
    with pytest.raises(ReportError, match=r"no language of the study has.*'ru'; possible: az, en"):
        report_languages(study.model_copy(update={"languages": ("ru",)}))


def test_each_district_has_its_own_run(study) -> None:
    """Each run has its own HTML and PDF."""
    runs = [run for run in planned_runs(study, "en") if run.notebook == "03-district"]

    assert ["north", "south"] == [run.parameters["district"] for run in runs]
    assert "en/districts/north.html" == runs[0].html
    assert "en/districts/north.pdf" == runs[0].pdf


def test_a_study_with_activities_has_a_run_for_them(study) -> None:
    """It makes HTML and PDF; without activities all other runs are the same."""
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
    """papermill would only log it and use the default district."""
    _notebook(tmp_path, "03-district", parameters='language: str = "en"\ndistrict: str = "north"')

    with pytest.raises(ParameterError) as refusal:
        check_run(Run("03-district", parameters, "x.html"), study, tmp_path)

    assert says in str(refusal.value)


def test_the_error_on_an_unknown_notebook_lists_the_known_ones(study, tmp_path) -> None:
    """A notebook's name is its file name without suffix."""
    _notebook(tmp_path, "07-study")

    with pytest.raises(ParameterError, match=r"no such notebook; possible: 07-study"):
        check_run(Run("08-study", {}, "x.html"), study, tmp_path)


@pytest.mark.parametrize(
    ("parameters", "says"),
    [
        (None, "one cell tagged `parameters`; found 0"),
        ("language = 'en'", "written as `name: type = value`; found \"language = 'en'\""),
        ("print(1)", "written as `name: type = value`"),
    ],
)
def test_parameters_are_declared_in_one_cell_of_literals(tmp_path, parameters, says) -> None:
    """papermill ignores lines that it cannot read."""
    path = _notebook(tmp_path, "x", parameters=parameters)

    with pytest.raises(ReportError) as refusal:
        declared_parameters(path)

    assert says in str(refusal.value)


def test_a_failing_notebook_names_cell_and_error(tmp_path) -> None:
    """The message is one line, and no incomplete copy remains."""
    path = _notebook(tmp_path, "x", "1 + 1", "raise ValueError('no such thing')")

    with pytest.raises(ReportError) as failure:
        execute(path, {})

    assert "x.ipynb: the notebook failed in cell 3: ValueError: no such thing" == str(failure.value)
    assert [path] == list(tmp_path.iterdir())


def test_a_failed_report_does_not_stop_the_others(study, tmp_path, monkeypatch) -> None:
    """The others are new; the failed one is named and its outdated files are removed."""
    # typst has threads that a fork does not copy: after another test has used it, it would wait
    # for them forever in the workers. The command never uses it before it starts its workers.
    monkeypatch.setattr(rendering, "to_pdf", lambda *_, **__: b"a PDF")
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

    # two districts and one more report; slides, tables and information fail without frames
    assert "6 of 11 reports could not be made" == failure.value.problem
    details = "\n".join(failure.value.details)
    assert 2 == details.count("03-district.ipynb") and 1 == details.count("01-data-quality.ipynb")
    left = {path.relative_to(reports).as_posix() for path in reports.rglob("*") if path.is_file()}
    assert {"en/study.html", "en/robustness.html", "en/mine.txt"} <= left
    assert {"en/quality.html", "en/districts/north.pdf", "manifest.json"} & left == set()
    assert "from before" not in (reports / "en" / "study.html").read_text()


def test_a_failed_run_leaves_no_manifest_and_no_new_file(study, tmp_path) -> None:
    """make must not treat the reports as finished; the earlier reports are kept."""
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


def test_an_executed_notebook_has_no_trace_of_its_run(tmp_path) -> None:
    """It has no timings, paths or random ids, so equal runs give equal bytes."""
    path = _notebook(tmp_path, "x", "1 + 1")

    once, again = execute(path, {}), execute(path, {})

    assert nbformat.writes(once) == nbformat.writes(again)
    assert "papermill" not in nbformat.writes(once)
    assert str(tmp_path) not in nbformat.writes(without_traces(once))


def test_stored_widgets_keep_their_text(tmp_path) -> None:
    """Their ids are random and useless after the kernel ends; web readers need the text."""
    executed = execute(_notebook(tmp_path, "x", "from ipywidgets import HTML", "HTML('a')"), {})
    (output,) = executed.cells[-1].outputs

    assert ["text/plain"] == list(output.data)
    assert "widgets" not in executed.metadata
