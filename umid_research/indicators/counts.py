"""Count what the indicators measure; each counting method is one function.

Each function returns a frame with one row per unit and district:

    unit  amount  district  sex
    F07        1  quba
    F07        1  sabran
    B03      150  quba

For example, family F07 paid in two districts but is one family; batch B03 had 150 cards. A unit
counts once for the project and once in each of its districts, so the districts may add up to more
than the project. A register that is absent or has no usable row gives no count: the number is
unknown, not zero.
"""

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from umid_research.analysis.implementation.evidence import district_of
from umid_research.analysis.meetings import SURVEY
from umid_research.clean import Cleaned
from umid_research.indicators.coverage import comparable_urls
from umid_research.study import Study
from umid_research.study.spelling import folded

COLUMNS = ("unit", "amount", "district", "sex")
RESPONSES, MEETINGS = "responses", "meetings"
# A hybrid event could be attended online, so it counts as an online event.
ONLINE = ("online", "hybrid")
_SEXES = {"f": "f", "female": "f", "m": "m", "male": "m"}


@dataclass(frozen=True)
class Material:
    """The data to count from: registers by name, the survey, the test results and the proposals.

    `registers` holds only registers with a usable row. In `proposals`, the column `entity` is the
    number of the distinct proposal that a row belongs to.
    """

    registers: dict[str, pd.DataFrame]
    cleaned: Cleaned
    learners: pd.DataFrame
    proposals: pd.DataFrame
    study: Study

    def frame(self, name: str) -> pd.DataFrame | None:
        """Return the rows of the named register or the survey's responses; None if absent."""
        if name == RESPONSES:
            return self.cleaned.responses
        return self.registers.get(name)


@dataclass(frozen=True)
class Count:
    """A counting method: the registers it needs, its function, and the breakdowns it allows.

    `people` means that people or families are counted, so small numbers are withheld. `proposals`
    means that proposals are counted, so a district is shown only if `privacy.origin` allows it.
    """

    registers: tuple[str, ...]
    of: Callable[[Material], pd.DataFrame]
    by: tuple[str, ...] = ("district",)
    people: bool = False
    proposals: bool = False


def count_units(material: Material, count: Count) -> pd.DataFrame | None:
    """Return the units that `count` counts; None if a register it needs has no usable row."""
    frames = [material.frame(name) for name in count.registers]
    if any(frame is None or frame.empty for frame in frames):
        return None
    return count.of(material)


def _units_by_district(
    rows: pd.DataFrame, unit: str, material: Material, amount: pd.Series | int = 1
) -> pd.DataFrame:
    """Return one row per unit and district."""
    rows = rows[rows[unit].notna()]
    places = district_of(material.study)
    district = rows["district"] if "district" in rows else rows["locality"].map(places)
    things = pd.DataFrame({"unit": rows[unit], "amount": amount, "district": district})
    sex = rows["sex"].map(_SEXES).fillna("") if "sex" in rows else ""
    return things.assign(sex=sex).drop_duplicates(["unit", "district"])


def _units_of_project(rows: pd.DataFrame, unit: pd.Series) -> pd.DataFrame:
    """Return one row per unit for units that belong to the project and to no district."""
    things = pd.DataFrame({"unit": unit, "amount": 1, "district": "", "sex": ""})
    return things.loc[rows.index].drop_duplicates("unit")


# --- 1.1: the survey ----------------------------------------------------------------------------


def _units_surveyed(material: Material) -> pd.DataFrame:
    responses = material.cleaned.responses.drop(columns="sex", errors="ignore")
    return _units_by_district(responses, "unit", material)


def _people_interviewed(material: Material) -> pd.DataFrame:
    responses, sex = material.cleaned.responses, material.study.roles.sex
    sexes = responses[sex] if sex in responses else pd.Series("", index=responses.index)
    return _units_by_district(responses.assign(sex=sexes), "respondent", material)


def _meetings_held(material: Material) -> pd.DataFrame:
    meetings = material.registers[MEETINGS]
    return _units_by_district(meetings[meetings["meeting"] != SURVEY], "meeting", material)


def _delivered(kind: str) -> Callable[[Material], pd.DataFrame]:
    def of(material: Material) -> pd.DataFrame:
        rows = material.registers["deliverables"]
        rows = rows[rows["kind"] == kind]
        return _units_of_project(rows, rows["deliverable_id"])

    return of


# --- 1.2: pages and posts -----------------------------------------------------------------------


def _localities_with_page(owner: str) -> Callable[[Material], pd.DataFrame]:
    def of(material: Material) -> pd.DataFrame:
        pages = material.registers["pages"]
        return _units_by_district(pages[pages["owner_type"] == owner], "locality", material)

    return of


def _posts(material: Material) -> pd.DataFrame:
    posts = material.registers["posts"]
    return _units_by_district(posts.assign(url=comparable_urls(posts["url"])), "url", material)


# --- 2.1 and 2.2: consultations, cards, learners, families, terminals -----------------------------


def _consultations(activity: str, unit: str) -> Callable[[Material], pd.DataFrame]:
    def of(material: Material) -> pd.DataFrame:
        rows = material.registers["consultations"]
        held = (rows["activity"] == activity) & rows["mode"].isin(ONLINE)
        return _units_by_district(rows[held], unit, material)

    return of


def _cards_distributed(material: Material) -> pd.DataFrame:
    cards = material.registers["cards"]
    return _units_by_district(cards, "batch_id", material, amount=cards["copies"])


def _people_knowing_more(material: Material) -> pd.DataFrame:
    more = material.learners["knows_more"].astype(bool)
    return _units_by_district(material.learners[more], "person", material)


def _families_paying(material: Material) -> pd.DataFrame:
    payments = material.registers["payments"].drop(columns="sex", errors="ignore")
    return _units_by_district(payments, "family_id", material)


def _terminals(column: str) -> Callable[[Material], pd.DataFrame]:
    def of(material: Material) -> pd.DataFrame:
        rows = material.registers["terminals"]
        reached = {
            "requested": rows["requested"].notna(),
            "approved": rows["reply"] == "approved",
            "installed": rows["installed"].notna(),
        }
        return _units_by_district(rows[reached[column]], "request_id", material)

    return of


# --- 2.3: workshops, press, proposals, platforms --------------------------------------------------


def _workshops_held(material: Material) -> pd.DataFrame:
    rows = material.registers["workshops"]
    rows = rows[rows["mode"].isin(ONLINE)]
    return _units_of_project(rows, rows["event_id"])


def _press_sites(material: Material) -> pd.DataFrame:
    press = material.registers["press"]
    return _units_of_project(press, press["site"].map(folded))


def _proposals(*, submitted: bool) -> Callable[[Material], pd.DataFrame]:
    def of(material: Material) -> pd.DataFrame:
        rows = material.proposals
        sent = rows.groupby("entity")["submitted"].transform("count") > 0
        return _units_by_district(rows[sent] if submitted else rows, "entity", material)

    return of


def _platforms(material: Material) -> pd.DataFrame:
    rows = material.registers["platforms"]
    return _units_of_project(rows, rows["platform_id"])


_BY_DISTRICT_AND_SEX = ("district", "sex")
COUNTS: dict[str, Count] = {
    "units_surveyed": Count((RESPONSES,), _units_surveyed),
    "people_interviewed": Count(
        (RESPONSES,), _people_interviewed, _BY_DISTRICT_AND_SEX, people=True
    ),
    "meetings_held": Count((MEETINGS,), _meetings_held),
    "report_delivered": Count(("deliverables",), _delivered("report"), ()),
    "presentation_delivered": Count(("deliverables",), _delivered("presentation"), ()),
    "municipality_pages": Count(("pages",), _localities_with_page("municipality")),
    "cbo_pages": Count(("pages",), _localities_with_page("cbo")),
    "pieces_of_information": Count(("posts",), _posts),
    "consultations_held": Count(("consultations",), _consultations("2.1", "event_id")),
    "cards_distributed": Count(("cards",), _cards_distributed),
    "people_knowing_more": Count(
        ("consultations", "attendance", "tests"),
        _people_knowing_more,
        _BY_DISTRICT_AND_SEX,
        people=True,
    ),
    "egov_consultations": Count(("consultations",), _consultations("2.2", "locality")),
    "families_paying_online": Count(("payments",), _families_paying, people=True),
    "terminals_requested": Count(("terminals",), _terminals("requested")),
    "terminals_approved": Count(("terminals",), _terminals("approved")),
    "terminals_installed": Count(("terminals",), _terminals("installed")),
    "workshops_held": Count(("workshops",), _workshops_held, ()),
    "press_sites": Count(("press",), _press_sites, ()),
    "proposals_collected": Count(("proposals",), _proposals(submitted=False), proposals=True),
    "proposals_submitted": Count(("proposals",), _proposals(submitted=True), proposals=True),
    "platforms": Count(("platforms",), _platforms, ()),
}
