"""Count the true values of the indicators from the simulated registers.

`truth_indicators` has one row per number: activity, indicator, district and sex (blank for all),
actual. This is an independent second implementation of the counting: it uses the true identity of
people and proposals, which the library has to find out.
"""

import pandas as pd

from umid_research.analysis.implementation.evidence import district_of
from umid_research.indicators.definitions import Definitions
from umid_research.simulate.design import Design
from umid_research.study import Study

Registers = dict[str, pd.DataFrame]
_COLUMNS = ["activity", "indicator", "district", "sex", "actual"]


def true_indicators(
    registers: Registers,
    people: pd.DataFrame,
    proposals: pd.DataFrame,
    definitions: Definitions,
    asked: pd.DataFrame,
    design: Design,
    study: Study,
) -> pd.DataFrame:
    """Return the frame `truth_indicators`; `asked` has one row per interview of the survey."""
    counted = {
        **_of_survey(asked, design, study),
        **_of_information(registers),
        **_of_events(registers),
        **_of_payments(registers),
        **_of_proposals(proposals),
        "people_knowing_more": _knowing_more(registers["tests"], people, definitions),
    }
    rows = []
    for key, indicator in definitions.indicators.items():
        things = _placed(counted[key], study)
        cells = [("", "")]
        cells += [(district, "") for district in study.districts if "district" in indicator.by]
        cells += [("", sex) for sex in ("f", "m") if "sex" in indicator.by]
        rows += [(indicator.activity, key, *cell, _count(things, *cell)) for cell in cells]
    return pd.DataFrame(rows, columns=_COLUMNS)


def _placed(things: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Add the district of the locality, if the rows have no district."""
    if "district" in things or "locality" not in things:
        return things
    return things.assign(district=things["locality"].map(district_of(study)))


def _count(things: pd.DataFrame, district: str, sex: str) -> int:
    """Count the different things, or sum their column `number` if there is one."""
    if district:
        things = things[things["district"] == district]
    if sex:
        things = things[things["sex"] == sex]
    return int(things["number"].sum() if "number" in things else things["thing"].nunique())


def _of_survey(asked: pd.DataFrame, design: Design, study: Study) -> dict[str, pd.DataFrame]:
    met = design.meetings.per_district if design.meetings else {}
    meetings = [
        (district, number)
        for numbers in met.values()
        for district, number in zip(study.districts, numbers, strict=True)
    ]
    return {
        "units_surveyed": asked.assign(thing=asked["unit"]),
        "people_interviewed": asked.assign(thing=asked.index),
        "meetings_held": pd.DataFrame(meetings, columns=["district", "number"]),
    }


def _of_information(registers: Registers) -> dict[str, pd.DataFrame]:
    pages, posts = registers["pages"], registers["posts"]
    with_page = {
        owner: rows.assign(thing=rows["locality"]) for owner, rows in pages.groupby("owner_type")
    }
    return {
        "municipality_pages": with_page["municipality"],
        "cbo_pages": with_page["cbo"],
        "pieces_of_information": posts.assign(thing=posts["url"]),
    }


def _of_events(registers: Registers) -> dict[str, pd.DataFrame]:
    held = registers["consultations"]
    held = held[held["mode"] != "in_person"]
    practical, electronic = held[held["activity"] == "2.1"], held[held["activity"] == "2.2"]
    cards, made = registers["cards"], registers["deliverables"]
    return {
        "consultations_held": practical.assign(thing=practical["event_id"]),
        "egov_consultations": electronic.assign(thing=electronic["locality"]),
        "workshops_held": registers["workshops"].assign(thing=registers["workshops"]["event_id"]),
        "press_sites": registers["press"].assign(thing=registers["press"]["site"]),
        "platforms": pd.DataFrame({"thing": registers["platforms"]["platform_id"]}),
        "cards_distributed": cards.assign(number=cards["copies"].astype(int)),
        "report_delivered": pd.DataFrame({"thing": made.index[made["kind"] == "report"]}),
        "presentation_delivered": pd.DataFrame(
            {"thing": made.index[made["kind"] == "presentation"]}
        ),
    }


def _of_payments(registers: Registers) -> dict[str, pd.DataFrame]:
    payments = registers["payments"]
    terminals = registers["terminals"].assign(thing=registers["terminals"]["request_id"])
    return {
        "families_paying_online": payments.assign(thing=payments["family_id"]),
        "terminals_requested": terminals,
        "terminals_approved": terminals[terminals["reply"] == "approved"],
        "terminals_installed": terminals[terminals["installed"] != ""],
    }


def _of_proposals(proposals: pd.DataFrame) -> dict[str, pd.DataFrame]:
    things = proposals.assign(thing=proposals["proposal"])
    return {
        "proposals_collected": things,
        "proposals_submitted": things[things["submitted"] != ""],
    }


def _knowing_more(
    tests: pd.DataFrame, people: pd.DataFrame, definitions: Definitions
) -> pd.DataFrame:
    """Return the people who know more, from the first test before and the last test after."""
    if definitions.knowledge is None:
        return pd.DataFrame(columns=["thing", "district", "sex"])
    rights = {name: asked.right for name, asked in definitions.questions.items()}
    taken = tests.merge(people[["attendance_id", "person", "date"]], on="attendance_id")
    taken["right"] = taken["answer"] == taken["question"].map(rights)
    sums = taken.groupby(["person", "phase", "date"])["right"].sum()
    before = sums.xs("before", level="phase").groupby("person").first()
    after = sums.xs("after", level="phase").groupby("person").last()
    least = definitions.knowledge.least * len(rights)
    more = (after - before).ge(definitions.knowledge.gain) & after.ge(least)
    known = people[people["person"].isin(more.index[more])].drop_duplicates("person")
    return known.assign(thing=known["person"])
