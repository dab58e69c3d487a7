"""What the report's prose claims about studies in which nothing differs.

A drawn study goes the way of any other: units, comparisons, published numbers, sentences.
"""

from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from umid_research.analysis.compare import compare_units
from umid_research.disclosure.frame import as_published
from umid_research.disclosure.rules.differences import difference_rows
from umid_research.disclosure.rules.scores import score_rows
from umid_research.disclosure.tables import split_tables
from umid_research.messages import Messages, languages
from umid_research.report.study_report import Report
from umid_research.report.texts import (
    district_differences,
    exploratory_differences,
    group_differences,
    side_differences,
)
from umid_research.study import Study, read_study
from umid_research.study.questionnaire import Questionnaire
from validation.null_studies import (
    DIMENSIONS,
    FAMILIES,
    GUEST_DISTRICTS,
    Condition,
    Studies,
    compare_families,
    draw_studies,
)

# Twice the level: no rounding on the way to a sentence moves an adjusted p so far.
_NEAR = 0.1
_ONE_IN = 10
BUNDLED = Path(__file__).resolve().parents[2] / "data" / "raw"
_TOLD_BY = dict(
    zip(
        FAMILIES,
        (group_differences, exploratory_differences, district_differences, side_differences),
        strict=True,
    )
)


def stated_studies(condition: Condition, seeds: range) -> pd.DataFrame:
    """Return whether a sentence claims a difference: studies × families, and the column `near`.

    Texts are made of every study with an adjusted p near 0.05, and of one in ten of the others, to
    show that those claim nothing. The rest is blank: its texts would take an hour.
    """
    studies = draw_studies(condition, seeds)
    found = compare_families(studies).values()
    near = np.any([(one.p_adjusted < _NEAR).any(axis=1) for one in found], axis=0)
    looked = near | (np.array(seeds) % _ONE_IN == 0)
    lines = {
        place: stated_families(units_of(studies, int(place)), design())
        for place in np.flatnonzero(looked)
    }
    frame = pd.DataFrame.from_dict(lines, orient="index", columns=list(FAMILIES))
    return frame.reindex(range(len(seeds))).assign(near=near)


def stated_families(units: pd.DataFrame, study: Study) -> dict[str, bool]:
    """In which families a sentence claims a difference, in any language of the reports."""
    comparisons = compare_units(units, study, seed=1)
    scores = score_rows(units, study)
    audited = as_published([scores, *difference_rows(comparisons, scores, study)])
    published = split_tables(audited)
    reports = [
        Report(
            "07-study",
            study,
            Questionnaire("null", ()),
            published,
            Messages(language),
            None,
        )
        for language in languages()
    ]
    return {
        family: any(_claims(prose(report).markdown) for report in reports)
        for family, prose in _TOLD_BY.items()
    }


def _claims(markdown: str) -> bool:
    """Whether there is a list: each of its lines states a difference."""
    return any(line.startswith("- ") for line in markdown.splitlines())


@cache
def design() -> Study:
    """The bundled study, whose groups and places the drawn scores are given to."""
    study = read_study(BUNDLED)
    first = next(iter(study.dimensions))
    return study.model_copy(
        update={"design": study.design.model_copy(update={"family_b": (first,)})}
    )


def units_of(studies: Studies, place: int) -> pd.DataFrame:
    """The frame `units` of one of the studies."""
    study = design()
    dimensions = list(study.dimensions)[:DIMENSIONS]
    places = [(key, name) for key, of in study.districts.items() for name in of.localities]
    matched = [(*at, group) for at in places for group in study.matched_groups]
    districts = list(study.districts)
    guests = [group for group in study.groups if group not in study.matched_groups]
    visiting = [
        (districts[at], np.nan, guest)
        for guest, placed in zip(guests, GUEST_DISTRICTS, strict=True)
        for at in placed
    ]
    rows = pd.DataFrame([*matched, *visiting], columns=["district", "locality", "group"])
    scores = np.concatenate(
        [part[place].reshape(-1, DIMENSIONS) for part in (studies.units, studies.guests)]
    )
    units = rows.assign(unit=[f"u{row}" for row in rows.index], respondents=2)
    parts = [units.assign(dimension=key, score=scores[:, i]) for i, key in enumerate(dimensions)]
    return pd.concat(parts, ignore_index=True).dropna(subset=["score"])
