"""What the views lack for a comparison: a part that a node could not tell, or one and the same time."""

from __future__ import annotations

from typing import Dict, Iterator, List, Optional, Sequence, Set, Tuple

from check_ha.core.condition import Condition, Severity
from check_ha.core.finding import Finding, nodes
from check_ha.core.wording import some
from check_ha.model.view import CutView, View
from check_ha.multinode.agreement import furthest, span
from check_ha.multinode.cluster_state import ClusterState
from check_ha.multinode.node_names import ClusterNodes, in_each_look
from check_ha.multinode.partitions import Partition, dc_unknown, tells_nothing_of_pacemaker
from check_ha.multinode.placement import cib_version
from check_ha.sources.tools import CIBADMIN, CMAPCTL, CRM_MON, IP_ADDR, QUORUMTOOL, Tool

INCOMPLETE = Condition("incomplete", Severity.UNKNOWN, "A view lacks what is compared; its reason is given.")
APART = Condition(
    "apart", Severity.UNKNOWN,
    "Views were made more than a minute apart, or two clocks differ by that much: only the time may differ.",
)  # fmt: skip

FAR_APART = 60.0
"""Seconds, by which no two views of one run are apart."""


def incomplete_views(
    cluster: ClusterNodes, state: ClusterState, earlier: Optional[ClusterNodes] = None
) -> Iterator[Finding]:
    """Yield what could not be compared, and why."""
    yield from _incomplete(cluster, state)
    yield from _list_less(cluster, state, earlier)
    yield from _apart_in_time(cluster)


def _incomplete(cluster: ClusterNodes, state: ClusterState) -> Iterator[Finding]:
    """Yield what a node that answered could not tell, as far as no other node of its partition has told it."""
    views = cluster.views
    for node in state.partition_unknown:
        yield _lacks(node, views[node], "which partition it is in", QUORUMTOOL, CMAPCTL, CRM_MON)
    for partition in state.partitions:
        inside = {node: views[node] for node in partition.nodes}
        yield from _partition_lacks(partition, inside)
    for node, view in views.items():
        if view.addresses is None:
            yield _lacks(node, view, "its addresses", IP_ADDR)
    yield from _cut(views)


def _cut(views: Dict[str, View]) -> Iterator[Finding]:
    """Yield what there was no room for in the views: of most nodes of a large cluster the same."""
    senders: Dict[CutView, List[str]] = {}
    for node, view in views.items():
        for cut in view.cut:
            if cut.field in ("resources", "vips", "nodes", "members", "addresses"):
                senders.setdefault(cut, []).append(node)
    for cut, names in senders.items():
        text = f"{some(names)} sent {cut.kept} of {cut.total} {cut.field}: there was no room for more"
        yield Finding(INCOMPLETE, text, nodes(*names))


def _partition_lacks(partition: Partition, inside: Dict[str, View]) -> Iterator[Finding]:
    first, view = next(iter(inside.items()))
    silent = [(node, view) for node, view in inside.items() if tells_nothing_of_pacemaker(view)]
    if len(silent) == len(inside):
        yield _lacks(first, view, "what runs there", CRM_MON)
        return
    yield from (_lacks(node, view, "what its Pacemaker sees", CRM_MON) for node, view in silent)
    for node, one in inside.items():
        if one.pacemaker and dc_unknown(one.pacemaker):
            yield _lacks(node, one, "which node is the DC", CRM_MON)
        if one.pacemaker and not one.pacemaker.nodes:
            yield _lacks(node, one, "which nodes Pacemaker has", CRM_MON)
    if any(one.pacemaker for one in inside.values()) and not any(one.vips is not None for one in inside.values()):
        yield _lacks(first, view, "the virtual addresses", CIBADMIN, CRM_MON)
    if partition.quorate is None and not partition.frozen:
        yield _lacks(first, view, "whether it has quorum", QUORUMTOOL, CRM_MON)
    for node, view in inside.items() if len(inside) > 1 else ():
        if view.pacemaker and view.pacemaker.dc and not cib_version(view.cib_epoch):
            yield _lacks(node, view, "the version of its CIB", CIBADMIN)


def _list_less(cluster: ClusterNodes, state: ClusterState, earlier: Optional[ClusterNodes]) -> Iterator[Finding]:
    """Yield the nodes that list less than others do out of the same CIB, in each look: a role of ACLs may hide it."""
    for partition in state.partitions:
        for node, names in in_each_look(_missing, partition.nodes, cluster, earlier):
            text = f"{node} does not list {some(names)}, which others list out of the same CIB"
            yield Finding(INCOMPLETE, text, nodes(node), advice=f"see what check_ha_view prints on {node}")


def _missing(partition: Sequence[str], views: Dict[str, View]) -> Dict[str, List[str]]:
    """Return by node the nodes and active resources that others have in a view of the same CIB, by the same DC."""
    alike: Dict[Tuple[Optional[str], str], Dict[str, Set[str]]] = {}
    for node in partition:
        view = views.get(node)
        told = view.pacemaker if view and cib_version(view.cib_epoch) and not view.cut else None
        if view and told and told.dc and told.nodes:
            names = {one.name for one in told.nodes} | {one.id for one in told.resources}
            alike.setdefault((view.cib_epoch, told.dc), {})[node] = names
    return {
        node: sorted(set().union(*those.values()) - own)
        for those in alike.values() for node, own in those.items()
    }  # fmt: skip


def _apart_in_time(cluster: ClusterNodes) -> Iterator[Finding]:
    """Live views are made within one run: such a view is an old one that was kept, or recorded, or a clock is wrong."""
    seconds, ahead, behind = furthest(cluster.answered)
    if seconds > FAR_APART:
        text = f"the views of {behind} and {ahead} were made {span(seconds)} apart, or their clocks differ by that"
        yield Finding(APART, text, nodes(behind, ahead), advice="check_ha_drift tells whether a clock is wrong")


def _lacks(node: str, view: View, what: str, *tools: Tool) -> Finding:
    failed = view.why(*(tool.file for tool in tools))
    reason = failed.text if failed else "it does not say why"
    return Finding(INCOMPLETE, f"{node} cannot tell {what}: {reason}", nodes(node))
