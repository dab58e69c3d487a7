"""Numbers of people that stand in several frames of the activities, as sums over the same people.

    frame                 place  promised  district  sex  took_both  knows_more
    attrition                 0  False
    attrition                 4  False                               True
    activities_published     12  True                                True
    activities_published     13  False     quba                      True
    activities_published     16  False               f               True

For example, row 13 of `activities_published` counts those of Guba who know more; all of them are
among those of row 4 of `attrition`. So a number that is withheld in one frame may follow from
others. `disclosure.registers` audits them; this module only says what each number is the sum of.
"""

from dataclasses import dataclass
from itertools import product

import pandas as pd

from umid_research.analysis.implementation.evidence import district_of
from umid_research.indicators.breakdowns import FAMILIES, OTHER, PORTALS, portals_of
from umid_research.indicators.definitions import Definitions
from umid_research.indicators.knowledge import STEPS
from umid_research.indicators.schema import BILLS, SEXES
from umid_research.study import Study

# Where a person, or a family, is of several kinds, or of one that no frame counts.
_OTHER = ""


@dataclass(frozen=True)
class LinkedCounts:
    """Numbers in several frames that count the same people.

    Attributes
    ----------
    cells : DataFrame
        Every possible kind of person, in columns of keys, including kinds with nobody in them.
    numbers : Series
        How many people are of each kind.
    rows : DataFrame
        The numbers: frame, place (its row), promised (it is always shown), and for each key the
        value of those who are counted; missing where people of all values are.
    """

    cells: pd.DataFrame
    numbers: pd.Series
    rows: pd.DataFrame


def linked_counts(
    frames: dict[str, pd.DataFrame],
    attended: pd.DataFrame,
    payments: pd.DataFrame | None,
    definitions: Definitions,
    study: Study,
) -> tuple[LinkedCounts, ...]:
    """Return what links the numbers of people at consultations, and those of families.

    Parameters
    ----------
    frames : dict of DataFrame
        `activities_published`, `attrition`, `knowledge`, `events` and `breakdowns`.
    attended : DataFrame
        See `knowledge.Learning`.
    payments : DataFrame or None
        The register of payments, if it has usable rows.
    """
    found = []
    if len(attended):
        found.append(_of_learners(frames, attended, definitions, study))
    if payments is not None:
        found.append(_of_families(frames, payments, definitions, study))
    return tuple(found)


def _of_learners(
    frames: dict[str, pd.DataFrame], attended: pd.DataFrame, definitions: Definitions, study: Study
) -> LinkedCounts:
    """Return the counts of people at consultations: by step, event, district and sex."""
    keys = ["event", "district", "sex", *STEPS[1:]]
    # Only those who know more are counted by district and sex.
    people = attended.assign(
        **{key: attended[key].where(attended["knows_more"], _OTHER) for key in ("district", "sex")}
    )
    events = sorted(set(people["event"]))
    steps = [(*tests, all(tests), False) for tests in product((False, True), repeat=2)]
    possible = [(event, _OTHER, _OTHER, *taken) for event, taken in product(events, steps)]
    learned = people[people["knows_more"].astype(bool)]
    places = product(
        events,
        _values(learned["district"], tuple(study.districts)),
        _values(learned["sex"], SEXES),
    )
    possible += [(*place, True, True, True, True) for place in places]
    rows = [
        _row("attrition", row.Index, **({} if row.step == STEPS[0] else {row.step: True}))
        for row in frames["attrition"].itertuples()
    ]
    rows += [_row("knowledge", place, took_both=True) for place in frames["knowledge"].index[-1:]]
    rows += _of_indicators(frames, definitions, "people_knowing_more", study, knows_more=True)
    if _OTHER not in events:
        # Everybody attended one event, so the events add up to all.
        held = frames["events"][frames["events"]["event"].isin(events)]
        rows += [_row("events", row.Index, event=row.event) for row in held.itertuples()]
    return _linked(people, pd.DataFrame(possible, columns=keys), rows)


def _of_families(
    frames: dict[str, pd.DataFrame], payments: pd.DataFrame, definitions: Definitions, study: Study
) -> LinkedCounts:
    """Return the counts of families: by district, by kind of bill and by portal.

    If a family is in two districts, pays two kinds of bills or uses two portals, the numbers do not
    add up, and a reader can subtract nothing.
    """
    paid = payments.assign(
        district=payments["locality"].map(district_of(study)),
        portal=portals_of(payments["portal"], definitions) if definitions.portals else OTHER,
    )
    families = pd.DataFrame(index=pd.Index(paid["family_id"].unique()))
    for key in ("district", "bill", "portal"):
        own = paid.groupby("family_id")[key].unique()
        one_each = (own.map(len) == 1).all()
        families[key] = own.map(lambda values: values[0]) if one_each else _OTHER
    families = families.fillna(_OTHER)
    possible = product(
        _values(families["district"], tuple(study.districts)),
        _values(families["bill"], BILLS),
        _values(families["portal"], (*definitions.portals, OTHER)),
    )
    cells = pd.DataFrame(list(possible), columns=["district", "bill", "portal"])
    rows = _of_indicators(frames, definitions, "families_paying_online", study)
    if len(set(cells["district"])) == 1:
        rows = [row for row in rows if "district" not in row]
    for kind, key in ((FAMILIES, "bill"), (PORTALS, "portal")):
        if len(set(cells[key])) > 1:
            own = frames["breakdowns"][frames["breakdowns"]["kind"] == kind]
            rows += [_row("breakdowns", row.Index, **{key: row.key}) for row in own.itertuples()]
    return _linked(families, cells, rows)


def _values(given: pd.Series, named: tuple[str, ...]) -> list[str]:
    """Return the values that people may have: those with a name, if anybody has one, and others.

    That somebody has none counts as possible only if it occurs, as most readers would assume.
    """
    return [
        *(named if given.isin(named).any() else ()),
        *([_OTHER] if _OTHER in set(given) else []),
    ]


def _row(frame: str, place: object, *, promised: bool = False, **keys: object) -> dict[str, object]:
    return {"frame": frame, "place": place, "promised": promised, **keys}


def _of_indicators(
    frames: dict[str, pd.DataFrame],
    definitions: Definitions,
    method: str,
    study: Study,
    **keys: object,
) -> list[dict[str, object]]:
    """Return the rows of the indicators with a counting method: project, districts, sexes."""
    named = [name for name, one in definitions.indicators.items() if one.count == method]
    published = frames["activities_published"]
    return [
        _row(
            "activities_published",
            row.Index,
            promised=not (row.district or row.sex or study.thresholds.count),
            **keys,
            **({"district": row.district} if row.district else {}),
            **({"sex": row.sex} if row.sex else {}),
        )
        for row in published[published["indicator"].isin(named)].itertuples()
    ]


def _linked(
    people: pd.DataFrame, cells: pd.DataFrame, rows: list[dict[str, object]]
) -> LinkedCounts:
    sizes = people.groupby(list(cells)).size()
    numbers = sizes.reindex(pd.MultiIndex.from_frame(cells), fill_value=0).reset_index(drop=True)
    columns = ["frame", "place", "promised", *cells]
    return LinkedCounts(
        cells, numbers, pd.DataFrame(rows, columns=columns).astype({"promised": bool})
    )
