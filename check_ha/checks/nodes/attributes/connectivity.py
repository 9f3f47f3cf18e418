"""Ping attributes: how many hosts a node reaches, and what keeps resources away from one that reaches none.

ocf:pacemaker:ping (Pacemaker 1.1 to 3.0; ocf:pacemaker:pingd before) sets ``pingd``, or what its parameter ``name``
says, to the number of hosts that answer times ``multiplier``, and deletes it when it stops. crm_mon shows what it
should be, and counts two blanks in ``host_list`` as one more host; so the CIB decides, where it can be read.
"""

from __future__ import annotations

import re
from typing import Dict, FrozenSet, Iterator, List, Optional, Tuple

from check_ha.checks.nodes.attributes.facts import Facts, as_number
from check_ha.cluster.rules import holds
from check_ha.core.condition import Condition, Severity
from check_ha.core.finding import CONSTRAINT, Finding, Subject, nodes, resources
from check_ha.core.wording import count, listed
from check_ha.model.cib import Expression, Location, Rule
from check_ha.model.cib_parts import CONSTRAINTS
from check_ha.parsers.cib_rules import parse_score
from check_ha.record import NamedTuple

AGENTS = ("ocf:pacemaker:ping", "ocf:pacemaker:pingd", "ocf:heartbeat:pingd")
DEFAULT = "pingd"

LOST = Condition("connectivity-lost", Severity.CRITICAL, "A node reaches none of the hosts of its ping resource.")
DEGRADED = Condition("connectivity-degraded", Severity.WARNING, "A node does not reach all hosts of its ping resource.")
NOT_MEASURED = Condition(
    "connectivity-unknown", Severity.UNKNOWN, "A ping resource runs on a node, and its attribute is not set there."
)
CONDITIONS = (LOST, DEGRADED, NOT_MEASURED)


class _Ping(NamedTuple):
    """An attribute that ping resources set, and what is known of it."""

    name: str
    hosts: Tuple[str, ...] = ()
    counted: int = 1
    """What crm_mon takes for the number of hosts: of two blanks between them it makes one more."""
    multiplier: int = 1
    resource: str = ""
    runs_on: FrozenSet[str] = frozenset()

    def expected(self, facts: Facts, node: str) -> Optional[int]:
        """Return what it would be if every host answered."""
        shown = facts.cluster.expected_attributes.get(node, {}).get(self.name)
        if not self.hosts:
            return shown
        if shown and shown % self.counted == 0:  # by the multiplier that crm_mon knows
            return len(self.hosts) * shown // self.counted
        return len(self.hosts) * self.multiplier


def judged(facts: Facts) -> Iterator[Finding]:
    """Yield the nodes that do not reach all hosts, and those of which it is not known."""
    for ping in _pings(facts).values():
        for node in facts.nodes:
            yield from _of_node(ping, node.name, facts)


def seen(facts: Facts) -> List[str]:
    """Return the names of those that are set on a node."""
    return [name for name in _pings(facts) if any(name in facts.of(node.name) for node in facts.nodes)]


def _pings(facts: Facts) -> Dict[str, _Ping]:
    """Return what is known of each attribute: of the resources, of crm_mon, and that of the default name."""
    found: Dict[str, _Ping] = {}
    for resource, where in facts.runs(*AGENTS).items() if facts.cib else ():
        name = facts.parameter(resource, "name") or DEFAULT
        listed_hosts = facts.parameter(resource, "host_list") or ""
        hosts, counted = tuple(listed_hosts.split()), len(listed_hosts.split(" "))
        multiplier = parse_score(facts.parameter(resource, "multiplier") or "1")
        found[name] = _Ping(name, hosts, counted, multiplier, resource, frozenset(where))
    shown = [name for known in facts.cluster.expected_attributes.values() for name in known]
    for name in (DEFAULT, *shown):
        found.setdefault(name, _Ping(name))
    return found


def _of_node(ping: _Ping, node: str, facts: Facts) -> Iterator[Finding]:
    text, before = facts.of(node).get(ping.name), facts.until(ping.name, node)
    expected = ping.expected(facts, node)
    if text is None:
        if ping.hosts and node in ping.runs_on and node in facts.working:
            said = f"{node}: {ping.resource} runs there, and its attribute {ping.name} is not set{before}"
            yield _finding(NOT_MEASURED, said, ping, node, facts)
        return
    value = as_number(text)
    if value is None:
        yield _finding(NOT_MEASURED, f"{node}: {ping.name} is {text or 'empty'}, which is no number", ping, node, facts)
    elif value <= 0:
        yield _finding(LOST, f"{node} {_none(ping)} ({ping.name} is {text}{before})", ping, node, facts)
    elif expected is not None and value < expected:
        some = f"reaches {value * len(ping.hosts) / expected:g} of {count(len(ping.hosts), 'host')}"
        reaches = some if ping.hosts else "does not reach all hosts"
        said = f"{node} {reaches} ({ping.name} is {text}, not {expected}{before})"
        yield _finding(DEGRADED, said, ping, node, facts)


def _none(ping: _Ping) -> str:
    if len(ping.hosts) == 1 and _plain(ping.hosts[0]):
        return f"does not reach {ping.hosts[0]}"
    return f"reaches none of {len(ping.hosts)} hosts" if len(ping.hosts) > 1 else "reaches no host"


def _finding(condition: Condition, text: str, ping: _Ping, node: str, facts: Facts) -> Finding:
    consequence, subjects = _consequence(ping.name, node, facts)
    hosts = [host for host in ping.hosts if _plain(host)][:4]
    commands: Tuple[str, ...] = (" && ".join(f"ping -c 1 {host}" for host in hosts),) if hosts else ()
    advice = f"see on {node} which of them answers" if len(hosts) > 1 else f"look at the network of {node}"
    if condition is NOT_MEASURED:  # a monitor sets it as well; a restart would have it missing for a while, everywhere
        advice = f"let it measure, on {node}"
        commands = (f"crm_resource --force-check --resource {ping.resource}",) if ping.resource else ()
    return Finding(condition, text + consequence, (*nodes(node), *subjects), advice, commands)


def _plain(host: str) -> bool:
    return re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9.:_-]*", host) is not None


def _consequence(name: str, node: str, facts: Facts) -> Tuple[str, Tuple[Subject, ...]]:
    """Return what the rules that ask for this attribute make of it, and what they are about."""
    cib = facts.cib
    if cib is None or CONSTRAINTS in cib.hidden:
        return "", ()
    asking = [one for one in cib.locations if any(_asks(rule, name) for rule in one.rules)]
    if not asking:
        return ", and no rule asks for it: nothing moves away", ()
    parts: List[str] = []
    subjects: List[Subject] = []
    for promoted in (False, True):
        away = [one for one in asking if one.promoted_only == promoted and _keeps_away(one, name, node, facts)]
        if away:
            names = list(dict.fromkeys(resource for one in away for resource in one.resources))
            doing = "being promoted there" if promoted else "it"
            ids = [one.id for one in away]
            word = "constraint" if len(ids) == 1 else "constraints"
            parts.append(f"keeps {listed(names) or 'resources'} {'from' if promoted else 'away from'} {doing} "
                         f"({word} {listed(ids)})")  # fmt: skip
            subjects += [*resources(*names), *(Subject(CONSTRAINT, one) for one in ids)]
    return (f", which {' and '.join(parts)}" if parts else ""), tuple(subjects)


def _asks(rule: Rule, name: str) -> bool:
    return any(
        _asks(part, name) if isinstance(part, Rule) else isinstance(part, Expression) and part.attribute == name
        for part in rule.parts
    )


def _keeps_away(location: Location, name: str, node: str, facts: Facts) -> bool:
    """Return whether it keeps resources off that node now: Pacemaker lists what does, and shows the id of the rule."""
    ids = {location.id, *(rule.id for rule in location.rules)}
    if any(ban.id in ids and ban.node == node for ban in facts.cluster.bans):
        return True
    attributes = {**dict.fromkeys((name,)), **facts.of(node)}
    return any(
        rule.score is not None and rule.score < 0 and holds(rule, facts.now, node, attributes) is True
        for rule in location.rules
    )
