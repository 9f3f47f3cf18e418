"""What is to be done: files that should be there against those that are. Nothing is changed here."""

from __future__ import annotations

from typing import Dict, Iterator, List, NamedTuple, Optional, Tuple

from check_ha.node_setup import nrpe, rights, state_folder
from check_ha.node_setup.marked import is_unedited, marked
from check_ha.node_setup.node import GROUP, Host
from check_ha.sources.runner import FOLDERS

SUDOERS = "/etc/sudoers.d/check_ha"
UIDGID = "/etc/corosync/uidgid.d/check_ha"
_JOINED = "# check_ha_setup made {user} a member of " + GROUP + "\n"


class Wish(NamedTuple):
    """What the administrator asks for."""

    plugins: str
    """The folder of the commands."""
    sudo: bool = True
    """Ask through sudo; else by rights of the user's own."""
    with_nrpe: bool = True
    remove: bool = False
    replace: bool = False
    """Replace or remove edited files too, keeping a copy."""


class Step(NamedTuple):
    """One change: of a file, or by a command."""

    path: str = ""
    text: Optional[str] = None
    """What the file will hold; ``None``: it is removed."""
    mode: int = 0o644
    old: Optional[str] = None
    """What it holds now; ``None``: there is none."""
    backup: bool = False
    """It was edited: a copy is kept."""
    argv: Tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """What it does, for the plan that is shown."""
        if self.argv:
            return f"run      {' '.join(self.argv)}"
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
    wanted = {} if wish.remove else _wanted(node, wish)
    steps: List[Step] = []
    kept: List[str] = []
    for path, mode in _places(node).items():
        step = _step(node, path, wanted.get(path), mode, wish.replace)
        if step == Step(path):
            kept.append(path)
        elif step:
            steps.append(step)
    steps += _commands(node, wish, steps)
    return Plan(tuple(steps), tuple(kept), tuple(_notes(node, wish, bool(steps))))


def command_path(node: Host) -> str:
    """Return the file of NRPE commands."""
    return f"{node.folder}/check_ha.cfg"


def _places(node: Host) -> Dict[str, int]:
    """Return every file that may be ours, with its mode."""
    return {command_path(node): 0o644, SUDOERS: 0o440, UIDGID: 0o644}


def _wanted(node: Host, wish: Wish) -> Dict[str, str]:
    files = {}
    if wish.with_nrpe:
        files[command_path(node)] = nrpe.command_file(wish.plugins, wish.sudo) + "\n"
    if wish.sudo:
        files[SUDOERS] = rights.sudoers(node.user, wish.plugins)
    else:
        files[UIDGID] = rights.uidgid(node.user) + (_JOINED.format(user=node.user) if _joins(node) else "")
    return {path: marked(text) for path, text in files.items()}


def _joins(node: Host) -> bool:
    """Return whether it is, or was, we who made the user a member of the group."""
    return not node.member or _has_joined(node)


def _has_joined(node: Host) -> bool:
    return _JOINED.format(user=node.user) in (_content(node, UIDGID) or "")


def _content(node: Host, path: str) -> Optional[str]:
    try:
        return node.path(path).read_text(encoding="utf-8", errors="surrogateescape")
    except FileNotFoundError:
        return None


def _step(node: Host, path: str, text: Optional[str], mode: int, replace: bool) -> Optional[Step]:
    """Return the step for this file: none where it is as it should be, an empty one where it is edited and stays."""
    old = _content(node, path)
    if old == text:
        return None
    edited = old is not None and not is_unedited(old)
    if edited and not replace:
        return Step(path)
    return Step(path, text, mode, old, backup=edited)


def _commands(node: Host, wish: Wish, steps: List[Step]) -> Iterator[Step]:
    """What must be run beside. A daemon that was running is in a new group only after a restart."""
    if not node.live:
        return
    joins = not (wish.sudo or wish.remove or node.member)
    leaves = (wish.sudo or wish.remove) and node.member and _has_joined(node)
    if joins:
        yield Step(argv=("usermod", "-aG", GROUP, node.user))
    if leaves:
        yield Step(argv=("gpasswd", "-d", node.user, GROUP))
    yield from (Step(argv=argv) for argv in state_folder.commands(node.user, wish.remove))
    if node.service and wish.with_nrpe and (steps or joins or leaves):
        yield Step(argv=("systemctl", "restart", node.service))


def _notes(node: Host, wish: Wish, changes: bool) -> Iterator[str]:
    if not wish.remove and wish.with_nrpe and not node.has_nrpe:
        yield "NRPE is not installed, or /etc/nagios/nrpe.cfg includes no folder"
    if changes and wish.with_nrpe and not node.service:
        yield "restart NRPE, so that it reads its file"
    if wish.sudo and not wish.remove and node.enforcing:
        yield "let NRPE use sudo under SELinux: setsebool -P nagios_run_sudo on"
    if not wish.sudo and not wish.remove and changes:
        shell = "pcs" if any(node.path(f"{folder}/pcs").exists() for folder in FOLDERS) else "crmsh"
        commands = rights.acl_commands(shell, node.user)
        yield f"on one node, so that {node.user} may read the CIB but not change it: {'; '.join(commands)}"
        yield "on one node, when all have the file: corosync-cfgtool -R (it loads corosync.conf again as well)"
        if not node.live:
            yield f"usermod -aG {GROUP} {node.user}"
