"""A handmade report on activities: two districts, four localities, one row of every kind.

Each published number occurs once, so that a test can look for it in a figure or table.
"""

from dataclasses import fields
from typing import Any

import pandas as pd
from small_report import small_report

from umid_research.indicators.definitions import Definitions
from umid_research.indicators.frames import SCHEMAS
from umid_research.messages import Messages
from umid_research.report.activity_report import FILES, ActivityReport, in_points
from umid_research.study import Study

_AZ = {"North": "Şimal", "South": "Cənub", "Office": "İdarə", "Clubs": "Klublar"}


def _words(english: str) -> dict[str, str]:
    return {"en": english, "az": _AZ.get(english, f"{english} (az)")}


def _sheet(activity: str, count: str, name: str, **more: Any) -> dict[str, Any]:
    texts = ("definition", "unit", "source", "method", "frequency", "responsible")
    entry = {text: _words(f"{text} of {name}") for text in texts}
    return {"activity": activity, "count": count, "name": _words(name), **entry, **more}


_BOTH = ["district", "sex"]
_SHEETS = {
    "units": _sheet("1.1", "units_surveyed", "Units asked", target=44, by=["district"]),
    "pieces": _sheet(
        "1.2",
        "pieces_of_information",
        "Pieces posted",
        target=50,
        by=["district"],
        limitations=_words("Nobody looked again"),
    ),
    "held": _sheet("2.1", "consultations_held", "Consultations held", target=8, each=2),
    "more": _sheet(
        "2.1", "people_knowing_more", "People who know more", target=[200, 300], by=_BOTH
    ),
    "terminals": _sheet(
        "2.2",
        "terminals_requested",
        "Terminals asked for",
        target=2,
        published={"actual": 71, "source": "somewhere/564", "note": _words("At least")},
    ),
    "press": _sheet("2.3", "press_sites", "Sites"),
    "workshops": _sheet("2.3", "workshops_held", "Workshops", target=2),
}
DEFINITIONS = {
    "period": {"start": "2022-03-02", "end": "2022-07-31"},
    "activities": {
        key: {"name": _words(f"Activity {key}")} for key in ("1.1", "1.2", "2.1", "2.2", "2.3")
    },
    "indicators": _SHEETS,
    "portals": {"gate": _words("The Gate"), "shop": _words("A shop")},
    "questions": {
        "q1": {
            "text": _words("How often must they report?"),
            "choices": {"a": _words("Every year"), "b": _words("Never")},
            "right": "a",
        },
        "q2": {
            "text": _words("Who may ask?"),
            "choices": {"a": _words("Nobody"), "b": _words("Everybody")},
            "right": "b",
        },
    },
    "knowledge": {"definition": _words("One more right than before")},
}


def _row(key: str, status: str, **more: Any) -> dict[str, Any]:
    return {
        "activity": _SHEETS[key]["activity"],
        "indicator": key,
        "district": "",
        "sex": "",
        "baseline": 0,
        "explanation": "",
        "explanation_en": "",
        "shown": True,
        "status": status,
        **more,
    }


def _part(key: str, **more: Any) -> dict[str, Any]:
    return _row(key, "no_target", **more)


INDICATORS = [
    _row("units", "met", target=44, actual=44, achieved=1, deviation=0),
    _part("units", district="north", actual=23),
    _part("units", district="south", actual=21),
    _row(
        "pieces",
        "exceeded",
        target=50,
        actual=61,
        achieved=1.22,
        deviation=22,
        explanation="Two places posted daily.",
    ),
    _part("pieces", district="north", actual=37),
    _part("pieces", district="south", actual=24),
    _row("held", "below", target=8, actual=6, achieved=0.75, deviation=-25, explanation="missing"),
    _row(
        "more", "nearly_met", target=200, target_high=300, actual=186, achieved=0.93, deviation=-7
    ),
    _part("more", district="north", shown=False),
    _part("more", district="south", shown=False),
    _part("more", sex="f", actual=87),
    _part("more", sex="m", actual=99),
    _row("terminals", "exceeded", target=2, actual=3, achieved=1.5, deviation=50, explanation="x"),
    _row("press", "no_target", actual=5),
    _row("workshops", "no_data", target=2),
]


def _event(day: str, activity: str, kind: str, event: str, place: str = "", **more: Any) -> dict:
    district = {"n": "north", "s": "south"}.get(place[:1], "")
    entry = {"date": day, "activity": activity, "kind": kind, "event": event, "locality": place}
    return {**entry, "district": district, "mode": "online", "people": None, "shown": True, **more}


EVENTS = [
    _event("2022-03-12", "1.2", "page", "G1", "n1", mode=""),
    _event("2022-04-04", "2.1", "consultation", "C1", "n1", people=11),
    _event("2022-04-05", "2.1", "consultation", "C2", "n1", people=12),
    _event("2022-04-05", "2.1", "consultation", "C3", "n2"),
    _event("2022-05-11", "2.1", "consultation", "C4", "n2", mode="in_person"),
    _event("2022-05-12", "2.1", "consultation", "C5", "s1"),
    _event("2022-06-12", "2.1", "consultation", "C6", "s1"),
    _event("2022-06-13", "2.1", "consultation", "C7", "s2"),
    _event("2022-04-20", "2.2", "terminal", "T1", "n1", mode=""),
    _event("2022-05-20", "2.2", "terminal", "T2", "s1", mode=""),
    _event("2022-06-25", "2.2", "terminal", "T3", "s2", mode=""),
    _event("2022-07-27", "2.3", "platform", "PL1", mode=""),
]
CATEGORIES = ("recruitment", "budget_execution", "other", "page:municipality", "page:cbo")
_PIECES = {
    "n1": (14, 4, 0, 1, 1),
    "n2": (0, 19, 0, 1, 0),
    "s1": (0, 2, 8, 0, 1),
    "s2": (0, 5, 9, 1, 1),
}
COVERAGE = [
    {
        "locality": place,
        "district": {"n": "north", "s": "south"}[place[0]],
        "category": category,
        "pieces": pieces,
    }
    for place, numbers in _PIECES.items()
    for category, pieces in zip(CATEGORIES, numbers, strict=True)
]
_CLEAR = {"p": 0.001, "p_adjusted": 0.002, "municipalities": 4, "shown": True}
_SHARES = {
    "q1": {"before": 41.1, "after": 71.5, "change": 30.5, "low": 24.2, "high": 37.1},
    "q2": {"before": 55.4, "after": 52.6, "change": -2.8, "low": -9.3, "high": 4.9},
    "": {"before": 48.2, "after": 62.1, "change": 13.9, "low": 8.2, "high": 18.7},
}
_RISEN = {"p_adjusted": 0.002, "verdict": "higher"}
_UNCLEAR = {"p_adjusted": 0.6, "verdict": "unclear"}
KNOWLEDGE = [
    {"question": key, "n": 151, **shares, **_CLEAR, **(_UNCLEAR if key == "q2" else _RISEN)}
    for key, shares in _SHARES.items()
]
ATTRITION = [
    {"step": step, "people": people, "shown": True}
    for step, people in (
        ("attended", 262),
        ("took_before", 233),
        ("took_after", 172),
        ("took_both", 151),
        ("knows_more", 118),
    )
]


def _proposal(key: str, area: str, addressee: str, text: str, **more: Any) -> dict[str, Any]:
    entry = {"proposal": key, "mentions": 1, "district": "north", "area": area}
    entry |= {"addressee": addressee, "measure": "", "dimension": "trust"}
    entry |= {"text_masked": text, "language": "az", "text_en": "", "text_az": text}
    return {**entry, "submitted": None, "reply": "", "reply_date": None, **more}


PROPOSALS = [
    _proposal(
        "P01",
        "money",
        "municipality",
        "Büdcəni lövhədə asın",
        text_en="Hang the budget on the board",
        mentions=3,
        district="north south",
        measure="M2",
        submitted="2022-06-30",
        reply="accepted",
        reply_date="2022-07-20",
    ),
    _proposal("P02", "money", "other", "Hesabatı dərc edin", submitted="2022-06-28"),
    _proposal("P03", "services", "ministry", "Portal açılmır <b>!</b>", district="south"),
]
_ASKED = ("request", "locality", "district", "requested", "reply", "reply_date", "installed")
TERMINALS = [
    dict(zip(_ASKED, row, strict=True))
    for row in (
        ("T1", "n1", "north", "2022-04-20", "approved", "2022-05-30", "2022-07-10"),
        ("T2", "s1", "south", "2022-05-20", "approved", None, None),
        ("T3", "s2", "south", "2022-06-25", "", None, None),
    )
]
_PLATFORM = {"platform": "PL1", "founded": "2022-07-27"}
MEMBERSHIPS = [
    {**_PLATFORM, "district": "north", "member_type": "ngo", "members": 2},
    {**_PLATFORM, "district": "south", "member_type": "other", "members": 4},
]
REGISTERS = [
    {"register": "pages", "read": 9, "kept": 7, "set_aside": 2},
    {"register": "posts", "read": 64, "kept": 61, "set_aside": 3},
    {"register": "consultations", "read": 7, "kept": 7, "set_aside": 0},
    {"register": "terminals", "read": 3, "kept": 3, "set_aside": 0},
    {"register": "proposals", "read": 5, "kept": 5, "set_aside": 0},
    {"register": "workshops", "read": None, "kept": None, "set_aside": None},
]
ISSUES = [
    {"file": "posts.csv", "rule": "unknown_locality", "action": "set aside", "times": 3},
    {"file": "pages.csv", "rule": "screenshot_absent", "action": "blanked", "times": 2},
]
DUPLICATES = [
    {"kind": "person", "decision": "same", "times": 13},
    {"kind": "person", "decision": "different", "times": 4},
    {"kind": "person", "decision": "", "times": 6},
    {"kind": "proposal", "decision": "same", "times": 2},
]
_CARDS = {"ngo": (31, 33), "entity": (0, 34), "school": (35, 36), "gathering_place": (38, 0)}
BREAKDOWNS = [
    {"kind": "cards", "key": key, "district": district, "number": number, "shown": True}
    for key, numbers in _CARDS.items()
    for district, number in zip(("north", "south"), numbers, strict=True)
] + [
    {"kind": "families", "key": key, "district": "", "number": number, "shown": number is not None}
    for key, number in (("utilities", 27), ("internet", None), ("telephone", 29), ("fine", None))
]
BREAKDOWNS += [
    {"kind": kind, "key": key, "district": "", "number": number, "shown": number is not None}
    for kind, key, number in (
        ("portals", "gate", 21),
        ("portals", "other", None),
        ("participants", "ngo", 6),
        ("participants", "other", None),
    )
]
# A red PNG of one pixel.
_RED = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4z8AAAAMBAQDJ/pLvAAAAAElFTkSuQmCC"
)
GALLERY = [
    {
        "post": post,
        "date": pd.Timestamp(day),
        "locality": place,
        "district": district,
        "category": "recruitment",
        "picture": _RED,
    }
    for post, day, place, district in (
        ("B2", "2022-05-02", "n1", "north"),
        ("B1", "2022-05-01", "s1", "south"),
    )
]
PRESS = [
    {
        "press": "R1",
        "date": pd.Timestamp("2022-07-02"),
        "event": "W1",
        "link": "https://example.org/1?a=1&b=2",
        "shown": True,
    },
    {
        "press": "R2",
        "date": pd.Timestamp("2022-07-03"),
        "event": "W1",
        "link": "",
        "shown": False,
    },
]
_FRAMES = {
    "indicators": INDICATORS,
    "coverage": COVERAGE,
    "events": EVENTS,
    "knowledge": KNOWLEDGE,
    "attrition": ATTRITION,
    "breakdowns": BREAKDOWNS,
    "gallery": GALLERY,
    "press": PRESS,
    "proposals": PROPOSALS,
    "terminals": TERMINALS,
    "memberships": MEMBERSHIPS,
    "registers": REGISTERS,
    "issues": ISSUES,
    "duplicates": DUPLICATES,
}
_AREAS = {"services": "Services", "money": "Money"}


def small_activity_report(
    language: str = "en", *, provenance: str = "simulated", **changed: list[dict]
) -> ActivityReport:
    """Return the report; `changed` replaces the rows of frames, with the same columns."""
    survey = small_report(provenance=provenance)
    frames = {name: _frame(name, changed.get(name, rows)) for name, rows in _FRAMES.items()}
    given = {field.name: getattr(survey, field.name) for field in fields(survey)}
    given |= {
        "notebook": "06-activities",
        "study": _in_two_languages(survey.study),
        "text": Messages(language),
    }
    return ActivityReport(
        **given, definitions=Definitions.model_validate(DEFINITIONS), frames=frames
    )


def _frame(name: str, rows: list[dict]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=list(_all_columns(name)))
    if name in ("issues", "duplicates"):  # a report has their counts
        return frame
    own = {
        column: frame[column] for column in frame if column.startswith(("explanation_", "text_"))
    }
    frame = SCHEMAS[FILES[name]].of(frame).assign(**own)
    return in_points(frame) if name == "knowledge" else frame


def _all_columns(name: str) -> dict[str, None]:
    return dict.fromkeys(column for row in _FRAMES[name] for column in row)


def _in_two_languages(study: Study) -> Study:
    content = study.model_dump(mode="json")
    for key, place in (("north", "n"), ("south", "s")):
        content["districts"][key]["localities"] = [f"{place}1", f"{place}2"]
    content["areas"] = {key: {"name": _words(name)} for key, name in _AREAS.items()}
    for table in ("districts", "groups", "dimensions"):
        for entry in content[table].values():
            entry["name"] = _words(entry["name"]["en"])
    for name in ("sponsor", "conducted_by", "recruitment"):
        content["field_work"][name] = _words(content["field_work"][name]["en"])
    content |= {"title": _words("A small study"), "languages": ["en", "az"]}
    return Study.model_validate(content)
