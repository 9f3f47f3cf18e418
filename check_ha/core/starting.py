"""Whether the cluster software of this node was started so recently that nothing can be up yet.

pacemakerd starts its daemons; then the controller waits ``dc-deadtime`` for a DC to answer before it calls an election
(20 s unless the CIB has another value; 2 s are usual in tests). Until then crm_mon shows no DC and every node as
UNCLEAN, and before that no tool can connect. A normal start must page nobody, one that does not end must: every check
asks here, and what it finds wrong is what it always was once that time is over.

A daemon that is frozen, or does not answer, is no start. Nor is a Pacemaker without Corosync.
"""

from __future__ import annotations

import functools
import re
from typing import Mapping, Optional, Sequence

from check_ha.core.condition import STARTING
from check_ha.core.finding import DAEMON, Finding, Subject
from check_ha.core.processes import Ages, processes_of_root
from check_ha.core.wording import age
from check_ha.sources.tools import CFGTOOL, CIBADMIN, CMAPCTL, COROSYNC, CRM_MON, PS, QUORUMTOOL, Output, Tool

_DC_DEADTIME = 20
"""Seconds; what Pacemaker takes when the CIB says nothing (1.1 to 3.0)."""
_START = 20
"""Seconds that starting the daemons, the election and joining may take beside that."""
_COROSYNC_ALONE = 10
"""Seconds from the start of corosync to that of Pacemaker."""
_BOOT = 60
"""Seconds from the start of init to that of corosync."""
_INIT = ("systemd", "init")
_UNITS = {"": 1.0, "s": 1.0, "sec": 1.0, "ms": 0.001, "msec": 0.001, "m": 60.0, "min": 60.0, "h": 3600.0, "hr": 3600.0}


def no_dc(outputs: Mapping[Tool, Output]) -> bool:
    """Return whether crm_mon shows a cluster that has no DC."""
    output = outputs.get(CRM_MON)
    return output is not None and _shows_no_dc(output.stdout)


def _shows_no_dc(document: bytes) -> bool:
    start = document.find(b"<current_dc")
    return start >= 0 and b' present="false"' in document[start : start + 4096].partition(b">")[0]


def unsettled(outputs: Mapping[Tool, Output]) -> bool:
    """Return whether a tool shows what is normal for a moment after the start.

    That is no DC, no quorum, or a cluster that has begun to start its resources within the last minute or two.
    """
    cluster, quorum = outputs.get(CRM_MON), outputs.get(QUORUMTOOL)
    return (cluster is not None and _unsettled(cluster.stdout)) or (
        quorum is not None and re.search(rb"^Quorate:\s+No", quorum.stdout, re.MULTILINE) is not None
    )


def link_down(outputs: Mapping[Tool, Output]) -> bool:
    """Return whether a link is not up, or a node no member, as for a second or two after corosync has started."""
    links, members = outputs.get(CFGTOOL), outputs.get(CMAPCTL)
    if links is not None and re.search(rb"\bdisconnected\b|\bconnected:0", links.stdout):
        return True
    return members is not None and _incomplete(members.stdout)


def _incomplete(document: bytes) -> bool:
    """Return whether this map has fewer members that have joined than nodes."""
    nodes = set(re.findall(rb"^nodelist\.node\.([0-9]+)\.", document, re.MULTILINE))
    joined = re.findall(
        rb"^runtime\.(?:totem\.pg\.mrp\.srp\.)?members\.[0-9]+\.status .*= joined$", document, re.MULTILINE
    )
    return len(joined) < len(nodes)


@functools.lru_cache(maxsize=1)
def _unsettled(document: bytes) -> bool:
    """Return that of this document of crm_mon; kept, for every check of a run asks of one that may have megabytes."""
    return _shows_no_dc(document) or b'with_quorum="false"' in document or _without_past(document)


def _without_past(document: bytes) -> bool:
    """Return whether all is not up, and every action in this document of crm_mon is of the last two minutes.

    ``last_update time="Sat Nov 28 15:30:16 2026"``, ``last-rc-change="Sat Nov 28 15:30:15 2026"``: their minutes are
    enough to tell whether the process list is worth asking.
    """
    promoted = b'role="Promoted"' in document or b'role="Master"' in document
    if b'role="Stopped"' not in document and (promoted or b'multi_state="true"' not in document):
        return False
    now = re.search(rb"<last_update time=\"[^\"]*?([0-9]+):([0-9]+):", document)
    if now is None:
        return False
    then = set(re.findall(rb"last-rc-change=\"[^\"]*?([0-9]+):([0-9]+):", document))
    return all((_minutes(now.groups()) - _minutes(one)) % 1440 in (0, 1) for one in then)


def _minutes(clock: Sequence[bytes]) -> int:
    return 60 * int(clock[0]) + int(clock[1])


def starting(outputs: Mapping[Tool, Output]) -> Optional[Finding]:
    """Return the finding that Pacemaker was just started on this node and may still be without DC; None: it was not."""
    return _started(outputs.get(PS), _dc_deadtime(outputs.get(CIBADMIN)) + _START)


def linking(outputs: Mapping[Tool, Output]) -> Optional[Finding]:
    """Return the same as long as the links of corosync may still be coming up; None: they should be up."""
    ages = processes_of_root(outputs.get(PS)) or {}
    corosync = ages.get("corosync")
    return _started(outputs.get(PS), _COROSYNC_ALONE) if corosync is not None and corosync <= _COROSYNC_ALONE else None


def connecting(processes: Optional[Output], family: str) -> Optional[Finding]:
    """Return the same where the tools of that family cannot connect, as they cannot before the daemons are up."""
    ages = processes_of_root(processes) or {}
    if family == COROSYNC and _launcher(ages):
        return None  # Pacemaker is started when corosync answers
    return _started(processes, _START)


def not_ready(seconds: Optional[float]) -> str:
    """Return what is said of a pacemakerd that was started so many seconds ago."""
    return f"pacemaker was started {age(seconds)} on this node and is not ready yet"


def _started(processes: Optional[Output], limit: float) -> Optional[Finding]:
    ages = processes_of_root(processes) or {}
    launcher = _launcher(ages)
    pacemaker, corosync = ages.get(launcher), ages.get("corosync")
    booted = next((ages[name] for name in _INIT if name in ages), None)
    if launcher:
        young = "corosync" in ages and pacemaker is not None and pacemaker <= limit
        text = not_ready(pacemaker)
    elif "corosync" in ages:
        young = corosync is not None and corosync <= _COROSYNC_ALONE
        text = f"corosync was started {age(corosync)} on this node, pacemaker is not up yet"
    else:
        young = booted is not None and booted <= _BOOT
        text = f"this node was booted {age(booted)}, corosync is not up yet"
    return Finding(STARTING, text, (Subject(DAEMON, "pacemaker"), Subject(DAEMON, "corosync"))) if young else None


def _launcher(ages: Ages) -> str:
    """Return which process tells since when Pacemaker runs: pacemakerd, or what corosync 1 has started without it."""
    return next((name for name in ("pacemakerd", "lrmd") if name in ages), "")


def _dc_deadtime(cib: Optional[Output]) -> float:
    """Return the value of ``<nvpair id="..." name="dc-deadtime" value="2s"/>``, in seconds."""
    named = cib is not None and cib.status == 0 and b'"dc-deadtime"' in cib.stdout  # megabytes of it are the status
    pair = re.search(rb"<nvpair\s[^>]*name=\"dc-deadtime\"[^>]*>", cib.stdout) if cib and named else None
    value = re.search(rb"\svalue=\"([0-9]{1,6})([a-z]*)\"", pair.group()) if pair else None
    unit = _UNITS.get(value[2].decode()) if value else None
    return _DC_DEADTIME if value is None or unit is None else int(value[1]) * unit
