"""The declared findings: answers to single questions, group beside group, without a test.

    question    group             n   of
    saw_report  community         7   24
    saw_report  local_government  17  18

For example, 7 of 24 residents and 17 of 18 officials saw a report. Which questions are shown is
fixed in study.toml before the answers are known; the program never picks the largest gap.
"""

from dataclasses import dataclass

from umid_research.report.answers.bars import Bar, bars_of, poles_of
from umid_research.report.prose import Prose, plain
from umid_research.report.study_report import Report


@dataclass(frozen=True)
class Count:
    """How many people of a group gave one of the counted answers."""

    group: str
    n: int
    of: int


def declared_counts(report: Report, name: str) -> list[Count]:
    """Return the counts of the groups of which the answers are published, in the study's order.

    Of a scored question, the base is those who could judge: answers without a score, such as
    "don't know", are left out of it.
    """
    question = report.questionnaire[name]
    poles = poles_of(question)
    counted = report.study.findings[name].answers or poles.positive
    left_out = poles.unscored if question.scores else ()
    by_name = {report.group(key): key for key in report.study.groups}
    return [
        Count(by_name[bar.label or ""], bar.sum_of(counted), bar.n - bar.sum_of(left_out))
        for bar in bars_of(report, question, "group")
        if _is_complete(bar, question.answers) and bar.n > bar.sum_of(left_out)
    ]


def _is_complete(bar: Bar, answers: tuple[str, ...]) -> bool:
    """Return whether the count of each answer that somebody could give is published."""
    return bar.counts is not None and sum(bar.counts.get(code, 0) for code in answers) == bar.n


def declared_name(report: Report, name: str) -> str:
    """Return what a declared finding counts, in a few words; by default the question."""
    given = report.study.findings[name].name
    return report.name(given) if given else report.question(name)


def count_text(report: Report, count: Count) -> str:
    """Return one count in words, such as "7 of 24 residents"."""
    people = report.study.groups[count.group].people
    numbers = {"n": count.n, "of": count.of}
    if people:
        return report.text("declared.people", **numbers, people=plain(report.name(people)))
    return report.text("declared.group", **numbers, group=plain(report.group(count.group)))


def declared(report: Report, name: str) -> Prose:
    """Return the counts of one declared finding; "" if fewer than two groups can be shown."""
    counts = declared_counts(report, name)
    if len(counts) < 2:
        return Prose("")
    question = report.questionnaire[name]
    base = "judged" if question.scores and poles_of(question).unscored else "asked"
    counted = report.text.listed(count_text(report, count) for count in counts)
    return Prose(report.text(f"declared.{base}", counts=counted))
