"""What the views amount to, in words: for the first line, and for -v."""

from __future__ import annotations

from typing import Sequence

from check_ha.core.wording import count, joined, some
from check_ha.model.view import STOPPED, View
from check_ha.multinode.cluster_state import ClusterState
from check_ha.multinode.node_names import ClusterNodes
from check_ha.multinode.partitions import Partition

_QUORUM = {True: "quorate", False: "no quorum", None: "quorum not known"}


_ROOM = 260
"""Characters of what is said of all sides together: with what comes before it is not cut off in a line."""


def sides(partitions: Sequence[Partition]) -> str:
    """Return what each side is and runs, with as many of its nodes by name as there is room for."""
    text = ""
    for most in (8, 5, 4, 3, 2, 1):
        text = " against ".join(described(one, most) for one in partitions)
        if len(text) <= _ROOM:
            break
    return text


def described(one: Partition, most: int = 8) -> str:
    """Return ``node1 and node2 (quorate, DC node1, runs 5 resources)``; of many nodes so many names.

    Of one name it is that of the DC: ``15 nodes (quorate, DC node1, runs 5 resources)``.
    """
    label = count(len(one.nodes), "node") if most == 1 and one.dcs else some(one.nodes, max(2, most))
    return f"{label} ({standing(one, most)})"


def standing(one: Partition, most: int = 8) -> str:
    """Return ``quorate, DC node1, runs 5 resources``."""
    quorum = f"corosync frozen on {some(one.frozen, max(2, most))}" if one.frozen else _QUORUM[one.quorate]
    dc = f"DC {one.dcs[0]}" if one.dcs else "no DC" if one.leaderless else "DC not known"
    runs = f"runs {count(len(one.runs), 'resource')}" if one.runs else "runs nothing"
    if not one.runs and not one.idle:
        runs = "what it runs is not known"
    return f"{quorum}, {dc}, {runs}"


def summary(state: ClusterState, cluster: ClusterNodes) -> str:
    """Return what was looked at, for the OK line."""
    texts = []
    for one in state.partitions:
        members = sorted(one.members) if len(state.partitions) == 1 else one.nodes
        dc = f"DC {one.dcs[0]}" if one.dcs else "no DC"
        word = "are one partition" if len(members) > 1 else "is alone"
        texts.append(f"{some(members)} {word}, {_QUORUM[one.quorate]}, {dc}")
    once = sum(len(nodes) < 2 for nodes in state.active_on.values())
    texts.append(f"{count(once, 'resource')} on one node each")
    for address, owners in state.owners.items():
        carriers = state.carriers.get(address, ())
        texts.append(f"{address} ({', '.join(owners)}) on {some([one.node for one in carriers])}")
    stopped = [node for node, view in cluster.views.items() if view.daemons.pacemaker == STOPPED]
    stopped = [node for node in stopped if node not in state.corosync_stopped]
    for daemon, names in (("corosync", state.corosync_stopped), ("pacemaker", stopped)):
        texts += [f"{daemon} does not run on {some(names)}"] if names else []
    return "; ".join(texts)


def view_line(node: str, view: View) -> str:
    """Return what this node says, for -v."""
    corosync, pacemaker = view.corosync, view.pacemaker
    texts = [f"corosync {view.daemons.corosync or 'not known'}, pacemaker {view.daemons.pacemaker or 'not known'}"]
    if corosync:
        members = joined([member.name for member in corosync.members]) if corosync.members else "unknown members"
        texts.append(f"ring {corosync.ring_id or 'not known'} of {members}, {_QUORUM[corosync.quorate]}")
    if pacemaker:
        here = [one.id for one in pacemaker.resources if node in one.nodes]
        texts.append(
            f"DC {pacemaker.dc or 'none'}, CIB {view.cib_epoch or 'not known'}, runs {', '.join(here) or 'nothing'}"
        )
    vips = {address for vip in view.vips or () for address in vip.addresses}
    carried = [one.address for one in view.addresses or () if one.address in vips]
    texts.append(f"carries {', '.join(carried) or 'no virtual address it knows of'}")
    return "; ".join(texts)
