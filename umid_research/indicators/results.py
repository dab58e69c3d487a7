"""Compute all frames of the activities; each is described in the module that makes it.

| frame | one row is |
|---|---|
| `indicators` | an indicator × project, district or sex |
| `activities_published` | the same, with small numbers withheld |
| `coverage` | a locality × category of information or kind of page |
| `events` | an event on a day |
| `knowledge` | a question of the test |
| `gallery` | a post with its picture, of at most 12 places |
| `press` | a press item, with its link where it may be shown |
| `breakdowns` | a kind of place × district with cards; a kind of bill, a portal, a kind of body |
| `attrition` | a step: attended, took the tests, knows more |
| `proposals` | a distinct proposal, its texts masked |
| `terminals` | a requested payment terminal |
| `memberships` | a platform × district × kind of member |
| `activity_duplicates` | two rows that may be the same, and the decision |
| `activity_issues` | a problem in a register, with file and row |
| `activity_registers` | a possible register: rows read, kept, set aside |

No frame has names or rows per person. Only `activity_duplicates` has attendance ids, with which the
field office finds the rows to decide about.
"""

import shutil
from dataclasses import dataclass, fields, replace
from pathlib import Path

import pandas as pd

from umid_research.analysis.implementation.evidence import district_of
from umid_research.clean import Cleaned
from umid_research.indicators.breakdowns import count_breakdowns
from umid_research.indicators.checking import empty_register
from umid_research.indicators.columns import Known
from umid_research.indicators.counts import MEETINGS, Material
from umid_research.indicators.coverage import count_coverage, url_issues
from umid_research.indicators.decisions import PAIR_COLUMNS
from umid_research.indicators.definitions import FILE, Definitions
from umid_research.indicators.events import list_events
from umid_research.indicators.indicators import COLUMNS, measure_indicators
from umid_research.indicators.knowledge import Learning, measure_learning, no_learning
from umid_research.indicators.linked_counts import LinkedCounts, linked_counts
from umid_research.indicators.people import KIND as PERSON
from umid_research.indicators.people import People, unique_people
from umid_research.indicators.proposals import KIND as PROPOSAL
from umid_research.indicators.proposals import Proposals, distinct_proposals
from umid_research.indicators.public_pieces import choose_links, choose_pictures
from umid_research.indicators.published import publish_indicators
from umid_research.indicators.registers import FOLDER, Registers
from umid_research.indicators.schema import schemas
from umid_research.study import Study
from umid_research.study.spelling import folded

DUPLICATE_COLUMNS = ("kind", *PAIR_COLUMNS)
TERMINAL_COLUMNS = (
    *("request", "locality", "district", "requested", "reply", "reply_date", "installed"),
)
MEMBERSHIP_COLUMNS = ("platform", "founded", "district", "member_type", "members")
# The only kind of member that is a person; all others are organisations.
_PERSON = "entrepreneur"


@dataclass(frozen=True)
class Activities:
    """All frames of the activities; see the module.

    `linked` says which numbers of people count the same people; it is not written.
    """

    indicators: pd.DataFrame
    activities_published: pd.DataFrame
    coverage: pd.DataFrame
    events: pd.DataFrame
    knowledge: pd.DataFrame
    attrition: pd.DataFrame
    gallery: pd.DataFrame
    press: pd.DataFrame
    breakdowns: pd.DataFrame
    proposals: pd.DataFrame
    terminals: pd.DataFrame
    memberships: pd.DataFrame
    activity_duplicates: pd.DataFrame
    activity_issues: pd.DataFrame
    activity_registers: pd.DataFrame
    linked: tuple[LinkedCounts, ...] = ()

    def frames(self) -> dict[str, pd.DataFrame]:
        """Return the frames by name, in the order in which they are written."""
        names = (field.name for field in fields(self) if field.name != "linked")
        return {name: getattr(self, name) for name in names}


def count(
    registers: Registers,
    cleaned: Cleaned,
    meetings: pd.DataFrame | None,
    study: Study,
    *,
    draws: int = 99_999,
    seed: int,
) -> Activities:
    """Return all frames of the activities; without the folder `activities` they have no rows.

    Such a study has the frame `indicators` with its columns, and the others have none.

    Parameters
    ----------
    registers : Registers
        The registers of the activities.
    cleaned : Cleaned
        The survey, for the indicators of activity 1.1.
    meetings : DataFrame or None
        The usable rows of the register of meetings, if there is one.
    draws, seed : int
        Number of random sign flips for the knowledge test, and their seed.
    """
    definitions = registers.definitions
    if definitions is None:
        nothing = {field.name: pd.DataFrame() for field in fields(Activities)}
        indicators = pd.DataFrame(columns=list(COLUMNS))
        return Activities(**{**nothing, "indicators": indicators, "linked": ()})
    plan = schemas(study, definitions, Known())
    usable = {name: frame for name, frame in registers.frames.items() if len(frame)}
    rows = {name: empty_register(schema) for name, schema in plan.items()} | usable
    people = unique_people(rows["attendance"], _about(rows["decisions"], PERSON))
    proposals = distinct_proposals(
        rows["proposals"],
        _about(rows["decisions"], PROPOSAL),
        study,
        quoted=_quoted_with_group(meetings),
    )
    learning = _learning(usable, people, definitions, study, draws=draws, seed=seed)
    gallery, pictures = choose_pictures(rows["posts"], registers.folder, study)
    press, links = choose_links(rows["press"], study)
    held = usable if meetings is None else usable | {MEETINGS: meetings}
    material = Material(held, cleaned, learning.learners, proposals.rows, study)
    indicators = measure_indicators(material, definitions, rows["explanations"])
    issues = [
        *(registers.issues, learning.issues, people.resolved.issues, proposals.resolved.issues),
        url_issues(rows["posts"]),
        pictures,
        links,
    ]
    found = Activities(
        indicators=indicators,
        activities_published=publish_indicators(
            indicators, definitions, study, unnamed=proposals.unnamed
        ),
        coverage=count_coverage(usable.get("pages"), usable.get("posts"), study),
        events=list_events(usable, people, study),
        knowledge=learning.knowledge,
        attrition=learning.attrition,
        gallery=gallery,
        press=press,
        breakdowns=count_breakdowns(usable, people, definitions, study),
        proposals=proposals.distinct,
        terminals=_terminals(rows["terminals"], study),
        memberships=_memberships(rows["platforms"], study),
        activity_duplicates=_duplicates(people, proposals),
        activity_issues=pd.concat(issues, ignore_index=True),
        activity_registers=registers.sizes,
    )
    linked = linked_counts(
        found.frames(), learning.attended, usable.get("payments"), definitions, study
    )
    return replace(found, linked=linked)


def keep_definitions(raw: Path, description: Path) -> bool:
    """Copy indicators.toml to the folder `description`; return whether the study has activities."""
    kept = description / FOLDER
    shutil.rmtree(kept, ignore_errors=True)
    source = Path(raw) / FOLDER / FILE
    if not source.is_file():
        return False
    kept.mkdir(parents=True)
    shutil.copyfile(source, kept / FILE)
    return True


def _about(decisions: pd.DataFrame, kind: str) -> pd.DataFrame:
    return decisions[decisions["kind"] == kind]


def _learning(
    usable: dict[str, pd.DataFrame],
    people: People,
    definitions: Definitions,
    study: Study,
    *,
    draws: int,
    seed: int,
) -> Learning:
    if not {"consultations", "attendance", "tests"} <= usable.keys():
        return no_learning()
    tests, held = usable["tests"], usable["consultations"]
    return measure_learning(tests, people, held, definitions, study, draws=draws, seed=seed)


def _terminals(rows: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Return the frame `terminals`: request, place, and dates of request, reply, installation."""
    rows = rows.rename(columns={"request_id": "request"}).assign(
        district=rows["locality"].map(district_of(study))
    )
    return rows.sort_values(["requested", "request"], ignore_index=True)[list(TERMINAL_COLUMNS)]


def _quoted_with_group(meetings: pd.DataFrame | None) -> frozenset[str]:
    """Return the folded texts that a report may quote with the group, and their translations."""
    if meetings is None:
        return frozenset()
    texts = meetings[meetings["quote"] == "group"].filter(regex="^text(_|$)")
    return frozenset(folded(text) for column in texts for text in texts[column].fillna("")) - {""}


def _memberships(rows: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Return the frame `memberships`: the members of each platform by district and kind.

    An entrepreneur is a person. If a platform has fewer of them than the study's threshold, or a
    district of it fewer than the study's limit on counts, they are counted as `other`, so that no
    small number of people is published.
    """
    rows = rows.rename(columns={"platform_id": "platform"})
    is_person = rows["member_type"] == _PERSON
    few = is_person.groupby(rows["platform"]).transform("sum") < study.thresholds.answers
    in_district = is_person.groupby([rows["platform"], rows["district"]]).transform("sum")
    small = in_district.between(1, study.thresholds.count - 1)
    few |= small.groupby(rows["platform"]).transform("any")
    rows = rows.assign(
        member_type=rows["member_type"].mask(is_person & few, "other"),
        founded=rows.groupby("platform")["founded"].transform("min"),
    )
    keys = ["platform", "founded", "district", "member_type"]
    members = rows.groupby(keys, sort=False)["member"].nunique().rename("members")
    return members.reset_index()[list(MEMBERSHIP_COLUMNS)]


def _duplicates(people: People, proposals: Proposals) -> pd.DataFrame:
    """Return the frame `activity_duplicates`: the kind, and the pairs of `decisions.resolve`."""
    kinds = {PERSON: people.resolved, PROPOSAL: proposals.resolved}
    parts = [resolved.pairs.assign(kind=kind) for kind, resolved in kinds.items()]
    return pd.concat(parts, ignore_index=True)[list(DUPLICATE_COLUMNS)]
