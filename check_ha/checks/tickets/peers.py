"""What is wrong between the sites: who is not heard, and what that costs.

The members of a geo cluster talk only about tickets. The site that has one asks all others at each renewal, and they
answer; two that have none hear nothing of each other, for days. So a peer is missed only where a ticket is led here, or
where it leads one itself.
"""

from __future__ import annotations

from typing import Dict, Iterator, List, Tuple

from check_ha.checks.tickets.situation import AHEAD, ELSEWHERE, Geo, heard
from check_ha.checks.tickets.tables import CONF_DIFFERS, NO_MAJORITY, PEER_SILENT
from check_ha.core.finding import FILE, PEER, TICKET, Finding, Subject
from check_ha.core.wording import count, how_long, joined
from check_ha.model.booth import BoothPeer


def patience(geo: Geo) -> Dict[str, float]:
    """Return by address the peers that must be heard, and within how many seconds."""
    here = [one.patience for one in geo.led if one.patience]
    if here:
        return {peer.address: min(here) for peer in geo.peers or ()}
    found: Dict[str, float] = {}
    for one in geo.tickets:
        if one.where == ELSEWHERE and one.leader and one.patience:
            found[one.leader] = min(one.patience, found.get(one.leader, one.patience))
    return found


def silent_peers(geo: Geo) -> List[BoothPeer]:
    """Return the peers that are missed."""
    limits = patience(geo)
    missed = []
    for peer in geo.peers or ():
        age = geo.age(peer)
        if peer.address in limits and (age is None or age > limits[peer.address]):
            missed.append(peer)
    return missed


def of_peers(geo: Geo) -> Iterator[Finding]:
    """Yield what is wrong with them: as one finding, where that costs a ticket."""
    for one in geo.peers or ():
        if one.address in patience(geo) and (geo.age(one) or 0.0) < AHEAD:
            text = f"{one.kind} {one.address} {heard(one, geo)}: whether it is silent cannot be told"
            advice = "this node's clock was set back: see that it is right now, at all sites"
            yield Finding(PEER_SILENT, text, _subjects([one]), advice)
    silent = silent_peers(geo)
    peers = geo.peers or ()
    total = len(peers) + 1
    if silent and geo.led and 2 * (total - len(silent)) <= total:
        names = joined([one.name for one in geo.led])
        yield Finding(
            NO_MAJORITY,
            f"{joined([_told(one, geo) for one in silent])}: without a majority ({total - len(silent)} of {total}) "
            f"this site loses {names}",
            (*_subjects(silent), *(Subject(TICKET, one.name) for one in geo.led)),
            "; ".join(dict.fromkeys(_advice(one) for one in silent)),
        )
        return
    for one in silent:
        yield Finding(PEER_SILENT, f"{one.kind} {_told(one, geo)}", _subjects([one]), _advice(one))


def conf_differs(geo: Geo) -> Iterator[Finding]:
    """Yield that boothd was not started anew since booth.conf was changed: by the number of members, the tickets."""
    if geo.peers is None or not geo.listed or not geo.conf.members:
        return
    members, running = len(geo.conf.members), len(geo.peers) + 1
    names = {one.name for one in geo.conf.tickets}
    known = {one.name for one in geo.tickets if one.listed}
    parts = [f"{count(running, 'member')} (file: {members})"] if members != running else []
    parts += [f"without {joined(sorted(names - known))}"] if names - known else []
    parts += [f"with {joined(sorted(known - names))}, which is not in it"] if known - names else []
    if parts:
        text = f"booth runs with another configuration than booth.conf: {', '.join(parts)}"
        advice = "it reads the file when it starts, and the file must be the same at all sites"
        yield Finding(CONF_DIFFERS, text, (Subject(FILE, "/etc/booth/booth.conf"),), advice)


def peer_row(peer: BoothPeer, geo: Geo) -> str:
    """Return the state of a peer, in words."""
    told = "" if peer.address in patience(geo) else ", with nothing to say"
    return f"{peer.kind} {heard(peer, geo)}{', silent' if peer in silent_peers(geo) else told}"


def _told(one: BoothPeer, geo: Geo) -> str:
    age = geo.age(one)
    return f"{one.address} was never heard" if age is None else f"{one.address} has been silent for {how_long(age)}"


def _advice(one: BoothPeer) -> str:
    if one.refused:
        told = f"{count(one.refused, 'packet')} with a wrong signature"
        return f"{told}: see that it has the same authfile, and the same time"
    return "see that boothd runs there, and that UDP (port 9929) gets through both ways"


def _subjects(peers: List[BoothPeer]) -> Tuple[Subject, ...]:
    return tuple(Subject(PEER, one.address) for one in peers)
