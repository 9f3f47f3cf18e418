"""Is each virtual IP served exactly once, and really there? One test for each condition, and a near miss."""

from __future__ import annotations

import re
from typing import Any, Dict, List, Mapping, Optional, Tuple

import pytest

from check_ha.checks.vip.check import VipOptions, judge
from check_ha.core.check import Judgement
from check_ha.model.addresses import Interface, InterfaceAddress, Interfaces
from check_ha.model.cib import Cib, ConfiguredCollection, ConfiguredPrimitive, Dependency, TicketDependency
from check_ha.model.cluster import Bundle, Cluster, ClusterOptions, Failure, Primitive, Replica, Ticket
from check_ha.sources.tools import CIBADMIN, CRM_MON, CRM_NODE, IP_ADDR
from tests.checks.build import Found, clone, cluster, evidence, found, group, lines, measured, node, primitive

IPADDR2 = "ocf:heartbeat:IPaddr2"
IPSRCADDR = "ocf:heartbeat:IPsrcaddr"
ADDRESS = "192.0.2.100"


def vip(*nodes: str, name: str = "p_vip", agent: str = IPADDR2, **more: Any) -> Primitive:
    """A virtual IP that runs on these nodes, or nowhere."""
    return primitive(name, *nodes, agent=agent, **more)


def cib(**parameters: Any) -> Cib:
    """Per resource its address, or all its parameters."""
    primitives = []
    for name, given in parameters.items():
        pairs = given if isinstance(given, dict) else {"ip": given}
        agent = IPSRCADDR if "ipaddress" in pairs else IPADDR2
        primitives.append(ConfiguredPrimitive(name, agent, tuple(pairs.items())))
    return Cib(tuple(primitives))


WORKS = Interface("eth0", ("BROADCAST", "MULTICAST", "UP", "LOWER_UP"), "UP")
LOOPBACK = Interface("lo", ("LOOPBACK", "UP", "LOWER_UP"), "UNKNOWN")


def interfaces(*addresses: str, on: str = "eth0", links: Tuple[Interface, ...] = (WORKS,)) -> Interfaces:
    """This node with these addresses on one of its interfaces, and its loopback."""
    carried = (
        InterfaceAddress(on, one, 64 if ":" in one else 24, "inet6" if ":" in one else "inet") for one in addresses
    )
    return Interfaces((InterfaceAddress("lo", "127.0.0.1", 8, "inet"), *carried), (LOOPBACK, *links))


HERE = "node1"
CONFIGURED = cib(p_vip=ADDRESS)
CARRIED = interfaces(ADDRESS)


def judged(
    crm: Optional[Cluster],
    configured: Optional[Cib] = CONFIGURED,
    carried: Optional[Interfaces] = CARRIED,
    here: Optional[str] = HERE,
    previous: Optional[Mapping[str, Any]] = None,
    **options: Any,
) -> Judgement:
    """What the check says on node1, where the address of p_vip is."""
    values = {CRM_MON: crm, CIBADMIN: configured, IP_ADDR: carried, CRM_NODE: here}
    return judge(evidence(values, previous), VipOptions(**options))


def test_ok_here() -> None:
    judgement = judged(cluster(vip("node1")))
    assert found(judgement) == []
    assert judgement.summary == "p_vip (192.0.2.100) on node1 (here)"


def test_ok_elsewhere() -> None:
    judgement = judged(cluster(vip("node2")), carried=interfaces())
    assert found(judgement) == []
    assert judgement.summary == "p_vip (192.0.2.100) on node2"


def test_no_resources_were_read() -> None:
    judgement = judged(None)
    assert (judgement.summary, judgement.findings, judgement.remember) == ("no resources were read", (), None)


OFFLINE = (node("node1", is_dc=True), node("node2", online=False, unclean=True))
ABSENT = interfaces()

RECOVERED = Failure("p_vip", "monitor", "node1", 7, "not running", "", "complete")

STATES = {
    "crit-stopped": (cluster(vip()), [("vip-stopped", "p_vip (192.0.2.100) runs nowhere")]),
    "crit-stopped-and-why": (
        cluster(
            vip(),
            failures=(
                Failure("p_vip", "start", "node1", 1, "error", "no such device", "complete"),
                Failure("p_vip", "start", "node2", 1, "error", "no such device", "complete"),
                Failure("p_db", "start", "node2", 1, "error", "of another", "complete"),
            ),
        ),
        [("vip-stopped", "p_vip (192.0.2.100) runs nowhere: start failed on node1, node2 (no such device)")],
    ),
    "crit-stopped-as-there-is-no-quorum": (
        cluster(vip(), with_quorum=False),
        [("vip-stopped", "p_vip (192.0.2.100) runs nowhere: this partition has no quorum")],
    ),
    "crit-no-quorum-and-an-old-failure": (
        cluster(vip(), with_quorum=False, failures=(RECOVERED,)),
        [("vip-stopped", "p_vip (192.0.2.100) runs nowhere: this partition has no quorum")],
    ),
    "crit-no-node-to-run-on": (
        cluster(vip(), nodes=(node("node1", is_dc=True, standby=True),), failures=(RECOVERED,)),
        [("vip-stopped", "p_vip (192.0.2.100) runs nowhere: no node can run resources")],
    ),
    "warn-behind-a-member-stopped-on-purpose": (
        cluster(group("g_web", primitive("p_fs", target_role="Stopped"), vip()), failures=(RECOVERED,)),
        [("disabled",
          "p_vip (192.0.2.100) does not run: it waits for p_fs (g_web), which is stopped on purpose (target-role)")],
    ),
    "crit-behind-a-member-that-failed": (
        cluster(group("g_web", primitive("p_fs"), vip())),
        [("vip-stopped", "p_vip (192.0.2.100) runs nowhere: it waits for p_fs (g_web), which runs nowhere")],
    ),
    "crit-stopped-member-of-a-group": (cluster(group("g_web", vip())), [
        ("vip-stopped", "p_vip (192.0.2.100) runs nowhere"),
    ]),
    "crit-on-a-node-that-is-offline": (cluster(vip("node2"), nodes=OFFLINE), [
        ("vip-stopped",
         "p_vip (192.0.2.100) runs nowhere: it is shown on node2, which is offline"),
    ]),
    "crit-no-dc-to-know-where-it-is": (cluster(vip("node2"), nodes=OFFLINE, dc=None), [
        ("no-dc", "no DC is elected: where p_vip (192.0.2.100) should be is not known"),
    ]),
    "crit-duplicated": (cluster(vip("node1", "node2")), [
        ("vip-duplicated", "p_vip (192.0.2.100) is active on node1 and node2 at once"),
    ]),
    "crit-duplicated-and-therefore-blocked": (cluster(vip("node1", "node2", blocked=True, managed=False)), [
        ("vip-duplicated", "p_vip (192.0.2.100) is active on node1 and node2 at once"),
        ("vip-blocked", "p_vip (192.0.2.100) is blocked: the cluster will not act on it until it is cleaned up"),
    ]),
    "ok-migrating": (cluster(vip("node1", "node2", role="Migrating")), []),
    "ok-clone-on-both-nodes": (cluster(clone("c_vip", vip("node1"), vip("node2"))), []),
    "ok-group-in-a-clone": (
        cluster(clone("c_web", group("g_web:0", vip("node1")), group("g_web:1", vip("node2")))), [],
    ),
    "ok-clone-with-a-spare-instance": (cluster(clone("c_vip", vip("node1"), vip())), []),
    "crit-clone-stopped": (cluster(clone("c_vip", vip(), vip())), [
        ("vip-stopped", "p_vip (192.0.2.100) runs nowhere"),
    ]),
    "crit-failed": (cluster(vip("node1", failed=True)), [("vip-failed", "p_vip (192.0.2.100) failed on node1")]),
    "ok-failure-ignored": (cluster(vip("node1", failed=True, failure_ignored=True)), []),
    "crit-blocked": (cluster(vip("node1", failed=True, blocked=True, managed=False)), [
        ("vip-failed", "p_vip (192.0.2.100) failed on node1"),
        ("vip-blocked", "p_vip (192.0.2.100) is blocked: the cluster will not act on it until it is cleaned up"),
    ]),
    "warn-disabled": (cluster(vip(target_role="Stopped")), [
        ("disabled", "p_vip (192.0.2.100) is stopped on purpose (target-role or stop-all-resources)"),
    ]),
    "warn-disabled-by-its-group": (cluster(group("g_web", vip(), disabled=True)), [
        ("disabled", "p_vip (192.0.2.100) is stopped on purpose (target-role or stop-all-resources)"),
    ]),
    "warn-disabled-by-its-clone": (cluster(clone("c_vip", vip(), vip(), target_role="Stopped")), [
        ("disabled", "p_vip (192.0.2.100) is stopped on purpose (target-role or stop-all-resources)"),
    ]),
    "warn-stop-all-resources": (cluster(vip(), options=ClusterOptions(stop_all_resources=True)), [
        ("disabled", "p_vip (192.0.2.100) is stopped on purpose (target-role or stop-all-resources)"),
    ]),
    "warn-kept-for-a-node-that-was-shut-down": (cluster(vip(locked_to="node2")), [
        ("disabled", "p_vip (192.0.2.100) is kept for node2, which was shut down (shutdown-lock)"),
    ]),
    "unknown-removed-and-no-longer-running": (cluster(vip(orphaned=True)), [
        ("no-vip", "the cluster has no virtual IP (IPaddr, IPaddr2, IPv6addr, IPsrcaddr or --agent)"),
    ]),
    "ok-target-role-started": (cluster(vip("node1", target_role="Started")), []),
    "warn-unmanaged": (cluster(vip("node1", managed=False)), [
        ("unmanaged", "p_vip (192.0.2.100) is unmanaged: the cluster will not move it"),
    ]),
    "crit-unmanaged-and-stopped": (cluster(vip(managed=False)), [
        ("vip-stopped", "p_vip (192.0.2.100) runs nowhere"),
        ("unmanaged", "p_vip (192.0.2.100) is unmanaged: the cluster will not move it"),
    ]),
    "warn-maintenance-of-the-resource": (cluster(vip("node1", managed=False, maintenance=True)), [
        ("maintenance", "p_vip (192.0.2.100) is in maintenance"),
    ]),
    "warn-maintenance-of-the-node": (
        cluster(vip("node1", managed=False), nodes=(node("node1", maintenance=True), node("node2"))),
        [("maintenance", "p_vip (192.0.2.100) runs on node1, which is in maintenance")],
    ),
    "ok-maintenance-of-another-node": (
        cluster(vip("node1"), nodes=(node("node1"), node("node2", maintenance=True))), [],
    ),
    "warn-maintenance-of-the-cluster-is-one-finding": (
        cluster(
            vip("node1", managed=False, maintenance=True), vip("node1", name="p_v6", managed=False),
            options=ClusterOptions(maintenance_mode=True),
        ),
        [("maintenance", "the cluster is in maintenance mode: nobody watches p_vip (192.0.2.100), p_v6 (fd00::1)")],
    ),
    "crit-maintenance-of-the-cluster-and-stopped": (
        cluster(vip(managed=False), options=ClusterOptions(maintenance_mode=True)),
        [
            ("maintenance", "the cluster is in maintenance mode: nobody watches p_vip (192.0.2.100)"),
            ("vip-stopped", "p_vip (192.0.2.100) runs nowhere"),
        ],
    ),
    "unknown-no-vip": (cluster(primitive("p_db", "node1")), [
        ("no-vip", "the cluster has no virtual IP (IPaddr, IPaddr2, IPv6addr, IPsrcaddr or --agent)"),
    ]),
}  # fmt: skip


@pytest.mark.parametrize(("crm", "findings"), STATES.values(), ids=STATES)
def test_what_the_cluster_says(crm: Cluster, findings: Found) -> None:
    """Its interfaces are as they should be on a node that has no name in the cluster's list: not judged here."""
    configured = cib(p_vip=ADDRESS, p_v6="fd00::1")
    assert found(judged(crm, configured, carried=None)) == findings


STOPPED = [("vip-stopped", "p_vip (192.0.2.100) runs nowhere")]
NO_TICKET = [("no-ticket", "p_vip (192.0.2.100) does not run: ticket siteA is not granted here")]

TICKETS: Dict[str, Tuple[Tuple[Ticket, ...], TicketDependency, Found]] = {
    "warn-not-granted": ((Ticket("siteA", False),), TicketDependency("siteA", ("p_vip",)), NO_TICKET),
    "warn-in-standby": ((Ticket("siteA", True, standby=True),), TicketDependency("siteA", ("p_vip",)), NO_TICKET),
    "warn-its-group-depends": ((Ticket("siteA", False),), TicketDependency("siteA", ("p_db", "g_web")), NO_TICKET),
    "crit-granted": ((Ticket("siteA", True),), TicketDependency("siteA", ("p_vip",)), STOPPED),
    "crit-of-another-resource": ((Ticket("siteA", False),), TicketDependency("siteA", ("p_db",)), STOPPED),
    "crit-only-to-be-promoted": ((Ticket("siteA", False),), TicketDependency("siteA", ("p_vip",), True), STOPPED),
    "crit-not-known-whether-it-is-granted": ((), TicketDependency("siteA", ("p_vip",)), STOPPED),
}


@pytest.mark.parametrize(("tickets", "dependency", "findings"), TICKETS.values(), ids=TICKETS)
def test_tickets(tickets: Tuple[Ticket, ...], dependency: TicketDependency, findings: Found) -> None:
    crm = cluster(group("g_web", vip()), tickets=tickets)
    assert found(judged(crm, CONFIGURED._replace(tickets=(dependency,)), interfaces())) == findings


RUNS = cluster(vip("node1"))
MISSING = ("address-missing", "p_vip (192.0.2.100) should be on node1, and no interface there has the address")
STRAY = ("address-stray", "p_vip (192.0.2.100) is on interface eth0 of node1, and the cluster says it runs on node2")
NOT_KNOWN = ("unreadable", "p_vip: the CIB shows no address for it, so that its address is not known")


def missing(address: str) -> Found:
    return [("address-missing", f"p_vip ({address}) should be on node1, and no interface there has the address")]


ADDRESSES: Dict[str, Tuple[Cluster, Cib, Interfaces, Found]] = {
    "ok-there": (RUNS, CONFIGURED, interfaces(ADDRESS), []),
    "ok-netmask-in-the-cib": (RUNS, cib(p_vip="192.0.2.100/24"), interfaces(ADDRESS), []),
    "ok-dotted-netmask-in-the-cib": (RUNS, cib(p_vip="192.0.2.100/255.255.255.0"), interfaces(ADDRESS), []),
    "ok-blanks-in-the-cib": (RUNS, cib(p_vip=" 192.0.2.100 "), interfaces(ADDRESS), []),
    "crit-missing": (RUNS, CONFIGURED, interfaces(), [MISSING]),
    "crit-another-address-is-there": (RUNS, CONFIGURED, interfaces("192.0.2.10", "192.0.2.101"), [MISSING]),
    "crit-missing-with-a-netmask": (RUNS, cib(p_vip="192.0.2.100/24"), interfaces(), [MISSING]),
    "ok-ipv6": (RUNS, cib(p_vip="fd00::1"), interfaces("fd00::1"), []),
    "ok-ipv6-spelt-otherwise": (RUNS, cib(p_vip="FD00:0:0:0::0001/64"), interfaces("fd00::1"), []),
    "ok-ipv6-with-a-scope": (RUNS, cib(p_vip="fe80::5%eth0"), interfaces("fe80::5"), []),
    "crit-ipv6-on-another-link": (RUNS, cib(p_vip="fe80::5%eth1"), interfaces("fe80::5"), missing("fe80::5")),
    "ok-ipv6-of-another-link-is-no-stray": (
        cluster(vip("node2")), cib(p_vip={"ip": "fe80::5/64", "nic": "eth1"}), interfaces("fe80::5"), [],
    ),
    "crit-ipv6-of-this-link-is-a-stray": (
        cluster(vip("node2")), cib(p_vip={"ip": "fe80::5/64", "nic": "eth0:1"}), interfaces("fe80::5"), [
            ("address-stray", "p_vip (fe80::5) is on interface eth0 of node1, and the cluster says it runs on node2"),
        ],
    ),
    "crit-stray-of-which-the-interface-is-another-one": (
        cluster(vip("node2")), cib(p_vip={"ip": ADDRESS, "nic": "eth1"}), interfaces(ADDRESS), [STRAY],
    ),
    "crit-ipv6-missing": (RUNS, cib(p_vip="FD00::0:1"), interfaces("fd00::2"), missing("fd00::1")),
    "crit-ipv6-that-another-machine-had-first": (
        RUNS, cib(p_vip="fd00::1/64"), Interfaces((InterfaceAddress("eth0", "fd00::1", 64, "inet6", refused=True),)), [
            ("address-missing", "p_vip (fd00::1) is on interface eth0 of node1 and cannot be used: another machine has "
             "it (dadfailed)"),
        ],
    ),
    "ok-ipv6-that-is-used-on-one-of-two-interfaces": (
        RUNS, cib(p_vip="fd00::1/64"),
        Interfaces(
            (InterfaceAddress("eth1", "fd00::1", 64, "inet6", refused=True), *interfaces("fd00::1").addresses), (WORKS,)
        ),
        [],
    ),
    "ok-ipv6-that-runs-elsewhere-and-is-refused-here": (
        cluster(vip("node2")), cib(p_vip="fd00::1/64"),
        Interfaces((InterfaceAddress("eth0", "fd00::1", 64, "inet6", refused=True),)), [],
    ),
    "ok-one-of-the-addresses-that-rules-choose-from": (
        RUNS,
        Cib((ConfiguredPrimitive("p_vip", IPADDR2, (("ip", "192.0.2.7"), ("ip", ADDRESS))),)), interfaces(ADDRESS), [],
    ),
    "crit-stray": (cluster(vip("node2")), CONFIGURED, interfaces(ADDRESS), [STRAY]),
    "crit-stray-of-a-stopped-one": (cluster(vip(target_role="Stopped")), CONFIGURED, interfaces(ADDRESS), [
        ("disabled", "p_vip (192.0.2.100) is stopped on purpose (target-role or stop-all-resources)"),
        ("address-stray", "p_vip (192.0.2.100) is on interface eth0 of node1, and the cluster says it runs nowhere"),
    ]),
    "ok-not-here-and-not-wanted-here": (cluster(vip("node2")), CONFIGURED, interfaces(), []),
    "ok-starting-here": (cluster(vip("node1", role="Starting")), CONFIGURED, interfaces(), []),
    "ok-stopping-here": (cluster(vip("node1", role="Stopping")), CONFIGURED, interfaces(ADDRESS), []),
    "ok-starting-elsewhere-and-still-here": (
        cluster(vip("node2", role="Starting")), CONFIGURED, interfaces(ADDRESS), [],
    ),
    "crit-duplicated-and-here": (cluster(vip("node1", "node2")), CONFIGURED, interfaces(ADDRESS), [
        ("vip-duplicated", "p_vip (192.0.2.100) is active on node1 and node2 at once"),
    ]),
    "ok-clone-here-too": (
        cluster(clone("c_vip", vip("node1"), vip("node2"))), CONFIGURED, interfaces(ADDRESS), [],
    ),
    "crit-clone-here-but-its-address-is-not": (
        cluster(clone("c_vip", vip("node1"), vip("node2"))), CONFIGURED, interfaces(), [MISSING],
    ),
    "crit-clone-not-here-but-its-address-is": (
        cluster(clone("c_vip", vip("node2"), vip())), CONFIGURED, interfaces(ADDRESS), [STRAY],
    ),
    "ok-unique-clone-instances-are-one-vip": (
        cluster(clone("c_vip", vip("node1", name="p_vip:0"), vip("node2", name="p_vip:1"), unique=True)),
        CONFIGURED, interfaces(ADDRESS), [],
    ),
    "ok-source-address-beside-its-vip": (
        cluster(group("g_web", vip("node1"), vip("node1", name="p_src", agent=IPSRCADDR))),
        cib(p_vip=ADDRESS, p_src={"ipaddress": ADDRESS}), interfaces(ADDRESS), [],
    ),
    "ok-source-address-is-no-stray": (
        cluster(vip("node2", name="p_src", agent=IPSRCADDR)),
        cib(p_src={"ipaddress": ADDRESS}), interfaces(ADDRESS), [],
    ),
    "crit-source-address-is-not-there": (
        cluster(vip("node1", name="p_src", agent=IPSRCADDR)), cib(p_src={"ipaddress": ADDRESS}), interfaces(),
        [("address-missing", "p_src (192.0.2.100) should be on node1, and no interface there has the address")],
    ),
    "crit-source-address-does-not-excuse-a-stray": (
        cluster(vip("node2"), vip("node1", name="p_src", agent=IPSRCADDR)),
        cib(p_vip=ADDRESS, p_src={"ipaddress": ADDRESS}), interfaces(ADDRESS), [STRAY],
    ),
    "crit-two-vips-with-one-address": (
        cluster(vip("node1"), vip("node2", name="p_other")), cib(p_vip=ADDRESS, p_other=ADDRESS),
        interfaces(ADDRESS), [
            ("vip-duplicated",
             "192.0.2.100 is the address of p_vip on node1 and p_other on node2: both nodes carry it at once"),
        ],
    ),
    "ok-two-vips-with-one-address-on-one-node": (
        cluster(vip("node1"), vip("node1", name="p_other")), cib(p_vip=ADDRESS, p_other=ADDRESS),
        interfaces(ADDRESS), [],
    ),
    "ok-the-director-has-it-and-the-loopback-of-the-real-server": (
        cluster(vip("node1"), vip("node2", name="p_lo")), cib(p_vip=ADDRESS, p_lo={"ip": ADDRESS, "nic": "lo"}),
        interfaces(ADDRESS), [],
    ),
    "ok-lvs-rests-on-the-loopback": (
        cluster(vip("node2")), cib(p_vip={"ip": ADDRESS, "lvs_support": "True"}), interfaces(ADDRESS, on="lo"), [],
    ),
    "crit-lvs-runs-here-but-only-on-the-loopback": (
        RUNS, cib(p_vip={"ip": ADDRESS, "lvs_support": "true"}), interfaces(ADDRESS, on="lo"), [MISSING],
    ),
    "crit-lvs-stray-on-a-real-interface": (
        cluster(vip("node2")), cib(p_vip={"ip": ADDRESS, "lvs_support": "yes"}), interfaces(ADDRESS), [STRAY],
    ),
    "crit-on-the-loopback-without-lvs": (
        cluster(vip("node2")), cib(p_vip={"ip": ADDRESS, "lvs_support": "false"}), interfaces(ADDRESS, on="lo"),
        [("address-stray", "p_vip (192.0.2.100) is on interface lo of node1, and the cluster says it runs on node2")],
    ),
    "unknown-not-in-the-cib": (RUNS, Cib(()), interfaces(ADDRESS), [NOT_KNOWN]),
    "unknown-parameter-hidden-by-acls": (RUNS, cib(p_vip={}), interfaces(ADDRESS), [NOT_KNOWN]),
    "unknown-a-name-for-an-address": (RUNS, cib(p_vip="web.example.net"), interfaces(ADDRESS), [NOT_KNOWN]),
    "unknown-one-of-two-is-no-address": (
        RUNS, Cib((ConfiguredPrimitive("p_vip", IPADDR2, (("ip", "web"), ("ip", ADDRESS))),)), interfaces(),
        [NOT_KNOWN],
    ),
    "unknown-orphaned": (cluster(vip("node1", orphaned=True)), Cib(()), interfaces(ADDRESS), [
        ("unreadable", "p_vip: it is no longer configured (orphaned), so that its address is not known"),
    ]),
    "ok-ipaddr": (cluster(vip("node1", agent="ocf:heartbeat:IPaddr")), CONFIGURED, interfaces(ADDRESS), []),
    "ok-ipv6addr": (
        cluster(vip("node1", agent="ocf:heartbeat:IPv6addr")), cib(p_vip={"ipv6addr": "fd00::1/64"}),
        interfaces("fd00::1"), [],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("crm", "configured", "carried", "findings"), ADDRESSES.values(), ids=ADDRESSES)
def test_what_the_interfaces_carry(crm: Cluster, configured: Cib, carried: Interfaces, findings: Found) -> None:
    assert found(judged(crm, configured, carried)) == findings


CABLE_OUT = Interface("eth0", ("NO-CARRIER", "BROADCAST", "MULTICAST", "UP"), "DOWN")
SWITCHED_OFF = Interface("eth0", ("BROADCAST", "MULTICAST"), "DOWN")
ETH1 = Interface("eth1", ("BROADCAST", "MULTICAST", "UP", "LOWER_UP"), "UP")
DUMMY = Interface("eth0", ("BROADCAST", "NOARP", "UP", "LOWER_UP"), "UNKNOWN")
TWICE = Interfaces(
    (InterfaceAddress("eth0", ADDRESS, 24, "inet"), InterfaceAddress("eth1", ADDRESS, 24, "inet")), (CABLE_OUT, ETH1)
)
ON_LOOPBACK_TOO = Interfaces(
    (InterfaceAddress("lo", ADDRESS, 32, "inet"), InterfaceAddress("eth0", ADDRESS, 24, "inet")), (LOOPBACK, CABLE_OUT)
)
MEND = "ip addr del 192.0.2.100/24 dev eth0 && crm_resource --restart --resource p_vip"

INTERFACES: Dict[str, Tuple[Cluster, Cib, Interfaces, List[Tuple[str, str, str]]]] = {
    "crit-without-carrier": (RUNS, CONFIGURED, interfaces(ADDRESS, links=(CABLE_OUT,)), [
        ("interface-down",
         "p_vip (192.0.2.100) is on interface eth0 of node1, which is without carrier: no client reaches it",
         "look at the cable and the switch port of eth0, or let another node run p_vip"),
    ]),
    "crit-switched-off": (RUNS, CONFIGURED, interfaces(ADDRESS, links=(SWITCHED_OFF,)), [
        ("interface-down", "p_vip (192.0.2.100) is on interface eth0 of node1, which is down: no client reaches it",
         "on node1: ip link set dev eth0 up"),
    ]),
    "ok-an-interface-that-tells-no-state": (RUNS, CONFIGURED, interfaces(ADDRESS, links=(DUMMY,)), []),
    "ok-one-of-two-interfaces-works": (RUNS, CONFIGURED, TWICE, []),
    "ok-another-interface-is-down": (
        RUNS, CONFIGURED, interfaces(ADDRESS, links=(WORKS, CABLE_OUT._replace(name="eth1"))), [],
    ),
    "ok-runs-elsewhere": (cluster(vip("node2")), CONFIGURED, interfaces(links=(CABLE_OUT,)), []),
    "ok-a-source-address-is-told-with-its-virtual-ip": (
        cluster(vip("node1", name="p_src", agent=IPSRCADDR)), cib(p_src={"ipaddress": ADDRESS}),
        interfaces(ADDRESS, links=(CABLE_OUT,)), [],
    ),
    "unknown-nothing-is-known-of-the-interface": (RUNS, CONFIGURED, interfaces(ADDRESS, links=()), [
        ("unreadable", "p_vip (192.0.2.100): ip does not show whether interface eth0 of node1 works", ""),
    ]),
    "unknown-no-state-printed": (RUNS, CONFIGURED, interfaces(ADDRESS, links=(WORKS._replace(operstate=None),)), [
        ("unreadable", "p_vip (192.0.2.100): ip does not show whether interface eth0 of node1 works", ""),
    ]),
    "ok-on-the-interface-of-nic": (RUNS, cib(p_vip={"ip": ADDRESS, "nic": "eth0"}), interfaces(ADDRESS), []),
    "ok-nic-is-an-alias": (RUNS, cib(p_vip={"ip": ADDRESS, "nic": "eth0:1"}), interfaces(ADDRESS), []),
    "ok-nic-is-another-name-of-it": (
        RUNS, cib(p_vip={"ip": ADDRESS, "nic": "enp3s0"}),
        interfaces(ADDRESS, links=(WORKS._replace(other_names=("enp3s0",)),)), [],
    ),
    "ok-rules-choose-the-interface": (
        RUNS, Cib((ConfiguredPrimitive("p_vip", IPADDR2, (("ip", ADDRESS), ("nic", "eth0"), ("nic", "eth7"))),)),
        interfaces(ADDRESS), [],
    ),
    "warn-on-another-interface": (RUNS, cib(p_vip={"ip": ADDRESS, "nic": "eth1"}), interfaces(ADDRESS), [
        ("wrong-interface", "p_vip (192.0.2.100) is on interface eth0 of node1, and the CIB says nic=eth1",
         f"on node1: {MEND}"),
    ]),
    "crit-the-interface-of-nic-has-no-carrier": (
        RUNS, cib(p_vip={"ip": ADDRESS, "nic": "eth0"}), TWICE,
        [("interface-down",
          "p_vip (192.0.2.100) is on interface eth0 of node1, which is without carrier: no client reaches it",
          "look at the cable and the switch port of eth0, or let another node run p_vip"),
         ("wrong-interface", "p_vip (192.0.2.100) is on interface eth1 of node1, and the CIB says nic=eth0",
          f"on node1: {MEND}".replace("eth0", "eth1"))],
    ),
    "crit-the-loopback-reaches-nobody": (RUNS, CONFIGURED, ON_LOOPBACK_TOO, [
        ("interface-down",
         "p_vip (192.0.2.100) is on interface eth0 of node1, which is without carrier: no client reaches it",
         "look at the cable and the switch port of eth0, or let another node run p_vip"),
    ]),
    "ok-announced-from-the-loopback": (RUNS, CONFIGURED, interfaces(ADDRESS, on="lo"), []),
    "warn-on-another-interface-too": (RUNS, cib(p_vip={"ip": ADDRESS, "nic": "eth1"}), TWICE, [
        ("wrong-interface", "p_vip (192.0.2.100) is on interface eth0 of node1, and the CIB says nic=eth1",
         f"on node1: {MEND}"),
    ]),
    "ok-with-its-prefix": (RUNS, cib(p_vip={"ip": ADDRESS, "cidr_netmask": "24"}), interfaces(ADDRESS), []),
    "ok-with-its-dotted-prefix": (
        RUNS, cib(p_vip={"ip": ADDRESS, "cidr_netmask": "255.255.255.0"}), interfaces(ADDRESS), [],
    ),
    "warn-another-prefix": (RUNS, cib(p_vip={"ip": ADDRESS, "cidr_netmask": "32"}), interfaces(ADDRESS), [
        ("wrong-prefix", "p_vip (192.0.2.100) is on node1 with prefix /24, and the CIB says /32", f"on node1: {MEND}"),
    ]),
    "ok-another-prefix-elsewhere": (
        cluster(vip("node2")), cib(p_vip={"ip": ADDRESS, "cidr_netmask": "32"}), interfaces(), [],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("crm", "configured", "carried", "findings"), INTERFACES.values(), ids=INTERFACES)
def test_the_interface_below(
    crm: Cluster, configured: Cib, carried: Interfaces, findings: List[Tuple[str, str, str]]
) -> None:
    told = judged(crm, configured, carried).findings
    assert [(one.condition.name, one.text, one.step) for one in told] == findings


def test_crit_left_out_by_crm_mon() -> None:
    """2.0.4 to 2.1.9 leave out what is unmanaged on an offline node, and count it."""
    configured = Cib(
        (
            ConfiguredPrimitive("p_vip", IPADDR2, (("ip", ADDRESS),), (("is-managed", "false"),)),
            ConfiguredPrimitive("p_other", IPADDR2, (("ip", "192.0.2.101"),)),
            ConfiguredPrimitive("p_db", "ocf:heartbeat:pgsql"),
        )
    )
    crm = cluster(instances_configured=3)
    judgement = judged(crm, configured, interfaces())
    why = (
        "is configured, but crm_mon leaves it out, as it does with unmanaged resources on a lost node: no online "
        "node runs it"
    )
    assert [(one.condition.name, one.text, one.step) for one in judgement.findings] == [
        (
            "not-listed",
            f"p_vip (192.0.2.100) {why}",
            "make sure that the lost node does not have the address, then: "
            "crm_resource --resource p_vip --meta --delete-parameter is-managed",
        ),
        ("not-listed", f"p_other (192.0.2.101) {why}", "where it ran last: crm_resource --locate --resource p_other"),
    ]
    assert measured(judgement) == {
        "p_vip#vip.active.count": 0,
        "p_other#vip.active.count": 0,
        "cluster.vips.total.count": 2,
        "cluster.vips.active.count": 0,
    }
    assert [name for name, _ in found(judged(crm._replace(dc=None), configured, interfaces()))] == ["no-dc"]
    assert [name for name, _ in found(judged(crm, configured, exclude=(re.compile("p_.*"),)))] == ["filtered-out"]
    expected = judged(crm, configured, interfaces(), expect=(("p_vip", "node1"),))
    assert found(expected) == found(judgement)


@pytest.mark.parametrize(
    ("maintenance_mode", "step"),
    [
        (False, "crm_resource --resource g_web --meta --delete-parameter is-managed"),
        (True, "crm_attribute --name maintenance-mode --delete"),
    ],
)
def test_left_out_for_what_is_around_it(maintenance_mode: bool, step: str) -> None:
    group_of_it = ConfiguredCollection("g_web", (("is-managed", "false"),), ("p_vip",))
    crm = cluster(instances_configured=1, options=ClusterOptions(maintenance_mode=maintenance_mode))
    (finding,) = judged(crm, CONFIGURED._replace(collections=(group_of_it,)), interfaces()).findings
    assert finding.step == f"make sure that the lost node does not have the address, then: {step}"


def test_not_left_out_what_crm_mon_does_not_count() -> None:
    """A clone with clone-max=0 is in the CIB, and neither counted nor listed."""
    configured = Cib((*CONFIGURED.primitives, ConfiguredPrimitive("p_other", IPADDR2, (("ip", "192.0.2.101"),))))
    assert found(judged(RUNS, configured)) == []
    not_counted = RUNS._replace(instances_configured=None)
    assert [name for name, _ in found(judged(not_counted, configured))] == ["not-listed"]


def test_what_a_finding_is_about() -> None:
    """The virtual IP first, then the nodes that have a part in it."""
    crm = cluster(vip("node2"), vip(name="p_other"))
    told = judged(crm, cib(p_vip=ADDRESS, p_other="192.0.2.101"), expect=(("p_vip", "node1"),)).findings
    assert [[subject.name for subject in one.subjects] for one in told] == [
        ["p_other"], ["p_vip", "node2", "node1"], ["p_vip", "node1", "node2"],
    ]  # fmt: skip


def bundle(*replicas: Primitive) -> Bundle:
    """Each replica with an address that only Pacemaker's own resource has."""
    parts = tuple(
        Replica(str(number), (address, primitive(f"httpd-podman-{number}", *address.nodes)))
        for number, address in enumerate(replicas)
    )
    return Bundle("httpd", "podman", "httpd:latest", unique=True, managed=True, failed=False, replicas=parts)


def test_ok_addresses_of_a_bundle_are_known_from_their_ids() -> None:
    four = vip("node1", name="httpd-ip-192.0.2.131")
    six = vip("node2", name="httpd-ip-fd00..83")
    judgement = judged(cluster(bundle(four, six)), Cib(()), interfaces("192.0.2.131"))
    assert found(judgement) == []
    assert judgement.summary == (
        "httpd-ip-192.0.2.131 (192.0.2.131) on node1 (here); httpd-ip-fd00..83 (fd00::83) on node2"
    )


def test_crit_address_of_a_bundle() -> None:
    four, six = vip("node1", name="httpd-ip-192.0.2.131"), vip("node2", name="httpd-ip-fd00..83")
    assert [
        condition for condition, _ in found(judged(cluster(bundle(four, six)), Cib(()), interfaces("fd00::83")))
    ] == [
        "address-missing",
        "address-stray",
    ]


@pytest.mark.parametrize(
    ("network", "expected"),
    [
        ({"host-interface": "eth0", "host-netmask": "24"}, []),
        ({"host-interface": "eth1"}, ["wrong-interface"]),
        ({"host-netmask": "32"}, ["wrong-prefix"]),
    ],
)
def test_where_a_bundle_puts_its_addresses(network: Mapping[str, str], expected: List[str]) -> None:
    configured = Cib((), collections=(ConfiguredCollection("httpd", network=tuple(network.items())),))
    judgement = judged(
        cluster(bundle(vip("node1", name="httpd-ip-192.0.2.131"))), configured, interfaces("192.0.2.131")
    )
    assert [condition for condition, _ in found(judgement)] == expected


def test_unknown_address_of_a_bundle() -> None:
    assert [condition for condition, _ in found(judged(cluster(bundle(vip("node1"))), Cib(())))] == ["unreadable"]


def test_advice_for_addresses() -> None:
    (stray,) = judged(cluster(vip("node2"))).findings
    assert stray.step == "if that is so, on node1: ip addr del 192.0.2.100/24 dev eth0"
    (gone,) = judged(RUNS, carried=interfaces()).findings
    assert gone.step == "wait for its next monitor, or: crm_resource --restart --resource p_vip"
    (old,) = judged(RUNS._replace(version=(1, 1, 12)), carried=interfaces()).findings
    assert old.step == "wait for its next monitor, or: crm_resource --cleanup --resource p_vip", (
        "--restart is of 1.1.13"
    )


def test_without_quorum_nothing_else_is_the_reason() -> None:
    """A failure that was recovered from before is not what keeps it from running now."""
    failure = Failure("p_vip", "monitor", "node1", 7, "not running", "", "complete")
    lost = cluster(vip(), failures=(failure,), with_quorum=False)
    reasons = {
        None: "this partition has no quorum",
        "ignore": "monitor failed on node1 (not running)",
    }
    for policy, reason in reasons.items():
        given = lost._replace(options=ClusterOptions(no_quorum_policy=policy))
        assert found(judged(given, carried=interfaces())) == [
            ("vip-stopped", f"p_vip (192.0.2.100) runs nowhere: {reason}"),
        ]


def test_which_node_this_is() -> None:
    """crm_node knows best; crm_mon of 2.1.6 and later names the node that it ran on."""
    cannot_tell = [
        (
            "unreadable",
            "it is not known which node this is (crm_node -n, corosync-cmapctl): its interfaces are not judged",
        )
    ]
    elsewhere = cluster(vip("node2"))
    assert found(judged(elsewhere, here=None)) == cannot_tell
    assert found(judged(elsewhere, here="node1.example.net")) == cannot_tell
    assert found(judged(elsewhere._replace(origin="node1"), here=None)) == [STRAY]
    assert found(judged(elsewhere._replace(origin="node1"), here="node2")) == []
    assert found(judged(elsewhere._replace(origin="node1"), here="node1.example.net")) == [STRAY]


def test_without_the_other_sources_the_cluster_is_still_judged() -> None:
    """What is wrong with the other sources is told by what all checks have in common."""
    assert found(judged(cluster(vip()), None, None, None)) == [("vip-stopped", "p_vip runs nowhere")]
    assert found(judged(RUNS, None, interfaces())) == []
    assert found(judged(RUNS, CONFIGURED, None)) == []


def test_more_agents() -> None:
    crm = cluster(vip("node1"), primitive("p_block", "node2", agent="ocf:heartbeat:portblock"))
    table = {name: option for name, option in VipOptions.table().items() if name == "agent"}
    parse = table["agent"].parse
    assert parse("ocf::heartbeat:portblock=address") == ("ocf:heartbeat:portblock", "address")
    assert parse("ocf:heartbeat:portblock") == ("ocf:heartbeat:portblock", "ip")
    configured = Cib(
        (
            *CONFIGURED.primitives,
            ConfiguredPrimitive("p_block", "ocf:heartbeat:portblock", (("address", "192.0.2.9"),)),
        )
    )
    judgement = judged(crm, configured, agent=(parse("ocf::heartbeat:portblock=address"),))
    assert judgement.summary == "p_vip (192.0.2.100) on node1 (here); p_block (192.0.2.9) on node2"
    assert judged(crm, configured).summary == "p_vip (192.0.2.100) on node1 (here)"


EXPECT = {
    "ok-is-there": ("node1", cluster(vip("node1")), []),
    "warn-wrong-node": ("node2", cluster(vip("node1")), [
        ("wrong-node", "p_vip (192.0.2.100) is on node1, expected on node2"),
    ]),
    "crit-stopped-is-not-on-a-wrong-node": ("node2", cluster(vip()), [
        ("vip-stopped", "p_vip (192.0.2.100) runs nowhere"),
    ]),
    "warn-disabled-is-not-on-a-wrong-node": ("node2", cluster(vip(target_role="Stopped")), [
        ("disabled", "p_vip (192.0.2.100) is stopped on purpose (target-role or stop-all-resources)"),
    ]),
    "ok-on-its-way": ("node2", cluster(vip("node1", role="Stopping")), []),
    "ok-one-instance-of-a-clone-is-there": ("node2", cluster(clone("c_vip", vip("node1"), vip("node2"))), []),
    "warn-no-such-vip": ("node1", cluster(vip("node1", name="p_other")), [
        ("wrong-node", "p_vip is expected on node1, and there is no such virtual IP"),
    ]),
}  # fmt: skip


@pytest.mark.parametrize(("node_name", "crm", "findings"), EXPECT.values(), ids=EXPECT)
def test_expect(node_name: str, crm: Cluster, findings: Found) -> None:
    assert found(judged(crm, carried=None, expect=(("p_vip", node_name),))) == findings


def test_expect_of_what_is_left_out() -> None:
    options: Dict[str, Any] = {
        "expect": (("p_vip", "node2"), ("p_other", "node2")),
        "exclude": (re.compile("p_vip"),),
    }
    crm = cluster(vip("node1"), vip("node1", name="p_other"))
    assert found(judged(crm, carried=None, **options)) == [("wrong-node", "p_other is on node1, expected on node2")]


MOVES: Dict[str, Tuple[Optional[Dict[str, Any]], Primitive, List[str]]] = {
    "first-run": (None, vip("node1"), []),
    "same-node": ({"p_vip": ["node1"]}, vip("node1"), []),
    "moved": ({"p_vip": ["node2"]}, vip("node1"), ["p_vip (192.0.2.100) moved from node2 to node1 since the last run"]),
    "was-duplicated": ({"p_vip": ["node1", "node2"]}, vip("node1"), []),
    "in-motion": ({"p_vip": ["node2"]}, vip("node1", role="Starting"), []),
    "not-seen-before": ({"p_other": ["node2"]}, vip("node1"), []),
    "state-of-another-kind": ({"p_vip": "node2"}, vip("node1"), []),
    "state-with-other-things-in-it": ({"p_vip": [1, {}]}, vip("node1"), [
        "p_vip (192.0.2.100) moved from 1, {} to node1 since the last run",
    ]),
}  # fmt: skip


@pytest.mark.parametrize(("previous", "now", "texts"), MOVES.values(), ids=MOVES)
def test_moved(previous: Optional[Dict[str, Any]], now: Primitive, texts: List[str]) -> None:
    judgement = judged(cluster(now), carried=None, previous=previous)
    assert [text for condition, text in found(judgement) if condition == "moved"] == texts


def test_moved_while_it_was_stopped_in_between() -> None:
    first = judged(cluster(vip("node1")), carried=None)
    second = judged(cluster(vip()), carried=None, previous=first.remember)
    third = judged(cluster(vip("node2")), carried=None, previous=second.remember)
    assert found(third) == [("moved", "p_vip (192.0.2.100) moved from node1 to node2 since the last run")]
    assert found(judged(cluster(vip("node2")), carried=None, previous=third.remember)) == []


def test_a_clone_that_loses_an_instance_has_not_moved() -> None:
    both = clone("c_vip", vip("node1"), vip("node2"))
    first = judged(cluster(both), carried=None)
    assert first.remember == {"p_vip": ["node1", "node2"]}
    assert found(judged(cluster(clone("c_vip", vip("node2"), vip())), carried=None, previous=first.remember)) == []


def test_a_run_with_a_filter_takes_no_move_away_from_another() -> None:
    before = {"p_vip": ["node2"], "p_other": ["node2"]}
    crm = cluster(vip("node1"), vip("node1", name="p_other"))
    judgement = judged(crm, carried=None, previous=before, include=(re.compile("p_vip"),))
    assert judgement.remember == {"p_vip": ["node1"], "p_other": ["node2"]}


@pytest.mark.parametrize(
    ("options", "findings"),
    [
        ({"include": "p_vip"}, []),
        ({"include": "p_other"}, [("vip-stopped", "p_other (192.0.2.101) runs nowhere")]),
        ({"exclude": "p_o.*"}, []),
        ({"exclude": "p_.*"}, [("filtered-out", "--include and --exclude leave none of 2 virtual IPs")]),
        ({"include": "vip"}, [("filtered-out", "--include and --exclude leave none of 2 virtual IPs")]),
    ],
)
def test_filters(options: Mapping[str, str], findings: Found) -> None:
    crm = cluster(vip("node1"), vip(name="p_other"))
    configured = cib(p_vip=ADDRESS, p_other="192.0.2.101")
    given: Dict[str, Any] = {name: (re.compile(pattern),) for name, pattern in options.items()}
    judgement = judged(crm, configured, **given)
    assert found(judgement) == findings
    assert measured(judgement) == {
        "p_vip#vip.active.count": 1,
        "p_other#vip.active.count": 0,
        "cluster.vips.total.count": 2,
        "cluster.vips.active.count": 1,
    }


def test_filters_know_the_name_of_a_group_or_clone() -> None:
    crm = cluster(clone("c_web", group("g_web:0", vip()), group("g_web:1", vip())))
    for name in ("p_vip", "g_web", "c_web"):
        assert [condition for condition, _ in found(judged(crm, exclude=(re.compile(name),)))] == ["filtered-out"]
        assert found(judged(crm, carried=None, include=(re.compile(name),))) == STOPPED


def test_a_vip_that_is_left_out_still_owns_its_address() -> None:
    crm = cluster(vip("node2"), vip("node1", name="p_other"))
    configured = cib(p_vip=ADDRESS, p_other=ADDRESS)
    assert found(judged(crm, configured, exclude=(re.compile("p_other"),))) == []


def test_summary_says_what_is_in_motion_and_so_not_judged() -> None:
    assert judged(cluster(vip("node1", role="Starting"))).summary == (
        "p_vip (192.0.2.100) is in motion (Starting) on node1 (here)"
    )
    assert judged(cluster(vip(role="Stopping", active=True))).summary == (
        "p_vip (192.0.2.100) is in motion (Stopping) on no node"
    )


def test_details() -> None:
    crm = cluster(vip("node1"), clone("c_vip", vip("node2", name="p_other"), vip(name="p_other")))
    assert lines(judged(crm, cib(p_vip=ADDRESS, p_other="192.0.2.101"))) == (
        "p_vip (192.0.2.100): Started on node1; interfaces of node1: 192.0.2.100 on eth0",
        "p_other (192.0.2.101): Started, Stopped on node2; interfaces of node1: not there",
    )
    assert lines(judged(cluster(vip()), None, None, None)) == ("p_vip: Stopped; interfaces of this node: not there",)


@pytest.mark.parametrize(
    ("first", "more", "expected"),
    [
        (primitive("first", target_role="Stopped"), {}, ("disabled", "is stopped on purpose (target-role)")),
        (primitive("first", locked_to="node2"), {}, ("disabled", "is kept for a node that was shut down")),
        (primitive("first"), {}, ("vip-stopped", "runs nowhere")),
        (
            clone("first", primitive("p_db", "node1", role="Unpromoted"), promotable=True),
            {"promoted": True},
            ("vip-stopped", "is promoted nowhere"),
        ),
        (
            clone("first", primitive("p_db", "node1", role="Unpromoted", target_role="Unpromoted"), promotable=True),
            {"promoted": True},
            ("disabled", "is not promoted on purpose"),
        ),
    ],
    ids=("warn-disabled", "warn-locked", "crit-down", "crit-not-promoted", "warn-held-back"),
)
def test_what_it_waits_for_by_a_constraint(first: Any, more: Mapping[str, Any], expected: Tuple[str, str]) -> None:
    configured = CONFIGURED._replace(dependencies=(Dependency("o", "p_vip", "first", **more),))
    ((condition, line),) = found(judged(cluster(first, vip()), configured, interfaces()))
    assert condition == expected[0]
    assert f"it waits for first, which {expected[1]}" in line
