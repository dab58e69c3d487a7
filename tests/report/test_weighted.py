"""Weighted studies: a percentage is weighted, and whatever stands beside it says what is not."""

from dataclasses import replace

import pytest
from small_report import small_report

from umid_research.messages import Messages, languages
from umid_research.report import texts as sentences
from umid_research.report.annex import answers
from umid_research.report.annex.disclosed import disclosed_items
from umid_research.report.annex.plan import plan_paragraphs
from umid_research.report.answers.table import table_answers, table_question_answers
from umid_research.report.charts import plot_answers, plot_counts
from umid_research.report.slides.in_figures import headline

BOTH = "Percentages are weighted, numbers of people are not"
COUNTS = "Numbers of people are not weighted."
BARS = "Numbers of people and bars are not weighted."
_FOUND = {"percent": 61.5, "low": 48.2, "high": 73.9}


def _report(*, weighted: bool, percent: bool = True, language: str = "en"):
    """The small report; 15, 32 and 5 of 52 gave three answers, 61.5 % (weighted) the second."""
    rows = [
        {
            "statistic": "count",
            "question": "plan",
            "answer": code,
            "value": n,
            "respondents": 52,
            **(_FOUND if percent and code == "no" else {}),
        }
        for code, n in (("yes", 15), ("no", 32), ("dk", 5))
    ]
    trust = small_report().rows("answers", question="trust_1").to_dict("records")
    made = small_report(answers=[*rows, *trust])
    roles = made.study.roles.model_copy(update={"weight": "w" if weighted else None})
    study = made.study.model_copy(update={"roles": roles, "headline": "plan"})
    if language != "en":
        return replace(made, study=study, text=Messages(language))
    return replace(made, study=study)


@pytest.mark.parametrize(
    ("weighted", "percent", "said"),
    [(True, True, BOTH), (True, False, COUNTS), (False, True, ""), (False, False, "")],
)
def test_the_first_sentence_says_which_of_its_numbers_are_weighted(weighted, percent, said) -> None:
    """Counts alone are said to be unweighted; a study without weights says nothing of them."""
    text = sentences.headline(_report(weighted=weighted, percent=percent)).markdown

    assert said in text
    assert ("weighted" in text) == weighted
    assert ("61.5 %" in text) == percent


def test_counts_that_stand_alone_are_said_to_be_unweighted() -> None:
    """In the sentence without percentages and in a slide's title."""
    weighted, plain = _report(weighted=True), _report(weighted=False)

    assert COUNTS in sentences.brief_headline(weighted).markdown
    assert "weighted" not in sentences.brief_headline(plain).markdown
    assert "(not weighted)" in sentences.in_a_line(weighted, "headline").markdown
    assert "weighted" not in sentences.in_a_line(plain, "headline").markdown


def test_tables_of_answers_say_it_in_a_note() -> None:
    """One question, the annex above its tables, and the table of which files are made."""
    for weighted in (True, False):
        report = _report(weighted=weighted)
        annex = answers(report)[0].markdown

        assert weighted == any(
            BOTH in note for note in table_question_answers(report, "plan").notes
        )
        assert weighted == any(BOTH in note for note in table_answers(report).notes)
        assert weighted == (BOTH in annex)


def test_figures_and_slides_say_that_their_bars_are_not_weighted() -> None:
    """The drawing, the drawing for a phone, and the words for those who do not see them."""
    for weighted in (True, False):
        report = _report(weighted=weighted)
        (slide,) = headline(report)

        for figure in (plot_counts(report, "plan"), plot_answers(report, "trust")):
            assert weighted == (BARS in figure.svg)
            assert weighted == (BARS in str(figure.narrow))
            assert weighted == (BARS in figure.alt)
        assert weighted == (BARS in slide.figure.svg)
        assert weighted == any(BOTH in note for note in slide.notes)


def test_plan_and_disclosure_say_what_is_weighted() -> None:
    """Not the numbers of people."""
    for weighted in (True, False):
        report = _report(weighted=weighted)
        (plan,) = plan_paragraphs(report)
        disclosed = " ".join(part.markdown for part in disclosed_items(report))

        assert weighted == (BOTH in plan.markdown)
        assert weighted == ("Numbers of people are not weighted, and" in disclosed)


@pytest.mark.parametrize("language", languages())
def test_every_language_says_it(language) -> None:
    """In words of its own."""
    weighted = _report(weighted=True, language=language)
    study = weighted.study.model_copy(
        update={"roles": weighted.study.roles.model_copy(update={"weight": None})}
    )

    texts = {weighted.text(f"weighted.{key}") for key in ("both", "counts", "bars")}
    assert 3 == len(texts)
    assert "" == " ".join(sentences.weighting(replace(weighted, study=study), any_percent=True))
    assert [weighted.text("weighted.both")] == sentences.weighting(weighted, any_percent=True)
