"""What this check asks, and what is known of each device of this node."""

from __future__ import annotations

from functools import partial
from typing import Any, NamedTuple, Optional, Tuple

from check_ha.core.condition import NOT_RESPONDING
from check_ha.core.evidence import Evidence, Reading
from check_ha.core.finding import Finding
from check_ha.model.cib_parts import CRM_CONFIG, RESOURCES
from check_ha.model.sbd import SbdHeader, SbdSlots
from check_ha.parsers.cib import parse_cib
from check_ha.parsers.cmapctl import parse_cmapctl
from check_ha.parsers.crm_mon import parse_crm_mon
from check_ha.parsers.errors import ParseError
from check_ha.parsers.processes import parse_ps
from check_ha.parsers.sbd import parse_sbd_config, parse_sbd_dump, parse_sbd_list
from check_ha.parsers.watchdogs import parse_watchdogs
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

MOST = len(SBD_DUMPS)
"""sbd takes no more devices."""


def _names(number: int, output: Output) -> bool:
    """Return whether that file names so many devices."""
    try:
        return len(parse_sbd_config(output.stdout).devices) >= number
    except ParseError:
        return False


PROCESSES = Reading(PS, parse_ps)
CIB = Reading(CIBADMIN, parse_cib, parts=(CRM_CONFIG, RESOURCES))
CLUSTER = Reading(CRM_MON, parse_crm_mon, parts=())
MAP = Reading(CMAPCTL, parse_cmapctl, silent=True)
CONFIG = Reading(SBD_CONFIG, parse_sbd_config, silent=True)
DOGS = Reading(WATCHDOGS, parse_watchdogs, silent=True)
DUMPS = tuple(
    Reading(tool, parse_sbd_dump, silent=True, instead_of=SBD_CONFIG, when=partial(_names, tool.device))
    for tool in SBD_DUMPS
)
LISTS = tuple(
    Reading(tool, parse_sbd_list, silent=True, instead_of=SBD_CONFIG, when=partial(_names, tool.device))
    for tool in SBD_LISTS
)
READINGS: Tuple[Reading[Any], ...] = (CIB, CLUSTER, PROCESSES, MAP, CONFIG, DOGS, *DUMPS, *LISTS)


class Device(NamedTuple):
    """One device of this node."""

    name: str
    header: Optional[SbdHeader] = None
    """Of one that can be read."""
    slots: Optional[SbdSlots] = None
    """Of one that can be read."""
    lost: str = ""
    """Why it is of no use to sbd: in words that follow its name."""
    failure: Optional[Finding] = None
    """Why nothing is known of it."""
    seconds: float = 0.0
    """How long ``sbd dump`` took."""

    @property
    def readable(self) -> bool:
        """Whether both its header and its slots could be read."""
        return self.header is not None and self.slots is not None


def devices_of(evidence: Evidence) -> Tuple[Device, ...]:
    """Return what is known of each device that the file names, as far as sbd takes it."""
    config = evidence.get(CONFIG)
    names = config.devices[:MOST] if config else ()
    return tuple(_device(evidence, name, dump, slots) for name, dump, slots in zip(names, DUMPS, LISTS))


def _device(evidence: Evidence, name: str, dump: Reading[SbdHeader], slots: Reading[SbdSlots]) -> Device:
    header, listed = evidence.get(dump), evidence.get(slots)
    seconds = evidence.seconds.get(dump.tool, 0.0)
    failures = [evidence.failed[one.tool] for one in (dump, slots) if one.tool in evidence.failed]
    if (header and not header.readable) or (listed and not listed.readable):
        return Device(name, lost="cannot be read", seconds=seconds)
    hanging = next((one for one in failures if one.condition is NOT_RESPONDING), None)
    if hanging:
        return Device(name, lost=f"does not answer ({hanging.reason or hanging.text})", seconds=seconds)
    return Device(name, header, listed, failure=next(iter(failures), None), seconds=seconds)
