"""Can sbd fence this node and the others?

Reads the configuration of sbd (/etc/sysconfig/sbd or /etc/default/sbd) and asks each device that it names with sbd dump
and sbd list, which only read. Compares what they say with the nodes of crm_mon and the timeouts of the CIB. The process
list tells whether sbd runs, and since when; find tells which watchdog devices there are and who has one open. Nothing
here opens a watchdog, as that would start it: sbd query-watchdog does, and is never run.

A device is read as root: give it --sudo, or run it as root. In check_ha it runs where the CIB or the process list tells
of sbd; elsewhere it is left out, and no process is spent on it.

What a message in a slot means depends on its node. In that of a node that is offline it is the trace of its fencing,
which its start clears, but with SBD_STARTMODE=clean keeps it from starting. A node that is online reads its slot once a
second, so there a message says that sbd does not watch the device; a fencing of this very second looks the same.

What it cannot see: whether the watchdog resets the machine when it fires, and the devices as other nodes see them. Run
it on every node.
"""

from __future__ import annotations

from typing import Iterator, List, Optional, Sequence

from check_ha.checks.sbd import daemon, devices, timeouts
from check_ha.checks.sbd.evidence import (
    CIB,
    CLUSTER,
    CONFIG,
    DOGS,
    MAP,
    PROCESSES,
    READINGS,
    Device,
    devices_of,
)
from check_ha.cluster.fencing.sbd import uses_sbd
from check_ha.core.check import Applies, Check, Judgement, Measure, Metric
from check_ha.core.condition import NOT_RESPONDING, TOOL_MISSING, Condition, Severity
from check_ha.core.evidence import Evidence
from check_ha.core.finding import DAEMON, DISK, FILE, Finding, Row, Subject
from check_ha.core.options import Options, natural, option
from check_ha.core.wording import count, how_long
from check_ha.model.sbd import CLEAR, SbdConfig
from check_ha.sources.tools import SBD_FILES

NO_CONFIG = Condition("no-config", Severity.UNKNOWN, "sbd is in use, and this node has no configuration of it.")
NO_SBD = Condition("no-sbd", Severity.UNKNOWN, "Neither the CIB nor the process list tells of sbd.")

SLOWEST = Metric("cluster.sbd.slowest.seconds", "seconds that sbd dump took on the slowest device", "s")
CONFIGURED = Metric("cluster.sbd.devices.count", "devices that SBD_DEVICE names")
READABLE = Metric("cluster.sbd.devices.readable.count", "devices that can be read")
MESSAGES = Metric("cluster.sbd.messages.count", "messages that stand in slots of any node")
READ_TIME = Metric("sbd.device.read.seconds", "seconds that sbd dump took", "s", instance="DEVICE")


class SbdOptions(Options):
    """Options of check_ha_sbd."""

    devices: int = option(0, "how many devices must be configured (0: any number)", metavar="N", parse=natural)


def judge(evidence: Evidence, options: SbdOptions) -> Judgement:
    """Judge the devices first, then what is on them, then timeouts, the daemon and the watchdog."""
    config, cib, cluster = evidence.get(CONFIG), evidence.get(CIB), evidence.get(CLUSTER)
    processes, cmap, dogs = evidence.get(PROCESSES), evidence.get(MAP), evidence.get(DOGS)
    found = devices_of(evidence)
    used = _set_up(evidence) or bool(found)
    findings: List[Finding] = [*(daemon.running(processes) if processes and used else ())]
    if config is None and used:
        findings += _no_config(evidence)
    elif config and used:
        nodes = devices.sbd_nodes(cluster, cib)
        findings += [
            *devices.wrong_number(config, cib, options.devices),
            *devices.lost(found),
            *devices.same(found),
            *_not_read(found),
            *devices.without_slot(nodes, found),
            *devices.unread(nodes, found, config),
            *devices.slow(found),
            *timeouts.on_devices(found),
            *timeouts.of_pacemaker(found, cib),
            *timeouts.of_watchdog(config, cib),
            *timeouts.two_nodes(config, cluster, cmap),
            *daemon.unwatched(config),
            *daemon.watchdog(config, dogs, processes),
            *_unseen(evidence),
        ]
    return Judgement(
        summary=_summary(config, found) if used else "whether sbd is set up here is not known",
        findings=tuple(findings),
        measures=tuple(_measures(config, found)),
        rows=tuple(_rows(evidence, config, found)),
    )


def _no_config(evidence: Evidence) -> Iterator[Finding]:
    failure = evidence.failed.get(CONFIG.tool)
    if failure and failure.condition is not TOOL_MISSING:
        yield failure
    else:
        text = f"sbd is in use, and no configuration of it is found on this node ({' or '.join(SBD_FILES)})"
        yield Finding(NO_CONFIG, text, (Subject(FILE, SBD_FILES[0]),))


def _not_read(found: Sequence[Device]) -> Iterator[Finding]:
    """Yield why nothing is known of some devices, each reason once."""
    yield from dict.fromkeys(one.failure for one in found if one.failure)


def _unseen(evidence: Evidence) -> Iterator[Finding]:
    """Yield why the watchdog could not be looked for; a tool that had no time left is none of its doing."""
    failure = evidence.failed.get(DOGS.tool)
    if failure and failure.condition is not NOT_RESPONDING:
        yield failure


def _summary(config: Optional[SbdConfig], found: Sequence[Device]) -> str:
    if config is None:
        return "the configuration of sbd was not read"
    dog = f"watchdog {config.watchdog}"
    if not found:
        return f"sbd runs without a device, {dog}"
    nodes = max((len(one.slots.slots) for one in found if one.slots), default=0)
    head = next((one.header for one in found if one.header), None)
    times = f", msgwait {head.msgwait} s" if head else ""
    return f"{count(len(found), 'sbd device')} with {count(nodes, 'slot')}, no message left{times}, {dog}"


def _measures(config: Optional[SbdConfig], found: Sequence[Device]) -> Iterator[Measure]:
    if config is None:
        return
    readable = [one for one in found if one.readable]
    yield CONFIGURED.of(len(config.devices))
    if any(one.failure for one in found):
        return
    yield READABLE.of(len(readable), maximum=len(found))
    if readable:
        yield SLOWEST.of(max(one.seconds for one in readable))
    slots = [slot for one in readable if one.slots for slot in one.slots.slots]
    yield MESSAGES.of(sum(slot.message != CLEAR for slot in slots))
    for one in readable:
        yield READ_TIME.of(one.seconds, one.name)


def _rows(evidence: Evidence, config: Optional[SbdConfig], found: Sequence[Device]) -> Iterator[Row]:
    for one in found:
        yield Row(Subject(DISK, one.name), devices.told(one))
    if config:
        yield Row(Subject(FILE, config.watchdog), daemon.told_of_watchdog(config, evidence.get(DOGS)))
    processes = evidence.get(PROCESSES)
    if processes:
        sbd = daemon.sbd_of(processes)
        since = "" if sbd.seconds is None else f" for {how_long(sbd.seconds)}"
        yield Row(Subject(DAEMON, daemon.SBD), f"runs{since}" if sbd.processes else "does not run")


def _set_up(evidence: Evidence) -> Optional[bool]:
    """Return whether this node has to do with sbd; None where neither the CIB nor the processes are known."""
    processes, cib = evidence.get(PROCESSES), evidence.get(CIB)
    if processes and daemon.sbd_of(processes).processes:
        return True
    return uses_sbd(cib) if cib else None


CHECK = Check(
    name="sbd",
    manual=__doc__,
    readings=READINGS,
    conditions=(*devices.CONDITIONS, *timeouts.CONDITIONS, *daemon.CONDITIONS, NO_CONFIG, NO_SBD),
    metrics=(SLOWEST, CONFIGURED, READABLE, MESSAGES, READ_TIME),
    judge=judge,
    number=SLOWEST,
    options=SbdOptions,
    applies=Applies("sbd", (PROCESSES, CIB), _set_up),
    nothing=NO_SBD,
)
