"""What keeps a resource off one node: its state, failures there, constraints."""

from __future__ import annotations

from typing import Iterator, List, Optional

from check_ha.checks.failover.losses import Losses
from check_ha.checks.failover.situation import Situation
from check_ha.cluster.fencing.hosts import constraints_of, may_run
from check_ha.cluster.nodes import can_start
from check_ha.cluster.resource_states.instances import ResourceInstances
from check_ha.cluster.resources import bans, plain
from check_ha.model.cib import Expression, Rule
from check_ha.model.cluster import INFINITY, Node
from check_ha.record import NamedTuple

FAILED, STATE, NOT_ALLOWED = "failed", "state", "not allowed"


class Obstacle(NamedTuple):
    """What keeps a resource off one node."""

    node: str
    kind: str
    """The id of a constraint, or FAILED, STATE, NOT_ALLOWED."""
    resource: str = ""
    """What it is about: the resource, or what that is part of."""
    away_from: str = ""
    """The resource that a colocation keeps it away from."""


def obstacle(resource: ResourceInstances, node: Node, situation: Situation) -> Optional[Obstacle]:
    """Return what keeps it off this node; ``None`` where nothing is known."""
    if not can_start(node):
        return Obstacle(node.name, STATE)
    return (
        _banned(resource, node.name, situation)
        or _failed(resource, node.name, situation)
        or _ruled_out(resource, node.name, situation)
    )


def _banned(resource: ResourceInstances, node: str, situation: Situation) -> Optional[Obstacle]:
    for ban in situation.cluster.bans:
        mine = ban.node == node and ban.resource in resource.names and not ban.promoted_only
        if mine and ban.weight <= -INFINITY:
            return Obstacle(node, own_id(ban.id, situation), ban.resource)
    return None


def _failed(resource: ResourceInstances, node: str, situation: Situation) -> Optional[Obstacle]:
    for count in situation.cluster.fail_counts:
        if count.node == node and plain(count.resource) in resource.ids and bans(count):
            return Obstacle(node, FAILED, plain(count.resource))
    return None


def _ruled_out(resource: ResourceInstances, node: str, situation: Situation) -> Optional[Obstacle]:
    """Return the constraint with a rule that keeps it off, or that none allows it where one must."""
    symmetric, allowed = situation.cluster.options.symmetric is not False, False
    for name, found in constraints_of(situation.cib, resource.names).items():
        for one in found:
            if may_run([one], node, True, situation.now) is False and (one.rules or (one.score or 0) <= -INFINITY):
                return Obstacle(node, one.id, name)
        exclusive = [one for one in found if one.exclusive]
        if exclusive and not any(one.node == node or one.rules for one in exclusive):
            return Obstacle(node, NOT_ALLOWED)
        allowed = allowed or may_run(found, node, False, situation.now) is not False
    return None if symmetric or allowed else Obstacle(node, NOT_ALLOWED)


def separated(resource: ResourceInstances, losses: Losses, situation: Situation) -> Iterator[Obstacle]:
    """Yield the nodes on which something would run that a colocation keeps it away from."""
    for one in situation.cib.separations:
        if one.resource in resource.names:
            for place in losses.places:
                if one.other in place.resource.names:
                    for node in place.promoted_then if one.promoted else place.then:
                        yield Obstacle(node, one.id, resource.id, one.other)


def asked_by(constraint: str, situation: Situation) -> List[str]:
    """Return the node attributes that the rules of this location constraint ask for."""
    rules = [rule for one in situation.cib.locations if one.id == constraint for rule in one.rules]
    return list(dict.fromkeys(name for rule in rules for name in _attributes(rule)))


def _attributes(rule: Rule) -> Iterator[str]:
    for part in rule.parts:
        if isinstance(part, Rule):
            yield from _attributes(part)
        elif isinstance(part, Expression) and not part.attribute.startswith("#"):
            yield part.attribute


def own_id(ban: str, situation: Situation) -> str:
    """Return the id of the constraint: crm_mon shows one with a rule under the id of that."""
    return next((one.id for one in situation.cib.locations if any(rule.id == ban for rule in one.rules)), ban)
