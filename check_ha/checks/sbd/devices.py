"""The devices of sbd: enough of them, a slot for each node, and no message that somebody has not read."""

from __future__ import annotations

from typing import Dict, Iterator, List, Optional, Sequence, Tuple

from check_ha.checks.sbd.evidence import Device
from check_ha.checks.sbd.readings import MOST
from check_ha.checks.sbd.tables import (
    DEVICE_SLOW,
    MESSAGE_UNREAD,
    NO_DEVICE,
    NO_SLOT,
    SAME,
    START_BARRED,
    TOO_FEW,
    TOO_MANY,
    UNREADABLE_DEVICE,
)
from check_ha.cluster.fencing.sbd import sbd_resources
from check_ha.cluster.fencing.targets import targets_of
from check_ha.core.condition import Severity
from check_ha.core.finding import DISK, SETTING, Finding, Subject, nodes, resources
from check_ha.core.wording import count, joined, listed
from check_ha.model.cib import Cib, ConfiguredPrimitive
from check_ha.model.cluster import Cluster
from check_ha.model.sbd import CLEAR, SbdConfig, SbdSlot
from check_ha.record import NamedTuple

_STORAGE = "see that this node reaches the storage; sbd watches the device again by itself, within seconds"


def disks(names: Sequence[str]) -> Tuple[Subject, ...]:
    """Return these devices of sbd as subjects."""
    return tuple(Subject(DISK, name) for name in names)


def wrong_number(config: SbdConfig, cib: Optional[Cib], least: int) -> Iterator[Finding]:
    """Yield what is wrong with how many devices there are."""
    number, setting = len(config.devices), (Subject(SETTING, "SBD_DEVICE"),)
    writers = [one.id for one in sbd_resources(cib)] if cib else []
    if number > MOST:
        yield Finding(TOO_MANY, f"SBD_DEVICE names {number} devices: sbd takes {MOST} and does not start", setting)
    elif not number and writers:
        text = f"SBD_DEVICE names no device: this node does not read the messages of {joined(writers)}"
        yield Finding(NO_DEVICE, text, (*setting, *resources(*writers)))
    elif number < least:
        text = f"{count(number, 'sbd device')} configured, and not {least} as --devices says"
        yield Finding(TOO_FEW, text, setting)


def lost(devices: Sequence[Device]) -> Iterator[Finding]:
    """Yield the devices that are lost: a message must get to more than half of them, or the node is not fenced."""
    gone = [one for one in devices if one.lost]
    left = len(devices) - len(gone)
    fences = 2 * left > len(devices)
    for why in dict.fromkeys(one.lost for one in gone):
        names = [one.name for one in gone if one.lost == why]
        rest = f"{left} of {count(len(devices), 'sbd device')} left" if left else "no sbd device is left"
        loss = "" if fences else ": this node can fence nobody"
        yield Finding(
            UNREADABLE_DEVICE,
            f"{joined(names)} {why}, {rest}{loss}",
            disks(names),
            _STORAGE,
            override=Severity.WARNING if fences else None,
        )


def same(devices: Sequence[Device]) -> Iterator[Finding]:
    """Yield the disks that stand there twice: by name, or by the UUID that sbd has given them (since 1.2.0)."""
    groups: Dict[str, List[str]] = {}
    disk_of: Dict[str, str] = {}
    for one in devices:
        disk = disk_of.setdefault(one.name, (one.header.uuid if one.header else "") or one.name)
        groups.setdefault(disk, []).append(one.name)
    for names in groups.values():
        apart = list(dict.fromkeys(names))
        if len(names) > 1:
            text = f"{joined(apart)} are one disk" if len(apart) > 1 else f"{apart[0]} is named {len(names)} times"
            why = " (they have the same UUID)" if len(apart) > 1 else ""
            loss = f"its loss counts as that of {len(names)} of {count(len(devices), 'device')}"
            yield Finding(SAME, f"{text}{why}: {loss}", (Subject(SETTING, "SBD_DEVICE"), *disks(apart)))


def slow(devices: Sequence[Device]) -> Iterator[Finding]:
    """Yield the devices that take so long to be read that the watchdog may fire: sbd reads them every second."""
    for one in devices:
        if one.header and one.header.watchdog and one.seconds > one.header.watchdog / 2:
            text = (
                f"{one.name}: sbd dump took {one.seconds:.1f} s, and the watchdog fires after {one.header.watchdog} s"
            )
            yield Finding(DEVICE_SLOW, text, disks([one.name]))


class SbdNode(NamedTuple):
    """A node of the cluster, as sbd knows it."""

    name: str
    aliases: Tuple[str, ...]
    """Under which the fence device writes to it, beside its name (``pcmk_host_map``)."""
    online: bool


def sbd_nodes(cluster: Optional[Cluster], cib: Optional[Cib]) -> List[SbdNode]:
    """Return the cluster nodes that sbd is to fence: all, unless each of its fence devices is for others."""
    fencers = sbd_resources(cib) if cib else ()
    found = []
    for node in cluster.nodes if cluster else ():
        meant = not fencers or any(targets_of(one).cover(node.name) is not False for one in fencers)
        if node.type in ("member", "") and meant:
            aliases = tuple(alias for one in fencers for alias in _aliases(one, node.name))
            found.append(SbdNode(node.name, aliases, node.online and not node.unclean))
    return found


def _aliases(fencer: ConfiguredPrimitive, node: str) -> Iterator[str]:
    for value in fencer.values("pcmk_host_map"):
        for entry in value.replace(",", ";").replace(" ", ";").split(";"):
            name, _, alias = entry.replace("=", ":", 1).partition(":")
            if name.lower() == node.lower() and alias:
                yield alias


def without_slot(found: Sequence[SbdNode], devices: Sequence[Device]) -> Iterator[Finding]:
    """Yield the nodes that cannot be sent a message on a device that can be read."""
    for node in found:
        lacking = [one.name for one in devices if one.slots and _slot(one, node) is None]
        reached = sum(one.slots is not None and _slot(one, node) is not None for one in devices)
        if lacking:
            yield Finding(
                NO_SLOT,
                f"{node.name} has no slot on {listed(lacking)}: no message reaches it there",
                (*nodes(node.name), *disks(lacking)),
                f"sbd takes one when it starts on {node.name}, or",
                (f"sbd {_options(lacking)} allocate {node.name}",),
                override=Severity.WARNING if 2 * reached > len(devices) else None,
            )


def _slot(device: Device, node: SbdNode) -> Optional[SbdSlot]:
    return device.slots.of(node.name, *node.aliases) if device.slots else None


def _options(names: Sequence[str]) -> str:
    return " ".join(f"-d {name}" for name in names)


class Message(NamedTuple):
    """A message that stands in the slot of a node."""

    text: str
    """``reset from node1``."""
    slot: SbdSlot
    devices: Tuple[str, ...]


def messages(node: SbdNode, devices: Sequence[Device]) -> List[Message]:
    """Return the messages to this node, each with the devices that have it."""
    found: Dict[str, List[Tuple[SbdSlot, str]]] = {}
    for one in devices:
        slot = _slot(one, node)
        if slot and slot.message != CLEAR:
            text = f"{slot.message} from {slot.sender}" if slot.sender else slot.message
            found.setdefault(text, []).append((slot, one.name))
    return [Message(text, told[0][0], tuple(name for _, name in told)) for text, told in found.items()]


def unread(found: Sequence[SbdNode], devices: Sequence[Device], config: SbdConfig) -> Iterator[Finding]:
    """Yield the messages that are more than the trace of a node that was fenced, or stopped: that its start clears.

    sbd reads its slot once a second, so a node that is online has not read what stands there.
    """
    for node in found:
        for one in messages(node, devices):
            clear = (f"sbd {_options(one.devices)} message {one.slot.node} clear",)
            subjects = (*nodes(node.name), *disks(one.devices))
            where = listed(one.devices)
            if node.online:
                yield Finding(
                    MESSAGE_UNREAD,
                    f"{node.name} has not read the message {one.text} on {where}, and is online",
                    subjects,
                    f"see why sbd on {node.name} does not watch {where}; once it is certain that nobody fences it now",
                    clear,
                    override=None if 2 * len(one.devices) > len(devices) else Severity.WARNING,
                )
            elif config.clean_start and one.slot.message != "exit":
                text = f"{node.name} has the message {one.text} on {where}: with SBD_STARTMODE=clean it does not start"
                yield Finding(START_BARRED, text, subjects, "once its fault is mended", clear)


def told(device: Device) -> str:
    """Return what is known of it, in a line."""
    if device.lost or not device.header or not device.slots:
        return device.lost or "not read"
    head = device.header
    slots = [f"{one.node} {one.message}" for one in device.slots.slots]
    names = listed(slots) or "none"
    return f"watchdog {head.watchdog} s, msgwait {head.msgwait} s, slots: {names}"
