"""The addresses that this node's interfaces carry, from ``ip -j addr``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Tuple


@dataclass(frozen=True)
class InterfaceAddress:
    """One address on one interface."""

    interface: str
    address: str
    """In the canonical text form of its family, so that two spellings of one address are equal."""
    prefix: int
    family: str
    """``inet`` or ``inet6``."""


@dataclass(frozen=True)
class Interfaces:
    """All addresses of a node."""

    addresses: Tuple[InterfaceAddress, ...]
