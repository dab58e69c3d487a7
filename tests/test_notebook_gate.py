"""Whatever is changed in a stored notebook is found, and the message names the figure or table."""

import re
import shutil
from pathlib import Path

import nbformat
import pytest
from notebook_outputs import MEANT, NARROW, SVG, changes, read, shapes
from notebook_rules import ROOT, broken_rules, not_executed

from umid_research.output.publish import planned_runs
from umid_research.report.study_report import report_languages
from umid_research.study import read_study

FIGURE = 'figure "How much of each part is implemented'
TABLE = 'table "Table 9. How much of each part'
BLUE = "fill: #0072b2; stroke: #0072b2"


def _output(cell, kind: str):
    return next(one for one in cell.outputs if kind in one.get("data", {}))


def _remove_tag(cells) -> None:
    cells[5].metadata.tags = []


def _hide_from_nbval(cells) -> None:
    cells[6].metadata.tags = ["nbval-ignore-output"]


def _move_mark(cells, kind: str = SVG) -> None:
    """Move the mark of the communities for all parts together, 50, to 51."""
    data = _output(cells[6], SVG).data
    mark = [one for one in shapes(data[kind]) if BLUE in one.look][-1]
    left = f"{mark.box[0]:g}"
    (path,) = [
        part
        for part in re.findall(r' d="[^"]*"', data[kind])
        if re.search(rf"\b{left}", part) and part.count("C") == 8 and f"{mark.box[1]:g}" in part
    ]
    points = re.sub(r"([\d.]+) ([\d.]+)", lambda one: f"{float(one[1]) + 3.2:g} {one[2]}", path)
    data[kind] = data[kind].replace(path, points)


def _move_mark_of_the_phone(cells) -> None:
    _move_mark(cells, NARROW)


def _clear(cells) -> None:
    cells[6].outputs = []


def _change_caption(cells) -> None:
    texts = _output(cells[6], SVG).metadata[SVG]
    texts["caption"] = texts["caption"].replace("65 people", "66 people")


def _change_caption_of_table(cells) -> None:
    data = _output(cells[6], "text/html").data
    data["text/html"] = data["text/html"].replace("<caption>Table 9", "<caption>Table 8")


def _change_cell_of_table(cells) -> None:
    data = _output(cells[6], "text/html").data
    data["text/html"] = data["text/html"].replace("60 [12]", "61 [12]", 1)


def _change_alt(cells) -> None:
    data = _output(cells[6], SVG).data
    data["text/plain"] = data["text/plain"].replace("60 (n = 12)", "61 (n = 12)", 1)


def _change_label(cells) -> None:
    data = _output(cells[6], SVG).data
    data[SVG] = data[SVG].replace(">NGOs<", ">NGO<")


def _remove_parameter(cells) -> None:
    cells[1].source = cells[1].source.splitlines()[0]


def _swap(cells) -> None:
    cells[6], cells[8] = cells[8], cells[6]


def _run_out_of_order(cells) -> None:
    cells[6].execution_count, cells[8].execution_count = 5, 4


def _store_error(cells) -> None:
    error = nbformat.v4.new_output("error", ename="KeyError", evalue="'gap'", traceback=[])
    cells[6].outputs.append(error)


def _remove_figure(cells) -> None:
    cells[6].outputs = [one for one in cells[6].outputs if SVG not in one.data]


def _store_bitmap(cells) -> None:
    _output(cells[6], SVG).data["image/png"] = "iVBORw0KGgo="


def _show_path(cells) -> None:
    _output(cells[20], "text/markdown").data["text/plain"] += "\n- /srv/gulnara/studies/quba.csv"


def _show_user(cells) -> None:
    _output(cells[6], "text/html").data["text/plain"] += " gulnara_h"


def _print(cells) -> None:
    cells[6].outputs.append(nbformat.v4.new_output("stream", name="stderr", text="slow"))


IN_CELLS = [
    (_remove_tag, "cell-5 before cell-6", FIGURE, "should be ['remove-cell']"),
    (_hide_from_nbval, FIGURE, "the cell's tags are ['nbval-ignore-output']"),
    (_move_mark, FIGURE, "Communities, row 'All parts together'", "stored at 51.0", "now 50.0"),
    (_move_mark_of_the_phone, FIGURE, "Communities, row 'All parts together'", "now 50.0"),
    (_clear, "cell-6: its outputs are not stored", FIGURE),
    (_change_caption, f"the caption or description of {FIGURE}", "66 people"),
    (_change_caption_of_table, TABLE, "'Table 8. How"),
    (_change_cell_of_table, TABLE, "row 2 (State services), column Local government: '61 [12]'"),
    (_change_alt, FIGURE, "text/plain is", "61 (n = 12)"),
    (_change_label, FIGURE, "its words are"),
    (_swap, FIGURE, "stands at place 8", "was run as number 4 and stands at 5"),
    (_run_out_of_order, FIGURE, "was run as number 5 and stands at 4"),
    (_store_error, FIGURE, "an error is stored: KeyError: 'gap'"),
    (_remove_figure, f"not stored: ['{FIGURE}"),
    (_store_bitmap, FIGURE, "a figure is stored as {'image/png'}"),
    (_show_user, TABLE, "the name of the user in outputs[2].data.text/plain"),
    (_print, FIGURE, "it printed to stderr: 'slow'"),
]


@pytest.mark.parametrize(
    ("change", "said"),
    [(one[0], one[1:]) for one in IN_CELLS],
    ids=[one[0].__name__.strip("_") for one in IN_CELLS],
)
def test_a_change_of_a_cell_is_found(tmp_path, monkeypatch, change, said) -> None:
    """With the figure or table, what was changed, and what to do if it is meant."""
    monkeypatch.setenv("LOGNAME", "gulnara_h")
    found = _found("02-implementation", tmp_path, lambda notebook: change(notebook.cells))

    for words in said:
        assert words in found
    assert MEANT in found


@pytest.mark.parametrize(
    ("notebook", "change", "said"),
    [
        ("03-district", _remove_parameter, 'figure "Guba: scores of local government'),
        ("08-annex", _show_path, "a local path in outputs[0].data.text/plain"),
    ],
)
def test_a_change_of_another_notebook_is_found(tmp_path, notebook, change, said) -> None:
    """A parameter is missing; a path stands in an output that nbval does not compare."""
    assert said in _found(notebook, tmp_path, lambda one: change(one.cells))


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("kernelspec", {"name": "umid-gulnara", "display_name": "x"}, "umid-gulnara"),
        ("hostname", "field-laptop-7.lan", "an address of a computer in hostname"),
        ("widgets", {"state": {"a": {"url": "?token=0a1b2c3d4e5f"}}}, "a token in widgets.state.a"),
        ("vscode", {"interpreter": "C:\\Python311"}, "a local path in vscode.interpreter"),
    ],
)
def test_a_trace_of_a_computer_is_found(tmp_path, key, value, said) -> None:
    """Such as its kernel, its name, or a token in the state of a widget."""
    found = _found("02-implementation", tmp_path, lambda one: one.metadata.update({key: value}))

    assert "02-implementation.ipynb: the metadata have traces of a computer" in found
    assert said in found


def test_a_change_within_the_tolerance_is_none(tmp_path) -> None:
    """A hundredth of a point of paper, which another processor may round otherwise."""

    def change(notebook) -> None:
        data = _output(notebook.cells[6], SVG).data
        assert "M 0 390.6" in data[SVG]
        data[SVG] = data[SVG].replace("M 0 390.6", "M 0.01 390.59")

    assert "" == _found("02-implementation", tmp_path, change)


def test_a_picture_in_a_drawing_is_compared_and_no_token(tmp_path) -> None:
    """Its letters look like one, and like a path."""
    picture = "iVBORw0KGgoAAAANSUhEUgAAAUAAAADcCAYAAAABQ5E3/dewEA217fjNra/GgDAa6=="
    image = f'<image x="1" y="2" width="3" height="4" href="data:image/png;base64,{picture}"/>'

    def change(notebook) -> None:
        data = _output(notebook.cells[6], SVG).data
        data[SVG] = data[SVG].replace(' <g id="axes_1">', f' <g id="axes_1">{image}', 1)

    found = _found("02-implementation", tmp_path, change)

    assert re.search(rf"{FIGURE}.* marks and lines are stored, now ", found)
    assert 1 == len(found.splitlines())


@pytest.fixture
def executed(tmp_path):
    """Return planned runs and a folder with an executed notebook of each, made of the stored."""
    study = read_study(ROOT / "data" / "raw")
    runs = [
        run
        for language in report_languages(study)
        for run in planned_runs(study, language, activities=True)
    ]
    for run in runs:
        notebook = nbformat.read(ROOT / "notebooks" / f"{run.notebook}.ipynb", as_version=4)
        given = "\n".join(f'{name} = "{value}"' for name, value in run.parameters.items())
        cell = nbformat.v4.new_code_cell(given, metadata={"tags": ["injected-parameters"]})
        notebook.cells.insert(2, cell)
        counts = iter(range(1, len(notebook.cells)))
        for number, one in enumerate(notebook.cells):
            one["id"] = f"cell-{number}"
            if one.cell_type == "code":
                one.execution_count = next(counts)
        path = tmp_path / f"{run.key}.ipynb"
        path.parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(notebook, path)
    assert [] == not_executed(runs, tmp_path)
    return runs, tmp_path


def test_a_language_that_was_not_executed_is_found(executed) -> None:
    """Each of its ten notebooks, three of them for a district."""
    runs, folder = executed
    shutil.rmtree(folder / "az")
    found = not_executed(runs, folder)

    assert 10 == len(found)
    said = "{'language': 'az', 'district': 'sabran'} were not executed; run `make report`"
    assert 1 == sum(said in message for message in found)


def test_a_district_executed_as_another_is_found(executed) -> None:
    """Its parameters are those of the other."""
    runs, folder = executed
    shutil.copy(folder / "en/districts/quba.ipynb", folder / "en/districts/sabran.ipynb")
    (found,) = not_executed(runs, folder)

    assert found.startswith("en/districts/sabran.ipynb (03-district): its figures and tables are")
    assert "not of {'language': 'en', 'district': 'sabran'}" in found


def _found(name: str, folder: Path, change) -> str:
    """Return what is found in a notebook that was changed; it is compared with the stored one."""
    stored = ROOT / "notebooks" / f"{name}.ipynb"
    notebook = nbformat.read(stored, as_version=4)
    change(notebook)
    path = folder / stored.name
    nbformat.write(notebook, path)
    return "\n".join([*broken_rules(path), *changes(stored.name, read(path), read(stored))])
