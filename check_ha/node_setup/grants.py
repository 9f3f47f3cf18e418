"""Who may ask how: what the files of rights say, and what they are to say."""

from __future__ import annotations

from typing import FrozenSet, Sequence, Tuple

from check_ha.node_setup import rights
from check_ha.node_setup.users import is_one
from check_ha.record import NamedTuple


class Grants(NamedTuple):
    """The users with a right, in the order in which they got it."""

    sudo: Tuple[str, ...] = ()
    rights: Tuple[str, ...] = ()
    """Those with rights of their own in Pacemaker and Corosync."""
    joined: Tuple[str, ...] = ()
    """Those of them whom we put into the group haclient: they leave it when they lose the right."""


def grants_in(sudoers: str, uidgid: str) -> Grants:
    """Return what these files, made by whatever version, or edited, say."""
    found = rights.users_of_sudoers(sudoers), rights.users_of_uidgid(uidgid), rights.joined_of_uidgid(uidgid)
    return Grants(*(tuple(filter(is_one, names)) for names in found))


def granted(before: Grants, users: Sequence[str], sudo: bool, members: FrozenSet[str]) -> Grants:
    """Return what is to be once these users ask through sudo, or else by rights of their own; others stay as is."""
    if sudo:
        rest = withdrawn(before, users)
        return rest._replace(sudo=_with(before.sudo, users))
    joined = _with(before.joined, [user for user in users if user not in members])
    return Grants(_without(before.sudo, users), _with(before.rights, users), joined)


def withdrawn(before: Grants, users: Sequence[str]) -> Grants:
    """Return what is left without these users."""
    return Grants(*(_without(one, users) for one in before))


def _with(names: Tuple[str, ...], more: Sequence[str]) -> Tuple[str, ...]:
    return tuple(dict.fromkeys((*names, *more)))


def _without(names: Tuple[str, ...], fewer: Sequence[str]) -> Tuple[str, ...]:
    return tuple(name for name in names if name not in fewer)
