"""The devices that sbd is told of in its file, as far as they may be handed to the ``sbd`` command.

A check may run as root for a user who is not (``check_ha_collect``), and that user names no device: they stand in a
file of root's. Of another file nothing is believed, and of a name nothing but plain characters below ``/dev``, where
only root makes devices; ``/dev/shm`` and ``/dev/mqueue`` belong to everybody.
"""

from __future__ import annotations

import os
import re
import stat
from typing import List, Sequence, Tuple

from check_ha.record import NamedTuple
from check_ha.sources.files import read_plain
from check_ha.sources.tools import NOT_SET_UP, SBD_FILES

_LIMIT = 64 * 1024
_DEVICE = re.compile(r"/dev/(?!shm/|mqueue/|fd/)[\w+@%=,.:-]+(?:/[\w+@%=,.:-]+){0,8}", re.ASCII)


class SbdDevices(NamedTuple):
    """What the file says of devices."""

    names: Tuple[str, ...] = ()
    refused: str = ""
    """Why none of them is handed to a command."""

    def why_not(self, number: int) -> str:
        """Return why this device is not asked, counted from 1; empty for one that is, and for what is about none."""
        if not number:
            return ""
        return self.refused or (NOT_SET_UP if number > len(self.names) else _wrong(self.names[number - 1]))


def sbd_devices(files: Sequence[str] = SBD_FILES, owners: Sequence[int] = (0,)) -> SbdDevices:
    """Return the devices in the first of these files that is there, which must belong to one of these users."""
    for path in files:
        try:
            if not os.path.exists(path):
                continue
            text, found = read_plain(path, _LIMIT), os.stat(path)
        except (OSError, OverflowError) as error:
            return SbdDevices(refused=f"{path} cannot be read: {getattr(error, 'strerror', None) or error}")
        if found.st_uid not in owners or found.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
            return SbdDevices(refused=f"{path} is not root's alone: its devices are not looked at")
        return SbdDevices(devices_in(text.decode("utf-8", "backslashreplace")))
    return SbdDevices()


def devices_in(text: str) -> Tuple[str, ...]:
    """Return what the last ``SBD_DEVICE=`` names; between semicolons, as sbd reads it."""
    value = ""
    for line in text.replace("\\\n", "").splitlines():
        match = re.match(r"\s*(?:export\s+)?SBD_DEVICE=(.*)", line)
        if match:
            value = _unquoted(match[1].strip())
    names: List[str] = [name.strip() for name in value.split(";")]
    return tuple(name for name in names if name)


def _unquoted(value: str) -> str:
    quoted = re.match(r"""(["'])(.*?)\1\s*(?:#.*)?$""", value)
    return quoted[2] if quoted else value


def _wrong(name: str) -> str:
    plain = _DEVICE.fullmatch(name) and ".." not in name.split("/")
    return "" if plain else f"{name[:100]!r} is not the name of a device below /dev"
