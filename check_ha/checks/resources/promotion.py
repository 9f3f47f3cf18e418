"""What runs and is not promoted as it should be."""

from __future__ import annotations

from typing import Dict, Iterator, List, Sequence, Tuple

from check_ha.checks.resources.conditions import NOT_PROMOTED, PROMOTED_INCOMPLETE
from check_ha.checks.resources.eligible import (
    bans,
    constraint_ids,
    keeping,
    promotable_nodes,
    promoted_expected,
    removal,
)
from check_ha.checks.resources.wording import and_with_it, failure_subjects
from check_ha.cluster.resource_states.instances import ResourceInstances
from check_ha.cluster.resource_states.states import ResourceStates
from check_ha.cluster.resources import plain, told
from check_ha.core.finding import CONSTRAINT, Finding, Subject, resources
from check_ha.core.wording import are, joined


def not_promoted(found: Sequence[ResourceInstances], states: ResourceStates) -> Iterator[Finding]:
    """Yield what runs and should be promoted somewhere; of a cloned group the whole is meant."""
    for name, those in _by_name(found, states).items():
        lead = next((one for one in those if states.not_promoted(one)), None)
        if lead is None or states.tickets(lead, promoted=True) or _promoted_on(those, states):
            continue
        primitives = [one.primitive for one in lead.primitives if one.primitive.role == "Promoted"]
        gone = [node for primitive in primitives for node in primitive.nodes]
        runs_on = lead.running_on(states.lost)
        where = f" (it is shown promoted on {', '.join(gone)}, which is lost)" if gone else ""
        why, subjects, step = _reason(lead, runs_on, gone, states)
        with_it, waiting = and_with_it(those, states)
        yield Finding(
            NOT_PROMOTED,
            f"{name} is promoted nowhere, it runs on {', '.join(runs_on)}{where}{why}{with_it}",
            (*resources(name), *subjects, *waiting),
            *step,
        )


def promoted_incomplete(found: Sequence[ResourceInstances], states: ResourceStates) -> Iterator[Finding]:
    """Yield what is promoted on fewer of the nodes where it runs than promoted-max asks for."""
    for name, those in _by_name(found, states).items():
        promoted = _promoted_on(those, states)
        lead = next((one for one in those if one.promoted_on(states.lost)), those[0])
        expected = promoted_expected(lead, states, running=True)
        if not promoted or expected is None or len(promoted) >= expected or any(one.in_motion for one in those):
            continue
        others = [node for node in promotable_nodes(lead, states, running=True) if node not in promoted]
        why, subjects, step = _reason(lead, others, promoted, states)
        what = f"{'replicas' if lead.bundle else 'instances'} {are(promoted)} promoted, on {joined(promoted)}"
        yield Finding(
            PROMOTED_INCOMPLETE,
            f"{name}: {len(promoted)} of {expected} {what}, not on {', '.join(others)}{why}",
            (*resources(name), *subjects),
            *step,
        )


def _by_name(found: Sequence[ResourceInstances], states: ResourceStates) -> Dict[str, List[ResourceInstances]]:
    """Return what is promotable by its outermost name: all of it, of which some may be selected."""
    by_name: Dict[str, List[ResourceInstances]] = {one.outermost: [] for one in found if one.promotable}
    for one in states.all:
        if one.outermost in by_name:
            by_name[one.outermost].append(one)
    return by_name


def _promoted_on(found: Sequence[ResourceInstances], states: ResourceStates) -> Tuple[str, ...]:
    """Return where any of these is promoted, once for each instance of the one that is promoted most often."""
    return max((one.promoted_on(states.lost) for one in found), key=len, default=())


def _reason(
    resource: ResourceInstances, places: Sequence[str], known: Sequence[str], states: ResourceStates
) -> Tuple[str, Tuple[Subject, ...], Tuple[str, Tuple[str, ...]]]:
    """Return why it is not promoted on these nodes (failure, constraint, not known), the subjects, and the advice."""
    tasks = ("promote", "monitor", "demote")
    failures = [one for one in states.failures(resource) if one.task in tasks]
    banned = [ban for ban in bans(resource, states, promoted_only=True) if ban.node in places]
    subjects = failure_subjects(resource, failures, (*known, *places))
    why = f": {told(failures)}" if failures else ""
    if banned:
        ids = constraint_ids(banned, states)
        places = list(dict.fromkeys(ban.node for ban in banned))
        why += f": {keeping(ids)} it from being promoted on {', '.join(sorted(places))}"
        subjects = (*subjects, *(Subject(CONSTRAINT, one) for one in ids))
        return why, subjects, removal(resource, banned, states, promoted=True)
    name = next(
        (plain(one.primitive.id) for one in resource.primitives if one.primitive.role == "Unpromoted"), resource.id
    )
    scores = f"to see the promotion scores of {name}"
    return why, subjects, (scores, ("crm_simulate --show-scores --live-check",))
