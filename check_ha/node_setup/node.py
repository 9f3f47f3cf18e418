"""What a node is like: where its NRPE reads commands, as which user it runs, which programs there are."""

from __future__ import annotations

import grp
import os
import re
import stat
from pathlib import Path
from typing import List, NamedTuple, Optional, Tuple

GROUP = "haclient"
_NRPE_CFG = "etc/nagios/nrpe.cfg"
_SERVICES = ("nagios-nrpe-server", "nrpe")


class Host(NamedTuple):
    """One node, or the tree of one that is being built."""

    root: Path
    """``/``; another: nothing but files is touched."""
    user: str
    folder: str
    """Where NRPE reads further commands: ``/etc/nagios/nrpe.d``."""
    has_nrpe: bool
    service: Optional[str]
    """The systemd service of NRPE, where systemd runs."""
    member: bool
    """Whether the user is in the group haclient."""
    enforcing: bool = False
    """Whether SELinux refuses what it was not told to allow."""

    @property
    def live(self) -> bool:
        """Whether this is the system itself, and not a tree."""
        return self.root == Path("/")

    def path(self, name: str) -> Path:
        """Return where this file of the node is."""
        return self.root / name.lstrip("/")


def node_at(root: Path, user: Optional[str] = None) -> Host:
    """Look at the node whose files are below ``root``."""
    text = _read(root / _NRPE_CFG)
    name = user or _setting("nrpe_user", text) or "nagios"
    folders = [folder.rstrip("/") for folder in re.findall(r"^\s*include_dir\s*=\s*(\S+)", text, flags=re.MULTILINE)]
    return Host(
        root=root,
        user=name,
        folder=next((folder for folder in folders), "/etc/nagios/nrpe.d"),
        has_nrpe=bool(folders),
        service=_service() if root == Path("/") else None,
        member=root == Path("/") and _is_member(name),
        enforcing=root == Path("/") and _read(Path("/sys/fs/selinux/enforce")).strip() == "1",
    )


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def _setting(name: str, text: str) -> Optional[str]:
    found = re.search(rf"^\s*{name}\s*=\s*(\S+)", text, flags=re.MULTILINE)
    return found.group(1) if found else None


def _service() -> Optional[str]:
    if not os.path.isdir("/run/systemd/system"):
        return None
    return next((name for name in _SERVICES if os.path.exists(f"/usr/lib/systemd/system/{name}.service")), None)


def _is_member(user: str) -> bool:
    try:
        return user in grp.getgrnam(GROUP).gr_mem
    except KeyError:
        return False


def in_other_hands(path: Path) -> Optional[Path]:
    """Return what would let somebody else than root decide what is run there: the file, or a folder on the way to it.

    A folder of a group is taken as root's own: that of ``/usr/local`` is staff in Debian, which has no members. In one
    like ``/tmp`` nobody can replace what is root's.
    """
    for start in (path, path.resolve()):
        for one in (start, *start.parents):
            found = one.lstat()
            open_to_all = found.st_mode & stat.S_IWOTH and not found.st_mode & stat.S_ISVTX
            if found.st_uid != 0 or (open_to_all and not stat.S_ISLNK(found.st_mode)):
                return one
    return None


def closed_to_others(folder: Path) -> Tuple[Path, ...]:
    """Return the folders on the way to this one that other users may not pass, as /root is."""
    found: List[Path] = []
    for one in (folder, *folder.parents):
        if one.exists() and not one.stat().st_mode & stat.S_IXOTH:
            found.append(one)
    return tuple(found)
