"""Tables of change: all numbers, and what became of each item."""

from collections.abc import Sequence

from umid_research.report.change.change_report import ChangeReport
from umid_research.report.chart.figure import WITHHELD, limits_of, signed, withheld_note
from umid_research.report.table import Cell, Table, make_table, number_cell

_UNKNOWN = ""


def table_changes(report: ChangeReport) -> Table:
    """Return every change: topic, group, both means, the change with its limits, adjusted p."""
    body: list[Sequence[Cell | str]] = []
    rows = report.changes
    order = {name: place for place, name in enumerate(dict.fromkeys(rows["dimension"]))}
    by_topic = rows["dimension"].map(order).sort_values(kind="stable").index
    for row in rows.loc[by_topic].itertuples():
        names = (report.dimension(row.dimension), report.group_name(row.group))
        if not row.shown:
            body.append((*names, *[Cell(WITHHELD)] * 6))
            continue
        limits = limits_of(row)
        body.append(
            (
                *names,
                number_cell(report, row.places),
                number_cell(report, row.earlier),
                number_cell(report, row.later),
                Cell(signed(report, row.change), {"value": row.change}),
                report.text(
                    "figure.knowledge.interval",
                    low=signed(report, row.low),
                    high=signed(report, row.high),
                )
                if limits
                else _UNKNOWN,
                report.text(f"change.verdict.{row.verdict}"),
            )
        )
    heads = ("topic", "group", "places", "change", "interval", "verdict")
    words = {name: report.text(f"change.head.{name}") for name in heads}
    return make_table(
        report,
        report.text("change.table_caption", **report.rounds),
        [
            *(words[name] for name in ("topic", "group", "places")),
            *report.rounds.values(),
            *(words[name] for name in ("change", "interval", "verdict")),
        ],
        body,
        numeric=range(2, 6),
        notes=withheld_note(report, any_withheld=not report.changes["shown"].all()),
        row_groups=True,
    )


def table_items(report: ChangeReport) -> Table:
    """Return every item that is not the same in both rounds: what is different, what follows."""
    body: list[Sequence[Cell | str]] = []
    for row in report.items[report.items["state"] != "same"].itertuples():
        form = report.questionnaire if row.item in report.questionnaire.names else None
        item = (form or report.earlier_form)[row.item]
        state = report.text(f"change.item.{row.state}")
        if row.bridged:
            why = report.study.bridges[row.item]
            state = report.text("change.item.bridged", state=state, why=why)
        body.append((item.labels.get(report.language, row.item), state))
    return make_table(
        report,
        report.text("change.items_caption"),
        [report.text(f"change.head.{name}") for name in ("item", "state")],
        body,
        numeric=[],
    )
