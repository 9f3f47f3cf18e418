"""What tools say, in the words of their versions."""

from __future__ import annotations

from typing import Any, Dict, Optional

from check_ha.sources.tools import HUNG, MISSING, PS, Output, Tool


def output(tool: Tool, status: Optional[int] = 0, stdout: str = "", stderr: str = "", **more: Any) -> Output:
    """The output of one run of this tool, by user nagios."""
    given: Dict[str, Any] = {"argv": tool.argv, "seconds": 0.01, "limit": 8.0, "user": "nagios"}
    return Output(tool=tool, status=status, stdout=stdout.encode(), stderr=stderr, **{**given, **more})


def missing(tool: Tool) -> Output:
    return output(tool, None, fault=MISSING)


def hung(tool: Tool) -> Output:
    return output(tool, None, fault=HUNG)


def at_work(tool: Tool) -> Output:
    """One that was killed while it worked."""
    return output(tool, None, fault=HUNG, worked=7.4)


def with_sudo(tool: Tool, **more: Any) -> Output:
    return output(tool, 1, argv=("/usr/bin/sudo", "-n", f"/usr/sbin/{tool.name}", *tool.argv[1:]), **more)


def processes(*daemons: str, user: str = "root", first: bool = True) -> Output:
    """``ps`` with these processes; without the first one, as where /proc is mounted with hidepid."""
    lines = ["    PID    PPID STAT USER     COMMAND", *(["      1       0 Ss   root     /sbin/init splash"] * first)]
    lines += [f"  {number}       1 Ssl  {user:<8} {daemon}" for number, daemon in enumerate(daemons, start=700)]
    return output(PS, stdout="\n".join([*lines, f"   4711     900 R    {user:<8} ps -e", ""]))
