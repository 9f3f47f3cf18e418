"""What earlier runs have foretold of nodes for which this one has no time: kept from run to run as JSON values."""

from __future__ import annotations

from typing import Any, Dict, Iterable, Mapping, Optional, Sequence, Tuple

from check_ha.checks.failover.conditions import CONDITIONS
from check_ha.core.finding import Finding, Subject
from check_ha.core.wording import age
from check_ha.record import NamedTuple

LONGEST = 6 * 3600.0
"""Seconds after which it is not taken for true any more."""

_BY_NAME = {one.name: one for one in CONDITIONS}


class Remembered(NamedTuple):
    """What was foretold of one node."""

    time: float
    findings: Tuple[Finding, ...]
    lost: int

    def findings_now(self, now: float) -> Tuple[Finding, ...]:
        """Return them, with how old they are."""
        return tuple(one._replace(text=f"{one.text} (foretold {age(now - self.time)})") for one in self.findings)


def recalled(previous: Optional[Mapping[str, Any]], now: float) -> Dict[str, Remembered]:
    """Return what is remembered and not too old, by node. What another version has kept is left out."""
    kept: Any = (previous or {}).get("nodes")
    found: Dict[str, Remembered] = {}
    for node, values in kept.items() if isinstance(kept, dict) else ():
        try:
            one = Remembered(float(values["time"]), tuple(map(_finding, values["findings"])), int(values["lost"]))
        except (KeyError, TypeError, ValueError):
            continue
        if 0 <= now - one.time <= LONGEST:
            found[node] = one
    return found


def kept(found: Mapping[str, Remembered], nodes: Iterable[str]) -> Dict[str, Any]:
    """Return what is to be remembered of these nodes."""
    return {"nodes": {node: _of_node(found[node]) for node in nodes if node in found}}


def _of_node(one: Remembered) -> Dict[str, Any]:
    return {"time": one.time, "lost": one.lost, "findings": [*map(_values, one.findings)]}


def _values(one: Finding) -> Sequence[Any]:
    return [one.condition.name, one.text, [*map(list, one.subjects)], one.advice, list(one.commands)]


def _finding(values: Sequence[Any]) -> Finding:
    name, text, subjects, advice, commands = values
    return Finding(
        _BY_NAME[name],
        str(text),
        tuple(Subject(str(kind), str(who)) for kind, who in subjects),
        str(advice),
        tuple(map(str, commands)),
    )
