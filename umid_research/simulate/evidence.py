"""Simulate evidence.csv and analyst_codes.csv, and the true documentary status.

The true state of each item and locality is drawn first. `truth_status` has one row per measure ×
district: the documentary status of the true state, and whether the simulated checks are complete.
The checkers' results and the flaws are drawn afterwards.
"""

import datetime

import numpy as np
import pandas as pd

from umid_research.analysis.implementation.analyst import REASON
from umid_research.analysis.implementation.evidence import (
    COLUMNS,
    CREDIT,
    RESULTS,
    district_of,
    documentary_status,
)
from umid_research.analysis.implementation.measures import required_items
from umid_research.errors import StudyError
from umid_research.simulate.answers import stream
from umid_research.simulate.design import FILE
from umid_research.simulate.plans import AnalystPlan, EvidencePlan, RowFlaw
from umid_research.study import Study

_CELL = ["measure", "item", "locality"]
_OUTCOMES = np.array(list(CREDIT))


def simulated_evidence(
    plan: EvidencePlan, measures: pd.DataFrame, study: Study
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the register `evidence` with its flaws, and the frame `truth_status`."""
    cells = _true_cells(plan, measures, study)
    checks = _checks(cells, plan, study)
    with_flaws = with_planted(checks, plan.flaws, "id", "evidence.flaws")
    # Two contradicting checks by one checker are both set aside, so these cells are not complete.
    own = [checks.iloc[flaw.copy_of - 1][_CELL] for flaw in plan.flaws if flaw.value in RESULTS]
    spoiled = pd.MultiIndex.from_frame(pd.DataFrame(own, columns=_CELL))
    seen = checks[checks["result"].isin(list(CREDIT))]
    complete = pd.MultiIndex.from_frame(cells[_CELL]).isin(pd.MultiIndex.from_frame(seen[_CELL]))
    cells = cells.assign(complete=complete & ~pd.MultiIndex.from_frame(cells[_CELL]).isin(spoiled))
    keys = ["measure", "district"]
    truth = documentary_status(cells, keys)[[*keys, "documentary", "percent"]]
    whole = cells.groupby(keys, sort=False)["complete"].all().rename("complete").reset_index()
    return with_flaws[list(COLUMNS)], truth.merge(whole, on=keys)


def simulated_codes(
    plan: AnalystPlan, evidence: pd.DataFrame, truth: pd.DataFrame, study: Study
) -> pd.DataFrame:
    """Return the register `analyst_codes`: the true status, a reason, up to three checks; flaws."""
    district = evidence["locality"].map(district_of(study))
    checks = evidence.assign(district=district).dropna(subset=["district"])
    by_cell = checks.groupby(["measure", "district"], sort=False)["id"]
    ids = by_cell.agg(lambda ids: " ".join(ids.iloc[:3])).rename("evidence").reset_index()
    codes = truth.merge(ids, on=["measure", "district"])
    percent = codes["percent"].round().astype(int)
    reasons = {
        f"{REASON}_{language}": [text.format(percent=value) for value in percent]
        for language, text in plan.reason.items()
    }
    codes = codes.rename(columns={"documentary": "code"})
    codes = codes.assign(**reasons, coded_by=plan.coded_by)
    for flaw in plan.flaws:
        hit = (codes["measure"] == flaw.measure) & (codes["district"] == flaw.district)
        columns = list(reasons) if flaw.column == REASON else [flaw.column]
        if not hit.any() or not set(columns) <= set(codes):
            raise StudyError(
                "names no code", where=f"{FILE}, entry analyst.flaws", found=flaw.measure
            )
        codes.loc[hit, columns] = flaw.value
    return codes[["measure", "district", "code", *reasons, "evidence", "coded_by"]]


def with_planted(
    rows: pd.DataFrame, flaws: tuple[RowFlaw, ...], number: str, where: str
) -> pd.DataFrame:
    """Return the rows with the flawed copies below them; each copy gets a new number."""
    copies = []
    for flaw in flaws:
        if flaw.copy_of > len(rows) or flaw.column not in rows:
            raise StudyError(
                "copies a row or column that is not there",
                where=f"{FILE}, entry {where}",
                found=f"{flaw.copy_of}, {flaw.column}",
            )
        copy = rows.iloc[flaw.copy_of - 1].copy()
        copy[flaw.column] = flaw.value
        if flaw.quote:
            copy["quote"] = flaw.quote
        copies.append(copy)
    if not copies:
        return rows
    planted = pd.DataFrame(copies)
    letter = rows[number].iloc[0][0]
    first = int(rows[number].str[1:].max()) + 1
    planted[number] = [f"{letter}{first + place:03d}" for place in range(len(planted))]
    return pd.concat([rows, planted], ignore_index=True)


def days(first: datetime.date, last: datetime.date, shares: np.ndarray) -> pd.Series:
    """Return working days as ISO text; `shares` (0–1) are positions between the two days."""
    count = np.busday_count(first, last) + 1
    chosen = np.busday_offset(np.datetime64(first), (shares * count).astype(int), roll="forward")
    return pd.Series(chosen.astype(str))


def _true_cells(plan: EvidencePlan, measures: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Return the true state per measure × required item × locality, with credit if checked."""
    required = required_items(measures)
    lacking = sorted(set(required["item"]) - set(plan.items))
    if lacking:
        raise StudyError(
            "an evidence item has no plan", where=f"{FILE}, entry evidence.items", found=lacking[0]
        )
    places = pd.DataFrame(district_of(study).items(), columns=["locality", "district"])
    # Several measures may require one item; its state in a locality is the same for all of them.
    items = pd.DataFrame({"item": list(plan.items)}).merge(places, how="cross")
    uniforms = stream(study, "evidence").random(len(items))
    found = items["item"].map({key: item.found for key, item in plan.items.items()})
    partly = items["item"].map({key: item.partly for key, item in plan.items.items()})
    state = np.select([uniforms < found, uniforms < found + partly], _OUTCOMES[:2], _OUTCOMES[2])
    cells = required.merge(items.assign(result=state), on="item", how="left")
    looked = ~cells["measure"].isin(plan.unchecked)
    cells["credit"] = cells["result"].map(CREDIT).where(looked)
    return cells


def _checks(cells: pd.DataFrame, plan: EvidencePlan, study: Study) -> pd.DataFrame:
    """Return the rows of the two checkers, in the order of the dates."""
    looked = cells[cells["credit"].notna()].reset_index(drop=True)
    uniforms = stream(study, "checks").random((6, len(looked)))
    choice = [plan.items[item].where for item in looked["item"]]
    where = [
        places[int(uniform * len(places))]
        for places, uniform in zip(choice, uniforms[0], strict=True)
    ]
    unseen = uniforms[1] < plan.missing
    closed = (uniforms[1] >= plan.missing) & (uniforms[1] < plan.missing + plan.not_accessible)
    again = uniforms[2] < plan.second
    wrong = again & (uniforms[3] < plan.first_wrong)
    other = looked["result"].map({"found": "partly", "partly": "not_found", "not_found": "partly"})
    first_result = looked["result"].mask(wrong, other).mask(closed, "not_accessible")
    middle = plan.first_day + (plan.last_day - plan.first_day) / 2
    first = looked.assign(
        result=first_result,
        where=where,
        date=days(plan.first_day, middle, uniforms[4]),
        checked_by=plan.checkers[0],
    )
    second = looked.assign(
        where=where, date=days(middle, plan.last_day, uniforms[5]), checked_by=plan.checkers[1]
    )
    checks = pd.concat([first[~unseen], second[again & ~unseen & ~closed]])
    checks = checks.sort_values(["date", *_CELL], kind="stable", ignore_index=True)
    online = checks["where"].isin(["website", "social_page"])
    page = checks["locality"].str.lower().str.replace(" ", "-")
    return checks.assign(
        id=[f"E{number:03d}" for number in range(1, len(checks) + 1)],
        link=("https://" + page + ".example/" + checks["item"]).where(online, ""),
    )
