"""Health attributes: their names begin with ``#health``, their values are red, yellow, green or a score.

crm_mon shows since 2.1.3 how bad a node's health is, and none of these attributes in any version: they are in the CIB,
transient or permanent. What a bad one does is up to the cluster option node-health-strategy; where that is ``none``
Pacemaker leaves everything where it is, and crm_mon says green (pe__node_health(), 2.1.3 to 3.0; to 2.1.2 the same
attributes count in apply_system_health()).
"""

from __future__ import annotations

from typing import Dict, Iterator, List, Optional, Tuple

from check_ha.checks.nodes.attributes.facts import as_number
from check_ha.checks.nodes.members import HEALTH_RED, HEALTH_YELLOW
from check_ha.core.condition import Condition, Severity
from check_ha.core.finding import Finding, nodes
from check_ha.core.wording import listed
from check_ha.model.cib import Cib
from check_ha.model.cib_parts import CRM_CONFIG, STATUS
from check_ha.model.cluster import Cluster, Node
from check_ha.parsers.cib_rules import parse_score

HEALTH_IGNORED = Condition(
    "health-ignored", Severity.WARNING,
    "A health attribute of a node is red or yellow, and Pacemaker does nothing about it (node-health-strategy).",
)  # fmt: skip
CONDITIONS = (HEALTH_IGNORED,)

AGENTS = (b':HealthCPU"', b':HealthIOWait"', b':HealthSMART"', b':SysInfo"', b':ipmi-health"')
"""Those of ocf:pacemaker (1.1 to 3.0), at the end of ``resource_agent`` of crm_mon: they set such attributes."""
_PREFIX = "#health"
_STRATEGIES = ("migrate-on-red", "only-green", "progressive", "custom")


def health_of(node: str, cib: Cib) -> Dict[str, Tuple[str, bool]]:
    """Return the health attributes of a node that are red or yellow: how bad, and whether it is a permanent one."""
    strategy = _strategy(cib)
    permanent = {name: value for one in cib.nodes if one.name == node for name, value in reversed(one.attributes)}
    transient = dict(cib.transient.get(node, ()))
    found: Dict[str, Tuple[str, bool]] = {}
    for name, value in {**permanent, **transient}.items():
        colour = _colour(value.strip().lower(), strategy, cib) if name.startswith(_PREFIX) else ""
        if colour:
            found[name] = (colour, name not in transient)
    return found


def _strategy(cib: Cib) -> str:
    """Return it in lower case; ``none`` where there is none, or one that Pacemaker does not know."""
    strategy = (cib.option("node-health-strategy") or "none").lower()
    return strategy if strategy in _STRATEGIES else "none"


def _colour(value: str, strategy: str, cib: Cib) -> str:
    """Return red, yellow or nothing; a number is held against the scores that the strategy gives the colours."""
    if value in ("red", "yellow"):
        return value
    number = as_number(value.upper())
    if number is None:
        return ""
    if strategy in ("progressive", "custom"):
        red = parse_score(cib.option("node-health-red") or "-INFINITY")
        yellow = parse_score(cib.option("node-health-yellow"))
        green = parse_score(cib.option("node-health-green"))
    else:
        red, yellow, green = -1_000_000, (-1_000_000 if strategy == "only-green" else 0), 0
    return "red" if number <= red else "yellow" if number <= yellow != green else ""


def with_health(cluster: Cluster, cib: Optional[Cib]) -> Cluster:
    """Return the cluster with the health of each node, by the CIB where this crm_mon does not show it."""
    if cib is None or _hidden(cib) or all(node.health is not None for node in cluster.nodes):
        return cluster
    return cluster._replace(nodes=tuple(_judged(node, cib) for node in cluster.nodes))


def _judged(node: Node, cib: Cib) -> Node:
    if node.health is not None or _strategy(cib) == "none":
        return node
    colours = {colour for colour, _ in health_of(node.name, cib).values()}
    return node._replace(health="red" if "red" in colours else "yellow" if colours else "green")


def _hidden(cib: Cib) -> bool:
    return STATUS in cib.hidden or CRM_CONFIG in cib.hidden


def ignored(node: Node, cib: Optional[Cib]) -> Iterator[Finding]:
    """Yield that what an agent has found bad is of no consequence."""
    if cib is None or _hidden(cib) or _strategy(cib) != "none":
        return
    bad = health_of(node.name, cib)
    if bad:
        text = f"{node.name}: {_told(bad)}, and node-health-strategy is none: its resources stay there"
        yield Finding(
            HEALTH_IGNORED, text, nodes(node.name), "to have them moved, if they have somewhere to go",
            ("crm_attribute --name node-health-strategy --update migrate-on-red",),
        )  # fmt: skip


def _told(bad: Dict[str, Tuple[str, bool]]) -> str:
    """Return ``#health-cpu is red, #health-smart is yellow``."""
    return listed(f"{name} is {colour}" for name, (colour, _) in sorted(bad.items(), key=lambda one: one[1][0]))


def unhealthy(node: Node, cib: Optional[Cib]) -> Finding:
    """Return that its health is bad, and by which attributes where the CIB can be read."""
    condition = HEALTH_RED if node.health == "red" else HEALTH_YELLOW
    text = f"{node.name}: its health is {node.health}"
    bad = {} if cib is None or _hidden(cib) else health_of(node.name, cib)
    names = [name for name, (colour, _) in bad.items() if colour == node.health]
    if cib is None or not names:
        query = f"cibadmin --query --xpath \"//*[@uname='{node.name}']//nvpair[starts-with(@name,'#health')]\""
        return Finding(condition, text, nodes(node.name), "to see which attribute says so", (query,))
    text += f" ({listed(names)}){_consequence(_strategy(cib), node)}"
    advice = "what sets it takes it back once the cause is fixed; if nothing does"
    return Finding(condition, text, nodes(node.name), advice, tuple(_deletion(node.name, names, bad)))


def _consequence(strategy: str, node: Node) -> str:
    if strategy == "only-green" or (strategy == "migrate-on-red" and node.health == "red"):
        return f": nothing may run there (node-health-strategy={strategy})"
    return f": it counts against the node (node-health-strategy={strategy})" if strategy != "migrate-on-red" else ""


def _deletion(node: str, names: List[str], bad: Dict[str, Tuple[str, bool]]) -> Iterator[str]:
    """Yield the command that deletes them, all at once."""
    commands = []
    for name in names:
        if bad[name][1]:
            commands.append(f"crm_attribute --node {node} --name '{name}' --delete")
        else:
            commands.append(f"crm_attribute --node {node} --name '{name}' --lifetime reboot --delete")
    yield " && ".join(commands)
