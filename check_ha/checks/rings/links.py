"""Links that are down, peers that cannot be reached, and rings that are faulty."""

from __future__ import annotations

from typing import Iterator, Sequence

from check_ha.cluster.links import Link, Links, Peer, ring_fault
from check_ha.core.condition import Condition, Severity
from check_ha.core.finding import LINK, Finding, Subject, nodes
from check_ha.core.wording import count
from check_ha.model.corosync import Ring

LINK_DOWN = Condition("link-down", Severity.WARNING, "A peer is reachable, on fewer links than configured.")
UNREACHABLE = Condition(
    "unreachable", Severity.CRITICAL, "No link to a peer is up, or the peer is not a member: it is down, or cut off."
)
FAULTY = Condition("faulty", Severity.WARNING, "A ring is marked FAULTY (corosync 1 and 2), another one works.")
ALL_FAULTY = Condition("all-faulty", Severity.CRITICAL, "Every ring is marked FAULTY (corosync 1 and 2).")
RING_PROBLEM = Condition(
    "ring-problem", Severity.WARNING, "The problem counter of a ring moves (corosync 1 and 2): it fails or recovers."
)

CONDITIONS = (LINK_DOWN, UNREACHABLE, FAULTY, ALL_FAULTY, RING_PROBLEM)

# who joins the halves of a split cluster makes one of them stop what it runs
ASK_FIRST = (
    "ask check_ha_split_brain before you reconnect anything, or look at the peer: it may be down, or cut off and still "
    "running the resources"
)
LOOK = "look at the cable, the switch port and the interface of that network, at both ends"


def rings_faulty(rings: Sequence[Ring], whole: bool) -> Iterator[Finding]:
    """Find the rings of corosync 1 and 2 that are faulty: a fault is the whole cluster's and names no node.

    ``whole`` says that every node is a member: only then no half of a cluster is joined to another.
    """
    faulty = [ring for ring in rings if ring_fault(ring)]
    if faulty:
        all_faulty = len(faulty) == len(rings)
        left = "no ring works" if all_faulty else f"{len(rings) - len(faulty)} of {len(rings)} rings left"
        yield Finding(
            ALL_FAULTY if all_faulty else FAULTY,
            f"{', '.join(map(ring_fault, faulty))}, {left}",
            tuple(map(_subject, faulty)),
            advice="repair the network, then" if whole else ASK_FIRST,
            commands=("corosync-cfgtool -r",) if whole else (),
        )
    for ring in rings:
        if ring.listed and not ring_fault(ring) and not ring.healthy:
            text = f"ring {ring.number} ({ring.address}) loses packets, or has lost some: {ring.status}"
            yield Finding(RING_PROBLEM, text, (_subject(ring),), LOOK)


def _subject(ring: Ring) -> Subject:
    return Subject(LINK, str(ring.number))


def peers_unreachable(peers: Sequence[Peer]) -> Iterator[Finding]:
    """Find the peers that no link reaches, or that are no members."""
    for peer in peers:
        if not peer.unreachable:
            continue
        if peer.links and len(peer.down) == len(peer.links):
            which = {1: "its only link", 2: "both links"}.get(len(peer.links), f"all {len(peer.links)} links")
            addresses = ", ".join(link.address for link in peer.links if link.address)
            text = f"{peer.name} unreachable: {which} down{f' ({addresses})' if addresses else ''}"
        elif any(link.up for link in peer.links):
            text = f"{peer.name} is not a member, though a link to it is up"
        else:
            text = f"{peer.name} unreachable: not a member"
        yield Finding(UNREACHABLE, text, nodes(peer.name), advice=ASK_FIRST)


def links_down(links: Links, peers: Sequence[Peer]) -> Iterator[Finding]:
    """Find the links that are down to peers that another link reaches.

    One that is down to every peer is one finding: the fault is at this node, or the whole network is gone.
    """
    reachable = [peer for peer in peers if len(peer.down) < len(peer.links)]
    addresses = dict(links.local)
    everywhere = {
        link.number for peer in reachable for link in peer.down
        if len(reachable) > 1 and all(_is_down(other, link) for other in reachable)
    }  # fmt: skip
    for number in sorted(everywhere):
        names = [peer.name for peer in reachable]
        left = min(len(peer.links) - len(peer.down) for peer in reachable)
        yield Finding(
            LINK_DOWN,
            f"link {number} ({addresses.get(number, '?')} here) down to every peer ({', '.join(names)}), "
            f"{count(left, 'link')} left",
            (Subject(LINK, str(number)), *nodes(*names)),
            LOOK,
        )
    for peer in reachable:
        for link in peer.down:
            if link.number not in everywhere:
                left = len(peer.links) - len(peer.down)
                text = f"{peer.name}: {link.label} down, {left} of {len(peer.links)} links left"
                yield Finding(LINK_DOWN, text, (Subject(LINK, str(link.number)), *nodes(peer.name)), LOOK)


def _is_down(peer: Peer, link: Link) -> bool:
    return any(one.number == link.number for one in peer.down)
