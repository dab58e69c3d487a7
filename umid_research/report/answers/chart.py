"""The charts of answers: scored questions as stacked bars, and people per answer."""

from collections.abc import Sequence
from itertools import groupby

from umid_research.errors import ParameterError
from umid_research.report.answers.bars import (
    Bar,
    By,
    ScalePoles,
    bars_of,
    check_by,
    counted_note,
    everybody,
    poles_of,
    published_question,
    sentence,
    unweighted_note,
    withheld_bars,
)
from umid_research.report.chart import style
from umid_research.report.chart.figure import (
    Figure,
    figure_of,
    nothing_to_show,
    withheld_note,
)
from umid_research.report.chart.stacked import Bars, Block, Column, Stack, Stacked
from umid_research.report.chart.stacked import Question as Stacks
from umid_research.report.chart.style import Series
from umid_research.report.study_report import Report
from umid_research.study.questionnaire import Question


def plot_answers(report: Report, dimension: str, *, by: By | None = None) -> Figure:
    """Draw the answers to the scored questions of a dimension, question by question.

    The item score decides the side of an answer, not its wording. Raise ParameterError for a
    dimension without scored questions.
    """
    if dimension not in report.questionnaire.dimensions:
        raise ParameterError(
            "no question is scored into this dimension",
            found=dimension,
            possible=report.questionnaire.dimensions,
        )
    check_by(by)
    questions = report.questionnaire.items(dimension)
    items = [(question, list(bars_of(report, question, by))) for question in questions]
    items = [(question, bars) for question, bars in items if bars]
    if not items:
        return nothing_to_show(report)
    every = [bar for _, bars in items for bar in bars]
    blocks = [
        _block(report, list(block))
        for _, block in groupby(items, key=lambda item: _wordings(report, item[0]))
    ]
    turned = any(question.reverse for question, _ in items)
    is_alone = by == "district" and report.district is not None
    caption = report.text(
        f"figure.answers.caption_{'one_district' if is_alone else by or 'all'}",
        dimension=report.dimension(dimension),
        district=report.district_name(report.district) if report.district else "",
        n=max(bar.n for bar in every) if by is None or is_alone else everybody(report, questions),
    )
    return figure_of(
        report,
        Stacked(blocks, report.text.number),
        caption=" ".join([caption, *counted_note(report, questions)]),
        tables=["answers"],
        alt=[
            *(sentence(report, question, bar) for question, bars in items for bar in bars),
            *unweighted_note(report),
        ],
        notes=[
            *([report.text("figure.answers.turned")] if turned else []),
            *unweighted_note(report),
            *withheld_note(report, any_withheld=any(bar.counts is None for bar in every)),
        ],
    )


def plot_counts(report: Report, question: str, *, by: By | None = None) -> Figure:
    """Draw how many of those who answered a question with choices gave each answer.

    Raise ParameterError for a question without choices or one that is not published by `by`.
    """
    asked = published_question(report, question, by)
    bars = list(bars_of(report, asked, by))
    if not bars:
        return nothing_to_show(report)
    missing = asked.missing()
    chart = Bars(
        names=[report.answer(question, code) for code in asked.answers],
        colours=[style.MIDDLE if code in missing else style.POSITIVE[0] for code in asked.answers],
        columns=[_column(report, asked, bar) for bar in bars if by is None or bar.counts],
        title=report.question(question),
        below=withheld_bars(report, bars) if by else "",
    )
    several = asked.kind == "select_multiple"
    hidden = any(bar.counts is None or len(bar.counts) < len(asked.answers) for bar in bars)
    caption = report.text(f"figure.counts.caption_{by or 'all'}", n=everybody(report, [asked]))
    return figure_of(
        report,
        chart,
        caption=" ".join([caption, *counted_note(report, [asked])]),
        tables=["answers"],
        alt=[*(sentence(report, asked, bar) for bar in bars), *unweighted_note(report)],
        notes=[
            *([report.text("figure.counts.several")] if several else []),
            *unweighted_note(report),
            *withheld_note(report, any_withheld=hidden),
        ],
    )


def _column(report: Report, question: Question, bar: Bar) -> Column:
    """Return the bars of a group or district, or of everybody with `k of n`."""
    counts = [(bar.counts or {}).get(code) for code in question.answers]
    if bar.label is None:
        texts = [report.text("figure.counts.of", k=count or 0, n=bar.n) for count in counts]
        return Column(bar.n, counts, texts)
    texts = [report.text.number(count or 0) for count in counts]
    return Column(bar.n, counts, texts, bar.label, report.text("figure.n", n=bar.n))


def _wordings(report: Report, question: Question) -> tuple[tuple[str, ...], ...]:
    """Return the texts of the legend; questions with equal texts share one legend."""
    poles = poles_of(question)
    parts = (poles.negative, poles.middle, poles.positive)
    return tuple(tuple(report.answer(question.name, code) for code in part) for part in parts)


def _block(report: Report, items: Sequence[tuple[Question, list[Bar]]]) -> Block:
    first, _ = items[0]
    poles = poles_of(first)
    colours = _colours(poles)
    negative, middle, positive = _wordings(report, first)
    series = [Series(colours[code], "swatch") for code in (*poles.negative, *poles.positive)]
    return Block(
        legend=list(zip(series, (*negative, *positive), strict=True)),
        middle=report.text.listed(middle),
        other=report.text("figure.answers.beside"),
        questions=[_stacks(report, question, bars) for question, bars in items],
    )


def _stacks(report: Report, question: Question, bars: Sequence[Bar]) -> Stacks:
    wording, poles = report.question(question.name), poles_of(question)
    colours = _colours(poles)
    if question.reverse:
        wording = report.text("figure.answers.turned_question", question=wording)
    stacks = [
        Stack(
            name=bar.label or "",
            n=bar.n,
            base=report.text("figure.n", n=bar.n),
            left=[(bar.counts[code], colours[code]) for code in poles.negative],
            right=[(bar.counts[code], colours[code]) for code in poles.positive],
            middle=bar.sum_of(poles.middle),
            other=bar.sum_of(poles.unscored),
        )
        for bar in bars
        if bar.counts is not None
    ]
    return Stacks(wording, stacks, withheld_bars(report, bars))


def _colours(poles: ScalePoles) -> dict[str, str]:
    """Return a colour per scored answer: dark at the ends, light towards the middle."""
    negative = style.shades(len(poles.negative), style.NEGATIVE)
    positive = style.shades(len(poles.positive), style.POSITIVE)[::-1]
    codes = (*poles.negative, *poles.positive)
    return dict(zip(codes, (*negative, *positive), strict=True))
