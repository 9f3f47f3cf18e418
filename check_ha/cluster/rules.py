"""Whether a rule of a constraint holds: true, false, or ``None`` for what cannot be told from here.

Semantics of pe_eval_expr() and pcmk__evaluate_date_expression(), 1.1 to 3.0; of what compares a node attribute as more
or less only whole numbers are worked out, and of a ``date_spec`` nothing.
"""

from __future__ import annotations

from typing import Iterable, Iterator, Mapping, Optional, Union

from check_ha.model.cib import DateExpression, Expression, Location, Moment, Rule

Truth = Optional[bool]


def every(truths: Iterable[Truth]) -> Truth:
    """Return whether all are true."""
    found = set(truths)
    return False if False in found else None if None in found else True


def some(truths: Iterable[Truth]) -> Truth:
    """Return whether one is true."""
    found = set(truths)
    return True if True in found else None if None in found else False


Attributes = Mapping[str, Optional[str]]
"""Node attributes by name; ``None``: it is not set. Whether one that is not in it is set is not known."""


def holds(rule: Rule, now: float, node: Optional[str] = None, attributes: Optional[Attributes] = None) -> Truth:
    """Return whether it holds for that node at that time, in seconds since the epoch; no node: for some node."""
    if not rule.parts:  # ACLs hide them
        return None
    truths = [_part_holds(part, now, node, attributes) for part in rule.parts]
    return some(truths) if rule.any else every(truths)


def _part_holds(
    part: Union[Rule, Expression, DateExpression], now: float, node: Optional[str], attributes: Optional[Attributes]
) -> Truth:
    if isinstance(part, Rule):
        return holds(part, now, node, attributes)
    if isinstance(part, DateExpression):
        return _date_holds(part, now)
    if attributes and part.attribute in attributes:
        return _attribute_holds(part, attributes[part.attribute])
    if part.attribute == "#uname" and node is not None and part.operation in ("eq", "ne"):
        return (part.value.lower() == node.lower()) == (part.operation == "eq")
    return None


def _attribute_holds(part: Expression, value: Optional[str]) -> Truth:
    """Texts are compared in any case, and one that is not set differs from each."""
    if part.operation in ("defined", "not_defined"):
        return (value is not None) == (part.operation == "defined")
    if part.operation in ("eq", "ne"):
        return (value is not None and part.value.lower() == value.lower()) == (part.operation == "eq")
    if value is None:
        return part.operation in ("lt", "lte")
    return _compared(part, value)


def _compared(part: Expression, value: str) -> Truth:
    """Compare whole numbers, as Pacemaker does since 2.0.5 where no type is given; before, it compares texts then."""
    numbers = all(one.isascii() and one.isdigit() and len(one) < 10 for one in (part.value, value))
    if not numbers or part.type not in ("", "integer", "number") or (not part.type and len(value) != len(part.value)):
        return None
    left, right = int(value), int(part.value)
    return {"lt": left < right, "lte": left <= right, "gt": left > right, "gte": left >= right}.get(part.operation)


def _date_holds(date: DateExpression, now: float) -> Truth:
    """A lone ``start`` or ``end`` is as good a range as both."""
    started, ended = _reached(date.start, now), _reached(date.end, now)
    if date.operation == "gt" and date.start:
        return started
    if date.operation == "lt" and date.end:
        return _not(ended)
    if date.operation == "in_range" and (date.start or date.end):
        if date.open and not date.end:
            return False if started is False else None
        return every((started if date.start else True, _not(ended) if date.end else True))
    return None


def _not(truth: Truth) -> Truth:
    return None if truth is None else not truth


def _reached(moment: Optional[Moment], now: float) -> Truth:
    if moment is None or moment.earliest is None or moment.latest is None:
        return None
    return True if now >= moment.latest else False if now < moment.earliest else None


def ends(location: Location) -> Optional[Moment]:
    """Return when it ends by itself, if it is of the kind that ``--lifetime`` makes: the last of its dates."""
    moments = [moment for rule in location.rules for moment in _ends(rule)]
    if not moments or len(moments) < len(location.rules):
        return None
    return max(moments, key=lambda moment: float("inf") if moment.latest is None else moment.latest)


def _ends(rule: Rule) -> Iterator[Moment]:
    if not rule.any:
        dates = [part for part in rule.parts if isinstance(part, DateExpression)]
        found = next((date.end for date in dates if date.operation in ("lt", "in_range") and date.end), None)
        if found:
            yield found


def nodes_of(location: Location) -> Iterator[str]:
    """Yield the nodes it names, itself or in a rule."""
    if location.node:
        yield location.node
    for rule in location.rules:
        for part in rule.parts:
            if isinstance(part, Expression) and part.attribute == "#uname" and part.operation == "eq" and part.value:
                yield part.value
