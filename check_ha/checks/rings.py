"""Is every link to every peer up?

Asks corosync-cfgtool for the links or rings of this node and corosync-cmapctl for the nodes that are configured, who is
a member, and (knet) how often each link went down. Run it on every node: a fault between two other nodes does not show
here. With a state directory a link that went down and came back between two runs is reported once, as link-flapped.

What the tools cannot show, it does not claim: with udp and udpu, and with one ring of corosync 2, the state of a link
is only printed, never measured, so that membership is the only evidence; a faulty ring of corosync 1 and 2 names no
node; a node that is down looks as one whose links are all cut.
"""

from __future__ import annotations

from typing import Any, Dict, Iterator, List, Mapping, Optional, Sequence

from check_ha.cluster.links import Link, Links, Peer, links_of, ring_fault
from check_ha.core.check import Check, Judgement, Measure, Metric
from check_ha.core.condition import FILTERED_OUT, NOT_RESPONDING, UNREADABLE, Condition, Severity
from check_ha.core.evidence import Evidence, Reading
from check_ha.core.finding import LINK, NODE, Finding, Row, Subject
from check_ha.core.options import FilterOptions, natural, option
from check_ha.model.corosync import LinkStatistics, Ring
from check_ha.parsers.cfgtool import parse_link_status
from check_ha.parsers.cfgtool_nodes import parse_reachable_nodes
from check_ha.parsers.cmapctl import parse_link_statistics, parse_map
from check_ha.sources.tools import CFGTOOL, CFGTOOL_NODES, CMAPCTL, CMAPCTL_STATS

STATUS = Reading(CFGTOOL, parse_link_status)
REACHABLE = Reading(CFGTOOL_NODES, parse_reachable_nodes, required=False)
MAP = Reading(CMAPCTL, parse_map, required=False)
STATISTICS = Reading(CMAPCTL_STATS, parse_link_statistics, required=False)

LINK_DOWN = Condition("link-down", Severity.WARNING, "A peer is reachable, on fewer links than configured.")
UNREACHABLE = Condition(
    "unreachable", Severity.CRITICAL, "No link to a peer is up, or the peer is not a member: it is down, or cut off."
)
FAULTY = Condition("faulty", Severity.WARNING, "A ring is marked FAULTY (corosync 1 and 2), another one works.")
ALL_FAULTY = Condition("all-faulty", Severity.CRITICAL, "Every ring is marked FAULTY (corosync 1 and 2).")
RING_PROBLEM = Condition(
    "ring-problem", Severity.WARNING, "The problem counter of a ring moves (corosync 1 and 2): it fails or recovers."
)
LINK_FLAPPED = Condition("link-flapped", Severity.WARNING, "A link went down and came back since the last run.")
TOO_FEW_LINKS = Condition("too-few-links", Severity.CRITICAL, "Fewer links are configured than --links asks for.")

LINK_UP = Metric("link.up.count", "1 when the link is up, else 0", instance="PEER-linkN")
LATENCY = Metric("link.latency.microseconds", "average latency, measured by knet", unit="us", instance="PEER-linkN")
LINKS_DOWN = Metric("cluster.links.down.count", "links that are down, over all peers (corosync 1 and 2: faulty rings)")
LINKS_TOTAL = Metric("cluster.links.total.count", "links, over all peers (corosync 1 and 2: rings)")
PEERS_UNREACHABLE = Metric("cluster.peers.unreachable.count", "peers that cannot be reached")

REPAIRED = "repair the network, then: corosync-cfgtool -r"


class RingOptions(FilterOptions):
    """Options of check_ha_rings."""

    links: int = option(0, "how many links (or rings) must be configured", metavar="N", parse=natural)


def judge(evidence: Evidence, options: RingOptions) -> Judgement:
    """Judge rings, then each peer, then configuration and history."""
    status = evidence.get(STATUS)
    if status is None:
        return Judgement("no links were read")
    links = links_of(status, evidence.get(MAP), evidence.get(REACHABLE))
    statistics = evidence.get(STATISTICS)
    peers = [peer for peer in links.peers if options.selects(peer.name)]
    findings = [
        *_unreadable(links, evidence),
        *_rings(links.rings),
        *_unreachable(peers),
        *_links_down(links, peers),
        *_flapped(peers, statistics, evidence.previous),
    ]
    if links.configured < options.links:
        findings.append(Finding(TOO_FEW_LINKS, f"{_links(links.configured)} configured, {options.links} wanted"))
    if links.peers and not peers:
        findings.append(Finding(FILTERED_OUT, f"--include and --exclude leave none of {len(links.peers)} peers"))
    return Judgement(
        summary=_summary(links, peers),
        findings=tuple(findings),
        measures=tuple(_measures(links, peers, statistics)),
        rows=tuple(_rows(links)),
        # of the peers left out nothing is taken note of: another run may be there to judge them
        remember={**(evidence.previous or {}), **_down_counts(peers, statistics)} if statistics else None,
    )


def _unreadable(links: Links, evidence: Evidence) -> Iterator[Finding]:
    """What should be there and is not: no peers and no rings is no proof that all is well."""
    if not links.peers and not links.rings and not links.local:
        yield Finding(UNREADABLE, "corosync-cfgtool -s: no link, no ring and no peer")
    if len(links.rings) == 1 and evidence.get(MAP) is None:
        yield Finding(UNREADABLE, "the state of a sole ring is never measured, and corosync-cmapctl shows no members")
    if links.measured and evidence.get(STATISTICS) is None:
        failure = evidence.failed.get(CMAPCTL_STATS, Finding(UNREADABLE, "no link counters"))
        if failure.condition is not NOT_RESPONDING:  # which is told already
            yield failure._replace(text=f"a link that flaps is not seen: {failure.text}")
    for peer in links.peers:
        if not links.rings and peer.member is None and not peer.links:
            yield Finding(UNREADABLE, f"{peer.name}: neither link nor membership is known")
        if links.measured and peer.member and not peer.links:
            yield Finding(UNREADABLE, f"{peer.name}: corosync-cfgtool -s lists no link to it")
        for link in peer.links:
            if link.up is None:
                yield Finding(UNREADABLE, f"{peer.name}: corosync-cfgtool -s does not tell the state of {link.label}")


def _rings(rings: Sequence[Ring]) -> Iterator[Finding]:
    """Rings of corosync 1 and 2. A fault is the whole cluster's and names no node."""
    faults = [fault for fault in map(ring_fault, rings) if fault]
    if faults and len(faults) == len(rings):
        yield Finding(ALL_FAULTY, f"{', '.join(faults)}, no ring works", advice=REPAIRED)
    elif faults:
        left = f"{len(rings) - len(faults)} of {len(rings)} rings left"
        yield Finding(FAULTY, f"{', '.join(faults)}, {left}", advice=REPAIRED)
    for ring in rings:
        if not ring_fault(ring) and not ring.healthy:
            yield Finding(RING_PROBLEM, f"ring {ring.number} ({ring.address}): {ring.status}")


def _unreachable(peers: Sequence[Peer]) -> Iterator[Finding]:
    for peer in peers:
        if not peer.unreachable:
            continue
        if peer.links and len(peer.down) == len(peer.links):
            count = {1: "its only link", 2: "both links"}.get(len(peer.links), f"all {len(peer.links)} links")
            addresses = ", ".join(link.address for link in peer.links if link.address)
            yield Finding(UNREACHABLE, f"{peer.name} unreachable: {count} down{f' ({addresses})' if addresses else ''}")
        elif any(link.up for link in peer.links):
            yield Finding(UNREACHABLE, f"{peer.name} is not a member, though a link to it is up")
        else:
            yield Finding(UNREACHABLE, f"{peer.name} unreachable: not a member")


def _links_down(links: Links, peers: Sequence[Peer]) -> Iterator[Finding]:
    """A link that is down to every peer is one finding: the fault is at this node, or the whole network is gone."""
    reachable = [peer for peer in peers if len(peer.down) < len(peer.links)]
    local = dict(links.local)
    everywhere = {
        link.number for peer in reachable for link in peer.down
        if len(reachable) > 1 and all(link.number in _numbers(other.down) for other in reachable)
    }  # fmt: skip
    for number in sorted(everywhere):
        names = ", ".join(peer.name for peer in reachable)
        left = min(len(peer.links) - len(peer.down) for peer in reachable)
        text = f"link {number} ({local.get(number, '?')} here) down to every peer ({names}), {_links(left)} left"
        yield Finding(LINK_DOWN, text)
    for peer in reachable:
        for link in peer.down:
            if link.number not in everywhere:
                left = len(peer.links) - len(peer.down)
                yield Finding(LINK_DOWN, f"{peer.name}: {link.label} down, {left} of {len(peer.links)} links left")


def _links(number: int) -> str:
    return "1 link" if number == 1 else f"{number} links"


def _numbers(links: Sequence[Link]) -> List[int]:
    return [link.number for link in links]


def _down_counts(peers: Sequence[Peer], statistics: Optional[Sequence[LinkStatistics]]) -> Dict[str, int]:
    """How often each link to these peers went down since corosync started, by ``PEER/LINK``."""
    known = {peer.node_id for peer in peers}
    return {
        f"{one.peer}/{one.link}": one.down_count
        for one in statistics or ()
        if one.peer in known and one.down_count is not None
    }


def _flapped(
    peers: Sequence[Peer], statistics: Optional[Sequence[LinkStatistics]], previous: Optional[Mapping[str, Any]]
) -> Iterator[Finding]:
    """Links that are up and went down since the last run. A counter that fell was reset by a restart."""
    counts = _down_counts(peers, statistics)
    for peer in peers:
        for link in peer.links:
            key = f"{peer.node_id}/{link.number}"
            before = (previous or {}).get(key)
            if link.up and isinstance(before, int) and counts.get(key, 0) > before:
                times = counts[key] - before
                often = "once" if times == 1 else f"{times} times"
                yield Finding(LINK_FLAPPED, f"{peer.name}: {link.label} went down {often} since the last run")


def _summary(links: Links, peers: Sequence[Peer]) -> str:
    nodes = f"{len(peers) + 1} nodes"
    if not links.peers:
        nodes = "a single node" if not links.rings else "nodes not known"
    if links.rings:
        rings = f"{len(links.rings)} rings without faults"
        if len(links.rings) == 1:
            rings = "1 ring (its state is never measured)"
        return f"{nodes}, {rings}" + (", all members" if any(peer.member for peer in peers) else "")
    if not links.measured:
        return f"{nodes}, all members (no links are measured with {links.transport or 'this transport'})"
    if not peers:
        return f"{nodes}, no peers"
    counts = sorted({len(peer.links) for peer in peers})
    each = f"{_links(counts[0])} each" if len(counts) == 1 else f"{counts[0]} to {_links(counts[-1])} each"
    return f"{nodes}, {each}, all connected"


def _measures(
    links: Links, selected: Sequence[Peer], statistics: Optional[Sequence[LinkStatistics]]
) -> Iterator[Measure]:
    latencies = {(one.peer, one.link): one.latency_ave for one in statistics or ()}
    faults = sum(bool(ring_fault(ring)) for ring in links.rings)
    for peer in links.peers:
        for link in peer.links:
            instance = f"{peer.name}-link{link.number}"
            if link.up is not None:
                yield LINK_UP.of(int(link.up), instance, maximum=1)
            latency = latencies.get((peer.node_id, link.number))
            if latency is not None and link.up:
                yield LATENCY.of(latency, instance)
    down = faults + sum(len(peer.down) for peer in links.peers)
    total = len(links.rings) + sum(len(peer.links) for peer in links.peers)
    yield LINKS_DOWN.of(down, maximum=total, judged=faults + sum(len(peer.down) for peer in selected))
    yield LINKS_TOTAL.of(total)
    yield PEERS_UNREACHABLE.of(sum(peer.unreachable for peer in links.peers), maximum=len(links.peers))


def _rows(links: Links) -> Iterator[Row]:
    for ring in links.rings:
        yield Row(Subject(LINK, str(ring.number)), ring.status, f"ring {ring.number} ({ring.address})")
    words = {True: "up", False: "DOWN", None: "not known"}
    for peer in links.peers:
        states = ", ".join(f"{link.label} {words[link.up]}" for link in peer.links)
        member = {True: "member", False: "NOT a member", None: "membership not known"}[peer.member]
        yield Row(Subject(NODE, peer.name), f"{states + '; ' if states else ''}{member}")


CHECK = Check(
    name="rings",
    manual=__doc__,
    readings=(STATUS, REACHABLE, MAP, STATISTICS),
    conditions=(LINK_DOWN, UNREACHABLE, FAULTY, ALL_FAULTY, RING_PROBLEM, LINK_FLAPPED, TOO_FEW_LINKS, FILTERED_OUT),
    metrics=(LINK_UP, LATENCY, LINKS_DOWN, LINKS_TOTAL, PEERS_UNREACHABLE),
    judge=judge,
    number=LINKS_DOWN,
    options=RingOptions,
    filters="peer node",
    remembers=True,
)
