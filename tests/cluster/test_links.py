"""The links to the peers, joined from what three tools say, whatever the version of cfgtool left out or got wrong."""

from __future__ import annotations

from typing import List, Optional, Sequence, Tuple

import pytest

from check_ha.cluster.links import Links, links_of, ring_fault
from check_ha.model.corosync import (
    CorosyncMap,
    LinkStatistics,
    LinkStatus,
    NodelistNode,
    PeerLink,
    ReachableLink,
    ReachableNodes,
    Ring,
    SeenMember,
)

States = List[Tuple[str, List[Tuple[int, Optional[bool]]]]]


def node(node_id: int, *links: int, name: str = "") -> NodelistNode:
    return NodelistNode(node_id, name, tuple((link, f"10.55.{link}.{node_id}") for link in links))


def cmap(*nodes: NodelistNode, joined: Optional[Sequence[int]] = None, transport: str = "knet") -> CorosyncMap:
    present = [one.node_id for one in nodes] if joined is None else joined
    members = tuple(SeenMember(one.node_id, one.node_id in present) for one in nodes)
    return CorosyncMap(nodes, members, transport=transport)


def states(links: Links) -> States:
    return [(peer.name, [(link.number, link.up) for link in peer.links]) for peer in links.peers]


def test_names() -> None:
    """A node without a name is called by its first address, one that is not configured by its id."""
    status = LinkStatus(1, "knet", ((0, "10.55.0.1"),), tuple(PeerLink(peer, 0, True) for peer in (2, 3, 4)))
    nodes = cmap(node(1, 0, name="alpha"), node(2, 0, name="beta"), node(3, 0))
    assert [peer.name for peer in links_of(status, nodes, None).peers] == ["beta", "10.55.0.3", "node 4"]
    assert [peer.name for peer in links_of(status, None, None).peers] == ["node 2", "node 3", "node 4"]


def test_labels_of_links() -> None:
    status = LinkStatus(1, "knet", ((0, "10.55.0.1"),), (PeerLink(2, 0, True), PeerLink(3, 0, False)))
    (two, three) = links_of(status, cmap(node(1, 0), node(2, 0)), None).peers
    assert [link.label for peer in (two, three) for link in peer.links] == ["link 0 (10.55.0.2)", "link 0"]
    assert (two.down, three.down) == ((), three.links)


BY_INDEX = LinkStatus(
    20,
    None,
    ((0, "10.55.0.20"), (1, "10.55.1.20")),
    # what 3.0.0 and 3.0.1 call nodes 0, 1, 2 are ids 10, 20, 30; the parser has left out 1, which is this node
    tuple(PeerLink(peer, link, not (peer == 2 and link == 1)) for link in (0, 1) for peer in (0, 2)),
    by_index=True,
)


def test_positions_are_node_ids_in_ascending_order() -> None:
    nodes = cmap(node(30, 0, 1, name="c"), node(10, 0, 1, name="a"), node(20, 0, 1, name="b"))
    assert states(links_of(BY_INDEX, nodes, None)) == [("a", [(0, True), (1, True)]), ("c", [(0, True), (1, False)])]


def test_a_position_is_not_taken_for_the_id_of_this_node() -> None:
    """Without the map a position cannot be told from an id: nodes 1, 2, 3 have the positions 0, 1, 2."""
    status = BY_INDEX._replace(local_id=2)
    assert states(links_of(status, None, None)) == [
        ("position 0", [(0, True), (1, True)]),
        ("position 2", [(0, True), (1, False)]),
    ]


def test_this_node_is_dropped_where_the_tool_could_not_tell_its_position() -> None:
    """With link 0 alone 3.0.0 and 3.0.1 print nothing that tells it."""
    links = tuple(PeerLink(peer, 0, peer != 2) for peer in (0, 1, 2))
    status = LinkStatus(10, None, ((0, "10.55.0.10"),), links, by_index=True)
    nodes = cmap(node(10, 0, name="a"), node(20, 0, name="b"), node(30, 0, name="c"))
    assert states(links_of(status, nodes, None)) == [("b", [(0, True)]), ("c", [(0, False)])]


def renumbered(up: Optional[bool]) -> LinkStatus:
    """3.1.1 to 3.1.4 number links 1 and 5 as 0 and 1, and may say ``localhost`` on the line of another node."""
    addresses = ((0, "fd55:1::1%2"), (1, "fd55:5::1"))
    return LinkStatus(1, "knet", addresses, (PeerLink(2, 0, True), PeerLink(2, 1, up)))


CONFIGURED = cmap(
    NodelistNode(1, "a", ((1, "fd55:1::1"), (5, "fd55:5::1"))),
    NodelistNode(2, "b", ((1, "fd55:1::2"), (5, "fd55:5::2"))),
)


def test_links_have_the_number_that_is_configured() -> None:
    links = links_of(renumbered(False), CONFIGURED, None)
    assert states(links) == [("b", [(1, True), (5, False)])]
    assert [link.address for link in links.peers[0].links] == ["fd55:1::2", "fd55:5::2"]
    assert links.local == ((1, "fd55:1::1%2"), (5, "fd55:5::1"))


def reachable(peer: int, *links: Tuple[int, str, bool]) -> ReachableNodes:
    found = tuple(ReachableLink(peer, link, local, "", True, connected) for link, local, connected in links)
    return ReachableNodes(1, "knet", (peer,), found)


HIDDEN = {
    "reachable-over-it": (reachable(2, (5, "fd55:5::1", True)), True),
    "reachable-over-it-by-whatever-number": (reachable(2, (1, "fd55:5::1", True)), True),
    "reachable-over-the-other-one-of-that-number": (reachable(2, (1, "fd55:1::1", True)), False),
    "not-connected": (reachable(2, (5, "fd55:5::1", False)), False),
    "another-node-is-reachable": (reachable(3, (5, "fd55:5::1", True)), False),
    "nobody-is-reachable": (ReachableNodes(1, "knet"), False),
    "not-known": (None, None),
}


@pytest.mark.parametrize(("nodes", "up"), HIDDEN.values(), ids=HIDDEN)
def test_a_state_that_is_hidden_is_known_from_the_list_of_reachable_nodes(
    nodes: Optional[ReachableNodes], up: Optional[bool]
) -> None:
    assert states(links_of(renumbered(None), CONFIGURED, nodes)) == [("b", [(1, True), (5, up)])]


def test_a_node_that_was_not_asked_has_no_known_state() -> None:
    """``nodeid: 0`` stands for a node whose status could not be had."""
    status = LinkStatus(1, "knet", ((0, "10.55.0.1"),), (PeerLink(0, 0, None),))
    assert states(links_of(status, None, reachable(0, (0, "10.55.0.1", True)))) == [("node 0", [(0, None)])]


def test_a_node_that_was_not_asked_is_not_one_that_is_no_member() -> None:
    status = LinkStatus(1, "knet", ((0, "10.55.0.1"),), (PeerLink(0, 0, None), PeerLink(2, 0, True)))
    found = links_of(status, cmap(node(1, 0), node(2, 0), node(3, 0), joined=[1, 2, 3]), None)
    assert [(peer.name, peer.member, [link.listed for link in peer.links]) for peer in found.peers] == [
        ("node 0", None, [True]),
        (found.peers[1].name, True, [True]),
        (found.peers[2].name, True, [False]),
    ]


def test_membership() -> None:
    status = LinkStatus(1, "knet", ((0, "10.55.0.1"),), (PeerLink(2, 0, True), PeerLink(3, 0, True)))
    nodes = (node(1, 0), node(2, 0), node(3, 0), node(4, 0))
    assert [peer.member for peer in links_of(status, cmap(*nodes, joined=[1, 2]), None).peers] == [True, False, False]
    unseen = CorosyncMap(nodes, ())
    assert [peer.member for peer in links_of(status, unseen, None).peers] == [None, None, None]


@pytest.mark.parametrize(
    ("status", "config", "measured"),
    [
        (LinkStatus(1, "knet", ((0, "a"),), (PeerLink(2, 0, True),)), None, True),
        (LinkStatus(1, None, ((0, "a"),), (PeerLink(2, 0, True),)), None, True),
        (LinkStatus(1, None, ((0, "a"),)), None, True),
        (LinkStatus(1, "knet", ()), None, True),
        (LinkStatus(1, "udpu", ((0, "a"),), (PeerLink(2, 0, True),)), None, False),
        (LinkStatus(1, "udp", ()), None, False),
        (LinkStatus(1, None, ((0, "a"),), rings=(Ring(0, "a", "OK", False, False, True),)), None, False),
        (LinkStatus(1, None, ((0, "a"),), rings=(Ring(0, "a", "ok", False, True),)), None, False),
    ],
)
def test_only_knet_measures_its_links(status: LinkStatus, config: Optional[CorosyncMap], measured: bool) -> None:
    assert links_of(status, config, None).measured is measured


def test_membership_of_udpu_is_in_the_status_where_the_map_has_none() -> None:
    status = LinkStatus(1, "udpu", ((0, "10.55.0.3"),), (PeerLink(2, 0, True), PeerLink(3, 0, False)))
    peers = links_of(status, None, None).peers
    assert [(peer.member, peer.links, peer.unreachable) for peer in peers] == [(True, (), False), (False, (), True)]


def test_rings_that_are_hard_coded_are_none() -> None:
    status = LinkStatus(1, None, ((0, "a"),), rings=(Ring(0, "a", "OK", False, False, hard_coded=True),))
    links = links_of(status, None, None)
    assert (links.rings, links.local) == ((), ())


def test_how_many_links_are_configured() -> None:
    status = LinkStatus(1, "knet", ((0, "10.55.0.1"), (1, "10.55.1.1")))
    assert links_of(status, None, None).configured == 2
    assert links_of(status, cmap(node(1, 0, 1), node(2, 0)), None).configured == 1
    assert links_of(status, cmap(node(1), node(2)), None).configured == 2


def test_fault_of_a_ring() -> None:
    good = Ring(1, "10.55.1.1", "ring 1 active with no faults", faulty=False, healthy=True)
    assert ring_fault(good) == ""
    assert ring_fault(good._replace(faulty=True)) == "ring 1 (10.55.1.1) FAULTY"
    assert ring_fault(good._replace(address="127.0.0.1")) == "ring 1 without its interface (127.0.0.1)"
    assert ring_fault(good._replace(faulty=True, address="127.0.0.1")) == "ring 1 (127.0.0.1) FAULTY"


def test_an_ipv6_address_is_no_name() -> None:
    status = LinkStatus(1, "knet", ((0, "fd55::1"),), (PeerLink(20, 0, True), PeerLink(30, 0, True)))
    nodes = tuple(NodelistNode(number, name, ((0, "fd55::2"),)) for number, name in ((20, ""), (30, "gamma")))
    peers = links_of(status, CorosyncMap(nodes, ()), None).peers
    assert [(peer.name, peer.instance) for peer in peers] == [("node 20", "node20"), ("gamma", "gamma")]


def statistic(peer: int, link: int, connected: Optional[bool]) -> LinkStatistics:
    return LinkStatistics(peer, link, connected)


UNLISTED = {
    "known-by-the-nodelist": (cmap(node(1, 0, 1), node(2, 0, 1)), (), None, [(0, True), (1, None)]),
    "state-by-the-statistics": (
        cmap(node(1, 0, 1), node(2, 0, 1)), (statistic(2, 1, False),), reachable(2, (1, "", True)),
        [(0, True), (1, False)],
    ),
    "state-by-the-reachable-nodes": (
        cmap(node(1, 0, 1), node(2, 0, 1)), (statistic(2, 1, None),), reachable(2, (1, "", False)),
        [(0, True), (1, False)],
    ),
    "known-by-the-statistics": (None, (statistic(2, 0, True), statistic(2, 1, True)), None, [(0, True), (1, True)]),
    "the-loopback-is-none": (None, (statistic(1, 0, True), statistic(2, 0, True)), None, [(0, True)]),
    "counted-anew": (cmap(node(1, 5), node(2, 5)), (statistic(2, 5, True),), None, [(0, True)]),
}  # fmt: skip


@pytest.mark.parametrize(("config", "counted", "nodes", "expected"), UNLISTED.values(), ids=UNLISTED)
def test_a_link_that_cfgtool_leaves_out(
    config: Optional[CorosyncMap],
    counted: Sequence[LinkStatistics],
    nodes: Optional[ReachableNodes],
    expected: List[Tuple[int, Optional[bool]]],
) -> None:
    status = LinkStatus(1, "knet", ((0, "10.55.0.1"),), (PeerLink(2, 0, True),))
    links = links_of(status, config, nodes, counted)
    assert states(links)[0][1] == expected
    assert [link.listed for link in links.peers[0].links] == [True, False][: len(expected)]


def test_a_ring_that_cfgtool_leaves_out() -> None:
    listed = Ring(0, "10.55.0.1", "ring 0 active with no faults", faulty=False, healthy=True)
    status = LinkStatus(1, None, ((0, "10.55.0.1"),), rings=(listed,))
    known = CorosyncMap((), (), totem={"rrp.0.faulty": 0, "rrp.1.faulty": 1, "srp.mcast_retx": 0})
    (first, second) = links_of(status, known, None).rings
    assert first == listed
    assert (second.number, second.address, second.faulty, second.healthy, second.listed) == (1, "?", True, False, False)


def test_a_node_that_left_and_is_not_configured_any_more_is_no_peer() -> None:
    status = LinkStatus(1, "knet", ((0, "10.55.0.1"),), (PeerLink(2, 0, True),))
    config = cmap(node(1, 0), node(2, 0))
    gone = config._replace(members=(*config.members, SeenMember(3, False)))
    assert [peer.node_id for peer in links_of(status, gone, None).peers] == [2]
    back = config._replace(members=(*config.members, SeenMember(3, True)))
    assert [peer.node_id for peer in links_of(status, back, None).peers] == [2, 3]
    assert [peer.node_id for peer in links_of(status, gone._replace(nodes=()), None).peers] == [2, 3]
