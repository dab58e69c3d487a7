"""Tables of the sample reached and planned, and of don't-know answers."""

import pandas as pd

from umid_research.report.chart.figure import WITHHELD, withheld_note
from umid_research.report.study_report import Report
from umid_research.report.table import (
    Cell,
    Part,
    Table,
    count_cell,
    make_table,
    number_cell,
    table_from_catalogue,
)


def table_field_work(report: Report) -> Table:
    """Return units and respondents reached by group and district, with the planned units."""
    study = report.study
    rows = report.rows("field_work")
    rows = rows[rows["locality"].isna()].fillna({"group": "", "district": ""})
    reached = rows.set_index(["group", "district"])
    planned = {key: group.quota for key, group in study.groups.items() if group.quota is not None}
    plans = {key: number_cell(report, quota) for key, quota in planned.items()}
    if len(planned) == len(study.groups):
        plans[""] = number_cell(report, sum(planned.values()))

    def row(group: str, name: str) -> tuple[Cell | str, ...]:
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
    return make_table(
        report,
        report.text("table.field_work.caption"),
        head,
        body,
        anchor="field-work",
        notes=withheld_note(report, any_withheld=not rows["shown"].all()),
        layout=[report.text("table.field_work.note")],
    )


def _reached(report: Report, reached: pd.DataFrame, group: str, district: str) -> Cell:
    """Return units and respondents of a group and district; without a row both are zero."""
    if (group, district) not in reached.index:
        return Cell(report.text.number(0), _parts(report, 0, 0))
    cell = reached.loc[(group, district)]
    if not cell["shown"]:
        return Cell(WITHHELD)
    units, people = int(cell["units"]), int(cell["respondents"])
    text = report.text("table.field_work.cell", units=units, n=people)
    return Cell(text, _parts(report, units, people))


def _parts(report: Report, units: int, people: int) -> dict[str, Part]:
    """Return the numbers for the files; if each person is a unit, only the people."""
    return {"people": people} if report.study.counts_people else {"units": units, "people": people}


def table_not_knowing(report: Report) -> Table:
    """Return questions asked, answers given and don't-know answers per dimension."""
    rows = report.rows("not_knowing")
    kinds = ["asked", "answered", *report.study.counted_missing]
    body = []
    for key, block in rows.groupby("dimension", sort=False):
        counts = {row.statistic: row for row in block.itertuples()}
        cells = [count_cell(report, counts[kind]) if kind in counts else "" for kind in kinds]
        people = block["respondents"].max()
        body.append(
            (
                report.dimension(str(key)),
                WITHHELD if pd.isna(people) else number_cell(report, people),
                *cells,
            )
        )
    return table_from_catalogue(
        report,
        "not_knowing",
        ["dimension", "people", *kinds],
        body,
        anchor="not-knowing",
        notes=[
            report.text("table.not_knowing.note"),
            *withheld_note(report, any_withheld=not rows["shown"].all()),
        ],
    )
