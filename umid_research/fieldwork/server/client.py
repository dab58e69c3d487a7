"""Ask a server for its answers, patiently, and say in words what it refuses.

A request is repeated if the connection breaks, the server is overloaded (429, 502, 503, 504), or
its answer is cut off. No redirection is followed: the token goes to the address that was given and
to no other.
"""

import json
from collections.abc import Iterator
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.util.retry import Retry

from umid_research.errors import ServerError
from umid_research.fieldwork.server.token import FILE, VARIABLE, Token

_CONNECT_SECONDS, _READ_SECONDS = 10, 60
_ATTEMPTS = 4
_LONGEST_PAUSE = 60  # seconds
_BUSY = (429, 502, 503, 504)
_CUT_OFF = (
    requests.exceptions.ChunkedEncodingError,
    requests.exceptions.ContentDecodingError,
)
_REFUSALS = {
    401: "the server does not accept the token; it is wrong or has ended: make a new one and put "
    f"it into {VARIABLE} or {FILE}",
    403: "the token may not read this; let the owner of the form share it with the token's "
    "account, with the right to see submissions",
    404: "the server does not have this, or does not show it to the token's account; is the id "
    "of the form right, and is the form shared with this account?",
}


class Client:
    """A connection to one server. All its errors are of the type ServerError."""

    def __init__(
        self,
        base: str,
        token: Token,
        *,
        pause: float = 1.0,
        patience: tuple[float, float] = (_CONNECT_SECONDS, _READ_SECONDS),
    ) -> None:
        """Wait `pause` · 2ⁿ seconds before repetition n; `patience` is in seconds."""
        self.base = base
        self._patience = patience
        self._session = requests.Session()
        self._session.auth = token
        self._session.headers["Accept"] = "*/*"
        repeated = Retry(
            total=_ATTEMPTS - 1,
            status_forcelist=_BUSY,
            backoff_factor=pause,
            backoff_max=_LONGEST_PAUSE,
            retry_after_max=_LONGEST_PAUSE,
            allowed_methods={"GET"},
            raise_on_status=False,
        )
        for scheme in ("https://", "http://"):
            self._session.mount(scheme, HTTPAdapter(max_retries=repeated))

    def json(self, path: str, **query: str | int) -> Any:
        """Return the answer as JSON; numbers with a decimal point stay texts, to lose no digit."""
        response = self._get(path, query)
        try:
            return json.loads(response.content, parse_float=str)
        except ValueError:
            raise ServerError(
                "the answer is no complete JSON: it was cut off, or the address leads to another "
                "program than the survey server; try again, then check the address",
                where=self._place(path),
                found=f"{len(response.content)} bytes",
            ) from None

    def pages(self, path: str, *, size: int, start: str, **query: str | int) -> Iterator[Any]:
        """Yield the `results` of all pages; `start` names the parameter for the first row.

        Raises ServerError if the pages do not hold as many rows as the server counts.
        """
        number, total = 0, None
        while total is None or number < total:
            place: dict[str, str | int] = {"limit": size, start: number, "format": "json"}
            page = self.json(path, **place, **query)
            rows = listed(page, "results", self._place(path))
            total = page.get("count")
            if not isinstance(total, int) or (not rows and number < total):
                raise self._moved(path)
            yield from rows
            number += len(rows)
        if number != total:
            raise self._moved(path)

    def content(self, path: str, **query: str | int) -> bytes | None:
        """Return the answer as bytes, None if the server has no such file."""
        response = self._get(path, query, may_be_missing=True)
        return None if response.status_code == requests.codes.not_found else response.content

    def _moved(self, path: str) -> ServerError:
        return ServerError(
            "the list changed while it was read, page by page; run this again",
            where=self._place(path),
        )

    def _get(
        self, path: str, query: dict[str, str | int], *, may_be_missing: bool = False
    ) -> requests.Response:
        response = self._answer(path, query)
        status = response.status_code
        if status == requests.codes.ok or (may_be_missing and status == requests.codes.not_found):
            return response
        if response.is_redirect:
            target = response.headers.get("Location", "").partition("?")[0]
            raise ServerError(
                "the server sends us to another address, which is not followed, so that nobody "
                "else receives the token; give that address as SERVER if it is right",
                where=self._place(path),
                found=target,
            )
        problem = _REFUSALS.get(status, "the server failed; try again later")
        raise ServerError(problem, where=self._place(path), found=f"status {status}")

    def _answer(self, path: str, query: dict[str, str | int]) -> requests.Response:
        """Return the answer, whatever its status; errors never hold what was sent."""
        problem = "the server cannot be reached, or broke off; check the connection and try again"
        for _ in range(_ATTEMPTS):
            try:
                return self._session.get(
                    f"{self.base}{path}",
                    params=query,
                    timeout=self._patience,
                    allow_redirects=False,
                )
            except _CUT_OFF:
                problem = "the answer was cut off, several times; check the connection"
            except requests.exceptions.SSLError:
                problem = "the server's certificate is not valid, so that it may be another server"
                break
            except requests.exceptions.ConnectionError as error:
                if "timed out" in str(error).lower():
                    problem = "the server did not answer in time; try again later"
                break
            except requests.exceptions.Timeout:
                problem = "the server did not answer in time; try again later"
                break
            except requests.exceptions.RequestException as error:
                problem = f"the request cannot be made ({type(error).__name__})"
                break
        raise ServerError(problem, where=self._place(path))

    def _place(self, path: str) -> str:
        return f"{self.base}{path}"


def listed(answer: Any, key: str, where: str) -> list[Any]:
    """Return the list under `key` of an answer; raise ServerError if there is none."""
    rows = answer.get(key) if isinstance(answer, dict) else None
    if not isinstance(rows, list):
        raise ServerError(
            f"the answer has no list {key!r}; is this the survey server, of a known version?",
            where=where,
        )
    return rows
