"""Copy the notebooks for JupyterLab, so that no results are saved into tracked files.

JupyterLab saves results into the notebooks it opens. Those in `notebooks/` are tracked by git, and
the results of a study may be confidential, so users work in copies. Their own notebooks are in a
scratch folder that git ignores and no build deletes. JupyterLab shows it in the folder of copies,
with the documentation, the frames, the reports and the study folders, and opens on a start page.
"""

import ast
import datetime
import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from umid_research.errors import ReportError
from umid_research.output.publish.lab_start import START, start_page, starter
from umid_research.report.activity_report import NOTEBOOK, has_activities
from umid_research.report.study_report import RECORD_TYPE, report_languages
from umid_research.study import Study

SCRATCH = Path("scratch")
_STARTER = "start.ipynb"
# It is about the bundled study; with another one open, its stored outputs are there to be read.
_WALKTHROUGH = "walkthrough"
_HASH = "umid_cells"  # metadata of a copy: the hash of its cells when it was made


def copy_notebooks(
    study: Study,
    *,
    notebooks: Path,
    processed: Path,
    target: Path,
    scratch: Path = SCRATCH,
    folders: Mapping[str, Path] = MappingProxyType({}),
) -> Iterator[Path]:
    """Copy the notebooks into `target`, ready to run on the study, beside a start page.

    The parameters of a copy are a language and a district of the study. Stored outputs are removed,
    because they belong to the bundled study; the walkthrough, which is about that study, keeps them
    if another one is open. What a user made or changed is first moved to the scratch folder; yield
    the new paths. The scratch folder, and those of `folders` that exist, appear by their names.

    Raises
    ------
    ReportError
        If a file or folder exists at the path of the link to the scratch folder.
    """
    import nbformat

    target.mkdir(parents=True, exist_ok=True)
    yield from keep_own(study, notebooks=notebooks, target=target, scratch=scratch)
    _link(target / SCRATCH.name, scratch)
    for name, folder in folders.items():
        _link(target / name, folder)
    values = {"language": report_languages(study)[0], "district": next(iter(study.districts))}
    copies = {}
    for path in sorted(notebooks.glob("*.ipynb")):
        copy = target / path.name
        if path.stem == NOTEBOOK and not has_activities(processed):
            copy.unlink(missing_ok=True)
            continue
        notebook = nbformat.read(path, as_version=4)
        for cell in notebook.cells:
            if cell.cell_type == "markdown":
                cell.source = cell.source.replace("](../", "](")
        if path.stem != _WALKTHROUGH or study.id in _studies_shown(notebook):
            _prepare(notebook, values)
        notebook.metadata[_HASH] = _hash_of_cells(notebook)
        nbformat.write(notebook, copy)
        copies[path.name] = notebook
    if not any(scratch.glob("*.ipynb")):
        nbformat.write(starter(values["language"]), scratch / _STARTER)
    page = start_page(study, values["language"], copies, target)
    (target / START).write_text(page, encoding="utf-8")


def keep_own(
    study: Study, *, notebooks: Path, target: Path, scratch: Path = SCRATCH
) -> Iterator[Path]:
    """Move what a user made or changed among the copies to the scratch folder; yield its new path.

    `make clean` removes the folder of copies, and new files are saved there unless the user chooses
    another folder.
    """
    scratch.mkdir(parents=True, exist_ok=True)
    copied = {path.name for path in notebooks.glob("*.ipynb")}
    for path in sorted(target.iterdir()):
        if path.is_symlink() or path.name.startswith(".") or path.name in (START, SCRATCH.name):
            continue
        if path.suffix == ".ipynb" and not _is_changed(path):
            continue
        if path.name not in copied and not (scratch / path.name).exists():
            yield path.rename(scratch / path.name)
        else:
            stem = f"{study.id}-{path.stem}" if path.name in copied else path.stem
            yield path.rename(_free_name(scratch, stem, path.suffix))


def _link(link: Path, folder: Path) -> None:
    """Link to the folder if it exists; replace an earlier link, but nothing else."""
    if link.is_symlink():
        link.unlink()
    elif link.exists():
        raise ReportError(
            f"a link to the folder {link.name} belongs here; move your files to "
            f"{folder.resolve()} and remove this file or folder",
            where=str(link),
        )
    if folder.is_dir():
        link.symlink_to(folder.resolve(), target_is_directory=True)


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


def _free_name(folder: Path, stem: str, ending: str) -> Path:
    """Return an unused path in the folder, with today's date and a number if needed."""
    stem = f"{stem}-{datetime.date.today().isoformat()}"
    names = (f"{stem}{number}{ending}" for number in ("", *(f"-{n}" for n in range(2, 1000))))
    return next(path for name in names if not (path := folder / name).exists())
