"""Virtual IPs: what the cluster has, joined with the address the CIB gives."""

from __future__ import annotations

from typing import Dict, Optional, Tuple

import pytest

from check_ha.cluster.virtual_addresses import VirtualIp, virtual_ips
from check_ha.model.addresses import InterfaceAddress, Interfaces
from check_ha.model.cib import Cib, ConfiguredPrimitive
from check_ha.model.cluster import Cluster
from tests.checks.build import clone, cluster, group, primitive

IPADDR2 = "ocf:heartbeat:IPaddr2"


def only(crm: Cluster, *parameters: Tuple[str, str], name: str = "p_vip", agent: str = IPADDR2) -> VirtualIp:
    (found,) = virtual_ips(crm, Cib((ConfiguredPrimitive(name, agent, parameters),)), {})
    return found


def test_found_by_agent() -> None:
    resources = [
        primitive("a", agent="ocf:heartbeat:IPaddr"),
        primitive("b", agent=IPADDR2),
        primitive("c", agent="ocf:heartbeat:IPv6addr"),
        primitive("d", agent="ocf:heartbeat:IPsrcaddr"),
        primitive("e", agent="ocf:heartbeat:portblock"),
        primitive("f", agent="ocf:pacemaker:Dummy"),
        primitive("g", agent="ocf:other:IPaddr2"),
    ]
    assert [vip.id for vip in virtual_ips(cluster(*resources), None, {})] == ["a", "b", "c", "d"]
    more = virtual_ips(cluster(*resources), None, {"ocf:heartbeat:portblock": "ip"})
    assert [vip.id for vip in more] == ["a", "b", "c", "d", "e"]
    assert [vip.floating for vip in more] == [True, True, True, False, True]


@pytest.mark.parametrize(
    ("agent", "parameter"),
    [
        ("ocf:heartbeat:IPaddr", "ip"),
        (IPADDR2, "ip"),
        ("ocf:heartbeat:IPv6addr", "ipv6addr"),
        ("ocf:heartbeat:IPsrcaddr", "ipaddress"),
    ],
)
def test_the_parameter_that_names_the_address(agent: str, parameter: str) -> None:
    crm = cluster(primitive("p_vip", "node1", agent=agent))
    decoys = (("nic", "eth0"), ("cidr_netmask", "24"))
    assert only(crm, (parameter, "192.0.2.1"), *decoys, agent=agent).addresses == ("192.0.2.1",)
    assert only(crm, *decoys, agent=agent).addresses is None


def test_instances_of_a_clone_are_one() -> None:
    anonymous = clone("c", primitive("p_vip", "node1", agent=IPADDR2), primitive("p_vip", "node2", agent=IPADDR2))
    unique = clone("c", primitive("p_vip:0", "node2", agent=IPADDR2), primitive("p_vip:1", agent=IPADDR2))
    for crm, nodes in ((cluster(anonymous), ("node1", "node2")), (cluster(unique), ("node2",))):
        (found,) = virtual_ips(crm, None, {})
        assert (found.id, found.nodes, found.cloned, found.names) == ("p_vip", nodes, True, ("p_vip", "c"))


def test_a_group_in_a_clone() -> None:
    parts = (group(f"g:{number}", primitive("p_vip", f"node{number}", agent=IPADDR2)) for number in (1, 2))
    (found,) = virtual_ips(cluster(clone("c", *parts)), None, {})
    assert (found.nodes, found.cloned, found.names) == (("node1", "node2"), True, ("p_vip", "g", "c"))


def test_a_group_is_no_clone() -> None:
    (found,) = virtual_ips(cluster(group("g", primitive("p_vip", "node1", agent=IPADDR2))), None, {})
    assert not found.cloned


def test_where_it_is_shown_but_not_active() -> None:
    crm = cluster(primitive("p_vip", "node1", agent=IPADDR2, active=False))
    assert only(crm).nodes == ()


@pytest.mark.parametrize("role", ["Starting", "Stopping", "Migrating", "Promoting", "Demoting"])
def test_in_motion(role: str) -> None:
    assert only(cluster(primitive("p_vip", "node1", agent=IPADDR2, role=role))).in_motion


@pytest.mark.parametrize("role", ["Started", "Stopped", "Promoted", "Unpromoted", "Unknown"])
def test_not_in_motion(role: str) -> None:
    assert not only(cluster(primitive("p_vip", "node1", agent=IPADDR2, role=role))).in_motion


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("192.0.2.100/24", "p_vip (192.0.2.100)"),
        ("2001:DB8:0::1", "p_vip (2001:db8::1)"),
        ("::ffff:192.0.2.1", "p_vip (::ffff:192.0.2.1)"),
        ("web.example.net", "p_vip"),
        ("192.0.2.256", "p_vip"),
        ("", "p_vip"),
        (None, "p_vip"),
    ],
)
def test_label(text: Optional[str], label: str) -> None:
    crm = cluster(primitive("p_vip", "node1", agent=IPADDR2))
    assert only(crm, *([("ip", text)] if text is not None else [])).label == label


def test_label_with_two_addresses_that_rules_choose_from() -> None:
    crm = cluster(primitive("p_vip", "node1", agent=IPADDR2))
    vip = only(crm, ("ip", "192.0.2.1"), ("ip", "192.0.2.1/24"), ("ip", "192.0.2.2"))
    assert vip.label == "p_vip (192.0.2.1, 192.0.2.2)"


@pytest.mark.parametrize(
    ("value", "rests"),
    [("true", True), ("TRUE", True), ("yes", True), ("1", True), ("false", False), ("no", False), ("", False)],
)
def test_what_an_agent_takes_for_true(value: str, rests: bool) -> None:
    crm = cluster(primitive("p_vip", "node1", agent=IPADDR2))
    assert only(crm, ("ip", "192.0.2.1"), ("lvs_support", value)).rests_on_loopback is rests


def test_carried() -> None:
    crm = cluster(primitive("p_vip", "node1", agent=IPADDR2))
    both = Interfaces(
        (InterfaceAddress("lo", "192.0.2.1", 32, "inet"), InterfaceAddress("eth0", "192.0.2.2", 24, "inet"))
    )
    addresses = (("ip", "192.0.2.1"), ("ip", "192.0.2.2"), ("ip", "192.0.2.3"))
    assert only(crm, *addresses).carried(both) == {"192.0.2.1": "lo", "192.0.2.2": "eth0"}
    assert only(crm, *addresses, ("lvs_support", "true")).carried(both) == {"192.0.2.2": "eth0"}
    assert only(crm).carried(both) == {}


PREFIXES: Dict[str, Tuple[Dict[str, str], Optional[int]]] = {
    "none-given": ({"ip": "192.0.2.1"}, None),
    "bits": ({"ip": "192.0.2.1", "cidr_netmask": "24"}, 24),
    "dotted": ({"ip": "192.0.2.1", "cidr_netmask": "255.255.252.0"}, 22),
    "old-name": ({"ip": "192.0.2.1", "netmask": "16"}, 16),
    "behind-the-address": ({"ip": "fd00::1/64"}, 64),
    "twice-the-same": ({"ip": "192.0.2.1/24", "cidr_netmask": "24"}, 24),
    "two-that-differ": ({"ip": "192.0.2.1/24", "cidr_netmask": "25"}, None),
    "no-mask": ({"ip": "192.0.2.1", "cidr_netmask": "255.0.255.0"}, None),
    "a-word": ({"ip": "192.0.2.1", "cidr_netmask": "wide"}, None),
}


@pytest.mark.parametrize(("parameters", "prefix"), PREFIXES.values(), ids=PREFIXES)
def test_prefix(parameters: Dict[str, str], prefix: Optional[int]) -> None:
    configured = Cib((ConfiguredPrimitive("p_vip", "ocf:heartbeat:IPaddr2", tuple(parameters.items())),))
    (vip,) = virtual_ips(cluster(primitive("p_vip", "node1", agent="ocf:heartbeat:IPaddr2")), configured, {})
    assert vip.prefix == prefix


def test_stopped_is_not_running_whatever_active_says() -> None:
    """crm_mon 2.1.5 after a migration that failed."""
    stopped = primitive("p_vip", "node1", agent="ocf:heartbeat:IPaddr2", role="Stopped")
    (vip,) = virtual_ips(cluster(stopped), None, {})
    assert stopped.active
    assert vip.nodes == ()
