"""Fetch a form and its submissions from KoboToolbox or ODK Central into a study folder.

    address   which platform, server and form
    token     the right to read it, from the environment or a file
    client    requests: patience, pages, clear words for what is refused
    kobotoolbox, odk_central   the two platforms, both as `form` describes
    tables, folder, changes    the files, how they are kept, how two forms differ

A second run asks only for what is new or changed, and writes the same bytes if nothing is.
"""

import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from umid_research.errors import ParameterError, ServerError
from umid_research.fieldwork.server.address import KOBOTOOLBOX, Address, parse_address
from umid_research.fieldwork.server.changes import form_changes
from umid_research.fieldwork.server.client import Client
from umid_research.fieldwork.server.folder import (
    CACHE,
    FORM,
    cached,
    earlier_files,
    earlier_versions,
    form_file,
    known_submissions,
    refuse_tracked,
    write_files,
)
from umid_research.fieldwork.server.form import Form, Platform, Submission
from umid_research.fieldwork.server.kobotoolbox import KoboToolbox
from umid_research.fieldwork.server.odk_central import OdkCentral
from umid_research.fieldwork.server.tables import files_of
from umid_research.fieldwork.server.token import FILE, read_token
from umid_research.study.questionnaire import FILES

__all__ = ["fetch"]


def fetch(
    folder: Path, server: str, *, token_file: Path = FILE, pause: float = 1.0
) -> Iterator[str]:
    """Fetch form and submissions into the study folder; yield lines that say what came.

    Parameters
    ----------
    folder : the study folder; it need not have a study yet.
    server : the address of the form as a browser shows it; "" for the one of the last run.
    token_file : the file with the token, if it is not in the environment.
    pause : seconds before a request is repeated for the first time.

    Raises
    ------
    ParameterError
        If the address names no form, another form than the last run's, or there is no token.
    StudyError
        If git tracks the folder.
    ServerError
        If the server refuses, breaks off, or answers incompletely; nothing is written then.
    """
    refuse_tracked(folder)
    address = _address(folder, server)
    client = Client(address.base, read_token(address.platform, token_file), pause=pause)
    platform = _platform(client, address)
    known = known_submissions(folder)
    with _known_shapes(address):
        form = platform.form()
        submissions = sorted(platform.submissions(known), key=lambda one: one.order)
        published = {version.id for version in form.versions}
        answered = {one.version for one in submissions} & published
        fields = {version: platform.fields(version) for version in answered}
    files, lines = _form_files(folder, form, address)
    files |= files_of(str(address), address.platform, platform, form, fields, submissions)
    files[CACHE] = cached(submissions)
    changed = write_files(folder, files, earlier_files(folder))
    yield f"fetch    {_counted(known, {one.id: one for one in submissions})}"
    reviews = Counter(one.platform[platform.review_column] for one in submissions)
    if set(reviews) - {""}:
        listed = (f"{number} {review or 'undecided'}" for review, number in sorted(reviews.items()))
        yield f"fetch    review: {', '.join(listed)}"
    yield from (f"fetch    {line}" for line in lines)
    yield from (f"fetch    {folder / path}" for path in changed if path != CACHE)


def _address(folder: Path, server: str) -> Address:
    """Return the address of the form; raise ParameterError if it is not the one of the folder."""
    earlier = [row["server"] for row in earlier_versions(folder) if row.get("server")]
    address = parse_address(server or next(iter(earlier), ""))
    if earlier and str(address) != earlier[0]:
        raise ParameterError(
            "this folder holds the submissions of another form; choose another folder",
            where="SERVER",
            found=str(address),
            possible=[earlier[0]],
        )
    return address


def _platform(client: Client, address: Address) -> Platform:
    if address.platform == KOBOTOOLBOX:
        return KoboToolbox(client, address.form)
    return OdkCentral(client, address.project, address.form)


@contextmanager
def _known_shapes(address: Address) -> Iterator[None]:
    """Raise ServerError for an answer that is not as the platform documents it."""
    try:
        yield
    except (AttributeError, IndexError, LookupError, TypeError, ValueError) as error:
        raise ServerError(
            "an answer of the server is not as documented; is this server of a known version?",
            where=str(address),
            found=type(error).__name__,
        ) from None


def _form_files(folder: Path, form: Form, address: Address) -> tuple[dict[str, bytes], list[str]]:
    """Return the files of the form, and lines on how it differs from the questionnaire there.

    Raises ServerError if the server does not give the form and the folder has none.
    """
    here = next((folder / name for name in FILES if (folder / name).is_file()), None)
    if form.workbook is None:
        if here is None:
            raise ServerError(
                f"{form.lacking}, or put the form that people answer into the study folder, as "
                f"{' or '.join(FILES[1:])}",
                where=str(address),
            )
        return {}, [f"form not fetched: {form.lacking}"]
    suffix, content = form_file(form.workbook, str(address))
    files = {f"{FORM}{suffix}": content}
    if here is None:
        return files | {f"questionnaire{suffix}": content}, []
    before = folder / f"{FORM}{here.suffix}"
    is_untouched = before.is_file() and before.read_bytes() == here.read_bytes()
    with tempfile.TemporaryDirectory(prefix="umid-form-") as temporary:
        new = Path(temporary, f"form{suffix}")
        new.write_bytes(content)
        changes = "; ".join(form_changes(here, new))
    if is_untouched and here.suffix == suffix:
        files[here.name] = content
        return files, [f"the form was changed on the server: {changes}"] if changes else []
    if not changes:
        return files, []
    return files, [
        f"{here.name} is not the form on the server, which is now {FORM}{suffix}: {changes}; "
        "bring the two together"
    ]


def _counted(before: Mapping[str, Submission], now: Mapping[str, Submission]) -> str:
    """Say how many submissions there are, and how many are new, changed and gone."""
    new = len(now.keys() - before.keys())
    changed = sum(now[id_] != before[id_] for id_ in now.keys() & before.keys())
    gone = len(before.keys() - now.keys())
    parts = [f"{len(now)} submissions on the server", f"{new} new", f"{changed} changed"]
    return ", ".join(parts + ([f"{gone} no longer there"] if gone else []))
