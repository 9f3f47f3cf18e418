"""What one run remembers for the next: a cookie of nagiosplugin in a directory of this user's own.

The directory must be safe: a real one, that belongs to this user and that nobody else may write to. The file must be a
plain one that nobody else may open: a cookie is locked while it is read or written, and who may open a file may keep it
locked beyond any deadline. A new cookie takes the place of the old one when it is whole. Where there is no safe place
nothing is kept, and the check goes on without, and says so.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import stat
import time
from typing import Any, Iterator, Mapping, Optional

import nagiosplugin

from check_ha.sources.files import STATE

LIMIT = 4 * 1024 * 1024


def default_directory() -> str:
    """Return where state is kept unless the user says: in what check_ha_setup has made for this user, below which root
    may make its own; else where every user may make something, on a disk that survives a reboot."""
    user = os.geteuid()
    own = os.path.join(STATE, str(user))
    made = os.path.isdir(own if user else STATE)
    return own if made else f"/var/tmp/check_ha-{user}"  # noqa: S108  # made 0700, and checked below


class Memory:
    """The state of one check of one user. ``trouble`` says why there is none, or is empty."""

    def __init__(self, directory: Optional[str], check: str) -> None:
        self.trouble = ""
        # without the slash at the end with which a link would be followed
        self._directory = None if directory is None else os.path.normpath(directory)
        self._name = f"{check}.json"

    def recall(self) -> Optional[Mapping[str, Any]]:
        """Return what the last run kept, nothing on the first; ``None``: nothing is kept, or it cannot be read."""
        if self._directory is None:
            return None
        try:
            with _safe(self._directory) as place:
                _must_be_private(self._name, place)
                _must_be_unlocked(self._name, place)
                with _cookie(self._name, place) as cookie:
                    return dict(cookie)
        except FileNotFoundError:
            return {}
        except OSError as error:
            self.trouble = f"no state of the last run: {self._directory}: {error.strerror}"
        except (ValueError, RecursionError):
            self.trouble = f"no state of the last run: {self._directory}: {self._name} is not readable"
        return None

    def remember(self, values: Mapping[str, Any]) -> None:
        """Keep this for the next run."""
        if self._directory is None:
            return
        try:
            with _safe(self._directory) as place, _scratch(f"{self._name}.{os.getpid()}", place) as scratch:
                with _cookie(scratch, place) as cookie:
                    cookie.update(values)
                    cookie.commit()
                os.replace(scratch, self._name, src_dir_fd=place, dst_dir_fd=place)
        except OSError as error:
            self.trouble = f"no state is kept: {self._directory}: {error.strerror}"


@contextlib.contextmanager
def _safe(directory: str) -> Iterator[int]:
    """Return a descriptor of this directory, made where it is not there; OSError when it is not to be trusted."""
    try:
        os.makedirs(directory, mode=0o700, exist_ok=True)
    except FileNotFoundError as error:  # as in /proc
        raise OSError(errno.EACCES, "cannot be made") from error
    if not os.access(directory, os.W_OK | os.X_OK):
        raise OSError(errno.EACCES, "cannot be written")
    if os.path.islink(directory):
        raise OSError(errno.ELOOP, "is a symbolic link")
    place = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        found = os.fstat(place)
        if found.st_uid != os.geteuid():
            raise OSError(errno.EPERM, "belongs to another user")
        if found.st_mode & 0o022:
            raise OSError(errno.EPERM, "others may write to it")
        yield place
    finally:
        os.close(place)


def _must_be_private(name: str, place: int) -> None:
    """FileNotFoundError where there is no such file, OSError where a cookie must not be opened there."""
    found = os.stat(name, dir_fd=place, follow_symlinks=False)
    if stat.S_ISLNK(found.st_mode):
        raise OSError(errno.ELOOP, f"{name} is a symbolic link")
    if not stat.S_ISREG(found.st_mode) or found.st_uid != os.geteuid() or found.st_mode & 0o077:
        raise OSError(errno.EPERM, f"{name} is not a file of this user alone")
    if found.st_size > LIMIT:
        raise OSError(errno.EFBIG, f"{name} is too large")


def _must_be_unlocked(name: str, place: int) -> None:
    """OSError where another process of this user keeps the file locked: a cookie would be waited for without end."""
    descriptor = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=place)
    try:
        for pause in (0.01, 0.04, 0.1, 0.3, None):  # another run has it for a moment
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return
            except BlockingIOError:
                if pause is None:
                    raise OSError(errno.EWOULDBLOCK, f"{name} is locked by another process") from None
                time.sleep(pause)
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def _scratch(name: str, place: int) -> Iterator[str]:
    """Return a new and empty file that takes the place of the old one once it is whole, whatever that is."""
    with contextlib.suppress(FileNotFoundError):  # of a run that was killed
        os.unlink(name, dir_fd=place)
    os.close(os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600, dir_fd=place))
    try:
        yield name
    except BaseException:  # also when told to end: what has another number in its name nobody would find again
        with contextlib.suppress(OSError):
            os.unlink(name, dir_fd=place)
        raise


@contextlib.contextmanager
def _cookie(name: str, place: int) -> Iterator[nagiosplugin.Cookie]:
    """Return the cookie, open; ValueError where it holds no state."""
    cookie = nagiosplugin.Cookie(f"/proc/self/fd/{place}/{name}")  # by the descriptor: its path may lead elsewhere now
    try:
        yield cookie.open()
    finally:
        cookie.close()
