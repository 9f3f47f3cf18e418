"""Words for what is asked: when a node dies, is in standby, or in maintenance."""

from __future__ import annotations

from typing import Sequence, Tuple

from check_ha.sources.tools import DEAD


def when(changes: Sequence[Tuple[str, str]]) -> str:
    """Return ``if node1 dies``, ``with node1 in standby``; of several: ``if node1 dies and with node2 in standby``."""
    return " and ".join(f"if {node} dies" if state == DEAD else f"with {node} in {state}" for node, state in changes)


def either(names: Sequence[str]) -> str:
    """Return ``node1``, ``node1 or node2``, ``node1, node2 or node3``."""
    most = list(names)
    if len(most) > 8:
        return f"{', '.join(most[:7])} or one of {len(most) - 7} more"
    return " or ".join(filter(None, (", ".join(most[:-1]), most[-1])))


def verb(names: Sequence[str], one: str, several: str) -> str:
    """Return the form of the verb for so many names."""
    return one if len(set(names)) == 1 else several
