"""Words for what is asked: when a node dies, is in standby, or in maintenance."""

from __future__ import annotations

from typing import Sequence, Tuple

from check_ha.core.wording import joined
from check_ha.sources.tools import DEAD


def when(changes: Sequence[Tuple[str, str]]) -> str:
    """Return ``if node1 dies``, ``with node1 in standby``; ``if node1 and node2 die and with node3 in ...``."""
    dead = [node for node, state in changes if state == DEAD]
    dying = [f"if {joined(dead)} {verb(dead, 'dies', 'die')}"] if dead else []
    return " and ".join([*dying, *(f"with {node} in {state}" for node, state in changes if state != DEAD)])


def either(names: Sequence[str]) -> str:
    """Return ``node1``, ``node1 or node2``, ``node1, node2 or node3``."""
    most = list(names)
    if len(most) > 8:
        return f"{', '.join(most[:7])} or one of {len(most) - 7} more"
    return " or ".join(filter(None, (", ".join(most[:-1]), most[-1])))


def verb(names: Sequence[str], one: str, several: str) -> str:
    """Return the form of the verb for so many names."""
    return one if len(set(names)) == 1 else several
