"""A real browser without a window, spoken to through two pipes (Chrome DevTools Protocol): what a page shows in it."""

from __future__ import annotations

import contextlib
import json
import os
import select
import subprocess
import time
from pathlib import Path
from typing import Any, Dict, Iterator, List, Optional

PATIENCE = 40.0
"""Seconds for one answer; on a busy machine the start alone takes several."""


class BrowserError(RuntimeError):
    """The browser has not done what it was asked to."""


class Browser:
    """A page in a browser."""

    def __init__(self, into: int, out_of: int) -> None:
        self._into = into
        self._out_of = out_of
        self._rest = b""
        self._number = 0
        self._session: Optional[str] = None
        self.complaints: List[str] = []
        """What the browser has logged about the page: what its policy forbids, and what it could not load."""

    def ask(self, method: str, **parameters: Any) -> Any:
        """Return the result of a command."""
        self._number += 1
        message: Dict[str, Any] = {"id": self._number, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._into, json.dumps(message).encode() + b"\0")
        end = time.monotonic() + PATIENCE
        while True:
            answer = self._read(end)
            if answer.get("id") == self._number:
                if "error" in answer:
                    raise BrowserError(f"{method}: {answer['error']}")
                return answer["result"]

    def attach(self) -> None:
        """Open an empty page."""
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Log", "Runtime"):
            self.ask(f"{domain}.enable")

    def open(self, path: Path, width: int = 1000, scheme: str = "light") -> None:
        """Show this file in a window so wide, to somebody who likes this colour scheme."""
        self.complaints.clear()
        self.ask("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=width < 600)
        self.ask("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
        self.ask("Page.navigate", url=path.as_uri())
        end = time.monotonic() + PATIENCE
        while self.value("document.readyState") != "complete" or self.value("location.href") != path.as_uri():
            if time.monotonic() > end:
                raise BrowserError(f"{path} is not loaded")
            select.select([self._out_of], [], [], 0.02)

    def value(self, expression: str) -> Any:
        """Return what this expression is in the page."""
        result = self.ask("Runtime.evaluate", expression=expression, returnByValue=True)
        if "exceptionDetails" in result:
            raise BrowserError(result["exceptionDetails"]["text"])
        return result["result"].get("value")

    def _read(self, end: float) -> Dict[str, Any]:
        while b"\0" not in self._rest:
            ready, _, _ = select.select([self._out_of], [], [], max(0.0, end - time.monotonic()))
            data = os.read(self._out_of, 65536) if ready else b""
            if not data:
                raise BrowserError("the browser does not answer")
            self._rest += data
        line, _, self._rest = self._rest.partition(b"\0")
        message: Dict[str, Any] = json.loads(line)
        if message.get("method") == "Log.entryAdded":
            self.complaints.append(message["params"]["entry"]["text"])
        return message


@contextlib.contextmanager
def browser(program: str, folder: Path) -> Iterator[Browser]:
    """Run a browser, with its files in this folder; it has ended afterwards."""
    pipes = [folder / "to-browser", folder / "from-browser"]
    for pipe in pipes:
        os.mkfifo(pipe)
    into, out_of = (os.open(pipe, os.O_RDWR) for pipe in pipes)  # both ways, so that nobody waits for the other
    options = ("--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-extensions",
               "--disable-background-networking", "--disable-dev-shm-usage", "--remote-debugging-pipe",
               f"--user-data-dir={folder / 'profile'}", "about:blank")  # fmt: skip
    argv = ["sh", "-c", 'exec "$@" 3<"$0/to-browser" 4>"$0/from-browser"', str(folder), program, *options]
    quiet = subprocess.DEVNULL
    process = subprocess.Popen(argv, stdin=quiet, stdout=quiet, stderr=quiet, start_new_session=True)
    try:
        made = Browser(into, out_of)
        made.attach()
        yield made
    finally:
        os.write(into, b'{"id":0,"method":"Browser.close"}\0')
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, 9)
            process.wait(10)
        for one in (into, out_of):
            os.close(one)
