"""Who is in a partition with whom, whether that has quorum, who decides there, and what runs there."""

from __future__ import annotations

from typing import Dict, FrozenSet, Iterator, List, Optional, Sequence, Tuple

from check_ha.core.wording import some
from check_ha.model.view import SILENT, STOPPED, PacemakerView, ResourceView, View
from check_ha.multinode.placement import Named, account_of, active_resources
from check_ha.record import NamedTuple

Pair = FrozenSet[str]


class Partition(NamedTuple):
    """Nodes that count each other as members."""

    nodes: Tuple[str, ...]
    """Those that gave a view."""
    members: Tuple[str, ...]
    """Those they count as members, with or without a view."""
    quorate: Optional[bool]
    """As Pacemaker has it, which follows the corosync of the DC; where it does not tell, as corosync has it."""
    dcs: Tuple[str, ...]
    """The DCs they name; more than one is wrong."""
    leaderless: bool
    """It is known that no DC is elected: nothing can be started there."""
    resources: Tuple[ResourceView, ...]
    """What is active on its members."""
    resources_known: bool
    """Whether all that its nodes run is known."""
    frozen: Tuple[str, ...] = ()
    """Nodes whose corosync does not answer: what else they say is as old as that."""
    not_joined: Tuple[str, ...] = ()
    """Nodes that run Pacemaker, and are no part of what the DC decides over."""
    corosync_quorate: Tuple[Tuple[str, bool], ...] = ()
    """Whether each node's own corosync has quorum."""
    without_device_vote: Tuple[str, ...] = ()
    """Members to which the quorum device gives no vote, while it gives one to others."""

    @property
    def label(self) -> str:
        """Return ``node1 and node2``."""
        return some(self.nodes)

    @property
    def runs(self) -> Tuple[str, ...]:
        """Return the ids of what is active, without fence devices."""
        return tuple(one.id for one in self.resources if not one.fencing)

    @property
    def idle(self) -> bool:
        """Tell whether it is known that nothing runs there."""
        return self.resources_known and not self.runs

    @property
    def acts(self) -> bool:
        """Tell whether it may start resources: quorate, and as far as is known with a DC."""
        return bool(self.quorate) and not self.leaderless


def members_of(view: View) -> Optional[Tuple[str, ...]]:
    """Return whom this node counts as members; None where that is not known.

    By corosync; where it may not be asked, is frozen, or lists none (corosync 1), by Pacemaker.
    """
    if view.corosync and view.corosync.members:
        return tuple(member.name for member in view.corosync.members)
    if view.pacemaker is None or view.pacemaker.dc is None:
        return None
    return tuple(one.name for one in view.pacemaker.nodes if one.online and not one.remote) or None


def connected_pairs(views: Sequence[Named]) -> Iterator[Pair]:
    """Yield each two nodes that count each other as members."""
    for position, one in enumerate(views):
        for other in views[position + 1 :]:
            if _counts(one, other) and _counts(other, one):
                yield frozenset((one[0], other[0]))


def _counts(one: Named, other: Named) -> bool:
    """Tell whether the first counts the second as a member: by its id, else by its name or an address."""
    (_, view), (name, seen) = one, other
    if view.corosync and view.corosync.members and seen.corosync and seen.corosync.node_id is not None:
        return seen.corosync.node_id in [member.id for member in view.corosync.members]
    addresses = [address.address for address in seen.addresses or ()]
    return any(member == name or member in addresses for member in members_of(view) or ())


def partitions_of(views: Sequence[Named], connected: FrozenSet[Pair]) -> Tuple[Partition, ...]:
    """Return the partitions, in the order asked: each node with all that it is connected to, directly or not."""
    groups: List[List[Named]] = []
    for one in views:
        near = [group for group in groups if any(frozenset((one[0], other[0])) in connected for other in group)]
        groups = [group for group in groups if group not in near]
        groups.append([*(other for group in near for other in group), one])
    order = {node: position for position, (node, _) in enumerate(views)}
    groups.sort(key=lambda group: min(order[node] for node, _ in group))
    return tuple(_partition(group) for group in groups)


def _partition(views: Sequence[Named]) -> Partition:
    account = account_of(views)
    members = [node for node, _ in views]
    for _, view in views:
        if view.daemons.corosync != SILENT:  # a node whose corosync is frozen knows of nobody but itself any more
            members += members_of(view) or ()
    members = list(dict.fromkeys(members))
    quorate = {node: view.corosync.quorate for node, view in views if view.corosync}
    dcs = [view.pacemaker.dc for _, view in views if view.pacemaker and view.pacemaker.dc]
    return Partition(
        nodes=tuple(node for node, _ in views),
        members=tuple(members),
        quorate=_quorate(account, views),
        dcs=tuple(dict.fromkeys(dcs)),
        leaderless=all(_leaderless(view) for _, view in views),
        resources=active_resources(views, members),
        resources_known=account is not None or not any(tells_nothing_of_pacemaker(view) for _, view in views),
        frozen=tuple(node for node, view in views if view.daemons.corosync == SILENT),
        not_joined=tuple(node for node, view in views if account and _not_joined(node, view)),
        corosync_quorate=tuple((node, value) for node, value in quorate.items() if value is not None),
        without_device_vote=_without_device_vote(views),
    )


def tells_nothing_of_pacemaker(view: View) -> bool:
    """Tell whether it is not known what this node runs."""
    return view.pacemaker is None and view.daemons.pacemaker != STOPPED


def _quorate(account: Optional[PacemakerView], views: Sequence[Named]) -> Optional[bool]:
    if account and account.quorate is not None:
        return account.quorate
    told = [view.corosync.quorate for _, view in views if view.corosync]
    told += [view.pacemaker.quorate for _, view in views if view.pacemaker]
    return True if True in told else False if False in told else None


def dc_unknown(pacemaker: PacemakerView) -> bool:
    """Tell whether there is a DC that is not named: without one crm_mon does not speak of quorum."""
    return pacemaker.dc is None and pacemaker.quorate is not None


def _leaderless(view: View) -> bool:
    """Tell whether it is known that no DC is elected."""
    if view.pacemaker is None:
        return view.daemons.pacemaker == STOPPED
    return view.pacemaker.dc is None and not dc_unknown(view.pacemaker)


def _not_joined(node: str, view: View) -> bool:
    """Tell whether Pacemaker runs on this node, and sees no DC, or the DC does not count the node as online."""
    if view.pacemaker is None:
        return False
    own = [one for one in view.pacemaker.nodes if one.name == node]
    return _leaderless(view) or (bool(own) and not any(one.online and not one.pending for one in own))


def _without_device_vote(views: Sequence[Named]) -> Tuple[str, ...]:
    devices: Dict[str, str] = {}
    for _, view in views:
        for member in view.corosync.members if view.corosync else ():
            if member.device:
                devices[member.name] = member.device
    votes = {name: "V" in device.split(",") for name, device in devices.items()}
    return tuple(name for name, vote in votes.items() if not vote) if any(votes.values()) else ()
