"""What a node's flags amount to: crm_mon prints a dozen of them, and ``online`` alone means little."""

from __future__ import annotations

from typing import Dict, FrozenSet, List, Mapping, Optional, Tuple

from check_ha.cluster.fence_history import Fencing
from check_ha.cluster.resources import instances_by_id
from check_ha.core.wording import age
from check_ha.model.cluster import Bundle, Cluster, Node, Placed


class State:
    """The words of ``state_of``."""

    UNCLEAN = "UNCLEAN"
    PENDING = "pending"
    OFFLINE = "offline"
    SHUTTING_DOWN = "shutting down"
    STANDBY_ON_FAIL = "standby (on-fail)"
    STANDBY = "standby"
    MAINTENANCE = "maintenance"
    ONLINE = "online"


def state_of(node: Node) -> str:
    """Return the one word for this node: the first that holds, worst first.

    A node whose Pacemaker is stopped while its Corosync runs is online and pending (2.1.5: and in standby); one that
    must be fenced is unclean whether it is online or not.
    """
    states = (
        (node.unclean, State.UNCLEAN),
        (node.pending, State.PENDING),
        (not node.online, State.OFFLINE),
        (node.shutdown, State.SHUTTING_DOWN),
        (node.standby_onfail, State.STANDBY_ON_FAIL),
        (node.standby, State.STANDBY),
        (node.maintenance, State.MAINTENANCE),
    )
    return next((state for holds, state in states if holds), State.ONLINE)


def described(node: Node) -> str:
    """Return the state in words: ``UNCLEAN (offline)``, ``standby``, ``online, health red``."""
    state = state_of(node)
    if state == State.UNCLEAN:
        return "UNCLEAN (online)" if node.online else "UNCLEAN (offline)"
    health = f", health {node.health}" if node.health not in (None, "green") else ""
    return state + health if node.online else state


def lost(node: Node) -> bool:
    """Return whether nobody can say what runs there; what the cluster still shows on such a node proves nothing."""
    return node.unclean or not node.online


def can_start(node: Node) -> bool:
    """Return whether the cluster would start a resource there.

    What ill health does is up to node-health-strategy: a node that is not green counts as long as it runs something.
    """
    return state_of(node) == State.ONLINE and (node.health in (None, "green") or node.resources_running > 0)


def bundle_nodes(cluster: Cluster) -> FrozenSet[str]:
    """Return the guest nodes inside the containers of bundles: nothing but the bundle's own primitive may run there."""
    inside = {
        member.id
        for resource in cluster.resources
        if isinstance(resource, Bundle)
        for replica in resource.replicas
        for member in replica.members
    }
    return frozenset(node.name for node in cluster.nodes if node.id_as_resource in inside)


class ResourcesBehindNodes:
    """The resources that remote and guest nodes depend on."""

    def __init__(self, cluster: Cluster) -> None:
        self.instances: Mapping[str, List[Placed]] = instances_by_id(cluster)
        self.in_bundles = bundle_nodes(cluster)
        """Names of the nodes inside bundles."""

    def resource_behind(self, node: Node) -> str:
        """Return the resource that the node comes with: what a guest is inside of, the connection of a remote node."""
        return node.id_as_resource or node.name

    def in_stopped_bundle(self, node: Node) -> bool:
        """Return whether its container in a bundle does not run: the fault, if any, is that of the bundle."""
        container = self.instances.get(self.resource_behind(node), [])
        return node.name in self.in_bundles and not any(one.primitive.active for one in container)

    def connection_unmanaged(self, node: Node) -> bool:
        """Return whether it is in maintenance because its connection is unmanaged."""
        connection = self.instances.get(node.name, [])
        return node.type == "remote" and any(not one.primitive.managed for one in connection)


def leave_maintenance(node: Node, behind: ResourcesBehindNodes) -> Tuple[str, ...]:
    """Return the commands that end its maintenance; crmsh (4.4) and pcs have theirs for cluster nodes only."""
    if behind.connection_unmanaged(node):
        return (f"crm_resource --resource {behind.resource_behind(node)} --meta --delete-parameter is-managed",)
    every = f"crm_attribute --node {node.name} --name maintenance --delete"
    more = (f"crm node ready {node.name}", f"pcs node unmaintenance {node.name}") if node.type == "member" else ()
    return (every, *more)


def may_act(cluster: Cluster) -> bool:
    """Return whether this partition may start, stop and fence: it has quorum, or no-quorum-policy is ignore."""
    return cluster.with_quorum is not False or cluster.options.no_quorum_policy == "ignore"


def proven_down(node: Node, fencing: Optional[Fencing]) -> bool:
    """Return whether fencing proves that nothing runs there.

    It does until the node joins again: then Pacemaker expects it to be up (``expected_up``), also when it is cut off
    later. A failure or an attempt since then says that the cluster itself is not content.
    """
    return bool(
        fencing and fencing.done and not fencing.failed and not fencing.pending and node.expected_up is not True
    )


def why_unclean(node: Node, fencing: Optional[Fencing], cluster: Cluster) -> str:
    """Return what becomes of a node that must be fenced, and of its resources."""
    if not may_act(cluster):
        return "this partition has no quorum and may not fence it"
    text = "it must be fenced"
    if fencing and fencing.failed:
        last = fencing.failed[0]
        text = f"its fencing failed {age(fencing.seconds_since(last))}{f' ({last.reason})' if last.reason else ''}"
    elif fencing and fencing.pending:
        text = "it is being fenced"
    elif cluster.options.fencing_enabled is False:
        text = "it should be fenced, and fencing is off"
    number = node.resources_running
    stuck = "1 resource is stuck" if number == 1 else f"{number} resources are stuck"
    return f"{text}, {stuck} until it is fenced" if number else text


def feature_sets(cluster: Cluster) -> Mapping[str, List[str]]:
    """Return feature sets with their nodes, where Pacemaker says that they differ.

    2.1.5 and 2.1.6 say so of a pending node too, and 3.0.2 of an unclean one: such a node has told none, which reads
    ``<3.15.1``, the same as of a node that is really older.
    """
    versions: Dict[str, List[str]] = {}
    for node in cluster.nodes if cluster.dc and cluster.dc.mixed_version else ():
        if node.feature_set and node.online and not node.pending and not node.unclean:
            versions.setdefault(node.feature_set, []).append(node.name)
    return dict(sorted(versions.items(), key=lambda one: one[0].startswith("<")))
