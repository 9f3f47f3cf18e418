"""In what state each resource is, and what is looked up for that: failures, tickets, what waits for what."""

from __future__ import annotations

from typing import Callable, Dict, Iterable, Iterator, List, Mapping, Optional, Sequence, Set, Tuple

from check_ha.cluster.nodes import bundle_nodes, can_start, lost
from check_ha.cluster.resource_states.instances import ResourceInstances, resources_of
from check_ha.cluster.resource_states.state import ResourceState, Waiting
from check_ha.cluster.resources import bans, plain, stopped_on_purpose
from check_ha.cluster.tickets import missing_tickets, tickets_needed
from check_ha.model.cib import Cib, Location
from check_ha.model.cluster import Ban, Cluster, FailCount, Failure


class ResourceStates:
    """All resources of a cluster, the state of each, and what is looked up for them."""

    def __init__(
        self,
        cluster: Cluster,
        cib: Optional[Cib],
        now: float = 0.0,
        selects: Callable[..., bool] = lambda *names: True,
    ) -> None:
        self.cluster = cluster
        self.cib = cib
        self.now = now
        """Seconds since the epoch."""
        self.meta: Dict[str, Dict[str, str]] = {}
        """Meta attributes as configured, of primitives, groups, clones and bundles."""
        if cib:
            self.meta = {one.id: dict(reversed(one.meta)) for one in cib.primitives}
            self.meta.update({one.id: dict(reversed(one.meta)) for one in cib.collections})
        self.all = resources_of(cluster)
        self.selected = tuple(one for one in self.all if selects(*one.names))
        self.inside: Dict[str, Set[str]] = {}
        """The ids of what belongs to each group, clone or bundle."""
        for resource in self.all:
            self.inside.setdefault(resource.outermost, set()).add(resource.id)
        self.locations: Dict[str, List[Location]] = {}
        """Location constraints of the CIB, by the resources they name."""
        self.constraints: Dict[str, str] = {}
        """Their ids by those of their rules."""
        for location in cib.locations if cib else ():
            self.constraints.update({rule.id: location.id for rule in location.rules})
            for name in location.resources:
                self.locations.setdefault(name, []).append(location)
        self.lost = frozenset(node.name for node in cluster.nodes if lost(node))
        """Nodes that are offline or must be fenced."""
        inside = bundle_nodes(cluster)
        self.hosts = tuple(
            node for node in cluster.nodes if can_start(node) and node.name not in inside and node.type != "ping"
        )
        """Nodes that would start a resource; not those inside bundles."""
        self.in_maintenance = frozenset(
            node.name for node in cluster.nodes if node.maintenance and node.name not in inside
        )
        """Nodes in maintenance; those inside bundles are so because the bundle is unmanaged."""
        self.missing_tickets = missing_tickets(cluster)
        self._failures: Dict[str, List[Failure]] = {}
        for failure in cluster.failures:
            self._failures.setdefault(plain(failure.resource), []).append(failure)
        self._fail_counts: Dict[str, List[FailCount]] = {}
        for count in cluster.fail_counts:
            self._fail_counts.setdefault(plain(count.resource), []).append(count)
        self.bans: Dict[str, List[Ban]] = {}
        """Constraints with a negative score, by the resource they name."""
        for ban in cluster.bans:
            self.bans.setdefault(ban.resource, []).append(ban)
        self._states = {resource.id: self._state(resource) for resource in self.all}
        self._causes = _causes(self)
        self._consequences: Dict[str, List[ResourceInstances]] = {}
        selected = {resource.id for resource in self.selected}
        self.told_with_another = frozenset(name for name, cause in self._causes.items() if cause.id in selected)
        """The ids of what is down because of another resource that is told itself."""
        for resource in self.all:
            if resource.id in self._causes:
                self._consequences.setdefault(self._causes[resource.id].id, []).append(resource)

    def state(self, resource: ResourceInstances) -> str:
        """Return one word of ResourceState."""
        return self._states[resource.id]

    def _state(self, resource: ResourceInstances) -> str:
        if resource.running(self.lost):
            return ResourceState.RUNNING
        if resource.in_motion:
            return ResourceState.MOVING
        if resource.shown_on(self.lost):
            return ResourceState.LOST
        placed = list(resource.primitives)
        if any(one.primitive.locked_to for one in placed):
            return ResourceState.LOCKED
        if all(stopped_on_purpose(one) for one in placed):
            return ResourceState.DISABLED
        return ResourceState.TICKET if self.tickets(resource) else ResourceState.DOWN

    def settled(self, resource: ResourceInstances) -> bool:
        """Return whether it runs, and no action is under way."""
        return self.state(resource) == ResourceState.RUNNING and not resource.in_motion

    def not_promoted(self, resource: ResourceInstances) -> bool:
        """Return whether it runs and is promoted nowhere, although it may be."""
        if not resource.promotable or resource.promotion_disabled or not self.settled(resource):
            return False
        return not resource.promoted_on(self.lost)

    def tickets(self, resource: ResourceInstances, promoted: bool = False) -> Tuple[str, ...]:
        """Return the missing tickets it waits for to run, or to be promoted."""
        return tickets_needed(resource.names, self.missing_tickets, self.cib, promoted)

    def failures(self, resource: ResourceInstances, nodes: Iterable[str] = ()) -> List[Failure]:
        """Return its failures, on those nodes where any are given."""
        only = set(nodes)
        return [one for name in resource.ids for one in self._failures.get(name, ()) if not only or one.node in only]

    def failed_too_often(self, resource: ResourceInstances) -> Tuple[str, ...]:
        """Return the nodes that its fail-count bans it from."""
        return tuple(one.node for name in resource.ids for one in self._fail_counts.get(name, ()) if bans(one))

    def failed_to_start(self, resource: ResourceInstances) -> bool:
        """Return whether failures may keep it from starting: a failed start, or a fail-count that bans it from a node.

        What failed later than that is started again, and its failure listed until somebody cleans up.
        """
        return any(one.task == "start" for one in self.failures(resource)) or bool(self.failed_too_often(resource))

    def culprit(self, found: Sequence[ResourceInstances], nodes: Iterable[str] = ()) -> ResourceInstances:
        """Return the one to blame for several that are down together: the first that failed, else the first."""
        failed = [one for one in found if self.failures(one, nodes) or self.failed_too_often(one)]
        return failed[0] if failed else found[0]

    def where_set(self, found: Iterable[ResourceInstances], name: str, holds: Callable[[str], bool]) -> Tuple[str, ...]:
        """Return at which of these, or of what is around them, the CIB sets a meta attribute so; outer ones first.

        Empty where the CIB was not read, and where it is a default for all (``rsc_defaults``).
        """
        names = dict.fromkeys(one for resource in found for one in reversed(resource.names))
        return tuple(one for one in names if holds(self.meta.get(one, {}).get(name, "")))

    def meta_in_force(self, name: str) -> Dict[str, str]:
        """Return the meta attributes of a primitive or collection, with those that are a default for all."""
        return {**dict(reversed(self.cib.defaults if self.cib else ())), **self.meta.get(name, {})}

    def cause(self, resource: ResourceInstances) -> Optional[ResourceInstances]:
        """Return the resource because of which it is down, where there is one."""
        return self._causes.get(resource.id)

    def waiting(self, name: str) -> Optional[Waiting]:
        """Return what a resource of that plain name waits for, where that is why it is down."""
        cause = next((self._causes[one.id] for one in self.all if one.id in self._causes and name in one.ids), None)
        if cause is None:
            return None
        return Waiting(cause, self.state(cause))

    def consequences(self, found: Iterable[ResourceInstances]) -> List[ResourceInstances]:
        """Return what is down because of these."""
        return [one for resource in found for one in self._consequences.get(resource.id, ())]


def _causes(states: ResourceStates) -> Dict[str, ResourceInstances]:
    """Return what is down because of another resource, by id, and that resource.

    A member of a group waits for those before it, and in a clone of groups all of an instance stop with the one that
    fails; the connection to a guest node comes and goes with what the guest is inside of; and there are constraints.
    """
    causes: Dict[str, ResourceInstances] = {}
    groups: Dict[str, List[ResourceInstances]] = {}
    by_id = {resource.id: resource for resource in states.all}
    containers = {node.name: node.id_as_resource for node in states.cluster.nodes if node.id_as_resource}
    for resource in states.all:
        if resource.group and not states.settled(resource):
            groups.setdefault(resource.group, []).append(resource)
        container = by_id.get(containers.get(resource.id) or "")
        if container and states.state(resource) == ResourceState.DOWN and not states.settled(container):
            causes[resource.id] = container
    for members in groups.values():
        down = [one for one in members if states.state(one) == ResourceState.DOWN]
        cause = states.culprit(down) if members[0] in down else members[0]
        causes.update({one.id: cause for one in down if one is not cause and not states.failed_to_start(one)})
    for resource, cause in _by_constraints(states):
        if _root(cause, causes) is not resource:
            causes.setdefault(resource.id, cause)
    return {name: _root(cause, causes) for name, cause in causes.items()}


def _root(resource: ResourceInstances, causes: Mapping[str, ResourceInstances]) -> ResourceInstances:
    """Return the last in a row of causes."""
    while resource.id in causes:
        resource = causes[resource.id]
    return resource


def _by_constraints(states: ResourceStates) -> Iterator[Tuple[ResourceInstances, ResourceInstances]]:
    """Yield what is down and has not failed to start, with what an order or colocation has it wait for."""
    by_name: Dict[str, List[ResourceInstances]] = {}
    for resource in states.all:
        for name in resource.names:
            by_name.setdefault(name, []).append(resource)
    for one in states.cib.dependencies if states.cib else ():
        waiting = [
            resource for resource in by_name.get(one.resource, ())
            if states.state(resource) == ResourceState.DOWN and not states.failed_to_start(resource)
        ]  # fmt: skip
        needed = by_name.get(one.needs, ())
        cause = next((other for other in needed if not states.settled(other)), None)
        if any(all(map(states.settled, by_name.get(name, ()))) for name in one.alternatives):
            continue
        if cause is None and one.promoted and not any(other.promoted_on(states.lost) for other in needed):
            cause = next((other for other in needed if other.promotable), None)
        if cause and not one.promotion:
            yield from ((resource, cause) for resource in waiting)
