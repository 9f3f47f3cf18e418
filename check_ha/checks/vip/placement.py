"""Where the cluster has each virtual IP, and whether it should be there."""

from __future__ import annotations

from typing import Any, Dict, Iterator, List, Mapping, Optional, Sequence, Set, Tuple

from check_ha.cluster.nodes import may_act
from check_ha.cluster.resource_states.states import ResourceStates
from check_ha.cluster.resources import plain, told
from check_ha.cluster.virtual_addresses import LeftOut, VirtualIp, tickets_missing
from check_ha.core.condition import Condition, Severity
from check_ha.core.finding import SETTING, TICKET, Finding, Subject, nodes, resources
from check_ha.model.cib import Cib
from check_ha.model.cluster import Cluster

VIP_STOPPED = Condition("vip-stopped", Severity.CRITICAL, "A virtual IP runs nowhere, although it should.")
VIP_DUPLICATED = Condition(
    "vip-duplicated",
    Severity.CRITICAL,
    "A virtual IP that is not a clone is active on two nodes at once, or two have one address and run on two nodes.",
)
VIP_FAILED = Condition("vip-failed", Severity.CRITICAL, "The last result of a virtual IP resource counts as failed.")
VIP_BLOCKED = Condition("vip-blocked", Severity.CRITICAL, "The cluster will not act on a virtual IP any more.")
NOT_LISTED = Condition(
    "not-listed",
    Severity.CRITICAL,
    "A virtual IP is configured and left out by crm_mon (2.0.4 to 2.1.9, 3.0.0: unmanaged on an offline node).",
)
WRONG_NODE = Condition("wrong-node", Severity.WARNING, "A virtual IP is not on the node that --expect names.")
MOVED = Condition("moved", Severity.OK, "A virtual IP has moved to another node since the last run.")
UNMANAGED = Condition("unmanaged", Severity.WARNING, "The cluster does not manage a virtual IP: it will not move it.")
DISABLED = Condition(
    "disabled",
    Severity.WARNING,
    "A virtual IP, or what it waits for, is stopped on purpose (target-role, shutdown-lock).",
)
NO_TICKET = Condition(
    "no-ticket",
    Severity.WARNING,
    "A virtual IP waits for a ticket: on the passive site of a geo cluster that is normal.",
)
MAINTENANCE = Condition(
    "maintenance", Severity.WARNING, "Maintenance mode keeps the cluster from acting on a virtual IP."
)
CONDITIONS = (
    VIP_STOPPED, NOT_LISTED, VIP_DUPLICATED, VIP_FAILED, VIP_BLOCKED, WRONG_NODE, MOVED, UNMANAGED, DISABLED, NO_TICKET,
    MAINTENANCE,
)  # fmt: skip


def about(
    condition: Condition,
    vip: VirtualIp,
    text: str,
    *more: Subject,
    advice: str = "",
    commands: Tuple[str, ...] = (),
) -> Finding:
    """Return a finding about one virtual IP, whose name opens its text."""
    return Finding(condition, f"{vip.label} {text}", (*resources(vip.id), *more), advice, commands)


def not_listed(absent: Sequence[LeftOut], cluster: Cluster) -> Iterator[Finding]:
    """Yield what the CIB has and crm_mon leaves out. Without a DC it is not known where anything runs."""
    for one in absent if cluster.dc else ():
        advice, command = "where it ran last", f"crm_resource --locate --resource {one.id}"
        if one.held_by:
            command = f"crm_resource --resource {one.held_by} --meta --delete-parameter is-managed"
        if cluster.options.maintenance_mode:
            command = "crm_attribute --name maintenance-mode --delete"
        if one.held_by or cluster.options.maintenance_mode:
            advice = "make sure that the lost node does not have the address, then"
        text = (
            f"{one.label} is configured, but crm_mon leaves it out, as it does with unmanaged resources on a lost node"
        )
        yield Finding(NOT_LISTED, f"{text}: no online node runs it", resources(one.id), advice, (command,))


def states(cluster: Cluster, cib: Optional[Cib], vips: Sequence[VirtualIp], now: float) -> Iterator[Finding]:
    """Yield what the cluster itself says of each."""
    if cluster.options.maintenance_mode and vips:
        yield Finding(
            MAINTENANCE, f"the cluster is in maintenance mode: nobody watches {', '.join(vip.label for vip in vips)}",
            (Subject(SETTING, "maintenance-mode"), *resources(*(vip.id for vip in vips))),
            commands=("crm_attribute --name maintenance-mode --delete",),
        )  # fmt: skip
    stopped = [vip.id for vip in vips if not vip.nodes and not vip.in_motion and not vip.spare]
    others = ResourceStates(cluster, cib, now) if stopped else None
    online = {node.name for node in cluster.nodes if node.online}
    yield from _one_address(vips)
    for vip in vips:
        yield from _state(cluster, vip, online)
        if others and vip.id in stopped:
            yield _stopped(cluster, cib, vip, others)
        yield from _unmanaged(cluster, vip)


def _state(cluster: Cluster, vip: VirtualIp, online: Set[str]) -> Iterator[Finding]:
    """Causes first: one that is active twice is blocked for that (multiple-active=block)."""
    primitives = [placed.primitive for placed in vip.instances]
    where = nodes(*vip.nodes)
    names = ", ".join(vip.nodes)
    if len(vip.nodes) > 1 and not vip.cloned and not vip.in_motion:
        yield about(VIP_DUPLICATED, vip, f"is active on {' and '.join(vip.nodes)} at once", *where)
    if any(primitive.failed and not primitive.failure_ignored for primitive in primitives):
        yield about(VIP_FAILED, vip, f"failed{f' on {names}' if names else ''}", *where)
    if any(primitive.blocked for primitive in primitives):
        yield about(VIP_BLOCKED, vip, "is blocked: the cluster will not act on it until it is cleaned up", *where)
    if vip.nodes and cluster.dc and not online.intersection(vip.nodes):
        text = f"runs nowhere: it is shown on {names}, which is offline"
        yield about(VIP_STOPPED, vip, text, *where)


def _one_address(vips: Sequence[VirtualIp]) -> Iterator[Finding]:
    """Yield the resources that have one address and run on different nodes: each brings it there.

    On the loopback it may be everywhere (LVS, routing), and so may a clone. Which of several a rule takes is not known.
    """
    owners: Dict[Tuple[str, str], List[VirtualIp]] = {}
    for vip in vips:
        apart = vip.cloned or vip.in_motion or vip.rests_on_loopback or vip.interface.startswith("lo")
        if vip.floating and not apart and len(vip.nodes) == 1 and vip.addresses and len(vip.addresses) == 1:
            (address,) = vip.addresses
            zone = vip.interface if address.startswith("fe80:") else ""  # another address on each link
            owners.setdefault((address, zone), []).append(vip)
    for (address, _), those in owners.items():
        where = tuple(dict.fromkeys(name for vip in those for name in vip.nodes))
        if len(where) > 1:
            places = " and ".join(f"{vip.id} on {vip.nodes[0]}" for vip in those)
            text = f"{address} is the address of {places}: both nodes carry it at once"
            subjects = (*resources(*(vip.id for vip in those)), *nodes(*where))
            yield Finding(VIP_DUPLICATED, text, subjects, "give one of them another address, or keep it stopped")


def _stopped(cluster: Cluster, cib: Optional[Cib], vip: VirtualIp, others: ResourceStates) -> Finding:
    """It runs nowhere: on purpose, its own or that of what it waits for, or why not.

    A failure that is listed may be an old one, made good since: it is the reason only where nothing else is.
    """
    if vip.disabled or cluster.options.stop_all_resources:
        return about(DISABLED, vip, "is stopped on purpose (target-role or stop-all-resources)")
    if vip.locked_to:
        text = f"is kept for {vip.locked_to}, which was shut down (shutdown-lock)"
        return about(DISABLED, vip, text, *nodes(vip.locked_to))
    tickets = tickets_missing(vip, cluster, cib)
    if tickets:
        subjects = [Subject(TICKET, ticket) for ticket in tickets]
        return about(NO_TICKET, vip, f"does not run: ticket {', '.join(tickets)} is not granted here", *subjects)
    waiting = others.waiting(vip.id)
    if waiting and may_act(cluster):
        condition, state = (DISABLED, "does not run") if waiting.on_purpose else (VIP_STOPPED, "runs nowhere")
        return about(condition, vip, f"{state}: {waiting.text}", waiting.cause.subject)
    failures = [failure for failure in cluster.failures if plain(failure.resource) == vip.id]
    why = told(failures)
    if not may_act(cluster) or (cluster.with_quorum is False and not why):
        failures, why = [], "this partition has no quorum"
    elif not others.hosts and not any(failure.task == "start" for failure in failures):
        failures, why = [], "no node can run resources"
    where = nodes(*dict.fromkeys(failure.node for failure in failures))
    return about(VIP_STOPPED, vip, f"runs nowhere{f': {why}' if why else ''}", *where)


def _unmanaged(cluster: Cluster, vip: VirtualIp) -> Iterator[Finding]:
    """Not managed, by its cause: cluster maintenance and blocking are told elsewhere."""
    primitives = [placed.primitive for placed in vip.instances]
    if cluster.options.maintenance_mode or all(primitive.managed or primitive.blocked for primitive in primitives):
        return
    resting = [node.name for node in cluster.nodes if node.maintenance and node.name in vip.nodes]
    if resting:
        yield about(MAINTENANCE, vip, f"runs on {', '.join(resting)}, which is in maintenance", *nodes(*resting))
    elif any(primitive.maintenance for primitive in primitives):
        yield about(MAINTENANCE, vip, "is in maintenance", *nodes(*vip.nodes))
    else:
        yield about(UNMANAGED, vip, "is unmanaged: the cluster will not move it", *nodes(*vip.nodes))


def not_expected_there(
    vips: Sequence[VirtualIp], absent: Sequence[LeftOut], expect: Sequence[Tuple[str, str]]
) -> Iterator[Finding]:
    """Yield those that are on another node than --expect says; of one that runs nowhere that is told."""
    by_id = {vip.id: vip for vip in vips}
    for name, node in expect:
        vip = by_id.get(name)
        if any(one.id == name for one in absent):
            continue
        if vip is None:
            text = f"{name} is expected on {node}, and there is no such virtual IP"
            yield Finding(WRONG_NODE, text, (*resources(name), *nodes(node)))
        elif vip.nodes and node not in vip.nodes and not vip.in_motion:
            text = f"is on {', '.join(vip.nodes)}, expected on {node}"
            yield about(WRONG_NODE, vip, text, *nodes(*vip.nodes, node))


def moved(
    vips: Sequence[VirtualIp], places: Mapping[str, List[str]], previous: Optional[Mapping[str, Any]]
) -> Iterator[Finding]:
    for vip in vips:
        before = (previous or {}).get(vip.id)
        now = places.get(vip.id)
        # an instance of a clone that comes or goes has not moved
        if isinstance(before, list) and before and now and not set(now).intersection(map(str, before)):
            left = [str(name) for name in before]
            text = f"moved from {', '.join(left)} to {', '.join(now)} since the last run"
            yield about(MOVED, vip, text, *nodes(*left, *now))
