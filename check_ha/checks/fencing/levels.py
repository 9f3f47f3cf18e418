"""The fencing topology: which devices fence a node together, and which level never can.

As advance_topology_level() of pacemaker-fenced decides it, 1.1 to 3.0.
"""

from __future__ import annotations

from typing import Dict, Iterator, Mapping, Sequence, Tuple

from check_ha.checks.fencing.capability import DISABLED, Capability
from check_ha.checks.fencing.devices import FENCING
from check_ha.checks.fencing.targets import WATCHDOG
from check_ha.core.condition import Condition, Severity
from check_ha.core.finding import LEVEL, Finding, Subject, nodes, resources
from check_ha.core.wording import listed
from check_ha.model.cib import Cib, FencingLevel
from check_ha.parsers.cib_rules import matches

LEVEL_BROKEN = Condition(
    "level-broken",
    Severity.WARNING,
    "A fencing level names a device that does not exist, or that cannot fence the node: the level always fails.",
)


def levels_of(node: str, cib: Cib) -> Dict[int, Tuple[str, ...]]:
    """Return the devices of each fencing level for this node. Levels for its name go before those for a pattern."""
    exact = [level for level in cib.levels if level.target.lower() == node.lower()]
    found: Dict[int, Tuple[str, ...]] = {}
    for level in exact or [level for level in cib.levels if not level.target and _is_for(level, node, cib)]:
        found[level.number] = (*found.get(level.number, ()), *level.devices)
    return dict(sorted(found.items()))


def _is_for(level: FencingLevel, node: str, cib: Cib) -> bool:
    if level.attribute:
        return any(level.attribute in one.attributes for one in cib.nodes if one.name == node)
    return matches(level.pattern, node)


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
