"""This node's links to its peers: what cfgtool shows of them, joined with the nodes and members of cmapctl."""

from typing import Dict, List, NamedTuple, Optional, Tuple

from check_ha.model.corosync import ConfiguredNode, CorosyncMap, LinkStatus, ReachableNodes, Ring


class Link(NamedTuple):
    """One link to one peer."""

    number: int
    address: str
    """The peer's address on that link; empty when it is not known."""
    up: Optional[bool]
    """``None``: the tools could not say."""

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


def links_of(status: LinkStatus, cmap: Optional[CorosyncMap], reachable: Optional[ReachableNodes]) -> Links:
    """Join what three tools say; the last two may be missing."""
    nodes = {node.node_id: node for node in cmap.nodes} if cmap else {}
    transport = status.transport or (cmap.transport if cmap else None)
    # every layout that lists nodes per link is knet, but those of 3.1 that say udp or udpu in their first line
    listed = bool(status.addresses) and not status.rings
    measured = (listed or transport == "knet") and status.transport not in ("udp", "udpu")
    # with udp and udpu 3.0 prints "OK" whatever happens: that is no ring whose state is known
    rings = tuple(ring for ring in status.rings if not ring.hard_coded)
    numbers = _real_numbers(status, nodes.get(status.local_id))
    links = _links(status, nodes, numbers, reachable)
    members = {member.node_id: member.joined for member in cmap.members} if cmap else {}
    if status.links and not measured and not members:
        members = {peer: bool(found[0].up) for peer, found in links.items()}
    # without the nodelist a position stays one (3.0.0, 3.0.1), and could be taken for the id of this node
    word, own = ("position", set()) if status.by_index and not nodes else ("node", {status.local_id})
    peers = tuple(
        Peer(
            node_id,
            nodes[node_id].label if node_id in nodes else f"{word} {node_id}",
            members.get(node_id, False) if members else None,
            tuple(links.get(node_id, ())) if measured else (),
        )
        for node_id in sorted({*nodes, *links, *members} - own)
    )
    local = tuple((numbers.get(number, number), address) for number, address in status.addresses)
    counts = [len(node.addresses) for node in nodes.values() if node.addresses]
    configured = min(counts) if counts else len(status.addresses)
    return Links(transport, measured, peers, rings, configured, local if measured or rings else ())


def ring_fault(ring: Ring) -> str:
    """Return what keeps a ring of corosync 1 and 2 from working; empty when nothing does."""
    if ring.faulty:
        return f"ring {ring.number} ({ring.address}) FAULTY"
    if ring.address.startswith("127."):  # what some versions bind to when the interface is gone, still with "no faults"
        return f"ring {ring.number} without its interface ({ring.address})"
    return ""


def _links(
    status: LinkStatus, nodes: Dict[int, ConfiguredNode], numbers: Dict[int, int], reachable: Optional[ReachableNodes]
) -> Dict[int, List[Link]]:
    """Return the links to each peer, by its node id."""
    by_position = sorted(nodes)
    local = {number: _bare(address) for number, address in status.addresses}
    links: Dict[int, List[Link]] = {}
    for line in status.links:
        peer = line.peer
        if status.by_index and peer < len(by_position):
            peer = by_position[peer]
        number = numbers.get(line.link, line.link)
        up = line.connected
        if up is None and reachable and peer:
            # its line was mislabelled (3.1.1 to 3.1.4), but -n lists what is reachable; node 0 is one not even asked.
            # The address tells the link: these versions number it otherwise than it is configured
            there = (one for one in reachable.links if one.peer == peer and one.connected)
            up = any(_bare(one.local_address) == local.get(line.link) for one in there)
        address = dict(nodes[peer].addresses).get(number, "") if peer in nodes else ""
        links.setdefault(peer, []).append(Link(number, address, up))
    return links


def _real_numbers(status: LinkStatus, local: Optional[ConfiguredNode]) -> Dict[int, int]:
    """Return the configured number of each link printed: 3.1.1 to 3.1.4 count 0, 1, 2 whatever is configured."""
    if local is None:
        return {}
    configured = {_bare(address): number for number, address in local.addresses}
    return {number: configured[_bare(address)] for number, address in status.addresses if _bare(address) in configured}


def _bare(address: str) -> str:
    """Return the address without the scope that may follow any IPv6 one: ``fd55::1%2``."""
    return address.split("%")[0]
