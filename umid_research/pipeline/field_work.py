"""Stages during the field work: fetch what came in."""

from argparse import Namespace
from collections.abc import Iterator


def fetch(options: Namespace) -> Iterator[str]:
    """Fetch form and submissions from KoboToolbox or ODK Central into the study folder."""
    from umid_research.fieldwork.server import fetch as fetch_form

    yield from fetch_form(options.raw, options.server)
