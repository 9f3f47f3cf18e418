"""PostgreSQL replication, by the attributes of ocf:heartbeat:pgsql (resource-agents 3.9 to 4.18).

Of the resource ``p_pg`` (change_pgsql_status(), control_slave_status() and pgsql_wal_receiver_status() there)::

    p_pg-status = PRI, HS:sync, HS:async, HS:potential, HS:connected, HS:alone, STOP, UNKNOWN
    p_pg-data-status = LATEST, STREAMING|SYNC, STREAMING|ASYNC, STREAMING|POTENTIAL, CATCHUP|..., DISCONNECT
    p_pg-receiver-status = normal, normal (master), ERROR          (with check_wal_receiver)
"""

from __future__ import annotations

from typing import Dict, Iterator, List

from check_ha.checks.nodes.attributes.conditions import REPLICATION_DEGRADED, REPLICATION_LOST, REPLICATION_UNKNOWN
from check_ha.checks.nodes.attributes.facts import Facts, in_order, in_promotable
from check_ha.cluster.resources import plain
from check_ha.core.finding import Finding, nodes, resources
from check_ha.core.wording import listed

AGENTS = ("ocf:heartbeat:pgsql",)
_STREAMING = "STREAMING|"
_LOOK = "psql -c 'select * from pg_stat_replication'"


def judged(facts: Facts) -> Iterator[Finding]:
    """Yield the replicas that do not replicate as they should."""
    running = facts.runs(*AGENTS)
    for resource in seen(facts):
        active = {node.name for node in facts.nodes if _active(resource, node.name, facts)}
        names = in_order(active | running.get(resource, set()), facts.cluster)
        for node in names:
            yield from _of_node(resource, node, facts)
        yield from _in_sync(resource, names, facts)


def _active(resource: str, node: str, facts: Facts) -> bool:
    """Return whether its agent says that it runs there: STOP is set when it is stopped."""
    return facts.of(node).get(f"{resource}-status", "STOP") != "STOP"


def seen(facts: Facts) -> List[str]:
    """Return the resources that replicate: those in a promotable clone, and those that have such an attribute."""
    configured = [one.id for one in (facts.cib.primitives if facts.cib else ()) if one.agent in AGENTS]
    marked = [name for name in configured if any(f"{name}-data-status" in facts.of(node.name) for node in facts.nodes)]
    placed = [plain(one.primitive.id) for one in facts.instances(*AGENTS) if in_promotable(one)]
    return list(dict.fromkeys((*placed, *marked)))


def _of_node(resource: str, node: str, facts: Facts) -> Iterator[Finding]:
    shown = facts.of(node)
    status, data = shown.get(f"{resource}-status", ""), shown.get(f"{resource}-data-status", "")
    told = ", ".join(filter(None, (status, data)))
    subjects = (*nodes(node), *resources(resource))
    if status == "PRI":
        return
    if not told or status in ("UNKNOWN", "STOP"):
        what = f"its agent says {told}" if told else "its agent has set no attribute"
        text = f"{node}: whether {resource} replicates is not known: {what}"
        yield Finding(REPLICATION_UNKNOWN, text, subjects, "ask the primary, as the user of the database", (_LOOK,))
    elif data == "DISCONNECT" or status == "HS:alone" or shown.get(f"{resource}-receiver-status") == "ERROR":
        why = told if data == "DISCONNECT" or status == "HS:alone" else "no WAL receiver runs"
        text = f"{node}: {resource} does not replicate ({why}), and cannot take over"
        yield Finding(REPLICATION_LOST, text, subjects, "see on the primary who is connected", (_LOOK,))
    elif status == "HS:connected" or (data and not data.startswith(_STREAMING) and data != "LATEST"):
        yield Finding(REPLICATION_DEGRADED, f"{node}: {resource} is not streaming yet ({told})", subjects)


def _in_sync(resource: str, running: List[str], facts: Facts) -> Iterator[Finding]:
    """Yield that no replica is in sync where one should be: of several, all but one are ``potential``."""
    if facts.parameter(resource, "rep_mode") != "sync":
        return
    states: Dict[str, str] = {node: facts.of(node).get(f"{resource}-status", "") for node in running}
    streaming = [node for node, state in states.items() if state in ("HS:async", "HS:potential")]
    if streaming and "HS:sync" not in states.values():
        text = f"{resource}: no replica is in sync (rep_mode=sync): {listed(streaming)} may lag behind"
        yield Finding(REPLICATION_DEGRADED, text, (*nodes(*streaming), *resources(resource)))
