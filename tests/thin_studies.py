"""Make studies with too little data: the small study with twelve localities and a defect.

`CASES` maps the name of a defect to the change of the answers, of study.toml or of the form. The
fixture `thin` gives the frames of such a study, which are made once in a run of the tests.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from cells import derive
from small_plan import PLAN_QUESTIONNAIRE, PLAN_STUDY
from small_study import ANSWERS, QUESTIONNAIRE, STUDY, write_small

from umid_research.analysis.robustness import robustness_of

_PLACES = [f"{district}{place}" for district in "ns" for place in range(1, 7)]
_SCORED = ["trust_1", "trust_2", "trust_3", "duty"]


@dataclass(frozen=True)
class Thin:
    """A change of the wide study's answers, study.toml or form; `says` is in its reports.

    A text to be changed must exist, so that no case is the unchanged study by mistake.
    """

    says: str
    answers: Callable[[pd.DataFrame], pd.DataFrame] = lambda answers: answers
    study: dict[str, str] = field(default_factory=dict)
    form: dict[str, str] = field(default_factory=dict)

    def parts(self) -> dict[str, object]:
        """Return the parts of a study folder, as `write_study` takes them."""
        return {
            "study": _replaced(_wide_study(), self.study),
            "questionnaire": _replaced(_wide_form(), self.form),
            "export": self.answers(_wide_answers()).reset_index(drop=True),
        }


def _replaced(text: str, changes: dict[str, str]) -> str:
    for old, new in changes.items():
        assert old in text, old
        text = text.replace(old, new)
    return text


# --- the wide study -----------------------------------------------------------------------------


def _wide_study(text: str = STUDY) -> str:
    """Return study.toml with six localities per district and names in both languages."""
    text = text.replace('languages = ["en"]', 'languages = ["en", "az"]')
    for letter, district in (("n", "north"), ("s", "south")):
        places = [place for place in _PLACES if place[0] == letter]
        listed = ", ".join(f'"{place}"' for place in places)
        text = text.replace(f'["{letter}1", "{letter}2"]', f"[{listed}]")
        assert listed in text, district
    text = text.replace("[dimensions]\n", '[dimensions]\nservice.name.en = "Service"\n')
    text = re.sub(r'^([\w.]+)\.en = (".*")$', r"\1.en = \2\n\1.az = \2", text, flags=re.MULTILINE)
    return re.sub(r'name\.en = ("[^"]*"),', r"name.en = \1, name.az = \1,", text)


def _wide_form(form: str = QUESTIONNAIRE) -> str:
    """Return the form with all villages, two languages, and a new dimension for question 3."""
    form = form.replace("their word? | | trust |", "their word? | | service |")
    rows = "".join(f"| | village | {place} | Village {place} | |\n" for place in _PLACES)
    form = re.sub(r"(\| \| village \| .*\n)+", rows, form)
    form, settings = form.split("| settings")
    lines = [_twice(line) for line in form.splitlines()]
    return "\n".join(lines) + "\n| settings" + settings


def _twice(line: str) -> str:
    """Repeat the label of a line of the form, as its second language."""
    cells = line.split("|")
    if len(cells) < 6:
        return line
    label = cells[4].replace("English (en)", "Azərbaycan (az)")
    return "|".join([*cells[:5], label, *cells[5:]])


def _wide_answers() -> pd.DataFrame:
    """Return answers of two people and an office per locality, and of six NGOs."""
    rng = np.random.default_rng(1)
    kinds = [(place, kind) for place in _PLACES for kind in ("p", "p", "o")]
    rows = [_answer(kind, place[0], place, rng) for place, kind in kinds]
    rows += [_answer("g", "ns"[number % 2], f"Club {number}", rng) for number in range(6)]
    table = pd.DataFrame(rows, columns=ANSWERS)
    table["_uuid"] = [f"uuid-{number}" for number in range(len(table))]
    return table.assign(__version__="v1")


def _answer(kind: str, district: str, of: str, rng: np.random.Generator) -> list[str]:
    level = 3 if kind == "o" else 2
    scores = [str(answer) for answer in rng.integers(level - 1, level + 2, 3)]
    scores[1] = str(6 - int(scores[1]))
    aware = "yes" if rng.random() < 0.5 else "no"
    village, organisation = ("", of) if kind == "g" else (of, "")
    channels, duty = ("tv" if aware == "yes" else ""), ("4" if kind == "o" else "")
    return ["yes", district, kind, village, organisation, aware, channels, *scores, duty, "40", ""]


def planned_parts() -> dict[str, object]:
    """Return the parts of the wide study with the small plan and answers on it."""
    answers = _wide_answers()
    place = list(answers.columns).index("proposal")
    for number, name in enumerate(("done_services", "done_money")):
        levels = ["limited", "complete", "substantial", "limited", "dk"]
        column = [levels[(row + number) % len(levels)] for row in range(len(answers))]
        answers.insert(place, name, column)
    return {
        "study": _wide_study(PLAN_STUDY),
        "questionnaire": _wide_form(PLAN_QUESTIONNAIRE),
        "export": answers,
    }


def in_both_languages(measures: str) -> str:
    """Copy the English texts of the register of measures as Azerbaijani ones."""
    lines = [line.split(",") for line in measures.strip().splitlines()]
    doubled = [[*line[:3], line[2].replace("text_en", "text_az"), *line[3:]] for line in lines]
    return "\n".join(map(",".join, doubled)) + "\n"


# --- what is wrong ------------------------------------------------------------------------------


def _only(condition: Callable[[pd.DataFrame], pd.Series]) -> Callable[[pd.DataFrame], pd.DataFrame]:
    return lambda answers: answers[condition(answers)]


def _alike(answers: pd.DataFrame) -> pd.DataFrame:
    given = answers[_SCORED] != ""
    return answers.assign(**answers[_SCORED].mask(given, "3"), aware="no", channels="")


def _unknown(*names: str) -> Callable[[pd.DataFrame], pd.DataFrame]:
    return lambda answers: answers.assign(**dict.fromkeys(names, "dk"))


def _blank(*names: str) -> Callable[[pd.DataFrame], pd.DataFrame]:
    return lambda answers: answers.assign(**dict.fromkeys(names, ""))


def _accepted(*dimensions: str) -> dict[str, str]:
    """Return the change of study.toml that accepts dimensions without answers."""
    listed = ", ".join(f'"{dimension}"' for dimension in dimensions)
    return {"seed = 1\n": f"seed = 1\naccepted_losses = [{listed}]\n"}


def _without(*choices: str) -> dict[str, str]:
    """Return the change that removes the lines of these choices from the form."""
    return {f"| | {line} | {line.split(' | ')[-1]} | |\n": "" for line in choices}


def _sixteen_places(answers: pd.DataFrame) -> pd.DataFrame:
    """Duplicate the answers and distribute them over sixteen districts."""
    twice = pd.concat([answers, answers.assign(_uuid="again-" + answers["_uuid"])])
    return twice.assign(place=[f"d{number % 16}" for number in range(len(twice))])


_DISTRICTS = re.search(r"^\[districts\.north\]\n(.*\n)+?(?=\[groups)", _wide_study(), re.MULTILINE)
_SIXTEEN = "".join(
    f'[districts.d{n}]\ncode = "d{n}"\nname.en = "District {n}."\nname.az = "Rayon {n}."\n'
    for n in range(16)
)
_NGO = re.search(r"^ngo = .*\n", _wide_study(), re.MULTILINE)
_OFFICE = re.search(r"^office = .*\n", _wide_study(), re.MULTILINE)
_SOUTH = re.search(r"^\[districts\.south\]\n(.*\n)+?(?=\n)", _wide_study(), re.MULTILINE)

CASES = {
    "nothing is wrong": Thin(
        "no clear difference was found",
    ),
    "a matched group is empty": Thin(
        "cannot be estimated: too few scores", _only(lambda answers: answers["kind"] != "o")
    ),
    "a group that is not matched is empty": Thin(
        "cannot be estimated: too few scores", _only(lambda answers: answers["kind"] != "g")
    ),
    "one group is left": Thin(
        "3 comparisons cannot be estimated", _only(lambda answers: answers["kind"] == "g")
    ),
    "all answers are equal": Thin("comparisons are withheld to protect those who answered", _alike),
    "one locality": Thin(
        "cannot be estimated: too few scores", _only(lambda answers: answers["village"] == "n1")
    ),
    "five localities": Thin(
        "too few units answered to show an interval",
        _only(lambda answers: answers["village"].isin(_PLACES[:5])),
    ),
    "two respondents": Thin(
        "Withheld to protect those who answered", lambda answers: answers.iloc[[0, 2]]
    ),
    "one respondent": Thin("1 people in 1 units", lambda answers: answers.head(1)),
    "a dimension is all missing": Thin("No score in Service", _unknown("trust_3")),
    "nobody answered a dimension": Thin(
        "No score in Service", _blank("trust_3"), study=_accepted("service")
    ),
    "nobody answered any dimension": Thin(
        "No score can be estimated",
        _blank("trust_1", "trust_2", "trust_3", "duty"),
        study=_accepted("service", "trust", "duties"),
    ),
    "nobody was asked a dimension": Thin(
        "no clear difference was found",
        _blank("trust_3"),
        form={"their word? | | service |": "their word? | ${kind} = 'x' | service |"},
    ),
    "every dimension is all missing": Thin(
        "No score can be estimated", _unknown("trust_1", "trust_2", "trust_3")
    ),
    "groups never share a locality": Thin(
        "no locality holds both groups",
        _only(lambda answers: (answers["kind"] == "o") == (answers["place"] == "s")),
    ),
    "one district": Thin(
        "Withheld to protect those who answered",
        _only(lambda answers: answers["place"] == "n"),
        study={_SOUTH.group(): "\n"},
        form=_without("place | s | South", *(f"village | {p} | Village {p}" for p in _PLACES[6:])),
    ),
    "two groups": Thin(
        "There is nothing to compare here",
        _only(lambda answers: answers["kind"] != "g"),
        study={_NGO.group(): ""},
        form=_without("kind | g | NGO"),
    ),
    "one group": Thin(
        "There is nothing to compare here",
        _only(lambda answers: answers["kind"] == "p"),
        study={_NGO.group(): "", _OFFICE.group(): ""},
        form=_without("kind | g | NGO", "kind | o | Office"),
    ),
    "no group is matched": Thin(
        "it is not known how far its differences depend on those choices",
        study={"matched = true, ": ""},
    ),
    "answers are weighted": Thin(
        "Numbers of people are not weighted",
        study={'unit = "org': 'weight = "age"\nunit = "org'},
    ),
    "no question is scored": Thin(
        "No score can be estimated",
        study={'focus = ["trust"]\n': ""},
        form={"trust |": " |", "service |": " |", "duties |": " |"},
    ),
}
# The opposite: more districts than columns fit on a page, and than there are colours.
MANY_DISTRICTS = Thin(
    "District 15.",
    _sixteen_places,
    study={_DISTRICTS.group(): _SIXTEEN, 'locality = "village"\n': "", "matched = true, ": ""},
    form={
        "| | place | n | North | North | |\n": "",
        "| | place | s | South | South | |\n": "".join(
            f"| | place | d{n} | District {n}. | Rayon {n}. | |\n" for n in range(16)
        ),
    },
)
SIXTEEN_DISTRICTS = "sixteen districts"


def derive_thin(defect: str, home: Path) -> None:
    """Write a study with a defect to `raw` and all its frames to `processed`, below `home`.

    Robustness draws 20 weights, as nothing here depends on how many.
    """
    case = MANY_DISTRICTS if defect == SIXTEEN_DISTRICTS else CASES[defect]
    raw = write_small(home / "raw", **case.parts())
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(robustness_of.__kwdefaults__, "weights", 20)
        derive(raw, home / "processed")
