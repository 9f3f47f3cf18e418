"""What the parts of this folder ask of the cluster: which nodes are up, the attributes of each, what runs where."""

from __future__ import annotations

from typing import Callable, Dict, FrozenSet, Iterator, List, Mapping, Optional, Sequence, Set, Tuple

from check_ha.cluster.nodes import State, bundle_nodes, state_of
from check_ha.cluster.resources import in_motion, plain
from check_ha.model.cib import Cib
from check_ha.model.cluster import INFINITY, Clone, Cluster, Node, Placed
from check_ha.record import NamedTuple

HIDDEN = "********"
"""Stands for a value that was masked: in a recording, and in what --sudo and --node are given."""
NUMBER = r"[+-]?(?:[0-9]{1,15}(?:\.[0-9]{1,6})?|INFINITY)"


class Facts(NamedTuple):
    """The selected nodes of a cluster that are up, and what is known of them."""

    cluster: Cluster
    cib: Optional[Cib]
    nodes: Tuple[Node, ...]
    """Those that are up; not those inside bundles, which hold nothing but their payload."""
    attributes: Mapping[str, Mapping[str, str]]
    """By node, as crm_mon shows them; where the CIB was read, what it has beside them."""
    now: float = 0.0
    until: Callable[[str, str], str] = lambda name, node: ""
    """What an attribute of a node was before, and until when: ``, was 200 until 12m ago``."""

    @property
    def working(self) -> FrozenSet[str]:
        """Return the names of those that run resources: there nothing explains that an attribute is missing.

        From one in bad health the cluster may take its ping resource away like all others.
        """
        healthy = (node for node in self.nodes if node.health in (None, "green"))
        return frozenset(node.name for node in healthy if state_of(node) == State.ONLINE)

    def of(self, node: str) -> Mapping[str, str]:
        """Return the attributes of a node."""
        return self.attributes.get(node, {})

    def instances(self, *agents: str) -> Iterator[Placed]:
        """Yield the instances of these agents that run, and on which no action is under way."""
        for placed in self.cluster.primitives():
            primitive = placed.primitive
            if primitive.agent in agents and primitive.active and not primitive.failed and not in_motion(primitive):
                yield placed

    def runs(self, *agents: str) -> Dict[str, Set[str]]:
        """Return the resources of these agents, each with the selected nodes that are up and run it."""
        up = {node.name for node in self.nodes}
        found: Dict[str, Set[str]] = {}
        for placed in self.instances(*agents):
            found.setdefault(plain(placed.primitive.id), set()).update(up.intersection(placed.primitive.nodes))
        return found

    def parameter(self, resource: str, name: str) -> Optional[str]:
        """Return a parameter of a resource, where the CIB has just one value for it."""
        values = [value for one in (self.cib.primitives if self.cib else ()) if one.id == resource
                  for value in one.values(name)]  # fmt: skip
        return values[0] if len(values) == 1 else None


def facts(cluster: Cluster, cib: Optional[Cib], selected: Sequence[Node], now: float) -> Facts:
    """Return what is known of these nodes."""
    inside = bundle_nodes(cluster)
    up = (State.SHUTTING_DOWN, State.STANDBY_ON_FAIL, State.STANDBY, State.MAINTENANCE, State.ONLINE)
    nodes = tuple(node for node in selected if state_of(node) in up and node.name not in inside)
    shown = {node.name: {**_configured(node.name, cib), **cluster.attributes.get(node.name, {})} for node in nodes}
    return Facts(cluster, cib, nodes, shown, now)


def _configured(node: str, cib: Optional[Cib]) -> Dict[str, str]:
    """Return the attributes that the CIB has of a node; a transient one counts before a permanent one."""
    if cib is None:
        return {}
    permanent = (one.attributes for one in cib.nodes if one.name == node)
    return {**dict(reversed(next(permanent, ()))), **dict(cib.transient.get(node, ()))}


def in_promotable(placed: Placed) -> bool:
    """Return whether it is an instance of a promotable clone."""
    return any(isinstance(parent, Clone) and parent.promotable for parent in placed.parents)


def as_number(value: str) -> Optional[float]:
    """Return the number that it is; INFINITY is a million, as everywhere in Pacemaker."""
    import re

    if not re.fullmatch(NUMBER, value):
        return None
    return float(value.replace("INFINITY", str(INFINITY)))


def in_order(names: Set[str], cluster: Cluster) -> List[str]:
    """Return these nodes in the order of the cluster."""
    return [node.name for node in cluster.nodes if node.name in names]
