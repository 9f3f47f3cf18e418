"""What an old crm_mon does not list, and the status section of the CIB has: failed actions (before 1.1.12, in which
they came), and fail-counts (before 1.1.14)."""

from datetime import datetime, timedelta
from typing import Dict, Iterator, Optional

from check_ha.cluster.resources import plain
from check_ha.model.cib import Cib, CountedFailures, FailedOperation, Pairs
from check_ha.model.cluster import INFINITY, Cluster, FailCount, Failure

LISTS_FAILURES = (1, 1, 12)
LISTS_COUNTS = (1, 1, 14)

_WORDS = {
    1: "unknown error",
    2: "invalid parameter",
    3: "unimplemented feature",
    4: "insufficient privileges",
    5: "not installed",
    6: "not configured",
    7: "not running",
    8: "master",
    9: "master (failed)",
}
"""What crm_mon 1.1 makes of exit codes."""


def with_recorded(cluster: Cluster, cib: Optional[Cib], now: float) -> Cluster:
    """Return the cluster with the failures that this crm_mon leaves out, where the CIB tells them.

    ``now`` is the time at which crm_mon ran, in seconds since the epoch: the CIB has such, crm_mon has the local time.
    """
    if not cluster.version or cluster.version >= LISTS_COUNTS or cib is None or cib.recorded is None:
        return cluster
    known = {plain(one.primitive.id) for one in cluster.primitives() if not one.primitive.orphaned}
    counts = tuple(_fail_count(one, cib, cluster.updated, now) for one in cib.recorded.counts)
    counts = tuple(one._replace(orphan=plain(one.resource) not in known) for one in counts)
    if cluster.version < LISTS_FAILURES:
        failures = tuple(_failure(one, cluster.updated, now) for one in cib.recorded.operations)
        cluster = cluster._replace(failures=failures)
    return cluster._replace(fail_counts=counts, history=cib.recorded.history)


def _failure(one: FailedOperation, updated: Optional[datetime], now: float) -> Failure:
    return Failure(
        resource=one.resource,
        task=one.task,
        node=one.node,
        exit_code=one.exit_code,
        exit_status=_WORDS.get(one.exit_code, ""),
        reason=one.reason,
        status="Timed Out" if one.timed_out else "complete",
        interval=one.interval,
        when=_local(one.when, updated, now),
        call=one.call,
    )


def _fail_count(one: CountedFailures, cib: Cib, updated: Optional[datetime], now: float) -> FailCount:
    return FailCount(
        node=one.node,
        resource=one.resource,
        fail_count=one.fail_count,
        migration_threshold=_threshold(plain(one.resource), cib),
        last_failure=_local(one.last_failure, updated, now),
    )


def _local(when: Optional[int], updated: Optional[datetime], now: float) -> Optional[datetime]:
    """Return the time by the clock of the node; None also for one that no calendar has."""
    if when is None or updated is None:
        return None
    try:
        return updated - timedelta(seconds=round(now) - when)
    except OverflowError:
        return None


def _threshold(resource: str, cib: Cib) -> int:
    """Return its migration-threshold: its own, else that of the innermost thing around it that has one."""
    for meta in _metas(resource, cib):
        value = meta.get("migration-threshold")
        if value is not None:
            return min(int(value), INFINITY) if value.isdecimal() else INFINITY
    return INFINITY


def _metas(resource: str, cib: Cib) -> Iterator[Dict[str, str]]:
    for one in cib.primitives:
        if one.id == resource:
            yield _first(one.meta)
    for around in reversed(cib.collections):
        if resource in around.primitives:
            yield _first(around.meta)
    yield _first(cib.defaults)


def _first(pairs: Pairs) -> Dict[str, str]:
    """Return the values that count: of two with one name the first."""
    return dict(reversed(pairs))
