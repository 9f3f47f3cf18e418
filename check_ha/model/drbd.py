"""DRBD as this node sees it: its resources with their volumes, and the connections to the peers.

The words are those of DRBD 9. What 8 says in other words, or in one word for two things, is told apart: its connection
``SyncTarget`` is ``Connected`` with the replication ``SyncTarget``, its ``WFConnection`` is ``Connecting``.
"""

from __future__ import annotations

from typing import Optional, Tuple

from check_ha.record import NamedTuple

PRIMARY, SECONDARY = "Primary", "Secondary"
CONNECTED, STANDALONE = "Connected", "StandAlone"
UP_TO_DATE = "UpToDate"


class DrbdPeerVolume(NamedTuple):
    """One volume on one peer, and what is replicated to it or from it."""

    volume: int
    replication: str
    """``Off``, ``Established``, ``SyncSource``, ..."""
    disk: str
    """Of the peer: ``UpToDate``, ``DUnknown``, ..."""
    client: bool = False
    """The peer is meant to have no disk."""
    paused: Tuple[str, ...] = ()
    """Why a resync waits: ``user``, ``peer``, ``dependency``, ``max-parallel``."""
    out_of_sync: Optional[int] = None
    """KiB that are known to differ."""
    done: Optional[float] = None
    """Percent of a resync or an online verify; ``None``: none is running, or it does not tell."""
    seconds_left: Optional[int] = None
    """Of that, as DRBD estimates it; ``None``: it cannot be told, or nothing moves."""
    stalled: bool = False
    """Nothing was transferred for a while."""


class DrbdConnection(NamedTuple):
    """The connection of a resource to one peer."""

    peer: str
    """The host name of the peer; empty: DRBD 8 does not tell it."""
    state: str
    """``Connected``, ``Connecting``, ``StandAlone``, ..."""
    role: str
    """Of the peer: ``Primary``, ``Secondary``, ``Unknown``."""
    volumes: Tuple[DrbdPeerVolume, ...] = ()


class DrbdVolume(NamedTuple):
    """One volume of a resource, on this node."""

    volume: int
    minor: int
    disk: str
    client: bool = False
    """It is meant to have no disk here."""
    quorum: bool = True
    """False: so few nodes are reached that DRBD refuses to write (``quorum``, since 9.0.8)."""
    size: Optional[int] = None
    """KiB; ``None``: not told, as of one without a disk or a peer."""


class DrbdResource(NamedTuple):
    """One resource of DRBD."""

    name: str
    """``r0``; empty: /proc/drbd of DRBD 8 has the minors only."""
    role: str
    volumes: Tuple[DrbdVolume, ...]
    connections: Tuple[DrbdConnection, ...]
    suspended: Tuple[str, ...] = ()
    """Why I/O is frozen: ``user``, ``no-data``, ``fencing``, ``quorum``; ``I/O`` where DRBD does not tell why."""
    failing: bool = False
    """I/O ends with errors, as it was demoted by force (``drbdadm secondary --force``, since 9.1.7)."""

    @property
    def label(self) -> str:
        """Return how it is called: by its name, else by its device."""
        return self.name or next((f"drbd{one.minor}" for one in self.volumes), "a device")


class DrbdModule(NamedTuple):
    """What /proc/drbd says: the kernel module, and with DRBD 8 all of its devices."""

    version: str
    """``8.4.11``; empty: the module is not loaded."""
    devices: Tuple[DrbdResource, ...] = ()
    """Of DRBD 8: one resource for each device, without a name. DRBD 9 tells them through drbdsetup only."""

    @property
    def tells_devices(self) -> bool:
        """Return whether ``devices`` are all there are."""
        return not self.version or self.version.startswith("8.")


class DrbdName(NamedTuple):
    """A device that udev has made under the name of its resource: ``/dev/drbd/by-res/r0/0``."""

    resource: str
    volume: int
    minor: int
