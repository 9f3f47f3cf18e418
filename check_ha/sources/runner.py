"""Running commands side by side, under one deadline, without a shell, and with nothing left of them at the end.

One that ``sudo`` runs only sudo may end: it is asked to with SIGTERM, which it passes on. If the
command is deaf to that, the time limit in the ``sudoers`` file shipped ends it.
"""

from __future__ import annotations

import os
import time

from check_ha.sources.running.child import keep_to_ourselves
from check_ha.sources.running.command import Command, Limits, user_name
from check_ha.sources.running.pipes import Pipes
from check_ha.sources.running.run import Run
from check_ha.sources.tools import HUNG, MISSING, Output, Tool

TYPE_CHECKING = False  # without typing, which takes 3 ms
if TYPE_CHECKING:
    from typing import Dict, List, Sequence, Tuple

    from check_ha.sources.running.command import SecondTry

_QUIET = 0.05
"""Seconds in which a tool that has ended prints nothing more, if a child of it holds its pipes."""
_SOON = 0.0005
"""Half of the seconds after which the exit of a tool is looked for first, once it has closed its pipes."""
_PATIENCE = 1.0
"""Seconds that one tool waits for another at most: it needs its time as well."""


def run_all(
    commands: Sequence[Command], limits: Limits, second_try: SecondTry = lambda output: None
) -> Dict[Tool, Output]:
    """Run these and wait for them, at most until the deadline; then end them with all their children.

    A second try starts as soon as the first one has ended: another tool, which may hang, is not waited for.
    """
    mark = f"{os.getpid()}.{time.monotonic_ns()}"
    keep_to_ourselves()
    leash, held = os.pipe()
    os.set_inheritable(held, True)
    # a copy of ``held`` is open in every command and its children: end of file on ``leash`` says all are gone
    runs = _Runs(mark, limits, second_try)
    try:
        for command in commands:
            if command.waits:
                runs.wait(command)
        for command in commands:
            if not command.waits:
                runs.start(command)
        _read_all(runs, limits.deadline)
    finally:
        os.close(held)
        for run in runs.all:
            run.kill_group()
        patience = time.monotonic() + 0.5
        for run in runs.all:
            run.close(max(0.0, patience - time.monotonic()))
        if not _end_of_file(leash):
            from check_ha.sources.running.proc import kill_marked

            kill_marked(mark)
        os.close(leash)
    return {run.tool: run.output(limits.seconds, user_name()) for run in runs.all}


class _Runs:
    """All that was started, and the second tries that wait for their time."""

    def __init__(self, mark: str, limits: Limits, second_try: SecondTry) -> None:
        self.all: List[Run] = []
        self.fresh: List[Run] = []
        """Those that nobody reads yet."""
        self._mark, self._limits = mark, limits
        self._second_try = second_try
        self._later: List[Tuple[float, Command]] = []
        self._tools: List[Tool] = []

    def start(self, command: Command) -> None:
        """Start a command; what cannot be started has ended."""
        run = Run(command, self._mark, self._limits)
        self.all.append(run)
        if run.process:
            self.fresh.append(run)
        else:
            self.ended(run)

    def wait(self, command: Command) -> None:
        """Start a command when that for which it waits has ended."""
        self._later.append((time.monotonic() + _PATIENCE, command))

    def ended(self, run: Run) -> None:
        """Start what has waited for it, and take note of its second try, if it is to have one."""
        for one in [one for one in self._later if one[1].waits and one[1].waits[0] == run.tool]:
            self._later.remove(one)
            if one[1].waits and not one[1].waits[1](run.said(None)):
                self._later.append((0.0, one[1]))
        if run.tool in self._tools or run.fault not in (None, MISSING):
            return
        command = self._second_try(run.said())
        if command:
            self._tools.append(run.tool)
            self._later.append((time.monotonic() + command.delay, command))

    def start_due(self) -> bool:
        """Start the second tries whose time has come; return whether there are others."""
        now = time.monotonic()
        due = [command for when, command in self._later if when <= now]
        self._later = [(when, command) for when, command in self._later if when > now]
        for command in due:
            self.start(command)
        return bool(self._later)


def _read_all(runs: _Runs, deadline: float) -> None:
    """Read from all tools until each has ended, or mark those as hung that have not by the deadline."""
    waiting: List[Run] = []
    pipes = Pipes()
    pause = _SOON
    while time.monotonic() < deadline:
        more = runs.start_due()
        waiting += runs.fresh
        for run in runs.fresh:
            pipes.add(run)
        runs.fresh = []
        if not waiting and not more:
            break
        # asked before it is read: what ends between the two may have left something to be read
        over = {run for run in waiting if run.over()}
        # the pipes of a tool that ends are closed a moment before its exit can be seen
        ending = not all(run.pipes for run in waiting)
        pause = min(2 * pause, _QUIET) if ending else _SOON
        came = pipes.read(min(pause if ending else _QUIET, max(0.0, deadline - time.monotonic())))
        for run in list(waiting):
            # a tool that has ended is done when its pipes are at their end, or are held open by a child and quiet
            if (not run.pipes or (run in over and not came)) and (run.over() or run.fault):
                waiting.remove(run)
                pipes.forget(run)
                run.ended = time.monotonic()
                runs.ended(run)
    for run in (*waiting, *runs.fresh):
        from check_ha.sources.running.proc import work_of

        run.fault = HUNG
        run.ended = time.monotonic()
        run.worked = work_of(run.process.pid) if run.process else 0.0


def _end_of_file(pipe: int) -> bool:
    os.set_blocking(pipe, False)
    try:
        return os.read(pipe, 1) == b""
    except BlockingIOError:
        return False
