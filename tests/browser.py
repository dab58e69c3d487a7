"""A Chromium without a window, spoken to through its DevTools protocol over two pipes.

Pages are looked at as they are published: what the protocol runs in them is not held back by
their content security policy, and no port is opened for it.
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
    """The browser's command; without one the test is skipped, or fails if UMID_CHROMIUM asks."""
    asked = os.environ.get(VARIABLE)
    found = next(filter(None, map(shutil.which, [asked] if asked else _NAMES)), None)
    if found is None and asked:
        pytest.fail(f"{VARIABLE} names a browser that is not here: {asked}")
    if found is None:
        pytest.skip(f"no Chromium here; looked for {', '.join(_NAMES)} ({VARIABLE} names another)")
    return found


@contextmanager
def open_browser() -> Iterator["Browser"]:
    """A running browser with one empty page."""
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
    """A pipe whose ends are not the two numbers that the browser takes for its own."""
    ends = os.pipe()
    moved = tuple(fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, 10) for end in ends)
    for end in ends:
        os.close(end)
    return moved[0], moved[1]


class Browser:
    """One page at a time, and what it asked for and complained about."""

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
        """Loads a file and waits until all of it is there; what came before is forgotten."""
        self.events.clear()
        self.call("Page.navigate", url=path.resolve().as_uri())
        self._wait(lambda message: message.get("method") == "Page.loadEventFired")

    def look(self, *, width: int, height: int = 844, scheme: str = "light") -> None:
        """Shows the page on a screen of this size to somebody who prefers light or dark."""
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600}
        self.call("Emulation.setDeviceMetricsOverride", **size)
        preferred = [{"name": "prefers-color-scheme", "value": scheme}]
        self.call("Emulation.setEmulatedMedia", features=preferred)

    def run(self, script: str) -> Any:
        """What an expression is in the page, once a promise is kept."""
        options = {"awaitPromise": True, "returnByValue": True}
        done = self.call("Runtime.evaluate", expression=script, **options)
        if "exceptionDetails" in done:
            raise AssertionError(done["exceptionDetails"])
        return done["result"].get("value")

    @property
    def requests(self) -> list[str]:
        """The addresses that the page really asked for.

        Not among them are those that carry their own content, and those that the page's content
        security policy held back before anything left.
        """
        sent, held_back = [], set()
        for event in self.events:
            told = event["params"]
            if event["method"] == "Network.requestWillBeSent":
                sent.append((told["requestId"], told["request"]["url"]))
            elif event["method"] == "Network.loadingFailed" and told.get("blockedReason") == "csp":
                held_back.add(told["requestId"])
        return [url for key, url in sent if key not in held_back and not url.startswith("data:")]

    @property
    def complaints(self) -> list[str]:
        """What stands on the browser's console: messages, warnings, errors."""
        told = []
        for event in self.events:
            if event["method"] == "Runtime.consoleAPICalled":
                told.append(str(event["params"]["args"]))
            elif event["method"] == "Runtime.exceptionThrown":
                told.append(str(event["params"]["exceptionDetails"]))
            elif event["method"] == "Log.entryAdded":
                told.append(event["params"]["entry"]["text"])
        return told

    def call(self, method: str, **params: Any) -> dict[str, Any]:
        """The answer to one command of the protocol."""
        self._number += 1
        message = {"id": self._number, "method": method, "params": params, **self._session}
        os.write(self._write, json.dumps(message).encode() + b"\0")
        answer = self._wait(lambda message: message.get("id") == self._number)
        if "error" in answer:
            raise AssertionError(f"{method}: {answer['error']}")
        return answer["result"]

    def _wait(self, wanted: Any) -> dict[str, Any]:
        """The first message that is wanted; the events before it are kept."""
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
