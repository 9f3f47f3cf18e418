"""The attributes that are judged without being named: a module for each kind, loaded where a cluster has it."""

from __future__ import annotations

from typing import Callable, Iterator, List, Sequence, Tuple

from check_ha.checks.nodes.attributes import conditions, connectivity, health
from check_ha.checks.nodes.attributes.facts import Facts
from check_ha.checks.nodes.attributes.named import Wanted
from check_ha.core.condition import Condition
from check_ha.core.finding import Finding
from check_ha.core.wording import listed
from check_ha.record import NamedTuple
from check_ha.sources.tools import Output

CONDITIONS: Tuple[Condition, ...] = (*health.CONDITIONS, *connectivity.CONDITIONS, *conditions.CONDITIONS)

_IN_THE_CIB = (
    b' health="red"', b' health="yellow"', b':ping"', b':pingd"', b'<attribute name="pingd" value="0"',
    b'<attribute name="pingd" value="-0"', b':pgsql"', b':mysql"', b':mariadb"', b':SAPHana"', b':SAPHanaController"',
    b'<attribute name="hana_', b'-data-status"', *health.AGENTS,
)  # fmt: skip
"""Words, not a pattern: of a large cluster there are megabytes to be looked through."""


def in_the_cib(output: Output) -> bool:
    """Return whether crm_mon shows something of which the CIB has to tell the rest.

    That is which health attributes are bad, before 2.1.3 whether any is; the hosts that a ping resource asks, and the
    rules that make something of its attribute; what databases are set up as, and what SAPHanaSR keeps for a whole site.
    """
    shown = output.stdout
    if b' type="member"' in shown and b' health="' not in shown:
        return True
    return any(one in shown for one in _IN_THE_CIB)


class Kind(NamedTuple):
    """One kind of attributes."""

    judged: Callable[[Facts], Iterator[Finding]]
    seen: Callable[[Facts], List[str]]
    """What there is of it, in the words of the summary."""


def of_cluster(facts: Facts) -> List[Kind]:
    """Return the kinds of attributes that this cluster may have."""
    kinds = [Kind(connectivity.judged, connectivity.seen)]
    agents = {placed.primitive.agent for placed in facts.cluster.primitives()}
    agents |= {one.agent for one in (facts.cib.primitives if facts.cib else ())}
    shown = {name for attributes in facts.attributes.values() for name in attributes}
    if any("SAPHana" in one for one in agents) or any(name.startswith("hana_") for name in shown):
        from check_ha.checks.nodes.attributes import hana

        kinds.append(Kind(hana.judged, hana.seen))
    if "ocf:heartbeat:pgsql" in agents:
        from check_ha.checks.nodes.attributes import postgresql

        kinds.append(Kind(postgresql.judged, postgresql.seen))
    if any(one.endswith((":mysql", ":mariadb", ":redis", ":pgsqlms")) for one in agents):
        from check_ha.checks.nodes.attributes import promotion

        kinds.append(Kind(promotion.judged, promotion.seen))
    return kinds


def judged(facts: Facts, kinds: Sequence[Kind]) -> Iterator[Finding]:
    """Yield what the attributes of these nodes prove to be wrong."""
    for node in facts.nodes:
        yield from health.ignored(node, facts.cib)
    for kind in kinds:
        yield from kind.judged(facts)


def told(facts: Facts, kinds: Sequence[Kind], named: Sequence[Wanted]) -> str:
    """Return what was looked at, to be added to the summary; nothing where there is nothing of it."""
    names = [*(name for kind in kinds for name in kind.seen(facts)), *(one.name for one in named)]
    return f"; attributes judged: {listed(names)}" if names else ""
