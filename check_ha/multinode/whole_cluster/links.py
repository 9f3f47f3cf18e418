"""The links of all nodes, put together: one that is down is seen from both its ends, and is one fault."""

from __future__ import annotations

from typing import Dict, FrozenSet, Iterator, List, Mapping, Optional, Sequence, Tuple

from check_ha.core.condition import Condition, Severity
from check_ha.core.finding import LINK, Finding, Subject, nodes
from check_ha.core.wording import count, some
from check_ha.model.view import View
from check_ha.multinode.cluster_state import ClusterState
from check_ha.record import NamedTuple

LINK_DOWN = Condition("link-down", Severity.WARNING, "A link between two nodes is down, and another one is left.")
UNREACHABLE = Condition(
    "unreachable", Severity.CRITICAL, "All links between two nodes are down, and both are in one partition."
)

LOOK = "look at the cable, the switch port and the interface of that network at each end; what each end sees shows"
RINGS = ("check_ha_rings",)


class PairLink(NamedTuple):
    """One link between two nodes."""

    ends: Tuple[str, str]
    number: int
    seen: Tuple[Tuple[str, Optional[bool]], ...]
    """Whether it is up, by each end that tells."""
    addresses: Tuple[str, ...] = ()

    @property
    def up(self) -> Optional[bool]:
        """Whether it works: an end that sees it down is believed."""
        said = [up for _, up in self.seen]
        return False if False in said else True if True in said else None


def pair_links(views: Mapping[str, View]) -> Tuple[PairLink, ...]:
    """Return each link between two nodes once, in the order of the nodes."""
    found: Dict[Tuple[Tuple[str, str], int], Dict[str, Optional[bool]]] = {}
    addresses: Dict[Tuple[Tuple[str, str], int], Dict[str, str]] = {}
    order = {node: position for position, node in enumerate(views)}
    for node, view in views.items():
        for link in view.links or ():
            if link.peer and link.peer != node:
                first, second = sorted((node, link.peer), key=lambda one: (order.get(one, len(order)), one))
                key = (first, second), link.number
                found.setdefault(key, {})[node] = link.up
                addresses.setdefault(key, {})[link.peer] = link.address
    return tuple(
        PairLink(ends, number, tuple(seen.items()), tuple(addresses[ends, number].get(end, "") for end in ends))
        for (ends, number), seen in sorted(found.items(), key=lambda one: one[0][1])
    )


def together(state: ClusterState, ends: Sequence[str]) -> bool:
    """Tell whether these nodes are in one partition: what is between two partitions is told as such."""
    return any(set(ends) <= set(partition.members) for partition in state.partitions)


def links_down(views: Mapping[str, View], state: ClusterState) -> Iterator[Finding]:
    """Yield the links that are down within a partition: those of one node, or of one network, as one."""
    pairs: Dict[Tuple[str, str], List[PairLink]] = {}
    for link in pair_links(views):
        if together(state, link.ends):
            pairs.setdefault(link.ends, []).append(link)
    for ends, links in pairs.items():
        if all(link.up is False for link in links):
            text = f"{some(ends)} do not reach each other: {_all(len(links))} between them down"
            yield Finding(UNREACHABLE, text, nodes(*ends), LOOK, RINGS)
    usable = {ends: links for ends, links in pairs.items() if any(link.up is not False for link in links)}
    down: Dict[int, List[PairLink]] = {}
    for links in usable.values():
        for link in links:
            if link.up is False:
                down.setdefault(link.number, []).append(link)
    for number, those in down.items():
        left = min(sum(link.up is not False for link in usable[one.ends]) for one in those)
        everywhere = sum(any(link.number == number for link in links) for links in usable.values())
        for group in _groups(those):
            where = _where(group, whole=len(group) == everywhere)
            names = dict.fromkeys(end for one in group for end in one.ends)
            text = f"link {number} is down {where}, {count(left, 'link')} left"
            yield Finding(LINK_DOWN, text, (Subject(LINK, str(number)), *nodes(*names)), LOOK, RINGS)


def _all(number: int) -> str:
    return {1: "the only link", 2: "both links"}.get(number, f"all {number} links")


def _groups(links: Sequence[PairLink]) -> List[List[PairLink]]:
    """Return the links that hang together: they share an end."""
    groups: List[List[PairLink]] = []
    for link in links:
        near = [group for group in groups if any(set(link.ends) & set(one.ends) for one in group)]
        groups = [group for group in groups if group not in near]
        groups.append([*(one for group in near for one in group), link])
    return groups


def _where(group: Sequence[PairLink], whole: bool) -> str:
    if len(group) == 1:
        (one,) = group
        addresses = f" ({', '.join(filter(None, one.addresses))})" if any(one.addresses) else ""
        said = [node for node, up in one.seen if up is False]
        seen = f", as {some(said)} {'sees' if len(said) == 1 else 'see'} it" if len(said) < len(one.seen) else ""
        return f"between {some(one.ends)}{addresses}{seen}"
    ends = [frozenset(one.ends) for one in group]
    common: FrozenSet[str] = frozenset.intersection(*ends)
    everybody = list(dict.fromkeys(end for one in group for end in one.ends))
    if len(common) == 1 and not (whole and len(everybody) == 2):
        (culprit,) = common
        return f"at {culprit}, to {some([end for end in everybody if end != culprit])}"
    return f"between {'all of ' if whole else ''}{some(everybody)}"
