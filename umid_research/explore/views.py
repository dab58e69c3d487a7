"""What there is to see: each view is a figure of the reports, its tables, and what may be said."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from umid_research import figures, sentences, tables
from umid_research.figures import Figure
from umid_research.figures.bars import By
from umid_research.references import references
from umid_research.report import Report
from umid_research.sentences import Prose
from umid_research.tables import Table

_BREAKDOWNS: dict[str, By] = {"group": "group", "district": "district"}


@dataclass(frozen=True)
class Choice:
    """What is chosen; of a part that the view does not ask for, what was chosen last."""

    language: str = ""
    view: str = ""
    dimension: str = ""
    question: str = ""
    by: str = ""
    district: str = ""

    @property
    def breakdown(self) -> By | None:
        """Of whom the answers are; None is everybody."""
        return _BREAKDOWNS.get(self.by)


def _nothing(_report: Any, _choice: Choice) -> None:
    return None


@dataclass(frozen=True)
class View:
    """`of` are tables of the study, one of which must be there; `asks` are the parts to choose.

    `notebook` is the report where it is at home. Its tables have the names of their CSV files: one
    that the reports have as well lies in the folder that stands before the name.
    """

    notebook: str
    of: tuple[str, ...]
    tables: Callable[[Any, Choice], dict[str, Table]]
    figure: Callable[[Any, Choice], Figure | None] = _nothing
    says: Callable[[Any, Choice], Prose | None] = _nothing
    asks: tuple[str, ...] = ()


def _published(*anchors: str) -> Callable[[Report, Choice], dict[str, Table]]:
    """Those of the reports' tables that the study publishes."""

    def made(report: Report, choice: Choice) -> dict[str, Table]:
        known = references(report)
        names = [anchor.format(district=choice.district) for anchor in anchors]
        files = [known[name].file for name in names if name in known]
        return dict(zip(files, tables.chosen_tables(report, *names), strict=True))

    return made


def _answers(report: Report, questions: list[str], by: By | None) -> dict[str, Table]:
    broken_down = f"-by-{by}" if by else ""
    return {
        f"answers-{name}{broken_down}.csv": tables.table_answers(report, name, by=by)
        for name in questions
    }


def _of_dimension(report: Report, choice: Choice) -> dict[str, Table]:
    known = published_questions(report, choice.by)
    items = [question.name for question in report.questionnaire.items(choice.dimension)]
    return _answers(report, [name for name in items if name in known], choice.breakdown)


def published_questions(report: Report, by: str = "") -> list[str]:
    """The questions whose answers are published by `by`, or over everybody, in the form's order."""
    known = set(report.rows(f"answers_by_{by}" if by else "answers")["question"])
    return [question.name for question in report.questionnaire if question.name in known]


VIEWS: dict[str, View] = {
    "scores": View(
        "04-stakeholders",
        of=("scores_by_group",),
        figure=lambda report, _: figures.plot_scores_by_group(report),
        says=lambda report, _: sentences.levels(report),
        tables=_published("scores-by-group"),
    ),
    "differences": View(
        "04-stakeholders",
        of=("differences_by_group",),
        figure=lambda report, _: figures.plot_differences_by_group(report),
        says=lambda report, _: sentences.group_differences(report),
        tables=_published("differences-by-group", "differences-exploratory"),
    ),
    "sides": View(
        "04-stakeholders",
        of=("differences_by_side",),
        figure=lambda report, _: figures.plot_sides(report),
        says=lambda report, _: sentences.side_differences(report),
        tables=_published("differences-by-side"),
    ),
    "districts": View(
        "07-study",
        of=("scores_by_district",),
        figure=lambda report, _: figures.plot_districts(report),
        says=lambda report, _: sentences.district_differences(report),
        tables=_published("scores-by-district", "differences-by-district"),
    ),
    "district": View(
        "03-district",
        of=("scores_by_district",),
        figure=lambda report, _: figures.plot_district_profile(report),
        says=lambda report, _: sentences.district_profile(report),
        tables=_published("scores-by-side-{district}"),
        asks=("district",),
    ),
    "dimension": View(
        "07-study",
        of=("answers",),
        figure=lambda report, c: figures.plot_answers(report, c.dimension, by=c.breakdown),
        tables=_of_dimension,
        asks=("dimension", "by"),
    ),
    "question": View(
        "07-study",
        of=("answers",),
        figure=lambda report, c: figures.plot_counts(report, c.question, by=c.breakdown),
        tables=lambda report, c: _answers(report, [c.question], c.breakdown),
        asks=("dimension", "question", "by"),
    ),
    "areas": View(
        "02-implementation",
        of=("views_by_area",),
        figure=lambda report, _: figures.plot_supply_demand(report),
        says=lambda report, _: sentences.views_apart(report),
        tables=_published("supply-demand"),
    ),
    "field_work": View(
        "07-study",
        of=("field_work",),
        figure=lambda report, _: figures.plot_map(report) if report.outlines else None,
        says=lambda report, _: sentences.sample(report),
        tables=_published("field-work"),
    ),
    "timeline": View(
        "06-activities",
        of=("events",),
        figure=lambda report, _: figures.plot_timeline(report),
        tables=_published("indicators"),
    ),
    "coverage": View(
        "06-activities",
        of=("coverage",),
        figure=lambda report, _: figures.plot_coverage(report),
        tables=_published("indicators-by-part"),
    ),
    "knowledge": View(
        "06-activities",
        of=("knowledge",),
        figure=lambda report, _: figures.plot_knowledge(report),
        says=lambda report, _: sentences.learned(report),
        tables=_published("knowledge"),
    ),
}
