"""Judge the devices first, then what is on them, then timeouts, the daemon and the watchdog."""

from __future__ import annotations

from typing import Iterator, List, Optional, Sequence

from check_ha.checks.sbd import daemon, devices, timeouts
from check_ha.checks.sbd.evidence import Device, devices_of
from check_ha.checks.sbd.readings import CIB, CLUSTER, CONFIG, DOGS, MAP, PROCESSES
from check_ha.checks.sbd.tables import CONFIGURED, MESSAGES, NO_CONFIG, READ_TIME, READABLE, SLOWEST
from check_ha.cluster.fencing.sbd import SBD, oldest, sbd_of
from check_ha.core.check import Judgement, Measure
from check_ha.core.condition import NOT_RESPONDING, TOOL_MISSING
from check_ha.core.evidence import Evidence
from check_ha.core.finding import DAEMON, DISK, FILE, Finding, Row, Subject
from check_ha.core.wording import count, how_long
from check_ha.model.sbd import CLEAR, SbdConfig
from check_ha.sources.tools import SBD_FILES


def judge(evidence: Evidence, set_up: Optional[bool], wanted: int) -> Judgement:
    """Judge what is known of sbd; so many devices are wanted (0: any number)."""
    config, cib, cluster = evidence.get(CONFIG), evidence.get(CIB), evidence.get(CLUSTER)
    processes, cmap, dogs = evidence.get(PROCESSES), evidence.get(MAP), evidence.get(DOGS)
    found = devices_of(evidence)
    used = set_up or bool(found)
    findings: List[Finding] = [*(daemon.running(processes) if processes and used else ())]
    if config is None and used:
        findings += _no_config(evidence)
    elif config and used:
        nodes = devices.sbd_nodes(cluster, cib)
        findings += [
            *devices.wrong_number(config, cib, wanted),
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
        sbd = sbd_of(processes)
        seconds = oldest(sbd)
        since = "" if seconds is None else f" for {how_long(seconds)}"
        yield Row(Subject(DAEMON, SBD), f"runs{since}" if sbd else "does not run")
