"""What is wrong with single instances of resources, running or not."""

from __future__ import annotations

import functools
from typing import Callable, Dict, Iterator, List, Sequence, Tuple

from check_ha.checks.resources.conditions import BLOCKED, FAILED, FAILURE_IGNORED, MULTIPLE_ACTIVE, ORPHANED
from check_ha.checks.resources.wording import and_with_it, failure_subjects, failure_text
from check_ha.cluster.resource_states.instances import ResourceInstances
from check_ha.cluster.resource_states.state import ResourceState
from check_ha.cluster.resource_states.states import ResourceStates
from check_ha.cluster.resources import MENDED, cleanup, in_motion, plain, refresh
from check_ha.core.condition import Condition
from check_ha.core.finding import Finding, nodes
from check_ha.core.wording import are, joined, listed
from check_ha.model.cluster import Primitive


def multiple_active(found: Sequence[ResourceInstances], states: ResourceStates) -> Iterator[Finding]:
    """Yield primitives that are active on several nodes at once; what a split brain leaves is one finding.

    A fence device is started elsewhere while its node is lost, for it does no harm to be there twice.
    """
    places: Dict[Tuple[Tuple[str, ...], bool], List[ResourceInstances]] = {}
    for resource in found:
        for one in resource.primitives:
            if not _is_multiple(one.primitive):
                continue
            harmless = states.lost if one.primitive.agent.startswith("stonith:") else ()
            active_on = tuple(sorted(node for node in one.primitive.nodes if node not in harmless))
            if len(active_on) > 1:
                places.setdefault((active_on, one.primitive.blocked), []).append(resource)
    for (active_on, blocked_too), those in places.items():
        names = [resource.label for resource in those]
        stuck = ", and blocked: the cluster stops none of them" if blocked_too else ""
        yield Finding(
            MULTIPLE_ACTIVE,
            f"{listed(names)} {are(names)} active on {joined(active_on)} at once{stuck}",
            (*(resource.subject for resource in those), *nodes(*active_on)),
            "stop all but one by hand, then",
            (refresh(*(resource.id for resource in those), version=states.cluster.version),),
        )


def _is_multiple(primitive: Primitive) -> bool:
    return len(primitive.nodes) > 1 and not in_motion(primitive)


def blocked(found: Sequence[ResourceInstances], states: ResourceStates) -> Iterator[Finding]:
    """Yield what the cluster will not touch, because its stop failed or on-fail is block."""
    for resource in found:
        if True not in [one.primitive.blocked for one in resource.primitives]:
            continue
        stopped = " and does not run" if states.state(resource) == ResourceState.DOWN else ""
        text = f"{{name}} is blocked{{place}}{stopped}{{why}}{{with_it}}"
        yield from _each(BLOCKED, [resource], states, lambda one: one.blocked and not _is_multiple(one), text)


def failed(found: Sequence[ResourceInstances], states: ResourceStates) -> Iterator[Finding]:
    """Yield what counts as failed now. What is down, lost or just recovered for it is told as such."""
    here = [one for one in found if states.state(one) not in (ResourceState.DOWN, ResourceState.LOST)]
    yield from _each(FAILED, here, states, _counts_as_failed, "{name} failed{place}{why}")


def _counts_as_failed(primitive: Primitive) -> bool:
    return primitive.failed and not (primitive.failure_ignored or primitive.blocked or in_motion(primitive))


def failure_ignored(found: Sequence[ResourceInstances], states: ResourceStates) -> Iterator[Finding]:
    """Yield what failed, and is shown as if it had not."""
    text = "{name} is shown as started{place}, and its failure is ignored (on-fail=ignore){why}"
    yield from _each(FAILURE_IGNORED, found, states, lambda one: one.failure_ignored, text)


def orphaned(found: Sequence[ResourceInstances], states: ResourceStates) -> Iterator[Finding]:
    """Yield what is configured no more: removed, or surplus instances of a clone."""
    for resource in found:
        orphans = [one.primitive.orphaned for one in resource.primitives]
        if True not in orphans:
            continue
        what = "has surplus instances" if False in orphans else "is no longer configured and still runs"
        text = f"{{name}} {what}{{place}}"
        again = functools.partial(refresh, version=states.cluster.version)
        yield from _each(ORPHANED, [resource], states, lambda one: one.orphaned, text, "stop it by hand, then", again)


def _each(
    condition: Condition,
    found: Sequence[ResourceInstances],
    states: ResourceStates,
    holds: Callable[[Primitive], bool],
    text: str,
    advice: str = MENDED,
    command: Callable[[str], str] = cleanup,
) -> Iterator[Finding]:
    """Yield a finding for each resource of which this holds: where it does, and why as far as failures tell."""
    for resource in found:
        primitives = [one.primitive for one in resource.primitives if holds(one.primitive)]
        if not primitives:
            continue
        places = tuple(dict.fromkeys(node for primitive in primitives for node in primitive.nodes))
        ids = {plain(primitive.id) for primitive in primitives}
        failures = [one for one in states.failures(resource, places) if plain(one.resource) in ids]
        why = f": {failure_text(resource, failures, places)}" if failures else ""
        place = f" on {', '.join(places)}" if places else ""
        with_it, waiting = and_with_it([resource], states)
        yield Finding(
            condition,
            text.format(name=resource.label, place=place, why=why, with_it=with_it),
            (resource.subject, *failure_subjects(resource, failures, places), *waiting),
            advice,
            (command(primitives[0].id),),
        )
