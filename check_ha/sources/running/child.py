"""A process of ours, started without ``subprocess``: to load that takes 6 ms, in each check and in what sudo runs.

It starts with standard input, output and error, and what else can be inherited here: ``keep_to_ourselves``. Each
command has opened its own descriptors 0 to 2 by then, where they were closed: no pipe gets the number of one.
"""

from __future__ import annotations

import contextlib
import os
import signal
import time

TYPE_CHECKING = False  # without typing, which takes 3 ms
if TYPE_CHECKING:
    from typing import Mapping, Optional, Tuple

_SOON = 0.0005
_LONG = 0.05
_UNKNOWN = 255 << 8


def keep_to_ourselves() -> None:
    """Let no program that is started from here have what whoever started us has left open."""
    for name in os.listdir("/proc/self/fd"):
        if int(name) > 2:
            with contextlib.suppress(OSError):  # that of the listing itself
                os.set_inheritable(int(name), False)


class Child:
    """A process that leads a session of its own, and whose output can be read.

    Raise OSError where it cannot be started. What it reads is at most 4,096 bytes, or this descriptor.
    """

    def __init__(
        self,
        argv: Tuple[str, ...],
        environment: Mapping[str, str],
        text: bytes = b"",
        file: Optional[int] = None,
    ) -> None:
        self.status: Optional[int] = None
        """Its exit status, or the number of the signal that ended it, negative; None while it runs."""
        self.stdout, out = os.pipe()
        self.stderr, err = os.pipe()
        given = [out, err]
        if text:
            file, writing = os.pipe()
            os.write(writing, text)  # a pipe holds as much
            given += [file, writing]
        empty = (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0)
        try:
            self.pid = os.posix_spawn(
                argv[0],
                argv,
                environment,
                file_actions=[
                    empty if file is None else (os.POSIX_SPAWN_DUP2, file, 0),
                    (os.POSIX_SPAWN_DUP2, out, 1),
                    (os.POSIX_SPAWN_DUP2, err, 2),
                ],
                setsid=True,
                setsigdef=(signal.SIGPIPE, signal.SIGXFSZ),  # which Python ignores
            )
        except OSError:
            self.close()
            raise
        finally:
            for descriptor in given:
                os.close(descriptor)

    def over(self) -> bool:
        """Return whether it has ended."""
        if self.status is None:
            try:
                pid, status = os.waitpid(self.pid, os.WNOHANG)
            except ChildProcessError:  # somebody else has waited for it, who knows how it has ended
                pid, status = self.pid, _UNKNOWN
            if pid:
                self.status = os.waitstatus_to_exitcode(status)
        return self.status is not None

    def wait(self, seconds: float) -> None:
        """Let it end, at most for so long."""
        until, pause = time.monotonic() + seconds, _SOON
        while not self.over() and time.monotonic() < until:
            time.sleep(pause)
            pause = min(2 * pause, _LONG)

    def close(self) -> None:
        """Read no more of what it prints."""
        os.close(self.stdout)
        os.close(self.stderr)
