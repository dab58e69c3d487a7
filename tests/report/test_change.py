"""Test what the report of change says: what may be stated, leads, and what is not shown."""

import pandas as pd
from small_report import small_report

from umid_research.report.change.change_report import ChangeReport, with_change
from umid_research.report.change.chart import plot_change
from umid_research.report.change.table import table_changes, table_items
from umid_research.report.change.text import basis_text, change_text, leads_text

_NUMBERS = {"items": 3, "places": 12, "low": 4.0, "high": 21.0, "p_adjusted": 0.01, "mdd": 9.0}


def _row(dimension: str, group: str, earlier: float, later: float, verdict: str) -> dict:
    shown = verdict != "hidden"
    numbers = {**_NUMBERS, "earlier": earlier, "later": later, "change": later - earlier}
    return {
        "family": "F" if group else "E",
        "dimension": dimension,
        "group": group,
        **{name: value if shown else float("nan") for name, value in numbers.items()},
        "verdict": verdict if shown else "withheld",
        "reason": "",
        "shown": shown,
    }


def _report(*rows: dict, language: str = "en", states: tuple[str, ...] = ("same",) * 3):
    later = small_report()
    first, *_ = (group for group in later.study.groups)
    earlier = later.study.model_copy(
        update={
            "field_work": later.study.field_work.model_copy(
                update={"start": later.study.field_work.start.replace(year=2019)}
            )
        }
    )
    names = [question.name for question in later.questionnaire if question.dimension][:3]
    items = pd.DataFrame(
        {
            "dimension": "trust",
            "item": names,
            "state": states[: len(names)],
            "bridged": False,
            "used": [state == "same" for state in states[: len(names)]],
        }
    )
    return with_change(
        later,
        earlier=earlier,
        earlier_form=later.questionnaire,
        changes=pd.DataFrame(list(rows)),
        items=items,
    ), first


def _dimensions() -> list[str]:
    return list(small_report().study.dimensions)


def _three() -> tuple[ChangeReport, str]:
    one, two, *_ = _dimensions()
    first = next(iter(small_report().study.groups))
    report, _ = _report(
        _row(one, "", 41, 53, "higher"),
        _row(two, "", 60, 55, "unclear"),
        _row("index", "", 0, 0, "hidden"),
        _row(one, first, 40, 70, "higher"),
        _row(two, first, 0, 0, "hidden"),
    )
    return report, first


def test_only_changes_of_all_groups_together_are_stated() -> None:
    """With both means and the interval; the rest is counted."""
    report, _ = _three()
    text = change_text(report).markdown

    assert "From 2019 to 2022, at the places of both rounds:" in text
    assert "12 points higher (41, then 53; 95 % interval +4 to +21)" in text
    assert "1 other change is not clear" in text
    assert "1 change is not shown" in text
    assert "30 points" not in text


def test_a_clear_change_of_one_group_is_a_lead() -> None:
    """It stands below the charts, with a reservation."""
    report, _ = _three()
    text = leads_text(report).markdown

    assert text.startswith("Worth a closer look")
    assert "30 points higher (40, then 70" in text


def test_without_a_clear_change_nothing_is_stated_and_none_is_denied() -> None:
    """No difference is never said to be none."""
    one, *_ = _dimensions()
    report, _ = _report(_row(one, "", 60, 55, "unclear"))
    text = change_text(report).markdown

    assert "no change is clear. That does not mean that nothing has changed." in text
    assert "points" not in text


def test_a_withheld_change_has_a_mark_and_no_number() -> None:
    """In the table, the chart and its alternative text."""
    report, first = _three()
    table = table_changes(report)
    hidden = [row for row in table.rows if row[2] == "×"]

    assert 2 == len(hidden)
    assert all(set(row[2:]) == {"×"} for row in hidden)
    assert any(note.startswith("× Withheld") for note in table.notes)
    assert "withheld" in plot_change(report, first).alt.lower()


def test_a_chart_shows_both_rounds_and_the_change() -> None:
    """The alternative text has the numbers of the table."""
    report, first = _three()
    alt = plot_change(report, first).alt

    assert "40, then 70; change +30 (+4 to +21)" in alt


def test_questions_that_changed_are_listed_with_what_changed() -> None:
    """Those that are the same only count."""
    one, *_ = _dimensions()
    report, _ = _report(_row(one, "", 60, 55, "unclear"), states=("same", "wording", "scale"))
    states = [row[1] for row in table_items(report).rows]

    assert (
        states
        == ["worded differently: not compared", "other answers or scores: not compared"][
            : len(states)
        ]
    )
    assert states
    assert f"Of {len(report.items)} scored questions" in basis_text(report).markdown
