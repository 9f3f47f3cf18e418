"""The process of a command, as whoever has started it sees it.

It ends cleanly when it is told to or takes too long, so that no tool is left behind; it prints whatever the locale
cannot; and when nobody can read what it prints that is UNKNOWN, where Python would write a traceback and exit 1, which
is WARNING.
"""

from __future__ import annotations

import atexit
import contextlib
import functools
import gc
import os
import signal
import sys
import time
from typing import Any, Callable, NoReturn, Optional

import nagiosplugin

from check_ha.cli.run import Outcome
from check_ha.core.condition import NOT_RESPONDING, Severity
from check_ha.core.finding import Finding
from check_ha.core.verdict import Verdict
from check_ha.sources import deadline

_UNKNOWN = 3
_SIGNALS = (
    signal.SIGTERM,
    signal.SIGINT,
    signal.SIGHUP,
    signal.SIGQUIT,
    signal.SIGUSR1,
    signal.SIGUSR2,
    signal.SIGXCPU,
    signal.SIGVTALRM,
    signal.SIGPROF,
    signal.SIGIO,
)
"""What ends a process that does nothing about it; SIGALRM is that of the deadline."""


def guarded(main: Callable[[], None]) -> Callable[[], None]:
    """Return the main function of a command: whatever happens in it, it ends as a plugin should."""
    caught: Callable[[], None] = nagiosplugin.guarded(verbose=0)(main)

    @functools.wraps(main)
    def run() -> None:
        _open_all()
        _end_when_told()
        deadline.start()
        code: Any = None
        try:
            caught()
        except SystemExit as end:
            code = end.code
        except deadline.Overdue as overdue:
            deadline.say(overdue.text)
            code = _UNKNOWN
        except OSError:  # nor could nagiosplugin say what it has caught
            code = _UNKNOWN
        code = code if _printed() else _UNKNOWN
        deadline.stop()
        if _nobody_waits_for_more():
            _leave(code)
        gc.freeze()  # or Python would search for cycles in all there is before it ends: 7 ms, a tenth of a check
        if code is not None:
            sys.exit(code)

    return run


def _nobody_waits_for_more() -> bool:
    """Return whether this process is one of our commands and nothing else: no program that calls one, and no test.

    Coverage writes down at the end what it has seen.
    """
    main = os.path.basename(getattr(sys.modules.get("__main__"), "__file__", None) or "")
    return main.startswith("check_ha") and "coverage" not in sys.modules and sys.gettrace() is None


def _leave(code: Any) -> NoReturn:
    """End at once: all is printed and kept, and taking apart what there is, module by module, is a tenth of a check."""
    signal.pthread_sigmask(signal.SIG_BLOCK, (*_SIGNALS, signal.SIGALRM))
    with contextlib.suppress(OSError, AttributeError, ValueError):
        sys.stderr.flush()
    os._exit(code if isinstance(code, int) else 0 if code is None else 1)


def unfinished(check: str, overdue: deadline.Overdue) -> Outcome:
    """Return what is said of this check (empty: of all of them) when the time is up."""
    finding = Finding(NOT_RESPONDING, overdue.text, override=Severity.UNKNOWN, check=check)
    return Outcome(Verdict(check, Severity.UNKNOWN, "", (finding,), (), (), time=time.time()), {})


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
        for number in (*_SIGNALS, signal.SIGALRM):
            signal.signal(number, lambda *_: None)
        raise SystemExit(_UNKNOWN)

    for number in _SIGNALS:
        signal.signal(number, leave)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)  # where it is ignored every tool would seem to have ended well
    # Python gives signals their first meaning back while it ends: one more would change what has been decided
    atexit.register(signal.pthread_sigmask, signal.SIG_BLOCK, (*_SIGNALS, signal.SIGALRM))


def _printed() -> bool:
    """Return whether all output is written; the rest is thrown away, or Python would try again and complain."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return False
    return True
