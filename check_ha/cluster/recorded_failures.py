"""What an old crm_mon does not list, and the status section of the CIB has: failed actions (before 1.1.12, in which
they came), and fail-counts (before 1.1.14).

No crm_mon lists the fail-count of a resource that has no history on that node but a probe (seen with 2.1.5): it bans
the resource all the same. The CIB has it as a node attribute.
"""

from __future__ import annotations

from typing import Dict, Iterator, Optional, Tuple

from check_ha.cluster.resources import plain
from check_ha.model.cib import Cib, CountedFailures, FailedOperation, Pairs
from check_ha.model.cluster import INFINITY, Cluster, FailCount, Failure
from check_ha.moment import datetime, timedelta

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
    if cib and (not cluster.version or cluster.version >= LISTS_COUNTS):
        more = tuple(_not_listed(cluster, cib, now))
        return cluster._replace(fail_counts=(*cluster.fail_counts, *more)) if more else cluster
    if cib is None or cib.recorded is None:
        return cluster
    known = {plain(one.primitive.id) for one in cluster.primitives() if not one.primitive.orphaned}
    counts = tuple(_fail_count(one, cib, cluster.updated, now) for one in cib.recorded.counts)
    counts = tuple(one._replace(orphan=plain(one.resource) not in known) for one in counts)
    if cluster.version < LISTS_FAILURES:
        failures = tuple(_failure(one, cluster.updated, now) for one in cib.recorded.operations)
        cluster = cluster._replace(failures=failures)
    return cluster._replace(fail_counts=counts, history=cib.recorded.history)


_FAIL_COUNT, _LAST_FAILURE = "fail-count-", "last-failure-"


def _not_listed(cluster: Cluster, cib: Cib, now: float) -> Iterator[FailCount]:
    """Yield the fail-counts of what is configured and has no history on a node that is online::

    <nvpair id="..." name="fail-count-p_single#start_0" value="INFINITY"/>

    An action each (1.1.17 and later); what bans a resource is their sum.
    """
    for node in [one.name for one in cluster.nodes if one.online]:
        attributes = dict(cib.transient.get(node, ()))
        names = [name for name in attributes if name.startswith(_FAIL_COUNT)]
        if not names:
            continue
        listed = {*map(plain, cluster.history.get(node, ()))}
        listed.update(plain(one.resource) for one in cluster.fail_counts if one.node == node)
        unlisted = {one.id for one in cib.primitives} - listed
        counts: Dict[str, Tuple[int, int]] = {}
        for name in names:
            what = name[len(_FAIL_COUNT) :]
            resource, number = what.partition("#")[0], _times(attributes[name])
            when = attributes.get(_LAST_FAILURE + what, "")
            if number > 0 and plain(resource) in unlisted:
                total, last = counts.get(resource, (0, 0))
                counts[resource] = total + number, max(last, int(when) if when.isdecimal() and len(when) < 12 else 0)
        for resource, (total, last) in counts.items():
            one = CountedFailures(node, resource, min(total, INFINITY), last or None)
            yield _fail_count(one, cib, cluster.updated, now)


def _times(value: str) -> int:
    if value.lstrip("+") == "INFINITY":
        return INFINITY
    return min(int(value), INFINITY) if value.isdecimal() and len(value) < 12 else 0


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
