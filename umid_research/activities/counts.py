"""What is counted, each way of counting a function -> the counted things, a row a thing and place:

    unit  amount  district  sex
    F07        1  quba
    F07        1  sabran
    B03      150  quba

read aloud: family F07 paid in two districts, and is one family; batch B03 had 150 cards. A thing
counts once for the project and once in each district it is in, so that districts may add up to
more than the project.

A register that is absent, or has no row that can be used, gives no count at all: nothing is known,
which is not nought.
"""

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from umid_research.activities.coverage import addresses
from umid_research.clean import Cleaned
from umid_research.implementation.evidence import district_of
from umid_research.meetings import SURVEY
from umid_research.spelling import folded
from umid_research.study import Study

COLUMNS = ("unit", "amount", "district", "sex")
RESPONSES, MEETINGS = "responses", "meetings"
# Whoever could take part from afar took part online.
ONLINE = ("online", "hybrid")
_SEXES = {"f": "f", "female": "f", "m": "m", "male": "m"}


@dataclass(frozen=True)
class Material:
    """What there is to count: registers by name, the survey, who learned, and what was proposed.

    `registers` are those with a row that can be used; `proposals` has the number of the `one` that
    each row belongs to.
    """

    registers: dict[str, pd.DataFrame]
    cleaned: Cleaned
    learners: pd.DataFrame
    proposals: pd.DataFrame
    study: Study

    def frame(self, name: str) -> pd.DataFrame | None:
        """The rows of a register, of the register of meetings, or of the survey's responses."""
        if name == RESPONSES:
            return self.cleaned.responses
        return self.registers.get(name)


@dataclass(frozen=True)
class Count:
    """A way of counting: from which registers, how, by what the things can be told apart.

    `people` says that people or families are counted, of whom small numbers are not shown;
    `proposals` that what people proposed is, whose district is named by the rule for texts.
    """

    registers: tuple[str, ...]
    of: Callable[[Material], pd.DataFrame]
    by: tuple[str, ...] = ("district",)
    people: bool = False
    proposals: bool = False


def counted(material: Material, count: Count) -> pd.DataFrame | None:
    """The counted things; None where a register has no row that can be used."""
    frames = [material.frame(name) for name in count.registers]
    if any(frame is None or frame.empty for frame in frames):
        return None
    return count.of(material)


def _things(
    rows: pd.DataFrame, unit: str, material: Material, amount: pd.Series | int = 1
) -> pd.DataFrame:
    """Each thing once in each place."""
    rows = rows[rows[unit].notna()]
    places = district_of(material.study)
    district = rows["district"] if "district" in rows else rows["locality"].map(places)
    things = pd.DataFrame({"unit": rows[unit], "amount": amount, "district": district})
    sex = rows["sex"].map(_SEXES).fillna("") if "sex" in rows else ""
    return things.assign(sex=sex).drop_duplicates(["unit", "district"])


def _everywhere(rows: pd.DataFrame, unit: pd.Series) -> pd.DataFrame:
    """Things that belong to the project and to no district."""
    things = pd.DataFrame({"unit": unit, "amount": 1, "district": "", "sex": ""})
    return things.loc[rows.index].drop_duplicates("unit")


# --- 1.1: the survey ----------------------------------------------------------------------------


def _units_surveyed(material: Material) -> pd.DataFrame:
    responses = material.cleaned.responses.drop(columns="sex", errors="ignore")
    return _things(responses, "unit", material)


def _people_interviewed(material: Material) -> pd.DataFrame:
    responses, sex = material.cleaned.responses, material.study.roles.sex
    told = responses[sex] if sex in responses else pd.Series("", index=responses.index)
    return _things(responses.assign(sex=told), "respondent", material)


def _meetings_held(material: Material) -> pd.DataFrame:
    meetings = material.registers[MEETINGS]
    return _things(meetings[meetings["meeting"] != SURVEY], "meeting", material)


def _delivered(kind: str) -> Callable[[Material], pd.DataFrame]:
    def of(material: Material) -> pd.DataFrame:
        rows = material.registers["deliverables"]
        rows = rows[rows["kind"] == kind]
        return _everywhere(rows, rows["deliverable_id"])

    return of


# --- 1.2: pages and pieces ----------------------------------------------------------------------


def _localities_with_page(owner: str) -> Callable[[Material], pd.DataFrame]:
    def of(material: Material) -> pd.DataFrame:
        pages = material.registers["pages"]
        return _things(pages[pages["owner_type"] == owner], "locality", material)

    return of


def _pieces_of_information(material: Material) -> pd.DataFrame:
    posts = material.registers["posts"]
    return _things(posts.assign(url=addresses(posts["url"])), "url", material)


# --- 2.1 and 2.2: consultations, cards, learners, families, terminals -----------------------------


def _consultations(activity: str, unit: str) -> Callable[[Material], pd.DataFrame]:
    def of(material: Material) -> pd.DataFrame:
        rows = material.registers["consultations"]
        held = (rows["activity"] == activity) & rows["mode"].isin(ONLINE)
        return _things(rows[held], unit, material)

    return of


def _cards_distributed(material: Material) -> pd.DataFrame:
    cards = material.registers["cards"]
    return _things(cards, "batch_id", material, amount=cards["copies"])


def _people_knowing_more(material: Material) -> pd.DataFrame:
    more = material.learners["knows_more"].astype(bool)
    return _things(material.learners[more], "person", material)


def _families_paying(material: Material) -> pd.DataFrame:
    payments = material.registers["payments"].drop(columns="sex", errors="ignore")
    return _things(payments, "family_id", material)


def _terminals(column: str) -> Callable[[Material], pd.DataFrame]:
    def of(material: Material) -> pd.DataFrame:
        rows = material.registers["terminals"]
        reached = {
            "requested": rows["requested"].notna(),
            "approved": rows["reply"] == "approved",
            "installed": rows["installed"].notna(),
        }
        return _things(rows[reached[column]], "request_id", material)

    return of


# --- 2.3: workshops, press, proposals, platforms --------------------------------------------------


def _workshops_held(material: Material) -> pd.DataFrame:
    rows = material.registers["workshops"]
    rows = rows[rows["mode"].isin(ONLINE)]
    return _everywhere(rows, rows["event_id"])


def _press_sites(material: Material) -> pd.DataFrame:
    press = material.registers["press"]
    return _everywhere(press, press["site"].map(folded))


def _proposals(*, submitted: bool) -> Callable[[Material], pd.DataFrame]:
    def of(material: Material) -> pd.DataFrame:
        rows = material.proposals
        sent = rows.groupby("one")["submitted"].transform("count") > 0
        return _things(rows[sent] if submitted else rows, "one", material)

    return of


def _platforms(material: Material) -> pd.DataFrame:
    rows = material.registers["platforms"]
    return _everywhere(rows, rows["platform_id"])


_EVERYBODY = ("district", "sex")
COUNTS: dict[str, Count] = {
    "units_surveyed": Count((RESPONSES,), _units_surveyed),
    "people_interviewed": Count((RESPONSES,), _people_interviewed, _EVERYBODY, people=True),
    "meetings_held": Count((MEETINGS,), _meetings_held),
    "report_delivered": Count(("deliverables",), _delivered("report"), ()),
    "presentation_delivered": Count(("deliverables",), _delivered("presentation"), ()),
    "municipality_pages": Count(("pages",), _localities_with_page("municipality")),
    "cbo_pages": Count(("pages",), _localities_with_page("cbo")),
    "pieces_of_information": Count(("posts",), _pieces_of_information),
    "consultations_held": Count(("consultations",), _consultations("2.1", "event_id")),
    "cards_distributed": Count(("cards",), _cards_distributed),
    "people_knowing_more": Count(
        ("consultations", "attendance", "tests"), _people_knowing_more, _EVERYBODY, people=True
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
