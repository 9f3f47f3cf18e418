"""Does everything run that should, where it should?

Asks crm_mon for the resources - groups, clones, groups in clones, promotable clones, bundles, fence devices too - and
cibadmin for what crm_mon does not tell: which resources depend on a ticket, and the names of those it leaves out.
A resource that should run and runs nowhere is critical, even where Pacemaker no longer counts it as failed. A clone is
compared with the nodes that could run it (online, not in standby or maintenance, in good health, not banned), never
with clone-max. What is down because of something else is told with its cause, and a cause is told once: no DC, no
quorum, maintenance mode, stop-all-resources, no node to run on, a lost node, an earlier member of the same group.

-i and -x match the resource, its group, its clone or its bundle. --expect takes a node or a role: started, stopped,
promoted, unpromoted; of a promotable clone the node is the one it is promoted on. A resource that is expected to be
stopped, or not to be promoted, does not alarm when it is.

What it cannot see: whether a service works, but for what its last monitor said; what colocation and order constraints
keep from running; nodes that are ruled out by resource-discovery=exclusive (use --severity clone-incomplete=ok).
"""

from __future__ import annotations

from typing import Callable, Dict, Iterator, List, Sequence, Tuple

from check_ha.checks.resources.expected import Expectation, disappointments, expectations, expected_to_be
from check_ha.checks.resources.failed import blocked, failed, failure_ignored, multiple_active, orphaned
from check_ha.checks.resources.instances import Unit
from check_ha.checks.resources.maintenance import in_maintenance, moving, unmanaged
from check_ha.checks.resources.not_running import (
    NO_NODE,
    STOP_ALL,
    common_cause,
    disabled,
    down,
    incomplete,
    locked,
    not_promoted,
    on_lost_nodes,
    without_ticket,
)
from check_ha.checks.resources.state import Remark, Situation, Stand, situation_of
from check_ha.cluster.resources import plain
from check_ha.core.check import Check, Judgement, Measure, Metric
from check_ha.core.condition import FILTERED_OUT, Condition, Severity
from check_ha.core.evidence import Evidence, Reading
from check_ha.core.finding import RESOURCE, Finding, Row, Subject
from check_ha.core.options import FilterOptions, option, pair
from check_ha.core.wording import listed
from check_ha.parsers.cib import parse_cib
from check_ha.parsers.crm_mon import parse_crm_mon
from check_ha.sources.tools import CIBADMIN, CRM_MON

CLUSTER = Reading(CRM_MON, parse_crm_mon)
CIB = Reading(CIBADMIN, parse_cib, required=False)

NO_DC = Condition("no-dc", Severity.CRITICAL, "No designated controller is elected: what runs where is not known.")
NO_QUORUM = Condition(
    "no-quorum", Severity.CRITICAL, "This partition has no quorum, and no-quorum-policy keeps resources from running."
)
STOPPED = Condition("stopped", Severity.CRITICAL, "A resource should run and runs nowhere.")
ON_LOST_NODE = Condition(
    "on-lost-node", Severity.CRITICAL,
    "A resource is shown on a node that is offline or UNCLEAN: nobody knows whether it runs.",
)  # fmt: skip
FAILED = Condition("failed", Severity.CRITICAL, "The last result of a resource counts as failed.")
BLOCKED = Condition(
    "blocked", Severity.CRITICAL, "The cluster will not act on a resource any more until somebody cleans up."
)
MULTIPLE_ACTIVE = Condition("multiple-active", Severity.CRITICAL, "A resource is active on several nodes at once.")
NOT_PROMOTED = Condition("not-promoted", Severity.CRITICAL, "A promotable resource runs, and is promoted nowhere.")
NOT_LISTED = Condition(
    "not-listed", Severity.CRITICAL,
    "A resource is configured and left out by crm_mon (2.0.4 to 2.1.9, 3.0.0: unmanaged on an offline node).",
)  # fmt: skip
CLONE_INCOMPLETE = Condition(
    "clone-incomplete", Severity.WARNING, "A clone or bundle runs on fewer nodes than could run it."
)
ORPHANED = Condition("orphaned", Severity.WARNING, "A resource runs that is no longer configured.")
FAILURE_IGNORED = Condition(
    "failure-ignored", Severity.WARNING, "A resource failed and counts as started (on-fail=ignore)."
)
UNMANAGED = Condition("unmanaged", Severity.WARNING, "The cluster does not manage a resource (is-managed=false).")
MAINTENANCE = Condition(
    "maintenance", Severity.WARNING, "Maintenance of the cluster, a node or a resource: nobody watches and recovers."
)
DISABLED = Condition("disabled", Severity.WARNING, "A resource is stopped on purpose (target-role).")
STOPPED_ALL = Condition("stop-all", Severity.WARNING, "All resources are stopped on purpose (stop-all-resources).")
NO_TICKET = Condition(
    "no-ticket", Severity.WARNING, "A resource waits for a ticket: on the passive site of a geo cluster that is normal."
)
LOCKED = Condition("locked", Severity.WARNING, "A resource is kept for a node that was shut down (shutdown-lock).")
PENDING = Condition("pending", Severity.WARNING, "A resource is being started, stopped, moved, promoted or demoted.")
WRONG_NODE = Condition("wrong-node", Severity.WARNING, "A resource is not on the node that --expect names.")
WRONG_ROLE = Condition("wrong-role", Severity.WARNING, "A resource has not the role that --expect names.")
NO_RESOURCE = Condition("no-resource", Severity.UNKNOWN, "The cluster has no resource to judge.")

DOWN = Metric("cluster.resources.down.count", "resources that should run and do not")
TOTAL = Metric("cluster.resources.total.count", "resources (a clone or bundle counts once)")
RUNNING = Metric("cluster.resources.running.count", "resources that run")
FAILED_COUNT = Metric("cluster.resources.failed.count", "resources that count as failed")
BLOCKED_COUNT = Metric("cluster.resources.blocked.count", "resources that are blocked")
UNMANAGED_COUNT = Metric("cluster.resources.unmanaged.count", "resources that are not managed")
DISABLED_COUNT = Metric("cluster.resources.disabled.count", "resources stopped on purpose")
ACTIVE = Metric("resource.instances.active.count", "instances that run; the maximum should", instance="CLONE")
PROMOTED = Metric("resource.instances.promoted.count", "instances that are promoted", instance="CLONE")


class ResourceOptions(FilterOptions):
    """Options of check_ha_resources."""

    expect: Tuple[Tuple[str, str], ...] = option(
        (), "warn when this resource is not on that node, or not started, stopped, promoted, unpromoted",
        metavar="RES=NODE", parse=pair, repeat=True,
    )  # fmt: skip


Finder = Callable[[Sequence[Unit], Situation], Iterator[Remark]]

_FAULTS: Tuple[Tuple[Condition, Finder], ...] = (
    (MULTIPLE_ACTIVE, multiple_active),
    (BLOCKED, blocked),
    (FAILED, failed),
    (ORPHANED, orphaned),
    (FAILURE_IGNORED, failure_ignored),
    (MAINTENANCE, in_maintenance),
    (UNMANAGED, unmanaged),
    (PENDING, moving),
)
_ABSENCES: Tuple[Tuple[Condition, Finder], ...] = (
    (ON_LOST_NODE, on_lost_nodes),
    (STOPPED, down),
    (NOT_PROMOTED, not_promoted),
    (CLONE_INCOMPLETE, incomplete),
    (DISABLED, disabled),
    (LOCKED, locked),
    (NO_TICKET, without_ticket),
)
"""What is not looked for where a common cause tells all."""

_UNWANTED = {STOPPED: "stopped", DISABLED: "stopped", NO_TICKET: "stopped", NOT_PROMOTED: "unpromoted"}
"""The condition that is none where --expect names this role."""


def judge(evidence: Evidence, options: ResourceOptions) -> Judgement:
    """Judge the selected resources, causes first; all of them are counted."""
    cluster = evidence.get(CLUSTER)
    if cluster is None:
        return Judgement("no resources were read")
    now = situation_of(cluster, evidence.get(CIB))
    selected = [unit for unit in now.units if options.selects(*unit.names)]
    if cluster.dc is None:
        text = "no DC is elected (an election that does not end, or pacemaker just starts)"
        finding = Finding(NO_DC, f"{text}: which of {_count(len(selected), 'resource')} run is not known")
        return Judgement("no DC is elected", (finding,), (TOTAL.of(len(now.units)),))
    expected = expectations(options.expect, cluster)
    return Judgement(
        summary=_summary(selected, now),
        findings=tuple(_findings(selected, now, expected)),
        measures=tuple(_measures(selected, now, expected)),
        rows=tuple(_row(unit, now) for unit in now.units),
    )


def _findings(selected: Sequence[Unit], now: Situation, expected: Sequence[Expectation]) -> Iterator[Finding]:
    if now.units and not selected:
        yield Finding(FILTERED_OUT, f"--include and --exclude leave none of {_count(len(now.units), 'resource')}")
    rest = list(selected)
    cause = common_cause([unit for unit in selected if not expected_to_be("stopped", expected, unit)], now)
    if cause:
        condition = {STOP_ALL: STOPPED_ALL, NO_NODE: STOPPED}.get(cause.kind, NO_QUORUM)
        yield Finding(condition, cause.remark.text, advice=cause.remark.advice)
        explained = {unit.id for unit in cause.of}
        rest = [unit for unit in selected if unit.id not in explained]
    yield from _whole_cluster(now)
    for units, table in ((selected, _FAULTS), (rest, _ABSENCES)):
        for condition, find in table:
            role = _UNWANTED.get(condition, "")
            for remark in find([unit for unit in units if not expected_to_be(role, expected, unit)], now):
                yield Finding(condition, remark.text, advice=remark.advice)
    for one in disappointments(expected, now.units, now.lost):
        yield Finding(WRONG_ROLE if one.expectation.role else WRONG_NODE, one.text)


def _whole_cluster(now: Situation) -> Iterator[Finding]:
    """What no filter leaves out."""
    cluster = now.cluster
    if cluster.options.maintenance_mode:
        text = f"the cluster is in maintenance mode: nobody watches its {_count(len(now.units), 'resource')}"
        yield Finding(MAINTENANCE, text, advice="crm_attribute --name maintenance-mode --delete")
    if not now.units and not cluster.instances_configured:
        yield Finding(NO_RESOURCE, "the cluster has no resources")
    shown = [one.primitive for one in cluster.primitives()]
    gap = (cluster.instances_configured or 0) - len(shown)
    if gap > 0:
        # a clone with clone-max=0 is in the CIB, and neither counted nor listed
        ids = {plain(primitive.id) for primitive in shown}
        names = [one.id for one in now.cib.primitives if one.id not in ids] if now.cib else []
        yield Finding(
            NOT_LISTED, f"{listed(names) or _count(gap, 'resource instance')}: configured, but left out by crm_mon, "
            "as it does with what is unmanaged on a lost node",
            advice=f"crm_resource --locate --resource {names[0] if names else 'NAME'}",
        )  # fmt: skip
    if cluster.instances_blocked and not any(primitive.blocked for primitive in shown):
        yield Finding(BLOCKED, f"{_count(cluster.instances_blocked, 'resource')} blocked, and left out by crm_mon")


def _summary(selected: Sequence[Unit], now: Situation) -> str:
    running = sum(now.stand(unit) == Stand.RUNNING for unit in selected)
    number = _count(len(selected), "resource")
    text = f"{running} of {number} run"
    if running == len(selected):
        text = "1 resource runs" if running == 1 else f"all {number} run"
    places = {unit.top: ", ".join(unit.promoted_on(now.lost)) for unit in selected if unit.promotable}
    promoted = [f"{name} promoted on {nodes}" for name, nodes in places.items() if nodes]
    return "; ".join([text, listed(promoted, 4)] if promoted else [text])


def _measures(selected: Sequence[Unit], now: Situation, expected: Sequence[Expectation]) -> Iterator[Measure]:
    units = now.units
    wanted = (unit for unit in units if not expected_to_be("stopped", expected, unit))
    absent = {unit.id for unit in wanted if now.stand(unit) in (Stand.DOWN, Stand.LOST)}
    yield DOWN.of(len(absent), maximum=len(units), judged=sum(unit.id in absent for unit in selected))
    yield TOTAL.of(len(units))
    yield RUNNING.of(sum(now.stand(unit) == Stand.RUNNING for unit in units), maximum=len(units))
    yield FAILED_COUNT.of(sum(any(one.primitive.failed for one in unit.members) for unit in units))
    yield BLOCKED_COUNT.of(sum(any(one.primitive.blocked for one in unit.members) for unit in units))
    yield UNMANAGED_COUNT.of(sum(any(not one.primitive.managed for one in unit.members) for unit in units))
    yield DISABLED_COUNT.of(sum(now.stand(unit) == Stand.DISABLED for unit in units))
    for unit in units:
        if unit.clone or unit.bundle:
            name = unit.id if unit.group else unit.top
            yield ACTIVE.of(len(unit.live(now.lost)), name, maximum=now.expected(unit))
            if unit.promotable:
                yield PROMOTED.of(len(unit.promoted_on(now.lost)), name)


def _row(unit: Unit, now: Situation) -> Row:
    """``ms_db: Promoted on node1, Unpromoted on node2, node3``."""
    roles: Dict[str, List[str]] = {}
    for one in unit.members:
        primitive = one.primitive
        what = f"{plain(primitive.id)} {primitive.role}" if unit.bundle else primitive.role
        marks = [mark for mark in ("failed", "blocked", "orphaned") if getattr(primitive, mark)]
        marks += [] if primitive.managed else ["unmanaged"]
        what += f" ({', '.join(marks)})" if marks else ""
        roles.setdefault(what, []).extend(f"{node} (lost)" if node in now.lost else node for node in primitive.nodes)
    stand = now.stand(unit)
    known = {Stand.RUNNING: "", Stand.DOWN: "; should run"}.get(stand, f"; {stand}")
    texts = (f"{role} on {', '.join(nodes)}" if nodes else role for role, nodes in roles.items())
    return Row(Subject(RESOURCE, unit.id), f"{', '.join(texts)}{known}", unit.label)


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


CHECK = Check(
    name="resources",
    manual=__doc__,
    readings=(CLUSTER, CIB),
    conditions=(
        NO_DC, NO_QUORUM, STOPPED, ON_LOST_NODE, FAILED, BLOCKED, MULTIPLE_ACTIVE, NOT_PROMOTED, NOT_LISTED,
        CLONE_INCOMPLETE, ORPHANED, FAILURE_IGNORED, UNMANAGED, MAINTENANCE, DISABLED, STOPPED_ALL, NO_TICKET, LOCKED,
        PENDING, WRONG_NODE, WRONG_ROLE, NO_RESOURCE, FILTERED_OUT,
    ),
    metrics=(
        DOWN, TOTAL, RUNNING, FAILED_COUNT, BLOCKED_COUNT, UNMANAGED_COUNT, DISABLED_COUNT, ACTIVE, PROMOTED,
    ),
    judge=judge,
    number=DOWN,
    options=ResourceOptions,
    filters="resource",
)  # fmt: skip
