"""What runs in another version than is installed, as far as it can be proved."""

from __future__ import annotations

from typing import Iterator, List, Mapping, Optional

from check_ha.checks.daemons.answers import CLUSTER, EXECUTABLES, INSTALLED, here
from check_ha.checks.daemons.faults import daemons
from check_ha.checks.daemons.processes import Daemon
from check_ha.core.condition import UNREADABLE, Condition, Severity
from check_ha.core.evidence import Evidence
from check_ha.core.finding import TOOL, Finding, Subject
from check_ha.model.cluster import Cluster
from check_ha.model.node import Features
from check_ha.sources.tools import PS_EXE

OUTDATED = Condition("outdated", Severity.WARNING, "The version of a daemon that runs is not the installed one.")

_GONE = " (deleted)"
_MEANWHILE = 2
"""Seconds within which both lists of processes were made."""


def replaced(found: List[Daemon], executables: Optional[Mapping[int, Optional[str]]]) -> List[str]:
    """Return the daemons whose executable is no longer on the disk: an upgrade has put another one in its place."""
    return [
        daemon.name
        for daemon in found
        if any(((executables or {}).get(process.pid) or "").endswith(_GONE) for process in daemon.processes or ())
    ]


def not_listed(found: List[Daemon], executables: Optional[Mapping[int, Optional[str]]]) -> List[str]:
    """Return the daemons that this list should have and lacks: it is cut off.

    Process 1 is always in it. Who may know what that runs may know it of all; of others a recording has no daemon. A
    process that was started when the two lists were made, such as a child that is about to become another daemon, need
    not be in both.
    """
    if executables is None or (1 in executables and executables[1] is None):
        return []
    lacking = {
        daemon.label
        for daemon in found
        for one in daemon.processes or ()
        if one.pid not in executables and (one.seconds is None or one.seconds > _MEANWHILE)
    }
    return [daemon.label for daemon in found if daemon.label in lacking]


def pacemaker_outdated(cluster: Optional[Cluster], installed: Optional[Features], name: Optional[str]) -> Iterator[str]:
    """Yield where the Pacemaker that runs on this node is not the one installed.

    Of itself it tells the feature set (2.1.5 and later), and on the DC its version.
    """
    if cluster is None or installed is None:
        return
    version = f"{installed.version}-{installed.build}"
    if cluster.dc and cluster.dc.name == name and cluster.dc.version not in ("", version):
        yield f"{cluster.dc.version} runs, {version} is installed"
        return
    node = next((node for node in cluster.nodes if node.name == name), None)
    # "<3.15.1" is what the DC prints of a node that reports none
    if node and node.feature_set and node.feature_set[0].isdigit() and node.feature_set != installed.feature_set:
        yield f"feature set {node.feature_set} runs, {installed.feature_set} ({version}) is installed"


def outdated(evidence: Evidence, found: List[Daemon]) -> Iterator[Finding]:
    names = replaced(found, evidence.get(EXECUTABLES))
    differs = "".join(pacemaker_outdated(evidence.get(CLUSTER), evidence.get(INSTALLED), here(evidence)))
    advice = (
        "it seems that it was upgraded and not restarted: while all other nodes are online, "
        "restart the cluster software on this node"
    )
    if names:
        what = "runs an executable that is" if len(names) == 1 else "run executables that are"
        text = f"{', '.join(names)} {what} no longer on the disk{f' ({differs})' if differs else ''}"
        yield Finding(OUTDATED, text, daemons(*names), advice)
    elif differs:
        yield Finding(OUTDATED, f"pacemaker is not the installed version: {differs}", daemons("pacemaker"), advice)
    yield from _not_compared(evidence, found)


def _not_compared(evidence: Evidence, found: List[Daemon]) -> Iterator[Finding]:
    """Yield which of the two lists of versions is cut off; that there is none is no fault."""
    absent = not_listed(found, evidence.get(EXECUTABLES))
    if absent:
        text = f"ps -o pid,exe: the list is cut off, it lacks {', '.join(absent)}"
        yield Finding(UNREADABLE, text, (Subject(TOOL, PS_EXE.label),))
    failure = evidence.failed.get(INSTALLED.tool)
    if failure is not None and failure.condition is UNREADABLE:
        yield failure
