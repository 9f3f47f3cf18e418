"""What the checks of the nodes have found, put together: what all of them say is told once.

Nodes of one partition say the same of what Pacemaker keeps; of its links, interfaces and quorum each says what it sees.
"""

from __future__ import annotations

from typing import Dict, Iterator, List, Sequence, Tuple

from check_ha.core.condition import NOT_RUNNING, Condition, Severity
from check_ha.core.finding import DAEMON, NODE, RESOURCE, Finding, Subject, nodes
from check_ha.core.options import FilterOptions
from check_ha.core.processes import STATUS, WHY_STOPPED
from check_ha.core.wording import are, joined, some
from check_ha.model.view import STOPPED, FindingView, View
from check_ha.multinode.cluster_state import ClusterState
from check_ha.record import NamedTuple

NOT_TOLD = Condition(
    "findings-missing", Severity.UNKNOWN, "A node does not say what its checks find: its check_ha is older, update it."
)
CUT = Condition(
    "findings-cut", Severity.UNKNOWN, "There was no room in a view for all that the checks of a node have found."
)

OF_EACH_NODE = ("quorum", "rings", "vip")
"""Checks of what a node sees around itself, which another one of its partition does not see."""

_Key = Tuple[str, str, Tuple[Subject, ...]]
_GONE = ("offline", "unclean", "pending", "unreachable")


class _Told(NamedTuple):
    """A finding, and who says so."""

    finding: FindingView
    subjects: Tuple[Subject, ...]
    nodes: List[str]


def told_by_nodes(views: Dict[str, View], state: ClusterState, options: FilterOptions) -> Iterator[Finding]:
    """Yield each finding of the nodes once, those of the partition that acts first; then whose are not known."""
    seeing = [node for node, view in views.items() if view.daemons.corosync != STOPPED]
    for one in _collected(views, state):
        names = [subject.name for subject in one.subjects if subject.kind == RESOURCE]
        if not names or any(map(options.selects, names)):
            yield _finding(one, seeing, split=len(state.partitions) > 1, old=state.corosync_1)
    yield from _untold(views)


def _collected(views: Dict[str, View], state: ClusterState) -> List[_Told]:
    """Return each once; of what one node says twice with the same subjects (two failed actions) each is one."""
    told: Dict[Tuple[_Key, int], _Told] = {}
    for node in _acting_first(views, state):
        said: Dict[_Key, int] = {}
        for one in views[node].findings or ():
            if not _told_otherwise(one, node, views[node], state):
                subjects = tuple(Subject(subject.kind, subject.name) for subject in one.subjects)
                if not one.check:  # of a tool that failed there
                    subjects = (*nodes(node), *subjects)
                key = one.check, one.condition, subjects
                said[key] = said.get(key, 0) + 1
                told.setdefault((key, said[key]), _Told(one, subjects, [])).nodes.append(node)
    return list(told.values())


def _untold(views: Dict[str, View]) -> Iterator[Finding]:
    old = [node for node, view in views.items() if view.findings is None]
    if old:
        text = f"{some(old)} {'does' if len(old) == 1 else 'do'} not say what the checks find there: an older check_ha"
        yield Finding(NOT_TOLD, text, nodes(*old), advice=f"update check_ha on {some(old)}")
    for node, view in views.items():
        for cut in view.cut:
            if cut.field in ("findings", "links"):
                text = f"{node} sent {cut.kept} of {cut.total} {cut.field}: there was no room for more"
                yield Finding(CUT, text, nodes(node))


def _acting_first(views: Dict[str, View], state: ClusterState) -> List[str]:
    partitions = sorted(state.partitions, key=lambda one: (not one.acts, not one.runs, -len(one.members)))
    ordered = []
    for partition in partitions:
        ordered += sorted(partition.nodes, key=lambda node: node not in partition.dcs)
    return list(dict.fromkeys((*ordered, *views)))


def _finding(told: _Told, seeing: Sequence[str], split: bool, old: bool) -> Finding:
    """Return the finding, with who says so where others may say something else and it is about none of them."""
    one = told.finding
    text = one.text
    unlike = split or (one.check in OF_EACH_NODE and not set(seeing) <= set(told.nodes))
    about_them = one.check not in ("", "quorum") and set(told.subjects) & set(nodes(*told.nodes))
    daemon = [subject.name for subject in told.subjects if subject.kind == DAEMON]
    stopped = not one.check and one.condition == NOT_RUNNING.name
    if stopped and daemon:  # its own words end in "on this node", which is not where this is read
        text = f"{joined(daemon)} {are(daemon)} not running on {some(told.nodes)}"
    elif not one.check or (unlike and not about_them):
        text = f"{some(told.nodes)}: {text}"
    condition = Condition(one.condition, Severity[one.severity], "", one.standing)
    advice, commands = one.advice, one.commands
    if stopped and not advice and not old:  # of an older check_ha
        advice, commands = WHY_STOPPED, STATUS
    if advice and not one.check:  # of a tool: it is to be done there
        advice = f"on {some(told.nodes)}, {advice}"
    return Finding(condition, text, told.subjects, advice, commands, check=one.check)


def _told_otherwise(one: FindingView, node: str, view: View, state: ClusterState) -> bool:
    """Tell whether the views themselves show it, and more of it than one node sees.

    That is a link that is down; a node that is said to be gone, and answers from another partition; and of a node whose
    corosync is stopped everything but that.
    """
    if one.check == "rings" and one.condition == "link-down":
        return view.links is not None
    about = [subject.name for subject in one.subjects if subject.kind == NODE][:1]
    if one.condition in _GONE and about:
        if one.check == "rings":
            return view.links is not None or _elsewhere(about[0], node, state)
        return one.check == "nodes" and _elsewhere(about[0], node, state)
    return bool(one.check) and view.daemons.corosync == STOPPED


def _elsewhere(name: str, sayer: str, state: ClusterState) -> bool:
    """Tell whether this node is seen to be in another partition than the one that speaks of it."""
    return any(name in partition.nodes and sayer not in partition.nodes for partition in state.partitions)
