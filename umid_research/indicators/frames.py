"""The frames of the activities: the columns, types and keys of each, declared once.

    indicator      district  sex  target  actual  achieved  status    shown
    units_surveyed                44      44      1.0       met       True
    units_surveyed quba                   15                no_target True

For example, 15 of the 44 units are in Guba; only the whole project has a target. A text for which
there is no value is "". A frame with texts of the study has a column per language of them.
"""

from umid_research.analysis.verdicts import Reason, Verdict
from umid_research.frames import Schema, code, date, flag, number, text, whole

_SHEET = {
    "activity": text(),
    "indicator": text(),
    "district": text(default=""),
    "sex": text(default=""),
    "unit": text(default=""),
    "baseline": number(blank=True),
    "target": number(blank=True),
    "target_high": number(blank=True),
    "actual": number(blank=True),
    "achieved": number(blank=True),
    "status": text(default=""),
    "source": text(default=""),
    "deviation": number(blank=True),
    "explanation": text(default=""),
    "explanation_.*": text(default="", regex=True, required=False),
}
INDICATORS = Schema("indicators", _SHEET, key=("indicator", "district", "sex"))
PUBLISHED = Schema(
    "activities_published", {**_SHEET, "shown": flag()}, key=("indicator", "district", "sex")
)
COVERAGE = Schema(
    "coverage",
    {"locality": text(), "district": text(), "category": text(), "pieces": whole()},
    key=("locality", "category"),
)
EVENTS = Schema(
    "events",
    {
        "date": date(blank=True),
        "activity": text(default=""),
        "kind": text(),
        "event": text(),
        "locality": text(default=""),
        "district": text(default=""),
        "mode": text(default=""),
        "people": whole(blank=True),
        "shown": flag(),
    },
)
KNOWLEDGE = Schema(
    "knowledge",
    {
        "question": text(default=""),
        **{name: number(0, blank=True) for name in ("n", "before", "after")},
        **{name: number(-100, 100, blank=True) for name in ("change", "low", "high")},
        **{name: number(0, 1, blank=True) for name in ("p", "p_adjusted")},
        "municipalities": whole(blank=True),
        "verdict": code(Verdict, default=""),
        "reason": code(Reason, default=""),
        "method": text(default=""),
        "shown": flag(),
    },
    key=("question",),
)
ATTRITION = Schema(
    "attrition", {"step": text(), "people": whole(blank=True), "shown": flag()}, key=("step",)
)
BREAKDOWNS = Schema(
    "breakdowns",
    {
        **{name: text() for name in ("kind", "key")},
        "district": text(default=""),
        "number": whole(blank=True),
        "shown": flag(),
    },
    key=("kind", "key", "district"),
)
GALLERY = Schema(
    "gallery",
    {
        "post": text(),
        "date": date(),
        **{name: text() for name in ("locality", "district", "category", "picture")},
    },
    key=("post",),
)
PRESS = Schema(
    "press",
    {
        "press": text(),
        "date": date(blank=True),
        **{name: text(default="") for name in ("event", "link")},
        "shown": flag(),
    },
    key=("press",),
)
PROPOSALS = Schema(
    "proposals",
    {
        "proposal": text(),
        "mentions": whole(),
        **{name: text(default="") for name in ("district", "area", "addressee", "measure")},
        **{name: text(default="") for name in ("dimension", "text_masked", "language")},
        "text_.*": text(default="", regex=True, required=False),
        "submitted": date(blank=True),
        "reply": text(default=""),
        "reply_date": date(blank=True),
    },
    key=("proposal",),
)
TERMINALS = Schema(
    "terminals",
    {
        "request": text(),
        "locality": text(default=""),
        "district": text(default=""),
        "requested": date(blank=True),
        "reply": text(default=""),
        "reply_date": date(blank=True),
        "installed": date(blank=True),
    },
)
MEMBERSHIPS = Schema(
    "memberships",
    {
        "platform": text(),
        "founded": date(blank=True),
        "district": text(default=""),
        "member_type": text(),
        "members": whole(),
    },
)
DUPLICATES = Schema(
    "activity_duplicates",
    {
        **{name: text() for name in ("kind", "first", "second")},
        "similarity": whole(blank=True),
        "decision": text(default=""),
        "reason": text(default=""),
    },
)
ISSUES = Schema(
    "activity_issues",
    {
        "file": text(),
        "row": whole(blank=True),
        "column": text(default=""),
        "rule": text(),
        "action": text(),
        "old": text(default=""),
    },
)
REGISTERS = Schema(
    "activity_registers",
    {"register": text(), **{name: whole(blank=True) for name in ("read", "kept", "set_aside")}},
    key=("register",),
)
SCHEMAS = {
    schema.name: schema
    for schema in (
        *(
            INDICATORS,
            PUBLISHED,
            COVERAGE,
            EVENTS,
            KNOWLEDGE,
            ATTRITION,
            GALLERY,
            PRESS,
            BREAKDOWNS,
            PROPOSALS,
            TERMINALS,
        ),
        *(MEMBERSHIPS, DUPLICATES, ISSUES, REGISTERS),
    )
}
