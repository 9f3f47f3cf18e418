"""Do two parts of the cluster both think that they are the cluster?

Run it on the monitoring server. It asks every node, by ssh or check_nrpe, for its view of the cluster (check_ha_view)
and compares the views. After the links between two nodes have died each finds itself healthy, and with two_node or
no-quorum-policy=ignore each runs everything: the virtual address is there twice, and the data goes two ways. No
check on a single node can see that.

  check_ha_split_brain --node node1 --node node2
  check_ha_split_brain --node node1 --node node2 --via '/usr/lib/nagios/plugins/check_nrpe -H {node} -c check_ha_view'

Give every node of the cluster. --via is a command line without a shell, {node} stands for the name; all nodes are asked
at once. A node is believed in what it says of itself and of those it shares a partition with.

Views are made while the cluster goes on. What would be CRITICAL is therefore looked at once more, two seconds later
where the deadline allows it, and reported only if it is in both looks. A node that has just started, and has not yet
found the others, is no partition to be paged for as long as no DC is elected there.
"""

from __future__ import annotations

from typing import Dict, Iterator, List, Tuple

from check_ha.core.check import Check, Judgement, Measure, Metric
from check_ha.core.condition import FILTERED_OUT, Condition, Severity
from check_ha.core.finding import NODE, Finding, Row, Subject, nodes, resources
from check_ha.core.options import FilterOptions, duration, option
from check_ha.core.wording import are, count, joined
from check_ha.multinode.answers import Views
from check_ha.multinode.incomplete_views import APART, INCOMPLETE, incomplete_views
from check_ha.multinode.node_names import ClusterNodes, identify, other_cluster
from check_ha.multinode.partition_text import described, summary, view_line
from check_ha.multinode.partitions import ClusterState, combine
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
    unreachable_nodes,
    wrongly_asked,
)

SPLIT_BRAIN = Condition(
    "split-brain", Severity.CRITICAL,
    "Two partitions are both quorate, or both run resources: each acts as the whole cluster, the data goes two ways.",
)  # fmt: skip
ADDRESS_TWICE = Condition(
    "address-twice", Severity.CRITICAL,
    "The interfaces of two nodes carry one virtual address: which of them a client reaches is chance.",
)  # fmt: skip
RESOURCE_TWICE = Condition(
    "resource-twice", Severity.CRITICAL,
    "A primitive that is no clone is active on two nodes by their own account: two writers of what one may write.",
)  # fmt: skip
PROMOTED_TWICE = Condition(
    "promoted-twice", Severity.CRITICAL,
    "A promotable clone is promoted in two partitions: both sides of what it replicates are written to.",
)  # fmt: skip
TWO_DCS = Condition(
    "two-dcs", Severity.CRITICAL,
    "Nodes of one partition follow different DCs: two decide what runs. Each partition having its own is part of that.",
)  # fmt: skip
PARTITIONED = Condition(
    "partitioned", Severity.CRITICAL,
    "There are partitions of which at most one runs anything: contained, but nothing can move to the other side.",
)  # fmt: skip
JOINING = Condition(
    "joining", Severity.WARNING,
    "A partition runs nothing and has no DC that could start anything: a node that starts, or was cut off just now.",
)  # fmt: skip
GONE = Condition("gone", Severity.OK, "A first look showed what a second one, a moment later, did not show any more.")

PARTITIONS = Metric("cluster.partitions.count", "partitions")
ACTING = Metric("cluster.partitions.acting.count", "partitions that run resources")
RESOURCES_TWICE = Metric("cluster.resources.duplicated.count", "primitives, but clones, active on several nodes")
ADDRESSES_TWICE = Metric("cluster.addresses.duplicated.count", "virtual addresses carried by several nodes")

STOP_ONE = (
    "decide whose data to keep; stop the cluster on each node of the other side; only then mend the links, and start "
    "it there again (with fencing that works this cannot happen: check_ha_fencing); to stop a node"
)
STOP = ("systemctl stop pacemaker corosync",)
MEND = "find the link that is down, on each of them"
RINGS = ("check_ha_rings",)


class SplitBrainOptions(FilterOptions):
    """Options of check_ha_split_brain."""

    max_age: float = option(
        3600.0, "fencing that is older does not prove a node down any more (1h)", metavar="DURATION", parse=duration
    )


def judge(views: Views, options: SplitBrainOptions) -> Judgement:
    """Combine the views, then judge what they amount to, then what they lack."""
    cluster = identify(views.answers)
    findings = [*wrongly_asked(cluster), *no_views(cluster)]
    if not cluster.answered or other_cluster(cluster.answered):
        return Judgement(f"{len(cluster.answered)} views, not compared", tuple(findings), tuple(counted(cluster)))
    before = combine(identify(views.earlier.answers).answered) if views.earlier else None
    state = combine(cluster.answered, before)
    problems = list(_problems(state, options))
    findings = [
        *problems,
        *unreachable_nodes(cluster, state, options.max_age),
        *findings,
        *incomplete_views(cluster, state),
    ]
    gone = [] if problems or not before else list(_problems(before, options))
    if gone:
        text = f"gone at a second look: {'; '.join(one.text for one in gone)}"
        findings.append(Finding(GONE, text, tuple(dict.fromkeys(one for found in gone for one in found.subjects))))
    if state.active_on and not any(options.selects(name) for name in state.active_on):
        text = f"--include and --exclude leave none of {count(len(state.active_on), 'resource')}"
        findings.append(Finding(FILTERED_OUT, text, resources(*state.active_on)))
    return Judgement(
        summary=summary(state, cluster),
        findings=tuple(findings),
        measures=(*counted(cluster), *_measures(state)),
        rows=tuple(_rows(cluster)),
    )


def _problems(state: ClusterState, options: SplitBrainOptions) -> Iterator[Finding]:
    """Yield what wakes somebody, and partitions that are just being joined; the worst first."""
    yield from _partitioned(state)
    for address, names in state.carriers.items():
        owners = state.owners[address]
        if len(names) > 1 and options.selects(*owners):
            text = f"{address} ({', '.join(owners)}) is carried by {joined(names)}"
            yield Finding(ADDRESS_TWICE, text, (*resources(*owners), *nodes(*names)))
    together: Dict[Tuple[str, ...], List[str]] = {}
    for name, names in state.active_on.items():
        if len(names) > 1 and options.selects(name):
            together.setdefault(tuple(sorted(names)), []).append(name)
    for names, ids in together.items():
        text = f"{joined(ids)} {are(ids)} active on {joined(names)} at once"
        yield Finding(RESOURCE_TWICE, text, (*resources(*ids), *nodes(*names)))
    yield from _promoted(state, options)
    for partition in state.partitions:
        if len(partition.dcs) > 1:
            text = f"{partition.label} are one partition and follow {len(partition.dcs)} DCs: {joined(partition.dcs)}"
            subjects = nodes(*dict.fromkeys((*partition.dcs, *partition.nodes)))
            yield Finding(TWO_DCS, text, subjects, advice="if it lasts, restart Pacemaker on one of the DCs")


def _partitioned(state: ClusterState) -> Iterator[Finding]:
    if len(state.partitions) < 2:
        return
    worst_first = sorted(state.partitions, key=lambda one: (not one.acts, not one.runs, -len(one.members)))
    sides = " against ".join(described(one) for one in worst_first)
    subjects = nodes(*(node for one in worst_first for node in one.nodes))
    if state.split:
        yield Finding(SPLIT_BRAIN, f"split brain: {sides}", subjects, STOP_ONE, STOP)
    elif all(one.leaderless and not one.runs for one in worst_first[1:]):
        names = [node for one in worst_first[1:] for node in one.nodes]
        text = f"{joined(names)} {'has' if len(names) == 1 else 'have'} not joined the others (yet): {sides}"
        subjects = nodes(*names, *worst_first[0].nodes)
        yield Finding(JOINING, text, subjects, MEND, RINGS)
    else:
        yield Finding(PARTITIONED, f"partitioned, contained: {sides}", subjects, MEND, RINGS)


def _promoted(state: ClusterState, options: SplitBrainOptions) -> Iterator[Finding]:
    where: Dict[str, List[Tuple[str, ...]]] = {}
    for promoted in state.promoted:
        for name, names in promoted.items():
            where.setdefault(name, []).append(names)
    for name, sides in where.items():
        if len(sides) > 1 and options.selects(name):
            text = f"{name} is promoted on {' and also on '.join(map(joined, sides))}"
            subjects = (*resources(name), *nodes(*(node for side in sides for node in side)))
            yield Finding(PROMOTED_TWICE, text, subjects)


def _measures(state: ClusterState) -> Iterator[Measure]:
    yield PARTITIONS.of(len(state.partitions))
    yield ACTING.of(sum(bool(one.runs) for one in state.partitions), maximum=len(state.partitions))
    yield RESOURCES_TWICE.of(sum(len(names) > 1 for names in state.active_on.values()), maximum=len(state.active_on))
    yield ADDRESSES_TWICE.of(sum(len(names) > 1 for names in state.carriers.values()), maximum=len(state.owners))


def _rows(cluster: ClusterNodes) -> Iterator[Row]:
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
        SPLIT_BRAIN, ADDRESS_TWICE, RESOURCE_TWICE, PROMOTED_TWICE, TWO_DCS, PARTITIONED, JOINING, NOT_ANSWERING,
        UNSEEN, FENCED, NOT_ASKED, TOO_FEW, UNREADABLE, INCOMPLETE, APART, ASKED_TWICE, NOT_ONE_CLUSTER, GONE,
        FILTERED_OUT,
    ),
    metrics=(PARTITIONS, ACTING, ASKED, ANSWERING, RESOURCES_TWICE, ADDRESSES_TWICE),
    judge=judge,
    number=PARTITIONS,
    options=SplitBrainOptions,
    filters="resource",
    shared=(),
)  # fmt: skip
