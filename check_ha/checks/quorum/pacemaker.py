"""What Pacemaker makes of the same partition, and where that differs from corosync."""

from __future__ import annotations

from typing import Iterator, Mapping, Optional

from check_ha.checks.quorum.votes import COROSYNC, NO_QUORUM
from check_ha.core.condition import Condition, Severity
from check_ha.core.finding import DAEMON, Finding, Subject, nodes
from check_ha.model.cluster import Cluster
from check_ha.model.corosync import QuorumStatus

NO_DC = Condition("no-dc", Severity.CRITICAL, "No designated controller is elected: nobody acts on failures.")
VIEWS_DIFFER = Condition(
    "views-differ", Severity.WARNING, "Corosync and Pacemaker disagree about quorum or about who is in the partition."
)

CONDITIONS = (NO_DC, VIEWS_DIFFER)

PACEMAKER = Subject(DAEMON, "pacemaker")


def pacemaker_differs(cluster: Cluster, quorum: Optional[QuorumStatus], names: Mapping[int, str]) -> Iterator[Finding]:
    if cluster.dc is None:
        text = "no DC is elected (an election that does not end, or pacemaker is just starting)"
        yield Finding(NO_DC, text, (PACEMAKER,))
        return
    if quorum is None:
        if cluster.with_quorum is False:
            yield Finding(NO_QUORUM, "no quorum according to pacemaker", (PACEMAKER,))
        return
    if cluster.with_quorum is not None and cluster.with_quorum != quorum.quorate:
        one, other = ("quorum", "none") if quorum.quorate else ("no quorum", "some")
        text = f"corosync says that this partition has {one}, pacemaker says that it has {other}"
        yield Finding(VIEWS_DIFFER, text, (COROSYNC, PACEMAKER))
    if quorum.members:
        yield from _members_differ(cluster, quorum, names)


def _members_differ(cluster: Cluster, quorum: QuorumStatus, names: Mapping[int, str]) -> Iterator[Finding]:
    """Find the nodes that one of the two counts in and the other does not.

    With the plugin of corosync 1 Pacemaker knows its nodes by name only: a member without name, or with one that
    only DNS has, may be any of them.
    """
    voting = {str(member.node_id) for member in quorum.members}
    called = {names.get(member.node_id, "") for member in quorum.members}
    known = called <= {node.name for node in cluster.nodes}
    for node in cluster.nodes:
        by_name = not node.id.isdigit()
        if node.type != "member" or (by_name and not known):
            continue
        votes = node.name in called if by_name else node.id in voting
        subjects = (*nodes(node.name), COROSYNC, PACEMAKER)
        if node.online and not votes:
            text = f"{node.name}: online in pacemaker, not in corosync's membership"
            yield Finding(VIEWS_DIFFER, text, subjects)
        elif votes and not node.online:
            text = f"{node.name}: has a vote in corosync, offline in pacemaker"
            yield Finding(VIEWS_DIFFER, f"{text} (pacemaker is stopped there, or cannot join)", subjects)
