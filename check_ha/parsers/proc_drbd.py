r"""``/proc/drbd``: the version of DRBD's kernel module, and with DRBD 8 all of its devices.

    version: 8.4.11 (api:1/proto:86-101)
    srcversion: 98E710E58B3041F3046305B                    or GIT-hash: ... build by ...
     0: cs:SyncSource ro:Primary/Secondary ds:UpToDate/Inconsistent C r-----
        ns:215680 nr:0 dw:0 dr:216640 al:0 bm:13 lo:0 pe:0 ua:0 ap:0 ep:1 wo:f oos:1001856
            [==>.................] sync'ed: 17.8% (1001856/1217536)K
            finish: 0:00:23 speed: 43,136 (43,136) K/sec

    version: 9.2.13 (api:2/proto:118-122)                  DRBD 9 tells its devices through drbdsetup only
    GIT-hash: ...

Read of 8.0 to 8.4 (drbd_proc.c of drbd-8.3, drbd-8.4 and of Linux). 8.0 to 8.2 call the roles ``st``. A device that is
not in use is ``cs:Unconfigured``. In front of the progress stands a tab; where the resync is of more than 4 GiB early
8.4 has both lines in one. A hole in the numbers of the devices is an empty line.
"""

from __future__ import annotations

import re
from typing import Iterator, List, Match, Optional, Tuple

from check_ha.model.drbd import (
    CONNECTED,
    DrbdConnection,
    DrbdModule,
    DrbdName,
    DrbdPeerVolume,
    DrbdResource,
    DrbdVolume,
)
from check_ha.parsers.drbd_words import CONNECTIONS, DISKS, REPLICATIONS, ROLES, known
from check_ha.parsers.errors import ParseError
from check_ha.record import NamedTuple

_VERSION = re.compile(r"version: ([0-9]{1,4}\.[0-9]{1,4}[\w.~+-]{0,40})(?: \(.*\))?")
_BUILD = re.compile(r"(?:GIT-hash|srcversion|SVN Revision|Transports)\b.*|built-in")
_DEVICE = re.compile(
    r" *([0-9]{1,7}): cs:(\w+) (?:ro|st):(\w+)/(\w+) ds:(\w+)/(\w+) +(?:[ABC] +)?([rs])([a-zA-Z-]{2,8})"
)
_UNCONFIGURED = re.compile(r" *([0-9]{1,7}): cs:Unconfigured")
_COUNTERS = re.compile(r" +(?:[a-z]{2}:[0-9]+ )+ap:[0-9]+(?: ep:[0-9]+)?(?: wo:[a-z])?(?: oos:([0-9]{1,18}))?")
_PROGRESS = re.compile(r"\t\[[=>.]+\] (?:sync'ed|verified): *([0-9]{1,3}\.[0-9])% \([0-9]+/[0-9]+\)[KM]?(.*)")
_FINISH = re.compile(
    r"\s*finish: ([0-9]{1,9}):([0-9]{2}):([0-9]{2}) speed: [0-9,]+ \([0-9, -]+\)(?: want: [0-9,]+)? K/sec"
    r"( \(stalled\))?"
)
# Of 8.0 to 8.2, and of a module that was loaded with proc_details.
_DETAILS = re.compile(r"\t *(?:resync: used:|act_log: used:|blocked on activity log:|[0-9]{1,3}% sector pos:).*")

_REPLICATING = REPLICATIONS - {"Off", "Established"}
_CONNECTING = frozenset(("WFConnection", "WFReportParams"))
_MOVING = frozenset(("SyncSource", "SyncTarget", "VerifyS", "VerifyT"))
_PAUSES = {"a": "dependency", "p": "peer", "u": "user"}
_FIRST_WITH_OUT_OF_SYNC = (8, 3)

_NAME = re.compile(r"([^\s/]{1,255})(?:/([0-9]{1,5}))? \S*drbd([0-9]{1,7})")


class _Progress(NamedTuple):
    done: Optional[float] = None
    seconds_left: Optional[int] = None
    stalled: bool = False


def parse_proc_drbd(data: bytes) -> DrbdModule:
    """Return what the module says; empty, as where there is no such file: it is not loaded.

    A line that is not known is a ParseError, and so is a device that lacks one of its own.
    """
    if not data:
        return DrbdModule("")
    text = data.decode("utf-8", "backslashreplace")
    lines = text.split("\n")
    version = _VERSION.fullmatch(lines[0])
    if version is None:
        raise ParseError("/proc/drbd does not begin with a version", lines[0])
    if not text.endswith("\n"):
        raise ParseError("/proc/drbd is cut off", lines[-1])
    major, minor = (int(number) for number in re.findall("[0-9]+", version[1])[:2])
    if major < 8:
        raise ParseError("DRBD before 8.0 is not understood", lines[0])
    if major > 8:
        return DrbdModule(version[1])
    devices = tuple(_devices(lines[1:-1], (major, minor) >= _FIRST_WITH_OUT_OF_SYNC))
    minors = {volume.minor for device in devices for volume in device.volumes}
    if len(minors) < len(devices):
        raise ParseError("/proc/drbd lists a device twice")
    return DrbdModule(version[1], devices)


def _devices(lines: List[str], counted: bool) -> Iterator[DrbdResource]:
    """Yield each device that is in use; ``counted``: this version tells what is out of sync."""
    position = 0
    while position < len(lines):
        line = lines[position]
        position += 1
        head = _DEVICE.fullmatch(line)
        if head is None:
            if line and not _BUILD.fullmatch(line) and not _UNCONFIGURED.fullmatch(line):
                raise ParseError("a line of /proc/drbd that is not known", line)
            continue
        counters = _COUNTERS.fullmatch(lines[position]) if position < len(lines) else None
        if counters is None or (counted and counters[1] is None):
            raise ParseError("/proc/drbd lacks the counters of a device", line)
        progress, position = _progress(lines, position + 1, head)
        yield _device(head, None if counters[1] is None else int(counters[1]), progress)


def _progress(lines: List[str], position: int, head: Match[str]) -> Tuple[_Progress, int]:
    """Return how far a resync or verify is, and the number of the line after it."""
    found = _PROGRESS.fullmatch(lines[position]) if position < len(lines) else None
    progress = _Progress()
    if found is not None:
        position += 1
        rest = found[2]
        if not rest.strip() and position < len(lines):
            rest = lines[position]
            position += 1
        finish = _FINISH.fullmatch(rest)
        if finish is None:
            raise ParseError("/proc/drbd lacks when a resync will have finished", head.group())
        hours, minutes, seconds = (int(finish[number]) for number in (1, 2, 3))
        stalled = finish[4] is not None
        left = None if stalled else hours * 3600 + minutes * 60 + seconds
        progress = _Progress(min(100.0, float(found[1])), left, stalled)
    elif head[2] in _MOVING:
        raise ParseError("/proc/drbd lacks how far a resync is", head.group())
    while position < len(lines) and _DETAILS.fullmatch(lines[position]):
        position += 1
    return progress, position


def _device(head: Match[str], out_of_sync: Optional[int], progress: _Progress) -> DrbdResource:
    line = head.group()
    state, replication = _states(head[2], line)
    peer = DrbdPeerVolume(
        volume=0,
        replication=replication,
        disk=known(head[6], DISKS, "disk state", line),
        paused=tuple(_PAUSES[flag] for flag in head[8][:3] if flag in _PAUSES),
        out_of_sync=out_of_sync,
        done=progress.done,
        seconds_left=progress.seconds_left,
        stalled=progress.stalled,
    )
    return DrbdResource(
        name="",
        role=known(head[3], ROLES, "role", line),
        volumes=(DrbdVolume(0, int(head[1]), known(head[5], DISKS, "disk state", line)),),
        connections=(DrbdConnection("", state, known(head[4], ROLES, "role", line), (peer,)),),
        suspended=("I/O",) if head[7] == "s" else (),
    )


def _states(word: str, line: str) -> Tuple[str, str]:
    """Return the connection and the replication that this word of DRBD 8 stands for."""
    if word in _REPLICATING:
        return CONNECTED, word
    if word in _CONNECTING:
        return "Connecting", "Off"
    state = known(word, CONNECTIONS, "connection state", line)
    return state, "Established" if state == CONNECTED else "Off"


def parse_drbd_names(data: bytes) -> Tuple[DrbdName, ...]:
    """Return the devices by the names that udev gives them, from ``find /dev/drbd/by-res``::

    r0/0 ../../../drbd0        8.4 and 9: RESOURCE/VOLUME
    r0 ../../drbd0             8.3, and 8.4 where a resource has no more than one volume
    """
    names = []
    for line in data.decode("utf-8", "backslashreplace").splitlines():
        found = _NAME.fullmatch(line)
        if found is None:
            raise ParseError("not the name of a DRBD device", line)
        names.append(DrbdName(found[1], int(found[2] or 0), int(found[3])))
    return tuple(names)
