"""The users of a node: this system's own, or those of the passwd of a tree."""

from __future__ import annotations

import grp
import pwd
import re
from pathlib import Path
from typing import FrozenSet, Optional

HERE = Path("/")
GROUP = "haclient"
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,31}\$?")
_ALIAS = re.compile(r"[A-Z][A-Z0-9_]*")
"""What sudoers takes for ALL, or for an alias of users."""


def fault_of(root: Path, name: str, must_exist: bool = True) -> Optional[str]:
    """Return what is wrong with this name of a user, to whom a right is to be given, or who is to lose it."""
    if not is_one(name):
        return f"{name!r} is not the name of one user"
    return f"there is no user {name} here" if must_exist and not _exists(root, name) else None


def is_one(name: str) -> bool:
    """Return whether sudoers takes this for one user: not ALL, a group, a netgroup, an alias."""
    return bool(_NAME.fullmatch(name)) and not _ALIAS.fullmatch(name)


def _exists(root: Path, name: str) -> bool:
    """A tree without passwd is taken as one that gets its users later."""
    if root == HERE:
        try:
            return bool(pwd.getpwnam(name))
        except KeyError:
            return False
    text = _passwd(root)
    return not text or bool(re.search(rf"^{re.escape(name)}:", text, re.MULTILINE))


def name_of(root: Path, uid: int) -> str:
    """Return the name of the user with this number; nothing where there is none."""
    if root == HERE:
        try:
            return pwd.getpwuid(uid).pw_name
        except KeyError:
            return ""
    found = re.search(rf"^([^:\n]+):[^:\n]*:{uid}:", _passwd(root), re.MULTILINE)
    return found[1] if found else ""


def members(root: Path) -> FrozenSet[str]:
    """Return who is in the group haclient; nobody is looked up in a tree, where nobody is put into it either."""
    if root != HERE:
        return frozenset()
    try:
        return frozenset(grp.getgrnam(GROUP).gr_mem)
    except KeyError:
        return frozenset()


def _passwd(root: Path) -> str:
    try:
        return (root / "etc/passwd").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
