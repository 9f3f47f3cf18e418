"""What failed, how recently, and how close is it to being banned?

Asks crm_mon for the failed actions and fail-counts it lists. Both are history: they stay after the resource has
recovered, until somebody cleans up or failure-timeout passes, and that is why a recovered failure still warns. With
--max-age an old failure no longer alarms (-v still lists it); what it left behind - a resource that is down, a node
that is banned - always does.

A resource that fails and recovers between two looks is not well, though nothing may be listed when one looks: what an
earlier run saw, and failure-timeout has cleared since, warns for --max-age (1h where none is given). A cleanup ends
that; cibadmin shows which resources have a failure-timeout. This needs state between two runs (see --state-dir; a
replay with --from keeps none).

Ages are by the clocks of the nodes. A time in the future, or one that cannot be right as the last run did not see that
failure, is told as such and never hidden by --max-age.

Only what Pacemaker lists as a failure is one: a probe that found a resource not running is not. crm_mon before 1.1.12
lists no failed actions, and before 1.1.14 no fail-counts: they are read from the status section of the CIB (cibadmin).
"""

from __future__ import annotations

from functools import partial
from typing import Dict, Iterator, Mapping, Optional, Sequence

from check_ha.checks.failed_actions.listed import (
    CONDITIONS,
    cleanup,
    down,
    fail_counts,
    failed_actions,
    not_shown,
    number,
    reached,
    without_history,
)
from check_ha.checks.failed_actions.remembered import (
    DEFAULT,
    FAILED_SINCE,
    Stamps,
    expired_since,
    findings_of,
    kept,
    recent_count,
    seen_before,
    seen_now,
)
from check_ha.cluster.completed import completed
from check_ha.cluster.resource_states.states import ResourceStates
from check_ha.cluster.resources import instances_by_id, names_of, plain
from check_ha.core.check import Check, Judgement, Measure, Metric, Scope
from check_ha.core.condition import FILTERED_OUT, WITH_MEMORY
from check_ha.core.evidence import Evidence, Reading
from check_ha.core.finding import RESOURCE, Finding, Row, Subject
from check_ha.core.options import FilterOptions, duration, option
from check_ha.core.wording import age, count
from check_ha.model.cib_parts import RESOURCES, STATUS
from check_ha.model.cluster import Cluster, FailCount, Failure, Placed
from check_ha.parsers.cib import parse_cib
from check_ha.parsers.crm_mon import parse_crm_mon
from check_ha.sources.tools import CIBADMIN, CRM_MON

CLUSTER = Reading(CRM_MON, parse_crm_mon, parts=(STATUS,))
CIB = Reading(CIBADMIN, parse_cib, silent=True, parts=(RESOURCES,))

FAILED = Metric("cluster.actions.failed.count", "failed actions")
RESOURCE_FAILED = Metric("resource.actions.failed.count", "failed actions of this resource", instance="RESOURCE")
FAIL_COUNT_METRIC = Metric("resource.failures.count", "fail-count on this node", instance="RESOURCE@NODE")


class FailedActionOptions(FilterOptions):
    """Options of check_ha_failed_actions."""

    max_age: Optional[float] = option(
        None, "older failures raise no alarm: 90s, 15m, 6h, 2d", metavar="DURATION", parse=duration
    )


def judge(evidence: Evidence, options: FailedActionOptions) -> Judgement:
    """Judge failures and fail-counts of the selected resources; all of them are counted."""
    cluster = evidence.get(CLUSTER)
    if cluster is None:
        return Judgement("no failures were read")
    cib = evidence.get(CIB)
    cluster = completed(cluster, cib, evidence.now)
    instances, stamps = instances_by_id(cluster), Stamps(cluster, evidence)
    selected = _selected(cluster, instances, options)
    failures = [failure for failure in cluster.failures if selected[plain(failure.resource)]]
    counts = [one for one in _counts(cluster, instances) if selected[plain(one.resource)]]
    recent = [failure for failure in failures if stamps.recent(failure, options.max_age)]
    before = seen_before(evidence)
    current = seen_now(cluster, stamps, before, evidence.now)
    oldest = evidence.now - (DEFAULT if options.max_age is None else options.max_age)
    expired = expired_since(before, current, cib, cluster, oldest)
    findings = [
        *down(failures, counts, instances, partial(ResourceStates, cluster, evidence.get(CIB), evidence.now)),
        *reached(counts),
        *failed_actions(recent, counts, stamps),
        *fail_counts([one for one in counts if recent_count(one, cluster, options.max_age)], recent),
        *findings_of([one for one in expired.values() if selected.get(one.resource)], evidence.now, cluster),
        *not_shown(cluster, cib, evidence.failed[CIBADMIN].reason if CIBADMIN in evidence.failed else ""),
        *without_history(cluster, cib, {name: placed for name, placed in instances.items() if selected[name]}),
    ]
    if selected and not any(selected.values()):
        none = f"--include and --exclude leave none of {count(len(selected), 'resource')}"
        findings.append(Finding(FILTERED_OUT, none))
    return Judgement(
        summary=_summary(sum(selected.values()), len(failures) - len(recent)),
        findings=tuple(findings),
        measures=tuple(_measures(cluster, len(recent))),
        rows=tuple(_rows(failures, counts, stamps)),
        remember={"failed": kept(current, expired), **stamps.remember},
    )


def _selected(
    cluster: Cluster, instances: Mapping[str, Sequence[Placed]], options: FailedActionOptions
) -> Dict[str, bool]:
    """Return every resource that is configured or failed, and whether its name, or that of its group, is selected."""
    failed = (*(one.resource for one in cluster.failures), *(one.resource for one in cluster.fail_counts))
    selected = {name: options.selects(*names_of(placed[0])) for name, placed in instances.items()}
    return {**{name: options.selects(name) for name in map(plain, failed)}, **selected}


def _counts(cluster: Cluster, instances: Mapping[str, Sequence[Placed]]) -> Iterator[FailCount]:
    """Yield the fail-counts; of a resource with on-fail=ignore none ever bans it, as with migration-threshold=0."""
    for one in cluster.fail_counts:
        ignored = any(placed.primitive.failure_ignored for placed in instances.get(plain(one.resource), ()))
        yield one._replace(migration_threshold=0) if ignored else one


def _summary(looked: int, old: int) -> str:
    text = f"{count(looked, 'resource')}, no failed actions"
    return f"{text} but {old} older than --max-age" if old else text


def _measures(cluster: Cluster, judged: int) -> Iterator[Measure]:
    yield FAILED.of(len(cluster.failures), judged=judged)
    failed: Dict[str, int] = {}
    for failure in cluster.failures:
        failed[plain(failure.resource)] = failed.get(plain(failure.resource), 0) + 1
    for name, times in failed.items():
        yield RESOURCE_FAILED.of(times, name)
    for one in cluster.fail_counts:
        yield FAIL_COUNT_METRIC.of(one.fail_count, f"{one.resource}@{one.node}")


def _rows(failures: Sequence[Failure], counts: Sequence[FailCount], stamps: Stamps) -> Iterator[Row]:
    for failure in failures:
        interval = f", every {failure.interval // 1000} s" if failure.interval else ""
        words = ", ".join(word for word in (failure.exit_status, failure.status) if word)
        reason = f": {failure.reason}" if failure.reason else ""
        state = (
            f"{failure.task}{interval} on {failure.node}, exit {failure.exit_code}"
            f"{f' ({words})' if words else ''}, {age(stamps.seconds(failure))}{reason}; "
            f"once the cause is fixed: {cleanup(failure.resource, failure.node)}"
        )
        yield Row(Subject(RESOURCE, plain(failure.resource)), state, failure.resource)
    for one in counts:
        threshold = number(one.migration_threshold)
        state = f"fail-count {number(one.fail_count)} on {one.node}, migration-threshold {threshold}"
        yield Row(Subject(RESOURCE, plain(one.resource)), state, one.resource)


CHECK = Check(
    name="failed_actions",
    manual=__doc__,
    readings=(CLUSTER, CIB),
    conditions=(*CONDITIONS, FAILED_SINCE, FILTERED_OUT),
    metrics=(FAILED, RESOURCE_FAILED, FAIL_COUNT_METRIC),
    judge=judge,
    scope=Scope.CLUSTER,
    number=FAILED,
    options=FailedActionOptions,
    filters="resource",
    remembers=True,
    shared=WITH_MEMORY,
)
