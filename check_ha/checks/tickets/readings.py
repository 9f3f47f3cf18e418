"""What is asked. The parsers of booth are loaded where there are tickets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Tuple

from check_ha.core.evidence import Reading
from check_ha.model.cib_parts import ATTRIBUTES, CONSTRAINTS, STATUS
from check_ha.parsers.cib import parse_cib
from check_ha.parsers.crm_mon import parse_crm_mon
from check_ha.sources.tools import BOOTH_CONF, BOOTH_LIST, BOOTH_PEERS, CIBADMIN, CRM_MON

if TYPE_CHECKING:
    from check_ha.model.booth import BoothConf, BoothPeer, BoothTicket


def _parse_booth_list(data: bytes) -> Tuple[BoothTicket, ...]:
    from check_ha.parsers.booth import parse_booth_list

    return parse_booth_list(data)


def _parse_booth_peers(data: bytes) -> Tuple[BoothPeer, ...]:
    from check_ha.parsers.booth import parse_booth_peers

    return parse_booth_peers(data)


def _parse_booth_conf(data: bytes) -> BoothConf:
    from check_ha.parsers.booth_conf import parse_booth_conf

    return parse_booth_conf(data)


CLUSTER = Reading(CRM_MON, parse_crm_mon, parts=(ATTRIBUTES, STATUS))
CIB = Reading(CIBADMIN, parse_cib, parts=(CONSTRAINTS, STATUS))
LIST = Reading(BOOTH_LIST, _parse_booth_list, silent=True)
PEERS = Reading(BOOTH_PEERS, _parse_booth_peers, silent=True)
CONF = Reading(BOOTH_CONF, _parse_booth_conf, silent=True)
SHOWN = Reading(CRM_MON, parse_crm_mon, parts=())
CONFIGURED = Reading(CIBADMIN, parse_cib, parts=())
