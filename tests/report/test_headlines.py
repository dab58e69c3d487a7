"""A finding in one line, for a title: only what the study can state, else nothing."""

from dataclasses import replace

import pytest
from small_report import AZ, small_report

from umid_research.report.sample.text import headline
from umid_research.report.study_report import Report
from umid_research.report.texts import in_a_line
from umid_research.study import Theme

_HIDDEN = {"value": None, "low": None, "high": None, "shown": False}


def _said(finding: str, report: Report) -> str:
    return in_a_line(report, finding).markdown


def _with(report: Report, **changes: object) -> Report:
    return replace(report, study=report.study.model_copy(update=changes))


# --- differences --------------------------------------------------------------------------------


def _difference(**changes: object) -> dict:
    row = {
        "statistic": "difference",
        "family": "A",
        "dimension": "duties",
        "units": 11,
        "group": "people",
        "versus": "office",
        "value": -24,
        "low": -39,
        "high": -8,
        "p_adjusted": 0.01,
        "verdict": "lower",
        "skewed": 0,
    }
    return {**row, **changes}


UNCLEAR = {"low": -39, "high": 4, "p_adjusted": 0.2, "verdict": "unclear"}


def _differing(*rows: dict) -> Report:
    return small_report(differences_by_group=list(rows))


def test_a_single_clear_difference_is_stated_higher_side_first() -> None:
    """Without its interval, which stands in the text below the title."""
    expected = f"Duties: Office **24 points** above {AZ}"

    report = _differing(_difference(), _difference(dimension="trust", **UNCLEAR))

    assert expected == _said("differences", report)


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([_difference(), _difference(dimension="trust")], "**2 of 2** comparisons of groups show"),
        ([_difference(skewed=1)], "**1 of 1** comparisons of groups shows a clear difference"),
        ([_difference(**UNCLEAR)], "The one comparison of groups shows no clear difference"),
        ([_difference(**UNCLEAR)] * 3, "None of 3 comparisons of groups shows a clear difference"),
        ([_difference()] * 2 + [_difference(verdict="unclear")], "**2 of 3**"),
        ([_difference(**_HIDDEN)], ""),
        ([], ""),
    ],
    ids=[
        "two",
        "skewed",
        "one unclear",
        "three unclear",
        "one of three unclear",
        "withheld",
        "none",
    ],
)
def test_no_other_difference_is_stated_in_a_line(rows, expected) -> None:
    """Several are counted, and so is one that needs a warning."""
    said = _said("differences", _differing(*rows))

    assert said.startswith(expected)
    assert "points" not in said
    assert bool(expected) == bool(said)


# --- the most and the least ---------------------------------------------------------------------


def _counted(key: str, value: int | None, n: int = 20) -> dict:
    text = {"value": value, "respondents": n} if value is not None else {"shown": False}
    return {"dimension": key, "statistic": "meetings", **text}


THEMES = {key: Theme(name={"en": key.title()}) for key in ("roads", "money")}


@pytest.mark.parametrize(
    ("roads", "money", "expected"),
    [
        (5, 7, "Most often proposed: Money (**7 of 20** proposals)"),
        (7, 7, ""),
        (7, None, ""),
        (0, 0, ""),
    ],
    ids=["one most", "two alike", "one withheld", "nothing"],
)
def test_the_most_proposed_theme_needs_one_maximum_and_no_withheld_theme(
    roads, money, expected
) -> None:
    """A withheld theme could be the largest."""
    rows = [_counted("roads", roads), _counted("money", money)]
    report = _with(small_report(themes_survey=rows), themes=THEMES)

    assert expected == _said("raised", report)


def test_without_proposals_the_theme_of_the_meetings_is_named() -> None:
    """Only the total counts, not single groups or districts."""
    everybody = [_counted("roads", 9), _counted("money", 3)]
    group = [{**_counted("money", 19), "group": "people"}]
    report = _with(small_report(themes_meetings=everybody + group), themes=THEMES)

    assert "Most often raised: Roads (**9 of 20** meetings)" == _said("raised", report)
    assert "" == _said("raised", _with(small_report(), themes=THEMES))


def test_the_most_frequent_answer_has_its_base() -> None:
    """No line if two answers are equally frequent or one is withheld."""
    report = small_report()
    answers = [row for row in report.rows("answers").to_dict("records") if row["value"] == 15]
    tied = [{**answers[0], "answer": code} for code in ("yes", "no")]

    assert "**45 of 52** answered “Man”" == _said("headline", _with(report, headline="sex"))
    assert "" == _said("headline", _with(report, headline="channels"))
    assert "" == _said("headline", _with(report, headline="trust_2"))
    assert "" == _said("headline", _with(small_report(answers=tied), headline="plan"))
    assert "" == _said("headline", report)


def test_a_headline_with_a_withheld_answer_has_no_counts() -> None:
    """One of two is withheld: the other would give it away, on a slide and in the text."""
    answer = {"table": "answers", "question": "plan", "value": 15, "respondents": 52}
    shown = [{**answer, "answer": "yes"}, {**answer, "answer": "no", "value": 37}]
    hidden = [shown[0], {**answer, "answer": "no", "value": None, "shown": False}]
    open_, closed = (_with(small_report(answers=rows), headline="plan") for rows in (shown, hidden))

    assert "37" in _said("headline", open_)
    assert "15" in headline(open_).markdown
    assert "" == _said("headline", closed)
    assert "15" not in headline(closed).markdown
