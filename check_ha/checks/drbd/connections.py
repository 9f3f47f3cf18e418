"""The connections to the peers, what is synchronised over them, and the disks of the peers."""

from __future__ import annotations

from typing import Iterator, Optional

from check_ha.checks.drbd.disks import GONE, TARGETS
from check_ha.checks.drbd.situation import ESTABLISHED, Fault, Judged, only_here
from check_ha.checks.drbd.tables import (
    LAGGING,
    NOT_CONNECTED,
    OUT_OF_SYNC,
    PEER_AWAY,
    PEER_DISK,
    RESYNC,
    RESYNC_PAUSED,
    STAND_ALONE,
    TWO_PRIMARIES,
    VERIFYING,
)
from check_ha.core.wording import decimal, how_long, joined
from check_ha.model.drbd import CONNECTED, PRIMARY, STANDALONE, UP_TO_DATE, DrbdConnection, DrbdPeerVolume

_BY_HAND = frozenset(("user", "peer"))
_NETWORK = "look at the network between the nodes, and at the kernel log of both"
_SPLIT = (
    "search the kernel log of both nodes for Split-Brain; if it is there, decide whose data is to be lost, and only on "
    "that node: drbdadm connect --discard-my-data {}; then, or if it is not there"
)
_CONFIGURED = "once /etc/drbd.d is right, to set up what it has", "drbdadm adjust {}"
_REPAIR = "an online verify repairs nothing: to synchronise what differs"


def connections(judged: Judged, here: Optional[str]) -> Iterator[Fault]:
    """Yield what is wrong between this node and each peer."""
    if not judged.resource.connections:
        yield _alone(judged, here)
    for one in judged.resource.connections:
        peer = judged.peer(one)
        names = (peer,) if peer else ()
        if one.state != CONNECTED:
            yield _unconnected(judged, one, here)
            continue
        wanted = judged.managed.promoted_max if judged.managed else None
        if judged.resource.role == one.role == PRIMARY and wanted is not None and wanted < 2:
            text = f"it is Primary here and on {peer or 'the peer'} at once, and Pacemaker wants one"
            advice = "find out what uses it where Pacemaker has not promoted it, end that, and there"
            yield Fault(TWO_PRIMARIES, judged, judged.label, text, names, advice, "drbdadm secondary {}")
        for volume in one.volumes:
            yield from _volume(judged, volume, peer)
        for number in only_here(judged.resource, one):
            text = f"{peer or 'the peer'} is connected and does not have it: it is not replicated there"
            yield Fault(NOT_CONNECTED, judged, judged.of_volume(number), text, names, *_CONFIGURED)


def _alone(judged: Judged, here: Optional[str]) -> Fault:
    """Return that DRBD (9) knows of no peer: ``drbdsetup del-peer``, or a configuration that was not adjusted."""
    if judged.managed is not None and not any(node != here for node in judged.managed.active):
        text = "it has no peer, and Pacemaker runs it on no other node"
        return Fault(PEER_AWAY, judged, judged.label, text, (), *_CONFIGURED)
    return Fault(NOT_CONNECTED, judged, judged.label, "it has no peer: nothing is replicated", (), *_CONFIGURED)


def _unconnected(judged: Judged, one: DrbdConnection, here: Optional[str]) -> Fault:
    peer = judged.peer(one)
    names = (peer,) if peer else ()
    where = peer or "the peer"
    if one.state == STANDALONE:
        text = f"StandAlone, no longer tries to connect to {where}"
        advice = _SPLIT.format(judged.resource.name) if judged.resource.name else _NETWORK
        return Fault(STAND_ALONE, judged, judged.label, text, names, advice, "drbdadm connect {}")
    if judged.runs_on_peer(one, here) is False:
        text = f"not connected to {where} ({one.state}), where Pacemaker does not run it"
        return Fault(PEER_AWAY, judged, judged.label, text, names)
    return Fault(NOT_CONNECTED, judged, judged.label, f"not connected to {where} ({one.state})", names, _NETWORK)


def _volume(judged: Judged, volume: DrbdPeerVolume, peer: str) -> Iterator[Fault]:
    label, names, where = judged.of_volume(volume.volume), (peer,) if peer else (), peer or "the peer"
    word = volume.replication
    if word in ("Ahead", "Behind"):
        text = f"{where} lags behind" if word == "Ahead" else f"this node lags behind {where}"
        yield Fault(LAGGING, judged, label, text, names, "it catches up once less is written, or the link is faster")
    elif word.startswith("Verify"):
        yield Fault(VERIFYING, judged, label, f"online verify with {where}{progress(volume)}", names)
    elif word not in ESTABLISHED and word != "Off":
        yield _resync(judged, volume, label, where)._replace(nodes=names)
    elif not volume.client and volume.disk != UP_TO_DATE:
        text = f"the disk of {where} is {volume.disk}"
        advice = f"look at DRBD on {where}" if volume.disk in GONE else ""
        yield Fault(PEER_DISK, judged, label, text, names, advice)
    elif word == "Off" and _both_have_disks(judged, volume):
        yield Fault(NOT_CONNECTED, judged, label, f"nothing is replicated to {where}, which is connected", names)
    if word in ("Established", "VerifyS", "VerifyT") and volume.out_of_sync and _both_have_disks(judged, volume):
        text = f"{size(volume.out_of_sync)} differ from {where}"
        yield Fault(OUT_OF_SYNC, judged, label, text, names, _REPAIR, "drbdadm disconnect {} && drbdadm connect {}")


def _both_have_disks(judged: Judged, volume: DrbdPeerVolume) -> bool:
    own = next((one for one in judged.resource.volumes if one.volume == volume.volume), None)
    return own is not None and own.disk == UP_TO_DATE == volume.disk and not own.client and not volume.client


def _resync(judged: Judged, volume: DrbdPeerVolume, label: str, where: str) -> Fault:
    direction = "from" if volume.replication in TARGETS else "to"
    by_hand = _BY_HAND.intersection(volume.paused)
    if by_hand:
        text = f"the resync {direction} {where} is paused by hand{'' if 'user' in by_hand else ' there'}"
        advice = "" if "user" in by_hand else f"on {where}"
        return Fault(RESYNC_PAUSED, judged, label, text + progress(volume), (), advice, "drbdadm resume-sync {}")
    waits = f", waiting for its turn ({joined(volume.paused)})" if volume.paused else ""
    return Fault(RESYNC, judged, label, f"resync {direction} {where}{progress(volume)}{waits}")


def progress(volume: DrbdPeerVolume) -> str:
    """Return how far it is: ``, 17.8 % done, about 23m left``; empty where that is not told."""
    text = "" if volume.done is None else f", {decimal(round(volume.done, 1))} % done"
    if volume.stalled:
        return f"{text}, but stalled"
    return text + (f", about {how_long(volume.seconds_left)} left" if volume.seconds_left is not None else "")


def size(kib: int) -> str:
    """Return ``12 KiB``, ``1.5 MiB``, ``2 GiB``."""
    number, unit = float(kib), "KiB"
    for larger in ("MiB", "GiB", "TiB"):
        if number >= 1024:
            number, unit = number / 1024, larger
    return f"{decimal(round(number, 1))} {unit}"
