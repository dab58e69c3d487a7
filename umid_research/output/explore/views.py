"""The views: each has a figure, a sentence and tables of the reports."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from umid_research.report import charts, texts
from umid_research.report.answers.bars import By
from umid_research.report.answers.table import table_question_answers
from umid_research.report.charts import Figure
from umid_research.report.prose import Prose
from umid_research.report.study_report import Report
from umid_research.report.table import Table
from umid_research.report.topics import published_tables, references

_BREAKDOWNS: dict[str, By] = {"group": "group", "district": "district"}


@dataclass(frozen=True)
class Choice:
    """The chosen keys; a part that the view does not use keeps its last value."""

    language: str = ""
    view: str = ""
    dimension: str = ""
    question: str = ""
    by: str = ""
    district: str = ""

    @property
    def breakdown(self) -> By | None:
        """Return the breakdown of the answers; None means everybody."""
        return _BREAKDOWNS.get(self.by)


def _nothing(_report: Any, _choice: Choice) -> None:
    return None


@dataclass(frozen=True)
class View:
    """A view of the study.

    `of` lists tables of the frame `published`, at least one of which must have rows. `asks` lists
    the parts to choose. `notebook` is the report that has this view. `tables` returns CSV file name
    -> table; a file that is also in the reports has its folder before the name.
    """

    notebook: str
    of: tuple[str, ...]
    tables: Callable[[Any, Choice], dict[str, Table]]
    figure: Callable[[Any, Choice], Figure | None] = _nothing
    says: Callable[[Any, Choice], Prose | None] = _nothing
    asks: tuple[str, ...] = ()


def _published(*anchors: str) -> Callable[[Report, Choice], dict[str, Table]]:
    """Return a maker of the given tables that leaves out those that are not published."""

    def made(report: Report, choice: Choice) -> dict[str, Table]:
        known = references(report)
        names = [anchor.format(district=choice.district) for anchor in anchors]
        files = [known[name].file for name in names if name in known]
        return dict(zip(files, published_tables(report, *names), strict=True))

    return made


def _answers(report: Report, questions: list[str], by: By | None) -> dict[str, Table]:
    broken_down = f"-by-{by}" if by else ""
    return {
        f"answers-{name}{broken_down}.csv": table_question_answers(report, name, by=by)
        for name in questions
    }


def _of_dimension(report: Report, choice: Choice) -> dict[str, Table]:
    known = published_questions(report, choice.by)
    items = [question.name for question in report.questionnaire.items(choice.dimension)]
    return _answers(report, [name for name in items if name in known], choice.breakdown)


def published_questions(report: Report, by: str = "") -> list[str]:
    """Return the questions with answers published by `by` or over everybody, in form order."""
    known = set(report.rows(f"answers_by_{by}" if by else "answers")["question"])
    return [question.name for question in report.questionnaire if question.name in known]


VIEWS: dict[str, View] = {
    "scores": View(
        "04-stakeholders",
        of=("scores_by_group",),
        figure=lambda report, _: charts.plot_scores_by_group(report),
        says=lambda report, _: texts.group_scores_text(report),
        tables=_published("scores-by-group"),
    ),
    "differences": View(
        "04-stakeholders",
        of=("differences_by_group",),
        figure=lambda report, _: charts.plot_differences_by_group(report),
        says=lambda report, _: texts.group_differences(report),
        tables=_published("differences-by-group", "differences-exploratory"),
    ),
    "sides": View(
        "04-stakeholders",
        of=("differences_by_side",),
        figure=lambda report, _: charts.plot_sides(report),
        says=lambda report, _: texts.side_differences(report),
        tables=_published("differences-by-side"),
    ),
    "districts": View(
        "08-annex",
        of=("scores_by_district",),
        figure=lambda report, _: charts.plot_districts(report),
        says=lambda report, _: texts.district_differences(report),
        tables=_published("scores-by-district", "differences-by-district"),
    ),
    "district": View(
        "03-district",
        of=("scores_by_district",),
        figure=lambda report, _: charts.plot_district_profile(report),
        says=lambda report, _: texts.district_profile(report),
        tables=_published("scores-by-side-{district}"),
        asks=("district",),
    ),
    "dimension": View(
        "08-annex",
        of=("answers",),
        figure=lambda report, c: charts.plot_answers(report, c.dimension, by=c.breakdown),
        tables=_of_dimension,
        asks=("dimension", "by"),
    ),
    "question": View(
        "08-annex",
        of=("answers",),
        figure=lambda report, c: charts.plot_counts(report, c.question, by=c.breakdown),
        tables=lambda report, c: _answers(report, [c.question], c.breakdown),
        asks=("dimension", "question", "by"),
    ),
    "areas": View(
        "02-implementation",
        of=("views_by_area",),
        figure=lambda report, _: charts.plot_supply_demand(report),
        says=lambda report, _: texts.view_gap_text(report),
        tables=_published("supply-demand"),
    ),
    "field_work": View(
        "08-annex",
        of=("field_work",),
        figure=lambda report, _: charts.plot_map(report) if report.outlines else None,
        says=lambda report, _: texts.sample(report),
        tables=_published("field-work"),
    ),
    "timeline": View(
        "06-activities",
        of=("events",),
        figure=lambda report, _: charts.plot_timeline(report),
        tables=_published("indicators"),
    ),
    "coverage": View(
        "06-activities",
        of=("coverage",),
        figure=lambda report, _: charts.plot_coverage(report),
        tables=_published("indicators-by-part"),
    ),
    "knowledge": View(
        "06-activities",
        of=("knowledge",),
        figure=lambda report, _: charts.plot_knowledge(report),
        says=lambda report, _: texts.knowledge_gain_text(report),
        tables=_published("knowledge"),
    ),
}
