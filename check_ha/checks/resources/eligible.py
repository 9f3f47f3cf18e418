"""On which nodes a resource may run or be promoted, and how to remove the constraints that keep it off the others."""

from __future__ import annotations

from typing import Dict, FrozenSet, Iterable, Iterator, List, Optional, Sequence, Tuple

from check_ha.cluster.resource_states.instances import ResourceInstances
from check_ha.cluster.resource_states.states import ResourceStates
from check_ha.cluster.resources import CONNECTION
from check_ha.cluster.rules import Attributes, holds
from check_ha.core.wording import joined, listed
from check_ha.model.cib import Location
from check_ha.model.cluster import Ban, Node
from check_ha.parsers.cib_rules import parse_score

_TEMPORARY = ("cli-ban-", "drbd-fence-by-handler-")
"""How the ids of constraints begin that a command or DRBD wrote and should remove again."""


def eligible_nodes(resource: ResourceInstances, states: ResourceStates) -> Tuple[str, ...]:
    """Return the nodes that should run an instance of it, if each may run one."""
    kept_off = {ban.node for ban in bans(resource, states)}
    allowed = nodes_allowed(resource, states)
    agents = {one.primitive.agent for one in resource.primitives}
    members_only = CONNECTION in agents or any(agent.startswith("stonith:") for agent in agents)
    return tuple(
        node.name for node in states.hosts
        if node.name not in kept_off and (allowed is None or node.name in allowed)
        and not (members_only and node.type == "remote")
    )  # fmt: skip


def bans(resource: ResourceInstances, states: ResourceStates, promoted_only: bool = False) -> List[Ban]:
    """Return the constraints that keep it off a node, or from being promoted there."""
    found = (ban for name in resource.names for ban in states.bans.get(name, ()))
    return [ban for ban in found if ban.promoted_only == promoted_only]


def nodes_allowed(resource: ResourceInstances, states: ResourceStates) -> Optional[FrozenSet[str]]:
    """Return the nodes that constraints allow, where it may not run on others; ``None``: it may run everywhere.

    Others are ruled out by symmetric-cluster=false, and by a constraint with resource-discovery=exclusive. A node for
    which it cannot be told whether a rule holds is allowed.
    """
    mine = [one for name in resource.names for one in states.locations.get(name, ()) if not one.promoted_only]
    exclusive = [one for one in mine if one.exclusive]
    allowed = frozenset(_matching(exclusive, states)) if exclusive else None
    if states.cluster.options.symmetric is False and states.cib:
        opted_in = frozenset(_matching([one for one in mine if _best_score(one) >= 0], states))
        allowed = opted_in if allowed is None else allowed & opted_in
    return allowed


def _best_score(location: Location) -> int:
    """Return the best score that it gives, 0 where a node attribute does."""
    scores = [0 if rule.score is None else rule.score for rule in location.rules]
    return max([*scores, *([location.score or 0] if location.node else [])], default=-1)


def _matching(locations: Iterable[Location], states: ResourceStates) -> Iterator[str]:
    """Yield the nodes that these constraints are about."""
    for node in states.cluster.nodes:
        attributes = _attributes(node, states)
        for one in locations:
            truths = (holds(rule, states.now, node.name, attributes) for rule in one.rules)
            if one.node == node.name or any(truth is not False for truth in truths):
                yield node.name


def _attributes(node: Node, states: ResourceStates) -> Attributes:
    """Return the attributes of a node; one that another node has, and this one has not, is not set here."""
    configured = {one.name: dict(one.attributes) for one in (states.cib.nodes if states.cib else ())}
    shown = states.cluster.attributes
    known = (*configured.values(), *shown.values())
    return {
        **{name: None for attributes in known for name in attributes},
        **configured.get(node.name, {}),
        **shown.get(node.name, {}),
    }


def instances_expected(resource: ResourceInstances, states: ResourceStates) -> int:
    """Return how many instances should run: as many as are listed and the nodes can hold, never more than that."""
    running = resource.running_on(states.lost)
    most = max([_most_on_a_node(resource, states), *map(running.count, running)]) if resource.may_share_nodes else 1
    return min(len(resource.instances), most * len({*eligible_nodes(resource, states), *running}))


def _most_on_a_node(resource: ResourceInstances, states: ResourceStates) -> int:
    """Return how many instances a node may hold, by the CIB; one where it does not say."""
    name = "replicas-per-host" if resource.bundle else "clone-node-max"
    return _number(states.meta_in_force(resource.outermost), name)


def nodes_missing(resource: ResourceInstances, states: ResourceStates) -> Tuple[str, ...]:
    """Return the nodes on which an instance should run and does not."""
    running = resource.running_on(states.lost)
    return tuple(node for node in eligible_nodes(resource, states) if node not in running)


def promotable_nodes(resource: ResourceInstances, states: ResourceStates, running: bool) -> Tuple[str, ...]:
    """Return the nodes on which it may be promoted: of those where it runs, or of all that could run it.

    What a command or DRBD keeps it from for a while does not count as not wanted.
    """
    banned = {ban.node for ban in bans(resource, states, promoted_only=True) if not ban.id.startswith(_TEMPORARY)}
    nodes = [*resource.running_on(states.lost), *(() if running else eligible_nodes(resource, states))]
    return tuple(node for node in dict.fromkeys(nodes) if node not in banned)


def promoted_expected(resource: ResourceInstances, states: ResourceStates, running: bool = False) -> Optional[int]:
    """Return how many instances should be promoted; ``None``: the CIB does not tell.

    ``running`` counts only nodes where it runs. The names that begin with ``master`` are those of 2.0 and older.
    """
    if resource.outermost not in states.meta or resource.promotion_disabled:
        return None
    meta = states.meta_in_force(resource.outermost)
    most = _number(meta, "promoted-max", "master-max")
    each = _number(meta, "promoted-node-max", "master-node-max")
    nodes = len(promotable_nodes(resource, states, running))
    return each * nodes if most < 0 else min(most, each * nodes)


def _number(meta: Dict[str, str], *names: str) -> int:
    return next((parse_score(meta[name]) for name in names if name in meta), 1)


def constraint_ids(found: Sequence[Ban], states: ResourceStates) -> Tuple[str, ...]:
    """Return the ids of the constraints. crm_mon shows those with a rule under the id of that."""
    return tuple(dict.fromkeys(states.constraints.get(ban.id, ban.id) for ban in found))


def keeping(ids: Sequence[str]) -> str:
    """Return ``constraint l1 keeps``, ``constraints l1, l2 keep``."""
    return f"constraint {ids[0]} keeps" if len(ids) == 1 else f"constraints {listed(ids)} keep"


def removal(
    resource: ResourceInstances, found: Sequence[Ban], states: ResourceStates, promoted: bool = False
) -> Tuple[str, Tuple[str, ...]]:
    """Return the advice and the commands that let it run, or be promoted, where these keep it from that."""
    ids = constraint_ids(found, states)
    away = _nodes_away(resource, states, promoted)
    back = f"bring back {joined(away)}, which may {'promote' if promoted else 'run'} it; or " if away else ""
    if any(one.startswith("drbd-fence-by-handler-") for one in ids):
        # DRBD wrote it because the peer's data are out of date, or because it lost the peer and does not know
        what = f"if the data here are the newest (drbdadm status: UpToDate) and {joined(away) or 'the peer'} is gone"
        advice = f"{f'bring back {joined(away)}; ' if away else ''}{what} for good"
    else:
        them = "the constraint" if len(ids) == 1 else "the constraints"
        advice = f"{back}if it should {'be promoted' if promoted else 'run'} there, remove {them}"
    if all(one.startswith("cli-ban-") for one in ids):
        names = dict.fromkeys(ban.resource for ban in found)
        return advice, (" && ".join(f"crm_resource --clear --resource {name}" for name in names),)
    if states.cib is None:  # crm_mon may show the id of a rule, which nothing can delete
        return f"{advice}; its id, where crm_mon shows that of a rule", ("cibadmin --query --scope constraints",)
    return advice, (f"crm configure delete {' '.join(ids)}", f"pcs constraint delete {' '.join(ids)}")


def _nodes_away(resource: ResourceInstances, states: ResourceStates, promoted: bool) -> List[str]:
    """Return the nodes that could do it and are not up."""
    kept_off = {ban.node for ban in bans(resource, states)}
    kept_off |= {ban.node for ban in bans(resource, states, promoted_only=True)} if promoted else set()
    up, allowed = {node.name for node in states.hosts}, nodes_allowed(resource, states)
    return [
        node.name for node in states.cluster.nodes
        if node.type == "member" and node.name not in up and node.name not in kept_off
        and (allowed is None or node.name in allowed)
    ]  # fmt: skip
