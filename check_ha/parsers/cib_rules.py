"""Location constraints with their rules, ticket constraints, and the fencing topology, of a CIB.

    <rsc_location id="l_web_node1" rsc="g_web" score="10" node="node1"/>
    <rsc_location id="cli-ban-p_single-on-node1" rsc="p_single" role="Started">
      <rule id="cli-ban-p_single-on-node1-rule" score="-INFINITY" boolean-op="and">
        <expression id="..." attribute="#uname" operation="eq" value="node1" type="string"/>
        <date_expression id="..." operation="lt" end="2026-11-24 00:57:33 +01:00"/>

    <rsc_ticket id="t_single" rsc="p_single" ticket="siteA" loss-policy="stop"/>

    <fencing-level id="fl1" target="node1" index="1" devices="ipmi1,pdu"/>

What ACLs hide is absent, and what is not understood is kept as such: neither is a reason to refuse the document.
"""

from __future__ import annotations

import re
from typing import Iterator, List, Optional, Tuple, Union

from check_ha.model.cib import DateExpression, Expression, FencingLevel, Location, Moment, Rule, TicketDependency
from check_ha.model.cluster import INFINITY
from check_ha.parsers.errors import ParseError
from check_ha.parsers.times import parse_instant
from check_ha.parsers.xml import Element

PROMOTED_ROLES = frozenset({"Promoted", "Master"})  # 2.0 and older say Master


def parse_score(text: Optional[str]) -> int:
    """Return the number as Pacemaker reads it: what is no number is 0."""
    text = (text or "0").strip().upper()
    sign = -1 if text.startswith("-") else 1
    digits = text[1:] if text[:1] in ("-", "+") else text
    if digits == "INFINITY":
        return sign * INFINITY
    if not (digits.isascii() and digits.isdigit()):
        return 0
    return sign * (INFINITY if len(digits) > 7 else min(int(digits), INFINITY))


def matches(pattern: str, text: str) -> bool:
    """Return what regexec() would, for what both kinds of regular expression have in common."""
    try:
        return re.search(pattern, text) is not None
    except re.error:
        return False


def parse_locations(constraints: Optional[Element]) -> Tuple[Location, ...]:
    """Return every ``rsc_location`` of the section ``constraints``, in document order."""
    if constraints is None:
        return ()
    rules = {rule.get("id"): rule for rule in constraints.iter("rule")}
    return tuple(_location(element, rules) for element in constraints.iterchildren("rsc_location") if element.get("id"))


def _location(element: Element, rules: dict[Optional[str], Element]) -> Location:
    resource = element.get("rsc")
    score = element.get("score")
    roles = {element.get("role", ""), *(rule.get("role", "") for rule in element.iterchildren("rule"))}
    return Location(
        id=element.get("id", ""),
        resources=(resource,) if resource else tuple(_referred(element)),
        node=element.get("node"),
        score=None if score is None else parse_score(score),
        rules=tuple(_rules(element, rules)),
        pattern=element.get("rsc-pattern", ""),
        promoted_only=not roles.isdisjoint(PROMOTED_ROLES),
        exclusive=element.get("resource-discovery") == "exclusive",
    )


def _referred(element: Element) -> Iterator[str]:
    """Yield the members of resource sets."""
    for reference in element.iterfind("resource_set/resource_ref"):
        name = reference.get("id")
        if name:
            yield name


def _rules(parent: Element, rules: dict[Optional[str], Element]) -> Iterator[Rule]:
    """Yield the rules in it; one may only refer to another, with ``id-ref``."""
    for element in parent.iterchildren("rule"):
        reference = element.get("id-ref")
        target = element if reference is None else rules.get(reference)
        if target is not None:
            yield _rule(target)


def _rule(element: Element) -> Rule:
    score = element.get("score")
    return Rule(
        id=element.get("id", ""),
        parts=tuple(_parts(element)),
        any=element.get("boolean-op", "and").lower() == "or",
        score=None if score is None and element.get("score-attribute") else parse_score(score),
    )


def _parts(rule: Element) -> Iterator[Union[Rule, Expression, DateExpression]]:
    for element in rule.iterchildren("rule", "expression", "date_expression"):
        # a reference is not followed, for it might lead in a circle; nor is a value taken from a parameter
        if element.get("id-ref") is not None or element.get("value-source", "literal") != "literal":
            yield Expression("", "")
        elif element.tag == "rule":
            yield _rule(element)
        elif element.tag == "expression":
            yield Expression(element.get("attribute", ""), element.get("operation", ""), element.get("value", ""))
        else:
            yield DateExpression(
                operation=element.get("operation", "in_range"),
                start=_moment(element.get("start")),
                end=_moment(element.get("end")),
                open=element.find("duration") is not None,
            )


def _moment(text: Optional[str]) -> Optional[Moment]:
    if text is None:
        return None
    try:
        return Moment(text, *parse_instant(text))
    except ParseError:
        return Moment(text)


def parse_tickets(constraints: Optional[Element]) -> Iterator[TicketDependency]:
    """Yield every ``rsc_ticket``; with resource sets each set, for each has a role of its own::

    <rsc_ticket id="t_site" ticket="siteA"><resource_set id="s1" role="Promoted"><resource_ref id="ms_db"/>
    """
    for element in () if constraints is None else constraints.iterchildren("rsc_ticket"):
        ticket, resource = element.get("ticket"), element.get("rsc")
        if ticket and resource:
            yield TicketDependency(ticket, (resource,), element.get("rsc-role") in PROMOTED_ROLES)
        for group in element.iterchildren("resource_set") if ticket else ():
            names = tuple(name for name in (one.get("id") for one in group.iterchildren("resource_ref")) if name)
            yield TicketDependency(ticket or "", names, group.get("role") in PROMOTED_ROLES)


def parse_levels(topology: Optional[Element]) -> Tuple[FencingLevel, ...]:
    """Return the levels of the section ``fencing-topology``.

    Those but for 1 to 9, and those without target, Pacemaker ignores as well.
    """
    levels: List[FencingLevel] = []
    for element in () if topology is None else topology.iterchildren("fencing-level"):
        number = element.get("index", "")
        target, pattern, attribute = (
            element.get(name, "") for name in ("target", "target-pattern", "target-attribute")
        )
        if number in tuple("123456789") and (target or pattern or attribute):
            devices = tuple(name.strip() for name in element.get("devices", "").split(",") if name.strip())
            pair = (attribute, element.get("target-value", "")) if attribute else None
            levels.append(FencingLevel(int(number), devices, target, pattern, pair))
    return tuple(levels)
