"""Count what the indicators measure; `COUNTS` declares each counting method.

The units that a method counts are a frame with one row per unit and district:

    unit  amount  district  sex
    F07        1  quba
    F07        1  sabran
    B03      150  quba

For example, family F07 paid in two districts but is one family; batch B03 had 150 cards. A unit
counts once for the project and once in each of its districts, so the districts may add up to more
than the project. A register that is absent or has no usable row gives no count: the number is
unknown, not zero.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import pandas as pd

from umid_research.analysis.implementation.evidence import district_of
from umid_research.analysis.meetings import SURVEY
from umid_research.clean import Cleaned
from umid_research.indicators.coverage import comparable_urls
from umid_research.study import Study
from umid_research.study.spelling import folded

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
    """A counting method.

    Attributes
    ----------
    registers : tuple of str
        The registers that must have usable rows; the rows to count are those of the first one.
    unit : str
        The column that tells units apart.
    where : mapping of str to tuple of str
        The values that a counted row has in a column.
    rows : function
        Prepares the rows where `where` is not enough.
    amount : str
        The column that is added up; blank counts each unit as 1.
    by : tuple of str
        The breakdowns that are possible; without one, a unit belongs to no district.
    people, proposals : bool
        Whether people or families are counted, so that small numbers are withheld; whether
        proposals are, so that a district is shown only if `privacy.origin` allows it.
    """

    registers: tuple[str, ...]
    unit: str
    where: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    rows: Callable[[Material], pd.DataFrame] | None = None
    amount: str = ""
    by: tuple[str, ...] = ("district",)
    people: bool = False
    proposals: bool = False


def count_units(material: Material, count: Count) -> pd.DataFrame | None:
    """Return the units that `count` counts; None if a register it needs has no usable row."""
    frames = [frame for name in count.registers if (frame := material.frame(name)) is not None]
    if len(frames) < len(count.registers) or any(frame.empty for frame in frames):
        return None
    rows = frames[0] if count.rows is None else count.rows(material)
    for column, values in count.where.items():
        rows = rows[rows[column].isin(values)]
    rows = rows[rows[count.unit].notna()]
    district: pd.Series | str = ""
    if count.by:
        places = district_of(material.study)
        district = rows["district"] if "district" in rows else rows["locality"].map(places)
    amount = rows[count.amount] if count.amount else 1
    sex = rows["sex"].map(_SEXES).fillna("") if "sex" in count.by else ""
    units = {"unit": rows[count.unit], "amount": amount, "district": district, "sex": sex}
    return pd.DataFrame(units).drop_duplicates(["unit", "district"])


def _people_interviewed(material: Material) -> pd.DataFrame:
    responses, sex = material.cleaned.responses, material.study.roles.sex
    return responses.assign(sex=responses.get(sex, ""))


def _meetings_held(material: Material) -> pd.DataFrame:
    meetings = material.registers[MEETINGS]
    return meetings[meetings["meeting"] != SURVEY]


def _posts(material: Material) -> pd.DataFrame:
    posts = material.registers["posts"]
    return posts.assign(url=comparable_urls(posts["url"]))


def _people_knowing_more(material: Material) -> pd.DataFrame:
    return material.learners[material.learners["knows_more"].astype(bool)]


def _terminals_installed(material: Material) -> pd.DataFrame:
    return material.registers["terminals"].dropna(subset="installed")


def _press(material: Material) -> pd.DataFrame:
    press = material.registers["press"]
    return press.assign(site=press["site"].map(folded))


def _proposals(material: Material) -> pd.DataFrame:
    return material.proposals


def _proposals_submitted(material: Material) -> pd.DataFrame:
    rows = material.proposals
    return rows[rows.groupby("entity")["submitted"].transform("count") > 0]


_BY_SEX_TOO = ("district", "sex")
COUNTS = {
    # 1.1: the survey
    "units_surveyed": Count((RESPONSES,), "unit"),
    "people_interviewed": Count(
        (RESPONSES,), "respondent", rows=_people_interviewed, by=_BY_SEX_TOO, people=True
    ),
    "meetings_held": Count((MEETINGS,), "meeting", rows=_meetings_held),
    "report_delivered": Count(("deliverables",), "deliverable_id", {"kind": ("report",)}, by=()),
    "presentation_delivered": Count(
        ("deliverables",), "deliverable_id", {"kind": ("presentation",)}, by=()
    ),
    # 1.2: pages and posts
    "municipality_pages": Count(("pages",), "locality", {"owner_type": ("municipality",)}),
    "cbo_pages": Count(("pages",), "locality", {"owner_type": ("cbo",)}),
    "pieces_of_information": Count(("posts",), "url", rows=_posts),
    # 2.1 and 2.2: consultations, cards, learners, families, terminals
    "consultations_held": Count(
        ("consultations",), "event_id", {"activity": ("2.1",), "mode": ONLINE}
    ),
    "cards_distributed": Count(("cards",), "batch_id", amount="copies"),
    "people_knowing_more": Count(
        ("consultations", "attendance", "tests"),
        "person",
        rows=_people_knowing_more,
        by=_BY_SEX_TOO,
        people=True,
    ),
    "egov_consultations": Count(
        ("consultations",), "locality", {"activity": ("2.2",), "mode": ONLINE}
    ),
    "families_paying_online": Count(("payments",), "family_id", people=True),
    "terminals_requested": Count(("terminals",), "request_id"),
    "terminals_approved": Count(("terminals",), "request_id", {"reply": ("approved",)}),
    "terminals_installed": Count(("terminals",), "request_id", rows=_terminals_installed),
    # 2.3: workshops, press, proposals, platforms
    "workshops_held": Count(("workshops",), "event_id", {"mode": ONLINE}, by=()),
    "press_sites": Count(("press",), "site", rows=_press, by=()),
    "proposals_collected": Count(("proposals",), "entity", rows=_proposals, proposals=True),
    "proposals_submitted": Count(
        ("proposals",), "entity", rows=_proposals_submitted, proposals=True
    ),
    "platforms": Count(("platforms",), "platform_id", by=()),
}
