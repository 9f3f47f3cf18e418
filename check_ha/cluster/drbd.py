"""DRBD's resources on this node, joined from its tools, and what Pacemaker has of them.

Agents: ``ocf:linbit:drbd`` (drbd-utils, since 8.3.3) and ``ocf:heartbeat:drbd`` (resource-agents until 2010, then
deprecated), each with the parameter ``drbd_resource``. ``heartbeat:drbddisk``, ``ocf:linbit:drbd-attr``,
``systemd:drbd-reactor`` and the like say that there is DRBD, and not which resource it is.
"""

from __future__ import annotations

from typing import Dict, Iterator, List, NamedTuple, Optional, Sequence, Tuple

from check_ha.cluster.resources import in_motion, instances_by_id, names_of
from check_ha.model.cib import Cib, Location
from check_ha.model.cluster import Clone, Cluster, Placed
from check_ha.model.drbd import DrbdConnection, DrbdModule, DrbdName, DrbdPeerVolume, DrbdResource
from check_ha.sources.tools import Output

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


def is_8(output: Output) -> bool:
    """Return whether /proc/drbd is that of DRBD 8, which has all devices and no names."""
    return output.stdout.startswith(b"version: 8.")


def is_9(output: Output) -> bool:
    """Return whether it is that of a later one, which has none of them."""
    return output.stdout.startswith(b"version: ") and not is_8(output)


def is_drbd(agent: str) -> bool:
    """Return whether this agent is about DRBD in some way."""
    return agent.rpartition(":")[2].startswith("drbd")


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
    meta = {key: value for one in cib.collections if one.id in clones for key, value in reversed(one.meta)}
    value = meta.get("promoted-max", meta.get("master-max", "1"))
    return int(value) if value.isascii() and value.isdigit() and len(value) < 10 else 1


def drbd_here(
    module: Optional[DrbdModule],
    status: Optional[Sequence[DrbdResource]],
    names: Optional[Sequence[DrbdName]],
) -> Optional[Tuple[DrbdResource, ...]]:
    """Return the resources of DRBD on this node; ``None``: not known."""
    if module is None:
        return None
    if not module.tells_devices:
        return None if status is None else tuple(status)
    return tuple(_named(module.devices, names or ()))


def _named(devices: Sequence[DrbdResource], names: Sequence[DrbdName]) -> Iterator[DrbdResource]:
    """Yield the devices under the names of their resources, those of one resource together."""
    by_minor = {one.minor: one for one in reversed(names)}
    groups: Dict[str, List[DrbdResource]] = {}
    for device in devices:
        known = next((by_minor[one.minor] for one in device.volumes if one.minor in by_minor), None)
        if known is None:
            yield device
        else:
            groups.setdefault(known.resource, []).append(_renumbered(device, known))
    for name, members in groups.items():
        yield DrbdResource(
            name=name,
            role=members[0].role,
            volumes=tuple(volume for one in members for volume in one.volumes),
            connections=tuple(_connections(members)),
            suspended=tuple(dict.fromkeys(why for one in members for why in one.suspended)),
        )


def _renumbered(device: DrbdResource, name: DrbdName) -> DrbdResource:
    return device._replace(
        name=name.resource,
        volumes=tuple(one._replace(volume=name.volume) for one in device.volumes),
        connections=tuple(
            one._replace(volumes=tuple(volume._replace(volume=name.volume) for volume in one.volumes))
            for one in device.connections
        ),
    )


def _connections(members: Sequence[DrbdResource]) -> Iterator[DrbdConnection]:
    """Yield the connection that the devices share; several where they do not have the same state."""
    groups: Dict[Tuple[str, str], List[DrbdPeerVolume]] = {}
    for one in members:
        for connection in one.connections:
            groups.setdefault((connection.state, connection.role), []).extend(connection.volumes)
    for (state, role), volumes in groups.items():
        yield DrbdConnection("", state, role, tuple(volumes))


def fence_constraints(cib: Cib) -> List[Location]:
    """Return the constraints that the fence-peer handler of DRBD has written and not yet removed.

    ``drbd-fence-by-handler-r0-ms_r0``; of drbd-utils before 8.9.0 without the name of DRBD's resource.
    """
    return [one for one in cib.locations if one.id.startswith(_FENCE)]
