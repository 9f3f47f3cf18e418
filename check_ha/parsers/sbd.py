"""sbd: its file, and what ``sbd dump`` and ``sbd list`` say of a device; sbd 1.0.9 to 1.5.2.

``/etc/sysconfig/sbd`` (Enterprise Linux, SUSE) or ``/etc/default/sbd`` (Debian) is read by systemd as an
EnvironmentFile, and before that by a shell.
"""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import Dict, List, Optional

from check_ha.model.sbd import SbdConfig, SbdHeader, SbdSlot, SbdSlots
from check_ha.parsers.errors import ParseError

# ==Dumping header on disk /dev/vdb
# Header version     : 2.1                          1.0.9: 2
# UUID               : 4d97080c-8b02-...            since 1.2.0
# Number of slots    : 255
# Sector size        : 512
# Timeout (watchdog) : 5
# Timeout (allocate) : 2
# Timeout (loop)     : 1
# Timeout (msgwait)  : 10
# ==Header on disk /dev/vdb is dumped
#
# A device that cannot be opened, exit 1; on stdout up to 1.4.0, since then on stderr. Of one that cannot be read, or
# has no header, the first of these two lines is not there:
#
# == disk /dev/vdb unreadable!
# ==Header on disk /dev/vdb NOT dumped
# sbd failed; please check the logs.
_NUMBERS = {
    "Number of slots": "slots",
    "Sector size": "sector_size",
    "Timeout (watchdog)": "watchdog",
    "Timeout (allocate)": "allocate",
    "Timeout (loop)": "loop",
    "Timeout (msgwait)": "msgwait",
}
# 0	node1	clear
# 1	node2	reset	node1
_SLOT = re.compile(r"([0-9]{1,3})\t([^\t]{1,64})\t(clear|test|reset|off|exit|crashdump|undefined)(?:\t([^\t]{0,64}))?")
_UNREADABLE = re.compile(r"== ?(disk .* unreadable!|Slots on disk .* NOT dumped)")
_SECONDS = {"": 1, "s": 1, "sec": 1, "m": 60, "min": 60, "h": 3600, "hr": 3600}


def parse_sbd_config(data: bytes) -> SbdConfig:
    """Return what the file sets; of a name that stands twice the last, of nothing what sbd does without."""
    text = data.decode("utf-8", "backslashreplace").replace("\\\n", "")
    values: Dict[str, str] = {}
    for line in text.splitlines():
        found = re.match(r"\s*(?:export\s+)?(\w+)=(.*)", line)
        if found:
            values[found[1]] = _unquoted(found[2].strip())
        elif line.strip() and line.strip()[0] not in "#;":
            raise ParseError("unknown line in the configuration of sbd", line[:100])
    return SbdConfig(
        values=MappingProxyType(values),
        devices=tuple(name.strip() for name in values.get("SBD_DEVICE", "").split(";") if name.strip()),
        watchdog=values.get("SBD_WATCHDOG_DEV") or "/dev/watchdog",
        watchdog_seconds=seconds_of(values.get("SBD_WATCHDOG_TIMEOUT", "")),
        clean_start=values.get("SBD_STARTMODE") == "clean",
    )


def _unquoted(value: str) -> str:
    quoted = re.match(r"""(["'])(.*?)\1\s*(?:#.*)?$""", value)
    return quoted[2] if quoted else value


def seconds_of(text: str) -> Optional[int]:
    """Return a time span as Pacemaker's crm_get_msec() reads it, in whole seconds: ``5``, ``5s``, ``5000ms``,
    ``1min``; None for what it does not understand."""
    found = re.fullmatch(r"([0-9]{1,9})\s*([a-z]*)", text)
    if not found or (found[2] != "ms" and found[2] not in _SECONDS):
        return None
    return int(found[1]) // 1000 if found[2] == "ms" else int(found[1]) * _SECONDS[found[2]]


def parse_sbd_dump(data: bytes) -> SbdHeader:
    """Return the header of a device; not readable where sbd says so."""
    lines = data.decode("utf-8", "backslashreplace").splitlines()
    first = re.fullmatch(r"==Dumping header on disk (.+)", lines[0]) if lines else None
    if not first:
        raise ParseError("not the output of sbd dump", lines[0][:200] if lines else "")
    device = first[1]
    found: Dict[str, str] = {}
    for line in lines[1:]:
        if line == f"==Header on disk {device} is dumped":
            return _header(device, found)
        if line in (f"== disk {device} unreadable!", f"==Header on disk {device} NOT dumped"):
            return SbdHeader(device, False)
        name, colon, value = (part.strip() for part in line.partition(" : "))
        if not colon or name not in (*_NUMBERS, "Header version", "UUID"):
            raise ParseError("unknown line of sbd dump", line[:200])
        found[name] = value
    raise ParseError("the output of sbd dump is cut off", lines[-1][:200])


def _header(device: str, found: Dict[str, str]) -> SbdHeader:
    """Return the header with all of its numbers: sbd prints each, whatever its version."""
    for name in _NUMBERS:
        if not re.fullmatch(r"[0-9]{1,10}", found.get(name, "")):
            raise ParseError(f"sbd dump tells no number for {name}", found.get(name, ""))
    numbers = {field: int(found[name]) for name, field in _NUMBERS.items()}
    return SbdHeader(device, True, found.get("Header version", ""), found.get("UUID", ""), **numbers)


def parse_sbd_list(data: bytes) -> SbdSlots:
    """Return the slots in use; none on a device that no node has ever watched."""
    text = data.decode("utf-8", "backslashreplace")
    if text and not text.endswith("\n"):
        raise ParseError("the output of sbd list is cut off", text.rpartition("\n")[2][:200])
    slots: List[SbdSlot] = []
    for line in text.split("\n")[:-1]:
        if _UNREADABLE.fullmatch(line):
            return SbdSlots(False)
        found = _SLOT.fullmatch(line)
        if not found or (slots and int(found[1]) <= slots[-1].number):
            raise ParseError("unknown line of sbd list", line[:200])
        slots.append(SbdSlot(int(found[1]), found[2], found[3], found[4] or ""))
    return SbdSlots(True, tuple(slots))
