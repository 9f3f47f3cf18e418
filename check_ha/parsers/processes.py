"""``ps``: the processes of this node, and the executables that they run."""

import re
from typing import Dict, List

from check_ha.model.node import Process, Processes
from check_ha.parsers.errors import ParseError

_TELLS_VERSION = (" --features", " --version", " -v")


def parse_processes(data: bytes) -> Processes:
    """``ps -e -o pid,ppid,stat,user,args``; procps 4.0.2::

            PID    PPID STAT USER     COMMAND
              1       0 Ss   root     /sbin/init
             36       1 Tsl  root     corosync -f
             91      89 Ss   haclust+ /usr/lib/pacemaker/pacemaker-based
            104      89 Z    root     [pacemaker-attrd] <defunct>

    A list without process 1 does not show the processes of others (``hidepid``): a ParseError, for whatever is
    missing from it may run.
    """
    processes = []
    for line in _rows(data, "PID"):
        match = re.fullmatch(r" *([0-9]{1,10}) +([0-9]{1,10}) +([A-Za-z])\S* +(\S+) ?(.*)", line)
        if match is None:
            raise ParseError("unknown line of ps", " ".join(line.split(None, 4)[:4]))  # the arguments of others: no
        # pacemakerd that only tells its version, as the checks themselves ask it, is no daemon
        if not match[5].endswith(_TELLS_VERSION):
            processes.append(Process(int(match[1]), int(match[2]), match[3], match[4], _program(match[5])))
    if not any(process.pid == 1 for process in processes):
        raise ParseError("ps does not show the processes of other users (/proc is mounted with hidepid)")
    return Processes(tuple(processes))


def parse_executables(data: bytes) -> Dict[int, str]:
    """``ps -e -o pid,exe`` (since procps 3.3.17): by process id what it runs, where the user may know::

     PID EXE
    2680 /usr/sbin/pacemakerd
    2683 /usr/lib/pacemaker/pacemaker-execd (deleted)
    2685 -
    """
    executables = {}
    for line in _rows(data, "PID"):
        match = re.fullmatch(r" *([0-9]{1,10}) +(\S.*)", line)
        if match is None:
            raise ParseError("unknown line of ps", line[:200])
        if match[2].startswith("/"):
            executables[int(match[1])] = match[2]
    return executables


def _rows(data: bytes, header: str) -> List[str]:
    lines = data.decode("utf-8", "backslashreplace").split("\n")
    if lines[0].split()[:1] != [header]:
        raise ParseError("not the output of ps", lines[0][:200])
    last = lines.pop()
    if last:
        raise ParseError("the output of ps is cut off")
    return lines[1:]


def _program(command: str) -> str:
    """``corosync`` of ``/usr/sbin/corosync -f``, of ``[corosync] <defunct>``, ``sbd`` of ``sbd: inquisitor``."""
    words = command.split(None, 1)
    if not words:
        return ""
    word = words[0]
    if word.startswith("["):
        return word.strip("[]")
    return word.rsplit("/", 1)[-1].rstrip(":")
