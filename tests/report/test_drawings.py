"""Test every figure of the bundled study: no text is cut off or covered."""

from collections.abc import Callable, Iterator

import pytest
from drawings import cut_off, overlapping
from whole_way import BUNDLED

from umid_research.report import charts
from umid_research.report.activity_report import open_activities
from umid_research.report.charts import Figure
from umid_research.report.study_report import Report, open_report, report_languages
from umid_research.study import read_study

STUDY = read_study(BUNDLED)


def _answers(report: Report) -> Iterator[Figure]:
    for dimension in report.questionnaire.dimensions:
        yield charts.plot_answers(report, dimension)
        yield charts.plot_answers(report, dimension, by="group")


def _findings(report: Report) -> Iterator[Figure]:
    return (charts.plot_finding(report, name) for name in report.study.findings)


def _counts(report: Report) -> Iterator[Figure]:
    """Yield the counts of the questions with the most choices and the longest wording."""
    roles = set(report.study.roles.named().values())
    asked = [each for each in report.questionnaire if each.choices and each.name not in roles]
    most = max(asked, key=lambda question: len(question.choices))
    longest = max(asked, key=lambda question: len(report.question(question.name)))
    for question in (most, longest):
        for by in (None, "group", "district"):
            yield charts.plot_counts(report, question.name, by=by)


SEVERAL: dict[str, Callable[[Report], Iterator[Figure]]] = {
    "plot_answers": _answers,
    "plot_counts": _counts,
    "plot_finding": _findings,
}
OF_ACTIVITIES = {
    "plot_timeline",
    "plot_coverage",
    "plot_gallery",
    "plot_knowledge",
    "plot_attrition",
}
OF_A_DISTRICT = {"plot_district_profile"}


@pytest.mark.parametrize("language", report_languages(STUDY))
@pytest.mark.parametrize("name", [name for name in charts.__all__ if name != "Figure"])
def test_no_text_leaves_a_figure_or_covers_another(built, name, language) -> None:
    """This holds on paper and on a phone, in every language of the reports."""
    options = {"language": language, "processed": built / "processed"}
    if name in OF_ACTIVITIES:
        drawn = [getattr(charts, name)(open_activities(**options))]
    elif name in OF_A_DISTRICT:
        reports = [open_report("03-district", district=key, **options) for key in STUDY.districts]
        drawn = [getattr(charts, name)(report) for report in reports]
    else:
        report = open_report("07-study", **options)
        drawn = list(SEVERAL.get(name, lambda given: [getattr(charts, name)(given)])(report))

    assert drawn
    for figure in drawn:
        for svg in (figure.svg, figure.narrow):
            assert [] == cut_off(svg), figure.caption
            assert [] == overlapping(svg), figure.caption
