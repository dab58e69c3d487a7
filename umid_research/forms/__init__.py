"""The forms of a study, all from its one questionnaire.

    form.xlsx, form.xml              to upload: KoboToolbox, ODK
    paper-<language>.pdf             to print and take along
    codebook-<language>.html, .csv   what each variable and code means
    google-form-<language>.csv       the items, to build a Google Form by hand

A form holds no answers, so that none bears the mark of a simulated study.
"""

from collections.abc import Iterator
from pathlib import Path

from umid_research.errors import QuestionnaireError
from umid_research.forms.codebook import to_codebook_csv, to_codebook_html
from umid_research.forms.google import to_google_list
from umid_research.forms.lint import lint_form
from umid_research.forms.outline import read_outline
from umid_research.forms.paper import to_paper
from umid_research.forms.workbook import to_xform, to_xlsx
from umid_research.questionnaire import questionnaire_path

__all__ = ["lint_form", "write_forms"]


def write_forms(folder: Path, target: Path) -> Iterator[str]:
    """Writes the forms of the study in `folder` into `target`; the name of each as it is written.

    Raises QuestionnaireError with everything the linter or the validator finds, before anything is
    written; after the files for devices, QuestionnaireError for a form with repeated groups, and
    ParameterError at the first language whose words are in no catalogue.
    """
    findings = lint_form(folder)
    if findings:
        raise QuestionnaireError(
            "the form must be corrected first:",
            where=str(questionnaire_path(folder)),
            details=findings,
        )
    target.mkdir(parents=True, exist_ok=True)
    for name, content in _forms(folder):
        (target / name).write_bytes(content)
        yield name


def _forms(folder: Path) -> Iterator[tuple[str, bytes]]:
    xlsx = to_xlsx(folder)
    xform = to_xform(xlsx).encode()
    yield "form.xlsx", xlsx
    yield "form.xml", xform
    outline = read_outline(folder)
    for language in outline.study.languages:
        yield f"paper-{language}.pdf", to_paper(outline, language)
        yield f"codebook-{language}.html", to_codebook_html(outline, language).encode()
        # Spreadsheet programs take a CSV for UTF-8 only if it begins with the mark of it.
        yield f"codebook-{language}.csv", to_codebook_csv(outline, language).encode("utf-8-sig")
        yield f"google-form-{language}.csv", to_google_list(outline, language).encode("utf-8-sig")
