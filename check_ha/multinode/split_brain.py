"""Do two parts of the cluster both think that they are the cluster?

Run it on the monitoring server. It asks every node, by ssh or check_nrpe, for its view of the cluster (check_ha_view)
and compares the views. After the links between two nodes have died each finds itself healthy, and with two_node or
no-quorum-policy=ignore each runs everything: the virtual address is there twice, and the data diverges. No check on a
single node can see that.

  check_ha_split_brain --node node1 --node node2
  check_ha_split_brain --node node1 --node node2 --via '/usr/lib/nagios/plugins/check_nrpe -H {node} -c check_ha_view'

Give every node of the cluster. --via is a command line without a shell, {node} stands for the name; all nodes are asked
at once. A node is believed about itself and, where it has a DC, about the nodes of its partition.

Views are made while the cluster goes on. So what would be CRITICAL is looked at once more, two seconds later where the
deadline allows it, and reported only if it is in both looks. A node that has just started, and has not yet found the
others, does not count as a partition as long as no DC is elected there.

A CIB that is older on a node of a partition is looked at once more, too: changes that do not reach a node are the one
thing that membership, votes and monitors do not show. Recorded views (--from) are one look.

A split brain of DRBD is told as well: it outlives that of the cluster, as DRBD does not connect again by itself.
"""

from __future__ import annotations

from typing import Iterator, Optional, Sequence, Tuple

from check_ha.core.check import Check, Judgement, Measure, Metric
from check_ha.core.condition import FILTERED_OUT, Condition, Severity
from check_ha.core.finding import NODE, Finding, Row, Subject, resources
from check_ha.core.options import FilterOptions, duration, option
from check_ha.core.wording import count
from check_ha.multinode.answers import Views
from check_ha.multinode.cluster_state import ClusterState, combine
from check_ha.multinode.conflicts import (
    ADDRESS_TWICE,
    INTERFACE_DOWN,
    JOINING,
    PARTITIONED,
    PROMOTED_TWICE,
    RESOURCE_TWICE,
    SPLIT_BRAIN,
    TWO_DCS,
    conflicts,
)
from check_ha.multinode.disagreements import (
    MEMBERS_DIFFER,
    NOT_JOINED,
    OLDER_VIEW,
    QUORUM_DIFFERS,
    STALE_VIEW,
    disagreements,
)
from check_ha.multinode.drbd.split_brain import DRBD_SPLIT, drbd_conflicts, drbd_not_told
from check_ha.multinode.incomplete_views import APART, INCOMPLETE, incomplete_views
from check_ha.multinode.node_names import ClusterNodes, clusters_of, identify
from check_ha.multinode.partition_text import summary, view_line
from check_ha.multinode.unreachable_nodes import (
    ANSWERING,
    ASKED,
    ASKED_TWICE,
    FENCED,
    NOT_ANSWERING,
    NOT_ASKED,
    NOT_ONE_CLUSTER,
    TOO_FEW,
    UNREADABLE,
    UNSEEN,
    counted,
    no_views,
    not_one_cluster,
    unreachable_nodes,
    wrongly_asked,
)
from check_ha.record import NamedTuple

GONE = Condition(
    "gone", Severity.OK, "A first look showed something that a second look, a moment later, no longer showed."
)

PARTITIONS = Metric("cluster.partitions.count", "partitions")
ACTING = Metric("cluster.partitions.acting.count", "partitions that run resources")
RESOURCES_TWICE = Metric("cluster.resources.duplicated.count", "primitives (no clones) active on several nodes")
ADDRESSES_TWICE = Metric("cluster.addresses.duplicated.count", "virtual addresses carried by several nodes")


class SplitBrainOptions(FilterOptions):
    """Options of check_ha_split_brain."""

    max_age: float = option(
        3600.0, "older fencing no longer proves that a node is down (1h)", metavar="DURATION", parse=duration
    )


class Compared(NamedTuple):
    """One cluster of those that were asked, and what was found in it."""

    nodes: ClusterNodes
    state: ClusterState
    findings: Tuple[Finding, ...]


def judge(views: Views, options: SplitBrainOptions) -> Judgement:
    """Combine the views, then judge what they amount to, then what they lack; each cluster by itself."""
    clusters = [compared(identify(answers), views, options) for answers in clusters_of(views.answers)]
    asked = [one.nodes for one in clusters]
    findings = list(clusters[0].findings)
    findings += [found for one in clusters[1:] for found in one.findings if found.condition is not TOO_FEW]
    findings += not_one_cluster(asked)
    return Judgement(
        summary="; ".join(summary(one.state, one.nodes) for one in clusters),
        findings=tuple(findings),
        measures=(*counted(asked), *measures([one.state for one in clusters if one.nodes.answered])),
        rows=tuple(row for one in asked for row in rows_of(one)),
    )


def compared(asked: ClusterNodes, views: Views, options: SplitBrainOptions) -> Compared:
    """Return what the views of one cluster amount to, and what is wrong with that."""
    cluster = asked.with_one_name_each()
    earlier = _earlier(cluster, views)
    before = combine(earlier.answered) if earlier else None
    state = combine(cluster.answered, before)
    silent = list(unreachable_nodes(cluster, state, options.max_age)) if cluster.answered else []
    without = {*(one.node or one.asked for one in cluster.unreachable), *cluster.not_asked}
    unknown = [one for one in silent if one.condition in (UNSEEN, NOT_ASKED)]
    unseen = [subject.name for one in unknown for subject in one.subjects if subject.name in without]
    problems = [*conflicts(state, options, unseen), *_of_drbd(cluster, earlier, options)]
    gone = [*conflicts(before, options, unseen), *_of_drbd(earlier, None, options)] if before and not problems else []
    findings = [*problems, *disagreements(cluster, state, earlier, views.pause)]
    findings += [*silent, *wrongly_asked(cluster), *no_views(cluster), *incomplete_views(cluster, state, earlier)]
    findings += drbd_not_told(cluster.views, options)
    if gone:
        text = f"gone at a second look: {'; '.join(one.text for one in gone)}"
        findings.append(Finding(GONE, text, tuple(dict.fromkeys(one for found in gone for one in found.subjects))))
    if state.active_on and not any(options.selects(name) for name in state.active_on):
        text = f"--include and --exclude leave none of {count(len(state.active_on), 'resource')}"
        findings.append(Finding(FILTERED_OUT, text, resources(*state.active_on)))
    return Compared(asked, state, tuple(findings))


def _of_drbd(
    cluster: Optional[ClusterNodes], earlier: Optional[ClusterNodes], options: SplitBrainOptions
) -> Iterator[Finding]:
    if cluster:
        yield from drbd_conflicts(cluster.views, earlier.views if earlier else None, options)


def _earlier(cluster: ClusterNodes, views: Views) -> Optional[ClusterNodes]:
    """Return the nodes of this cluster as they were in the look before."""
    if views.earlier is None:
        return None
    asked = {answer.asked for answer in (*cluster.answered, *cluster.unreachable)}
    answers = [answer for answer in views.earlier.answers if answer.asked in asked]
    return identify(answers).with_one_name_each()


def measures(states: Sequence[ClusterState]) -> Iterator[Measure]:
    """Yield how many partitions there are, and what is there twice."""
    if not states:
        return
    partitions = [partition for state in states for partition in state.partitions]
    places = [nodes for state in states for nodes in state.active_on.values()]
    carriers = [nodes for state in states for nodes in state.carriers.values()]
    addresses = sum(len(state.owners) for state in states)
    yield PARTITIONS.of(len(partitions))
    yield ACTING.of(sum(bool(one.runs) for one in partitions), maximum=len(partitions))
    yield RESOURCES_TWICE.of(sum(len(one) > 1 for one in places), maximum=len(places))
    yield ADDRESSES_TWICE.of(sum(len(one) > 1 for one in carriers), maximum=addresses)


def rows_of(cluster: ClusterNodes) -> Iterator[Row]:
    """Yield what each node says."""
    for node, view in cluster.views.items():
        yield Row(Subject(NODE, node), view_line(node, view))
    for answer in cluster.unreachable:
        yield Row(Subject(NODE, answer.node or answer.asked), f"no view: {answer.reason}")
    for name in cluster.not_asked:
        yield Row(Subject(NODE, name), "not asked")


CHECK = Check(
    name="split_brain",
    manual=__doc__,
    readings=(),
    conditions=(
        SPLIT_BRAIN, ADDRESS_TWICE, RESOURCE_TWICE, PROMOTED_TWICE, DRBD_SPLIT, TWO_DCS, INTERFACE_DOWN, PARTITIONED,
        STALE_VIEW, OLDER_VIEW, QUORUM_DIFFERS, MEMBERS_DIFFER, NOT_JOINED, JOINING,
        NOT_ANSWERING, UNSEEN, FENCED, NOT_ASKED, TOO_FEW,
        UNREADABLE, INCOMPLETE, APART, ASKED_TWICE, NOT_ONE_CLUSTER, GONE, FILTERED_OUT,
    ),
    metrics=(PARTITIONS, ACTING, ASKED, ANSWERING, RESOURCES_TWICE, ADDRESSES_TWICE),
    judge=judge,
    number=PARTITIONS,
    options=SplitBrainOptions,
    filters="resource",
    shared=(),
)  # fmt: skip
