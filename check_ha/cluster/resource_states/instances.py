"""Every resource as one thing to judge: a primitive, all instances of a cloned one, a bundle with its replicas."""

from __future__ import annotations

from typing import Dict, FrozenSet, List, Optional, Tuple

from check_ha.cluster.resources import in_motion, names_of, plain
from check_ha.core.finding import RESOURCE, Subject
from check_ha.model.cluster import Bundle, Clone, Cluster, Group, Placed
from check_ha.record import NamedTuple

Instance = Tuple[Placed, ...]
"""What must be active together: one instance of a primitive, or all that stands in one replica of a bundle."""


class ResourceInstances(NamedTuple):
    """A resource with all its instances."""

    id: str
    """Without instance number; for a bundle its own."""
    instances: Tuple[Instance, ...]
    names: Tuple[str, ...]
    """All that an administrator may call it: its own name first, then what it is part of, innermost first."""
    clone: Optional[Clone] = None
    group: str = ""
    """The group it is a member of, without instance number."""
    bundle: Optional[Bundle] = None

    @property
    def outermost(self) -> str:
        """The outermost thing it belongs to, which is itself for a resource of its own."""
        return self.bundle.id if self.bundle else self.names[-1]

    @property
    def label(self) -> str:
        """``p_single``, ``cl_ping``, ``p_fs (g_web)``, ``p_lvm (cl_stack)``."""
        return f"{self.id} ({self.outermost})" if self.group else self.outermost

    @property
    def subject(self) -> Subject:
        """What a finding about it is about: the name that its label begins with."""
        return Subject(RESOURCE, self.id if self.group else self.outermost)

    @property
    def primitives(self) -> Instance:
        """Every primitive instance."""
        if len(self.instances) == 1:
            return self.instances[0]
        return tuple([placed for instance in self.instances for placed in instance])

    @property
    def ids(self) -> Tuple[str, ...]:
        """The names under which its failures are listed."""
        return tuple(dict.fromkeys([plain(one.primitive.id) for one in self.primitives]))

    @property
    def in_motion(self) -> bool:
        """Whether an action runs on it right now."""
        return any(in_motion(one.primitive) for one in self.primitives)

    @property
    def may_share_nodes(self) -> bool:
        """Whether a node may hold several of its instances."""
        return self.bundle is not None or (self.clone is not None and self.clone.unique)

    @property
    def promotable(self) -> bool:
        """Whether one of its instances is to be promoted."""
        if self.bundle is None:
            return self.clone is not None and self.clone.promotable
        return any(one.primitive.role in ("Promoted", "Unpromoted") for one in self.primitives)

    @property
    def promotion_disabled(self) -> bool:
        """Whether target-role forbids to promote it."""
        targets = {one.primitive.target_role for one in self.primitives}
        return "Unpromoted" in targets or (self.clone is not None and self.clone.target_role == "Unpromoted")

    def running(self, lost: FrozenSet[str]) -> Tuple[Instance, ...]:
        """Return the instances that are active, and not on one of those nodes."""
        return tuple([one for one in self.instances if _all_run(one, lost)])

    def running_on(self, lost: FrozenSet[str]) -> Tuple[str, ...]:
        """Return where it is active, once for each instance; a replica of a bundle is where its container is."""
        found = self.running(lost)
        return tuple([node for one in found for node in _container(one).primitive.nodes if node not in lost])

    def shown_on(self, lost: FrozenSet[str]) -> Tuple[str, ...]:
        """Return those of these nodes it is still shown active on."""
        places = (_container(instance).primitive for instance in self.instances)
        nodes = [node for primitive in places if primitive.active for node in primitive.nodes if node in lost]
        return tuple(dict.fromkeys(nodes))

    def promoted_on(self, lost: FrozenSet[str]) -> Tuple[str, ...]:
        """Return the nodes on which it is promoted; a replica of a bundle is where its container is."""
        found = [one for one in self.running(lost) if any(placed.primitive.role == "Promoted" for placed in one)]
        return tuple(node for one in found for node in _container(one).primitive.nodes if node not in lost)


def is_running(placed: Placed, lost: FrozenSet[str]) -> bool:
    """Return whether it is active, and not only on one of those nodes."""
    primitive = placed.primitive
    return primitive.active and (not primitive.nodes or not lost.issuperset(primitive.nodes))


def _all_run(instance: Instance, lost: FrozenSet[str]) -> bool:
    """Return whether all of this instance runs; a loop, for it is asked several times of each of thousands."""
    for placed in instance:  # noqa: SIM110
        if not is_running(placed, lost):
            return False
    return True


def _container(instance: Instance) -> Placed:
    """Return what tells where an instance is: the primitive in a bundle runs on the node inside its container."""
    if len(instance) == 1:
        return instance[0]
    containers = [one for one in instance if one.primitive.agent.rpartition(":")[2] in ("docker", "podman", "rkt")]
    return containers[0] if containers else instance[0]


def resources_of(cluster: Cluster) -> Tuple[ResourceInstances, ...]:
    """Return every resource in document order.

    What was removed and runs no more is left out: 2.1.5 goes on listing the surplus instances of a clone.
    """
    found: Dict[str, List[Placed]] = {}
    bundles: Dict[str, Bundle] = {}
    for placed in cluster.primitives():
        outermost = placed.parents[0] if placed.parents else None
        if isinstance(outermost, Bundle):
            bundles[outermost.id] = outermost
            found.setdefault(outermost.id, [])
        elif placed.primitive.active or not placed.primitive.orphaned:
            found.setdefault(plain(placed.primitive.id), []).append(placed)
    return tuple(_bundle(bundles[name]) if name in bundles else _instances(name, one) for name, one in found.items())


def _instances(name: str, found: List[Placed]) -> ResourceInstances:
    clone: Optional[Clone] = None
    group = ""
    for parent in found[0].parents:
        if isinstance(parent, Clone):
            clone = parent
        elif isinstance(parent, Group):
            group = plain(parent.id)
    return ResourceInstances(name, tuple([(one,) for one in found]), names_of(found[0]), clone, group)


def _bundle(bundle: Bundle) -> ResourceInstances:
    replicas = (replica for replica in bundle.replicas if replica.members)  # of one without, nothing is known
    instances = tuple(tuple(Placed(member, (bundle,)) for member in replica.members) for replica in replicas)
    inside = dict.fromkeys(plain(one.primitive.id) for instance in instances for one in instance)
    return ResourceInstances(bundle.id, instances, (bundle.id, *inside), bundle=bundle)
