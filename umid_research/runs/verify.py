"""Compare delivered reports or an archive, and the study folder behind them, with a manifest."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from umid_research.errors import FrameError
from umid_research.runs.input_names import keyed_digests, neutral_inputs
from umid_research.runs.manifest import MANIFEST, file_digest, unlisted_files
from umid_research.runs.stamp import inputs, is_visible, read_json, sha256

CHANGED = "is not the file that was made: its content has changed"
MISSING = "is missing"
UNLISTED = "is not in the manifest: no run made it"


def verify_reports(
    reports: Path, raw: Path | None = None, key: Callable[[], str | None] = lambda: None
) -> Iterator[str]:
    """Yield what was found to be as the manifest says: the reports, and the inputs in `raw`.

    Nothing outside `reports` and `raw` is needed, so that a receiver can check a copy; but for the
    inputs of a confidential study, the study's key, which `key` gives.

    Raises
    ------
    FrameError
        There is no manifest, or a file is missing, has changed, or is not listed. The error names
        each of them. Or the inputs cannot be compared, since there is no key.
    """
    manifest = read_json(reports / MANIFEST)
    listed = _listed(
        reports,
        "no list of the reports and their hashes here; without it they may come from different "
        "runs. `make report` writes it",
    )
    found = {name: file_digest(reports, name) for name in listed}
    wrong = [*_differing(listed, found), *((name, UNLISTED) for name in unlisted_files(reports))]
    is_keyed = raw is not None and manifest.get("inputs_keyed") is True
    secret = key() if is_keyed else ""
    if raw is not None and secret is not None:
        known = dict(manifest.get("inputs", {}))
        now = neutral_inputs(inputs(raw))
        now = keyed_digests(now, secret) if is_keyed else now
        places = [*known, *(name for name in now if name not in known)]
        wrong += [
            (f"input {name}", reason)
            for name, reason in _differing({n: known.get(n) for n in places}, now)
        ]
    _refuse(wrong, reports)
    yield f"verify   {len(listed)} files of {manifest.get('study')} are as the manifest says"
    if secret is None:
        raise FrameError(
            "the inputs cannot be compared: their hashes are keyed, and the key of the study is "
            "not here; put it into .respondent-key or UMID_RESPONDENT_KEY",
            where=str(raw),
        )
    if raw is not None:
        yield f"verify   {len(manifest.get('inputs', {}))} inputs in {raw} are those they came from"


def verify_archive(folder: Path) -> str:
    """Return that all files of an archive are as its manifest says.

    Raises FrameError, which names each file that is missing, has changed or is not listed.
    """
    listed = _listed(
        folder, "no list of the archive's files and their hashes; `make archive` writes it"
    )
    paths = {path.relative_to(folder): path for path in sorted(folder.rglob("*"))}
    found = {
        name.as_posix(): sha256(path)
        for name, path in paths.items()
        if path.is_file() and all(map(is_visible, name.parts)) and name != Path(MANIFEST)
    }
    unlisted = [(name, UNLISTED) for name in found if name not in listed]
    _refuse([*_differing(listed, found), *unlisted], folder)
    return f"verify   {len(listed)} files of the archive are as the manifest says"


def _listed(folder: Path, otherwise: str) -> dict[str, str]:
    """Return the files of a manifest with their hashes; raise FrameError if it has none."""
    listed = read_json(folder / MANIFEST).get("files")
    if not isinstance(listed, dict):
        raise FrameError(otherwise, where=str(folder / MANIFEST))
    return listed


def _refuse(wrong: Sequence[tuple[str, str]], folder: Path) -> None:
    """Raise FrameError if there are files that are not as the manifest says."""
    if wrong:
        raise FrameError(
            f"files that are not as the manifest says: {len(wrong)}",
            where=str(folder),
            details=[f"{name}: {reason}" for name, reason in wrong],
        )


def _differing(
    expected: Mapping[str, str | None], found: Mapping[str, str | None]
) -> Iterator[tuple[str, str]]:
    """Yield each file that is missing, has changed or is new, with what is wrong."""
    for name, digest in expected.items():
        if digest is None:
            yield name, UNLISTED
        elif found.get(name) is None:
            yield name, MISSING
        elif found[name] != digest:
            yield name, CHANGED
