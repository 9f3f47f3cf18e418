"""The links of this node for its view: what corosync-cfgtool shows of them, joined with the names of the peers."""

from __future__ import annotations

from typing import Mapping, Optional, Tuple

from check_ha.cluster.links import links_of, ring_fault
from check_ha.core.evidence import Evidence, Reading
from check_ha.model.corosync import CorosyncMap
from check_ha.model.view import LinkView
from check_ha.parsers.cfgtool import parse_cfgtool
from check_ha.parsers.cfgtool_nodes import parse_cfgtool_nodes
from check_ha.sources.tools import CFGTOOL, CFGTOOL_NODES

STATUS = Reading(CFGTOOL, parse_cfgtool, silent=True)
REACHABLE = Reading(CFGTOOL_NODES, parse_cfgtool_nodes, silent=True)


def link_views(
    evidence: Evidence, cmap: Optional[CorosyncMap], names: Mapping[int, str]
) -> Optional[Tuple[LinkView, ...]]:
    """Return the links that corosync watches, and its rings; None where it does not tell.

    With udp and udpu there are none: nobody measures them.
    """
    status = evidence.get(STATUS)
    if status is None:
        return None
    found = links_of(status, cmap, evidence.get(REACHABLE), names=names)
    if found.rings:
        return tuple(LinkView(ring.number, "", not ring_fault(ring), ring.address) for ring in found.rings)
    return tuple(LinkView(link.number, peer.name, link.up, link.address) for peer in found.peers for link in peer.links)
