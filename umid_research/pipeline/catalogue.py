"""The command that checks a language's catalogues before a report is made in it."""

from argparse import Namespace
from collections.abc import Iterator

from umid_research.errors import ReportError


def check_catalogue(options: Namespace) -> Iterator[str]:
    """Checks that every text of the reports is there in a language, whole and with its places."""
    from umid_research.messages.check import check_catalogues

    if problems := check_catalogues(options.language):
        number = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
        raise ReportError(f"the catalogues of {options.language!r} have {number}", details=problems)
    yield f"check    every text of the reports is there in {options.language!r}"
