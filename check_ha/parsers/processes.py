"""``ps``: the processes of this node, and the executables that they run."""

from __future__ import annotations

import re
from typing import Dict, List, Optional

from check_ha.model.node import Process, Processes
from check_ha.parsers.errors import ParseError

_TELLS_VERSION = (" --features", " --version", " -v")
_ASKS_SBD = r"(?:\S*/)?sbd .*(?:dump|list)"


def parse_ps(data: bytes) -> Processes:
    """Return the processes of ``ps -e -o pid,ppid,stat,user,etimes,args``; procps 4.0.2::

            PID    PPID STAT USER     ELAPSED COMMAND
              1       0 Ss   root        3671 /sbin/init
             36       1 Tsl  root        3640 corosync -f
             91      89 Ss   haclust+    3638 /usr/lib/pacemaker/pacemaker-based
            104      89 Z    root          12 [pacemaker-attrd] <defunct>

    Before procps 3.3.0 there is no ELAPSED, and the time is not known.
    A list without process 1 does not show the processes of others (``hidepid``): a ParseError, for whatever is
    missing from it may run.
    """
    processes = []
    header, *lines = _rows(data)
    elapsed = r" +([0-9]{1,12})" if "ELAPSED" in header.split() else r"()"
    for line in lines:
        match = re.fullmatch(r" *([0-9]{1,10}) +([0-9]{1,10}) +([A-Za-z])\S* +(\S+)" + elapsed + r" ?(.*)", line)
        if match is None:
            raise ParseError("unknown line of ps", " ".join(line.split(None, 4)[:4]))  # the arguments of others: no
        # pacemakerd that only tells its version, as the checks themselves ask it, is no daemon, nor is sbd that tells
        # what is on a device
        if not match[6].endswith(_TELLS_VERSION) and not _asks_sbd(match[6]):
            seconds = int(match[5]) if match[5] else None
            processes.append(Process(int(match[1]), int(match[2]), match[3], match[4], _program(match[6]), seconds))
    if not any(process.pid == 1 for process in processes):
        raise ParseError("ps does not show the processes of other users (/proc is mounted with hidepid)")
    return Processes(tuple(processes))


def _asks_sbd(command: str) -> bool:
    return "sbd " in command and re.fullmatch(_ASKS_SBD, command.strip()) is not None


def parse_ps_executables(data: bytes) -> Dict[int, Optional[str]]:
    """Return what each process runs, by its id, ``None`` where the user may not know.

    ``ps -e -o pid,exe``, since procps 3.3.17::

     PID EXE
    2680 /usr/sbin/pacemakerd
    2683 /usr/lib/pacemaker/pacemaker-execd (deleted)
    2685 -

    Of nothing there is nothing: who needs a process in it sees that it is not there.
    """
    executables: Dict[int, Optional[str]] = {}
    header, *lines = _lines(data)
    for line in lines if header.split()[:1] in ([], ["PID"]) else (header, *lines):
        match = re.fullmatch(r" *([0-9]{1,10}) +(\S.*)", line)
        if match is None:
            raise ParseError("unknown line of ps", line[:200])
        executables[int(match[1])] = match[2] if match[2].startswith("/") else None
    return executables


def _rows(data: bytes) -> List[str]:
    lines = _lines(data)
    if lines[0].split()[:1] != ["PID"]:
        raise ParseError("not the output of ps", lines[0][:200])
    return lines


def _lines(data: bytes) -> List[str]:
    *lines, last = data.decode("utf-8", "backslashreplace").split("\n")
    if last:
        raise ParseError("the output of ps is cut off")
    return lines or [""]


def _program(command: str) -> str:
    """Return ``corosync`` of ``/usr/sbin/corosync -f``, of ``[corosync] <defunct>``, ``sbd`` of ``sbd: inquisitor``."""
    words = command.split(None, 1)
    if not words:
        return ""
    word = words[0]
    if word.startswith("["):
        return word.strip("[]")
    return word.rsplit("/", 1)[-1].rstrip(":")
