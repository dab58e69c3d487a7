"""Make the files that need no notebook, once per language: slides, tables and others."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from umid_research.report.activity_report import ActivityReport, open_activities
from umid_research.report.study_report import Report, open_report


def _make_slides(report: Report, folder: Path) -> None:
    """Write the slides as PDF and as PPTX."""
    from umid_research.output.slides_pdf import to_pdf
    from umid_research.output.slides_pptx import to_pptx
    from umid_research.report.slides.deck import deck

    slides = deck(report)
    (folder / "slides.pdf").write_bytes(to_pdf(slides, report))
    (folder / "slides.pptx").write_bytes(to_pptx(slides, report))


def _make_tables(report: Report, folder: Path) -> None:
    """Write every published table as CSV, and all of them as one workbook."""
    from umid_research.output.sheets import write_tables

    write_tables(report, folder)


def _make_information(report: Report, folder: Path) -> None:
    """Write the information page for respondents."""
    from umid_research.output.information import to_docx, to_html, to_pdf

    (folder / "information.html").write_text(to_html(report), encoding="utf-8")
    (folder / "information.pdf").write_bytes(to_pdf(report))
    (folder / "information.docx").write_bytes(to_docx(report))


def _make_annexes(report: ActivityReport, folder: Path) -> None:
    """Write the annexes of the report on the activities."""
    from umid_research.output.annexes import write_annexes

    write_annexes(report, folder)


_ARTEFACTS: dict[str, Callable[[Any, Path], None]] = {
    "slides": _make_slides,
    "tables": _make_tables,
    "information": _make_information,
    "annexes": _make_annexes,
}
_ONLY_WITH_ACTIVITIES = {"annexes"}
_USING_ACTIVITIES = {"annexes", "tables"}


def artefacts(*, activities: bool) -> list[str]:
    """Return the names of the artefacts of a study with or without `activities`."""
    return [name for name in _ARTEFACTS if activities or name not in _ONLY_WITH_ACTIVITIES]


def make_artefact(name: str, language: str, target: Path, *, activities: bool) -> None:
    """Write one artefact to the folder of its language in `target`."""
    folder = target / language
    folder.mkdir(parents=True, exist_ok=True)
    if activities and name in _USING_ACTIVITIES:
        _ARTEFACTS[name](open_activities(language=language), folder)
    else:
        _ARTEFACTS[name](open_report("07-study", language=language), folder)
