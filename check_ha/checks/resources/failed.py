"""What is wrong with single instances of resources, running or not."""

from typing import Callable, Dict, Iterator, List, Sequence, Tuple

from check_ha.checks.resources.instances import Unit
from check_ha.checks.resources.state import Remark, Situation, Stand
from check_ha.cluster.resources import cleanup, in_motion, plain
from check_ha.core.wording import are, listed
from check_ha.model.cluster import Primitive


def multiple_active(units: Sequence[Unit], now: Situation) -> Iterator[Remark]:
    """Primitives that are active on several nodes at once; what a split brain leaves is one remark.

    A fence device is started elsewhere while its node is lost, for it does no harm to be there twice.
    """
    places: Dict[Tuple[Tuple[str, ...], bool], List[Unit]] = {}
    for unit in units:
        for one in unit.members:
            harmless = now.lost if one.primitive.agent.startswith("stonith:") else ()
            nodes = tuple(sorted(node for node in one.primitive.nodes if node not in harmless))
            if len(nodes) > 1 and _is_multiple(one.primitive):
                places.setdefault((nodes, one.primitive.blocked), []).append(unit)
    for (nodes, blocked_too), found in places.items():
        names = [unit.label for unit in found]
        stuck = ", and blocked: the cluster stops none of them" if blocked_too else ""
        yield Remark(
            f"{listed(names)} {are(names)} active on {', '.join(nodes[:-1])} and {nodes[-1]} at once{stuck}",
            f"stop all but one by hand, then: crm_resource --cleanup --resource {found[0].id}",
        )


def _is_multiple(primitive: Primitive) -> bool:
    return len(primitive.nodes) > 1 and not in_motion(primitive)


def blocked(units: Sequence[Unit], now: Situation) -> Iterator[Remark]:
    """What the cluster will not touch, because its stop failed or on-fail is block."""
    for unit, place, why, blamed in _found(units, now, lambda one: one.blocked and not _is_multiple(one)):
        yield Remark(f"{unit.label} is blocked{place}{why}", cleanup(blamed))


def failed(units: Sequence[Unit], now: Situation) -> Iterator[Remark]:
    """What counts as failed now. What is down, lost or just recovered for it is told as such."""
    here = [unit for unit in units if now.stand(unit) not in (Stand.DOWN, Stand.LOST)]
    for unit, place, why, blamed in _found(here, now, _counts_as_failed):
        yield Remark(f"{unit.label} failed{place}{why}", cleanup(blamed))


def _counts_as_failed(primitive: Primitive) -> bool:
    return primitive.failed and not (primitive.failure_ignored or primitive.blocked or in_motion(primitive))


def failure_ignored(units: Sequence[Unit], now: Situation) -> Iterator[Remark]:
    """What failed, and is shown as if it had not."""
    for unit, place, why, blamed in _found(units, now, lambda one: one.failure_ignored):
        yield Remark(
            f"{unit.label} is shown as started{place}, and its failure is ignored (on-fail=ignore){why}",
            cleanup(blamed),
        )


def orphaned(units: Sequence[Unit], now: Situation) -> Iterator[Remark]:
    """What is configured no more: removed, or instances of a clone that are too many."""
    for unit, place, _, blamed in _found(units, now, lambda one: one.orphaned):
        removed = all(one.primitive.orphaned for one in unit.members)
        what = "is no longer configured and still runs" if removed else "has instances too many"
        yield Remark(
            f"{unit.label} {what}{place}", f"stop it by hand, then: crm_resource --cleanup --resource {blamed}"
        )


def _found(
    units: Sequence[Unit], now: Situation, holds: Callable[[Primitive], bool]
) -> Iterator[Tuple[Unit, str, str, str]]:
    """Per resource of which this holds: where it does, why as far as failures tell, and the primitive to clean up."""
    for unit in units:
        primitives = [one.primitive for one in unit.members if holds(one.primitive)]
        if primitives:
            nodes = list(dict.fromkeys(node for primitive in primitives for node in primitive.nodes))
            ids = {plain(primitive.id) for primitive in primitives}
            failures = [one for one in now.failures_of(unit, nodes) if plain(one.resource) in ids]
            why = f": {now.told(unit, failures, nodes)}" if failures else ""
            yield unit, f" on {', '.join(nodes)}" if nodes else "", why, plain(primitives[0].id)
