"""A report made by hand: three groups, two districts, every kind of number, some withheld.

Each published number stands once, so that a test can look for it in a figure or table.
"""

from dataclasses import replace
from types import MappingProxyType
from typing import Any

import pandas as pd

from umid_research.disclosure.frame import COLUMNS, NUMBERS
from umid_research.disclosure.tables import PUBLISHED, split_tables
from umid_research.messages import Messages
from umid_research.report.study_report import Report
from umid_research.study import Study
from umid_research.study.questionnaire import Choice, Question, Questionnaire

HOSTILE = '<script>alert(1)</script> $x^2$ & "it\'s" \\frac{1}{2}'
AZ = "Əhali İcması: ığdır, şəffaflıq, gözəçarpan üçün"

_STUDY = {
    "id": "small",
    "provenance": "simulated",
    "languages": ["en"],
    "seed": 1,
    "title": {"en": "A small study"},
    "field_work": {
        "sponsor": {"en": "Nobody"},
        "conducted_by": {"en": "Nobody"},
        "start": "2022-03-02",
        "end": "2022-07-31",
        "recruitment": {"en": "Asked by hand"},
    },
    "roles": {"district": "place", "group": "kind", "locality": "village", "sex": "sex"},
    "missing": {"dont_know": ["dk"], "refused": ["ref"]},
    "districts": {
        "north": {"code": "n", "name": {"en": "North"}},
        "south": {"code": "s", "name": {"en": "South"}},
    },
    "groups": {
        "people": {
            "code": "p",
            "name": {"en": AZ},
            "quota": 12,
            "side": "demand",
            "matched": True,
        },
        "office": {
            "code": "o",
            "name": {"en": "Office"},
            "quota": 11,
            "side": "supply",
            "matched": True,
        },
        "ngo": {"code": "g", "name": {"en": "Clubs"}, "quota": 4},
    },
    "dimensions": {"trust": {"name": {"en": HOSTILE}}, "duties": {"name": {"en": "Duties"}}},
}


def _question(name: str, kind: str, label: str, choices: dict, **more: Any) -> Question:
    return Question(
        name=name,
        kind=kind,
        labels=MappingProxyType({"en": label}),
        choices=tuple(
            Choice(code, MappingProxyType({"en": text}), score)
            for code, (text, score) in choices.items()
        ),
        relevant=(),
        section=None,
        dimension=more.get("dimension"),
        reverse=more.get("reverse", False),
    )


_FIVE = {
    "1": ("Not at all", 1.0),
    "2": ("Little", 2.0),
    "3": ("Half and half", 3.0),
    "4": ("Rather", 4.0),
    "5": ("Fully", 5.0),
    "dk": ("No idea", None),
    "ref": ("Not telling", None),
}
_SEX = {"f": ("Woman", None), "m": ("Man", None)}
_PLAN = {"yes": ("Yes", None), "no": (HOSTILE, None), "dk": ("No idea", None)}
_CHANNELS = {"tv": ("Television", None), "press": ("Press", None), "none": ("Nowhere", None)}
QUESTIONS = (
    _question("sex", "select_one", "Sex", _SEX),
    _question("plan", "select_one", f"Do you know the plan? {HOSTILE}", _PLAN),
    _question("channels", "select_multiple", "From where?", _CHANNELS),
    _question("trust_1", "select_one", "Do you trust them?", _FIVE, dimension="trust"),
    _question(
        "trust_2", "select_one", "Do they hide things?", _FIVE, dimension="trust", reverse=True
    ),
    _question("age", "integer", "How old are you?", {}),
)


def _scores() -> list[dict]:
    by_group = {"table": "scores_by_group", "statistic": "mean"}
    by_district = {"table": "scores_by_district", "statistic": "mean"}
    by_side = {"table": "scores_by_side", "statistic": "mean"}
    people = {"dimension": "trust", "group": "people", "units": 12, "respondents": 24}
    office = {"dimension": "trust", "group": "office", "units": 11, "respondents": 18}
    north, south = {"district": "north"}, {"district": "south"}
    return [
        {**by_group, **people, "value": 33, "low": 21, "high": 46},
        {**by_group, **office, "value": 57, "low": 44, "high": 71},
        {**by_group, "dimension": "trust", "group": "ngo", "shown": False},
        {**by_group, "dimension": "index", "group": "people", "value": 36, "units": 9},
        {**by_district, **north, "dimension": "trust", "value": 47, "units": 6, "respondents": 10},
        {**by_district, **south, "dimension": "trust", "value": 52, "units": 7, "respondents": 8},
        {**by_district, **north, "dimension": "index", "shown": False},
        {**by_side, **north, "dimension": "trust", "side": "demand", "value": 38, "units": 3},
        {**by_side, **north, "dimension": "trust", "side": "supply", "value": 61, "units": 4},
    ]


def _differences() -> list[dict]:
    pair = {"statistic": "difference", "group": "people", "versus": "office", "units": 11}
    found = {"value": -24, "low": -39, "high": -8, "p_adjusted": 0.0123, "verdict": "lower"}
    by_district = {"table": "differences_by_district", "statistic": "difference", "units": 5}
    return [
        {"table": "differences_by_group", "dimension": "trust", **pair, **found},
        {
            "table": "differences_by_group",
            "dimension": "duties",
            **pair,
            "shown": False,
            "verdict": "not_estimable",
            "reason": "no_shared_locality",
        },
        {
            "table": "differences_by_group",
            "dimension": "index",
            **pair,
            "shown": False,
            "verdict": "withheld",
        },
        {
            **by_district,
            "dimension": "trust",
            "district": "north",
            "versus": "south",
            "value": 0,
            "low": -17,
            "high": 19,
            "p_adjusted": 0.0002,
            "verdict": "unclear",
        },
    ]


def _answers() -> list[dict]:
    given = {
        "answers": {
            "sex": {"f": 7, "m": 45},
            "plan": {"yes": 15, "no": 32, "dk": 5},
            "channels": {"tv": 40, "press": 28, "none": None},
            "trust_1": {"1": 6, "2": 10, "3": 11, "4": 14, "5": 8, "dk": 2, "ref": 1},
            "trust_2": dict.fromkeys(_FIVE),
        },
        "answers_by_group": {
            "plan": {"people": {"yes": 3, "no": 19, "dk": 2}, "ngo": dict.fromkeys(_PLAN)},
            "trust_1": {
                "people": {"1": 5, "2": 4, "3": 7, "4": 3, "5": 2, "dk": 2, "ref": 1},
                "ngo": dict.fromkeys(_FIVE),
            },
        },
    }
    rows = [
        _answer("answers", question, code, count, 52)
        for question, counts in given["answers"].items()
        for code, count in counts.items()
    ]
    rows += [
        _answer("answers_by_group", question, code, count, 24, group=group)
        for question, groups in given["answers_by_group"].items()
        for group, counts in groups.items()
        for code, count in counts.items()
    ]
    return rows


def _answer(table: str, question: str, code: str, count: int | None, n: int, **keys: str) -> dict:
    row = {"table": table, "question": question, "answer": code, "statistic": "count", **keys}
    if count is None:
        return {**row, "shown": False}
    return {**row, "value": count, "respondents": n}


def _counts() -> list[dict]:
    reached = {"table": "field_work", "statistic": "reached"}
    not_knowing = {"table": "not_knowing", "dimension": "trust", "respondents": 52}
    return [
        {"table": "intake", "statistic": "kept", "value": 52},
        {"table": "intake", "statistic": "read", "value": 59},
        {"table": "intake", "statistic": "set_aside", "value": 7},
        {"table": "account", "statistic": "files", "value": 2},
        {"table": "set_aside", "statistic": "duplicate", "value": 7},
        {
            "table": "issues",
            "question": "plan",
            "answer": "set aside",
            "statistic": "unknown_choice",
            "value": 3,
        },
        {**reached, "units": 27, "respondents": 52},
        {**reached, "group": "people", "units": 12, "respondents": 24},
        {**reached, "group": "people", "district": "north", "units": 8, "respondents": 16},
        {**reached, "district": "north", "locality": "n1", "group": "people", "units": 1},
        {**not_knowing, "statistic": "asked", "value": 104},
        {**not_knowing, "statistic": "answered", "value": 79},
        {**not_knowing, "statistic": "dont_know", "value": 13},
        {**not_knowing, "statistic": "refused", "value": 9},
    ]


def small_report(
    *, district: str | None = None, provenance: str = "simulated", **changed: dict
) -> Report:
    """The report; `changed` puts other tables' rows in the place of those of that name."""
    rows = [*_scores(), *_differences(), *_answers(), *_counts()]
    rows = [row for row in rows if row["table"] not in changed]
    rows += [{**row, "table": table} for table, others in changed.items() for row in others]
    study = Study.model_validate({**_STUDY, "provenance": provenance})
    return Report(
        notebook="07-study",
        study=study,
        questionnaire=Questionnaire("Small", QUESTIONS).with_missing(study.missing),
        published=as_tables(rows),
        text=Messages("en"),
        district=district,
    )


_TABLES: dict[str, dict[str, pd.DataFrame]] = {}


def as_tables(rows: list[dict]) -> dict[str, pd.DataFrame]:
    """Return the published tables of rows in the columns of the audited frame.

    What a table does not declare is left out, so that tables can share the rows of a test. Equal
    rows are made into tables once; every test has copies of its own.
    """
    key = repr(rows)
    if key not in _TABLES:
        _TABLES[key] = _made_of(rows)
    return {name: table.copy() for name, table in _TABLES[key].items()}


def _made_of(rows: list[dict]) -> dict[str, pd.DataFrame]:
    declared = [{"table", *PUBLISHED[row["table"]].columns.values()} for row in rows]
    rows = [
        {name: value for name, value in row.items() if name in known}
        for row, known in zip(rows, declared, strict=True)
    ]
    audited = pd.DataFrame(rows, columns=list(COLUMNS))
    audited[list(NUMBERS)] = audited[list(NUMBERS)].astype(float)
    texts = ("verdict", "reason", "note")
    shown = audited["shown"].isna() | (audited["shown"] == True)  # noqa: E712
    filled = {name: audited[name].astype(object).fillna("") for name in texts}
    return split_tables(audited.assign(shown=shown, **filled))


def with_rows(report: Report, rows: list[dict]) -> Report:
    """Return the report with these rows in the place of those of their tables."""
    tables = {row["table"] for row in rows}
    changed = {name: made for name, made in as_tables(rows).items() if name in tables}
    return replace(report, published={**report.published, **changed})


def with_number(report: Report, value: float, changed: float) -> Report:
    """The report with another number in the place of `value`, wherever that is published."""
    published = {
        name: rows.assign(value=rows["value"].replace(value, changed)) if "value" in rows else rows
        for name, rows in report.published.items()
    }
    return replace(report, published=published)


def unmatched(report: Report) -> Report:
    """The report as a study without groups matched by locality publishes it."""
    tables = ("scores_by_side", "differences_by_group", "differences_by_district")
    without = {name: report.published[name].head(0) for name in tables}
    return replace(report, published={**report.published, **without})
