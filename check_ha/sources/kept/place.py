"""The folder in ``/run`` and its files: each is written anew and put in the place of the old one when it is whole."""

from __future__ import annotations

import contextlib
import os
import stat
import time

from check_ha.sources.files import own_directory, read_plain

TYPE_CHECKING = False  # without typing, which takes 3 ms
if TYPE_CHECKING:
    from typing import Optional

FOLDER = "/run/check_ha"


def take(name: str, seconds: float, limit: int, folder: str = FOLDER) -> bytes:
    """Return what is kept under this name if it is at most so many seconds old, by the clock; empty: there is none.

    What is in a folder that is not root's is none, nor what has more bytes than the limit.
    """
    path = os.path.join(folder, name)
    with contextlib.suppress(OSError, OverflowError):
        place, found = os.lstat(folder), os.lstat(path)
        safe = place.st_uid == found.st_uid == 0 and not place.st_mode & 0o022 and stat.S_ISDIR(place.st_mode)
        if safe and 0 <= time.time() - found.st_mtime <= seconds:
            return read_plain(path, limit, follow=False)
    return b""


def put(name: str, data: bytes, when: float, group: Optional[int] = None, folder: str = FOLDER) -> None:
    """Keep this under this name, as of that time; the group may read it, where there is one.

    OSError where that cannot be done.
    """
    place = own_directory(folder)
    scratch = f".{name}.{os.getpid()}"
    try:
        os.fchmod(place, 0o755)  # whoever may not read a file in it may know that it is there
        descriptor = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o400, dir_fd=place)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
                file.flush()
                os.utime(file.fileno(), (when, when))
                if group is not None:
                    os.fchown(file.fileno(), 0, group)
                    os.fchmod(file.fileno(), 0o440)
            os.replace(scratch, name, src_dir_fd=place, dst_dir_fd=place)
        except BaseException:
            os.unlink(scratch, dir_fd=place)
            raise
    finally:
        os.close(place)
