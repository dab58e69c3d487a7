"""Test the exploration panel: it offers and shows only what the reports publish."""

import base64
import re
import shutil
from dataclasses import replace

import pytest
from small_activity_report import small_activity_report
from small_report import HOSTILE, small_report, unmatched
from thin_studies import CASES

from umid_research.errors import ParameterError
from umid_research.output import explore
from umid_research.output.explore.views import VIEWS
from umid_research.output.sheets import write_tables
from umid_research.report import charts
from umid_research.report.scores.table import table_scores_by_group
from umid_research.report.study_report import DESCRIPTION, open_report
from umid_research.study.questionnaire import Questionnaire

_NO_NUMBER = re.compile(r"(?<!\w)(?:nan|-?inf|NaT|<NA>|&lt;NA&gt;)(?!\w)", re.IGNORECASE)


def choose(panel: explore.Panel, **parts: str) -> explore.Panel:
    """Choose these parts in this order; return the panel."""
    for part, key in parts.items():
        panel.controls[part].value = key
    return panel


def keys(panel: explore.Panel, part: str) -> list[str]:
    """Return the keys that a list offers."""
    return [key for _, key in panel.controls[part].options]


def texts(panel: explore.Panel) -> str:
    """Return all texts below the lists."""
    data = [output["data"] for output in panel.output.outputs]
    return " ".join([panel.above.value, *(text for one in data for text in one.values())])


def every_choice(panel: explore.Panel, *, dimensions: int = 9):
    """Yield the panel for every choice, with at most `dimensions` dimensions."""
    for language in keys(panel, "language"):
        for view in keys(choose(panel, language=language), "view"):
            yield choose(panel, view=view)
            for dimension in keys(panel, "dimension")[-dimensions:]:
                choose(panel, dimension=dimension)
                for part in ("by", "district"):
                    for key in keys(panel, part):
                        yield choose(panel, **{part: key})


def test_the_panel_opens_with_the_scores_by_group() -> None:
    """It has the report's language, and the figure and table of the reports."""
    report = small_report()
    panel = explore.Panel(report)
    figure, sentence, table = (output["data"] for output in panel.output.outputs)

    assert ("en", "scores") == (panel.choice.language, panel.choice.view)
    assert charts.plot_scores_by_group(report).alt == figure["text/plain"]
    assert "Office 57" not in sentence["text/markdown"]
    assert table_scores_by_group(report)._repr_html_() == table["text/html"]


@pytest.mark.parametrize("view", VIEWS)
def test_another_view_shows_another_figure(view) -> None:
    """A choice in the list is drawn at once."""
    report = small_activity_report()
    panel = explore.Panel(report)
    if view not in keys(panel, "view"):
        assert panel.controls["view"].options
        assert not report.tables & set(VIEWS[view].of)
        return
    other = next(key for key in keys(panel, "view") if key != view)
    before = texts(choose(panel, view=other))

    assert before != texts(choose(panel, view=view))
    assert panel.output.outputs
    assert 'role="alert"' not in panel.above.value


def test_a_view_without_published_numbers_is_named_and_not_offered() -> None:
    """Examples are activities and matched groups in a study without them."""
    whole, less = explore.Panel(small_report()), explore.Panel(unmatched(small_report()))

    assert "differences" in keys(whole, "view")
    assert "differences" not in keys(less, "view")
    assert "timeline" not in keys(whole, "view")
    assert "Differences between groups" in less.below.value
    assert "Activities: what happened when" in whole.below.value
    assert "Differences between groups" not in whole.below.value


def test_only_the_lists_that_the_view_uses_are_visible() -> None:
    """Empty lists are hidden."""
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
    """They have the order and numbers of the form; those without dimension are together."""
    panel = choose(explore.Panel(small_report()), view="question", dimension="trust")
    of_trust = list(panel.controls["question"].options)
    choose(panel, dimension="")

    assert [
        ("4. Do you trust them?", "trust_1"),
        ("5. Do they hide things?", "trust_2"),
    ] == of_trust
    assert ["sex", "plan", "channels"] == keys(panel, "question")
    assert panel.choice.question == "sex"


def test_the_study_sets_the_first_choice() -> None:
    """These are the first focus dimension and the headline question."""
    study = small_report().study.model_copy(update={"headline": "plan"})
    report = replace(small_report(), study=study)

    assert "plan" == choose(explore.Panel(report), view="question").choice.question
    assert "trust" == choose(explore.Panel(report), view="dimension").choice.dimension


def test_only_published_breakdowns_of_answers_are_offered() -> None:
    """Sex is published only over everybody, other questions also by group."""
    panel = choose(explore.Panel(small_report()), view="question", question="sex")

    assert [""] == keys(panel, "by")
    assert ["", "group"] == keys(choose(panel, question="plan"), "by")


def test_a_breakdown_that_the_next_question_does_not_have_becomes_everybody() -> None:
    """The question on sex is published only over everybody."""
    panel = choose(explore.Panel(small_report()), view="question", question="plan", by="group")
    by_group = texts(panel)

    assert "by-group" in panel.above.value
    assert "" == choose(panel, question="sex").choice.by
    assert by_group != texts(panel)


def test_a_district_has_its_own_figure_and_table() -> None:
    """They are those of the chosen district."""
    panel = choose(explore.Panel(small_report()), view="district")
    north = texts(panel)

    assert [("North", "north"), ("South", "south")] == list(panel.controls["district"].options)
    assert "North: " in north
    assert "North: " not in texts(choose(panel, district="south"))


def test_a_note_counts_withheld_cells_and_gives_the_reason() -> None:
    """The mark and the reason are the same for all withheld cells."""
    panel = choose(explore.Panel(small_report()), view="question", dimension="trust")

    assert "×" not in panel.above.value
    assert "7 of 14 numbers below have the mark ×. Withheld to protect those who answered." in (
        choose(panel, by="group").above.value
    )
    assert "All numbers below have the mark ×. Withheld to protect those who answered." in (
        choose(panel, question="trust_2").above.value
    )


def test_an_error_is_shown_as_text_and_the_lists_stay_usable(monkeypatch) -> None:
    """There is no traceback and no earlier figure; the next choice is drawn."""
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


def test_a_table_can_be_downloaded_as_its_published_file(tmp_path) -> None:
    """The link contains the same bytes; a text names the folder of the published file."""
    report = small_report()
    panel = explore.Panel(report)
    write_tables(report, tmp_path)
    ((content, name),) = re.findall(r'base64,([^"]*)" download="([^"]*)"', panel.above.value)

    assert "03-scores-by-group.csv" == name
    assert (tmp_path / "tables" / name).read_bytes() == base64.b64decode(content)
    assert "(the same as in the folder of the reports, in en/tables)" in panel.above.value


def test_the_answers_to_one_question_have_their_own_file() -> None:
    """The reports only have a file of all questions."""
    panel = choose(explore.Panel(small_report()), view="question", question="plan", by="group")
    ((content, name),) = re.findall(r'base64,([^"]*)" download="([^"]*)"', panel.above.value)
    lines = base64.b64decode(content).decode("utf-8-sig").splitlines()

    assert "answers-plan-by-group.csv" == name
    assert "Answer,answer_key,Group,group_key,Count,Of,status,provenance" == lines[0]
    assert lines[1].startswith("Yes,yes,") and lines[1].endswith(",people,3,24,shown,simulated")
    assert "Yes,yes,Clubs,ngo,,,withheld,simulated" == lines[2]
    assert "folder of the reports" not in panel.above.value


def test_names_of_the_study_are_never_markup() -> None:
    """Lists and tables show them literally."""
    panel = choose(explore.Panel(small_report()), view="dimension")

    assert HOSTILE in [label for label, _ in panel.controls["dimension"].options]
    for one in every_choice(panel):
        read_as_markup = [output["data"].get("text/html", "") for output in one.output.outputs]
        assert "<script" not in " ".join([one.above.value, one.below.value, *read_as_markup])


def test_a_figure_embeds_its_font() -> None:
    """Another font could be wider, and texts would be cut off."""
    panel = explore.Panel(small_report())
    drawn = panel.output.outputs[0]["data"]["image/svg+xml"]

    assert drawn.count("@font-face") == 2
    assert charts.plot_scores_by_group(small_report()).svg == re.sub(
        "<style>@font-face.*?</style>", "", drawn, count=1, flags=re.DOTALL
    )


def test_without_a_kernel_text_replaces_the_lists() -> None:
    """This is for notebooks on the web and notebooks that have not been run."""
    bundle = explore.Panel(small_report())._repr_mimebundle_()

    assert "application/vnd.jupyter.widget-view+json" in bundle
    assert "- **Language**: English" in bundle["text/markdown"]
    assert "- **What to see**: Scores by group; Differences" in bundle["text/markdown"]


def test_a_study_without_scored_questions_has_no_dimension_to_choose() -> None:
    """Its answers can still be chosen."""
    report = small_report()
    unscored = tuple(replace(question, dimension=None) for question in report.questionnaire)
    panel = explore.Panel(replace(report, questionnaire=Questionnaire("Small", unscored)))

    assert "dimension" not in keys(panel, "view")
    assert [""] == keys(choose(panel, view="question"), "dimension")
    assert "trust_1" in keys(panel, "question")


@pytest.mark.parametrize("case", CASES)
def test_a_thin_study_shows_every_choice_it_offers(case, thin) -> None:
    """There is no error and no invalid number, in both languages."""
    processed = thin(case)
    report = open_report("explore", language="en", processed=processed)
    panel = explore.panel(report, processed=processed)

    assert ["en", "az"] == keys(panel, "language")
    for one in every_choice(panel, dimensions=1):
        assert one.output.outputs
        assert 'role="alert"' not in one.above.value
        assert not _NO_NUMBER.search(re.sub("<svg.*?</svg>", "", texts(one), flags=re.DOTALL))


def test_a_language_changes_all_texts_and_keeps_the_choice(thin) -> None:
    """The texts are in lists, figure, table and file."""
    processed = thin("nothing is wrong")
    panel = explore.Panel(open_report("explore", language="en", processed=processed))
    english = choose(panel, view="dimension", dimension="service", by="group").choice
    choose(panel, language="az")

    assert replace(english, language="az") == panel.choice
    assert ["Dil", "Nə göstərilsin", "Sahə", "Sual", "Kimin cavabları", "Rayon"] == [
        control.description for control in panel.controls.values()
    ]
    assert "Bir sahə üzrə cavablar" in dict(panel.controls["view"].options)
    assert "Cədvəl CSV kimi:" in panel.above.value


def test_the_bundled_study_shows_every_choice_from_published_frames_only(built, tmp_path) -> None:
    """No other frame exists in the folder; every name has a text in each language."""
    processed = tmp_path / "processed"
    shutil.copytree(built / "processed" / DESCRIPTION, processed / DESCRIPTION)
    shutil.copytree(built / "processed" / "published", processed / "published")
    for name in _SEEN_BY_READERS:
        shutil.copyfile(built / "processed" / f"{name}.csv", processed / f"{name}.csv")
    report = open_report("explore", language="en", processed=processed)
    panel = explore.panel(report, processed=processed)

    assert list(VIEWS) == keys(panel, "view")
    assert "" == panel.below.value
    for one in every_choice(panel):
        assert one.output.outputs
        assert 'role="alert"' not in one.above.value


# The published tables, and the frames of the report on activities, which have no rows of persons.
_SEEN_BY_READERS = (
    *("activities_published", "activity_registers", "activity_issues"),
    *("activity_duplicates", "coverage", "events", "knowledge", "attrition"),
    *("gallery", "press", "breakdowns"),
    *("proposals", "terminals", "memberships"),
)
