"""Stages during the field work: fetch what came in, and show how it goes."""

import datetime
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path

from umid_research.errors import ParameterError
from umid_research.pipeline.responses import clean
from umid_research.runs.stamp import frames_are_current, made_from, study_id


def fetch(options: Namespace) -> Iterator[str]:
    """Fetch form and submissions from KoboToolbox or ODK Central into the study folder."""
    from umid_research.fieldwork.server import fetch as fetch_form

    yield from fetch_form(options.raw, options.server)


def monitor(options: Namespace) -> Iterator[str]:
    """Write the page and the workbook on the state of the field work, for the team only."""
    from umid_research.fieldwork.monitor import write_monitor

    day = _day(options.day)
    if not frames_are_current(options.processed, made_from(options.raw)):
        yield from clean(options)
    target = Path("build") / study_id(options.raw) / "monitor"
    yield from write_monitor(
        options.raw, options.processed, target, day=day, languages=options.languages
    )


def _day(text: str) -> datetime.date:
    try:
        return datetime.date.fromisoformat(text) if text else datetime.date.today()
    except ValueError:
        raise ParameterError(
            "is not a day", where="DAY", found=text, possible=["2022-03-14"]
        ) from None
