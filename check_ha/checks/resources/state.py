"""In what state each resource is, and what is looked up for that: failures, tickets, what waits for what."""

from __future__ import annotations

from typing import Dict, Iterable, List, Optional, Sequence, Tuple

from check_ha.checks.resources.instances import ResourceInstances, resources_of
from check_ha.cluster.nodes import bundle_nodes, can_start, lost
from check_ha.cluster.resources import bans, plain, stopped_on_purpose, told
from check_ha.cluster.tickets import missing_tickets, tickets_needed
from check_ha.core.finding import Subject, nodes, resources
from check_ha.core.wording import listed
from check_ha.model.cib import Cib
from check_ha.model.cluster import Ban, Cluster, FailCount, Failure


class ResourceState:
    """The state of a resource, in one word."""

    RUNNING = "running"
    MOVING = "moving"
    """An action runs on it, and nothing of it is active yet or any more."""
    LOST = "lost"
    """Shown as active on nothing but nodes that are lost."""
    LOCKED = "locked"
    """Kept for the node that was shut down with it (shutdown-lock)."""
    DISABLED = "disabled"
    TICKET = "ticket"
    """It depends on a ticket that is not granted here."""
    DOWN = "down"


class ResourceStates:
    """All resources of a cluster, the state of each, and what is looked up for them."""

    def __init__(self, cluster: Cluster, cib: Optional[Cib]) -> None:
        self.cluster = cluster
        self.cib = cib
        self.all = resources_of(cluster)
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
        for resource in self.all:
            if resource.id in self._causes:
                self._consequences.setdefault(self._causes[resource.id], []).append(resource)

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

    def culprit(self, found: Sequence[ResourceInstances], nodes: Iterable[str] = ()) -> ResourceInstances:
        """Return the one to blame for several that are down together: the first that failed, else the first."""
        failed = [one for one in found if self.failures(one, nodes) or self.failed_too_often(one)]
        return failed[0] if failed else found[0]

    def has_cause(self, resource: ResourceInstances) -> bool:
        """Return whether it is down because of another resource, which is told with that."""
        return resource.id in self._causes

    def and_with_it(self, found: Iterable[ResourceInstances]) -> Tuple[str, Tuple[Subject, ...]]:
        """Return what is down because of these, in words and as subjects: ``, and with it p_fs, p_app``."""
        names = [one.id for resource in found for one in self._consequences.get(resource.id, ())]
        return (f", and with it {listed(names)}" if names else ""), resources(*names)

    def by_name(self, found: Sequence[ResourceInstances]) -> Dict[str, List[ResourceInstances]]:
        """Return these by label; all of a group, clone or bundle by the name of that."""
        ids = {resource.id for resource in found}
        outer = {resource.outermost for resource in found}
        partly = {one.outermost for one in self.all if one.outermost in outer and one.id not in ids}
        named: Dict[str, List[ResourceInstances]] = {}
        for resource in found:
            name = resource.label if resource.outermost in partly else resource.outermost
            named.setdefault(name, []).append(resource)
        return named


def failure_text(resource: ResourceInstances, failures: Iterable[Failure], known: Iterable[str] = ()) -> str:
    """Return these failures of it in words; of a bundle each with the primitive that failed."""
    parts: Dict[str, List[Failure]] = {}
    for one in failures:
        parts.setdefault(f"{plain(one.resource)} " if resource.bundle else "", []).append(one)
    return ", ".join(part + told(those, known) for part, those in parts.items())


def failure_subjects(
    resource: ResourceInstances, failures: Sequence[Failure], known: Iterable[str] = ()
) -> Tuple[Subject, ...]:
    """Return whom ``failure_text`` names: the nodes, those that are known first, and what failed in a bundle."""
    inside = [plain(one.resource) for one in failures] if resource.bundle else []
    return (*resources(*dict.fromkeys(inside)), *nodes(*dict.fromkeys((*known, *(one.node for one in failures)))))


def named_as(name: str, found: Sequence[ResourceInstances]) -> Tuple[Subject, ...]:
    """Return the subject of what ``by_name`` calls so: the one resource, or the whole that these are."""
    return (found[0].subject,) if name == found[0].label else resources(name)


def _causes(states: ResourceStates) -> Dict[str, str]:
    """Return what is down because of another resource, by id, and the id of that.

    A member of a group waits for those before it, and in a clone of groups all of an instance stop with the one that
    fails; the connection to a guest node comes and goes with what the guest is inside of.
    """
    causes: Dict[str, str] = {}
    groups: Dict[str, List[ResourceInstances]] = {}
    by_id = {resource.id: resource for resource in states.all}
    containers = {node.name: node.id_as_resource for node in states.cluster.nodes if node.id_as_resource}
    for resource in states.all:
        if resource.group and not states.settled(resource):
            groups.setdefault(resource.group, []).append(resource)
        container = by_id.get(containers.get(resource.id) or "")
        if container and states.state(resource) == ResourceState.DOWN and not states.settled(container):
            causes[resource.id] = container.id
    for members in groups.values():
        down = [one for one in members if states.state(one) == ResourceState.DOWN]
        cause = states.culprit(down) if members[0] in down else members[0]
        causes.update({one.id: cause.id for one in down if one is not cause and not states.failures(one)})
    return causes
