"""Rule 7 in the reports: what is withheld is marked, and no text or bar misses a part of it."""

import pytest
from small_study import STUDY, derive, small_export

from umid_research.report.annex.plan import plan_paragraphs
from umid_research.report.answers.bars import bars_of
from umid_research.report.sample.intake import table_intake
from umid_research.report.sample.quality import intake, quota
from umid_research.report.sample.table import table_field_work
from umid_research.report.sample.text import sample
from umid_research.report.study_report import Report, open_report


@pytest.fixture
def opened(write_study, tmp_path):
    """The small study with a limit on counts; ten people were asked, and one more said no."""

    def make(count: int) -> Report:
        table = small_export()
        table.loc[len(table)] = table.loc[0].where(table.columns != "consent", "no")
        table.loc[len(table) - 1, "_uuid"] = "uuid-refused"
        study = f"{STUDY}\n[thresholds]\ncount = {count}\n"
        raw, processed = write_study(study=study, export=table), tmp_path / "processed"
        derive(raw, processed)
        return open_report("07-study", language="en", processed=processed)

    return make


def test_numbers_of_few_people_are_marked(opened) -> None:
    """Five people, four offices and an NGO: the four and the one are named without a number."""
    made = opened(5)
    numbers = [cell for row in table_field_work(made).rows for cell in row[1:]]

    assert "Those asked were People: 5, Office and NGO." in sample(made).markdown
    assert {"4 (5)", "5 (5)", "9 (10)"} == {str(cell) for cell in numbers if "(" in str(cell)}
    assert "10 submissions were kept. How many were set aside" in intake(made).markdown
    assert "10" in str(table_intake(made).rows)
    assert "11" not in str(table_intake(made).rows)
    assert "" == quota(made).markdown


def test_without_a_limit_all_numbers_are_given(opened) -> None:
    """They are numbers of the field work."""
    made = opened(0)

    assert "Those asked were People: 5, Office: 4 and NGO: 1." in sample(made).markdown
    assert "11 submissions came in; 10 were kept and 1 set aside" in intake(made).markdown


def test_a_bar_in_which_an_answer_is_missing_is_not_drawn(opened) -> None:
    """One to three people gave each answer but one, which nobody gave and which alone is shown."""
    for count, drawn in ((5, False), (0, True)):
        made = opened(count)
        (bar,) = bars_of(made, made.questionnaire["trust_1"], None)
        shown = made.rows("answers", question="trust_1")["shown"]

        assert shown.any()
        assert shown.all() == drawn == (bar.counts is not None)


def test_the_plan_says_which_counts_are_withheld(opened) -> None:
    """Only where the study sets a limit."""
    said = " ".join(text.markdown for text in plan_paragraphs(opened(5)))

    assert "counts of 1 to 4 people are withheld" in said
    assert "Small counts" not in " ".join(text.markdown for text in plan_paragraphs(opened(0)))
