"""``corosync-cfgtool -n`` (3.1.1 and later): the nodes that can be reached, and over which links."""

from __future__ import annotations

import re
from typing import Dict, List, Optional, Set

from check_ha.model.corosync import ReachableLink, ReachableNodes
from check_ha.parsers.cfgtool import node_id, read_header
from check_ha.parsers.errors import ParseError

# nodeid: 2 reachable
# nodeid: 2 reachable remote external   onwire (min/max/cur): 0, 1, 1
# (remote and external are not set by any released version; onwire depends on knet)
_NODE = r"nodeid: (-?[0-9]{1,10}) reachable(?: remote)?(?: external)?(?: +onwire \(min/max/cur\): [-0-9, ]+)?"

#    LINK: 0 (10.55.0.1->10.55.0.2) enabled connected mtu: 1446      3.1.1 to 3.1.4
#    LINK: 0 udp (10.55.0.1->10.55.0.2) enabled connected mtu: 1446  3.1.5 and later
#    LINK: 1 udp (10.55.1.1->10.55.1.2) enabled mtu: 1446            not connected
#    LINK: 0  (10.55.0.2) enabled connected mtu: 1410                udp/udpu
_LINK = r"   LINK: ([0-9]{1,2}) (?:\S* )?\(([^()]*)\)( enabled)?( connected)?(?: dynconnected)? mtu: [0-9]+"


def parse_cfgtool_nodes(data: bytes) -> ReachableNodes:
    """Read the output of ``corosync-cfgtool -n``.

    Nothing after the header is good output: it is what a node prints that reaches no
    other, and what the only node of a cluster prints.
    """
    local_id, transport, body = read_header(data)
    if transport is None:
        raise ParseError("corosync-cfgtool does not name the transport")
    peer: Optional[int] = None
    nodes: Dict[int, Set[int]] = {}
    links: List[ReachableLink] = []
    for line in body:
        node = re.fullmatch(_NODE, line)
        if node is not None:
            peer = node_id(node[1], line)
            if peer in nodes:
                raise ParseError("a node is listed twice", line)
            nodes[peer] = set()
            continue
        if peer is None:
            raise ParseError("unknown line of corosync-cfgtool", line)
        link = _read_link(peer, line)
        if link.link in nodes[peer]:
            raise ParseError("a link is listed twice", line)
        nodes[peer].add(link.link)
        links.append(link)
    return ReachableNodes(local_id, transport, tuple(nodes), tuple(links))


def _read_link(peer: int, line: str) -> ReachableLink:
    match = re.fullmatch(_LINK, line)
    if match is None:
        raise ParseError("unknown line of corosync-cfgtool", line)
    number, addresses, enabled, connected = match.groups()
    local, _, remote = addresses.rpartition("->")
    return ReachableLink(peer, int(number), local, remote, enabled=enabled is not None, connected=connected is not None)
