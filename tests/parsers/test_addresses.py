"""Addresses of interfaces, and the one spelling of an address."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any, Dict, List, Optional, Tuple

import pytest

from check_ha.model.addresses import InterfaceAddress
from check_ha.parsers.addresses import canonical, is_multicast, literal_families, parse_ip_addr
from check_ha.parsers.errors import ParseError

DATA = Path(__file__).parent / "data" / "pacemaker"


def test_recorded() -> None:
    """iproute2 6.1 in JSON, where the cluster has put 192.0.2.100."""
    interfaces = parse_ip_addr((DATA / "multiple-active-blocked.ip-addr.json").read_bytes())
    assert [(found.interface, found.address, found.prefix, found.family) for found in interfaces.addresses] == [
        ("lo", "127.0.0.1", 8, "inet"),
        ("lo", "::1", 128, "inet6"),
        ("pub0", "192.0.2.1", 24, "inet"),
        ("pub0", "192.0.2.100", 24, "inet"),
        ("pub0", "fe80::ff:fe00:1", 64, "inet6"),
        ("ring0", "198.51.100.1", 24, "inet"),
        ("ring0", "fe80::ff:fe00:101", 64, "inet6"),
        ("ring1", "203.0.113.1", 24, "inet"),
        ("ring1", "fe80::ff:fe00:201", 64, "inet6"),
    ]


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("192.0.2.100", "192.0.2.100"),
        (" 192.0.2.100 ", "192.0.2.100"),
        ("192.0.2.100/24", "192.0.2.100"),
        ("192.0.2.100/255.255.255.0", "192.0.2.100"),
        ("2001:DB8:0:0:0:0:0:9", "2001:db8::9"),
        ("2001:db8::9/64", "2001:db8::9"),
        ("fe80::1%eth0", "fe80::1"),
        ("fe80::1%eth0/64", "fe80::1"),
        ("::FFFF:192.0.2.1", "::ffff:192.0.2.1"),
        ("", None),
        ("/24", None),
        ("vip.example.org", None),
        ("192.0.2", None),
        ("192.0.2.256", None),
        ("192.0.2.01", None),
        ("2001:db8:::9", None),
        ("192.0.2.1\0", None),
        ("١٩٢.0.2.1", None),
    ],
)
def test_canonical(text: str, address: Optional[str]) -> None:
    assert canonical(text) == address


LOOPBACK = {"ifname": "lo", "addr_info": [{"family": "inet", "local": "127.0.0.1", "prefixlen": 8}]}


@pytest.mark.parametrize(
    "interfaces",
    [
        [LOOPBACK],
        [{}, LOOPBACK, {}],
        [{"ifname": "lo", "addr_info": [{}, *LOOPBACK["addr_info"]]}],
        [LOOPBACK, {"ifname": "eth0", "addr_info": []}],
        [LOOPBACK, {"ifname": "eth0", "addr_info": [{"family": "mpls", "local": "16"}]}],
    ],
)
def test_what_was_filtered_out_is_empty(interfaces: List[Dict[str, Any]]) -> None:
    """Older versions of iproute2 print empty objects."""
    found = parse_ip_addr(json.dumps(interfaces).encode())
    assert found.addresses == (InterfaceAddress("lo", "127.0.0.1", 8, "inet"),)
    assert [link.name for link in found.links] == [one["ifname"] for one in interfaces if "ifname" in one]


LAYOUTS = {
    "up": ({"flags": ["BROADCAST", "UP", "LOWER_UP"], "operstate": "UP"}, "", True),
    "loopback-tells-no-state": ({"flags": ["LOOPBACK", "UP", "LOWER_UP"], "operstate": "UNKNOWN"}, "", True),
    "cable-out": ({"flags": ["NO-CARRIER", "BROADCAST", "UP"], "operstate": "DOWN"}, "without carrier", False),
    "switched-off": ({"flags": ["BROADCAST"], "operstate": "DOWN"}, "down", False),
    "the-one-below-is-down": (
        {"flags": ["NO-CARRIER", "BROADCAST", "UP", "M-DOWN"], "operstate": "LOWERLAYERDOWN"}, "without carrier", False,
    ),
    "only-the-state-says-so": (
        {"flags": ["BROADCAST", "UP"], "operstate": "LOWERLAYERDOWN"}, "not working (operstate LOWERLAYERDOWN)", False,
    ),
    "waits-for-802.1x": ({"flags": ["UP"], "operstate": "DORMANT"}, "not working (operstate DORMANT)", False),
    "neither-carrier-nor-none": ({"flags": ["BROADCAST", "UP"], "operstate": "UNKNOWN"}, "without carrier", False),
    "no-state-printed": ({"flags": ["BROADCAST", "UP"]}, "", None),
    "no-flags-printed": ({"operstate": "UP"}, "", None),
    "no-flags-printed-and-down": ({"operstate": "DOWN"}, "not working (operstate DOWN)", False),
    "nothing-printed": ({}, "", None),
}  # fmt: skip


@pytest.mark.parametrize(("given", "fault", "works"), LAYOUTS.values(), ids=LAYOUTS)
def test_state_of_an_interface(given: Dict[str, object], fault: str, works: Optional[bool]) -> None:
    data = json.dumps([LOOPBACK, {"ifname": "eth0", "addr_info": [], **given}]).encode()
    interface = parse_ip_addr(data).named("eth0")
    assert (interface.fault, interface.works) == (fault, works)


def test_an_interface_has_other_names() -> None:
    data = b'[{"ifname":"eth0","altnames":["enp3s0"],"flags":["UP"],"operstate":"UP",'
    data += b'"addr_info":[{"family":"inet","local":"192.0.2.1","prefixlen":24}]}]'
    assert parse_ip_addr(data).named("enp3s0").name == "eth0"
    assert parse_ip_addr(data).named("eth1").works is None


def test_an_address_that_another_machine_had_first() -> None:
    """iproute2 6.1 on Linux 6.1, with the same address at both ends of a veth."""
    data = (
        b'[{"ifindex":3,"ifname":"pub0","flags":["BROADCAST","MULTICAST","UP","LOWER_UP"],"mtu":1500,"addr_info":['
        b'{"family":"inet6","local":"2001:db8::64","prefixlen":64,"scope":"global","dadfailed":true,"tentative":true,'
        b'"valid_life_time":4294967295,"preferred_life_time":4294967295},'
        b'{"family":"inet6","local":"2001:db8::65","prefixlen":64,"scope":"global","tentative":true}]}]'
    )
    assert parse_ip_addr(data).addresses == (
        InterfaceAddress("pub0", "2001:db8::64", 64, "inet6", refused=True),
        InterfaceAddress("pub0", "2001:db8::65", 64, "inet6"),
    )


def test_the_peer_of_an_address_is_not_ours() -> None:
    tunnel = {"family": "inet", "local": "192.0.2.1", "address": "192.0.2.2", "prefixlen": 32}
    interfaces = parse_ip_addr(json.dumps([{"ifname": "tun0", "addr_info": [tunnel]}]).encode())
    assert [found.address for found in interfaces.addresses] == ["192.0.2.1"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "no output where the JSON of ip -j addr was expected"),
        ('Option "-j" is unknown, try "ip -help".\n', "not the JSON that ip -j addr prints"),
        ('[{"ifname":"lo","addr_info":[{"family"', "not the JSON that ip -j addr prints"),
        ("[" * 100_000, "not the JSON that ip -j addr prints"),
        ("[]", "ip -j addr lists no interface"),
        ("[{},{}]", "ip -j addr lists no interface"),
        ('[{"ifname":"lo","addr_info":[]}]', "ip -j addr lists no address"),
        ('[{"ifname":"lo","addr_info":[{"family":"mpls"}]}]', "ip -j addr lists no address"),
        ("{}", "the output of ip is not a list"),
        ("[1]", "the output of ip holds something other than an object"),
        ('[{"ifindex":1}]', "interface without ifname"),
        ('[{"ifname":"lo"}]', "addr_info of lo is not a list"),
        ('[{"ifname":"lo","flags":"UP","addr_info":[]}]', "flags of lo not understood"),
        ('[{"ifname":"lo","flags":[1],"addr_info":[]}]', "flags of lo not understood"),
        ('[{"ifname":"lo","operstate":6,"addr_info":[]}]', "operstate of lo not understood"),
        ('[{"ifname":"lo","altnames":"eth0","addr_info":[]}]', "altnames of lo not understood"),
        ('[{"ifname":"lo","addr_info":[[]]}]', "addr_info of lo holds something other than an object"),
        ('[{"ifname":"lo","addr_info":[{"family":"inet"}]}]', "address of lo not understood"),
        (
            '[{"ifname":"lo","addr_info":[{"family":"inet","local":"::1","prefixlen":8}]}]',
            "address of lo not understood",
        ),
        ('[{"ifname":"lo","addr_info":[{"family":"inet","local":"127.0.0.1"}]}]', "address of lo without prefixlen"),
        (
            '[{"ifname":"lo","addr_info":[{"family":"inet","local":"127.0.0.1","prefixlen":true}]}]',
            "address of lo without prefixlen",
        ),
    ],
)
def test_refused(text: str, message: str) -> None:
    with pytest.raises(ParseError) as refusal:
        parse_ip_addr(text.encode())
    assert refusal.value.message == message
    assert len(refusal.value.line) <= 200


def test_latin_1_is_refused() -> None:
    with pytest.raises(ParseError):
        parse_ip_addr(b'[{"ifname":"caf\xe9"}]')


def test_nested_just_not_too_deep() -> None:
    """What could be read may still be too deep to be quoted."""
    limit = sys.getrecursionlimit()
    for depth in range(limit - 300, limit + 10):
        with pytest.raises(ParseError):
            parse_ip_addr(b"[" * depth + b"]" * depth)


@pytest.mark.parametrize(
    ("text", "families"),
    [
        ("192.0.2.1", ("IPv4",)),
        ("127.1", ("IPv4",)),
        ("0x7f.1", ("IPv4",)),
        ("1.2.3", ("IPv4",)),
        ("256.1.1.1", ()),
        ("1.2.3.4.5", ()),
        ("192.0.2.1/24", ()),
        ("192.0.2.1 # node1", ()),
        ("fd00::1", ("IPv6",)),
        ("fe80::1%eth0", ("IPv6",)),
        ("::ffff:192.0.2.1", ("IPv6", "IPv4")),
        ("fd00::1/64", ()),
        ("node1", ()),
        ("abc", ()),
        ("", ()),
    ],
)
def test_families_of_a_literal_address(text: str, families: Tuple[str, ...]) -> None:
    assert literal_families(text) == families


@pytest.mark.parametrize(
    ("text", "multicast"),
    [
        ("239.192.1.1", True),
        ("224.1", True),
        ("::ffff:239.1.1.1", True),
        ("ff15::1", True),
        ("FF05::1", True),
        ("240.0.0.1", False),
        ("127.0.0.1", False),
        ("::ffff:127.0.0.1", False),
        ("fd00::ff", False),
        ("node1", False),
    ],
)
def test_multicast(text: str, multicast: bool) -> None:
    assert is_multicast(text) == multicast


TEXT = """\
1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN group default qlen 1000
    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00
    inet 127.0.0.1/8 scope host lo
       valid_lft forever preferred_lft forever
2: eth0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc pfifo_fast state UP group default qlen 1000
    link/ether 02:fc:00:00:00:01 brd ff:ff:ff:ff:ff:ff
    altname enp0s3
    inet 192.0.2.1/24 brd 192.0.2.255 scope global eth0
    inet 192.0.2.100/24 brd 192.0.2.255 scope global secondary eth0:vip
    inet6 2001:db8::64/64 scope global tentative dadfailed
3: vlan7@eth0: <NO-CARRIER,BROADCAST,MULTICAST,UP> mtu 1500 qdisc noqueue state DOWN group default
    link/ether 02:fc:00:00:00:01 brd ff:ff:ff:ff:ff:ff
4: ppp0: <POINTOPOINT,UP,LOWER_UP> mtu 1500 qdisc noop state UNKNOWN
    link/ppp
    inet 192.0.2.7 peer 192.0.2.8/32 scope global ppp0
"""


def test_text_where_json_is_not_known() -> None:
    """iproute2 6.1, and what older ones leave out of it."""
    found = parse_ip_addr(TEXT.encode())
    assert found.addresses == (
        InterfaceAddress("lo", "127.0.0.1", 8, "inet"),
        InterfaceAddress("eth0", "192.0.2.1", 24, "inet"),
        InterfaceAddress("eth0", "192.0.2.100", 24, "inet"),
        InterfaceAddress("eth0", "2001:db8::64", 64, "inet6", refused=True),
        InterfaceAddress("ppp0", "192.0.2.7", 32, "inet"),
    )
    assert [(one.name, one.fault, one.works) for one in found.links] == [
        ("lo", "", True),
        ("eth0", "", True),
        ("vlan7", "without carrier", False),
        ("ppp0", "", True),
    ]
    assert found.named("enp0s3").name == "eth0"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (TEXT[:-1], "the output of ip addr is cut off"),
        ("1: lo: what is this\n", "unknown line of ip addr"),
        ("1: lo: <UP> mtu 1500\nnonsense\n", "unknown line of ip addr"),
        ("1: lo: <UP> mtu 1500\n    link/loopback\n", "ip addr lists no address"),
        ("1: lo: <UP> mtu 1500\n    inet 127.0.0\n", "address of lo not understood"),
        ("1: lo: <UP> mtu 1500\n    inet ::1/128\n", "address of lo not understood"),
        ("1: lo: <UP> mtu 1500\n    inet 127.0.0.1/33\n", "address of lo not understood"),
    ],
)
def test_text_refused(text: str, message: str) -> None:
    with pytest.raises(ParseError) as refusal:
        parse_ip_addr(text.encode())
    assert refusal.value.message == message
