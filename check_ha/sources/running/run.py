"""One command while it runs."""

from __future__ import annotations

import contextlib
import os
import signal
import time

from check_ha.sources.running.child import Child
from check_ha.sources.running.command import Command, Limits, environment
from check_ha.sources.tools import BROKEN, FLOODED, HUNG, MISSING, Output

TYPE_CHECKING = False  # without typing, which takes 3 ms
if TYPE_CHECKING:
    from typing import Dict, Optional

STDERR_LIMIT = 64 * 1024


class Run:
    """One command while it runs."""

    def __init__(self, command: Command, mark: str, limits: Limits) -> None:
        self.tool = command.tool
        self.command = command.argv
        self.limit = command.tool.limit * 1024 * 1024
        self.sudo = bool(command.argv) and os.path.basename(command.argv[0]) == "sudo"
        self.stdout = bytearray()
        self.stderr = bytearray()
        self.fault: Optional[str] = None
        self.started = self.ended = time.monotonic()
        self.worked = 0.0
        self.process: Optional[Child] = None
        self.pipes: Dict[int, int] = {}
        """Its pipes that are still read, each with the number of the stream: 1 or 2."""
        if not command.argv:
            self.fault = MISSING
            return
        variables = {**environment(mark, limits.variables), **dict(command.environment)}
        try:
            self.process = Child(command.argv, variables, command.stdin, command.file)
            self.pipes = {self.process.stdout: 1, self.process.stderr: 2}
        except OSError as error:
            self.fault = BROKEN
            self.stderr += str(error.strerror).encode()
            return
        if command.nice:
            with contextlib.suppress(OSError):
                os.setpriority(os.PRIO_PROCESS, self.process.pid, command.nice)

    def take(self, stream: int, data: bytes) -> None:
        """Keep what arrived; more than the limit is dropped (stderr) or ends the tool (stdout)."""
        if stream == 2:
            self.stderr += data[: STDERR_LIMIT - len(self.stderr)]
            return
        self.stdout += data
        if len(self.stdout) > self.limit:
            self.fault = FLOODED
            self.stdout.clear()
            self.kill_group()

    def over(self) -> bool:
        """Return whether the tool has ended, if not all that it has started."""
        return self.process is None or self.process.over()

    def kill_group(self) -> None:
        """End the tool and the children that stayed in its process group."""
        if self.process is None:
            return
        # sudo (1.9.13) can be killed by its user, which leaves the tool running as root, without the time limit
        number = signal.SIGTERM if self.sudo else signal.SIGKILL
        # EPERM: another version of sudo; ESRCH: all gone
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, number)

    def close(self, patience: float) -> None:
        """Take leave of the tool: wait this long for its end."""
        if self.process is None:
            return
        self.process.wait(patience)
        self.process.close()

    @property
    def _status(self) -> Optional[int]:
        return None if self.process is None or self.fault else self.process.status

    def said(self, limit: Optional[int] = 4096) -> Output:
        """Return what it said first, once it has ended: enough to tell whether it is to be tried again."""
        words, stdout = bytes(self.stderr).decode("utf-8", "backslashreplace"), bytes(self.stdout[:limit])
        return Output(self.tool, self.command or self.tool.argv, self._status, stdout, words, 0.0, self.fault)

    def output(self, limit: float, user: str) -> Output:
        """Return the result, once it has ended."""
        status = self._status
        if self.sudo and status in (-signal.SIGHUP, -signal.SIGTERM):
            # the time limit of sudoers: sudo sends SIGHUP and SIGTERM, and ends itself by what ended the tool
            self.fault, status, limit = HUNG, None, round(self.ended - self.started, 1)
        return Output(
            tool=self.tool,
            argv=self.command or self.tool.argv,
            status=status,
            stdout=self.tool.without_secrets(bytes(self.stdout)),
            stderr=self.tool.words_without_secrets(bytes(self.stderr).decode("utf-8", "backslashreplace")),
            seconds=round(self.ended - self.started, 3),
            fault=self.fault,
            limit=limit,
            user=user,
            worked=self.worked,
        )
