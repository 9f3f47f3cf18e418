"""Can every node be fenced, and did the last fencing succeed?

Asks crm_mon for the fence devices and the fence history, and cibadmin for what decides whom a device can fence:
pcmk_host_list, pcmk_host_map, pcmk_host_check, location constraints, the fencing topology, the watchdog. Every cluster
node and every remote node must be covered by a device that another node may run: a node that hangs cannot fence
itself. Where a device finds out at run time whom it can fence (pcmk_host_check=dynamic-list or status, or an agent
that is told nothing), that is not judged, and -v says so.

A failed fencing counts until a newer one of the same node succeeds or the history is cleaned up. A fencing that
succeeded warns for --max-age, because something was wrong with that node. Pacemaker keeps the history in memory only:
after a restart of the whole cluster it is empty.

What it cannot see: whether a device works. Started means that its last monitor passed; only a test tells.
"""

from __future__ import annotations

from typing import Dict, Iterator, List, Optional, Sequence, Tuple

from check_ha.commandline.command import command
from check_ha.judgement.check import Check, Judgement, Measure, Metric
from check_ha.judgement.conditions import FILTERED_OUT, REMOTE_NODE, UNREADABLE, Condition, Finding, Severity
from check_ha.judgement.evidence import Evidence, Reading
from check_ha.judgement.fencecoverage import Coverage
from check_ha.judgement.fencedevices import FenceDevice, coverage_of, fence_devices, fencing_enabled, watchdog
from check_ha.judgement.fencehistory import Fencing, by_target, newest
from check_ha.judgement.options import FilterOptions, age, duration, option
from check_ha.model.cib import Cib
from check_ha.model.cluster import Cluster, FenceEvent
from check_ha.parsers.cib import parse_cib
from check_ha.parsers.crm_mon import parse_crm_mon
from check_ha.parsers.nodename import parse_node_name
from check_ha.sources.tools import CIBADMIN, CRM_MON, CRM_NODE

CLUSTER = Reading(CRM_MON, parse_crm_mon)
CIB = Reading(CIBADMIN, parse_cib)
NODE_NAME = Reading(CRM_NODE, parse_node_name, required=False)

FENCING_DISABLED = Condition("fencing-disabled", Severity.WARNING, "Fencing is switched off (stonith-enabled=false).")
NO_DEVICE = Condition("no-device", Severity.CRITICAL, "Fencing is on, and there is neither fence device nor watchdog.")
NO_DC = Condition("no-dc", Severity.CRITICAL, "No designated controller is elected: nobody decides on fencing.")
DEVICE_STOPPED = Condition("device-stopped", Severity.CRITICAL, "A fence device should run and does not.")
DEVICE_FAILED = Condition("device-failed", Severity.CRITICAL, "The last monitor of a fence device failed.")
DEVICE_DISABLED = Condition("device-disabled", Severity.WARNING, "A fence device is stopped on purpose (target-role).")
DEVICE_UNMONITORED = Condition(
    "device-unmonitored", Severity.OK, "A fence device has no recurring monitor: its faults show when it is needed."
)
FENCE_FAILED = Condition(
    "fence-failed", Severity.CRITICAL, "A node could not be fenced, and no newer fencing of it succeeded."
)
FENCE_DUE = Condition("fence-due", Severity.CRITICAL, "A node is UNCLEAN and nobody has tried to fence it.")
FENCE_PENDING = Condition("fence-pending", Severity.WARNING, "A node is being fenced.")
FENCED_RECENTLY = Condition("fenced-recently", Severity.WARNING, "A node was fenced within --max-age.")
UNFENCING_FAILED = Condition(
    "unfencing-failed", Severity.WARNING, "A node could not be unfenced (switched on, or let back to its storage)."
)
NODE_UNFENCEABLE = Condition(
    "node-unfenceable", Severity.WARNING, "No fence device that another node may run covers a node."
)
COVERAGE_DOUBTFUL = Condition(
    "coverage-doubtful", Severity.WARNING, "Fence devices list no nodes, and by their names none is for this node."
)
LEVEL_BROKEN = Condition("level-broken", Severity.WARNING, "A fencing level names a device that does not exist.")

DEVICES = Metric("cluster.fencing.devices.count", "fence devices configured")
DEVICES_ACTIVE = Metric("cluster.fencing.devices.active.count", "fence devices that run")
RECENT = Metric("cluster.fencing.recent.count", "fencings that succeeded within --max-age")
FAILED = Metric("cluster.fencing.failed.count", "fencings that failed and were not made good")
PENDING = Metric("cluster.fencing.pending.count", "fencings under way")
UNFENCEABLE = Metric("cluster.nodes.unfenceable.count", "nodes that no fence device covers")
LAST = Metric("cluster.fencing.last.seconds", "time since the last fencing that succeeded", unit="s")


class FencingOptions(FilterOptions):
    """Options of check_ha_fencing."""

    max_age: float = option(
        86400.0, "how long a fencing that succeeded warns: 90s, 15m, 6h, 2d (1d)", metavar="DURATION", parse=duration
    )


def judge(evidence: Evidence, options: FencingOptions) -> Judgement:
    """Judge the switch, the history, the devices, and what they cover; all of it is counted."""
    cluster, cib = evidence.get(CLUSTER), evidence.get(CIB)
    devices = fence_devices(cluster, cib)
    enabled = fencing_enabled(cluster, cib)
    covered = coverage_of(devices, cluster, cib, evidence.now)
    history = cluster.fence_history if cluster else None
    fencings = by_target(history.events) if history else ()
    findings = [*_switch(enabled, devices, cluster, cib)]
    if cluster:
        findings += _readable(cluster, evidence.get(NODE_NAME))
        findings += _history(cluster, [one for one in fencings if options.selects(one.target)], options)
    if enabled and cluster and cluster.dc:
        findings += _due(cluster, fencings, options)
        findings += _devices(cluster, [one for one in devices if options.selects(one.id)])
    if enabled and devices:
        findings += _coverage([one for one in covered if options.selects(one.node)])
        findings += _levels(cib, devices)
    names = [*(one.id for one in devices), *(node.name for node in cluster.nodes)] if cluster else []
    if names and not any(options.selects(name) for name in names):
        findings.append(Finding(FILTERED_OUT, f"--include and --exclude leave none of {len(names)} nodes and devices"))
    return Judgement(
        summary=_summary(enabled, devices, covered, fencings, cluster, cib),
        findings=tuple(findings),
        measures=tuple(_measures(devices, covered, fencings, cluster, options)),
        details=tuple(_details(devices, covered, fencings, cluster)),
    )


def _switch(
    enabled: Optional[bool], devices: Sequence[FenceDevice], cluster: Optional[Cluster], cib: Optional[Cib]
) -> Iterator[Finding]:
    if enabled is False:
        number = f", {_count(len(devices), 'fence device')} configured" if devices else ", and no fence device is there"
        yield Finding(FENCING_DISABLED, f"fencing is off (stonith-enabled=false){number}: a node that hangs is not stopped")
    elif enabled is None and cluster:
        yield Finding(UNREADABLE, "crm_mon: this version does not tell whether fencing is on, the CIB does")
    if cluster and not cluster.dc:
        yield Finding(NO_DC, "no DC is elected: nobody decides on fencing")
    # without the CIB there may be a watchdog
    if enabled and not devices and cib and not watchdog(cluster, cib):
        yield Finding(
            NO_DEVICE,
            "fencing is on and there is no fence device: no resource is started, and no failed node recovered",
            "configure a device (stonith_admin --list-installed), or, at your risk: "
            "crm_attribute --type crm_config --name stonith-enabled --update false",
        )
