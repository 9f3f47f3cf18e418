"""Whom and which NRPE a run of check_ha_setup is about, or why there is no telling."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Optional, Tuple

from check_ha.node_setup.daemons import Daemon, daemon_of
from check_ha.node_setup.node import Host
from check_ha.node_setup.plan import Wish
from check_ha.node_setup.users import fault_of

_NEW_FOLDER = "/etc/nrpe.d"


class RefusedError(Exception):
    """It cannot be done as asked, and nothing was; the message says why, and what would do."""


def chosen(node: Host, wish: Wish, cfg: Optional[str]) -> Tuple[Host, Wish]:
    """Return the wish with its users and its NRPE, and the node with an NRPE that was not found there but named.

    Whoever names users is about them alone; the file of NRPE is written where its user is one of them. RefusedError
    where there is no telling.
    """
    node, named = _named(node, cfg)
    daemon = named or _only_one(node)
    if not wish.remove or wish.users:
        users = wish.users or _user_of(node, wish, daemon)
        asked = daemon and (named or daemon.user in users) and (daemon.folder or not wish.remove)
        wish = wish._replace(users=users, nrpe=daemon if asked and not wish.no_nrpe else None)
    faults = [fault_of(node.root, user, must_exist=not wish.remove) for user in wish.users]
    if any(faults):
        raise RefusedError(next(filter(None, faults)))
    if wish.nrpe and not wish.nrpe.folder:
        raise RefusedError(_includes_nothing(wish.nrpe))
    return node, wish


def _named(node: Host, cfg: Optional[str]) -> Tuple[Host, Optional[Daemon]]:
    if cfg is None:
        return node, None
    cfg = str(Path("/", cfg))
    known = next((one for one in node.daemons if one.cfg == cfg), None)
    if known:
        return node, known
    if not node.path(cfg).is_file():
        raise RefusedError(f"there is no {node.path(cfg)}")
    daemon = daemon_of(node.root, cfg)
    return node._replace(daemons=(*node.daemons, daemon)), daemon


def _only_one(node: Host) -> Optional[Daemon]:
    """Return the one that runs, or the only one."""
    running = [one for one in node.daemons if one.runs] or list(node.daemons)
    return running[0] if len(running) == 1 else None


def _user_of(node: Host, wish: Wish, daemon: Optional[Daemon]) -> Tuple[str, ...]:
    """Return the user of NRPE, of which somebody else than this user is not told."""
    if daemon:
        return (daemon.user,)
    if wish.no_nrpe:
        raise RefusedError("--no-nrpe needs --user NAME: who is to ask?")
    if not node.daemons:
        raise RefusedError(
            "found no NRPE: --nrpe-cfg FILE says where its configuration is; --user NAME gives the right to a user who "
            "needs none"
        )
    several = " and ".join(f"{one.cfg} (user {one.user})" for one in node.daemons)
    raise RefusedError(f"there is more than one NRPE: {several}; --nrpe-cfg FILE says which")


def _includes_nothing(daemon: Daemon) -> str:
    line = f"mkdir -p {_NEW_FOLDER} && echo include_dir={_NEW_FOLDER} >>{shlex.quote(daemon.cfg)}"
    return f"{daemon.cfg} includes no folder, where the commands could be put; to have it include one: {line}"
