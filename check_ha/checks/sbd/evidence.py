"""What is known of each device of this node."""

from __future__ import annotations

from typing import Optional, Tuple

from check_ha.checks.sbd.readings import CONFIG, DUMPS, LISTS, MOST
from check_ha.core.condition import NOT_RESPONDING
from check_ha.core.evidence import Evidence, Reading
from check_ha.core.finding import Finding
from check_ha.model.sbd import SbdHeader, SbdSlots
from check_ha.record import NamedTuple


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
