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

from typing import Iterator, Optional, Sequence

from check_ha.checks.fencing.coverage import Coverage, broken_levels, gaps
from check_ha.checks.fencing.devices import (
    FenceDevice,
    coverage_of,
    fence_devices,
    fencing_enabled,
    watchdog,
    why_failed,
)
from check_ha.cluster.fence_history import Fencing, by_target, detail, last_fencing, newest
from check_ha.cluster.resources import cleanup
from check_ha.core.check import Check, Judgement, Measure, Metric
from check_ha.core.condition import FILTERED_OUT, REMOTE_NODE, UNREADABLE, Condition, Severity
from check_ha.core.evidence import Evidence, Reading
from check_ha.core.finding import NODE, RESOURCE, Finding, Row, Subject
from check_ha.core.options import FilterOptions, duration, option
from check_ha.core.wording import are, listed
from check_ha.model.cib import CONSTRAINTS, CRM_CONFIG, NODES, RESOURCES
from check_ha.model.cluster import Cluster, Node
from check_ha.parsers.cib import parse_cib
from check_ha.parsers.crm_mon import parse_crm_mon
from check_ha.parsers.nodename import parse_node_name
from check_ha.sources.tools import CIBADMIN, CRM_MON, CRM_NODE

CLUSTER = Reading(CRM_MON, parse_crm_mon)
CIB = Reading(CIBADMIN, parse_cib, parts=(CRM_CONFIG, NODES, RESOURCES, CONSTRAINTS))
NODE_NAME = Reading(CRM_NODE, parse_node_name, required=False)

FENCING_DISABLED = Condition("fencing-disabled", Severity.WARNING, "Fencing is switched off (stonith-enabled=false).")
NO_DEVICE = Condition("no-device", Severity.CRITICAL, "Fencing is on, and there is neither fence device nor watchdog.")
NO_QUORUM = Condition("no-quorum", Severity.CRITICAL, "This partition has no quorum: it may not fence anybody.")
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
    """Judge the switch, the history, the devices and whom they cover; all of it is counted."""
    cluster, cib = evidence.get(CLUSTER), evidence.get(CIB)
    devices, enabled = fence_devices(cluster, cib), fencing_enabled(cluster, cib)
    covered = coverage_of(devices, cluster, cib, evidence.now)
    fencings = by_target(cluster) if cluster else ()
    # without the CIB there may be a watchdog
    none = not devices and cib is not None and not watchdog(cluster, cib)
    findings = [*_switch(enabled, devices, none)]
    if cluster:
        findings += _readable(cluster, evidence.get(NODE_NAME))
        findings += _history([one for one in fencings if options.selects(one.target)], options.max_age)
        findings += _filtered(cluster, devices, options)
    if cluster and enabled:
        unable = [*_unable(cluster)]
        findings += unable or (
            *_due([node for node in cluster.nodes if options.selects(node.name)], fencings),
            *_devices([one for one in devices if options.selects(one.id)], cluster),
        )
    if enabled and not none:
        findings += _coverage([one for one in covered if options.selects(one.node)])
        findings += [Finding(LEVEL_BROKEN, text) for text in (broken_levels(cib) if cib else ())]
    return Judgement(
        summary=_summary(enabled, devices, covered, fencings, cluster),
        findings=tuple(findings),
        measures=tuple(_measures(devices, covered, fencings, cluster, options.max_age)) if cluster else (),
        rows=tuple(_rows(devices, covered, cluster)),
    )


def _switch(enabled: Optional[bool], devices: Sequence[FenceDevice], none: bool) -> Iterator[Finding]:
    if enabled is False:
        known = f"{_count(devices)} configured" if devices else "no fence device configured"
        switch = "crm_attribute --type crm_config --name stonith-enabled --update true"
        yield Finding(
            FENCING_DISABLED,
            f"fencing is off (stonith-enabled=false), {known}",
            advice=f"{'test the fence devices' if devices else 'configure and test fence devices'}, then: {switch}",
        )
    elif enabled and none:
        yield Finding(
            NO_DEVICE,
            "fencing is on, and there is no fence device: no resource is started, no failed node recovered",
            advice="configure a fence device; stonith_admin --list-installed shows the agents",
        )


def _readable(cluster: Cluster, here: Optional[str]) -> Iterator[Finding]:
    """A history that cannot be read is not an empty one."""
    if cluster.fence_history is not None and not cluster.fence_history.readable:
        yield Finding(UNREADABLE, "crm_mon: the fence history cannot be read, pacemaker-fenced does not answer")
    remote = any(node.name == here and node.type == "remote" for node in cluster.nodes)
    if cluster.fence_history is None and remote:
        yield Finding(
            REMOTE_NODE, f"{here} is a Pacemaker Remote node, without fence history: run this check on a cluster node"
        )


def _history(fencings: Sequence[Fencing], max_age: float) -> Iterator[Finding]:
    for one in fencings:
        if one.failed:
            remedy = f"when the cause is mended: stonith_admin --cleanup --history {one.target}"
            if one.state == "UNCLEAN":
                remedy = f"switch {one.target} off by hand, be sure of it, then: stonith_admin --confirm {one.target}"
            yield Finding(FENCE_FAILED, one.failure(), advice=remedy)
        elif one.pending:
            yield Finding(FENCE_PENDING, one.attempt())
        if one.recent(max_age):
            yield Finding(FENCED_RECENTLY, one.success(max_age))


def _filtered(cluster: Cluster, devices: Sequence[FenceDevice], options: FencingOptions) -> Iterator[Finding]:
    names = [*(one.id for one in devices), *(node.name for node in cluster.nodes)]
    if not any(options.selects(name) for name in names):
        yield Finding(FILTERED_OUT, f"--include and --exclude leave none of {len(names)} nodes and fence devices")


def _unable(cluster: Cluster) -> Iterator[Finding]:
    """What keeps this partition from fencing anybody, and from starting its devices."""
    unclean = [node.name for node in cluster.nodes if node.unclean]
    if cluster.dc is None:
        yield Finding(NO_DC, "no DC is elected: nobody decides on fencing")
    elif cluster.with_quorum is False and cluster.options.no_quorum_policy != "ignore":
        whom = f"{listed(unclean)}, which {are(unclean)} UNCLEAN" if unclean else "anybody"
        yield Finding(NO_QUORUM, f"no quorum: this partition may not fence {whom}")


def _due(nodes: Sequence[Node], fencings: Sequence[Fencing]) -> Iterator[Finding]:
    """Nodes that ought to be fenced, where the history shows neither a failure nor a try."""
    tried = {one.target for one in fencings if one.failed or one.pending}
    due = [node.name for node in nodes if node.unclean and not node.id_as_resource and node.name not in tried]
    if due:
        text = f"{listed(due)} {are(due)} UNCLEAN and must be fenced, and no try is in the fence history"
        yield Finding(FENCE_DUE, text)


def _devices(devices: Sequence[FenceDevice], cluster: Cluster) -> Iterator[Finding]:
    for one in devices:
        enable = f"crm_resource --meta --resource {one.id} --set-parameter target-role --parameter-value Started"
        if one.disabled:
            yield Finding(
                DEVICE_DISABLED, f"{one.id} is disabled (target-role): nobody can fence with it", advice=enable
            )
        elif one.failed:
            yield Finding(DEVICE_FAILED, f"{one.id} failed{why_failed(one, cluster)}", advice=cleanup(one.id))
        elif one.instances and not one.active and not one.in_motion:
            if cluster.options.stop_all_resources:
                yield Finding(DEVICE_DISABLED, f"{one.id} is stopped (stop-all-resources): nobody monitors it")
            else:
                yield Finding(
                    DEVICE_STOPPED, f"{one.id} runs nowhere{why_failed(one, cluster)}", advice=cleanup(one.id)
                )
        elif one.configured and not one.configured.monitored:
            yield Finding(DEVICE_UNMONITORED, f"{one.id} has no monitor: its faults show only when it is needed")


def _coverage(covered: Sequence[Coverage]) -> Iterator[Finding]:
    for gap in gaps(covered):
        advice = (
            "name the node in pcmk_host_list (or pcmk_host_map) of its fence device" if "lists it" in gap.why else ""
        )
        yield Finding(COVERAGE_DOUBTFUL if gap.by_name else NODE_UNFENCEABLE, gap.text, advice=advice)


def _count(devices: Sequence[FenceDevice]) -> str:
    return f"{len(devices)} fence device{'s' if len(devices) != 1 else ''}"


def _summary(
    enabled: Optional[bool],
    devices: Sequence[FenceDevice],
    covered: Sequence[Coverage],
    fencings: Sequence[Fencing],
    cluster: Optional[Cluster],
) -> str:
    if cluster is None:
        return "neither fence devices nor history were read"
    text = f"{_count(devices)}, {sum(one.active for one in devices)} active"
    if enabled and covered:
        unjudged = [one.node for one in covered if one.fenceable is None]
        text += f"; {sum(bool(one.fenceable) for one in covered)} of {len(covered)} nodes covered"
        text += f", {listed(unjudged)} not judged (-v says why)" if unjudged else ""
    return f"{'' if enabled else 'fencing is off, '}{text}; {last_fencing(fencings, cluster)}"


def _measures(
    devices: Sequence[FenceDevice],
    covered: Sequence[Coverage],
    fencings: Sequence[Fencing],
    cluster: Cluster,
    max_age: float,
) -> Iterator[Measure]:
    yield DEVICES.of(len(devices))
    yield DEVICES_ACTIVE.of(sum(one.active for one in devices), maximum=len(devices))
    if covered:
        yield UNFENCEABLE.of(sum(one.fenceable is False for one in covered), maximum=len(covered))
    if cluster.fence_history and not cluster.fence_history.readable:
        return
    yield RECENT.of(sum(len(one.recent(max_age)) for one in fencings))
    yield FAILED.of(sum(len(one.failed) for one in fencings))
    yield PENDING.of(sum(len(one.pending) for one in fencings))
    last = newest(fencings)
    seconds = last[0].seconds_since(last[1]) if last else None
    if seconds is not None:
        yield LAST.of(int(seconds))


def _rows(devices: Sequence[FenceDevice], covered: Sequence[Coverage], cluster: Optional[Cluster]) -> Iterator[Row]:
    for device in devices:
        where = f"active on {', '.join(device.nodes)}" if device.nodes else "not active"
        state = where if device.instances else "not listed by crm_mon"
        yield Row(Subject(RESOURCE, device.id), state, f"{device.id} ({device.agent})")
    words = {True: "can be fenced", False: "CANNOT be fenced", None: "not judged whether it can be fenced"}
    for one in covered:
        yield Row(Subject(NODE, one.node), f"{words[one.fenceable]}: {one.why}")
    for event in cluster.fence_history.events if cluster and cluster.fence_history else ():
        yield Row(Subject(NODE, event.target), detail(event, cluster.updated if cluster else None))


CHECK = Check(
    name="fencing",
    manual=__doc__,
    readings=(CLUSTER, CIB, NODE_NAME),
    conditions=(
        FENCING_DISABLED, NO_DEVICE, NO_DC, NO_QUORUM, FENCE_FAILED, FENCE_DUE, FENCE_PENDING, FENCED_RECENTLY,
        DEVICE_STOPPED, DEVICE_FAILED, DEVICE_DISABLED, DEVICE_UNMONITORED, NODE_UNFENCEABLE, COVERAGE_DOUBTFUL,
        LEVEL_BROKEN, FILTERED_OUT,
    ),
    metrics=(DEVICES, DEVICES_ACTIVE, RECENT, FAILED, PENDING, UNFENCEABLE, LAST),
    judge=judge,
    number=RECENT,
    options=FencingOptions,
    filters="fence device or node",
)  # fmt: skip
