"""The configuration of corosync 1.4 and 2, which have rings: what they refuse, ignore, and what is unwise there."""

from __future__ import annotations

from typing import Dict, List, Tuple

import pytest

from check_ha.checks.config.differences import ALL_AT_ONCE, NODE_BY_NODE, differences
from check_ha.checks.config.good_sense import unwise
from check_ha.checks.config.of_newer import of_newer
from check_ha.checks.config.refused.rings import repeated_rings
from check_ha.checks.config.refused.whole import refusals, versions_that_load
from check_ha.checks.config.settings import NEWEST_1, NEWEST_2, NEWEST_3, Settings, map_keys, settings_of
from check_ha.checks.config.unwise import Seen
from check_ha.core.condition import Severity
from check_ha.parsers.corosync_conf import parse_corosync_conf

RING_0 = "ringnumber: 0\nbindnetaddr: 198.51.100.0\nmcastaddr: 226.94.1.1\nmcastport: 5405"
RING_1 = "ringnumber: 1\nbindnetaddr: 203.0.113.0\nmcastaddr: 226.94.1.2\nmcastport: 5407"
FOUNDING = """\
compatibility: whitetank
totem {
	version: 2
	token: 3000
	join: 60
	consensus: 3600
	vsftype: none
	max_messages: 20
	clear_node_high_bit: yes
	secauth: on
	threads: 0
	rrp_mode: active
	interface {
		RING_0
	}
	interface {
		RING_1
	}
}
amf {
	mode: disabled
}
service {
	ver: 0
	name: pacemaker
}
quorum {
	provider: corosync_votequorum
	expected_votes: 2
}
aisexec {
	user: root
	group: root
}
logging {
	to_stderr: no
	debug: off
	logger_subsys {
		subsys: AMF
		debug: off
	}
}
"""
"""Two nodes as Pacemaker's documents of 2010 set them up."""

OLD, NEW = (1, 4, 8), (2, 4, 6)


def founding(*changes: Tuple[str, str]) -> str:
    text = FOUNDING.replace("RING_0", RING_0).replace("RING_1", RING_1)
    for before, after in changes:
        assert before in text
        text = text.replace(before, after)
    return text


def settings(text: str, version: Tuple[int, ...]) -> Settings:
    return settings_of(map_keys(parse_corosync_conf(text.encode()), version[0]), version)


NODES = "nodelist {\nnode {\nring0_addr: 198.51.100.1\nring1_addr: 203.0.113.1\nnodeid: 1\n}\n}\n"
NO_GROUP = ("mcastaddr: 226.94.1.2\n", "")
NO_MODE = ("\trrp_mode: active\n", "")
SAME_GROUP = ("226.94.1.2\nmcastport: 5407", "226.94.1.1\nmcastport: 5406")
UDPU = ("secauth: on", "secauth: on\ntransport: udpu")
RING_2 = ("ringnumber: 1", "ringnumber: 2")
REFUSED: Dict[str, Tuple[str, Tuple[int, ...], List[str]]] = {
    "ok-1.4": (founding(), OLD, []),
    "ok-2.4": (founding(), NEW, []),
    "no-ring-1.4": ("totem {\nversion: 2\n}\n", OLD, ["there is no interface { }: no ring is defined"]),
    "no-ring-2.4": (
        "totem {\nversion: 2\n}\n", NEW,
        ["there is no interface { } with a bindnetaddr, and no node an address: no ring is defined"],
    ),
    "ok-rings-of-the-nodelist": ("totem {\nversion: 2\nrrp_mode: passive\ncluster_name: c\n}\n" + NODES, NEW, []),
    "nodelist-does-not-count-1.4": (
        "totem {\nversion: 2\n}\n" + NODES, OLD, ["there is no interface { }: no ring is defined"],
    ),
    "node-without-ring0": (
        "totem {\nversion: 2\ncluster_name: c\n}\n" + NODES.replace("ring0", "ring1"), NEW,
        ["203.0.113.1 has no ring0_addr", "there is a ring 1 and no ring 0"],
    ),
    "ring-2": (founding(RING_2), OLD, ["ring 2: the highest number is 1"]),
    "no-ring-0": (
        founding((RING_0, RING_1.replace("ringnumber: 1", "ringnumber: 1 ")), NO_MODE), NEW,
        ["there is a ring 1 and no ring 0"],
    ),
    "mode": (founding(("active", "on")), OLD, ["totem.rrp_mode must be none, active, passive, but is 'on'"]),
    "no-mode": (founding(NO_MODE), OLD, ["2 rings with rrp_mode none: it must be passive or active"]),
    "no-port-1.4": (founding(("\nmcastport: 5407", "")), OLD, ["totem.interface.1.mcastport is not set"]),
    "ok-no-port-2.4": (founding(("\nmcastport: 5407", "")), NEW, []),
    "port-0": (founding(("5407", "0")), NEW, ["totem.interface.1.mcastport is 0"]),
    "no-group-1.4": (founding(NO_GROUP), OLD, ["totem.interface.1.mcastaddr is not set"]),
    "no-group-2.4": (
        founding(NO_GROUP), NEW,
        ["totem.interface.1.mcastaddr is not set, and there is no totem.cluster_name to make one of"],
    ),
    "ok-group-made-of-the-name": (founding(NO_GROUP, ("version: 2", "version: 2\ncluster_name: c")), NEW, []),
    "ok-no-group-with-udpu": (founding(NO_GROUP, UDPU), NEW, []),
    "no-network-1.4": (
        founding(("bindnetaddr: 203.0.113.0\n", "")), OLD, ["totem.interface.1.bindnetaddr is not set"],
    ),
    "no-network-2.4": (founding(("bindnetaddr: 198.51.100.0\n", "")), NEW, ["there is a ring 1 and no ring 0"]),
    "ok-broadcast": (founding(NO_GROUP, ("5407", "5407\nbroadcast: yes")), OLD, []),
    "no-group-but-an-address": (
        founding(("226.94.1.2", "10.0.0.1")), OLD,
        ["totem.interface.1.mcastaddr is 10.0.0.1, which is not a multicast address"],
    ),
    "group-of-another-family": (
        founding(("226.94.1.2", "ff15::1"), ("version: 2", "version: 2\nnodeid: 7")), OLD,
        ["totem.interface.1.mcastaddr is an IPv6 address, and bindnetaddr is not"],
    ),
    "ipv6-without-nodeid": (
        founding((RING_0, RING_0.replace("226.94.1.1", "ff15::1").replace("198.51.100.0", "fd00::1")),
                 (RING_1, RING_1.replace("226.94.1.2", "ff15::2").replace("203.0.113.0", "fd01::1"))), OLD,
        ["totem.nodeid is not set, which an IPv6 address needs (totem.interface.0.mcastaddr)",
         "totem.nodeid is not set, which an IPv6 address needs (totem.interface.1.mcastaddr)"],
    ),
    "families-of-rings": (
        founding(("203.0.113.0", "fd01::1"), UDPU), OLD, ["rings with IPv4 and with IPv6 addresses"],
    ),
    "family-without-ip-version": (
        founding(("203.0.113.0", "fd01::1"), UDPU), NEW,
        ["totem.interface.1.bindnetaddr is 'fd01::1', and ip_version is ipv4",
         "rings with IPv4 and with IPv6 addresses"],
    ),
    "no-address": (
        founding(("226.94.1.2", "my group"), ("203.0.113.0", "1.2.3.4.5")), NEW,
        ["totem.interface.1.bindnetaddr is '1.2.3.4.5', which is neither an address nor a host name",
         "totem.interface.1.mcastaddr is 'my group', which is neither an address nor a host name"],
    ),
    "ports-next-to-each-other": (
        founding(SAME_GROUP), OLD,
        ["rings 0 and 1 have the same multicast address: their mcastport must differ by two or more"],
    ),
    "ok-ports-next-to-each-other-1.4.7": (founding(SAME_GROUP), (1, 4, 7), []),
    "ttl-with-udpu": (
        founding(("5407", "5407\nttl: 2"), UDPU), OLD,
        ["totem.interface.1.ttl is set, and transport udpu has none: only udp (multicast) has"],
    ),
    "ttl-too-high": (
        founding(("5407", "5407\nttl: 256")), OLD, ["totem.interface.1.ttl must be from 0 to 255, but is 256"],
    ),
    "compatibility": (
        founding(("whitetank", "openais")), OLD, ["compatibility must be whitetank or none, but is 'openais'"],
    ),
    "ok-compatibility-means-nothing-since-2": (founding(("whitetank", "openais")), NEW, []),
    "problem-counters": (
        founding(("threads: 0", "rrp_problem_count_timeout: 20\nrrp_problem_count_threshold: 1")), OLD,
        ["totem.rrp_problem_count_timeout is 20 ms, less than 30",
         "totem.rrp_problem_count_threshold is 1, less than 2"],
    ),
    "sizes-1.4": (
        founding(("max_messages: 20", "max_messages: 700\nnetmtu: 10001")), OLD,
        ["totem.netmtu is 10001, more than 10000", "totem.max_messages is 700, more than 104"],
    ),
    "ok-sizes-2.4": (founding(("max_messages: 20", "max_messages: 700\nnetmtu: 10001")), NEW, []),
    "ok-any-provider-1.4": (founding(("corosync_votequorum", "corosync_quorum_ykd")), OLD, []),
    "version-02-1.4": (founding(("version: 2", "version: 02")), OLD, ["totem.version must be 2, but is 02"]),
    "ok-version-02-2.4": (founding(("version: 2", "version: 02")), NEW, []),
    "ok-facility-in-capitals-1.4": (founding(("debug: off", "syslog_facility: DAEMON")), OLD, []),
    "logging-1.4": (founding(("debug: off", "debug: maybe")), OLD, [
        "logging.debug must be one of on, off, trace, but is 'maybe'",
        "logging.logger_subsys.AMF.debug must be one of on, off, trace, but is 'maybe'",
    ]),
}  # fmt: skip


@pytest.mark.parametrize(("text", "version", "expected"), list(REFUSED.values()), ids=list(REFUSED))
def test_refused(text: str, version: Tuple[int, ...], expected: List[str]) -> None:
    prefix, suffix = "/etc/corosync/corosync.conf: ", "; corosync will not load it"
    texts = [finding.text for finding in refusals(settings(text, version))]
    assert texts == [f"{prefix}{text}{suffix}" for text in expected]


@pytest.mark.parametrize("second", ["", "ringnumber: 0\n", "ringnumber: x\n"])
def test_a_ring_that_is_there_twice_in_1_4(second: str) -> None:
    conf = parse_corosync_conf(founding(("ringnumber: 1\n", second)).encode())
    (finding,) = repeated_rings(conf)
    assert "line 19: ring 0 is in line 13 already (ringnumber)" in finding.text
    assert NEWEST_1 not in versions_that_load(conf)
    assert not list(repeated_rings(parse_corosync_conf(founding().encode())))


def test_which_version_loads_it() -> None:
    assert versions_that_load(parse_corosync_conf(founding().encode())) == (NEWEST_2, NEWEST_1)
    knet = "totem {\nversion: 2\n}\nnodelist {\nnode {\nring0_addr: a\nname: a\nnodeid: 1\n}\n}\n"
    assert versions_that_load(parse_corosync_conf(knet.encode())) == (NEWEST_3,)
    assert versions_that_load(parse_corosync_conf(founding(("version: 2", "version: 3")).encode())) == ()


def test_only_the_first_section_of_a_name_counts_in_1_4() -> None:
    twice = founding() + "quorum {\nexpected_votes: 7\n}\n"
    assert settings(twice, OLD).number("quorum.expected_votes") == 2
    assert settings(twice, NEW).number("quorum.expected_votes") == 7


TWO = (
    "no-two-node",
    "two nodes (expected_votes: 2) without two_node: when one fails, the other one loses quorum and stops as well",
)
MEMBERS = "".join(f"\nmember {{\nmemberaddr: 198.51.100.{number}\n}}" for number in (1, 2, 3))
WITH_MEMBERS = founding((RING_0, RING_0 + MEMBERS), UDPU)
ONE_RING = founding((f"\tinterface {{\n\t\t{RING_1}\n\t}}\n", ""), NO_MODE)
TWO_NODE = ("expected_votes: 2", "expected_votes: 2\ntwo_node: 1")
NO_SERVICE = ("name: pacemaker", "name: other")
PLUGIN = ("no-provider", "corosync.conf has no quorum provider: Pacemaker's plugin counts the votes itself")
NO_PROVIDER = ("\tprovider: corosync_votequorum\n", "")
UNWISE: Dict[str, Tuple[str, Tuple[int, ...], Seen, List[Tuple[str, str]]]] = {
    "founding-1.4": (founding(), OLD, Seen(2, 2), [TWO]),
    "founding-2.4": (founding(), NEW, Seen(2, 2), [TWO]),
    "founding-while-nothing-runs": (founding(), NEW, Seen(), [TWO]),
    "ok-two-node-2.4": (founding(TWO_NODE), NEW, Seen(2, 2), []),
    "ok-three-nodes": (founding(("votes: 2", "votes: 3")), NEW, Seen(3, 3), []),
    "ok-a-node-that-was-not-seen-yet": (founding(("votes: 2", "votes: 3")), NEW, Seen(2, 2), []),
    "votes-of-three-nodes": (founding(), NEW, Seen(3, 3), [
        ("votes-differ", "quorum.expected_votes is 2 and the nodes that are members now have 3: "
         "fewer than a majority may start to work"),
    ]),
    "two-node-of-three": (founding(TWO_NODE), OLD, Seen(3, 2), [
        ("setting-ignored", "two_node is set, and there are 3 nodes: it has no effect"),
    ]),
    "votes-of-three-members": (WITH_MEMBERS, OLD, Seen(), [
        ("votes-differ", "quorum.expected_votes is 2 and the 3 nodes (member) have 3: "
         "fewer than a majority may start to work"),
    ]),
    "votes-not-set-1.4": (founding(("\texpected_votes: 2\n", "")), OLD, Seen(), [
        ("votes-differ", "quorum.expected_votes is not set: corosync 1.4 expects 1024 votes then"),
    ]),
    "one-ring-of-two": (ONE_RING, NEW, Seen(2, 2), [
        TWO, ("single-link", "only ring 0 connects the 2 nodes: one fault in that network separates them"),
    ]),
    "one-ring-of-some": (ONE_RING.replace("votes: 2", "votes: 3"), OLD, Seen(2, 2), [
        ("single-link", "only ring 0 connects the nodes: one fault in that network separates them"),
    ]),
    "ok-one-ring-of-one": (ONE_RING.replace("votes: 2", "votes: 1"), OLD, Seen(1, 1), []),
    "not-encrypted-1.4": (founding(("secauth: on", "secauth: off"), TWO_NODE), OLD, Seen(), [
        ("no-encryption",
         "the nodes do not encrypt their messages: whoever reaches that network can take the cluster down"),
    ]),
    "no-provider-1.4": (founding(NO_PROVIDER, NO_SERVICE), OLD, Seen(2, None), [
        ("no-provider",
         "corosync.conf has no quorum provider: votes are not counted, unless Pacemaker's plugin does that"),
    ]),
    "ok-no-provider-1.4-and-the-plugin": (founding(NO_PROVIDER), OLD, Seen(2, None), [PLUGIN]),
    "ok-no-provider-1.4-and-the-plugin-of-a-file-of-its-own": (
        founding(NO_PROVIDER, NO_SERVICE), OLD, Seen(2, None, plugin=True), [PLUGIN],
    ),
    "no-provider-2.4": (founding(NO_PROVIDER), NEW, Seen(2, None), [
        ("no-provider", "corosync.conf has no quorum provider: votes are not counted"),
    ]),
}  # fmt: skip


@pytest.mark.parametrize(("text", "version", "seen", "expected"), list(UNWISE.values()), ids=list(UNWISE))
def test_unwise(text: str, version: Tuple[int, ...], seen: Seen, expected: List[Tuple[str, str]]) -> None:
    found = unwise(settings(text, version), seen=seen)
    assert [(finding.condition.name, finding.text) for finding in found] == expected


def test_ok_that_the_plugin_counts_is_no_fault() -> None:
    (finding,) = unwise(settings(founding(NO_PROVIDER), OLD), seen=Seen(2, None))
    assert finding.severity is Severity.OK
    (finding,) = unwise(settings(founding(NO_PROVIDER), NEW), seen=Seen(2, None))
    assert finding.severity is Severity.WARNING


def steps(text: str, version: Tuple[int, ...], loadable: bool = True) -> List[str]:
    return [finding.step for finding in unwise(settings(text, version), loadable)]


def test_what_to_do() -> None:
    """1.4 has no corosync-cfgtool -R, and 2 takes the encryption only when it starts."""
    set_it = "set two_node: 1 in quorum { } (with fencing)"
    plugin = "; Pacemaker's plugin counts by itself: there set no-quorum-policy=ignore as well (with fencing)"
    assert steps(founding(), NEW) == [f"{set_it}, then load it: corosync-cfgtool -R"]
    assert steps(founding(), OLD) == [f"{set_it} on each node, then restart corosync, one node after the other{plugin}"]
    assert steps(founding(), OLD, loadable=False) == [f"{set_it} on each node{plugin}"]
    key = "make a key (corosync-keygen), copy /etc/corosync/authkey to each node, set "
    restart = ", then stop Pacemaker and corosync on all nodes, and start them again"
    off = founding(("secauth: on", "secauth: off"), TWO_NODE)
    assert steps(off, OLD) == [f"{key}secauth: on in totem {{ }} of each node{restart}"]
    assert steps(off, NEW) == [
        f"{key}crypto_cipher: aes256 and crypto_hash: sha256 in totem {{ }} of each node{restart}"
    ]


@pytest.mark.parametrize(
    ("text", "version", "expected"),
    [
        (founding() + NODES, OLD, ["corosync 1.4 does not know nodelist, and ignores that"]),
        (founding() + NODES, NEW, []),
        (
            founding(("votes: 2", "votes: 2\nwait_for_all: 1"), ("threads: 0", "crypto_cipher: aes256")), OLD,
            ["corosync 1.4 does not know totem.crypto_cipher and quorum.wait_for_all, and ignores that"],
        ),
        (founding(("threads: 0", "knet_mtu: 0")), NEW, ["corosync 2 does not know totem.knet_mtu, and ignores that"]),
        (founding(("threads: 0", "transport: knet")), OLD, ["corosync 1.4 does not know transport knet, and uses udp"]),
    ],
    ids=["nodelist", "ok-nodelist", "two-settings", "knet-in-corosync-2", "transport"],
)  # fmt: skip
def test_of_newer(text: str, version: Tuple[int, ...], expected: List[str]) -> None:
    assert [finding.text for finding in of_newer(settings(text, version))] == expected


def test_how_file_and_daemon_come_together() -> None:
    written = founding(("3000", "5000"), ("secauth: on", "secauth: off"))
    for version, token in ((OLD, NODE_BY_NODE), (NEW, 0)):
        found = differences(settings(written, version), settings(founding(), version))
        assert {one.name: one.step for one in found if "crypto" not in one.name} == {
            "totem.secauth": ALL_AT_ONCE, "totem.token": token,
        }  # fmt: skip


def test_encryption() -> None:
    for version, changes, expected in (
        (OLD, (), ("sober128", "sha1")),
        (OLD, (("secauth: on", "crypto_type: nss"),), ("aes128", "sha1")),
        (OLD, (("secauth: on", "secauth: off\ncrypto_cipher: aes256"),), ("none", "none")),
        (NEW, (("secauth: on", "secauth: off\ncrypto_cipher: aes256\ncrypto_hash: sha1"),), ("aes256", "sha1")),
    ):
        made = settings(founding(*changes), version)
        assert (made.cipher, made.hash) == expected
