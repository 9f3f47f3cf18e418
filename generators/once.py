"""What every node says alike, and what a fault costs in notifications: the tables of docs/cluster.md.

The second is counted on the recordings of several nodes, out of what the checks are expected to say of them.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Callable, Dict, List, Mapping, NamedTuple, Sequence, Tuple

from check_ha.cli.register import CHECKS, check_named
from check_ha.core.check import Scope
from generators.commands import CLUSTER, all_commands

Say = Callable[[str], str]

_EXPECTED = Path(__file__).parents[1] / "tests" / "expected"
_SEVERITY = {"warning": 1, "critical": 2}
"""Of what is told; UNKNOWN of these recordings is a file that was not recorded."""

FAULTS: Mapping[str, str] = {
    "failed-start-everywhere": "A resource starts on no node",
    "failed-stop-blocked": "A resource does not stop, and is blocked",
    "vip-gone-unnoticed": "A virtual address is gone from its interface",
    "link-down-packets-lost": "One of two links loses all packets",
    "node-standby": "A node is in standby",
    "maintenance-mode": "The cluster is in maintenance mode",
    "corosync-stopped": "Corosync is stopped on a node",
    "pacemaker-stopped": "Pacemaker is stopped on a node",
    "corosync-hung": "Corosync is frozen on a node",
    "partition-2-1-stop": "A node of three is cut off",
    "split-brain-2node": "Split brain",
}
"""Recordings in samples/clusters, and what happened there."""

SCOPES: Mapping[Scope, Tuple[str, str, str]] = {
    Scope.CLUSTER: ("the same on every node of a partition", "yes", "no"),
    Scope.SIGHT: ("what this node sees of it: its partition, its links, its interfaces", "yes, together", "no"),
    Scope.NODE: ("what this node alone knows", "no", "yes"),
}
"""What a check says, whether check_ha_cluster tells it, whether check_ha --own runs it."""
ASKS_ONE = "no, one node is asked"
"""Of a check that says the same everywhere, and costs too much to be in every view."""


def scopes(say: Say) -> List[Sequence[str]]:
    """Return a row for each check of a node."""
    found = [one for one in all_commands() if one.check and not one.on_server]
    found.sort(key=lambda one: list(Scope).index(one.check.scope) if one.check else 0)
    rows: List[Sequence[str]] = []
    for one in found:
        if one.check:
            what, told, own = SCOPES[one.check.scope]
            told = told if one.check.name in CHECKS else ASKS_ONE
            rows.append((f"`{one.name}`", say(what), say(told), say(own)))
    return rows


class _Alarms(NamedTuple):
    """Services that are WARNING, and those that are CRITICAL."""

    warning: int
    critical: int

    def __str__(self) -> str:
        return f"{self.warning + self.critical} ({self.critical})"


def faults(say: Say) -> List[Sequence[str]]:
    """Return a row for each fault: how many services alarm in the full shape, and in the small one."""
    rows: List[Sequence[str]] = []
    full, small = [], []
    for scenario, words in FAULTS.items():
        nodes = _nodes(scenario)
        full.append(_alarms(_full(scenario, nodes)))
        small.append(_alarms(_small(scenario, nodes)))
        rows.append((say(words), str(len(nodes)), str(full[-1]), str(small[-1])))
    rows.append((say("All of them"), "", *(str(_Alarms(*map(sum, zip(*each)))) for each in (full, small))))
    return rows


def _alarms(states: Sequence[int]) -> _Alarms:
    return _Alarms(sum(one == 1 for one in states), sum(one == 2 for one in states))


def _on_every_cluster() -> List[str]:
    """Return the checks that a site has whatever its cluster is made of."""
    return [name for name in CHECKS if check_named(name).applies is None]


def _full(scenario: str, nodes: Sequence[str]) -> List[int]:
    of_nodes = [_state(name, f"samples/{scenario}/{node}") for name in _on_every_cluster() for node in nodes]
    return [*of_nodes, *(_state(name, f"samples/{scenario}") for name in ("split_brain", "drift"))]


def _small(scenario: str, nodes: Sequence[str]) -> List[int]:
    """Return the state of each service that notifies: none of a node does while that of the cluster is CRITICAL."""
    own = [name for name in _on_every_cluster() if check_named(name).scope is Scope.NODE]
    cluster = _state(CLUSTER[len("check_ha_") :], f"samples/{scenario}")
    if cluster == 2:
        return [cluster]
    return [cluster, *(max(_state(name, f"samples/{scenario}/{node}") for name in own) for node in nodes)]


def _nodes(scenario: str) -> List[str]:
    found = re.findall(rf"^=== samples/{scenario}/(node\d+): ", _text("nodes"), re.MULTILINE)
    return list(dict.fromkeys(found))


def _state(name: str, where: str) -> int:
    """Return how bad a check calls what has happened, without what stays until somebody changes the configuration."""
    if where not in _sections(name):  # a comparison of nodes of which each is recorded alone
        return 0
    found = re.findall(r"^(warning|critical): .* \[([a-z-]+)\]$", _sections(name)[where], re.MULTILINE)
    return max((_SEVERITY[severity] for severity, condition in found if condition not in _standing()), default=0)


def _standing() -> List[str]:
    checks = [check_named(name) for name in CHECKS]
    return [one.name for check in checks for one in check.conditions if one.standing]


_READ: Dict[str, str] = {}
_FOUND: Dict[str, Dict[str, str]] = {}


def _text(name: str) -> str:
    if name not in _READ:
        _READ[name] = (_EXPECTED / f"{name}.txt").read_text(encoding="utf-8")
    return _READ[name]


def _sections(name: str) -> Dict[str, str]:
    """Return what a check says of each recording."""
    if name not in _FOUND:
        _FOUND[name] = dict(re.findall(r"^=== (\S+): exit \d\n(.*?)\n\n", _text(name), re.MULTILINE | re.DOTALL))
    return _FOUND[name]
