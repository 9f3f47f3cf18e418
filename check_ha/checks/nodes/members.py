"""What is wrong with one node, and what to do about it."""

from __future__ import annotations

from typing import Dict, Iterator, List, Optional, Tuple

from check_ha.cluster.fence_history import Fencing
from check_ha.cluster.nodes import (
    ResourcesBehindNodes,
    State,
    described,
    feature_sets,
    leave_maintenance,
    may_act,
    proven_down,
    state_of,
    why_unclean,
)
from check_ha.cluster.resources import plain, told
from check_ha.core.condition import Condition, Severity
from check_ha.core.finding import Finding, nodes, resources
from check_ha.core.wording import age, count, how_long
from check_ha.model.cluster import Cluster, Failure, Node

UNCLEAN = Condition(
    "unclean", Severity.CRITICAL, "A node must be fenced; until then nothing that ran there is recovered."
)
OFFLINE = Condition("offline", Severity.CRITICAL, "A node is not in the cluster.")
STANDBY_ON_FAIL = Condition(
    "standby-onfail", Severity.CRITICAL, "A failure has put a node in standby (on-fail=standby)."
)
HEALTH_RED = Condition("health-red", Severity.CRITICAL, "A health attribute of a node is red.")
HEALTH_YELLOW = Condition("health-yellow", Severity.WARNING, "A health attribute of a node is yellow.")
PENDING = Condition(
    "pending", Severity.WARNING, "A node has not joined: it is joining, cannot join, or its Pacemaker does not run."
)
PENDING_TOO_LONG = Condition("pending-too-long", Severity.CRITICAL, "A node has been pending for longer than --grace.")
SHUTTING_DOWN = Condition("shutting-down", Severity.WARNING, "A node is being shut down.")
STANDBY = Condition("standby", Severity.WARNING, "A node is in standby: it runs no resources.")
MAINTENANCE = Condition("maintenance", Severity.WARNING, "A node is in maintenance: nobody watches what runs there.")

MIXED_VERSION = Condition("mixed-version", Severity.WARNING, "Nodes run different versions of Pacemaker.")

CONDITIONS = (
    UNCLEAN, OFFLINE, STANDBY_ON_FAIL, HEALTH_RED, PENDING_TOO_LONG, HEALTH_YELLOW, PENDING, SHUTTING_DOWN, STANDBY,
    MAINTENANCE,
)  # fmt: skip

START: Tuple[str, ...] = ("crm cluster start", "pcs cluster start")


def of_node(
    node: Node, fencing: Optional[Fencing], waiting: Optional[float], cluster: Cluster, behind: ResourcesBehindNodes
) -> Iterator[Finding]:
    """Yield what is wrong with it; of a node that is there more than one thing may be.

    ``waiting`` is for how many seconds it has been pending beyond the grace that it has; ``None``: it is not.
    """
    state, name = state_of(node), node.name
    if state == State.UNCLEAN:
        yield _unclean(node, fencing, cluster)
    elif state == State.PENDING:
        yield pending(node, waiting, cluster)
    elif state == State.OFFLINE:
        yield _offline(node, fencing, cluster)
    elif state == State.SHUTTING_DOWN:
        yield Finding(SHUTTING_DOWN, f"{name} is shutting down", nodes(name))
    else:
        yield from _standby(node, cluster)
        if node.maintenance and name not in behind.in_bundles:
            yield _maintenance(node, behind)


def pending(node: Node, waiting: Optional[float], cluster: Cluster, what: str = "") -> Finding:
    """Return that a node has not joined; ``what`` is what it waits for, where that is known."""
    name = node.name
    if what:
        return Finding(PENDING, f"{name} is {what}", nodes(name))
    why = "it is joining, cannot join, or its Pacemaker does not run"
    if waiting is None:
        return Finding(PENDING, f"{name} is pending: {why}", nodes(name), *_look_first(name, cluster))
    text = f"{name} has been pending for {how_long(waiting)}: it cannot join, or its Pacemaker does not run"
    return Finding(PENDING_TOO_LONG, text, nodes(name), *_look_first(name, cluster))


def _unclean(node: Node, fencing: Optional[Fencing], cluster: Cluster) -> Finding:
    text = f"{node.name} is {described(node)}: {why_unclean(node, fencing, cluster)}"
    if not may_act(cluster):  # most likely this node is the one that is cut off
        return Finding(UNCLEAN, text, nodes(node.name), *_look_first(node.name, cluster))
    confirm = (f"stonith_admin --confirm {node.name}",)
    return Finding(UNCLEAN, text, nodes(node.name), "make sure that it is off, then", confirm)


def _offline(node: Node, fencing: Optional[Fencing], cluster: Cluster) -> Finding:
    name = node.name
    crashed = ", and was not shut down: it crashed or is cut off" if node.expected_up else ""
    done = f" (fenced {age(fencing.seconds_since(fencing.done[0]))})" if fencing and fencing.done else ""
    step = (f"to bring it back, on {name}", START) if proven_down(node, fencing) else _look_first(name, cluster)
    return Finding(OFFLINE, f"{name} is offline{done}{crashed}", nodes(name), *step)


def _look_first(name: str, cluster: Cluster) -> Tuple[str, Tuple[str, ...]]:
    """Return advice and commands for a peer that nothing proves to be down.

    It may run all that this side runs. Whoever then mends the network or starts the cluster there joins two halves of
    a split brain: without fencing Pacemaker stops the addresses and demotes the databases of one of them.
    """
    members = " ".join(f"--node {node.name}" for node in cluster.nodes if node.type == "member")
    advice = (
        f"before you repair the network, boot {name} or start the cluster there, find out what it runs: look at its "
        "console, "
        "or ask on the monitoring server"
    )
    return advice, (f"check_ha_split_brain {members}",)


def _standby(node: Node, cluster: Cluster) -> Iterator[Finding]:
    name = node.name
    if node.standby_onfail:
        failed: Dict[str, List[Failure]] = {}
        for one in cluster.failures:
            if one.node == name:
                failed.setdefault(plain(one.resource), []).append(one)
        why = ", ".join(f"{resource} {told(those, [name])}" for resource, those in failed.items())
        yield Finding(
            STANDBY_ON_FAIL, f"{name} is in standby because of a failure (on-fail=standby){': ' + why if why else ''}",
            (*nodes(name), *resources(*failed)), "once the cause is fixed", (f"crm_resource --cleanup --node {name}",),
        )  # fmt: skip
    elif node.standby:
        # removes the permanent and the transient attribute, of cluster and of remote nodes
        every = f"crm_standby --node {name} --delete"
        more = (f"crm node online {name}", f"pcs node unstandby {name}") if node.type == "member" else ()
        yield Finding(STANDBY, f"{name} is in standby", nodes(name), commands=(every, *more))


def _maintenance(node: Node, behind: ResourcesBehindNodes) -> Finding:
    name, number = node.name, node.resources_running
    watched = f"nobody watches {count(number, 'resource')} there" if number else "it runs nothing"
    if behind.connection_unmanaged(node):
        subjects, text = (*nodes(name), *resources(behind.resource_behind(node))), f"{name} is unmanaged: {watched}"
    else:
        subjects, text = nodes(name), f"{name} is in maintenance: {watched}"
    return Finding(MAINTENANCE, text, subjects, commands=leave_maintenance(node, behind))


def versions(cluster: Cluster) -> Iterator[Finding]:
    """Yield nodes of different feature sets. One that tells none may have lost pacemaker-attrd, and be no older."""
    versions = feature_sets(cluster)
    if len(versions) < 2:
        return
    known = {version: names for version, names in versions.items() if not version.startswith("<")}
    silent = [name for version, names in versions.items() if version not in known for name in names]
    sets = "; ".join(f"{', '.join(names)}: {version}" for version, names in known.items())
    text = f"nodes run different versions of Pacemaker (feature sets {sets})"
    if silent:
        why = "a Pacemaker before 2.1.5, or no pacemaker-attrd there"
        text = f"no feature set from {', '.join(silent)}: {why} (feature sets {sets})"
    others = [name for names in known.values() for name in names]
    yield Finding(MIXED_VERSION, text, nodes(*silent, *others))
