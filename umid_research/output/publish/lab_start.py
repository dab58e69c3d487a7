"""What a user finds in JupyterLab: a start page, a notebook to begin with, and no pop-up."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from umid_research.errors import ParameterError
from umid_research.study import Study

START = "start.md"
FIRST = ("walkthrough.ipynb", "explore.ipynb")
AS_ROOT = "UMID_LAB_AS_ROOT"
_MARKS = {
    "simulated": "All answers are **simulated**: no real person gave them.",
    "field": "This study is **confidential**: what you save here stays on this computer.",
    "public": "This study is public.",
}
# JupyterLab would ask on its first start whether it may fetch news, look for newer versions, and
# open Markdown as source text.
_SETTINGS = {
    "@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False},
    "@jupyterlab/docmanager-extension:plugin": {"defaultViewers": {"markdown": "Markdown Preview"}},
}
# Its buttons compare with what git has, and git ignores all that is opened here.
_LEFT_OUT = {"disabledExtensions": {"nbdime-jupyterlab": True}}
_FOLDERS = {
    "scratch": "your own notebooks and files: git ignores them, no build changes or removes them",
    "docs": "the documentation; [methods](docs/methods.md) and "
    "[what is withheld](docs/protection.md)",
    "frames": "every frame of the study as CSV; [how each is made](docs/own-questions.md#frames)",
    "reports": "the reports, after `make report`",
    "studies": "your study folders, which git ignores",
}


def start_page(study: Study, language: str, notebooks: Mapping[str, Any], folders: Path) -> str:
    """Return the start page in Markdown: which notebook answers what, and where things are.

    Parameters
    ----------
    language
        That of the study's title.
    notebooks
        File name -> notebook; its first cell begins with the question that it answers.
    folders
        The folder of the page; only what is there is listed.
    """
    names = sorted(notebooks, key=lambda name: (name not in FIRST, *_place(name)))
    questions = [f"| [{_question(notebooks[name])}]({name}) | `{name}` |" for name in names]
    there = [
        f"| `{name}` | {text} |" for name, text in _FOLDERS.items() if (folders / name).exists()
    ]
    return "\n".join(
        [
            f"# {study.title[language]}",
            "",
            _MARKS[study.provenance],
            "",
            "The notebooks here are copies: run and change them as you like. A copy that you "
            "changed is kept in `scratch` when JupyterLab ends.",
            "",
            "| What do you want to know? | notebook |",
            "|---|---|",
            *questions,
            "| [A question of my own](scratch/start.ipynb) | `scratch/start.ipynb` |",
            "",
            "| folder | what is in it |",
            "|---|---|",
            *there,
            "",
        ]
    )


def _place(name: str) -> tuple[int, str]:
    return (FIRST.index(name) if name in FIRST else len(FIRST), name)


def _question(notebook: Any) -> str:
    """Return the heading of a notebook's first cell."""
    return str(notebook.cells[0].source.splitlines()[0].removeprefix("# "))


def starter(language: str) -> Any:
    """Return a first notebook for a user: it opens the study and saves a figure."""
    from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

    kernel = {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"}
    cells = [
        new_markdown_cell(
            "# A notebook of my own\n\nNotebooks in this folder are yours: git ignores them, "
            "and no build changes or removes them. They may hold results of a confidential "
            "study; share them with the same care.\n\n[Start page](../start.md) · [how an "
            "answer becomes a sentence](../walkthrough.ipynb) · [questions of your "
            "own](../docs/own-questions.md)"
        ),
        new_code_cell(
            "from umid_research import open_report, open_study\n"
            "from umid_research.report import charts\n"
            "from umid_research.report.topics import table\n\n"
            f'report = open_report("start", language="{language}")\n'
            "report"
        ),
        new_markdown_cell("What may be published: every table, and each figure as a file."),
        new_code_cell("report.published  # every number that may be shown: a table per name"),
        new_code_cell(
            "figure = charts.plot_scores_by_group(report)\n"
            'figure.save("scores.png")  # or .svg, .pdf\n'
            "figure"
        ),
        new_markdown_cell("What is **internal**, and what disclosure control leaves of it."),
        new_code_cell(f'study = open_study(language="{language}")\nstudy.units.head()'),
        new_code_cell('study.means(by="district").publishable()'),
    ]
    for number, cell in enumerate(cells):
        cell["id"] = f"cell-{number}"
    return new_notebook(metadata={"kernelspec": kernel}, cells=cells)


def server_options(folder: Path, settings: Path) -> list[str]:
    """Return the options of JupyterLab for a folder; write its settings to the other folder.

    Raises
    ------
    ParameterError
        If the user is root, whose notebooks could change the whole computer, and has not agreed.
    """
    options = []
    if os.name == "posix" and os.geteuid() == 0:
        if os.environ.get(AS_ROOT) != "yes":
            raise ParameterError(
                "JupyterLab would run as root, so that a notebook could change everything on this "
                f"computer; be another user or, in a container of its own, set {AS_ROOT}=yes",
                where="make lab",
                found="root",
            )
        options = ["--ServerApp.allow_root=True"]
    settings.mkdir(parents=True, exist_ok=True)
    for name, content in (("overrides", _SETTINGS), ("page_config", _LEFT_OUT)):
        (settings / f"{name}.json").write_text(json.dumps(content), encoding="utf-8")
    return [
        f"--ServerApp.root_dir={folder.resolve()}",
        f"--LabApp.app_settings_dir={settings.resolve()}",
        f"--LabApp.default_url=/lab/tree/{START}",
        *options,
    ]
