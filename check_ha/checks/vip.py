"""Is each virtual IP served exactly once, and really there?

Joins three sources: what crm_mon says runs where, which address the CIB gives that resource (cibadmin), and which
addresses the interfaces of this node really carry (ip). Run it on every node, because only the node itself knows its
interfaces: an address that was deleted by hand is CRITICAL on the node that should carry it, and unseen elsewhere.

Finds IPaddr, IPaddr2, IPv6addr and IPsrcaddr by itself, in groups and clones too; other agents with --agent. The
address of an IPsrcaddr is a source address, so it must be there while the resource runs but is no stray elsewhere.
While a resource starts, stops or migrates its address is in motion and is not judged.
"""

from __future__ import annotations

from typing import Any, Iterator, List, Mapping, Optional, Sequence, Set, Tuple

from check_ha.cluster.resources import plain, told
from check_ha.cluster.virtual_addresses import VirtualIp, tickets_missing, virtual_ips
from check_ha.core.check import Check, Judgement, Measure, Metric
from check_ha.core.condition import FILTERED_OUT, UNREADABLE, Condition, Severity
from check_ha.core.evidence import Evidence, Reading
from check_ha.core.finding import RESOURCE, Finding, Row, Subject
from check_ha.core.options import FilterOptions, option, pair
from check_ha.model.addresses import Interfaces
from check_ha.model.cib import RESOURCES, Cib
from check_ha.model.cluster import Cluster
from check_ha.parsers.addresses import parse_ip_addr
from check_ha.parsers.cib import parse_cib
from check_ha.parsers.crm_mon import parse_crm_mon
from check_ha.parsers.nodename import parse_node_name
from check_ha.sources.tools import CIBADMIN, CRM_MON, CRM_NODE, IP_ADDR

CLUSTER = Reading(CRM_MON, parse_crm_mon)
CIB = Reading(CIBADMIN, parse_cib, parts=(RESOURCES,))
INTERFACES = Reading(IP_ADDR, parse_ip_addr)
NODE_NAME = Reading(CRM_NODE, parse_node_name, required=False)

VIP_STOPPED = Condition("vip-stopped", Severity.CRITICAL, "A virtual IP runs nowhere, although it should.")
VIP_DUPLICATED = Condition(
    "vip-duplicated", Severity.CRITICAL, "A virtual IP that is no clone is active on two nodes at once."
)
VIP_FAILED = Condition("vip-failed", Severity.CRITICAL, "The last result of a virtual IP resource counts as failed.")
VIP_BLOCKED = Condition("vip-blocked", Severity.CRITICAL, "The cluster will not act on a virtual IP any more.")
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
WRONG_NODE = Condition("wrong-node", Severity.WARNING, "A virtual IP is not on the node that --expect names.")
MOVED = Condition("moved", Severity.OK, "A virtual IP has moved to another node since the last run.")
UNMANAGED = Condition("unmanaged", Severity.WARNING, "The cluster does not manage a virtual IP: it will not move it.")
DISABLED = Condition("disabled", Severity.WARNING, "A virtual IP is stopped on purpose (target-role, shutdown-lock).")
NO_TICKET = Condition(
    "no-ticket",
    Severity.WARNING,
    "A virtual IP waits for a ticket: on the passive site of a geo cluster that is normal.",
)
MAINTENANCE = Condition(
    "maintenance", Severity.WARNING, "Maintenance mode keeps the cluster from acting on a virtual IP."
)
NO_VIP = Condition("no-vip", Severity.UNKNOWN, "The cluster has no virtual IP to judge.")

ACTIVE = Metric("vip.active.count", "nodes on which this virtual IP is active", instance="VIP")
VIPS = Metric("cluster.vips.total.count", "virtual IPs configured")
VIPS_ACTIVE = Metric("cluster.vips.active.count", "virtual IPs that are active")


def _agent(text: str) -> Tuple[str, str]:
    agent, _, parameter = text.partition("=")
    return agent.replace("::", ":"), parameter or "ip"


class VipOptions(FilterOptions):
    """Options of check_ha_vip."""

    agent: Tuple[Tuple[str, str], ...] = option(
        (), "one more agent that carries an address, e.g. ocf:heartbeat:portblock=ip (the parameter that names it)",
        metavar="AGENT=PARAMETER", parse=_agent, repeat=True,
    )  # fmt: skip
    expect: Tuple[Tuple[str, str], ...] = option(
        (), "warn when this virtual IP is not on that node", metavar="VIP=NODE", parse=pair, repeat=True
    )


def judge(evidence: Evidence, options: VipOptions) -> Judgement:
    """Judge each virtual IP by the cluster's account, then its address by this node's interfaces."""
    cluster = evidence.get(CLUSTER)
    if cluster is None:
        return Judgement("no resources were read")
    cib, interfaces = evidence.get(CIB), evidence.get(INTERFACES)
    here = _here(cluster, evidence.get(NODE_NAME))
    vips = virtual_ips(cluster, cib, dict(options.agent))
    selected = [vip for vip in vips if options.selects(*vip.names)]
    # of a stopped one the place where it was is kept, of one left out nothing: another run may be there to judge it
    places = {vip.id: sorted(vip.nodes) for vip in selected if vip.nodes and not vip.in_motion}
    findings = [
        *_nothing(vips, selected),
        *_states(cluster, cib, selected),
        *_expected(vips, options),
        *_moved(selected, places, evidence.previous),
    ]
    if cib and interfaces and vips:
        findings += _addresses(selected, vips, interfaces, here)
    return Judgement(
        summary=_summary(selected, here),
        findings=tuple(findings),
        measures=tuple(_measures(vips)),
        rows=tuple(_rows(selected, interfaces, here)),
        remember={**(evidence.previous or {}), **places},
    )


def _here(cluster: Cluster, name: Optional[str]) -> Optional[str]:
    """The name of this node: what crm_node says, else the node that crm_mon (2.1.6 on) says it ran on."""
    known = {node.name for node in cluster.nodes}
    return next((candidate for candidate in (name, cluster.origin) if candidate in known), None)


def _nothing(vips: Sequence[VirtualIp], selected: Sequence[VirtualIp]) -> Iterator[Finding]:
    if not vips:
        yield Finding(NO_VIP, "the cluster has no virtual IP (IPaddr, IPaddr2, IPv6addr, IPsrcaddr or --agent)")
    elif not selected:
        yield Finding(FILTERED_OUT, f"--include and --exclude leave none of {len(vips)} virtual IPs")


def _states(cluster: Cluster, cib: Optional[Cib], vips: Sequence[VirtualIp]) -> Iterator[Finding]:
    """What the cluster itself says of each."""
    if cluster.options.maintenance_mode and vips:
        names = ", ".join(vip.label for vip in vips)
        yield Finding(MAINTENANCE, f"the cluster is in maintenance mode: nobody watches {names}")
    for vip in vips:
        yield from _state(cluster, vip)
        if not vip.nodes and not vip.in_motion and not vip.spare:
            yield _stopped(cluster, cib, vip)
        yield from _unmanaged(cluster, vip)


def _state(cluster: Cluster, vip: VirtualIp) -> Iterator[Finding]:
    """Causes first: one that is active twice is blocked for that (multiple-active=block)."""
    primitives = [placed.primitive for placed in vip.instances]
    nodes = ", ".join(vip.nodes)
    if len(vip.nodes) > 1 and not vip.cloned and not vip.in_motion:
        yield Finding(VIP_DUPLICATED, f"{vip.label} is active on {' and '.join(vip.nodes)} at once")
    if any(primitive.failed and not primitive.failure_ignored for primitive in primitives):
        yield Finding(VIP_FAILED, f"{vip.label} failed{f' on {nodes}' if nodes else ''}")
    if any(primitive.blocked for primitive in primitives):
        yield Finding(VIP_BLOCKED, f"{vip.label} is blocked: the cluster will not act on it until it is cleaned up")
    online = {node.name for node in cluster.nodes if node.online}
    if vip.nodes and cluster.dc and not online.intersection(vip.nodes):
        yield Finding(VIP_STOPPED, f"{vip.label} is served by nobody: the cluster has it on {nodes}, which is offline")


def _stopped(cluster: Cluster, cib: Optional[Cib], vip: VirtualIp) -> Finding:
    """It runs nowhere: on purpose, or why not."""
    if vip.disabled or cluster.options.stop_all_resources:
        return Finding(DISABLED, f"{vip.label} is stopped on purpose (target-role or stop-all-resources)")
    if vip.locked_to:
        return Finding(DISABLED, f"{vip.label} is kept for {vip.locked_to}, which was shut down (shutdown-lock)")
    tickets = tickets_missing(vip, cluster, cib)
    if tickets:
        return Finding(NO_TICKET, f"{vip.label} does not run: ticket {', '.join(tickets)} is not granted here")
    why = told(failure for failure in cluster.failures if plain(failure.resource) == vip.id)
    if not why and cluster.with_quorum is False:
        why = "this partition has no quorum"
    return Finding(VIP_STOPPED, f"{vip.label} runs nowhere{f': {why}' if why else ''}")


def _unmanaged(cluster: Cluster, vip: VirtualIp) -> Iterator[Finding]:
    """Not managed, by its cause: cluster maintenance and blocking are told elsewhere."""
    primitives = [placed.primitive for placed in vip.instances]
    if cluster.options.maintenance_mode or all(primitive.managed or primitive.blocked for primitive in primitives):
        return
    in_maintenance = [node.name for node in cluster.nodes if node.maintenance and node.name in vip.nodes]
    if in_maintenance:
        yield Finding(MAINTENANCE, f"{vip.label} runs on {', '.join(in_maintenance)}, which is in maintenance")
    elif any(primitive.maintenance for primitive in primitives):
        yield Finding(MAINTENANCE, f"{vip.label} is in maintenance")
    else:
        yield Finding(UNMANAGED, f"{vip.label} is unmanaged: the cluster will not move it")


def _expected(vips: Sequence[VirtualIp], options: VipOptions) -> Iterator[Finding]:
    by_id = {vip.id: vip for vip in vips}
    for name, node in options.expect:
        vip = by_id.get(name)
        if not options.selects(*(vip.names if vip else (name,))):
            continue
        if vip is None:
            yield Finding(WRONG_NODE, f"{name} is expected on {node}, and there is no such virtual IP")
        elif vip.nodes and node not in vip.nodes and not vip.in_motion:
            yield Finding(WRONG_NODE, f"{vip.label} is on {', '.join(vip.nodes)}, expected on {node}")


def _moved(
    vips: Sequence[VirtualIp], places: Mapping[str, List[str]], previous: Optional[Mapping[str, Any]]
) -> Iterator[Finding]:
    for vip in vips:
        before = (previous or {}).get(vip.id)
        now = places.get(vip.id)
        # an instance of a clone that comes or goes has not moved
        if isinstance(before, list) and before and now and not set(now).intersection(map(str, before)):
            names = ", ".join(str(name) for name in before)
            yield Finding(MOVED, f"{vip.label} moved from {names} to {', '.join(now)} since the last run")


def _addresses(
    selected: Sequence[VirtualIp], vips: Sequence[VirtualIp], interfaces: Interfaces, here: Optional[str]
) -> Iterator[Finding]:
    """What the interfaces of this node carry, against what they should."""
    if here is None:
        yield Finding(UNREADABLE, "which node this is cannot be told (crm_node -n): its interfaces are not judged")
        return
    # an address may belong to two resources; an IPsrcaddr only uses what an IPaddr2 brings
    wanted: Set[str] = set()
    for vip in vips:
        if vip.floating and (here in vip.nodes or vip.in_motion):
            wanted.update(vip.addresses or ())
    for vip in selected:
        if vip.addresses is None:
            what = "it is no longer configured (orphaned)" if vip.orphaned else "the CIB shows no address for it"
            yield Finding(UNREADABLE, f"{vip.id}: {what}, so that its address is not known")
        elif vip.in_motion:
            continue
        elif here in vip.nodes and not vip.carried(interfaces):
            yield _missing(vip, vip.refused_by(interfaces), here)
        elif vip.floating:
            yield from _strays(vip, vip.carried(interfaces), wanted, here)


def _missing(vip: VirtualIp, refused_by: str, here: str) -> Finding:
    again = f"crm_resource --restart --resource {vip.id}"
    if refused_by:
        text = f"{vip.label} is on interface {refused_by} of {here} and of no use: another machine has it (dadfailed)"
        return Finding(ADDRESS_MISSING, text, advice=f"find that machine; when it has the address no more: {again}")
    text = f"{vip.label} should be on {here}, and no interface there has the address"
    return Finding(ADDRESS_MISSING, text, advice=f"{again}, or wait for its next monitor")


def _strays(vip: VirtualIp, carried: Mapping[str, str], wanted: Set[str], here: str) -> Iterator[Finding]:
    for address, interface in carried.items():
        if address not in wanted:
            place = f"runs on {', '.join(vip.nodes)}" if vip.nodes else "runs nowhere"
            yield Finding(
                ADDRESS_STRAY,
                f"{vip.label} is on interface {interface} of {here}, and the cluster says it {place}",
                advice=f"if that is so: ip addr del {address} dev {interface}",
            )


def _summary(vips: Sequence[VirtualIp], here: Optional[str]) -> str:
    places = []
    for vip in vips:
        nodes = ", ".join(f"{name} (here)" if name == here else name for name in vip.nodes)
        motion = f" is in motion ({vip.roles})" if vip.in_motion else ""
        places.append(f"{vip.label}{motion} on {nodes or 'no node'}")
    return "; ".join(places) or "no virtual IP"


def _measures(vips: Sequence[VirtualIp]) -> Iterator[Measure]:
    for vip in vips:
        yield ACTIVE.of(len(vip.nodes), vip.id)
    yield VIPS.of(len(vips))
    yield VIPS_ACTIVE.of(sum(bool(vip.nodes) for vip in vips), maximum=len(vips))


def _rows(vips: Sequence[VirtualIp], interfaces: Optional[Interfaces], here: Optional[str]) -> Iterator[Row]:
    for vip in vips:
        there = [f"{address} on {name}" for address, name in (vip.carried(interfaces) if interfaces else {}).items()]
        state = (
            f"{vip.roles}{' on ' + ', '.join(vip.nodes) if vip.nodes else ''}; "
            f"interfaces of {here or 'this node'}: {', '.join(there) or 'not there'}"
        )
        yield Row(Subject(RESOURCE, vip.id), state, vip.label)


CHECK = Check(
    name="vip",
    manual=__doc__,
    readings=(CLUSTER, CIB, INTERFACES, NODE_NAME),
    conditions=(
        VIP_STOPPED, VIP_DUPLICATED, VIP_FAILED, VIP_BLOCKED, ADDRESS_MISSING, ADDRESS_STRAY, WRONG_NODE, MOVED,
        UNMANAGED, DISABLED, NO_TICKET, MAINTENANCE, NO_VIP, FILTERED_OUT,
    ),
    metrics=(ACTIVE, VIPS, VIPS_ACTIVE),
    judge=judge,
    options=VipOptions,
    filters="virtual IP",
    remembers=True,
)  # fmt: skip
