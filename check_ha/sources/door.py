"""This node, asked through sudo: one call of check_ha_collect, whose answer is a stream, read like a recording.

What fails is then no tool of the cluster but this call: its output stands for that of every tool that was asked for,
so that each check says the same of it, once.
"""

from __future__ import annotations

import os
import time
from typing import Dict, Iterable, Optional, Sequence

from check_ha.sources.peers import PLUGINS
from check_ha.sources.recording import RecordingError
from check_ha.sources.runner import FOLDERS, Command, Limits, find, run_all
from check_ha.sources.stream import LIMIT, Stream
from check_ha.sources.tools import CUT, HUNG, MISSING, SYSTEM, Output, Tool

COLLECTOR = Tool("check_ha_collect", ("check_ha_collect",), SYSTEM, limit=LIMIT >> 20)
PLACES = (*PLUGINS, "/opt/check_ha/bin")
"""Where it is looked for, if not beside the check itself."""
_MORE = 0.6
"""Seconds that it may take beside those of the tools: to mask and to print what they have said."""


class Door:
    """The node this process runs on, by what root sees of it; check_ha_collect is looked up in these folders."""

    def __init__(self, folders: Sequence[str] = PLACES, timeout: float = 8.0) -> None:
        self._folders = tuple(folders)
        self._limit = timeout
        self._deadline = time.monotonic() + timeout
        self._failed: Optional[Output] = None
        self.now = time.time()
        self.node = os.uname().nodename

    def collect(self, tools: Iterable[Tool]) -> Dict[Tool, Output]:
        """Return what these tools say to root; where that cannot be asked, why not: then it is not asked again."""
        wanted = tuple(tools)
        if self._failed is None:
            output = self._asked(wanted)
            try:
                if output.fault is None and output.status == 0:
                    return Stream(output.stdout, "its output").collect(wanted)
                self._failed = _explained(output)
            except RecordingError as error:
                self._failed = output._replace(status=None, fault=CUT, stdout=b"", stderr=str(error))
        return dict.fromkeys(wanted, self._failed)

    def _asked(self, tools: Sequence[Tool]) -> Output:
        collector, sudo = find(COLLECTOR.name, self._folders), find("sudo", (*self._folders, *FOLDERS))
        limits = Limits(self._limit, self._deadline + _MORE)
        if collector is None or sudo is None:
            reason = f"not installed in {', '.join(self._folders)}" if sudo else "there is no sudo"
            return run_all([Command(COLLECTOR, ())], limits)[COLLECTOR]._replace(fault=MISSING, stderr=reason)
        seconds = max(0.2, self._deadline - time.monotonic())
        names = "".join(f"{tool.file}\n" for tool in tools) + f"limit {seconds:.1f}\n"
        return run_all([Command(COLLECTOR, (sudo, "-n", collector), stdin=names.encode())], limits)[COLLECTOR]


def _explained(output: Output) -> Output:
    """Return the failure in the words of a check. That no answer comes is sudo's doing, and proves no daemon frozen:
    the tools themselves have ended long before."""
    if output.fault == HUNG:
        return output._replace(fault=CUT, stdout=b"", stderr=f"sudo gave no answer within {output.limit:g} s")
    if output.stderr.startswith("Traceback"):
        return output._replace(stderr=output.stderr.strip().rpartition("\n")[2])
    return output
