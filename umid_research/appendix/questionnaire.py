"""The form as people answered it, in the language of the report."""

from collections.abc import Iterator

from umid_research.forms.outline import Outline
from umid_research.forms.wording import Wording
from umid_research.questionnaire import Question
from umid_research.report import Report
from umid_research.sentences import Prose, plain


def questions_asked(report: Report) -> Iterator[Prose]:
    """Section by section: number, wording, answers, what it counts towards, when it is asked."""
    form = report.questionnaire
    wording = Wording(Outline(report.study, form, "", ()), report.language)
    section: str | None = None
    lines: list[str] = []
    for question in form:
        if question.section != section and question.section in form.groups:
            section = question.section
            title = form.groups[str(section)].get(report.language, "")
            lines.append(f"#### {_plain(title)}")
        lines.append("\\\n".join(_lines(report, question, wording)))
    yield Prose("\n\n".join(lines))


def _lines(report: Report, question: Question, wording: Wording) -> Iterator[str]:
    number = wording.number(question.name)
    yield f"**{number}** {_plain(wording.text(dict(question.labels)))}"
    kind = wording.words(f"kind.{question.kind}")
    answers = " · ".join(_plain(wording.text(dict(c.labels))) for c in question.choices)
    yield f"*{report.text('annex.questionnaire.kind', kind=kind)}* {answers}".rstrip()
    if question.dimension:
        reverse = "_reversed" if question.reverse else ""
        dimension = _plain(report.dimension(question.dimension))
        yield report.text(f"annex.questionnaire.counts{reverse}", dimension=dimension)
    condition = wording.condition(_own_conditions(report, question))
    if condition:
        yield _plain(wording.words("only_if", condition=condition))


def _own_conditions(report: Report, question: Question) -> list[str]:
    """When it is asked of those who agreed to take part."""
    consent = f"${{{report.study.roles.consent}}}"
    return [condition for condition in question.relevant if consent not in condition]


def _plain(text: str) -> str:
    return plain(" ".join(text.split()))
