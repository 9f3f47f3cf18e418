"""What members are called where corosync has no names for them."""

from __future__ import annotations

from typing import Dict, List, Optional, Tuple

import pytest

from check_ha.cluster.member_names import local_member, member_names, named, never_seen, without_names
from check_ha.model.addresses import InterfaceAddress, Interfaces
from check_ha.model.cluster import Cluster
from check_ha.model.corosync import CorosyncMap, Member, NodelistNode, SeenMember
from check_ha.sources.tools import CMAPCTL
from tests.checks.build import cluster, node
from tests.core.said import output

A, B = 23344070, 40121286
SEEN = CorosyncMap((), (SeenMember(A, True, ("198.51.100.1",)), SeenMember(B, False, ("198.51.100.2",))))
ALONE = CorosyncMap((), SEEN.members[:1])
ADDRESSES = CorosyncMap(tuple(NodelistNode(one, "", ((0, f"10.0.0.{one}"),)) for one in (1, 2)), ())
BOTH = {A: "node1", B: "node2"}
DNS = (Member(A, 1, "node1.example.net"),)


def plugin(*names: str) -> Cluster:
    """With the plugin of corosync 1 the id of a node is its name."""
    return cluster(nodes=tuple(node(name, id=name) for name in names))


@pytest.mark.parametrize(
    ("cmap", "by_id", "crm", "listed", "names"),
    [
        pytest.param(SEEN, BOTH, None, None, BOTH, id="crm_node"),
        pytest.param(SEEN, None, None, DNS, {A: "node1.example.net"}, id="dns"),
        pytest.param(SEEN, {A: "node1"}, None, DNS, {A: "node1"}, id="pacemaker-knows-better-than-dns"),
        pytest.param(SEEN, {A: "node1"}, plugin("node1", "node2"), None, BOTH, id="the-last-that-is-left"),
        pytest.param(SEEN, None, plugin("node1", "node2"), DNS, {A: "node1.example.net"}, id="two-are-left"),
        pytest.param(
            SEEN, {A: "node1"}, plugin("node1", "node2", "node3"), None, {A: "node1"}, id="one-was-never-seen"
        ),
        pytest.param(ADDRESSES, None, cluster(), None, {1: "node1", 2: "node2"}, id="by-the-ids-of-pacemaker"),
        pytest.param(None, None, None, None, {}, id="nothing"),
    ],
)
def test_names(
    cmap: Optional[CorosyncMap],
    by_id: Optional[Dict[int, str]],
    crm: Optional[Cluster],
    listed: Optional[Tuple[Member, ...]],
    names: Dict[int, str],
) -> None:
    assert member_names(cmap, by_id, crm, listed) == names


@pytest.mark.parametrize(
    ("cmap", "names", "crm", "expected"),
    [
        pytest.param(ALONE, {A: "node1"}, plugin("node1", "node2"), ["node2"], id="crit-it-never-joined"),
        pytest.param(SEEN, BOTH, plugin("node1", "node2"), [], id="ok-seen-and-left"),
        pytest.param(ALONE, {}, plugin("node1", "node2"), [], id="unknown-which-of-them-that-is"),
        pytest.param(ALONE, {A: "node1.example.net"}, plugin("node1", "node2"), [], id="unknown-another-name"),
        pytest.param(ADDRESSES, {}, plugin("node1", "node2"), [], id="ok-corosync-has-a-nodelist"),
        pytest.param(
            ALONE, {A: "node1"}, cluster(nodes=(node("node1"), node("r", type="remote"))), [], id="ok-a-remote-node"
        ),
        pytest.param(ALONE, {A: "node1"}, None, [], id="unknown-no-pacemaker"),
    ],
)
def test_never_seen(cmap: CorosyncMap, names: Dict[int, str], crm: Optional[Cluster], expected: List[str]) -> None:
    assert never_seen(cmap, names, crm) == expected


def test_what_a_node_is_called() -> None:
    assert named(SEEN, B, BOTH) == "node2"
    assert named(SEEN, B, {}) == "198.51.100.2"
    assert named(SEEN, 7, {}) == "node 7"
    assert named(ADDRESSES, 2, {}) == "10.0.0.2"
    assert named(ADDRESSES, 2, {2: "node2"}) == "node2"
    assert named(CorosyncMap((NodelistNode(2, "b", ()),), ()), 2, {2: "node2"}) == "b"


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        pytest.param("runtime.totem.pg.mrp.srp.members.1.status (str) = joined\n", True, id="2-multicast"),
        pytest.param("runtime.totem.pg.mrp.srp.members.1.status=joined\n", True, id="1"),
        pytest.param(
            "nodelist.node.0.nodeid (u32) = 1\nruntime.members.1.status (str) = joined\n", True, id="addresses"
        ),
        pytest.param("nodelist.node.0.name (str) = a\nruntime.members.1.status (str) = joined\n", False, id="names"),
        pytest.param("", False, id="no-map"),
    ],
)
def test_names_are_asked_for_where_corosync_has_none(text: str, asked: bool) -> None:
    assert without_names(output(CMAPCTL, stdout=text)) is asked


def test_the_member_whose_address_is_here_is_this_node() -> None:
    here = Interfaces((InterfaceAddress("ring0", "198.51.100.2", 24, "inet"),))
    assert local_member(SEEN, here) == B
    assert local_member(ALONE, here) is None
    assert local_member(SEEN._replace(local_node_id=A), here) == A
    assert local_member(SEEN, None) is None
    assert local_member(None, here) is None
