"""What the fence history proves: fencings that failed, are due, are under way, or succeeded not long ago."""

from __future__ import annotations

from typing import Iterator, Sequence, Tuple

from check_ha.cluster.fence_history import Fencing
from check_ha.cluster.nodes import may_act
from check_ha.core.condition import REMOTE_NODE, UNREADABLE, Condition, Severity
from check_ha.core.finding import DAEMON, TOOL, Finding, Subject, nodes
from check_ha.core.wording import are, listed, them
from check_ha.model.cluster import Cluster, FenceEvent, Node

FENCE_FAILED = Condition(
    "fence-failed", Severity.CRITICAL, "A node could not be fenced, and no newer fencing of it succeeded."
)
FENCE_DUE = Condition("fence-due", Severity.CRITICAL, "A node is UNCLEAN and nobody has tried to fence it.")
FENCE_PENDING = Condition("fence-pending", Severity.WARNING, "A node is being fenced.")
FENCED_RECENTLY = Condition("fenced-recently", Severity.WARNING, "A node was fenced within --max-age.")

CONDITIONS = (FENCE_FAILED, FENCE_DUE, FENCE_PENDING, FENCED_RECENTLY)


def not_readable(cluster: Cluster, here: str) -> Iterator[Finding]:
    """Yield why there is no history to judge: one that cannot be read is not an empty one."""
    if cluster.fence_history is not None and not cluster.fence_history.readable:
        yield Finding(
            UNREADABLE,
            "crm_mon: the fence history cannot be read, pacemaker-fenced does not answer",
            (Subject(DAEMON, "pacemaker-fenced"), Subject(TOOL, "crm_mon")),
        )
    remote = any(node.name == here and node.type == "remote" for node in cluster.nodes)
    if cluster.fence_history is None and remote:
        text = f"{here} is a Pacemaker Remote node, without fence history: run this check on a cluster node"
        yield Finding(REMOTE_NODE, text, nodes(here))


def history(fencings: Sequence[Fencing], cluster: Cluster, max_age: float) -> Iterator[Finding]:
    """Yield what happened to each target, worst first; ``max_age`` is in seconds."""
    for one in fencings:
        if one.failed:
            yield _failed(one, cluster)
        elif one.pending:
            yield Finding(FENCE_PENDING, one.attempt(), _involved(one, one.pending[0], cluster))
        recent = one.recent(max_age)
        if recent:
            yield Finding(FENCED_RECENTLY, one.success(max_age), _involved(one, recent[0], cluster))


def _failed(one: Fencing, cluster: Cluster) -> Finding:
    """Return the failure with the next step.

    To confirm that a node is off while it is not lets the cluster start its resources twice. A partition without
    quorum has nothing to confirm: the other one fences.
    """
    finding = Finding(FENCE_FAILED, one.failure(), _involved(one, one.failed[0], cluster))
    if one.state != "UNCLEAN":
        clear = f"stonith_admin --cleanup --history {one.target}"
        return finding._replace(advice="once the cause is fixed", commands=(clear,))
    if not may_act(cluster):
        return finding._replace(advice="this partition has no quorum: see check_ha_quorum first")
    return finding._replace(
        advice=f"switch {one.target} off by hand and make sure that it is off; if it still runs, this destroys data",
        commands=(f"stonith_admin --confirm {one.target}",),
    )


def due(candidates: Sequence[Node], fencings: Sequence[Fencing]) -> Iterator[Finding]:
    """Yield the nodes that ought to be fenced, where the history shows neither a failure nor a try."""
    tried = {one.target for one in fencings if one.failed or one.pending}
    names = [node.name for node in candidates if node.unclean and not node.id_as_resource and node.name not in tried]
    if names:
        text = f"{listed(names)} {are(names)} UNCLEAN, and the fence history shows no attempt to fence {them(names)}"
        yield Finding(FENCE_DUE, text, nodes(*names))


def _involved(one: Fencing, event: FenceEvent, cluster: Cluster) -> Tuple[Subject, ...]:
    """Return the target, then the nodes that carried it out and that asked for it."""
    known = {node.name for node in cluster.nodes}
    others = [name for name in (event.delegate, event.origin) if name in known and name != one.target]
    return nodes(one.target, *dict.fromkeys(name for name in others if name))
