"""What one run remembers for the next: a JSON file in a directory of this user's own.

nagiosplugin's Cookie reads, locks and writes the file. It follows symlinks, so the directory must be safe: a real
directory that belongs to this user and that nobody else may write to. Where there is none nothing is kept, the check
goes on without, and -v says so.
"""

from __future__ import annotations

import os
import stat
from typing import Any, Mapping, Optional

import nagiosplugin


def default_directory() -> str:
    """Where state is kept unless the user says: per user, and on a disk that survives a reboot."""
    return f"/var/tmp/check_ha-{os.geteuid()}"  # noqa: S108  # made 0700, and checked below


class Memory:
    """The state of one check of one user. ``trouble`` says why there is none, or is empty."""

    def __init__(self, directory: Optional[str], check: str) -> None:
        self.trouble = "" if directory is None else _unsafe(directory)
        self._path = None if directory is None or self.trouble else os.path.join(directory, f"{check}.json")

    def recall(self) -> Optional[Mapping[str, Any]]:
        """What the last run remembered; ``None`` when there was none or it cannot be read."""
        if not self._path:
            return None
        try:
            with nagiosplugin.Cookie(self._path) as cookie:
                return dict(cookie) or None
        except (OSError, ValueError) as error:
            self.trouble = f"{self._path}: {error}"
            return None

    def remember(self, values: Mapping[str, Any]) -> None:
        """Keep this for the next run."""
        if not self._path:
            return
        try:
            with nagiosplugin.Cookie(self._path) as cookie:
                cookie.clear()
                cookie.update(values)
        except (OSError, ValueError) as error:
            self.trouble = f"{self._path}: {error}"


def _unsafe(directory: str) -> str:
    """Why no state may be kept in this directory, which is made if it is not there; empty when it may."""
    try:
        os.makedirs(directory, mode=0o700, exist_ok=True)
        found = os.lstat(directory)
    except OSError as error:
        return f"{directory}: {error.strerror}"
    if not stat.S_ISDIR(found.st_mode):
        return f"{directory} is a symbolic link"
    if found.st_uid != os.geteuid():
        return f"{directory} belongs to another user"
    if found.st_mode & 0o022:
        return f"others may write to {directory}"
    if not os.access(directory, os.W_OK | os.X_OK):
        return f"{directory} cannot be written"
    return ""
