"""Small hand-made clusters: what a test does not speak of is as it is when all is well."""

from __future__ import annotations

from typing import Any, Dict, List, Mapping, Optional, Tuple

from check_ha.core.check import Judgement
from check_ha.core.evidence import Evidence
from check_ha.model.cluster import Clone, Cluster, DesignatedController, Group, Node, Primitive, Resource
from check_ha.sources.tools import Tool

Found = List[Tuple[str, str]]


def node(name: str, **more: Any) -> Node:
    """A cluster member that is online; ``node1`` has id 1."""
    given = {
        "id": "".join(filter(str.isdigit, name)) or name,
        "type": "member",
        "online": True,
        "standby": False,
        "standby_onfail": False,
        "pending": False,
        "unclean": False,
        "shutdown": False,
        "is_dc": False,
    }
    return Node(name=name, **{**given, **more})


def primitive(name: str, *nodes: str, agent: str = "ocf:pacemaker:Dummy", **more: Any) -> Primitive:
    """A resource that is started on these nodes, or stopped where none are given."""
    given = {
        "role": "Started" if nodes else "Stopped",
        "active": bool(nodes),
        "orphaned": False,
        "managed": True,
        "failed": False,
    }
    return Primitive(id=name, agent=agent, nodes=nodes, **{**given, **more})


def group(name: str, *members: Primitive, **more: Any) -> Group:
    return Group(id=name, members=members, **more)


def clone(name: str, *instances: Any, **more: Any) -> Clone:
    given = {"promotable": False, "unique": False, "managed": True, "failed": False}
    return Clone(id=name, instances=instances, **{**given, **more})


def cluster(*resources: Resource, nodes: Tuple[Node, ...] = (), **more: Any) -> Cluster:
    """Two nodes with a DC and quorum, of which crm_mon lists every resource, and its history."""
    given = {
        "dc": DesignatedController("node1", "1", "2.1.5"),
        "with_quorum": True,
        "nodes": nodes or (node("node1", is_dc=True), node("node2")),
    }
    made = Cluster(resources=resources, **{**given, **more})
    if "instances_configured" not in more:
        made = made._replace(instances_configured=sum(1 for _ in made.primitives()))
    if "history" not in more:
        made = made._replace(history=_history(made))
    return made


def _history(made: Cluster) -> Dict[str, Dict[str, bool]]:
    """Everything was started where it runs."""
    history: Dict[str, Dict[str, bool]] = {one.name: {} for one in made.nodes if one.online}
    for placed in made.primitives():
        for name in placed.primitive.nodes:
            history.setdefault(name, {})[placed.primitive.id] = True
    return history


def evidence(values: Mapping[Tool, Any], previous: Optional[Mapping[str, Any]] = None) -> Evidence:
    return Evidence({tool: value for tool, value in values.items() if value is not None}, previous=previous)


def found(judgement: Judgement) -> Found:
    """Condition and first line of each finding."""
    return [(finding.condition.name, finding.line) for finding in judgement.findings]


def lines(judgement: Judgement) -> Tuple[str, ...]:
    """The line of each row."""
    return tuple(row.line for row in judgement.rows)


def measured(judgement: Judgement) -> Mapping[str, Any]:
    """Value of each measure by its name in perfdata."""
    return {
        f"{measure.instance}#{measure.metric.name}" if measure.instance else measure.metric.name: measure.value
        for measure in judgement.measures
    }
