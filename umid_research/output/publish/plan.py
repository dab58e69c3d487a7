"""Plan the files of a study, and check the parameters of each notebook before a kernel starts.

The check is needed because papermill only logs a mistyped parameter and then uses the default.
"""

import ast
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from umid_research.errors import ParameterError, ReportError
from umid_research.output.publish.artefacts import artefacts
from umid_research.report.activity_report import NOTEBOOK
from umid_research.report.study_report import check_parameters
from umid_research.report.topics import page
from umid_research.study import Study


@dataclass(frozen=True)
class Run:
    """A notebook with its parameters, and the paths of its files in the reports folder.

    `author` is who conducted the study, in the language of the report.
    """

    notebook: str
    parameters: dict[str, Any]
    html: str
    pdf: str | None = None
    author: str = ""

    @property
    def docx(self) -> str:
        """Return the path of the Word file, beside the HTML."""
        return f"{self.html.removesuffix('html')}docx"

    @property
    def key(self) -> str:
        """Return what the run is called in the cache."""
        return self.html.removesuffix(".html")

    @property
    def title(self) -> str:
        """Return the notebook and its parameters, for the progress messages."""
        return " ".join([self.notebook, *(str(value) for value in self.parameters.values())])


@dataclass(frozen=True)
class Artefact:
    """Files that are made once per language without a notebook, such as the slides.

    `activities` is true if the study has activities.
    """

    name: str
    language: str
    activities: bool

    @property
    def key(self) -> str:
        """Return what the artefact is called in the cache."""
        return f"{self.language}/others/{self.name}"

    @property
    def title(self) -> str:
        """Return name and language, for the progress messages."""
        return f"{self.name} {self.language}"


def planned_runs(study: Study, language: str, *, activities: bool = False) -> list[Run]:
    """Return all runs of a study's reports in one language, the longest first.

    The notebook of the activities is included if the study has `activities`.
    """
    base = {"language": language}
    author = study.field_work.conducted_by[language]

    def run(notebook: str, *, pdf: bool, district: str | None = None) -> Run:
        html = f"{language}/{page(notebook, district)}"
        parameters = {**base, "district": district} if district else base
        printed = f"{html.removesuffix('html')}pdf" if pdf else None
        return Run(notebook, parameters, html, printed, author)

    with_pdf = {"08-annex", "07-study", NOTEBOOK}
    others = ["02-implementation", "04-stakeholders", "05-robustness", "01-data-quality"]
    notebooks = ["08-annex", "07-study", *others, *([NOTEBOOK] if activities else [])]
    return [
        *(run(notebook, pdf=notebook in with_pdf) for notebook in notebooks),
        *(run("03-district", pdf=True, district=district) for district in study.districts),
    ]


def planned(study: Study, language: str, *, activities: bool) -> list[Run | Artefact]:
    """Return all runs and artefacts in one language."""
    runs = planned_runs(study, language, activities=activities)
    names = artefacts(activities=activities)
    return [*runs, *(Artefact(name, language, activities=activities) for name in names)]


def check_run(run: Run, study: Study, notebooks: Path) -> None:
    """Raise ParameterError for parameters unknown to the notebook or the study."""
    path = Path(notebooks) / f"{run.notebook}.ipynb"
    declared = declared_parameters(path)
    unknown = sorted(set(run.parameters) - set(declared))
    if unknown:
        raise ParameterError(
            "the notebook has no such parameter",
            where=str(path),
            found=", ".join(unknown),
            possible=declared,
        )
    values = {**declared, **run.parameters}
    check_parameters(study, language=values["language"], district=values.get("district"))


def declared_parameters(path: Path) -> dict[str, Any]:
    """Return names and defaults from a notebook's only cell tagged `parameters`."""
    import nbformat

    if not path.is_file():
        known = sorted(file.stem for file in path.parent.glob("*.ipynb"))
        raise ParameterError("no such notebook", where=str(path), possible=known)
    notebook = nbformat.read(path, as_version=4)
    cells = [c for c in notebook.cells if "parameters" in c.metadata.get("tags", [])]
    if len(cells) != 1:
        raise ReportError(
            "a notebook needs exactly one cell tagged `parameters`",
            where=str(path),
            found=len(cells),
        )
    declared = {}
    for statement in ast.parse(cells[0].source).body:
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
            declared[statement.target.id] = ast.literal_eval(statement.value or ast.Constant(None))
        else:
            raise ReportError(
                "a parameter must be written as `name: type = value`",
                where=str(path),
                found=ast.unparse(statement),
            )
    return declared
