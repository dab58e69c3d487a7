"""A survey server on this machine that speaks as KoboToolbox or ODK Central document it.

It holds the ten interviews of the small study, or what a test puts there, and has planned faults: a
status, a pause, a broken connection, a body that is cut off. It keeps every request it received.
"""

import io
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from openpyxl import load_workbook
from small_study import QUESTIONNAIRE, small_export, write_small

from umid_research.fieldwork.server import fetch
from umid_research.forms.workbook import to_xlsx

TOKEN = "0123456789abcdef0123456789abcdef01234567"  # noqa: S105 -- of a server of the tests
GROUP = "asked"
Answer = tuple[int, dict[str, str], bytes]


@dataclass
class Fault:
    """What the server does instead of answering, `times` times, to paths that hold `path`."""

    path: str
    do: Callable[[BaseHTTPRequestHandler, bytes], None]
    times: int = 1


def status(code: int, body: bytes = b'{"detail": "no"}', **headers: str) -> Callable:
    def do(handler: BaseHTTPRequestHandler, _: bytes) -> None:
        handler.send_response(code)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return do


def broken(handler: BaseHTTPRequestHandler, _: bytes) -> None:
    """Close the connection without a word."""
    handler.close_connection = True


def cut_off(handler: BaseHTTPRequestHandler, body: bytes) -> None:
    """Announce the whole body and send half of it."""
    handler.send_response(200)
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body[: len(body) // 2])
    handler.close_connection = True


def half(handler: BaseHTTPRequestHandler, body: bytes) -> None:
    """Send half of the body as if it were all, as a proxy may do."""
    status(200, body[: len(body) // 2])(handler, body)


def slow(seconds: float) -> Callable:
    def do(handler: BaseHTTPRequestHandler, _: bytes) -> None:
        time.sleep(seconds)
        handler.close_connection = True

    return do


@dataclass
class SurveyServer:
    """What a server holds; `answer` is overridden per platform."""

    base: str = ""
    faults: list[Fault] = field(default_factory=list)
    requests: list[tuple[str, dict[str, str], str]] = field(default_factory=list)
    page: int = 1000
    questionnaire: str = QUESTIONNAIRE
    authorization: str = ""
    downloads: int = 0
    name: str = ""

    @property
    def address(self) -> str:
        """The address of the form in a browser."""
        raise NotImplementedError

    def answer(self, path: str, query: dict[str, str]) -> Answer:
        """Status, headers and body of the answer to a request."""
        raise NotImplementedError

    def workbook(self, folder: Path) -> bytes:
        """The form as XLSX, with the time of the request inside, as a server writes it."""
        book = load_workbook(io.BytesIO(to_xlsx(folder)))
        self.downloads += 1
        book.properties.creator = "openpyxl"
        book.properties.modified = book.properties.modified.replace(second=self.downloads % 60)
        written = io.BytesIO()
        book.save(written)
        return written.getvalue()

    def asked(self, part: str) -> list[dict[str, str]]:
        """The queries of the requests whose path holds `part`."""
        return [query for path, query, _ in self.requests if part in path]


def as_json(content: Any, code: int = 200) -> Answer:
    return code, {"Content-Type": "application/json"}, json.dumps(content).encode()


def interviews() -> list[dict[str, str]]:
    """The ten interviews of the small study: question -> answer, blanks left out."""
    rows = small_export().to_dict("records")
    return [{name: text for name, text in row.items() if text} for row in rows]


def path_of(question: str) -> str:
    return question if question == "consent" else f"{GROUP}/{question}"


@dataclass
class Kobo(SurveyServer):
    """KoboToolbox: one form with its versions and submissions."""

    folder: Path = Path()
    uid: str = "aSmallStudyForm2022xyz"
    saved: str = "vOne"
    versions: list[dict[str, Any]] = field(default_factory=list)
    rows: list[dict[str, Any]] = field(default_factory=list)

    @property
    def address(self) -> str:
        """The address of the form in a browser."""
        return f"{self.base}/#/forms/{self.uid}/summary"

    def answer(self, path: str, query: dict[str, str]) -> Answer:
        """Answer as API v2 is documented."""
        asset = f"/api/v2/assets/{self.uid}"
        if path == f"{asset}.xls":
            return 200, {}, self.workbook(self.folder)
        if path == f"{asset}/":
            return as_json(self._asset())
        if path == f"{asset}/versions/":
            listed = [{k: v for k, v in one.items() if k != "survey"} for one in self.versions]
            return as_json(self._page(listed, query, "offset"))
        if path.startswith(f"{asset}/versions/"):
            uid = path.rstrip("/").rpartition("/")[2]
            found = [one for one in self.versions if one["uid"] == uid]
            if found:
                return as_json({"uid": uid, "content": {"survey": found[0]["survey"]}})
        if path == f"{asset}/data/":
            return as_json(self._data(query))
        return as_json({"detail": "Not found."}, 404)

    def _asset(self) -> dict[str, Any]:
        deployed = [one for one in self.versions if one["date_deployed"]]
        hashes = {one["uid"]: one["content_hash"] for one in self.versions}
        return {
            "uid": self.uid,
            "asset_type": "survey",
            "has_deployment": bool(deployed),
            "version_id": self.saved,
            "version__content_hash": hashes[self.saved],
            "deployed_version_id": deployed[-1]["uid"] if deployed else None,
        }

    def _data(self, query: dict[str, str]) -> dict[str, Any]:
        rows = sorted(self.rows, key=lambda row: row["_id"])
        if "query" in query:
            wanted = json.loads(query["query"])["_id"]["$in"]
            rows = [row for row in rows if row["_id"] in wanted]
        if "fields" in query:
            names = json.loads(query["fields"])
            rows = [{name: row[name] for name in names} for row in rows]
        return self._page(rows, query, "start")

    def _page(self, rows: list[Any], query: dict[str, str], start: str) -> dict[str, Any]:
        first, size = int(query[start]), min(int(query["limit"]), self.page)
        return {"count": len(rows), "next": None, "results": rows[first : first + size]}


SURVEY = [
    {"type": "start", "name": "start"},
    {"type": "end", "name": "end"},
    {"type": "select_one", "name": "consent", "$kuid": "k1"},
    {"type": "begin_group", "name": GROUP},
    *({"type": "text", "name": name} for name in small_export().columns[1:13]),
    {"type": "note", "name": "thanks"},
    {"type": "end_group"},
]


def kobo(folder: Path) -> Kobo:
    """KoboToolbox with the ten interviews; its form is that of the small study."""
    server = Kobo(
        folder=write_small(folder / "form"), authorization=f"Token {TOKEN}", name="kobotoolbox"
    )
    server.versions = [
        {
            "uid": "vOne",
            "content_hash": "h1",
            "date_deployed": "2022-03-01T08:00:00Z",
            "survey": SURVEY,
        }
    ]
    for number, row in enumerate(interviews()):
        answers = {path_of(q): text for q, text in row.items() if not q.startswith("_")}
        server.rows.append(
            {
                **answers,
                "_id": 500 + number,
                "_uuid": row["_uuid"],
                "formhub/uuid": "f" * 32,
                "meta/instanceID": f"uuid:{row['_uuid']}",
                "start": f"2022-03-{10 + number}T10:00:00.000+04:00",
                "end": f"2022-03-{10 + number}T10:30:00.000+04:00",
                "__version__": "vOne",
                "_xform_id_string": server.uid,
                "_attachments": [],
                "_geolocation": [None, None],
                "_submission_time": f"2022-03-{10 + number}T06:31:00",
                "_tags": [],
                "_notes": [],
                "_validation_status": {},
                "_submitted_by": "team",
            }
        )
    return server


@dataclass
class Central(SurveyServer):
    """ODK Central: one form of one project with its versions and submissions."""

    folder: Path = Path()
    project: str = "3"
    form: str = "small study"
    published: str | None = "2022-03-01T08:00:00.000Z"
    versions: list[dict[str, Any]] = field(default_factory=list)
    rows: list[dict[str, Any]] = field(default_factory=list)
    has_workbook: bool = True

    @property
    def address(self) -> str:
        """The address of the form in a browser."""
        return f"{self.base}/#/projects/{self.project}/forms/{self.form.replace(' ', '%20')}"

    def answer(self, path: str, query: dict[str, str]) -> Answer:
        """Answer as API v1 is documented."""
        form = f"/v1/projects/{self.project}/forms/{self.form}"
        if path == form:
            current = self.versions[-1]["version"]
            return as_json(
                {"xmlFormId": self.form, "version": current, "publishedAt": self.published}
            )
        if path == f"{form}.xlsx" and self.has_workbook:
            return 200, {}, self.workbook(self.folder)
        if path == f"{form}/versions":
            listed = [{k: v for k, v in one.items() if k != "fields"} for one in self.versions]
            return as_json(listed)
        if path.startswith(f"{form}/versions/") and path.endswith("/fields"):
            name = path.removesuffix("/fields").rpartition("/")[2].replace("___", "")
            found = [one for one in self.versions if one["version"] == name]
            if found:
                return as_json(found[0]["fields"])
        if path == f"{form}/submissions":
            return as_json([row["meta"] for row in self.rows])
        if path == f"{form}.svc/Submissions":
            return as_json(self._odata(query))
        return as_json({"message": "Could not find the resource", "code": 404.1}, 404)

    def _odata(self, query: dict[str, str]) -> dict[str, Any]:
        rows = sorted(self.rows, key=lambda row: row["meta"]["createdAt"], reverse=True)
        if "$filter" in query:
            since = query["$filter"].split()[2]
            assert query["$filter"] == (
                f"__system/submissionDate ge {since} or __system/updatedAt ge {since}"
            )
            rows = [
                row
                for row in rows
                if row["meta"]["createdAt"] >= since or (row["meta"]["updatedAt"] or "") >= since
            ]
        first, size = int(query["$skip"]), min(int(query["$top"]), self.page)
        return {
            "@odata.context": f"{self.base}/$metadata#Submissions",
            "@odata.count": len(rows),
            "value": [row["data"] for row in rows[first : first + size]],
        }


def central_row(number: int, answers: dict[str, Any], version: str = "v1") -> dict[str, Any]:
    """A submission as Central lists it, and as its OData has it: `answers` stand in the group."""
    id_ = f"uuid:uuid-{number}"
    created = f"2022-03-{10 + number}T06:31:00.123Z"
    answers = dict(answers)
    return {
        "meta": {
            "instanceId": id_,
            "submitterId": 7,
            "createdAt": created,
            "updatedAt": None,
            "reviewState": None,
        },
        "data": {
            "__id": id_,
            "__system": {
                "submissionDate": created,
                "updatedAt": None,
                "submitterId": "7",
                "submitterName": "team",
                "attachmentsPresent": 0,
                "attachmentsExpected": 0,
                "status": None,
                "reviewState": None,
                "deviceId": "collect:1",
                "edits": 0,
                "formVersion": version,
            },
            "start": "2022-03-01T10:00:00.000+04:00",
            "end": "2022-03-01T10:30:00.000+04:00",
            "consent": answers.pop("consent", None),
            GROUP: answers,
            "meta": {"instanceID": id_, "instanceName": None},
        },
    }


def central_field(path: str, kind: str = "string") -> dict[str, Any]:
    name = path.rpartition("/")[2]
    return {"path": path, "name": name, "type": kind, "binary": True if kind == "binary" else None}


def central(folder: Path) -> Central:
    """ODK Central with the ten interviews; its form is that of the small study."""
    server = Central(
        folder=write_small(folder / "form"), authorization=f"Bearer {TOKEN}", name="odk-central"
    )
    questions = small_export().columns[1:13]
    fields = [central_field(f"/{name}") for name in ("start", "end", "consent")]
    fields += [central_field(f"/{GROUP}", "structure")]
    fields += [central_field(f"/{GROUP}/{name}") for name in questions]
    fields += [central_field("/meta", "structure"), central_field("/meta/instanceID")]
    server.versions = [{"version": "v1", "publishedAt": server.published, "fields": fields}]
    for number, row in enumerate(interviews()):
        answers: dict[str, Any] = {q: t for q, t in row.items() if not q.startswith("_")}
        if "age" in answers:
            answers["age"] = int(answers["age"])
        server.rows.append(central_row(number, answers))
    return server


@contextmanager
def running(server: SurveyServer) -> Iterator[SurveyServer]:
    """Let the server answer on a free port of this machine until the end."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            path = unquote(parts.path)
            query = {name: texts[0] for name, texts in parse_qs(parts.query).items()}
            given = self.headers.get("Authorization", "")
            server.requests.append((path, query, given))
            code, headers, body = server.answer(path, query)
            if given != server.authorization:
                code, headers, body = as_json({"detail": "Invalid token."}, 401)
            for fault in server.faults:
                if fault.path in path and fault.times:
                    fault.times -= 1
                    fault.do(self, body)
                    return
            status(code, body, **headers)(self, body)

        def log_message(self, *_: object) -> None:
            """Keep quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as listening:
        server.base = f"http://127.0.0.1:{listening.server_port}"
        thread = threading.Thread(target=listening.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield server
        finally:
            listening.shutdown()
            thread.join()


def fetched(server: SurveyServer, folder: Path, address: str | None = None) -> list[str]:
    """Fetch into the folder without pauses, and return the lines that the command prints."""
    folder.mkdir(exist_ok=True)
    return [*fetch(folder, server.address if address is None else address, pause=0)]


def contents(folder: Path) -> dict[str, bytes]:
    """All files of a folder by their paths."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}
