"""Read a form and its submissions from ODK Central (API v1, from version 1.2 on).

    /v1/projects/<p>/forms/<f>                    the form as it is published
    /v1/projects/<p>/forms/<f>.xlsx               its XLSForm, if it was uploaded as one
    /v1/projects/<p>/forms/<f>/versions           all published versions
    /v1/projects/<p>/forms/<f>/versions/<v>/fields    the fields of one version
    /v1/projects/<p>/forms/<f>/submissions        for each submission: times and review
    /v1/projects/<p>/forms/<f>.svc/Submissions    the answers (OData), page by page

The answers are asked for from the oldest change on; without a change, not at all. OData knows only
the fields of the form that is published now: answers to questions that it lost stay on the server.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

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

_PAGE = 500
_BLANK = "___"  # Central's name for a version without a name
_NO_WORD = re.compile(r"\W", re.ASCII)
# Column of an export of Central -> name in the answer.
_OF_PLATFORM = {
    "SubmissionDate": "submissionDate",
    "SubmitterName": "submitterName",
    "AttachmentsPresent": "attachmentsPresent",
    "AttachmentsExpected": "attachmentsExpected",
    "Status": "status",
    "ReviewState": "reviewState",
    "DeviceID": "deviceId",
    "Edits": "edits",
}


class OdkCentral:
    """A form on ODK Central."""

    columns: tuple[str, ...] = tuple(_OF_PLATFORM)
    review_column, version_column = "ReviewState", "FormVersion"

    def __init__(self, client: Client, project: str, form: str) -> None:
        self._client = client
        self._path = f"/v1/projects/{project}/forms/{quote(form, safe='')}"
        self._versions: tuple[Version, ...] = ()
        self._current = ""
        self._fields: dict[str, tuple[Field, ...]] = {}

    def form(self) -> Form:
        """Return the form as it is published, and all published versions."""
        form = self._client.json(self._path)
        if not isinstance(form, dict) or not form.get("publishedAt"):
            raise ServerError(
                "this form is a draft, so nobody can have answered it; publish it first",
                where=f"{self._client.base}{self._path}",
            )
        found = self._list("/versions")
        published = sorted(found, key=lambda one: (as_text(one.get("publishedAt")), one["version"]))
        self._versions = tuple(
            Version(as_text(one["version"]), number, as_text(one.get("publishedAt")))
            for number, one in enumerate(published, start=1)
        )
        self._current = as_text(form.get("version"))
        workbook = self._client.content(f"{self._path}.xlsx")
        if workbook is None:
            workbook = self._client.content(f"{self._path}.xls")
        lacking = "the form was not uploaded as an XLSForm, so the server cannot give it"
        return Form(self._versions, self._current, workbook, lacking)

    def fields(self, version: str) -> tuple[Field, ...]:
        """Return the fields of one version of the form."""
        if version not in self._fields:
            name = quote(version, safe="") or _BLANK
            self._fields[version] = tuple(
                Field(row["path"].removeprefix("/"), _kind(row))
                for row in self._list(f"/versions/{name}/fields", odata="false")
                if row["type"] != "structure"
            )
        return self._fields[version]

    def submissions(self, known: Mapping[str, Submission]) -> Iterator[Submission]:
        """Yield all submissions; the answers of those that have not changed are in `known`."""
        rows = {row["instanceId"]: row for row in self._list("/submissions")}
        changed = {
            id_: row
            for id_, row in rows.items()
            if id_ not in known or known[id_].stamp != _stamp(row)
        }
        answers = self._answers_of(changed, all_of_them=len(changed) == len(rows))
        paths = {_in_odata(one.path): one.path for one in self.fields(self._current)}
        for id_, row in rows.items():
            if id_ not in changed:
                yield known[id_]
            elif id_ in answers:
                yield self._submission(row, answers[id_], paths)
            else:
                raise ServerError(
                    "a submission changed while it was read; run this again",
                    where=f"{self._client.base}{self._path}.svc/Submissions",
                )

    def _list(self, path: str, **query: str) -> list[Any]:
        path = f"{self._path}{path}"
        answer = {"rows": self._client.json(path, **query)}
        return listed(answer, "rows", f"{self._client.base}{path}")

    def _answers_of(
        self, changed: Mapping[str, Mapping[str, Any]], *, all_of_them: bool
    ) -> dict[str, Mapping[str, Any]]:
        if not changed:
            return {}
        query = {"$expand": "*", "$wkt": "true", "$count": "true"}
        if not all_of_them:
            since = min(_changed_at(row) for row in changed.values())
            query["$filter"] = (
                f"__system/submissionDate ge {since} or __system/updatedAt ge {since}"
            )
        path, where = f"{self._path}.svc/Submissions", f"{self._client.base}{self._path}.svc"
        found: dict[str, Mapping[str, Any]] = {}
        number, total = 0, 1
        while number < total:
            page = self._client.json(path, **query, **{"$top": _PAGE, "$skip": number})
            rows = listed(page, "value", where)
            total = page.get("@odata.count")
            if not isinstance(total, int) or (not rows and number < total):
                raise ServerError(
                    "the list changed while it was read, page by page; run this again", where=where
                )
            found |= {row["__id"]: row for row in rows}
            number += len(rows)
        return found

    def _submission(
        self, row: Mapping[str, Any], answer: Mapping[str, Any], paths: Mapping[str, str]
    ) -> Submission:
        system = answer.get("__system") or {}
        if system.get("status"):
            raise ServerError(
                "the submissions are encrypted, and only a person with the passphrase can read "
                "them; download the CSV from the server and put it into `responses`",
                where=f"{self._client.base}{self._path}",
                found=as_text(system["status"]),
            )
        known_version = self._versions[0].id if len(self._versions) == 1 else ""
        version = as_text(system.get("formVersion", known_version))
        platform = {column: as_text(system.get(name)) for column, name in _OF_PLATFORM.items()}
        return Submission(
            id=row["instanceId"],
            stamp=_stamp(row),
            key=row["instanceId"],
            order=f"{row['createdAt']} {row['instanceId']}",
            version=version,
            platform={**platform, "ReviewState": as_text(row.get("reviewState"))},
            answers=_flat(answer, paths),
        )


def _kind(row: Mapping[str, Any]) -> Kind:
    if row["type"] == "repeat":
        return Kind.REPEAT
    return Kind.FILE if row.get("binary") or row["type"] == "binary" else Kind.ANSWER


def _changed_at(row: Mapping[str, Any]) -> str:
    return as_text(row.get("updatedAt") or row["createdAt"])


def _stamp(row: Mapping[str, Any]) -> str:
    return f"{_changed_at(row)} {as_text(row.get('reviewState'))}".strip()


def _in_odata(path: str) -> str:
    """Return a path as OData has it, which knows no dots and hyphens in names."""
    names = (_NO_WORD.sub("_", name) for name in path.split("/"))
    return "/".join(f"_{name}" if name[:1].isdigit() else name for name in names)


def _flat(value: Mapping[str, Any], paths: Mapping[str, str], prefix: str = "") -> Answers:
    """Return path in the form -> text, and path of a repeated group -> its repetitions."""
    answers: Answers = {}
    for name, inside in value.items():
        path = f"{prefix}{name}"
        if name.startswith("__") or "@odata" in name:
            continue
        if isinstance(inside, dict):
            answers |= _flat(inside, paths, f"{path}/")
        elif isinstance(inside, list):
            answers[paths.get(path, path)] = [_flat(one, paths, f"{path}/") for one in inside]
        else:
            answers[paths.get(path, path)] = as_text(inside)
    return answers
