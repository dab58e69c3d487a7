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


def test_a_single_clear_difference_is_stated_with_its_interval() -> None:
    """The higher side first."""
    expected = f"Duties: Office score **24 points** higher than {AZ} (95 % interval 8 to 39)"

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


def test_the_groups_are_compared_on_the_index_only() -> None:
    """A clear difference of a dimension does not change this line."""
    clear, unclear = _difference(), _difference(dimension="index", **UNCLEAR)

    assert "no clear difference in the one comparison" in _said(
        "groups", _differing(clear, unclear)
    )
    assert "index: Office score **24 points** higher" in _said(
        "groups", _differing(_difference(dimension="index"))
    )
    assert "" == _said("groups", _differing(clear))
    assert "" == _said("groups", _differing(clear, _difference(dimension="index", **_HIDDEN)))


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        (
            {"value": 9, "low": 2, "high": 16, "verdict": "higher"},
            "see **9 points** more implemented",
        ),
        ({"value": -9, "low": -16, "high": -2}, "see **9 points** less implemented"),
        ({"value": 9, "low": -2, "high": 16, "verdict": "unclear"}, "No clear difference between"),
        ({"value": 9, "low": 2, "high": 16, "verdict": "unclear"}, "No clear difference between"),
        ({"value": 9, "low": 2, "high": 16, "skewed": 1, "verdict": "higher"}, None),
        ({"value": 9, "low": None, "high": None, "verdict": "unclear"}, None),
        (_HIDDEN, None),
    ],
    ids=["more", "less", "over zero", "unclear", "skewed", "no interval", "withheld"],
)
def test_the_gap_in_views_is_stated_only_if_it_is_clear(changes, expected) -> None:
    """No line if it is withheld, has no interval or needs a warning."""
    said = _said("views", small_report(gap_by_area=[_difference(dimension="index", **changes)]))

    assert (expected or "") in said
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

    assert expected == _said("spoken", report)


def test_without_proposals_the_theme_of_the_meetings_is_named() -> None:
    """Only the total counts, not single groups or districts."""
    everybody = [_counted("roads", 9), _counted("money", 3)]
    group = [{**_counted("money", 19), "group": "people"}]
    report = _with(small_report(themes_meetings=everybody + group), themes=THEMES)

    assert "Most often spoken about: Roads (**9 of 20** meetings)" == _said("spoken", report)
    assert "" == _said("spoken", _with(small_report(), themes=THEMES))


def _judged(dimension: str, asked: int, unknown: int | None) -> list[dict]:
    hidden = {"shown": False} if unknown is None else {}
    return [
        {"dimension": dimension, "statistic": "asked", "value": asked},
        {"dimension": dimension, "statistic": "dont_know", "value": unknown, **hidden},
    ]


@pytest.mark.parametrize(
    ("trust", "duties", "expected"),
    [
        ((40, 9), (100, 10), "“don't know” to **9 of 40** questions put"),
        ((40, 9), (80, 18), None),
        ((40, 9), (100, None), None),
        ((40, 0), (100, 0), None),
        ((40, 9), None, None),
    ],
    ids=["largest share", "same share", "withheld", "everybody knew", "one dimension"],
)
def test_the_least_judged_dimension_has_the_largest_share(trust, duties, expected) -> None:
    """Not the largest number; a single dimension has no such line."""
    rows = _judged("trust", *trust) + (_judged("duties", *duties) if duties else [])
    said = _said("not_knowing", small_report(not_knowing=rows))

    assert (expected or "") in said
    assert bool(expected) == bool(said)


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


# --- the plan, the districts, the choices -------------------------------------------------------


def test_complete_measures_are_counted_only_with_evidence() -> None:
    """A study without evidence has no such line."""
    codes = ("Complete", "Limited", "Complete")
    rows = [{"statistic": "documentary", "answer": code} for code in codes]
    checked = [{"dimension": "index", "value": 50, "units": 3}]

    report = small_report(status=rows, documentary_by_area=checked)

    assert "**2 of 3** pairs of measure and district stand at Complete" in _said(
        "documents", report
    )
    assert "" == _said("documents", small_report(status=rows))
    assert "" == _said("documents", small_report())


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([_difference(**UNCLEAR)], "The one comparison of districts shows no clear difference"),
        ([_difference(**UNCLEAR)] * 3, "No clear difference between districts in any of 3"),
        ([_difference()], "**1 of 1** comparisons of districts shows a clear difference"),
        ([_difference(), _difference(**UNCLEAR)], "**1 of 2** comparisons of districts shows"),
        ([_difference(**_HIDDEN)], ""),
    ],
    ids=["one unclear", "three unclear", "one", "one of two", "withheld"],
)
def test_district_comparisons_are_only_counted(rows, expected) -> None:
    """Exploratory and without ranking: the report says which is higher, with the interval."""
    pairs = [{**row, "district": "north", "versus": "south", "group": None} for row in rows]
    said = _said("districts", small_report(differences_by_district=pairs))

    assert said.startswith(expected)
    assert expected == "" or said.endswith("(exploratory)")


def _tried(same: int, dimension: str = "duties") -> dict:
    keys = {"family": "A", "dimension": dimension, "group": "people", "versus": "office"}
    return {**keys, "statistic": "items", "value": same, "runs": 10}


@pytest.mark.parametrize(
    ("same", "expected"),
    [
        ([10], "The clear difference stands in every run"),
        ([5], "The clear difference stands in most runs"),
        ([4], "The clear difference hangs by a thread"),
        ([10, 4], "**1 of 2** clear differences stand in every run"),
        ([], ""),
    ],
    ids=["all", "half", "less", "two", "not tried"],
)
def test_robustness_is_stated_for_differences_with_runs(same, expected) -> None:
    """By the rule of the verdicts."""
    dimensions = ["duties", "trust"][: max(len(same), 1)]
    report = small_report(
        differences_by_group=[_difference(dimension=key) for key in dimensions],
        robustness=[_tried(*text) for text in zip(same, dimensions, strict=False)],
    )

    assert expected == _said("survives", report)


def test_without_stated_differences_there_is_no_line_on_robustness() -> None:
    """Nor in an unmatched study, which has no such runs."""
    rows = [_difference(**UNCLEAR)]
    matched = small_report(differences_by_group=[_difference()], robustness=[_tried(10)])
    groups = {
        key: group.model_copy(update={"matched": False})
        for key, group in matched.study.groups.items()
    }

    assert "" == _said("survives", small_report(differences_by_group=rows, robustness=[_tried(9)]))
    assert "" == _said("survives", _with(matched, groups=groups))


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
