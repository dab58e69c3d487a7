"""What must hold of a stored notebook by itself, told from its JSON without a kernel.

Every message names notebook and cell, the figure or table that the cell shows, and what to do.
"""

import ast
import getpass
import re
import socket
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from notebook_outputs import MEANT, is_figure_or_table, place, read, shown

from umid_research.output.publish.plan import Run

ROOT = Path(__file__).resolve().parents[1]
# What each notebook can be asked; `planned_runs` and the exercises give these values.
PARAMETERS: dict[str, tuple[str, ...]] = {
    "03-district": ("language", "district"),
    "walkthrough": ("language", "dimension", "first", "second"),
}
# Cells whose outputs differ from run to run, by what they call.
NOT_COMPARED = {"08-annex": "annex.provenance", "explore": "explore.panel"}
METADATA = {
    "kernelspec": {
        "display_name": "Python 3 (ipykernel)",
        "language": "python",
        "name": "python3",
    },
    "language_info": {
        "codemirror_mode": {"name": "ipython", "version": 3},
        "file_extension": ".py",
        "mimetype": "text/x-python",
        "name": "python",
        "nbconvert_exporter": "python",
        "pygments_lexer": "ipython3",
    },
}
# Of an output: texts of a figure, and the box that a text stands in.
_OUTPUT_METADATA = {"image/svg+xml": {"alt", "caption"}, "text/markdown": {"boxed"}}
_PRIVATE = {
    "a local path": [
        *(r"(?<![\w/:.<*~-])/(?:[\w.@ -]+/)+[\w.@-]+", r"(?<!\w)~/\w"),
        *(r"\b[A-Za-z]:\\+\w", "file://"),
    ],
    "an address of a computer": [
        *(r"\blocalhost\b", r"\b\d{1,3}(?:\.\d{1,3}){3}\b", r"\b[\w-]+\.(?:local|lan)\b"),
    ],
    "a token": [
        r"(?i:\b(?:token|secret|password|api.?key|authorization)\b[\"']?\s*[=:]\s*[\"']?[^\s\"'&]{6,})",
        *(r"\bgh[pousr]_\w{20,}", r"\beyJ[\w-]{10,}\.[\w-]{10,}"),
        r"\b(?=\w*\d)(?=\w*[A-Za-z])\w{32,}\b",
    ],
}
# A picture inside a drawing: its letters say nothing, and look like tokens and paths.
_PICTURE = re.compile(r"data:image/\w+;base64,[\w+/=\s]*")
_MIN_NAME = 5  # a shorter user name, such as root, is a word as well


def broken_rules(path: Path) -> list[str]:
    """Return what is wrong with a stored notebook, each with its place and what to do."""
    return [f"{message}; {MEANT}" for message in _broken(path.stem, path.name, read(path))]


def not_executed(runs: Iterable[Run], folder: Path) -> list[str]:
    """Return which planned runs have no executed notebook in `folder`, or a wrong one.

    The notebook must have been given exactly the parameters of the run.
    """
    found = []
    for run in runs:
        path = folder / f"{run.key}.ipynb"
        name = f"{run.key}.ipynb ({run.notebook})"
        if not path.is_file():
            found.append(f"{name}: figures and tables of {run.parameters} were not executed")
            continue
        notebook = read(path)
        found += _broken(run.notebook, name, notebook, is_run=True)
        given = _assigned(notebook["cells"], "injected-parameters")
        if given != run.parameters:
            found.append(f"{name}: its figures and tables are of {given}, not of {run.parameters}")
    return [f"{message}; run `make report`" for message in found]


def _broken(
    stem: str, name: str, notebook: Mapping[str, Any], *, is_run: bool = False
) -> Iterator[str]:
    cells = notebook["cells"]
    yield from _metadata(name, notebook)
    yield from _tags(stem, name, cells, is_run=is_run)
    yield from _parameters(stem, name, cells)
    yield from _order(name, cells)
    for cell in cells:
        yield from _outputs(name, cell)
    yield from _private(name, notebook)


def _metadata(name: str, notebook: Mapping[str, Any]) -> Iterator[str]:
    if notebook["metadata"] != METADATA:
        others = {
            key: value
            for key, value in _flat(notebook["metadata"])
            if (key, value) not in set(_flat(METADATA))
        }
        yield f"{name}: the metadata have traces of a computer or a session, or lack some: {others}"
    for cell in notebook["cells"]:
        if set(cell["metadata"]) != {"tags"}:
            others = sorted(set(cell["metadata"]) ^ {"tags"})
            yield f"{place(name, cell)}: the cell's metadata are not its tags alone: {others}"
        for output in cell.get("outputs", []):
            for key, values in output.get("metadata", {}).items():
                if not set(values) <= _OUTPUT_METADATA.get(key, set()):
                    yield f"{place(name, cell)}: an output has other metadata: {key}, {[*values]}"


def _tags(stem: str, name: str, cells: list[Any], *, is_run: bool) -> Iterator[str]:
    heads = ["parameters", *(["injected-parameters"] if is_run else [])]
    for number, cell in enumerate(cells):
        expected = []
        if cell["cell_type"] == "markdown":
            expected = [] if stem == "walkthrough" else ["remove-cell"]
        elif 0 < number <= len(heads):
            expected = [heads[number - 1]]
        elif NOT_COMPARED.get(stem, "\0") in "".join(cell["source"]):
            expected = ["nbval-ignore-output"]
        tags = cell["metadata"].get("tags")
        if tags != expected:
            where = _with_next(name, cells, number)
            yield f"{where}: the cell's tags are {tags} and should be {expected}"


def _with_next(name: str, cells: list[Any], number: int) -> str:
    """Return the place of a cell, and what follows it if it shows nothing itself."""
    later = [cell for cell in cells[number + 1 :] if is_figure_or_table(cell)]
    if shown(cells[number]) or not later:
        return place(name, cells[number])
    return f"{place(name, cells[number])} before {place('', later[0]).lstrip(', ')}"


def _parameters(stem: str, name: str, cells: list[Any]) -> Iterator[str]:
    expected = list(PARAMETERS.get(stem, ("language",)))
    declared = list(_assigned(cells, "parameters"))
    if declared != expected:
        where = _with_next(name, cells, 1)
        yield f"{where}: the parameters are {declared} and should be {expected}"
    used = {
        node.id
        for cell in cells
        if cell["cell_type"] == "code"
        for node in ast.walk(ast.parse("".join(cell["source"])))
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
    }
    for parameter in sorted(set(declared) - used):
        yield f"{_with_next(name, cells, 1)}: no cell uses the parameter {parameter}"


def _assigned(cells: list[Any], tag: str) -> dict[str, Any]:
    """Return names and values that the cell with a tag assigns."""
    (cell, *_) = [cell for cell in cells if tag in cell["metadata"].get("tags", [])] or [None]
    found = {}
    for statement in ast.parse("".join(cell["source"])).body if cell else []:
        if isinstance(statement, ast.AnnAssign | ast.Assign):
            target = statement.target if isinstance(statement, ast.AnnAssign) else None
            name = target or statement.targets[0]
            found[name.id] = ast.literal_eval(statement.value)
    return found


def _order(name: str, cells: list[Any]) -> Iterator[str]:
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    for expected, cell in enumerate(code, 1):
        if (count := cell["execution_count"]) != expected:
            yield f"{place(name, cell)}: was run as number {count} and stands at {expected}"
    for number, cell in enumerate(cells):
        if cell["id"] != f"cell-{number}":
            yield f"{_with_next(name, cells, number)}: stands at place {number}, was moved or added"


def _outputs(name: str, cell: Mapping[str, Any]) -> Iterator[str]:
    where = place(name, cell)
    if cell["cell_type"] != "code":
        return
    no_output = {"parameters", "injected-parameters"} & set(cell["metadata"].get("tags", []))
    if not cell["outputs"] and not no_output:
        yield f"{where}: its outputs are not stored: {''.join(cell['source'])[:60]!r}"
    for output in cell["outputs"]:
        if output["output_type"] == "error":
            yield f"{where}: an error is stored: {output['ename']}: {output['evalue']}"
        if output["output_type"] == "stream":
            yield f"{where}: it printed to {output['name']}: {''.join(output['text'])[:60]!r}"
        if bitmaps := {"image/png", "image/jpeg"} & set(output.get("data", {})):
            yield f"{where}: a figure is stored as {bitmaps}, in which no number can be read"


def _private(name: str, notebook: Mapping[str, Any]) -> Iterator[str]:
    named = {
        "the name of the user": getpass.getuser(),
        "the name of this computer": socket.gethostname(),
    }
    patterns = {what: "|".join(shapes) for what, shapes in _PRIVATE.items()}
    for what, word in named.items():
        if len(word) >= _MIN_NAME:
            patterns[what] = rf"(?i:\b{re.escape(word)}\b)"
    folders = {ROOT, Path.home(), Path(sys.prefix), Path(tempfile.gettempdir())} - {Path("/")}
    patterns["a folder of this computer"] = "|".join(re.escape(f"{one}/") for one in folders)
    parts = [(f"{name}, metadata of the notebook", notebook["metadata"])]
    parts += [(place(name, cell), cell) for cell in notebook["cells"]]
    for where, part in parts:
        for key, value in _flat(part):
            text = _PICTURE.sub("", f"{value}")
            for what, pattern in patterns.items():
                if hit := re.search(pattern, text):
                    around = text[max(hit.start() - 20, 0) : hit.end() + 20]
                    yield f"{where}: {what} in {key}: {around!r}"


def _flat(value: Any, key: str = "") -> Iterator[tuple[str, Any]]:
    """Yield every text and number in a JSON value with its path; lists of lines are one text."""
    if isinstance(value, dict):
        for name, one in value.items():
            yield from _flat(one, f"{key}.{name}" if key else name)
    elif isinstance(value, list) and all(isinstance(one, str) for one in value):
        yield key, "".join(value)
    elif isinstance(value, list):
        for number, one in enumerate(value):
            yield from _flat(one, f"{key}[{number}]")
    else:
        yield key, value if isinstance(value, int | float) else str(value)
