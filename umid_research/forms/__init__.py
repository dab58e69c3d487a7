"""Write all forms of a study from its questionnaire.

    form.xlsx, form.xml              for KoboToolbox and ODK
    paper-<language>.pdf             to print for interviews on paper
    codebook-<language>.html, .csv   the meaning of each variable and code
    google-form-<language>.csv       the items, to build a Google Form by hand

Forms hold no answers, so they are not marked as simulated.
"""

from collections.abc import Iterator
from pathlib import Path

from umid_research.errors import QuestionnaireError
from umid_research.forms.codebook import to_codebook_csv, to_codebook_html
from umid_research.forms.google import to_google_list
from umid_research.forms.lint import lint_form
from umid_research.forms.paper import to_paper
from umid_research.forms.workbook import to_xform, to_xlsx
from umid_research.messages import languages
from umid_research.study.form_outline import read_outline
from umid_research.study.questionnaire import questionnaire_path

__all__ = ["lint_form", "write_forms"]


def write_forms(folder: Path, target: Path) -> Iterator[str]:
    """Write the forms of the study in `folder` into `target`, and yield the name of each file.

    Raises QuestionnaireError with all findings of the linter or the validator, before anything is
    written. After `form.xlsx` and `form.xml`, raises QuestionnaireError if the form has repeated
    groups, and after the files in the other languages ParameterError at a language without a
    catalogue.
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
    known = languages("forms")
    for language in sorted(outline.study.languages, key=lambda code: code not in known):
        yield f"paper-{language}.pdf", to_paper(outline, language)
        yield f"codebook-{language}.html", to_codebook_html(outline, language).encode()
        # Spreadsheet programs read a CSV as UTF-8 only if it begins with a byte order mark.
        yield f"codebook-{language}.csv", to_codebook_csv(outline, language).encode("utf-8-sig")
        yield f"google-form-{language}.csv", to_google_list(outline, language).encode("utf-8-sig")
