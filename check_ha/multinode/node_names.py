"""Find out which node of which cluster each answer is from, and which nodes of the cluster have given none.

A node is asked by a name of the monitoring server's, which need not be the name it has in the cluster. Machines are
counted, not names: one that was renamed, and cannot join, has one name for itself and another for the others; two that
were copied may have the same. What tells a machine is its id in corosync, and the addresses it carries.
"""

from __future__ import annotations

from typing import Callable, Dict, FrozenSet, Iterator, List, Mapping, Optional, Sequence, Set, Tuple

from check_ha.core.finding import NODE
from check_ha.model.view import View
from check_ha.multinode.answers import Answer
from check_ha.record import NamedTuple


class ClusterNodes(NamedTuple):
    """The nodes of one cluster."""

    answered: Tuple[Answer, ...]
    """With a view, one for each node, in the order asked; ``node`` is the name."""
    unreachable: Tuple[Answer, ...]
    """Without. ``node`` is empty where it cannot be told which node of the cluster that is."""
    nodes: Tuple[str, ...]
    """Every node of the cluster that one of the views knows."""
    asked_twice: Tuple[Tuple[Answer, Answer], ...] = ()
    """One node that was asked by two names."""
    other_names: Mapping[str, str] = {}
    """What else the views call a node, with its name."""

    @property
    def views(self) -> Dict[str, View]:
        """Return the views, by the name of the node."""
        return {answer.node: answer.view for answer in self.answered if answer.view}

    @property
    def not_asked(self) -> Tuple[str, ...]:
        """Return the nodes of the cluster that nobody has asked, as far as that can be told."""
        if any(not answer.node for answer in self.unreachable):
            return ()
        asked = {answer.node for answer in (*self.answered, *self.unreachable)}
        return tuple(name for name in self.nodes if name not in asked)

    def with_one_name_each(self) -> ClusterNodes:
        """Return the same with views that all call a node by the same name."""
        if not self.other_names:
            return self
        return self._replace(
            answered=tuple(
                answer._replace(view=_renamed(answer.view, self.other_names)) if answer.view else answer
                for answer in self.answered
            )
        )


Lacks = Callable[[Sequence[str], Dict[str, View]], Dict[str, List[str]]]
"""What says, of the views of these nodes, which names each of them lacks."""


def in_each_look(
    lacks: Lacks, names: Sequence[str], cluster: ClusterNodes, earlier: Optional[ClusterNodes]
) -> Iterator[Tuple[str, List[str]]]:
    """Yield the nodes that lack something in this look and in the earlier one, if there was one, with what it is."""
    now = lacks(names, cluster.views)
    before = lacks(names, earlier.views) if earlier else now
    for node, found in now.items():
        lasting = [name for name in found if name in before.get(node, ())]
        if lasting:
            yield node, lasting


def identify(answers: Sequence[Answer]) -> ClusterNodes:
    """Give each answer the name of its node."""
    answers, asked_twice = _one_each(answers)
    aliases = _aliases([answer.view for answer in answers if answer.view])
    named = [answer._replace(node=_name(answer, aliases)) for answer in answers]
    answered = [answer._replace(node=answer.node or answer.asked) for answer in named if answer.view]
    unreachable = [answer for answer in named if not answer.view]
    left = [name for name in aliases if name not in {answer.node for answer in named}]
    nameless = [answer for answer in unreachable if not answer.node]
    if len(left) == len(nameless) == 1:
        unreachable = [answer if answer.node else answer._replace(node=left[0]) for answer in unreachable]
    nodes = dict.fromkeys((*aliases, *(answer.node for answer in answered)))
    called = {one.name for answer in answered if answer.view for one in _named(answer.view)}
    other = {alias: name for name, those in aliases.items() for alias in sorted(those & called) if alias not in aliases}
    return ClusterNodes(tuple(answered), tuple(unreachable), tuple(nodes), asked_twice, other)


class _Named(NamedTuple):
    """A node as one source of a view calls it."""

    id: Optional[int]
    name: str
    addresses: Tuple[str, ...] = ()


def _named(view: View) -> Iterator[_Named]:
    """Yield the nodes of the cluster as Pacemaker calls them, then as corosync does."""
    for node in view.pacemaker.nodes if view.pacemaker else ():
        if not node.remote:
            yield _Named(int(node.id) if node.id.isascii() and node.id.isdigit() else None, node.name)
    for one in view.nodelist or ():
        yield _Named(one.id, one.name or next(iter(one.addresses), ""), one.addresses)


def _aliases(views: Sequence[View]) -> Dict[str, Set[str]]:
    """Return every node by one name, with all that it may be called; a node that answered has the name it says."""
    own = {view.node for view in views if view.node}
    ids: Dict[int, str] = {}
    for view in views:
        if view.node and view.corosync and view.corosync.node_id is not None:
            ids.setdefault(view.corosync.node_id, view.node)
    found: Dict[str, Set[str]] = {}
    for view in views:
        for one in _named(view):
            name = one.name if one.id is None or one.name in own else ids.setdefault(one.id, one.name)
            if name:
                found.setdefault(name, {name}).update(filter(None, (one.name, *one.addresses)))
    return found


def _name(answer: Answer, aliases: Dict[str, Set[str]]) -> str:
    """Return its name in the cluster: as it says itself, else by an alias, else by the host part of its name."""
    if answer.view and answer.view.node:
        return answer.view.node
    same = [name for name, others in aliases.items() if answer.asked in others]
    short = [name for name in aliases if _short(name) == _short(answer.asked)]
    return (same or (short if len(short) == 1 else [""]))[0]


def _short(name: str) -> str:
    """Return the name of the host alone, as long as it is a name."""
    first = name.split(".")[0]
    return name if first.isdigit() or ":" in name else first


def _one_each(answers: Sequence[Answer]) -> Tuple[List[Answer], Tuple[Tuple[Answer, Answer], ...]]:
    """Return one answer for each machine, and the pairs that are of one machine.

    Of two machines that say the same name the second is called as it was asked, also where it speaks of itself.
    """
    found: List[Answer] = []
    asked_twice: List[Tuple[Answer, Answer]] = []
    for answer in answers:
        name = answer.view.node if answer.view else None
        same = next((one for one in found if name and one.view and one.view.node == name), None)
        if same and answer.view and _one_machine(same, answer):
            asked_twice.append((same._replace(node=str(name)), answer))
        elif same and answer.view and name and answer.asked != name:
            found.append(answer._replace(view=_renamed(answer.view, {name: answer.asked})))
        else:
            found.append(answer)
    return found, tuple(asked_twice)


def _one_machine(one: Answer, other: Answer) -> bool:
    """Tell whether two views of one name are of one machine: by its id and by its addresses, as far as known."""
    left, right = one.view, other.view
    if left is None or right is None:
        return False
    ids = {view.corosync.node_id for view in (left, right) if view.corosync and view.corosync.node_id is not None}
    virtual = {address for view in (left, right) for vip in view.vips or () for address in vip.addresses}
    own = [{one.address for one in view.addresses or ()} - virtual for view in (left, right)]
    return len(ids) < 2 and (not all(own) or bool(own[0] & own[1]))


def _renamed(view: View, names: Mapping[str, str]) -> View:
    """Return the view with other names of nodes."""

    def name(text: str) -> str:
        return names.get(text, text)

    corosync, pacemaker = view.corosync, view.pacemaker
    if corosync:
        members = tuple(one._replace(name=name(one.name)) for one in corosync.members)
        corosync = corosync._replace(members=members)
    if pacemaker:
        pacemaker = pacemaker._replace(
            dc=name(pacemaker.dc) if pacemaker.dc else pacemaker.dc,
            nodes=tuple(one._replace(name=name(one.name)) for one in pacemaker.nodes),
            resources=tuple(
                one._replace(nodes=tuple(map(name, one.nodes)), promoted=tuple(map(name, one.promoted)))
                for one in pacemaker.resources
            ),
            fencings=tuple(one._replace(target=name(one.target)) for one in pacemaker.fencings),
        )
    links, findings = view.links, view.findings
    if links:
        links = tuple(one._replace(peer=name(one.peer)) for one in links)
    if findings:
        findings = tuple(
            one._replace(
                subjects=tuple(
                    other._replace(name=name(other.name)) if other.kind == NODE else other for other in one.subjects
                )
            )
            for one in findings
        )
    return view._replace(
        node=name(view.node) if view.node else view.node,
        corosync=corosync,
        pacemaker=pacemaker,
        links=links,
        findings=findings,
    )


def clusters_of(answers: Sequence[Answer]) -> List[Tuple[Answer, ...]]:
    """Return the answers by cluster, that with most views first; nodes of two clusters do not know each other.

    What knows no node at all, and what gave no view, is counted to the first cluster that may know it.
    """
    groups: List[List[Answer]] = []
    for answer in answers:
        if _knows(answer):
            near = [group for group in groups if any(_acquainted(one, answer) for one in group)]
            groups = [group for group in groups if group not in near]
            groups.append([*(one for group in near for one in group), answer])
    order = {answer.asked: position for position, answer in enumerate(answers)}
    groups.sort(key=lambda group: (-len(group), min(order[one.asked] for one in group)))
    groups = groups or [[]]
    for answer in answers:
        if not _knows(answer):
            known = (group for group in groups if _name(answer, _aliases([one.view for one in group if one.view])))
            next(known, groups[0]).append(answer)
    return [tuple(sorted(group, key=lambda one: order[one.asked])) for group in groups]


def _acquainted(one: Answer, other: Answer) -> bool:
    """Compare the addresses of the rings where both have them: names such as node1 are many a cluster's."""
    left, right = _addresses(one), _addresses(other)
    return bool(left & right if left and right else _knows(one) & _knows(other))


def _addresses(answer: Answer) -> FrozenSet[str]:
    nodelist = (answer.view.nodelist if answer.view else None) or ()
    return frozenset(address for one in nodelist for address in one.addresses)


def _knows(answer: Answer) -> FrozenSet[str]:
    return frozenset(one.name for one in _named(answer.view)) if answer.view else frozenset()
