"""Fence devices: resources of class stonith, joined from crm_mon (how they are) and the CIB (what they are for)."""

from __future__ import annotations

from typing import Collection, Dict, List, Optional, Tuple

from check_ha.cluster.nodes import lost
from check_ha.cluster.resources import in_motion, plain, stopped_on_purpose, unmanaged_by
from check_ha.model.cib import Cib, ConfiguredPrimitive
from check_ha.model.cluster import Clone, Cluster, Group, Placed
from check_ha.record import NamedTuple

FENCING = "stonith:"


class FenceDevice(NamedTuple):
    """One fence device, with all its instances."""

    id: str
    agent: str
    instances: Tuple[Placed, ...] = ()
    """Empty where crm_mon was not read, or does not list it."""
    configured: Optional[ConfiguredPrimitive] = None
    """``None``: the CIB was not read, or has it no more."""
    shown_on: Tuple[str, ...] = ()
    """The nodes on which crm_mon shows it started."""
    nodes: Tuple[str, ...] = ()
    """Those of them that are in the cluster: it is started there, which only means that they monitor it."""
    held_by: str = ""
    """Where the CIB has is-managed=false for it: itself, or the group or clone around it."""

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
            return self._stopped_itself
        return all(stopped_on_purpose(placed) for placed in self.instances)

    @property
    def disabled_by(self) -> str:
        """The resource with the target-role that stops it: itself, or the innermost group or clone around it."""
        placed = self.instances[0] if self.instances else None
        if placed is None or self._stopped_itself:
            return self.id
        stopped = (
            plain(parent.id)
            for parent in reversed(placed.parents)
            if (isinstance(parent, (Group, Clone)) and parent.disabled)
            or (isinstance(parent, Clone) and parent.target_role == "Stopped")
        )
        return next(stopped, self.id)

    @property
    def _stopped_itself(self) -> bool:
        meta = dict(self.configured.meta) if self.configured else {}
        return meta.get("target-role", "").lower() == "stopped"

    @property
    def unmanaged(self) -> bool:
        """Whether is-managed keeps the cluster from starting it."""
        return bool(self.held_by) or any(not placed.primitive.managed for placed in self.instances)

    @property
    def around(self) -> Tuple[str, ...]:
        """The group and clone it is in."""
        parents = (plain(parent.id) for placed in self.instances for parent in placed.parents)
        return tuple(dict.fromkeys(parents))


def fence_devices(cluster: Optional[Cluster], cib: Optional[Cib]) -> Tuple[FenceDevice, ...]:
    """Return every fence device, as listed by crm_mon; then those that only the CIB knows."""
    configured = {one.id: one for one in cib.primitives if one.agent.startswith(FENCING)} if cib else {}
    gone = {node.name for node in cluster.nodes if lost(node)} if cluster else set()
    found: Dict[str, List[Placed]] = {}
    for placed in cluster.primitives() if cluster else ():
        if placed.primitive.agent.startswith(FENCING) and not placed.primitive.orphaned:
            found.setdefault(plain(placed.primitive.id), []).append(placed)
    shown = [_device(name, instances, configured.get(name), gone) for name, instances in found.items()]
    rest = [FenceDevice(one.id, one.agent, (), one) for one in configured.values() if one.id not in found]
    return tuple(one._replace(held_by=unmanaged_by(one.id, cib)) for one in (*shown, *rest))


def _device(
    name: str, instances: List[Placed], configured: Optional[ConfiguredPrimitive], gone: Collection[str]
) -> FenceDevice:
    """Of a role the word counts: crm_mon may say ``role="Stopped" active="true"`` after a migration that failed."""
    started = (one.primitive for one in instances if one.primitive.active and one.primitive.role != "Stopped")
    where = tuple(dict.fromkeys(node for primitive in started for node in primitive.nodes))
    running = tuple(node for node in where if node not in gone)
    return FenceDevice(name, instances[0].primitive.agent, tuple(instances), configured, where, running)


def left_out(cluster: Cluster) -> bool:
    """Return whether crm_mon counts more resources than it lists.

    2.0.4 to 2.1.9 and 3.0.0 leave out a group or clone of which all active members are unmanaged and on an offline
    node, and count them in ``resources_configured``. What is not counted either, as a clone with clone-max=0, is none.
    """
    return cluster.instances_configured is None or cluster.instances_configured > sum(1 for _ in cluster.primitives())
