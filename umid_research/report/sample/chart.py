"""The map of the study's districts with the people and units reached in each.

The map shows no scores: readers take a coloured map for a ranking, and a large district looks
important.
"""

from umid_research.report.chart.figure import WITHHELD, Figure, base, figure_of
from umid_research.report.chart.map import Area, Map
from umid_research.report.names import has_many_districts
from umid_research.report.study_report import Report

# How much higher a map of many districts is.
_CROWDED = 1.6


def plot_map(report: Report) -> Figure:
    """Draw the outlines of the districts with the people and units reached there.

    Neighbouring districts only have a name. Raise ValueError if the study has no outlines; check
    `report.outlines` before the call.
    """
    return map_at(report)


def map_at(report: Report, *, height: float = 210.0, width: float | None = None) -> Figure:
    """Return the map at most `height` points high without its notes, in one width or in both."""
    if report.outlines is None:
        raise ValueError("the study has no outlines of its districts")
    shapes = {shape.iso: shape for shape in report.outlines.shapes}
    ours, alt, lacking = [], [], []
    for key, place in report.study.districts.items():
        name, outline = report.district_name(key), shapes.pop(place.iso or "", None)
        if outline is None:
            lacking.append(name)
            continue
        counts = _reached(report, key)
        ours.append(Area(name, outline.rings, counts))
        listed = report.text.listed(counts)
        alt.append(report.text("figure.map.sentence", name=name, counts=listed))
    others = [Area(report.localised(one.names)[0], one.rings) for one in shapes.values()]
    if others:
        names = report.text.listed(area.name for area in others)
        alt.append(report.text("figure.map.neighbours", names=names))
    notes = []
    if lacking:
        notes.append(report.text("figure.map.missing", names=report.text.listed(lacking)))
    if report.outlines.attribution:
        notes.append(report.text("figure.map.source", source=report.outlines.attribution))
    crowded = has_many_districts(report)
    caption = report.text(f"figure.map.caption{'_crowded' if crowded else ''}", **base(report))
    if crowded:
        notes.insert(0, report.text("figure.map.crowded"))
    form = Map([*others, *ours], height * _CROWDED if crowded else height, crowded)
    return figure_of(report, form, caption=caption, alt=alt, notes=notes, width=width)


def _reached(report: Report, key: str) -> list[str]:
    """Return the texts on people and units reached in a district."""
    rows = report.rows("field_work", district=key)
    rows = rows[rows["group"].isna() & rows["locality"].isna()]
    if not rows["shown"].all():
        return [WITHHELD]
    counts = [report.text("figure.map.people", n=int(rows["respondents"].sum()))]
    if not report.study.counts_people:
        counts.append(report.text("figure.map.units", n=int(rows["units"].sum())))
    return counts
