"""Test the tables: semantic HTML, cell texts, withheld numbers."""

from dataclasses import replace
from xml.etree import ElementTree

import pytest
from small_report import AZ, HOSTILE, small_report, unmatched, with_number

from umid_research.clean import ACTIONS, RULES
from umid_research.errors import ParameterError
from umid_research.messages import Messages, languages
from umid_research.report.answers.table import table_answers, table_question_answers
from umid_research.report.charts import plot_answers, plot_counts
from umid_research.report.differences.table import (
    table_differences_by_district,
    table_differences_by_group,
    table_differences_by_side,
    table_differences_exploratory,
)
from umid_research.report.robustness.table import table_reliability, table_robustness
from umid_research.report.sample.intake import (
    table_intake,
    table_issues,
    table_reading,
    table_set_aside,
)
from umid_research.report.sample.table import table_field_work, table_not_knowing
from umid_research.report.scores.table import (
    table_scores_by_district,
    table_scores_by_group,
    table_scores_by_side,
)
from umid_research.report.table import Cell, Table
from umid_research.study.entries import Missing

TABLES = {
    "intake": table_intake,
    "set aside": table_set_aside,
    "issues": table_issues,
    "field work": table_field_work,
    "not knowing": table_not_knowing,
    "scores by group": table_scores_by_group,
    "scores by district": table_scores_by_district,
    "scores by side": table_scores_by_side,
    "differences": table_differences_by_group,
    "differences of districts": lambda report: table_differences_by_district(report),
    "answers": lambda report: table_question_answers(report, "plan"),
    "answers of several": lambda report: table_question_answers(report, "channels"),
    "answers by group": lambda report: table_question_answers(report, "plan", by="group"),
}
every_table = pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)


@pytest.fixture
def report():
    """Return the small report of the district North."""
    return small_report(district="north")


def parsed(table: Table) -> ElementTree.Element:
    """Parse the table's HTML, which is well-formed XML."""
    return ElementTree.fromstring(f"<div>{table._repr_html_()}</div>")  # noqa: S314


# --- structure -----------------------------------------------------------------------------------


@every_table
def test_a_table_has_caption_heads_and_row_heads(table, report) -> None:
    """Screen readers need the column and the row of every cell."""
    root = parsed(table(report))
    rows = root.findall("table/tbody/tr")
    width = len(root.findall("table/thead/tr/th"))

    assert root.findtext("table/caption")
    assert {"col"} == {head.get("scope") for head in root.findall("table/thead/tr/th")}
    assert rows
    for row in rows:
        assert ["th", *["td"] * (width - 1)] == [cell.tag for cell in row]
        assert "row" == row[0].get("scope")


@every_table
def test_all_cells_of_a_numeric_column_have_its_class(table, report) -> None:
    """The whole column is right-aligned."""
    root = parsed(table(report))
    heads = [head.get("class") for head in root.findall("table/thead/tr/th")]

    assert "num" in heads
    assert heads[0] is None
    for row in root.findall("table/tbody/tr"):
        assert heads == [cell.get("class") for cell in row]


def test_comparisons_of_one_dimension_share_a_row_group(report) -> None:
    """The dimension is the head of the group and not a column; files have it in every row."""
    row = report.rows("differences_by_group").iloc[0].to_dict()
    rows = [{**row, "dimension": name} for name in ("trust", "trust", "index")]
    table = table_differences_by_group(small_report(differences_by_group=rows))
    bodies = parsed(table).findall("table/tbody")
    heads = [body.find("tr/th") for body in bodies]

    assert ["Comparison", "Difference"] == [th.text for th in parsed(table).iter("th")][:2]
    assert [HOSTILE, "Overall index"] == [head.text for head in heads]
    assert {("rowgroup", "7")} == {(head.get("scope"), head.get("colspan")) for head in heads}
    assert [2, 1] == [len(body.findall("tr")) - 1 for body in bodies]
    assert ["th", *["td"] * 6] == [cell.tag for cell in bodies[0].findall("tr")[1]]
    assert [HOSTILE, HOSTILE, "Overall index"] == [row[0] for row in table.rows]


def test_one_comparison_per_dimension_needs_no_row_groups(report) -> None:
    """A head above every row would double the number of rows."""
    row = report.rows("differences_by_group").iloc[0].to_dict()
    rows = [{**row, "dimension": name} for name in ("trust", "index")]

    assert not table_differences_by_group(small_report(differences_by_group=rows)).row_groups


def test_hostile_text_is_escaped() -> None:
    """Caption, head, cells and notes are escaped."""
    row = (Cell(HOSTILE), Cell(HOSTILE))
    plain = Table(HOSTILE, (HOSTILE, HOSTILE), (row,), frozenset({1}), (HOSTILE,))
    for table, cells in ((plain, 4), (replace(plain, row_groups=True), 3)):
        html, root = table._repr_html_(), parsed(table)

        assert "<script" not in html
        assert HOSTILE == root.findtext("table/caption")
        assert [HOSTILE] * cells == [cell.text for cell in root.iter() if cell.tag in ("th", "td")]
        assert HOSTILE == root.findtext("p[@class='note']")


@every_table
def test_hostile_names_in_a_study_are_text(table, report) -> None:
    """Questions, answers and dimensions come from files that other people write."""
    html = table(report)._repr_html_()

    assert "<script" not in html
    assert {"div", "table", "caption", "thead", "tbody", "tr", "th", "td", "p"} >= {
        node.tag for node in parsed(table(report)).iter()
    }


def test_a_table_is_readable_as_plain_text(report) -> None:
    """Some viewers show no HTML."""
    expected = "Table 20. Submissions received\nSubmissions | Number\nReceived | 59\n"

    assert repr(table_intake(report)).startswith(expected)


# --- withheld numbers ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "table",
    ["scores by group", "scores by district", "answers of several", "answers by group"],
)
def test_a_withheld_cell_has_the_mark_and_a_note_explains_it(table, report) -> None:
    """The mark is the same for every reason."""
    made = TABLES[table](report)

    assert "×" in [cell for row in made.rows for cell in row]
    assert "× Withheld to protect those who answered." in made.notes


@pytest.mark.parametrize("table", ["scores by side", "answers"])
def test_without_withheld_cells_there_is_no_note_on_them(table, report) -> None:
    """A mark that is not used needs no explanation."""
    assert not any("×" in note for note in TABLES[table](report).notes)


def test_a_withheld_number_is_not_in_the_table() -> None:
    """This holds even if the number was left in the frame."""
    row = {"dimension": "trust", "units": 2, "respondents": 2, "shown": False}
    number = {
        **row,
        "value": 83,
        "low": 81,
        "high": 88,
        "p_adjusted": 0.0007,
        "verdict": "withheld",
    }
    pair = {**number, "group": "people", "versus": "office"}
    report = small_report(
        scores_by_group=[{**number, "group": "ngo"}],
        differences_by_group=[pair],
        not_knowing=[{**number, "statistic": "dont_know"}],
    )
    made = (
        table_scores_by_group(report),
        table_differences_by_group(report),
        table_not_knowing(report),
    )

    for table in made:
        assert not any(text in repr(table) for text in ("83", "81", "88", "0.0007", "0.001"))
        assert any("×" in row for row in table.rows)


# --- content of each table -----------------------------------------------------------------------


def test_the_intake_table_counts_received_kept_and_excluded(report) -> None:
    """59 are received, 52 kept and 7 excluded."""
    rows = (("Received", "59"), ("Kept for analysis", "52"), ("Set aside", "7"))

    assert rows == table_intake(report).rows


def test_the_reading_table_describes_every_step_in_words() -> None:
    """Files come first, questions and choices missing from a version of the form last."""
    rows = [
        {"statistic": "not_in_version", "question": "age", "value": 12},
        {"statistic": "not_in_version", "question": "channels", "answer": "tv", "value": 5},
        {"statistic": "no_times", "value": 7},
        {"statistic": "files", "value": 2},
        {"statistic": "repeat_set_aside", "value": 30},
        {"statistic": "read_from_label", "value": 1390},
        {"statistic": "versions", "value": 3},
    ]
    table = table_reading(small_report(account=rows))

    assert (
        ("Files", "2"),
        ("Versions of the form", "3"),
        ("Answers given as the wording of a choice", "1,390"),
        ("Submissions without times of beginning and end", "7"),
        ("Rows of repeated groups, not read", "30"),
        ("Submissions whose form was without “How old are you?”", "12"),
        ("Submissions whose form was without the choice “Television” of “From where?”", "5"),
    ) == table.rows


def test_rules_and_actions_have_texts(report) -> None:
    """The tables show texts instead of codes, and the question's wording."""
    set_aside, issues = table_set_aside(report), table_issues(report)

    assert (("The same submission came in twice", "7"),) == set_aside.rows
    assert "The answer is not a choice of the form" == issues.rows[0][1]
    assert ("Submission set aside", "3") == issues.rows[0][2:]
    assert issues.rows[0][0].startswith("Do you know the plan?")


def test_a_long_question_is_shortened_in_the_issues_table(report) -> None:
    """A consent text may fill a page."""
    question = replace(report.questionnaire["plan"], labels={"en": "Do you agree? " * 40})
    long = replace(report, questionnaire=replace(report.questionnaire, questions=(question,)))
    wording = table_issues(long).rows[0][0]

    assert len(wording) <= 140
    assert wording.endswith("…")


def test_field_work_is_shown_next_to_the_plan(report) -> None:
    """12 of 12 planned units with 24 people were reached, 8 units in the north."""
    table = table_field_work(report)

    assert ("Group", "Planned units", "North", "South", "Total") == table.head
    assert (AZ, "12", "8 (16)", "0", "12 (24)") == table.rows[0]
    assert ("Clubs", "4", "0", "0", "0") == table.rows[2]
    assert ("Total", "27", "0", "0", "27 (52)") == table.rows[3]


def test_without_quotas_there_is_no_column_of_planned_units(report) -> None:
    """Quotas are optional."""
    groups = {
        key: group.model_copy(update={"quota": None}) for key, group in report.study.groups.items()
    }
    study = report.study.model_copy(update={"groups": groups})
    table = table_field_work(replace(report, study=study))

    assert ("Group", "North", "South", "Total") == table.head


def test_the_table_of_dont_knows_has_a_column_per_kind_of_missing(report) -> None:
    """52 people, 104 questions: 79 answers, 13 don't-knows, 9 refusals and 3 blanks."""
    table = table_not_knowing(report)

    assert ("Don't know", "Refused") == table.head[-2:]
    assert ((HOSTILE, "52", "104", "79", "13", "9"),) == table.rows
    assert "Answers given: without “don't know”, refusals and unusable answers" in table.notes[0]


def test_tables_and_figures_say_that_dont_knows_count_as_answered(report) -> None:
    """They say so only if the question has such an answer and the study lists it as missing."""
    note = "“Don't know” and refusals are included."
    without = replace(report, questionnaire=report.questionnaire.with_missing(Missing()))

    assert note in table_question_answers(report, "plan").notes
    assert note not in table_question_answers(report, "sex").notes
    assert note not in table_question_answers(without, "plan").notes
    assert note in table_answers(report).notes
    assert note in plot_answers(report, "trust").caption
    assert note in plot_counts(report, "plan").caption
    assert note not in plot_counts(report, "sex").caption
    assert note not in plot_answers(without, "trust").caption


def test_a_score_has_its_interval_and_units(report) -> None:
    """The cell of a group that was not asked is empty."""
    table = table_scores_by_group(report)

    assert ("Topic", AZ, "Office", "Clubs") == table.head
    assert (HOSTILE, "33 (21–46) [12]", "57 (44–71) [11]", "×") == table.rows[0]
    assert ("Overall index", "36 [9]", "", "") == table.rows[1]


def test_the_table_of_sides_covers_the_reports_district() -> None:
    """Without a district it covers each district."""
    here = table_scores_by_side(small_report(district="north"))
    everywhere = table_scores_by_side(small_report())

    assert ("Topic", "The people it serves", "Local government") == here.head
    assert ((HOSTILE, "38 [3]", "61 [4]"),) == here.rows
    assert 5 == len(everywhere.head)
    assert "North: Local government" in everywhere.head


def test_a_detectable_difference_larger_than_the_scale_is_printed_as_over_100(report) -> None:
    """Scores of 0 to 100 differ by 100 points at most."""
    row = {**report.rows("differences_by_group").iloc[0].to_dict(), "verdict": "unclear"}
    table = table_differences_by_group(
        small_report(differences_by_group=[{**row, "mdd": mdd} for mdd in (100, 104)])
    )

    assert ["100", "> 100"] == [cells[6] for cells in table.rows]


def test_a_difference_is_called_clear_by_its_verdict(report) -> None:
    """Whatever its numbers look like: the verdict is older than their rounding."""
    row = {**report.rows("differences_by_group").iloc[0].to_dict(), "mdd": 17}
    cases = [
        {"p_adjusted": 0.05, "low": -39, "high": -8, "verdict": "lower"},
        {"p_adjusted": 0.05, "low": -39, "high": -8, "verdict": "unclear"},
        {"p_adjusted": 0.049, "low": -39, "high": -8, "verdict": "unclear"},
    ]
    table = table_differences_by_group(
        small_report(differences_by_group=[{**row, **case} for case in cases])
    )

    said = ["clear", "not clear", "not clear"]
    expected = [("0.05", "–", said[0]), ("0.05", "17", said[1]), ("0.049", "17", said[2])]
    assert expected == [row[-3:] for row in table.rows]
    assert "– means that the difference is clear: it was found." in table.notes


def test_without_a_clear_difference_no_note_explains_the_dash(report) -> None:
    """A dash that is not used needs no explanation."""
    row = {**report.rows("differences_by_group").iloc[0].to_dict(), "verdict": "unclear", "mdd": 17}
    table = table_differences_by_group(small_report(differences_by_group=[row]))

    assert not any(note.startswith("–") for note in table.notes)


def test_a_clear_difference_of_skewed_scores_has_a_warning(report) -> None:
    """The warning is in its row and in a note; an unclear difference needs none."""
    row = {**report.rows("differences_by_group").iloc[0].to_dict(), "skewed": 1}
    unclear = {**row, "verdict": "unclear"}
    with_warning, without = (
        table_differences_by_group(small_report(differences_by_group=[one]))
        for one in (row, unclear)
    )

    assert "clear, but skewed scores" == with_warning.rows[0][-1]
    assert any(note.startswith("Skewed scores") for note in with_warning.notes)
    assert "not clear" == without.rows[0][-1]
    assert not any(note.startswith("Skewed scores") for note in without.notes)


def test_the_smallest_possible_p_of_a_sign_flip_test_is_printed(report) -> None:
    """It is 1 in 2^11 for 12 localities and 1 in 2^5 for 6; Welch's test has none."""
    row = report.rows("differences_by_group").iloc[0].to_dict()

    def noted(*smallest: float) -> str:
        rows = [{**row, "p_smallest": p} for p in smallest]
        return " ".join(table_differences_by_group(small_report(differences_by_group=rows)).notes)

    assert "the smallest it could be here is 1 in 2,048." in noted(2**-11, 2**-11)
    assert "is 1 in 32 to 1 in 2,048, depending" in noted(2**-11, 2**-5)
    assert "1 in" not in noted(float("nan"))


def test_a_comparison_without_estimate_says_why_in_words(report) -> None:
    """A withheld comparison has the mark, which gives no reason."""
    table = table_differences_by_group(report)
    clear, not_estimable, withheld = table.rows

    numbers = ("−24", "−39 to −8", "11", "0.012", "–", "clear")
    assert (f"{AZ} minus Office", *numbers) == clear[1:]
    assert ("", "", "", "", "") == not_estimable[2:7]
    assert "cannot be estimated: no locality holds both groups" == not_estimable[7]
    assert ("×",) * 6 == withheld[2:]


def test_groups_without_a_common_stratum_say_so(report) -> None:
    """The reason is the design of the sample, not the answers."""
    row = report.rows("differences_by_group").iloc[1].to_dict()
    row["reason"] = "no_shared_stratum"
    table = table_differences_by_group(small_report(differences_by_group=[row]))

    assert "cannot be estimated: no district holds both groups" == table.rows[0][-1]


def test_a_difference_with_too_few_units_is_never_clear(report) -> None:
    """With four clubs only the difference of two published means is shown."""
    row = report.rows("differences_by_group").iloc[0].to_dict()
    row |= dict.fromkeys(("low", "high", "p_adjusted", "mdd"), float("nan"))
    row["verdict"] = "withheld"
    made = small_report(differences_exploratory=[{**row, "group": "ngo", "units": 4}])
    cells = table_differences_exploratory(made).rows[0]

    verdict = "not clear: too few units to show an interval"
    assert ("Clubs minus Office", "−24", "", "4", "", "", verdict) == cells[1:]


def test_a_comparison_of_sides_names_both_sides(report) -> None:
    """The difference is supply minus demand."""
    row = {"statistic": "difference", "dimension": "trust", "side": "supply", "versus": "demand"}
    row |= {"value": 21, "low": 7, "high": 33, "units": 11, "p_adjusted": 0.004}
    row["verdict"] = "higher"
    cells = table_differences_by_side(small_report(differences_by_side=[row])).rows[0]

    assert "Local government minus The people it serves" == cells[1]
    assert ("+21", "+7 to +33", "11", "0.004", "–", "a lead to follow") == cells[2:]


def test_zero_has_no_sign_and_a_tiny_p_is_below_0_001(report) -> None:
    """The difference is 0 (-17 to +19) with p = 0.0002."""
    row = table_differences_by_district(report).rows[0]

    numbers = ("0", "−17 to +19", "5", "< 0.001", "", "not clear")
    assert ("North minus South", *numbers) == row[1:]


def test_answers_are_k_of_n(report) -> None:
    """24 people are too few for a percentage."""
    everybody = table_question_answers(report, "plan")
    by_group = table_question_answers(report, "plan", by="group")

    assert (("Yes", "15 of 52"), (HOSTILE, "32 of 52"), ("No idea", "5 of 52")) == everybody.rows
    assert ("Answer", AZ, "Clubs") == by_group.head
    assert ("Yes", "3 of 24", "×") == by_group.rows[0]


def test_another_number_gives_another_table(report) -> None:
    """The table depends on the frame."""
    other = with_number(report, 15, 16)

    assert table_question_answers(report, "plan") != table_question_answers(other, "plan")


def test_a_table_without_rows_says_none(report) -> None:
    """A study without matched groups has no comparisons."""
    table = table_differences_by_group(unmatched(report))

    assert (("None", *[""] * 7),) == table.rows
    assert () == table.notes
    assert "None" == table_scores_by_side(unmatched(report)).rows[0][0]


# --- errors and the catalogue --------------------------------------------------------------------


def test_a_breakdown_that_is_not_published_is_refused(report) -> None:
    """The error lists the possible breakdowns."""
    with pytest.raises(ParameterError, match="published over everybody"):
        table_question_answers(report, "plan", by="locality")
    with pytest.raises(ParameterError, match="no question with choices"):
        table_question_answers(report, "age")
    with pytest.raises(ParameterError, match="plays a part in the study"):
        table_question_answers(report, "sex", by="district")


@pytest.mark.parametrize("language", languages())
def test_every_rule_action_and_kind_of_missing_has_a_text(language) -> None:
    """Every code that cleaning can write has a text in every language."""
    rules = [f"rule.{rule}" for rule in RULES]
    actions = [f"action.{action.replace(' ', '_')}" for action in ACTIONS]
    missing = [f"table.head.{kind}" for kind in ("dont_know", "refused", "error")]
    has = Messages(language).keys

    assert set() == set(rules + actions + missing) - set(has)


def test_the_robustness_table_counts_the_runs_of_each_kind() -> None:
    """A kind of run that cannot change the comparison is blank, a withheld one marked."""
    row = {"family": "A", "dimension": "trust", "group": "people", "versus": "office"}
    side = {"family": "D", "dimension": "index", "side": "supply", "versus": "demand"}
    rows = [
        {**row, "statistic": "items", "value": 5, "runs": 6},
        {**side, "statistic": "weights", "value": 9134, "runs": 10000},
        {**side, "statistic": "items", "shown": False},
    ]
    table = table_robustness(small_report(robustness=rows))

    assert ("One question left out", "Random weights") == table.head[2:]
    assert (f"{AZ} minus Office", "5 of 6", "") == table.rows[0][1:]
    assert ("×", "9,134 of 10,000") == table.rows[1][2:]
    assert "Local government minus The people it serves" == table.rows[1][1]


def test_the_reliability_table_has_alpha_omega_and_lost_cases() -> None:
    """A value that cannot be estimated says so; a withheld one has the mark."""
    base = {"dimension": "trust", "units": 2, "respondents": 31}
    rows = [
        {**base, "statistic": "alpha", "value": 0.81, "low": 0.7, "high": 0.88},
        {**base, "statistic": "omega", "shown": False, "reason": "no_proper_fit"},
        {**base, "statistic": "lost", "value": 4},
        *(
            {"dimension": "duties", "statistic": s, "shown": False}
            for s in ("alpha", "omega", "lost")
        ),
    ]
    trust, duties = table_reliability(small_report(reliability=rows)).rows

    assert ("2", "0.81 (0.7 to 0.88)", "cannot be estimated", "31", "4") == trust[1:]
    assert ("×",) * 5 == duties[1:]


def test_a_published_percentage_follows_its_count() -> None:
    """This holds over everybody; a note explains the interval."""
    row = {"question": "plan", "answer": "yes", "statistic": "count", "value": 15}
    row |= {"respondents": 65, "percent": 23.1, "low": 13.5, "high": 35.2}
    table = table_question_answers(small_report(answers=[row]), "plan")

    assert "15 of 65 (23.1 %, 13.5 to 35.2)" == table.rows[0][1]
    assert any("as if those asked were a random sample" in note for note in table.notes)
