"""Do two parts of the cluster both think that they are the cluster?

Run it on the monitoring server. It asks every node, by ssh or check_nrpe, what it believes (check_ha_view) and compares
the answers. After the links between two nodes have died each finds itself healthy, and with two_node or
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
from check_ha.core.finding import NODE, Finding, Row, Subject
from check_ha.core.options import FilterOptions, duration, option
from check_ha.core.wording import joined
from check_ha.multinode.answers import Views
from check_ha.multinode.incomplete_views import APART, INCOMPLETE, lacking
from check_ha.multinode.node_names import Roster, roster_of, strangers
from check_ha.multinode.partition_text import described, summary, told
from check_ha.multinode.partitions import Belief, believe
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
    nobody_heard,
    unheard,
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
    "decide whose data is to be kept; on the other side stop the cluster (systemctl stop pacemaker corosync), mend the "
    "links, start it again; with fencing that works this cannot happen (check_ha_fencing)"
)
MEND = "find the link that is down: check_ha_rings on each of them"


class SplitBrainOptions(FilterOptions):
    """Options of check_ha_split_brain."""

    max_age: float = option(
        3600.0, "fencing that is older does not prove a node down any more (1h)", metavar="DURATION", parse=duration
    )


def judge(views: Views, options: SplitBrainOptions) -> Judgement:
    """Put the views together, then judge what they amount to, then what is missing of them."""
    roster = roster_of(views.answers)
    findings = [*wrongly_asked(roster), *nobody_heard(roster)]
    if not roster.heard or strangers(roster.heard):
        return Judgement(f"{len(roster.heard)} views, not compared", tuple(findings), tuple(counted(roster)))
    before = believe(roster_of(views.earlier.answers).heard) if views.earlier else None
    belief = believe(roster.heard, before)
    problems = list(_problems(belief, options))
    findings = [*problems, *unheard(roster, belief, options.max_age), *findings, *lacking(roster, belief)]
    gone = [] if problems or not before else list(_problems(before, options))
    if gone:
        findings.append(Finding(GONE, f"gone at a second look: {'; '.join(one.text for one in gone)}"))
    if belief.places and not any(options.selects(name) for name in belief.places):
        findings.append(Finding(FILTERED_OUT, f"--include and --exclude leave none of {len(belief.places)} resources"))
    return Judgement(
        summary=summary(belief, roster),
        findings=tuple(findings),
        measures=(*counted(roster), *_measures(belief)),
        rows=tuple(_rows(roster)),
    )


def _problems(belief: Belief, options: SplitBrainOptions) -> Iterator[Finding]:
    """What wakes somebody, but for partitions that are just being joined; the worst first."""
    yield from _apart(belief)
    for address, nodes in belief.carriers.items():
        owners = belief.owners[address]
        if len(nodes) > 1 and options.selects(*owners):
            yield Finding(ADDRESS_TWICE, f"{address} ({', '.join(owners)}) is carried by {joined(nodes)}")
    together: Dict[Tuple[str, ...], List[str]] = {}
    for name, nodes in belief.places.items():
        if len(nodes) > 1 and options.selects(name):
            together.setdefault(tuple(sorted(nodes)), []).append(name)
    for nodes, names in together.items():
        be = "is" if len(names) == 1 else "are"
        yield Finding(RESOURCE_TWICE, f"{joined(names)} {be} active on {joined(nodes)} at once")
    yield from _promoted(belief, options)
    for partition in belief.partitions:
        if len(partition.dcs) > 1:
            text = f"{partition.label} are one partition and follow {len(partition.dcs)} DCs: {joined(partition.dcs)}"
            yield Finding(TWO_DCS, text, advice="if it lasts: restart pacemaker on one of them")


def _apart(belief: Belief) -> Iterator[Finding]:
    if len(belief.partitions) < 2:
        return
    worst_first = sorted(belief.partitions, key=lambda one: (not one.acts, not one.runs, -len(one.members)))
    sides = " against ".join(described(one) for one in worst_first)
    if belief.split:
        yield Finding(SPLIT_BRAIN, f"split brain: {sides}", advice=STOP_ONE)
    elif all(one.leaderless and not one.runs for one in worst_first[1:]):
        names = joined([one.label for one in worst_first[1:]])
        yield Finding(JOINING, f"{names} not (yet) with the others: {sides}", advice=MEND)
    else:
        yield Finding(PARTITIONED, f"partitioned, contained: {sides}", advice=MEND)


def _promoted(belief: Belief, options: SplitBrainOptions) -> Iterator[Finding]:
    where: Dict[str, List[str]] = {}
    for promoted in belief.promoted:
        for name, nodes in promoted.items():
            where.setdefault(name, []).append(joined(nodes))
    for name, sides in where.items():
        if len(sides) > 1 and options.selects(name):
            yield Finding(PROMOTED_TWICE, f"{name} is promoted on {' and, apart from it, on '.join(sides)}")


def _measures(belief: Belief) -> Iterator[Measure]:
    yield PARTITIONS.of(len(belief.partitions))
    yield ACTING.of(sum(bool(one.runs) for one in belief.partitions), maximum=len(belief.partitions))
    yield RESOURCES_TWICE.of(sum(len(nodes) > 1 for nodes in belief.places.values()), maximum=len(belief.places))
    yield ADDRESSES_TWICE.of(sum(len(nodes) > 1 for nodes in belief.carriers.values()), maximum=len(belief.owners))


def _rows(roster: Roster) -> Iterator[Row]:
    for node, view in roster.views.items():
        yield Row(Subject(NODE, node), told(node, view))
    for answer in roster.unheard:
        yield Row(Subject(NODE, answer.node or answer.asked), f"no view: {answer.reason}")
    for name in roster.not_asked:
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
