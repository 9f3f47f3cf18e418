"""What earlier runs saw: failures that Pacemaker has cleared since, and times that cannot be right.

A resource with a failure-timeout that fails and recovers every few seconds has nothing to show most of the time. What
one run sees is kept, and told by those that follow. A cleanup ends that: where there is no failure-timeout nothing else
clears a failure, and where there is one the history of the resource on that node begins anew, with a probe, while what
expires leaves the last start or stop in there.
"""

from __future__ import annotations

from typing import Any, Dict, Iterator, Mapping, Optional, Sequence

from check_ha.cluster.resources import plain, reason_of, refresh
from check_ha.core.condition import Condition, Severity
from check_ha.core.evidence import Evidence
from check_ha.core.finding import Finding, nodes, resources
from check_ha.core.wording import age
from check_ha.model.cib import Cib
from check_ha.model.cluster import Cluster, FailCount, Failure
from check_ha.moment import datetime
from check_ha.record import NamedTuple

FAILED_SINCE = Condition(
    "failed-since",
    Severity.WARNING,
    "A resource failed and recovered, and Pacemaker has cleared that (failure-timeout): reported for --max-age, or 1h.",
)

DEFAULT = 3600.0
"""Seconds for which a failure is remembered where no --max-age is given."""
_MOST = 500
"""Failures that are kept in the state."""
_BETWEEN = 60.0
"""Seconds by which a failure may be older than the last run and be new to this one: it takes time to be listed."""


class Seen(NamedTuple):
    """The last failure of a resource on a node that some run saw."""

    resource: str
    node: str
    when: float
    """Seconds since the epoch, by this node's clock."""
    task: str
    """``monitor``; empty where only the fail-count told it."""
    reason: str


def seen_before(evidence: Evidence) -> Dict[str, Seen]:
    """Return what earlier runs saw, by resource and node; what is no state of ours is left out."""
    found = {}
    before: Any = (evidence.previous or {}).get("failed")
    for name, given in before.items() if isinstance(before, dict) else ():
        if isinstance(given, list) and len(given) == 5 and [type(one) for one in given[3:]] == [str, str]:
            resource, node, when = given[:3]
            if isinstance(resource, str) and isinstance(node, str) and isinstance(when, (int, float)):
                # one in the future was seen before this node's clock was set back
                found[str(name)] = Seen(resource, node, min(float(when), evidence.now), given[3], given[4])
    return found


class Stamps:
    """Whether the times that the nodes have put on their failures can be right.

    A failure that the last run did not see, and that is stamped well before it, has a wrong time.
    """

    def __init__(self, cluster: Cluster, evidence: Evidence) -> None:
        before: Any = (evidence.previous or {}).get("known")
        looked: Any = (evidence.previous or {}).get("looked")
        self.known = set(map(str, before)) if isinstance(before, list) else set()
        self.since = evidence.now - looked if isinstance(looked, (int, float)) and looked <= evidence.now else None
        """Seconds since the last run."""
        self._cluster = cluster
        names = [self._name(one) for one in cluster.failures]
        self.remember = {"looked": evidence.now, "known": [*dict.fromkeys((*names, *sorted(self.known)))][:_MOST]}

    def _name(self, failure: Failure) -> str:
        return f"{failure.resource} {failure.node} {failure.task} {failure.call} {failure.when}"

    def seconds(self, failure: Failure) -> Optional[float]:
        """Return how long ago it was by its stamp; negative: in the future; ``None``: not known."""
        return seconds_since(failure.when, self._cluster)

    def too_old(self, failure: Failure) -> bool:
        """Return whether its stamp makes it older than it can be."""
        seconds = self.seconds(failure)
        new = self.since is not None and self._name(failure) not in self.known
        return new and seconds is not None and self.since is not None and seconds > self.since + _BETWEEN

    def recent(self, failure: Failure, max_age: Optional[float]) -> bool:
        """Return whether it alarms; one whose age is not known does, and one whose stamp cannot be right."""
        seconds = self.seconds(failure)
        return max_age is None or seconds is None or seconds <= max_age or self.too_old(failure)


def seen_now(cluster: Cluster, stamps: Stamps, before: Mapping[str, Seen], now: float) -> Dict[str, Seen]:
    """Return what this run sees: the last failure of each resource on each node."""
    found: Dict[str, Seen] = {}
    told = [
        (one.resource, one.node, None if stamps.too_old(one) else one.when, one.task, reason_of(one))
        for one in cluster.failures
    ]
    told += [(one.resource, one.node, one.last_failure, "", "") for one in cluster.fail_counts if not one.orphan]
    for resource, node, stamp, task, reason in told:
        seconds = seconds_since(stamp, cluster) or 0.0
        one = Seen(plain(resource), node, now - max(0.0, seconds), task, reason)
        key = f"{one.resource}@{node}"
        if key not in found or (one.task and one.when >= found[key].when):
            found[key] = one
    return {key: _with(one, before[key]) if key in before else one for key, one in found.items()}


def _with(one: Seen, earlier: Seen) -> Seen:
    """Return what is seen, with the time and the task that an earlier run may know better."""
    known = earlier if earlier.task and not one.task else one
    return known._replace(when=max(one.when, earlier.when))


def expired_since(
    before: Mapping[str, Seen], current: Mapping[str, Seen], cib: Optional[Cib], cluster: Cluster, oldest: float
) -> Dict[str, Seen]:
    """Return what earlier runs saw since ``oldest``, and neither this one sees nor anybody has cleaned up."""
    return {
        key: one
        for key, one in before.items()
        if key not in current and one.when >= oldest and not _cleaned(one, cib, cluster)
    }


def _cleaned(one: Seen, cib: Optional[Cib], cluster: Cluster) -> bool:
    if cib is not None and one.resource not in cib.expiring:
        return True
    history = cluster.history.get(one.node)
    return history is not None and not any(acted and plain(name) == one.resource for name, acted in history.items())


def kept(current: Mapping[str, Seen], expired: Mapping[str, Seen]) -> Dict[str, Any]:
    """Return what the next run needs to know, the newest of it."""
    newest = sorted((*current.items(), *expired.items()), key=lambda one: -one[1].when)[:_MOST]
    return {key: list(one) for key, one in newest}


def findings_of(expired: Sequence[Seen], now: float, cluster: Cluster) -> Iterator[Finding]:
    """Yield one finding for each."""
    for one in expired:
        reason = f" ({one.reason})" if one.reason else ""
        yield Finding(
            FAILED_SINCE,
            f"{one.resource}: {one.task or 'an action'} on {one.node} failed {age(now - one.when)}{reason}, "
            "and Pacemaker has cleared that since (failure-timeout)",
            (*resources(one.resource), *nodes(one.node)),
            f"it may fail again and again: look at its log on {one.node}; once the cause is fixed",
            (refresh(one.resource, version=cluster.version, node=one.node),),
        )  # fmt: skip


def recent_count(one: FailCount, cluster: Cluster, max_age: Optional[float]) -> bool:
    """Return whether a fail-count alarms."""
    seconds = seconds_since(one.last_failure, cluster)
    return max_age is None or seconds is None or seconds <= max_age


def seconds_since(when: Optional[datetime], cluster: Cluster) -> Optional[float]:
    """Return how long ago that was when crm_mon ran; ``None``: not known."""
    return None if when is None or cluster.updated is None else (cluster.updated - when).total_seconds()
