"""The process of a command, as whoever has started it sees it.

It ends cleanly when it is told to, so that no tool is left behind; it prints whatever the locale cannot; and when
nobody can read what it prints that is UNKNOWN, where Python would write a traceback and exit 1, which is WARNING.
"""

from __future__ import annotations

import atexit
import functools
import gc
import os
import signal
import sys
from typing import Any, Callable, NoReturn, Optional

import nagiosplugin

_UNKNOWN = 3
_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


def guarded(main: Callable[[], None]) -> Callable[[], None]:
    """The main function of a command: whatever happens in it, it ends as a plugin should."""
    caught: Callable[[], None] = nagiosplugin.guarded(verbose=0)(main)

    @functools.wraps(main)
    def run() -> None:
        _open_all()
        _end_when_told()
        code: Any = None
        try:
            caught()
        except SystemExit as end:
            code = end.code
        except OSError:  # nor could nagiosplugin say what it has caught
            code = _UNKNOWN
        code = code if _printed() else _UNKNOWN
        gc.freeze()  # or Python would search for cycles in all there is before it ends: 7 ms, a tenth of a check
        if code is not None:
            sys.exit(code)

    return run


def _open_all() -> None:
    """Something behind descriptors 0 to 2: a pipe to a tool must not get the number of one that is closed."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # gets the lowest number that is free
    if sys.stdout is None:
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115  # until the end
    reconfigure = getattr(sys.stdout, "reconfigure", None)
    if reconfigure:
        reconfigure(errors="backslashreplace")


def _end_when_told() -> None:
    def leave(signum: int, frame: Optional[Any]) -> NoReturn:
        # once is enough: a second signal would interrupt the ending of the tools (SIG_IGN would not do for one that
        # has come already: Python complains)
        for number in _SIGNALS:
            signal.signal(number, lambda *_: None)
        raise SystemExit(_UNKNOWN)

    for number in _SIGNALS:
        signal.signal(number, leave)
    # Python gives signals their first meaning back while it ends: one more would change what has been decided
    atexit.register(signal.pthread_sigmask, signal.SIG_BLOCK, _SIGNALS)


def _printed() -> bool:
    """Whether all has left this process; else what has not is thrown away, or Python would try again and complain."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return False
    return True
