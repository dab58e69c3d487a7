"""What the report's prose claims about studies in which nothing differs.

A drawn study goes the way of any other: units, comparisons, published numbers, sentences.
"""

import re
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
from umid_research.report.charts import (
    plot_differences_by_group,
    plot_districts,
    plot_sides,
    plot_topics,
)
from umid_research.report.slides.deck import deck
from umid_research.report.study_report import Report
from umid_research.report.texts import (
    brief_differences,
    differences_in_short,
    district_differences,
    exploratory_differences,
    findings,
    group_differences,
    robustness_text,
    side_differences,
    view_gap_text,
)
from umid_research.study import Study, read_study
from umid_research.study.questionnaire import Questionnaire, read_questionnaire
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
# The texts of the catalogues that state a difference; every report is made of the catalogues.
_STATING = (
    *("differences.line", "differences.brief.line", "in_short.line", "in_a_line.stated"),
    *("findings.difference.means", "findings.difference.points"),
)
# The column of the whole report: all sentences, titles and slides, in any language.
WHOLE = "whole report"
BUNDLED = Path(__file__).resolve().parents[2] / "data" / "raw"
_TOLD_BY = dict(
    zip(
        FAMILIES,
        (group_differences, exploratory_differences, district_differences, side_differences),
        strict=True,
    )
)


def stated_studies(condition: Condition, seeds: range) -> pd.DataFrame:
    """Return what is claimed: studies × families, the column of the whole report, and `near`.

    A claim of family A is a difference that a report states; a claim of the others is a lead.

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
    frame = pd.DataFrame.from_dict(lines, orient="index", columns=[*FAMILIES, WHOLE])
    return frame.reindex(range(len(seeds))).assign(near=near)


def stated_families(units: pd.DataFrame, study: Study) -> dict[str, bool]:
    """Return the families with a claim, and whether the whole report states any difference."""
    comparisons = compare_units(units, study, seed=1)
    scores = score_rows(units, study)
    audited = as_published([scores, *difference_rows(comparisons, scores, study)])
    total = {"units": units["unit"].nunique(), "respondents": 2 * units["unit"].nunique()}
    published = split_tables(audited)
    published["field_work"] = published["field_work"].reindex([0]).assign(**total, shown=True)
    reports = [
        Report(
            "07-study",
            study,
            questionnaire(),
            published,
            Messages(language),
            None,
        )
        for language in languages()
    ]
    claims = {
        family: any(_claims(prose(report).markdown) for report in reports)
        for family, prose in _TOLD_BY.items()
    }
    return claims | {WHOLE: any(_states_a_difference(report) for report in reports)}


def _states_a_difference(report: Report) -> bool:
    """Return whether any sentence, title, caption or slide of the study states a difference."""
    prose = [findings, group_differences, brief_differences, differences_in_short, robustness_text]
    prose += [exploratory_differences, district_differences, side_differences, view_gap_text]
    texts = [make(report).markdown for make in prose]
    texts += [text for slide in deck(report) for text in slide.texts()]
    charts = (plot_differences_by_group, plot_sides, plot_topics, plot_districts)
    texts += [chart(report).caption for chart in charts]
    stating = _stating(report.language)
    return any(pattern.search(text.replace("**", "")) for text in texts for pattern in stating)


@cache
def _stating(language: str) -> tuple[re.Pattern[str], ...]:
    """Return the texts that state a difference, with anything in the place of their words."""
    messages = Messages(language)
    templates = [str(messages._texts[key]).replace("**", "") for key in _STATING]
    parts = [[re.escape(part) for part in re.split(r"{\w+}", text)] for text in templates]
    return tuple(re.compile(r"[^.]*?".join(part)) for part in parts)


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


@cache
def questionnaire() -> Questionnaire:
    """The form of the bundled study, which nobody answers in the drawn ones."""
    return read_questionnaire(BUNDLED, design())


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
