"""Two rounds with a known change: how often the limits hold it, and what is stated without one.

12 places with a community of two people, a local government and a council each, asked four items
of two dimensions with five points. A place keeps its level; each round moves each unit's level by
chance; the change is the same everywhere. The expected score of an item of 0 to 4 successes is
100 times the probability, so the true change is known exactly.
"""

from collections.abc import Iterator
from concurrent.futures import Executor
from functools import partial
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd

from umid_research.analysis.change import ITEMS, Round, measure_change
from umid_research.analysis.verdicts import STATED
from umid_research.study.questionnaire import Questionnaire
from umid_research.study.questionnaire.form import Choice, Question
from validation.line import Line, at_least, at_most
from validation.rates import chunks

STUDIES = 2000
CHANGE = 10
_PLACES, _ITEMS = 12, 4
_GROUPS = {"community": 2, "local_government": 1, "cdc": 1}
_DIMENSIONS = ("trust", "access")
_CHUNK = 25
_PLACE_SPREAD, _UNIT_SPREAD, _PERSON_SPREAD = 0.06, 0.05, 0.06


def changes_between_rounds(studies: int, pool: Executor) -> Iterator[Line]:
    """The lines about studies with a change of 10 points, and without any."""
    for change in (CHANGE, 0):
        held = pd.concat(list(pool.map(partial(_found, change), chunks(studies, _CHUNK))))
        where = f"two rounds, change of {change} points"
        inside, of = int(held["held"].sum()), int(held["limits"].sum())
        yield at_least("E: limits hold the change", where, inside, of, 0.94)
        yield at_most("E: limits hold the change", where, inside, of, 0.96)
        stated = int((held["stated"] > 0).sum())
        if change:
            yield at_least("E: a change is stated", where, stated, len(held), None)
        else:
            yield at_most("E: a change is stated", where, stated, len(held), 0.05)


def drawn(rng: np.random.Generator, levels: np.ndarray) -> Round:
    """A round: one respondent per row, places × groups × dimensions levels as probabilities."""
    groups = np.repeat(list(_GROUPS), list(_GROUPS.values()))
    at = np.repeat(range(len(_GROUPS)), list(_GROUPS.values()))
    place = np.repeat(range(_PLACES), len(groups))
    group = np.tile(groups, _PLACES)
    level = levels[place, np.tile(at, _PLACES)]
    level = np.clip(level + rng.normal(0, _PERSON_SPREAD, level.shape), 0.02, 0.98)
    names = [f"{key}_{n}" for key in _DIMENSIONS for n in range(_ITEMS)]
    answers = rng.binomial(4, np.repeat(level, _ITEMS, axis=1)).astype(str)
    keys = {
        "respondent": [f"{n:03}" for n in range(len(group))],
        "unit": [f"{key}-{where}" for key, where in zip(group, place, strict=True)],
        "district": np.where(place < _PLACES // 2, "north", "south"),
        "locality": [f"p{where}" for where in place],
        "group": group,
        "weight": 1.0,
    }
    responses = pd.DataFrame({**keys, **dict(zip(names, answers.T, strict=True))})
    states = pd.DataFrame("answered", index=responses.index, columns=names)
    return Round(responses, states, _form(names), _study())


def _form(names: list[str]) -> Questionnaire:
    choices = tuple(Choice(str(n), {"en": str(n)}, float(n)) for n in range(5))
    return Questionnaire(
        "two rounds",
        tuple(
            Question(name, "select_one", {"en": name}, choices, (), None, name.split("_")[0], False)
            for name in names
        ),
    )


def _study() -> Any:
    return SimpleNamespace(
        matched_groups=tuple(_GROUPS), roles=SimpleNamespace(locality="p", group="g")
    )


def _found(change: float, seeds: range) -> pd.DataFrame:
    """One row per study: how many limits there are and hold the change, and how many are stated."""
    return pd.DataFrame([_found_once(change, seed) for seed in seeds])


def _found_once(change: float, seed: int) -> dict[str, int]:
    rng = np.random.default_rng(seed)
    shape = (_PLACES, len(_GROUPS), len(_DIMENSIONS))
    place = rng.normal(0.45, _PLACE_SPREAD, (_PLACES, 1, 1))
    rounds = [
        drawn(rng, place + rng.normal(0, _UNIT_SPREAD, shape) + by / 100) for by in (0, change)
    ]
    names = [item.name for item in rounds[0].questionnaire]
    items = ITEMS.of(
        pd.DataFrame(
            {
                "dimension": [name.split("_")[0] for name in names],
                "item": names,
                "state": "same",
                "bridged": False,
                "used": True,
            }
        )
    )
    rows = measure_change(*rounds, items, seed=1)
    rows = rows[rows["family"] == "E"]
    low, high = rows["low"], rows["high"]
    return {
        "limits": int(low.notna().sum()),
        "held": int(((low <= change) & (change <= high)).sum()),
        "stated": int(rows["verdict"].isin(STATED).sum()),
    }
