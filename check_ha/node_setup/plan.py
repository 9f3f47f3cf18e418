"""What is to be done: files that should be there against those that are. Nothing is changed here."""

from __future__ import annotations

import os
import stat
from typing import Dict, Iterator, List, Optional, Sequence, Tuple

from check_ha.node_setup import nrpe, rights, state_folder
from check_ha.node_setup.daemons import FOLDERS as NRPE_FOLDERS
from check_ha.node_setup.daemons import Daemon
from check_ha.node_setup.grants import Grants, granted, grants_in, withdrawn
from check_ha.node_setup.marked import is_unedited, marked
from check_ha.node_setup.node import Host
from check_ha.node_setup.notes import notes
from check_ha.node_setup.users import GROUP
from check_ha.record import NamedTuple

SUDOERS = "/etc/sudoers.d/check_ha"
UIDGID = "/etc/corosync/uidgid.d/check_ha"
_MODES = {SUDOERS: 0o440}
_MODE = 0o644


class Wish(NamedTuple):
    """What the administrator asks for."""

    plugins: str
    """The folder of the commands."""
    users: Tuple[str, ...] = ()
    """Who is to ask, or no longer; nobody with ``remove``: none of all."""
    nrpe: Optional[Daemon] = None
    """The NRPE whose file is written or, with users and ``remove``, removed."""
    sudo: bool = True
    """Ask through sudo; else by rights of the user's own."""
    no_nrpe: bool = False
    """Leave NRPE's file alone."""
    remove: bool = False
    replace: bool = False
    """Replace or remove edited files too, keeping a copy."""

    @property
    def all(self) -> bool:
        """Whether nothing is to be left."""
        return self.remove and not self.users


class Step(NamedTuple):
    """One change: of a file, or by a command."""

    path: str = ""
    text: Optional[str] = None
    """What the file will hold; ``None``: it is removed."""
    mode: int = _MODE
    old: Optional[str] = None
    """What it holds now; ``None``: there is none."""
    backup: bool = False
    """It was edited: a copy is kept."""
    mend: bool = False
    """Only its owner and mode are not as they should be."""
    argv: Tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """What it does, for the plan that is shown."""
        if self.argv:
            return f"run      {' '.join(self.argv)}"
        if self.mend:
            return f"mend     {self.path} (owner root, mode {self.mode:04o})"
        verb = "write  " if self.old is None else "replace"
        return f"{verb if self.text else 'remove '}  {self.path}{' (edited; a copy is kept)' if self.backup else ''}"


class Plan(NamedTuple):
    """All that is to be done, and what the administrator must know or do."""

    steps: Tuple[Step, ...]
    kept: Tuple[str, ...]
    """Edited files that are left alone."""
    notes: Tuple[str, ...]


def plan(node: Host, wish: Wish) -> Plan:
    """Compare, and say what is to be done."""
    before = grants_in(_content(node, SUDOERS) or "", _content(node, UIDGID) or "")
    after = _after(before, node, wish)
    steps: List[Step] = []
    kept: List[str] = []
    for path, text in _files(node, wish, after).items():
        old = _content(node, path)
        if old != text and old is not None and not is_unedited(old) and not wish.replace:
            kept.append(path)
            text = old
        steps += _steps(node, path, text, old)
    steps += _memberships(node, before, after) if UIDGID not in kept else ()
    touched = [daemon for daemon in node.daemons if _is_touched(daemon, steps)]
    steps += _state_folders(node, before, after)
    steps += [Step(argv=("systemctl", "restart", one.unit)) for one in touched if _restarts(node, one)]
    daemon = None if wish.remove else wish.nrpe
    by_hand = [one for one in touched if not _restarts(node, one)]
    return Plan(tuple(steps), tuple(kept), tuple(notes(node, wish.plugins, before, after, daemon, by_hand)))


def command_path(folder: str) -> str:
    """Return the file of NRPE commands in this folder."""
    return f"{folder}/check_ha.cfg"


def _after(before: Grants, node: Host, wish: Wish) -> Grants:
    if wish.all:
        return Grants()
    return withdrawn(before, wish.users) if wish.remove else granted(before, wish.users, wish.sudo, node.members)


def _files(node: Host, wish: Wish, after: Grants) -> Dict[str, Optional[str]]:
    """Return each file that this run is about, with what it should hold; nothing: it should not be there."""
    files: Dict[str, Optional[str]] = {}
    if wish.all and not wish.no_nrpe:
        folders = dict.fromkeys((*(one.folder for one in node.daemons if one.folder), *NRPE_FOLDERS))
        files.update((command_path(folder), None) for folder in folders)
    elif wish.nrpe:
        text = marked(nrpe.command_file(wish.plugins, wish.sudo) + "\n")
        files[command_path(wish.nrpe.folder)] = None if wish.remove else text
    collector = node.real(f"{wish.plugins}/{rights.COLLECTOR}")
    files[SUDOERS] = marked(rights.sudoers(after.sudo, collector)) if after.sudo else None
    files[UIDGID] = marked(rights.uidgid(after.rights, after.joined)) if after.rights else None
    return files


def _content(node: Host, path: str) -> Optional[str]:
    try:
        return node.path(path).read_text(encoding="utf-8", errors="surrogateescape")
    except FileNotFoundError:
        return None


def _steps(node: Host, path: str, text: Optional[str], old: Optional[str]) -> Iterator[Step]:
    """Yield what makes this file hold that text, or none, as root's and with its mode."""
    mode = _MODES.get(path, _MODE)
    if old != text:
        yield Step(path, text, mode, old, backup=old is not None and not is_unedited(old))
    elif old is not None:
        found = node.path(path).stat()
        if (stat.S_IMODE(found.st_mode), found.st_uid, found.st_gid) != (mode, os.geteuid(), os.getegid()):
            yield Step(path, text, mode, old, mend=True)


def _memberships(node: Host, before: Grants, after: Grants) -> Iterator[Step]:
    """Yield who joins the group, or leaves it because it was we who put him there."""
    if not node.live:
        return
    for user in after.rights:
        if user not in node.members:
            yield Step(argv=("usermod", "-aG", GROUP, user))
    for user in before.joined:
        if user not in after.joined and user in node.members:
            yield Step(argv=("gpasswd", "-d", user, GROUP))


def _state_folders(node: Host, before: Grants, after: Grants) -> Iterator[Step]:
    """Yield what makes the folders in which the checks of these users keep their state."""
    if node.live:
        users = dict.fromkeys((*after.sudo, *after.rights))
        gone = [user for user in dict.fromkeys((*before.sudo, *before.rights)) if user not in users]
        yield from (Step(argv=argv) for argv in state_folder.commands(list(users), gone))


def _is_touched(daemon: Daemon, steps: Sequence[Step]) -> bool:
    """Return whether it must start again: for its file, or as a process is in a new group only when it is new."""
    path = command_path(daemon.folder)
    return any((step.path == path and not step.mend) or daemon.user in step.argv for step in steps)


def _restarts(node: Host, daemon: Daemon) -> bool:
    return node.systemd and bool(daemon.unit) and daemon.runs
