"""What is said of resources in the same words by several findings, and whom these words name."""

from __future__ import annotations

from typing import Dict, Iterable, List, Sequence, Tuple

from check_ha.cluster.resource_states.instances import ResourceInstances
from check_ha.cluster.resource_states.states import ResourceStates
from check_ha.cluster.resources import plain, told
from check_ha.core.finding import Subject, nodes, resources
from check_ha.core.wording import listed
from check_ha.model.cluster import Failure


def by_name(found: Sequence[ResourceInstances], states: ResourceStates) -> Dict[str, List[ResourceInstances]]:
    """Return these by label; all of a group, clone or bundle by the name of that."""
    ids = {resource.id for resource in found}
    outer = {resource.outermost for resource in found}
    partly = {name for name in outer if not states.inside[name] <= ids}
    named: Dict[str, List[ResourceInstances]] = {}
    for resource in found:
        name = resource.label if resource.outermost in partly else resource.outermost
        named.setdefault(name, []).append(resource)
    return named


def and_with_it(found: Sequence[ResourceInstances], states: ResourceStates) -> Tuple[str, Tuple[Subject, ...]]:
    """Return what is down because of these, in words and as subjects: ``, and with it p_fs, g_app``."""
    waiting = states.consequences(found)
    ids = {one.id for one in waiting}
    names = dict.fromkeys(one.outermost if states.inside[one.outermost] <= ids else one.id for one in waiting)
    return (f", and with it {listed(names)}" if names else ""), resources(*names)


def failure_text(resource: ResourceInstances, failures: Iterable[Failure], known: Iterable[str] = ()) -> str:
    """Return these failures of it in words; of a bundle each with the primitive that failed."""
    parts: Dict[str, List[Failure]] = {}
    for one in failures:
        parts.setdefault(f"{plain(one.resource)} " if resource.bundle else "", []).append(one)
    return ", ".join(part + told(those, known) for part, those in parts.items())


def failure_subjects(
    resource: ResourceInstances, failures: Sequence[Failure], known: Iterable[str] = ()
) -> Tuple[Subject, ...]:
    """Return whom ``failure_text`` names: the nodes, those that are known first, and what failed in a bundle."""
    inside = [plain(one.resource) for one in failures] if resource.bundle else []
    return (*resources(*dict.fromkeys(inside)), *nodes(*dict.fromkeys((*known, *(one.node for one in failures)))))


def named_as(name: str, found: Sequence[ResourceInstances]) -> Tuple[Subject, ...]:
    """Return the subject of what ``by_name`` calls so: the one resource, or the whole that these are."""
    return (found[0].subject,) if name == found[0].label else resources(name)


def without_meta(where: Iterable[str], name: str) -> str:
    """Return the command that takes a meta attribute away; for a bundle crmsh (4.4) has none that does."""
    return " && ".join(f"crm_resource --resource {one} --meta --delete-parameter {name}" for one in where)
