"""Why a resource does not run, as far as that can be told, and what to do about it."""

from __future__ import annotations

from typing import Sequence, Tuple

from check_ha.checks.resources.eligible import bans, constraint_ids, eligible_nodes, keeping, nodes_allowed, removal
from check_ha.checks.resources.wording import failure_subjects, failure_text
from check_ha.cluster.nodes import can_start
from check_ha.cluster.resource_states.instances import ResourceInstances
from check_ha.cluster.resource_states.states import ResourceStates
from check_ha.cluster.resources import MENDED, cleanup, what_keeps_it
from check_ha.core.finding import CONSTRAINT, TICKET, Subject, nodes
from check_ha.core.wording import joined
from check_ha.model.cib import is_true
from check_ha.record import NamedTuple


class Reason(NamedTuple):
    """Why it does not run."""

    text: str
    """Empty where nothing is known."""
    subjects: Tuple[Subject, ...]
    advice: str
    commands: Tuple[str, ...]


def reason_down(resource: ResourceInstances, states: ResourceStates) -> Reason:
    """Return why a resource runs nowhere."""
    waiting = states.waiting(resource.ids[0])
    if waiting:
        return Reason(waiting.text, (waiting.cause.subject,), *what_keeps_it(resource.id, states.cluster))
    if states.hosts and not eligible_nodes(resource, states):
        return _no_node(resource, states)
    failures = states.failures(resource)
    if failures:
        subjects = failure_subjects(resource, failures)
        return Reason(failure_text(resource, failures), subjects, MENDED, (cleanup(failures[0].resource),))
    failed = states.failed_too_often(resource)
    if failed:
        text = f"it has failed too often on {', '.join(failed)}"
        return Reason(text, nodes(*failed), MENDED, (cleanup(resource.id),))
    return _doubt(resource, states)


def _no_node(resource: ResourceInstances, states: ResourceStates) -> Reason:
    """Return that constraints leave it no node that is up."""
    up = {node.name for node in states.hosts}
    banned = [ban for ban in bans(resource, states) if ban.node in up]
    if banned:
        ids = constraint_ids(banned, states)
        subjects = tuple(Subject(CONSTRAINT, one) for one in ids)
        return Reason(f"{keeping(ids)} it off every node that is up", subjects, *removal(resource, banned, states))
    allowed = nodes_allowed(resource, states)
    if allowed is None:
        return Reason("no node that is up can run it", (), *what_keeps_it(resource.id, states.cluster))
    if states.cluster.options.symmetric is False:
        text = "no constraint allows it on a node that is up (symmetric-cluster=false)"
    else:
        text = "no node that is up is one of those it may run on (resource-discovery=exclusive)"
    away = sorted(allowed - up)
    if away:
        return Reason(f"{text}, only on {', '.join(away)}", nodes(*away), f"bring back {joined(away)}", ())
    name, host = resource.outermost, states.hosts[0].name
    commands = (f"crm configure location l-{name} {name} 0: {host}", f"pcs constraint location {name} prefers {host}=0")
    return Reason(text, (), f"to allow it on {host}", commands)


def _doubt(resource: ResourceInstances, states: ResourceStates) -> Reason:
    """Return what may be the reason and cannot be seen: without the CIB tickets, before 2.1.5 shutdown locks."""
    away = [node.name for node in states.cluster.nodes if node.type != "remote" and not can_start(node)]
    if states.cib is None and states.missing_tickets:
        names = list(states.missing_tickets)
        text = f"perhaps it waits for ticket {', '.join(names)}: cibadmin did not answer"
        subjects = tuple(Subject(TICKET, name) for name in names)
        return Reason(text, subjects, "to see which tickets are granted here", ("crm_ticket --info",))
    if states.cib and is_true(states.cib.option("shutdown-lock")) and away:
        text = f"perhaps kept for {' or '.join(away)} (shutdown-lock)"
        return Reason(text, nodes(*away), *release(resource.id, away))
    return Reason("", (), *what_keeps_it(resource.id, states.cluster))


def release(resource: str, away: Sequence[str]) -> Tuple[str, Tuple[str, ...]]:
    """Return the advice and the commands for what is kept for a node that was shut down."""
    commands = tuple(f"crm_resource --refresh --resource {resource} --node {node}" for node in away)
    return f"start {' or '.join(away)} again, or let it run elsewhere", commands
