"""``corosync-cfgtool``: recorded output of every layout, and what must be refused."""

from __future__ import annotations

from typing import Optional, Tuple

import pytest

from check_ha.model.corosync import LinkStatus, PeerLink, ReachableLink, ReachableNodes, Ring
from check_ha.parsers.cfgtool import parse_cfgtool
from check_ha.parsers.cfgtool_nodes import parse_cfgtool_nodes
from check_ha.parsers.errors import ParseError


def up(peer: int, link: int) -> PeerLink:
    return PeerLink(peer, link, connected=True, enabled=True, word="connected")


def down(peer: int, link: int) -> PeerLink:
    return PeerLink(peer, link, connected=False, enabled=True, word="disconnected")


def decoded(peer: int, link: int, connected: bool) -> PeerLink:
    """As 3.0.0 to 3.0.3 print it."""
    return PeerLink(peer, link, connected, enabled=True, word=f"link enabled:1\tlink connected:{connected:d}")


# Corosync 1 and 2 -------------------------------------------------------------------------

RINGS = """\
Printing ring status.
Local node ID 1
RING ID 0
	id	= 10.55.0.1
	status	= ring 0 active with no faults
RING ID 1
	id	= 10.55.1.1
	status	= {}
"""


@pytest.mark.parametrize(
    ("status", "faulty", "healthy"),
    [
        pytest.param("ring 1 active with no faults", False, True, id="healthy"),
        pytest.param("Marking ringid 1 interface 10.55.1.1 FAULTY", True, False, id="faulty-passive"),
        pytest.param("Marking seqid 248 ringid 1 interface 10.55.1.1 FAULTY", True, False, id="faulty-active"),
        pytest.param(
            "Marking ringid 1 interface 10.55.1.1 FAULTY - adminisrtative intervention required.",
            True,
            False,
            id="faulty-1.3",
        ),
        pytest.param(
            "Incrementing problem counter for seqid 248 iface 10.55.1.1 to [6 of 10]", False, False, id="problem"
        ),
        pytest.param("Decrementing problem counter for iface 10.55.1.1 to [3 of 10]", False, False, id="recovering"),
        pytest.param("ring 0 active with no faults", False, False, id="healthy-but-another-ring"),
        pytest.param("", False, False, id="empty"),
    ],
)
def test_ring(status: str, faulty: bool, healthy: bool) -> None:
    assert parse_cfgtool(RINGS.format(status).encode()) == LinkStatus(
        local_id=1,
        transport=None,
        addresses=((0, "10.55.0.1"), (1, "10.55.1.1")),
        rings=(
            Ring(0, "10.55.0.1", "ring 0 active with no faults", faulty=False, healthy=True),
            Ring(1, "10.55.1.1", status, faulty=faulty, healthy=healthy),
        ),
    )


def test_local_id_above_31_bits_is_printed_as_negative_by_corosync_1_4() -> None:
    status = parse_cfgtool(RINGS.replace("ID 1\nRING", "ID -1407188757\nRING", 1).format("x").encode())
    assert status.local_id == 2887778539


# Corosync 3.0 -----------------------------------------------------------------------------

BY_INDEX_LINK1_DOWN = """\
Printing link status.
Local node ID 1
LINK ID 0
	addr	= 10.55.0.1
	status:
		node 0:	link enabled:1	link connected:1
		node 1:	link enabled:1	link connected:1
		node 2:	link enabled:1	link connected:1
LINK ID 1
	addr	= 10.55.1.1
	status:
		node 0:	link enabled:0	link connected:1
		node 1:	link enabled:1	link connected:0
		node 2:	link enabled:1	link connected:0
"""

BY_INDEX_ONE_LINK = """\
Printing link status.
Local node ID 1
LINK ID 0
	addr	= 127.0.0.1
	status:
		node 0:	link enabled:1	link connected:1
"""

BY_ID_3_0_2 = """\
Printing link status.
Local node ID 4
LINK ID 0
	addr	= 192.168.106.186
	status:
		nodeid  4:	link enabled:1	link connected:1
		nodeid  7:	link enabled:1	link connected:1
LINK ID 1
	addr	= 192.168.107.186
	status:
		nodeid  4:	link enabled:0	link connected:1
		nodeid  7:	link enabled:1	link connected:0
"""

NODE3_DEAD_3_0_4 = """\
Printing link status.
Local node ID 1
LINK ID 0
	addr	= 10.55.0.1
	status:
		nodeid  1:	localhost
		nodeid  2:	connected
		nodeid  3:	disconnected
LINK ID 1
	addr	= 10.55.1.1
	status:
		nodeid  1:	localhost
		nodeid  2:	connected
		nodeid  3:	disconnected
"""

UDPU_3_0 = """\
Printing link status.
Local node ID 1
LINK ID 0
	addr	= 10.55.0.1
	status	= OK
"""

# Corosync 3.1 -----------------------------------------------------------------------------

MISLABELLED_3_1_4 = """\
Local node ID 10, transport knet
LINK ID 0
	addr	= 10.55.0.1
	status:
		nodeid:  10:	connected
		nodeid:  20:	localhost
		nodeid:  30:	disconnected
"""

LINKS_0_AND_5 = """\
Local node ID 1, transport knet
LINK ID 0 udp
	addr	= fd55::1%2
	status:
		nodeid:          1:	localhost
		nodeid:         20:	connected
		nodeid:      65001:	connected
LINK ID 5 udp
	addr	= fd55:1::1%2
	status:
		nodeid:          1:	localhost
		nodeid:         20:	connected
		nodeid:      65001:	disconnected
"""

SCTP_3_1_10 = """\
Local node ID 1, transport knet
LINK ID 0 sctp
**SCTP is deprecated and will be removed in a future release
	addr	= 10.55.0.1
	status:
		nodeid:          1:	localhost
		nodeid:          2:	connected
"""

SINGLE_NODE = """\
Local node ID 1, transport knet
LINK ID 0 udp
	addr	= 10.55.0.1
	status:
		nodeid:          1:	localhost
"""

UNASKED = """\
Local node ID 1, transport knet
LINK ID 0 udp
	addr	= 10.55.0.1
	status:
		nodeid:          1:	localhost
		nodeid:          0:	disconnected
		nodeid:          0:	disconnected
		nodeid:          4:	connected
"""

UDPU_NODE3_STOPPED = """\
Local node ID 1, transport udpu
LINK ID 0 \n\
	addr	= 10.55.0.3
	status:
		nodeid:          1:	localhost
		nodeid:          2:	connected
		nodeid:          3:	disconnected
"""

UDPU_INTERFACE_DOWN = """\
Local node ID 1, transport udpu
"""


@pytest.mark.parametrize(
    ("text", "status"),
    [
        pytest.param(
            BY_INDEX_LINK1_DOWN,
            LinkStatus(
                1,
                None,
                ((0, "10.55.0.1"), (1, "10.55.1.1")),
                links=(decoded(1, 0, True), decoded(2, 0, True), decoded(1, 1, False), decoded(2, 1, False)),
                by_index=True,
            ),
            id="3.0.1-link1-down",
        ),
        pytest.param(
            BY_INDEX_ONE_LINK,
            LinkStatus(1, None, ((0, "127.0.0.1"),), links=(decoded(0, 0, True),), by_index=True),
            id="3.0.1-one-link-keeps-the-local-node",
        ),
        pytest.param(
            BY_ID_3_0_2,
            LinkStatus(
                4,
                None,
                ((0, "192.168.106.186"), (1, "192.168.107.186")),
                links=(decoded(7, 0, True), decoded(7, 1, False)),
            ),
            id="3.0.2-link1-down",
        ),
        pytest.param(
            NODE3_DEAD_3_0_4,
            LinkStatus(
                1,
                None,
                ((0, "10.55.0.1"), (1, "10.55.1.1")),
                links=(up(2, 0), down(3, 0), up(2, 1), down(3, 1)),
            ),
            id="3.0.4-node3-dead",
        ),
        pytest.param(
            UDPU_3_0,
            LinkStatus(
                1,
                None,
                ((0, "10.55.0.1"),),
                rings=(Ring(0, "10.55.0.1", "OK", faulty=False, healthy=False, hard_coded=True),),
            ),
            id="3.0.4-udpu-claims-nothing",
        ),
        pytest.param(
            MISLABELLED_3_1_4,
            LinkStatus(
                10,
                "knet",
                ((0, "10.55.0.1"),),
                links=(PeerLink(20, 0, connected=None, word="localhost"), down(30, 0)),
                mislabelled=True,
            ),
            id="3.1.4-localhost-hides-node20",
        ),
        pytest.param(
            LINKS_0_AND_5,
            LinkStatus(
                1,
                "knet",
                ((0, "fd55::1%2"), (5, "fd55:1::1%2")),
                links=(up(20, 0), up(65001, 0), up(20, 5), down(65001, 5)),
            ),
            id="3.1.7-ipv6-links-0-and-5",
        ),
        pytest.param(
            SCTP_3_1_10, LinkStatus(1, "knet", ((0, "10.55.0.1"),), links=(up(2, 0),)), id="3.1.10-sctp-is-deprecated"
        ),
        pytest.param(SINGLE_NODE, LinkStatus(1, "knet", ((0, "10.55.0.1"),)), id="3.1.7-single-node"),
        pytest.param(
            UNASKED,
            LinkStatus(
                1,
                "knet",
                ((0, "10.55.0.1"),),
                links=(
                    PeerLink(0, 0, connected=None, word="disconnected"),
                    PeerLink(0, 0, connected=None, word="disconnected"),
                    up(4, 0),
                ),
            ),
            id="3.1.7-two-nodes-could-not-be-asked",
        ),
        pytest.param(
            UDPU_NODE3_STOPPED,
            LinkStatus(1, "udpu", ((0, "10.55.0.3"),), links=(up(2, 0), down(3, 0))),
            id="3.1.7-udpu-node3-stopped",
        ),
        pytest.param(UDPU_INTERFACE_DOWN, LinkStatus(1, "udpu", ()), id="3.1.7-udpu-interface-down"),
    ],
)
def test_links(text: str, status: LinkStatus) -> None:
    assert parse_cfgtool(text.encode()) == status


@pytest.mark.parametrize(
    ("word", "connected", "enabled"),
    [
        ("connected", True, True),
        ("disconnected", False, True),
        ("connected (not enabled)", True, False),
        ("disconnected (not enabled)", False, False),
        ("knet error", None, True),
        ("config error", None, True),
        ("can't decode status character 'x'", None, True),
    ],
)
def test_words_of_3_0_4(word: str, connected: Optional[bool], enabled: bool) -> None:
    text = NODE3_DEAD_3_0_4.replace("2:\tconnected", f"2:\t{word}", 1)
    assert parse_cfgtool(text.encode()).links[0] == PeerLink(2, 0, connected, enabled, word)


def test_local_node_cannot_be_told_where_two_indexes_look_like_it() -> None:
    text = BY_INDEX_LINK1_DOWN.replace(
        "node 2:\tlink enabled:1\tlink connected:0", "node 2:\tlink enabled:0\tlink connected:1"
    )
    status = parse_cfgtool(text.encode())
    assert {link.peer for link in status.links} == {0, 1, 2}


@pytest.mark.parametrize(
    ("text", "line"),
    [
        pytest.param("", "", id="empty"),
        pytest.param("Printing ring status.\n", "", id="2.4.6-not-running"),
        pytest.param(
            "Printing ring status.\nCould not initialize corosync configuration API error 2\n",
            "Could not initialize corosync configuration API error 2",
            id="2.4.5-not-running",
        ),
        pytest.param(
            "Printing link status.\nLocal node ID 1\nCould not get the link status, the error is: 6\n",
            "Could not get the link status, the error is: 6",
            id="3.0-try-again",
        ),
        pytest.param("Printing ring status.\nLocal node ID 1\n", "", id="no-ring"),
        pytest.param("Local node ID 1, transport knet\n", "", id="no-link-with-knet"),
        pytest.param("Local node ID one\n", "Local node ID one", id="no-local-id"),
        pytest.param("Local node ID 9999999999\n", "Local node ID 9999999999", id="local-id-too-large"),
        pytest.param(
            NODE3_DEAD_3_0_4.replace("3:\tdisconnected", "3:\tdis", 1), "\t\tnodeid  3:\tdis", id="unknown-word"
        ),
        pytest.param(
            NODE3_DEAD_3_0_4.replace("\tstatus:", "\tstatus\t= n31", 1), "\t\tnodeid  1:\tlocalhost", id="two-states"
        ),
        pytest.param(UDPU_3_0.replace("OK", "n31"), "\tstatus\t= n31", id="brief-output"),
        pytest.param(NODE3_DEAD_3_0_4.rpartition("\t\t")[0], "LINK ID 1", id="cut-off-before-the-last-node"),
        pytest.param(NODE3_DEAD_3_0_4.partition("\t\t")[0], "LINK ID 0", id="cut-off-before-the-first-node"),
        pytest.param(UDPU_3_0.rpartition("\tstatus")[0], "LINK ID 0", id="cut-off-before-the-status"),
        pytest.param(SINGLE_NODE.replace("\taddr", "\tid"), "\tid\t= 10.55.0.1", id="key-of-another-layout"),
        pytest.param(RINGS.replace("\tid", "\taddr", 1), "\taddr\t= 10.55.0.1", id="key-of-another-layout-ring"),
        pytest.param(NODE3_DEAD_3_0_4.replace("LINK ID 1", "LINK ID 0"), "LINK ID 0", id="link-twice"),
        pytest.param(SCTP_3_1_10.replace("2:\tc", "1:\tc"), "LINK ID 0 sctp", id="node-twice"),
        pytest.param(SINGLE_NODE + "LINK ID 1\n\taddr\t= 10.55.1.1\n\tstatus\t= OK\n", "LINK ID 1", id="two-layouts"),
        pytest.param(
            SINGLE_NODE + "RING ID 1\n\tid\t= 10.55.1.1\n\tstatus\t= ring 1 active with no faults\n",
            "RING ID 1",
            id="a-link-and-a-ring",
        ),
        pytest.param("Local node ID 1\n\taddr\t= 10.55.0.1\n", "\taddr\t= 10.55.0.1", id="line-before-any-link"),
        pytest.param(UNASKED + "NEW\n", "NEW", id="line-of-a-later-version"),
    ],
)
def test_not_understood(text: str, line: str) -> None:
    with pytest.raises(ParseError) as caught:
        parse_cfgtool(text.encode())
    assert caught.value.line == line


# -n ---------------------------------------------------------------------------------------

REACHABLE = """\
Local node ID 1, transport knet
nodeid: 2 reachable
   LINK: 0 udp (10.55.0.1->10.55.0.2) enabled connected mtu: 1446
   LINK: 1 udp (10.55.1.1->10.55.1.2) enabled mtu: 1446

nodeid: 3 reachable
   LINK: 0 udp (10.55.0.1->10.55.0.3) enabled connected mtu: 1446
   LINK: 1 udp (10.55.1.1->10.55.1.3) enabled mtu: 1446

"""

REACHABLE_3_1_4 = """\
Local node ID 10, transport knet
nodeid: 30 reachable
   LINK: 0 (10.55.0.1->10.55.0.3) enabled connected mtu: 1446

"""

REACHABLE_UDPU = """\
Local node ID 1, transport udpu
nodeid: 2 reachable
   LINK: 0  (10.55.0.2) enabled connected mtu: 1410

"""

REACHABLE_ONWIRE = """\
Local node ID 1, transport knet
nodeid: 2 reachable remote external   onwire (min/max/cur): 0, 1, 1
   LINK: 0 udp (fd55::1%2->fd55::2%2) enabled connected dynconnected mtu: 1426

"""


def reachable(peer: int, link: int, addresses: Tuple[str, str], connected: bool = True) -> ReachableLink:
    return ReachableLink(peer, link, *addresses, enabled=True, connected=connected)


@pytest.mark.parametrize(
    ("text", "nodes"),
    [
        pytest.param(
            REACHABLE,
            ReachableNodes(
                1,
                "knet",
                (2, 3),
                (
                    reachable(2, 0, ("10.55.0.1", "10.55.0.2")),
                    reachable(2, 1, ("10.55.1.1", "10.55.1.2"), connected=False),
                    reachable(3, 0, ("10.55.0.1", "10.55.0.3")),
                    reachable(3, 1, ("10.55.1.1", "10.55.1.3"), connected=False),
                ),
            ),
            id="3.1.7-link1-down",
        ),
        pytest.param(
            REACHABLE_3_1_4,
            ReachableNodes(10, "knet", (30,), (reachable(30, 0, ("10.55.0.1", "10.55.0.3")),)),
            id="3.1.4-no-link-transport",
        ),
        pytest.param(
            REACHABLE_UDPU,
            ReachableNodes(1, "udpu", (2,), (reachable(2, 0, ("", "10.55.0.2")),)),
            id="3.1.7-udpu-names-the-peer-only",
        ),
        pytest.param(
            REACHABLE_ONWIRE,
            ReachableNodes(1, "knet", (2,), (reachable(2, 0, ("fd55::1%2", "fd55::2%2")),)),
            id="knet-with-onwire-versions",
        ),
        pytest.param("Local node ID 1, transport knet\n", ReachableNodes(1, "knet"), id="3.1.7-isolated"),
    ],
)
def test_reachable_nodes(text: str, nodes: ReachableNodes) -> None:
    assert parse_cfgtool_nodes(text.encode()) == nodes


@pytest.mark.parametrize(
    ("text", "line"),
    [
        pytest.param("", "", id="empty"),
        pytest.param("Local node ID 1\n", "", id="no-transport"),
        pytest.param(REACHABLE.replace("reachable", "unreachable", 1), "nodeid: 2 unreachable", id="unknown-state"),
        pytest.param(REACHABLE.replace("3 reach", "2 reach"), "nodeid: 2 reachable", id="node-twice"),
        pytest.param(
            REACHABLE_UDPU.replace("nodeid: 2 reachable\n", ""),
            "   LINK: 0  (10.55.0.2) enabled connected mtu: 1410",
            id="link-without-a-node",
        ),
        pytest.param(
            REACHABLE.replace("LINK: 1", "LINK: 0"),
            "   LINK: 0 udp (10.55.1.1->10.55.1.2) enabled mtu: 1446",
            id="link-twice",
        ),
        pytest.param(REACHABLE + "   LINK: 2 udp (10", "   LINK: 2 udp (10", id="cut-off"),
    ],
)
def test_reachable_nodes_not_understood(text: str, line: str) -> None:
    with pytest.raises(ParseError) as caught:
        parse_cfgtool_nodes(text.encode())
    assert caught.value.line == line
