"""Which nodes can be fenced, by the configuration: fence devices, what they list, who may run them, topology.

As pacemaker-fenced decides it (register_if_fencing_device() and advance_topology_level(), 1.1 to 3.0): a device need
not be started to be used; one that is disabled is not used at all, nor by a node that a location constraint bans it
from. A node may fence itself, which is no help when it hangs: so a device counts for a node if another may run it.
"""

import re
from typing import Collection, Dict, FrozenSet, Iterable, Iterator, List, Mapping, NamedTuple, Optional, Sequence, Tuple

from check_ha.checks.fencing.targets import WATCHDOG, Targets, named_after, targets_of, watchdog_fences
from check_ha.cluster.rules import Truth, every, holds, some
from check_ha.core.wording import listed
from check_ha.model.cib import Cib, ConfiguredPrimitive, FencingLevel, Location
from check_ha.model.cluster import INFINITY


class Device(NamedTuple):
    """A fence device, as far as it matters here."""

    primitive: ConfiguredPrimitive
    around: Tuple[str, ...] = ()
    """The group or clone it is in: their constraints are its own."""
    disabled: bool = False


class Configuration(NamedTuple):
    """What decides."""

    cib: Cib
    devices: Tuple[Device, ...]
    members: Tuple[str, ...]
    """Cluster nodes: they alone carry out fencing."""
    targets: Tuple[str, ...]
    """Cluster nodes and remote nodes."""
    symmetric: bool
    """False: a device runs only where a constraint allows it."""
    now: float


class Coverage(NamedTuple):
    """Whether a node can be fenced, and why."""

    node: str
    fenceable: Truth
    why: str
    """What fences it, or why nothing does."""
    by_name: bool = False
    """True: not fenceable only in so far as no device carries its name."""


class _Facts(NamedTuple):
    """What is worked out once for each device."""

    id: str
    disabled: bool
    targets: Targets
    named_after: FrozenSet[str]
    runs_on: Mapping[str, Truth]
    """By cluster node whether it may run the device."""

    def works(self, victim: str) -> Truth:
        """Whether it can fence that node, carried out by another; in a cluster of one node there is no other."""
        others = [truth for name, truth in self.runs_on.items() if name != victim]
        return every((not self.disabled, self.targets.cover(victim), some(others) if others else True))

    def why_not(self, victim: str) -> str:
        """Why it cannot, where it cannot."""
        if self.targets.cover(victim) is False:
            return f"{self.id} does not list it"
        return f"{self.id} is disabled (target-role)" if self.disabled else f"no other node may run {self.id}"


def coverage(configuration: Configuration) -> Tuple[Coverage, ...]:
    """One for each node that may have to be fenced."""
    devices = [one for one in configuration.devices if one.primitive.id != WATCHDOG]
    locations = _by_resource(configuration.cib, {name for one in devices for name in (one.primitive.id, *one.around)})
    facts = [_facts(one, configuration, locations) for one in devices]
    return tuple(_coverage(node, configuration.cib, facts) for node in configuration.targets)


def _facts(device: Device, configuration: Configuration, locations: Mapping[str, Sequence[Location]]) -> _Facts:
    targets = targets_of(device.primitive)
    named = frozenset() if targets.known else named_after(device.primitive, configuration.targets)
    own = [location for name in (device.primitive.id, *device.around) for location in locations[name]]
    runs_on = {node: _allowed(own, node, configuration) for node in configuration.members}
    return _Facts(device.primitive.id, device.disabled, targets, named, runs_on)


def _coverage(node: str, cib: Cib, facts: Sequence[_Facts]) -> Coverage:
    if watchdog_fences(cib, node):
        return Coverage(node, True, "watchdog (sbd)")
    levels = levels_of(node, cib)
    if levels:
        return _by_topology(node, levels, facts)
    works = {one.id: one.works(node) for one in facts}
    sure = [name for name, truth in works.items() if truth]
    if sure:
        return Coverage(node, True, listed(sure))
    unsure = [one for one in facts if works[one.id] is None]
    return _unjudged(node, unsure) if unsure else Coverage(node, False, _why_not(node, facts))


def _unjudged(node: str, facts: Sequence[_Facts]) -> Coverage:
    """Only what is decided elsewhere is left. Where each device is named after nodes, the names tell."""
    ruled = [one.id for one in facts if one.targets.cover(node)]
    if ruled:
        return Coverage(node, None, f"a rule decides where {listed(ruled)} may run")
    if all(one.named_after for one in facts) and not any(node in one.named_after for one in facts):
        whose = listed([f"{one.id} is for {' and '.join(sorted(one.named_after))}" for one in facts])
        return Coverage(node, False, f"no fence device lists it, and by name {whose}", by_name=True)
    ids = listed([one.id for one in facts])
    return Coverage(node, None, f"{ids} find{'s' if len(facts) == 1 else ''} out at run time whom to fence")


def _why_not(node: str, facts: Sequence[_Facts]) -> str:
    listing = [one.why_not(node) for one in facts if one.targets.cover(node) is not False]
    return listed(listing) if listing else "no fence device lists it"


def _by_topology(node: str, levels: Mapping[int, Tuple[str, ...]], facts: Sequence[_Facts]) -> Coverage:
    """One level of which every device works is enough."""
    known = {one.id: one for one in facts}
    good: Dict[int, Truth] = {}
    bad: List[str] = []
    for number, names in levels.items():
        truths = {name: known[name].works(node) if name in known else False for name in names}
        failing = next((name for name, truth in truths.items() if truth is False), None)
        if names and failing is None:
            good[number] = every(truths.values())
        else:
            why = (
                known[failing].why_not(node)
                if failing in known
                else f"{failing} does not exist"
                if failing
                else "no device"
            )
            bad.append(f"level {number}: {why}")
    if good:
        works = "; ".join(f"level {number}: {', '.join(levels[number])}" for number in good)
        return Coverage(node, some(good.values()), works)
    return Coverage(node, False, f"no fencing level works ({'; '.join(bad)})")


class Gap(NamedTuple):
    """Nodes that cannot be fenced, for one reason."""

    nodes: Tuple[str, ...]
    why: str
    by_name: bool

    @property
    def text(self) -> str:
        """For a first line."""
        return f"{listed(self.nodes)} cannot be fenced: {self.why}"


def gaps(covered: Iterable[Coverage]) -> Tuple[Gap, ...]:
    """What is not covered, the nodes by reason."""
    reasons: Dict[Tuple[str, bool], List[str]] = {}
    for one in covered:
        if one.fenceable is False:
            reasons.setdefault((one.why, one.by_name), []).append(one.node)
    return tuple(Gap(tuple(nodes), *reason) for reason, nodes in reasons.items())


def broken_levels(cib: Cib) -> Iterator[str]:
    """Fencing levels that name a device which does not exist: they always fail."""
    known = {one.id for one in cib.primitives} | {WATCHDOG}
    for level in cib.levels:
        missing = [name for name in level.devices if name not in known]
        if missing:
            target = level.target or level.pattern or "=".join(level.attribute or ())
            yield f"fencing level {level.number} of {target} names {listed(missing)}: no such device"


def levels_of(node: str, cib: Cib) -> Dict[int, Tuple[str, ...]]:
    """The devices of each fencing level for this node. Levels for its name go before those for a pattern."""
    exact = [level for level in cib.levels if level.target.lower() == node.lower()]
    found: Dict[int, Tuple[str, ...]] = {}
    for level in exact or [level for level in cib.levels if not level.target and _matches(level, node, cib)]:
        found[level.number] = (*found.get(level.number, ()), *level.devices)
    return dict(sorted(found.items()))


def _matches(level: FencingLevel, node: str, cib: Cib) -> bool:
    if level.attribute:
        return any(level.attribute in one.attributes for one in cib.nodes if one.name == node)
    return _search(level.pattern, node)


def _search(pattern: str, text: str) -> bool:
    """As regexec() would, for what both kinds of regular expression have in common."""
    try:
        return re.search(pattern, text) is not None
    except re.error:
        return False


def _by_resource(cib: Cib, names: Collection[str]) -> Dict[str, List[Location]]:
    """The location constraints of each of these; a pattern that begins with ``!`` means all that it does not match."""
    found: Dict[str, List[Location]] = {name: [] for name in names}
    for location in cib.locations:
        if location.promoted_only:
            continue
        concerned: Iterable[str] = location.resources
        if location.pattern:
            negated = location.pattern.startswith("!")
            concerned = [name for name in names if _search(location.pattern[negated:], name) != negated]
        for name in concerned:
            if name in found:
                found[name].append(location)
    return found


def _allowed(locations: Iterable[Location], node: str, configuration: Configuration) -> Truth:
    """By the sum of the scores; -INFINITY wins over everything. A rule that is not understood leaves it open."""
    scores: List[Optional[int]] = [0] if configuration.symmetric else []
    for location in locations:
        if location.node and location.node.lower() == node.lower():
            scores.append(location.score or 0)
        for rule in location.rules:
            truth = holds(rule, configuration.now, node)
            if truth is not False:
                scores.append(rule.score if truth else None)
    sure = [score for score in scores if score is not None]
    if min(sure, default=0) <= -INFINITY:
        return False
    return None if len(sure) < len(scores) else bool(sure) and sum(sure) >= 0
