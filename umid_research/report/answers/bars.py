"""Answer counts by group or district, with their sentences and notes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from umid_research.errors import ParameterError
from umid_research.report.chart.figure import WITHHELD
from umid_research.report.study_report import Report
from umid_research.study.questionnaire import Question

By = Literal["group", "district"]
_MIDDLE_SCORE = 50


@dataclass(frozen=True)
class ScalePoles:
    """The answer codes of a scored question, by ascending score; `unscored` have no score."""

    negative: tuple[str, ...]
    middle: tuple[str, ...]
    positive: tuple[str, ...]
    unscored: tuple[str, ...]


@dataclass(frozen=True)
class Bar:
    """The answer counts of one question, over everybody or in one group or district.

    `counts` maps answer codes to people, or is None if all counts are withheld. `n` is the number
    of people who answered.
    """

    label: str | None
    counts: dict[str, int] | None
    n: int

    def sum_of(self, codes: Iterable[str]) -> int:
        """Return the number of people who gave one of the answers."""
        return sum((self.counts or {}).get(code, 0) for code in codes)


def check_by(by: str | None) -> None:
    """Raise ParameterError for a breakdown that is not published."""
    if by not in (None, "group", "district"):
        raise ParameterError(
            "answers are published over everybody, by group and by district",
            found=by,
            possible=(None, "group", "district"),
        )


def published_question(report: Report, name: str, by: str | None) -> Question:
    """Return the question, or raise ParameterError if it is not published by `by`."""
    check_by(by)
    possible = [question.name for question in report.questionnaire if question.choices]
    if name not in possible:
        raise ParameterError("no question with choices", found=name, possible=possible)
    roles = set(report.study.roles.named().values())
    if by is not None and name in roles:
        raise ParameterError(
            f"this question plays a part in the study and is not published by {by}",
            found=name,
            possible=[other for other in possible if other not in roles],
        )
    return report.questionnaire[name]


def poles_of(question: Question) -> ScalePoles:
    """Return the poles of a question's answers; the item score decides, not the wording."""
    score = question.scores
    ordered = sorted(score, key=score.__getitem__)
    return ScalePoles(
        negative=tuple(code for code in ordered if score[code] < _MIDDLE_SCORE),
        middle=tuple(code for code in ordered if score[code] == _MIDDLE_SCORE),
        positive=tuple(code for code in ordered if score[code] > _MIDDLE_SCORE),
        unscored=tuple(code for code in question.answers if code not in score),
    )


def bars_of(report: Report, question: Question, by: By | None) -> Iterable[Bar]:
    """Yield one bar over everybody, or one per group or district that was asked.

    Bars keep the order of the study. The report of a district shows only that district.
    """
    if by is None:
        yield from _bar(None, report.rows("answers", question=question.name), question)
        return
    rows = report.rows(f"answers_by_{by}", question=question.name)
    if by == "district" and report.district:
        yield from _bar(None, rows[rows["district"] == report.district], question)
        return
    keys = report.study.groups if by == "group" else report.study.districts
    name = report.group if by == "group" else report.district_name
    for key in keys:
        yield from _bar(name(key), rows[rows[by] == key], question)


def _bar(label: str | None, rows: pd.DataFrame, question: Question) -> Iterable[Bar]:
    if rows.empty:
        return
    shown = rows[rows["shown"]].set_index("answer")
    n = int(shown["respondents"].max()) if len(shown) else 0
    counts = {
        code: int(shown.loc[code, "value"]) for code in question.answers if code in shown.index
    }
    if question.kind == "select_one" and len(shown) < len(rows):
        # A bar, and sums such as that of all who agree, need every answer.
        counts = {}
    yield Bar(label=label, counts=counts or None, n=n)


def counted_note(report: Report, questions: Iterable[Question]) -> list[str]:
    """Return a note that "don't know" and similar answers are counted, if a question has them.

    They are the answers that the study lists under a kind of missing answer.
    """
    any_missing = any(set(question.missing()) & set(question.answers) for question in questions)
    return [report.text("figure.answers.counted")] if any_missing else []


def unweighted_note(report: Report) -> list[str]:
    """Return a note that the bars are unweighted counts, if the study is weighted."""
    return [report.text("weighted.bars")] if report.is_weighted else []


def everybody(report: Report, questions: Sequence[Question]) -> int:
    """Return the largest number of people who answered one of the questions."""
    names = [question.name for question in questions]
    rows = report.rows("answers")
    shown = rows[rows["question"].isin(names) & rows["shown"]]
    return int(shown["respondents"].max()) if len(shown) else 0


def withheld_bars(report: Report, bars: Sequence[Bar]) -> str:
    """Return the withheld mark with the names of the withheld bars, or an empty text."""
    hidden = [bar.label or "" for bar in bars if bar.counts is None]
    return f"{WITHHELD} {report.text.listed(hidden)}" if hidden else ""


def sentence(report: Report, question: Question, bar: Bar) -> str:
    """Return the numbers of one bar in words."""
    wording = report.question(question.name)
    if bar.label:
        wording = report.text("figure.answers.of_whom", question=wording, name=bar.label)
    if bar.counts is None:
        return report.text("figure.withheld_sentence", name=wording)
    unscored = poles_of(question).unscored if question.scores else ()
    single = [code for code in bar.counts if code not in unscored]
    counts = [(report.answer(question.name, code), bar.counts[code]) for code in single]
    if unscored:
        total = sum(bar.counts[code] for code in unscored)
        counts.append((report.text("figure.answers.beside"), total))
    texts = [report.text("figure.answers.count", answer=name, k=count) for name, count in counts]
    texts += [
        report.text("figure.withheld_value", name=report.answer(question.name, code))
        for code in question.answers
        if code not in bar.counts
    ]
    return report.text(
        "figure.answers.sentence", question=wording, answers=report.text.listed(texts), n=bar.n
    )
