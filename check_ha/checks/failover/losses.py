"""What runs now against what would run.

The scheduler moves what runs on a remote node once that is fenced. Where fencing is off it foretells the same, and does
not do it: with Pacemaker 2.1.5 all that ran there stayed stopped after its connection had failed on each node.
"""

from __future__ import annotations

from typing import Dict, List, Optional, Tuple

from check_ha.checks.failover.situation import Situation
from check_ha.cluster.nodes import lost as is_lost
from check_ha.cluster.resource_states.instances import ResourceInstances, resources_of
from check_ha.model.cluster import Cluster
from check_ha.model.foretold import Foretold
from check_ha.record import NamedTuple
from check_ha.sources.tools import Question


class Losses(NamedTuple):
    """What a question amounts to."""

    question: Question
    after: Cluster
    """The cluster as it would be."""
    lost: Tuple[ResourceInstances, ...] = ()
    """What runs now and would run nowhere."""
    not_promoted: Tuple[ResourceInstances, ...] = ()
    fewer: Tuple[ResourceInstances, ...] = ()
    pinned: Tuple[ResourceInstances, ...] = ()
    """What would be lost, or promoted nowhere, and is meant to."""
    places: Tuple[Place, ...] = ()
    """Where everything would be that runs now."""

    @property
    def nodes(self) -> Tuple[str, ...]:
        """The nodes that it is about."""
        return tuple(node for node, _ in self.question.changes)


class Place(NamedTuple):
    """Where a resource is now, and where it would be."""

    resource: ResourceInstances
    now: Tuple[str, ...]
    then: Tuple[str, ...]
    promoted_now: Tuple[str, ...] = ()
    promoted_then: Tuple[str, ...] = ()


def losses_of(situation: Situation, question: Question, outcome: Foretold) -> Losses:
    """Compare what runs now with what would run."""
    after = situation.cluster._replace(nodes=outcome.nodes, resources=outcome.resources)
    gone = frozenset(node.name for node in after.nodes if is_lost(node))
    then: Dict[str, ResourceInstances] = {one.id: one for one in resources_of(after)}
    places: List[Place] = []
    for one in situation.running:
        if one.id in question.connections:
            continue  # a remote node that is dead has no connection
        other: Optional[ResourceInstances] = then.get(one.id)
        place = Place(
            one,
            one.running_on(situation.lost),
            other.running_on(gone) if other else (),
            one.promoted_on(situation.lost),
            other.promoted_on(gone) if other else (),
        )
        places.append(_not_recovered(place) if left_alone(place, question, situation) else place)
    lost = [one.resource for one in places if not one.then]
    not_promoted = [one.resource for one in places if one.then and one.promoted_now and not one.promoted_then]
    meant = situation.meant_to_be_lost
    return Losses(
        question,
        after,
        lost=tuple(one for one in lost if not meant(one)),
        not_promoted=tuple(one for one in not_promoted if not meant(one)),
        pinned=tuple(filter(meant, (*lost, *not_promoted))),
        fewer=tuple(one.resource for one in places if _fewer(one)),
        places=tuple(places),
    )


def left_alone(place: Place, question: Question, situation: Situation) -> bool:
    """Return whether it runs on a remote node that dies and that nothing fences."""
    return not situation.fences and any(node in question.connections for node in place.now)


def _not_recovered(place: Place) -> Place:
    """Return it without the nodes on which it would have to be started first."""
    return place._replace(
        then=tuple(node for node in place.then if node in place.now),
        promoted_then=tuple(node for node in place.promoted_then if node in place.promoted_now),
    )


def _fewer(place: Place) -> bool:
    cloned = place.resource.clone or place.resource.bundle
    if not cloned or (place.promoted_now and not place.promoted_then):
        return False
    less = len(place.then) < len(place.now) or len(place.promoted_then) < len(place.promoted_now)
    return bool(place.then) and less
