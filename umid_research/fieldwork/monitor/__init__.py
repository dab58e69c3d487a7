"""Write the page and the workbook on the state of the field work: an evening's look.

    frames of `clean`, exports, back_checks.csv, what was known yesterday
        ─►  state  ─►  attention  ─►  text, tables  ─►  monitor.html, monitor.xlsx

Both are internal and say so at their top: they show small numbers, and interviewers by their codes.
They hold no name and no free text of a respondent.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from umid_research.clean import read_cleaned
from umid_research.clean.privacy import respondent_key
from umid_research.errors import ParameterError
from umid_research.fieldwork.monitor.memory import read_memory
from umid_research.fieldwork.monitor.state import State, read_state
from umid_research.fieldwork.monitor.tables import tables
from umid_research.fieldwork.monitor.text import attention, bullets, not_checked, overview
from umid_research.messages import Messages
from umid_research.output.document import document_of
from umid_research.output.rendering import to_html
from umid_research.output.sheets.sheet import Sheet, file_columns
from umid_research.output.sheets.workbook import to_xlsx
from umid_research.report.prose import Prose
from umid_research.report.study_report import Report, report_languages
from umid_research.report.table import Table
from umid_research.report.topics import Reference
from umid_research.study import Study, read_study
from umid_research.study.questionnaire import Questionnaire, read_questionnaire

__all__ = ["write_monitor"]

PAGE, WORKBOOK = "monitor.html", "monitor.xlsx"
_CATALOGUE = "fieldwork"


@dataclass(frozen=True)
class MonitorReport(Report):
    """A report whose mark says that it is internal; `day` stands below its title."""

    day: date = date.min

    @property
    def record(self) -> dict[str, Any]:
        """Return the record for the exporters, with the mark."""
        record = super().record
        mark = " ".join(filter(None, (self.text("monitor.mark"), record["mark"])))
        subtitle = f"{record['subtitle']}. {self.text.date(self.day)}"
        return {**record, "mark": mark, "subtitle": subtitle}


class _Reference(Reference):
    """The place of a table on the page; it has no file of its own."""

    @property
    def file(self) -> str:
        """Return no path."""
        return ""

    @property
    def page(self) -> str:
        """Return the page beside the workbook."""
        return PAGE


def write_monitor(
    folder: Path,
    processed: Path,
    target: Path,
    *,
    day: date,
    languages: Iterable[str] | None = None,
) -> Iterator[str]:
    """Write page and workbook in each language below `target`; yield lines that name them.

    Parameters
    ----------
    folder, processed : the study folder, and the frames that `clean` made from it.
    day : the day of the page; new is what was not known on an earlier day.
    languages : those to write; by default, all languages of the reports.

    Raises
    ------
    ParameterError
        If the study has no reports in such a language.
    FrameError
        If the frames were not made from the exports in the folder.
    StudyError
        If `back_checks.csv` has a mistake.
    """
    study = read_study(folder)
    questionnaire = read_questionnaire(folder, study)
    wanted = _languages(study, languages)
    memory = read_memory(target, day)
    cleaned = read_cleaned(processed, questionnaire)
    state = read_state(folder, cleaned, questionnaire, study, memory, key=respondent_key(study))
    for language in wanted:
        report = _report(study, questionnaire, language, day)
        place = target / language
        place.mkdir(parents=True, exist_ok=True)
        (place / PAGE).write_text(_html(report, state), encoding="utf-8")
        (place / WORKBOOK).write_bytes(_xlsx(report, state))
        words = attention(report, state)
        yield f"monitor  {len(words)} to look at: {place / PAGE}, {WORKBOOK}"
    memory.write(target, [*state.submissions["respondent"]])


def _languages(study: Study, asked: Iterable[str] | None) -> tuple[str, ...]:
    possible = report_languages(study)
    unknown = sorted(set(asked or ()) - set(possible))
    if unknown:
        raise ParameterError(
            "the study has no reports in this language",
            found=", ".join(unknown),
            possible=possible,
        )
    return tuple(one for one in possible if not asked or one in asked)


def _report(study: Study, questionnaire: Questionnaire, language: str, day: date) -> MonitorReport:
    return MonitorReport(
        notebook="monitor",
        study=study,
        questionnaire=questionnaire,
        published={},
        text=Messages(language, wording=_CATALOGUE),
        district=None,
        day=day,
    )


def _html(report: MonitorReport, state: State) -> str:
    _, *shown = tables(report, state, whole=False)
    return to_html(document_of(report, "monitor", _parts(report, state, shown)))


def _parts(report: Report, state: State, shown: list[Table]) -> Iterator[Prose | Table]:
    yield overview(report, state)
    yield Prose(f"## {report.text('monitor.heading.attention')}")
    yield bullets(report, attention(report, state), "monitor.nothing")
    yield Prose(f"## {report.text('monitor.heading.not_checked')}")
    yield bullets(report, not_checked(report, state), "monitor.all_checked")
    yield Prose(f"## {report.text('monitor.heading.numbers')}")
    yield from (replace(table, number="") for table in shown)


def _xlsx(report: MonitorReport, state: State) -> bytes:
    sheets = []
    for place, table in enumerate(tables(report, state, whole=True), start=1):
        columns, keys = file_columns(report, table)
        # nothing is withheld from the team, so no number needs a status
        columns = tuple(column for column in columns if column.kind != "status")
        reference = _Reference(table.anchor, "", (), "", ("monitor",), place)
        sheets.append(
            Sheet(
                reference=reference,
                name=table.number,
                title=table.title,
                columns=columns,
                units=report.text("monitor.units"),
                notes=table.notes,
                origin=report.text("monitor.origin"),
                keys=keys,
            )
        )
    return to_xlsx(report, sheets)
