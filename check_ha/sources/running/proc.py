"""What /proc tells of the processes that a run has started."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import time

from check_ha.sources.running.command import MARK

TYPE_CHECKING = False  # without typing, which takes 3 ms
if TYPE_CHECKING:
    from typing import Iterator


def kill_marked(mark: str) -> None:
    """End every process that carries our mark in its environment: children that left the process group.

    But for the one that ssh leaves behind on purpose (ControlPersist), for those that come after this run.
    """
    wanted = f"{MARK}={mark}".encode()
    for _ in range(20):
        marked = [pid for pid in os.listdir("/proc") if pid.isdigit() and wanted in _proc(pid, "environ")]
        found = [pid for pid in marked if not re.match(rb"ssh: [^\0]* \[mux\]", _proc(pid, "cmdline"))]
        if not found:
            return
        for pid in found:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(int(pid), signal.SIGKILL)
        time.sleep(0.01)


def work_of(pid: int) -> float:
    """Return the CPU seconds of a tool that is running at this moment; 0 where it waits, or /proc does not tell.

    ``1234 (crm_mon) R 1 1234 1234 0 -1 4194304 2000 0 0 0 712 31 0 0 20 ...``: the state, and as fields 14 and 15 user
    and system time. Of a tool that sudo runs it is a child that works.
    """
    found = [_proc(str(one), "stat").rpartition(b")")[2].split() for one in (pid, *_children(pid))]
    ticks = sum(sum(map(int, fields[11:13])) for fields in found)
    return round(ticks / os.sysconf("SC_CLK_TCK"), 2) if any(fields[:1] == [b"R"] for fields in found) else 0.0


def _children(pid: int, depth: int = 3) -> Iterator[int]:
    for child in map(int, _proc(str(pid), f"task/{pid}/children").split() if depth else ()):
        yield child
        yield from _children(child, depth - 1)


def _proc(pid: str, name: str) -> bytes:
    try:
        with open(f"/proc/{pid}/{name}", "rb") as file:
            return file.read()
    except OSError:
        return b""
