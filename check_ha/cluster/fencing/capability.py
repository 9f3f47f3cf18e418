"""Which nodes one fence device can fence, and why not the others.

As pacemaker-fenced decides it (register_if_fencing_device(), 1.1 to 3.0): a device need not be started to be used; one
that is disabled is not used at all, nor by a node that a location constraint bans it from. A node may fence itself,
which is no help when it hangs: so a device counts for a node if another may run it.
"""

from __future__ import annotations

from typing import FrozenSet, List, Mapping, Tuple

from check_ha.cluster.fencing.hosts import constraints_of, may_run
from check_ha.cluster.fencing.targets import WATCHDOG, Targets, named_after, targets_of
from check_ha.cluster.rules import Truth, every, some
from check_ha.model.cib import Cib, ConfiguredPrimitive
from check_ha.record import NamedTuple

UNLISTED, DISABLED, NO_HOST = "unlisted", "disabled", "no host"
"""Why a device cannot fence a node: it does not list it, it is stopped on purpose, no other node may run it."""


class Device(NamedTuple):
    """A fence device of the configuration."""

    primitive: ConfiguredPrimitive
    around: Tuple[str, ...] = ()
    """The group or clone it is in: their constraints are its own."""
    disabled: bool = False


class Configuration(NamedTuple):
    """What decides on whom a device can fence."""

    cib: Cib
    devices: Tuple[Device, ...]
    members: Tuple[str, ...]
    """Cluster nodes: they alone carry out fencing."""
    targets: Tuple[str, ...]
    """Cluster nodes and remote nodes."""
    symmetric: bool
    """False: a device runs only where a constraint allows it."""
    now: float


class Capability(NamedTuple):
    """What is worked out once for each device."""

    id: str
    disabled: bool
    targets: Targets
    named_after: FrozenSet[str]
    runs_on: Mapping[str, Truth]
    """By cluster node whether it may run the device."""

    def can_fence(self, node: str) -> Truth:
        """Return whether it can fence that node, carried out by another; a cluster of one node has no other."""
        others = [truth for name, truth in self.runs_on.items() if name != node]
        return every((not self.disabled, self.targets.cover(node), some(others) if others else True))

    def obstacle(self, node: str) -> str:
        """Return why it cannot fence that node, where it cannot: UNLISTED, DISABLED or NO_HOST."""
        if self.targets.cover(node) is False:
            return UNLISTED
        return DISABLED if self.disabled else NO_HOST

    def why_not(self, node: str) -> str:
        """Return the same in words."""
        return {
            UNLISTED: f"{self.id} does not list it",
            DISABLED: f"{self.id} is disabled (target-role)",
            NO_HOST: f"no other node may run {self.id}",
        }[self.obstacle(node)]


def capabilities(configuration: Configuration) -> Tuple[Capability, ...]:
    """Return those of all devices but the watchdog."""
    devices = [one for one in configuration.devices if one.primitive.id != WATCHDOG]
    names = {name for one in devices for name in (one.primitive.id, *one.around)}
    locations = constraints_of(configuration.cib, names)
    found: List[Capability] = []
    for device in devices:
        targets = targets_of(device.primitive)
        named = frozenset() if targets.known else named_after(device.primitive, configuration.targets)
        own = [location for name in (device.primitive.id, *device.around) for location in locations[name]]
        runs_on = {
            node: may_run(own, node, configuration.symmetric, configuration.now) for node in configuration.members
        }
        found.append(Capability(device.primitive.id, device.disabled, targets, named, runs_on))
    return tuple(found)
