"""sbd itself, and the watchdog that it keeps from firing."""

from __future__ import annotations

from typing import Iterator, Optional

from check_ha.checks.sbd.tables import (
    DOWN,
    NO_WATCHDOG,
    STARTED_LATE,
    UNWATCHED,
    WATCHDOG_HELD,
    WATCHDOG_IDLE,
    WATCHDOG_MISSING,
)
from check_ha.cluster.fencing.sbd import SBD, oldest, sbd_of
from check_ha.core.condition import Severity
from check_ha.core.finding import DAEMON, FILE, Finding, Subject
from check_ha.core.wording import how_long
from check_ha.model.cib import is_false
from check_ha.model.node import Processes
from check_ha.model.sbd import SbdConfig, Watchdogs

_MOMENT = 5
"""Seconds by which processes that start together may differ."""


def running(processes: Processes) -> Iterator[Finding]:
    """Yield that sbd does not run, or was started when Pacemaker ran already."""
    sbd = sbd_of(processes)
    seconds = oldest(sbd)
    subject = (Subject(DAEMON, SBD),)
    if not sbd:
        advice = "sbd only starts with corosync; while all other nodes are online, restart the cluster on this node"
        text = "sbd is not running, and the cluster fences with it: this node cannot be fenced"
        yield Finding(DOWN, text, subject, advice)
        return
    started = max((one.seconds for one in processes.named("pacemakerd") if one.seconds is not None), default=None)
    if started is not None and seconds is not None and started - seconds > _MOMENT:
        text = f"sbd was started {how_long(started - seconds)} after Pacemaker: until then this node was not watched"
        yield Finding(STARTED_LATE, text, subject, "see why it ended (journalctl -u sbd)")


def unwatched(config: SbdConfig) -> Iterator[Finding]:
    """Yield that sbd does not look at Pacemaker, which it does by default (sbd 1.3 and later)."""
    if is_false(config.values.get("SBD_PACEMAKER")):
        end = "a node whose Pacemaker hangs, or that has lost quorum, is not reset"
        if not config.devices:
            end = "without a device it watches nothing, and a node that has lost quorum is not reset"
        text = f"sbd is told not to watch Pacemaker (SBD_PACEMAKER={config.values['SBD_PACEMAKER']}): {end}"
        advice = "set SBD_PACEMAKER=yes on each node, then restart the cluster there, one node after the other"
        override = None if config.devices else Severity.CRITICAL
        yield Finding(UNWATCHED, text, (Subject(DAEMON, SBD),), advice, override=override)


def watchdog(config: SbdConfig, dogs: Optional[Watchdogs], processes: Optional[Processes]) -> Iterator[Finding]:
    """Yield what is wrong with the watchdog, as far as that can be seen without opening it."""
    path = config.watchdog
    subject = (Subject(FILE, path),)
    if _without(config):
        text = "sbd is told to work without a watchdog: nothing resets this node when sbd hangs"
        yield Finding(NO_WATCHDOG, text, subject)
        return
    if dogs is None:
        return
    if not dogs.known(path):
        advice = "load the driver of this machine's watchdog at boot (modules-load.d), or set SBD_WATCHDOG_DEV"
        yield Finding(WATCHDOG_MISSING, f"there is no watchdog device {path}: sbd cannot start", subject, advice)
        return
    own = {one.pid for one in sbd_of(processes)} if processes else set()
    holders = dogs.held(path)
    others = [pid for pid in holders if pid not in own]
    if others and processes:
        name = next((one.name for one in processes.all if one.pid == others[0]), "")
        who = f"process {others[0]}{f' ({name})' if name else ''}"
        advice = (
            "systemd: take RuntimeWatchdogSec out of system.conf" if others[0] == 1 else f"end {who} or set it up anew"
        )
        yield Finding(WATCHDOG_HELD, f"{path} is held by {who}: sbd cannot have it", subject, advice)
    elif own and not holders and dogs.complete and "watchdog" in path:
        text = f"sbd runs and does not have {path} open: nothing resets this node when sbd hangs"
        yield Finding(WATCHDOG_IDLE, text, (*subject, Subject(DAEMON, SBD)), "look for -W in SBD_OPTS")


def _without(config: SbdConfig) -> bool:
    return config.watchdog == "/dev/null" or is_false(config.values.get("SBD_WATCHDOG"))


def told_of_watchdog(config: SbdConfig, dogs: Optional[Watchdogs]) -> str:
    """Return what is known of it, in words."""
    if _without(config):
        return "none"
    if dogs is None:
        return "not looked at"
    holders = dogs.held(config.watchdog)
    if not dogs.known(config.watchdog):
        return "no such device"
    if holders:
        return f"held by process {', '.join(map(str, holders))}"
    return "held by nobody" if dogs.complete else "who holds it may not be seen"
