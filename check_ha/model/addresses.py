"""The addresses that this node's interfaces carry, from ``ip -j addr``."""

from typing import NamedTuple, Tuple


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


class Interfaces(NamedTuple):
    """All addresses of a node."""

    addresses: Tuple[InterfaceAddress, ...]
