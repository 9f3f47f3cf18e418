"""Find out which node of which cluster each answer is from, and which nodes of the cluster have given none.

A node is asked by a name of the monitoring server's, which need not be the name it has in the cluster.
"""

from __future__ import annotations

from typing import Dict, FrozenSet, Iterable, List, NamedTuple, Optional, Sequence, Set, Tuple

from check_ha.model.view import View
from check_ha.multinode.answers import Answer


class ClusterNodes(NamedTuple):
    """The nodes of the cluster."""

    answered: Tuple[Answer, ...]
    """With a view, one for each node, in the order asked; ``node`` is the name."""
    unreachable: Tuple[Answer, ...]
    """Without. ``node`` is empty where it cannot be told which node of the cluster that is."""
    nodes: Tuple[str, ...]
    """Every node of the cluster that one of the views knows."""
    asked_twice: Tuple[Tuple[Answer, Answer], ...] = ()
    """One node that was asked by two names."""

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


def identify(answers: Sequence[Answer]) -> ClusterNodes:
    """Give each answer the name of its node."""
    aliases = _aliases([answer.view for answer in answers if answer.view])
    named = [answer._replace(node=_name(answer, aliases)) for answer in answers]
    answered, doubles = _one_each(
        [answer._replace(node=answer.node or answer.asked) for answer in named if answer.view]
    )
    unreachable = [answer for answer in named if not answer.view]
    left = [name for name in aliases if name not in {answer.node for answer in named}]
    nameless = [answer for answer in unreachable if not answer.node]
    if len(left) == len(nameless) == 1:
        unreachable = [answer if answer.node else answer._replace(node=left[0]) for answer in unreachable]
    nodes = dict.fromkeys((*aliases, *(answer.node for answer in answered)))
    return ClusterNodes(tuple(answered), tuple(unreachable), tuple(nodes), tuple(doubles))


def _aliases(views: Iterable[View]) -> Dict[str, Set[str]]:
    """Return every node by the name Pacemaker or corosync gives it, with all that it may be called."""
    found: Dict[str, Set[str]] = {}
    for view in views:
        nodes = [node for node in view.pacemaker.nodes if not node.remote] if view.pacemaker else []
        names = {node.id: node.name for node in nodes}
        for node in nodes:
            found.setdefault(node.name, {node.name})
        for one in view.nodelist or ():
            name = names.get(str(one.id)) or one.name or next(iter(one.addresses), "")
            if name:
                found.setdefault(name, {name}).update(one.addresses)
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


def _one_each(answers: Sequence[Answer]) -> Tuple[List[Answer], List[Tuple[Answer, Answer]]]:
    first: Dict[str, Answer] = {}
    doubles = [(first[answer.node], answer) for answer in answers if first.setdefault(answer.node, answer) != answer]
    return list(first.values()), doubles


def other_cluster(answered: Sequence[Answer]) -> Optional[Tuple[Answer, Answer]]:
    """Return two nodes that are of different clusters: neither of the two knows a node that the other knows."""
    first = next((answer for answer in answered if _knows(answer)), None)
    for answer in answered:
        if first and _knows(answer) and not _acquainted(first, answer):
            return first, answer
    return None


def _acquainted(one: Answer, other: Answer) -> bool:
    """Compare the addresses of the rings where both have them: names such as node1 are many a cluster's."""
    left, right = _addresses(one), _addresses(other)
    return bool(left & right if left and right else _knows(one) & _knows(other))


def _addresses(answer: Answer) -> FrozenSet[str]:
    nodelist = (answer.view.nodelist if answer.view else None) or ()
    return frozenset(address for one in nodelist for address in one.addresses)


def _knows(answer: Answer) -> FrozenSet[str]:
    return frozenset(_aliases([answer.view])) if answer.view else frozenset()
