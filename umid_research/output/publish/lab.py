"""Copy the notebooks for JupyterLab, so that no results are saved into tracked files.

JupyterLab saves results into the notebooks it opens. Those in `notebooks/` are tracked by git, and
the results of a study may be confidential, so users work in copies. Their own notebooks are in a
scratch folder that git ignores and no build deletes; JupyterLab shows it in the folder of copies.
"""

import ast
import datetime
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from umid_research.errors import ReportError
from umid_research.report.activity_report import NOTEBOOK, has_activities
from umid_research.report.study_report import RECORD_TYPE, report_languages
from umid_research.study import Study

SCRATCH = Path("scratch")
_STARTER = "start.ipynb"
# It is about the bundled study; with another one open, its stored outputs are there to be read.
_WALKTHROUGH = "walkthrough"
_HASH = "umid_cells"  # metadata of a copy: the hash of its cells when it was made


def copy_notebooks(
    study: Study, *, notebooks: Path, processed: Path, target: Path, scratch: Path = SCRATCH
) -> Iterator[Path]:
    """Copy the notebooks into `target`, ready to run on the study, and make the scratch folder.

    The parameters of a copy are a language and a district of the study. Stored outputs are removed,
    because they belong to the bundled study; the walkthrough, which is about that study, keeps them
    if another one is open. A copy whose cells a user has changed is first moved
    to the scratch folder; yield its new path.

    Raises
    ------
    ReportError
        If a file or folder exists at the path of the link to the scratch folder.
    """
    import nbformat

    target.mkdir(parents=True, exist_ok=True)
    scratch.mkdir(parents=True, exist_ok=True)
    _link_scratch(target / SCRATCH.name, scratch)
    values = {"language": report_languages(study)[0], "district": next(iter(study.districts))}
    for path in sorted(notebooks.glob("*.ipynb")):
        copy = target / path.name
        if copy.exists() and _is_changed(copy):
            yield copy.rename(_free_name(scratch, f"{study.id}-{copy.stem}"))
        if path.stem == NOTEBOOK and not has_activities(processed):
            copy.unlink(missing_ok=True)
            continue
        notebook = nbformat.read(path, as_version=4)
        if path.stem != _WALKTHROUGH or study.id in _studies_shown(notebook):
            _prepare(notebook, values)
        notebook.metadata[_HASH] = _hash_of_cells(notebook)
        nbformat.write(notebook, copy)
    if not any(scratch.glob("*.ipynb")):
        nbformat.write(_starter(values["language"]), scratch / _STARTER)


def _studies_shown(notebook: Any) -> set[str]:
    """Return the ids of the studies whose results are stored in the notebook."""
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    records = [output.get("data", {}).get(RECORD_TYPE, {}) for output in outputs]
    return {record["study"] for record in records if record}


def _prepare(notebook: Any, values: dict[str, str]) -> None:
    """Remove the stored outputs, and give the parameters the study's values, in place."""
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
        if "parameters" in cell.metadata.get("tags", []):
            cell.source = _with_values(cell.source, values)


def _link_scratch(link: Path, scratch: Path) -> None:
    if link.is_symlink():
        link.unlink()
    elif link.exists():
        raise ReportError(
            "a link to the scratch folder belongs here; move your files to "
            f"{scratch.resolve()} and remove this file or folder",
            where=str(link),
        )
    link.symlink_to(scratch.resolve(), target_is_directory=True)


def _with_values(source: str, values: dict[str, str]) -> str:
    """Replace the values of some names in a cell of lines `name: type = value`."""
    lines = source.split("\n")
    for statement in ast.parse(source).body:
        if not isinstance(statement, ast.AnnAssign) or not isinstance(statement.target, ast.Name):
            continue
        if (name := statement.target.id) in values and (old := statement.value) is not None:
            line = lines[old.lineno - 1].encode()
            written = json.dumps(values[name]).encode()
            lines[old.lineno - 1] = (
                line[: old.col_offset] + written + line[old.end_col_offset :]
            ).decode()
    return "\n".join(lines)


def _is_changed(copy: Path) -> bool:
    """Return whether the cells differ from those that were copied, or the file is no copy."""
    import nbformat
    from nbformat.reader import NotJSONError

    try:
        notebook = nbformat.read(copy, as_version=4)
    except (NotJSONError, nbformat.ValidationError):
        return True
    return notebook.metadata.get(_HASH) != _hash_of_cells(notebook)


def _hash_of_cells(notebook: Any) -> str:
    cells = [[cell.cell_type, cell.source] for cell in notebook.cells]
    return hashlib.sha256(json.dumps(cells).encode()).hexdigest()


def _free_name(folder: Path, stem: str) -> Path:
    """Return an unused path in the folder, with today's date and a number if needed."""
    stem = f"{stem}-{datetime.date.today().isoformat()}"
    names = (f"{stem}{suffix}.ipynb" for suffix in ("", *(f"-{n}" for n in range(2, 1000))))
    return next(path for name in names if not (path := folder / name).exists())


def _starter(language: str) -> Any:
    """Return a first notebook for a user: it opens the study and shows the published numbers."""
    from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

    kernel = {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"}
    notebook = new_notebook(
        metadata={"kernelspec": kernel},
        cells=[
            new_markdown_cell(
                "# A notebook of my own\n\nNotebooks in this folder are yours: git ignores them, "
                "and no build changes or removes them. They may hold results of a confidential "
                "study; share them with the same care."
            ),
            new_code_cell(
                "from umid_research import open_report\n"
                "from umid_research.report import charts\n"
                "from umid_research.report.topics import table\n\n"
                f'report = open_report("start", language="{language}")\n'
                "report"
            ),
            new_code_cell("report.published  # every number that may be shown: a table per name"),
        ],
    )
    for number, cell in enumerate(notebook.cells):
        cell["id"] = f"cell-{number}"
    return notebook
