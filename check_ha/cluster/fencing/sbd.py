"""Whether a cluster fences with sbd, by its CIB: by messages on a device, or by the watchdog of each node alone. And
whether sbd runs on this node, by the process list."""

from __future__ import annotations

from typing import Optional, Sequence, Tuple

from check_ha.cluster.fencing.targets import has_watchdog
from check_ha.model.cib import Cib, ConfiguredPrimitive
from check_ha.model.node import Process, Processes

SBD = "sbd"

_AGENTS = frozenset({"stonith:external/sbd", "stonith:fence_sbd"})


def watchdog_timeout(cib: Cib) -> str:
    """Return ``stonith-watchdog-timeout``, under any of its names; 0 where it is not set."""
    return cib.option("stonith-watchdog-timeout", "fencing-watchdog-timeout") or "0"


def fences_by_watchdog(cib: Cib) -> bool:
    """Return whether nodes are taken for fenced once their watchdog must have fired."""
    return any(digit in watchdog_timeout(cib) for digit in "123456789")


def sbd_resources(cib: Cib) -> Tuple[ConfiguredPrimitive, ...]:
    """Return the fence devices that write messages to an sbd device."""
    return tuple(one for one in cib.primitives if one.agent in _AGENTS)


def uses_sbd(cib: Cib) -> bool:
    """Return whether anything of the CIB tells of sbd. Pacemaker itself sets have-watchdog where it sees sbd run."""
    return has_watchdog(cib) or fences_by_watchdog(cib) or bool(sbd_resources(cib))


def fences_with_sbd(cib: Cib, here: Optional[str]) -> bool:
    """Return whether this node must run sbd: for its watchdog, or as the victim of an sbd device."""
    if fences_by_watchdog(cib):
        return True
    hosts = [one.values("pcmk_host_list") for one in sbd_resources(cib)]
    return any(not lists or any(here in text.replace(",", " ").split() for text in lists) for lists in hosts)


def sbd_of(processes: Processes) -> Tuple[Process, ...]:
    """Return the processes of sbd that are root's and alive."""
    return tuple(one for one in processes.named(SBD) if one.user in ("root", "0") and one.state != "Z")


def oldest(processes: Sequence[Process]) -> Optional[int]:
    """Return how many seconds ago the first of these processes was started; None where that is not told."""
    return max((one.seconds for one in processes if one.seconds is not None), default=None)
