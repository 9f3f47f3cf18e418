"""What failed, how recently, and how close is it to being banned?

Asks crm_mon for the failed actions and fail-counts it lists. Both are history: they stay after the resource has
recovered, until somebody cleans up or failure-timeout passes, and that is why a recovered failure still warns. With
--max-age an old failure no longer alarms (-v still lists it); what it left behind - a resource that is down, a node
that is banned - always does.

A probe that found a resource not running is no failure, and whatever else Pacemaker does not list as one is none.
"""

from __future__ import annotations

from datetime import datetime
from typing import Dict, Iterator, List, Mapping, Optional, Sequence

from check_ha.cluster.resources import (
    bans,
    cleanup,
    count_text,
    instances_by_id,
    names_of,
    plain,
    reason_of,
    should_run,
)
from check_ha.core.check import Check, Judgement, Measure, Metric
from check_ha.core.condition import FILTERED_OUT, Condition, Severity
from check_ha.core.evidence import Evidence, Reading
from check_ha.core.finding import RESOURCE, Finding, Row, Subject
from check_ha.core.options import FilterOptions, duration, option
from check_ha.core.wording import age
from check_ha.model.cib import STATUS
from check_ha.model.cluster import INFINITY, Cluster, FailCount, Failure, Placed
from check_ha.parsers.crm_mon import parse_crm_mon
from check_ha.sources.tools import CRM_MON

CLUSTER = Reading(CRM_MON, parse_crm_mon, parts=(STATUS,))

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
    instances = instances_by_id(cluster)
    selected = _selected(cluster, instances, options)
    failures = [failure for failure in cluster.failures if selected[plain(failure.resource)]]
    counts = [count for count in _counts(cluster, instances) if selected[plain(count.resource)]]
    recent = [failure for failure in failures if _recent(failure.when, cluster, options)]
    findings = [
        *([] if cluster.options.stop_all_resources else _down(failures, counts, instances)),
        *_reached(counts),
        *_failed(recent, counts, cluster),
        *_counted([one for one in counts if _recent(one.last_failure, cluster, options)], recent),
    ]
    if selected and not any(selected.values()):
        findings.append(Finding(FILTERED_OUT, f"--include and --exclude leave none of {len(selected)} resources"))
    old = len(failures) - len(recent)
    return Judgement(
        summary=_summary(sum(selected.values()), old),
        findings=tuple(findings),
        measures=tuple(_measures(cluster, len(recent))),
        rows=tuple(_rows(failures, counts, cluster)),
    )


def _selected(
    cluster: Cluster, instances: Mapping[str, Sequence[Placed]], options: FailedActionOptions
) -> Dict[str, bool]:
    """Every resource that is configured or failed, and whether it is to be judged, by its name or that of its group."""
    failed = (*(one.resource for one in cluster.failures), *(one.resource for one in cluster.fail_counts))
    selected = {name: options.selects(*names_of(placed[0])) for name, placed in instances.items()}
    return {**{name: options.selects(name) for name in map(plain, failed)}, **selected}


def _counts(cluster: Cluster, instances: Mapping[str, Sequence[Placed]]) -> Iterator[FailCount]:
    """The fail-counts; of a resource with on-fail=ignore none ever bans it, as with migration-threshold=0."""
    for one in cluster.fail_counts:
        ignored = any(placed.primitive.failure_ignored for placed in instances.get(plain(one.resource), ()))
        yield one._replace(migration_threshold=0) if ignored else one


def _age(when: Optional[datetime], cluster: Cluster) -> Optional[float]:
    return None if when is None or cluster.updated is None else (cluster.updated - when).total_seconds()


def _recent(when: Optional[datetime], cluster: Cluster, options: FailedActionOptions) -> bool:
    """Whether it alarms; one whose age is not known does."""
    seconds = _age(when, cluster)
    return options.max_age is None or seconds is None or seconds <= options.max_age


def _down(
    failures: Sequence[Failure], counts: Sequence[FailCount], instances: Mapping[str, Sequence[Placed]]
) -> Iterator[Finding]:
    """Resources that failed and run nowhere, although they should."""
    failed = dict.fromkeys(plain(name) for name in (*(f.resource for f in failures), *(c.resource for c in counts)))
    for name in failed:
        placed = instances.get(name, ())
        if placed and not any(one.primitive.active for one in placed) and any(should_run(one) for one in placed):
            own = [failure for failure in failures if plain(failure.resource) == name]
            last = max(own, key=lambda one: one.when or datetime.min, default=None)
            why = f": {last.task} on {last.node} failed ({reason_of(last)})" if last else ""
            yield Finding(RESOURCE_DOWN, f"{name} failed and runs nowhere{why}", advice=cleanup(name))


def _reached(counts: Sequence[FailCount]) -> Iterator[Finding]:
    """Bans, one finding a resource: the nodes it may not run on, with the fail-count that bans it from them."""
    banned: Dict[str, Dict[str, List[str]]] = {}
    for one in counts:
        if bans(one):
            banned.setdefault(plain(one.resource), {}).setdefault(count_text(one), []).append(one.node)
    for resource, places in banned.items():
        told = ", ".join(f"{', '.join(nodes)} (fail-count {count})" for count, nodes in places.items())
        yield Finding(THRESHOLD_REACHED, f"{resource} is banned from {told}", advice=cleanup(resource))


def _failed(failures: Sequence[Failure], counts: Sequence[FailCount], cluster: Cluster) -> Iterator[Finding]:
    fail_counts = {(plain(one.resource), one.node): one for one in counts}
    for failure in failures:
        count = fail_counts.get((plain(failure.resource), failure.node))
        text = f"{failure.resource}: {failure.task} on {failure.node} failed {age(_age(failure.when, cluster))}"
        text += f" ({reason_of(failure)})"
        if count and count.fail_count < count.migration_threshold < INFINITY:
            text += f", {_next_bans(count)}"
        yield Finding(FAILED_ACTION, text, advice=cleanup(failure.resource, failure.node))


def _next_bans(one: FailCount) -> str:
    left = one.migration_threshold - one.fail_count
    failures = "the next failure bans" if left == 1 else f"{left} more failures ban"
    return f"{one.fail_count} of {one.migration_threshold} failures, {failures} it from {one.node}"


def _counted(counts: Sequence[FailCount], failures: Sequence[Failure]) -> Iterator[Finding]:
    """Fail-counts that no listed failure has told already."""
    told = {(plain(failure.resource), failure.node) for failure in failures}
    for one in counts:
        if bans(one) or (plain(one.resource), one.node) in told:
            continue
        text = f"{one.resource}: fail-count {_number(one.fail_count)} on {one.node}"
        if one.orphan:
            text += ", of a resource that is no longer configured"
        elif one.fail_count < one.migration_threshold < INFINITY:
            text = f"{one.resource}: {_next_bans(one)}"
        yield Finding(FAIL_COUNT, text, advice=cleanup(one.resource, one.node))


def _summary(looked: int, old: int) -> str:
    text = f"{looked} resource{'s' if looked != 1 else ''}, no failed actions"
    return f"{text} but {old} older than --max-age" if old else text


def _measures(cluster: Cluster, judged: int) -> Iterator[Measure]:
    yield FAILED.of(len(cluster.failures), judged=judged)
    failed: Dict[str, int] = {}
    for failure in cluster.failures:
        failed[plain(failure.resource)] = failed.get(plain(failure.resource), 0) + 1
    for name, number in failed.items():
        yield RESOURCE_FAILED.of(number, name)
    for one in cluster.fail_counts:
        yield FAIL_COUNT_METRIC.of(one.fail_count, f"{one.resource}@{one.node}")


def _rows(failures: Sequence[Failure], counts: Sequence[FailCount], cluster: Cluster) -> Iterator[Row]:
    for failure in failures:
        interval = f", every {failure.interval // 1000} s" if failure.interval else ""
        words = ", ".join(word for word in (failure.exit_status, failure.status) if word)
        reason = f": {failure.reason}" if failure.reason else ""
        state = (
            f"{failure.task}{interval} on {failure.node}, exit {failure.exit_code}"
            f"{f' ({words})' if words else ''}, {age(_age(failure.when, cluster))}{reason}; "
            f"{cleanup(failure.resource, failure.node)}"
        )
        yield Row(Subject(RESOURCE, plain(failure.resource)), state, failure.resource)
    for one in counts:
        threshold = _number(one.migration_threshold)
        state = f"fail-count {_number(one.fail_count)} on {one.node}, migration-threshold {threshold}"
        yield Row(Subject(RESOURCE, plain(one.resource)), state, one.resource)


def _number(count: int) -> str:
    return "INFINITY" if count >= INFINITY else str(count)


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
