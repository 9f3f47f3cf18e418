"""Attributes that the user names: ``--attribute pingd=200:``, ``--attribute 'site~A|B'``."""

from __future__ import annotations

import re
from typing import Callable, Iterator, List, Optional, Pattern, Sequence, Tuple, Union

from check_ha.checks.nodes.attributes.facts import HIDDEN, Facts, as_number
from check_ha.core.check import Measure, Metric
from check_ha.core.condition import Condition, Severity
from check_ha.core.finding import Finding, nodes
from check_ha.core.options import regex
from check_ha.core.verdict import Threshold
from check_ha.core.wording import listed
from check_ha.record import NamedTuple

ATTRIBUTE = Condition("attribute", Severity.WARNING, "An attribute is not as --attribute says that it must be.")
ATTRIBUTE_MISSING = Condition(
    "attribute-missing", Severity.UNKNOWN, "An attribute of --attribute is not set on a node that works, or not shown."
)
VALUE = Metric("node.attribute.value", "an attribute given with --attribute", instance="NAME@NODE")

_NOT_SHOWN = ("#", "fail-count-", "last-failure-", "shutdown", "terminate", "standby")
"""How the names begin that crm_mon shows of no node (FILTER_STR in lib/pengine/pe_output.c, 1.1.14 to 3.0)."""

Range = Callable[[str], Optional[Threshold]]


class Wanted(NamedTuple):
    """One --attribute."""

    name: str
    warning: Optional[Threshold] = None
    critical: Optional[Threshold] = None
    text: Optional[Pattern[str]] = None


def wanted(text: str, threshold: Range) -> Wanted:
    """Parse ``NAME=WARNING``, ``NAME=WARNING,CRITICAL`` or ``NAME~REGEX``; ``threshold`` parses a range."""
    found = re.fullmatch(r"([^=~\s|]{1,200})([=~])(.+)", text)
    if found is None:
        raise ValueError("not of the form NAME=RANGE, NAME=WARNING,CRITICAL or NAME~REGEX")
    name, kind, value = found.groups()
    if name.startswith(_NOT_SHOWN):
        raise ValueError("crm_mon does not show this attribute; what it is for is judged without it")
    if kind == "~":
        return Wanted(name, text=regex(value))
    warning, _, critical = value.partition(",")
    try:
        return Wanted(name, threshold(warning), threshold(critical))
    except ValueError as error:
        raise ValueError(f"{error}; for a text it is NAME~REGEX") from error


def judged(facts: Facts, every: Sequence[Wanted]) -> Iterator[Finding]:
    """Yield what is not as it should be. A remote node is judged by what it has: most have less than the others."""
    for one in every:
        have = [node.name for node in facts.nodes if one.name in facts.of(node.name)]
        lacking = [
            node.name for node in facts.nodes
            if node.type == "member" and node.name in facts.working and node.name not in have
        ]  # fmt: skip
        if not have:
            yield Finding(ATTRIBUTE_MISSING, f"no node has the attribute {one.name}", nodes(*lacking))
        elif lacking:
            text = f"{listed(lacking)}: the attribute {one.name} is not set, as on {listed(have)}"
            yield Finding(ATTRIBUTE_MISSING, text, nodes(*lacking))
        for node in have:
            yield from _value(node, facts.of(node)[one.name], one, facts.until(one.name, node))


def _value(node: str, value: str, one: Wanted, before: str) -> Iterator[Finding]:
    if value == HIDDEN:
        text = f"{node}: the value of {one.name} is hidden: with --sudo, --node and --from only numbers are shown"
        yield Finding(ATTRIBUTE_MISSING, text, nodes(node))
        return
    if one.text:
        if not one.text.fullmatch(value):
            text = f"{node}: {one.name} is {value or 'empty'}, which does not match {one.text.pattern}{before}"
            yield Finding(ATTRIBUTE, text, nodes(node))
        return
    number = as_number(value)
    if number is None:
        yield Finding(ATTRIBUTE, f"{node}: {one.name} is {value or 'empty'}, which is no number{before}", nodes(node))
        return
    for threshold, severity in ((one.critical, Severity.CRITICAL), (one.warning, None)):
        if threshold and not threshold.matches(number):
            text = f"{node}: {one.name} is {value} ({threshold.violation}){before}"
            yield Finding(ATTRIBUTE, text, nodes(node), override=severity)
            return


def measured(facts: Facts, every: Sequence[Wanted]) -> Iterator[Measure]:
    """Yield those that are numbers, of every node that is up."""
    for one in every if not all(one.text for one in every) else ():
        for node in facts.nodes:
            value = as_number(facts.of(node.name).get(one.name, ""))
            if value is not None and not one.text:
                known: List[str] = [each.text if each else "" for each in (one.warning, one.critical)]
                made = VALUE.of(_whole(value), f"{one.name}@{node.name}", minimum=None)
                yield made._replace(warning=known[0], critical=known[1])


def _whole(value: float) -> Union[int, float]:
    return int(value) if value == int(value) else value


CONDITIONS: Tuple[Condition, ...] = (ATTRIBUTE, ATTRIBUTE_MISSING)
