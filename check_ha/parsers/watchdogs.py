"""The watchdog devices of a node, and which process has one open, from ``find``."""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import Dict, List, Tuple

from check_ha.model.sbd import Watchdogs
from check_ha.parsers.errors import ParseError

# findutils 4.9, -printf "%p %y %l\n", with what it says on stderr; a link may lead to a name beside it:
#
# /dev/watchdog c
# /dev/watchdog0 c
# /dev/watchdog_sbd l watchdog0
# /proc/812/fd/5 l /dev/watchdog
# /usr/bin/find: '/proc/1/fd': Permission denied
_DEVICE = re.compile(r"(/dev/\S+) ([a-zA-Z?]) ?(\S*)")
_OPEN = re.compile(r"/proc/([0-9]{1,10})/fd/[0-9]{1,10} l (/dev/\S+)(?: \(deleted\))?")


def parse_watchdogs(data: bytes) -> Watchdogs:
    """Return them; of nothing that there is no watchdog device, as on a node without the driver."""
    text = data.decode("utf-8", "backslashreplace")
    if text and not text.endswith("\n"):
        raise ParseError("the output of find is cut off", text.rpartition("\n")[2][:200])
    devices: Dict[str, str] = {}
    holders: List[Tuple[int, str]] = []
    complete = True
    for line in text.split("\n")[:-1]:
        device, opened = _DEVICE.fullmatch(line), _OPEN.fullmatch(line)
        if device:
            target = device[3]
            devices[device[1]] = target if target.startswith("/") or not target else f"/dev/{target}"
        elif opened:
            holders.append((int(opened[1]), opened[2]))
        elif re.fullmatch(r"(?:/\S*/)?find: .*: (Permission denied|No such (file or directory|process))", line):
            complete = complete and not line.endswith("Permission denied")
        else:
            raise ParseError("unknown line of find", line[:200])
    return Watchdogs(MappingProxyType(devices), tuple(holders), complete)
