"""What one run remembers for the next: a JSON file in a directory of this user's own.

The directory must be safe: a real one, that belongs to this user and that nobody else may write to. The file is opened
without following a link, and replaced as a whole. There is no lock, as in nagiosplugin's Cookie: it would be waited for
beyond any deadline, and whoever may read a file may hold one. Where there is no safe place nothing is kept, the check
goes on without, and -v says so.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import stat
from typing import Any, Iterator, Mapping, Optional

LIMIT = 4 * 1024 * 1024


def default_directory() -> str:
    """Where state is kept unless the user says: per user, and on a disk that survives a reboot."""
    return f"/var/tmp/check_ha-{os.geteuid()}"  # noqa: S108  # made 0700, and checked below


class Memory:
    """The state of one check of one user. ``trouble`` says why there is none, or is empty."""

    def __init__(self, directory: Optional[str], check: str) -> None:
        self.trouble = ""
        # absolute and without the slash at the end with which a link would be followed
        self._directory = None if directory is None else os.path.abspath(directory)
        self._name = f"{check}.json"

    def recall(self) -> Optional[Mapping[str, Any]]:
        """What the last run remembered, nothing on the first; ``None`` where nothing is kept or it cannot be read."""
        if self._directory is None:
            return None
        try:
            _make(self._directory)
            with _safe(self._directory) as place:
                values = json.loads(_read(self._name, place))
        except FileNotFoundError:
            return {}
        except OSError as error:
            self.trouble = f"no state of the last run: {self._directory}: {error.strerror}"
            return None
        except (ValueError, RecursionError):
            values = None
        if not isinstance(values, dict):
            self.trouble = f"no state of the last run: {self._directory}: {self._name} is not readable"
            return None
        return values

    def remember(self, values: Mapping[str, Any]) -> None:
        """Keep this for the next run."""
        if self._directory is None:
            return
        try:
            _make(self._directory)
            with _safe(self._directory) as place:
                _replace(self._name, place, json.dumps(values).encode())
        except OSError as error:
            self.trouble = f"no state is kept: {self._directory}: {error.strerror}"


def _make(directory: str) -> None:
    """Make it where it is not there; OSError, but never FileNotFoundError, when it cannot be, or not be written."""
    try:
        os.makedirs(directory, mode=0o700, exist_ok=True)
    except FileNotFoundError as error:  # as in /proc
        raise OSError(errno.EACCES, "cannot be made") from error
    if not os.access(directory, os.W_OK | os.X_OK):
        raise OSError(errno.EACCES, "cannot be written")


@contextlib.contextmanager
def _safe(directory: str) -> Iterator[int]:
    """A descriptor of this directory; OSError when it is not to be trusted."""
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


def _read(name: str, place: int) -> bytes:
    """The content of a file that is nothing else, and of this user."""
    try:
        descriptor = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=place)
    except OSError as error:
        reason = "is a symbolic link" if error.errno == errno.ELOOP else error.strerror
        raise OSError(error.errno, f"{name} {reason}") from error
    with os.fdopen(descriptor, "rb") as file:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode) or found.st_uid != os.geteuid() or found.st_size > LIMIT:
            raise OSError(errno.EPERM, f"{name} is not a file of this user, or too large")
        return file.read()


def _replace(name: str, place: int, data: bytes) -> None:
    """Put a new file in the place of the old one, whatever that is."""
    scratch = f"{name}.{os.getpid()}"
    with contextlib.suppress(FileNotFoundError):  # of a run that was killed
        os.unlink(scratch, dir_fd=place)
    descriptor = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600, dir_fd=place)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
        os.replace(scratch, name, src_dir_fd=place, dst_dir_fd=place)
    except OSError:
        with contextlib.suppress(OSError):
            os.unlink(scratch, dir_fd=place)
        raise
