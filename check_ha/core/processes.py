"""What the process list proves when a tool cannot reach its daemon: which daemons run, and since when."""

from __future__ import annotations

from typing import Dict, Optional, Sequence, Tuple

from check_ha.core.condition import NOT_RUNNING
from check_ha.core.finding import DAEMON, TOOL, Finding, Subject
from check_ha.core.wording import are, joined
from check_ha.sources.tools import COROSYNC, Output

REMOTE_DAEMONS = ("pacemaker-remoted", "pacemaker_remoted")
"""Of a Pacemaker Remote node: 2.0 and later; 1.1."""
WHY_STOPPED = "see why it does not run (stopped on purpose, failed, not started at boot) before you start it"
STATUS = ("systemctl status corosync pacemaker",)
_NO_SYSTEMD = "see in the log why it does not run (stopped on purpose, or failed) before you start it"
_RECONNECT = "on a cluster node: see crm_mon for the resource that connects, and clean it up once the cause is fixed"

Ages = Dict[str, Optional[int]]
"""By program, the seconds since the oldest process of that name was started; ``None``: this ``ps`` does not say."""


def processes_of_root(processes: Optional[Output]) -> Optional[Ages]:
    """Return what root runs; None where there is no list, or one that hides processes.

    The daemons are root's: a process of somebody else that calls itself so proves nothing. Neither does one that only
    tells its version, as the checks themselves ask pacemakerd and corosync to.
    """
    if processes is None or processes.status != 0:
        return None
    header, *lines = processes.stdout.decode("utf-8", "backslashreplace").splitlines() or [""]
    columns = header.split()
    if "COMMAND" not in columns:
        return None
    at = columns.index("COMMAND")
    rows = [words for words in (line.split(None, at) for line in lines) if len(words) == at + 1]
    if not any(words[0] == "1" for words in rows):
        return None  # /proc is mounted with hidepid
    ages: Ages = {}
    for words in rows:
        if words[3] == "root" and not words[at].endswith((" --features", " --version", " -v")):
            name = words[at].split()[0].rsplit("/", 1)[-1]
            seconds = int(words[4]) if at == 5 and words[4].isdigit() else None
            ages[name] = max((age for age in (ages.get(name), seconds) if age is not None), default=None)
    return ages


def not_running(families: Sequence[str], tools: Sequence[Subject], reason: str, processes: Optional[Output]) -> Finding:
    """Return that the daemons of these families do not run here, and where it is seen why.

    Where a peer may still run the resources nothing is proven by this node: so no start is advised.
    """
    found = processes_of_root(processes) or {}
    subjects = (*(Subject(DAEMON, family) for family in families), *tools)
    if COROSYNC not in found and not found.keys().isdisjoint(REMOTE_DAEMONS):
        text = f"no cluster node is connected to this Pacemaker Remote node ({_why(tools, reason)})"
        return Finding(NOT_RUNNING, text, subjects, _RECONNECT, reason=reason)
    # an init, and nothing of systemd's beside it: a host older than systemd, as one with corosync 1 is
    old = "init" in found and not any(name.startswith("systemd") for name in found)
    old = old or any(tool.name.startswith("corosync-objctl") for tool in tools)
    advice, commands = (_NO_SYSTEMD, ()) if old else (WHY_STOPPED, STATUS)
    return Finding(NOT_RUNNING, _text(families, tools, reason), subjects, advice, commands, reason=reason)


def stopped_together(found: Sequence[Finding]) -> Tuple[Finding, ...]:
    """Return these findings, with corosync and Pacemaker that do not run as one: Pacemaker ends with corosync."""
    stopped = [one for one in found if one.condition is NOT_RUNNING]
    if len(stopped) < 2:
        return tuple(found)
    subjects = sorted(dict.fromkeys(part for one in stopped for part in one.subjects), key=lambda one: one.kind == TOOL)
    families = [one.name for one in subjects if one.kind == DAEMON]
    tools = [one for one in subjects if one.kind == TOOL]
    reasons = {one.reason for one in stopped}
    text = _text(families, tools, stopped[0].reason if len(reasons) == 1 else "cannot connect")
    whole = stopped[0]._replace(text=text, subjects=tuple(subjects))
    return tuple(whole if one is stopped[0] else one for one in found if one not in stopped[1:])


def _text(families: Sequence[str], tools: Sequence[Subject], reason: str) -> str:
    return f"{joined(families)} {are(families)} not running on this node ({_why(tools, reason)})"


def _why(tools: Sequence[Subject], reason: str) -> str:
    names = dict.fromkeys(tool.name for tool in tools)
    return f"{', '.join(names)}: {reason}" if names else reason
