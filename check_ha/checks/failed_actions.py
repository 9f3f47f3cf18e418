"""What failed, how recently, and how close is it to being banned?

Asks crm_mon for the failed actions and fail-counts it lists. Both are history: they stay after the resource has
recovered, until somebody cleans up or failure-timeout passes, and that is why a recovered failure still warns. With
--max-age an old failure no longer alarms (-v still lists it); what it left behind - a resource that is down, a node
that is banned - always does.

A probe that found a resource not running is no failure, and whatever else Pacemaker does not list as one is none.
"""

from __future__ import annotations

from datetime import datetime
from typing import Collection, Dict, Iterator, List, Optional, Sequence

from check_ha.commandline.command import command
from check_ha.judgement.check import Check, Judgement, Measure, Metric
from check_ha.judgement.conditions import FILTERED_OUT, Condition, Finding, Severity
from check_ha.judgement.evidence import Evidence, Reading
from check_ha.judgement.options import FilterOptions, age, duration, option
from check_ha.model.cluster import INFINITY, Cluster, FailCount, Failure, Placed
from check_ha.parsers.crm_mon import parse_crm_mon
from check_ha.sources.tools import CRM_MON

CLUSTER = Reading(CRM_MON, parse_crm_mon)

FAILED_ACTION = Condition("failed-action", Severity.WARNING, "Pacemaker lists a failed action of a resource.")
FAIL_COUNT = Condition(
    "fail-count", Severity.WARNING, "A resource has a fail-count below its migration-threshold on a node."
)
THRESHOLD_REACHED = Condition(
    "threshold-reached", Severity.CRITICAL, "A fail-count is at migration-threshold or INFINITY: banned from that node."
)
RESOURCE_DOWN = Condition(
    "resource-down", Severity.CRITICAL, "A resource that failed should run and is active on no node."
)

FAILED = Metric("cluster.actions.failed.count", "failed actions")
RESOURCE_FAILED = Metric("resource.actions.failed.count", "failed actions of this resource", instance="RESOURCE")
FAIL_COUNT_METRIC = Metric("resource.failures.count", "fail-count on this node", instance="RESOURCE@NODE")


class FailedActionOptions(FilterOptions):
    """Options of check_ha_failed_actions."""

    max_age: Optional[float] = option(
        None, "failures that are older do not alarm: 90s, 15m, 6h, 2d", metavar="DURATION", parse=duration
    )


def judge(evidence: Evidence, options: FailedActionOptions) -> Judgement:
    """Judge failures and fail-counts of the selected resources; all of them are counted."""
    cluster = evidence.get(CLUSTER)
    if cluster is None:
        return Judgement("no failures were read")
    instances = _instances(cluster)
    failures = [failure for failure in cluster.failures if options.selects(_plain(failure.resource))]
    counts = [count for count in cluster.fail_counts if options.selects(_plain(count.resource))]
    recent = [failure for failure in failures if _recent(failure.when, cluster, options)]
    findings = [
        *_down(failures, counts, instances),
        *_reached(counts),
        *_failed(recent, counts, cluster),
        *_counted([one for one in counts if _recent(one.last_failure, cluster, options)], recent),
    ]
    names = {_plain(name) for name in instances} | {_plain(failure.resource) for failure in cluster.failures}
    if names and not any(options.selects(name) for name in names):
        findings.append(Finding(FILTERED_OUT, f"--include and --exclude leave none of {len(names)} resources"))
    old = len(failures) - len(recent)
    return Judgement(
        summary=_summary(names, options, old),
        findings=tuple(findings),
        measures=tuple(_measures(cluster)),
        details=tuple(_details(failures, counts, cluster)),
    )


def _plain(resource: str) -> str:
    """The resource without the number of its clone instance: ``p_db:0`` is an instance of ``p_db``."""
    name, colon, number = resource.rpartition(":")
    return name if colon and number.isdigit() else resource


def _instances(cluster: Cluster) -> Dict[str, List[Placed]]:
    """All instances of each resource, by plain id."""
    instances: Dict[str, List[Placed]] = {}
    for placed in cluster.primitives():
        instances.setdefault(_plain(placed.primitive.id), []).append(placed)
    return instances


def _age(when: Optional[datetime], cluster: Cluster) -> Optional[float]:
    return None if when is None or cluster.updated is None else (cluster.updated - when).total_seconds()


def _recent(when: Optional[datetime], cluster: Cluster, options: FailedActionOptions) -> bool:
    """Whether it alarms; one whose age is not known does."""
    seconds = _age(when, cluster)
    return options.max_age is None or seconds is None or seconds <= options.max_age


def _down(
    failures: Sequence[Failure], counts: Sequence[FailCount], instances: Dict[str, List[Placed]]
) -> Iterator[Finding]:
    """Resources that failed and run nowhere, although they should."""
    failed = dict.fromkeys(_plain(name) for name in (*(f.resource for f in failures), *(c.resource for c in counts)))
    for name in failed:
        placed = instances.get(name, [])
        if placed and not any(one.primitive.active for one in placed) and any(_should_run(one) for one in placed):
            last = next((failure for failure in failures if _plain(failure.resource) == name), None)
            why = f": {last.task} on {last.node} failed ({_reason(last)})" if last else ""
            yield Finding(RESOURCE_DOWN, f"{name} failed and runs nowhere{why}", _cleanup(name))


def _should_run(placed: Placed) -> bool:
    targets = [placed.primitive.target_role, *(getattr(parent, "target_role", None) for parent in placed.parents)]
    return "Stopped" not in targets and not placed.primitive.orphaned and not placed.primitive.locked_to


def _reached(counts: Sequence[FailCount]) -> Iterator[Finding]:
    """Bans, one finding a resource: the nodes it may not run on, with the fail-count that bans it."""
    bans: Dict[str, List[str]] = {}
    for one in counts:
        if one.fail_count >= one.migration_threshold:
            count = "INFINITY" if one.fail_count >= INFINITY else f"{one.fail_count} of {one.migration_threshold}"
            bans.setdefault(_plain(one.resource), []).append(f"{one.node} (fail-count {count})")
    for resource, places in bans.items():
        yield Finding(THRESHOLD_REACHED, f"{resource} is banned from {', '.join(places)}", _cleanup(resource))


def _failed(failures: Sequence[Failure], counts: Sequence[FailCount], cluster: Cluster) -> Iterator[Finding]:
    fail_counts = {(_plain(one.resource), one.node): one for one in counts}
    for failure in failures:
        count = fail_counts.get((_plain(failure.resource), failure.node))
        text = f"{failure.resource}: {failure.task} on {failure.node} failed {age(_age(failure.when, cluster))}"
        text += f" ({_reason(failure)})"
        if count and count.fail_count < count.migration_threshold < INFINITY:
            text += f", {_next_bans(count)}"
        yield Finding(FAILED_ACTION, text, _cleanup(failure.resource, failure.node))


def _next_bans(one: FailCount) -> str:
    left = one.migration_threshold - one.fail_count
    failures = "the next failure bans" if left == 1 else f"{left} more failures ban"
    return f"{one.fail_count} of {one.migration_threshold} failures, {failures} it from {one.node}"


def _counted(counts: Sequence[FailCount], failures: Sequence[Failure]) -> Iterator[Finding]:
    """Fail-counts that no listed failure has told already."""
    told = {(_plain(failure.resource), failure.node) for failure in failures}
    for one in counts:
        if one.fail_count >= one.migration_threshold or (_plain(one.resource), one.node) in told:
            continue
        threshold = one.migration_threshold
        text = _next_bans(one) if threshold < INFINITY else f"fail-count {one.fail_count} on {one.node}"
        yield Finding(FAIL_COUNT, f"{one.resource}: {text}", _cleanup(one.resource, one.node))


def _reason(failure: Failure) -> str:
    """The agent's words where it gave some, else the exit code in words; a time-out says so."""
    words = failure.reason or failure.exit_status
    timed_out = failure.status.lower() == "timed out"
    return f"timed out; {words}" if timed_out and failure.reason else "timed out" if timed_out else words


def _cleanup(resource: str, node: str = "") -> str:
    return f"when the cause is mended: crm_resource --cleanup --resource {_plain(resource)}" + (
        f" --node {node}" if node else ""
    )


def _summary(names: Collection[str], options: FailedActionOptions, old: int) -> str:
    looked = sum(options.selects(name) for name in names)
    text = f"{looked} resource{'s' if looked != 1 else ''}, no failed actions"
    return f"{text} but {old} older than --max-age" if old else text


def _measures(cluster: Cluster) -> Iterator[Measure]:
    yield FAILED.of(len(cluster.failures))
    failed: Dict[str, int] = {}
    for failure in cluster.failures:
        failed[_plain(failure.resource)] = failed.get(_plain(failure.resource), 0) + 1
    for name, number in failed.items():
        yield RESOURCE_FAILED.of(number, name)
    for one in cluster.fail_counts:
        yield FAIL_COUNT_METRIC.of(one.fail_count, f"{one.resource}@{one.node}")


def _details(failures: Sequence[Failure], counts: Sequence[FailCount], cluster: Cluster) -> Iterator[str]:
    for failure in failures:
        interval = f", every {failure.interval // 1000} s" if failure.interval else ""
        yield (
            f"{failure.resource}: {failure.task}{interval} on {failure.node}, exit {failure.exit_code} "
            f"({failure.exit_status}), {failure.status}, {age(_age(failure.when, cluster))}"
            f"{': ' + failure.reason if failure.reason else ''}; {_cleanup(failure.resource, failure.node)}"
        )
    for one in counts:
        threshold = "INFINITY" if one.migration_threshold >= INFINITY else str(one.migration_threshold)
        count = "INFINITY" if one.fail_count >= INFINITY else str(one.fail_count)
        yield f"{one.resource}: fail-count {count} on {one.node}, migration-threshold {threshold}"


CHECK = Check(
    name="failed_actions",
    manual=__doc__,
    readings=(CLUSTER,),
    conditions=(FAILED_ACTION, FAIL_COUNT, THRESHOLD_REACHED, RESOURCE_DOWN, FILTERED_OUT),
    metrics=(FAILED, RESOURCE_FAILED, FAIL_COUNT_METRIC),
    judge=judge,
    number=FAILED,
    options=FailedActionOptions,
    filters="resource",
)

main = command(CHECK)
