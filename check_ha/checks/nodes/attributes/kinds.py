"""The attributes that are judged without being named: a module for each kind, loaded where a cluster has it."""

from __future__ import annotations

import re
from typing import Iterator, Tuple

from check_ha.checks.nodes.attributes import connectivity, health
from check_ha.checks.nodes.attributes.facts import Facts
from check_ha.core.condition import Condition
from check_ha.core.finding import Finding
from check_ha.sources.tools import Output

CONDITIONS: Tuple[Condition, ...] = (*health.CONDITIONS, *connectivity.CONDITIONS)

_IN_THE_CIB = re.compile(
    rb"<node [^>]*\bhealth=\"(?:red|yellow)\"|" + health.AGENTS + rb"|:pingd?\"|<attribute name=\"pingd\" value=\"-?0\""
)


def in_the_cib(output: Output) -> bool:
    """Return whether crm_mon shows something of which the CIB has to tell the rest.

    That is which health attributes are bad, before 2.1.3 whether any is; the hosts that a ping resource asks, and the
    rules that make something of its attribute.
    """
    shown = output.stdout
    if re.search(rb"<node [^>]*\btype=\"member\"", shown) and not re.search(rb"<node [^>]*\bhealth=", shown):
        return True
    return _IN_THE_CIB.search(shown) is not None


def judged(facts: Facts) -> Iterator[Finding]:
    """Yield what the attributes of these nodes prove to be wrong."""
    for node in facts.nodes:
        yield from health.ignored(node, facts.cib)
    yield from connectivity.judged(facts)
