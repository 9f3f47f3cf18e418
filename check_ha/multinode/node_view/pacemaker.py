"""What Pacemaker says of its nodes and resources, for the view of a node."""

from __future__ import annotations

from typing import Dict, Iterator, List, Tuple

from check_ha.cluster.fence_history import Fencing, by_target
from check_ha.cluster.resources import in_motion, plain
from check_ha.core.wording import AHEAD
from check_ha.model.cluster import Bundle, Clone, Cluster, Placed
from check_ha.model.view import FencingView, NodeView, PacemakerView, ResourceView


def pacemaker_view(cluster: Cluster) -> PacemakerView:
    """Return the nodes, what runs where, and the last fencing of each node, as Pacemaker tells them."""
    return PacemakerView(
        dc=cluster.dc.name if cluster.dc else None,
        quorate=cluster.with_quorum,
        nodes=tuple(
            NodeView(
                node.name,
                node.id,
                node.online,
                node.unclean,
                node.pending,
                node.type == "remote",
                node.expected_up,
                node.standby,
                node.maintenance,
            )
            for node in cluster.nodes
        ),
        resources=tuple(_resources(cluster)),
        fencings=tuple(fencing for one in by_target(cluster) for fencing in _fencing(one)),
    )


def _resources(cluster: Cluster) -> Iterator[ResourceView]:
    """Yield what is active, by plain id, so that all instances of a clone are one.

    What is Stopped does not run: after a migration that failed crm_mon 2.1.5 says ``active="true"`` beside it.
    """
    active: Dict[str, List[Placed]] = {}
    for placed in cluster.primitives():
        if placed.primitive.active and placed.primitive.nodes and placed.primitive.role != "Stopped":
            active.setdefault(plain(placed.primitive.id), []).append(placed)
    for name, instances in sorted(active.items()):
        primitives = [placed.primitive for placed in instances]
        yield ResourceView(
            id=name,
            nodes=_unique(node for one in primitives for node in one.nodes),
            cloned=any(isinstance(parent, (Clone, Bundle)) for placed in instances for parent in placed.parents),
            promoted=_unique(node for one in primitives if one.role == "Promoted" for node in one.nodes),
            moving=any(in_motion(one) for one in primitives),
            fencing=all(one.agent.startswith("stonith:") for one in primitives),
        )


def _unique(names: Iterator[str]) -> Tuple[str, ...]:
    return tuple(dict.fromkeys(names))


def _fencing(one: Fencing) -> Iterator[FencingView]:
    """Yield the last that happened to this node; what is under way counts before what is over."""
    event = next(iter((*one.pending, *one.failed, *one.done)), None)
    if event is None:
        return
    seconds = (one.now - event.completed).total_seconds() if one.now and event.completed else None
    ahead = -seconds if seconds is not None and seconds < -AHEAD else None
    age = None if seconds is None or ahead is not None else max(0.0, seconds)
    yield FencingView(one.target, event.action, event.status, age, ahead)
