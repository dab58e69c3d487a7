"""Answers about the plan's areas: the perceived status, and the differences between groups.

An area has one or more questions. Their scored choices are the codes of the IRM scale without No
Evidence Available: a person who cannot judge gives no information about the evidence.
"""

from dataclasses import replace

import pandas as pd

from umid_research.analysis.compare.frame import COLUMNS, CONTRAST
from umid_research.analysis.compare.matched import compare_sides
from umid_research.analysis.compare.skew import with_skewness
from umid_research.analysis.implementation.evidence import (
    COMPLETE,
    LIMITED,
    NOT_STARTED,
    SUBSTANTIAL,
)
from umid_research.analysis.score import INDEX, group_means, score_responses, score_units
from umid_research.clean import Cleaned
from umid_research.errors import StudyError
from umid_research.frames import Schema, number, text, whole
from umid_research.study import Study
from umid_research.study.questionnaire import Questionnaire

STEPS = {
    "not_started": NOT_STARTED,
    "limited": LIMITED,
    "substantial": SUBSTANTIAL,
    "complete": COMPLETE,
}
VIEWS = Schema(
    "views",
    {
        **{name: text() for name in ("dimension", "group")},
        "score": number(0, 100),
        **{name: whole(1) for name in ("units", "respondents")},
    },
    key=("dimension", "group"),
)
GAPS = Schema("gaps", COLUMNS, key=CONTRAST)
_PERCEIVED = ("area", "district", "perceived", "perceived_n", "cannot_judge")


def check_areas(questionnaire: Questionnaire, study: Study) -> None:
    """Raise StudyError if an area's question is unknown or its choices are no IRM codes."""
    for key, area in study.areas.items():
        for name in area.items:
            where = f"study.toml, entry areas.{key}.items"
            if name not in questionnaire.names:
                raise StudyError(
                    "the form has no such question",
                    where=where,
                    found=name,
                    possible=questionnaire.names,
                )
            scores = questionnaire[name].scores
            if sorted(scores, key=lambda code: scores[code]) != list(STEPS):
                raise StudyError(
                    f"the scored choices of {name!r} are not the steps of the scale, lowest first",
                    where=where,
                    found=", ".join(scores),
                    possible=STEPS,
                )


def perceived_status(cleaned: Cleaned, questionnaire: Questionnaire, study: Study) -> pd.DataFrame:
    """Return the lower median of the answers of those who could judge, per area and district.

    Columns: area, district, perceived (IRM code, blank without an answer), perceived_n (number of
    answers of those who could judge), cannot_judge (number of "don't know"). Refusals and blanks
    are not counted.
    """
    check_areas(questionnaire, study)
    responses = cleaned.responses
    steps = {code: place for place, code in enumerate(STEPS)}
    parts = []
    for key, area in study.areas.items():
        for name in area.items:
            answers, unknowing = responses[name], questionnaire[name].missing("dont_know")
            parts.append(
                pd.DataFrame(
                    {
                        "area": key,
                        "district": responses["district"],
                        "step": answers.map(steps).astype(float),
                        "cannot_judge": answers.isin(unknowing).astype(int),
                    }
                )
            )
    if not parts:
        return pd.DataFrame(columns=list(_PERCEIVED))
    grouped = pd.concat(parts).groupby(["area", "district"], sort=False)
    found = grouped.agg(perceived_n=("step", "count"), cannot_judge=("cannot_judge", "sum"))
    median = grouped["step"].quantile(0.5, interpolation="lower")
    codes = dict(enumerate(STEPS.values()))
    found = found.assign(perceived=median.map(codes).astype(object)).reset_index()
    return found[list(_PERCEIVED)]


def area_scores(cleaned: Cleaned, questionnaire: Questionnaire, study: Study) -> pd.DataFrame:
    """Return the frame `scores` with areas as dimensions; the index is all areas together."""
    area_of = {name: key for key, area in study.areas.items() for name in area.items}
    asked = replace(
        questionnaire,
        questions=tuple(
            replace(question, dimension=area_of.get(question.name)) for question in questionnaire
        ),
    )
    return score_responses(cleaned.responses, cleaned.states, asked, study)


def area_units(cleaned: Cleaned, questionnaire: Questionnaire, study: Study) -> pd.DataFrame:
    """Return the frame `units` with areas as dimensions."""
    return score_units(area_scores(cleaned, questionnaire, study))


def area_views(units: pd.DataFrame) -> pd.DataFrame:
    """Return each group's mean per area: dimension (an area or the index), group, score, units."""
    return group_means(units)


def area_gaps(units: pd.DataFrame, study: Study, *, draws: int, seed: int) -> pd.DataFrame:
    """Return family D over the areas: supply minus demand, with the columns of `comparisons`.

    p_adjusted is adjusted over the areas and their index.
    """
    areas = list(dict.fromkeys(units["dimension"]))
    known = [area for area in areas if area in study.areas or area == INDEX]
    return with_skewness(compare_sides(units, study, known, draws=draws, seed=seed), units)
