"""What only the CIB knows: the configuration, from ``cibadmin --query``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Tuple


@dataclass(frozen=True)
class ConfiguredPrimitive:
    """One ``primitive`` of the configuration, templates resolved."""

    id: str
    agent: str
    """``ocf:heartbeat:IPaddr2``, as in ``Primitive.agent``."""
    parameters: Tuple[Tuple[str, str], ...] = ()
    """Instance attributes, in order. Where rules give several sets a name may stand twice."""
    meta: Tuple[Tuple[str, str], ...] = ()

    def values(self, name: str) -> Tuple[str, ...]:
        """Every value that parameter may have; more than one only where rules choose."""
        return tuple(value for key, value in self.parameters if key == name)


@dataclass(frozen=True)
class Cib:
    """The configuration as far as the checks need it."""

    primitives: Tuple[ConfiguredPrimitive, ...]
    epoch: str = ""
    """``admin_epoch.epoch.num_updates``."""
