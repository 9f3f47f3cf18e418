"""Is every node of the cluster there, and at work?

Asks crm_mon, which shows the cluster as the partition of this node sees it, and cibadmin where more must be known: what
an offline remote node waits for, which health attribute is bad, what a ping resource asks. Cluster nodes, remote nodes
and guest nodes are judged alike, worst first: a node that must be fenced (UNCLEAN), that is pending, offline, shutting
down, in standby, in maintenance, in bad health. A node that stays pending for longer than --grace is not just joining;
that needs state between two runs (see --state-dir; a replay with --from keeps none). A remote or guest node that is
gone is lost, unless the resource that brings it up, or what that waits for, is stopped on purpose; a node inside a
bundle counts only while its container runs (check_ha_resources judges that). Without a DC nothing is known of any node,
and that is said once.

Attributes of nodes are judged by themselves where a cluster has them: those of ping resources (what is a node cut off
from, and which rule keeps resources away from it for that), of health agents, and of the agents of SAP HANA,
PostgreSQL, MySQL, MariaDB and Redis (does a replica replicate, would it be promoted). --attribute judges any other one:
NAME=RANGE warns outside of the range, NAME=WARNING,CRITICAL has two of them, NAME~REGEX warns where the whole value
does not match. A cluster node that works and lacks the attribute is UNKNOWN; a remote node need not have it. What a
value was before, and until when, is told where state is kept between two runs. With --sudo, --node and --from values
are masked that are neither a number nor asked for by a rule.

    check_ha_nodes --attribute pingd=200: --attribute 'site~(A|B)'

A node that is offline or pending may still run all that this side runs, unless fencing has proven it down. So look at
it before you do anything: repairing the network, booting it or starting the cluster there joins the two halves.

What it cannot see: why a node is offline, unless it was fenced; which host a ping resource does not reach; for how long
a node has been in standby or maintenance. Maintenance mode of the whole cluster is
reported by check_ha_resources.
"""

from __future__ import annotations

import re
from typing import Any, Dict, Iterator, Mapping, Optional, Sequence, Tuple

from check_ha.checks.nodes.attributes import named
from check_ha.checks.nodes.attributes.changes import changes, to_remember, until
from check_ha.checks.nodes.attributes.connectivity import seen
from check_ha.checks.nodes.attributes.facts import facts
from check_ha.checks.nodes.attributes.health import unhealthy, with_health
from check_ha.checks.nodes.attributes.kinds import CONDITIONS as OF_ATTRIBUTES
from check_ha.checks.nodes.attributes.kinds import in_the_cib, of_cluster, told
from check_ha.checks.nodes.attributes.kinds import judged as attributes_judged
from check_ha.checks.nodes.members import CONDITIONS as OF_MEMBERS
from check_ha.checks.nodes.members import MIXED_VERSION, of_node, versions
from check_ha.checks.nodes.remotes import CONDITIONS as OF_REMOTES
from check_ha.checks.nodes.remotes import of_disconnected
from check_ha.cluster.fence_history import by_target
from check_ha.cluster.nodes import ResourcesBehindNodes, State, described, state_of
from check_ha.cluster.resource_states.states import ResourceStates
from check_ha.core.check import Check, Judgement, Measure, Metric, Scope
from check_ha.core.condition import FILTERED_OUT, WITH_MEMORY, Condition, Severity
from check_ha.core.evidence import Evidence, Reading
from check_ha.core.finding import NODE, Finding, Row, Subject, nodes
from check_ha.core.options import FilterOptions, duration, option
from check_ha.core.wording import count
from check_ha.model.cib import Cib
from check_ha.model.cib_parts import CONSTRAINTS, RESOURCES
from check_ha.model.cluster import Cluster, Node
from check_ha.parsers.cib import parse_cib
from check_ha.parsers.crm_mon import parse_crm_mon
from check_ha.sources.tools import CIBADMIN, CRM_MON, Output


def _more_to_know(output: Output) -> bool:
    """Return whether a remote or guest node is offline, or an attribute is of a kind of which the CIB tells the rest.

    What the resource of such a node waits for is in the CIB.
    """
    if re.search(rb'<node [^>]*online="false"[^>]* type="remote"', output.stdout):
        return True
    return in_the_cib(output)


CLUSTER = Reading(CRM_MON, parse_crm_mon)
CIB = Reading(CIBADMIN, parse_cib, silent=True, parts=(RESOURCES, CONSTRAINTS), instead_of=CRM_MON, when=_more_to_know)

NO_DC = Condition("no-dc", Severity.CRITICAL, "No designated controller is elected: the state of no node is known.")

NODES_ONLINE = Metric("cluster.nodes.online.count", "cluster nodes online (neither UNCLEAN nor pending)")
NODES_TOTAL = Metric("cluster.nodes.total.count", "cluster nodes")
NODES_UNCLEAN = Metric("cluster.nodes.unclean.count", "nodes that must be fenced")
NODES_STANDBY = Metric("cluster.nodes.standby.count", "nodes in standby")
NODES_MAINTENANCE = Metric("cluster.nodes.maintenance.count", "nodes in maintenance")
REMOTES_ONLINE = Metric("cluster.remotes.online.count", "remote and guest nodes online")
REMOTES_TOTAL = Metric("cluster.remotes.total.count", "remote and guest nodes")
RUNNING = Metric("node.resources.running.count", "resource instances on this node", instance="NODE")

_SETTLED = (State.STANDBY_ON_FAIL, State.STANDBY, State.MAINTENANCE, State.ONLINE)
_UP = (State.SHUTTING_DOWN, State.STANDBY_ON_FAIL, State.STANDBY, State.MAINTENANCE, State.ONLINE)

Times = Mapping[str, float]
"""When each node that is pending was first seen so, by name, in seconds since the epoch."""


class NodeOptions(FilterOptions):
    """Options of check_ha_nodes."""

    grace: float = option(
        300.0, "how long a node may be pending before that is critical: 90s, 15m, 6h, 2d (5m)",
        metavar="DURATION", parse=duration,
    )  # fmt: skip
    attribute: Tuple[named.Wanted, ...] = option(
        (), "an attribute that nodes must have, and what it must be: NAME=RANGE, NAME=WARNING,CRITICAL or NAME~REGEX",
        metavar="NAME=RANGE", parse=named.wanted, repeat=True, ranges=True,
    )  # fmt: skip


def judge(evidence: Evidence, options: NodeOptions) -> Judgement:
    """Judge each selected node; all of them are counted."""
    cluster = evidence.get(CLUSTER)
    if cluster is None:
        return Judgement("no nodes were read")
    cib = evidence.get(CIB)
    cluster = with_health(cluster, cib)
    behind = ResourcesBehindNodes(cluster)
    since = _pending_since(cluster, evidence)
    too_long = {
        name: evidence.now - first for name, first in since.items()
        if evidence.previous is not None and evidence.now - first > options.grace
    }  # fmt: skip
    selected = [node for node in cluster.nodes if options.selects(node.name)]
    known = facts(cluster, cib, selected, evidence.now)
    names = [*seen(known), *(one.name for one in options.attribute)]
    changed = changes(names, known, evidence.previous)
    known = known._replace(until=lambda name, node: until(name, node, changed, evidence.now))
    kinds = of_cluster(known)
    shown = [node for node in selected if not behind.in_stopped_bundle(node)]
    return Judgement(
        summary=_summary(shown, cluster) + told(known, kinds, options.attribute),
        findings=evidence.unless_starting(_without_dc(selected))
        if cluster.dc is None and selected
        else (
            *_findings(selected, too_long, cluster, behind, cib),
            *attributes_judged(known, kinds),
            *named.judged(known, options.attribute),
        ),
        measures=(*_measures(cluster, selected), *named.measured(known, options.attribute)),
        rows=tuple(_row(node, cluster) for node in cluster.nodes),
        remember={"pending": since, **to_remember(changed)},
    )


def _pending_since(cluster: Cluster, evidence: Evidence) -> Dict[str, float]:
    """Without a DC nothing is known of any node. What is no time in the past is taken for new."""
    before: Any = (evidence.previous or {}).get("pending")
    known = {
        name: seen for name, seen in (before.items() if isinstance(before, dict) else ())
        if isinstance(seen, (int, float)) and 0 <= seen <= evidence.now
    }  # fmt: skip
    if cluster.dc is None:
        return known
    waiting = [node.name for node in cluster.nodes if state_of(node) == State.PENDING]
    return {name: known.get(name, evidence.now) for name in waiting}


def _without_dc(selected: Sequence[Node]) -> Iterator[Finding]:
    why = "an election that does not end, or pacemaker is just starting"
    which = "the only node" if len(selected) == 1 else f"all {len(selected)} nodes"
    text = f"no DC is elected ({why}): the state of {which} is not known"
    yield Finding(NO_DC, text, nodes(*(node.name for node in selected)))


def _findings(
    selected: Sequence[Node],
    too_long: Times,
    cluster: Cluster,
    behind: ResourcesBehindNodes,
    cib: Optional[Cib],
) -> Iterator[Finding]:
    if not selected:
        yield Finding(FILTERED_OUT, f"--include and --exclude leave none of {count(len(cluster.nodes), 'node')}")
    else:
        fencings = {fencing.target: fencing for fencing in by_target(cluster)}
        for node in selected:
            if node.type == "remote" and state_of(node) == State.OFFLINE:
                yield from of_disconnected(node, cluster, behind, ResourceStates(cluster, cib))
            else:
                yield from of_node(node, fencings.get(node.name), too_long.get(node.name), cluster, behind)
                if state_of(node) in _SETTLED and node.health in ("red", "yellow"):
                    yield unhealthy(node, cib)
        yield from versions(cluster)


def _summary(selected: Sequence[Node], cluster: Cluster) -> str:
    parts = []
    for remote, kind in ((False, "node"), (True, "remote or guest node")):
        those = [node for node in selected if (node.type == "remote") == remote]
        online = sum(state_of(node) in _UP for node in those)
        if those:
            some = "" if online == len(those) else f"{online} of "
            names = ", ".join(_named(node, cluster) for node in those)
            parts.append(f"{some}{count(len(those), kind)} online: {names}")
    return "; ".join(parts) or "no node"


def _named(node: Node, cluster: Cluster) -> str:
    """Return the name, with what is special about the node."""
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
    return Row(Subject(NODE, node.name), f"{text}, {count(node.resources_running, 'resource')}{version}")


CHECK = Check(
    name="nodes",
    manual=__doc__,
    readings=(CLUSTER, CIB),
    conditions=(NO_DC, *OF_MEMBERS, *OF_REMOTES, MIXED_VERSION, *OF_ATTRIBUTES, *named.CONDITIONS, FILTERED_OUT),
    metrics=(
        NODES_ONLINE, NODES_UNCLEAN, NODES_STANDBY, NODES_MAINTENANCE, REMOTES_ONLINE, RUNNING, NODES_TOTAL,
        REMOTES_TOTAL, named.VALUE,
    ),
    judge=judge,
    scope=Scope.CLUSTER,
    number=NODES_ONLINE,
    options=NodeOptions,
    filters="node",
    remembers=True,
    shared=WITH_MEMORY,
)  # fmt: skip
