"""Lists to choose from: only what the study has, and what they show is what reports show."""

import base64
import re
import shutil
from dataclasses import replace

import pytest
from small_activity_report import small_activity_report
from small_report import HOSTILE, small_report, unmatched
from small_study import derive
from thin_studies import CASES

from umid_research import explore, figures, tables
from umid_research.errors import ParameterError
from umid_research.explore.views import VIEWS
from umid_research.questionnaire import Questionnaire
from umid_research.report import DESCRIPTION, open_report
from umid_research.sheets import write_tables

_NO_NUMBER = re.compile(r"(?<!\w)(?:nan|-?inf|NaT|<NA>|&lt;NA&gt;)(?!\w)", re.IGNORECASE)


def choose(panel: explore.Panel, **parts: str) -> explore.Panel:
    """The panel once a person has chosen these, in this order."""
    for part, key in parts.items():
        panel.controls[part].value = key
    return panel


def keys(panel: explore.Panel, part: str) -> list[str]:
    """What a list offers."""
    return [key for _, key in panel.controls[part].options]


def told(panel: explore.Panel) -> str:
    """All texts below the lists."""
    data = [output["data"] for output in panel.output.outputs]
    return " ".join([panel.above.value, *(text for one in data for text in one.values())])


def every_choice(panel: explore.Panel, *, dimensions: int = 9):
    """The panel at each language, view, breakdown and district, and at so many dimensions."""
    for language in keys(panel, "language"):
        for view in keys(choose(panel, language=language), "view"):
            yield choose(panel, view=view)
            for dimension in keys(panel, "dimension")[-dimensions:]:
                choose(panel, dimension=dimension)
                for part in ("by", "district"):
                    for key in keys(panel, part):
                        yield choose(panel, **{part: key})


def test_it_opens_with_the_scores_by_group() -> None:
    """In the report's language, with the figure and the table of the reports themselves."""
    report = small_report()
    panel = explore.Panel(report)
    figure, sentence, table = (output["data"] for output in panel.output.outputs)

    assert ("en", "scores") == (panel.choice.language, panel.choice.view)
    assert figures.plot_scores_by_group(report).alt == figure["text/plain"]
    assert "Office 57" not in sentence["text/markdown"]
    assert tables.table_scores_by_group(report)._repr_html_() == table["text/html"]


@pytest.mark.parametrize("view", VIEWS)
def test_another_view_is_another_figure(view) -> None:
    """Chosen in the list, and drawn at once."""
    report = small_activity_report()
    panel = explore.Panel(report)
    if view not in keys(panel, "view"):
        assert panel.controls["view"].options
        assert not report.tables & set(VIEWS[view].of)
        return
    other = next(key for key in keys(panel, "view") if key != view)
    before = told(choose(panel, view=other))

    assert before != told(choose(panel, view=view))
    assert panel.output.outputs
    assert 'role="alert"' not in panel.above.value


def test_a_view_of_which_nothing_is_published_is_not_offered_but_named() -> None:
    """As those of activities, or of matched groups, where a study has none."""
    whole, less = explore.Panel(small_report()), explore.Panel(unmatched(small_report()))

    assert "differences" in keys(whole, "view")
    assert "differences" not in keys(less, "view")
    assert "timeline" not in keys(whole, "view")
    assert "Differences between groups" in less.below.value
    assert "Activities: what happened when" in whole.below.value
    assert "Differences between groups" not in whole.below.value


def test_only_the_lists_that_the_view_asks_for_are_seen() -> None:
    """An empty list would only ask a question that has no answer."""
    panel = explore.Panel(small_report())
    seen = {
        view: [part for part, one in panel.controls.items() if one.layout.display != "none"][2:]
        for view in ("scores", "dimension", "question", "district")
        if choose(panel, view=view)
    }

    assert {
        "scores": [],
        "dimension": ["dimension", "by"],
        "question": ["dimension", "question", "by"],
        "district": ["district"],
    } == seen


def test_the_questions_are_those_of_the_dimension() -> None:
    """In the form's order, numbered as in the form; those of no dimension together."""
    panel = choose(explore.Panel(small_report()), view="question", dimension="trust")
    of_trust = list(panel.controls["question"].options)
    choose(panel, dimension="")

    assert [
        ("4. Do you trust them?", "trust_1"),
        ("5. Do they hide things?", "trust_2"),
    ] == of_trust
    assert ["sex", "plan", "channels"] == keys(panel, "question")
    assert panel.choice.question == "sex"


def test_the_study_says_what_it_begins_with() -> None:
    """The dimension that it puts first, the question that opens its report."""
    study = small_report().study.model_copy(update={"headline": "plan"})
    report = replace(small_report(), study=study)

    assert "plan" == choose(explore.Panel(report), view="question").choice.question
    assert "trust" == choose(explore.Panel(report), view="dimension").choice.dimension


def test_answers_are_offered_by_what_they_are_published_by() -> None:
    """Somebody's sex is told of everybody only; another question by group as well."""
    panel = choose(explore.Panel(small_report()), view="question", question="sex")

    assert [""] == keys(panel, "by")
    assert ["", "group"] == keys(choose(panel, question="plan"), "by")


def test_a_breakdown_that_the_next_question_lacks_becomes_everybody() -> None:
    """And never a question that is asked in vain."""
    panel = choose(explore.Panel(small_report()), view="question", question="plan", by="group")
    by_group = told(panel)

    assert "by-group" in panel.above.value
    assert "" == choose(panel, question="sex").choice.by
    assert by_group != told(panel)


def test_a_district_has_its_own_figure() -> None:
    """The one that was chosen, and its table."""
    panel = choose(explore.Panel(small_report()), view="district")
    north = told(panel)

    assert [("North", "north"), ("South", "south")] == list(panel.controls["district"].options)
    assert "North: " in north
    assert "North: " not in told(choose(panel, district="south"))


def test_what_is_withheld_is_counted_and_given_its_reason() -> None:
    """One mark, one reason, whatever lies behind it."""
    panel = choose(explore.Panel(small_report()), view="question", dimension="trust")

    assert "×" not in panel.above.value
    assert "7 of 14 numbers below bear the mark ×. Withheld to protect those who answered." in (
        choose(panel, by="group").above.value
    )
    assert "All numbers below bear the mark ×. Withheld to protect those who answered." in (
        choose(panel, question="trust_2").above.value
    )


def test_an_error_is_told_in_words_and_leaves_the_lists(monkeypatch) -> None:
    """No traceback, no figure of what was chosen before; the next choice is drawn again."""
    panel = explore.Panel(small_report())

    def refuse(*_: object) -> None:
        raise ParameterError("there is no <such> figure", found="x")

    monkeypatch.setitem(VIEWS, "districts", replace(VIEWS["districts"], figure=refuse))
    choose(panel, view="districts")

    assert (
        '<p role="alert">there is no &lt;such&gt; figure; found &#x27;x&#x27;</p>'
        == panel.above.value
    )
    assert () == panel.output.outputs
    assert choose(panel, view="scores").output.outputs


def test_a_table_can_be_taken_as_the_file_that_the_reports_have(tmp_path) -> None:
    """The same bytes, inside the link; and it is said where the reports keep the file."""
    report = small_report()
    panel = explore.Panel(report)
    write_tables(report, tmp_path)
    ((content, name),) = re.findall(r'base64,([^"]*)" download="([^"]*)"', panel.above.value)

    assert "02-scores-by-group.csv" == name
    assert (tmp_path / "tables" / name).read_bytes() == base64.b64decode(content)
    assert "(the same as in the folder of the reports, in en/tables)" in panel.above.value


def test_the_answers_to_one_question_are_a_file_of_their_own() -> None:
    """Which the reports have only together with all others."""
    panel = choose(explore.Panel(small_report()), view="question", question="plan", by="group")
    ((content, name),) = re.findall(r'base64,([^"]*)" download="([^"]*)"', panel.above.value)
    lines = base64.b64decode(content).decode("utf-8-sig").splitlines()

    assert "answers-plan-by-group.csv" == name
    assert lines[1].startswith("Yes,3,24,")
    assert lines[1].endswith(",×,simulated")
    assert "folder of the reports" not in panel.above.value


def test_words_of_anybody_are_no_markup() -> None:
    """Names of the study stand in lists, which show them as they are, and in tables."""
    panel = choose(explore.Panel(small_report()), view="dimension")

    assert HOSTILE in [label for label, _ in panel.controls["dimension"].options]
    for one in every_choice(panel):
        read_as_markup = [output["data"].get("text/html", "") for output in one.output.outputs]
        assert "<script" not in " ".join([one.above.value, one.below.value, *read_as_markup])


def test_a_figure_carries_its_letters() -> None:
    """Measured with them, drawn with others it would lose its ends."""
    panel = explore.Panel(small_report())
    drawn = panel.output.outputs[0]["data"]["image/svg+xml"]

    assert drawn.count("@font-face") == 2
    assert figures.plot_scores_by_group(small_report()).svg == re.sub(
        "<style>@font-face.*?</style>", "", drawn, count=1, flags=re.DOTALL
    )


def test_where_no_program_runs_words_stand_for_the_lists() -> None:
    """In a notebook that is read on the web, or has not been run yet."""
    bundle = explore.Panel(small_report())._repr_mimebundle_()

    assert "application/vnd.jupyter.widget-view+json" in bundle
    assert "- **Language**: English" in bundle["text/markdown"]
    assert "- **What to see**: Scores by group; Differences" in bundle["text/markdown"]


def test_a_study_without_scored_questions_has_no_dimension_to_choose() -> None:
    """Its answers are there all the same."""
    report = small_report()
    unscored = tuple(replace(question, dimension=None) for question in report.questionnaire)
    panel = explore.Panel(replace(report, questionnaire=Questionnaire("Small", unscored)))

    assert "dimension" not in keys(panel, "view")
    assert [""] == keys(choose(panel, view="question"), "dimension")
    assert "trust_1" in keys(panel, "question")


@pytest.mark.parametrize("case", CASES)
def test_a_thin_study_shows_every_choice_it_offers(case, write_study, tmp_path) -> None:
    """In both languages, without an error and without a number from nothing."""
    raw, processed = write_study(**CASES[case].parts()), tmp_path / "processed"
    derive(raw, processed)
    report = open_report("explore", language="en", processed=processed)
    panel = explore.panel(report, processed=processed)

    assert ["en", "az"] == keys(panel, "language")
    for one in every_choice(panel, dimensions=1):
        assert one.output.outputs
        assert 'role="alert"' not in one.above.value
        assert not _NO_NUMBER.search(re.sub("<svg.*?</svg>", "", told(one), flags=re.DOTALL))


def test_a_language_changes_all_words_and_nothing_that_was_chosen(write_study, tmp_path) -> None:
    """Lists, figure, table, file."""
    raw, processed = write_study(**CASES["nothing is wrong"].parts()), tmp_path / "processed"
    derive(raw, processed)
    panel = explore.Panel(open_report("explore", language="en", processed=processed))
    english = choose(panel, view="dimension", dimension="service", by="group").choice
    choose(panel, language="az")

    assert replace(english, language="az") == panel.choice
    assert ["Dil", "Nə göstərilsin", "Sahə", "Sual", "Kimin cavabları", "Rayon"] == [
        control.description for control in panel.controls.values()
    ]
    assert "Bir sahə üzrə cavablar" in dict(panel.controls["view"].options)
    assert "Cədvəl CSV kimi:" in panel.above.value


def test_the_bundled_study_shows_every_choice_from_what_is_published_alone(built, tmp_path) -> None:
    """No other frame is there to be read; nothing of the study lacks a word in a language."""
    processed = tmp_path / "processed"
    shutil.copytree(built / "processed" / DESCRIPTION, processed / DESCRIPTION)
    for name in _SEEN_BY_READERS:
        shutil.copyfile(built / "processed" / f"{name}.csv", processed / f"{name}.csv")
    report = open_report("explore", language="en", processed=processed)
    panel = explore.panel(report, processed=processed)

    assert list(VIEWS) == keys(panel, "view")
    assert "" == panel.below.value
    for one in every_choice(panel):
        assert one.output.outputs
        assert 'role="alert"' not in one.above.value


# What the report on the activities reads, none of which has a person in it, and `published`.
_SEEN_BY_READERS = (
    *("published", "activities_published", "activity_registers", "activity_issues"),
    *("activity_duplicates", "coverage", "events", "knowledge", "attrition"),
    *("proposals", "terminals", "memberships"),
)
