"""List the options for each part of a choice, and complete a choice with valid defaults.

The options of a part depend on the parts before it: for example, the questions are those of the
chosen dimension. Only options with published numbers are offered.
"""

from collections.abc import Callable
from dataclasses import replace

from umid_research.messages import Messages
from umid_research.output.explore.views import VIEWS, Choice, published_questions
from umid_research.report.study_report import Report, report_languages, words_of

Options = list[tuple[str, str]]  # (label, key)


def complete_choice(report: Report, wanted: Choice) -> tuple[Choice, dict[str, Options]]:
    """Return the valid choice nearest to the one wanted, and the options for each part.

    A part with an invalid value gets its default. A part that the view does not use keeps its value
    for later and has no options.
    """
    offered: dict[str, Options] = {}
    for part, offer in _OFFERS.items():
        offered[part] = offer(in_language(report, wanted), wanted) if _asked(part, wanted) else []
        keys = [key for _, key in offered[part]]
        if keys and getattr(wanted, part) not in keys:
            wanted = replace(wanted, **{part: _default(report, part, keys)})
    return wanted, offered


def in_language(report: Report, choice: Choice) -> Report:
    """Return the report in the chosen language."""
    if choice.language in ("", report.language):
        return report
    return replace(report, text=words_of(report.study, choice.language))


def _asked(part: str, choice: Choice) -> bool:
    return part in ("language", "view") or (
        choice.view in VIEWS and part in VIEWS[choice.view].asks
    )


def _default(report: Report, part: str, keys: list[str]) -> str:
    """Return the study's focus or headline question if it is an option, else the first option."""
    interests: dict[str, tuple[str | None, ...]] = {
        "language": (report.language,),
        "dimension": report.study.focus,
        "question": (report.study.headline,),
    }
    return next((key for key in interests.get(part, ()) if key and key in keys), keys[0])


def _languages(report: Report, _choice: Choice) -> Options:
    """Return the languages, each named in itself for users who read no other."""
    return [(Messages(key).language_name(key), key) for key in report_languages(report.study)]


def _views(report: Report, _choice: Choice) -> Options:
    published = report.tables
    there = [key for key, view in VIEWS.items() if published & set(view.of)]
    if not _dimensions(report, Choice(view="dimension")):
        there = [key for key in there if key != "dimension"]
    return [(report.text(f"explore.view.{key}"), key) for key in there]


def _dimensions(report: Report, choice: Choice) -> Options:
    """Return dimensions with published answers, plus 'none' for questions without dimension."""
    of = {name: report.questionnaire[name].dimension or "" for name in published_questions(report)}
    options = [
        (report.dimension(key), key)
        for key in report.questionnaire.dimensions
        if key in of.values()
    ]
    without = choice.view == "question" and "" in of.values()
    return [*options, *([(report.text("explore.no_dimension"), "")] if without else [])]


def _questions(report: Report, choice: Choice) -> Options:
    """Return the questions with their numbers in the form, as in the tables of the reports."""
    return [
        (f"{report.questionnaire.names.index(name) + 1}. {report.question(name)}", name)
        for name in published_questions(report)
        if (report.questionnaire[name].dimension or "") == choice.dimension
    ]


def _breakdowns(report: Report, choice: Choice) -> Options:
    """Return the breakdowns by which answers to the chosen questions are published."""
    if choice.view == "question":
        chosen = {choice.question}
    else:
        chosen = {question.name for question in report.questionnaire.items(choice.dimension)}
    there = [
        by for by in ("", "group", "district") if chosen & set(published_questions(report, by))
    ]
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
