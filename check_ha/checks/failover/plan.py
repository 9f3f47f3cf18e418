"""What would happen, in one line a node: who fences, what goes where, what is lost."""

from __future__ import annotations

from typing import Dict, Iterator, List, Mapping, Optional, Sequence

from check_ha.checks.failover.losses import Losses, Place
from check_ha.checks.failover.situation import Changes, Situation
from check_ha.checks.failover.wording import when
from check_ha.cluster.fencing.coverage import Coverage
from check_ha.cluster.resource_states.instances import ResourceInstances
from check_ha.core.finding import NODE, Row, Subject
from check_ha.core.wording import count, listed


def plan(changes: Changes, losses: Losses, situation: Situation, fencing: Mapping[str, Coverage]) -> Row:
    """Return the line for this question."""
    parts: List[str] = []
    left = situation.votes_without(changes)
    if left:
        quorum = "quorum is left" if left.quorate else "NO quorum is left"
        parts.append(f"{quorum} ({left.votes} of {count(left.expected, 'vote')})")
    parts += [text for node, _ in changes for text in _fenced(fencing.get(node))]
    singles = [one for one in losses.places if not one.resource.clone and not one.resource.bundle]
    parts += _moved(singles)
    parts += dict.fromkeys(text for one in losses.places if one not in singles for text in _cloned(one))
    pinned = [_name(one) for one in losses.pinned]
    parts += [f"lost as --pinned says: {listed(pinned)}"] if pinned else []
    lost = [_name(one) for one in losses.lost]
    parts.append(f"LOST: {listed(lost)}" if lost else f"nothing {'else ' * bool(pinned)}lost")
    return Row(Subject(NODE, changes[0][0]), "; ".join(parts), when(changes))


def _name(one: ResourceInstances) -> str:
    return one.outermost if one.clone or one.bundle else one.id


def _fenced(one: Optional[Coverage]) -> Iterator[str]:
    if one:
        words = {True: "fenced by", False: "CANNOT be fenced:", None: "not known what fences it:"}
        yield f"{words[one.fenceable]} {one.why}"


def _moved(places: Sequence[Place]) -> Iterator[str]:
    """Yield ``p_vip, p_app -> node2``."""
    targets: Dict[str, List[str]] = {}
    for one in places:
        if one.then and set(one.then) != set(one.now):
            targets.setdefault(", ".join(one.then), []).append(one.resource.id)
    for target, names in targets.items():
        yield f"{listed(names)} -> {target}"


def _cloned(one: Place) -> Iterator[str]:
    """Yield ``ms_db promoted on node2``, ``cl_ping on 1 of 2``."""
    name = one.resource.outermost
    if one.then and one.promoted_now and set(one.promoted_then) != set(one.promoted_now):
        yield f"{name} promoted on {', '.join(one.promoted_then) or 'NO node'}"
    if one.then and len(one.then) != len(one.now):
        yield f"{name} on {len(one.then)} of {len(one.now)}"
