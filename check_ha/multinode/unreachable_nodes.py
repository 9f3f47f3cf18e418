"""Nodes that gave no view: what that may mean, and what the fence history says of them."""

from __future__ import annotations

from typing import Iterator, List, Optional, Sequence

from check_ha.core.check import Measure, Metric
from check_ha.core.condition import Condition, Severity
from check_ha.core.finding import Finding, nodes
from check_ha.core.wording import age, joined
from check_ha.model.view import FencingView, View
from check_ha.multinode.answers import Answer
from check_ha.multinode.node_names import ClusterNodes, other_cluster
from check_ha.multinode.partitions import ClusterState

NOT_ANSWERING = Condition(
    "not-answering", Severity.WARNING,
    "A node cannot be asked, and the others count it as a member: it takes part, and its own view is not known.",
)  # fmt: skip
UNSEEN = Condition(
    "unseen", Severity.WARNING, "A node cannot be asked, and it is no member: it is down, or runs alone and unseen."
)
NOT_ASKED = Condition(
    "not-asked", Severity.UNKNOWN,
    "A node of the cluster is no member, and no --node asks it: it may run alone, and this check would not see it.",
)  # fmt: skip
FENCED = Condition(
    "fenced", Severity.OK,
    "Such a node was fenced (--max-age), which proves that it is down: fencing comes before anything is taken over.",
)  # fmt: skip
TOO_FEW = Condition("too-few-views", Severity.UNKNOWN, "There are no two views to compare.")
UNREADABLE = Condition(
    "unreadable", Severity.UNKNOWN, "A node's answer is a view that is cut off, damaged, or of a newer check_ha."
)
ASKED_TWICE = Condition("asked-twice", Severity.UNKNOWN, "Two names that were given are one node.")
NOT_ONE_CLUSTER = Condition(
    "not-one-cluster", Severity.UNKNOWN,
    "Nodes that were given know nothing of each other: what differs between two clusters is no split brain.",
)  # fmt: skip

ASKED = Metric("cluster.nodes.asked.count", "nodes that were asked")
ANSWERING = Metric("cluster.nodes.answering.count", "nodes that gave a view")


def counted(cluster: ClusterNodes) -> Iterator[Measure]:
    """Yield how many nodes were asked, and how many gave a view."""
    number = len(cluster.answered) + len(cluster.unreachable) + len(cluster.asked_twice)
    yield ASKED.of(number)
    yield ANSWERING.of(len(cluster.answered) + len(cluster.asked_twice), maximum=number)


def wrongly_asked(cluster: ClusterNodes) -> Iterator[Finding]:
    """Yield what is wrong with the nodes that were given, and the answers that cannot be read."""
    for one, other in cluster.asked_twice:
        text = f"{one.asked} and {other.asked} are the same node, {one.node}"
        yield Finding(ASKED_TWICE, text, nodes(one.node))
    strange = other_cluster(cluster.answered)
    if strange:
        one, other = strange
        text = f"{_with_cluster(one)} and {_with_cluster(other)} are not of one cluster"
        yield Finding(NOT_ONE_CLUSTER, text, nodes(one.node, other.node))
    for answer in cluster.unreachable:
        if answer.unreadable:
            yield Finding(UNREADABLE, f"{answer.asked} sent {answer.reason}", nodes(answer.node or answer.asked))


def _with_cluster(answer: Answer) -> str:
    cluster = answer.view.cluster if answer.view else None
    return f"{answer.node} (cluster {cluster})" if cluster else answer.node


def no_views(cluster: ClusterNodes) -> Iterator[Finding]:
    """Yield the reasons, where no node gave a view."""
    if not cluster.answered:
        silent = [answer for answer in cluster.unreachable if not answer.unreadable]
        reasons = "; ".join(f"{answer.asked}: {answer.reason}" for answer in silent)
        text = f"no node could be asked: {reasons}" if silent else "no view could be read"
        yield Finding(TOO_FEW, text, nodes(*(answer.node or answer.asked for answer in cluster.unreachable)))


def unreachable_nodes(cluster: ClusterNodes, state: ClusterState, max_age: float) -> Iterator[Finding]:
    """Yield each node without a view, by what the others say of it, then whether enough is left to compare."""
    views = list(cluster.views.values())
    left: List[str] = []
    for answer in cluster.unreachable:
        fencing = _fencing(answer.node, views)
        if not answer.unreadable:
            yield _finding(answer, state, fencing, max_age)
        if not _proven_down(fencing, max_age):
            left.append(answer.node or answer.asked)
    for name in cluster.not_asked:
        left.append(name)
        if not any(name in partition.members for partition in state.partitions):
            text = f"{name} is no member and is not asked: it is down, or alone and unseen"
            yield Finding(NOT_ASKED, text, nodes(name))
    if len(views) == 1 and left:
        only = cluster.answered[0].node
        text = f"there is only the view of {only}, without {joined(left)} to compare it with"
        yield Finding(TOO_FEW, text, nodes(*left, only))


def _finding(answer: Answer, state: ClusterState, fencing: Optional[FencingView], max_age: float) -> Finding:
    name = answer.node or answer.asked
    silent = f"{name} cannot be asked ({answer.reason})"
    counting = [partition for partition in state.partitions if answer.node in partition.members]
    if counting:
        others = [node for partition in counting for node in partition.nodes]
        text = f"{silent}, and {joined(others)} {'counts' if len(others) == 1 else 'count'} it as a member"
        return Finding(NOT_ANSWERING, text, nodes(name, *others))
    if not answer.node:
        return Finding(UNSEEN, f"{silent}, and it is not clear which node of the cluster that is", nodes(name))
    if fencing and _proven_down(fencing, max_age):
        text = f"{name} cannot be asked: it was fenced {age(fencing.age)} ({fencing.action})"
        return Finding(FENCED, text, nodes(name))
    meaning = "it is down, or alone and unseen"
    if not state.partitions:
        return Finding(UNSEEN, f"{silent}, and no other node is in the cluster: {meaning}", nodes(name))
    others = [node for partition in state.partitions for node in partition.nodes]
    text = f"{silent} and is no member for {joined(others)}: {meaning}{_attempt(fencing)}"
    return Finding(UNSEEN, text, nodes(name, *others))


def _fencing(name: str, views: Sequence[View]) -> Optional[FencingView]:
    """Return the last fencing of this node; none that succeeded where the node must still be fenced."""
    found = [one for view in views if view.pacemaker for one in view.pacemaker.fencings if one.target == name]
    states = [node for view in views if view.pacemaker for node in view.pacemaker.nodes if node.name == name]
    unclean = any(node.unclean for node in states)
    found = [one for one in found if not (unclean and one.status == "success")]
    return min(found, key=lambda one: -1.0 if one.age is None else one.age, default=None)


def _proven_down(fencing: Optional[FencingView], max_age: float) -> bool:
    done = fencing is not None and fencing.status == "success" and fencing.action != "on"
    return done and fencing is not None and fencing.age is not None and fencing.age <= max_age


def _attempt(fencing: Optional[FencingView]) -> str:
    if fencing is None or fencing.action == "on":
        return ""
    if fencing.status == "pending":
        return "; it is being fenced"
    return f"; fencing it failed {age(fencing.age)}" if fencing.status == "failed" else ""
