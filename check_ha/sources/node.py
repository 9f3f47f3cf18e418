"""This node as a source: run the tools side by side, under one deadline.

All tools of a run start at once, because one that hangs (a frozen corosync keeps every
corosync tool waiting for ever) must not use up the time of the others.
"""

from __future__ import annotations

import os
import time
from types import MappingProxyType

from check_ha.sources.deadline import reserve
from check_ha.sources.runner import run_all
from check_ha.sources.running.command import FOLDERS, Command, Limits, find, user_name
from check_ha.sources.tools import COROSYNC, MISSING, NOT_SET_UP, Output, Question, Tool

TYPE_CHECKING = False  # without typing, which takes 3 ms
if TYPE_CHECKING:
    from typing import Dict, Iterable, Mapping, Optional, Sequence, Tuple

    from check_ha.sources.running.command import Waits
    from check_ha.sources.sbd.devices import SbdDevices

_TRY_AGAIN = ("CS_ERR_TRY_AGAIN", "API error 6", "cmap. error 6", "error is: 6")
_PAUSE = 1.0
"""Seconds after which a tool that said so is asked again."""


class ThisNode:
    """The node this process runs on."""

    def __init__(self, folders: Sequence[str] = FOLDERS, timeout: float = 8.0) -> None:
        self._folders = tuple(folders)
        self._limit = timeout
        self._deadline = time.monotonic() + timeout
        self.now = time.time()
        self.node = os.uname().nodename
        self._devices: Optional[SbdDevices] = None

    def collect(self, tools: Iterable[Tool], waits: Mapping[Tool, Waits] = MappingProxyType({})) -> Dict[Tool, Output]:
        """Run these tools and wait for them, at most until the deadline; what one waits for may show that it need not
        be run, and so does it where its subject is not set up here."""
        wanted = tuple(tools)
        not_run = self._not_run(wanted)
        commands = [
            Command(tool, self.command(self._argv(tool)), waits=waits.get(tool))
            for tool in wanted
            if tool not in not_run
        ]
        outputs = run_all(commands, Limits(self._limit, self._deadline), self._second_try) if commands else {}
        return {**not_run, **outputs}

    def _not_run(self, wanted: Sequence[Tool]) -> Dict[Tool, Output]:
        """Return what stands for those whose subject is not set up here, or whose device is not to be asked about."""
        reasons = {tool: NOT_SET_UP for tool in wanted if not set_up(tool)}
        of_devices = [tool for tool in wanted if tool.device and tool not in reasons]
        if of_devices:
            from check_ha.sources.sbd.devices import sbd_devices  # where there is sbd

            self._devices = sbd_devices()
            reasons.update((tool, self._devices.why_not(tool.device)) for tool in of_devices)
        return {
            tool: Output(tool, tool.argv, None, b"", why, 0.0, MISSING, self._limit, user_name())
            for tool, why in reasons.items()
            if why
        }

    def _argv(self, tool: Tool) -> Tuple[str, ...]:
        """Return its command line, with the device that it is about."""
        device = self._devices.names[tool.device - 1] if tool.device and self._devices else ""
        return tuple(device if word == "{device}" else word for word in tool.argv)

    def simulate(self, cib: bytes, questions: Sequence[Question]) -> Dict[Tool, Output]:
        """Ask the scheduler as many of these as there is time for; never through sudo, as it needs no rights."""
        from check_ha.sources.scheduler.simulate import simulate  # with what only one check needs

        return simulate(cib, questions, self._folders, Limits(self._limit, self._deadline - reserve(self._limit)))

    def _second_try(self, output: Output) -> Optional[Command]:
        """Return what is to be run once more; nothing where that is another program, which is not installed."""
        argv = second_try(output)
        command = self.command(argv) if argv else ()
        pause = _PAUSE if argv == output.tool.argv else 0.0
        return Command(output.tool, command, pause) if command else None

    def command(self, argv: Tuple[str, ...]) -> Tuple[str, ...]:
        """Return the command line with the program's full path in front; empty when it is not installed."""
        program = find(argv[0], self._folders)
        return (program, *argv[1:]) if program else ()


def set_up(tool: Tool) -> bool:
    """Return whether what the tool is about is set up on this node."""
    return not tool.only_with or any(map(os.path.exists, tool.only_with))


def second_try(output: Output) -> Tuple[str, ...]:
    """Return the command line to run next, or none: an older one after a usage error, the same one to try again.

    crm_mon 1.1 answers ``--output-as`` with its help on stderr and exit 1, 2.0.0 to 2.0.2 with exit 64, an ip that
    knows no ``-j`` with exit 255; corosync 1.4 what it does not know with its usage on stdout and exit 0, and it has no
    corosync-cmapctl. The corosync tools may fail during a membership change with CS_ERR_TRY_AGAIN (error 6),
    corosync-cfgtool even with exit 0.
    """
    tool = output.tool
    if output.fault == MISSING:
        return tool.older if tool.older[:1] != tool.argv[:1] else ()
    words = output.stderr + output.stdout[:200].decode("utf-8", "replace")  # stdout up to 2.4.5, and in 3.0
    if tool.family == COROSYNC and any(said in words for said in _TRY_AGAIN):
        return tool.argv
    unknown = output.status in (1, 64, 255) and not output.stdout.strip()
    return tool.older if tool.older and (unknown or output.stdout.startswith(b"usage:")) else ()
