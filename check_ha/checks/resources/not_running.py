"""What does not run: for a cause that all share, on purpose, lost, or for a reason of its own."""

from __future__ import annotations

from typing import Dict, FrozenSet, Iterator, List, Optional, Sequence, Tuple

from check_ha.checks.resources.conditions import (
    DISABLED,
    LOCKED,
    NO_QUORUM,
    NO_TICKET,
    ON_LOST_NODE,
    STOPPED,
    STOPPED_ALL,
)
from check_ha.checks.resources.reasons import reason_down, release
from check_ha.checks.resources.wording import and_with_it, by_name, named_as, without_meta
from check_ha.cluster.nodes import described, may_act
from check_ha.cluster.resource_states.instances import ResourceInstances
from check_ha.cluster.resource_states.state import ResourceState
from check_ha.cluster.resource_states.states import ResourceStates
from check_ha.core.finding import SETTING, TICKET, Finding, Subject, nodes, resources
from check_ha.core.wording import are, listed
from check_ha.model.cluster import Group


def common_cause(
    found: Sequence[ResourceInstances], states: ResourceStates
) -> Tuple[Optional[Finding], FrozenSet[str]]:
    """Return what keeps all of these from running, told once, and the ids of what it keeps."""
    options = states.cluster.options
    down = [one for one in found if states.state(one) == ResourceState.DOWN]
    hosts: Tuple[str, ...] = ()
    commands: Tuple[str, ...] = ()
    advice, here = "", ""
    if options.stop_all_resources:
        condition, text = STOPPED_ALL, "stop-all-resources is set"
        commands = ("crm_attribute --name stop-all-resources --delete",)
    elif not may_act(states.cluster):
        kept = (ResourceState.DOWN, ResourceState.LOST)
        down = [one for one in found if states.state(one) in kept or states.not_promoted(one)]
        condition, text = NO_QUORUM, f"no quorum, and no-quorum-policy is {options.no_quorum_policy or 'stop'}"
        advice, here = "see check_ha_quorum", " in this partition"
    elif not states.hosts:
        down = [one for one in down if not states.failed_to_start(one)]
        idle = [node for node in states.cluster.nodes if node.type != "remote"]
        hosts = tuple(node.name for node in idle)
        words = ", ".join(f"{node.name} {described(node)}" for node in idle)
        condition, text = STOPPED, f"no node can run resources ({words})"
    else:
        return None, frozenset()
    if not down:
        return None, frozenset()
    names = [one.outermost for one in down]
    doing = "running or promoted" if any(states.not_promoted(one) for one in down) else "running"
    text = f"{text}: {listed(names)} {are(names)} not {doing}{here}"
    setting = (Subject(SETTING, "stop-all-resources"),) if condition is STOPPED_ALL else ()
    subjects = (*setting, *nodes(*hosts), *resources(*dict.fromkeys((*names, *(one.id for one in down)))))
    return Finding(condition, text, subjects, advice, commands), frozenset(one.id for one in down)


def down(found: Sequence[ResourceInstances], states: ResourceStates) -> Iterator[Finding]:
    """Yield what should run and runs nowhere; what is blocked, or waits for another resource, is told with that."""
    for resource in found:
        if states.state(resource) != ResourceState.DOWN or resource.id in states.told_with_another:
            continue
        if not any(one.primitive.blocked for one in resource.primitives):
            why = reason_down(resource, states)
            with_it, waiting = and_with_it([resource], states)
            yield Finding(
                STOPPED,
                f"{resource.label} runs nowhere{_left_alone(resource, states)}"
                f"{f': {why.text}' if why.text else ''}{with_it}",
                (resource.subject, *why.subjects, *waiting),
                why.advice,
                why.commands,
            )


def _left_alone(resource: ResourceInstances, states: ResourceStates) -> str:
    """Return that the cluster will not start it."""
    if states.cluster.options.maintenance_mode:
        return ", and the cluster does not start it in maintenance mode"
    unmanaged = all(not one.primitive.managed for one in resource.primitives)
    return ", and the cluster does not start it because it is unmanaged" if unmanaged else ""


def on_lost_nodes(found: Sequence[ResourceInstances], states: ResourceStates) -> Iterator[Finding]:
    """Yield what is shown on nothing but nodes of which nobody knows anything, by node."""
    by_node = {node.name: node for node in states.cluster.nodes}
    shown: Dict[str, List[ResourceInstances]] = {}
    for resource in found:
        if states.state(resource) == ResourceState.LOST:
            shown.setdefault(resource.shown_on(states.lost)[0], []).append(resource)
    for name, those in shown.items():
        node = by_node[name]
        names = [one.outermost for one in those]
        them = "it is" if len(set(names)) == 1 else "they are"
        fate = f"{them} not started elsewhere until it is fenced"
        if not node.unclean:
            fate = f"{them} not running anywhere else"
        with_it, waiting = and_with_it(those, states)
        text = f"{listed(names)} {are(names)} shown on {name}, which is {described(node)}: {fate}{with_it}"
        yield Finding(ON_LOST_NODE, text, (*nodes(name), *resources(*dict.fromkeys(names)), *waiting))


def disabled(found: Sequence[ResourceInstances], states: ResourceStates) -> Iterator[Finding]:
    """Yield what target-role stops."""
    those = [one for one in found if states.state(one) == ResourceState.DISABLED]
    for name, named in by_name(those, states).items():
        with_it, waiting = and_with_it(named, states)
        where = states.where_set(named, "target-role", _stopped) or _where_shown(named)
        start = f"crm resource start {' '.join(where)}"
        if named[0].bundle:
            start = without_meta(where, "target-role")
        yield Finding(
            DISABLED,
            f"{name} is stopped on purpose (target-role){with_it}",
            (*named_as(name, named), *waiting),
            commands=(start, f"pcs resource enable {' '.join(where)}"),
        )


def promotion_disabled(found: Sequence[ResourceInstances], states: ResourceStates) -> Iterator[Finding]:
    """Yield what target-role keeps from being promoted, where something else waits for that."""
    for resource in found:
        if not resource.promotion_disabled:
            continue
        with_it, waiting = and_with_it([resource], states)
        if waiting and states.settled(resource):
            where = states.where_set([resource], "target-role", bool) or (resource.outermost,)
            yield Finding(
                DISABLED,
                f"{resource.outermost} is not promoted on purpose (target-role){with_it}",
                (*resources(resource.outermost), *waiting),
                commands=(without_meta(where, "target-role"),),
            )


def _stopped(value: str) -> bool:
    return value.lower() == "stopped"


def _where_shown(found: Sequence[ResourceInstances]) -> Tuple[str, ...]:
    """Return where target-role is set as far as crm_mon tells: not at a group that is not disabled itself."""
    groups = [parent for one in found[0].primitives for parent in one.parents if isinstance(parent, Group)]
    if any(group.disabled is False for group in groups):
        return tuple(one.id for one in found)
    return (found[0].outermost,)


def locked(found: Sequence[ResourceInstances], states: ResourceStates) -> Iterator[Finding]:
    """Yield what waits for its node to come back."""
    kept: Dict[str, List[ResourceInstances]] = {}
    for resource in found:
        if states.state(resource) == ResourceState.LOCKED:
            placed = (one.primitive.locked_to or "" for one in resource.primitives if one.primitive.locked_to)
            kept.setdefault(next(placed), []).append(resource)
    for node, those in kept.items():
        named = by_name(those, states)
        with_it, waiting = and_with_it(those, states)
        subjects = [subject for name, one in named.items() for subject in named_as(name, one)]
        yield Finding(
            LOCKED,
            f"{listed(named)} {are(named)} kept for {node}, which was shut down (shutdown-lock){with_it}",
            (*subjects, *nodes(node), *waiting),
            *release(those[0].id, [node]),
        )


def without_ticket(found: Sequence[ResourceInstances], states: ResourceStates) -> Iterator[Finding]:
    """Yield what may not run, or not be promoted, at this site."""
    waiting: Dict[Tuple[str, str], List[ResourceInstances]] = {}
    for resource in found:
        if states.state(resource) == ResourceState.TICKET:
            waiting.setdefault((states.tickets(resource)[0], "running"), []).append(resource)
        elif states.not_promoted(resource) and states.tickets(resource, promoted=True):
            waiting.setdefault((states.tickets(resource, promoted=True)[0], "promoted"), []).append(resource)
    for (ticket, doing), those in waiting.items():
        named = by_name(those, states)
        with_it, others = and_with_it(those, states)
        text = f"{listed(named)} {are(named)} not {doing}: ticket {ticket} {states.missing_tickets[ticket]}{with_it}"
        subjects = [subject for name, one in named.items() for subject in named_as(name, one)]
        yield Finding(
            NO_TICKET,
            text,
            (*subjects, Subject(TICKET, ticket), *others),
            "booth grants tickets; to see what is granted here",
            ("crm_ticket --info",),
        )
