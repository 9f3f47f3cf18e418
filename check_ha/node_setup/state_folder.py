"""The folder in which the checks of a user keep what the next run compares with: its own, below one of root's.

In ``/var/tmp`` any user may make a folder of that name first; then nothing is kept, and the checks that compare say so.
"""

from __future__ import annotations

import os
import pwd
import stat
from typing import Collection, Iterator, Optional, Tuple

from check_ha.sources.files import STATE


def commands(users: Collection[str], gone: Collection[str], state: str = STATE) -> Iterator[Tuple[str, ...]]:
    """Return what is to be run so that each of these users has such a folder, and who is gone has none any more."""
    wanted = [entry for entry in map(_entry, users) if entry]
    folders = [os.path.join(state, str(entry.pw_uid)) for entry in wanted]
    wrong = [pair for pair in zip(wanted, folders) if not _is_in_order(pair[1], pair[0].pw_uid)]
    if wrong:
        yield ("install", "-d", "-m", "755", "-o", "root", "-g", "root", state)
    for entry, folder in wrong:
        yield ("install", "-d", "-m", "700", "-o", entry.pw_name, "-g", str(entry.pw_gid), folder)
    left = [str(entry.pw_uid) for entry in map(_entry, gone) if entry]
    if gone and not wanted and set(_names(state)) <= {*left, "0"}:
        left = [""]  # with that of root, who makes it below what is here
    for folder in (os.path.join(state, name).rstrip("/") for name in left):
        if os.path.lexists(folder):
            yield ("rm", "-rf", folder)


def _entry(user: str) -> Optional[pwd.struct_passwd]:
    try:
        return pwd.getpwnam(user)
    except KeyError:
        return None


def _names(folder: str) -> Tuple[str, ...]:
    try:
        return tuple(os.listdir(folder))
    except OSError:
        return ()


def _is_in_order(folder: str, user: int) -> bool:
    try:
        found = os.lstat(folder)
    except OSError:
        return False
    return stat.S_ISDIR(found.st_mode) and found.st_uid == user and stat.S_IMODE(found.st_mode) == 0o700
