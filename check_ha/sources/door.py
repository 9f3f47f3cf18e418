"""This node, asked through sudo: one call of check_ha_collect, whose answer is a stream, read like a recording.

What fails is then no tool of the cluster but this call: its output stands for that of every tool that was asked for,
so that each check says the same of it, once.
"""

from __future__ import annotations

import os
import time
from typing import Dict, Iterable, Optional, Sequence, Union

from check_ha.sources.kept.streams import KEPT, LONGEST, recent
from check_ha.sources.recording import RecordingError
from check_ha.sources.stream import LIMIT, Stream
from check_ha.sources.tools import CUT, HUNG, MISSING, OLD, SYSTEM, Output, Question, Tool

COLLECTOR = Tool("check_ha_collect", ("check_ha_collect",), SYSTEM, limit=LIMIT >> 20)
PLACES = ("/usr/lib/nagios/plugins", "/usr/lib64/nagios/plugins", "/opt/check_ha/bin")
"""Where it is looked for, if not beside the check itself."""
_MORE = 0.6
"""Seconds beyond the deadline that are left to it to mask and to print what the tools have said."""
_START = 0.4
"""Seconds of the time of the tools in which it is started, also on a node that has much else to do."""


class Door:
    """The node this process runs on, by what root sees of it; check_ha_collect is looked up in these folders."""

    def __init__(self, folders: Sequence[str] = PLACES, timeout: float = 8.0) -> None:
        self._folders = tuple(folders)
        self.limit = timeout
        self._deadline = time.monotonic() + timeout
        self._failed: Optional[Output] = None
        self.now = time.time()
        self.node = os.uname().nodename

    def collect(self, tools: Iterable[Tool]) -> Dict[Tool, Output]:
        """Return what these tools say to root; where that cannot be asked, why not."""
        wanted = tuple(tools)
        said = self.ask(wanted)
        return said.collect(wanted) if isinstance(said, Stream) else dict.fromkeys(wanted, said)

    def simulate(self, cib: bytes, questions: Sequence[Question]) -> Dict[Tool, Output]:
        """Let root ask the scheduler, by the CIB as root sees it: this one has no history of operations."""
        from check_ha.sources.scheduler.as_root import line_of, that_fit  # with what only one check needs

        answers: Dict[Tool, Output] = {}
        rest, took = list(questions), 0.0
        while rest and (not answers or self._deadline - time.monotonic() > took):
            began = time.monotonic()
            these = that_fit(rest)
            said = self.ask((), "".join(map(line_of, these)))
            if not isinstance(said, Stream):
                return {**answers, **({} if answers else dict.fromkeys([one.tool for one in these], said))}
            tools = [one.tool for one in these if said.has(one.tool)]
            if not tools:
                break
            answers.update(said.collect(tools))
            rest = [one for one in rest if one.tool not in answers]
            took = time.monotonic() - began
        return answers

    def ask(self, tools: Sequence[Tool], more: str = "") -> Union[Stream, Output]:
        """Return the stream, or the output that says why there is none: then it is not asked again."""
        if self._failed:
            return self._failed
        output = self._asked(tools, more)
        try:
            if output.fault is None and output.status == 0:
                return Stream(output.stdout, "its output")
            self._failed = _explained(output)
        except RecordingError as error:
            self._failed = output._replace(status=None, fault=CUT, stdout=b"", stderr=str(error))
        return self._failed

    def _asked(self, tools: Sequence[Tool], more: str) -> Output:
        from check_ha.sources.runner import run_all  # which is not needed for what is kept
        from check_ha.sources.running import command

        collector = command.find(COLLECTOR.name, self._folders)
        sudo = command.find("sudo", (*self._folders, *command.FOLDERS))
        limits = command.Limits(self.limit, self._deadline + _MORE)
        if collector is None or sudo is None:
            reason = f"not installed in {', '.join(self._folders)}" if sudo else "there is no sudo"
            output = run_all([command.Command(COLLECTOR, ())], limits)[COLLECTOR]
            return output._replace(fault=MISSING, stderr=reason)
        seconds = max(0.2, self._deadline - _START - time.monotonic())
        names = "".join(f"{tool.file}\n" for tool in tools) + f"limit {seconds:.1f}\n{more}"
        file = os.path.realpath(collector)  # as check_ha_setup tells sudo, which may know no links (1.9.14 and later)
        asked = command.Command(COLLECTOR, (sudo, "-n", file), stdin=names.encode())
        return run_all([asked], limits)[COLLECTOR]


class Recent:
    """The same by what was collected at most ``max_age`` seconds ago: all tools together, by whichever check."""

    def __init__(self, door: Door, max_age: float) -> None:
        self._door = door
        self._max_age = min(max_age, LONGEST)
        self._held: Optional[Stream] = None
        self.now = door.now
        self.node = door.node
        self.note = ""

    def collect(self, tools: Iterable[Tool]) -> Dict[Tool, Output]:
        """Return what these tools have said to root. What is not kept is asked now."""
        wanted = tuple(tools)
        if not set(wanted).issubset(KEPT) or (self._held and not all(map(self._held.has, wanted))):
            return self._door.collect(wanted)
        if self._held is None:
            said = self._kept(wanted) or self._door.ask(wanted, f"keep {self._max_age:.1f}\n")
            if not isinstance(said, Stream):
                return dict.fromkeys(wanted, said)
            age = time.time() - said.now
            if not -1 <= age <= self._max_age + self._door.limit + 1:
                old = f"its data is {age:.0f} s old by the clock of this node"
                failed = Output(COLLECTOR, COLLECTOR.argv, None, b"", old, 0.0, OLD, self._door.limit)
                return dict.fromkeys(wanted, failed)
            self._held, self.now = said, said.now
            self.note = f"what the tools said is {age:.0f} s old" if age >= 1 else ""
        return self._held.collect(wanted)

    def simulate(self, cib: bytes, questions: Sequence[Question]) -> Dict[Tool, Output]:
        """Let root ask the scheduler, now."""
        return self._door.simulate(cib, questions)

    def _kept(self, tools: Sequence[Tool]) -> Optional[Stream]:
        """Return what is kept for this user; None where there is nothing, or something else."""
        data = recent(os.geteuid(), self._max_age)
        try:
            stream = Stream(data, "what was kept") if data else None
        except RecordingError:
            return None
        return stream if stream and all(map(stream.has, tools)) else None


def _explained(output: Output) -> Output:
    """Return the failure in the words of a check. That no answer comes is sudo's doing, and proves no daemon frozen:
    the tools themselves have ended long before."""
    if output.fault == HUNG:
        return output._replace(fault=CUT, stdout=b"", stderr=f"sudo gave no answer within {output.limit:g} s")
    if output.stderr.startswith("Traceback"):
        return output._replace(stderr=output.stderr.strip().rpartition("\n")[2])
    return output
