"""Is every node of the cluster there, and at work?

Asks crm_mon, which shows the cluster as the partition of this node sees it. Cluster nodes, remote nodes and guest
nodes are judged alike, worst first: a node that must be fenced (UNCLEAN), that is pending, offline, shutting down, in
standby, in maintenance, in bad health. A remote or guest node that is gone is lost, unless the resource that brings it
up is stopped on purpose; a node inside a bundle counts only while its container runs (check_ha_resources judges that).
Without a DC nothing is known of any node, and that is said once.

What it cannot see: why a node is offline, unless it was fenced; which health attribute is bad, and before Pacemaker
2.1.3 that one is; for how long a node has been in standby or maintenance. Maintenance mode of the whole cluster is told
by check_ha_resources.
"""

from __future__ import annotations

from typing import Dict, Iterator, List, Optional, Sequence

from check_ha.cluster.fence_history import Fencing, by_target
from check_ha.cluster.nodes import NodeView, State, described, feature_sets, state_of, view_of, why_unclean
from check_ha.cluster.resources import in_motion, plain, stopped_on_purpose, told
from check_ha.core.check import Check, Judgement, Measure, Metric
from check_ha.core.condition import FILTERED_OUT, Condition, Severity
from check_ha.core.evidence import Evidence, Reading
from check_ha.core.finding import NODE, Finding, Row, Subject
from check_ha.core.options import FilterOptions
from check_ha.core.wording import age
from check_ha.model.cluster import Cluster, Failure, Node
from check_ha.parsers.crm_mon import parse_crm_mon
from check_ha.sources.tools import CRM_MON

CLUSTER = Reading(CRM_MON, parse_crm_mon)

NO_DC = Condition("no-dc", Severity.CRITICAL, "No designated controller is elected: the state of no node is known.")
UNCLEAN = Condition(
    "unclean", Severity.CRITICAL, "A node must be fenced; what ran there is not recovered before that is done."
)
OFFLINE = Condition("offline", Severity.CRITICAL, "A node is not in the cluster.")
REMOTE_LOST = Condition("remote-lost", Severity.CRITICAL, "A remote or guest node should be connected and is not.")
STANDBY_ON_FAIL = Condition(
    "standby-onfail", Severity.CRITICAL, "A failure has put a node in standby (on-fail=standby)."
)
HEALTH_RED = Condition("health-red", Severity.CRITICAL, "A health attribute of a node is red.")
HEALTH_YELLOW = Condition("health-yellow", Severity.WARNING, "A health attribute of a node is yellow.")
PENDING = Condition(
    "pending", Severity.WARNING, "A node is just joining, or Corosync runs there and Pacemaker does not."
)
SHUTTING_DOWN = Condition("shutting-down", Severity.WARNING, "A node is being shut down.")
STANDBY = Condition("standby", Severity.WARNING, "A node is in standby: it runs no resources.")
MAINTENANCE = Condition("maintenance", Severity.WARNING, "A node is in maintenance: nobody watches what runs there.")
REMOTE_STOPPED = Condition(
    "remote-stopped", Severity.WARNING, "A remote or guest node is offline because its resource is stopped on purpose."
)
REMOTE_LEFT_OVER = Condition(
    "remote-left-over", Severity.WARNING, "An offline remote node is listed, and no resource connects to it any more."
)
MIXED_VERSION = Condition("mixed-version", Severity.WARNING, "Nodes run different versions of Pacemaker.")

NODES_ONLINE = Metric("cluster.nodes.online.count", "cluster nodes online (neither UNCLEAN nor pending)")
NODES_TOTAL = Metric("cluster.nodes.total.count", "cluster nodes")
NODES_UNCLEAN = Metric("cluster.nodes.unclean.count", "nodes that must be fenced")
NODES_STANDBY = Metric("cluster.nodes.standby.count", "nodes in standby")
NODES_MAINTENANCE = Metric("cluster.nodes.maintenance.count", "nodes in maintenance")
REMOTES_ONLINE = Metric("cluster.remotes.online.count", "remote and guest nodes online")
REMOTES_TOTAL = Metric("cluster.remotes.total.count", "remote and guest nodes")
RUNNING = Metric("node.resources.running.count", "resource instances on this node", instance="NODE")

_COMMANDS = "crm cluster start, or: pcs cluster start"
_UP = (State.SHUTTING_DOWN, State.STANDBY_ON_FAIL, State.STANDBY, State.MAINTENANCE, State.ONLINE)


class NodeOptions(FilterOptions):
    """Options of check_ha_nodes."""


def judge(evidence: Evidence, options: NodeOptions) -> Judgement:
    """Judge each selected node; all of them are counted."""
    cluster = evidence.get(CLUSTER)
    if cluster is None:
        return Judgement("no nodes were read")
    view = view_of(cluster)
    selected = [node for node in cluster.nodes if options.selects(node.name)]
    return Judgement(
        summary=_summary([node for node in selected if not view.resting(node)], cluster),
        findings=tuple(_findings(selected, view)),
        measures=tuple(_measures(cluster, selected)),
        rows=tuple(_row(node, cluster) for node in cluster.nodes),
    )


def _findings(selected: Sequence[Node], view: NodeView) -> Iterator[Finding]:
    cluster = view.cluster
    if not selected:
        yield Finding(FILTERED_OUT, f"--include and --exclude leave none of {len(cluster.nodes)} nodes")
    elif cluster.dc is None:
        why = "an election that does not end, or pacemaker just starts"
        yield Finding(NO_DC, f"no DC is elected ({why}): the state of {_nodes(len(selected))} is not known")
    else:
        fencings = {fencing.target: fencing for fencing in by_target(cluster)}
        for node in selected:
            if node.type == "remote" and state_of(node) == State.OFFLINE:
                yield from _remote(node, view)
            else:
                yield from _node(node, fencings.get(node.name), view)
        yield from _versions(cluster)


def _node(node: Node, fencing: Optional[Fencing], view: NodeView) -> Iterator[Finding]:
    """What is wrong with one node. Of a node that is there more than one thing may be."""
    state, name = state_of(node), node.name
    if state == State.UNCLEAN:
        yield Finding(
            UNCLEAN, f"{name} is {described(node)}: {why_unclean(node, fencing, view.cluster)}",
            advice=f"make sure that it is off, then: stonith_admin --confirm {name}",
        )  # fmt: skip
    elif state == State.PENDING:
        yield Finding(PENDING, f"{name} is pending: it is just joining, or only its corosync runs", advice=_start(name))
    elif state == State.OFFLINE:
        crashed = ", and was not shut down: it crashed or is cut off" if node.expected_up else ""
        done = f" (fenced {age(fencing.seconds_since(fencing.done[0]))})" if fencing and fencing.done else ""
        advice = f"if {name} is up, mend the network (see check_ha_rings); if not, boot it, and there: {_COMMANDS}"
        yield Finding(OFFLINE, f"{name} is offline{done}{crashed}", advice=advice if crashed else _start(name))
    elif state == State.SHUTTING_DOWN:
        yield Finding(SHUTTING_DOWN, f"{name} is shutting down")
    else:
        yield from _kept_from_work(node, view)


def _kept_from_work(node: Node, view: NodeView) -> Iterator[Finding]:
    name = node.name
    if node.standby_onfail:
        failed: Dict[str, List[Failure]] = {}
        for one in view.cluster.failures:
            if one.node == name:
                failed.setdefault(plain(one.resource), []).append(one)
        why = ", ".join(f"{resource} {told(those, [name])}" for resource, those in failed.items())
        yield Finding(
            STANDBY_ON_FAIL, f"{name} is in standby because of a failure (on-fail=standby){': ' + why if why else ''}",
            advice=f"when the cause is mended: crm_resource --cleanup --node {name}",
        )  # fmt: skip
    elif node.standby:
        yield Finding(STANDBY, f"{name} is in standby", advice=f"crm node online {name}, or: pcs node unstandby {name}")
    if node.maintenance and name not in view.in_bundles:
        unmanaged = view.unmanaged(node)
        yield Finding(
            MAINTENANCE, f"{name} is {'unmanaged' if unmanaged else 'in maintenance'}: {_watched(node)}",
            advice=f"crm_resource --resource {view.bringer(node)} --meta --delete-parameter is-managed" if unmanaged
            else f"crm node ready {name}, or: pcs node unmaintenance {name}",
        )  # fmt: skip
    if node.health in ("red", "yellow"):
        yield Finding(
            HEALTH_RED if node.health == "red" else HEALTH_YELLOW, f"{name}: its health is {node.health}",
            advice=f"which attribute is it: crm_mon -1A, or attrd_updater --query --all --name '#health-...' on {name}",
        )  # fmt: skip


def _watched(node: Node) -> str:
    number = node.resources_running
    return "it runs nothing" if not number else f"nobody watches {_count(number, 'resource')} there"


def _start(name: str) -> str:
    return f"to bring it back, on {name}: {_COMMANDS}"


def _remote(node: Node, view: NodeView) -> Iterator[Finding]:
    """A remote or guest node that is not connected."""
    cluster, bringer = view.cluster, view.bringer(node)
    placed = view.instances.get(bringer, [])
    if view.resting(node):
        return
    if not placed:
        yield Finding(
            REMOTE_LEFT_OVER, f"{node.name} is offline, and nothing is configured to connect to it",
            advice=f"if it is gone for good: crm_node --force --remove {node.name}",
        )  # fmt: skip
    elif cluster.options.stop_all_resources or all(stopped_on_purpose(one) for one in placed):
        what = "its connection" if bringer == node.name else bringer
        how = "stop-all-resources" if cluster.options.stop_all_resources else "target-role"
        yield Finding(REMOTE_STOPPED, f"{node.name} is offline on purpose: {what} is stopped ({how})")
    elif any(in_motion(one.primitive) for one in (*placed, *view.instances.get(node.name, []))):
        yield Finding(PENDING, f"{node.name} is just being connected or disconnected")
    else:
        yield _lost(node, bringer, any(one.primitive.active for one in placed), cluster)


def _lost(node: Node, bringer: str, up: bool, cluster: Cluster) -> Finding:
    what = "its connection" if bringer == node.name else bringer
    failures = [one for one in cluster.failures if plain(one.resource) in (bringer, node.name)]
    why = f": {told(failures)}" if failures else ""
    state = f"{what} runs nowhere" if not up else "its connection is broken"
    blame = plain(failures[0].resource) if failures else bringer
    return Finding(
        REMOTE_LOST, f"{node.name} is lost, {state}{why}",
        advice=f"when the cause is mended: crm_resource --cleanup --resource {blame}",
    )  # fmt: skip


def _versions(cluster: Cluster) -> Iterator[Finding]:
    """Nodes of different feature sets. One that tells none need not be older: it is lost with pacemaker-attrd too."""
    versions = feature_sets(cluster)
    if len(versions) < 2:
        return
    told = {version: names for version, names in versions.items() if not version.startswith("<")}
    silent = [name for version, names in versions.items() if version not in told for name in names]
    sets = "; ".join(f"{', '.join(names)}: {version}" for version, names in told.items())
    text = f"nodes run different versions of Pacemaker (feature sets {sets})"
    if silent:
        why = "a Pacemaker before 2.1.5, or no pacemaker-attrd there"
        text = f"no feature set from {', '.join(silent)}: {why} (feature sets {sets})"
    yield Finding(MIXED_VERSION, text)


def _summary(selected: Sequence[Node], cluster: Cluster) -> str:
    parts = []
    for remote, kind in ((False, "node"), (True, "remote or guest node")):
        nodes = [node for node in selected if (node.type == "remote") == remote]
        online = sum(state_of(node) in _UP for node in nodes)
        if nodes:
            count = _count(len(nodes), kind) if online == len(nodes) else f"{online} of {_count(len(nodes), kind)}"
            parts.append(f"{count} online: {', '.join(_named(node, cluster) for node in nodes)}")
    return "; ".join(parts) or "no node"


def _named(node: Node, cluster: Cluster) -> str:
    """The name, with what is special about the node."""
    state = described(node).replace("online, ", "")
    marks = [mark for mark in ("DC" if _is_dc(node, cluster) else "", "" if state == State.ONLINE else state) if mark]
    return f"{node.name} ({', '.join(marks)})" if marks else node.name


def _is_dc(node: Node, cluster: Cluster) -> bool:
    return cluster.dc is not None and cluster.dc.name == node.name


def _measures(cluster: Cluster, selected: Sequence[Node]) -> Iterator[Measure]:
    """Without a DC crm_mon shows every node offline and UNCLEAN: then there are no numbers but the totals."""
    members = [node for node in cluster.nodes if node.type != "remote"]
    remotes = [node for node in cluster.nodes if node.type == "remote"]
    if cluster.dc:
        judged = sum(state_of(node) in _UP for node in selected if node.type != "remote")
        yield NODES_ONLINE.of(sum(state_of(node) in _UP for node in members), maximum=len(members), judged=judged)
        yield NODES_UNCLEAN.of(sum(node.unclean for node in cluster.nodes))
        yield NODES_STANDBY.of(sum(node.standby and state_of(node) in _UP for node in cluster.nodes))
        yield NODES_MAINTENANCE.of(sum(node.maintenance for node in cluster.nodes))
        yield REMOTES_ONLINE.of(sum(state_of(node) in _UP for node in remotes), maximum=len(remotes))
        for node in cluster.nodes:
            yield RUNNING.of(node.resources_running, node.name)
    yield NODES_TOTAL.of(len(members))
    yield REMOTES_TOTAL.of(len(remotes))


def _row(node: Node, cluster: Cluster) -> Row:
    known = described(node) if cluster.dc else "not known"
    kind = f"guest in {node.id_as_resource}" if node.id_as_resource else "" if node.type == "member" else node.type
    marks = (known, "DC" if _is_dc(node, cluster) else "", kind)
    version = f", feature set {node.feature_set}" if node.feature_set else ""
    text = ", ".join(mark for mark in marks if mark)
    return Row(Subject(NODE, node.name), f"{text}, {_count(node.resources_running, 'resource')}{version}")


def _nodes(number: int) -> str:
    return "the only node" if number == 1 else f"all {number} nodes"


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


CHECK = Check(
    name="nodes",
    manual=__doc__,
    readings=(CLUSTER,),
    conditions=(
        NO_DC, UNCLEAN, OFFLINE, REMOTE_LOST, STANDBY_ON_FAIL, HEALTH_RED, HEALTH_YELLOW, PENDING, SHUTTING_DOWN,
        STANDBY, MAINTENANCE, REMOTE_STOPPED, REMOTE_LEFT_OVER, MIXED_VERSION, FILTERED_OUT,
    ),
    metrics=(
        NODES_ONLINE, NODES_UNCLEAN, NODES_STANDBY, NODES_MAINTENANCE, REMOTES_ONLINE, RUNNING, NODES_TOTAL,
        REMOTES_TOTAL,
    ),
    judge=judge,
    number=NODES_ONLINE,
    options=NodeOptions,
    filters="node",
)  # fmt: skip
