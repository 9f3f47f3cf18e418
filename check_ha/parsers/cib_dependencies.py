"""Order and colocation constraints of a CIB, as far as they keep a resource from running without another.

    <rsc_order id="o_fs" first="ms_drbd" first-action="promote" then="p_fs" then-action="start"/>
    <rsc_colocation id="c_fs" rsc="p_fs" with-rsc="ms_drbd" with-rsc-role="Promoted" score="INFINITY"/>

Only what is mandatory is one: ``kind`` Mandatory or absent (with the ``score`` that was its name before, not 0), a
colocation of INFINITY. In resource sets (Pacemaker 1.1 to 3.0, pcmk_sched_ordering.c and pcmk_sched_colocation.c) each
member needs the one before it, unless ``sequential="false"``; an order goes from set to set (after one with
``require-all="false"`` as soon as any of it runs), and of a colocation each set needs the set after it.
"""

from __future__ import annotations

from typing import Iterator, Optional

from check_ha.model.cib import Dependency, Separation, is_false
from check_ha.model.cluster import INFINITY
from check_ha.parsers.cib_rules import PROMOTED_ROLES, parse_score
from check_ha.parsers.xml import Element


def parse_dependencies(constraints: Optional[Element]) -> Iterator[Dependency]:
    """Yield what is in the section ``constraints``, orders first; what ACLs hide is left out."""
    if constraints is None:
        return
    for element in constraints.iterchildren("rsc_order"):
        if _is_mandatory(element):
            yield from _order(element)
    for element in constraints.iterchildren("rsc_colocation"):
        if parse_score(element.get("score")) >= INFINITY:
            yield from _colocation(element)


def parse_separations(constraints: Optional[Element]) -> Iterator[Separation]:
    """Yield the colocations of -INFINITY of one resource with one other that keep it from running at all."""
    for element in () if constraints is None else constraints.iterchildren("rsc_colocation"):
        resource, other = element.get("rsc"), element.get("with-rsc")
        of_promotion = element.get("rsc-role") in PROMOTED_ROLES
        if resource and other and not of_promotion and parse_score(element.get("score")) <= -INFINITY:
            yield Separation(element.get("id", ""), resource, other, element.get("with-rsc-role") in PROMOTED_ROLES)


def _is_mandatory(order: Element) -> bool:
    kind = order.get("kind")
    return kind.lower() == "mandatory" if kind else order.get("score") is None or parse_score(order.get("score")) > 0


def _order(element: Element) -> Iterator[Dependency]:
    first, then = element.get("first"), element.get("then")
    if first and then:
        action = element.get("first-action", "start")
        later = element.get("then-action", action)
        if action in ("start", "promote") and later in ("start", "promote"):
            yield Dependency(element.get("id", ""), then, first, later == "promote", action == "promote")
    before: Optional[_Set] = None
    for group in _sets(element, "action"):
        yield from group.chain()
        if before:
            yield from group.needs(before)
        before = group


def _colocation(element: Element) -> Iterator[Dependency]:
    resource, needed = element.get("rsc"), element.get("with-rsc")
    if resource and needed:
        role, other = element.get("rsc-role") in PROMOTED_ROLES, element.get("with-rsc-role") in PROMOTED_ROLES
        yield Dependency(element.get("id", ""), resource, needed, role, other)
    earlier: Optional[_Set] = None
    for group in _sets(element, "role"):
        yield from group.chain()
        if earlier:
            yield from earlier.needs(group)
        earlier = group


def _sets(element: Element, attribute: str) -> Iterator[_Set]:
    for group in element.iterchildren("resource_set"):
        word = group.get(attribute, "start")
        # what is ordered by its stop or demotion, or by role Stopped, does not need the others to run
        if word in ("start", "promote", "Started", "Unpromoted", "Slave", *PROMOTED_ROLES):
            yield _Set(element.get("id", ""), group, word == "promote" or word in PROMOTED_ROLES)


class _Set:
    """One resource set."""

    def __init__(self, constraint: str, element: Element, promoted: bool) -> None:
        self._constraint = constraint
        self._promoted = promoted
        self._members = [name for name in (one.get("id") for one in element.iterchildren("resource_ref")) if name]
        self._sequential = not is_false(element.get("sequential"))
        self._all = not is_false(element.get("require-all"))

    def chain(self) -> Iterator[Dependency]:
        """Yield that each member needs the one before it."""
        for needed, name in zip(self._members, self._members[1:]) if self._sequential else ():
            yield Dependency(self._constraint, name, needed, self._promoted, self._promoted)

    def needs(self, other: _Set) -> Iterator[Dependency]:
        """Yield that the members need those of the other; of a chain the first needs the last, which is enough.

        With ``require-all="false"`` one of them is enough.
        """
        needed = other._members[-1:] if other._sequential and other._all else other._members
        for name in self._members[:1] if self._sequential else self._members:
            plain = Dependency(self._constraint, name, "", self._promoted, other._promoted)
            if other._all:
                yield from (plain._replace(needs=one) for one in needed)
            elif needed:
                yield plain._replace(needs=needed[0], alternatives=tuple(needed[1:]))
