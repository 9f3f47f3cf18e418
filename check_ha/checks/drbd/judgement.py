"""Judge each resource by DRBD, then against Pacemaker."""

from __future__ import annotations

from typing import Dict, Iterator, List, Optional, Sequence, Tuple

from check_ha.checks.drbd import connections, disks, pacemaker
from check_ha.checks.drbd.readings import CIB, CLUSTER, MODULE, NAMES, NODE_NAME, STATUS
from check_ha.checks.drbd.situation import Judged, in_step, is_well, others, told
from check_ha.checks.drbd.tables import BEHIND, DONE, LEFT, NO_DRBD, NOT_MATCHED, RESOURCES_UP, TOTAL, VOLUMES, WELL
from check_ha.cluster.drbd.here import drbd_here
from check_ha.cluster.drbd.managed import ManagedDrbd, managed_drbd, not_shown
from check_ha.cluster.this_node import this_node
from check_ha.core.check import Judgement, Measure
from check_ha.core.condition import FILTERED_OUT, TOOL_MISSING
from check_ha.core.evidence import Evidence
from check_ha.core.finding import DRBD, TOOL, Finding, Row, Subject, resources
from check_ha.core.options import FilterOptions
from check_ha.core.wording import count, joined
from check_ha.model.drbd import CONNECTED, DrbdConnection, DrbdPeerVolume, DrbdResource
from check_ha.sources.tools import DRBD_MODULE


def judge(evidence: Evidence, options: FilterOptions) -> Judgement:
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
    yield TOTAL.of(sum(one.out_of_sync or 0 for _, _, one in volumes))
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
