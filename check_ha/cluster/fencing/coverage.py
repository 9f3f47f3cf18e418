"""Which nodes can be fenced, by the configuration: what devices list, who may run them, topology, watchdog."""

from __future__ import annotations

from typing import Dict, Iterable, Mapping, Sequence, Tuple

from check_ha.cluster.fencing.capability import UNLISTED, Capability, Configuration, capabilities
from check_ha.cluster.fencing.targets import watchdog_fences
from check_ha.cluster.fencing.topology import levels_of
from check_ha.cluster.rules import Truth, every, some
from check_ha.core.wording import listed
from check_ha.model.cib import Cib
from check_ha.record import NamedTuple


class Coverage(NamedTuple):
    """Whether a node can be fenced, and why."""

    node: str
    fenceable: Truth
    why: str
    """What fences it, or why nothing does."""
    devices: Tuple[str, ...] = ()
    """The fence devices that ``why`` names."""
    unlisted: bool = False
    """True: not fenceable because no device, or none of a fencing level, lists it."""
    by_name: bool = False
    """True: not fenceable only in so far as no device carries its name."""


def coverage(configuration: Configuration) -> Tuple[Coverage, ...]:
    """Return one for each node that may have to be fenced."""
    devices = capabilities(configuration)
    return tuple(_coverage(node, configuration.cib, devices) for node in configuration.targets)


def _coverage(node: str, cib: Cib, devices: Sequence[Capability]) -> Coverage:
    if watchdog_fences(cib, node):
        return Coverage(node, True, "watchdog (sbd)")
    levels = levels_of(node, cib)
    if levels:
        return _by_topology(node, levels, devices)
    able = {one.id: one.can_fence(node) for one in devices}
    sure = tuple(name for name, truth in able.items() if truth)
    if sure:
        return Coverage(node, True, listed(sure), sure)
    unsure = [one for one in devices if able[one.id] is None]
    if unsure:
        return _not_judged(node, unsure)
    listing = [one for one in devices if one.obstacle(node) != UNLISTED]
    if listing:
        return Coverage(node, False, listed([one.why_not(node) for one in listing]), _ids(listing))
    return Coverage(node, False, "no fence device lists it", unlisted=True)


def _not_judged(node: str, devices: Sequence[Capability]) -> Coverage:
    """Only what is decided elsewhere is left. Where each device is named after nodes, the names tell."""
    ruled = [one for one in devices if one.targets.cover(node)]
    if ruled:
        return Coverage(node, None, f"a rule decides where {listed(_ids(ruled))} may run", _ids(ruled))
    ids = _ids(devices)
    if all(one.named_after for one in devices) and not any(node in one.named_after for one in devices):
        whose = listed([f"{one.id} is for {' and '.join(sorted(one.named_after))}" for one in devices])
        why = f"no fence device lists it, and by name {whose}"
        return Coverage(node, False, why, ids, unlisted=True, by_name=True)
    return Coverage(node, None, f"{listed(ids)} find{'s' if len(ids) == 1 else ''} out at run time whom to fence", ids)


def _by_topology(node: str, levels: Mapping[int, Tuple[str, ...]], devices: Sequence[Capability]) -> Coverage:
    """One level of which every device can fence the node is enough."""
    known = {one.id: one for one in devices}
    good: Dict[int, Truth] = {}
    bad: Dict[int, str] = {}
    for number, names in levels.items():
        able = {name: known[name].can_fence(node) if name in known else False for name in names}
        if names and False not in able.values():
            good[number] = every(able.values())
        else:
            bad[number] = next((name for name, truth in able.items() if truth is False), "")
    if good:
        works = "; ".join(f"level {number}: {', '.join(levels[number])}" for number in good)
        return Coverage(node, some(good.values()), works, tuple(name for number in good for name in levels[number]))
    why = "; ".join(f"level {number}: {_why_not(name, node, known)}" for number, name in bad.items())
    failing = tuple(name for name in bad.values() if name)
    unlisted = any(name in known and known[name].obstacle(node) == UNLISTED for name in failing)
    return Coverage(node, False, f"no fencing level works ({why})", failing, unlisted)


def _why_not(device: str, node: str, known: Mapping[str, Capability]) -> str:
    if device in known:
        return known[device].why_not(node)
    return f"{device} does not exist" if device else "no device"


def _ids(devices: Iterable[Capability]) -> Tuple[str, ...]:
    return tuple(one.id for one in devices)
