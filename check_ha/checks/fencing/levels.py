"""Fencing levels that can never work."""

from __future__ import annotations

from typing import Iterator, Mapping, Sequence, Tuple

from check_ha.cluster.fencing.capability import DISABLED, Capability
from check_ha.cluster.fencing.devices import FENCING
from check_ha.cluster.fencing.targets import WATCHDOG
from check_ha.cluster.fencing.topology import levels_of
from check_ha.core.condition import Condition, Severity
from check_ha.core.finding import LEVEL, Finding, Subject, nodes, resources
from check_ha.core.wording import listed
from check_ha.model.cib import Cib

LEVEL_BROKEN = Condition(
    "level-broken",
    Severity.WARNING,
    "A fencing level names a device that does not exist, or that cannot fence the node: the level always fails.",
)


def broken_levels(cib: Cib, devices: Sequence[Capability], targets: Sequence[str]) -> Iterator[Finding]:
    """Yield the levels that always fail, and so do all devices in them.

    Of a level whose devices are there that is told node by node (``stonith_admin -l NODE`` does not list the device).
    A device that is disabled is told as such.
    """
    # without an agent it is hidden by an ACL
    known = {one.id for one in cib.primitives if one.agent.startswith(FENCING) or not one.agent} | {WATCHDOG}
    for level in cib.levels:
        missing = [name for name in level.devices if name not in known]
        if missing:
            target = level.target or level.pattern or "=".join(level.attribute or ())
            text = f"fencing level {level.number} of {target} names {listed(missing)}: no such device"
            yield Finding(LEVEL_BROKEN, text, (_subject(level.number, target), *resources(*missing)))
    by_id = {one.id: one for one in devices}
    for node in targets:
        yield from _unable(node, levels_of(node, cib), by_id)


def _unable(node: str, levels: Mapping[int, Tuple[str, ...]], devices: Mapping[str, Capability]) -> Iterator[Finding]:
    for number, names in levels.items():
        for name in dict.fromkeys(names):
            device = devices.get(name)
            if device and device.can_fence(node) is False and device.obstacle(node) != DISABLED:
                text = f"fencing level {number} of {node} names {name}, which cannot fence it: {device.why_not(node)}"
                subjects = (_subject(number, node), *nodes(node), *resources(name))
                yield Finding(
                    LEVEL_BROKEN,
                    text,
                    subjects,
                    "name a device that can; to list those",
                    (f"stonith_admin --list {node}",),
                )


def _subject(number: int, target: str) -> Subject:
    return Subject(LEVEL, f"{number} of {target}")
