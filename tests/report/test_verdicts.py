"""What may be said of a contrast is decided once, before rounding; everything else reads it."""

import ast
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from analysis.test_compare import study_of, units_of
from attacked import row_of, rows_of
from small_activity_report import KNOWLEDGE, small_activity_report
from small_report import small_report

from umid_research.analysis.compare import compare_units
from umid_research.analysis.compare.verdicts import verdicts
from umid_research.analysis.score import is_answered_enough
from umid_research.analysis.verdicts import Reason, printed_verdicts
from umid_research.disclosure.derived import withhold, withhold_spread
from umid_research.disclosure.frame import as_published, row_frame
from umid_research.disclosure.rules.differences import difference_rows, public_reasons
from umid_research.disclosure.rules.scores import score_rows
from umid_research.errors import FrameError
from umid_research.messages import Messages, languages
from umid_research.report import charts, texts
from umid_research.report.activity_report import in_points
from umid_research.report.differences.table import table_differences_by_group
from umid_research.report.findings.headlines import in_a_line
from umid_research.report.implementation.areas import table_supply_demand
from umid_research.report.indicators.table import table_knowledge
from umid_research.report.table import Table

NAN = float("nan")
PACKAGE = Path(__file__).resolve().parents[2] / "umid_research"


# --- the rule ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("estimate", "low", "high", "p_adjusted", "verdict"),
    [
        (5.0, 1.0, 9.0, 0.01, "higher"),
        (-5.0, -9.0, -1.0, 0.01, "lower"),
        (5.0, 0.001, 9.0, 0.0499, "higher"),
        (-5.0, -9.0, -0.001, 0.0499, "lower"),
        (5.0, 1.0, 9.0, 0.05, "unclear"),
        (-5.0, -9.0, -1.0, 0.05, "unclear"),
        (5.0, 0.0, 9.0, 0.01, "unclear"),
        (-5.0, -9.0, 0.0, 0.01, "unclear"),
        (5.0, -1.0, 9.0, 0.01, "unclear"),
        (5.0, NAN, NAN, 0.01, "unclear"),
        (5.0, 1.0, 9.0, NAN, "unclear"),
        (NAN, NAN, NAN, NAN, "not_estimable"),
    ],
)
def test_a_difference_is_stated_under_both_conditions(
    estimate, low, high, p_adjusted, verdict
) -> None:
    """Adjusted p below 0.05 and an interval that excludes zero; neither boundary is enough."""
    assert [verdict] == verdicts([estimate], [low], [high], [p_adjusted]).tolist()


@pytest.mark.parametrize(
    ("verdict", "printed", "expected"),
    [
        ("higher", 1, "higher"),
        ("higher", 0, "unclear"),
        ("higher", -3, "unclear"),
        ("lower", -1, "lower"),
        ("lower", 0, "unclear"),
        ("lower", 3, "unclear"),
        ("unclear", 3, "unclear"),
        ("not_estimable", NAN, "not_estimable"),
    ],
)
def test_a_printed_difference_of_another_sign_is_not_stated(verdict, printed, expected) -> None:
    """Zero has no sign that could be stated."""
    assert [expected] == printed_verdicts(pd.Series([verdict]), pd.Series([printed])).tolist()


def _published(people: float, office: float) -> pd.Series:
    """The one difference of groups where all twelve localities have these two scores."""
    study = study_of(["people", "office"], ["north"], supply="office")
    scores = {("north", "people"): [people] * 12, ("north", "office"): [office] * 12}
    units = units_of(scores, "trust")
    made = compare_units(units, study, seed=1)
    rows = pd.concat(difference_rows(made, score_rows(units, study), study))
    return rows[rows["table"] == "differences_by_group"].iloc[0]


@pytest.mark.parametrize(
    ("people", "office", "printed", "verdict"),
    [
        (50.6, 50.2, (1, 0, 1), "higher"),
        (50.2, 50.6, (-1, -1, 0), "lower"),
        (50.4, 50.0, (0, 0, 1), "unclear"),
        (52.6, 50.2, (3, 2, 3), "higher"),
    ],
    ids=["limit rounded to zero", "upper limit rounded to zero", "printed as zero", "far off"],
)
def test_the_verdict_is_older_than_the_rounding(people, office, printed, verdict) -> None:
    """Differences of 0.4 everywhere: the interval excludes zero, and its printed limit does not."""
    row = _published(people, office)

    assert printed == (row["value"], row["low"], row["high"])
    assert verdict == row["verdict"]


def test_a_change_of_knowledge_has_a_verdict_too() -> None:
    """Not where rounded shares turn it round or make it zero."""
    base = {"low": 0.2, "high": 0.8, "verdict": "higher"}
    rows = pd.DataFrame(
        [
            {"before": 40.6, "after": 41.6, "change": 1.0, **base},
            {"before": 40.6, "after": 41.1, "change": 0.5, **base},
        ]
    )

    assert ["higher", "unclear"] == in_points(rows)["verdict"].tolist()


# --- what disclosure makes of it -----------------------------------------------------------------


@pytest.mark.parametrize("verdict", ["higher", "lower", "unclear"])
def test_a_row_that_is_withheld_says_nothing(verdict) -> None:
    """A shown one keeps its verdict; rows that are no contrasts get none."""
    rows = pd.DataFrame({"verdict": [verdict, verdict, ""], "shown": [True, False, False]})
    part = row_frame("differences_by_group", rows.drop(columns=["verdict", "shown"]), **rows)

    assert [verdict, "withheld", ""] == as_published([part])["verdict"].tolist()


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        ("no_shared_locality", ("not_estimable", "no_shared_locality")),
        ("too_few_scores", ("not_estimable", "too_few_scores")),
        ("equal_differences", ("withheld", "")),
        ("equal_units", ("withheld", "")),
        ("equal_localities", ("withheld", "")),
        ("equal_answers", ("withheld", "")),
        ("equal_sums", ("withheld", "")),
    ],
)
def test_that_nobody_differs_looks_like_everything_withheld(reason, expected) -> None:
    """It would tell everybody's score; where the groups are tells nothing."""
    rows = pd.DataFrame({"verdict": ["not_estimable"], "reason": [reason], "shown": [False]})
    row = as_published([row_frame("t", pd.DataFrame(index=[0]), **rows)]).iloc[0]

    assert expected == (row["verdict"], row["reason"])


@pytest.mark.parametrize(
    ("reason", "public"),
    [
        ("no_shared_stratum", "no_shared_stratum"),
        ("no_shared_locality", "no_shared_locality"),
        ("no_shared_district", "too_few_scores"),
        ("one_shared_locality", "too_few_scores"),
        ("group_without_scores", "too_few_scores"),
        ("group_with_one_unit", "too_few_scores"),
        ("district_without_scores", "too_few_scores"),
        ("district_with_one_locality", "too_few_scores"),
        ("equal_units", "equal_units"),
    ],
)
def test_only_reasons_that_tell_nothing_of_answers_are_published(reason, public) -> None:
    """Those without a spread are withheld later; a contrast with an estimate needs no reason."""
    rows = pd.DataFrame(
        {"estimate": [NAN, 4.0], "reason": [reason, "too_few_for_limits"]}, dtype=object
    )

    assert [public, ""] == public_reasons(rows).tolist()


def test_what_is_withheld_later_takes_its_verdict_along() -> None:
    """With the row or with its interval alone; a public reason stays as it is."""
    keys = {"dimension": "trust", "group": "people", "versus": "office", "value": 9.0}
    clear = row_of("differences_by_group", **keys) | {"verdict": "higher", "low": 2.0}
    impossible = row_of("differences_by_group", **keys)
    impossible |= {"verdict": "not_estimable", "reason": "no_shared_locality", "shown": False}
    mean = row_of("scores_by_group", dimension="trust", group="people", value=50.0)
    rows = rows_of(clear, clear, clear, impossible, mean)

    withhold(rows, [0, 3, 4])
    withhold_spread(rows, rows.index.isin([1]))

    assert ["withheld", "withheld", "higher", "not_estimable", ""] == rows["verdict"].tolist()
    assert [False, True, True, False, False] == rows["shown"].tolist()
    assert rows.loc[1, "value"] == 9 and np.isnan(rows.loc[1, "low"])


# --- codes and words -----------------------------------------------------------------------------

SHOWN_REASONS = {
    *("no_shared_stratum", "no_shared_locality", "too_few_scores"),
    *("single_item", "too_few_complete", "two_items", "no_proper_fit"),
}


@pytest.mark.parametrize("language", languages())
def test_every_reason_that_a_report_tells_has_words(language) -> None:
    """And the catalogue has no words for codes that there are not."""
    words = {key.removeprefix("reason.") for key in Messages(language).keys if "reason." in key[:7]}

    assert SHOWN_REASONS == words
    assert words <= set(Reason)


def _difference(**changes: object) -> dict:
    row = {"statistic": "difference", "family": "A", "dimension": "duties", "units": 11}
    row |= {"group": "people", "versus": "office", "value": -24, "low": -39, "high": -8}
    return {**row, "p_adjusted": 0.01, "verdict": "lower", **changes}


def _hidden(reason: str) -> dict:
    return {"shown": False, "verdict": "not_estimable", "reason": reason}


@pytest.mark.parametrize(
    ("column", "wrong"), [("verdict", "not clear"), ("reason", "too few"), ("reason", "Too_few")]
)
def test_an_unknown_code_is_an_error(column, wrong) -> None:
    """Reworded or misspelt, it is never taken for another verdict or for none."""
    row = _difference(shown=False, verdict="withheld") | {column: wrong}

    with pytest.raises(FrameError, match=rf"column {column}, row 2: .*; found '{wrong}'"):
        small_report(differences_by_group=[row])


def test_a_gap_that_cannot_be_estimated_is_not_called_withheld() -> None:
    """In the table of the areas: words for the one, the mark and its note for the other."""
    view = {"statistic": "mean", "dimension": "index", "units": 8, "value": 50, "group": "people"}

    def made(**hidden: object) -> Table:
        gap = _difference(dimension="index", group=None, versus=None, **hidden)
        return table_supply_demand(
            small_report(gap_by_area=[gap], views_by_area=[view, {**view, "group": "office"}])
        )

    impossible = made(**_hidden("no_shared_locality"))
    withheld = made(shown=False, verdict="withheld")

    assert "cannot be estimated: no locality holds both groups" == impossible.rows[0][-1]
    assert not any("×" in note for note in impossible.notes)
    assert "×" == withheld.rows[0][-1]
    assert any("×" in note for note in withheld.notes)


def test_other_words_change_no_verdict() -> None:
    """All texts of the catalogue reworded: as many differences are stated as before."""
    rows = [
        _difference(),
        _difference(dimension="trust", verdict="unclear", mdd=17),
        _difference(dimension="index", **_hidden("no_shared_stratum")),
    ]
    report = small_report(differences_by_group=rows)
    reworded = Messages("en")
    reworded._texts = {
        key: f"~{text}" if isinstance(text, str) else {n: f"~{t}" for n, t in text.items()}
        for key, text in reworded._texts.items()
    }
    other = replace(report, text=reworded)

    for made in (report, other):
        table = table_differences_by_group(made)
        assert ["–", "17", ""] == [row[6] for row in table.rows]
        said = texts.group_differences(made).markdown
        assert 1 == sum(line.startswith("- ") for line in said.splitlines())
    assert "~cannot be estimated: no district holds both groups" == table.rows[2][-1]


# --- a printed limit of zero ---------------------------------------------------------------------

TOUCHES = "before rounding, the interval of this difference excludes zero"


@pytest.mark.parametrize(
    ("changes", "noted"),
    [
        ({"high": 0}, True),
        ({"value": 24, "low": 0, "high": 39, "verdict": "higher"}, True),
        ({}, False),
        ({"high": 0, "verdict": "unclear"}, False),
    ],
    ids=["upper limit", "lower limit", "no limit of zero", "not stated"],
)
def test_a_stated_difference_with_a_printed_limit_of_zero_says_why(changes, noted) -> None:
    """Wherever its interval stands: in lists, tables, figures."""
    row = _difference(**changes)
    report = small_report(differences_by_group=[row])
    side = {**row, "group": None, "side": "supply", "versus": "demand"}
    score = {"statistic": "mean", "dimension": "duties", "units": 8, "value": 50}
    sides = small_report(
        differences_by_side=[side],
        scores_by_group=[{**score, "group": key} for key in ("people", "office")],
    )
    view = {"statistic": "mean", "dimension": "index", "units": 8, "value": 50, "group": "people"}
    areas = small_report(
        gap_by_area=[{**row, "dimension": "index", "group": None, "versus": None}],
        views_by_area=[view, {**view, "group": "office"}],
    )
    output = [
        texts.group_differences(report).markdown,
        texts.brief_differences(report).markdown,
        texts.differences_in_short(report).markdown,
        texts.view_gap_text(areas).markdown,
        " ".join(table_differences_by_group(report).notes),
        " ".join(table_supply_demand(areas).notes),
        charts.plot_differences_by_group(report).alt,
        " ".join(charts.plot_sides(sides).svg.split()),
        " ".join(charts.plot_supply_demand(areas).svg.split()),
    ]

    found = ["rounded outward" in text for text in output]
    assert [noted] * len(output) == found


def test_a_line_without_room_for_the_note_counts_instead() -> None:
    """As it does where scores are skewed."""
    touching = small_report(differences_by_group=[_difference(high=0)])
    clear = small_report(differences_by_group=[_difference()])

    assert "**1 of 1** comparisons" in in_a_line(touching, "differences").markdown
    assert "24 points" in in_a_line(clear, "differences").markdown


def test_a_change_of_knowledge_with_a_printed_limit_of_zero_says_why() -> None:
    """In the sentence, the table and the figure; nothing where limits lie off zero."""
    for low, noted in ((0.0, True), (8.0, False)):
        report = small_activity_report(knowledge=[{**row, "low": low} for row in KNOWLEDGE])
        assert noted == ("rounded outward" in texts.knowledge_gain_text(report).markdown)
        assert noted == any("rounded outward" in n for n in table_knowledge(report).notes)
        assert noted == ("rounded outward" in charts.plot_knowledge(report).svg)


# --- no renderer decides -------------------------------------------------------------------------

RENDERERS = ("sentences", "tables", "figures", "slides", "appendix", "explore", "sheets")
FORBIDDEN = {"p", "p_adjusted", "note"}
SEARCHES = {"startswith", "endswith", "contains", "match", "lt", "le", "gt", "ge", "eq", "ne"}


def _deciders(code: str) -> list[int]:
    """The lines that decide something by a p-value or by the words of a note."""
    lines = []
    for node in ast.walk(ast.parse(code)):
        asked: list[ast.AST] = []
        if isinstance(node, ast.Compare | ast.BoolOp):
            asked = [node]
        elif isinstance(node, ast.If | ast.IfExp | ast.While):
            asked = [node.test]
        elif isinstance(node, ast.comprehension):
            asked = list(node.ifs)
        elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not | ast.Invert):
            asked = [node.operand]
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            asked = [node.func.value] if node.func.attr in SEARCHES else []
        lines += [part.lineno for one in asked for part in ast.walk(one) if _is_forbidden(part)]
    return lines


def _is_forbidden(node: ast.AST) -> bool:
    """Whether it is a column of a row or a frame, such as `row.note` or `rows["p_adjusted"]`."""
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
        return node.slice.value in FORBIDDEN
    return (
        isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.attr in FORBIDDEN
    )


@pytest.mark.parametrize("package", RENDERERS)
def test_no_renderer_decides_by_a_p_value_or_by_words(package) -> None:
    """They read the verdict and the reason."""
    found = {
        path.name: lines
        for path in (PACKAGE / package).glob("*.py")
        if (lines := _deciders(path.read_text(encoding="utf-8")))
    }

    assert {} == found


@pytest.mark.parametrize(
    ("code", "caught"),
    [
        ('clear = rows["p_adjusted"] < 0.05', True),
        ("if row.note: pass", True),
        ('x = rows["note"].str.endswith("stratum")', True),
        ("y = 1 if row.p_adjusted < 0.05 else 0", True),
        ('z = rows["p_adjusted"].lt(0.05)', True),
        ("w = [row for row in rows if not row.note]", True),
        ("cell = number(row.p_adjusted)", False),
        ("text = plain(row.note)", False),
        ('if row.verdict == "higher": pass', False),
    ],
)
def test_the_check_of_renderers_finds_what_it_looks_for(code, caught) -> None:
    """Printing a number or a text is no decision."""
    assert caught == bool(_deciders(code))


# --- two thirds ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answered", "asked", "enough"),
    [
        (2, 3, True),
        (1, 2, False),
        (4, 6, True),
        (3, 5, False),
        (200, 300, True),
        (199, 300, False),
        (0, 0, False),
        (0, 1, False),
        (1, 1, True),
    ],
)
def test_two_thirds_of_what_was_asked_make_a_score(answered, asked, enough) -> None:
    """Exactly two thirds are enough; nothing answered never is."""
    assert [enough] == is_answered_enough(np.array([answered]), np.array([asked])).tolist()
