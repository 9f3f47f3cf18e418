"""What Pacemaker has of DRBD.

Agents: ``ocf:linbit:drbd`` (drbd-utils, since 8.3.3) and ``ocf:heartbeat:drbd`` (resource-agents until 2010, then
deprecated), each with the parameter ``drbd_resource``. ``heartbeat:drbddisk``, ``ocf:linbit:drbd-attr``,
``systemd:drbd-reactor`` and the like say that there is DRBD, and not which resource it is.
"""

from __future__ import annotations

from typing import List, Optional, Sequence, Tuple

from check_ha.cluster.resources import in_motion, instances_by_id, names_of
from check_ha.model.cib import Cib, ConfiguredPrimitive, Location
from check_ha.model.cluster import Clone, Cluster, Placed
from check_ha.record import NamedTuple

_FENCE = "drbd-fence-by-handler"
"""What crm-fence-peer.sh and crm-fence-peer.9.sh begin the id of their constraint with, unless told otherwise."""
_DEFAULT = "drbd0"
"""What ocf:heartbeat:drbd takes where it is given no ``drbd_resource``."""


class ManagedDrbd(NamedTuple):
    """One DRBD resource as Pacemaker has it: a promotable clone, or a primitive."""

    id: str
    """Of the primitive."""
    names: Tuple[str, ...]
    """Its own, then those of what it is part of: an administrator knows it by the last."""
    drbd: str
    """The name that DRBD knows it by; empty: not known, as the CIB was not read."""
    active: Tuple[str, ...]
    promoted: Tuple[str, ...]
    """The nodes it is active on, and promoted on."""
    moving: bool
    """An instance is just being started, stopped, promoted or demoted."""
    promoted_max: Optional[int]
    """On how many nodes it may be promoted; ``None``: not known."""


def managed_drbd(cluster: Cluster, cib: Optional[Cib]) -> Tuple[ManagedDrbd, ...]:
    """Return what Pacemaker has of DRBD, by the agents whose parameter tells the resource."""
    found = instances_by_id(cluster).values()
    return tuple(_managed(placed, cib) for placed in found if placed[0].primitive.agent.endswith(":drbd"))


def _managed(placed: Sequence[Placed], cib: Optional[Cib]) -> ManagedDrbd:
    names = names_of(placed[0])
    primitives = [one.primitive for one in placed]
    active = [one for one in primitives if one.active and one.role != "Stopped"]
    configured = next((one for one in cib.primitives if one.id == names[0]), None) if cib else None
    drbd = next(iter(configured.values("drbd_resource")), _DEFAULT) if configured else ""
    return ManagedDrbd(
        id=names[0],
        names=names,
        drbd=drbd,
        active=tuple(dict.fromkeys(node for one in active for node in one.nodes)),
        promoted=tuple(dict.fromkeys(node for one in active if one.role == "Promoted" for node in one.nodes)),
        moving=any(in_motion(one) or one.pending for one in primitives),
        promoted_max=_promoted_max(placed[0], cib),
    )


def _promoted_max(placed: Placed, cib: Optional[Cib]) -> Optional[int]:
    if cib is None:
        return None
    clones = [parent.id for parent in placed.parents if isinstance(parent, Clone)]
    own = {key: value for one in cib.collections if one.id in clones for key, value in reversed(one.meta)}
    meta = {**dict(reversed(cib.defaults)), **own}
    value = meta.get("promoted-max", meta.get("master-max", "1"))
    return int(value) if value.isascii() and value.isdigit() and len(value) < 10 else 1


def not_shown(managed: Sequence[ManagedDrbd], cib: Cib) -> List[ConfiguredPrimitive]:
    """Return what is configured and not among these, as crm_mon leaves it out."""
    shown = {one.id for one in managed}
    return [one for one in cib.primitives if one.agent.endswith(":drbd") and one.id not in shown]


def fence_constraints(cib: Cib) -> List[Location]:
    """Return the constraints that the fence-peer handler of DRBD has written and not yet removed.

    ``drbd-fence-by-handler-r0-ms_r0``; of drbd-utils before 8.9.0 without the name of DRBD's resource.
    """
    return [one for one in cib.locations if one.id.startswith(_FENCE)]
