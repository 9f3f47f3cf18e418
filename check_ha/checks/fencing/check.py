"""Can every node be fenced, and did the last fencing succeed?

Asks crm_mon for the fence devices and the fence history, and cibadmin for what decides which nodes a device can fence:
pcmk_host_list, pcmk_host_map, pcmk_host_check, location constraints, the fencing topology, the watchdog. Every cluster
node and every remote node must be covered by a device that another node may run: a node that hangs cannot fence itself.
Where a device finds out at run time which nodes it can fence (pcmk_host_check=dynamic-list or status, or an agent that
is told nothing), that is not judged, and -v says so.

A failed fencing counts until a newer one of the same node succeeds or the history is cleaned up. A fencing that
succeeded warns for --max-age, because something was wrong with that node. Pacemaker keeps the history in memory only:
after a restart of the whole cluster it is empty.

What it cannot see: whether a device works. Started means that its last monitor passed; only a test tells.
"""

from __future__ import annotations

from functools import partial
from typing import Iterator, List, Optional, Sequence, Tuple

from check_ha.checks.fencing import device_state, history, switch
from check_ha.checks.fencing.coverage import COVERAGE_DOUBTFUL, NODE_UNFENCEABLE, unfenceable
from check_ha.checks.fencing.levels import LEVEL_BROKEN, broken_levels
from check_ha.cluster.completed import completed
from check_ha.cluster.fence_history import Fencing, by_target, detail, last_fencing, newest
from check_ha.cluster.fencing.capability import capabilities
from check_ha.cluster.fencing.configuration import configuration_of, fencing_enabled
from check_ha.cluster.fencing.coverage import Coverage, coverage
from check_ha.cluster.fencing.devices import FenceDevice, fence_devices
from check_ha.cluster.resource_states.states import ResourceStates
from check_ha.cluster.this_node import this_node
from check_ha.core.check import Check, Judgement, Measure, Metric, Scope
from check_ha.core.condition import FILTERED_OUT
from check_ha.core.evidence import Evidence, Reading
from check_ha.core.finding import NODE, RESOURCE, Finding, Row, Subject
from check_ha.core.options import FilterOptions, duration, option
from check_ha.core.wording import are, count, listed, share
from check_ha.model.cib_parts import CONSTRAINTS, CRM_CONFIG, NODES, RESOURCES
from check_ha.model.cluster import Cluster
from check_ha.parsers.cib import parse_cib
from check_ha.parsers.crm_mon import parse_crm_mon
from check_ha.parsers.nodename import parse_crm_node
from check_ha.sources.tools import CIBADMIN, CRM_MON, CRM_NODE

CLUSTER = Reading(CRM_MON, parse_crm_mon)
CIB = Reading(CIBADMIN, parse_cib, parts=(CRM_CONFIG, NODES, RESOURCES, CONSTRAINTS))
NODE_NAME = Reading(CRM_NODE, parse_crm_node, required=False)

DEVICES = Metric("cluster.fencing.devices.count", "fence devices configured")
DEVICES_ACTIVE = Metric("cluster.fencing.devices.active.count", "fence devices that run")
RECENT = Metric("cluster.fencing.recent.count", "fencings that succeeded within --max-age")
FAILED = Metric("cluster.fencing.failed.count", "fencings that failed and did not succeed later")
PENDING = Metric("cluster.fencing.pending.count", "fencings under way")
UNFENCEABLE = Metric("cluster.nodes.unfenceable.count", "nodes that no fence device covers")
LAST = Metric("cluster.fencing.last.seconds", "time since the last successful fencing", unit="s")


class FencingOptions(FilterOptions):
    """Options of check_ha_fencing."""

    max_age: float = option(
        86400.0, "how long a successful fencing warns: 90s, 15m, 6h, 2d (1d)", metavar="DURATION", parse=duration
    )


def judge(evidence: Evidence, options: FencingOptions) -> Judgement:
    """Judge the switch, the history, the devices and whom they cover; all of it is counted."""
    cluster, cib = evidence.get(CLUSTER), evidence.get(CIB)
    cluster = completed(cluster, cib, evidence.now) if cluster else None
    devices, enabled = fence_devices(cluster, cib), fencing_enabled(cluster, cib)
    configuration = configuration_of(devices, cluster, cib, evidence.now)
    covered = coverage(configuration) if configuration else ()
    fencings = by_target(cluster) if cluster else ()
    means = not switch.without_means(devices, cluster, cib)
    findings: List[Finding] = []
    if enabled is False:
        findings.append(switch.switched_off(devices))
    elif enabled and not means:
        findings.append(switch.no_device(cib))
    if cluster:
        findings += history.not_readable(cluster, this_node(evidence.get(NODE_NAME), cluster) or "")
        findings += history.history([one for one in fencings if options.selects(one.target)], cluster, options.max_age)
        findings += _filtered(cluster, devices, options)
    if cluster and enabled:
        unable = evidence.unless_starting(switch.unable(cluster))
        findings += unable or _now(cluster, devices, fencings, options, evidence)
    if configuration and enabled and means:
        findings += unfenceable([one for one in covered if options.selects(one.node)])
        findings += broken_levels(configuration.cib, capabilities(configuration), _covered(covered))
    return Judgement(
        summary=_summary(enabled, devices, covered, fencings, cluster),
        findings=tuple(findings),
        measures=tuple(_measures(devices, covered, fencings, cluster, options.max_age)) if cluster else (),
        rows=tuple(_rows(devices, covered, cluster)),
    )


def _now(
    cluster: Cluster,
    devices: Sequence[FenceDevice],
    fencings: Sequence[Fencing],
    options: FencingOptions,
    evidence: Evidence,
) -> Iterator[Finding]:
    """Yield what is wrong at the moment in a partition that may fence."""
    selected = [node for node in cluster.nodes if options.selects(node.name)]
    yield from history.due(selected, fencings)
    unclean = {node.name for node in selected if node.unclean}
    those = [one for one in devices if options.selects(one.id)]
    look = partial(ResourceStates, cluster, evidence.get(CIB), evidence.now)
    found = [*device_state.problems(those, cluster, unclean, look)]
    waiting = [one for one in found if device_state.explained_by_start(one, cluster)]
    yield from (one for one in found if one not in waiting)
    yield from evidence.unless_starting(waiting)


def _covered(covered: Sequence[Coverage]) -> Tuple[str, ...]:
    """Return the nodes of which a broken level is news: where no level works, that is told with each of them."""
    return tuple(one.node for one in covered if one.fenceable is not False)


def _filtered(cluster: Cluster, devices: Sequence[FenceDevice], options: FencingOptions) -> Iterator[Finding]:
    names = [*(one.id for one in devices), *(node.name for node in cluster.nodes)]
    if not any(options.selects(name) for name in names):
        yield Finding(FILTERED_OUT, "--include and --exclude leave no node and no fence device")


def _summary(
    enabled: Optional[bool],
    devices: Sequence[FenceDevice],
    covered: Sequence[Coverage],
    fencings: Sequence[Fencing],
    cluster: Optional[Cluster],
) -> str:
    if cluster is None:
        return "neither fence devices nor history were read"
    text = f"{count(len(devices), 'fence device')}, {sum(bool(one.nodes) for one in devices)} active"
    if enabled and covered:
        unjudged = [one.node for one in covered if one.fenceable is None]
        text += f"; {share(sum(bool(one.fenceable) for one in covered), len(covered), 'node')} covered"
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
    yield DEVICES_ACTIVE.of(sum(bool(one.nodes) for one in devices), maximum=len(devices))
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
        yield LAST.of(max(0, int(seconds)))


def _rows(devices: Sequence[FenceDevice], covered: Sequence[Coverage], cluster: Optional[Cluster]) -> Iterator[Row]:
    for device in devices:
        where = f"active on {', '.join(device.nodes)}" if device.nodes else "not active"
        lost = [name for name in device.shown_on if name not in device.nodes]
        where += f" (shown on {', '.join(lost)}, which {are(lost)} lost)" if lost else ""
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
        *switch.CONDITIONS, *history.CONDITIONS, *device_state.CONDITIONS, NODE_UNFENCEABLE, COVERAGE_DOUBTFUL,
        LEVEL_BROKEN, FILTERED_OUT,
    ),
    metrics=(DEVICES, DEVICES_ACTIVE, RECENT, FAILED, PENDING, UNFENCEABLE, LAST),
    judge=judge,
    scope=Scope.CLUSTER,
    number=RECENT,
    options=FencingOptions,
    filters="fence device or node",
)  # fmt: skip
