"""The charts of the findings: parts of the plan, and single questions group beside group."""

from umid_research.report.answers.bars import unweighted_note
from umid_research.report.chart import style
from umid_research.report.chart.figure import Figure, figure_of, nothing_to_show
from umid_research.report.chart.stacked import Bars, Column
from umid_research.report.findings.answer import Judgement, judgements
from umid_research.report.findings.declared import count_text, declared_counts, declared_name
from umid_research.report.names import area_name
from umid_research.report.study_report import Report

_FULL = 100  # a bar of this length is everybody who could judge, or everything looked for


def plot_parts(report: Report) -> Figure:
    """Draw what people say beside what documents show, a row per part, furthest by people first.

    The two columns have scales of their own: answers and documents are not the same measure.
    """
    found = judgements(report)
    if not found:
        return nothing_to_show(report)
    columns = [
        Column(
            _FULL,
            [round(_FULL * one.share) if one.judged else None for one in found],
            [_people(report, one) for one in found],
            head=report.text("figure.parts.people"),
        )
    ]
    if report.is_documented:
        columns.append(
            Column(
                _FULL,
                [one.documents or 0 for one in found],
                [_documents(report, one) for one in found],
                head=report.text("figure.parts.documents"),
            )
        )
    names = [area_name(report, one.part) for one in found]
    form = Bars(names, [style.POSITIVE[0]] * len(names), columns, width=130, size=style.TEXT)
    kind = "caption" if report.is_documented else "caption_people"
    best, worst = found[0], found[-1]
    ends = {"best": area_name(report, best.part), "worst": area_name(report, worst.part)}
    hidden = [area_name(report, one.part) for one in found if not one.judged]
    notes = unweighted_note(report)
    if hidden:
        notes += [report.text("figure.parts.withheld", names=report.text.listed(hidden))]
    return figure_of(
        report,
        form,
        caption=report.text(f"figure.parts.{kind}"),
        alt=[report.text("figure.parts.alt", **ends)],
        notes=notes,
    )


def _people(report: Report, one: Judgement) -> str:
    return report.text("figure.counts.of", k=one.positive, n=one.judged) if one.judged else ""


def _documents(report: Report, one: Judgement) -> str:
    if one.documents is None:
        return report.text("figure.parts.unchecked")
    return report.text("figure.parts.percent", value=one.documents)


def plot_finding(report: Report, name: str) -> Figure:
    """Draw how many people of each group gave the counted answers to a declared question."""
    counts = declared_counts(report, name)
    if len(counts) < 2:
        return nothing_to_show(report)
    shares = [round(_FULL * count.n / count.of) for count in counts]
    texts = [report.text("figure.counts.of", k=count.n, n=count.of) for count in counts]
    names = [report.group(count.group) for count in counts]
    form = Bars(
        names,
        [style.POSITIVE[0]] * len(names),
        [Column(_FULL, shares, texts)],
        width=190,
        size=style.TEXT,
    )
    counted = report.text.listed(count_text(report, count) for count in counts)
    caption = report.text(
        "figure.declared.caption",
        finding=declared_name(report, name),
        question=report.question(name),
    )
    return figure_of(report, form, caption=caption, alt=[counted], notes=unweighted_note(report))
