"""What is asked. The parsers of sbd are loaded where there is sbd."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Tuple

from check_ha.core.evidence import Reading
from check_ha.model.cib_parts import CRM_CONFIG, RESOURCES
from check_ha.parsers.cib import parse_cib
from check_ha.parsers.cmapctl import parse_cmapctl
from check_ha.parsers.crm_mon import parse_crm_mon
from check_ha.parsers.errors import ParseError
from check_ha.parsers.processes import parse_ps
from check_ha.sources.tools import (
    CIBADMIN,
    CMAPCTL,
    CRM_MON,
    PS,
    SBD_CONFIG,
    SBD_DUMPS,
    SBD_LISTS,
    WATCHDOGS,
    Output,
)

if TYPE_CHECKING:
    from check_ha.model.sbd import SbdConfig, SbdHeader, SbdSlots, Watchdogs

MOST = len(SBD_DUMPS)
"""sbd takes no more devices."""


def _parse_config(data: bytes) -> SbdConfig:
    from check_ha.parsers.sbd import parse_sbd_config

    return parse_sbd_config(data)


def _parse_dump(data: bytes) -> SbdHeader:
    from check_ha.parsers.sbd import parse_sbd_dump

    return parse_sbd_dump(data)


def _parse_list(data: bytes) -> SbdSlots:
    from check_ha.parsers.sbd import parse_sbd_list

    return parse_sbd_list(data)


def _parse_watchdogs(data: bytes) -> Watchdogs:
    from check_ha.parsers.watchdogs import parse_watchdogs

    return parse_watchdogs(data)


def _names(number: int, output: Output) -> bool:
    """Return whether that file names so many devices."""
    try:
        return len(_parse_config(output.stdout).devices) >= number
    except ParseError:
        return False


PROCESSES = Reading(PS, parse_ps)
CIB = Reading(CIBADMIN, parse_cib, parts=(CRM_CONFIG, RESOURCES))
CLUSTER = Reading(CRM_MON, parse_crm_mon, parts=())
MAP = Reading(CMAPCTL, parse_cmapctl, silent=True)
CONFIG = Reading(SBD_CONFIG, _parse_config, silent=True)
DOGS = Reading(WATCHDOGS, _parse_watchdogs, silent=True)
DUMPS = tuple(
    Reading(tool, _parse_dump, silent=True, instead_of=SBD_CONFIG, when=partial(_names, tool.device))
    for tool in SBD_DUMPS
)
LISTS = tuple(
    Reading(tool, _parse_list, silent=True, instead_of=SBD_CONFIG, when=partial(_names, tool.device))
    for tool in SBD_LISTS
)
READINGS: Tuple[Reading[Any], ...] = (CIB, CLUSTER, PROCESSES, MAP, CONFIG, DOGS, *DUMPS, *LISTS)
