"""The folder in which the checks of a user keep what the next run compares with: its own, below one of root's.

In ``/var/tmp`` any user may make a folder of that name first; then nothing is kept, and the checks that compare say so.
"""

from __future__ import annotations

import os
import pwd
import stat
from typing import Iterator, Tuple

from check_ha.sources.files import STATE


def commands(user: str, remove: bool, state: str = STATE) -> Iterator[Tuple[str, ...]]:
    """Return what is to be run so that this user has such a folder, or has none any more."""
    try:
        entry = pwd.getpwnam(user)
    except KeyError:
        return
    folder = os.path.join(state, str(entry.pw_uid))
    if remove:
        others = {name for name in _names(state) if name not in ("0", str(entry.pw_uid))}
        gone = folder if others else state  # with that of root, who makes it below what is here
        if os.path.lexists(gone):
            yield ("rm", "-rf", gone)
    elif not _is_in_order(folder, entry.pw_uid):
        yield ("install", "-d", "-m", "755", "-o", "root", "-g", "root", state)
        yield ("install", "-d", "-m", "700", "-o", user, "-g", str(entry.pw_gid), folder)


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
