"""Is everything replicated by DRBD, and is it Primary where Pacemaker wants it?

Asks /proc/drbd, and with DRBD 9 drbdsetup, for the resources of this node: role, disks, connections, what is
synchronised and what differs. Pacemaker (crm_mon, cibadmin) tells where DRBD should be active and promoted, so that a
peer that it has stopped is told apart from one that is lost. Run it on every node with DRBD: a node knows of a peer
only what DRBD tells it.

After a split brain both sides are StandAlone, and each may have data of its own. One node cannot tell that from a
connection that somebody has closed; check_ha_split_brain compares the nodes.

check_ha runs it where crm_mon shows a resource with a DRBD agent (ocf:linbit:drbd and others); this command also where
the module is loaded. The kernel module 8.0 to 8.4 (that of Linux itself is 8.4) is read from /proc/drbd, 9 through
drbd-utils 8.9.8 or later.

-w and -c are ranges of what is out of sync, in KiB: what a peer that is away would have to catch up. While Pacemaker
promotes or demotes DRBD, one run may see a role that is just changing. What it cannot see: whether the data is the
same, beyond what an online verify (drbdadm verify) has found; and the configuration in /etc/drbd.d, which holds the
shared secret.
"""

from __future__ import annotations

from typing import Dict, Iterator, List, Optional, Sequence, Tuple

from check_ha.checks.drbd import connections, disks, pacemaker
from check_ha.checks.drbd.situation import Judged, in_step, is_well, others, told
from check_ha.cluster.drbd.here import drbd_here, is_8, is_9
from check_ha.cluster.drbd.managed import ManagedDrbd, is_drbd, managed_drbd, not_shown
from check_ha.cluster.this_node import this_node
from check_ha.core.check import Applies, Check, Judgement, Measure, Metric
from check_ha.core.condition import FILTERED_OUT, TOOL_MISSING, Condition, Severity
from check_ha.core.evidence import Evidence, Reading
from check_ha.core.finding import DRBD, TOOL, Finding, Row, Subject, resources
from check_ha.core.options import FilterOptions
from check_ha.core.wording import count, joined
from check_ha.model.cib_parts import CONSTRAINTS, RESOURCES
from check_ha.model.drbd import CONNECTED, DrbdConnection, DrbdPeerVolume, DrbdResource
from check_ha.parsers.cib import parse_cib
from check_ha.parsers.crm_mon import parse_crm_mon
from check_ha.parsers.drbdsetup import parse_drbdsetup_status
from check_ha.parsers.nodename import parse_crm_node
from check_ha.parsers.proc_drbd import parse_drbd_names, parse_proc_drbd
from check_ha.sources.tools import CIBADMIN, CRM_MON, CRM_NODE, DRBD_MODULE, DRBD_NAMES, DRBD_STATUS

CLUSTER = Reading(CRM_MON, parse_crm_mon, parts=())
CIB = Reading(CIBADMIN, parse_cib, parts=(RESOURCES, CONSTRAINTS))
NODE_NAME = Reading(CRM_NODE, parse_crm_node, silent=True)
MODULE = Reading(DRBD_MODULE, parse_proc_drbd, silent=True)
STATUS = Reading(DRBD_STATUS, parse_drbdsetup_status, instead_of=DRBD_MODULE, when=is_9)
NAMES = Reading(DRBD_NAMES, parse_drbd_names, silent=True, instead_of=DRBD_MODULE, when=is_8)

NOT_MATCHED = Condition(
    "not-matched",
    Severity.UNKNOWN,
    "What Pacemaker has of DRBD here is not known: which node this is, or which resource a device is, or not listed.",
)
NO_DRBD = Condition("no-drbd", Severity.UNKNOWN, "DRBD has no resource on this node to judge.")

OUT_OF_SYNC = Metric("cluster.drbd.outofsync.kibibytes", "KiB out of sync, over all volumes and peers")
RESOURCES_UP = Metric("cluster.drbd.resources.count", "DRBD resources on this node")
WELL = Metric("cluster.drbd.resources.healthy.count", "those that are connected and up to date on all nodes")
VOLUMES = Metric("cluster.drbd.volumes.count", "volumes of them")
OF_PEER = "RESOURCE-VOLUME-PEER"
BEHIND = Metric("drbd.volume.outofsync.kibibytes", "KiB of this volume that differ from that peer", instance=OF_PEER)
DONE = Metric("drbd.volume.resync.done.percentage", "how far a resync or verify is", "%", instance=OF_PEER)
LEFT = Metric("drbd.volume.resync.left.seconds", "how long it still takes", "s", instance=OF_PEER)


class DrbdOptions(FilterOptions):
    """Options of check_ha_drbd."""


def judge(evidence: Evidence, options: DrbdOptions) -> Judgement:
    """Judge each selected resource by DRBD, then against Pacemaker."""
    cluster, cib, module = evidence.get(CLUSTER), evidence.get(CIB), evidence.get(MODULE)
    here = this_node(evidence.get(NODE_NAME), cluster)
    managed = managed_drbd(cluster, cib) if cluster else ()
    found = drbd_here(module, evidence.get(STATUS), evidence.get(NAMES))
    if found is None:
        return _not_known(evidence, managed, here)
    judged = _matched(found, managed, others(cluster, here))
    selected = [one for one in judged if options.selects(*one.names)]
    wanted = [one for one in managed if options.selects(one.drbd, *one.names)]
    faults = [fault for one in selected for fault in (*disks.disks(one), *connections.connections(one, here))]
    findings = [*told(faults), *_not_matched(judged, wanted, here)]
    if here and cluster and cluster.dc:  # without one nobody says what should be where
        loaded = bool(module and module.version)
        nameless = any(not one.resource.name and not one.managed for one in judged)
        findings += [] if nameless else pacemaker.not_listed(wanted, judged, here, loaded)
        findings += pacemaker.roles(selected, here)
    findings += pacemaker.fences(cib, wanted, selected) if cib and wanted else []
    hidden = [one.id for one in not_shown(managed, cib) if options.selects(one.id)] if cluster and cib else []
    if hidden:
        text = f"crm_mon does not list {joined(hidden)}: not compared with DRBD"
        findings.append(Finding(NOT_MATCHED, text, resources(*hidden)))
    if judged and not selected:
        text = f"--include and --exclude leave none of {count(len(judged), 'DRBD resource')}"
        findings.append(Finding(FILTERED_OUT, text))
    if not judged and not managed:
        findings.append(Finding(NO_DRBD, "DRBD has no resource on this node"))
    return Judgement(
        summary=_summary(selected),
        findings=tuple(findings),
        measures=tuple(_measures(judged)),
        rows=tuple(_rows(selected)),
    )


def _not_known(evidence: Evidence, managed: Sequence[ManagedDrbd], here: Optional[str]) -> Judgement:
    """Return that DRBD could not be asked: on a node without it, where Pacemaker runs none, that is as it should be."""
    failed, cluster = evidence.failed.get(DRBD_MODULE), evidence.get(CLUSTER)
    elsewhere = bool(managed) and here is not None and not any(here in one.active for one in managed)
    missing = failed is not None and failed.condition is TOOL_MISSING
    if missing and elsewhere:
        summary = "DRBD is not installed on this node, and Pacemaker runs none here"
        return Judgement(summary, measures=(RESOURCES_UP.of(0),))
    if missing and cluster:
        text = "there is no /proc/drbd, and no configuration of DRBD, or they were not recorded"
        failed = Finding(TOOL_MISSING, text, (Subject(TOOL, DRBD_MODULE.label),))
    # without an answer of Pacemaker nobody knows whether there should be DRBD: that is told already
    return Judgement("DRBD could not be asked", (failed,) if failed and (cluster or not missing) else ())


def _matched(found: Sequence[DrbdResource], managed: Sequence[ManagedDrbd], other: str) -> List[Judged]:
    """Return the resources with what Pacemaker has of them: by name, or where each side has but one."""
    by_name = {one.drbd: one for one in managed if one.drbd}
    only = managed[0] if len(managed) == len(found) == 1 and not (found[0].name and managed[0].drbd) else None
    return [Judged(one, by_name.get(one.name, only), other) for one in found]


def _not_matched(judged: Sequence[Judged], managed: Sequence[ManagedDrbd], here: Optional[str]) -> Iterator[Finding]:
    if managed and here is None:
        yield Finding(NOT_MATCHED, "which node this is is not known: DRBD was not compared with Pacemaker")
    unnamed = [one.label for one in judged if not one.resource.name and not one.managed]
    if managed and unnamed:
        text = f"/dev/drbd/by-res does not name {joined(unnamed)}: not compared with Pacemaker"
        yield Finding(NOT_MATCHED, text, tuple(Subject(DRBD, name) for name in unnamed))


def _summary(selected: Sequence[Judged]) -> str:
    if not selected:
        return "no DRBD resource is up on this node"
    roles: Dict[str, int] = {}
    for one in selected:
        roles[one.resource.role] = roles.get(one.resource.role, 0) + 1
    told_roles = ", ".join(f"{number} {role}" for role, number in sorted(roles.items()))
    well = sum(is_well(one.resource) for one in selected)
    healthy = "all" if well == len(selected) else f"{well} of them"
    return f"{count(len(selected), 'DRBD resource')} ({told_roles}), {healthy} connected and up to date"


def _measures(judged: Sequence[Judged]) -> Iterator[Measure]:
    volumes = list(_peer_volumes(judged))
    yield OUT_OF_SYNC.of(sum(one.out_of_sync or 0 for _, _, one in volumes))
    yield RESOURCES_UP.of(len(judged))
    yield WELL.of(sum(is_well(one.resource) for one in judged), maximum=len(judged))
    yield VOLUMES.of(sum(len(one.resource.volumes) for one in judged))
    for label, _, one in sorted(volumes, key=lambda item: -(item[2].out_of_sync or 0)):
        if one.out_of_sync is not None:
            yield BEHIND.of(one.out_of_sync, label)
        if one.done is not None:
            yield DONE.of(one.done, label, maximum=100)
        if one.seconds_left is not None:
            yield LEFT.of(one.seconds_left, label)


def _peer_volumes(judged: Sequence[Judged]) -> Iterator[Tuple[str, DrbdConnection, DrbdPeerVolume]]:
    for one in judged:
        for connection in one.resource.connections:
            for volume in connection.volumes:
                yield f"{one.label}-{volume.volume}-{one.peer(connection) or 'peer'}", connection, volume


def _rows(selected: Sequence[Judged]) -> Iterator[Row]:
    for one in selected:
        resource = one.resource
        own = ", ".join(dict.fromkeys("client" if volume.client else volume.disk for volume in resource.volumes))
        peers = "; ".join(_peer(one, connection) for connection in resource.connections)
        label = f"{one.label} ({one.managed.names[-1]})" if one.managed else one.label
        yield Row(Subject(DRBD, one.label), f"{resource.role}, {own or 'no volume'}; {peers or 'no peer'}", label)


def _peer(one: Judged, connection: DrbdConnection) -> str:
    name = one.peer(connection) or "peer"
    if connection.state != CONNECTED:
        behind = sum(volume.out_of_sync or 0 for volume in connection.volumes)
        return f"{name} {connection.state}" + (f", {connections.size(behind)} to catch up" if behind else "")
    states = [
        volume.disk if in_step(volume) else f"{volume.disk} ({volume.replication}{connections.progress(volume)})"
        for volume in connection.volumes
    ]
    return f"{name} {connection.role}, {', '.join(dict.fromkeys(states)) or 'no volume'}"


def _holds(evidence: Evidence) -> Optional[bool]:
    """Return whether there is DRBD: by the agents, and by the module where it was asked."""
    module, cluster = evidence.get(MODULE), evidence.get(CLUSTER)
    if module and module.version:
        return True
    return None if cluster is None else any(is_drbd(one.primitive.agent) for one in cluster.primitives())


CHECK = Check(
    name="drbd",
    manual=__doc__,
    readings=(CLUSTER, CIB, NODE_NAME, MODULE, STATUS, NAMES),
    conditions=(
        *disks.CONDITIONS, *connections.CONDITIONS, *pacemaker.CONDITIONS, NOT_MATCHED, NO_DRBD, FILTERED_OUT,
    ),
    metrics=(OUT_OF_SYNC, RESOURCES_UP, WELL, VOLUMES, BEHIND, DONE, LEFT),
    judge=judge,
    number=OUT_OF_SYNC,
    options=DrbdOptions,
    filters="resource",
    applies=Applies("DRBD", (CLUSTER,), _holds, alone=(MODULE,)),
    nothing=NO_DRBD,
)  # fmt: skip
