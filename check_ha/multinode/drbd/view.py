"""What the view of a node has of DRBD, made from what its tools printed."""

from __future__ import annotations

from typing import Optional, Tuple

from check_ha.cluster.drbd.here import drbd_here, is_8, is_9
from check_ha.core.evidence import Evidence, Reading
from check_ha.model.drbd import DrbdModule, DrbdName, DrbdResource
from check_ha.model.view import DrbdPeerView, DrbdView
from check_ha.sources.tools import DRBD_MODULE, DRBD_NAMES, DRBD_STATUS


# Their modules are loaded where there is DRBD: that is 2 ms.
def _parse_module(data: bytes) -> DrbdModule:
    from check_ha.parsers.proc_drbd import parse_proc_drbd

    return parse_proc_drbd(data)


def _parse_status(data: bytes) -> Tuple[DrbdResource, ...]:
    from check_ha.parsers.drbdsetup import parse_drbdsetup_status

    return parse_drbdsetup_status(data)


def _parse_names(data: bytes) -> Tuple[DrbdName, ...]:
    from check_ha.parsers.proc_drbd import parse_drbd_names

    return parse_drbd_names(data)


MODULE = Reading(DRBD_MODULE, _parse_module, silent=True)
STATUS = Reading(DRBD_STATUS, _parse_status, silent=True, instead_of=DRBD_MODULE, when=is_9)
NAMES = Reading(DRBD_NAMES, _parse_names, silent=True, instead_of=DRBD_MODULE, when=is_8)

OF_DRBD = (MODULE, STATUS, NAMES)


def drbd_views(evidence: Evidence) -> Optional[Tuple[DrbdView, ...]]:
    """Return the resources of this node; ``None`` where DRBD is not set up, or they are not known."""
    found = drbd_here(evidence.get(MODULE), evidence.get(STATUS), evidence.get(NAMES))
    return (
        None
        if found is None
        else tuple(
            DrbdView(one.label, one.role, tuple(DrbdPeerView(peer.peer, peer.state) for peer in one.connections))
            for one in found
        )
    )
