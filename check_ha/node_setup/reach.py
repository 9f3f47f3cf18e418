"""Whether the users can run what is installed, and whether nobody but root can change what root will run."""

from __future__ import annotations

import os
import pwd
import stat
import subprocess
from pathlib import Path
from typing import List, Optional, Sequence, Tuple

_SECONDS = 30


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


def cannot_run(user: str, argv: Sequence[str]) -> Optional[str]:
    """Return why this user cannot run this command, which is one that ends by itself; to be asked as root.

    Tried rather than judged by modes: of the command, its Python and every module of it, with whatever umask, ACL or
    LSM there is.
    """
    found = pwd.getpwnam(user)
    env = {"PATH": "/usr/bin:/bin", "LC_ALL": "C"}
    try:
        done = subprocess.run(  # noqa: S603
            argv, user=found.pw_uid, group=found.pw_gid, extra_groups=os.getgrouplist(user, found.pw_gid), cwd="/",
            env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=_SECONDS,
            check=False,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    said = os.fsdecode(done.stdout).strip().splitlines()
    return None if done.returncode == 3 and said[:1] and said[0].startswith("check_ha") else "".join(said[-1:])
