"""Tables of the proposals: by area and addressee, next to survey results, and as a list."""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from umid_research.analysis.score import INDEX
from umid_research.report.activity_report import ActivityReport
from umid_research.report.chart.figure import WITHHELD, withheld_note
from umid_research.report.indicators.table import activity_heads
from umid_research.report.names import addressee_name, area_name
from umid_research.report.table import Cell, Foreign, Table, make_table, number_cell

ADDRESSEES = ("municipality", "executive", "ministry", "agency", "parliament", "other")
_REPLIES = ("accepted", "partly", "refused", "")


def table_proposals_by_area(report: ActivityReport) -> Table:
    """Return the number of distinct proposals by part of the plan and addressee."""
    rows = report.frame("proposals")
    addressees = addressees_of(report)
    counts = rows.groupby(["area", "addressee"]).size()
    sums = rows["area"].value_counts()
    body: list[Sequence[Cell | str]] = [
        (
            area_name(report, area),
            *(_count(report, counts.get((area, key), 0)) for key in addressees),
            _count(report, sums.get(area, 0)),
        )
        for area in report.study.areas
    ]
    to = rows["addressee"].value_counts()
    body.append(
        (
            report.text("table.total"),
            *(_count(report, to[key]) for key in addressees),
            _count(report, len(rows)),
        )
    )
    return make_table(
        report,
        report.text("table.activities.by_area_caption"),
        [
            *activity_heads(report, "area"),
            *(addressee_name(report, key) for key in addressees),
            report.text("table.total"),
        ],
        body if len(rows) else [],
        anchor="proposals-by-area",
    )


def addressees_of(report: ActivityReport) -> list[str]:
    """Return the codes of the addressees of at least one proposal, in fixed order."""
    present = set(report.frame("proposals")["addressee"])
    return [key for key in ADDRESSEES if key in present]


def _count(report: ActivityReport, number: int) -> Cell:
    return number_cell(report, int(number))


def table_proposals_by_reply(report: ActivityReport) -> Table:
    """Return the number of proposals submitted and the replies, by addressee."""
    rows = report.frame("proposals")
    body: list[Sequence[Cell | str]] = []
    for key in addressees_of(report):
        to = rows[rows["addressee"] == key]
        sent = to[to["submitted"].notna()]
        counts = sent["reply"].value_counts()
        body.append(
            (
                addressee_name(report, key),
                _count(report, len(to)),
                _count(report, len(sent)),
                *(_count(report, counts.get(reply, 0)) for reply in _REPLIES),
            )
        )
    replies = [f"reply_{reply or 'none'}" for reply in _REPLIES]
    return make_table(
        report,
        report.text("table.activities.replies_caption"),
        activity_heads(report, "addressee", "proposals", "submitted", *replies),
        body,
        notes=[report.text("table.activities.replies_note")],
        anchor="proposals-by-reply",
    )


def table_proposals_beside_survey(report: ActivityReport) -> Table:
    """Return each area's proposals next to its documentary evidence and the groups' views."""
    rows = report.frame("proposals")
    documents = _documents_by_area(report)
    views = report.rows("views_by_area")
    body: list[Sequence[Cell | str]] = [
        (
            area_name(report, area),
            _count(report, (rows["area"] == area).sum()),
            _measures(rows[rows["area"] == area]),
            _documents(report, documents, area),
            _views(report, views[views["dimension"] == area]),
        )
        for area in report.study.areas
    ]
    return make_table(
        report,
        report.text("table.activities.beside_caption"),
        activity_heads(report, "area", "proposals", "measures", "documents", "views"),
        body if len(rows) else [],
        numeric=[1],
        notes=[report.text("table.activities.beside_note")],
        anchor="proposals-beside-survey",
    )


def table_proposals_by_dimension(report: ActivityReport) -> Table:
    """Return each dimension's proposals with the lowest and highest group score."""
    rows = report.frame("proposals")
    scores = report.rows("scores_by_group")
    body: list[Sequence[Cell | str]] = [
        (
            report.dimension(key),
            _count(report, (rows["dimension"] == key).sum()),
            _views(report, scores[scores["dimension"] == key]),
        )
        for key in report.study.dimensions
        if key != INDEX and (rows["dimension"] == key).any()
    ]
    return make_table(
        report,
        report.text("table.activities.dimension_caption"),
        activity_heads(report, "dimension", "proposals", "scores"),
        body,
        numeric=[1],
        anchor="proposals-by-dimension",
    )


def _measures(rows: pd.DataFrame) -> str:
    return " ".join(sorted(set(rows["measure"]) - {""}))


def _documents(report: ActivityReport, documents: pd.DataFrame, area: str) -> str:
    if area not in documents.index or pd.isna(documents.loc[area, "value"]):
        return report.text("table.activities.no_documents")
    return report.text(
        "table.activities.documents_show",
        value=documents.loc[area, "value"],
        n=int(documents.loc[area, "checks"]),
    )


def _views(report: ActivityReport, rows: pd.DataFrame) -> str:
    """Return the lowest and the highest published group mean with the groups' names."""
    shown = rows[rows["shown"]]
    if shown.empty:
        return WITHHELD if len(rows) else report.text("table.activities.not_asked")
    ends = [shown.loc[shown["value"].idxmin()], shown.loc[shown["value"].idxmax()]]
    texts = [
        report.text("table.activities.mean", group=report.group(row["group"]), value=row["value"])
        for row in (ends if len(shown) > 1 else ends[:1])
    ]
    return report.text.listed(texts)


def table_proposals(report: ActivityReport) -> Table:
    """Return the list of all distinct proposals with their submission and reply."""
    rows = report.frame("proposals")
    return make_table(
        report,
        report.text("table.activities.list_caption"),
        activity_heads(report, "proposal", "text", "addressee", "area", "district", "became"),
        [
            (
                row.proposal,
                text_cell(report, row),
                addressee_name(report, row.addressee),
                _area(report, row),
                districts_of(report, row),
                _outcome(report, row),
            )
            for row in rows.itertuples()
        ],
        numeric=[],
        notes=[report.text("table.activities.list_note"), *_withheld(report, rows)],
        anchor="proposals",
    )


def letters_of(report: ActivityReport) -> list[tuple[str, str]]:
    """Return (addressee, district) of each letter, in fixed order; every proposal is in one.

    The district "" stands for proposals whose district may not be named. A proposal of two named
    districts is in the letters of both.
    """
    return [
        (addressee, district)
        for addressee in addressees_of(report)
        for district in (*report.study.districts, "")
        if len(proposals_to(report, addressee, district))
    ]


def proposals_to(report: ActivityReport, addressee: str, district: str) -> pd.DataFrame:
    """Return the proposals to an addressee from a district; from "" those without a district."""
    rows = report.frame("proposals", addressee=addressee)
    if not district:
        return rows[rows["district"] == ""]
    return rows[rows["district"].str.split().map(lambda keys: district in keys).astype(bool)]


def table_proposals_to(report: ActivityReport, addressee: str, district: str) -> Table:
    """Return the list of proposals as it is sent to one addressee about one district.

    Beside each proposal stands what documents show of its part of the plan in the district. Only
    verified measures are named: the others are placeholders that mean nothing to a reader outside
    the project.
    """
    rows = proposals_to(report, addressee, district)
    measures = report.rows("measures", verified="yes")["measure"]
    rows = rows.assign(measure=rows["measure"].where(rows["measure"].isin(measures), ""))
    documents = _documents_by_area(report, district)
    notes = [report.text("table.activities.to_mentions_note")]
    if report.is_documented:
        notes.append(report.text("table.activities.to_documents_note"))
    columns = ["proposal", "text", "area", "documents", "mentions"]
    return make_table(
        report,
        report.text("table.activities.to_caption"),
        activity_heads(report, *columns),
        [
            (
                row.proposal,
                text_cell(report, row),
                _area(report, row),
                _documents(report, documents, row.area),
                _count(report, row.mentions),
            )
            for row in rows.itertuples()
        ],
        numeric=[4],
        notes=[*notes, *_withheld(report, rows)],
    )


def _documents_by_area(report: ActivityReport, district: str = "") -> pd.DataFrame:
    """Return the documentary evidence by part of the plan, of a district or of all of them."""
    rows = report.rows("documentary_by_area")
    of = rows["district"] == district if district else rows["district"].isna()
    return rows[of & rows["shown"]].set_index("dimension")


def text_cell(report: ActivityReport, row: Any) -> Cell:
    """Return the proposal in the report's language, else the original with its language."""
    own = getattr(row, f"text_{report.language}", "")
    if own:
        return Cell(own)
    language = report.text(f"activities.language.{row.language}")
    text = report.text("table.activities.untranslated", text=row.text_masked, language=language)
    return Cell(text, foreign=Foreign(row.text_masked, row.language))


def _area(report: ActivityReport, row: Any) -> str:
    area = area_name(report, row.area)
    if not row.measure:
        return area
    return report.text("table.activities.area_measure", area=area, measure=row.measure)


def districts_of(report: ActivityReport, row: Any) -> str:
    """Return the districts of a proposal, or the withheld mark if they must not be named."""
    names = [report.district_name(key) for key in row.district.split()]
    return report.text.listed(names) if names else WITHHELD


def _withheld(report: ActivityReport, rows: pd.DataFrame) -> list[str]:
    return withheld_note(report, any_withheld=bool((rows["district"] == "").any()))


def _outcome(report: ActivityReport, row: Any) -> str:
    """Return the date of submission and the reply."""
    if pd.isna(row.submitted):
        return report.text("table.activities.not_submitted")
    sent = report.text("table.activities.submitted_on", date=row.submitted)
    if not row.reply:
        return report.text("table.activities.sent_no_reply", sent=sent)
    reply = report.text(f"table.activities.reply_{row.reply}")
    return report.text("table.activities.sent_reply", sent=sent, reply=reply)
