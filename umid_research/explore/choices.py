"""What can be chosen in this study, and a choice made whole.

Each part is offered as far as the parts before it leave it open, so that a question is one of its
dimension, and nothing can be chosen of which nothing is published.
"""

from collections.abc import Callable
from dataclasses import replace

from umid_research.explore.views import VIEWS, Choice, published_questions
from umid_research.messages import Messages
from umid_research.report import Report, report_languages, words_of

Options = list[tuple[str, str]]  # what people read, and the key


def settled(report: Report, wanted: Choice) -> tuple[Choice, dict[str, Options]]:
    """The choice that is nearest to the one wanted, and what is offered for each of its parts.

    A part that is not offered becomes its default; one that the view does not ask for keeps what
    was chosen, until it is asked for again, and offers nothing.
    """
    offered: dict[str, Options] = {}
    for part, offer in _OFFERS.items():
        offered[part] = offer(in_language(report, wanted), wanted) if _asked(part, wanted) else []
        keys = [key for _, key in offered[part]]
        if keys and getattr(wanted, part) not in keys:
            wanted = replace(wanted, **{part: _default(report, part, keys)})
    return wanted, offered


def in_language(report: Report, choice: Choice) -> Report:
    """The report in the language chosen."""
    if choice.language in ("", report.language):
        return report
    return replace(report, text=words_of(report.study, choice.language))


def _asked(part: str, choice: Choice) -> bool:
    return part in ("language", "view") or (
        choice.view in VIEWS and part in VIEWS[choice.view].asks
    )


def _default(report: Report, part: str, keys: list[str]) -> str:
    """The study's own first interest, where it has said one; else what comes first."""
    interests: dict[str, tuple[str | None, ...]] = {
        "language": (report.language,),
        "dimension": report.study.focus,
        "question": (report.study.headline,),
    }
    return next((key for key in interests.get(part, ()) if key and key in keys), keys[0])


def _languages(report: Report, _choice: Choice) -> Options:
    """Each in its own words, for those who read no other."""
    return [(Messages(key).language_name(key), key) for key in report_languages(report.study)]


def _views(report: Report, _choice: Choice) -> Options:
    published = report.tables
    there = [key for key, view in VIEWS.items() if published & set(view.of)]
    if not _dimensions(report, Choice(view="dimension")):
        there = [key for key in there if key != "dimension"]
    return [(report.text(f"explore.view.{key}"), key) for key in there]


def _dimensions(report: Report, choice: Choice) -> Options:
    """Those of which answers are published, and what belongs to none where one question is seen."""
    of = {name: report.questionnaire[name].dimension or "" for name in published_questions(report)}
    found = [
        (report.dimension(key), key)
        for key in report.questionnaire.dimensions
        if key in of.values()
    ]
    without = choice.view == "question" and "" in of.values()
    return [*found, *([(report.text("explore.no_dimension"), "")] if without else [])]


def _questions(report: Report, choice: Choice) -> Options:
    """With their numbers, which those of the reports' tables end in."""
    return [
        (f"{report.questionnaire.names.index(name) + 1}. {report.question(name)}", name)
        for name in published_questions(report)
        if (report.questionnaire[name].dimension or "") == choice.dimension
    ]


def _breakdowns(report: Report, choice: Choice) -> Options:
    """Everybody, and by what else the answers to the question or questions are published."""
    if choice.view == "question":
        seen = {choice.question}
    else:
        seen = {question.name for question in report.questionnaire.items(choice.dimension)}
    there = [by for by in ("", "group", "district") if seen & set(published_questions(report, by))]
    return [(report.text(f"explore.by.{by or 'everybody'}"), by) for by in there]


def _districts(report: Report, _choice: Choice) -> Options:
    there = set(report.rows("scores_by_district")["district"])
    return [(report.district_name(key), key) for key in report.study.districts if key in there]


_OFFERS: dict[str, Callable[[Report, Choice], Options]] = {
    "language": _languages,
    "view": _views,
    "dimension": _dimensions,
    "question": _questions,
    "by": _breakdowns,
    "district": _districts,
}
PARTS = tuple(_OFFERS)
