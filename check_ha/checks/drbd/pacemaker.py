"""DRBD against Pacemaker: what should be up here and is not, who is Primary, and fence constraints left behind."""

from __future__ import annotations

from typing import Iterator, Sequence, Tuple

from check_ha.checks.drbd.situation import Judged, is_well
from check_ha.cluster.drbd.managed import ManagedDrbd, fence_constraints
from check_ha.core.condition import Condition, Severity
from check_ha.core.finding import CONSTRAINT, DRBD, Finding, Subject, nodes, resources
from check_ha.core.wording import joined, some
from check_ha.model.cib import Cib, Expression, Location, Rule
from check_ha.model.drbd import PRIMARY

NOT_LISTED = Condition(
    "not-listed",
    Severity.CRITICAL,
    "Pacemaker has a DRBD resource active on this node, and DRBD does not have it.",
)
NOT_PRIMARY = Condition(
    "not-primary",
    Severity.CRITICAL,
    "Pacemaker has promoted a DRBD resource here, and DRBD is not Primary here.",
)
PRIMARY_UNPLANNED = Condition(
    "primary-unplanned", Severity.WARNING, "DRBD is Primary on this node, and Pacemaker has not promoted it here."
)
FENCE_LEFT = Condition(
    "fence-left", Severity.WARNING,
    "A constraint of DRBD's fence-peer handler keeps a peer from being promoted, although all is up to date.",
)  # fmt: skip
FENCED = Condition(
    "fenced", Severity.OK, "Such a constraint is there, and what it is for is not over (as seen from this node)."
)
_LOOK = "to let Pacemaker look again, and put it right"
CONDITIONS = (NOT_LISTED, NOT_PRIMARY, PRIMARY_UNPLANNED, FENCE_LEFT, FENCED)


def not_listed(managed: Sequence[ManagedDrbd], found: Sequence[Judged], here: str, loaded: bool) -> Iterator[Finding]:
    """Yield what Pacemaker has active here and DRBD does not have; ``loaded``: its kernel module is there."""
    listed = {one.managed.id for one in found if one.managed}
    for one in managed:
        if here in one.active and one.id not in listed and not one.moving:
            name = one.drbd or "it"
            text = f"{one.names[-1]}: Pacemaker has it active on {here}, and DRBD does not have {name} there"
            text += "" if loaded else ": its kernel module is not loaded"
            advice = _LOOK if loaded else f"load the module (modprobe drbd), and {_LOOK}"
            drbd = (Subject(DRBD, one.drbd),) if one.drbd else ()
            yield Finding(
                NOT_LISTED, text, (*resources(one.id), *drbd, *nodes(here)), advice,
                (f"crm_resource --refresh --resource {one.names[-1]} --node {here}",),
            )  # fmt: skip


def roles(found: Sequence[Judged], here: str) -> Iterator[Finding]:
    """Yield where DRBD is Primary and Pacemaker has not promoted it, and the other way round.

    The two are asked one after the other, so that what is in motion is left out.
    """
    for one in found:
        managed = one.managed
        if managed is None or managed.moving:
            continue
        primary, promoted = one.resource.role == PRIMARY, here in managed.promoted
        subjects = (*one.subjects, *nodes(here, *(node for node in managed.promoted if node != here)))
        look = _LOOK, (f"crm_resource --refresh --resource {managed.names[-1]} --node {here}",)
        if promoted and not primary:
            text = f"{one.label}: Pacemaker has {managed.names[-1]} promoted on {here}, and DRBD is {one.resource.role}"
            yield Finding(NOT_PRIMARY, text, subjects, *look)
        elif primary and not promoted:
            where = f"on {joined(managed.promoted)}" if managed.promoted else "nowhere"
            text = f"{one.label}: DRBD is Primary on {here}, and Pacemaker has {managed.names[-1]} promoted {where}"
            yield Finding(PRIMARY_UNPLANNED, text, subjects, *look)


def fences(cib: Cib, managed: Sequence[ManagedDrbd], found: Sequence[Judged]) -> Iterator[Finding]:
    """Yield the constraints of the fence-peer handler: left behind, or in place while a peer is away.

    The peer removes it after its resync (after-resync-target, unfence-peer). A node where DRBD is not up cannot tell.
    """
    for one in fence_constraints(cib):
        of = [drbd for drbd in managed if set(one.resources).intersection(drbd.names)]
        here = [judged for judged in found if judged.managed in of]
        if of and not here:
            continue
        left = all(is_well(judged.resource) for judged in here)
        yield _fence(one, left, tuple(judged.label for judged in here))


def _fence(one: Location, left: bool, labels: Tuple[str, ...]) -> Finding:
    allowed = [name for rule in one.rules for name in _allowed(rule)]
    clone = some(one.resources)
    only = f"{clone} may be promoted on {joined(allowed)} only" if allowed else f"{clone} may not be promoted anywhere"
    subjects = (*(Subject(DRBD, name) for name in labels), *resources(*one.resources), Subject(CONSTRAINT, one.id))
    if not left:
        return Finding(FENCED, f"{only} until its peer is up to date ({one.id})", subjects)
    text = f"{only}: {one.id} was left behind, as all is up to date"
    advice = "see why the peer did not remove it (the handlers after-resync-target or unfence-peer), and"
    return Finding(
        FENCE_LEFT, text, subjects, advice, (f"cibadmin --delete --xml-text '<rsc_location id=\"{one.id}\"/>'",)
    )


def _allowed(rule: Rule) -> Iterator[str]:
    """Yield the nodes that are left: ``#uname ne node1``."""
    for part in rule.parts:
        if isinstance(part, Expression) and part.attribute == "#uname" and part.operation == "ne":
            yield part.value
