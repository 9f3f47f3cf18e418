"""Waiting with a bound: a cluster is never ready "after two seconds", only when it says so."""

from __future__ import annotations

import subprocess
import time
from typing import Callable, TypeVar

T = TypeVar("T")

POLL_SECONDS = 0.2
PAUSE_SECONDS = 1.0


class LabError(Exception):
    """Something in the lab did not do what it was told; the message says what, and what was last seen."""


def wait_until(predicate: Callable[[], T], seconds: float, what: str) -> T:
    """Return the first true value of ``predicate``; raise LabError, with what was last seen, after ``seconds``.

    "Not yet" is a false value, a failed ``assert``, a LabError or a command that did not answer in time. An assert
    is the best way to say what was seen: its message becomes part of the error. What was seen before that, and was
    something else, is told too, for what is waited for may have come close and gone again. Between two looks that
    take long there is a pause as long as a look, up to a second: the machine's CPU is what the cluster needs to get on.
    """
    begun = time.monotonic()
    story: list[tuple[str, float]] = []
    while True:
        looked = time.monotonic()
        try:
            value = predicate()
            if value:
                return value
            seen = repr(value)
        except (AssertionError, LabError, subprocess.TimeoutExpired) as error:
            seen = str(error) or type(error).__name__
        passed = time.monotonic() - begun
        if not story or story[-1][0] != seen:
            story.append((seen, passed))
        if passed > seconds:
            before = "".join(f"; seen after {then:.1f} s: {earlier}" for earlier, then in story[-4:-1])
            raise LabError(f"after {seconds:g} s still waiting until {what}; last seen: {seen}{before}")
        time.sleep(min(PAUSE_SECONDS, max(POLL_SECONDS, time.monotonic() - looked)))
