"""Tables of the activities: consultations, cards, families by bill and portal, participants."""

from collections.abc import Callable, Sequence

import pandas as pd

from umid_research.indicators.schema import PLACES
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
    return _people_table(
        report, "families", heads=("bill", "families"), name=_named_by("activities.bill", report)
    )


def table_portals(report: ActivityReport) -> Table:
    """Return the number of families by the portal that they paid through."""
    portals = report.definitions.portals

    def name(key: str) -> str:
        return (
            report.name(portals[key])
            if key in portals
            else report.text("table.activities.other_portal")
        )

    return _people_table(report, "portals", heads=("portal", "families"), name=name)


def table_participants(report: ActivityReport) -> Table:
    """Return the number of people at the workshops by the kind of body that they came from."""
    return _people_table(
        report, "participants", heads=("body", "people"), name=_named_by("activities.body", report)
    )


def table_press(report: ActivityReport) -> Table:
    """Return the press items by date; the link of one that may name somebody is withheld."""
    rows = report.frame("press")
    body: list[Sequence[Cell | str]] = [
        (
            row.press,
            report.text.date(row.date),
            Cell(_short(row.link), link=row.link) if row.shown else Cell(WITHHELD),
        )
        for row in rows.itertuples()
    ]
    return make_table(
        report,
        report.text("table.activities.press_caption"),
        activity_heads(report, "press", "date", "link"),
        body,
        numeric=[],
        notes=[] if rows["shown"].all() else [report.text("table.activities.press_note")],
        anchor="press",
    )


def _short(address: str) -> str:
    """Return an address as it is read aloud, without its scheme."""
    return address.split("://", 1)[-1].removeprefix("www.")


def _named_by(prefix: str, report: ActivityReport) -> Callable[[str], str]:
    # The catalogues reserve `other` for a plural form.
    return lambda key: report.text(f"{prefix}.{'rest' if key == 'other' else key}")


def _people_table(
    report: ActivityReport, kind: str, *, heads: tuple[str, str], name: Callable[[str], str]
) -> Table:
    """Return a table with one number of people, or families, per key of a breakdown."""
    rows = report.frame("breakdowns", kind=kind)
    body: list[Sequence[Cell | str]] = [
        (name(row.key), number_cell(report, int(row.number)) if row.shown else Cell(WITHHELD))
        for row in rows.itertuples()
    ]
    return make_table(
        report,
        report.text(f"table.activities.{kind}_caption"),
        activity_heads(report, *heads),
        body,
        notes=[
            report.text(f"table.activities.{kind}_note"),
            *withheld_note(report, any_withheld=not rows["shown"].all()),
        ],
        anchor=kind,
    )
