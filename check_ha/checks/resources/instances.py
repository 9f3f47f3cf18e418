"""Every resource as one thing to judge: a primitive, all instances of a cloned one, a bundle with its replicas."""

from typing import Dict, FrozenSet, Iterator, List, NamedTuple, Optional, Tuple

from check_ha.cluster.resources import in_motion, names_of, plain
from check_ha.model.cluster import Bundle, Clone, Cluster, Group, Placed

Part = Tuple[Placed, ...]
"""What must be active together: one instance of a primitive, or all that stands in one replica of a bundle."""


class Unit(NamedTuple):
    """A resource."""

    id: str
    """Without instance number; for a bundle its own."""
    parts: Tuple[Part, ...]
    names: Tuple[str, ...]
    """All that an administrator may call it: its own name first, then what it is part of, innermost first."""
    clone: Optional[Clone] = None
    group: str = ""
    """The group it is a member of, without instance number."""
    bundle: Optional[Bundle] = None

    @property
    def top(self) -> str:
        """The outermost thing it belongs to, which is itself for a resource of its own."""
        return self.bundle.id if self.bundle else self.names[-1]

    @property
    def label(self) -> str:
        """``p_single``, ``cl_ping``, ``p_fs (g_web)``, ``p_lvm (cl_stack)``."""
        return f"{self.id} ({self.top})" if self.group else self.top

    @property
    def members(self) -> Iterator[Placed]:
        """Every primitive instance."""
        for part in self.parts:
            yield from part

    @property
    def ids(self) -> Tuple[str, ...]:
        """The names under which its failures are listed."""
        return tuple(dict.fromkeys(plain(one.primitive.id) for one in self.members))

    @property
    def moving(self) -> bool:
        """Whether an action runs on it right now."""
        return any(in_motion(one.primitive) for one in self.members)

    @property
    def several(self) -> bool:
        """Whether a node may hold several of its parts."""
        return self.bundle is not None or (self.clone is not None and self.clone.unique)

    @property
    def promotable(self) -> bool:
        """Whether one of its instances is to be promoted."""
        roles = {one.primitive.role for one in self.members}
        in_bundle = self.bundle is not None and not roles.isdisjoint({"Promoted", "Unpromoted"})
        return in_bundle or (self.clone is not None and self.clone.promotable)

    @property
    def held_back(self) -> bool:
        """Whether target-role forbids to promote it."""
        targets = {one.primitive.target_role for one in self.members}
        return "Unpromoted" in targets or (self.clone is not None and self.clone.target_role == "Unpromoted")

    def live(self, lost: FrozenSet[str]) -> Tuple[Part, ...]:
        """The parts that are active, and not on one of those nodes."""
        return tuple(part for part in self.parts if all(is_live(one, lost) for one in part))

    def nodes(self, lost: FrozenSet[str]) -> Tuple[str, ...]:
        """Where it is active, once for each part; a replica of a bundle is where its container is."""
        return tuple(node for part in self.live(lost) for node in _place(part).primitive.nodes if node not in lost)

    def shown_on(self, lost: FrozenSet[str]) -> Tuple[str, ...]:
        """Those of these nodes it is still shown active on."""
        places = (_place(part).primitive for part in self.parts)
        nodes = [node for primitive in places if primitive.active for node in primitive.nodes if node in lost]
        return tuple(dict.fromkeys(nodes))

    def promoted_on(self, lost: FrozenSet[str]) -> Tuple[str, ...]:
        """The nodes on which it is promoted; a replica of a bundle is where its container is."""
        parts = [part for part in self.live(lost) if any(one.primitive.role == "Promoted" for one in part)]
        return tuple(node for part in parts for node in _place(part).primitive.nodes if node not in lost)


def is_live(placed: Placed, lost: FrozenSet[str]) -> bool:
    """Whether it is active, and not only on one of those nodes."""
    primitive = placed.primitive
    return primitive.active and (not primitive.nodes or any(node not in lost for node in primitive.nodes))


def _place(part: Part) -> Placed:
    """What tells where a part is: the payload of a replica runs on the node inside its container."""
    containers = [one for one in part if one.primitive.agent.rpartition(":")[2] in ("docker", "podman", "rkt")]
    return containers[0] if containers else part[0]


def units_of(cluster: Cluster) -> Tuple[Unit, ...]:
    """Every resource in document order. What was removed and runs no more is left out: 2.1.5 goes on listing the
    instances of a clone that were too many."""
    found: Dict[str, List[Placed]] = {}
    bundles: Dict[str, Bundle] = {}
    for placed in cluster.primitives():
        outermost = placed.parents[0] if placed.parents else None
        if isinstance(outermost, Bundle):
            bundles[outermost.id] = outermost
            found.setdefault(outermost.id, [])
        elif placed.primitive.active or not placed.primitive.orphaned:
            found.setdefault(plain(placed.primitive.id), []).append(placed)
    return tuple(_bundle(bundles[name]) if name in bundles else _unit(name, placed) for name, placed in found.items())


def _unit(name: str, instances: List[Placed]) -> Unit:
    parents = instances[0].parents
    clone = next((parent for parent in parents if isinstance(parent, Clone)), None)
    group = next((parent.id for parent in parents if isinstance(parent, Group)), "")
    return Unit(name, tuple((one,) for one in instances), names_of(instances[0]), clone, plain(group))


def _bundle(bundle: Bundle) -> Unit:
    replicas = (replica for replica in bundle.replicas if replica.members)  # of one without, nothing is known
    parts = tuple(tuple(Placed(member, (bundle,)) for member in replica.members) for replica in replicas)
    inside = dict.fromkeys(plain(one.primitive.id) for part in parts for one in part)
    return Unit(bundle.id, parts, (bundle.id, *inside), bundle=bundle)
