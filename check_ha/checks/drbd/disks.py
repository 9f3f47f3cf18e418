"""The disks of this node below DRBD, and whether I/O is let through at all."""

from __future__ import annotations

from typing import Iterator

from check_ha.checks.drbd.situation import Fault, Judged
from check_ha.core.condition import Condition, Severity
from check_ha.core.wording import joined
from check_ha.model.drbd import UP_TO_DATE, DrbdVolume

SUSPENDED = Condition(
    "suspended", Severity.CRITICAL, "DRBD lets no I/O through: it is frozen, or each ends with an error."
)
QUORUM_LOST = Condition(
    "quorum-lost", Severity.CRITICAL, "DRBD reaches too few nodes to write (its own quorum, since DRBD 9.0.8)."
)
DISK_FAILED = Condition(
    "disk-failed", Severity.CRITICAL, "DRBD has no disk below it on this node any more: Diskless, Failed, Detaching."
)
INCONSISTENT = Condition(
    "inconsistent", Severity.CRITICAL, "The data of this node is inconsistent, and nothing synchronises it."
)
NOT_UP_TO_DATE = Condition(
    "not-up-to-date", Severity.WARNING,
    "The data of this node may be older than that of a peer: Outdated, Consistent, Negotiating, Attaching.",
)  # fmt: skip
CONDITIONS = (SUSPENDED, QUORUM_LOST, DISK_FAILED, INCONSISTENT, NOT_UP_TO_DATE)

GONE = frozenset(("Diskless", "Failed", "Detaching"))
TARGETS = frozenset(("StartingSyncT", "WFBitMapT", "WFSyncUUID", "SyncTarget", "PausedSyncT", "Behind"))
"""The replications by which this node gets what it lacks."""

_RESUME = {
    "user": ("somebody has suspended it; if that is over", "drbdadm resume-io {}"),
    "fencing": ("the fence-peer handler must outdate the peer, or the peer come back: see the kernel log", ""),
    "quorum": ("bring back the nodes that it does not reach", ""),
    "no-data": ("attach a disk, or bring back a peer whose data is up to date", ""),
}  # fmt: skip
_UNKNOWN_REASON = "this version does not tell why: the peer is to be fenced, no data can be reached, or somebody did it"
_FORCED = "stop what uses it; DRBD lets I/O through again when it is closed everywhere"


def disks(judged: Judged) -> Iterator[Fault]:
    """Yield what is wrong with this resource on this node, whatever the peers say."""
    resource = judged.resource
    if resource.suspended:
        why = resource.suspended
        advice, command = _RESUME.get(why[0], (_UNKNOWN_REASON, ""))
        reasons = f" ({joined(why)})" if why[0] in _RESUME else ""
        yield Fault(SUSPENDED, judged, judged.label, f"I/O is suspended{reasons}", (), advice, command)
    if resource.failing:
        text = "all I/O ends with an error, as it was made Secondary by force"
        yield Fault(SUSPENDED, judged, judged.label, text, (), _FORCED)
    for volume in resource.volumes:
        yield from _volume(judged, volume)


def _volume(judged: Judged, volume: DrbdVolume) -> Iterator[Fault]:
    label = judged.of_volume(volume.volume)
    if not volume.quorum and "quorum" not in judged.resource.suspended:
        text = "DRBD has no quorum here: it does not write"
        yield Fault(QUORUM_LOST, judged, label, text, (), "bring back the nodes that it does not reach")
    if volume.client or volume.disk == UP_TO_DATE:
        return
    text = f"the disk of this node is {volume.disk}"
    if volume.disk in GONE:
        text += ": all I/O goes to a peer" if _reaches_data(judged, volume) else ""
        yield Fault(DISK_FAILED, judged, label, text, (), "once the disk is replaced or back", "drbdadm attach {}")
    elif not _is_target(judged, volume):
        condition = INCONSISTENT if volume.disk == "Inconsistent" else NOT_UP_TO_DATE
        advice = "it is synchronised once it is connected to a peer whose data is up to date"
        yield Fault(condition, judged, label, f"{text}, and nothing synchronises it", (), advice)


def _is_target(judged: Judged, volume: DrbdVolume) -> bool:
    peers = [one for connection in judged.resource.connections for one in connection.volumes]
    return any(one.volume == volume.volume and one.replication in TARGETS for one in peers)


def _reaches_data(judged: Judged, volume: DrbdVolume) -> bool:
    peers = [one for connection in judged.resource.connections for one in connection.volumes]
    return any(one.volume == volume.volume and one.disk == UP_TO_DATE for one in peers)
