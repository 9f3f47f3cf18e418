"""DRBD's resources on this node, joined from its tools.

DRBD 9 tells all of them through drbdsetup, DRBD 8 its devices in /proc/drbd, by numbers; udev has their names.
"""

from __future__ import annotations

from typing import Dict, Iterator, List, Optional, Sequence, Tuple

from check_ha.model.drbd import DrbdConnection, DrbdModule, DrbdName, DrbdPeerVolume, DrbdResource
from check_ha.sources.tools import Output


def is_8(output: Output) -> bool:
    """Return whether /proc/drbd is that of DRBD 8, which has all devices and no names."""
    return output.stdout.startswith(b"version: 8.")


def is_9(output: Output) -> bool:
    """Return whether it is that of a later one, which has none of them."""
    return output.stdout.startswith(b"version: ") and not is_8(output)


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
