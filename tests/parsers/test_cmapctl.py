"""``corosync-cmapctl``: recorded maps, and what must be refused."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from check_ha.model.corosync import LinkStatistics, NodelistNode, SeenMember
from check_ha.parsers.cmapctl import parse_cmapctl, parse_cmapctl_stats
from check_ha.parsers.errors import ParseError

DATA = Path(__file__).parent / "data"


def recorded(name: str) -> bytes:
    return (DATA / f"{name}.txt").read_bytes()


def test_corosync_2_map() -> None:
    cmap = parse_cmapctl(recorded("cmapctl-2.4-rings-ring1-faulty"))
    assert cmap.nodes == tuple(
        NodelistNode(n, f"node{n}", ((0, f"10.55.0.{n}"), (1, f"10.55.1.{n}"))) for n in (1, 2, 3)
    )
    assert cmap.members == tuple(SeenMember(n, True, (f"10.55.0.{n}", f"10.55.1.{n}"), 0) for n in (1, 2, 3))
    assert cmap.local_node_id == 1
    assert cmap.transport == "udpu"
    assert cmap.values["totem.rrp_mode"] == "passive"
    assert cmap.values["runtime.config.totem.token"] == "1650"
    assert cmap.values["config.totemconfig_reload_in_progress"] == "0"


def test_corosync_3_map_with_gaps_in_ids_and_links() -> None:
    cmap = parse_cmapctl(recorded("cmapctl-3.1-knet-ipv6-links-0-and-5"))
    assert cmap.nodes == (
        NodelistNode(65001, "alpha-long-hostname-01.example.net", ((0, "fd55:0::3"), (5, "fd55:1::3"))),
        NodelistNode(1, "beta", ((0, "fd55:0::1"), (5, "fd55:1::1"))),
        NodelistNode(20, "gamma", ((0, "fd55:0::2"), (5, "fd55:1::2"))),
    )
    assert cmap.members == (
        SeenMember(1, True, ("fd55::1", "fd55:1::1"), 7),
        SeenMember(20, True, ("fd55::2", "fd55:1::2"), 7),
        SeenMember(65001, True, ("fd55::3", "fd55:1::3"), 7),
    )
    assert cmap.local_node_id == 1
    assert cmap.transport == "knet"
    assert cmap.label(20) == "gamma"


def test_values_are_configuration_and_quorum_only() -> None:
    values = parse_cmapctl(recorded("cmapctl-3.1-qdevice")).values
    assert values["quorum.device.model"] == "net"
    assert values["runtime.votequorum.qdevice_can_operate"] == "1"
    assert values["nodelist.local_node_pos"] == "0"
    assert {key.partition(".")[0] for key in values} == {"nodelist", "quorum", "runtime", "totem"}
    assert not [key for key in values if key.startswith(("runtime.services.", "runtime.members."))]


def test_left_member() -> None:
    members = parse_cmapctl(recorded("cmapctl-3.1-knet-node3-left")).members
    assert [(member.node_id, member.joined) for member in members] == [(1, True), (2, True), (3, False)]


def test_local_node_is_taken_from_the_nodelist_without_votequorum() -> None:
    assert parse_cmapctl(recorded("cmapctl-3.1-no-quorum-provider")).local_node_id == 1


MEMBER = b"runtime.members.1.status (str) = joined\n"


def test_positions_are_numbers() -> None:
    lines = "".join(f"nodelist.node.{n}.nodeid (u32) = {n + 100}\n" for n in (10, 2, 0))
    assert [node.node_id for node in parse_cmapctl(lines.encode()).nodes] == [100, 102, 110]


def test_no_nodelist_and_no_local_id() -> None:
    cmap = parse_cmapctl(MEMBER)
    assert (cmap.nodes, cmap.members, cmap.local_node_id) == ((), (SeenMember(1, True),), None)


def test_votes() -> None:
    cmap = parse_cmapctl(b"nodelist.node.0.nodeid (u32) = 1\nnodelist.node.0.quorum_votes (u32) = 3\n")
    assert cmap.nodes == (NodelistNode(1, "", (), votes=3),)


@pytest.mark.parametrize(
    ("extra", "node_id"),
    [
        pytest.param(b"", 3232261651, id="whole-address"),
        pytest.param(b"totem.clear_node_high_bit (str) = yes\n", 1084778003, id="high-bit-cleared"),
        pytest.param(b"totem.clear_node_high_bit (str) = no\n", 3232261651, id="high-bit-kept"),
    ],
)
def test_node_without_an_id_has_the_one_corosync_makes_of_its_address(extra: bytes, node_id: int) -> None:
    cmap = parse_cmapctl(b"nodelist.node.0.ring0_addr (str) = 192.168.102.19\n" + extra)
    assert cmap.nodes == (NodelistNode(node_id, "", ((0, "192.168.102.19"),)),)


@pytest.mark.parametrize(
    ("line", "key", "value"),
    [
        (b"totem.cluster_name (str) = ", "totem.cluster_name", ""),
        (b"totem.cluster_name (str) =", "totem.cluster_name", ""),
        (b"totem.cluster_name (str) = a = b (c) ", "totem.cluster_name", "a = b (c) "),
        (b"totem.cluster_name (str) = \xff\x00", "totem.cluster_name", "\\xff\x00"),
        (b"totem.something (bin)", "totem.something", ""),
        (b"totem.something (flt) = 0.500000", "totem.something", "0.500000"),
        (b"config.reload_error_message (str) = no such: thing", "config.reload_error_message", "no such: thing"),
        (b"uidgid.uid.101 (u8) = 1", "uidgid.uid.101", "1"),
    ],
)
def test_values(line: bytes, key: str, value: str) -> None:
    assert parse_cmapctl(MEMBER + line + b"\n").values == {key: value}


def test_the_key_of_the_cluster_is_left_out() -> None:
    assert parse_cmapctl(MEMBER + b"totem.key (str) = secret\ntotem.keyfile (str) = /k\n").values == {
        "totem.keyfile": "/k"
    }


@pytest.mark.parametrize(
    ("text", "line"),
    [
        pytest.param("", "", id="empty"),
        pytest.param("totem.version (u32) = 2\n", "", id="neither-nodes-nor-members"),
        pytest.param("Can't get value of totem.version\n", "Can't get value of totem.version", id="not-a-key"),
        pytest.param("totem.version (u33) = 2\n", "totem.version (u33) = 2", id="unknown-type"),
        pytest.param("totem.version (u32) 2\n", "totem.version (u32) 2", id="no-equals-sign"),
        pytest.param("a.b (str) = 1\na.b (str) = 2\n", "a.b (str) = 2", id="key-twice"),
        pytest.param(
            "runtime.members.1.status (str) = asleep\n", "runtime.members.1.status (str) = asleep", id="unknown-status"
        ),
        pytest.param(
            "runtime.members.1.ip (str) = r(0) ip(::1) \n",
            "runtime.members.1.ip (str) = r(0) ip(::1) ",
            id="member-without-status",
        ),
        pytest.param(
            "runtime.members.x.status (str) = joined\n", "runtime.members.x.status (str) = joined", id="member-no-id"
        ),
        pytest.param(
            "nodelist.node.0.nodeid (str) = one\n", "nodelist.node.0.nodeid (str) = one", id="nodeid-no-number"
        ),
        pytest.param(
            "nodelist.node.0.ring0_addr (str) = node1\n",
            "nodelist.node.0.ring0_addr (str) = node1",
            id="no-nodeid-and-a-host-name",
        ),
        pytest.param("nodelist.node.0.name (str) = node1\n", "nodelist.node.0.name (str) = node1", id="no-address"),
    ],
)
def test_map_not_understood(text: str, line: str) -> None:
    with pytest.raises(ParseError) as caught:
        parse_cmapctl(text.encode())
    assert caught.value.line == line


def test_link_statistics() -> None:
    """The first is the local node's loopback."""
    assert parse_cmapctl_stats(recorded("cmapctl-stats-3.1-link1-down")).links == (
        LinkStatistics(1, 0, connected=True, enabled=True, down_count=0, latency_ave=None, mtu=65535),
        LinkStatistics(2, 0, connected=True, enabled=True, down_count=1, latency_ave=344, mtu=1446),
        LinkStatistics(2, 1, connected=False, enabled=True, down_count=2, latency_ave=341, mtu=1446),
        LinkStatistics(3, 0, connected=True, enabled=True, down_count=1, latency_ave=329, mtu=1446),
        LinkStatistics(3, 1, connected=False, enabled=True, down_count=2, latency_ave=292, mtu=1446),
    )


def test_link_that_was_never_up_has_no_latency() -> None:
    assert parse_cmapctl_stats(recorded("cmapctl-stats-3.1-peer-never-seen")).links == (
        LinkStatistics(1, 0, connected=True, enabled=True, down_count=0, latency_ave=None, mtu=65535),
        LinkStatistics(2, 0, connected=False, enabled=True, down_count=1, latency_ave=None, mtu=522),
    )


def test_statistics_of_the_protocol() -> None:
    data = recorded("cmapctl-stats-3.1-link1-down")
    statistics = parse_cmapctl_stats(data)
    assert statistics.totem["srp.mcast_retx"] == 0
    assert statistics.totem["srp.firewall_enabled_or_nic_failure"] == 0
    assert not any("knet" in key or "ipcs" in key for key in statistics.totem)


def test_the_map_of_corosync_2_holds_the_statistics_of_the_protocol() -> None:
    lines = (
        "runtime.totem.pg.mrp.rrp.1.faulty (u8) = 1",
        "runtime.totem.pg.mrp.srp.mcast_retx (u64) = 428",
        "runtime.totem.pg.mrp.srp.members.1.join_count (u32) = 1",
        "runtime.totem.pg.mrp.srp.members.1.status (str) = joined",
    )
    assert parse_cmapctl("\n".join(lines).encode()).totem == {"rrp.1.faulty": 1, "srp.mcast_retx": 428}


@pytest.mark.parametrize("line", ["stats.srp.mcast_retx (u64) = many", "stats.srp.mcast_retx = 5"])
def test_statistics_not_understood(line: str) -> None:
    with pytest.raises(ParseError, match=re.escape(line)):
        parse_cmapctl_stats(line.encode())


def test_udpu_has_no_link_statistics() -> None:
    assert parse_cmapctl_stats(recorded("cmapctl-stats-3.1-udpu")).links == ()


def test_links_are_in_the_order_of_their_numbers() -> None:
    lines = "".join(f"stats.knet.node{n}.link{n}.mtu (u32) = {n}\n" for n in (10, 2))
    assert parse_cmapctl_stats(lines.encode()).links == (LinkStatistics(2, 2, mtu=2), LinkStatistics(10, 10, mtu=10))


@pytest.mark.parametrize(
    ("text", "line"),
    [
        pytest.param("", "", id="empty"),
        pytest.param("totem.version (u32) = 2\n", "totem.version (u32) = 2", id="another-map"),
        pytest.param("stats.ipcs.global.active\n", "stats.ipcs.global.active", id="no-value"),
        pytest.param("stats.knet.node1.link0.mtu (u32) = x\n", "stats.knet.node1.link0.mtu (u32) = x", id="no-number"),
        pytest.param("stats.knet.nodeA.link0.mtu (u32) = 1\n", "stats.knet.nodeA.link0.mtu (u32) = 1", id="no-node-id"),
        pytest.param(
            "stats.knet.node1.link0.connected (u8) = 1\nstats.knet.node1.link0.connected (u8) = 0\n",
            "stats.knet.node1.link0.connected (u8) = 0",
            id="key-twice",
        ),
    ],
)
def test_link_statistics_not_understood(text: str, line: str) -> None:
    with pytest.raises(ParseError) as caught:
        parse_cmapctl_stats(text.encode())
    assert caught.value.line == line
