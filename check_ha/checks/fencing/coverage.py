"""Nodes that nothing can fence."""

from typing import Dict, Iterable, Iterator, List

from check_ha.cluster.fencing.coverage import Coverage
from check_ha.core.condition import Condition, Severity
from check_ha.core.finding import Finding, nodes, resources
from check_ha.core.wording import listed

NODE_UNFENCEABLE = Condition(
    "node-unfenceable", Severity.WARNING, "No fence device that another node may run covers a node."
)
COVERAGE_DOUBTFUL = Condition(
    "coverage-doubtful", Severity.WARNING, "Fence devices list no nodes, and by their names none is for this node."
)


def unfenceable(covered: Iterable[Coverage]) -> Iterator[Finding]:
    """Yield what cannot be fenced: the nodes for which it is the same reason together."""
    reasons: Dict[str, List[Coverage]] = {}
    for one in covered:
        if one.fenceable is False:
            reasons.setdefault(one.why, []).append(one)
    for why, alike in reasons.items():
        first, names = alike[0], [one.node for one in alike]
        yield Finding(
            COVERAGE_DOUBTFUL if first.by_name else NODE_UNFENCEABLE,
            f"{listed(names)} cannot be fenced: {why}",
            (*nodes(*names), *resources(*first.devices)),
            "name the node in pcmk_host_list (or pcmk_host_map) of its fence device" if first.unlisted else "",
        )
