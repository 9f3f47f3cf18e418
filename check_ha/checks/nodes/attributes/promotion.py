"""Databases whose agents say with a promotion score, or with ``readable``, what a replica is worth.

The score is the node attribute ``master-RESOURCE``. Pacemaker promotes no instance without one, or with a negative one.
Only of these agents does that mean something is wrong: others (galera, mariadb) set scores for a promotion only.

- ocf:heartbeat:mysql, ocf:heartbeat:redis (resource-agents 3.9 to 4.18), ocf:percona:mysql: 1 or more while all is well
- ocf:heartbeat:pgsqlms (PAF 2.3): 1000 downwards; -1 where it does not stream, -1000 where it is not connected
- ``readable``, or what ``reader_attribute`` says, of mysql and mariadb: 0 where replication has an error or lags behind
"""

from __future__ import annotations

from typing import Iterator, List

from check_ha.checks.nodes.attributes.conditions import NOT_PROMOTABLE, REPLICATION_DEGRADED
from check_ha.checks.nodes.attributes.facts import Facts, as_number, in_promotable
from check_ha.cluster.resources import plain
from check_ha.core.finding import Finding, nodes, resources

_SCORED = ("ocf:heartbeat:mysql", "ocf:percona:mysql", "ocf:heartbeat:redis", "ocf:heartbeat:pgsqlms")
_READ = ("ocf:heartbeat:mysql", "ocf:percona:mysql", "ocf:heartbeat:mariadb")
AGENTS = tuple(dict.fromkeys((*_SCORED, *_READ)))


def seen(facts: Facts) -> List[str]:
    """Return the resources that replicate."""
    return list(dict.fromkeys(plain(one.primitive.id) for one in facts.instances(*AGENTS) if in_promotable(one)))


def judged(facts: Facts) -> Iterator[Finding]:
    """Yield the replicas that are of no use for a takeover, or for reading."""
    up = {node.name for node in facts.nodes}
    for placed in facts.instances(*AGENTS):
        primitive, name = placed.primitive, plain(placed.primitive.id)
        for node in primitive.nodes if in_promotable(placed) and primitive.role != "Promoted" else ():
            if node not in up:
                continue
            subjects = (*nodes(node), *resources(name))
            score = facts.of(node).get(f"master-{primitive.id}", facts.of(node).get(f"master-{name}"))
            value = None if score is None else as_number(score)
            if primitive.agent in _SCORED and (value is None or value < 0):
                said = "it has no promotion score" if score is None else f"its promotion score is {score}"
                text = f"{node}: {name} would not be promoted there, {said}"
                yield Finding(NOT_PROMOTABLE, text, subjects, "see in the log of its agent why it does not replicate")
            reader = facts.parameter(name, "reader_attribute") or "readable"
            if primitive.agent in _READ and facts.of(node).get(reader) == "0":
                text = f"{node}: {name} does not replicate, or lags behind ({reader} is 0)"
                step = ("see what it says of itself", ("mysql -e 'show slave status\\G'",))
                yield Finding(REPLICATION_DEGRADED, text, subjects, *step)
