"""Read evidence.csv and compute the documentary status of each measure and district.

The frame `checks` has one row per measure × required item × locality, with or without a check:

    measure  area      district  locality  item         result     credit  evidence
    M01      services  quba      Guba 1    certificates found         1.0  E001
    M01      services  quba      Guba 2    certificates partly        0.5  E014
    M01      services  quba      Guba 3    certificates not_accessible     E015
    M01      services  quba      Guba 4    certificates

For example, two of four localities in Guba have a check that counts, with credits of 1 and ½,
together 75 %: the measure is Substantial there. The third could not be checked and leaves the base;
nobody checked the fourth. Results are public facts and are shown by locality.
"""

from pathlib import Path

import pandas as pd

from umid_research.analysis.implementation.measures import required_items
from umid_research.clean.privacy import Content
from umid_research.clean.registers import Register, read_register
from umid_research.frames import Schema, code, number, text
from umid_research.study import Study

NAME = "evidence"
RESULTS = ("found", "partly", "not_found", "not_accessible")
PLACES = ("board", "website", "social_page", "meeting", "document")
CREDIT = {"found": 1.0, "partly": 0.5, "not_found": 0.0}
COLUMNS = {
    **dict.fromkeys(("id", "measure", "item", "locality", "where", "result", "date"), Content.CODE),
    **dict.fromkeys(("link", "checked_by"), Content.INTERNAL),
}
OVERRULED = "overruled"

NO_EVIDENCE, NOT_STARTED, LIMITED, SUBSTANTIAL, COMPLETE = CODES = (
    *("No Evidence Available", "Not Started", "Limited", "Substantial", "Complete"),
)
_CELL = ["measure", "item", "locality"]
CHECKS = Schema(
    "checks",
    {
        **{name: text() for name in ("measure", "area", "district", "locality", "item")},
        "result": code(RESULTS, blank=True),
        "credit": number(0, 1, blank=True),
        "evidence": text(blank=True),
    },
    key=tuple(_CELL),
)


def read_evidence(folder: Path, measures: pd.DataFrame, study: Study) -> Register | None:
    """Return the usable checks and issues for the others; None without a file.

    Two contradicting checks by one checker are both set aside: nobody can say which is right.
    """
    rows = read_register(folder, NAME, COLUMNS, names=study.names)
    if rows is None:
        return None
    required = required_items(measures)
    rows["locality"] = rows["locality"].replace(_spellings(study))
    rows["district"] = rows["locality"].map(district_of(study))
    codes = {*measures["id"], *study.evidence_items, *RESULTS, *PLACES, *district_of(study)}
    register = Register(rows, codes=codes)
    register.set_aside(rows["id"] == "", "id", "no_id")
    register.set_aside(register.rows["id"].duplicated(), "id", "id_twice")
    register.set_aside_unknown("measure", measures["id"], "unknown_measure")
    register.set_aside_unknown("locality", district_of(study), "unknown_locality")
    register.set_aside_unknown("result", RESULTS, "unknown_result")
    register.set_aside(register.rows["checked_by"] == "", "checked_by", "no_checker")
    register.read_dates(study)
    asked = pd.MultiIndex.from_frame(required[["measure", "item"]])
    looked = pd.MultiIndex.from_frame(register.rows[["measure", "item"]])
    register.set_aside(
        pd.Series(~looked.isin(asked), index=register.rows.index), "item", "item_not_required"
    )
    where = register.rows["where"]
    register.blank(~where.isin(PLACES), "where", "unknown_place")
    register.note(_lost_files(register.rows["link"], folder), "link", "no_such_file")
    _settle_checkers(register)
    return register


def _settle_checkers(register: Register) -> None:
    """Keep one check per checker and cell; record those that another checker's check overrules."""
    rows = register.rows
    of_checker = rows.assign(credit=rows["result"].map(CREDIT)).groupby([*_CELL, "checked_by"])
    contradicts = of_checker["credit"].transform("nunique") > 1
    register.set_aside(
        contradicts & rows["result"].isin(list(CREDIT)), "result", "contradicts_itself"
    )
    repeated = register.rows.duplicated([*_CELL, "checked_by", "result"])
    register.set_aside(repeated, "result", "check_twice")
    rows = register.rows
    accessible = rows[rows["result"].isin(list(CREDIT))]
    counted = counted_checks(rows).set_index(_CELL)["result"]
    outweighing = counted.reindex(pd.MultiIndex.from_frame(rows[_CELL])).to_numpy()
    overruled = rows.index.isin(accessible.index) & (rows["result"].to_numpy() != outweighing)
    register.note(
        pd.Series(overruled, index=rows.index), "result", "checks_differ", action=OVERRULED
    )


def counted_checks(checks: pd.DataFrame) -> pd.DataFrame:
    """Return the check of each cell that counts: the latest one, so the second checker's of two.

    A check that was not accessible never overrules one that was.
    """
    seen = checks["result"].isin(list(CREDIT))
    ordered = checks.assign(seen=seen).sort_values(["seen", "date", "row"], kind="stable")
    return ordered.drop_duplicates(_CELL, keep="last").drop(columns="seen")


def check_cells(checks: pd.DataFrame | None, measures: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Return the frame `checks`, with every cell that should be checked; see the module."""
    places = pd.DataFrame(district_of(study).items(), columns=["locality", "district"])
    due = required_items(measures).merge(places, how="cross")
    if checks is None:
        cells = due.assign(result=pd.NA, evidence=pd.NA)
    else:
        counted = counted_checks(checks).rename(columns={"id": "evidence"})
        cells = due.merge(counted[[*_CELL, "result", "evidence"]], how="left", on=_CELL)
    return CHECKS.of(cells.assign(credit=cells["result"].map(CREDIT)))


def documentary_status(cells: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Return the documentary status per `keys`.

    Columns: the keys, checks (number of checks that count), due (number of cells), documentary (IRM
    code), percent (0–100, credit as a share of the checks that count).
    """
    grouped = cells.groupby(keys, sort=False)["credit"]
    found = grouped.agg(credit="sum", checks="count", due="size").reset_index()
    codes = pd.Series(LIMITED, index=found.index, dtype=object)
    codes[found["credit"] == 0] = NOT_STARTED
    codes[2 * found["credit"] >= found["checks"]] = SUBSTANTIAL
    codes[found["credit"] == found["checks"]] = COMPLETE
    codes[found["checks"] == 0] = NO_EVIDENCE
    percent = 100 * found["credit"] / found["checks"].where(found["checks"] > 0)
    return found.assign(documentary=codes, percent=percent).drop(columns="credit")


def district_of(study: Study) -> dict[str, str]:
    """Return the district key of each locality."""
    return {name: key for key, d in study.districts.items() for name in d.localities}


def _spellings(study: Study) -> dict[str, str]:
    return {
        other: name
        for district in study.districts.values()
        for name, others in district.locality_aliases.items()
        for other in others
    }


def _lost_files(links: pd.Series, folder: Path) -> pd.Series:
    """Return whether each link is a missing file of the study folder; web addresses are skipped."""
    is_file = (links != "") & ~links.str.contains("://", regex=False)
    there = [link for link in links[is_file].unique() if (Path(folder) / link).is_file()]
    return is_file & ~links.isin(there)
