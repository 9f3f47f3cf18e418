"""What check_ha_collect has collected for a user, kept for a moment, so that ten checks a minute ask the tools once.

It is one stream of all that these checks ask, and not a part here and there: a virtual IP that was moved between two
parts would seem to be on no node. The group of the user may read it, and nobody else.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import time

from check_ha.sources.files import own_directory
from check_ha.sources.kept.place import FOLDER, put, take
from check_ha.sources.recording import RecordingError
from check_ha.sources.stream import LIMIT, Stream
from check_ha.sources.tools import ALL, PS, Tool

TYPE_CHECKING = False  # without typing, which takes 3 ms
if TYPE_CHECKING:
    from typing import Iterator, Optional, Sequence, Tuple

KEPT = tuple(tool for tool in ALL if not tool.digest)
"""What may be kept: the fingerprint of the key takes longer than all else, and no check asks for it."""
LONGEST = 300.0
"""Seconds for which anything may be kept."""
_HABIT = 600.0
"""Seconds after which it is learnt anew which tools the checks of a user ask."""


def recent(user: int, seconds: float, folder: str = FOLDER) -> bytes:
    """Return the stream that was collected for this user at most so many seconds ago; empty: there is none."""
    return take(f"{user}.stream", seconds, LIMIT, folder)


def has(stream: bytes, tools: Sequence[Tool]) -> bool:
    """Return whether this is a stream, and tells of each of these tools."""
    try:
        said = Stream(stream, "what was kept")
    except RecordingError:
        return False
    return all(map(said.has, tools))


def usual(user: int, tools: Sequence[Tool], folder: str = FOLDER) -> Tuple[Tool, ...]:
    """Return what is collected together for this user: these tools, and those that its other checks have asked.

    With the list of processes, which a check asks next where a tool has failed.
    """
    name, now = f"{user}.tools", time.time()
    known = take(name, _HABIT, 4096, folder)
    files = {*known.decode("ascii", "replace").split(), PS.file}
    wanted = tuple(tool for tool in KEPT if tool in tools or tool.file in files)
    text = "".join(f"{tool.file}\n" for tool in wanted).encode()
    if text != known:
        # with the time at which it was begun: what is asked no more is forgotten then
        begun = os.stat(os.path.join(folder, name)).st_mtime if known else now
        put(name, text, begun, folder=folder)
    return wanted


def keep(user: int, stream: bytes, began: float, folder: str = FOLDER) -> None:
    """Keep the stream for this user, whose tools were asked at that time, in place of what was kept before.

    OSError where that cannot be done, KeyError where there is no such user.
    """
    import pwd  # which a check that finds a stream does without

    put(f"{user}.stream", stream, began, pwd.getpwuid(user).pw_gid, folder)


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
