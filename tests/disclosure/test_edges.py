"""At the edges of the rules: one meeting fewer, one point nearer to an end, limits outward."""

import pandas as pd
import pytest
from analysis.test_compare import study_of, units_of
from attacked import Case, row_of, rows_of
from small_plan import PLAN_QUESTIONNAIRE, PLAN_STUDY, plan_export, write_plan
from small_study import small_export

from umid_research.analysis.implementation import GAPS
from umid_research.analysis.meetings import QUOTES, THEMES
from umid_research.disclosure.rules.scores import score_rows
from umid_research.disclosure.rules.themes import quote_rows, theme_rows
from umid_research.disclosure.rules.views import gap_rows, view_rows


@pytest.fixture
def plan(case) -> Case:
    """Return the small study with the small plan."""
    export = plan_export(small_export())
    made = case(study=PLAN_STUDY, questionnaire=PLAN_QUESTIONNAIRE, export=export)
    write_plan(made.folder)
    return made


class Themes:
    """A theme that one of `meetings` of a group, or district, raised, with a quote."""

    def __init__(self, meetings: int, **place: str) -> None:
        theme = {"source": "meetings", "theme": "roads", **place}
        self.themes = THEMES.of([{**theme, "segments": 1, "meetings": 1, "of": meetings}])
        self.quotes = QUOTES.of([{**theme, "language": "en", "text": "The road is bad."}])


@pytest.mark.parametrize("place", [{"group": "people"}, {"district": "north"}])
@pytest.mark.parametrize(("meetings", "shown"), [(4, False), (5, True)])
def test_a_quote_needs_five_meetings_of_its_group_or_district(plan, place, meetings, shown) -> None:
    """Fewer, and somebody would know who said it; the count of the theme needs as many."""
    themes = Themes(meetings, **place)
    (counts,) = theme_rows(themes.themes, plan.study)

    assert shown == (1 == len(quote_rows(themes, plan.study)))
    assert [shown] == counts["shown"].tolist()


@pytest.mark.parametrize(
    ("score", "shown"),
    [(0.4, False), (1.4, False), (1.6, True), (50, True), (98.4, True), (98.6, False)],
)
def test_a_view_within_a_point_of_an_end_is_withheld(plan, score, shown) -> None:
    """A mean that is printed as 0, 1, 99 or 100 says what nearly everybody answered."""
    views = pd.DataFrame(
        [{"dimension": "services", "group": "people", "score": score, "units": 9, "respondents": 9}]
    )
    known = rows_of(), {("services", "group", "people")}, plan.questionnaire, plan.study
    rows = view_rows(views, *known)

    assert [shown] == rows["shown"].tolist()


def test_the_limits_of_a_gap_are_rounded_outward(plan) -> None:
    """Of 60 less 50, from 3.6 to 9.2 is printed as 10, from 3 to 10; beyond it, it is widened."""
    gap = {"family": "D", "contrast": "supply - demand", "estimate": 9.0, "n_a": 12, "n_b": 12}
    gap |= {"group_a": "supply", "group_b": "demand", "verdict": "higher", "skewness": 0.0}
    limits = [(3.6, 9.2), (3.6, 12.1), (10.4, 12.9)]
    areas = ["services", "money", "index"]
    gaps = GAPS.of(
        [
            {**gap, "dimension": area, "low": low, "high": high}
            for area, (low, high) in zip(areas, limits, strict=True)
        ]
    )
    views = rows_of(
        *(
            row_of("views_by_area", dimension=area, group=group, value=value)
            for area in areas
            for group, value in (("people", 50.0), ("office", 60.0))
        )
    )
    rows = gap_rows(gaps, views, plan.study)

    assert [10, 10, 10] == rows["value"].tolist()
    assert [3, 3, 10] == rows["low"].tolist()
    assert [10, 13, 13] == rows["high"].tolist()


def test_the_limits_of_a_mean_are_rounded_outward_from_six_units() -> None:
    """Mean 52, variance 74, t(0.975; 5) = 2.571: from 42.97 to 61.03; of five units no interval.

    0 and 100 are the ends of the scale: 89 with a standard error of 4.59 would reach 100.8.
    """
    scores = [40.0, 45.0, 50.0, 55.0, 60.0, 62.0]
    high = [69.0, 85.0, 89.0, 93.0, 99.0, 99.0]
    units = units_of({("x", "a"): scores, ("x", "b"): scores[:5], ("x", "c"): high})
    rows = score_rows(units, study_of(["a", "b", "c"], ["x"], matched=False))
    means = rows[rows["table"] == "scores_by_group"].set_index("group")

    assert [52, 42, 62] == means.loc["a", ["value", "low", "high"]].tolist()
    assert 50 == means.loc["b", "value"]
    assert means.loc["b", ["low", "high"]].isna().all()
    assert 100 == means.loc["c", "high"]
