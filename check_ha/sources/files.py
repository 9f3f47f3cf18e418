"""Files of somebody else's, read and written with care: no link is followed, nothing is waited for."""

from __future__ import annotations

import errno
import os
import stat

STATE = "/var/lib/check_ha"
"""Of root; below it check_ha_setup makes a folder for each user of the checks, by its number."""


def read_plain(path: str, limit: int, follow: bool = True) -> bytes:
    """Return what is in the file; empty when there is no such file.

    Raise OverflowError when there are more bytes than the limit, OSError for what is no plain file: a pipe would be
    waited for without end. With ``follow=False`` for a link as well, wherever it leads.
    """
    flags = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | (0 if follow else os.O_NOFOLLOW)
    try:
        descriptor = os.open(path, flags)
    except FileNotFoundError:
        return b""
    except OSError as error:
        if error.errno == errno.ELOOP and not follow:
            raise OSError(errno.ELOOP, "it is a link") from error
        raise
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise OSError(errno.EINVAL, "it is not a plain file")
        data = file.read(limit + 1)
    if len(data) > limit:
        raise OverflowError(f"{path} is larger than {limit} bytes")
    return data


def replace_file(path: str, text: str) -> None:
    """Write a file that others read, at once: whoever reads it finds the old one or the new one, whole.

    A new one may be read by all. Raise OSError where it cannot be written; what was there is there then.
    """
    folder, name = os.path.split(path)
    part = os.path.join(folder, f".{name}.{os.getpid()}")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", errors="backslashreplace") as file:
            os.fchmod(descriptor, _mode_of(path))
            file.write(text)
        os.replace(part, path)
    except BaseException:
        os.unlink(part)
        raise


def _mode_of(path: str) -> int:
    try:
        return stat.S_IMODE(os.stat(path).st_mode)
    except FileNotFoundError:
        return 0o644


def own_directory(path: str) -> int:
    """Make a directory where there is none, for this user alone; return a descriptor of it.

    Raise OSError where it belongs to somebody else, where anybody may write to it, and where a link of somebody else's
    leads to it: what root writes there would be in the hands of whoever has prepared that.
    """
    path = os.path.normpath(path)  # without the slash at the end with which a link would be followed
    _refuse_links(path)
    os.makedirs(path, mode=0o700, exist_ok=True)
    try:
        place = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except NotADirectoryError:
        raise OSError(errno.ENOTDIR, "is a link, or no directory", path) from None
    found = os.fstat(place)
    wrong = "belongs to another user" if found.st_uid != os.geteuid() else ""
    wrong = wrong or ("anybody may write to it" if found.st_mode & 0o002 else "")
    if wrong:
        os.close(place)
        raise OSError(errno.EPERM, wrong, path)
    return place


def _refuse_links(path: str) -> None:
    """Refuse a link anywhere in the path, but one that root has made above it (``/var/run``), or this user."""
    while path not in ("", "/", "."):
        try:
            found = os.lstat(path)
        except OSError:
            found = None
        if found and stat.S_ISLNK(found.st_mode) and found.st_uid not in (0, os.geteuid()):
            raise OSError(errno.ELOOP, "is a link of another user", path)
        path = os.path.dirname(path)


def write_new(name: str, place: int, data: bytes) -> None:
    """Write a file into this directory; FileExistsError where there is one already, or a link."""
    descriptor = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600, dir_fd=place)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
