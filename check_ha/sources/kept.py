"""What check_ha_collect has collected for a user, kept for a moment, so that ten checks a minute ask the tools once.

It is one stream of all tools that checks ask, and not a part here and there: a virtual IP that was moved between two
parts would seem to be on no node. It is root's, in a folder of root's in ``/run``, which is empty after a boot; the
group of the user may read it, and nobody else.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import pwd
import stat
import time
from typing import Iterator, Optional

from check_ha.sources.files import own_directory, read_plain
from check_ha.sources.stream import LIMIT
from check_ha.sources.tools import ALL

FOLDER = "/run/check_ha"
KEPT = tuple(tool for tool in ALL if not tool.digest)
"""What is collected together: the fingerprint of the key takes longer than all else, and no check asks for it."""
LONGEST = 300.0
"""Seconds for which anything may be kept."""


def recent(user: int, seconds: float, folder: str = FOLDER) -> bytes:
    """Return the stream that was collected for this user at most so many seconds ago, by the clock; empty: there is
    none. What is in a folder that is not root's is none."""
    path = os.path.join(folder, f"{user}.stream")
    with contextlib.suppress(OSError, OverflowError):
        place, found = os.lstat(folder), os.lstat(path)
        safe = place.st_uid == found.st_uid == 0 and not place.st_mode & 0o022 and stat.S_ISDIR(place.st_mode)
        if safe and 0 <= time.time() - found.st_mtime <= seconds:
            return read_plain(path, LIMIT, follow=False)
    return b""


def keep(user: int, stream: bytes, began: float, folder: str = FOLDER) -> None:
    """Keep the stream for this user, whose tools were asked at that time, in place of what was kept before.

    OSError where that cannot be done, KeyError where there is no such user.
    """
    group = pwd.getpwuid(user).pw_gid
    place = own_directory(folder)
    name, scratch = f"{user}.stream", f".{user}.{os.getpid()}"
    try:
        os.fchmod(place, 0o755)  # whoever may not read a file in it may know that it is there
        descriptor = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o400, dir_fd=place)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(stream)
                file.flush()
                os.utime(file.fileno(), (began, began))
                os.fchown(file.fileno(), 0, group)
                os.fchmod(file.fileno(), 0o440)
            os.replace(scratch, name, src_dir_fd=place, dst_dir_fd=place)
        except BaseException:
            os.unlink(scratch, dir_fd=place)
            raise
    finally:
        os.close(place)


@contextlib.contextmanager
def alone(user: int, deadline: float, folder: str = FOLDER) -> Iterator[Optional[int]]:
    """Let one process at a time collect for this user; after the deadline, by the monotonic clock, all that wait."""
    place = own_directory(folder)
    lock = os.open(f".{user}.lock", os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600, dir_fd=place)
    os.close(place)
    try:
        while time.monotonic() < deadline:
            with contextlib.suppress(BlockingIOError):
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            time.sleep(0.02)
        yield lock
    finally:
        os.close(lock)
