"""Published numbers -> tables whose cells are finished text, worded by the catalogue.

A table is semantic HTML for a notebook, from which the exporters make a web page and a PDF:
caption, column heads, a row head in the first column, notes below. A withheld cell holds one
mark, whatever the reason.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from html import escape
from textwrap import shorten
from typing import Any

import numpy as np
import pandas as pd

from umid_research.errors import ParameterError
from umid_research.figures.bars import By, published_question
from umid_research.figures.figure import WITHHELD, signed, withheld_note
from umid_research.report import Report
from umid_research.sentences import (
    NEVER_MET,
    area_name,
    compared_name,
    irm_code,
    is_clear,
    theme_name,
)

_LONGEST_WORDING = 140
_LEAST_P = 0.001


@dataclass(frozen=True)
class Table:
    """Rows of finished text; the first column heads its row, `numeric` names number columns."""

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: frozenset[int]
    notes: tuple[str, ...] = field(default=())

    def _repr_html_(self) -> str:
        heads = "".join(
            f'<th scope="col"{self._class(place)}>{escape(text)}</th>'
            for place, text in enumerate(self.head)
        )
        rows = "\n".join(f"<tr>{self._cells(row)}</tr>" for row in self.rows)
        notes = "".join(f'\n<p class="note">{escape(note)}</p>' for note in self.notes)
        return (
            f"<table>\n<caption>{escape(self.caption)}</caption>\n"
            f"<thead>\n<tr>{heads}</tr>\n</thead>\n<tbody>\n{rows}\n</tbody>\n</table>{notes}"
        )

    def _cells(self, row: Sequence[str]) -> str:
        first, *others = row
        cells = "".join(
            f"<td{self._class(place)}>{escape(text)}</td>"
            for place, text in enumerate(others, start=1)
        )
        return f'<th scope="row">{escape(first)}</th>{cells}'

    def _class(self, place: int) -> str:
        return ' class="num"' if place in self.numeric else ""

    def __repr__(self) -> str:
        lines = [self.caption, *(" | ".join(row) for row in (self.head, *self.rows)), *self.notes]
        return "\n".join(lines)


# --- the data behind the numbers -----------------------------------------------------------------


def table_intake(report: Report) -> Table:
    """How many submissions came in, were kept and were set aside."""
    rows = {row.statistic: row for row in report.rows("intake").itertuples()}
    return _table(
        report,
        "intake",
        ["what", "submissions"],
        [
            (report.text(f"table.intake.{name}"), _count(report, rows[name]))
            for name in ("read", "kept", "set_aside")
        ],
    )


def table_set_aside(report: Report) -> Table:
    """How many submissions were set aside under which rule."""
    rows = report.rows("set_aside")
    return _table(
        report,
        "set_aside",
        ["rule", "submissions"],
        [(report.text(f"rule.{row.statistic}"), _count(report, row)) for row in rows.itertuples()],
    )


def table_issues(report: Report) -> Table:
    """What was found and changed in which question, and how often."""
    rows = report.rows("issues")
    return _table(
        report,
        "issues",
        ["question", "rule", "action", "times"],
        [
            (
                _where(report, row),
                report.text(f"rule.{row.statistic}"),
                report.text(f"action.{str(row.answer).replace(' ', '_')}"),
                _count(report, row),
            )
            for row in rows.itertuples()
        ],
        numeric=[3],
    )


def _where(report: Report, row: Any) -> str:
    """The question's wording, or that the submission as a whole is meant."""
    if not isinstance(row.question, str):
        return report.text("table.issues.whole")
    return shorten(report.question(row.question), _LONGEST_WORDING, placeholder=" …")


def table_field_work(report: Report) -> Table:
    """Units and respondents reached, by group and district, beside the units that were planned."""
    study = report.study
    rows = report.rows("field_work")
    rows = rows[rows["locality"].isna()].fillna({"group": "", "district": ""})
    reached = rows.set_index(["group", "district"])
    planned = {key: group.quota for key, group in study.groups.items() if group.quota is not None}
    plans = {key: report.text.number(quota) for key, quota in planned.items()}
    if len(planned) == len(study.groups):
        plans[""] = report.text.number(sum(planned.values()))

    def row(group: str, name: str) -> tuple[str, ...]:
        cells = [_reached(report, reached, group, key) for key in (*study.districts, "")]
        return (name, *([plans.get(group, "")] if planned else []), *cells)

    body = [row(key, report.group(key)) for key in study.groups]
    body.append(row("", report.text("table.total")))
    head = [
        report.text("table.head.group"),
        *([report.text("table.head.planned")] if planned else []),
        *(report.district_name(key) for key in study.districts),
        report.text("table.total"),
    ]
    return _grid(
        report,
        report.text("table.field_work.caption"),
        head,
        body,
        notes=[report.text("table.field_work.note")],
    )


def table_not_knowing(report: Report) -> Table:
    """Per dimension: questions put, answers given, and how many of them were no judgement."""
    rows = report.rows("not_knowing")
    kinds = ["asked", "answered", *report.study.missing]
    body = []
    for key, block in rows.groupby("dimension", sort=False):
        counts = {row.statistic: row for row in block.itertuples()}
        cells = [_count(report, counts[kind]) if kind in counts else "" for kind in kinds]
        people = block["respondents"].max()
        body.append(
            (
                report.dimension(str(key)),
                WITHHELD if pd.isna(people) else report.text.number(people),
                *cells,
            )
        )
    return _table(
        report,
        "not_knowing",
        ["dimension", "people", *kinds],
        body,
        notes=withheld_note(report, any_withheld=not rows["shown"].all()),
    )


# --- scores and their differences ----------------------------------------------------------------


def table_scores_by_group(report: Report) -> Table:
    """Dimensions × groups: the mean with its interval, and the units behind it."""
    return _scores(report, "group", report.study.groups, report.group)


def table_scores_by_district(report: Report) -> Table:
    """Dimensions × districts: the district scores."""
    return _scores(report, "district", report.study.districts, report.district_name)


def table_scores_by_side(report: Report) -> Table:
    """Dimensions × sides, within the report's district or within each district."""
    rows = report.rows("scores_by_side")
    districts = [report.district] if report.district else list(report.study.districts)
    rows = rows[rows["district"].isin(districts)]
    pairs = [(district, side) for district in districts for side in ("demand", "supply")]

    def name(pair: tuple[str, str]) -> str:
        district, side = pair
        text = report.text(f"table.side.{side}")
        if report.district:
            return text
        return report.text("table.side_of", district=report.district_name(district), side=text)

    rows = rows.assign(column=list(zip(rows["district"], rows["side"], strict=True)))
    return _wide(report, "scores_by_side", rows, pairs, name)


def table_differences(report: Report, by: By = "group") -> Table:
    """Every published comparison of a family: difference, interval, adjusted p, what may be said.

    Raises ParameterError for anything but groups and districts.
    """
    if by not in ("group", "district"):
        raise ParameterError(
            "differences are published by group and by district",
            found=by,
            possible=("group", "district"),
        )
    unmatched = by == "group" and not report.study.is_matched
    key = f"differences_by_{by}" + ("_unmatched" if unmatched else "")
    return _family(report, f"differences_by_{by}", key, by)


def table_differences_exploratory(report: Report) -> Table:
    """The comparisons of groups that are not matched with matched ones."""
    return _family(report, "differences_exploratory", "differences_exploratory", "group")


def table_differences_by_side(report: Report) -> Table:
    """The comparisons of those who govern with those who are governed."""
    return _family(report, "differences_by_side", "differences_by_side", "side")


def _family(report: Report, table: str, key: str, by: str) -> Table:
    rows = report.rows(table)
    rows = rows.assign(clear=is_clear(rows)) if len(rows) else rows
    withheld = bool(len(rows)) and not rows.loc[rows["note"] == "", "shown"].all()
    return _table(
        report,
        key,
        ["dimension", "contrast", "difference", "interval", "units", "p", "detectable", "said"],
        [
            (
                report.dimension(row.dimension),
                report.text(
                    "table.contrast",
                    first=compared_name(report, by, getattr(row, by)),
                    second=compared_name(report, by, row.versus),
                ),
                *_difference(report, row),
            )
            for row in rows.itertuples()
        ],
        numeric=[2, 3, 4, 5, 6],
        notes=[
            report.text("table.differences.note"),
            *withheld_note(report, any_withheld=withheld),
        ],
    )


def _difference(report: Report, row: Any) -> tuple[str, ...]:
    if row.note:
        reason = "never_met" if row.note.endswith(NEVER_MET) else "not_estimable"
        return ("", "", "", "", "", report.text(f"table.{reason}"))
    if not row.shown:
        return (WITHHELD,) * 6
    low, high = signed(report, row.low), signed(report, row.high)
    known = bool(low and high) or pd.notna(row.p_adjusted)
    unclear = "table.not_clear" if known else "table.no_interval"
    return (
        signed(report, row.value),
        report.text("table.range", low=low, high=high) if low and high else "",
        report.text.number(row.units),
        _p(report, row.p_adjusted),
        "" if row.clear or pd.isna(row.mdd) else report.text.number(row.mdd),
        report.text("table.clear" if row.clear else unclear),
    )


def table_robustness(report: Report) -> Table:
    """Every comparison of families A and D × kinds of runs: how many leave it as it is."""
    rows = report.rows("robustness")
    rows = rows.assign(by=np.where(rows["side"].isna(), "group", "side"))
    rows = rows.assign(first=rows["group"].fillna(rows["side"]))
    kinds = list(dict.fromkeys(rows["statistic"]))
    keys = ["family", "dimension", "by", "first", "versus"]
    body = []
    for (_, dimension, by, first, versus), block in rows.groupby(keys, sort=False):
        cells = {row.statistic: _survived(report, row) for row in block.itertuples()}
        names = (compared_name(report, by, key) for key in (first, versus))
        contrast = report.text(
            "table.contrast", **dict(zip(("first", "second"), names, strict=True))
        )
        row = (report.dimension(dimension), contrast, *(cells.get(kind, "") for kind in kinds))
        body.append(row)
    heads = [report.text(f"table.head.{name}") for name in ("dimension", "contrast")]
    return _grid(
        report,
        report.text("table.robustness.caption"),
        [*heads, *(report.text(f"table.run.{kind}") for kind in kinds)],
        body,
        numeric=range(2, 2 + len(kinds)),
        notes=[
            report.text("table.robustness.note"),
            *withheld_note(report, any_withheld=not rows["shown"].all()),
        ],
    )


def _survived(report: Report, row: Any) -> str:
    if not row.shown:
        return WITHHELD
    return report.text("table.robustness.cell", k=int(row.value), n=int(row.runs))


def table_reliability(report: Report) -> Table:
    """Per dimension: questions, alpha with its interval, omega, people kept and lost."""
    rows = report.rows("reliability")
    body = []
    for dimension, block in rows.groupby("dimension", sort=False):
        found = {row.statistic: row for row in block.itertuples()}
        cells = [_reliability(report, found[name]) for name in ("alpha", "omega", "lost")]
        base = next((row for row in found.values() if row.shown), None)
        counts = [
            report.text.number(getattr(base, name)) if base else WITHHELD
            for name in ("units", "respondents")
        ]
        body.append((report.dimension(str(dimension)), counts[0], *cells[:2], counts[1], cells[2]))
    return _table(
        report,
        "reliability",
        ["dimension", "items", "alpha", "omega", "complete", "lost"],
        body,
        notes=[report.text("table.reliability.note")],
    )


def _reliability(report: Report, row: Any) -> str:
    if row.note:
        return report.text("table.reliability.none")
    if not row.shown:
        return WITHHELD
    if pd.isna(row.low):
        return report.text.number(row.value)
    return report.text(
        "table.score_with_bare_interval", value=row.value, low=row.low, high=row.high
    )


def _p(report: Report, p: float) -> str:
    if pd.isna(p):
        return ""
    if p < _LEAST_P:
        return report.text("table.less_than", value=_LEAST_P)
    return report.text.number(p)


def _scores(report: Report, by: By, keys: Iterable[str], name: Callable[[str], str]) -> Table:
    rows = report.rows(f"scores_by_{by}")
    present = [key for key in keys if (rows[by] == key).any()]
    return _wide(report, f"scores_by_{by}", rows.assign(column=rows[by]), present, name)


def _wide(
    report: Report,
    key: str,
    rows: pd.DataFrame,
    columns: Sequence[Any],
    name: Callable[[Any], str],
) -> Table:
    """Dimensions × `columns`, each cell a mean with its interval and the units behind it."""
    cells = {(row.dimension, row.column): _score(report, row) for row in rows.itertuples()}
    return _grid(
        report,
        report.text(f"table.{key}.caption"),
        [report.text("table.head.dimension"), *(name(column) for column in columns)],
        [
            (report.dimension(key), *(cells.get((key, column), "") for column in columns))
            for key in dict.fromkeys(rows["dimension"])
        ],
        notes=[
            report.text(f"table.{key}.note"),
            *withheld_note(report, any_withheld=not rows["shown"].all()),
        ],
    )


def _score(report: Report, row: Any) -> str:
    if not row.shown:
        return WITHHELD
    if pd.isna(row.low) or pd.isna(row.high):
        return report.text("table.score", value=row.value, n=int(row.units))
    limits = {"low": row.low, "high": row.high}
    return report.text("table.score_with_interval", value=row.value, n=int(row.units), **limits)


# --- answers to single questions -----------------------------------------------------------------


def table_answers(report: Report, question: str, *, by: By | None = None) -> Table:
    """How many gave which answer, of those who answered: everybody, or each group or district.

    Raises ParameterError for a question that has no choices, or that is not published by `by`.
    """
    asked = published_question(report, question, by)
    rows = report.rows("answers" if by is None else f"answers_by_{by}", question=question)
    if by is None:
        columns, heads = [""], [report.text("table.head.people")]
        rows = rows.assign(column="")
    else:
        keys = report.study.groups if by == "group" else report.study.districts
        name = report.group if by == "group" else report.district_name
        columns = [key for key in keys if (rows[by] == key).any()]
        heads = [name(key) for key in columns]
        rows = rows.assign(column=rows[by])
    cells = {(row.answer, row.column): _k_of_n(report, row) for row in rows.itertuples()}
    several = asked.kind == "select_multiple"
    return _grid(
        report,
        report.question(question),
        [report.text("table.head.answer"), *heads],
        [
            (report.answer(question, code), *(cells.get((code, key), "") for key in columns))
            for code in asked.choice_names
        ],
        notes=[
            report.text("table.answers.note"),
            *([report.text("table.answers.as_if")] if rows["percent"].notna().any() else []),
            *([report.text("table.answers.several")] if several else []),
            *withheld_note(report, any_withheld=not rows["shown"].all()),
        ],
    )


def _k_of_n(report: Report, row: Any) -> str:
    if not row.shown:
        return WITHHELD
    counted = report.text("table.answers.of", k=row.value, n=row.respondents)
    if pd.isna(row.percent):
        return counted
    limits = {"low": row.low, "high": row.high}
    return report.text("table.answers.percent", counted=counted, percent=row.percent, **limits)


# --- measures, evidence, meetings ----------------------------------------------------------------


def table_status(report: Report, district: str) -> Table:
    """Every measure of a district: what people see in its area, documents show, the analyst codes.

    The three stand beside each other and are never merged.
    """
    rows = report.rows("status", district=district)
    cells = {(row.question, row.statistic): row for row in rows.itertuples()}
    body = [
        (
            _measure(report, measure),
            _perceived(report, measure.question, cells),
            _documentary(report, cells.get((measure.question, "documentary"))),
            _coded(report, cells.get((measure.question, "analyst"))),
        )
        for measure in report.rows("measures", answer=report.language).itertuples()
    ]
    hidden = not rows["shown"].all()
    return _grid(
        report,
        report.text("table.implementation.status_caption", district=report.district_name(district)),
        _implementation_heads(report, "measure", "perceived", "documentary", "analyst"),
        body,
        numeric=[],
        notes=[
            report.text("table.implementation.status_note"),
            *_unverified_note(report),
            *withheld_note(report, any_withheld=hidden),
        ],
    )


def table_disagreements(report: Report) -> Table:
    """Where two of the three columns stand more than one step apart, and what would settle it."""
    measures = {row.question: row for row in report.rows("measures").itertuples()}
    body = []
    for row in report.rows("disagreements").itertuples():
        first, second = row.statistic.split("_")
        text = report.text(
            "table.implementation.pair",
            first=report.text(f"table.implementation.column.{first}"),
            first_code=irm_code(report, row.answer),
            second=report.text(f"table.implementation.column.{second}"),
            second_code=irm_code(report, row.versus),
        )
        settle = report.text(f"implementation.settle.{row.statistic}")
        area = area_name(report, measures[row.question].dimension)
        body.append((f"{row.question} {area}", report.district_name(row.district), text, settle))
    return _grid(
        report,
        report.text("table.implementation.disagreements_caption"),
        _implementation_heads(report, "measure", "district", "said", "settle"),
        body,
        numeric=[],
    )


def table_evidence(report: Report, district: str) -> Table:
    """What was found of what was looked for, locality by locality: public facts."""
    rows = report.rows("evidence", district=district)
    places = list(report.study.districts[district].localities)
    cells = {
        (row.question, row.answer, row.locality): report.text(f"evidence_result.{row.statistic}")
        for row in rows.itertuples()
    }
    keys = dict.fromkeys(zip(rows["question"], rows["answer"], strict=True))
    items = report.study.evidence_items
    return _grid(
        report,
        report.text(
            "table.implementation.evidence_caption", district=report.district_name(district)
        ),
        [*_implementation_heads(report, "item"), *places],
        [
            (
                report.text(
                    "table.implementation.named", id=measure, text=report.name(items[item].name)
                ),
                *(cells.get((measure, item, place), "") for place in places),
            )
            for measure, item in keys
        ],
        numeric=[],
    )


def table_evidence_items(report: Report) -> Table:
    """What each thing looked for rests on, with a flag where nobody has read the source."""
    flag = report.text("implementation.unverified")
    body = [
        (
            report.name(item.name),
            item.source
            if item.verified
            else report.text(
                "table.implementation.evidence_unverified", source=item.source, flag=flag
            ),
        )
        for item in report.study.evidence_items.values()
    ]
    heads = _implementation_heads(report, "item", "source")
    return _grid(report, heads[0], heads, body, numeric=[])


def table_themes(report: Report, by: By = "group", *, proposals: bool = False) -> Table:
    """In how many meetings, or proposals, each theme came up: over all, by group or district."""
    source, words = ("survey", "proposals") if proposals else ("meetings", "themes")
    rows = report.rows(f"themes_{source}")
    other = "district" if by == "group" else "group"
    rows = rows[rows[other].isna()].fillna({by: ""})
    keys = report.study.groups if by == "group" else report.study.districts
    name = report.group if by == "group" else report.district_name
    columns = ["", *(key for key in keys if (rows[by] == key).any())]
    cells = {(row.dimension, getattr(row, by)): _k_of_n(report, row) for row in rows.itertuples()}
    present = set(rows["dimension"])
    return _grid(
        report,
        report.text(f"table.implementation.{words}_caption"),
        [
            *_implementation_heads(report, "theme", "all"),
            *(name(key) for key in columns[1:]),
        ],
        [
            (theme_name(report, key), *(cells.get((key, column), "") for column in columns))
            for key in report.study.themes
            if key in present
        ],
        notes=[
            report.text(f"table.implementation.{words}_note"),
            *withheld_note(report, any_withheld=not rows["shown"].all()),
        ],
    )


def table_coding(report: Report) -> Table:
    """Krippendorff's alpha of each theme, with its interval."""
    rows = report.rows("coding")
    differ = rows[rows["statistic"] == "differ"].set_index("dimension")["value"]
    body = []
    for row in rows[rows["statistic"] == "alpha"].itertuples():
        low, high = (
            "" if pd.isna(limit) else report.text.number(round(limit, 2))
            for limit in (row.low, row.high)
        )
        body.append(
            (
                theme_name(report, row.dimension),
                "" if pd.isna(row.value) else report.text.number(round(row.value, 2)),
                report.text("table.range", low=low, high=high) if low else "",
                report.text.number(row.units),
                report.text.number(differ[row.dimension]),
            )
        )
    return _grid(
        report,
        report.text("table.implementation.coding_caption"),
        _implementation_heads(report, "theme", "alpha", "interval", "segments", "differ"),
        body,
        notes=[report.text("table.implementation.coding_note")],
    )


def table_register_issues(report: Report) -> Table:
    """What was wrong in the registers, how often, and what was done."""
    return _grid(
        report,
        report.text("table.implementation.issues_caption"),
        _implementation_heads(report, "file", "rule", "action", "times"),
        [
            (
                str(row.question),
                report.text(f"register_rule.{row.statistic}"),
                report.text(f"register_action.{str(row.answer).replace(' ', '_')}"),
                _count(report, row),
            )
            for row in report.rows("register_issues").itertuples()
        ],
        numeric=[3],
    )


def _implementation_heads(report: Report, *names: str) -> list[str]:
    return [report.text(f"table.implementation.{name}") for name in names]


def _measure(report: Report, row: Any) -> str:
    """A measure's number and text, flagged where nobody has verified it."""
    if row.statistic == "yes":
        return report.text("table.implementation.named", id=row.question, text=row.note)
    flag = report.text("implementation.unverified")
    return report.text("table.implementation.flagged", id=row.question, text=row.note, flag=flag)


def _unverified_note(report: Report) -> list[str]:
    if (report.rows("measures")["statistic"] == "yes").all():
        return []
    flag = report.text("implementation.unverified")
    return [report.text("table.implementation.unverified_note", flag=flag)]


def _perceived(report: Report, measure: str, cells: dict[Any, Any]) -> str:
    """The area's code, with those who could not judge."""
    row, unable = cells.get((measure, "perceived")), cells.get((measure, "cannot_judge"))
    if row is None or unable is None:
        return report.text("implementation.not_asked")
    if not row.shown:
        return WITHHELD
    return report.text(
        "implementation.share",
        code=irm_code(report, row.answer),
        k=unable.value,
        n=unable.respondents,
    )


def _documentary(report: Report, row: Any) -> str:
    """The code of the documents, with the number of checks behind it."""
    if row is None:
        return ""
    code = irm_code(report, row.answer)
    if not row.units:
        return code
    return report.text("implementation.checked", code=code, value=row.value, n=int(row.units))


def _coded(report: Report, row: Any) -> str:
    if row is None:
        return report.text("implementation.not_coded")
    return report.text(
        "table.implementation.coded", code=irm_code(report, row.answer), reason=row.note
    )


# --- parts of all of them ------------------------------------------------------------------------


def _table(
    report: Report,
    key: str,
    heads: Sequence[str],
    rows: Sequence[tuple[str, ...]],
    *,
    numeric: Iterable[int] | None = None,
    notes: Sequence[str] = (),
) -> Table:
    """A table whose caption and heads are named in the catalogue."""
    return _grid(
        report,
        report.text(f"table.{key}.caption"),
        [report.text(f"table.head.{head}") for head in heads],
        rows,
        numeric=numeric,
        notes=notes,
    )


def _grid(
    report: Report,
    caption: str,
    head: Sequence[str],
    rows: Sequence[tuple[str, ...]],
    *,
    numeric: Iterable[int] | None = None,
    notes: Sequence[str] = (),
) -> Table:
    """A table whose columns after the first are numbers; without rows it says there are none."""
    nothing = (report.text("table.none"), *([""] * (len(head) - 1)))
    return Table(
        caption=caption,
        head=tuple(head),
        rows=tuple(rows) or (nothing,),
        numeric=frozenset(range(1, len(head)) if numeric is None else numeric),
        notes=tuple(notes) if rows else (),
    )


def _count(report: Report, row: Any) -> str:
    return report.text.number(row.value) if row.shown else WITHHELD


def _reached(report: Report, reached: pd.DataFrame, group: str, district: str) -> str:
    """Units and respondents of a cell; nobody at all is a nought."""
    if (group, district) not in reached.index:
        return report.text.number(0)
    cell = reached.loc[(group, district)]
    return report.text(
        "table.field_work.cell", units=int(cell["units"]), n=int(cell["respondents"])
    )
