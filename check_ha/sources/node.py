"""This node as a source: run the tools side by side, under one deadline.

All tools of a run start at once, because one that hangs (a frozen corosync keeps every
corosync tool waiting for ever) must not use up the time of the others.
"""

from __future__ import annotations

import os
import time
from typing import Dict, Iterable, Sequence, Tuple

from check_ha.sources.runner import FOLDERS, Command, Limits, find, run_all
from check_ha.sources.tools import COROSYNC, Output, Tool

_TRY_AGAIN = ("CS_ERR_TRY_AGAIN", "API error 6", "cmap. error 6", "error is: 6")


class ThisNode:
    """The node this process runs on."""

    def __init__(self, folders: Sequence[str] = FOLDERS, timeout: float = 8.0, sudo: bool = False) -> None:
        self._folders = tuple(folders)
        self._limit = timeout
        self._deadline = time.monotonic() + timeout
        self._sudo = sudo
        self.now = time.time()
        self.node = os.uname().nodename

    def collect(self, tools: Iterable[Tool]) -> Dict[Tool, Output]:
        """Run these tools and wait for them, at most until the deadline."""
        outputs = self._run([(tool, tool.argv) for tool in tools])
        again = [(tool, argv) for tool, argv in map(_second_try, outputs.values()) if argv]
        if again:
            if any(argv == tool.argv for tool, argv in again):
                time.sleep(min(1.0, max(0.0, self._deadline - time.monotonic())))
            outputs.update(self._run(again))
        return outputs

    def _run(self, commands: Sequence[Tuple[Tool, Tuple[str, ...]]]) -> Dict[Tool, Output]:
        found = [Command(tool, self._command(argv)) for tool, argv in commands]
        return run_all(found, Limits(self._limit, self._deadline))

    def _command(self, argv: Tuple[str, ...]) -> Tuple[str, ...]:
        """Return the command line with the program's full path in front; empty when it is not installed."""
        program = find(argv[0], self._folders)
        if program is None:
            return ()
        command = (program, *argv[1:])
        if self._sudo:
            sudo = find("sudo", (*self._folders, *FOLDERS))
            return (sudo, "-n", *command) if sudo else ()
        return command


def _second_try(output: Output) -> Tuple[Tool, Tuple[str, ...]]:
    """Return the command line to run next, or none: an older one after a usage error, the same one to try again.

    crm_mon 1.1 answers ``--output-as`` with its help on stderr and exit 1, 2.0.0 to 2.0.2 with exit 64, an ip that
    knows no ``-j`` with exit 255. The corosync tools may fail during a membership change with CS_ERR_TRY_AGAIN (error
    6), corosync-cfgtool even with exit 0.
    """
    tool = output.tool
    if output.with_sudo and output.stderr.startswith(("sudo: ", "Sorry, user ")):
        return tool, ()  # refused, which says nothing about the version
    if tool.older and output.status in (1, 64, 255) and not output.stdout.strip():
        return tool, tool.older
    if tool.family != COROSYNC:
        return tool, ()
    words = output.stderr + output.stdout[:200].decode("utf-8", "replace")  # stdout up to 2.4.5, and in 3.0
    return tool, tool.argv if any(said in words for said in _TRY_AGAIN) else ()
