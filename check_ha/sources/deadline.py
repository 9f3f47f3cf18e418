"""-t is the deadline of the whole run: a timer of this process ends whatever takes longer, and says what it was.

The tools have a deadline of their own (``check_ha.sources.runner``), at the same time: what they have said by then is
still judged, for at most a second. All else that may take long is ended here, so that no output, no pattern of the
user's and no file of somebody else's keeps a check from answering before its monitoring server gives up.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from types import FrameType

TYPE_CHECKING = False  # without typing, which takes 3 ms
if TYPE_CHECKING:
    from typing import Callable, NoReturn, Optional, TypeVar

    T = TypeVar("T")

DEFAULT = 8.0
LEFT = 1.0
"""Seconds to judge and to print in, where the tools have used up the time."""
_AGAIN = 2.0
"""Seconds after which it rings again: the first time it may have interrupted what ends the tools."""
_UNKNOWN = 3


class Overdue(BaseException):
    """The time is up; not an Exception, so that nobody takes it for a mistake of what was being done."""

    def __init__(self, seconds: float, step: str) -> None:
        super().__init__(seconds, step)
        self.text = f"not finished within {seconds:g} s: {step}"


class _Timer:
    """That of this process."""

    def __init__(self) -> None:
        self.of_command = False
        self.seconds = DEFAULT
        self.ends = 0.0
        self.due = 0.0
        self.rings = 0
        self.step = ""

    def start(self, seconds: float) -> None:
        self.seconds = seconds
        self.ends = time.monotonic() + seconds
        self.rings = 0
        self.ring_at(self.ends + LEFT)

    def ring_at(self, due: float) -> None:
        self.due = due
        signal.setitimer(signal.ITIMER_REAL, max(0.001, due - time.monotonic()), _AGAIN)

    def ring(self, number: int, frame: Optional[FrameType]) -> NoReturn:
        if time.monotonic() < self.due - 0.05:
            leave = signal.getsignal(signal.SIGTERM)  # it was somebody else who sent that signal
            if callable(leave):
                leave(number, frame)
            raise SystemExit(_UNKNOWN)
        self.rings += 1
        if self.rings > 2:  # something catches it
            say(Overdue(self.seconds, self.step).text)
            sys.stdout.flush()
            os._exit(_UNKNOWN)
        raise Overdue(self.seconds, self.step)


_TIMER = _Timer()


def start() -> None:
    """Start the timer of a command that has not read its options yet."""
    announce("reading the command line")
    _TIMER.of_command = True
    signal.signal(signal.SIGALRM, _TIMER.ring)
    _TIMER.start(DEFAULT)


def restart(seconds: float) -> None:
    """Give a command the time that its options say, now that they are known; nothing happens elsewhere."""
    if _TIMER.of_command:
        _TIMER.start(seconds)


def stop() -> None:
    """Stop the timer of a command: all is said."""
    _TIMER.of_command = False
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, lambda *_: None)


def reserve(seconds: float) -> float:
    """Return what of a deadline of so many seconds is kept for judging what tools that use up the rest have said."""
    return min(LEFT, seconds / 4)


def left() -> float:
    """Return the seconds that are left of this run."""
    return _TIMER.ends - time.monotonic() if _TIMER.ends else DEFAULT


def announce(step: str) -> None:
    """Tell what is being done from here on: ``reading the output of crm_mon``."""
    _TIMER.step = step


def announced() -> str:
    """Return what is being done."""
    return _TIMER.step


def tools_have_ended() -> None:
    """Let what follows take the rest of the time, or LEFT where there is less."""
    if signal.getitimer(signal.ITIMER_REAL)[1] == _AGAIN:
        _TIMER.ring_at(max(_TIMER.ends, time.monotonic() + LEFT))


def say(text: str) -> None:
    """Print what is said where there is no verdict: one line, by the name of the command."""
    command = os.path.basename(sys.argv[0])
    name = command.replace("check_", "", 1).upper() if command.startswith("check_ha") else "HA"
    sys.stdout.write(f"{name} UNKNOWN - {text}\n")


def limited(seconds: float, work: Callable[[], T], overdue: Callable[[Overdue], T]) -> Callable[[], T]:
    """Return the same work, which is given up when it takes longer: then the result is that of ``overdue``.

    Signals and timers are afterwards what they were before; but in a command, which has started the timer, it goes on
    for what is printed.
    """

    def within() -> T:
        handler, before = signal.getsignal(signal.SIGALRM), signal.getitimer(signal.ITIMER_REAL)
        started = time.monotonic()
        try:
            signal.signal(signal.SIGALRM, _TIMER.ring)
        except ValueError:  # not in the main thread, where alone there are signals
            return work()
        _TIMER.start(seconds)
        try:
            return work()
        except Overdue as error:
            return overdue(error)
        finally:
            if _TIMER.of_command:
                announce("printing")
                tools_have_ended()
            else:
                signal.setitimer(signal.ITIMER_REAL, 0)
                signal.signal(signal.SIGALRM, handler)
                left = before[0] and max(0.001, before[0] - (time.monotonic() - started))
                signal.setitimer(signal.ITIMER_REAL, left, before[1])

    return within
