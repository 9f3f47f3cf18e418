"""The votes as Pacemaker counts them, where corosync 1 has no quorum provider and so counts none."""

from __future__ import annotations

from typing import Mapping, Optional

from check_ha.model.cluster import Cluster
from check_ha.model.corosync import CorosyncMap, Member, QuorumStatus

OWN = "pacemaker"
"""In place of the name of corosync's quorum provider."""


def own_count(cluster: Cluster, cmap: Optional[CorosyncMap], names: Mapping[int, str]) -> Optional[QuorumStatus]:
    """Return the votes as Pacemaker counts them with the plugin of corosync 1: a node has one, the majority is quorum.

    ``None`` where it says nothing of them.
    """
    expected, quorate = cluster.expected_votes, cluster.with_quorum
    if expected is None or quorate is None:
        return None
    joined = [one.node_id for one in cmap.members if one.joined] if cmap else []
    members = tuple(Member(one, 1, names.get(one, "")) for one in joined)
    online = sum(node.online for node in cluster.nodes if node.type not in ("remote", "ping"))
    return QuorumStatus(
        quorate=quorate,
        node_id=None,
        ring_id="",
        expected_votes=expected,
        highest_expected=None,
        total_votes=len(members) or online,
        quorum=expected // 2 + 1,
        flags=("Quorate",) if quorate else (),
        activity_blocked=not quorate,
        members=members,
        provider=OWN,
    )
