"""Whether the interfaces of this node carry each virtual IP as they should."""

from __future__ import annotations

from typing import Iterator, Optional, Sequence, Set, Tuple

from check_ha.checks.vip.placement import about
from check_ha.cluster.resources import can_restart, cleanup
from check_ha.cluster.virtual_addresses import VirtualIp
from check_ha.core.condition import UNREADABLE, Condition, Severity
from check_ha.core.finding import TOOL, Finding, Subject, nodes, resources
from check_ha.model.addresses import Interface, InterfaceAddress, Interfaces
from check_ha.sources.tools import CRM_NODE

ADDRESS_MISSING = Condition(
    "address-missing",
    Severity.CRITICAL,
    "The cluster says it runs here, and no interface here has the address, or none uses it (IPv6: dadfailed).",
)
ADDRESS_STRAY = Condition(
    "address-stray",
    Severity.CRITICAL,
    "An interface here has the address, and the cluster says it runs elsewhere or nowhere.",
)
INTERFACE_DOWN = Condition(
    "interface-down", Severity.CRITICAL, "A virtual IP is on an interface that is down or has no carrier."
)
WRONG_INTERFACE = Condition(
    "wrong-interface", Severity.WARNING, "A virtual IP is on another interface than its parameter nic says."
)
WRONG_PREFIX = Condition(
    "wrong-prefix", Severity.WARNING, "A virtual IP has another prefix than its parameter cidr_netmask says."
)
CONDITIONS = (ADDRESS_MISSING, ADDRESS_STRAY, INTERFACE_DOWN, WRONG_INTERFACE, WRONG_PREFIX)


def on_interfaces(
    selected: Sequence[VirtualIp],
    vips: Sequence[VirtualIp],
    interfaces: Interfaces,
    here: Optional[str],
    version: Tuple[int, ...],
) -> Iterator[Finding]:
    """Yield what the interfaces of this node carry, against what they should; ``version`` is that of crm_mon."""
    if here is None:
        text = "it is not known which node this is (crm_node -n, corosync-cmapctl): its interfaces are not judged"
        yield Finding(UNREADABLE, text, (Subject(TOOL, CRM_NODE.label),))
        return
    # an address may belong to two resources; an IPsrcaddr only uses what an IPaddr2 brings
    wanted: Set[str] = set()
    for vip in vips:
        if vip.floating and (here in vip.nodes or vip.in_motion):
            wanted.update(vip.addresses or ())
    there = {found.address for found in interfaces.addresses}
    for vip in selected:
        if vip.addresses is None:
            what = "it is no longer configured (orphaned)" if vip.orphaned else "the CIB shows no address for it"
            text = f"{vip.id}: {what}, so that its address is not known"
            yield Finding(UNREADABLE, text, resources(vip.id))
        elif vip.in_motion:
            continue
        elif here in vip.nodes and not vip.found_on(interfaces):
            yield _missing(vip, vip.refused_by(interfaces), here, version)
        elif here in vip.nodes and vip.floating:
            yield from _interface(vip, interfaces, here, version)
        elif vip.floating and not there.isdisjoint(vip.addresses):
            yield from _strays(vip, vip.found_on(interfaces), wanted, here)


def _anew(found: InterfaceAddress, vip: VirtualIp, version: Tuple[int, ...]) -> str:
    """Return the commands that take an address away and have the cluster set it anew."""
    if not can_restart(version):
        return " && ".join((f"ip addr del {found.address}/{found.prefix} dev {found.interface}", cleanup(vip.id)))
    return (
        f"ip addr del {found.address}/{found.prefix} dev {found.interface}"
        f" && crm_resource --restart --resource {vip.id}"
    )


def _missing(vip: VirtualIp, refused_by: str, here: str, version: Tuple[int, ...]) -> Finding:
    again = (f"crm_resource --restart --resource {vip.id}" if can_restart(version) else cleanup(vip.id),)
    if refused_by:
        text = f"is on interface {refused_by} of {here} and cannot be used: another machine has it (dadfailed)"
        advice = "find that machine and take the address from it, then"
        return about(ADDRESS_MISSING, vip, text, *nodes(here), advice=advice, commands=again)
    text = f"should be on {here}, and no interface there has the address"
    return about(ADDRESS_MISSING, vip, text, *nodes(here), advice="wait for its next monitor, or", commands=again)


def _interface(vip: VirtualIp, interfaces: Interfaces, here: str, version: Tuple[int, ...]) -> Iterator[Finding]:
    """Yield what is wrong with the interface that carries the address of one that runs here."""
    places = [(found, interfaces.named(found.interface)) for found in vip.found_on(interfaces)]
    serving = _serving(vip, [interface for _, interface in places])
    # one that works is enough: a second copy is told below
    if not any(interface.works for interface in serving):
        unsure = [interface for interface in serving if interface.works is None]
        if unsure:
            text = f"{vip.label}: ip does not show whether interface {unsure[0].name} of {here} works"
            yield Finding(UNREADABLE, text, (*resources(vip.id), *nodes(here)))
        else:
            yield _unreachable(vip, serving[0], here)
    for found, interface in places:
        mend = _anew(found, vip, version)
        if vip.interface not in ("", interface.name, *interface.other_names):
            text = f"is on interface {interface.name} of {here}, and the CIB says nic={vip.interface}"
            yield about(WRONG_INTERFACE, vip, text, *nodes(here), advice=f"on {here}", commands=(mend,))
        elif vip.prefix not in (None, found.prefix):
            text = f"is on {here} with prefix /{found.prefix}, and the CIB says /{vip.prefix}"
            yield about(WRONG_PREFIX, vip, text, *nodes(here), advice=f"on {here}", commands=(mend,))


def _serving(vip: VirtualIp, interfaces: Sequence[Interface]) -> Sequence[Interface]:
    """Return those of these interfaces by which clients reach it: that which the CIB names, else all but the loopback.

    Where there is none of these it is on what there is, as an address that is announced by routing is on the loopback.
    """
    named = [one for one in interfaces if vip.interface in (one.name, *one.other_names)]
    return named or [one for one in interfaces if "LOOPBACK" not in (one.flags or ())] or interfaces


def _unreachable(vip: VirtualIp, interface: Interface, here: str) -> Finding:
    text = f"is on interface {interface.name} of {here}, which is {interface.fault}: no client reaches it"
    if interface.switched_off:
        up = (f"ip link set dev {interface.name} up",)
        return about(INTERFACE_DOWN, vip, text, *nodes(here), advice=f"on {here}", commands=up)
    advice = f"look at the cable and the switch port of {interface.name}, or let another node run {vip.id}"
    return about(INTERFACE_DOWN, vip, text, *nodes(here), advice=advice)


def _strays(vip: VirtualIp, carried: Sequence[InterfaceAddress], wanted: Set[str], here: str) -> Iterator[Finding]:
    for found in carried:
        if found.address not in wanted:
            place = f"runs on {', '.join(vip.nodes)}" if vip.nodes else "runs nowhere"
            text = f"is on interface {found.interface} of {here}, and the cluster says it {place}"
            delete = (f"ip addr del {found.address}/{found.prefix} dev {found.interface}",)
            advice = f"if that is so, on {here}"
            yield about(ADDRESS_STRAY, vip, text, *nodes(here, *vip.nodes), advice=advice, commands=delete)
