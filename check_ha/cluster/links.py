"""This node's links to its peers: what cfgtool shows of them, joined with the nodes and members of cmapctl."""

from __future__ import annotations

from types import MappingProxyType
from typing import AbstractSet, Dict, List, Mapping, Optional, Sequence, Tuple

from check_ha.cluster.member_names import named
from check_ha.model.corosync import CorosyncMap, LinkStatistics, LinkStatus, NodelistNode, ReachableNodes, Ring
from check_ha.record import NamedTuple


class Link(NamedTuple):
    """One link to one peer."""

    number: int
    address: str
    """The peer's address on that link; empty when it is not known."""
    up: Optional[bool]
    """``None``: the tools could not say."""
    listed: bool = True
    """False: ``corosync-cfgtool -s`` leaves it out, and another tool knows it."""

    @property
    def label(self) -> str:
        """``link 1 (203.0.113.2)``."""
        return f"link {self.number} ({self.address})" if self.address else f"link {self.number}"


class Peer(NamedTuple):
    """Another node of the cluster, as this node sees it."""

    node_id: int
    name: str
    member: Optional[bool]
    """Whether it is in this node's membership; ``None``: not known."""
    links: Tuple[Link, ...] = ()

    @property
    def instance(self) -> str:
        """What it is called in perfdata: ``node2`` where it has no name."""
        return self.name.replace(" ", "")

    @property
    def down(self) -> Tuple[Link, ...]:
        """The links that are down."""
        return tuple(link for link in self.links if link.up is False)

    @property
    def unreachable(self) -> bool:
        """Whether nothing reaches it."""
        return self.member is False or (bool(self.links) and len(self.down) == len(self.links))


class Links(NamedTuple):
    """Everything about the links of this node."""

    transport: Optional[str]
    measured: bool
    """knet: corosync watches each link. Otherwise only membership is known."""
    peers: Tuple[Peer, ...]
    rings: Tuple[Ring, ...]
    configured: int
    """Links (or rings) that every node has at least."""
    local: Tuple[Tuple[int, str], ...]
    """Link number and this node's address on it."""


def links_of(
    status: LinkStatus,
    cmap: Optional[CorosyncMap],
    reachable: Optional[ReachableNodes],
    statistics: Sequence[LinkStatistics] = (),
    names: Mapping[int, str] = MappingProxyType({}),
    never_seen: Sequence[str] = (),
) -> Links:
    """Join what four tools say; cmapctl, cfgtool -n and the statistics may be missing.

    ``names`` and ``never_seen`` are for a cluster without names in corosync: what its nodes are called, and who else is
    configured.
    """
    nodes = {node.node_id: node for node in cmap.nodes} if cmap else {}
    transport = status.transport or (cmap.transport if cmap else None)
    # every layout that lists nodes per link is knet, but those of 3.1 that say udp or udpu in their first line
    listed = bool(status.addresses) and not status.rings
    measured = (listed or transport == "knet") and transport not in ("udp", "udpu")
    numbers = _real_numbers(status, nodes.get(status.local_id))
    links = _links(
        status, nodes, numbers, reachable, {(one.peer, one.link) for one in statistics if one.connected is False}
    )
    members = _members(cmap)
    if status.links and not measured and not members:
        members = {peer: bool(found[0].up) for peer, found in links.items()}
    # without the nodelist a position stays one (3.0.0, 3.0.1), and could be taken for the id of this node
    word, own = ("position", set()) if status.by_index and not nodes else ("node", {status.local_id})
    if measured and own:
        _add_unlisted(links, nodes, reachable, [one for one in statistics if one.peer != status.local_id])
    # node 0 is one whose state corosync-cfgtool could not ask: whose it is it does not say
    peers = tuple(
        Peer(
            node_id,
            _name(cmap, node_id, names) or f"{word} {node_id}",
            members.get(node_id, False) if members and (node_id or status.by_index) else None,
            tuple(links.get(node_id, ())) if measured else (),
        )
        for node_id in sorted({*nodes, *links, *members} - own)
    )
    peers += tuple(Peer(0, name, False) for name in never_seen)
    rings = _rings(status, cmap)
    local = tuple((numbers.get(number, number), address) for number, address in status.addresses)
    counts = [len(node.addresses) for node in nodes.values() if node.addresses]
    configured = min(counts) if counts else len(status.addresses)
    return Links(transport, measured, peers, rings, configured, local if measured or rings else ())


def _name(cmap: Optional[CorosyncMap], node_id: int, names: Mapping[int, str]) -> str:
    """Return what a node is called; nothing where that were an IPv6 address, whose colons perfdata cannot hold."""
    label = named(cmap, node_id, names) if cmap else ""
    return label if ":" not in label else ""


def _members(cmap: Optional[CorosyncMap]) -> Dict[int, bool]:
    """Return whether each node seen is a member; a node that has left and was taken out of the nodelist is no peer."""
    if cmap is None:
        return {}
    configured = {node.node_id for node in cmap.nodes}
    return {
        member.node_id: member.joined
        for member in cmap.members
        if member.joined or not configured or member.node_id in configured
    }


def _add_unlisted(
    links: Dict[int, List[Link]],
    nodes: Dict[int, NodelistNode],
    reachable: Optional[ReachableNodes],
    statistics: Sequence[LinkStatistics],
) -> None:
    """Add the links that the nodelist or the statistics know and ``corosync-cfgtool -s`` leaves out."""
    states = {(one.peer, one.link): one.connected for one in reachable.links} if reachable else {}
    states.update({(one.peer, one.link): one.connected for one in statistics if one.connected is not None})
    for peer in {*nodes, *links, *(one.peer for one in statistics)}:
        addresses = dict(nodes[peer].addresses) if peer in nodes else {}
        found = links.setdefault(peer, [])
        known = {*addresses, *(one.link for one in statistics if one.peer == peer)}
        # by number: 3.1.1 to 3.1.4 may have counted them anew, and then as many as there are
        if len(found) < len(known):
            for number in sorted(known - {link.number for link in found}):
                found.append(Link(number, addresses.get(number, ""), states.get((peer, number)), listed=False))


def _rings(status: LinkStatus, cmap: Optional[CorosyncMap]) -> Tuple[Ring, ...]:
    """Return the rings of corosync 1 and 2, those too that only the map of corosync 2 knows."""
    # with udp and udpu 3.0 prints "OK" whatever happens: that is no ring whose state is known
    totem = cmap.totem if cmap else {}
    rings = [
        ring._replace(faulty=True, healthy=False, status="FAULTY by corosync-cmapctl")
        if ring.healthy and totem.get(f"rrp.{ring.number}.faulty") else ring
        for ring in status.rings if not ring.hard_coded
    ]  # fmt: skip
    listed = {ring.number for ring in rings}
    for key, faulty in sorted(cmap.totem.items() if cmap else ()):
        layer, _, name = key.partition(".")
        number, _, name = name.partition(".")
        if layer == "rrp" and name == "faulty" and number.isdigit() and int(number) not in listed:
            address = cmap.values.get(f"totem.interface.{number}.bindnetaddr", "?") if cmap else "?"
            word = "FAULTY by corosync-cmapctl" if faulty else "not listed by corosync-cfgtool -s"
            rings.append(Ring(int(number), address, word, faulty=bool(faulty), healthy=False, listed=False))
    return tuple(rings)


def ring_fault(ring: Ring) -> str:
    """Return what keeps a ring of corosync 1 and 2 from working; empty when nothing does."""
    if ring.faulty:
        return f"ring {ring.number} ({ring.address}) FAULTY"
    if ring.address.startswith("127."):  # what some versions bind to when the interface is gone, still with "no faults"
        return f"ring {ring.number} without its interface ({ring.address})"
    return ""


def _links(
    status: LinkStatus,
    nodes: Dict[int, NodelistNode],
    numbers: Dict[int, int],
    reachable: Optional[ReachableNodes],
    lost: AbstractSet[Tuple[int, int]],
) -> Dict[int, List[Link]]:
    """Return the links to each peer, by its node id; ``lost`` are those that the statistics have as not connected.

    All tell what knet says, a moment apart: a link is up where none of them has it down.
    """
    by_position = sorted(nodes)
    local = {number: _bare(address) for number, address in status.addresses}
    links: Dict[int, List[Link]] = {}
    for line in status.links:
        peer = line.peer
        if status.by_index and peer < len(by_position):
            peer = by_position[peer]
        number = numbers.get(line.link, line.link)
        up = line.connected
        # the address tells the link: 3.1.1 to 3.1.4 number it otherwise than it is configured
        there = [one for one in reachable.links if one.peer == peer] if reachable and peer else []
        there = [one for one in there if _bare(one.local_address) == local.get(line.link)]
        if up is None and reachable and peer:
            # its line was mislabelled (3.1.1 to 3.1.4), but -n lists what is reachable; node 0 is one not even asked
            up = any(one.connected for one in there)
        elif up and ((peer, number) in lost or (there and not any(one.connected for one in there))):
            up = False
        address = dict(nodes[peer].addresses).get(number, "") if peer in nodes else ""
        links.setdefault(peer, []).append(Link(number, address, up))
    return links


def _real_numbers(status: LinkStatus, local: Optional[NodelistNode]) -> Dict[int, int]:
    """Return the configured number of each link printed: 3.1.1 to 3.1.4 count 0, 1, 2 whatever is configured."""
    if local is None:
        return {}
    configured = {_bare(address): number for number, address in local.addresses}
    return {number: configured[_bare(address)] for number, address in status.addresses if _bare(address) in configured}


def _bare(address: str) -> str:
    """Return the address without the scope that may follow any IPv6 one: ``fd55::1%2``."""
    return address.split("%")[0]
