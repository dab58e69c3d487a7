"""Tables of the activities: consultations per municipality, cards by place, families by bill."""

from collections.abc import Sequence

import pandas as pd

from umid_research.indicators.schema import BILLS, PLACES
from umid_research.report.activity_report import ActivityReport
from umid_research.report.chart.figure import WITHHELD, withheld_note
from umid_research.report.indicators.table import activity_heads
from umid_research.report.table import Cell, Table, make_table, number_cell

# Activity and whether it was held in person -> head of its column.
_HELD = {
    ("2.1", False): "practical_online",
    ("2.1", True): "practical_in_person",
    ("2.2", False): "egov_online",
    ("2.2", True): "egov_in_person",
}


def table_consultations(report: ActivityReport) -> Table:
    """Return the number of consultations per municipality: by activity, online or in person.

    A municipality without any has zeros; what no municipality had has no column.
    """
    events = report.frame("events", kind="consultation")
    held = pd.Series(list(zip(events["activity"], events["mode"] == "in_person", strict=True)))
    columns = [key for key in _HELD if (held == key).any()]
    counts = held.groupby([events["locality"], held]).size() if len(held) else pd.Series()
    body: list[Sequence[Cell | str]] = [
        (
            report.text(
                "table.activities.place",
                locality=locality,
                district=report.district_name(key),
            ),
            *(number_cell(report, int(counts.get((locality, column), 0))) for column in columns),
        )
        for key, district in report.study.districts.items()
        for locality in district.localities
    ]
    return make_table(
        report,
        report.text("table.activities.consultations_caption"),
        activity_heads(report, "municipality", *(_HELD[key] for key in columns)),
        body if columns else [],
        notes=[report.text("table.activities.consultations_note")],
        anchor="consultations",
    )


def table_cards(report: ActivityReport) -> Table:
    """Return the number of cards handed over by kind of place and district."""
    rows = report.frame("breakdowns", kind="cards")
    counts = rows.set_index(["key", "district"])["number"]
    districts = list(report.study.districts)
    body: list[Sequence[Cell | str]] = [
        (
            report.text(f"activities.place.{key}"),
            *(number_cell(report, int(counts[key, district])) for district in districts),
            number_cell(report, int(counts[key].sum())),
        )
        for key in PLACES
        if len(rows)
    ]
    return make_table(
        report,
        report.text("table.activities.cards_caption"),
        [
            *activity_heads(report, "got_by"),
            *(report.district_name(key) for key in districts),
            *activity_heads(report, "project"),
        ],
        body,
        anchor="cards",
    )


def table_families(report: ActivityReport) -> Table:
    """Return the number of families by kind of bill that they paid through a portal."""
    rows = report.frame("breakdowns", kind="families").set_index("key")
    body: list[Sequence[Cell | str]] = [
        (
            report.text(f"activities.bill.{key}"),
            number_cell(report, int(rows.loc[key, "number"]))
            if rows.loc[key, "shown"]
            else Cell(WITHHELD),
        )
        for key in BILLS
        if len(rows)
    ]
    return make_table(
        report,
        report.text("table.activities.families_caption"),
        activity_heads(report, "bill", "families"),
        body,
        notes=[
            report.text("table.activities.families_note"),
            *withheld_note(report, any_withheld=not rows["shown"].all()),
        ],
        anchor="families",
    )
