"""Stages for registers of measures, evidence, meetings and activities: status, indicators."""

from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from umid_research.pipeline.description import read_answers

if TYPE_CHECKING:
    from umid_research.clean import Cleaned
    from umid_research.study import Study
    from umid_research.study.questionnaire import Questionnaire


def implementation(options: Namespace) -> Iterator[str]:
    """Assess the plan: registers of measures, evidence and meetings -> status, themes."""
    from umid_research.analysis.implementation import implement
    from umid_research.analysis.meetings import count_themes
    from umid_research.frames import write_frames

    study, questionnaire, cleaned = _with_names(options)
    found = implement(options.raw, cleaned, questionnaire, study, seed=study.seed)
    meetings = count_themes(options.raw, study, seed=study.seed)
    write_frames(options.processed, {**found.frames(), **meetings.frames()}, study)
    yield f"evidence {len(found.status)} statuses, {len(found.register_issues)} issues"


def activities(options: Namespace) -> Iterator[str]:
    """Count the activities: registers -> indicators and the counts behind them."""
    from umid_research.analysis.meetings import read_meetings
    from umid_research.disclosure.registers import protect_registers
    from umid_research.frames import write_frames
    from umid_research.indicators import count, keep_definitions, read_registers
    from umid_research.indicators.frames import SCHEMAS
    from umid_research.report.study_report import DESCRIPTION

    study, _, cleaned = _with_names(options)
    registers = read_registers(options.raw, study)
    meetings = read_meetings(options.raw, study)
    held = None if meetings is None else meetings.rows
    counted = count(registers, cleaned, held, study, seed=study.seed)
    frames = protect_registers(counted, study).frames()
    if not keep_definitions(options.raw, options.processed / DESCRIPTION):
        for name in list(frames)[1:]:
            (options.processed / f"{name}.csv").unlink(missing_ok=True)
            del frames[name]
    write_frames(options.processed, {SCHEMAS[name]: rows for name, rows in frames.items()}, study)
    yield f"count    {frames['indicators']['indicator'].nunique()} indicators"


def check_registers(raw: Path) -> None:
    """Read each register of the study folder once, so that an error comes before minutes of work.

    Raises StudyError or ExportError, as the steps that use the registers do.
    """
    from umid_research.analysis.implementation import check_inputs
    from umid_research.analysis.meetings import read_meetings
    from umid_research.indicators import read_registers
    from umid_research.study import read_study

    study = read_study(raw)
    check_inputs(raw, study)
    read_meetings(raw, study)
    read_registers(raw, study)


def _with_names(options: Namespace) -> "tuple[Study, Questionnaire, Cleaned]":
    """Return `read_answers` with the names of people, which only the study folder lists.

    The names are needed to mask them in the registers.
    """
    from umid_research.study import read_study

    study, questionnaire, cleaned = read_answers(options.processed)
    names = read_study(options.raw).names
    return study.model_copy(update={"names": names}), questionnaire, cleaned
