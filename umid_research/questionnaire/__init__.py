"""The XLSForm of a study as a frozen `Questionnaire`, read by pyxform.

The form is the instrument and the scoring sheet in one: beside the standard columns, questions
carry `dimension` and `reverse`, choices carry `score`. pyxform reads Markdown and XLSX alike and
passes the extra columns through.
"""

from pathlib import Path

from umid_research.questionnaire.checks import check_against_study
from umid_research.questionnaire.form import Choice, Question, Questionnaire
from umid_research.questionnaire.reading import FILES, questionnaire_path, read_form
from umid_research.study import Study

__all__ = [
    "FILES",
    "Choice",
    "Question",
    "Questionnaire",
    "questionnaire_path",
    "read_form",
    "read_questionnaire",
]


def read_questionnaire(folder: Path, study: Study) -> Questionnaire:
    """The questionnaire of the study in `folder`, checked against the study's description.

    Raises QuestionnaireError, naming the file and the question.
    """
    path = questionnaire_path(folder)
    questionnaire = read_form(path)
    check_against_study(questionnaire, study, path)
    return questionnaire.with_not_asked(study.not_asked_codes)
