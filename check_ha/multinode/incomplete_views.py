"""What the views of a cluster lack for a comparison: a part that a node could not tell, or one and the same time."""

from __future__ import annotations

from typing import Iterator

from check_ha.core.condition import Condition, Severity
from check_ha.core.finding import Finding
from check_ha.model.view import STOPPED, View
from check_ha.multinode.agreement import furthest, span
from check_ha.multinode.node_names import Roster
from check_ha.multinode.partitions import Belief
from check_ha.sources.tools import CIBADMIN, CMAPCTL, CRM_MON, IP_ADDR, QUORUMTOOL, Tool

INCOMPLETE = Condition("incomplete", Severity.UNKNOWN, "A view lacks what is compared; its reason is given.")
APART = Condition(
    "apart", Severity.UNKNOWN,
    "Views were made more than a minute apart, or the clocks of two nodes are: what differs may be time alone.",
)  # fmt: skip

FAR_APART = 60.0
"""Seconds, by which no two views of one run are apart."""


def lacking(roster: Roster, belief: Belief) -> Iterator[Finding]:
    """All of it."""
    yield from _incomplete(roster, belief)
    yield from _apart_in_time(roster)


def _incomplete(roster: Roster, belief: Belief) -> Iterator[Finding]:
    """What a node that answered could not tell, as far as no other node of its partition has told it."""
    views = roster.views
    for node in belief.dark:
        yield _lacks(node, views[node], "which partition it is in", QUORUMTOOL, CMAPCTL, CRM_MON)
    for partition in belief.partitions:
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
                yield Finding(
                    INCOMPLETE, f"{node} sent {cut.kept} of {cut.total} {cut.field}: there was no room for more"
                )


def _apart_in_time(roster: Roster) -> Iterator[Finding]:
    """Live views are made within one run: such a view is an old one that was kept, or recorded, or a clock is wrong."""
    seconds, ahead, behind = furthest(roster.heard)
    if seconds > FAR_APART:
        text = (
            f"{span(seconds)} lie between the views of {behind} and {ahead}, or between their clocks (check_ha_drift)"
        )
        yield Finding(APART, text)


def _lacks(node: str, view: View, what: str, *tools: Tool) -> Finding:
    trouble = view.why(*(tool.file for tool in tools))
    return Finding(INCOMPLETE, f"{node} cannot tell {what}: {trouble.text if trouble else 'it does not say why'}")
