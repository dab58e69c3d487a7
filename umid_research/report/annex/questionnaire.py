"""The questionnaire as respondents saw it, in the language of the report."""

from collections.abc import Iterator
from itertools import groupby

from umid_research.report.prose import Prose, plain
from umid_research.report.study_report import Report
from umid_research.study.form_outline import Outline
from umid_research.study.form_wording import Wording
from umid_research.study.questionnaire import Question

# Of more answers than this, such as the places of a country, only the first ones are listed.
_MANY, _FIRST = 100, 5


def questions_asked(report: Report) -> Iterator[Prose]:
    """Return all questions by section: number, wording, answers, dimension, condition.

    Consecutive questions with the same answers, dimension and condition share these lines.
    """
    form = report.questionnaire
    wording = Wording(Outline(report.study, form, "", ()), report.language)
    parts: list[str] = []
    for section, questions in groupby(form, key=lambda question: question.section):
        if section in form.groups:
            parts.append(f"#### {_plain(form.groups[str(section)].get(report.language, ''))}")
        alike = groupby(questions, key=lambda question: tuple(_shared(report, question, wording)))
        for shared, those in alike:
            parts.append("\\\n".join([*(_asked(question, wording) for question in those), *shared]))
    yield Prose("\n\n".join(parts))


def _asked(question: Question, wording: Wording) -> str:
    return f"**{wording.number(question.name)}** {_plain(wording.text(dict(question.labels)))}"


def _shared(report: Report, question: Question, wording: Wording) -> Iterator[str]:
    """Return the lines that consecutive questions can share: answers, dimension, condition."""
    kind = wording.words(f"kind.{question.kind}")
    listed = question.choices
    if len(listed) > _MANY:
        listed = listed[:_FIRST]
    answers = " · ".join(_plain(wording.text(dict(c.labels))) for c in listed)
    if left := len(question.choices) - len(listed):
        answers += f" · {report.text('annex.questionnaire.left', n=left)}"
    line = f"*{report.text('annex.questionnaire.kind', kind=kind)}* {answers}".rstrip()
    if question.dimension:
        reverse = "_reversed" if question.reverse else ""
        dimension = _plain(report.dimension(question.dimension))
        line += f". {report.text(f'annex.questionnaire.counts{reverse}', dimension=dimension)}"
    yield line
    condition = wording.condition(_own_conditions(report, question))
    if condition:
        yield _plain(wording.words("only_if", condition=condition))


def _own_conditions(report: Report, question: Question) -> list[str]:
    """Return the question's conditions without the consent, which applies to every question."""
    consent = f"${{{report.study.roles.consent}}}"
    return [condition for condition in question.relevant if consent not in condition]


def _plain(text: str) -> str:
    return plain(" ".join(text.split()))
