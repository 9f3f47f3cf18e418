"""Nodes that gave no view: what that may mean, and what the fence history says of them."""

from __future__ import annotations

from typing import Dict, Iterator, List, Optional, Sequence, Tuple

from check_ha.core.check import Measure, Metric
from check_ha.core.condition import Condition, Severity
from check_ha.core.finding import Finding, nodes
from check_ha.core.wording import age, are, some
from check_ha.model.view import FencingView, NodeView, View
from check_ha.multinode.agreement import span
from check_ha.multinode.answers import Answer
from check_ha.multinode.cluster_state import ClusterState
from check_ha.multinode.node_names import ClusterNodes
from check_ha.record import NamedTuple

NOT_ANSWERING = Condition(
    "not-answering", Severity.WARNING,
    "A node cannot be asked, and the others count it as a member: it takes part, and its own view is not known.",
)  # fmt: skip
UNSEEN = Condition(
    "unseen", Severity.WARNING, "A node cannot be asked, and it is not a member: it is down, or runs alone and unseen."
)
NOT_ASKED = Condition(
    "not-asked", Severity.UNKNOWN,
    "A node of the cluster is not a member, and no --node asks it: it may run alone, and this check would not see it.",
)  # fmt: skip
FENCED = Condition(
    "fenced", Severity.OK,
    "Such a node was fenced (--max-age), and has not joined since, which proves that it is down.",
)  # fmt: skip
TOO_FEW = Condition("too-few-views", Severity.UNKNOWN, "There are no two views to compare.")
UNREADABLE = Condition(
    "unreadable", Severity.UNKNOWN, "A node's answer is a view that is cut off, damaged, or of a newer check_ha."
)
ASKED_TWICE = Condition("asked-twice", Severity.UNKNOWN, "Two names that were given are one node.")
NOT_ONE_CLUSTER = Condition(
    "not-one-cluster", Severity.UNKNOWN,
    "Nodes that were given know nothing of each other: each cluster is judged by itself.",
)  # fmt: skip

LOOK = (
    "look at the node itself (console, power, fence device); until it is known to be down, repair no link and start "
    "nothing in its place"
)
LOOK_AT_ALL = (
    "look at the nodes themselves (console, power, fence device); until they are known to be down, repair no link and "
    "start nothing in their place"
)

ASKED = Metric("cluster.nodes.asked.count", "nodes that were asked")
ANSWERING = Metric("cluster.nodes.answering.count", "nodes that gave a view")


def counted(clusters: Sequence[ClusterNodes]) -> Iterator[Measure]:
    """Yield how many nodes were asked, and how many gave a view."""
    answering = sum(len(one.answered) + len(one.asked_twice) for one in clusters)
    number = answering + sum(len(one.unreachable) for one in clusters)
    yield ASKED.of(number)
    yield ANSWERING.of(answering, maximum=number)


def wrongly_asked(cluster: ClusterNodes) -> Iterator[Finding]:
    """Yield what is wrong with the nodes that were given, and the answers that cannot be read."""
    for one, other in cluster.asked_twice:
        text = f"{one.asked} and {other.asked} are the same node, {one.node}"
        yield Finding(ASKED_TWICE, text, nodes(one.node))
    for answer in cluster.unreachable:
        if answer.unreadable:
            yield Finding(UNREADABLE, f"{answer.asked} sent {answer.reason}", nodes(answer.node or answer.asked))


def not_one_cluster(clusters: Sequence[ClusterNodes]) -> Iterator[Finding]:
    """Yield each cluster that is not that of most nodes."""
    first, *others = clusters
    for other in others:
        text = f"{_with_cluster(other)} {are(other.views)} not in one cluster with {_with_cluster(first)}"
        yield Finding(NOT_ONE_CLUSTER, text, nodes(*other.views, *first.views))


def _with_cluster(cluster: ClusterNodes) -> str:
    names = dict.fromkeys(view.cluster for view in cluster.views.values() if view.cluster)
    return some(list(cluster.views)) + (f" (cluster {', '.join(filter(None, names))})" if names else "")


def no_views(cluster: ClusterNodes) -> Iterator[Finding]:
    """Yield the reasons, where no node gave a view."""
    if not cluster.answered:
        silent = [answer for answer in cluster.unreachable if not answer.unreadable]
        reasons = "; ".join(f"{answer.asked}: {answer.reason}" for answer in silent)
        text = f"no node could be asked: {reasons}" if silent else "no view could be read"
        yield Finding(TOO_FEW, text, nodes(*(answer.node or answer.asked for answer in cluster.unreachable)))


def unreachable_nodes(cluster: ClusterNodes, state: ClusterState, max_age: float) -> Iterator[Finding]:
    """Yield the nodes without a view, by what the others say of them, then whether enough is left to compare.

    Nodes that are silent for one reason, and of which the same is said, are one finding.
    """
    views = list(cluster.views.values())
    left: List[str] = []
    alike: Dict[_Silence, List[str]] = {}
    for answer in cluster.unreachable:
        fencing = _fencing(answer.node, views)
        down = _proven_down(answer.node, fencing, views, max_age)
        if not answer.unreadable:
            silence = _silence(answer, state, fencing, down, _attempt(answer.node, fencing, views, max_age))
            alike.setdefault(silence, []).append(answer.node or answer.asked)
        if not down:
            left.append(answer.node or answer.asked)
    yield from (_finding(silence, names) for silence, names in alike.items())
    for name in cluster.not_asked:
        left.append(name)
        if not any(name in partition.members for partition in state.partitions):
            text = f"{name} is not a member and is not asked: it is down, or alone and unseen"
            yield Finding(NOT_ASKED, text, nodes(name))
    if len(views) == 1 and left:
        only = cluster.answered[0].node
        text = f"there is only the view of {only}, without {some(left)} to compare it with"
        yield Finding(TOO_FEW, text, nodes(*left, only))


class _Silence(NamedTuple):
    """What is said of a node without a view."""

    condition: Condition
    reason: str
    """Why it has none."""
    others: Tuple[str, ...]
    """Those who count it as a member, or do not."""
    end: str = ""
    """With which what is said of it ends."""
    named: bool = True
    """Whether it is clear which node of the cluster it is."""


def _silence(answer: Answer, state: ClusterState, fencing: Optional[FencingView], down: bool, attempt: str) -> _Silence:
    counting = [partition for partition in state.partitions if answer.node in partition.members]
    if counting:
        others = tuple(node for partition in counting for node in partition.nodes)
        return _Silence(NOT_ANSWERING, answer.reason, others)
    if not answer.node:
        return _Silence(UNSEEN, answer.reason, (), named=False)
    if fencing and down:
        return _Silence(FENCED, "", (), f"{age(fencing.age)} ({fencing.action})")
    others = tuple(node for partition in state.partitions for node in partition.nodes)
    return _Silence(UNSEEN, answer.reason, others, attempt if others else "")


def _finding(silence: _Silence, names: Sequence[str]) -> Finding:
    condition, reason, others, end, named = silence
    alone = len(names) == 1
    subjects = nodes(*names, *others)
    silent = f"{some(names)} cannot be asked ({reason})"
    if condition is NOT_ANSWERING:
        count = "counts" if len(others) == 1 else "count"
        text = f"{silent}, and {some(others)} {count} {'it as a member' if alone else 'them as members'}"
        return Finding(condition, text, subjects)
    if condition is FENCED:
        them = "it was" if alone else "they were"
        return Finding(condition, f"{some(names)} cannot be asked: {them} fenced {end}", subjects)
    if not named:
        which = "which node of the cluster that is" if alone else "which nodes of the cluster these are"
        return Finding(condition, f"{silent}, and it is not clear {which}", subjects)
    meaning = "it is down, or alone and unseen" if alone else "they are down, or alone and unseen"
    if not others:
        return Finding(condition, f"{silent}, and no other node is in the cluster: {meaning}", subjects, LOOK)
    members = "is not a member" if alone else "are not members"
    text = f"{silent} and {members} for {some(others)}: {meaning}{end}"
    return Finding(condition, text, subjects, LOOK if alone else LOOK_AT_ALL)


def _states(name: str, views: Sequence[View]) -> List[NodeView]:
    """Return what each view that follows a DC says of this node."""
    pacemakers = [view.pacemaker for view in views if view.pacemaker and view.pacemaker.dc]
    return [node for pacemaker in pacemakers for node in pacemaker.nodes if node.name == name]


def _fencing(name: str, views: Sequence[View]) -> Optional[FencingView]:
    """Return the last fencing of this node; none that succeeded where the node must still be fenced."""
    found = [one for view in views if view.pacemaker for one in view.pacemaker.fencings if one.target == name]
    unclean = any(node.unclean for node in _states(name, views))
    found = [one for one in found if not (unclean and one.status == "success")]
    return min(found, key=lambda one: -1.0 if one.age is None else one.age, default=None)


def _done(fencing: FencingView, max_age: float) -> bool:
    return fencing.status == "success" and fencing.action != "on" and (fencing.age is None or fencing.age <= max_age)


def _proven_down(name: str, fencing: Optional[FencingView], views: Sequence[View], max_age: float) -> bool:
    """Tell whether fencing proves this node down: only until it joins again, so every view must say that it has not."""
    if fencing is None or fencing.age is None or not _done(fencing, max_age):
        return False
    states = _states(name, views)
    return bool(states) and all(one.expected_up is False and not one.online and not one.pending for one in states)


def _attempt(name: str, fencing: Optional[FencingView], views: Sequence[View], max_age: float) -> str:
    """Return what fencing has to do with it, where it does not prove the node down."""
    if fencing is None or fencing.action == "on":
        return ""
    if fencing.status == "pending":
        return "; it is being fenced"
    when = age(fencing.age)
    if fencing.ahead is not None:
        when = f"at a time that is {span(fencing.ahead)} in the future (a clock is wrong)"
    if fencing.status == "failed":
        return f"; fencing it failed {when}"
    if not _done(fencing, max_age):
        return ""
    if fencing.age is None:
        return f"; fenced {when}"
    if any(node.expected_up for node in _states(name, views)):
        return f"; fenced {when}, and it has joined again since"
    return f"; fenced {when}, and it is not known whether it has joined again since"
