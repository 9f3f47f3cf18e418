"""What a node is like: which NRPE it has, and who may do what there."""

from __future__ import annotations

import os
from pathlib import Path
from typing import FrozenSet, Tuple

from check_ha.node_setup.daemons import Daemon, daemons
from check_ha.node_setup.users import HERE, members
from check_ha.record import NamedTuple

_LINKS = 40
"""As many as Linux follows."""


class Host(NamedTuple):
    """One node, or the tree of one that is being built."""

    root: Path
    """``/``; another: nothing but files is touched."""
    daemons: Tuple[Daemon, ...] = ()
    """Every NRPE that there is."""
    members: FrozenSet[str] = frozenset()
    """Who is in the group haclient."""
    systemd: bool = False
    enforcing: bool = False
    """Whether SELinux refuses what it was not told to allow."""

    @property
    def live(self) -> bool:
        """Whether this is the system itself, and not a tree."""
        return self.root == HERE

    def path(self, name: str) -> Path:
        """Return where this file of the node is."""
        return self.root / name.lstrip("/")

    def real(self, name: str) -> str:
        """Return the file that this one is a link to; where it is none, itself.

        sudo compares paths since 1.9.14, but for their folders, and not the files any more: it does not let a user run
        a file of which its rules have but a link (Debian 13).
        """
        for _ in range(_LINKS):
            if not self.path(name).is_symlink():
                break
            name = os.path.normpath(os.path.join(os.path.dirname(name), os.readlink(self.path(name))))
        return name


def node_at(root: Path) -> Host:
    """Look at the node whose files are below ``root``."""
    live = root == HERE
    return Host(
        root=root,
        daemons=daemons(root, Path("/proc") if live else None),
        members=members(root),
        systemd=live and os.path.isdir("/run/systemd/system"),
        enforcing=live and _enforcing(),
    )


def _enforcing() -> bool:
    try:
        return Path("/sys/fs/selinux/enforce").read_text(encoding="ascii").strip() == "1"
    except OSError:
        return False
