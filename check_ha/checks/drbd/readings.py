"""What is asked. The parsers of DRBD are loaded where there is DRBD: they are 3 ms of every run of check_ha else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Tuple

from check_ha.cluster.drbd.present import is_8, is_9
from check_ha.core.evidence import Reading
from check_ha.model.cib_parts import CONSTRAINTS, RESOURCES
from check_ha.parsers.cib import parse_cib
from check_ha.parsers.crm_mon import parse_crm_mon
from check_ha.parsers.nodename import parse_crm_node
from check_ha.sources.tools import CIBADMIN, CRM_MON, CRM_NODE, DRBD_MODULE, DRBD_NAMES, DRBD_STATUS

if TYPE_CHECKING:
    from check_ha.model.drbd import DrbdModule, DrbdName, DrbdResource


def _parse_module(data: bytes) -> DrbdModule:
    from check_ha.parsers.proc_drbd import parse_proc_drbd

    return parse_proc_drbd(data)


def _parse_status(data: bytes) -> Tuple[DrbdResource, ...]:
    from check_ha.parsers.drbdsetup import parse_drbdsetup_status

    return parse_drbdsetup_status(data)


def _parse_names(data: bytes) -> Tuple[DrbdName, ...]:
    from check_ha.parsers.proc_drbd import parse_drbd_names

    return parse_drbd_names(data)


CLUSTER = Reading(CRM_MON, parse_crm_mon, parts=())
CIB = Reading(CIBADMIN, parse_cib, parts=(RESOURCES, CONSTRAINTS))
NODE_NAME = Reading(CRM_NODE, parse_crm_node, silent=True)
MODULE = Reading(DRBD_MODULE, _parse_module, silent=True)
STATUS = Reading(DRBD_STATUS, _parse_status, instead_of=DRBD_MODULE, when=is_9)
NAMES = Reading(DRBD_NAMES, _parse_names, silent=True, instead_of=DRBD_MODULE, when=is_8)
