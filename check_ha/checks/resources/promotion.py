"""What runs and is not promoted as it should be."""

from __future__ import annotations

from typing import Dict, Iterator, List, Sequence

from check_ha.checks.resources.conditions import NOT_PROMOTED
from check_ha.checks.resources.instances import ResourceInstances
from check_ha.checks.resources.state import ResourceStates, failure_subjects
from check_ha.cluster.resources import told
from check_ha.core.finding import Finding, resources


def not_promoted(found: Sequence[ResourceInstances], states: ResourceStates) -> Iterator[Finding]:
    """Yield what runs and should be promoted somewhere; of a cloned group the whole is meant."""
    by_name: Dict[str, List[ResourceInstances]] = {}
    for resource in found:
        if states.not_promoted(resource) and not states.tickets(resource, promoted=True):
            by_name.setdefault(resource.outermost, []).append(resource)
    for name, those in by_name.items():
        if any(other.promoted_on(states.lost) for other in states.all if other.outermost == name):
            continue
        primitives = [one.primitive for one in those[0].primitives if one.primitive.role == "Promoted"]
        gone = [node for primitive in primitives for node in primitive.nodes]
        failures = [one for one in states.failures(those[0]) if one.task in ("promote", "monitor", "demote")]
        runs_on = those[0].running_on(states.lost)
        where = f" (it is shown promoted on {', '.join(gone)}, which is lost)" if gone else ""
        text = f"{name} is promoted nowhere, it runs on {', '.join(runs_on)}{where}"
        text += f": {told(failures)}" if failures else ""
        yield Finding(
            NOT_PROMOTED,
            text,
            (*resources(name), *failure_subjects(those[0], failures, (*runs_on, *gone))),
            f"to see the promotion scores of {those[0].id}",
            ("crm_simulate --show-scores --live-check",),
        )
