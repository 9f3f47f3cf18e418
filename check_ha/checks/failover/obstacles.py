"""What keeps a resource off one node: its state, failures there, constraints."""

from __future__ import annotations

from typing import NamedTuple, Optional

from check_ha.checks.failover.situation import Situation
from check_ha.cluster.fencing.hosts import constraints_of, may_run
from check_ha.cluster.nodes import can_start
from check_ha.cluster.resource_states.instances import ResourceInstances
from check_ha.cluster.resources import bans, plain
from check_ha.model.cluster import INFINITY, Node

FAILED, STATE, NOT_ALLOWED = "failed", "state", "not allowed"


class Obstacle(NamedTuple):
    """What keeps a resource off one node."""

    node: str
    kind: str
    """The id of a constraint, or FAILED, STATE, NOT_ALLOWED."""
    resource: str = ""
    """What it is about: the resource, or what that is part of."""


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


def own_id(ban: str, situation: Situation) -> str:
    """Return the id of the constraint: crm_mon shows one with a rule under the id of that."""
    return next((one.id for one in situation.cib.locations if any(rule.id == ban for rule in one.rules)), ban)
