"""Simulate meetings.csv: coded segments of meetings and coded open proposals of the survey."""

import numpy as np
import pandas as pd

from umid_research.analysis.meetings import COLUMNS, SURVEY, translations
from umid_research.errors import StudyError
from umid_research.simulate.answers import simulated_answers, stream
from umid_research.simulate.design import FILE, Design
from umid_research.simulate.evidence import days, with_planted
from umid_research.simulate.plans import MeetingPlan, Pool
from umid_research.simulate.roster import roster
from umid_research.study import Study
from umid_research.study.questionnaire import Questionnaire

_PROPOSAL = "proposal"


def simulated_meetings(
    plan: MeetingPlan, design: Design, questionnaire: Questionnaire, study: Study
) -> pd.DataFrame:
    """Return the register `meetings` with its flaws."""
    meetings = _segments(plan, study)
    proposals = _proposals(plan, design, questionnaire, study)
    segments = pd.concat([meetings, proposals], ignore_index=True)
    written = [name for name in translations(study) if name in segments]
    segments[written] = segments[written].fillna("")
    uniforms = stream(study, "coders").random((1 + len(study.themes), len(segments)))
    meant = pd.DataFrame(
        {theme: [theme in themes for themes in segments["themes"]] for theme in study.themes}
    )
    doubt = np.array([[plan.doubt.get(theme, 0)] for theme in study.themes])
    other = meant ^ (uniforms[1:] < doubt).T
    read = uniforms[0] < plan.second
    coded = [
        _rows(segments, meant, plan.coders[0]),
        _rows(segments[read], other[read], plan.coders[1]),
    ]
    rows = pd.concat(coded, ignore_index=True)
    return with_planted(rows, plan.flaws, "segment_id", "meetings.flaws")[
        [*COLUMNS, "quote", "language", *written]
    ]


def _rows(segments: pd.DataFrame, given: pd.DataFrame, coder: str) -> pd.DataFrame:
    """Return one row per theme that the coder gives, or one row with a blank theme."""
    themes = [
        [name for name, yes in row.items() if yes] or [""] for row in given.to_dict("records")
    ]
    return segments.assign(theme=themes, coder=coder).explode("theme")


def _segments(plan: MeetingPlan, study: Study) -> pd.DataFrame:
    """Return the segments of the planned meetings, several per meeting.

    Only texts that are cleared for quoting are translated.
    """
    meetings = pd.DataFrame(
        [
            (group, district)
            for group, counts in plan.per_district.items()
            for district, count in zip(study.districts, counts, strict=True)
            for _ in range(count)
        ],
        columns=["group", "district"],
    )
    uniforms = stream(study, "meetings").random((2, len(meetings)))
    meetings["date"] = days(plan.first_day, plan.last_day, uniforms[0])
    meetings = meetings.sort_values("date", kind="stable", ignore_index=True)
    meetings["meeting"] = [f"G{number:02d}" for number in range(1, len(meetings) + 1)]
    fewest, most = plan.segments
    count = fewest + (uniforms[1] * (most - fewest + 1)).astype(int)
    segments = meetings.loc[meetings.index.repeat(count)].reset_index(drop=True)
    uniforms = stream(study, "segments").random((3, len(segments)))
    topics = [
        _pick(plan.interest[group], uniform)
        for group, uniform in zip(segments["group"], uniforms[0], strict=True)
    ]
    drawn = [
        _text(plan, topic, uniform) for topic, uniform in zip(topics, uniforms[1], strict=True)
    ]
    languages = {language for pool in plan.texts for language in pool.translated}
    quotable = uniforms[2] < plan.quote
    attribution = np.where(uniforms[2] < plan.quote / 2, "group", "district")
    return segments.assign(
        segment_id=[f"T{number:03d}" for number in range(1, len(segments) + 1)],
        text=[pool.pool[place] for pool, place in drawn],
        **{
            f"text_{language}": np.where(
                quotable,
                [
                    pool.translated[language][place] if language in pool.translated else ""
                    for pool, place in drawn
                ],
                "",
            )
            for language in study.languages
            if language in languages
        },
        themes=[pool.themes for pool, _ in drawn],
        language=[pool.language for pool, _ in drawn],
        quote=np.where(quotable, attribution, ""),
    )


def _pick(shares: dict[str, float], uniform: float) -> str:
    edges = np.cumsum(list(shares.values()))
    return list(shares)[int(np.searchsorted(edges / edges[-1], uniform, side="right"))]


def _text(plan: MeetingPlan, topic: str, uniform: float) -> tuple[Pool, int]:
    """Return the pool of a text about the topic, and the place of the text in it."""
    pools = [pool for pool in plan.texts if topic in pool.themes]
    texts = [(pool, place) for pool in pools for place in range(len(pool.pool))]
    return texts[int(uniform * len(texts))]


def _proposals(
    plan: MeetingPlan, design: Design, questionnaire: Questionnaire, study: Study
) -> pd.DataFrame:
    """Return the open proposals of the survey as segments, one per person."""
    if _PROPOSAL not in design.texts or not plan.proposals:
        return pd.DataFrame()
    pool = design.texts[_PROPOSAL].pool
    if len(plan.proposals) != len(pool):
        raise StudyError(
            "each proposal needs an entry of themes; the numbers differ",
            where=f"{FILE}, entry meetings.proposals",
            found=len(plan.proposals),
            possible=[len(pool)],
        )
    themes = dict(zip(pool, plan.proposals, strict=True))
    people = roster(design, study)[["group", "district"]]
    texts = simulated_answers(design, questionnaire, study)[_PROPOSAL]
    given = people.assign(text=texts)[texts != ""].reset_index(drop=True)
    return given.assign(
        segment_id=[f"U{number:03d}" for number in range(1, len(given) + 1)],
        meeting=SURVEY,
        date="",
        quote="",
        language="",
        themes=given["text"].map(themes),
    )
