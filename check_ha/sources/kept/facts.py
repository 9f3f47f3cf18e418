"""What need not be asked again, because nothing has changed on which the answer depends; for root alone.

    pacemakerd --features, corosync-quorumtool -V     of a program: the same file, and corosync was not started again
    crm_verify -L -V                                  of the CIB: the same one, with all of its status, and the program

crm_verify is asked of the CIB as a whole: it runs the scheduler, which finds fault with what is in the status as well
(2.0.5 to 3.0.3). ``crm_node -n`` is no such fact, though the name stays: its answer shows that the controller answers.
Nothing is kept of what has failed, of what an older command line has said, or of a CIB with rules about dates, and
nothing for longer than ten minutes.
"""

from __future__ import annotations

import contextlib
import os
import time

from check_ha.sources.kept.place import FOLDER, put, take
from check_ha.sources.node import ThisNode
from check_ha.sources.recording import RecordingError
from check_ha.sources.stream import Stream, written
from check_ha.sources.tools import CIBADMIN, COROSYNC_VERSION, CRM_VERIFY, PACEMAKERD_FEATURES, Output, Tool

TYPE_CHECKING = False  # without typing, which takes 3 ms
if TYPE_CHECKING:
    from typing import Dict, Iterable

OF_PROGRAMS = (PACEMAKERD_FEATURES, COROSYNC_VERSION)
LONGEST = 600.0
_LIMIT = 1 << 20
_RUNNING = "/run/corosync.pid"
"""Corosync writes it when it starts, in the foreground as well (1.4 to 3.1)."""


class Facts:
    """The facts of this node, with which it is asked only what is not known already."""

    def __init__(self, node: ThisNode, folder: str = FOLDER) -> None:
        self._node = node
        self._folder = folder
        self._keys: Dict[Tool, str] = {}
        """On what the answer of each tool depends, where that can be told."""
        self._known: Dict[Tool, Output] = {}

    def collect(self, tools: Iterable[Tool]) -> Dict[Tool, Output]:
        """Return what these tools say, or have said."""
        tools = tuple(tools)
        for tool in OF_PROGRAMS:
            if tool in tools:
                self._look_up(tool, self._of_program(tool))
        asked = [tool for tool in tools if tool not in self._known]
        waits = {CRM_VERIFY: (CIBADMIN, self._is_verified)} if CRM_VERIFY in tools else {}
        # a CIB that nobody has asked for takes a third of the time of crm_verify
        said = self._node.collect(dict.fromkeys((*asked, *(waits and [CIBADMIN]))), waits)
        for tool, key in self._keys.items():
            if tool not in self._known and tool in said:
                self._keep(said[tool], key)
        return {tool: self._known.get(tool) or said[tool] for tool in tools}

    def _is_verified(self, cib: Output) -> bool:
        """Return whether it is known what crm_verify says of this CIB."""
        program = self._of_program(CRM_VERIFY)
        if program and cib.status == 0 and not cib.fault and b"<date_expression" not in cib.stdout:
            self._look_up(CRM_VERIFY, f"{program} {_digest(cib.stdout)}")
        return CRM_VERIFY in self._known

    def _of_program(self, tool: Tool) -> str:
        """Return what tells this program of this start of corosync from any other; nothing where that is not known."""
        argv = self._node.command(tool.argv)
        with contextlib.suppress(OSError):
            return " ".join(map(_identity, (argv[0], _RUNNING))) if argv else ""
        return ""

    def _look_up(self, tool: Tool, key: str) -> None:
        if not key:
            return
        self._keys[tool] = key
        first, _, data = take(_name(tool), LONGEST, _LIMIT, self._folder).partition(b"\n")
        if first == key.encode():
            with contextlib.suppress(RecordingError):
                stream = Stream(data, "a fact")
                output = stream.collect([tool])[tool]
                self._known[tool] = output._replace(age=max(1.0, time.time() - stream.now))

    def _keep(self, output: Output, key: str) -> None:
        tool = output.tool
        if output.fault or output.status not in tool.good or output.argv != self._node.command(tool.argv):
            return
        with contextlib.suppress(OSError):  # then it is asked again
            data = b"%b\n%b" % (key.encode(), written(self._node.node, self._node.now, [output]))
            put(_name(tool), data, self._node.now, folder=self._folder)


def _name(tool: Tool) -> str:
    return f"{tool.file}.fact"


def _identity(path: str) -> str:
    """Return what is another for each file that was ever in this place."""
    found = os.stat(path)
    return f"{path} {found.st_dev} {found.st_ino} {found.st_size} {found.st_mtime_ns} {found.st_ctime_ns}"


def _digest(cib: bytes) -> str:
    """Return what tells this CIB from those before: its head has the counters of all changes, the time and the origin
    of the last, and the DC; a sum of the rest is for what no counter has counted."""
    import zlib

    return f"{len(cib)} {zlib.crc32(cib)} {cib.partition(b'<configuration')[0]!r}"
