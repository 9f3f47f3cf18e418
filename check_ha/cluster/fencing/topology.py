"""The fencing topology: which devices fence a node together.

As advance_topology_level() of pacemaker-fenced decides it, 1.1 to 3.0.
"""

from __future__ import annotations

from typing import Dict, Tuple

from check_ha.model.cib import Cib, FencingLevel
from check_ha.parsers.cib_rules import matches


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
