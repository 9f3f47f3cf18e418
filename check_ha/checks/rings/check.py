"""Is every link to every peer up?

Asks corosync-cfgtool for the links or rings of this node and corosync-cmapctl (1.4: corosync-objctl) for the nodes that
are configured, who is a member, and how often each link went down and messages were sent again. Run it on every node: a
fault between two other nodes does not show here. With a state directory a link that went down and came back between two
runs is reported once, as link-flapped, and a cluster in which nothing replicates though all nodes are members, as
retransmitting.

What the tools cannot show, it does not claim: with udp and udpu, and with one ring of corosync 2, the state of a link
is only printed, never measured, so that membership is the only evidence; a faulty ring of corosync 1 and 2 names no
node; a node that is down looks as one whose links are all cut. Where corosync has no nodelist, its members get their
names from crm_node -l, corosync-quorumtool -l and crm_mon, and a node that never joined since corosync was started is
known only by the CIB or by the votes that are expected.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Iterator, Optional, Sequence

from check_ha.checks.rings import counters, links, missing
from check_ha.cluster.links import Link, Links, Peer, links_of, ring_fault
from check_ha.cluster.member_names import member_names, never_seen, without_names
from check_ha.core.check import Check, Judgement, Measure, Metric, Scope
from check_ha.core.condition import FILTERED_OUT, WITH_MEMORY, Condition, Severity
from check_ha.core.evidence import Evidence, Reading
from check_ha.core.finding import LINK, NODE, SETTING, Finding, Row, Subject, nodes
from check_ha.core.options import FilterOptions, natural, option
from check_ha.core.wording import count
from check_ha.model.corosync import CorosyncMap, LinkStatistics, LinkStatus
from check_ha.parsers.cfgtool import parse_cfgtool
from check_ha.parsers.cfgtool_nodes import parse_cfgtool_nodes
from check_ha.parsers.cmapctl import parse_cmapctl, parse_cmapctl_stats
from check_ha.parsers.nodename import parse_crm_node_list
from check_ha.parsers.quorumtool import parse_quorumtool_nodes
from check_ha.sources.tools import (
    CFGTOOL,
    CFGTOOL_NODES,
    CMAPCTL,
    CMAPCTL_STATS,
    CRM_MON,
    CRM_NODE_LIST,
    QUORUMTOOL_NODES,
)

if TYPE_CHECKING:  # rings read no crm_mon but where nothing else names the nodes
    from check_ha.model.cluster import Cluster


def _parse_cluster(data: bytes) -> Cluster:
    from check_ha.parsers.crm_mon import parse_crm_mon  # with lxml, which only a cluster without nodelist needs here

    return parse_crm_mon(data)


STATUS = Reading(CFGTOOL, parse_cfgtool)
REACHABLE = Reading(CFGTOOL_NODES, parse_cfgtool_nodes, required=False)
MAP = Reading(CMAPCTL, parse_cmapctl, required=False)
STATISTICS = Reading(CMAPCTL_STATS, parse_cmapctl_stats, required=False)
NAMES = Reading(CRM_NODE_LIST, parse_crm_node_list, silent=True, instead_of=CMAPCTL, when=without_names)
LISTED = Reading(QUORUMTOOL_NODES, parse_quorumtool_nodes, silent=True, instead_of=CMAPCTL, when=without_names)
CLUSTER = Reading(CRM_MON, _parse_cluster, silent=True, instead_of=CMAPCTL, parts=(), when=without_names)

TOO_FEW_LINKS = Condition("too-few-links", Severity.CRITICAL, "Fewer links are configured than --links asks for.")

LINK_UP = Metric("link.up.count", "1 when the link is up, else 0", instance="PEER-linkN")
LATENCY = Metric("link.latency.microseconds", "average latency, measured by knet", unit="us", instance="PEER-linkN")
LINKS_DOWN = Metric("cluster.links.down.count", "links that are down, over all peers (corosync 1 and 2: faulty rings)")
LINKS_TOTAL = Metric("cluster.links.total.count", "links, over all peers (corosync 1 and 2: rings)")
PEERS_UNREACHABLE = Metric("cluster.peers.unreachable.count", "peers that cannot be reached")


class RingOptions(FilterOptions):
    """Options of check_ha_rings."""

    links: int = option(0, "how many links (or rings) must be configured", metavar="N", parse=natural)


def judge(evidence: Evidence, options: RingOptions) -> Judgement:
    """Judge rings, then each peer, then configuration and history."""
    cmap, statistics = evidence.get(MAP), evidence.get(STATISTICS)
    status = evidence.get(STATUS)
    if status is None and (cmap is None or cmap.local_node_id is None):
        return Judgement("no links were read")
    counted = statistics.links if statistics else ()
    cluster = evidence.get(CLUSTER)
    names = member_names(cmap, evidence.get(NAMES), cluster, evidence.get(LISTED))
    absent = never_seen(cmap, names, cluster)
    found = links_of(status or _no_status(cmap), cmap, evidence.get(REACHABLE), counted, names, absent)
    peers = [peer for peer in found.peers if options.selects(peer.name)]
    previous = evidence.previous or {}
    down_counts = counters.down_counts(peers, counted)
    totem = statistics.totem if statistics else cmap.totem if cmap else {}
    retransmissions = counters.Retransmissions(totem, previous, evidence.now)
    findings = [
        *missing.members_missing(cmap, evidence.failed.get(CMAPCTL), cluster, len(absent)),
        *missing.links_missing(found, status),
        *missing.counters_missing(found, statistics, cmap, evidence.failed.get(CMAPCTL_STATS)),
        *links.rings_faulty(found.rings, whole=all(peer.member for peer in found.peers)),
        *evidence.unless_starting(links.peers_unreachable(peers)),
        *links.links_down(found, peers),
        *counters.links_flapped(peers, down_counts, previous),
        *counters.retransmitting(retransmissions, cut_off=any(peer.unreachable for peer in found.peers)),
    ]
    if found.configured < options.links:
        text = f"{count(found.configured, 'link')} configured, {options.links} wanted"
        findings.append(Finding(TOO_FEW_LINKS, text, (Subject(SETTING, "nodelist"),)))
    if found.peers and not peers:
        left_out = nodes(*(peer.name for peer in found.peers))
        text = f"--include and --exclude leave none of {count(len(left_out), 'peer')}"
        findings.append(Finding(FILTERED_OUT, text, left_out))
    return Judgement(
        summary=_summary(found, peers, known=bool(cmap and cmap.members)),
        findings=tuple(findings),
        measures=tuple(_measures(found, peers, counted)),
        rows=tuple(_rows(found)),
        # of the peers left out nothing is taken note of: another run may be there to judge them
        remember={**previous, **down_counts, **retransmissions.remembered},
    )


def _no_status(cmap: Optional[CorosyncMap]) -> LinkStatus:
    """Return what there is to say where corosync-cfgtool failed: the map and the statistics still prove something."""
    return LinkStatus((cmap.local_node_id if cmap else None) or 0, None, ())


def _summary(found: Links, peers: Sequence[Peer], known: bool) -> str:
    number = f"{len(peers) + 1} nodes" if found.peers else "a single node" if known else "nodes not known"
    if found.rings:
        rings = f"{len(found.rings)} rings without faults"
        if len(found.rings) == 1:
            rings = "1 ring (its state is never measured)"
        return f"{number}, {rings}" + (", all members" if any(peer.member for peer in peers) else "")
    if not peers:
        return f"{number}, no peers"
    if not found.measured:
        return f"{number}, all members (no links are measured with {found.transport or 'this transport'})"
    counts = sorted({len(peer.links) for peer in peers})
    each = f"{count(counts[0], 'link')} each"
    if len(counts) > 1:
        each = f"{counts[0]} to {count(counts[-1], 'link')} each"
    return f"{number}, {each}, all connected"


def _measures(found: Links, selected: Sequence[Peer], statistics: Sequence[LinkStatistics]) -> Iterator[Measure]:
    latencies = {(one.peer, one.link): one.latency_ave for one in statistics}
    faults = sum(bool(ring_fault(ring)) for ring in found.rings)
    for peer in found.peers:
        for link in peer.links:
            instance = f"{peer.instance}-link{link.number}"
            if link.up is not None:
                yield LINK_UP.of(int(link.up), instance, maximum=1)
            latency = latencies.get((peer.node_id, link.number))
            if latency is not None and link.up:
                yield LATENCY.of(latency, instance)
    down = faults + sum(len(peer.down) for peer in found.peers)
    total = len(found.rings) + sum(len(peer.links) for peer in found.peers)
    yield LINKS_DOWN.of(down, maximum=total, judged=faults + sum(len(peer.down) for peer in selected))
    yield LINKS_TOTAL.of(total)
    yield PEERS_UNREACHABLE.of(sum(peer.unreachable for peer in found.peers), maximum=len(found.peers))


def _rows(found: Links) -> Iterator[Row]:
    for ring in found.rings:
        yield Row(Subject(LINK, str(ring.number)), ring.status, f"ring {ring.number} ({ring.address})")
    words = {True: "up", False: "DOWN", None: "not known"}
    for peer in found.peers:
        states = ", ".join(f"{_label(link)} {words[link.up]}" for link in peer.links)
        member = {True: "member", False: "NOT a member", None: "membership not known"}[peer.member]
        yield Row(Subject(NODE, peer.name), f"{states + '; ' if states else ''}{member}")


def _label(link: Link) -> str:
    """Return the number and address of a link; of one that is up no IPv6 address, two of which would fill the line."""
    return f"link {link.number}" if link.up and ":" in link.address else link.label


CHECK = Check(
    name="rings",
    manual=__doc__,
    readings=(STATUS, REACHABLE, MAP, STATISTICS, NAMES, LISTED, CLUSTER),
    conditions=(
        *links.CONDITIONS, *counters.CONDITIONS, *missing.CONDITIONS, TOO_FEW_LINKS, FILTERED_OUT,
    ),
    metrics=(LINK_UP, LATENCY, LINKS_DOWN, LINKS_TOTAL, PEERS_UNREACHABLE),
    judge=judge,
    scope=Scope.SIGHT,
    number=LINKS_DOWN,
    options=RingOptions,
    filters="peer node",
    remembers=True,
    shared=WITH_MEMORY,
)  # fmt: skip
