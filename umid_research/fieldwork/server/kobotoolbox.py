"""Read a form and its submissions from KoboToolbox (API v2, KPI; as documented in 2025).

    /api/v2/assets/<uid>/                      the form: what is saved, what is deployed
    /api/v2/assets/<uid>.xls                   the XLSForm as it is saved
    /api/v2/assets/<uid>/versions/             all versions; those with a date are deployed
    /api/v2/assets/<uid>/versions/<version>/   the questions of one version
    /api/v2/assets/<uid>/data/                 the submissions, page by page

A review changes a submission without a new uuid, so a short list of all submissions is read each
time (id, uuid, review); only those with a new id or another uuid are asked for in full.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from umid_research.errors import ServerError
from umid_research.fieldwork.server.client import Client, listed
from umid_research.fieldwork.server.form import (
    Answers,
    Field,
    Form,
    Kind,
    Submission,
    Version,
    as_text,
)

# Since 2025 a page has at most 1,000 submissions; the address of a request has limits too.
_PAGE, _IDS_IN_ADDRESS = 1000, 100
_NO_FIELD = frozenset({"note", "end_group", "end_repeat"})
_FILES = frozenset({"image", "photo", "audio", "video", "file", "background-audio", "audit"})
# KoboToolbox's own groups hold rows of the form that become other questions when it is deployed.
_OWN_GROUPS = ("kobomatrix", "score", "rank")
_OF_PLATFORM = ("_id", "_submission_time", "_submitted_by", "_validation_status")


class KoboToolbox:
    """A form on KoboToolbox."""

    columns: tuple[str, ...] = _OF_PLATFORM
    review_column, version_column = "_validation_status", "__version__"

    def __init__(self, client: Client, uid: str) -> None:
        self._client, self._path = client, f"/api/v2/assets/{uid}/"

    def form(self) -> Form:
        """Return the form as it is deployed, and all deployed versions."""
        asset = self._client.json(self._path, format="json")
        current = asset.get("deployed_version_id") if isinstance(asset, dict) else None
        if not current:
            raise ServerError(
                "this form is not deployed, so nobody can have answered it; deploy it first",
                where=f"{self._client.base}{self._path}",
            )
        saved = list(self._client.pages(f"{self._path}versions/", size=100, start="offset"))
        deployed = sorted(
            (one for one in saved if one.get("date_deployed")), key=lambda one: one["date_deployed"]
        )
        versions = tuple(
            Version(one["uid"], number, one["date_deployed"])
            for number, one in enumerate(deployed, start=1)
        )
        if self._is_deployed_as_saved(asset, deployed):
            workbook = self._client.content(f"{self._path[:-1]}.xls")
            return Form(versions, current, workbook, "the server has no XLSForm of this form")
        return Form(
            versions,
            current,
            None,
            "the form has changes that are not deployed, and the server gives only the form with "
            "these changes; deploy them, or undo them",
        )

    @staticmethod
    def _is_deployed_as_saved(asset: Mapping[str, Any], deployed: list[Mapping[str, Any]]) -> bool:
        """Return whether the saved form, which the server gives, is the one that people answer."""
        current = asset["deployed_version_id"]
        hashes = {one["uid"]: one.get("content_hash") for one in deployed}
        saved = asset.get("version__content_hash")
        same_content = saved is not None and saved == hashes.get(current)
        return same_content or asset.get("version_id") == current

    def fields(self, version: str) -> tuple[Field, ...]:
        """Return the fields of one version; those of KoboToolbox's own groups are left out."""
        path = f"{self._path}versions/{version}/"
        answer = self._client.json(path, format="json")
        content = answer.get("content") if isinstance(answer, dict) else None
        return tuple(_fields(listed(content, "survey", f"{self._client.base}{path}")))

    def submissions(self, known: Mapping[str, Submission]) -> Iterator[Submission]:
        """Yield all submissions; those in `known` with the same uuid only get their review anew."""
        wanted = json.dumps(["_id", "_uuid", "_validation_status"])
        rows = {str(row["_id"]): row for row in self._data(fields=wanted)}
        changed = [
            id_
            for id_, row in rows.items()
            if id_ not in known or known[id_].stamp != as_text(row.get("_uuid"))
        ]
        full = {str(row["_id"]): row for row in self._in_full(changed, len(rows))}
        for id_, row in rows.items():
            if id_ in full:
                yield _submission(full[id_])
            elif id_ in changed:
                raise ServerError(
                    "a submission changed while it was read; run this again",
                    where=f"{self._client.base}{self._path}data/",
                )
            else:
                yield _reviewed(known[id_], row)

    def _in_full(self, ids: list[str], total: int) -> Iterator[Mapping[str, Any]]:
        if 2 * len(ids) > total:
            yield from self._data()
            return
        for first in range(0, len(ids), _IDS_IN_ADDRESS):
            some = [int(id_) for id_ in ids[first : first + _IDS_IN_ADDRESS]]
            yield from self._data(query=json.dumps({"_id": {"$in": some}}))

    def _data(self, **query: str) -> Iterator[Mapping[str, Any]]:
        # Sorted by id, so that a submission that arrives meanwhile comes last.
        return self._client.pages(
            f"{self._path}data/", size=_PAGE, start="start", sort='{"_id": 1}', **query
        )


def _fields(rows: list[Mapping[str, Any]]) -> Iterator[Field]:
    """Yield the fields of a form's rows with the paths that the answers have."""
    groups: list[str] = []
    own = 0  # how deep the row is in groups of KoboToolbox's own
    for row in rows:
        kind = str(row.get("type", ""))
        name = str(row.get("name") or row.get("$autoname") or "")
        begins, _, group = kind.partition("_")
        if begins in ("begin", "end") and group in _OWN_GROUPS:
            own += 1 if begins == "begin" else -1
        elif own:
            continue
        elif begins == "begin":
            groups.append(name)
            if group == "repeat":
                yield Field("/".join(groups), Kind.REPEAT)
        elif begins == "end" and group in ("group", "repeat"):
            groups.pop()
        elif name and kind not in _NO_FIELD:
            yield Field("/".join([*groups, name]), Kind.FILE if kind in _FILES else Kind.ANSWER)


def _submission(row: Mapping[str, Any]) -> Submission:
    uuid = as_text(row.get("_uuid"))
    platform = {name: as_text(row.get(name)) for name in _OF_PLATFORM}
    return Submission(
        id=str(row["_id"]),
        stamp=uuid,
        key=uuid,
        order=f"{row['_id']:020}",
        version=as_text(row.get("__version__")),
        platform={**platform, "_validation_status": _review(row)},
        answers=_answers(row),
    )


def _reviewed(submission: Submission, row: Mapping[str, Any]) -> Submission:
    platform = {**submission.platform, "_validation_status": _review(row)}
    return Submission(**{**vars(submission), "platform": platform})


def _review(row: Mapping[str, Any]) -> str:
    """Return the review, such as `validation_status_approved`; "" if nobody has decided."""
    status = row.get("_validation_status")
    return as_text(status.get("uid")) if isinstance(status, dict) else ""


def _answers(row: Mapping[str, Any]) -> Answers:
    """Return the answers, without what the platform adds; repetitions are lists."""
    return {
        path: [_answers(one) for one in value] if isinstance(value, list) else as_text(value)
        for path, value in row.items()
        if not path.startswith(("_", "meta/", "formhub/"))
    }
