"""Clones and bundles of which less runs than the nodes could hold."""

from __future__ import annotations

from typing import Dict, Iterator, List, Sequence, Tuple

from check_ha.checks.resources.conditions import CLONE_INCOMPLETE
from check_ha.checks.resources.eligible import instances_expected, nodes_missing
from check_ha.checks.resources.wording import failure_subjects, failure_text
from check_ha.cluster.resource_states.instances import ResourceInstances
from check_ha.cluster.resource_states.states import ResourceStates
from check_ha.cluster.resources import MENDED, cleanup, plain, what_keeps_it
from check_ha.core.finding import Finding, resources
from check_ha.core.wording import listed


def incomplete(found: Sequence[ResourceInstances], states: ResourceStates) -> Iterator[Finding]:
    """Yield clones and bundles of which less runs than the nodes could hold; a group in a clone is one finding."""
    by_nodes: Dict[Tuple[str, Tuple[str, ...]], List[ResourceInstances]] = {}
    for resource in found:
        running = len(resource.running(states.lost))
        if not 0 < running < len(resource.instances):  # of most, which need not be asked how many should run
            continue
        if running < instances_expected(resource, states) and not resource.in_motion:
            by_nodes.setdefault((resource.outermost, nodes_missing(resource, states)), []).append(resource)
    for (_, missing), those in by_nodes.items():
        yield _incomplete(those, missing, states)


def _incomplete(found: Sequence[ResourceInstances], missing: Sequence[str], states: ResourceStates) -> Finding:
    resource = states.culprit(found, missing)
    others = list(dict.fromkeys(other.id for other in found if other is not resource))
    failures = states.failures(resource) if resource.bundle else states.failures(resource, missing)
    too_often = [node for node in states.failed_too_often(resource) if node in missing]
    why = f": failed too often on {', '.join(too_often)}" if too_often else ""
    if failures:
        why = f": {failure_text(resource, failures, () if resource.may_share_nodes else missing)}"
    blamed = plain(failures[0].resource) if failures else resource.id
    advice, commands = (MENDED, (cleanup(blamed),)) if why else what_keeps_it(blamed, states.cluster)
    where = dict.fromkeys((*(() if resource.may_share_nodes else missing), *too_often))
    return Finding(
        CLONE_INCOMPLETE,
        _share(resource, missing, states) + why + (f", and with it {listed(others)}" if others else ""),
        (resource.subject, *failure_subjects(resource, failures, where), *resources(*others)),
        advice,
        commands,
    )


def _share(resource: ResourceInstances, missing: Sequence[str], states: ResourceStates) -> str:
    """Return ``cl_ping runs on 2 of 3 nodes, not on node3``, ``web: 1 of 2 replicas runs``."""
    running, expected = len(resource.running(states.lost)), instances_expected(resource, states)
    if resource.may_share_nodes:
        what = "replicas" if resource.bundle else "instances"
        return f"{resource.label}: {running} of {expected} {what} {'runs' if running == 1 else 'run'}"
    return f"{resource.label} runs on {running} of {expected} nodes, not on {', '.join(missing)}"
