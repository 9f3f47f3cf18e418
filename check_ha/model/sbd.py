"""What sbd and its devices say, and the watchdogs of a node."""

from __future__ import annotations

from types import MappingProxyType
from typing import Mapping, Optional, Tuple

from check_ha.record import NamedTuple

CLEAR = "clear"

_THE_FIRST = {"/dev/watchdog", "/dev/watchdog0"}
"""Two names of one device: the kernel has the first of them for programs from before it knew several."""


class SbdConfig(NamedTuple):
    """``/etc/sysconfig/sbd`` or ``/etc/default/sbd``."""

    values: Mapping[str, str] = MappingProxyType({})
    """Every setting by name, without quotes."""
    devices: Tuple[str, ...] = ()
    """Of ``SBD_DEVICE``, in order; none: sbd works without a disk."""
    watchdog: str = "/dev/watchdog"
    """``/dev/null``: sbd works without a watchdog."""
    watchdog_seconds: Optional[int] = None
    """``SBD_WATCHDOG_TIMEOUT``; a device has its own; ``None``: not set, or not understood."""
    clean_start: bool = False
    """``SBD_STARTMODE=clean``: a node that was fenced starts no more until somebody clears its slot."""


class SbdHeader(NamedTuple):
    """The header of a device, from ``sbd dump``."""

    device: str
    readable: bool
    """False: it could not be opened or read, or has no header that this sbd takes; then all else is empty."""
    version: str = ""
    uuid: str = ""
    slots: int = 0
    sector_size: int = 0
    watchdog: int = 0
    """Seconds."""
    allocate: int = 0
    loop: int = 0
    msgwait: int = 0

    @property
    def timeouts(self) -> Tuple[int, int, int, int]:
        """Return what must be the same on all devices of a node."""
        return self.watchdog, self.allocate, self.loop, self.msgwait


class SbdSlot(NamedTuple):
    """The slot of a node on a device, from ``sbd list``."""

    number: int
    node: str
    message: str
    """CLEAR, ``test``, ``reset``, ``off``, ``exit``, ``crashdump``, or ``undefined``."""
    sender: str = ""


class SbdSlots(NamedTuple):
    """The slots of a device that are in use."""

    readable: bool
    """False: the device could not be read, or not all of it."""
    slots: Tuple[SbdSlot, ...] = ()

    def of(self, *names: str) -> Optional[SbdSlot]:
        """Return the slot of a node of one of these names, in any case: sbd takes no notice of it."""
        wanted = {name.lower()[:63] for name in names}
        return next((slot for slot in self.slots if slot.node.lower()[:63] in wanted), None)


class Watchdogs(NamedTuple):
    """The watchdog devices of a node, and who has one open."""

    devices: Mapping[str, str] = MappingProxyType({})
    """By path, where a link leads to; empty for a device itself."""
    holders: Tuple[Tuple[int, str], ...] = ()
    """Process id and path of each that is open."""
    complete: bool = True
    """False: of some processes this user may not know what they have open."""

    def known(self, path: str) -> bool:
        """Return whether there is such a device; one whose name has no ``watchdog`` in it is not looked for."""
        return path in self.devices or "watchdog" not in path or path.count("/") != 2

    def held(self, path: str) -> Tuple[int, ...]:
        """Return the processes that have this device open, by any of its names."""
        names = {path, self.devices.get(path) or path}
        if not names.isdisjoint(_THE_FIRST):
            names |= _THE_FIRST
        return tuple(dict.fromkeys(pid for pid, name in self.holders if name in names))
