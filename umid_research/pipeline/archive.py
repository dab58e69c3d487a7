"""The command that archives a study, with its reports, for others to read, check and cite."""

from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path

from umid_research.errors import FrameError
from umid_research.pipeline.description import read_answers
from umid_research.pipeline.reports import report
from umid_research.pipeline.reports import verify as verify_reports
from umid_research.runs.manifest import MANIFEST
from umid_research.runs.stamp import is_visible, read_json, sha256
from umid_research.runs.verify import CHANGED, MISSING, UNLISTED

_CRATE = "ro-crate-metadata.json"


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


def verify(options: Namespace) -> Iterator[str]:
    """Check that an archive or delivered reports, and with --raw their inputs, are as made."""
    folder = options.folder
    if (folder / _CRATE).is_file():
        yield _verify_archive(folder)
        options = Namespace(**{**vars(options), "folder": folder / "reports"})
    yield from verify_reports(options)


def _verify_archive(folder: Path) -> str:
    """Return that all files are as the manifest says.

    Raises FrameError, which names each file that is missing, has changed or is not listed.
    """
    listed = read_json(folder / MANIFEST).get("files")
    if not isinstance(listed, dict):
        raise FrameError(
            "no list of the archive's files and their hashes; `make archive` writes it",
            where=str(folder / MANIFEST),
        )
    paths = {path.relative_to(folder): path for path in sorted(folder.rglob("*"))}
    found = {
        name.as_posix(): sha256(path)
        for name, path in paths.items()
        if path.is_file() and all(map(is_visible, name.parts)) and name.as_posix() != MANIFEST
    }
    wrong = [f"{name}: {MISSING}" for name in listed if name not in found]
    wrong += [
        f"{name}: {CHANGED if name in listed else UNLISTED}"
        for name, digest in found.items()
        if listed.get(name) != digest
    ]
    if wrong:
        raise FrameError(
            f"files that are not as the manifest says: {len(wrong)}",
            where=str(folder),
            details=wrong,
        )
    return f"verify   {len(listed)} files of the archive are as the manifest says"
