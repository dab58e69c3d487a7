"""Whether the limits hold the truth that the bundled study is drawn from."""

from collections.abc import Iterator
from concurrent.futures import Executor
from pathlib import Path

import numpy as np
import pandas as pd

from umid_research.analysis.compare.flips import flip_signs
from umid_research.analysis.compare.matched import match_groups, match_sides
from umid_research.analysis.score import compared_dimensions, score_responses, score_units
from umid_research.simulate.answers import scored_answers
from umid_research.simulate.design import Design, read_design
from umid_research.simulate.roster import roster
from umid_research.simulate.truth import expected_scores
from umid_research.study import Study, read_study
from umid_research.study.questionnaire import Questionnaire, read_questionnaire
from validation.line import Line, at_least
from validation.rates import LEAST_COVERED, chunks

BUNDLED = Path(__file__).resolve().parents[2] / "data" / "raw"
STUDIES = 500
_CHUNK = 25


def planted_truth(studies: int, pool: Executor) -> Iterator[Line]:
    """How often the limits of A and D hold the truth of re-simulated studies."""
    held = pd.concat(list(pool.map(_held, chunks(studies, _CHUNK))))
    for family in ("A", "D"):
        inside = np.concatenate(held[family].tolist())
        where = f"bundled study drawn {studies} times"
        method = f"{family}: planted truth in limits"
        yield at_least(method, where, int(inside.sum()), inside.size, LEAST_COVERED)


def simulated_units(
    seed: int, design: Design, questionnaire: Questionnaire, study: Study
) -> pd.DataFrame:
    """The units of the bundled study drawn anew, without the flaws of an export."""
    people = roster(design, study)
    again = study.model_copy(update={"seed": seed})
    answers = scored_answers(people, design, questionnaire, again)
    keys = people[["unit", "district", "locality", "group"]].replace("", np.nan)
    responses = keys.assign(respondent=[f"{n:03}" for n in range(len(people))], weight=1.0)
    responses = pd.concat([responses, answers], axis=1)
    states = answers.mask(answers != "", "answered").mask(answers == "", "not asked")
    return score_units(score_responses(responses, states, questionnaire, study))


def _held(seeds: range) -> pd.DataFrame:
    """Studies × families; a cell says of each of its limits whether they hold the truth."""
    study = read_study(BUNDLED)
    questionnaire = read_questionnaire(BUNDLED, study)
    design = read_design(BUNDLED, questionnaire, study)
    truth = expected_scores(design, questionnaire, study)
    truths = truth[truth["district"] == ""].pivot(
        index="dimension", columns="group", values="expected"
    )
    for side in ("supply", "demand"):
        groups = [key for key in study.groups_on(side) if key in study.matched_groups]
        truths[side] = truths[groups].mean(axis=1)
    units = (simulated_units(seed, design, questionnaire, study) for seed in seeds)
    return pd.DataFrame([_held_once(one, truths, study) for one in units])


def _held_once(units: pd.DataFrame, truths: pd.DataFrame, study: Study) -> dict[str, np.ndarray]:
    held = {}
    for match in (match_groups, match_sides):
        matched = match(units, study, compared_dimensions(units))
        found = flip_signs(matched.differences, draws=0, seed=1)
        truth = np.array(
            [
                truths.loc[row.dimension, row.group_a] - truths.loc[row.dimension, row.group_b]
                for row in matched.rows.itertuples()
            ]
        )
        inside = (found.low <= truth) & (truth <= found.high)
        held[matched.family] = inside[np.isfinite(found.low)]
    return held
