"""The command that archives a study, with its reports, for others to read, check and cite."""

from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path

from umid_research.pipeline.description import read_answers
from umid_research.pipeline.reports import report


def archive(options: Namespace) -> Iterator[str]:
    """Archive the study: published tables, reports and their description as an RO-Crate."""
    from umid_research.output.archive import Source, write_archive, write_internal

    yield from report(options)
    study, form, cleaned = read_answers(options.processed)
    source = Source(study, form, options.processed, options.reports)
    home = Path("build") / study.id
    yield from write_internal(source, cleaned, home / "internal")
    yield from write_archive(source, home / "archive")
    yield f"open     {home / 'archive' / 'README.md'}"
