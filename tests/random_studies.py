"""Random small studies to be attacked, of every kind: study number n is always the same one."""

import random
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from small_plan import PLAN_QUESTIONNAIRE, PLAN_STUDY
from small_study import ANSWERS, QUESTIONNAIRE, STUDY, write_small

LOW = "\n[thresholds]\nunits = 2\nrespondents = 2\nanswers = 3\n"
ALL_ASKED = QUESTIONNAIRE.replace("| ${kind} = 'o' | duties", "| | duties")
_WITH_AREAS = PLAN_STUDY + "\n[dimensions.plan]\nname.en = 'The plan'\n"
_DESIGNS = {
    "matched": {},
    "clustered": {
        "matched = true, ": "",
        'locality = "village"\nunit = "organisation"': 'unit = "village"',
        'localities = ["n1", "n2"]\n': "",
        'localities = ["s1", "s2"]\n': "",
    },
    "weighted": {'unit = "organisation"': 'unit = "organisation"\nweight = "age"'},
}


@dataclass(frozen=True)
class Kind:
    """What a random study is like.

    The duty is asked of all or of offices only, thresholds are low or the package's own, a plan's
    areas are asked about or not, or as a dimension too; and how people were chosen.
    """

    asks_all: bool
    has_low_thresholds: bool
    plan: str
    design: str


def kind_of(number: int) -> Kind:
    """Any twelve studies in a row have all thresholds, questions and plans with each other."""
    plan = ("dimension", "none", "areas")[number % 3]
    return Kind(number % 2 == 0, number % 4 < 2, plan, list(_DESIGNS)[number // 4 % 3])


def write_random(number: int, folder: Path) -> Path:
    """The folder of a study, written."""
    rng, kind = random.Random(number), kind_of(number)
    table, form, study = random_export(rng), QUESTIONNAIRE, STUDY
    if kind.asks_all:
        form = ALL_ASKED
    else:
        table["duty"] = table["duty"].where(table["kind"] == "o", "")
    if kind.plan != "none":
        table = _with_areas(table, rng)
        form, study = _asking_of_areas(form, kind.plan == "dimension"), _WITH_AREAS
    if kind.design == "weighted":
        table["age"] = rng.choices(["20", "30", "70"], k=len(table))
    for old, new in _DESIGNS[kind.design].items():
        study = study.replace(old, new)
    study += LOW if kind.has_low_thresholds else ""
    write_small(folder, study=study, questionnaire=form, export=table)
    if kind.plan != "none":
        (folder / "meetings.csv").write_text(_random_meetings(rng), encoding="utf-8")
    return folder


def random_export(rng: random.Random) -> pd.DataFrame:
    """Six to ten interviews, one or more with an office; a study leans to some of the answers."""
    lean = [rng.random() ** 2 + 0.02 for _ in range(5)]
    table = pd.DataFrame(_interviews(rng, lean), columns=ANSWERS)
    while not (table["kind"] == "o").any():
        table = pd.DataFrame(_interviews(rng, lean), columns=ANSWERS)
    return table.assign(_uuid=[f"uuid-{n}" for n in range(len(table))], __version__="v1")


def _interviews(rng: random.Random, lean: list[float]) -> list[tuple]:
    rows = []
    for n in range(rng.randint(6, 10)):
        kind = rng.choice("ppoog")
        place = rng.choice("ns")
        village = f"{place}{rng.randint(1, 2)}" if kind != "g" else ""
        aware = rng.choice(["yes", "yes", "no"])
        channels = rng.choice(["tv", "web", "tv web"]) if aware == "yes" else ""
        answers = rng.choices("12345", lean, k=4)
        trust = [rng.choice([answer] * 9 + ["dk"]) for answer in answers[:3]]
        organisation = f"Helpers {n}" if kind == "g" else ""
        start = ("yes", place, kind, village, organisation, aware, channels)
        rows.append((*start, *trust, answers[3], "30", ""))
    return rows


def _asking_of_areas(form: str, make_a_dimension: bool) -> str:
    """The small study's form with the questions of the small plan."""
    added = [line for line in PLAN_QUESTIONNAIRE.splitlines() if line not in QUESTIONNAIRE]
    items, choices = "\n".join(added[:2]), "\n".join(added[2:])
    if make_a_dimension:
        items = items.replace("? | | | |", "? | | plan | |")
    form = form.replace("| | end_group", items + "\n| | end_group")
    return form.replace("| settings", choices + "\n| settings")


def _with_areas(table: pd.DataFrame, rng: random.Random) -> pd.DataFrame:
    """With answers on two areas of a plan."""
    lean = [rng.random() + 0.02 for _ in range(5)]
    steps = ["not_started", "limited", "substantial", "complete", "dk"]
    for name in ("done_services", "done_money"):
        table[name] = rng.choices(steps, lean, k=len(table))
    return table


def meetings(rows: str) -> str:
    """A register of meetings; rows of: meeting, group, district, themes."""
    lines = ["segment_id,meeting,date,group,district,coder,theme,text,quote"]
    for n, row in enumerate(rows.split()):
        meeting, group, district, themes = row.split(",")
        group = {"p": "people", "o": "office", "g": "ngo"}[group]
        district = {"n": "north", "s": "south"}[district]
        for theme in themes.split("+"):
            said = f"S{n},{meeting},2022-04-01,{group},{district},A,{theme},Text {n} on {theme}."
            lines.append(f"{said},{'group' if theme else ''}")
    return "\n".join(lines) + "\n"


def _random_meetings(rng: random.Random) -> str:
    """A dozen or two of meetings and proposals; in some meetings several groups speak."""
    lean = [rng.random() + 0.1 for _ in range(4)]
    rows = []
    for n in range(rng.randint(10, 24)):
        meeting = rng.choice(["survey", f"M{n}", f"M{n}", f"M{n // 2}"])
        themes = rng.choices(["", "roads", "money", "roads+money"], lean)[0]
        rows.append(f"{meeting},{rng.choice('ppoog')},{rng.choice('ns')},{themes}")
    return meetings(" ".join(rows))
