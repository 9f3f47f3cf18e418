"""Do two parts of the cluster both think that they are the cluster?

Run it on the monitoring server. It asks every node, by ssh or check_nrpe, for its view of the cluster (check_ha_view)
and compares the views. After the links between two nodes have died each finds itself healthy, and with two_node or
no-quorum-policy=ignore each runs everything: the virtual address is there twice, and the data goes two ways. No
check on a single node can see that.

  check_ha_split_brain --node node1 --node node2
  check_ha_split_brain --node node1 --node node2 --via '/usr/lib/nagios/plugins/check_nrpe -H {node} -c check_ha_view'

Give every node of the cluster. --via is a command line without a shell, {node} stands for the name; all nodes are asked
at once. A node is believed in what it says of itself and, where it has a DC, of those it shares a partition with.

Views are made while the cluster goes on. What would be CRITICAL is therefore looked at once more, two seconds later
where the deadline allows it, and reported only if it is in both looks. A node that has just started, and has not yet
found the others, is no partition to be paged for as long as no DC is elected there.

A CIB that is older on a node of a partition is looked at once more, too: changes that do not reach a node are the one
thing that membership, votes and monitors do not show. Recorded views (--from) are one look.
"""

from __future__ import annotations

from typing import Dict, Iterator, List, NamedTuple, Optional, Sequence, Tuple

from check_ha.core.check import Check, Judgement, Measure, Metric
from check_ha.core.condition import FILTERED_OUT, Condition, Severity
from check_ha.core.finding import NODE, Finding, Row, Subject, nodes, resources
from check_ha.core.options import FilterOptions, duration, option
from check_ha.core.wording import are, count, joined
from check_ha.multinode.answers import Views
from check_ha.multinode.cluster_state import ClusterState, combine
from check_ha.multinode.disagreements import (
    NOT_JOINED,
    OLDER_VIEW,
    QUORUM_DIFFERS,
    RINGS,
    STALE_VIEW,
    disagreements,
)
from check_ha.multinode.incomplete_views import APART, INCOMPLETE, incomplete_views
from check_ha.multinode.node_names import ClusterNodes, clusters_of, identify
from check_ha.multinode.partition_text import described, summary, view_line
from check_ha.multinode.placement import Carrier
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
INTERFACE_DOWN = Condition(
    "interface-down", Severity.CRITICAL,
    "A virtual address is on an interface that is down or without carrier: no client reaches it.",
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
CABLE = "look at the cable, the switch port and the interface"
FIRST_LOOK = "before you mend a link, find out what {} runs: two sides that both run must not meet"


class SplitBrainOptions(FilterOptions):
    """Options of check_ha_split_brain."""

    max_age: float = option(
        3600.0, "fencing that is older does not prove a node down any more (1h)", metavar="DURATION", parse=duration
    )


class _Cluster(NamedTuple):
    """One cluster of those that were asked, and what was found in it."""

    nodes: ClusterNodes
    state: ClusterState
    findings: Tuple[Finding, ...]


def judge(views: Views, options: SplitBrainOptions) -> Judgement:
    """Combine the views, then judge what they amount to, then what they lack; each cluster by itself."""
    clusters = [_judged(identify(answers), views, options) for answers in clusters_of(views.answers)]
    asked = [one.nodes for one in clusters]
    findings = list(clusters[0].findings)
    findings += [found for one in clusters[1:] for found in one.findings if found.condition is not TOO_FEW]
    findings += not_one_cluster(asked)
    return Judgement(
        summary="; ".join(summary(one.state, one.nodes) for one in clusters),
        findings=tuple(findings),
        measures=(*counted(asked), *_measures([one.state for one in clusters])),
        rows=tuple(row for one in asked for row in _rows(one)),
    )


def _judged(asked: ClusterNodes, views: Views, options: SplitBrainOptions) -> _Cluster:
    cluster = asked.with_one_name_each()
    earlier = _earlier(cluster, views)
    before = combine(earlier.answered) if earlier else None
    state = combine(cluster.answered, before)
    silent = list(unreachable_nodes(cluster, state, options.max_age)) if cluster.answered else []
    unseen = [one.subjects[0].name for one in silent if one.condition in (UNSEEN, NOT_ASKED)]
    problems = list(_problems(state, options, unseen))
    gone = list(_problems(before, options, unseen)) if before and not problems else []
    findings = [*problems, *disagreements(cluster, state, earlier, views.pause)]
    findings += [*silent, *wrongly_asked(cluster), *no_views(cluster), *incomplete_views(cluster, state)]
    if gone:
        text = f"gone at a second look: {'; '.join(one.text for one in gone)}"
        findings.append(Finding(GONE, text, tuple(dict.fromkeys(one for found in gone for one in found.subjects))))
    if state.active_on and not any(options.selects(name) for name in state.active_on):
        text = f"--include and --exclude leave none of {count(len(state.active_on), 'resource')}"
        findings.append(Finding(FILTERED_OUT, text, resources(*state.active_on)))
    return _Cluster(asked, state, tuple(findings))


def _earlier(cluster: ClusterNodes, views: Views) -> Optional[ClusterNodes]:
    """Return the nodes of this cluster as they were in the look before."""
    if views.earlier is None:
        return None
    asked = {answer.asked for answer in (*cluster.answered, *cluster.unreachable)}
    answers = [answer for answer in views.earlier.answers if answer.asked in asked]
    return identify(answers).with_one_name_each()


def _problems(state: ClusterState, options: SplitBrainOptions, unseen: Sequence[str]) -> Iterator[Finding]:
    """Yield what wakes somebody, and partitions that are just being joined; the worst first."""
    yield from _partitioned(state, unseen)
    for address, carriers in state.carriers.items():
        if carriers and options.selects(*state.owners[address]):
            yield from _address(address, state.owners[address], carriers)
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


def _partitioned(state: ClusterState, unseen: Sequence[str]) -> Iterator[Finding]:
    if len(state.partitions) < 2:
        return
    worst_first = sorted(state.partitions, key=lambda one: (not one.acts, not one.runs, -len(one.members)))
    sides = " against ".join(described(one) for one in worst_first)
    subjects = nodes(*(node for one in worst_first for node in one.nodes))
    unclear = [*(node for one in worst_first if not one.runs and not one.idle for node in one.nodes), *unseen]
    advice, commands = (FIRST_LOOK.format(joined(unclear)), ()) if unclear else (MEND, RINGS)
    if state.split:
        yield Finding(SPLIT_BRAIN, f"split brain: {sides}", subjects, STOP_ONE, STOP)
    elif all(one.leaderless and one.idle for one in worst_first[1:]):
        names = [node for one in worst_first[1:] for node in one.nodes]
        text = f"{joined(names)} {'has' if len(names) == 1 else 'have'} not joined the others (yet): {sides}"
        yield Finding(JOINING, text, nodes(*names, *worst_first[0].nodes), advice, commands)
    else:
        contained = all(one.runs or one.idle for one in worst_first)
        text = f"{'partitioned, contained' if contained else 'partitioned'}: {sides}"
        yield Finding(PARTITIONED, text, subjects, advice, commands)


def _address(address: str, owners: Sequence[str], carriers: Sequence[Carrier]) -> Iterator[Finding]:
    label = f"{address} ({', '.join(owners)})"
    names = [one.node for one in carriers]
    subjects = (*resources(*owners), *nodes(*names))
    faults = [f"{one.interface} of {one.node} is {one.fault}" for one in carriers if one.fault]
    if len(carriers) > 1:
        text = f"{label} is carried by {joined(names)}" + (f" ({', '.join(faults)})" if faults else "")
        yield Finding(ADDRESS_TWICE, text, subjects)
    elif faults:
        yield Finding(INTERFACE_DOWN, f"no client reaches {label}: {faults[0]}", subjects, CABLE)


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


def _measures(states: Sequence[ClusterState]) -> Iterator[Measure]:
    partitions = [partition for state in states for partition in state.partitions]
    places = [nodes for state in states for nodes in state.active_on.values()]
    carriers = [nodes for state in states for nodes in state.carriers.values()]
    addresses = sum(len(state.owners) for state in states)
    yield PARTITIONS.of(len(partitions))
    yield ACTING.of(sum(bool(one.runs) for one in partitions), maximum=len(partitions))
    yield RESOURCES_TWICE.of(sum(len(one) > 1 for one in places), maximum=len(places))
    yield ADDRESSES_TWICE.of(sum(len(one) > 1 for one in carriers), maximum=addresses)


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
        SPLIT_BRAIN, ADDRESS_TWICE, RESOURCE_TWICE, PROMOTED_TWICE, TWO_DCS, INTERFACE_DOWN, PARTITIONED, STALE_VIEW,
        OLDER_VIEW, QUORUM_DIFFERS, NOT_JOINED, JOINING, NOT_ANSWERING, UNSEEN, FENCED, NOT_ASKED, TOO_FEW, UNREADABLE,
        INCOMPLETE, APART, ASKED_TWICE, NOT_ONE_CLUSTER, GONE, FILTERED_OUT,
    ),
    metrics=(PARTITIONS, ACTING, ASKED, ANSWERING, RESOURCES_TWICE, ADDRESSES_TWICE),
    judge=judge,
    number=PARTITIONS,
    options=SplitBrainOptions,
    filters="resource",
    shared=(),
)  # fmt: skip
