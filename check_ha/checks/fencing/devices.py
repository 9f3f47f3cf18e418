"""Fence devices: resources of class stonith, joined from crm_mon (how they are) and the CIB (what they are for)."""

from typing import Dict, List, NamedTuple, Optional, Tuple

from check_ha.checks.fencing.coverage import Configuration, Coverage, Device, coverage
from check_ha.checks.fencing.targets import watchdog_fences
from check_ha.cluster.resources import in_motion, plain, stopped_on_purpose, told
from check_ha.model.cib import Cib, ConfiguredPrimitive
from check_ha.model.cluster import Cluster, Placed

_CLASS = "stonith:"
_FALSE = frozenset({"false", "off", "no", "n", "0"})


class FenceDevice(NamedTuple):
    """One fence device, with all its instances."""

    id: str
    agent: str
    instances: Tuple[Placed, ...] = ()
    """Empty where crm_mon was not read, or does not list it."""
    configured: Optional[ConfiguredPrimitive] = None
    """``None``: the CIB was not read."""

    @property
    def nodes(self) -> Tuple[str, ...]:
        """The nodes it is started on, which only means that they monitor it."""
        names = (name for placed in self.instances if placed.primitive.active for name in placed.primitive.nodes)
        return tuple(dict.fromkeys(names))

    @property
    def active(self) -> bool:
        """Whether it is started anywhere."""
        return any(placed.primitive.active for placed in self.instances)

    @property
    def failed(self) -> bool:
        """Whether its last monitor failed."""
        return any(placed.primitive.failed and not placed.primitive.failure_ignored for placed in self.instances)

    @property
    def in_motion(self) -> bool:
        """Whether an instance is just being started or stopped."""
        return any(in_motion(placed.primitive) for placed in self.instances)

    @property
    def disabled(self) -> bool:
        """Whether it is stopped on purpose, itself or by what it is part of: then Pacemaker does not use it."""
        if not self.instances:
            meta = dict(self.configured.meta) if self.configured else {}
            return meta.get("target-role", "").lower() == "stopped"
        return all(stopped_on_purpose(placed) for placed in self.instances)

    @property
    def around(self) -> Tuple[str, ...]:
        """The group and clone it is in."""
        parents = (plain(parent.id) for placed in self.instances for parent in placed.parents)
        return tuple(dict.fromkeys(parents))


def fence_devices(cluster: Optional[Cluster], cib: Optional[Cib]) -> Tuple[FenceDevice, ...]:
    """Every fence device, as listed by crm_mon; then those that only the CIB knows."""
    configured = {one.id: one for one in cib.primitives if one.agent.startswith(_CLASS)} if cib else {}
    found: Dict[str, List[Placed]] = {}
    for placed in cluster.primitives() if cluster else ():
        if placed.primitive.agent.startswith(_CLASS) and not placed.primitive.orphaned:
            found.setdefault(plain(placed.primitive.id), []).append(placed)
    listed = [
        FenceDevice(name, instances[0].primitive.agent, tuple(instances), configured.get(name))
        for name, instances in found.items()
    ]
    return (*listed, *(FenceDevice(one.id, one.agent, (), one) for one in configured.values() if one.id not in found))


def fencing_enabled(cluster: Optional[Cluster], cib: Optional[Cib]) -> Optional[bool]:
    """``stonith-enabled``, which 3.0.2 calls ``fencing-enabled``; on by default; ``None``: not known."""
    if cluster and cluster.options.fencing_enabled is not None:
        return cluster.options.fencing_enabled
    if cib is None:
        return None
    return (cib.option("fencing-enabled", "stonith-enabled") or "true").lower() not in _FALSE


def watchdog(cluster: Optional[Cluster], cib: Optional[Cib]) -> bool:
    """Whether the watchdog of some node counts as fencing."""
    return cib is not None and any(watchdog_fences(cib, name) for name in _targets(cluster, cib))


def coverage_of(
    devices: Tuple[FenceDevice, ...], cluster: Optional[Cluster], cib: Optional[Cib], now: float
) -> Tuple[Coverage, ...]:
    """Which nodes the configuration can fence; nothing where one of the two documents is missing."""
    if cluster is None or cib is None:
        return ()
    return coverage(
        Configuration(
            cib=cib,
            devices=tuple(Device(one.configured, one.around, one.disabled) for one in devices if one.configured),
            members=tuple(node.name for node in cluster.nodes if node.type == "member"),
            targets=_targets(cluster, cib),
            symmetric=cluster.options.symmetric is not False,
            now=now,
        )
    )


def why_failed(device: FenceDevice, cluster: Cluster) -> str:
    """``: start failed on node1 (no route to host)``, where crm_mon lists a failure of it."""
    failures = [failure for failure in cluster.failures if plain(failure.resource) == device.id]
    return f": {told(failures)}" if failures else ""


def _targets(cluster: Optional[Cluster], cib: Optional[Cib]) -> Tuple[str, ...]:
    """Nodes that may have to be fenced. A guest or bundle node is not: its container is recovered instead."""
    if cluster is None:
        return tuple(node.name for node in cib.nodes) if cib else ()
    return tuple(
        node.name for node in cluster.nodes
        if node.type == "member" or (node.type == "remote" and not node.id_as_resource)
    )  # fmt: skip
