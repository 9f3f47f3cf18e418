"""Why a resource does not run, as far as that can be told, and what to do about it."""

from __future__ import annotations

from typing import NamedTuple, Tuple

from check_ha.checks.resources.eligible import bans_by_node, eligible_nodes, nodes_allowed
from check_ha.checks.resources.instances import ResourceInstances
from check_ha.checks.resources.state import ResourceStates, failure_subjects, failure_text
from check_ha.cluster.nodes import can_start
from check_ha.cluster.resources import MENDED, cleanup
from check_ha.core.finding import TICKET, Subject, nodes
from check_ha.model.cib import is_true


class Reason(NamedTuple):
    """Why it does not run."""

    text: str
    """Empty where nothing is known."""
    subjects: Tuple[Subject, ...]
    advice: str
    commands: Tuple[str, ...]


def reason_down(resource: ResourceInstances, states: ResourceStates) -> Reason:
    """Return why a resource runs nowhere."""
    failures = states.failures(resource)
    if failures:
        subjects = failure_subjects(resource, failures)
        return Reason(failure_text(resource, failures), subjects, MENDED, (cleanup(failures[0].resource),))
    failed = states.failed_too_often(resource)
    if failed:
        text = f"it has failed too often on {', '.join(failed)}"
        return Reason(text, nodes(*failed), MENDED, (cleanup(resource.id),))
    if eligible_nodes(resource, states) or not states.hosts:
        return _doubt(resource, states)
    kept_off = bans_by_node(resource, states)
    if any(node.name in kept_off for node in states.hosts):
        ids = ", ".join(dict.fromkeys(kept_off.values()))
        text = f"constraints keep it off every node that is up ({ids})"
    elif nodes_allowed(resource, states) is None:
        text = "no node that is up can run it"
    else:
        text = "no constraint that names a node allows it on one that is up (symmetric-cluster=false)"
    return Reason(text, (), MENDED, (cleanup(resource.id),))


def _doubt(resource: ResourceInstances, states: ResourceStates) -> Reason:
    """What may be the reason and cannot be seen: without the CIB tickets, before 2.1.5 shutdown locks."""
    text = ""
    subjects: Tuple[Subject, ...] = ()
    away = [node.name for node in states.cluster.nodes if node.type != "remote" and not can_start(node)]
    if states.cib is None and states.missing_tickets:
        text = f"perhaps it waits for ticket {', '.join(states.missing_tickets)}: cibadmin did not answer"
        subjects = tuple(Subject(TICKET, name) for name in states.missing_tickets)
    elif states.cib and is_true(states.cib.option("shutdown-lock")) and away:
        text, subjects = f"perhaps kept for {' or '.join(away)} (shutdown-lock)", nodes(*away)
    if text:
        return Reason(text, subjects, MENDED, (cleanup(resource.id),))
    return Reason("", (), *what_keeps_it(resource.id))


def what_keeps_it(name: str) -> Tuple[str, Tuple[str, ...]]:
    """Return the advice and the command where the reason is not known."""
    return "to see what keeps it from running", (f"crm_resource --why --resource {name}",)
