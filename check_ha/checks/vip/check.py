"""Is each virtual IP served exactly once, and really there?

Joins three sources: what crm_mon says runs where, which address the CIB gives that resource (cibadmin), and which
addresses the interfaces of this node really carry (ip). Run it on every node, because only the node itself knows its
interfaces: an address that was deleted by hand is CRITICAL on the node that should carry it, and unseen elsewhere.

Finds IPaddr, IPaddr2, IPv6addr and IPsrcaddr by itself, in groups and clones too; other agents with --agent. The
address of an IPsrcaddr is a source address, so it must be there while the resource runs but is no stray elsewhere.
While a resource starts, stops or migrates its address is in motion and is not judged.

An address is only as good as the interface that carries it: one that is down or has no carrier reaches no client, and
the agent does not always notice. Where the CIB names the interface (nic) or the prefix (cidr_netmask), the address must
be there and have it. A deprecated address is often wanted (preferred_lft) and is not a fault.

What it cannot see: whether another machine answers for the address (ARP), and whether routers and firewalls let clients
reach it.
"""

from __future__ import annotations

from typing import Iterator, List, Optional, Sequence, Tuple

from check_ha.checks.vip.interfaces import CONDITIONS as OF_INTERFACES
from check_ha.checks.vip.interfaces import on_interfaces
from check_ha.checks.vip.placement import CONDITIONS as OF_PLACEMENT
from check_ha.checks.vip.placement import VIP_STOPPED, moved, not_expected_there, not_listed, states
from check_ha.cluster.completed import completed
from check_ha.cluster.resources import plain
from check_ha.cluster.this_node import this_node
from check_ha.cluster.virtual_addresses import LeftOut, VirtualIp, left_out, virtual_ips
from check_ha.core.check import Check, Judgement, Measure, Metric, Scope
from check_ha.core.condition import FILTERED_OUT, WITH_MEMORY, Condition, Severity
from check_ha.core.evidence import Evidence, Reading
from check_ha.core.finding import RESOURCE, Finding, Row, Subject, resources
from check_ha.core.options import FilterOptions, option, pair
from check_ha.core.wording import count, listed
from check_ha.model.addresses import Interfaces
from check_ha.model.cib import Cib
from check_ha.model.cib_parts import RESOURCES
from check_ha.model.cluster import Cluster
from check_ha.model.corosync import CorosyncMap
from check_ha.parsers.addresses import parse_ip_addr
from check_ha.parsers.cib import parse_cib
from check_ha.parsers.crm_mon import parse_crm_mon
from check_ha.parsers.nodename import parse_crm_node
from check_ha.sources.tools import CIBADMIN, CMAPCTL, CRM_MON, CRM_NODE, IP_ADDR


def _parse_map(data: bytes) -> CorosyncMap:
    from check_ha.parsers.cmapctl import parse_cmapctl  # 1 ms that only a node spends that does not know its name

    return parse_cmapctl(data)


CLUSTER = Reading(CRM_MON, parse_crm_mon)
CIB = Reading(CIBADMIN, parse_cib, parts=(RESOURCES,))
INTERFACES = Reading(IP_ADDR, parse_ip_addr)
NODE_NAME = Reading(CRM_NODE, parse_crm_node, required=False)
MAP = Reading(CMAPCTL, _parse_map, silent=True, instead_of=CRM_NODE)

NO_VIP = Condition("no-vip", Severity.UNKNOWN, "The cluster has no virtual IP to judge.")

ACTIVE = Metric("vip.active.count", "nodes on which this virtual IP is active", instance="VIP")
VIPS = Metric("cluster.vips.total.count", "virtual IPs configured")
VIPS_ACTIVE = Metric("cluster.vips.active.count", "virtual IPs that are active")


def _agent(text: str) -> Tuple[str, str]:
    agent, _, parameter = text.partition("=")
    return agent.replace("::", ":"), parameter or "ip"


NO_DC = Condition(
    "no-dc", Severity.CRITICAL, "No designated controller is elected: where virtual IPs should be is not known."
)


class VipOptions(FilterOptions):
    """Options of check_ha_vip."""

    agent: Tuple[Tuple[str, str], ...] = option(
        (), "another agent that carries an address, e.g. ocf:heartbeat:portblock=ip (the parameter that names it)",
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
    cluster = completed(cluster, cib, evidence.now)
    here = _here(evidence, cluster)
    agents = dict(options.agent)
    vips, absent = virtual_ips(cluster, cib, agents), left_out(cluster, cib, agents)
    selected = [vip for vip in vips if options.selects(*vip.names)]
    selected_absent = [one for one in absent if options.selects(one.id)]
    names = {vip.id: vip.names for vip in vips}
    expect = [one for one in options.expect if options.selects(*names.get(one[0], one[:1]))]
    # of a stopped one the place where it was is kept, of one left out nothing: another run may be there to judge it
    places = {vip.id: sorted(vip.nodes) for vip in selected if vip.nodes and not vip.in_motion}
    findings = [
        *_nothing(vips, absent, options),
        *not_listed(selected_absent, cluster),
        *_by_cluster(cluster, cib, selected, selected_absent, evidence),
        *not_expected_there(vips, absent, expect),
        *moved(selected, places, evidence.previous),
    ]
    if cib and interfaces and vips and cluster.dc:  # without one nobody says where it should be
        findings += on_interfaces(selected, vips, interfaces, here, cluster.version)
    return Judgement(
        summary=_summary(selected, here),
        findings=tuple(findings),
        measures=tuple(_measures(vips, absent)),
        rows=tuple(_rows(selected, selected_absent, interfaces, here)),
        remember={**(evidence.previous or {}), **places},
    )


def _by_cluster(
    cluster: Cluster,
    cib: Optional[Cib],
    selected: Sequence[VirtualIp],
    absent: Sequence[LeftOut],
    evidence: Evidence,
) -> Iterator[Finding]:
    """Yield what the cluster says of them. Without a DC it says nothing, and just after its start not yet."""
    if cluster.dc is None:
        labels = {one.id: one.label for one in absent}
        labels.update((vip.id, vip.label) for vip in selected)
        if labels:
            text = f"no DC is elected: where {listed(labels.values())} should be is not known"
            yield from evidence.unless_starting([Finding(NO_DC, text, resources(*labels))])
        return
    failed = {plain(failure.resource) for failure in cluster.failures}
    for one in states(cluster, cib, selected, evidence.now):
        waiting = one.condition is VIP_STOPPED and not failed.intersection(subject.name for subject in one.subjects)
        yield from evidence.unless_starting([one]) if waiting else [one]


def _here(evidence: Evidence, cluster: Cluster) -> Optional[str]:
    """Return the name of this node, if the cluster lists it: no other can be compared with where things run."""
    name = this_node(evidence.get(NODE_NAME), cluster, evidence.get(MAP), evidence.get(INTERFACES))
    return name if any(node.name == name for node in cluster.nodes) else None


def _nothing(vips: Sequence[VirtualIp], absent: Sequence[LeftOut], options: VipOptions) -> Iterator[Finding]:
    number = len(vips) + len(absent)
    if not number:
        yield Finding(NO_VIP, "the cluster has no virtual IP (IPaddr, IPaddr2, IPv6addr, IPsrcaddr or --agent)")
    elif not any(options.selects(*names) for names in (*(vip.names for vip in vips), *((one.id,) for one in absent))):
        yield Finding(FILTERED_OUT, f"--include and --exclude leave none of {count(number, 'virtual IP')}")


def _summary(vips: Sequence[VirtualIp], here: Optional[str]) -> str:
    places = []
    for vip in vips:
        names = ", ".join(f"{name} (here)" if name == here else name for name in vip.nodes)
        motion = f" is in motion ({vip.roles})" if vip.in_motion else ""
        places.append(f"{vip.label}{motion} on {names or 'no node'}")
    return "; ".join(places) or "no virtual IP"


def _measures(vips: Sequence[VirtualIp], absent: Sequence[LeftOut]) -> Iterator[Measure]:
    for vip in vips:
        yield ACTIVE.of(len(vip.nodes), vip.id)
    for one in absent:
        yield ACTIVE.of(0, one.id)
    total = len(vips) + len(absent)
    yield VIPS.of(total)
    yield VIPS_ACTIVE.of(sum(bool(vip.nodes) for vip in vips), maximum=total)


def _found(vip: VirtualIp, interfaces: Interfaces) -> List[str]:
    """Return ``192.0.2.100 on pub0``, with what is wrong with that interface."""
    places = [(found.address, interfaces.named(found.interface)) for found in vip.found_on(interfaces)]
    return [f"{address} on {one.name}{f' ({one.fault})' if one.fault else ''}" for address, one in places]


def _rows(
    vips: Sequence[VirtualIp], absent: Sequence[LeftOut], interfaces: Optional[Interfaces], here: Optional[str]
) -> Iterator[Row]:
    known = {found.address for found in interfaces.addresses} if interfaces else set()
    for vip in vips:
        there = _found(vip, interfaces) if interfaces and not known.isdisjoint(vip.addresses or ()) else []
        state = (
            f"{vip.roles}{' on ' + ', '.join(vip.nodes) if vip.nodes else ''}; "
            f"interfaces of {here or 'this node'}: {', '.join(there) or 'not there'}"
        )
        yield Row(Subject(RESOURCE, vip.id), state, vip.label)
    for one in absent:
        yield Row(Subject(RESOURCE, one.id), "not listed by crm_mon", one.label)


CHECK = Check(
    name="vip",
    manual=__doc__,
    readings=(CLUSTER, CIB, INTERFACES, NODE_NAME, MAP),
    conditions=(NO_DC, *OF_PLACEMENT, *OF_INTERFACES, NO_VIP, FILTERED_OUT),
    metrics=(ACTIVE, VIPS, VIPS_ACTIVE),
    judge=judge,
    scope=Scope.SIGHT,
    options=VipOptions,
    filters="virtual IP",
    nothing=NO_VIP,
    remembers=True,
    shared=WITH_MEMORY,
)
