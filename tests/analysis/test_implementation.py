"""The perceived, documentary and analyst's status stay separate; no row is dropped silently."""

import re
from collections.abc import Callable
from dataclasses import replace
from functools import cached_property
from pathlib import Path

import pandas as pd
import pytest
from small_plan import (
    CODES,
    EVIDENCE,
    MEASURES,
    PLAN_QUESTIONNAIRE,
    PLAN_STUDY,
    plan_export,
    with_line,
    write_plan,
)
from small_study import frame_texts, small_export

from umid_research.analysis.compare import compare_units
from umid_research.analysis.implementation import (
    STATUS,
    Implementation,
    disagreements,
    implement,
    read_implementation,
)
from umid_research.analysis.implementation.evidence import documentary_status
from umid_research.analysis.meetings import count_themes
from umid_research.analysis.score import score_responses, score_units
from umid_research.clean import clean_responses
from umid_research.disclosure.rules import publish_frames, publish_implementation
from umid_research.disclosure.tables import split_tables
from umid_research.errors import StudyError
from umid_research.frames import write_frames
from umid_research.messages import Messages, languages
from umid_research.raw import read_raw
from umid_research.report import texts as sentences
from umid_research.report.charts import plot_supply_demand
from umid_research.report.implementation.table import table_disagreements, table_register_issues
from umid_research.report.meetings.table import table_coding, table_themes_by_group
from umid_research.report.study_report import Report
from umid_research.report.topics import table
from umid_research.study import read_study
from umid_research.study.questionnaire import read_questionnaire

BUNDLED = Path(__file__).resolve().parents[2] / "data" / "raw"


class Plan:
    """A study with a plan: its folder, what it describes, its cleaned answers."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.study = read_study(folder)
        self.questionnaire = read_questionnaire(folder, self.study)
        raw = read_raw(folder, self.questionnaire, self.study)
        self.cleaned = clean_responses(raw, self.questionnaire, self.study, key="k" * 16)

    @cached_property
    def found(self) -> Implementation:
        """Everything about the implementation."""
        return implement(self.folder, self.cleaned, self.questionnaire, self.study, seed=1)

    @cached_property
    def report(self) -> Report:
        """The report of the survey and of all registers."""
        cleaned, form, study = self.cleaned, self.questionnaire, self.study
        scores = score_responses(cleaned.responses, cleaned.states, form, study)
        units = score_units(scores)
        comparisons = compare_units(units, study, seed=1)
        published = publish_frames(cleaned, units, comparisons, form, study)
        themes = count_themes(self.folder, study, seed=1)
        rows = publish_implementation(self.found, themes, published, form, study)
        tables = split_tables(pd.concat([published, rows], ignore_index=True))
        return Report("02-implementation", study, form, tables, Messages("en"), None)


@pytest.fixture
def plan(write_study: Callable[..., Path]) -> Callable[..., Plan]:
    """The small study with the small plan, any of its registers replaced."""

    def make(*, study: str = PLAN_STUDY, form: str = PLAN_QUESTIONNAIRE, **registers: str) -> Plan:
        export = plan_export(small_export())
        folder = write_study(study=study, questionnaire=form, export=export)
        return Plan(write_plan(folder, **registers))

    return make


@pytest.fixture(scope="module")
def bundled() -> Plan:
    return Plan(BUNDLED)


def _cell(frame: pd.DataFrame, measure: str, district: str) -> pd.Series:
    return frame[(frame["measure"] == measure) & (frame["district"] == district)].iloc[0]


def _rules(found: Implementation) -> list[tuple]:
    issues = found.register_issues
    return list(issues[["file", "row", "column", "rule", "action"]].itertuples(index=False))


# --- the three columns --------------------------------------------------------------------------


def test_status_has_a_row_per_measure_and_district(plan) -> None:
    """With all columns that other modules read."""
    status = plan().found.status

    assert list(STATUS.columns) == list(status.columns)
    assert 3 * 2 == len(status.drop_duplicates(["measure", "district"]))


def test_perceived_is_the_lower_median_of_those_who_could_judge(plan) -> None:
    """North: limited, complete, substantial, limited, one could not: of 1 1 2 3 the lower is 1."""
    cell = _cell(plan().found.status, "M1", "north")

    assert ("Limited", 4, 0.2) == tuple(cell[["perceived", "perceived_n", "cannot_judge_share"]])


def test_without_anybody_who_can_judge_the_perceived_status_is_blank(plan) -> None:
    """Nobody in the north could judge money: blank, not No Evidence Available."""
    cell = _cell(plan().found.status, "M2", "north")

    assert pd.isna(cell["perceived"])
    assert (0, 1.0) == (cell["perceived_n"], cell["cannot_judge_share"])


@pytest.mark.parametrize(("asked", "share"), [(1, 1.0), (0, None)])
def test_the_share_of_one_person_is_theirs_and_of_nobody_blank(write_study, asked, share) -> None:
    """In the north one person could not judge money, or nobody answered."""
    export = plan_export(small_export())
    export.loc[asked:4, "done_money"] = ""
    folder = write_study(study=PLAN_STUDY, questionnaire=PLAN_QUESTIONNAIRE, export=export)
    found = _cell(Plan(write_plan(folder)).found.status, "M2", "north")["cannot_judge_share"]

    assert share == (None if pd.isna(found) else found)


def test_documentary_counts_found_one_and_partly_half(plan) -> None:
    """M1, north: (1 + ½) / 2 = 75 %; M2, north: (1 + ½ + 0) / 3 = 50 %, which is not below it."""
    status = plan().found.status

    assert ("Substantial", 2) == tuple(
        _cell(status, "M1", "north")[["documentary", "documentary_n"]]
    )
    assert ("Substantial", 3) == tuple(
        _cell(status, "M2", "north")[["documentary", "documentary_n"]]
    )


@pytest.mark.parametrize(
    ("earned", "code"),
    [
        ([0.0, 0.0], "Not Started"),
        ([0.5, 0.0], "Limited"),
        ([0.5, 0.5], "Substantial"),
        ([1.0, 0.5], "Substantial"),
        ([1.0, 1.0], "Complete"),
        ([1.0, None], "Complete"),
        ([None, None], "No Evidence Available"),
    ],
)
def test_the_thresholds_are_those_of_the_analysis_plan(earned, code) -> None:
    """0, below half, below all, all; and no check at all."""
    cells = pd.DataFrame({"measure": "M", "credit": pd.array(earned, dtype="Float64")})

    found = documentary_status(cells.astype({"credit": float}), ["measure"])

    assert [code] == list(found["documentary"])


def test_a_check_that_was_not_accessible_leaves_the_base(plan) -> None:
    """M1, south: one not found and one not accessible: one check, Not Started."""
    cell = _cell(plan().found.status, "M1", "south")

    assert ("Not Started", 1) == tuple(cell[["documentary", "documentary_n"]])


def test_a_measure_without_a_check_has_no_evidence_available(plan) -> None:
    """Nobody checked M3; this is not Not Started."""
    status = plan().found.status

    assert {"No Evidence Available"} == set(status[status["measure"] == "M3"]["documentary"])


def test_a_district_without_localities_has_no_check(plan) -> None:
    """A study that does not ask for localities may have one: no evidence is available there."""
    study = PLAN_STUDY.replace('locality = "village"\n', "").replace(", matched = true", "")
    study = study.replace('localities = ["s1", "s2"]\n', "")

    cell = _cell(plan(study=study).found.status, "M1", "south")

    assert ("No Evidence Available", 0) == tuple(cell[["documentary", "documentary_n"]])


def test_the_analyst_s_code_has_its_reason_and_evidence(plan) -> None:
    """The code does not change the documentary status."""
    cell = _cell(plan().found.status, "M1", "south")

    assert ("Complete", "I was told so.", "E3") == tuple(cell[["analyst", "reason", "evidence"]])
    assert "Not Started" == cell["documentary"]


def test_disagreements_of_more_than_one_step_are_listed(plan) -> None:
    """M1, south: documents Not Started, analyst Complete, people Limited."""
    found = disagreements(plan().found.status)

    pairs = found[["measure", "district", "first", "second"]].itertuples(index=False)
    assert [
        ("M1", "south", "documentary", "analyst"),
        ("M1", "south", "perceived", "analyst"),
    ] == [tuple(pair) for pair in pairs]


def test_a_code_without_any_evidence_is_listed(plan) -> None:
    """No Evidence Available is no step, but a code of Limited or more disagrees with it."""
    codes = with_line(CODES, "M3,north,Limited,Somebody counts.,,ann")
    found = disagreements(plan(analyst_codes=codes).found.status)

    assert "No Evidence Available" in set(found["first_code"])


# --- two checkers -------------------------------------------------------------------------------


def test_the_second_checkers_result_counts_and_the_overruled_check_is_an_issue(plan) -> None:
    """E3 said not found; another checker found it later."""
    second = "E8,M1,board,s1,board,found,2022-05-01,,two"
    found = plan(evidence=with_line(EVIDENCE, second)).found

    assert "Complete" == _cell(found.status, "M1", "south")["documentary"]
    assert [("evidence.csv", 4, "result", "checks_differ", "overruled")] == _rules(found)


def test_a_check_that_was_not_accessible_overrules_nothing(plan) -> None:
    """The earlier check of E1 still counts."""
    second = "E8,M1,board,n1,board,not_accessible,2022-05-01,,two"
    found = plan(evidence=with_line(EVIDENCE, second)).found

    assert 2 == _cell(found.status, "M1", "north")["documentary_n"]


def test_two_contradicting_checks_by_one_checker_are_both_set_aside(plan) -> None:
    """Nobody can say which is right; both become issues."""
    own = "E8,M1,board,s1,board,found,2022-05-01,,one"
    found = plan(evidence=with_line(EVIDENCE, own)).found

    assert "No Evidence Available" == _cell(found.status, "M1", "south")["documentary"]
    assert [
        ("evidence.csv", 4, "result", "contradicts_itself", "set aside"),
        ("evidence.csv", 9, "result", "contradicts_itself", "set aside"),
        # E3, which the analyst names, is among those that left.
        ("analyst_codes.csv", 3, "evidence", "unknown_evidence", "kept"),
        ("analyst_codes.csv", 3, "evidence", "no_evidence_named", "kept"),
    ] == _rules(found)


def test_the_agreement_of_checkers_is_reported(plan) -> None:
    """Two cells were checked twice, one of them with another result."""
    lines = "E8,M1,board,s1,board,found,2022-05-01,,two\nE9,M1,board,n1,board,found,2022-05-01,,two"
    agreement = plan(evidence=with_line(EVIDENCE, lines)).found.agreement

    assert [(2, 1)] == list(agreement[["double", "differ"]].itertuples(index=False))


# --- bad input ----------------------------------------------------------------------------------

BAD_CHECKS = {
    "unknown_measure": ("E8,M9,board,n1,board,found,2022-04-01,,one", "measure"),
    "unknown_locality": ("E8,M1,board,Baku,board,found,2022-04-01,,one", "locality"),
    "unknown_result": ("E8,M1,board,n1,board,perhaps,2022-04-01,,one", "result"),
    "date_outside_field_work": ("E8,M1,board,n1,board,found,2022-09-01,,one", "date"),
    "not_a_date": ("E8,M1,board,n1,board,found,1 April,,one", "date"),
    "no_checker": ("E8,M1,board,n1,board,found,2022-04-01,,", "checked_by"),
    "item_not_required": ("E8,M1,page,n1,website,found,2022-04-01,,one", "item"),
    "no_id": (",M1,board,n1,board,found,2022-04-01,,one", "id"),
    "id_twice": ("E1,M1,board,n1,board,found,2022-04-01,,two", "id"),
    "check_twice": ("E8,M1,board,n1,board,found,2022-04-02,,one", "result"),
}


@pytest.mark.parametrize("rule", BAD_CHECKS)
def test_an_invalid_check_is_an_issue_and_does_not_count(plan, rule) -> None:
    """The issue names file and row; the status is the same as without the check."""
    line, column = BAD_CHECKS[rule]
    without = plan().found.status
    found = plan(evidence=with_line(EVIDENCE, line)).found

    assert [("evidence.csv", 9, column, rule, "set aside")] == _rules(found)
    pd.testing.assert_frame_equal(without, found.status)


@pytest.mark.parametrize(
    ("line", "rule", "action"),
    [
        ("E8,M3,page,n1,tree,found,2022-04-01,,one", "unknown_place", "blanked"),
        ("E8,M3,page,n1,website,found,2022-04-01,photos/n1.jpg,one", "no_such_file", "kept"),
    ],
)
def test_an_invalid_optional_cell_is_an_issue_and_the_check_counts(
    plan, line, rule, action
) -> None:
    """The place and the photograph do not change the result of a check."""
    found = plan(evidence=with_line(EVIDENCE, line)).found

    assert [(rule, action)] == [issue[3:] for issue in _rules(found)]
    assert "Complete" == _cell(found.status, "M3", "north")["documentary"]


@pytest.mark.parametrize(
    ("line", "rule", "action"),
    [
        ("M2,north,Limited,,E5,ann", "no_reason", "set aside"),
        ("M2,north,Nearly done,It is.,E5,ann", "unknown_code", "set aside"),
        ("M9,north,Limited,It is.,E5,ann", "unknown_measure", "set aside"),
        ("M2,west,Limited,It is.,E5,ann", "unknown_district", "set aside"),
        ("M1,north,Substantial,Again.,E1,bob", "code_twice", "set aside"),
        ("M2,north,Limited,It is.,E5 E1,ann", "unknown_evidence", "kept"),
        ("M2,north,Limited,It is.,,ann", "no_evidence_named", "kept"),
    ],
)
def test_an_invalid_code_is_an_issue(plan, line, rule, action) -> None:
    """A code without a reason is set aside; evidence of another measure is removed."""
    found = plan(analyst_codes=with_line(CODES, line)).found

    assert [("analyst_codes.csv", 4, rule, action)] == [
        (issue[0], issue[1], issue[3], issue[4]) for issue in _rules(found)
    ]


def test_a_reason_is_in_a_column_per_language_or_in_one_without_language(plan) -> None:
    """One is enough; a code without any is set aside."""
    codes = """
measure,district,code,reason_en,reason,evidence,coded_by
M1,north,Limited,Half,Yarısı,E1,ann
M2,north,Limited,,Yarısı,E5,ann
M3,north,Limited,,,E7,ann
"""
    found = plan(analyst_codes=codes).found

    expected = [("M1", "en", "Half"), ("M1", "", "Yarısı"), ("M2", "", "Yarısı")]
    long = found.reasons[["measure", "language", "reason"]]
    assert expected == list(long.itertuples(index=False, name=None))
    assert ["Half", "Yarısı"] == list(found.status["reason"].dropna())
    assert [(4, "reason", "no_reason")] == [issue[1:4] for issue in _rules(found)]


def test_a_reason_in_another_language_names_it(bundled) -> None:
    """The text is marked with its language; a reason of unknown language is shown unmarked."""
    published = bundled.report.published
    rows = published["reasons"]
    rows = rows[~rows["measure"].isin(["M01", "M02"]) | (rows["language"] == "en")]
    rows = rows.assign(language=rows["language"].mask(rows["measure"] == "M02"))
    report = replace(bundled.report, published={**published, "reasons": rows}, text=Messages("az"))

    cells = [row[-1] for row in table(report, "status", "quba").cells[:3]]

    words = "Coded from the checks named beside (simulated)."
    assert f"Tam: {words} [ingilis dilində]" == cells[0].text
    assert f'Tam: <span lang="en">{words}</span> [ingilis dilində]' == cells[0].html()
    assert words == cells[0].parts["reason"]
    assert cells[1].text.endswith("Coded from the checks named beside (simulated).")
    assert cells[2].text.startswith("Məhdud: Yanında göstərilən")
    assert [None, None] == [cell.foreign for cell in cells[1:]]


def test_two_different_codes_for_one_measure_are_both_set_aside(plan) -> None:
    """Both become issues."""
    line = "M1,north,Limited,No.,E1,bob"
    found = plan(analyst_codes=with_line(CODES, line)).found

    assert pd.isna(_cell(found.status, "M1", "north")["analyst"])
    assert 2 == len(_rules(found))


def test_an_issue_repeats_a_value_only_if_it_is_a_code(plan) -> None:
    """Any other text could be a name."""
    lines = (
        "E8,M1,board,Anar's house,board,found,2022-04-01,,one\n"
        "E9,M77,board,n1,board,found,2022-04-01,,one"
    )
    issues = plan(evidence=with_line(EVIDENCE, lines)).found.register_issues

    assert ["[text]", "M77"] == list(issues["old"])


@pytest.mark.parametrize(
    ("right", "wrong", "message"),
    [
        ("M1,services", "M1,roads", "row 2, column area"),
        ("board page", "board flag", "row 3, column evidence_items"),
        ("M3,money", "M2,money", "row 4, column id: is not unique"),
        ("Give papers", "", "row 2, column text_en"),
        (",yes,", ",surely,", "row 2, column verified: .* possible: yes, no"),
        ("unknown,no,Nobody\nM3", "vague,no,Nobody\nM3", "row 3, column relevance"),
        ("M2,money", "M 2,money", "row 3, column id: is not a code; found 'M 2'"),
        ("page,unknown", ",unknown", "row 4, column evidence_items: is blank"),
        ("no,Nobody\n", "no,\n", "row 3, column source: is blank"),
        ("text_en", "text", "text_en"),
    ],
)
def test_an_invalid_measure_is_an_error_that_names_its_row(plan, right, wrong, message) -> None:
    """Everything else refers to the register of measures."""
    made = plan(measures=MEASURES.replace(right, wrong))

    with pytest.raises(StudyError, match=message):
        _ = made.found


def test_an_area_s_question_must_use_the_irm_scale(plan) -> None:
    """Trust from 1 to 5 is no completion code."""
    study = PLAN_STUDY.replace('items = ["done_money"]', 'items = ["trust_1"]')

    with pytest.raises(StudyError, match=r"areas\.money\.items"):
        _ = plan(study=study).found


# --- missing registers, and the way to the reader ------------------------------------------------


@pytest.mark.parametrize("name", ["measures", "evidence", "analyst_codes", "meetings"])
def test_without_a_register_the_report_says_what_is_missing(plan, name) -> None:
    """And every table and figure is still made."""
    report = plan(**{name: None}).report
    texts = [
        sentences.implementation_text(report),
        sentences.missing_registers(report, "analyst_codes"),
        sentences.themes_text(report),
        sentences.disagreements_text(report),
        sentences.checker_agreement_text(report),
        sentences.quotes(report),
    ]

    assert f"({name}.csv)" in " ".join(prose.markdown for prose in texts)
    assert plot_supply_demand(report).svg
    for made in (
        *(table(report, "status", key) for key in report.study.districts),
        *(table(report, "evidence", key) for key in report.study.districts),
        table_disagreements(report),
        table_themes_by_group(report),
        table_coding(report),
        table_register_issues(report),
    ):
        assert made.rows


def test_localities_and_counts_of_meetings_are_in_the_report_s_language(bundled) -> None:
    """A meeting is no person, and a locality has a name in every language of the form."""
    report = replace(bundled.report, text=Messages("az"))
    by_group, by_district = (table(report, f"themes-by-{by}") for by in ("group", "district"))

    assert ("Quba 1", "Quba 2") == table(report, "evidence", "quba").head[1:3]
    assert by_group.caption != by_district.caption
    assert re.fullmatch(r"\d+ / 44", by_group.rows[0][1])


def test_without_evidence_no_measure_is_not_started(plan) -> None:
    """Nobody checked, so the status is unknown."""
    status = plan(evidence=None).found.status

    assert {"No Evidence Available"} == set(status["documentary"])


def test_the_report_uses_the_irm_scale_and_claims_no_irm_rating(bundled) -> None:
    """The plan was not under review when the study was made."""
    report = bundled.report
    texts = [
        sentences.implementation_text(report).markdown,
        repr(table(report, "status", "quba")),
    ]

    assert all("follow the IRM scale" in text for text in texts)


@pytest.mark.parametrize(("language", "scale"), [("en", "scale"), ("az", "şkalası")])
def test_texts_name_the_irm_only_for_its_scale(language, scale) -> None:
    """Pages, slides, tables and files use these texts; none claims a rating."""
    messages = Messages(language)
    texts = [str(messages._texts[key]) for key in messages.keys]
    named = re.findall(r"\bIRM\b\W*(\w*)", " ".join(texts))

    assert languages() == ("az", "en")
    assert len(named) >= 4
    assert all(word.startswith(scale) for word in named)


def test_an_unverified_measure_is_marked(plan) -> None:
    """And the text says how many there are."""
    report = plan().report
    heads = [row[0] for row in table(report, "status", "north").rows]

    assert ["M1 Give papers", "M2 Show money [unverified]", "M3 Count money [unverified]"] == heads
    assert sentences.placeholders(report).markdown.startswith("2 measures are marked unverified")


def test_a_view_is_shown_only_if_its_answers_are_shown(plan) -> None:
    """North: five answers about services; south: fewer people judged than the threshold."""
    rows = plan().report.rows("status", source="perceived")
    shown = rows.set_index(["measure", "district"])["shown"]

    published = plan().report.rows("answers_by_district", question="done_services")
    open_there = published.groupby("district")["shown"].all()
    assert not shown[("M1", "north")]  # four could judge, and the rule asks for five
    assert not (shown.xs("M1") & ~open_there.reindex(shown.xs("M1").index)).any()


def test_a_withheld_view_has_no_code(plan) -> None:
    """The row has neither the answer nor a number."""
    rows = plan().report.rows("status")
    hidden = rows[~rows["shown"]]

    assert len(hidden)
    assert hidden[["code", "value", "respondents", "checks"]].isna().all().all()


def test_no_answers_are_shown_by_group_and_district(bundled) -> None:
    """Only documentary evidence is shown by locality, and field-work counts."""
    report = bundled.report
    with_locality = {name for name, rows in report.published.items() if "locality" in rows}

    assert {"evidence", "field_work"} == with_locality
    for name in ("views_by_area", "themes_meetings", "themes_survey", "quotes"):
        rows = report.rows(name)
        assert len(rows), name
        if "district" in rows:
            assert not (rows["group"].notna() & rows["district"].notna()).any(), name


def test_frames_read_back_as_they_were_written(plan, tmp_path: Path) -> None:
    """The next stage reads the frames from disk."""
    made = plan()
    found = made.found
    write_frames(tmp_path / "processed", found.frames(), made.study)

    again = read_implementation(tmp_path / "processed")

    for schema, frame in found.frames().items():
        pd.testing.assert_frame_equal(schema.checked(frame), again.frames()[schema])


# --- the bundled study --------------------------------------------------------------------------


def test_the_bundled_status_is_the_true_one_if_the_evidence_is_complete(bundled) -> None:
    """The true state was drawn before the checks."""
    truth = frame_texts(BUNDLED, "truth_status")
    status = bundled.found.status.merge(truth, on=["measure", "district"], suffixes=("", "_true"))
    complete = status[status["complete"] == "True"]

    assert 15 < len(complete) < len(status)
    assert list(complete["documentary_true"]) == list(complete["documentary"])


def test_the_bundled_registers_have_their_planted_flaws(bundled) -> None:
    """Every kind that the folder's README lists."""
    rules = set(bundled.found.register_issues["rule"])

    assert {
        *("unknown_measure", "unknown_locality", "date_outside_field_work", "unknown_result"),
        *("no_checker", "contradicts_itself", "checks_differ", "no_reason", "unknown_code"),
        *("unknown_evidence", "no_evidence_named"),
    } == rules


def test_an_analyst_s_code_against_the_evidence_is_listed(bundled) -> None:
    """M07 in Guba was coded Complete although hardly anything was found."""
    found = disagreements(bundled.found.status)
    codes = found[found["first"] == "documentary"][["measure", "district", "second_code"]]

    assert [("M07", "quba", "Complete")] == list(codes.itertuples(index=False))


def test_the_figure_s_alternative_text_has_its_numbers(bundled) -> None:
    """Every area with its documents and its gap, and the mark of a simulated study."""
    figure = plot_supply_demand(bundled.report)

    for area in bundled.study.areas.values():
        assert area.name["en"] in figure.alt
    assert 7 == figure.alt.count("and gap ")
    assert "SIMULATED" in figure.alt
