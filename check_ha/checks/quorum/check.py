"""May this partition run resources?

Asks corosync-quorumtool for the votes, corosync-cmapctl (1.4: corosync-objctl) for the nodes that are configured, and
crm_mon for what Pacemaker makes of it. Run it on every node: each partition of a split cluster has its own answer.
Corosync 1.4 without a quorum provider counts no votes: there Pacemaker's plugin does, and its count is the quorum.

What it cannot see: whether another partition has quorum as well. With two_node or no-quorum-policy=ignore both halves
of a split brain may run resources; check_ha_rings is critical then.
"""

from __future__ import annotations

from typing import Iterator, List, Mapping, Optional, Sequence

from check_ha.checks.quorum import pacemaker, votes
from check_ha.cluster.member_names import member_names, never_seen, without_names
from check_ha.cluster.own_count import OWN, own_count
from check_ha.core.check import Check, Judgement, Measure, Metric, Scope
from check_ha.core.condition import Condition, Severity
from check_ha.core.evidence import Evidence, Reading
from check_ha.core.finding import NODE, SETTING, Finding, Row, Subject
from check_ha.core.options import Options
from check_ha.core.wording import count, share
from check_ha.model.cib_parts import ATTRIBUTES, STATUS
from check_ha.model.cluster import Cluster
from check_ha.model.corosync import CorosyncMap, QuorumStatus
from check_ha.parsers.cmapctl import parse_cmapctl
from check_ha.parsers.crm_mon import parse_crm_mon
from check_ha.parsers.nodename import parse_crm_node_list
from check_ha.parsers.quorumtool import parse_quorumtool, parse_quorumtool_nodes
from check_ha.sources.tools import CMAPCTL, CRM_MON, CRM_NODE_LIST, QUORUMTOOL, QUORUMTOOL_NODES

QUORUM = Reading(QUORUMTOOL, parse_quorumtool)
CLUSTER = Reading(CRM_MON, parse_crm_mon, parts=(ATTRIBUTES, STATUS))
MAP = Reading(CMAPCTL, parse_cmapctl, required=False)
NAMES = Reading(CRM_NODE_LIST, parse_crm_node_list, silent=True, instead_of=CMAPCTL, when=without_names)
LISTED = Reading(QUORUMTOOL_NODES, parse_quorumtool_nodes, silent=True, instead_of=CMAPCTL, when=without_names)

NO_PROVIDER = Condition(
    "no-provider", Severity.WARNING, "corosync.conf names no quorum provider: nobody counts votes.", standing=True
)

VOTES_TOTAL = Metric("cluster.votes.total.count", "votes in this partition")
VOTES_EXPECTED = Metric("cluster.votes.expected.count", "votes of the whole cluster")
VOTES_QUORUM = Metric("cluster.votes.quorum.count", "votes needed for quorum")
VOTES_MARGIN = Metric("cluster.votes.margin.count", "votes that may still be lost")
NODES = Metric("cluster.partition.nodes.count", "nodes in this partition")


_EXPLAINED_BY_START = (
    votes.NO_QUORUM, votes.QUORUM_CONTRADICTED, votes.VOTES_MISSING, pacemaker.NO_DC, pacemaker.VIEWS_DIFFER,
)  # fmt: skip


def judge(evidence: Evidence, options: Options) -> Judgement:
    """Weigh corosync's votes first, then what Pacemaker says of the same partition."""
    cluster, cmap = evidence.get(CLUSTER), evidence.get(MAP)
    names = member_names(cmap, evidence.get(NAMES), cluster, evidence.get(LISTED))
    quorum = _counted(evidence, names)
    findings: List[Finding] = []
    absent = votes.absent_nodes(quorum, cmap, names, never_seen(cmap, names, cluster)) if quorum else []
    if quorum:
        findings += votes.device_silent(quorum, cmap)  # the cause of votes that are missing is told before them
        findings += votes.votes_missing(quorum, cmap, absent)
    findings += _provider_missing(evidence.get(QUORUM), quorum, cmap)
    if cluster:
        findings += pacemaker.pacemaker_differs(cluster, quorum, names)
    findings += votes.map_missing(quorum, cmap, evidence.failed.get(CMAPCTL))
    if evidence.starting:
        explained = [one for one in findings if one.condition in _EXPLAINED_BY_START]
        findings = [*evidence.unless_starting(explained), *(one for one in findings if one not in explained)]
    return Judgement(
        summary=_summary(quorum, cluster),
        findings=tuple(findings),
        measures=tuple(_measures(quorum)) if quorum else (),
        rows=tuple(_rows(quorum, cluster, absent)),
    )


def _counted(evidence: Evidence, names: Mapping[int, str]) -> Optional[QuorumStatus]:
    """Return the votes: as corosync counts them, else as Pacemaker does; 1.4 lists the members elsewhere."""
    cluster, cmap = evidence.get(CLUSTER), evidence.get(MAP)
    quorum = evidence.get(QUORUM)
    if quorum and not quorum.counted:
        return own_count(cluster, cmap, names) if cluster else None
    members = evidence.get(LISTED) if quorum and not quorum.members else None
    return quorum._replace(members=members) if quorum and members else quorum


def _provider_missing(
    shown: Optional[QuorumStatus], quorum: Optional[QuorumStatus], cmap: Optional[CorosyncMap]
) -> Iterator[Finding]:
    subjects = (Subject(SETTING, "quorum.provider"),)
    if shown and not shown.counted and quorum:
        # what the plugin of corosync 1 is made for
        text = "corosync has no quorum provider: pacemaker counts the votes itself"
        yield Finding(NO_PROVIDER, text, subjects, override=Severity.OK)
    elif (shown and not shown.counted) or (shown is None and cmap and not cmap.values.get("quorum.provider")):
        yield Finding(NO_PROVIDER, "corosync.conf has no quorum provider: votes are not counted", subjects)


def _summary(quorum: Optional[QuorumStatus], cluster: Optional[Cluster]) -> str:
    if quorum is None:
        return "no votes were read"
    number = len(quorum.members)
    members = f"{count(number, 'node')} with " if number else ""
    dc = f", DC {cluster.dc.name}" if cluster and cluster.dc else ""
    if quorum.provider == OWN:
        dc = f" by pacemaker's own count{dc}"
    return f"{members}{share(quorum.total_votes, quorum.expected_votes, 'vote')}, quorate ({quorum.quorum} needed){dc}"


def _measures(quorum: QuorumStatus) -> Iterator[Measure]:
    expected = quorum.expected_votes
    yield VOTES_TOTAL.of(quorum.total_votes, maximum=expected)
    yield VOTES_EXPECTED.of(expected)
    yield VOTES_QUORUM.of(quorum.quorum)
    yield VOTES_MARGIN.of(quorum.total_votes - quorum.quorum, minimum=None)
    if quorum.members:
        yield NODES.of(len(quorum.members))


def _rows(quorum: Optional[QuorumStatus], cluster: Optional[Cluster], absent: Sequence[str]) -> Iterator[Row]:
    if quorum:
        for member in quorum.members:
            device = f", quorum device {member.qdevice}" if member.qdevice else ""
            local = ", this node" if member.local else ""
            yield Row(Subject(NODE, votes.member_name(member)), f"{count(member.votes, 'vote')}{device}{local}")
        if quorum.device_votes is not None:
            yield Row(votes.QDEVICE, count(quorum.device_votes, "vote"))
        for name in absent:
            yield Row(Subject(NODE, name), "not in this partition")
        flags = " ".join(quorum.flags) or "none"
        if quorum.ring_id:
            yield Row(votes.COROSYNC, f"ring {quorum.ring_id}, flags: {flags}")
    if cluster and cluster.dc:
        policy = cluster.options.no_quorum_policy or "not shown"
        word = {True: "quorum", False: "no quorum", None: "quorum not shown"}[cluster.with_quorum]
        yield Row(pacemaker.PACEMAKER, f"DC {cluster.dc.name}, {word}, no-quorum-policy {policy}")


CHECK = Check(
    name="quorum",
    manual=__doc__,
    readings=(QUORUM, CLUSTER, MAP, NAMES, LISTED),
    conditions=(*votes.CONDITIONS, *pacemaker.CONDITIONS, NO_PROVIDER),
    metrics=(VOTES_TOTAL, VOTES_EXPECTED, VOTES_QUORUM, VOTES_MARGIN, NODES),
    judge=judge,
    scope=Scope.SIGHT,
    number=VOTES_MARGIN,
)
