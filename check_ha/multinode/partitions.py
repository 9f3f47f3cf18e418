"""Combine several views into the state of the cluster: partitions, what runs where, who carries which address.

Whatever one partition says of its own members is believed, and nothing it says of others: a node that is cut off
shows the rest of the cluster as it was, or as it supposes. Within a partition all see one CIB; where they differ one
view is older, and the newest counts for all.
"""

from __future__ import annotations

import re
from typing import Dict, FrozenSet, Iterator, List, Mapping, NamedTuple, Optional, Sequence, Tuple

from check_ha.core.wording import joined
from check_ha.model.view import SILENT, STOPPED, PacemakerView, ResourceView, View
from check_ha.multinode.answers import Answer

Places = Mapping[str, Tuple[str, ...]]
Pair = FrozenSet[str]


class Partition(NamedTuple):
    """Nodes that count each other as members."""

    nodes: Tuple[str, ...]
    """Those that gave a view."""
    members: Tuple[str, ...]
    """Those they count as members, with or without a view."""
    quorate: Optional[bool]
    dcs: Tuple[str, ...]
    """The DCs they name; more than one is wrong."""
    leaderless: bool
    """It is known that no DC is elected: nothing can be started there."""
    runs: Tuple[str, ...]
    """Resources active on its members, without fence devices."""
    frozen: Tuple[str, ...] = ()
    """Nodes whose corosync does not answer: what else they say is as old as that."""

    @property
    def label(self) -> str:
        """Return ``node1 and node2``."""
        return joined(self.nodes)

    @property
    def acts(self) -> bool:
        """Tell whether it may start resources: quorate, and as far as is known with a DC."""
        return bool(self.quorate) and not self.leaderless


class ClusterState(NamedTuple):
    """One look at the cluster."""

    partitions: Tuple[Partition, ...]
    corosync_stopped: Tuple[str, ...]
    """Nodes that are in no partition: corosync does not run there."""
    partition_unknown: Tuple[str, ...]
    """Nodes that could not tell which partition they are in."""
    active_on: Places
    """Where each active primitive runs, but clones, fence devices, and what is moving within a partition."""
    promoted: Tuple[Places, ...]
    """For each partition where its promotable clones are promoted."""
    carriers: Places
    """The nodes whose interfaces carry each virtual address, but those of clones."""
    owners: Mapping[str, Tuple[str, ...]]
    """The resources that each virtual address belongs to."""
    connected: FrozenSet[Pair] = frozenset()
    """Nodes that count each other."""

    @property
    def split(self) -> bool:
        """Tell whether two partitions act as the cluster."""
        return sum(one.acts for one in self.partitions) > 1 or sum(bool(one.runs) for one in self.partitions) > 1


def combine(answered: Sequence[Answer], earlier: Optional[ClusterState] = None) -> ClusterState:
    """Combine the views. With an earlier look only what both show is apart, doubled or carried twice.

    Once it is certain that two partitions act, each with what it runs now, nothing of that is in doubt any more.
    """
    known = [(answer.node, answer.view) for answer in answered if answer.view]
    corosync_stopped = [(node, view) for node, view in known if view.daemons.corosync == STOPPED]
    partition_unknown = [
        (node, view) for node, view in known if (node, view) not in corosync_stopped and _members(view) is None
    ]
    inside = [one for one in known if one not in corosync_stopped and one not in partition_unknown]
    pairs = frozenset(_pairs(inside)) | (earlier.connected if earlier else frozenset())
    sides = [_side(group) for group in _groups(inside, pairs)]
    owners = _owners([view for _, view in known])
    state = ClusterState(
        partitions=tuple(_partition(side) for side in sides),
        corosync_stopped=tuple(node for node, _ in corosync_stopped),
        partition_unknown=tuple(node for node, _ in partition_unknown),
        active_on=_active_on(sides),
        promoted=tuple(_promoted(side) for side in sides),
        carriers=_carriers(known, owners),
        owners=owners,
        connected=pairs,
    )
    return state if earlier is None or state.split else _confirmed(state, earlier)


_Known = Tuple[str, View]


class _Side(NamedTuple):
    """One partition while it is looked at."""

    known: Tuple[_Known, ...]
    members: Tuple[str, ...]
    resources: Tuple[ResourceView, ...]
    """Those that are active by the account that counts."""
    reach: FrozenSet[str]
    """Nodes of which it can say what runs there: its members, and the remote nodes it is connected to."""

    def nodes_of(self, nodes: Sequence[str]) -> Tuple[str, ...]:
        """Those of these nodes that it can speak of."""
        return tuple(node for node in nodes if node in self.reach)


def _members(view: View) -> Optional[Tuple[str, ...]]:
    """Return whom this node counts as members: by corosync; where it may not be asked, or is frozen, by Pacemaker."""
    if view.corosync:
        return tuple(member.name for member in view.corosync.members)
    if view.pacemaker is None or view.pacemaker.dc is None:
        return None
    return tuple(one.name for one in view.pacemaker.nodes if one.online and not one.remote)


def _counts(one: _Known, other: _Known) -> bool:
    """Tell whether the first counts the second as a member: by its id, else by its name or an address."""
    (_, view), (name, seen) = one, other
    if view.corosync and seen.corosync and seen.corosync.node_id is not None:
        return seen.corosync.node_id in [member.id for member in view.corosync.members]
    addresses = [address.address for address in seen.addresses or ()]
    return any(member == name or member in addresses for member in _members(view) or ())


def _pairs(inside: Sequence[_Known]) -> Iterator[Pair]:
    for position, one in enumerate(inside):
        for other in inside[position + 1 :]:
            if _counts(one, other) and _counts(other, one):
                yield frozenset((one[0], other[0]))


def _groups(inside: Sequence[_Known], connected: FrozenSet[Pair]) -> List[List[_Known]]:
    """Return the nodes in groups that count each other, directly or through others, in the order asked."""
    groups: List[List[_Known]] = []
    for one in inside:
        near = [group for group in groups if any(frozenset((one[0], other[0])) in connected for other in group)]
        groups = [group for group in groups if group not in near]
        groups.append([*(other for group in near for other in group), one])
    order = {node: position for position, (node, _) in enumerate(inside)}
    return sorted(groups, key=lambda group: min(order[node] for node, _ in group))


def _side(known: Sequence[_Known]) -> _Side:
    members = [node for node, _ in known]
    for _, view in known:
        if view.daemons.corosync != SILENT:  # a node whose corosync is frozen knows of nobody but itself any more
            members += _members(view) or ()
    account = _account(known)
    remotes = [node.name for node in account.nodes if node.remote and node.online] if account else []
    resources = account.resources if account else ()
    return _Side(tuple(known), tuple(dict.fromkeys(members)), resources, frozenset((*members, *remotes)))


def _account(known: Sequence[_Known]) -> Optional[PacemakerView]:
    """Return Pacemaker's view by the newest CIB; of several of that age that of the DC."""
    accounts = [(_age(view.cib_epoch), view.pacemaker.dc == node, view) for node, view in known if view.pacemaker]
    return max(accounts, key=lambda one: one[:2])[2].pacemaker if accounts else None


def _age(epoch: Optional[str]) -> Tuple[int, ...]:
    if epoch is None or not re.fullmatch(r"\d{1,12}(\.\d{1,12}){2}", epoch, re.ASCII):
        return ()
    return tuple(int(part) for part in epoch.split("."))


def _partition(side: _Side) -> Partition:
    quorate = [_quorate(view) for _, view in side.known]
    dcs = [view.pacemaker.dc for _, view in side.known if view.pacemaker and view.pacemaker.dc]
    return Partition(
        nodes=tuple(node for node, _ in side.known),
        members=side.members,
        quorate=True if True in quorate else False if False in quorate else None,
        dcs=tuple(dict.fromkeys(dcs)),
        leaderless=all(_leaderless(view) for _, view in side.known),
        runs=tuple(one.id for one in side.resources if not one.fencing and side.nodes_of(one.nodes)),
        frozen=tuple(node for node, view in side.known if view.daemons.corosync == SILENT),
    )


def _quorate(view: View) -> Optional[bool]:
    if view.corosync and view.corosync.quorate is not None:
        return view.corosync.quorate
    return view.pacemaker.quorate if view.pacemaker else None


def _leaderless(view: View) -> bool:
    return view.daemons.pacemaker == STOPPED or (view.pacemaker is not None and view.pacemaker.dc is None)


def _active_on(sides: Sequence[_Side]) -> Dict[str, Tuple[str, ...]]:
    """Return where each primitive runs. What moves within one partition may be on two nodes; between two it may not."""
    found: Dict[str, List[Tuple[Tuple[str, ...], bool]]] = {}
    for side in sides:
        for one in side.resources:
            nodes = side.nodes_of(one.nodes)
            if nodes and not one.cloned and not one.fencing:
                found.setdefault(one.id, []).append((nodes, one.moving))
    return {
        name: tuple(dict.fromkeys(node for nodes, _ in places for node in nodes))
        for name, places in found.items()
        if len(places) > 1 or not places[0][1]
    }


def _promoted(side: _Side) -> Dict[str, Tuple[str, ...]]:
    found = {one.id: side.nodes_of(one.promoted) for one in side.resources}
    return {name: nodes for name, nodes in found.items() if nodes}


def _owners(views: Sequence[View]) -> Dict[str, Tuple[str, ...]]:
    """Return every virtual address that any node knows of: where Pacemaker is down, the node itself knows of none."""
    vips = [vip for view in views for vip in view.vips or ()]
    cloned = {vip.resource for vip in vips if vip.cloned}
    found: Dict[str, Tuple[str, ...]] = {}
    for vip in vips:
        for address in vip.addresses:
            if vip.resource not in cloned:
                found[address] = tuple(dict.fromkeys((*found.get(address, ()), vip.resource)))
    return found


def _carriers(known: Sequence[_Known], owners: Mapping[str, Tuple[str, ...]]) -> Dict[str, Tuple[str, ...]]:
    found: Dict[str, Tuple[str, ...]] = {}
    for node, view in known:
        carried = {one.address for one in view.addresses or ()}
        for address in owners:  # and not the set: the first line must be the same in each run
            if address in carried:
                found[address] = (*found.get(address, ()), node)
    return found


def _confirmed(state: ClusterState, earlier: ClusterState) -> ClusterState:
    """Return what both looks show. Partitions are so already, by the connected nodes of both."""
    dcs = {dc for partition in earlier.partitions for dc in partition.dcs}
    return state._replace(
        partitions=tuple(
            one._replace(dcs=tuple(dc for dc in one.dcs if dc in dcs) or one.dcs[:1]) for one in state.partitions
        ),
        active_on=_in_both(state.active_on, earlier.active_on),
        carriers=_in_both(state.carriers, earlier.carriers),
    )


def _in_both(now: Places, before: Places) -> Dict[str, Tuple[str, ...]]:
    return {name: tuple(node for node in nodes if node in before.get(name, ())) for name, nodes in now.items()}
