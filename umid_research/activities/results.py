"""Registers and the survey -> every frame of this room, each drawn where it is made.

| frame | one row is |
|---|---|
| `indicators`, `activities_published` | an indicator × project, district or sex; to be shown |
| `coverage` | a locality × category of information or kind of page |
| `events` | something that happened on a day |
| `knowledge`, `attrition` | a question of the test; how far people came |
| `proposals` | a distinct proposal, its texts masked |
| `terminals` | a payment terminal that was requested |
| `memberships` | a platform × district × kind of member |
| `activity_duplicates` | two rows that may be one, and what was decided |
| `activity_issues` | something wrong in a register, by file and row |
| `activity_registers` | a register there could be: rows read, kept, set aside |

All of them are without names; people are in none, but for the ids of attendance in
`activity_duplicates`, by which the field office finds the rows to decide about.
"""

import shutil
from dataclasses import dataclass, fields
from pathlib import Path

import pandas as pd

from umid_research.activities.counts import MEETINGS, Material
from umid_research.activities.coverage import cover, url_issues
from umid_research.activities.decisions import PAIR_COLUMNS, no_decisions
from umid_research.activities.definitions import FILE, Definitions
from umid_research.activities.events import list_events
from umid_research.activities.indicators import (
    NUMBERS,
    measure_indicators,
    no_explanations,
    no_indicators,
)
from umid_research.activities.knowledge import Learned, learn, no_learning
from umid_research.activities.people import KIND as PERSON
from umid_research.activities.people import People, no_attendance, unique_people
from umid_research.activities.proposals import KIND as PROPOSAL
from umid_research.activities.proposals import Proposals, distinct_proposals, no_rows
from umid_research.activities.published import no_published, publish_indicators
from umid_research.activities.registers import FOLDER, Registers
from umid_research.clean import Cleaned
from umid_research.frames import read_frame
from umid_research.implementation.evidence import district_of
from umid_research.spelling import folded
from umid_research.study import Study

DUPLICATE_COLUMNS = ("kind", *PAIR_COLUMNS)
TERMINAL_COLUMNS = (
    *("request", "locality", "district", "requested", "reply", "reply_date", "installed"),
)
MEMBERSHIP_COLUMNS = ("platform", "founded", "district", "member_type", "members")
# The kind of member that is a person rather than a body.
_PERSON = "entrepreneur"
_MEASURES = (*NUMBERS, "n", "before", "after", "change", "low", "high", "p", "p_adjusted")
_WHOLE = (
    *("pieces", "people", "municipalities", "mentions", "members", "similarity", "row"),
    *("read", "kept", "set_aside"),
)


@dataclass(frozen=True)
class Activities:
    """The frames of this room; see the module."""

    indicators: pd.DataFrame
    activities_published: pd.DataFrame
    coverage: pd.DataFrame
    events: pd.DataFrame
    knowledge: pd.DataFrame
    attrition: pd.DataFrame
    proposals: pd.DataFrame
    terminals: pd.DataFrame
    memberships: pd.DataFrame
    activity_duplicates: pd.DataFrame
    activity_issues: pd.DataFrame
    activity_registers: pd.DataFrame

    def frames(self) -> dict[str, pd.DataFrame]:
        """Name -> frame, as they are written; `indicators` first."""
        return {field.name: getattr(self, field.name) for field in fields(self)}


def count(
    registers: Registers,
    cleaned: Cleaned,
    meetings: pd.DataFrame | None,
    study: Study,
    *,
    draws: int = 99_999,
    seed: int,
) -> Activities:
    """Everything that the registers tell, beside the survey and its register of meetings.

    Without the folder of activities the frames have no rows.
    """
    usable = {name: frame for name, frame in registers.frames.items() if len(frame)}
    decisions = usable.get("decisions", no_decisions())
    people = unique_people(usable.get("attendance", no_attendance()), _about(decisions, PERSON))
    proposals = distinct_proposals(
        usable.get("proposals", no_rows(study)),
        _about(decisions, PROPOSAL),
        study,
        quoted=_quoted_with_group(meetings),
    )
    learned = _learned(usable, people, registers.definitions, study, draws=draws, seed=seed)
    indicators, published = no_indicators(), no_published()
    if registers.definitions is not None:
        held = usable if meetings is None else usable | {MEETINGS: meetings}
        material = Material(held, cleaned, learned.learners, proposals.rows, study)
        given = usable.get("explanations", no_explanations())
        indicators = measure_indicators(material, registers.definitions, given)
        published = publish_indicators(
            indicators, registers.definitions, study, unnamed=proposals.unnamed
        )
    issues = [registers.issues, learned.issues, people.resolved.issues, proposals.resolved.issues]
    if "posts" in usable:
        issues.append(url_issues(usable["posts"]))
    return Activities(
        indicators=indicators,
        activities_published=published,
        coverage=cover(usable.get("pages"), usable.get("posts"), study),
        events=list_events(usable, people, study),
        knowledge=learned.knowledge,
        attrition=learned.attrition,
        proposals=proposals.distinct,
        terminals=_terminals(usable, study),
        memberships=_memberships(usable, study),
        activity_duplicates=_duplicates(people, proposals),
        activity_issues=pd.concat(issues, ignore_index=True),
        activity_registers=registers.sizes,
    )


def keep_definitions(raw: Path, description: Path) -> bool:
    """Whether the study has activities; their definitions are then kept beside its description."""
    kept = description / FOLDER
    shutil.rmtree(kept, ignore_errors=True)
    source = Path(raw) / FOLDER / FILE
    if not source.is_file():
        return False
    kept.mkdir(parents=True)
    shutil.copyfile(source, kept / FILE)
    return True


def read_activities(folder: Path) -> Activities:
    """The frames as they were written to `folder`."""
    names = [field.name for field in fields(Activities)]
    frames = {name: read_frame(folder, name, numbers=(*_MEASURES, *_WHOLE)) for name in names}
    whole = {name: frame.columns.intersection(list(_WHOLE)) for name, frame in frames.items()}
    return Activities(
        **{n: frame.astype(dict.fromkeys(whole[n], "Int64")) for n, frame in frames.items()}
    )


def _about(decisions: pd.DataFrame, kind: str) -> pd.DataFrame:
    return decisions[decisions["kind"] == kind]


def _learned(
    usable: dict[str, pd.DataFrame],
    people: People,
    definitions: Definitions | None,
    study: Study,
    *,
    draws: int,
    seed: int,
) -> Learned:
    if definitions is None or not {"consultations", "attendance", "tests"} <= usable.keys():
        return no_learning()
    tests, held = usable["tests"], usable["consultations"]
    return learn(tests, people, held, definitions, study, draws=draws, seed=seed)


def _terminals(usable: dict[str, pd.DataFrame], study: Study) -> pd.DataFrame:
    """The frame `terminals`: request, where, and the days of its request, reply, installation."""
    if "terminals" not in usable:
        return pd.DataFrame(columns=list(TERMINAL_COLUMNS))
    rows = usable["terminals"].rename(columns={"request_id": "request"})
    rows = rows.assign(district=rows["locality"].map(district_of(study)))
    return rows.sort_values(["requested", "request"], ignore_index=True)[list(TERMINAL_COLUMNS)]


def _quoted_with_group(meetings: pd.DataFrame | None) -> frozenset[str]:
    """The texts, folded, that may be quoted with the group of who said them."""
    if meetings is None:
        return frozenset()
    quoted = meetings.loc[meetings["quote"] == "group", "text"]
    return frozenset(quoted.map(folded)) - {""}


def _memberships(usable: dict[str, pd.DataFrame], study: Study) -> pd.DataFrame:
    """The frame `memberships`: how many bodies of each kind a platform has in each district.

    An entrepreneur is a person. Where a platform has fewer of them than the study's threshold, they
    are counted among its other bodies.
    """
    if "platforms" not in usable:
        return pd.DataFrame(columns=list(MEMBERSHIP_COLUMNS))
    rows = usable["platforms"].rename(columns={"platform_id": "platform"})
    founded = rows.groupby("platform")["founded"].min()
    people = rows["member_type"] == _PERSON
    of_platform = people.groupby(rows["platform"]).transform("sum")
    few = people & (of_platform < study.thresholds.answers)
    rows = rows.assign(member_type=rows["member_type"].mask(few, "other"))
    grouped = rows.groupby(["platform", "district", "member_type"], sort=False)
    members = grouped["member"].nunique().rename("members").reset_index()
    return members.assign(founded=members["platform"].map(founded))[list(MEMBERSHIP_COLUMNS)]


def _duplicates(people: People, proposals: Proposals) -> pd.DataFrame:
    """The frame `activity_duplicates`: kind, and the columns of `decisions`."""
    kinds = {PERSON: people.resolved, PROPOSAL: proposals.resolved}
    parts = [resolved.pairs.assign(kind=kind) for kind, resolved in kinds.items()]
    return pd.concat(parts, ignore_index=True)[list(DUPLICATE_COLUMNS)]
