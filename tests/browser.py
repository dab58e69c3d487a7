"""Control a headless Chromium with its DevTools protocol over two pipes.

Pages are tested as they are published: commands of the protocol are not restricted by the content
security policy of a page, and no port is opened.
"""

import fcntl
import json
import os
import select
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

VARIABLE = "UMID_CHROMIUM"
_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_OPTIONS = (
    *("--headless", "--remote-debugging-pipe", "--no-sandbox", "--disable-gpu"),
    *("--no-first-run", "--disable-extensions", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--disable-dev-shm-usage"),
)
_PATIENCE = 120  # seconds for one answer


def chromium() -> str:
    """Return the browser's command; without one, skip the test or fail if UMID_CHROMIUM is set."""
    asked = os.environ.get(VARIABLE)
    command = next(filter(None, map(shutil.which, [asked] if asked else _NAMES)), None)
    if command is None and asked:
        pytest.fail(f"{VARIABLE} names a browser that is not here: {asked}")
    if command is None:
        pytest.skip(f"no Chromium here; looked for {', '.join(_NAMES)} ({VARIABLE} names another)")
    return command


@contextmanager
def open_browser() -> Iterator["Browser"]:
    """Yield a running browser with one empty page."""
    with tempfile.TemporaryDirectory(prefix="umid-chromium-", ignore_cleanup_errors=True) as home:
        (read, theirs_to_write), (theirs_to_read, write) = _pipe(), _pipe()
        process = subprocess.Popen(
            [chromium(), *_OPTIONS, f"--user-data-dir={home}"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            close_fds=False,
            preexec_fn=lambda: (os.dup2(theirs_to_read, 3), os.dup2(theirs_to_write, 4)),
        )
        os.close(theirs_to_read)
        os.close(theirs_to_write)
        try:
            yield Browser(read, write)
        finally:
            os.close(write)  # at which it ends itself
            process.wait(_PATIENCE)
            os.close(read)


def _pipe() -> tuple[int, int]:
    """Return a pipe whose descriptors are not 3 and 4, which the browser uses."""
    ends = os.pipe()
    moved = tuple(fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, 10) for end in ends)
    for end in ends:
        os.close(end)
    return moved[0], moved[1]


class Browser:
    """A browser with one page, its requests and its console messages."""

    def __init__(self, read: int, write: int) -> None:
        self._read, self._write, self._rest, self._number = read, write, b"", 0
        self._session: dict[str, str] = {}
        self.events: list[dict[str, Any]] = []
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        attached = self.call("Target.attachToTarget", targetId=target, flatten=True)
        self._session = {"sessionId": attached["sessionId"]}
        for domain in ("Page", "Network", "Runtime", "Log"):
            self.call(f"{domain}.enable")

    def open(self, path: Path) -> None:
        """Load a file and wait until it is complete; discard earlier events."""
        self.events.clear()
        self.call("Page.navigate", url=path.resolve().as_uri())
        self._wait(lambda message: message.get("method") == "Page.loadEventFired")

    def look(self, *, width: int, height: int = 844, scheme: str = "light") -> None:
        """Set the size of the screen and the preference for light or dark."""
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600}
        self.call("Emulation.setDeviceMetricsOverride", **size)
        preferred = [{"name": "prefers-color-scheme", "value": scheme}]
        self.call("Emulation.setEmulatedMedia", features=preferred)

    def run(self, script: str) -> Any:
        """Return the value of an expression in the page, after its promise is resolved."""
        options = {"awaitPromise": True, "returnByValue": True}
        done = self.call("Runtime.evaluate", expression=script, **options)
        if "exceptionDetails" in done:
            raise AssertionError(done["exceptionDetails"])
        return done["result"].get("value")

    @property
    def requests(self) -> list[str]:
        """Return the addresses that the page requested.

        Data addresses are left out, and so are requests that the content security policy
        blocked before they were sent.
        """
        sent, blocked = [], set()
        for event in self.events:
            params = event["params"]
            if event["method"] == "Network.requestWillBeSent":
                sent.append((params["requestId"], params["request"]["url"]))
            elif (event["method"], params.get("blockedReason")) == ("Network.loadingFailed", "csp"):
                blocked.add(params["requestId"])
        return [url for key, url in sent if key not in blocked and not url.startswith("data:")]

    @property
    def complaints(self) -> list[str]:
        """Return messages, warnings and errors on the browser's console."""
        texts = []
        for event in self.events:
            if event["method"] == "Runtime.consoleAPICalled":
                texts.append(str(event["params"]["args"]))
            elif event["method"] == "Runtime.exceptionThrown":
                texts.append(str(event["params"]["exceptionDetails"]))
            elif event["method"] == "Log.entryAdded":
                texts.append(event["params"]["entry"]["text"])
        return texts

    def call(self, method: str, **params: Any) -> dict[str, Any]:
        """Send a command of the protocol; return its result."""
        self._number += 1
        message = {"id": self._number, "method": method, "params": params, **self._session}
        os.write(self._write, json.dumps(message).encode() + b"\0")
        answer = self._wait(lambda message: message.get("id") == self._number)
        if "error" in answer:
            raise AssertionError(f"{method}: {answer['error']}")
        return answer["result"]

    def _wait(self, wanted: Any) -> dict[str, Any]:
        """Return the first wanted message; store the events before it."""
        last = time.monotonic() + _PATIENCE
        while True:
            message = self._message(last)
            if "method" in message:
                self.events.append(message)
            if wanted(message):
                return message

    def _message(self, last: float) -> dict[str, Any]:
        while b"\0" not in self._rest:
            ready, _, _ = select.select([self._read], [], [], max(last - time.monotonic(), 0))
            piece = os.read(self._read, 1 << 20) if ready else b""
            if not piece:
                raise AssertionError("the browser does not answer")
            self._rest += piece
        first, self._rest = self._rest.split(b"\0", 1)
        return json.loads(first)
