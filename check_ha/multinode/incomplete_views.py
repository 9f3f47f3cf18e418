"""What the views lack for a comparison: a part that a node could not tell, or one and the same time."""

from __future__ import annotations

from typing import Iterator

from check_ha.core.condition import Condition, Severity
from check_ha.core.finding import Finding, nodes
from check_ha.model.view import STOPPED, View
from check_ha.multinode.agreement import furthest, span
from check_ha.multinode.node_names import ClusterNodes
from check_ha.multinode.partitions import ClusterState
from check_ha.sources.tools import CIBADMIN, CMAPCTL, CRM_MON, IP_ADDR, QUORUMTOOL, Tool

INCOMPLETE = Condition("incomplete", Severity.UNKNOWN, "A view lacks what is compared; its reason is given.")
APART = Condition(
    "apart", Severity.UNKNOWN,
    "Views were made more than a minute apart, or the clocks of two nodes are: what differs may be time alone.",
)  # fmt: skip

FAR_APART = 60.0
"""Seconds, by which no two views of one run are apart."""


def incomplete_views(cluster: ClusterNodes, state: ClusterState) -> Iterator[Finding]:
    """Yield what could not be compared, and why."""
    yield from _incomplete(cluster, state)
    yield from _apart_in_time(cluster)


def _incomplete(cluster: ClusterNodes, state: ClusterState) -> Iterator[Finding]:
    """Yield what a node that answered could not tell, as far as no other node of its partition has told it."""
    views = cluster.views
    for node in state.partition_unknown:
        yield _lacks(node, views[node], "which partition it is in", QUORUMTOOL, CMAPCTL, CRM_MON)
    for partition in state.partitions:
        inside = [views[node] for node in partition.nodes]
        if not any(view.pacemaker or view.daemons.pacemaker == STOPPED for view in inside):
            yield _lacks(partition.nodes[0], inside[0], "what runs there", CRM_MON)
        elif any(view.pacemaker for view in inside) and not any(view.vips is not None for view in inside):
            yield _lacks(partition.nodes[0], inside[0], "the virtual addresses", CIBADMIN, CRM_MON)
    for node, view in views.items():
        if view.addresses is None:
            yield _lacks(node, view, "its addresses", IP_ADDR)
        for cut in view.cut:
            if cut.field in ("resources", "vips", "nodes", "members", "addresses"):
                text = f"{node} sent {cut.kept} of {cut.total} {cut.field}: there was no room for more"
                yield Finding(INCOMPLETE, text, nodes(node))


def _apart_in_time(cluster: ClusterNodes) -> Iterator[Finding]:
    """Live views are made within one run: such a view is an old one that was kept, or recorded, or a clock is wrong."""
    seconds, ahead, behind = furthest(cluster.answered)
    if seconds > FAR_APART:
        text = f"the views of {behind} and {ahead} were made {span(seconds)} apart, or their clocks differ by that"
        yield Finding(APART, text, nodes(behind, ahead), advice="check_ha_drift tells whether a clock is wrong")


def _lacks(node: str, view: View, what: str, *tools: Tool) -> Finding:
    failed = view.why(*(tool.file for tool in tools))
    return Finding(
        INCOMPLETE, f"{node} cannot tell {what}: {failed.text if failed else 'it does not say why'}", nodes(node)
    )
