"""Rules, and when they end."""

from __future__ import annotations

from typing import Any, Dict, Optional, Tuple

import pytest

from check_ha.cluster.rules import Truth, ends, every, holds, nodes_of, some
from check_ha.model.cib import DateExpression, Expression, Location, Moment, Rule

NOW = 1000.0
PAST, FUTURE = Moment("past", 900, 900), Moment("future", 1100, 1100)
SOMETIME = Moment("no zone", 900, 1100)
UNKNOWN = Moment("soon")
NODE1, NODE2 = Expression("#uname", "eq", "node1"), Expression("#uname", "eq", "node2")
OTHER = Expression("pingd", "gt", "0")


def rule(*parts: Any, any: bool = False) -> Rule:
    return Rule("r", parts, any)


def date(operation: str, start: Optional[Moment] = None, end: Optional[Moment] = None, open: bool = False) -> Rule:
    return rule(DateExpression(operation, start, end, open))


CASES: Dict[str, Tuple[Rule, Truth]] = {
    "true-before-its-end": (date("lt", end=FUTURE), True),
    "false-after-its-end": (date("lt", end=PAST), False),
    "false-at-its-end": (date("lt", end=Moment("now", NOW, NOW)), False),
    "unknown-end-without-zone": (date("lt", end=SOMETIME), None),
    "unknown-end-not-understood": (date("lt", end=UNKNOWN), None),
    "unknown-without-end": (date("lt"), None),
    "true-after-its-start": (date("gt", start=PAST), True),
    "false-before-its-start": (date("gt", start=FUTURE), False),
    "unknown-without-start": (date("gt"), None),
    "true-in-range": (date("in_range", PAST, FUTURE), True),
    "true-in-half-a-range": (date("in_range", end=FUTURE), True),
    "true-in-the-other-half": (date("in_range", PAST), True),
    "false-after-the-range": (date("in_range", PAST, PAST), False),
    "false-before-the-range": (date("in_range", FUTURE), False),
    "unknown-no-range": (date("in_range"), None),
    "unknown-within-a-duration": (date("in_range", PAST, open=True), None),
    "false-before-a-duration": (date("in_range", FUTURE, open=True), False),
    "true-end-wins-over-duration": (date("in_range", PAST, FUTURE, open=True), True),
    "unknown-date-spec": (date("date_spec"), None),
    "true-this-node": (rule(NODE1), True),
    "true-in-any-case": (rule(Expression("#uname", "eq", "NODE1")), True),
    "false-another-node": (rule(NODE2), False),
    "true-not-another-node": (rule(Expression("#uname", "ne", "node2")), True),
    "unknown-other-comparison": (rule(Expression("#uname", "gt", "node2")), None),
    "unknown-attribute": (rule(OTHER), None),
    "unknown-nothing-in-it": (rule(), None),
    "false-one-of-and": (rule(OTHER, NODE2), False),
    "unknown-and": (rule(OTHER, NODE1), None),
    "true-and": (rule(NODE1, NODE1), True),
    "true-one-of-or": (rule(OTHER, NODE1, any=True), True),
    "unknown-or": (rule(OTHER, NODE2, any=True), None),
    "false-or": (rule(NODE2, NODE2, any=True), False),
    "false-nested": (rule(NODE1, rule(NODE2)), False),
}


@pytest.mark.parametrize(("one", "truth"), CASES.values(), ids=CASES.keys())
def test_holds(one: Rule, truth: Truth) -> None:
    assert holds(one, NOW, "node1") is truth


KNOWN = {"site": "A", "rack": None}


@pytest.mark.parametrize(
    ("attribute", "operation", "value", "truth"),
    [
        ("site", "eq", "a", True),
        ("site", "eq", "B", False),
        ("site", "ne", "B", True),
        ("site", "defined", "", True),
        ("site", "not_defined", "", False),
        ("rack", "eq", "1", False),
        ("rack", "ne", "1", True),
        ("rack", "defined", "", False),
        ("rack", "not_defined", "", True),
        ("site", "gt", "0", None),
        ("room", "eq", "1", None),
    ],
)
def test_attributes_of_a_node(attribute: str, operation: str, value: str, truth: Truth) -> None:
    assert holds(rule(rule(Expression(attribute, operation, value))), NOW, "node1", KNOWN) is truth


@pytest.mark.parametrize(
    ("value", "operation", "limit", "kind", "truth"),
    [
        ("15", "gt", "9", "number", True),
        ("5", "gt", "9", "integer", False),
        ("9", "gte", "9", "number", True),
        ("9", "lte", "9", "number", True),
        ("9", "lt", "9", "number", False),
        ("15", "gt", "9", "", None),  # as a text, by which older versions compare, it is less
        ("15", "gt", "19", "", False),
        ("15", "gt", "9", "string", None),
        ("1.5", "gt", "1", "number", None),
        (None, "lt", "9", "number", True),
        (None, "gt", "9", "number", False),
    ],
)
def test_more_or_less(value: Optional[str], operation: str, limit: str, kind: str, truth: Truth) -> None:
    assert holds(rule(Expression("load", operation, limit, kind)), NOW, "node1", {"load": value}) is truth


def test_without_a_node_only_the_date_can_be_false() -> None:
    assert holds(rule(NODE1), NOW) is None
    assert holds(rule(NODE1, DateExpression("lt", end=PAST)), NOW) is False


def test_of_nothing() -> None:
    assert every([]) is True
    assert some([]) is False


def test_ends() -> None:
    def one(*rules: Rule) -> Location:
        return Location("l", ("p",), rules=rules)

    limited, later = date("lt", end=PAST), date("in_range", end=FUTURE)
    assert ends(one(limited)) is PAST
    assert ends(one(limited, later)) is FUTURE
    assert ends(one(date("lt", end=UNKNOWN), later)) is UNKNOWN
    assert ends(one(limited, rule(NODE1))) is None, "one rule has no end"
    assert ends(one(rule(DateExpression("lt", end=PAST), NODE1, any=True))) is None, "either of the two"
    assert ends(one()) is None


def test_nodes_of() -> None:
    assert list(nodes_of(Location("l", ("p",), "node1", 5))) == ["node1"]
    assert list(nodes_of(Location("l", ("p",), rules=(rule(NODE2, OTHER), rule(NODE1))))) == ["node2", "node1"]
