"""A split brain of DRBD: what no node can tell by itself."""

from __future__ import annotations

from typing import Dict, Iterator, List, Mapping, Optional, Tuple

from check_ha.core.condition import Condition, Severity
from check_ha.core.finding import DRBD, Finding, Subject, nodes
from check_ha.core.options import FilterOptions
from check_ha.core.wording import joined
from check_ha.model.drbd import CONNECTED, PRIMARY, STANDALONE
from check_ha.model.view import DrbdView, View
from check_ha.multinode.incomplete_views import INCOMPLETE

DRBD_SPLIT = Condition(
    "drbd-split-brain", Severity.CRITICAL,
    "A DRBD resource is StandAlone on two nodes, or Primary on two that are not connected: their data may differ.",
)  # fmt: skip

_KEEP_ONE = (
    "decide whose data to keep; on the other node: drbdadm connect --discard-my-data {}; then, where the data is kept"
)


def drbd_conflicts(
    views: Mapping[str, View], earlier: Optional[Mapping[str, View]], options: FilterOptions
) -> Iterator[Finding]:
    """Yield what is apart; with an earlier look only what was so then, too."""
    before = None if earlier is None else {one.subjects for one in drbd_conflicts(earlier, None, options)}
    for name, sides in _by_name(views, options):
        found = _conflict(name, sides)
        if found and (before is None or found.subjects in before):
            yield found


def _by_name(views: Mapping[str, View], options: FilterOptions) -> List[Tuple[str, Dict[str, DrbdView]]]:
    found: Dict[str, Dict[str, DrbdView]] = {}
    for node, view in views.items():
        for one in view.drbd or ():
            found.setdefault(one.name, {})[node] = one
    return [(name, sides) for name, sides in found.items() if options.selects(name)]


def _conflict(name: str, sides: Mapping[str, DrbdView]) -> Optional[Finding]:
    alone = [node for node, one in sides.items() if any(peer.state == STANDALONE for peer in one.peers)]
    primaries = [node for node, one in sides.items() if one.role == PRIMARY and _apart(one)]
    if len(alone) < 2 and len(primaries) < 2:
        return None
    names, what = (alone, "StandAlone") if len(alone) > 1 else (primaries, "not connected")
    roles = joined([f"{node} ({sides[node].role})" for node in names])
    text = f"{name}: DRBD is {what} on {roles}: each may have data of its own"
    subjects = (Subject(DRBD, name), *nodes(*names))
    return Finding(DRBD_SPLIT, text, subjects, _KEEP_ONE.format(name), (f"drbdadm connect {name}",))


def _apart(one: DrbdView) -> bool:
    return any(peer.state != CONNECTED for peer in one.peers)


def drbd_not_told(views: Mapping[str, View], options: FilterOptions) -> Iterator[Finding]:
    """Yield the peers of what is apart whose views do not tell of DRBD: they may be apart, too."""
    for name, sides in _by_name(views, options):
        for node, one in sides.items():
            others = [other for other in views if other != node]
            peers = {peer.peer or (others[0] if len(others) == 1 else "") for peer in one.peers}
            for other in others if _apart(one) else ():
                if other in peers and views[other].drbd is None:
                    text = f"{name} is not connected on {node}, and {other} does not tell of DRBD"
                    yield Finding(INCOMPLETE, text, (*nodes(other), Subject(DRBD, name)))
