"""Read the XLSForm of a study as a frozen `Questionnaire`, with pyxform.

The form also defines the scoring: besides the standard columns, the sheet survey has the columns
`dimension` and `reverse`, the sheet choices has `score`. pyxform reads Markdown, XLSX and XLS and
keeps these extra columns.
"""

from dataclasses import replace
from pathlib import Path

from umid_research.study import Study
from umid_research.study.questionnaire.checks import check_against_study
from umid_research.study.questionnaire.form import Choice, Question, Questionnaire, Repeat
from umid_research.study.questionnaire.reading import (
    FILES,
    parse_form,
    questionnaire_path,
    questions_of,
    read_form,
    read_sheets,
)
from umid_research.study.questionnaire.repeats import with_counts

__all__ = [
    "FILES",
    "Choice",
    "Question",
    "Questionnaire",
    "Repeat",
    "parse_form",
    "questionnaire_path",
    "questions_of",
    "read_form",
    "read_questionnaire",
    "read_sheets",
]


def read_questionnaire(folder: Path, study: Study) -> Questionnaire:
    """Return the questionnaire of the study in `folder`, checked against the study's description.

    Raises QuestionnaireError, naming the file and the question, if the form is not valid or does
    not fit the study, and StudyError if a district lacks its localities.
    """
    path = questionnaire_path(folder)
    form = with_counts(read_form(path, study.languages), study.languages)
    if (who := study.roles.interviewer) in form.recorded and who not in form.fields:
        form = replace(form, fields=(*form.fields, str(who)))
    questionnaire = form.with_missing(study.missing)
    check_against_study(questionnaire, study, path)
    return questionnaire.with_wordings(study.wordings)
