"""What the page calls a node, and how bad that is; which of its links are up."""

from __future__ import annotations

from typing import Dict, List, Optional, Tuple

import pytest

from check_ha.model.page import PageLink
from check_ha.model.view import LinkView, NodeView, View
from check_ha.multinode.partitions import Partition
from check_ha.multinode.whole_cluster.page import _links, _state
from tests.multinode.views import view

UP = NodeView("node1", "1", online=True)


@pytest.mark.parametrize(
    ("seen", "answered", "said"),
    [
        (UP, True, ("online", "OK")),
        (UP, False, ("no answer", "WARNING")),
        (UP._replace(standby=True), True, ("standby", "WARNING")),
        (UP._replace(standby=True, maintenance=True), False, ("standby, maintenance, no answer", "WARNING")),
        (UP._replace(pending=True), True, ("pending", "WARNING")),
        (UP._replace(online=False), True, ("offline", "CRITICAL")),
        (UP._replace(online=False, unclean=True), True, ("UNCLEAN", "CRITICAL")),
        (None, False, ("no answer", "WARNING")),
    ],
)
def test_node(seen: Optional[NodeView], answered: bool, said: Tuple[str, str]) -> None:
    assert _state(seen, None, answered) == said


@pytest.mark.parametrize(
    ("daemons", "said"),
    [
        ({"corosync": "silent"}, ("corosync frozen", "CRITICAL")),
        ({"pacemaker": "stopped"}, ("pacemaker stopped", "CRITICAL")),
        ({"pacemaker": "silent"}, ("pacemaker frozen", "CRITICAL")),
        ({}, ("online, as corosync counts", "OK")),
    ],
)
def test_node_whose_pacemaker_says_nothing(daemons: Dict[str, str], said: Tuple[str, str]) -> None:
    one = view("node1")
    assert _state(None, one._replace(daemons=one.daemons._replace(**daemons))) == said


def partition(*nodes: str) -> Partition:
    return Partition(nodes, nodes, True, (nodes[0],), False, (), True)


def rings(node: str, *ups: Optional[bool]) -> View:
    return view(node)._replace(links=tuple(LinkView(number, "", up, "") for number, up in enumerate(ups)))


@pytest.mark.parametrize(
    ("members", "up"),
    [
        (["node1 node2"], [True, False, None]),
        (["node1", "node2"], [False, False, False]),
    ],
)
def test_rings_are_drawn_between_the_nodes(members: List[str], up: List[Optional[bool]]) -> None:
    views = {"node1": rings("node1", True, False, None), "node2": rings("node2", True, True, None)}
    assert list(_links(views, [partition(*one.split()) for one in members])) == [
        PageLink(("node1", "node2"), number, wanted, ring=True) for number, wanted in enumerate(up)
    ]
