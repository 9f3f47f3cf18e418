"""What is known of the cluster as it is now, and what is asked about it."""

from __future__ import annotations

from functools import cached_property
from typing import Callable, Dict, FrozenSet, List, Mapping, Optional, Sequence, Tuple

from check_ha.checks.failover.quorum_left import VotesLeft, votes_left
from check_ha.cluster.fencing.configuration import configuration_of, fencing_enabled
from check_ha.cluster.fencing.coverage import Coverage, coverage
from check_ha.cluster.fencing.devices import fence_devices
from check_ha.cluster.nodes import lost
from check_ha.cluster.resource_states.instances import ResourceInstances, resources_of
from check_ha.cluster.virtual_addresses import VirtualIp, virtual_ips
from check_ha.model.cib import Cib
from check_ha.model.cluster import Cluster, Node
from check_ha.model.corosync import CorosyncMap, QuorumStatus
from check_ha.sources.tools import DEAD, Question

Changes = Tuple[Tuple[str, str], ...]


class Situation:
    """The cluster as it is now."""

    def __init__(
        self,
        cluster: Cluster,
        cib: Cib,
        quorum: Optional[QuorumStatus] = None,
        cmap: Optional[CorosyncMap] = None,
        now: float = 0.0,
        pinned: Callable[..., bool] = lambda *names: False,
    ) -> None:
        self.cluster = cluster
        self.cib = cib
        self.quorum = quorum
        self.cmap = cmap
        self.now = now
        self._pinned = pinned
        self.nodes: Mapping[str, Node] = {node.name: node for node in cluster.nodes}

    @cached_property
    def lost(self) -> FrozenSet[str]:
        """The nodes that are lost already."""
        return frozenset(node.name for node in self.cluster.nodes if lost(node))

    @cached_property
    def running(self) -> Tuple[ResourceInstances, ...]:
        """The resources that run now. Not fence devices: one that only a node may use goes with it, as it should."""
        return tuple(
            one for one in resources_of(self.cluster)
            if one.running_on(self.lost)
            and not all(each.primitive.orphaned for each in one.primitives)
            and not any(each.primitive.agent.startswith("stonith:") for each in one.primitives)
        )  # fmt: skip

    def meant_to_be_lost(self, resource: ResourceInstances) -> bool:
        """Return whether the admin has said that it is for one node only."""
        return self._pinned(*resource.names)

    @cached_property
    def addresses(self) -> Mapping[str, str]:
        """Virtual IPs that are served now, with their labels: ``p_vip (192.0.2.100)``."""
        return {vip.id: vip.label for vip in self.vips if vip.nodes}

    @cached_property
    def vips(self) -> Tuple[VirtualIp, ...]:
        """All virtual IPs."""
        return virtual_ips(self.cluster, self.cib, {})

    @property
    def policy(self) -> str:
        """What becomes of a partition without quorum."""
        return self.cluster.options.no_quorum_policy or self.cib.option("no-quorum-policy") or "stop"

    def may_be_lost(self) -> Tuple[Node, ...]:
        """Return the nodes that are up: cluster nodes and remote nodes.

        A guest node is none, nor one in a bundle: it is lost with its container, which the cluster starts again.
        """
        return tuple(
            node for node in self.cluster.nodes
            if node.online and not node.pending and not node.unclean
            and (node.type == "member" or (node.type == "remote" and not node.id_as_resource))
        )  # fmt: skip

    def votes_without(self, changes: Changes) -> Optional[VotesLeft]:
        """Return the votes that are left; ``None`` where no cluster node dies or is left, or they are not known."""
        dead = [self.nodes[name] for name, state in changes if state == DEAD and name in self.nodes]
        ids = [node.id for node in dead if node.type == "member"]
        rest = any(
            node.type == "member" and node not in dead and node.name not in self.lost for node in self.cluster.nodes
        )
        return votes_left(self.quorum, self.cmap, ids) if self.quorum and ids and rest else None

    def loses_quorum(self, changes: Changes) -> Optional[VotesLeft]:
        """Return the votes that are left where they are too few, and that means something."""
        left = self.votes_without(changes)
        return left if left and not left.quorate and self.policy != "ignore" else None

    def question(self, changes: Changes) -> Question:
        """Return what the scheduler is to be asked about this."""
        remote = tuple(name for name, _ in changes if name in self.nodes and self.nodes[name].type == "remote")
        return Question(changes, remote, False if self.loses_quorum(changes) else None)

    @cached_property
    def fences(self) -> bool:
        """Whether fencing is on."""
        return bool(fencing_enabled(self.cluster, self.cib))

    def fencing_of(self, names: Sequence[str]) -> Dict[str, Coverage]:
        """Return how each of these nodes would be fenced by what is left without them; empty where fencing is off."""
        if not self.fences:
            return {}
        up: List[Node] = [node for node in self.cluster.nodes if node.name in names or node.name not in self.lost]
        left = self.cluster._replace(nodes=tuple(up))
        configuration = configuration_of(fence_devices(self.cluster, self.cib), left, self.cib, self.now)
        found = coverage(configuration) if configuration else ()
        return {one.node: one for one in found if one.node in names}
