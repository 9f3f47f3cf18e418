"""Nodes of which there is no view: what that may mean, and what fencing says to it."""

from __future__ import annotations

from typing import Iterator, List, Optional, Sequence

from check_ha.core.check import Measure, Metric
from check_ha.core.condition import Condition, Severity
from check_ha.core.finding import Finding
from check_ha.core.wording import age, joined
from check_ha.model.view import FencingView, View
from check_ha.multinode.answers import Answer
from check_ha.multinode.node_names import Roster, strangers
from check_ha.multinode.partitions import Belief

NOT_ANSWERING = Condition(
    "not-answering", Severity.WARNING,
    "A node cannot be asked, and the others count it as a member: it takes part, and what it believes is not known.",
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


def counted(roster: Roster) -> Iterator[Measure]:
    """How many were asked, and how many gave a view."""
    number = len(roster.heard) + len(roster.unheard) + len(roster.doubles)
    yield ASKED.of(number)
    yield ANSWERING.of(len(roster.heard) + len(roster.doubles), maximum=number)


def wrongly_asked(roster: Roster) -> Iterator[Finding]:
    """What is wrong with the nodes given, and answers that are not understood."""
    for one, other in roster.doubles:
        yield Finding(ASKED_TWICE, f"{one.asked} and {other.asked} are the same node, {one.node}")
    strange = strangers(roster.heard)
    if strange:
        one, other = strange
        yield Finding(NOT_ONE_CLUSTER, f"{_with_cluster(one)} and {_with_cluster(other)} are not of one cluster")
    for answer in roster.unheard:
        if answer.garbled:
            yield Finding(UNREADABLE, f"{answer.asked} sent {answer.reason}")


def _with_cluster(answer: Answer) -> str:
    cluster = answer.view.cluster if answer.view else None
    return f"{answer.node} (cluster {cluster})" if cluster else answer.node


def nobody_heard(roster: Roster) -> Iterator[Finding]:
    """For a comparison without any view."""
    if not roster.heard:
        reasons = [f"{answer.asked}: {answer.reason}" for answer in roster.unheard if not answer.garbled]
        yield Finding(TOO_FEW, f"no node could be asked: {'; '.join(reasons)}" if reasons else "no view could be read")


def unheard(roster: Roster, belief: Belief, max_age: float) -> Iterator[Finding]:
    """Each node without a view, by what the others say of it, then whether enough is left to compare."""
    views = list(roster.views.values())
    left: List[str] = []
    for answer in roster.unheard:
        fencing = _fencing(answer.node, views)
        if not answer.garbled:
            yield _finding(answer, belief, fencing, max_age)
        if not _proven_down(fencing, max_age):
            left.append(answer.node or answer.asked)
    for name in roster.not_asked:
        left.append(name)
        if not any(name in partition.members for partition in belief.partitions):
            yield Finding(NOT_ASKED, f"{name} is no member and is not asked: it is down, or alone and unseen")
    if len(views) == 1 and left:
        yield Finding(
            TOO_FEW, f"there is only the view of {roster.heard[0].node}, without {joined(left)} to compare it with"
        )


def _finding(answer: Answer, belief: Belief, fencing: Optional[FencingView], max_age: float) -> Finding:
    name = answer.node or answer.asked
    silent = f"{name} cannot be asked ({answer.reason})"
    counting = [partition.label for partition in belief.partitions if answer.node in partition.members]
    if counting:
        verb = "counts" if len(counting) == 1 and " " not in counting[0] else "count"
        return Finding(NOT_ANSWERING, f"{silent}, and {joined(counting)} {verb} it as a member")
    if not answer.node:
        return Finding(UNSEEN, f"{silent}, and which node of the cluster that is cannot be told")
    if fencing and _proven_down(fencing, max_age):
        return Finding(FENCED, f"{name} cannot be asked: it was fenced {age(fencing.age)} ({fencing.action})")
    meaning = "it is down, or alone and unseen"
    if not belief.partitions:
        return Finding(UNSEEN, f"{silent}, and no other node is in the cluster: {meaning}")
    others = joined([partition.label for partition in belief.partitions])
    return Finding(UNSEEN, f"{silent} and is no member for {others}: {meaning}{_attempt(fencing)}")


def _fencing(name: str, views: Sequence[View]) -> Optional[FencingView]:
    """The last that fencing did to this node, unless it must still be fenced."""
    found = [one for view in views if view.pacemaker for one in view.pacemaker.fencings if one.target == name]
    nodes = [node for view in views if view.pacemaker for node in view.pacemaker.nodes if node.name == name]
    unclean = any(node.unclean for node in nodes)
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
