"""Combine several views into the state of the cluster: partitions, what runs where, who carries which address."""

from __future__ import annotations

from typing import Dict, FrozenSet, Mapping, Optional, Sequence, Tuple

from check_ha.model.view import STOPPED
from check_ha.multinode.answers import Answer
from check_ha.multinode.partitions import Pair, Partition, connected_pairs, members_of, partitions_of
from check_ha.multinode.placement import (
    Carrier,
    Places,
    address_carriers,
    promoted_places,
    single_places,
    vip_owners,
)
from check_ha.record import NamedTuple


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
    carriers: Mapping[str, Tuple[Carrier, ...]]
    """Who carries each virtual address, but those of clones."""
    owners: Places
    """The resources that each virtual address belongs to."""
    connected: FrozenSet[Pair] = frozenset()
    """Nodes that count each other."""
    corosync_1: bool = False
    """Whether a node has corosync 1."""

    @property
    def split(self) -> bool:
        """Tell whether two partitions act as the cluster."""
        return sum(one.acts for one in self.partitions) > 1 or sum(bool(one.runs) for one in self.partitions) > 1


def combine(answered: Sequence[Answer], earlier: Optional[ClusterState] = None) -> ClusterState:
    """Combine the views. With an earlier look only what both show is apart, doubled or carried twice.

    Once it is certain that two partitions act, each with what it runs now, nothing of that is in doubt any more.
    """
    known = [(answer.node, answer.view) for answer in answered if answer.view]
    running = [(node, view) for node, view in known if view.daemons.corosync != STOPPED]
    inside = [(node, view) for node, view in running if members_of(view) is not None]
    connected = frozenset(connected_pairs(inside)) | (earlier.connected if earlier else frozenset())
    partitions = partitions_of(inside, connected)
    owners = vip_owners([view for _, view in known])
    state = ClusterState(
        partitions=partitions,
        corosync_stopped=tuple(node for node, view in known if view.daemons.corosync == STOPPED),
        partition_unknown=tuple(node for node, view in running if members_of(view) is None),
        active_on=single_places([one.resources for one in partitions]),
        promoted=tuple(promoted_places(one.resources) for one in partitions),
        carriers=address_carriers(known, owners),
        owners=owners,
        connected=connected,
        corosync_1=any((view.versions.corosync or "").startswith("1.") for _, view in known),
    )
    return state if earlier is None or state.split else _confirmed(state, earlier)


def _confirmed(state: ClusterState, earlier: ClusterState) -> ClusterState:
    """Return what both looks show. Partitions are so already, by the connected nodes of both."""
    dcs = {dc for partition in earlier.partitions for dc in partition.dcs}
    return state._replace(
        partitions=tuple(
            one._replace(dcs=tuple(dc for dc in one.dcs if dc in dcs) or one.dcs[:1]) for one in state.partitions
        ),
        active_on={
            name: tuple(node for node in nodes if node in earlier.active_on.get(name, ()))
            for name, nodes in state.active_on.items()
        },
        carriers=_carried_in_both(state, earlier),
    )


def _carried_in_both(state: ClusterState, earlier: ClusterState) -> Dict[str, Tuple[Carrier, ...]]:
    """Return who carries an address in both looks, and is at fault in both."""
    found = {}
    for address, carriers in state.carriers.items():
        before = {one.node: one for one in earlier.carriers.get(address, ())}
        found[address] = tuple(
            one if before[one.node].fault else one._replace(fault="") for one in carriers if one.node in before
        )
    return found
