"""Remote and guest nodes that are not connected, and why."""

from __future__ import annotations

from typing import Iterator

from check_ha.checks.nodes.members import pending
from check_ha.cluster.nodes import ResourcesBehindNodes, may_act
from check_ha.cluster.resource_states.states import ResourceStates
from check_ha.cluster.resources import in_motion, plain, stopped_on_purpose, told
from check_ha.core.condition import Condition, Severity
from check_ha.core.finding import Finding, nodes, resources
from check_ha.model.cluster import Cluster, Node

REMOTE_LOST = Condition("remote-lost", Severity.CRITICAL, "A remote or guest node should be connected and is not.")
REMOTE_STOPPED = Condition(
    "remote-stopped", Severity.WARNING,
    "A remote or guest node is offline because its resource, or what that waits for, is stopped on purpose.",
)  # fmt: skip
REMOTE_LEFT_OVER = Condition(
    "remote-left-over", Severity.WARNING, "An offline remote node is listed, and no resource connects to it any more."
)

CONDITIONS = (REMOTE_LOST, REMOTE_STOPPED, REMOTE_LEFT_OVER)


def of_disconnected(
    node: Node, cluster: Cluster, behind: ResourcesBehindNodes, states: ResourceStates
) -> Iterator[Finding]:
    """Yield what is wrong with a remote or guest node that is offline."""
    if behind.in_stopped_bundle(node):
        return
    resource = behind.resource_behind(node)
    what = "its connection" if resource == node.name else resource
    subjects = (*nodes(node.name), *resources(resource))
    placed = behind.instances.get(resource, [])
    if not placed:
        yield Finding(
            REMOTE_LEFT_OVER, f"{node.name} is offline, and nothing is configured to connect to it", nodes(node.name),
            "if it is gone for good", (f"crm_node --force --remove {node.name}",),
        )  # fmt: skip
    elif cluster.options.stop_all_resources or all(stopped_on_purpose(one) for one in placed):
        how = "stop-all-resources" if cluster.options.stop_all_resources else "target-role"
        yield Finding(REMOTE_STOPPED, f"{node.name} is offline on purpose: {what} is stopped ({how})", subjects)
    elif any(in_motion(one.primitive) for one in (*placed, *behind.instances.get(node.name, []))):
        yield pending(node, None, cluster, "being connected or disconnected right now")
    elif not may_act(cluster):
        text = f"{node.name} is offline: this partition has no quorum to run {what}"
        yield Finding(REMOTE_LOST, text, subjects, "see check_ha_quorum")
    elif states.waiting(resource):
        yield from _waiting(node, resource, what, states)
    else:
        up = any(one.primitive.active for one in placed)
        yield _lost(node, resource, "its connection is broken" if up else f"{what} runs nowhere", cluster)


def _waiting(node: Node, resource: str, what: str, states: ResourceStates) -> Iterator[Finding]:
    """Yield that it is offline because its resource waits for another one."""
    waiting = states.waiting(resource)
    if waiting:
        text = f"{node.name} is offline: {what} runs nowhere, {waiting.text}"
        subjects = (*nodes(node.name), *resources(resource), waiting.cause.subject)
        yield Finding(REMOTE_STOPPED if waiting.on_purpose else REMOTE_LOST, text, subjects)


def _lost(node: Node, resource: str, state: str, cluster: Cluster) -> Finding:
    failures = [one for one in cluster.failures if plain(one.resource) in (resource, node.name)]
    if not failures:
        advice = f"check_ha_resources tells what keeps {resource} from running"
        return Finding(REMOTE_LOST, f"{node.name} is lost, {state}", (*nodes(node.name), *resources(resource)), advice)
    blame = plain(failures[0].resource)
    return Finding(
        REMOTE_LOST, f"{node.name} is lost, {state}: {told(failures)}",
        (*nodes(node.name), *resources(blame), *nodes(*dict.fromkeys(one.node for one in failures))),
        "once the cause is fixed", (f"crm_resource --cleanup --resource {blame}",),
    )  # fmt: skip
