"""The interfaces of this node and the addresses on them, from ``ip -j addr``."""

from __future__ import annotations

from typing import Optional, Tuple

from check_ha.record import NamedTuple


class InterfaceAddress(NamedTuple):
    """One address on one interface."""

    interface: str
    address: str
    """In the canonical text form of its family, so that two spellings of one address are equal."""
    prefix: int
    family: str
    """``inet`` or ``inet6``."""
    refused: bool = False
    """Whether another machine had this IPv6 address first (``dadfailed``): then the kernel does not answer to it."""


class Interface(NamedTuple):
    """One interface, with or without addresses."""

    name: str
    flags: Optional[Tuple[str, ...]] = None
    """``UP`` is what an administrator wants, ``LOWER_UP``, ``NO-CARRIER`` what the cable says; ``None``: not printed.

    The kernel has LOWER_UP since 2.6.17, of lo, dummy and tun as well."""
    operstate: Optional[str] = None
    """``UP``, ``DOWN``, ``LOWERLAYERDOWN``, ...; ``UNKNOWN`` of what does not tell, as lo, dummy and tun."""
    other_names: Tuple[str, ...] = ()
    """``altnames``, by which it may be called as well (iproute2 5.4 and later)."""

    @property
    def switched_off(self) -> bool:
        """Whether somebody has taken it down (``ip link set dev ... down``)."""
        return self.flags is not None and "UP" not in self.flags

    @property
    def fault(self) -> str:
        """Why nobody can reach an address on it: ``down``, ``without carrier``; empty where nothing is wrong."""
        if self.switched_off:
            return "down"
        if self.flags is not None and "NO-CARRIER" in self.flags:
            return "without carrier"
        if self.operstate not in (None, "UP", "UNKNOWN"):
            return f"not working (operstate {self.operstate})"
        return "without carrier" if self.operstate and self.flags and "LOWER_UP" not in self.flags else ""

    @property
    def works(self) -> Optional[bool]:
        """Whether traffic can pass; ``None``: flags or state are not printed."""
        if self.fault:
            return False
        return None if self.flags is None or self.operstate is None else True


class Interfaces(NamedTuple):
    """All addresses of a node, and all interfaces."""

    addresses: Tuple[InterfaceAddress, ...]
    links: Tuple[Interface, ...] = ()

    def named(self, name: str) -> Interface:
        """Return the interface of that name; one of which nothing is known where it is not listed."""
        return next((one for one in self.links if name == one.name or name in one.other_names), Interface(name))
