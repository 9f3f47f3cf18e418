"""What runs where, by the views of one partition, and which node carries which virtual address.

Whatever one partition says of its own members is believed, and nothing it says of others: a node that is cut off shows
the rest of the cluster as it was, or as it supposes. Within a partition all see one CIB; where they differ one view is
older, and the newest counts for all. But a view without a DC speaks for nothing but its node: one that cannot join may
have a newer CIB from another time, in which the node that does run everything is stopped.
"""

from __future__ import annotations

import re
from typing import Dict, FrozenSet, List, Mapping, Optional, Sequence, Tuple

from check_ha.model.addresses import Interface
from check_ha.model.view import PacemakerView, ResourceView, View
from check_ha.record import NamedTuple

Places = Mapping[str, Tuple[str, ...]]
"""Nodes by resource, or by address."""
Named = Tuple[str, View]
"""A node and its view."""


def cib_version(epoch: Optional[str]) -> Tuple[int, ...]:
    """Return ``admin_epoch.epoch.num_updates`` as numbers; empty where that is not known: older than any."""
    if epoch is None or not re.fullmatch(r"\d{1,12}(\.\d{1,12}){2}", epoch, re.ASCII):
        return ()
    return tuple(int(part) for part in epoch.split("."))


def account_of(views: Sequence[Named]) -> Optional[PacemakerView]:
    """Return Pacemaker's view by the newest CIB; of several of that age that of the DC; None where nobody has a DC."""
    accounts = [
        (cib_version(view.cib_epoch), view.pacemaker.dc == node, view.pacemaker)
        for node, view in views
        if view.pacemaker and view.pacemaker.dc
    ]
    return max(accounts, key=lambda one: one[:2])[2] if accounts else None


def active_resources(views: Sequence[Named], members: Sequence[str]) -> Tuple[ResourceView, ...]:
    """Return what is active on these members, and on the remote nodes that they are connected to."""
    account = account_of(views)
    remotes = [node.name for node in account.nodes if node.remote and node.online] if account else []
    found = list(_on(account, frozenset((*members, *remotes)))) if account else []
    for node, view in views:
        if view.pacemaker and (account is None or view.pacemaker.dc != account.dc):
            found += _on(view.pacemaker, frozenset((node,)))
    merged: Dict[str, ResourceView] = {}
    for one in found:
        merged[one.id] = _together(merged[one.id], one) if one.id in merged else one
    return tuple(merged.values())


def _on(account: PacemakerView, reach: FrozenSet[str]) -> List[ResourceView]:
    """Return what is active on these nodes, without any other node."""
    found = []
    for one in account.resources:
        active = tuple(node for node in one.nodes if node in reach)
        if active:
            found.append(one._replace(nodes=active, promoted=tuple(node for node in one.promoted if node in reach)))
    return found


def _together(one: ResourceView, other: ResourceView) -> ResourceView:
    return one._replace(
        nodes=tuple(dict.fromkeys((*one.nodes, *other.nodes))),
        promoted=tuple(dict.fromkeys((*one.promoted, *other.promoted))),
        moving=one.moving or other.moving,
    )


def single_places(sides: Sequence[Sequence[ResourceView]]) -> Dict[str, Tuple[str, ...]]:
    """Return where each primitive runs that may run once. What moves within one partition may be on two nodes."""
    found: Dict[str, List[ResourceView]] = {}
    for side in sides:
        for one in side:
            if not one.cloned and not one.fencing:
                found.setdefault(one.id, []).append(one)
    return {
        name: tuple(dict.fromkeys(node for one in places for node in one.nodes))
        for name, places in found.items()
        if len(places) > 1 or not places[0].moving
    }


def promoted_places(side: Sequence[ResourceView]) -> Dict[str, Tuple[str, ...]]:
    """Return where each promotable clone of one partition is promoted."""
    return {one.id: one.promoted for one in side if one.promoted}


def vip_owners(views: Sequence[View]) -> Dict[str, Tuple[str, ...]]:
    """Return every virtual address that any node knows of: where Pacemaker is down, the node itself knows of none."""
    vips = [vip for view in views for vip in view.vips or ()]
    cloned = {vip.resource for vip in vips if vip.cloned}
    found: Dict[str, Tuple[str, ...]] = {}
    for vip in vips:
        for address in vip.addresses:
            if vip.resource not in cloned:
                found[address] = tuple(dict.fromkeys((*found.get(address, ()), vip.resource)))
    return found


class Carrier(NamedTuple):
    """A node whose interface has a virtual address."""

    node: str
    interface: str
    fault: str
    """Why nobody can reach it there: ``without carrier``; empty where nothing is wrong, or that is not told."""


def address_carriers(views: Sequence[Named], owners: Mapping[str, Tuple[str, ...]]) -> Dict[str, Tuple[Carrier, ...]]:
    """Return who carries each of these addresses."""
    found: Dict[str, Tuple[Carrier, ...]] = {}
    for node, view in views:
        carried = {one.address: one for one in view.addresses or ()}
        for address in owners:  # and no set: the first line must be the same in each run
            one = carried.get(address)
            if one:
                interface = Interface(one.interface, one.flags or None, one.operstate)
                found[address] = (*found.get(address, ()), Carrier(node, one.interface, interface.fault))
    return found
