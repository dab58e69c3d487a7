"""Write submissions as the CSV files that the intake reads, one file per form version.

    odk-central-v1.csv          the submissions of the first published version of the form
    odk-central-v2.csv          those of the second; only its questions have a column
    odk-central-v2-members.csv  the repetitions of its group `members`; PARENT_KEY is the KEY above
    odk-central-other-1.csv     those of a version that the server does not list

Each version has a file of its own, so that the intake can tell a question that was not asked from
one that nobody answered. A column is there if the version has the question, or if a submission
has an answer. Rows are sorted, so that equal submissions give equal bytes.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from umid_research.errors import ServerError
from umid_research.fieldwork.server.form import Answers, Field, Form, Kind, Platform, Submission

RESPONSES = "responses"
VERSIONS, ATTACHMENTS = "server/versions.csv", "server/attachments.csv"
VERSION_COLUMNS = ("server", "version", "number", "published", "is_current", "submissions", "file")
_ATTACHMENT_COLUMNS = ("file", "key", "question", "attachment")
_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9_]+")
_Row = dict[str, str]


def files_of(
    address: str,
    name: str,
    platform: Platform,
    form: Form,
    fields: Mapping[str, tuple[Field, ...]],
    submissions: Sequence[Submission],
) -> dict[str, bytes]:
    """Return path in the study folder -> content of all files of submissions.

    `fields` maps each version that was answered to its fields; `address` is kept in the list of
    versions.
    """
    files: dict[str, bytes] = {}
    attachments: list[_Row] = []
    listed: list[_Row] = []
    stems = {version.id: f"{name}-v{version.number}" for version in form.versions}
    for version in sorted({one.version for one in submissions} - set(stems)):
        stems[version] = f"{name}-other-{len(stems) - len(form.versions) + 1}"
    for version, stem in stems.items():
        some = sorted((s for s in submissions if s.version == version), key=lambda s: s.order)
        known = next((one for one in form.versions if one.id == version), None)
        listed.append(
            {
                "server": address,
                "version": version,
                "number": str(known.number) if known else "",
                "published": known.published if known else "",
                "is_current": "yes" if version == form.current else "no",
                "submissions": str(len(some)),
                "file": f"{stem}.csv" if some else "",
            }
        )
        if some:
            made = _tables(stem, fields.get(version, ()), some, platform)
            files |= {f"{RESPONSES}/{file}": content for file, content in made.items()}
            attachments += _attachments(f"{stem}.csv", fields.get(version, ()), some)
    files[VERSIONS] = _csv(VERSION_COLUMNS, listed)
    if attachments:
        files[ATTACHMENTS] = _csv(_ATTACHMENT_COLUMNS, attachments)
    return files


def _tables(
    stem: str, fields: Sequence[Field], submissions: Sequence[Submission], platform: Platform
) -> dict[str, bytes]:
    """Return the file of the submissions, and one for each of their repeated groups."""
    repeats = [field.path for field in fields if field.kind is Kind.REPEAT]
    asked = [f.path for f in fields if f.kind is not Kind.REPEAT and not _inside(f.path, repeats)]
    needed = (platform.review_column, platform.version_column, "KEY")
    _refuse_taken(needed, asked)
    main = [
        {
            **one.platform,
            **_texts(one.answers),
            platform.review_column: one.platform[platform.review_column],
            platform.version_column: one.version,
            "KEY": one.key,
        }
        for one in submissions
    ]
    last = [name for name in (*platform.columns, *needed[1:]) if name not in asked]
    files = {f"{stem}.csv": _csv(_columns(asked, main, last), main)}
    rows: dict[str, list[_Row]] = {}
    for one in submissions:
        _collect_repetitions(one.answers, one.key, rows)
    for path, inside in sorted(rows.items()):
        inner = [repeat for repeat in repeats if repeat.startswith(f"{path}/")]
        asked = [
            f.path.removeprefix(f"{path}/")
            for f in fields
            if f.kind is not Kind.REPEAT
            and f.path.startswith(f"{path}/")
            and not _inside(f.path, inner)
        ]
        file = f"{stem}-{_NOT_IN_NAMES.sub('-', path)}"
        file += f"-{len(files)}.csv" if f"{file}.csv" in files else ".csv"
        files[file] = _csv(_columns(asked, inside, ["PARENT_KEY", "KEY"]), inside)
    return files


def _refuse_taken(needed: Iterable[str], asked: Sequence[str]) -> None:
    """Raise ServerError if a question has the name of a column that the intake needs."""
    if taken := [name for name in needed if name in asked]:
        raise ServerError(
            "a question has the name of a column that the platform adds to the answers; put the "
            "question into a group, or rename it, and deploy the form again",
            where=f"question {taken[0]}",
        )


def _texts(answers: Answers) -> _Row:
    return {path: value for path, value in answers.items() if isinstance(value, str)}


def _inside(path: str, repeats: Iterable[str]) -> bool:
    return any(path.startswith(f"{repeat}/") for repeat in repeats)


def _columns(asked: Sequence[str], rows: Sequence[_Row], last: Sequence[str]) -> list[str]:
    """Return the form's columns, then further ones with an answer, then the platform's."""
    further = {name for row in rows for name, text in row.items() if text} - {*asked, *last}
    return [*dict.fromkeys(asked), *sorted(further), *last]


def _collect_repetitions(answers: Answers, key: str, rows: dict[str, list[_Row]]) -> None:
    """Add the repetitions in `answers` to the rows of their group, those inside them too."""
    for path, repetitions in answers.items():
        if isinstance(repetitions, str):
            continue
        for number, one in enumerate(repetitions, start=1):
            own = f"{key}/{path.rpartition('/')[2]}[{number}]"
            texts = {name.removeprefix(f"{path}/"): text for name, text in _texts(one).items()}
            rows.setdefault(path, []).append({**texts, "PARENT_KEY": key, "KEY": own})
            _collect_repetitions(one, own, rows)


def _attachments(
    file: str, fields: Sequence[Field], submissions: Sequence[Submission]
) -> Iterator[_Row]:
    """Yield the names of the files that belong to the submissions; the files stay on the server."""
    places = {field.path for field in fields if field.kind is Kind.FILE}
    for one in submissions:
        for path, name in sorted(_all_texts(one.answers)):
            if path in places and name:
                yield {"file": file, "key": one.key, "question": path, "attachment": name}


def _all_texts(answers: Answers) -> Iterator[tuple[str, str]]:
    for path, value in answers.items():
        if isinstance(value, str):
            yield path, value
        else:
            for one in value:
                yield from _all_texts(one)


def _csv(columns: Sequence[str], rows: Iterable[_Row]) -> bytes:
    written = io.StringIO()
    table = csv.DictWriter(written, columns, restval="", extrasaction="ignore", lineterminator="\n")
    table.writeheader()
    table.writerows(rows)
    return written.getvalue().encode()
