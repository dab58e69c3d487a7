"""What the prose may say: a gate for differences, a base in every sentence, markup made literal."""

import pandas as pd
import pytest
from small_study import STUDY

from umid_research import sentences
from umid_research.__main__ import main
from umid_research.report import open_report

NUMBERS = ["value", "low", "high", "units", "respondents", "p_adjusted"]


@pytest.fixture
def report(write_study, tmp_path):
    """The small study's report, with rows of published put in by the test."""

    def make(rows: list[dict] = (), *, study: str = STUDY, district: str | None = None):
        raw, processed = write_study(study=study), tmp_path / "processed"
        folders = ["--raw", str(raw), "--processed", str(processed)]
        for stage in ("clean", "score", "compare", "disclose"):
            assert 0 == main([stage, *folders])
        made = open_report("07-study", language="en", district=district, processed=processed)
        if rows:
            tables = {row["table"] for row in rows}
            kept = made.published[~made.published["table"].isin(tables)]
            added = pd.DataFrame(rows, columns=made.published.columns)
            added["note"] = added["note"].fillna("")
            object.__setattr__(made, "published", pd.concat([kept, added], ignore_index=True))
        return made

    return make


def _difference(**changes: object) -> dict:
    row = {
        "table": "differences_by_group",
        "dimension": "trust",
        "group": "people",
        "versus": "office",
        "value": -20.0,
        "low": -30.0,
        "high": -5.0,
        "units": 12.0,
        "p_adjusted": 0.01,
        "shown": True,
        "note": "",
    }
    return {**row, **changes}


def test_a_clear_difference_is_stated_higher_side_first(report) -> None:
    """With its interval and its units."""
    text = sentences.group_differences(report([_difference()])).markdown

    assert "**Trust**: Office score 20 points higher than People" in text
    assert "95 % interval 5 to 30, 12 units" in text


@pytest.mark.parametrize(
    "changes",
    [{"p_adjusted": 0.05}, {"high": 0.0}, {"high": 4.0}, {"p_adjusted": float("nan")}],
    ids=["p at the limit", "limit at zero", "interval over zero", "no p"],
)
def test_what_is_not_clear_is_not_stated(report, changes) -> None:
    """And it is never said that there is no difference."""
    text = sentences.group_differences(report([_difference(**changes)])).markdown

    assert "points higher" not in text
    assert "For 1 comparison no clear difference was found" in text
    assert "no difference" not in text


def test_a_withheld_difference_is_counted_and_not_told(report) -> None:
    """Its numbers do not exist in what the prose reads."""
    hidden = dict.fromkeys(NUMBERS, float("nan"))
    text = sentences.group_differences(report([_difference(shown=False, **hidden)])).markdown

    assert "1 more comparison is not shown" in text


def test_an_unmatched_study_says_that_nothing_is_compared_yet(report) -> None:
    """Silence would read as `no difference`."""
    made = report(study=STUDY.replace("matched = true, ", ""))

    assert "not compared in this report yet" in sentences.group_differences(made).markdown
    assert "not compared in this report yet" in sentences.district_differences(made).markdown


def test_the_headline_counts_answers_and_their_base(report) -> None:
    """Five yes, five no, of ten."""
    text = sentences.headline(report()).markdown

    assert "5 answered “Yes” and 5 answered “No”, of 10 who answered" in text


def test_the_intake_closes(report) -> None:
    """Read, kept, set aside."""
    text = sentences.intake(report()).markdown

    assert "10 submissions came in; 10 were kept and 0 set aside; 0 problems were logged." == text


def test_a_quota_that_was_not_reached_is_named(report) -> None:
    """Each group with what was reached and what was planned."""
    reached = sentences.quota(report()).markdown
    short = sentences.quota(
        report(study=STUDY.replace('name.en = "NGO", quota = 1', 'name.en = "NGO", quota = 3'))
    ).markdown

    assert "Every group reached" in reached
    assert "Fewer units than planned were reached for NGO (1 of 3)." == short


def test_a_district_whose_scores_are_withheld_says_so(report) -> None:
    """Rather than nothing."""
    text = sentences.district_profile(
        report(study=STUDY + "\n[thresholds]\nunits = 9\n", district="north")
    ).markdown

    assert "Withheld to protect those who answered." == text


def test_a_name_with_markup_stays_literal(report) -> None:
    """Names come from people, Markdown from us."""
    made = report([_difference()], study=STUDY.replace('"Office"', '"*Office* <b>"'))

    assert r"\*Office\* \<b\>" in sentences.group_differences(made).markdown


def test_every_section_has_a_heading_and_a_reason(report) -> None:
    """A heading alone is a drawer label."""
    made = report(district="north")
    keys = {key.split(".")[1] for key in made.text.keys if key.startswith("section.")}

    assert keys
    for key in keys:
        heading, why = sentences.section(made, key).markdown.split("\n\n")
        assert heading.startswith("## ")
        assert why
