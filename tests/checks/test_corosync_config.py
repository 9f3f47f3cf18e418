"""What a corosync configuration amounts to: what is refused, what is unwise, what is misspelt, what does not run."""

from __future__ import annotations

import re
from typing import Dict, List, Optional, Tuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from check_ha.checks.config.authkey import key_findings
from check_ha.checks.config.differences import (
    ALL_AT_ONCE,
    BY_NEW_LINK,
    BY_RELOAD,
    NODE_BY_NODE,
    difference_findings,
    differences,
    labels,
)
from check_ha.checks.config.good_sense import unwise
from check_ha.checks.config.in_force import not_in_force
from check_ha.checks.config.misspelt import misspelt
from check_ha.checks.config.of_newer import of_newer
from check_ha.checks.config.refused.rings import repeated_rings
from check_ha.checks.config.refused.whole import refusals
from check_ha.checks.config.settings import Settings, map_keys, settings_of, version_of
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


VERSIONS = {1: (1, 4, 8), 2: (2, 4, 6), 3: (3, 1, 7)}


def settings(text: str, major: int = 3) -> Settings:
    return settings_of(map_keys(parse_corosync_conf(text.encode()), major), VERSIONS[major])


TWO = node(1) + node(2)
NET = "device {\nmodel: net\nvotes: 1\nnet {\nhost: q\nalgorithm: ffsplit\n}\n}"

REFUSED: Dict[str, Tuple[str, int, List[str]]] = {
    "ok": (conf(), 3, []),
    "ok-without-quorum": (conf(quorum=""), 3, []),
    "ok-corosync-2": (conf(totem=f"{CRYPTO}\nrrp_mode: passive\ntransport: udpu"), 2, []),
    "ok-udpu": (conf(nodes=node(1, 1) + node(2, 1), totem="transport: udpu"), 3, []),
    "ok-udp-in-corosync-2": (
        "totem {\nversion: 2\ncluster_name: c\ninterface {\nringnumber: 0\nbindnetaddr: 10.0.0.0\n}\n}\n"
        "quorum {\nprovider: corosync_votequorum\nexpected_votes: 2\n}\n",
        2, [],
    ),
    "ok-host-names": (conf(nodes=node(1, 1).replace("10.0.0.1", "a.example") + node(2, 1)), 3, []),
    "version-missing": ("totem {\n}\nnodelist {\n" + TWO + "}\n", 3, ["totem.version is not set, it must be 2"]),
    "version-1": ("totem {\nversion: 1\n}\nnodelist {\n" + TWO + "}\n", 3, ["totem.version must be 2, but is 1"]),
    "no-address": (conf(nodes="node {\nnodeid: 1\n}\n"), 3, ["no node has an address"]),
    "no-nodelist": (
        "totem {\nversion: 2\ntransport: udp\ninterface {\nbindnetaddr: 10.0.0.0\n}\n}\n", 3,
        ["there is no nodelist, which corosync 3 needs"],
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
        ["link 9: the highest number is 7"],
    ),
    "two-links-with-udpu": (
        conf(totem="transport: udpu"), 3, ["2 links with transport udpu, which has only one"],
    ),
    "encryption-with-udpu": (
        conf(nodes=node(1, 1) + node(2, 1), totem=f"transport: udpu\n{CRYPTO}"), 3,
        ["encryption with transport udpu: only knet can encrypt"],
    ),
    "cipher-without-hash": (
        conf(totem="crypto_cipher: aes256"), 3, ["crypto_cipher aes256 needs a crypto_hash"],
    ),
    "two-rings-without-rrp": (conf(), 2, ["2 rings with rrp_mode none: it must be passive or active"]),
    "token-too-short": (conf(nodes=TWO, totem=f"{CRYPTO}\ntoken: 20"), 3, ["totem.token is 20 ms, less than 30"]),
    "token-too-short-for-retransmits": (
        conf(nodes=TWO, totem=f"{CRYPTO}\ntoken: 100"), 3,
        ["totem.token (100 ms) is too short for 4 retransmits: each must have 30 ms"],
    ),
    "ok-token-short-with-coefficient": (conf(totem=f"{CRYPTO}\ntoken: 20"), 3, []),
    "ok-zero-is-the-default": (
        conf(totem=f"{CRYPTO}\ntoken: 0\njoin: 0\nconsensus: 0\nmerge: 0\ndowncheck: 0\ntoken_retransmit: 0\nhold: 0"),
        3, [],
    ),
    "token-warning": (
        conf(totem=f"{CRYPTO}\ntoken_warning: 101"), 3, ["totem.token_warning is more than 100 %"],
    ),
    "hold-too-short": (conf(totem=f"{CRYPTO}\nhold: 13"), 3, ["totem.hold is 13 ms, less than 14"]),
    "hold-too-short-in-corosync-2": (
        conf(nodes=node(1, 1), totem="hold: 14"), 2, ["totem.hold is 14 ms, less than 30"],
    ),
    "join-more-than-the-consensus-that-follows-from-the-token": (
        conf(nodes=TWO, totem=f"{CRYPTO}\njoin: 4000"), 3,
        ["totem.consensus (3600 ms) is less than totem.join (4000 ms)"],
    ),
    "transport": (
        conf(totem="transport: sctp", nodes=node(1, 1)), 3,
        ["totem.transport must be knet or udpu or udp, but is 'sctp'"],
    ),
    "link-mode": (
        conf(totem=f"{CRYPTO}\nlink_mode: none"), 3,
        ["totem.link_mode must be passive or active or rr, but is 'none'"],
    ),
    "ttl-with-knet": (
        conf(totem=f"{CRYPTO}\ninterface {{\nttl: 2\n}}"), 3,
        ["totem.interface.0.ttl is set, and transport knet has none: only udp (multicast) has"],
    ),
    "ok-ttl-with-udp": (
        conf(nodes=node(1, 1) + node(2, 1), totem="transport: udp\ninterface {\nttl: 2\n}"), 3, [],
    ),
    "priority-with-udpu": (
        conf(nodes=node(1, 1), totem="transport: udpu\ninterface {\nknet_link_priority: 2\n}"), 3,
        ["totem.interface.0.knet_link_priority is set, and transport udpu has none: only knet has"],
    ),
    "knet-transport": (
        conf(totem=f"{CRYPTO}\ninterface {{\nknet_transport: tcp\n}}"), 3,
        ["totem.interface.0.knet_transport must be udp or sctp, but is 'tcp'"],
    ),
    "comment-behind-an-address": (
        conf(nodes=TWO.replace("10.0.1.2", "10.0.1.2 # b")), 3,
        ["ring1_addr of node2 is '10.0.1.2 # b', which is neither an address nor a host name"],
    ),
    "address-with-a-netmask": (
        conf(nodes=node(1, 1).replace("10.0.0.1", "10.0.0.1/24")), 3,
        ["ring0_addr of node1 is '10.0.0.1/24', which is neither an address nor a host name"],
    ),
    "address-with-too-many-parts": (
        conf(nodes=node(1, 1).replace("10.0.0.1", "10.0.0.1.5")), 3,
        ["ring0_addr of node1 is '10.0.0.1.5', which is neither an address nor a host name"],
    ),
    "ok-address-as-inet-aton-takes-it": (conf(nodes=node(1, 1).replace("10.0.0.1", "10.1")), 3, []),
    "address-of-another-family-than-ip-version": (
        conf(nodes=node(1, 1), totem="ip_version: ipv6"), 3,
        ["ring0_addr of node1 is '10.0.0.1', and ip_version is ipv6"],
    ),
    "bindnetaddr-of-a-link-without-nodes": (
        conf(nodes=node(1, 1), totem="transport: udp\ninterface {\nlinknumber: 1\nbindnetaddr: 10.0.0.0/8\n}"), 3,
        ["2 links with transport udp, which has only one",
         "totem.interface describes link 1, for which no node has an address",
         "totem.interface.1.bindnetaddr is '10.0.0.0/8', which is neither an address nor a host name"],
    ),
    "no-multicast-address": (
        conf(nodes=node(1, 1), totem="transport: udp\ninterface {\nmcastaddr: 10.1.1.1\n}"), 3,
        ["totem.interface.0.mcastaddr is 10.1.1.1, which is not a multicast address"],
    ),
    "multicast-address-of-another-family": (
        conf(nodes=node(1, 1), totem="transport: udp\nip_version: ipv6-4\ninterface {\nmcastaddr: ff15::1\n}"), 3,
        ["totem.interface.0.mcastaddr is an IPv6 address, and those of the nodes are not"],
    ),
    "ok-broadcast": (
        conf(nodes=node(1, 1), totem="transport: udp\ninterface {\nbroadcast: yes\nmcastaddr: 10.1.1.1\n}"), 3, [],
    ),
    "no-nodeid-and-ipv6-with-udpu": (
        conf(nodes=node(1, 1).replace("nodeid: 1", "").replace("10.0.0.1", "fd00::1"), totem="transport: udpu"), 3,
        ["node1 has no nodeid, which an IPv6 address needs"],
    ),
    "no-node-can-be-found": (
        conf(nodes="node {\nnodeid: 1\nring1_addr: 10.0.1.1\n}\n"), 3,
        ["no node has a name or a ring0_addr: corosync cannot tell which of them it is"],
    ),
    "syslog-priority": (
        conf() + "logging {\nsyslog_priority: warn\n}\n", 3,
        ["logging.syslog_priority must be one of emerg, alert, crit, err, error, warning, notice, info, debug, but is "
         "'warn'"],
    ),
    "ok-priority-in-capitals": (conf() + "logging {\nlogfile_priority: WARNING\n}\n", 3, []),
    "ok-the-last-one-counts": (conf() + "logging {\ndebug: maybe\ndebug: on\n}\n", 3, []),
    "to-file": (
        conf() + "logging {\nto_file: true\n}\n", 3, ["logging.to_file must be one of yes, no, on, off, but is 'true'"],
    ),
    "ok-on-and-off": (conf() + "logging {\nto_stderr: on\nto_syslog: off\n}\n", 3, []),
    "facility-of-a-subsystem": (
        conf() + "logging {\nlogger_subsys {\nsubsys: QUORUM\nsyslog_facility: local8\n}\n}\n", 3,
        ["logging.logger_subsys.QUORUM.syslog_facility must be one of auth, authpriv, cron, daemon, ftp, kern, lpr, "
         "mail, news, syslog, user, uucp, local0, local1, local2, local3, local4, local5, local6, local7, but is "
         "'local8'"],
    ),
    "debug-by-way-of-logging-daemon": (
        conf() + "logging {\nlogging_daemon {\nname: corosync\nsubsys: TOTEM\ndebug: maybe\n}\n}\n", 3,
        ["logging.logger_subsys.TOTEM.debug must be one of on, off, trace, but is 'maybe'"],
    ),
    "ok-other-daemon": (
        conf() + "logging {\nlogging_daemon {\nname: pacemaker\ndebug: maybe\n}\n}\n", 3, [],
    ),
    "ok-what-a-subsystem-never-reads": (
        conf() + "logging {\nlogger_subsys {\nsubsys: QUORUM\ntimestamp: maybe\n}\n}\n", 3, [],
    ),
    "timestamp-hires-in-corosync-2": (
        conf(nodes=node(1, 1)) + "logging {\ntimestamp: hires\n}\n", 2,
        ["logging.timestamp must be one of on, off, but is 'hires'"],
    ),
    "subsystem-with-a-long-name": (
        conf() + f"logging {{\nlogger_subsys {{\nsubsys: {'x' * 64}\n}}\n}}\n", 3,
        [f"logging.logger_subsys.{'x' * 64}.subsys is longer than 63 characters"],
    ),
    "logfile-empty": (conf() + "logging {\nlogfile:\n}\n", 3, ["logging.logfile is empty"]),
    "consensus-less-than-join": (
        conf(totem=f"{CRYPTO}\nconsensus: 40"), 3, ["totem.consensus (40 ms) is less than totem.join (50 ms)"],
    ),
    "provider-empty": (
        conf(quorum="provider:"), 3, ["quorum.provider must be corosync_votequorum, but is ''"],
    ),
    "ok-other-provider": (conf(quorum="provider: corosync_ykd"), 3, []),
    "mtu-of-which-nothing-is-left": (
        conf(totem=f"{CRYPTO}\nnetmtu: 90"), 3, ["totem.netmtu must be from 91 to 2097242, but is 90"],
    ),
    "window-too-high": (
        conf(totem=f"{CRYPTO}\nwindow_size: 16368"), 3,
        ["totem.window_size is 16368, too high for totem.max_messages 17"],
    ),
    "ok-window": (conf(totem=f"{CRYPTO}\nwindow_size: 16367"), 3, []),
    "priority": (
        conf() + "system {\npriority: maximum\n}\n", 3,
        ["system.priority must be a number, min or max, but is 'maximum'"],
    ),
    "ok-device-and-tie-breaker-that-an-odd-number-switches-off": (
        conf(quorum=f"{VOTEQUORUM}\nauto_tie_breaker: 1\n{NET}"), 3, [],
    ),
    "device-and-tie-breaker": (
        conf(nodes=TWO, quorum=f"{VOTEQUORUM}\nauto_tie_breaker: 1\n{NET}"), 3,
        ["quorum.auto_tie_breaker and a quorum device exclude each other"],
    ),
    "provider": (
        conf(quorum="provider: votequorum"), 3, ["quorum.provider must be corosync_votequorum, but is 'votequorum'"],
    ),
    "votes-unknown": (
        f"totem {{\nversion: 2\ntransport: udpu\ninterface {{\nbindnetaddr: 10.0.0.0\n}}\n}}\n"
        f"quorum {{\n{VOTEQUORUM}\n}}\n", 2,
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
    prefix, loaded, started = "/etc/corosync/corosync.conf: ", "; corosync will not load it", " start with it"
    texts = [finding.text for finding in refusals(settings(text, major))]
    assert all(text.startswith(prefix) and text.endswith((loaded, started)) for text in texts)
    assert [text[len(prefix) :].rpartition(";")[0] for text in texts] == expected


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
        ("votes-differ", "quorum.expected_votes is 1 and the 2 nodes have 2: fewer than a majority may start to work"),
    ]),
    "expected-votes-of-a-node-removed": (conf(quorum=f"{VOTEQUORUM}\nexpected_votes: 4"), 3, [
        ("votes-differ", "quorum.expected_votes is 4 and the 3 nodes have 3: quorum needs more than a majority"),
    ]),
    "expected-votes-without-those-of-the-device": (
        conf(nodes=TWO, quorum=f"{VOTEQUORUM}\nexpected_votes: 4\n{NET}"), 3,
        [("votes-differ", "quorum.expected_votes is 4 and the 2 nodes have 2 and the quorum device 1: "
          "quorum needs more than a majority")],
    ),
    "no-wait-for-all": (conf(nodes=TWO, quorum=f"{VOTEQUORUM}\ntwo_node: 1\nwait_for_all: 0"), 3, [
        ("no-wait-for-all",
         "two_node with wait_for_all: 0: a node that boots while cut off starts everything again, or fences the other"),
    ]),
    "last-man-standing": (conf(quorum=f"{VOTEQUORUM}\nlast_man_standing: 1"), 3, [
        ("no-wait-for-all",
         "last_man_standing without wait_for_all: nodes that boot while cut off may get quorum on their own"),
    ]),
    "two-node-of-three": (conf(quorum=f"{VOTEQUORUM}\ntwo_node: 1"), 3, [
        ("setting-ignored", "two_node is set, and there are 3 nodes: it has no effect"),
    ]),
    "tie-breaker-of-no-node": (
        conf(nodes=TWO, quorum=f"{VOTEQUORUM}\nauto_tie_breaker: 1\nauto_tie_breaker_node: first"), 3,
        [("setting-ignored", "auto_tie_breaker_node is 'first', which switches auto_tie_breaker off")],
    ),
    "two-node-and-tie-breaker-that-do-not-wait": (
        conf(nodes=TWO, quorum=f"{VOTEQUORUM}\ntwo_node: 1\nauto_tie_breaker: 1\nwait_for_all: 0"), 3,
        [("setting-ignored", "two_node has no effect with auto_tie_breaker")],
    ),
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
        ("single-link", "only link 0 connects the 3 nodes: one fault in that network separates them"),
    ]),
    "single-ring": (conf(nodes=node(1, 1) + node(2, 1) + node(3, 1)), 2, [
        ("single-link", "only ring 0 connects the 3 nodes: one fault in that network separates them"),
    ]),
    "not-encrypted": (conf(totem=""), 3, [
        ("no-encryption",
         "the nodes do not encrypt their messages: whoever reaches that network can take the cluster down"),
    ]),
    "not-encrypted-corosync-2": (conf(totem="secauth: off\nrrp_mode: active"), 2, [
        ("no-encryption",
         "the nodes do not encrypt their messages: whoever reaches that network can take the cluster down"),
    ]),
    "only-signed": (conf(totem="crypto_hash: sha1"), 3, [
        ("no-encryption", "the nodes sign their messages and do not encrypt them (crypto_cipher none)"),
    ]),
    "udpu": (conf(nodes=node(1, 1) + node(2, 1) + node(3, 1), totem="transport: udpu"), 3, [
        ("single-link", "only link 0 connects the 3 nodes: one fault in that network separates them"),
        ("no-encryption", "the nodes do not encrypt their messages (udpu cannot): "
         "whoever reaches that network can take the cluster down"),
    ]),
    "device-without-host": (conf(nodes=TWO, quorum=f"{VOTEQUORUM}\n{NET.replace('host: q', '')}"), 3, [
        ("qdevice-settings", "quorum.device.net.host is not set: the quorum device cannot start without it"),
    ]),
    "device-ffsplit-of-four-without-votes": (
        conf(nodes=TWO + node(3) + node(4), quorum=f"{VOTEQUORUM}\n{NET.replace('votes: 1', '')}"), 3,
        [("qdevice-settings", "quorum.device.votes is 3: algorithm ffsplit needs 1")],
    ),
    "device-lms-with-one-vote": (conf(quorum=f"{VOTEQUORUM}\n{NET.replace('ffsplit', 'lms')}"), 3, [
        ("qdevice-settings", "quorum.device.votes is 1: algorithm lms needs the default"),
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
    "section": ("quorun {\n}\n", 3, ["line 1: 'quorun' is not a section, corosync ignores it (is quorum meant?)"]),
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
    return settings_of({**keys, **more, **{key.replace("__", "."): value for key, value in derived.items()}}, (3, 1, 7))


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
    text = conf(totem=f"{CRYPTO}\ntoken: 5000\nip_version: ipv4\ntransport: udpu\nnetmtu: 1400")
    assert {one.name: one.step for one in differences(settings(text), running(conf()))} == {
        "totem.ip_version": ALL_AT_ONCE,
        "totem.netmtu": NODE_BY_NODE,
        "totem.token": BY_RELOAD,
        "totem.transport": ALL_AT_ONCE,
    }


def test_only_the_first_are_named() -> None:
    text = conf(totem=f"{CRYPTO}\ntoken: 1\njoin: 2\nmerge: 3\nhold: 4")
    assert labels(differences(settings(text), running(conf()))) == (
        "totem.hold not loaded (file: 4), totem.join not loaded (file: 2), totem.merge not loaded (file: 3), and 1 more"
    )


def test_the_address_of_a_link_is_changed_by_way_of_another_link() -> None:
    text = conf().replace("10.0.1.3", "10.9.1.3")
    assert [one.step for one in differences(settings(text), running(conf()))] == [BY_NEW_LINK]
    alone = conf(nodes=node(1, 1) + node(2, 1))
    assert [one.step for one in differences(settings(alone.replace("10.0.0.2", "10.9.0.2")), running(alone))] == [
        ALL_AT_ONCE
    ]


def test_the_step_that_does_more_is_the_one_that_is_advised() -> None:
    text = conf(totem=f"{CRYPTO}\ntoken: 5000\nnetmtu: 1400")
    (finding,) = difference_findings(differences(settings(text), running(conf())))
    assert finding.step == "restart Pacemaker and corosync, one node after the other"
    (finding,) = difference_findings(differences(settings(text.replace("netmtu: 1400", "")), running(conf())))
    assert finding.commands == ("corosync-cfgtool -R",)


def test_a_model_that_not_every_build_has_is_tested_before_it_is_loaded() -> None:
    text = conf(totem=f"{CRYPTO}\ntoken: 5000\ncrypto_model: gcrypt")
    (finding,) = difference_findings(differences(settings(text), running(conf())))
    assert finding.commands == ("corosync -t && corosync-cfgtool -R",)


@pytest.mark.parametrize(
    ("installed", "values", "version"),
    [
        (None, None, None),
        ((2, 4, 6), None, (2, 4, 6)),
        ((3, 1, 7), {"runtime.config.totem.rrp_problem_count_timeout": "2000"}, (2, 4, 6)),
        (None, {"runtime.config.totem.knet_mtu": "0"}, (3, 1, 10)),
        ((3, 0, 4), {"runtime.config.totem.knet_mtu": "0"}, (3, 0, 4)),
        ((2, 4, 6), {"totem.version": "2"}, (2, 4, 6)),
        (None, {"service.0.name": "pacemaker"}, (1, 4, 10)),
    ],
    ids=["nothing-known", "installed", "runs-2", "runs-3", "both", "map-does-not-tell", "runs-1.4"],
)
def test_version(
    installed: Optional[Tuple[int, ...]], values: Optional[Dict[str, str]], version: Optional[Tuple[int, ...]]
) -> None:
    assert version_of(installed, values) == version


IN_FORCE: Dict[str, Tuple[str, Dict[str, str], Optional[Tuple[str, ...]], List[str]]] = {
    "ok": (VOTEQUORUM, {}, (), []),
    "ok-all-set": (
        f"{VOTEQUORUM}\nwait_for_all: 1\nlast_man_standing: 1\nauto_tie_breaker: 1\nallow_downscale: 1",
        {"atb_type": "1"}, ("WaitForAll", "LastManStanding", "AutoTieBreaker", "AllowDownscale"), [],
    ),
    "ok-not-known": (f"{VOTEQUORUM}\nwait_for_all: 1\nauto_tie_breaker: 1", {}, None, []),
    "ok-two-node-waits": (f"{VOTEQUORUM}\ntwo_node: 1", {}, ("2Node", "WaitForAll"), []),
    "ok-tie-breaker-that-an-odd-number-switches-off": (f"{VOTEQUORUM}\nauto_tie_breaker: 1", {"atb_type": "0"}, (), []),
    "ok-without-provider": ("wait_for_all: 1", {}, (), []),
    "wait-for-all-loaded": (f"{VOTEQUORUM}\nwait_for_all: 1", {}, (), ["quorum.wait_for_all 0 in force (file: 1)"]),
    "wait-for-all-removed": (
        f"{VOTEQUORUM}\nwait_for_all: 0", {}, ("WaitForAll",), ["quorum.wait_for_all 1 in force (file: 0)"],
    ),
    "wait-for-all-of-two-node-switched-off-at-the-start": (
        f"{VOTEQUORUM}\ntwo_node: 1", {}, ("2Node",), ["quorum.wait_for_all 0 in force (file: 1)"],
    ),
    "two-node-loaded": (f"{VOTEQUORUM}\ntwo_node: 1", {}, ("WaitForAll",), ["quorum.two_node 0 in force (file: 1)"]),
    "two-node-removed-and-flags-not-known": (
        VOTEQUORUM, {"two_node": "1"}, None, ["quorum.two_node 1 in force (file: 0)"],
    ),
    "ok-two-node-beside-a-tie-breaker": (
        f"{VOTEQUORUM}\ntwo_node: 1\nauto_tie_breaker: 1\nwait_for_all: 1", {"atb_type": "1", "two_node": "0"},
        ("WaitForAll", "AutoTieBreaker"), [],
    ),
    "ok-two-node-beside-a-device": (
        f"{VOTEQUORUM}\ntwo_node: 1\nwait_for_all: 1\ndevice {{\nmodel: net\n}}",
        {"two_node": "0"}, ("WaitForAll",), [],
    ),
    "last-man-standing-loaded": (
        f"{VOTEQUORUM}\nlast_man_standing: 1", {}, (), ["quorum.last_man_standing 0 in force (file: 1)"],
    ),
    "tie-breaker-loaded": (
        f"{VOTEQUORUM}\nauto_tie_breaker: 1\nwait_for_all: 1", {"atb_type": "0"}, ("WaitForAll",),
        ["quorum.auto_tie_breaker 0 in force (file: 1)"],
    ),
    "tie-breaker-loaded-and-flags-not-known": (
        f"{VOTEQUORUM}\nauto_tie_breaker: 1\nwait_for_all: 1", {"atb_type": "0"}, None,
        ["quorum.auto_tie_breaker 0 in force (file: 1)"],
    ),
    "other-tie-breaker-loaded": (
        f"{VOTEQUORUM}\nauto_tie_breaker: 1\nwait_for_all: 1\nauto_tie_breaker_node: 2 3", {"atb_type": "1"},
        ("WaitForAll", "AutoTieBreaker"),
        ["quorum.auto_tie_breaker_node lowest in force (file: list)"],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("quorum", "values", "flags", "expected"), list(IN_FORCE.values()), ids=list(IN_FORCE))
def test_not_in_force(
    quorum: str, values: Dict[str, str], flags: Optional[Tuple[str, ...]], expected: List[str]
) -> None:
    values = {f"runtime.votequorum.{name}": value for name, value in values.items()}
    found = list(not_in_force(settings(conf(quorum=quorum)), values, flags, ()))
    assert [one.label for one in found] == expected
    assert {one.step for one in found} <= {NODE_BY_NODE}


def test_second_nodelist_overwrites_the_first() -> None:
    text = f"nodelist {{\n{node(1)}{node(2)}}}\nnodelist {{\n{node(3)}}}\n"
    assert [one.name for one in settings(text).nodes] == ["node3", "node2"]


def test_members_of_an_interface() -> None:
    text = "totem {\ninterface {\nringnumber: 1\nmember {\nmemberaddr: a\n}\nmember {\nmemberaddr: b\n}\n}\n}\n"
    keys = map_keys(parse_corosync_conf(text.encode()), 2)
    assert keys == {"totem.interface.1.member.0": "b", "totem.interface.1.member.1": "a"}


def test_what_corosync_does_not_know_of_an_interface_has_no_number() -> None:
    text = "totem {\ninterface {\nringnumber: 1\nlinknumber: +2\nttl: 1\n}\n}\n"
    conf = parse_corosync_conf(text.encode())
    assert map_keys(conf, 3) == {"totem.interface.ringnumber": "1", "totem.interface.2.ttl": "1"}
    assert map_keys(conf, 2) == {"totem.interface.linknumber": "+2", "totem.interface.1.ttl": "1"}


def file(name: str, mode: int, uid: int = 0, gid: int = 0, kind: str = "regular file") -> FileState:
    return FileState(f"/etc/corosync/{name}", uid, gid, mode, "root" if uid == 0 else "joe", "haclient", kind)


CONFIG = file("corosync.conf", 0o644)

KEYS: Dict[str, Tuple[Optional[str], bool, Tuple[FileState, ...], List[str]]] = {
    "ok": (None, False, (CONFIG, file("authkey", 0o400)), []),
    "ok-600": (None, False, (CONFIG, file("authkey", 0o600)), []),
    "ok-group-root-may-read": (None, False, (CONFIG, file("authkey", 0o440)), []),
    "ok-keyfile-that-is-the-default": ("/etc/corosync/authkey", False, (CONFIG, file("authkey", 0o400)), []),
    "ok-keyfile-elsewhere-is-not-judged": ("/root/key", False, (CONFIG,), []),
    "not-told": (None, False, (CONFIG,), ["unreadable: stat /etc/corosync/authkey: it printed nothing"]),
    "inline-and-not-told": (None, True, (), ["unreadable: stat /etc/corosync/corosync.conf: it printed nothing"]),
    "denied": (None, False, (CONFIG, file("authkey", 0)._replace(error="Permission denied")), [
        "no-permission: stat /etc/corosync/authkey: Permission denied: whether others may read the key is not known",
    ]),
    "not-looked-at": (None, False, (CONFIG, file("authkey", 0)._replace(error="Input/output error")), [
        "unreadable: stat /etc/corosync/authkey: Input/output error",
    ]),
    "ok-inline-and-closed": (None, True, (file("corosync.conf", 0o600),), []),
    "missing": (
        None, False, (CONFIG, file("authkey", 0)._replace(error="No such file or directory")),
        ["key-missing: /etc/corosync/authkey is missing: corosync cannot start again without it"],
    ),
    "empty": (
        None, False, (CONFIG, file("authkey", 0o400, kind="regular empty file")),
        ["key-missing: /etc/corosync/authkey is a regular empty file, not a key"],
    ),
    "directory": (
        None, False, (CONFIG, file("authkey", 0o700, kind="directory")),
        ["key-missing: /etc/corosync/authkey is a directory, not a key"],
    ),
    "owner": (
        None, False, (CONFIG, file("authkey", 0o400, uid=1000)),
        ["key-owner: /etc/corosync/authkey belongs to joe, not to root"],
    ),
    "everybody": (None, False, (CONFIG, file("authkey", 0o644)), [
        "key-exposed: /etc/corosync/authkey can be read by everybody (mode 644): "
        "whoever has the key can send messages to the cluster",
    ]),
    "group": (None, False, (CONFIG, file("authkey", 0o440, gid=119)), [
        "key-exposed: /etc/corosync/authkey can be read by group haclient (mode 440): "
        "whoever has the key can send messages to the cluster",
    ]),
    "inline": (None, True, (CONFIG,), [
        "key-exposed: /etc/corosync/corosync.conf holds the key itself (totem.key) and can be read by everybody "
        "(mode 644)",
    ]),
}  # fmt: skip


@pytest.mark.parametrize(("keyfile", "inline", "files", "expected"), list(KEYS.values()), ids=list(KEYS))
def test_key(keyfile: Optional[str], inline: bool, files: Tuple[FileState, ...], expected: List[str]) -> None:
    assert [f"{one.condition.name}: {one.text}" for one in key_findings(keyfile, inline, files)] == expected


SECTIONS = "totem interface nodelist node quorum device net logging member"
NAMES = """
    version transport token ttl linknumber mcastaddr bindnetaddr nodeid ring0_addr ring9_addr name two_node
    ringnumber rrp_mode broadcast mcastport
    compatibility netmtu
    provider model votes expected_votes auto_tie_breaker auto_tie_breaker_node priority subsys debug
    memberaddr crypto_hash totem.interface.0.ttl interface.0.ttl totem.interface.1.mcastaddr nodelist.node.0.nodeid
    quorum.two_node logging.debug logging.logger_subsys.A.subsys system.priority
"""
SPELLINGS = ["", "0", "1", "2", "x", "udp", "knet", "net", "::ffff:127.0.0.1", "239.1", "ff15::1", "a # b"]
LINES = st.one_of(
    st.sampled_from([f"{name} {{" for name in SECTIONS.split(" ")]),
    st.just("}"),
    st.tuples(st.sampled_from(re.findall(r"\S+", NAMES)), st.sampled_from(SPELLINGS)).map(": ".join),
)


@given(lines=st.lists(LINES, max_size=25), major=st.sampled_from([1, 2, 3]))
def test_any_file_is_judged(lines: List[str], major: int) -> None:
    text = "\n".join(lines) + "\n}" * 3
    written = settings(text, major)
    assert all(finding.text for finding in (*refusals(written), *unwise(written), *of_newer(written)))
    assert all(finding.text for finding in repeated_rings(parse_corosync_conf(text.encode())))
    assert differences(written, written) == ()
