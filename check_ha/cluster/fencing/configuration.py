"""What decides on fencing, from both documents: whether it is on, which nodes it may hit, with which devices."""

from __future__ import annotations

from typing import Optional, Sequence, Tuple

from check_ha.cluster.fencing.capability import Configuration, Device
from check_ha.cluster.fencing.devices import FenceDevice
from check_ha.model.cib import FALSE, Cib
from check_ha.model.cluster import Cluster


def fencing_enabled(cluster: Optional[Cluster], cib: Optional[Cib]) -> Optional[bool]:
    """Return ``stonith-enabled``, which 3.0.2 calls ``fencing-enabled``; on by default; ``None``: not known."""
    if cluster and cluster.options.fencing_enabled is not None:
        return cluster.options.fencing_enabled
    if cib is None:
        return None
    return (cib.option("fencing-enabled", "stonith-enabled") or "true").lower() not in FALSE


def targets_of_fencing(cluster: Optional[Cluster], cib: Optional[Cib]) -> Tuple[str, ...]:
    """Return the nodes that may have to be fenced.

    A guest or bundle node is none: its container is recovered instead.
    """
    if cluster is None:
        return tuple(node.name for node in cib.nodes) if cib else ()
    return tuple(
        node.name for node in cluster.nodes
        if node.type == "member" or (node.type == "remote" and not node.id_as_resource)
    )  # fmt: skip


def configuration_of(
    devices: Sequence[FenceDevice], cluster: Optional[Cluster], cib: Optional[Cib], now: float
) -> Optional[Configuration]:
    """Return what decides whom the devices can fence; None where one of the two documents is missing."""
    if cluster is None or cib is None:
        return None
    return Configuration(
        cib=cib,
        devices=tuple(Device(one.configured, one.around, one.disabled) for one in devices if one.configured),
        members=tuple(node.name for node in cluster.nodes if node.type == "member"),
        targets=targets_of_fencing(cluster, cib),
        symmetric=cluster.options.symmetric is not False,
        now=now,
    )
