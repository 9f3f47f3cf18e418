"""Who looks after a resource: an action that is under way, or nobody, for maintenance or is-managed=false."""

from __future__ import annotations

from typing import Dict, Iterator, List, Sequence, Tuple

from check_ha.checks.resources.conditions import MAINTENANCE, PENDING, UNMANAGED
from check_ha.checks.resources.wording import and_with_it, by_name, failure_text, named_as, without_meta
from check_ha.cluster.nodes import ResourcesBehindNodes, leave_maintenance
from check_ha.cluster.resource_states.instances import ResourceInstances
from check_ha.cluster.resource_states.state import ResourceState
from check_ha.cluster.resource_states.states import ResourceStates
from check_ha.cluster.resources import in_motion, names_of
from check_ha.core.finding import Finding, nodes
from check_ha.core.wording import are, listed
from check_ha.model.cib import is_false, is_true
from check_ha.model.cluster import Placed

_ITSELF = ""


def moving(found: Sequence[ResourceInstances], states: ResourceStates) -> Iterator[Finding]:
    """Yield resources on which the same action runs on the same nodes, with what waits for them."""
    actions: Dict[Tuple[str, Tuple[str, ...], str], List[ResourceInstances]] = {}
    for resource in found:
        for one in resource.primitives:
            if in_motion(one.primitive):
                failures = states.failures(resource, one.primitive.nodes) if one.primitive.failed else []
                after = f": {failure_text(resource, failures, one.primitive.nodes)}" if failures else ""
                actions.setdefault((one.primitive.role.lower(), one.primitive.nodes, after), []).append(resource)
    for (action, places, after), those in actions.items():
        names = [resource.label for resource in those]
        where = f" on {', '.join(places)}" if places else ""
        with_it, waiting = and_with_it(those, states)
        text = f"{listed(names)} {are(names)} {action}{where}{after}{with_it}"
        yield Finding(PENDING, text, (*(one.subject for one in those), *waiting, *nodes(*places)))


def in_maintenance(found: Sequence[ResourceInstances], states: ResourceStates) -> Iterator[Finding]:
    """Yield resources that nobody watches because their node is in maintenance, or they are."""
    own, by_node = _in_maintenance(found, states)
    behind = ResourcesBehindNodes(states.cluster)
    for name, those in by_name(own, states).items():
        where = states.where_set(those, "maintenance", is_true) or (those[0].outermost,)
        yield Finding(
            MAINTENANCE,
            f"{name} is in maintenance: nobody watches it",
            named_as(name, those),
            commands=(without_meta(where, "maintenance"),),
        )
    told = {resource.id for resource in found if _itself_unmanaged(resource, states)}
    for node in states.cluster.nodes:
        those = by_node.get(node.name, [])
        if those and node.name not in told:  # which is told by its connection
            names = [resource.label for resource in those]
            yield Finding(
                MAINTENANCE,
                f"{node.name} is in maintenance: nobody watches {listed(names)} there",
                (*nodes(node.name), *(resource.subject for resource in those)),
                commands=leave_maintenance(node, behind),
            )


def unmanaged(found: Sequence[ResourceInstances], states: ResourceStates) -> Iterator[Finding]:
    """Yield resources that the cluster neither recovers nor moves, for no maintenance."""
    those = [resource for resource in found if _itself_unmanaged(resource, states)]
    _, by_node = _in_maintenance(found, states)
    for name, named in by_name(those, states).items():
        where = states.where_set(named, "is-managed", is_false) or (named[0].outermost,)
        manage = " && ".join(f"crm resource manage {one}" for one in where)
        if named[0].bundle:
            manage = without_meta(where, "is-managed")
        unwatched = by_node.get(name, [])
        there = f", and nobody watches {listed([one.label for one in unwatched])} there" if unwatched else ""
        yield Finding(
            UNMANAGED,
            f"{name} is unmanaged: the cluster will not start, stop or move it{there}",
            (*named_as(name, named), *(one.subject for one in unwatched)),
            commands=(manage, f"pcs resource manage {' '.join(where)}"),
        )


def _itself_unmanaged(resource: ResourceInstances, states: ResourceStates) -> bool:
    """Return whether ``is-managed`` is the reason, for no maintenance."""
    return any(_because_of(one, states) == _ITSELF and not _own(one, states) for one in _unmanaged(resource, states))


def _in_maintenance(
    found: Sequence[ResourceInstances], states: ResourceStates
) -> Tuple[List[ResourceInstances], Dict[str, List[ResourceInstances]]]:
    own: List[ResourceInstances] = []
    by_node: Dict[str, List[ResourceInstances]] = {}
    for resource in found:
        unmanaged = _unmanaged(resource, states)
        for node in sorted({_because_of(one, states) for one in unmanaged} - {_ITSELF}):
            by_node.setdefault(node, []).append(resource)
        if any(_because_of(one, states) == _ITSELF and _own(one, states) for one in unmanaged):
            own.append(resource)
    return own, by_node


def _unmanaged(resource: ResourceInstances, states: ResourceStates) -> List[Placed]:
    """Maintenance mode of the cluster, and what is blocked, removed or down, is told elsewhere."""
    found = [one for one in resource.primitives if not one.primitive.managed]
    if not found or states.cluster.options.maintenance_mode or states.state(resource) == ResourceState.DOWN:
        return []
    return [one for one in found if not (one.primitive.blocked or one.primitive.orphaned)]


def _because_of(one: Placed, states: ResourceStates) -> str:
    """Return the node whose maintenance is the reason, or _ITSELF; what is around it has reasons of its own."""
    if any(parent.managed is False for parent in one.parents):
        return _ITSELF
    return next((node for node in one.primitive.nodes if node in states.in_maintenance), _ITSELF)


def _own(one: Placed, states: ResourceStates) -> bool:
    """Return whether its own maintenance is the reason: crm_mon says so since 2.1.6, and the CIB in every version."""
    if one.primitive.maintenance or any(parent.maintenance for parent in one.parents):
        return True
    configured = (states.meta.get(name, {}).get("maintenance") for name in names_of(one))
    return one.primitive.maintenance is None and any(is_true(value) for value in configured)
