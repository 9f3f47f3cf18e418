"""What a corosync configuration amounts to: what is refused, what is unwise, what is misspelt, what does not run."""

from __future__ import annotations

from typing import Dict, List, Optional, Tuple

import pytest

from check_ha.checks.config.authkey import key_findings
from check_ha.checks.config.differences import differences, labels
from check_ha.checks.config.good_sense import unwise
from check_ha.checks.config.misspelt import misspelt
from check_ha.checks.config.refused import reasons
from check_ha.checks.config.settings import Settings, major_of, map_keys, settings_of
from check_ha.model.node import FileState
from check_ha.parsers.corosync_conf import parse_corosync_conf

CRYPTO = "crypto_cipher: aes256\ncrypto_hash: sha256"
VOTEQUORUM = "provider: corosync_votequorum"


def node(number: int, links: int = 2, more: str = "", name: bool = True) -> str:
    """One node of the nodelist."""
    ways = "".join(f"ring{link}_addr: 10.0.{link}.{number}\n" for link in range(links))
    return f"node {{\nnodeid: {number}\n{f'name: node{number}' if name else ''}\n{ways}{more}\n}}\n"


def conf(nodes: str = node(1) + node(2) + node(3), totem: str = CRYPTO, quorum: str = VOTEQUORUM) -> str:
    """Three nodes with two links, encryption and votes: nothing to say against."""
    return f"totem {{\nversion: 2\ncluster_name: c\n{totem}\n}}\nnodelist {{\n{nodes}}}\nquorum {{\n{quorum}\n}}\n"


def settings(text: str, major: int = 3) -> Settings:
    return settings_of(map_keys(parse_corosync_conf(text.encode()), major), major)


TWO = node(1) + node(2)
NET = "device {\nmodel: net\nvotes: 1\nnet {\nhost: q\nalgorithm: ffsplit\n}\n}"

REFUSED: Dict[str, Tuple[str, int, List[str]]] = {
    "ok": (conf(), 3, []),
    "ok-without-quorum": (conf(quorum=""), 3, []),
    "ok-corosync-2": (conf(totem=f"{CRYPTO}\nrrp_mode: passive\ntransport: udpu"), 2, []),
    "ok-udpu": (conf(nodes=node(1, 1) + node(2, 1), totem="transport: udpu"), 3, []),
    "ok-udp-in-corosync-2": (
        "totem {\nversion: 2\ninterface {\nringnumber: 0\nbindnetaddr: 10.0.0.0\n}\n}\n"
        "quorum {\nprovider: corosync_votequorum\nexpected_votes: 2\n}\n",
        2, [],
    ),
    "ok-host-names": (conf(nodes=node(1, 1).replace("10.0.0.1", "a.example") + node(2, 1)), 3, []),
    "version-missing": ("totem {\n}\nnodelist {\n" + TWO + "}\n", 3, ["totem.version is not set, it must be 2"]),
    "version-1": ("totem {\nversion: 1\n}\nnodelist {\n" + TWO + "}\n", 3, ["totem.version must be 2, and is 1"]),
    "no-address": (conf(nodes="node {\nnodeid: 1\n}\n"), 3, ["no node has an address"]),
    "no-nodelist": (
        "totem {\nversion: 2\ntransport: udp\ninterface {\nbindnetaddr: 10.0.0.0\n}\n}\n", 3, ["there is no nodelist"],
    ),
    "nodeid-missing": (
        conf(nodes=TWO + "node {\nname: c\nring0_addr: 10.0.0.3\nring1_addr: 10.0.1.3\n}\n"), 3,
        ["c has no nodeid, which knet needs"],
    ),
    "nodeid-too-high": (
        conf(nodes=TWO + node(3).replace("nodeid: 3", "nodeid: 65536")), 3,
        ["node3 has nodeid 65536, and knet needs one below 65536"],
    ),
    "nodeid-twice": (
        conf(nodes=TWO + node(3).replace("nodeid: 3", "nodeid: 1")), 3, ["node1 and node3 have the same nodeid 1"],
    ),
    "name-missing": (
        conf(nodes=TWO + node(3, name=False)), 3, ["10.0.0.3 has no name, which more than one link needs"],
    ),
    "links-differ": (
        conf(nodes=TWO + node(3, 1)), 3, ["node3 has no address for link 1, all nodes must have the same links"],
    ),
    "families-differ": (
        conf(nodes=TWO + node(3).replace("10.0.1.3", "fd00::3")), 3, ["link 1 has IPv4 and IPv6 addresses"],
    ),
    "interface-of-no-link": (
        conf(totem=f"{CRYPTO}\ninterface {{\nlinknumber: 3\nknet_link_priority: 1\n}}"), 3,
        ["totem.interface describes link 3, for which no node has an address"],
    ),
    "interface-of-an-impossible-link": (
        conf(totem=f"{CRYPTO}\ninterface {{\nlinknumber: 9\nknet_link_priority: 1\n}}"), 3,
        ["link 9: the highest is 7"],
    ),
    "two-links-with-udpu": (
        conf(totem="transport: udpu"), 3, ["2 links with transport udpu, which knows only one"],
    ),
    "encryption-with-udpu": (
        conf(nodes=node(1, 1) + node(2, 1), totem=f"transport: udpu\n{CRYPTO}"), 3,
        ["encryption with transport udpu: only knet can"],
    ),
    "cipher-without-hash": (
        conf(totem="crypto_cipher: aes256"), 3, ["crypto_cipher aes256 needs a crypto_hash"],
    ),
    "two-rings-without-rrp": (conf(), 2, ["2 rings with rrp_mode none: it must be passive or active"]),
    "token-too-short": (conf(nodes=TWO, totem=f"{CRYPTO}\ntoken: 20"), 3, ["totem.token is 20 ms, less than 30"]),
    "token-too-short-for-retransmits": (
        conf(nodes=TWO, totem=f"{CRYPTO}\ntoken: 100"), 3,
        ["totem.token is too short for its retransmits: each must have 30 ms"],
    ),
    "ok-token-short-with-coefficient": (conf(totem=f"{CRYPTO}\ntoken: 20"), 3, []),
    "consensus-less-than-join": (
        conf(totem=f"{CRYPTO}\nconsensus: 40"), 3, ["totem.consensus (40 ms) is less than totem.join (50 ms)"],
    ),
    "provider": (conf(quorum="provider: votequorum"), 3, ["quorum.provider 'votequorum' is not known"]),
    "votes-unknown": (
        f"totem {{\nversion: 2\ninterface {{\nbindnetaddr: 10.0.0.0\n}}\n}}\nquorum {{\n{VOTEQUORUM}\n}}\n", 2,
        ["neither a nodelist nor quorum.expected_votes: the votes cannot be counted"],
    ),
    "tie-breaker-and-last-man-of-three": (
        conf(quorum=f"{VOTEQUORUM}\nauto_tie_breaker: 1\nlast_man_standing: 1"), 3,
        ["auto_tie_breaker with last_man_standing and an odd number of votes needs wait_for_all"],
    ),
    "ok-device": (conf(nodes=TWO, quorum=f"{VOTEQUORUM}\n{NET}"), 3, []),
    "device-and-two-node": (
        conf(nodes=TWO, quorum=f"{VOTEQUORUM}\ntwo_node: 1\n{NET}"), 3,
        ["quorum.two_node and a quorum device exclude each other"],
    ),
    "device-and-expected-votes": (
        conf(quorum=f"{VOTEQUORUM}\nexpected_votes: 5\n{NET.replace('votes: 1', '')}"), 3,
        ["quorum.expected_votes with a quorum device needs quorum.device.votes"],
    ),
    "device-with-too-many-votes": (
        conf(quorum=f"{VOTEQUORUM}\nexpected_votes: 4\n{NET.replace('votes: 1', 'votes: 3')}"), 3,
        ["quorum.device.votes 3 is too high for quorum.expected_votes 4"],
    ),
    "device-and-nodes-with-more-votes": (
        conf(nodes=node(1, 2, "quorum_votes: 2") + node(2), quorum=f"{VOTEQUORUM}\n{NET.replace('votes: 1', '')}"), 3,
        ["nodes with more than one vote and a quorum device need quorum.device.votes"],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("text", "major", "expected"), list(REFUSED.values()), ids=list(REFUSED))
def test_refused(text: str, major: int, expected: List[str]) -> None:
    assert list(reasons(settings(text, major))) == expected


UNWISE: Dict[str, Tuple[str, int, List[Tuple[str, str]]]] = {
    "ok-three-nodes": (conf(), 3, []),
    "ok-one-node": (conf(nodes=node(1, 1), totem=""), 3, []),
    "ok-two-node": (conf(nodes=TWO, quorum=f"{VOTEQUORUM}\ntwo_node: 1"), 3, []),
    "ok-two-nodes-with-device": (conf(nodes=TWO, quorum=f"{VOTEQUORUM}\n{NET}"), 3, []),
    "ok-two-nodes-with-tie-breaker": (conf(nodes=TWO, quorum=f"{VOTEQUORUM}\nauto_tie_breaker: 1"), 3, []),
    "ok-two-nodes-one-of-which-decides": (conf(nodes=node(1, 2, "quorum_votes: 2") + node(2)), 3, []),
    "ok-encrypted-by-default-in-corosync-2": (conf(totem="rrp_mode: passive"), 2, []),
    "ok-secauth": (conf(totem="secauth: on"), 3, []),
    "ok-expected-votes": (conf(quorum=f"{VOTEQUORUM}\nexpected_votes: 3"), 3, []),
    "ok-expected-votes-with-downscale": (
        conf(quorum=f"{VOTEQUORUM}\nexpected_votes: 2\nallow_downscale: 1"), 3, [],
    ),
    "two-nodes-without-two-node": (conf(nodes=TWO), 3, [
        ("no-two-node",
         "two nodes without two_node: when node1 or node2 fails, the other one loses quorum and stops as well"),
    ]),
    "two-nodes-with-expected-votes-2": (conf(nodes=TWO, quorum=f"{VOTEQUORUM}\nexpected_votes: 2"), 3, [
        ("no-two-node",
         "two nodes without two_node: when node1 or node2 fails, the other one loses quorum and stops as well"),
    ]),
    "two-nodes-with-expected-votes-1": (conf(nodes=TWO, quorum=f"{VOTEQUORUM}\nexpected_votes: 1"), 3, [
        ("votes-differ", "quorum.expected_votes is 1 and the 2 nodes have 2: less than a majority may start to work"),
    ]),
    "expected-votes-of-a-node-removed": (conf(quorum=f"{VOTEQUORUM}\nexpected_votes: 4"), 3, [
        ("votes-differ", "quorum.expected_votes is 4 and the 3 nodes have 3: quorum takes more than a majority"),
    ]),
    "expected-votes-without-those-of-the-device": (
        conf(nodes=TWO, quorum=f"{VOTEQUORUM}\nexpected_votes: 4\n{NET}"), 3,
        [("votes-differ", "quorum.expected_votes is 4 and the 2 nodes have 2 and the quorum device 1: "
          "quorum takes more than a majority")],
    ),
    "no-wait-for-all": (conf(nodes=TWO, quorum=f"{VOTEQUORUM}\ntwo_node: 1\nwait_for_all: 0"), 3, [
        ("no-wait-for-all",
         "two_node with wait_for_all: 0: a node that boots cut off starts everything again, or fences the other one"),
    ]),
    "last-man-standing": (conf(quorum=f"{VOTEQUORUM}\nlast_man_standing: 1"), 3, [
        ("no-wait-for-all",
         "last_man_standing without wait_for_all: nodes that boot cut off may have quorum of their own"),
    ]),
    "two-node-of-three": (conf(quorum=f"{VOTEQUORUM}\ntwo_node: 1"), 3, [
        ("setting-ignored", "two_node is set, and there are 3 nodes: it has no effect"),
    ]),
    "two-node-and-tie-breaker": (conf(nodes=TWO, quorum=f"{VOTEQUORUM}\ntwo_node: 1\nauto_tie_breaker: 1"), 3, [
        ("setting-ignored", "two_node has no effect with auto_tie_breaker"),
    ]),
    "tie-breaker-of-three": (conf(quorum=f"{VOTEQUORUM}\nauto_tie_breaker: 1"), 3, [
        ("setting-ignored", "auto_tie_breaker has no effect: with an odd number of votes it needs wait_for_all: 1"),
    ]),
    "tie-breaker-node-alone": (conf(quorum=f"{VOTEQUORUM}\nauto_tie_breaker_node: lowest"), 3, [
        ("setting-ignored", "auto_tie_breaker_node has no effect without auto_tie_breaker: 1"),
    ]),
    "no-provider": (conf(quorum="two_node: 1"), 3, [
        ("no-provider", "corosync.conf has no quorum provider: votes are not counted"),
    ]),
    "single-link": (conf(nodes=node(1, 1) + node(2, 1) + node(3, 1)), 3, [
        ("single-link", "only link 0 joins the 3 nodes: one fault of that network cuts them apart"),
    ]),
    "single-ring": (conf(nodes=node(1, 1) + node(2, 1) + node(3, 1)), 2, [
        ("single-link", "only ring 0 joins the 3 nodes: one fault of that network cuts them apart"),
    ]),
    "not-encrypted": (conf(totem=""), 3, [
        ("no-encryption",
         "the nodes do not encrypt their messages: who reaches that network can take the cluster down"),
    ]),
    "not-encrypted-corosync-2": (conf(totem="secauth: off\nrrp_mode: active"), 2, [
        ("no-encryption",
         "the nodes do not encrypt their messages: who reaches that network can take the cluster down"),
    ]),
    "only-signed": (conf(totem="crypto_hash: sha1"), 3, [
        ("no-encryption", "the nodes sign their messages and do not encrypt them (crypto_cipher none)"),
    ]),
    "udpu": (conf(nodes=node(1, 1) + node(2, 1) + node(3, 1), totem="transport: udpu"), 3, [
        ("single-link", "only link 0 joins the 3 nodes: one fault of that network cuts them apart"),
        ("no-encryption", "the nodes do not encrypt their messages (udpu cannot): "
         "who reaches that network can take the cluster down"),
    ]),
    "device-without-host": (conf(nodes=TWO, quorum=f"{VOTEQUORUM}\n{NET.replace('host: q', '')}"), 3, [
        ("qdevice-settings", "quorum.device.net.host is not set: the quorum device cannot start without it"),
    ]),
    "device-ffsplit-of-four-without-votes": (
        conf(nodes=TWO + node(3) + node(4), quorum=f"{VOTEQUORUM}\n{NET.replace('votes: 1', '')}"), 3,
        [("qdevice-settings", "quorum.device.votes is 3: algorithm ffsplit works with 1")],
    ),
    "device-lms-with-one-vote": (conf(quorum=f"{VOTEQUORUM}\n{NET.replace('ffsplit', 'lms')}"), 3, [
        ("qdevice-settings", "quorum.device.votes is 1: algorithm lms works with its default"),
    ]),
    "device-for-tests": (conf(nodes=TWO, quorum=f"{VOTEQUORUM}\n{NET.replace('ffsplit', 'test')}"), 3, [
        ("qdevice-settings",
         "quorum.device.net.algorithm is test, which is not meant for production: use ffsplit or lms"),
    ]),
}  # fmt: skip


@pytest.mark.parametrize(("text", "major", "expected"), list(UNWISE.values()), ids=list(UNWISE))
def test_unwise(text: str, major: int, expected: List[Tuple[str, str]]) -> None:
    assert [(finding.condition.name, finding.text) for finding in unwise(settings(text, major))] == expected


MISSPELT: Dict[str, Tuple[str, int, List[str]]] = {
    "ok": (conf(), 3, []),
    "ok-a-name-that-is-merely-new": ("totem {\nquantum_entanglement: 1\n}\nfuture {\nabc: 1\n}\n", 3, []),
    "ok-heuristics": ("quorum {\ndevice {\nheuristics {\nexec_ping: /bin/ping\nmode: on\n}\n}\n}\n", 3, []),
    "two_nodes": (
        "quorum {\ntwo_nodes: 1\n}\n", 3,
        ["line 2: quorum has no setting 'two_nodes', corosync ignores it (is two_node meant?)"],
    ),
    "expected_vote": (
        "quorum {\nexpected_vote: 2\n}\n", 3,
        ["line 2: quorum has no setting 'expected_vote', corosync ignores it (is expected_votes meant?)"],
    ),
    "case-and-dashes": (
        "totem {\nCluster-Name: x\n}\n", 3,
        ["line 2: totem has no setting 'Cluster-Name', corosync ignores it (is cluster_name meant?)"],
    ),
    "in-the-wrong-section": (
        "totem {\ntwo_node: 1\n}\n", 3,
        ["line 2: totem has no setting 'two_node', corosync ignores it (it belongs in quorum)"],
    ),
    "in-no-section": (
        "two_node: 1\n", 3,
        ["line 1: the top level has no setting 'two_node', corosync ignores it (it belongs in quorum)"],
    ),
    "section": ("quorun {\n}\n", 3, ["line 1: 'quorun' is no section, corosync ignores it (is quorum meant?)"]),
    "ringnumber": (
        "totem {\ninterface {\nringnumber: 1\n}\n}\n", 3,
        ["line 2: totem.interface has ringnumber, corosync 3 ignores it (is linknumber meant?)"],
    ),
    "ok-ringnumber-in-corosync-2": ("totem {\ninterface {\nringnumber: 1\n}\n}\n", 2, []),
    "ok-ringnumber-0": ("totem {\ninterface {\nringnumber: 0\n}\n}\n", 3, []),
}  # fmt: skip


@pytest.mark.parametrize(("text", "major", "expected"), list(MISSPELT.values()), ids=list(MISSPELT))
def test_misspelt(text: str, major: int, expected: List[str]) -> None:
    found = [finding.text for finding in misspelt(parse_corosync_conf(text.encode()), major)]
    assert found == [f"corosync.conf {text}" for text in expected]


def running(text: str, **derived: str) -> Settings:
    """The map of a corosync that has loaded this, with what it adds by itself."""
    keys = map_keys(parse_corosync_conf(text.encode()), 3)
    more = {"nodelist.local_node_pos": "0", "totem.interface.0.bindnetaddr": "10.0.0.1"}
    return settings_of({**keys, **more, **{key.replace("__", "."): value for key, value in derived.items()}}, 3)


DIFFERS: Dict[str, Tuple[str, Settings, List[str]]] = {
    "ok-same": (conf(), running(conf()), []),
    "ok-other-order": (conf(nodes=node(3) + node(1) + node(2)), running(conf()), []),
    "ok-other-spelling": (
        conf(nodes=TWO.replace("10.0.0.2", "FD00::0:2"), totem=f"token: +05000\n{CRYPTO}"),
        running(conf(nodes=TWO.replace("10.0.0.2", "fd00::2"), totem=f"token: 5000\n{CRYPTO}")), [],
    ),
    "ok-default-written-down": (
        conf(quorum=f"{VOTEQUORUM}\ntwo_node: 0", nodes=node(1, 2, "quorum_votes: 1") + node(2) + node(3),
             totem=f"{CRYPTO}\nconfig_version: 0\nlink_mode: passive\ntransport: knet"),
        running(conf()), [],
    ),
    "ok-derived-by-udp": (
        conf(totem="transport: udp", nodes=node(1, 1)),
        running(conf(totem="transport: udp", nodes=node(1, 1)),
                totem__interface__0__mcastaddr="239.192.2.214", totem__interface__0__mcastport="5405"), [],
    ),
    "ok-generated-id": (
        conf(totem="transport: udpu", nodes="node {\nring0_addr: 10.0.0.1\n}\n"),
        running(conf(totem="transport: udpu", nodes="node {\nring0_addr: 10.0.0.1\nnodeid: 167772161\n}\n")), [],
    ),
    "ok-key": (conf(totem=f"{CRYPTO}\nkey: (hidden)"), running(conf()), []),
    "ok-logging-and-users": (conf() + "logging {\ndebug: on\n}\nuidgid {\nuid: nagios\n}\n", running(conf()), []),
    "edited": (conf(totem=f"token: 5000\n{CRYPTO}"), running(conf(totem=f"token: 1000\n{CRYPTO}")), [
        "totem.token 1000 (file: 5000)",
    ]),
    "added": (conf(totem=f"token: 5000\n{CRYPTO}"), running(conf()), ["totem.token not loaded (file: 5000)"]),
    "removed": (conf(), running(conf(totem=f"token: 5000\n{CRYPTO}")), ["totem.token 5000 (not in the file)"]),
    "two-node-removed": (conf(nodes=TWO), running(conf(nodes=TWO, quorum=f"{VOTEQUORUM}\ntwo_node: 1")), [
        "quorum.two_node 1 (file: 0)",
    ]),
    "encryption-added": (conf(), running(conf(totem="")), [
        "totem.crypto_cipher none (file: aes256)", "totem.crypto_hash none (file: sha256)",
    ]),
    "device-added": (conf(nodes=TWO, quorum=f"{VOTEQUORUM}\n{NET}"), running(conf(nodes=TWO)), [
        "quorum.device.model not loaded (file: net)", "quorum.device.net.algorithm not loaded (file: ffsplit)",
        "quorum.device.net.host not loaded (file: q)", "quorum.device.votes not loaded (file: 1)",
    ]),
    "node-added": (conf(), running(conf(nodes=TWO)), ["node node3 not loaded"]),
    "node-removed": (conf(nodes=TWO), running(conf()), ["node node3 (not in the file)"]),
    "address-of-a-node": (conf(nodes=node(1) + node(2) + node(3).replace("10.0.1.3", "10.9.1.3")), running(conf()), [
        "node3 ring1_addr 10.0.1.3 (file: 10.9.1.3)",
    ]),
    "votes-of-a-node": (conf(nodes=node(1, 2, "quorum_votes: 2") + node(2) + node(3)), running(conf()), [
        "node1 quorum_votes 1 (file: 2)",
    ]),
    "interface": (
        conf(totem=f"{CRYPTO}\ninterface {{\nlinknumber: 1\nknet_link_priority: 2\n}}"), running(conf()),
        ["totem.interface.1.knet_link_priority not loaded (file: 2)"],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("text", "map", "expected"), list(DIFFERS.values()), ids=list(DIFFERS))
def test_differs(text: str, map: Settings, expected: List[str]) -> None:
    assert [one.label for one in differences(settings(text), map)] == expected


def test_what_waits_for_a_restart() -> None:
    text = conf(totem=f"{CRYPTO}\ntoken: 5000\nip_version: ipv4\ntransport: udpu")
    assert {one.name: one.at_start for one in differences(settings(text), running(conf()))} == {
        "totem.ip_version": True,
        "totem.token": False,
        "totem.transport": True,
    }


def test_only_the_first_are_named() -> None:
    text = conf(totem=f"{CRYPTO}\ntoken: 1\njoin: 2\nmerge: 3\nhold: 4")
    assert labels(differences(settings(text), running(conf()))) == (
        "totem.hold not loaded (file: 4), totem.join not loaded (file: 2), totem.merge not loaded (file: 3), and 1 more"
    )


@pytest.mark.parametrize(
    ("version", "values", "major"),
    [
        (None, None, 3),
        ((2, 4, 6), None, 2),
        ((3, 1, 7), {"runtime.config.totem.rrp_problem_count_timeout": "2000"}, 2),
        (None, {"runtime.config.totem.knet_mtu": "0"}, 3),
        ((2, 4, 6), {"totem.version": "2"}, 2),
    ],
    ids=["nothing-known", "installed", "what-runs-counts-2", "what-runs-counts-3", "map-does-not-tell"],
)
def test_major(version: Optional[Tuple[int, ...]], values: Optional[Dict[str, str]], major: int) -> None:
    assert major_of(version, values) == major


def test_second_nodelist_overwrites_the_first() -> None:
    text = f"nodelist {{\n{node(1)}{node(2)}}}\nnodelist {{\n{node(3)}}}\n"
    assert [one.name for one in settings(text).nodes] == ["node3", "node2"]


def test_members_of_an_interface() -> None:
    text = "totem {\ninterface {\nringnumber: 1\nmember {\nmemberaddr: a\n}\nmember {\nmemberaddr: b\n}\n}\n}\n"
    keys = map_keys(parse_corosync_conf(text.encode()), 2)
    assert keys == {"totem.interface.1.member.0": "a", "totem.interface.1.member.1": "b"}


def file(name: str, mode: int, uid: int = 0, gid: int = 0, kind: str = "regular file") -> FileState:
    return FileState(f"/etc/corosync/{name}", uid, gid, mode, "root" if uid == 0 else "joe", "haclient", kind)


CONFIG = file("corosync.conf", 0o644)

KEYS: Dict[str, Tuple[Optional[str], bool, Tuple[FileState, ...], List[str]]] = {
    "ok": (None, False, (CONFIG, file("authkey", 0o400)), []),
    "ok-600": (None, False, (CONFIG, file("authkey", 0o600)), []),
    "ok-group-root-may-read": (None, False, (CONFIG, file("authkey", 0o440)), []),
    "ok-keyfile-that-is-the-default": ("/etc/corosync/authkey", False, (CONFIG, file("authkey", 0o400)), []),
    "ok-keyfile-elsewhere-is-not-judged": ("/root/key", False, (CONFIG,), []),
    "ok-nothing-known": (None, False, (), []),
    "ok-inline-and-closed": (None, True, (file("corosync.conf", 0o600),), []),
    "missing": (
        None, False, (CONFIG,),
        ["key-missing: /etc/corosync/authkey is missing: corosync cannot start again without it"],
    ),
    "empty": (
        None, False, (CONFIG, file("authkey", 0o400, kind="regular empty file")),
        ["key-missing: /etc/corosync/authkey is not a key but a regular empty file"],
    ),
    "directory": (
        None, False, (CONFIG, file("authkey", 0o700, kind="directory")),
        ["key-missing: /etc/corosync/authkey is not a key but a directory"],
    ),
    "owner": (
        None, False, (CONFIG, file("authkey", 0o400, uid=1000)),
        ["key-owner: /etc/corosync/authkey belongs to joe, not to root"],
    ),
    "everybody": (None, False, (CONFIG, file("authkey", 0o644)), [
        "key-exposed: /etc/corosync/authkey can be read by everybody (mode 644): "
        "whoever has the key can speak in the cluster",
    ]),
    "group": (None, False, (CONFIG, file("authkey", 0o440, gid=119)), [
        "key-exposed: /etc/corosync/authkey can be read by group haclient (mode 440): "
        "whoever has the key can speak in the cluster",
    ]),
    "inline": (None, True, (CONFIG,), [
        "key-exposed: /etc/corosync/corosync.conf holds the key itself (totem.key) and can be read by everybody "
        "(mode 644)",
    ]),
}  # fmt: skip


@pytest.mark.parametrize(("keyfile", "inline", "files", "expected"), list(KEYS.values()), ids=list(KEYS))
def test_key(keyfile: Optional[str], inline: bool, files: Tuple[FileState, ...], expected: List[str]) -> None:
    assert [f"{one.condition.name}: {one.text}" for one in key_findings(keyfile, inline, files)] == expected
