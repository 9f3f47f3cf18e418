"""On which nodes a resource may run, as far as crm_mon and the CIB tell."""

from __future__ import annotations

from typing import Dict, FrozenSet, Optional, Tuple

from check_ha.checks.resources.instances import ResourceInstances
from check_ha.checks.resources.state import ResourceStates
from check_ha.cluster.resources import CONNECTION


def eligible_nodes(resource: ResourceInstances, states: ResourceStates) -> Tuple[str, ...]:
    """Return the nodes that should run an instance of it, if each may run one."""
    kept_off, allowed = bans_by_node(resource, states), nodes_allowed(resource, states)
    agents = {one.primitive.agent for one in resource.primitives}
    members_only = CONNECTION in agents or any(agent.startswith("stonith:") for agent in agents)
    return tuple(
        node.name for node in states.hosts
        if node.name not in kept_off and (allowed is None or node.name in allowed)
        and not (members_only and node.type == "remote")
    )  # fmt: skip


def bans_by_node(resource: ResourceInstances, states: ResourceStates) -> Dict[str, str]:
    """Return the nodes that constraints keep it off, and the ids of those."""
    bans = (ban for name in resource.names for ban in states.bans.get(name, ()))
    return {ban.node: ban.id for ban in bans if not ban.promoted_only}


def nodes_allowed(resource: ResourceInstances, states: ResourceStates) -> Optional[FrozenSet[str]]:
    """Return the nodes that constraints allow where they must (symmetric-cluster=false), as far as they name them.

    ``None``: it may run everywhere.
    """
    if states.cluster.options.symmetric is not False:
        return None
    locations = states.cib.locations if states.cib else ()
    return frozenset(
        one.node for one in locations
        if one.node and one.score and one.score > 0 and not set(one.resources).isdisjoint(resource.names)
    )  # fmt: skip


def instances_expected(resource: ResourceInstances, states: ResourceStates) -> int:
    """Return how many instances should run: as many as are listed and the nodes can hold, never more than that."""
    running = resource.running_on(states.lost)
    most = max((running.count(node) for node in running), default=1) if resource.may_share_nodes else 1
    return min(len(resource.instances), most * len({*eligible_nodes(resource, states), *running}))


def nodes_missing(resource: ResourceInstances, states: ResourceStates) -> Tuple[str, ...]:
    """Return the nodes on which an instance should run and does not."""
    running = resource.running_on(states.lost)
    return tuple(node for node in eligible_nodes(resource, states) if node not in running)
