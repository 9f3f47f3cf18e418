"""May this partition run resources?

Asks corosync-quorumtool for the votes, corosync-cmapctl for the nodes that are configured, and crm_mon for what
Pacemaker makes of it. Run it on every node: each partition of a split cluster has its own answer.

What it cannot see: whether another partition has quorum as well. With two_node or no-quorum-policy=ignore both halves
of a split brain may run resources; check_ha_rings is critical then.
"""

from __future__ import annotations

from typing import Iterator, List, Optional

from check_ha.core.check import Check, Judgement, Measure, Metric
from check_ha.core.condition import Condition, Severity
from check_ha.core.evidence import Evidence, Reading
from check_ha.core.finding import DAEMON, DEVICE, NODE, Finding, Row, Subject
from check_ha.core.options import Options
from check_ha.model.cib import ATTRIBUTES, STATUS
from check_ha.model.cluster import Cluster
from check_ha.model.corosync import CorosyncMap, QuorumStatus
from check_ha.parsers.cmapctl import parse_map
from check_ha.parsers.crm_mon import parse_crm_mon
from check_ha.parsers.quorumtool import parse_quorum_status
from check_ha.sources.tools import CMAPCTL, CRM_MON, QUORUMTOOL

QUORUM = Reading(QUORUMTOOL, parse_quorum_status)
CLUSTER = Reading(CRM_MON, parse_crm_mon, parts=(ATTRIBUTES, STATUS))
MAP = Reading(CMAPCTL, parse_map, required=False)

NO_QUORUM = Condition("no-quorum", Severity.CRITICAL, "This partition has no quorum: it may not run resources.")
NO_DC = Condition("no-dc", Severity.CRITICAL, "No designated controller is elected: nobody acts on failures.")
VIEWS_DIFFER = Condition(
    "views-differ", Severity.WARNING, "Corosync and Pacemaker disagree about quorum or about who is in the partition."
)
VOTES_MISSING = Condition(
    "votes-missing", Severity.WARNING, "Fewer votes are present than expected, or than the configured nodes have."
)
NO_MARGIN = Condition(
    "no-margin", Severity.WARNING,
    "The loss of one more vote loses quorum. Two nodes without two_node are so all their life.",
)  # fmt: skip
QDEVICE_NOT_VOTING = Condition(
    "qdevice-not-voting", Severity.WARNING, "The quorum device is alive and gives this partition no vote."
)
QDEVICE_DOWN = Condition("qdevice-down", Severity.WARNING, "The quorum device daemon of a node is down.")
NO_PROVIDER = Condition("no-provider", Severity.WARNING, "corosync.conf names no quorum provider: nobody counts votes.")

VOTES_TOTAL = Metric("cluster.votes.total.count", "votes in this partition")
VOTES_EXPECTED = Metric("cluster.votes.expected.count", "votes of the whole cluster")
VOTES_QUORUM = Metric("cluster.votes.quorum.count", "votes needed for quorum")
VOTES_MARGIN = Metric("cluster.votes.margin.count", "votes that may still be lost")
NODES = Metric("cluster.partition.nodes.count", "nodes in this partition")


def judge(evidence: Evidence, options: Options) -> Judgement:
    """Weigh corosync's votes first, then what Pacemaker says of the same partition."""
    quorum, cluster, cmap = evidence.get(QUORUM), evidence.get(CLUSTER), evidence.get(MAP)
    findings: List[Finding] = []
    if quorum:
        findings += _device(quorum, cmap)  # the cause of votes that are missing is told before them
        findings += _votes(quorum, cmap)
    elif cmap and not cmap.values.get("quorum.provider"):
        findings.append(Finding(NO_PROVIDER, "corosync.conf has no quorum provider: votes are not counted"))
    if cluster:
        findings += _pacemaker(cluster, quorum)
    return Judgement(
        summary=_summary(quorum, cluster),
        findings=tuple(findings),
        measures=tuple(_measures(quorum)) if quorum else (),
        rows=tuple(_rows(quorum, cluster, cmap)),
    )


def _votes(quorum: QuorumStatus, cmap: Optional[CorosyncMap]) -> Iterator[Finding]:
    count = f"{quorum.total_votes} of {quorum.expected_votes} votes"
    absent = _absent(quorum, cmap)
    without = f"; missing: {', '.join(absent)}" if absent else ""
    if not quorum.quorate:
        waiting = "WaitForAll" in quorum.flags and quorum.total_votes >= quorum.quorum
        reason = "waits for all nodes since its start" if waiting else f"{quorum.quorum} needed"
        yield Finding(NO_QUORUM, f"no quorum: {count}, {reason}{without}")
        return
    if quorum.total_votes < quorum.expected_votes:
        yield Finding(VOTES_MISSING, f"{count}{without}")
    elif absent and "AllowDownscale" not in quorum.flags:
        # last_man_standing or corosync-quorumtool -e; after a clean stop allow_downscale is meant to do it
        yield Finding(VOTES_MISSING, f"{count}, though more nodes are configured{without}")
    if quorum.total_votes <= quorum.quorum and quorum.expected_votes > 1:
        yield Finding(NO_MARGIN, _no_margin(quorum))


def _no_margin(quorum: QuorumStatus) -> str:
    if "AutoTieBreaker" in quorum.flags:
        return f"the loss of one more vote may lose quorum: {quorum.quorum} needed, or the side of the auto_tie_breaker"
    hint = ""
    if quorum.expected_votes == 2 and quorum.total_votes == 2 and "2Node" not in quorum.flags:
        hint = " (two nodes without two_node: 1 in corosync.conf)"
    return f"the loss of one more vote loses quorum: {quorum.quorum} needed{hint}"


def _absent(quorum: QuorumStatus, cmap: Optional[CorosyncMap]) -> List[str]:
    """Names of the configured nodes that have a vote and are not in the partition; corosync 1.4 lists no members."""
    if cmap is None or not quorum.members:
        return []
    present = {member.node_id for member in quorum.members}
    return [node.label for node in cmap.nodes if node.votes and node.node_id not in present]


def _device(quorum: QuorumStatus, cmap: Optional[CorosyncMap]) -> Iterator[Finding]:
    """The quorum device, by the Qdevice column: ``A,V,NMW`` alive and voting, ``A,NV,NMW`` alive, ``NR`` no daemon."""
    configured = cmap is not None and bool(cmap.values.get("quorum.device.model"))
    if quorum.device_votes is None and not configured and not any(member.qdevice for member in quorum.members):
        return
    states = {member.name or f"node {member.node_id}": (member.qdevice or "NR").split(",") for member in quorum.members}
    down = [name for name, state in states.items() if state[0] in ("NR", "NA")]
    silent = [name for name, state in states.items() if state[0] == "A" and "NV" in state]
    if down:
        yield Finding(QDEVICE_DOWN, f"the quorum device daemon is down on {', '.join(down)}")
    if silent and not quorum.device_votes:
        yield Finding(
            QDEVICE_NOT_VOTING,
            "the quorum device gives this partition no vote (qnetd lost, or it voted for the other side)",
        )


def _pacemaker(cluster: Cluster, quorum: Optional[QuorumStatus]) -> Iterator[Finding]:
    if cluster.dc is None:
        yield Finding(NO_DC, "no DC is elected (an election that does not end, or pacemaker just starts)")
        return
    if quorum is None:
        if cluster.with_quorum is False:
            yield Finding(NO_QUORUM, "no quorum, says pacemaker")
        return
    if cluster.with_quorum is not None and cluster.with_quorum != quorum.quorate:
        one, other = ("has", "has not") if quorum.quorate else ("has not", "has")
        yield Finding(VIEWS_DIFFER, f"corosync says this partition {one} quorum, pacemaker says it {other}")
    if quorum.members:
        yield from _strangers(cluster, quorum)


def _strangers(cluster: Cluster, quorum: QuorumStatus) -> Iterator[Finding]:
    """Nodes that one of the two counts in and the other does not."""
    voting = {str(member.node_id) for member in quorum.members}
    for node in cluster.nodes:
        if node.type != "member":
            continue
        if node.online and node.id not in voting:
            yield Finding(VIEWS_DIFFER, f"{node.name}: online for pacemaker, not in corosync's membership")
        elif node.id in voting and not node.online:
            yield Finding(
                VIEWS_DIFFER, f"{node.name}: has a vote in corosync, offline for pacemaker (pacemaker stopped there?)"
            )


def _summary(quorum: Optional[QuorumStatus], cluster: Optional[Cluster]) -> str:
    if quorum is None:
        return "no votes were read"
    number = len(quorum.members)
    nodes = f"{number} node{'s' if number != 1 else ''} with " if number else ""
    dc = f", DC {cluster.dc.name}" if cluster and cluster.dc else ""
    return f"{nodes}{quorum.total_votes} of {quorum.expected_votes} votes, quorate ({quorum.quorum} needed){dc}"


def _measures(quorum: QuorumStatus) -> Iterator[Measure]:
    expected = quorum.expected_votes
    yield VOTES_TOTAL.of(quorum.total_votes, maximum=expected)
    yield VOTES_EXPECTED.of(expected)
    yield VOTES_QUORUM.of(quorum.quorum)
    yield VOTES_MARGIN.of(quorum.total_votes - quorum.quorum, minimum=None)
    if quorum.members:
        yield NODES.of(len(quorum.members))


def _rows(quorum: Optional[QuorumStatus], cluster: Optional[Cluster], cmap: Optional[CorosyncMap]) -> Iterator[Row]:
    if quorum:
        for member in quorum.members:
            device = f", quorum device {member.qdevice}" if member.qdevice else ""
            local = ", this node" if member.local else ""
            name = member.name or f"node {member.node_id}"
            yield Row(Subject(NODE, name), f"{_count(member.votes)}{device}{local}")
        if quorum.device_votes is not None:
            yield Row(Subject(DEVICE, "quorum device"), _count(quorum.device_votes))
        for name in _absent(quorum, cmap):
            yield Row(Subject(NODE, name), "not in this partition")
        flags = " ".join(quorum.flags) or "none"
        yield Row(Subject(DAEMON, "corosync"), f"ring {quorum.ring_id}, flags: {flags}")
    if cluster and cluster.dc:
        policy = cluster.options.no_quorum_policy or "not shown"
        word = {True: "quorum", False: "no quorum", None: "quorum not shown"}[cluster.with_quorum]
        yield Row(Subject(DAEMON, "pacemaker"), f"DC {cluster.dc.name}, {word}, no-quorum-policy {policy}")


def _count(votes: int) -> str:
    return f"{votes} vote{'s' if votes != 1 else ''}"


CHECK = Check(
    name="quorum",
    manual=__doc__,
    readings=(QUORUM, CLUSTER, MAP),
    conditions=(
        NO_QUORUM, NO_DC, VIEWS_DIFFER, VOTES_MISSING, NO_MARGIN, QDEVICE_NOT_VOTING, QDEVICE_DOWN, NO_PROVIDER,
    ),
    metrics=(VOTES_TOTAL, VOTES_EXPECTED, VOTES_QUORUM, VOTES_MARGIN, NODES),
    judge=judge,
    number=VOTES_MARGIN,
)  # fmt: skip
