"""What is listed now: failed actions, fail-counts, and what they have led to."""

from __future__ import annotations

from typing import Callable, Dict, Iterator, List, Mapping, Optional, Sequence, Tuple

from check_ha.checks.failed_actions.remembered import Stamps
from check_ha.cluster.nodes import may_act
from check_ha.cluster.recorded_failures import LISTS_COUNTS, LISTS_FAILURES
from check_ha.cluster.resource_states.state import ResourceState
from check_ha.cluster.resource_states.states import ResourceStates
from check_ha.cluster.resources import bans, count_text, plain, reason_of, should_run
from check_ha.core.condition import UNREADABLE, Condition, Severity
from check_ha.core.finding import TOOL, Finding, Subject, nodes, resources
from check_ha.core.wording import AHEAD, age, count, how_long
from check_ha.model.cib import Cib
from check_ha.model.cluster import INFINITY, Cluster, FailCount, Failure, Placed
from check_ha.moment import datetime
from check_ha.sources.tools import CIBADMIN

FAILED_ACTION = Condition("failed-action", Severity.WARNING, "Pacemaker lists a failed action of a resource.")
FAIL_COUNT = Condition(
    "fail-count", Severity.WARNING, "A resource has a fail-count below its migration-threshold on a node."
)
THRESHOLD_REACHED = Condition(
    "threshold-reached", Severity.CRITICAL, "A fail-count is at migration-threshold or INFINITY: banned from that node."
)
RESOURCE_DOWN = Condition(
    "resource-down",
    Severity.CRITICAL,
    "A resource that failed should run and is active on no node, for no other reason.",
)

NOT_SHOWN = Condition(
    "not-shown",
    Severity.UNKNOWN,
    "crm_mon before 1.1.14 lists no failed actions or no fail-counts, and the CIB was not read.",
)

CONDITIONS = (FAILED_ACTION, FAIL_COUNT, THRESHOLD_REACHED, RESOURCE_DOWN, NOT_SHOWN)

_MENDED = "once the cause is fixed"


def cleanup(resource: str, node: str = "") -> str:
    """Return the command that clears what failed."""
    return f"crm_resource --cleanup --resource {plain(resource)}{f' --node {node}' if node else ''}"


def not_shown(cluster: Cluster, cib: Optional[Cib], why: str = "") -> Iterator[Finding]:
    """Yield what this crm_mon does not list, where the CIB does not tell it either; ``why`` says why cibadmin does not.

    That nothing is listed proves nothing then.
    """
    version = ".".join(map(str, cluster.version))
    if not version or cluster.version >= LISTS_COUNTS or (cib and cib.recorded is not None):
        return
    if cluster.version < LISTS_FAILURES:
        missing, unknown = "failed actions and no fail-counts", "whether any action failed"
    else:
        missing, unknown = "fail-counts", "how often a resource failed, and where it is banned,"
    reason = why or "the CIB has no status that can be read"
    text = f"crm_mon {version} lists no {missing}, and cibadmin does not tell them ({reason}): {unknown} is not known"
    yield Finding(NOT_SHOWN, text, (Subject(TOOL, CIBADMIN.label),))


def without_history(
    cluster: Cluster, cib: Optional[Cib], instances: Mapping[str, Sequence[Placed]]
) -> Iterator[Finding]:
    """Yield what runs and has no history there: nothing is known of its failures.

    crm_mon lists it since 1.1.14; before, the CIB has it, or it is told that nothing is known of any.
    """
    in_the_cib = bool(cluster.version) and cluster.version < LISTS_COUNTS
    if in_the_cib and not (cib and cib.recorded is not None):
        return
    source = "the CIB has" if in_the_cib else "crm_mon lists"
    known = {node.name: set(map(plain, cluster.history.get(node.name, ()))) for node in cluster.nodes if node.online}
    for name, placed in instances.items():
        where = dict.fromkeys(node for one in placed if _runs(one) for node in one.primitive.nodes)
        silent = [node for node in where if node in known and name not in known[node]]
        if silent:
            text = f"{source} no history of {name} on {', '.join(silent)}: whether it failed there is not known"
            yield Finding(UNREADABLE, text, (*resources(name), *nodes(*silent)))


def down(
    failures: Sequence[Failure],
    counts: Sequence[FailCount],
    instances: Mapping[str, Sequence[Placed]],
    look: Callable[[], ResourceStates],
) -> Iterator[Finding]:
    """Yield resources that failed and run nowhere, although they should, and for no other reason than that."""
    states: Optional[ResourceStates] = None
    failed = dict.fromkeys(plain(name) for name in (*(f.resource for f in failures), *(c.resource for c in counts)))
    for name in failed:
        placed = instances.get(name, ())
        if placed and not any(_runs(one) for one in placed) and any(should_run(one) for one in placed):
            states = states or look()
            if _down_for_another_reason(name, states):
                continue
            own = [failure for failure in failures if plain(failure.resource) == name]
            last = max(own, key=lambda one: one.when or datetime.min, default=None)
            why = f": {last.task} on {last.node} failed ({reason_of(last)})" if last else ""
            subjects = (*resources(name), *(nodes(last.node) if last else ()))
            yield Finding(RESOURCE_DOWN, f"{name} failed and runs nowhere{why}", subjects, _MENDED, (cleanup(name),))


def _down_for_another_reason(name: str, states: ResourceStates) -> bool:
    """Return whether it would not run without a failure either: nothing may run, or what it needs does not.

    That is told by other checks, and what is listed here may be an old failure that was made good.
    """
    cluster = states.cluster
    if cluster.dc is None or cluster.options.stop_all_resources or not may_act(cluster):
        return True
    resource = next((one for one in states.all if name in one.ids), None)
    if resource is None or states.waiting(name) is not None:
        return resource is not None
    return states.state(resource) == ResourceState.TICKET or not (states.hosts or states.failed_to_start(resource))


def _runs(placed: Placed) -> bool:
    """What is Stopped does not run, whatever ``active`` says (crm_mon 2.1.5 after a migration that failed)."""
    return placed.primitive.active and placed.primitive.role != "Stopped"


def reached(counts: Sequence[FailCount]) -> Iterator[Finding]:
    """Yield bans, one finding a resource: the nodes it may not run on, with the fail-count that bans it from them."""
    banned: Dict[str, Dict[str, List[str]]] = {}
    for one in counts:
        if bans(one):
            banned.setdefault(plain(one.resource), {}).setdefault(count_text(one), []).append(one.node)
    for resource, places in banned.items():
        where = ", ".join(f"{', '.join(names)} (fail-count {number})" for number, names in places.items())
        subjects = (*resources(resource), *nodes(*(name for names in places.values() for name in names)))
        yield Finding(THRESHOLD_REACHED, f"{resource} is banned from {where}", subjects, _MENDED, (cleanup(resource),))


def failed_actions(failures: Sequence[Failure], counts: Sequence[FailCount], stamps: Stamps) -> Iterator[Finding]:
    """Yield each failed action, with what its fail-count says."""
    fail_counts = {(plain(one.resource), one.node): one for one in counts}
    for failure in failures:
        one = fail_counts.get((plain(failure.resource), failure.node))
        when, doubt = _when(failure, stamps)
        text = f"{failure.resource}: {failure.task} on {failure.node} failed {when} ({reason_of(failure)})"
        if one and one.fail_count < one.migration_threshold < INFINITY:
            text += f", {_next_bans(one)}"
        yield Finding(
            FAILED_ACTION, text + doubt, (*resources(plain(failure.resource)), *nodes(failure.node)),
            f"compare the clocks (check_ha_drift), and {_MENDED}" if doubt else _MENDED,
            (cleanup(failure.resource, failure.node),),
        )  # fmt: skip


def _when(failure: Failure, stamps: Stamps) -> Tuple[str, str]:
    """Return how long ago it was, and what is wrong with that."""
    seconds = stamps.seconds(failure)
    if seconds is not None and seconds <= -AHEAD:
        return age(seconds), ": whose clock is wrong?"
    if stamps.too_old(failure) and stamps.since is not None:
        return age(seconds), f", but was not there {how_long(stamps.since)} ago: whose clock is wrong?"
    return age(seconds), ""


def _next_bans(one: FailCount) -> str:
    left = one.migration_threshold - one.fail_count
    failures = "the next failure bans" if left == 1 else f"{left} more failures ban"
    return f"{one.fail_count} of {count(one.migration_threshold, 'failure')}, {failures} it from {one.node}"


def fail_counts(counts: Sequence[FailCount], failures: Sequence[Failure]) -> Iterator[Finding]:
    """Yield fail-counts that no listed failure has told already."""
    told = {(plain(failure.resource), failure.node) for failure in failures}
    for one in counts:
        if bans(one) or (plain(one.resource), one.node) in told:
            continue
        text = f"{one.resource}: fail-count {number(one.fail_count)} on {one.node}"
        if one.orphan:
            text += ", of a resource that is no longer configured"
        elif one.fail_count < one.migration_threshold < INFINITY:
            text = f"{one.resource}: {_next_bans(one)}"
        subjects = (*resources(plain(one.resource)), *nodes(one.node))
        yield Finding(FAIL_COUNT, text, subjects, _MENDED, (cleanup(one.resource, one.node),))


def number(fail_count: int) -> str:
    """Return the number, or INFINITY."""
    return "INFINITY" if fail_count >= INFINITY else str(fail_count)
