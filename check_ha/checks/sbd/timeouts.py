"""The timeouts of sbd: those on its devices against each other, and against what Pacemaker waits for."""

from __future__ import annotations

from typing import Iterator, List, Optional, Sequence

from check_ha.checks.sbd.devices import disks
from check_ha.checks.sbd.evidence import Device
from check_ha.checks.sbd.tables import (
    MSGWAIT_SHORT,
    STONITH_TIMEOUT_SHORT,
    TIMEOUTS_DIFFER,
    TWO_NODES,
    WATCHDOG_TIMEOUT_SHORT,
)
from check_ha.cluster.fencing.sbd import sbd_resources, watchdog_timeout
from check_ha.core.condition import Severity
from check_ha.core.finding import SETTING, Finding, Subject, nodes, resources
from check_ha.core.wording import joined
from check_ha.model.cib import Cib
from check_ha.model.cluster import Cluster
from check_ha.model.corosync import CorosyncMap
from check_ha.model.sbd import SbdConfig, SbdHeader
from check_ha.parsers.sbd import seconds_of

WATCHDOG_DEFAULT = 5
"""Seconds of SBD_WATCHDOG_TIMEOUT where it is not set (15 on s390)."""
STONITH_DEFAULT = 60
"""Seconds of stonith-timeout where it is not set."""


def on_devices(devices: Sequence[Device]) -> Iterator[Finding]:
    """Yield what is wrong with the timeouts that the devices hold."""
    readable = [(one.name, one.header) for one in devices if one.header]
    short = [(name, head) for name, head in readable if head.msgwait < 2 * head.watchdog]
    for name, head in short[:1]:
        names = [name for name, _ in short]
        text = f"msgwait {head.msgwait} s is less than twice the watchdog timeout of {head.watchdog} s"
        yield Finding(MSGWAIT_SHORT, f"{joined(names)}: {text}", disks(names), _create(names, head))
    if readable:
        first, own = readable[0]
        others = [name for name, head in readable[1:] if head.timeouts != own.timeouts]
        if others:
            text = f"{joined(others)} and {first} have different timeouts: sbd watches only those like the first"
            yield Finding(TIMEOUTS_DIFFER, text, disks([*others, first]), _create(others, own))


def _create(names: Sequence[str], head: SbdHeader) -> str:
    """Return how the timeouts of a device are changed: it is written anew."""
    options = " ".join(f"-d {name}" for name in names)
    wait = max(head.msgwait, 2 * head.watchdog)
    return (
        f"with the cluster stopped on all nodes: sbd {options} -1 {head.watchdog} -4 {wait} create (which clears all "
        "slots)"
    )


def of_pacemaker(devices: Sequence[Device], cib: Optional[Cib]) -> Iterator[Finding]:
    """Yield where Pacemaker does not wait until a message must have had its effect.

    A fence device may have a time of its own (``pcmk_reboot_timeout``, ``pcmk_off_timeout``).
    """
    msgwait = max((one.header.msgwait for one in devices if one.header), default=0)
    if not msgwait or cib is None:
        return
    general = seconds_of(cib.option("stonith-timeout", "fencing-timeout") or f"{STONITH_DEFAULT}s")
    for fencer in sbd_resources(cib):
        own = [seconds_of(text) for name in ("pcmk_reboot_timeout", "pcmk_off_timeout") for text in fencer.values(name)]
        name = "stonith-timeout"
        waits, known = general, [one for one in own if one is not None]
        if known:
            waits, name = min(known), "its timeout"
        if waits is None or waits >= 1.2 * msgwait:
            continue
        never = waits <= msgwait
        why = "not longer than" if never else "less than 1.2 times"
        least = -(-12 * msgwait // 10)
        yield Finding(
            STONITH_TIMEOUT_SHORT,
            f"{fencer.id}: {name} {waits} s is {why} msgwait {msgwait} s{': no fencing succeeds' if never else ''}",
            (Subject(SETTING, "stonith-timeout"), *resources(fencer.id)),
            commands=() if known else (f"crm_attribute --type crm_config --name stonith-timeout --update {least}s",),
            override=None if never else Severity.WARNING,
        )


def of_watchdog(config: SbdConfig, cib: Optional[Cib]) -> Iterator[Finding]:
    """Yield where nodes count as fenced before their watchdog must have fired; without a device that is all there is.

    Pacemaker (2.0 on) ends itself where the one is not longer than the other; -1 is twice as long by itself.
    """
    text = watchdog_timeout(cib) if cib else "0"
    waits = seconds_of(text)
    fires = WATCHDOG_DEFAULT if config.watchdog_seconds is None else config.watchdog_seconds
    if not fires and not config.devices:
        text = "SBD_WATCHDOG_TIMEOUT is 0: sbd cannot set the watchdog, and nothing says when a lost node is down"
        advice = "set it on each node (5, or what the watchdog needs), then restart the cluster there, one by one"
        yield Finding(WATCHDOG_TIMEOUT_SHORT, text, (Subject(SETTING, "SBD_WATCHDOG_TIMEOUT"),), advice)
        return
    if not waits or config.devices or waits >= 2 * fires:
        return
    never = waits <= fires
    why = "not longer than" if never else "less than twice"
    yield Finding(
        WATCHDOG_TIMEOUT_SHORT,
        f"stonith-watchdog-timeout {text} is {why} SBD_WATCHDOG_TIMEOUT {fires} s",
        (Subject(SETTING, "stonith-watchdog-timeout"),),
        commands=(f"crm_attribute --type crm_config --name stonith-watchdog-timeout --update {2 * fires}s",),
        override=None if never else Severity.WARNING,
    )


def two_nodes(config: SbdConfig, cluster: Optional[Cluster], cmap: Optional[CorosyncMap]) -> Iterator[Finding]:
    """Yield that sbd relies on quorum alone where two nodes cannot have one that means something."""
    members: List[str] = [node.name for node in cluster.nodes if node.type in ("member", "")] if cluster else []
    if config.devices or len(members) != 2 or cmap is None or cmap.values.get("quorum.device.model"):
        return
    text = "sbd has no device, and this cluster of two nodes has no quorum device: no half of it can be sure of itself"
    yield Finding(TWO_NODES, text, nodes(*members), "add a device (SBD_DEVICE), a quorum device or a third node")
