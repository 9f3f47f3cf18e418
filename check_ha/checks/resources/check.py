"""Does everything run that should, where it should?

Asks crm_mon for the resources - groups, clones, groups in clones, promotable clones, bundles, fence devices too - and
cibadmin for what crm_mon does not show: how many instances should be promoted, which nodes may run a resource, what is
ordered after or placed with what, which resources need a ticket, the names of those it leaves out. Both are needed for
an OK. A resource that should run and runs nowhere is critical, even where Pacemaker no longer counts it as failed. A
clone is compared with the nodes that could run it (online, not in standby or maintenance, in good health, allowed by
constraints), never with clone-max. What is down because of something else is reported with its cause, and a cause only
once: no DC, no quorum, maintenance mode, stop-all-resources, no node to run on, a lost node, an earlier member of the
same group, what it waits for by an order or a colocation.

-i and -x match the resource, its group, its clone or its bundle. --expect takes a node or a role: started, stopped,
promoted, unpromoted; of a promotable clone the node is the one it is promoted on. A resource that is expected to be
stopped, or not to be promoted, does not alarm when it is.

What it cannot see: whether a service works, beyond what its last monitor said; that two resources must not share a
node, or that no node has enough room for one (crm_resource --why tells).
"""

from __future__ import annotations

from typing import Callable, Dict, Iterator, List, Sequence, Tuple

from check_ha.checks.resources.conditions import (
    BLOCKED,
    CLONE_INCOMPLETE,
    DISABLED,
    FAILED,
    FAILURE_IGNORED,
    LOCKED,
    MAINTENANCE,
    MULTIPLE_ACTIVE,
    NO_DC,
    NO_QUORUM,
    NO_RESOURCE,
    NO_TICKET,
    NOT_LISTED,
    NOT_PROMOTED,
    ON_LOST_NODE,
    ORPHANED,
    PENDING,
    PROMOTED_INCOMPLETE,
    STOPPED,
    STOPPED_ALL,
    UNMANAGED,
    WRONG_NODE,
    WRONG_ROLE,
)
from check_ha.checks.resources.eligible import instances_expected, promoted_expected
from check_ha.checks.resources.expected import Expectation, expectations, expected_to_be, not_as_expected
from check_ha.checks.resources.failed import blocked, failed, failure_ignored, multiple_active, orphaned
from check_ha.checks.resources.incomplete import incomplete
from check_ha.checks.resources.maintenance import in_maintenance, moving, unmanaged
from check_ha.checks.resources.not_running import (
    common_cause,
    disabled,
    down,
    locked,
    on_lost_nodes,
    promotion_disabled,
    without_ticket,
)
from check_ha.checks.resources.promotion import not_promoted, promoted_incomplete
from check_ha.checks.resources.whole_cluster import whole_cluster
from check_ha.cluster.completed import completed
from check_ha.cluster.resource_states.instances import ResourceInstances
from check_ha.cluster.resource_states.state import ResourceState
from check_ha.cluster.resource_states.states import ResourceStates
from check_ha.cluster.resources import plain
from check_ha.core.check import Check, Judgement, Measure, Metric, Scope
from check_ha.core.condition import FILTERED_OUT
from check_ha.core.evidence import Evidence, Reading
from check_ha.core.finding import Finding, Row
from check_ha.core.options import FilterOptions, option, pair
from check_ha.core.wording import count, listed
from check_ha.model.cib_parts import CONSTRAINTS, CRM_CONFIG, NODES, RESOURCES
from check_ha.parsers.cib import parse_cib
from check_ha.parsers.crm_mon import parse_crm_mon
from check_ha.sources.tools import CIBADMIN, CRM_MON

CLUSTER = Reading(CRM_MON, parse_crm_mon)
CIB = Reading(CIBADMIN, parse_cib, parts=(CRM_CONFIG, NODES, RESOURCES, CONSTRAINTS))

DOWN = Metric("cluster.resources.down.count", "resources that should run and do not")
TOTAL = Metric("cluster.resources.total.count", "resources (a clone or bundle counts once)")
RUNNING = Metric("cluster.resources.running.count", "resources that run")
FAILED_COUNT = Metric("cluster.resources.failed.count", "resources that count as failed")
BLOCKED_COUNT = Metric("cluster.resources.blocked.count", "resources that are blocked")
UNMANAGED_COUNT = Metric("cluster.resources.unmanaged.count", "resources that are not managed")
DISABLED_COUNT = Metric("cluster.resources.disabled.count", "resources stopped on purpose")
ACTIVE = Metric("resource.instances.active.count", "instances that run; the maximum should", instance="CLONE")
PROMOTED = Metric(
    "resource.instances.promoted.count", "instances that are promoted; the maximum should", instance="CLONE"
)


class ResourceOptions(FilterOptions):
    """Options of check_ha_resources."""

    expect: Tuple[Tuple[str, str], ...] = option(
        (), "warn when this resource is not on that node, or not started, stopped, promoted, unpromoted",
        metavar="RES=NODE", parse=pair, repeat=True,
    )  # fmt: skip


Find = Callable[[Sequence[ResourceInstances], ResourceStates], Iterator[Finding]]

_FAULTS: Tuple[Find, ...] = (
    multiple_active, blocked, failed, orphaned, failure_ignored, in_maintenance, unmanaged, moving,
)  # fmt: skip
_ABSENCES: Tuple[Tuple[str, Find], ...] = (
    ("", on_lost_nodes),
    ("stopped", down),
    ("unpromoted", not_promoted),
    ("unpromoted", promoted_incomplete),
    ("", incomplete),
    ("stopped", disabled),
    ("unpromoted", promotion_disabled),
    ("", locked),
    ("stopped", without_ticket),
)
"""What is not looked for where a common cause tells all, nor where --expect names this role."""


_STARTED_LATER = (down, not_promoted, incomplete)
"""What is normal for a moment after the start, where nothing has failed."""


def judge(evidence: Evidence, options: ResourceOptions) -> Judgement:
    """Judge the selected resources, causes first; all of them are counted."""
    cluster = evidence.get(CLUSTER)
    if cluster is None:
        return Judgement("no resources were read")
    cib = evidence.get(CIB)
    cluster = completed(cluster, cib, evidence.now)
    states = ResourceStates(cluster, cib, evidence.now, options.selects)
    selected = states.selected
    if cluster.dc is None:
        text = "no DC is elected (an election that does not end, or pacemaker is just starting)"
        which = "whether the resource runs" if len(selected) == 1 else f"which of {len(selected)} resources run"
        finding = Finding(NO_DC, f"{text}: {which} is not known")
        return Judgement("no DC is elected", evidence.unless_starting([finding]), (TOTAL.of(len(states.all)),))
    expected = expectations(options.expect, cluster)
    return Judgement(
        summary=_summary(selected, states),
        findings=tuple(_findings(selected, states, expected, evidence)),
        measures=tuple(_measures(selected, states, expected)),
        rows=tuple(_row(resource, states) for resource in states.all),
    )


def _findings(
    selected: Sequence[ResourceInstances],
    states: ResourceStates,
    expected: Sequence[Expectation],
    evidence: Evidence,
) -> Iterator[Finding]:
    if states.all and not selected:
        yield Finding(FILTERED_OUT, f"--include and --exclude leave none of {count(len(states.all), 'resource')}")
    cause, explained = common_cause([one for one in selected if not expected_to_be("stopped", expected, one)], states)
    if cause:
        yield from evidence.unless_starting([cause])
    yield from whole_cluster(states)
    for find in _FAULTS:
        yield from find(selected, states)
    rest = [one for one in selected if one.id not in explained]
    for role, find in _ABSENCES:
        wanted = [one for one in rest if not expected_to_be(role, expected, one)] if expected else rest
        waiting = (
            [one for one in wanted if not states.failures(one)] if find in _STARTED_LATER and evidence.starting else []
        )
        yield from find([one for one in wanted if one not in waiting], states)
        yield from evidence.unless_starting(find(waiting, states))
    yield from not_as_expected(expected, states.all, states.lost)


def _summary(selected: Sequence[ResourceInstances], states: ResourceStates) -> str:
    running = sum(states.state(one) == ResourceState.RUNNING for one in selected)
    number = count(len(selected), "resource")
    text = f"{running} of {number} {'runs' if 1 in (running, len(selected)) else 'run'}"
    if running == len(selected):
        text = "1 resource runs" if running == 1 else f"all {number} run"
    places = {one.outermost: ", ".join(one.promoted_on(states.lost)) for one in selected if one.promotable}
    promoted = [f"{name} promoted on {nodes}" for name, nodes in places.items() if nodes]
    return "; ".join([text, listed(promoted, 4)] if promoted else [text])


def _measures(
    selected: Sequence[ResourceInstances], states: ResourceStates, expected: Sequence[Expectation]
) -> Iterator[Measure]:
    found = states.all
    wanted = [one for one in found if not expected_to_be("stopped", expected, one)] if expected else found
    absent = {one.id for one in wanted if states.state(one) in (ResourceState.DOWN, ResourceState.LOST)}
    primitives = [[placed.primitive for placed in one.primitives] for one in found]
    yield DOWN.of(len(absent), maximum=len(found), judged=sum(one.id in absent for one in selected))
    yield TOTAL.of(len(found))
    yield RUNNING.of(sum(states.state(one) == ResourceState.RUNNING for one in found), maximum=len(found))
    yield FAILED_COUNT.of(sum(any(one.failed for one in those) for those in primitives))
    yield BLOCKED_COUNT.of(sum(any(one.blocked for one in those) for those in primitives))
    yield UNMANAGED_COUNT.of(sum(any(not one.managed for one in those) for those in primitives))
    yield DISABLED_COUNT.of(sum(states.state(one) == ResourceState.DISABLED for one in found))
    for one in found:
        if one.clone or one.bundle:
            name = one.id if one.group else one.outermost
            yield ACTIVE.of(len(one.running(states.lost)), name, maximum=instances_expected(one, states))
            if one.promotable:
                yield PROMOTED.of(len(one.promoted_on(states.lost)), name, maximum=promoted_expected(one, states))


def _row(resource: ResourceInstances, states: ResourceStates) -> Row:
    """Return ``ms_db: Promoted on node1, Unpromoted on node2, node3``."""
    roles: Dict[str, List[str]] = {}
    for one in resource.primitives:
        primitive = one.primitive
        what = f"{plain(primitive.id)} {primitive.role}" if resource.bundle else primitive.role
        if primitive.failed or primitive.blocked or primitive.orphaned or not primitive.managed:
            marks = [mark for mark in ("failed", "blocked", "orphaned") if getattr(primitive, mark)]
            marks += [] if primitive.managed else ["unmanaged"]
            what += f" ({', '.join(marks)})"
        nodes = [f"{node} (lost)" if node in states.lost else node for node in primitive.nodes]
        roles.setdefault(what, []).extend(nodes)
    state = states.state(resource)
    known = {ResourceState.RUNNING: "", ResourceState.DOWN: "; should run"}.get(state, f"; {state}")
    texts = [f"{role} on {', '.join(nodes)}" if nodes else role for role, nodes in roles.items()]
    return Row(resource.subject, f"{', '.join(texts)}{known}", resource.label)


CHECK = Check(
    name="resources",
    manual=__doc__,
    readings=(CLUSTER, CIB),
    conditions=(
        NO_DC, NO_QUORUM, STOPPED, ON_LOST_NODE, FAILED, BLOCKED, MULTIPLE_ACTIVE, NOT_PROMOTED, NOT_LISTED,
        CLONE_INCOMPLETE, PROMOTED_INCOMPLETE, ORPHANED,
        FAILURE_IGNORED, UNMANAGED, MAINTENANCE, DISABLED, STOPPED_ALL, NO_TICKET, LOCKED,
        PENDING, WRONG_NODE, WRONG_ROLE, NO_RESOURCE, FILTERED_OUT,
    ),
    metrics=(
        DOWN, TOTAL, RUNNING, FAILED_COUNT, BLOCKED_COUNT, UNMANAGED_COUNT, DISABLED_COUNT, ACTIVE, PROMOTED,
    ),
    judge=judge,
    scope=Scope.CLUSTER,
    number=DOWN,
    options=ResourceOptions,
    filters="resource",
)  # fmt: skip
