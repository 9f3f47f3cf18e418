"""Which nodes may run a fence device, by location constraints: Pacemaker lets no other node use it."""

from __future__ import annotations

from typing import Collection, Dict, Iterable, List, Mapping, Optional

from check_ha.cluster.rules import Truth, holds
from check_ha.model.cib import Cib, Location
from check_ha.model.cluster import INFINITY


def constraints_of(cib: Cib, names: Collection[str]) -> Mapping[str, List[Location]]:
    """Return the location constraints of each of these resources."""
    found: Dict[str, List[Location]] = {name: [] for name in names}
    for location in cib.locations:
        for name in () if location.promoted_only else location.resources:
            if name in found:
                found[name].append(location)
    return found


def may_run(locations: Iterable[Location], node: str, symmetric: bool, now: float) -> Truth:
    """Return whether that node may run it, by the sum of the scores; -INFINITY wins over everything.

    Not ``symmetric``: it may only where a constraint allows it. A rule that is not understood leaves it open.
    """
    scores: List[Optional[int]] = [0] if symmetric else []
    for location in locations:
        if location.node and location.node.lower() == node.lower():
            scores.append(location.score or 0)
        for rule in location.rules:
            truth = holds(rule, now, node)
            if truth is not False:
                scores.append(rule.score if truth else None)
    sure = [score for score in scores if score is not None]
    if min(sure, default=0) <= -INFINITY:
        return False
    return None if len(sure) < len(scores) else bool(sure) and sum(sure) >= 0
