"""What is wrong with a fence device by itself, whomever it can fence."""

from __future__ import annotations

from typing import Callable, Collection, Iterator, Optional, Sequence

from check_ha.cluster.fencing.devices import FenceDevice, left_out
from check_ha.cluster.nodes import described
from check_ha.cluster.resource_states.state import ResourceState
from check_ha.cluster.resource_states.states import ResourceStates
from check_ha.cluster.resources import MENDED, cleanup, plain, told, what_keeps_it
from check_ha.core.condition import UNREADABLE, Condition, Severity
from check_ha.core.finding import NODE, Finding, nodes, resources
from check_ha.core.wording import are, joined, listed
from check_ha.model.cluster import Cluster

DEVICE_STOPPED = Condition("device-stopped", Severity.CRITICAL, "A fence device should run and does not.")
DEVICE_FAILED = Condition("device-failed", Severity.CRITICAL, "The last monitor of a fence device failed.")
DEVICE_DISABLED = Condition("device-disabled", Severity.WARNING, "A fence device is stopped on purpose (target-role).")
DEVICE_UNMONITORED = Condition(
    "device-unmonitored", Severity.OK, "A fence device has no recurring monitor: its faults show when it is needed."
)

CONDITIONS = (DEVICE_STOPPED, DEVICE_FAILED, DEVICE_DISABLED, DEVICE_UNMONITORED)


def problems(
    devices: Sequence[FenceDevice], cluster: Cluster, unclean: Collection[str], look: Callable[[], ResourceStates]
) -> Iterator[Finding]:
    """Yield the worst of each device; ``unclean`` are the nodes of which is told that they must be fenced."""
    states = look() if any(not one.nodes for one in devices) else None
    idle = [one.id for one in devices if states and not states.hosts and _could_start(one, states)]
    if idle:
        text = f"{listed(idle)} {'runs' if len(idle) == 1 else 'run'} nowhere: no node can run resources"
        yield Finding(DEVICE_STOPPED, text, resources(*idle))
    for one in devices:
        if one.id in idle:
            continue
        stopped = not one.nodes and not one.disabled and not one.failed
        finding = _not_running(one, cluster, unclean, states) if states and stopped else None
        if one.disabled:
            text = f"{one.id} is disabled (target-role): nobody can fence with it"
            yield Finding(
                DEVICE_DISABLED, text, resources(one.id), "", (_set(one.disabled_by, "target-role", "Started"),)
            )
        elif one.failed:
            yield _failed(one, DEVICE_FAILED, "failed", cluster)
        elif finding:
            yield finding
        elif one.configured and not one.configured.monitored:
            text = f"{one.id} has no monitor: its faults show only when it is needed"
            yield Finding(DEVICE_UNMONITORED, text, resources(one.id))


def explained_by_start(one: Finding, cluster: Cluster) -> bool:
    """Return whether it may only be that the device was not started yet: it does not run, and has not failed."""
    failed = {plain(failure.resource) for failure in cluster.failures}
    return one.condition is DEVICE_STOPPED and failed.isdisjoint(subject.name for subject in one.subjects)


def _could_start(one: FenceDevice, states: ResourceStates) -> bool:
    """Return whether it is down, and nothing is wrong with it itself."""
    resource = next((each for each in states.all if one.id in each.ids), None)
    down = resource is not None and states.state(resource) == ResourceState.DOWN
    return resource is not None and down and not states.failed_to_start(resource) and not one.unmanaged


def _not_running(
    one: FenceDevice, cluster: Cluster, unclean: Collection[str], states: ResourceStates
) -> Optional[Finding]:
    if one.in_motion:
        return None
    if not one.instances:
        return _not_listed(one, cluster)
    if cluster.options.stop_all_resources:
        text = f"{one.id} is stopped (stop-all-resources): nobody monitors it"
        return Finding(DEVICE_DISABLED, text, resources(one.id))
    if not one.shown_on:
        return _stopped(one, cluster, states)
    if all(name in unclean for name in one.shown_on):
        return None  # it is recovered with that node
    where = joined([f"{node.name}, which is {described(node)}" for node in cluster.nodes if node.name in one.shown_on])
    text = f"{one.id} runs nowhere: it is shown on {where}"
    return _manage(Finding(DEVICE_STOPPED, text, (*resources(one.id), *nodes(*one.shown_on))), one)


def _stopped(one: FenceDevice, cluster: Cluster, states: ResourceStates) -> Finding:
    """Return that it runs nowhere, and why: what failed, what it waits for, or that the cluster leaves it alone."""
    waiting = states.waiting(one.id)
    if waiting:
        text, subjects = f"{one.id} runs nowhere: {waiting.text}", (*resources(one.id), waiting.cause.subject)
        override = Severity.WARNING if waiting.on_purpose else None
        return Finding(DEVICE_STOPPED, text, subjects, *what_keeps_it(one.id, cluster), override=override)
    failed = [*(failure.resource for failure in cluster.failures), *(count.resource for count in cluster.fail_counts)]
    if one.id in map(plain, failed):
        return _failed(one, DEVICE_STOPPED, "runs nowhere", cluster)
    if cluster.options.maintenance_mode:
        text = f"{one.id} runs nowhere, and the cluster does not start it in maintenance mode"
        commands = ("crm_attribute --name maintenance-mode --delete",)
        return Finding(DEVICE_STOPPED, text, resources(one.id), commands=commands)
    if one.held_by:
        text = f"{one.id} runs nowhere, and the cluster does not start it because it is unmanaged"
        return _manage(Finding(DEVICE_STOPPED, text, resources(one.id)), one)
    return Finding(DEVICE_STOPPED, f"{one.id} runs nowhere", resources(one.id), *what_keeps_it(one.id, cluster))


def _not_listed(one: FenceDevice, cluster: Cluster) -> Finding:
    if not left_out(cluster):
        return Finding(UNREADABLE, f"crm_mon does not list {one.id}, which is in the CIB", resources(one.id))
    gone = [node.name for node in cluster.nodes if not node.online and node.type == "member"]
    offline = f" ({joined(gone)} {are(gone)} offline)" if gone else ""
    text = f"{one.id} runs nowhere: crm_mon leaves it out{offline}"
    return _manage(Finding(DEVICE_STOPPED, text, (*resources(one.id), *nodes(*gone))), one)


def _manage(finding: Finding, one: FenceDevice) -> Finding:
    """Return it with what lets the cluster start the device elsewhere.

    The scheduler thinks that it is active there, and fences that node first, though it was stopped cleanly (2.1.5).
    """
    if not one.unmanaged:
        return finding
    names = [subject.name for subject in finding.subjects if subject.kind == NODE]
    fence = f"fence {joined(names)} and " if names else ""
    advice = f"{one.id} is unmanaged; to let the cluster {fence}start it{' elsewhere' if names else ''}"
    return finding._replace(advice=advice, commands=(_set(one.held_by or one.id, "is-managed", "true"),))


def _failed(one: FenceDevice, condition: Condition, what: str, cluster: Cluster) -> Finding:
    """Return ``st_node1 runs nowhere: start failed on node1 (no route to host)``, where a failure is listed."""
    failures = [failure for failure in cluster.failures if plain(failure.resource) == one.id]
    text = f"{one.id} {what}{f': {told(failures)}' if failures else ''}"
    subjects = (*resources(one.id), *nodes(*dict.fromkeys(failure.node for failure in failures)))
    return Finding(condition, text, subjects, MENDED, (cleanup(one.id),))


def _set(resource: str, name: str, value: str) -> str:
    return f"crm_resource --meta --resource {resource} --set-parameter {name} --parameter-value {value}"
