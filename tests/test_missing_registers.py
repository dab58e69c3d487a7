"""A study without evidence, meetings or measures has complete reports that name what is missing.

The content of the reports is taken from the notebooks' own cells.
"""

import re
from pathlib import Path

import pytest
from cells import derive, shown, words
from small_plan import CODES, EVIDENCE, MEASURES, MEETINGS, write_plan
from small_study import write_small
from thin_studies import in_both_languages, planned_parts

from umid_research.analysis.robustness import robustness_of
from umid_research.output.publish import Run, planned_runs
from umid_research.output.slides_pptx import to_pptx
from umid_research.report.slides.deck import deck
from umid_research.report.study_report import DESCRIPTION, PROCESSED_VARIABLE, Report, open_report
from umid_research.report.table import Table
from umid_research.study import read_study

REGISTERS = {
    "measures": in_both_languages(MEASURES),
    "evidence": EVIDENCE,
    "analyst_codes": CODES,
    "meetings": MEETINGS,
}
# Missing registers -> the registers that the reports name: without measures, evidence and codes are
# not named, because they belong to measures.
LACKING = {
    ("evidence",): {"evidence"},
    ("meetings",): {"meetings"},
    ("measures",): {"measures"},
    ("evidence", "meetings", "measures"): {"measures", "meetings"},
}
TELLING = ("02-implementation", "03-district", "07-study")
_PLACE = re.compile(r"\{#([\w-]+)")
_LINK = re.compile(r"\]\(#([^)]*)\)")


@pytest.fixture
def study(request, once, monkeypatch, read_once):
    """Return a study with a plan but without the given registers, with its frames computed."""
    monkeypatch.setitem(robustness_of.__kwdefaults__, "weights", 20)
    name = "-".join(("without", *request.param))
    processed = once(name, lambda home: derive_without(request.param, home)) / "processed"
    monkeypatch.setenv(PROCESSED_VARIABLE, str(processed))
    return read_study(processed / DESCRIPTION)


def derive_without(registers: tuple[str, ...], home: Path) -> None:
    """Write a study without these registers to `raw` and its frames to `processed` in `home`."""
    raw = write_small(home / "raw", **planned_parts())
    write_plan(raw, **REGISTERS)
    for name in registers:
        (raw / f"{name}.csv").unlink()
    derive(raw, home / "processed")


def named_in(text: str) -> set[str]:
    """Return the registers that a text names as missing."""
    return {name for name in REGISTERS if f"({name}.csv)" in text}


def headings_without_text(parts: list) -> list[str]:
    """Return the sections that are followed directly by another section, or by nothing."""
    texts = [words(part) for part in parts]
    following = [*texts[1:], "## "]
    return [
        text
        for text, after in zip(texts, following, strict=True)
        if text.startswith("## ") and (after.startswith("## ") or not after.strip())
    ]


def tables_of_nothing(report: Report, run: Run, tables: list[Table]) -> list[str]:
    """Return the captions of tables that only say "none", except those about cleaning."""
    nothing = [table for table in tables if table.rows[0][0] == report.text("table.none")]
    cleaning = {report.text(f"table.{key}.caption") for key in ("set_aside", "issues", "reading")}
    return [table.caption for table in nothing if table.caption not in cleaning]


@pytest.mark.parametrize(("study", "missing"), LACKING.items(), indirect=["study"])
def test_without_a_register_every_report_says_so_without_empty_sections(study, missing) -> None:
    """No heading without text, no empty table, no link to a missing table."""
    for language in study.languages:
        report = open_report("07-study", language=language)
        for run in planned_runs(study, language):
            if run.notebook not in TELLING:
                continue
            parts = shown(run.notebook, **run.parameters)
            tables = [part for part in parts if isinstance(part, Table)]
            message = "\n".join(map(words, parts))
            expected = missing - {"meetings"} if run.notebook == "03-district" else missing

            assert expected == named_in(message), run.title
            assert [] == headings_without_text(parts)
            assert [] == tables_of_nothing(report, run, tables)
            places = {*_PLACE.findall(message), *(table.anchor for table in tables)}
            assert set(_LINK.findall(message)) <= places
        slides = deck(report)
        talk = " ".join(text for slide in slides for text in slide.texts())
        assert 5 <= len(slides) <= 10
        assert to_pptx(slides, report)
        assert missing == named_in(talk)


@pytest.mark.parametrize("study", [("evidence",)], indirect=True)
def test_without_evidence_the_report_has_no_documentary_results(study) -> None:
    """Neither the figure of the areas nor its table, nor a table by locality."""
    report = open_report("02-implementation", language="en")
    parts = shown("02-implementation", language="en")
    message = "\n".join(map(words, parts))

    assert not report.is_documented
    for said in ("Documents show", "as documents show it", "no document checked"):
        assert said not in message
    assert "the analyst codes a measure as begun for which no evidence is available" in message


@pytest.mark.parametrize("study", [("measures",)], indirect=True)
def test_evidence_and_codes_without_measures_are_reported_as_not_read(study) -> None:
    """The files exist but cannot be interpreted."""
    parts = shown("02-implementation", language="en")
    issues = [part for part in parts if isinstance(part, Table) and "registers" in part.caption]

    rows = [row for table in issues for row in table.rows if row[2] == "Not read"]
    assert ["analyst_codes.csv", "evidence.csv"] == sorted(row[0] for row in rows)
