"""Put in place on this node what NRPE needs to run the checks, or take it away again.

Shows what it will do, and asks once. Run again, it changes what is not as it should be. A file that somebody has edited
is left alone. By default the checks ask through sudo (--way sudo), which may run nothing but check_ha_collect: it only
reads, and prints no password. With --way rights the user of NRPE gets rights of its own in Pacemaker and Corosync,
which are more than the right to read. --remove undoes either.

    NRPE       check_ha.cfg in the folder that NRPE's file includes
    sudo       /etc/sudoers.d/check_ha, which visudo checks first
    rights     /etc/corosync/uidgid.d/check_ha, and membership in the group haclient
    state      a folder of the user's own in /var/lib/check_ha, for the checks that compare with their last run

The NRPE that runs is found, and else what systemd would start, or what lies where Debian, Enterprise Linux, SUSE, Arch
and Centreon put it. --user gives the right to somebody else (the agent of Icinga or of Centreon, a user for ssh):
whoever has it keeps it.
"""

from __future__ import annotations

import argparse
import difflib
import os
import sys
from pathlib import Path
from typing import Iterator, NoReturn, Optional, Sequence

import check_ha
from check_ha.cli.options.arguments import Parser, new_parser
from check_ha.node_setup.apply import SetupError, apply
from check_ha.node_setup.choose import RefusedError, chosen
from check_ha.node_setup.node import Host, node_at
from check_ha.node_setup.plan import Plan, Step, Wish, plan
from check_ha.node_setup.reach import cannot_run, closed_to_others, in_other_hands
from check_ha.node_setup.rights import COLLECTOR

NAME = "check_ha_setup"
_PROBE = "check_ha_quorum"
_BELOW_OPT = "install below /opt, with a Python that all can reach"


def main(argv: Optional[Sequence[str]] = None) -> None:
    """Run the command: exit 0 when all is in place, 1 when something is left to do or could not be done."""
    given = parser().parse_args(argv)
    node = node_at(given.root)
    if node.live and os.geteuid() != 0:
        _end(1, f"{NAME}: only root may look at this node and change it")
    try:
        node, wish = chosen(node, _wish(given), given.nrpe_cfg)
        refused = _unusable(node, wish)
        if refused:
            raise RefusedError(refused)
        made = plan(node, wish)
    except RefusedError as error:
        _end(1, f"{NAME}: {error}")
    except OSError as error:
        _end(1, f"{NAME}: {error.filename}: {error.strerror}")
    _show(made, node, wish, given.verbose)
    if not made.steps:
        _end(1 if made.kept else 0, "Nothing to do.")
    if not (given.yes or _agreed()):
        _end(1, "Nothing was changed.")
    _do(made, node)
    _end(1 if made.kept else 0, "Done." if not made.kept else "Done, except for the files that were edited.")


def _wish(given: argparse.Namespace) -> Wish:
    return Wish(
        plugins=given.commands,
        users=tuple(given.user),
        sudo=given.way == "sudo",
        no_nrpe=given.no_nrpe,
        remove=given.remove,
        replace=given.replace,
    )


def parser() -> Parser:
    """Return the parser of check_ha_setup."""
    made = new_parser(NAME, __doc__)
    here = os.path.dirname(os.path.realpath(sys.argv[0]))
    made.add_argument(
        "--way", choices=("sudo", "rights"), default="sudo", metavar="WAY",
        help="how the checks ask: sudo (default), or rights given to the user itself",
    )  # fmt: skip
    made.add_argument(
        "--user", metavar="NAME", action="append", default=[],
        help="who gets the right, or with --remove loses it (default: the user of NRPE; with --remove: everybody)",
    )  # fmt: skip
    made.add_argument("--nrpe-cfg", metavar="FILE", help="the configuration of NRPE (default: that of the NRPE here)")
    made.add_argument(
        "--commands",
        metavar="DIR",
        default=here,
        help="the folder of the commands (default: the one this program is in)",
    )
    made.add_argument("--no-nrpe", action="store_true", help="only the rights; NRPE's file is left alone")
    made.add_argument("--remove", action="store_true", help="undo it")
    made.add_argument("--replace", action="store_true", help="edited files too; a copy goes to /var/backups/check_ha")
    made.add_argument(
        "--root", metavar="DIR", type=Path, default=Path("/"), help="change the files below this folder, not this node"
    )
    made.add_argument("-y", "--yes", action="store_true", help="do not ask")
    made.add_argument("-v", "--verbose", action="store_true", help="show what the files will hold")
    return made


def _unusable(node: Host, wish: Wish) -> Optional[str]:
    """Return why this would not help whoever is to ask."""
    if wish.remove:
        return None
    folder = node.path(wish.plugins)
    if not (folder / _PROBE).exists():
        return f"there is no {_PROBE} in {folder}: --commands DIR says where the commands are"
    if wish.sudo and not (folder / COLLECTOR).exists():
        return f"there is no {COLLECTOR} in {folder}, which sudo is to run: install check_ha as a whole"
    return _unreachable(folder, wish) if node.live else None


def _unreachable(folder: Path, wish: Wish) -> Optional[str]:
    """Return why a user cannot run the commands in this folder, or that others than root could change them."""
    for user in wish.users:
        reason = cannot_run(user, [str(folder / _PROBE), "-V"])
        if reason is not None:
            places = (path.resolve().parent for path in (folder / _PROBE, *_run_as_root(folder)))
            closed = next((one for place in places for one in closed_to_others(place)[-1:]), None)
            reason = f"{closed} is closed to others; {_BELOW_OPT}" if closed else reason or "it says nothing"
            return f"{user} cannot run {folder / _PROBE}: {reason}"
    hands = [in_other_hands(path) for path in _run_as_root(folder)] if wish.sudo else []
    if any(hands):
        return f"not root alone decides what {next(filter(None, hands))} holds: {_BELOW_OPT}, as root"
    return None


def _run_as_root(folder: Path) -> Sequence[Path]:
    """Return what sudo will run: the command, Python, and this package."""
    return (folder / COLLECTOR, Path(sys.executable), Path(check_ha.__file__))


def _show(made: Plan, node: Host, wish: Wish, verbose: bool) -> None:
    who = f"user {', '.join(wish.users)}" if wish.users else "all users"
    print(f"{NAME}: {'this node' if node.live else node.root}, {who}{f', NRPE {wish.nrpe.cfg}' if wish.nrpe else ''}")
    for step in made.steps:
        print(f"  {step.words}")
        if verbose or step.old is not None:
            print("".join(f"      {line}\n" for line in _difference(step)), end="")
    for path in made.kept:
        print(f"  leave    {path} (edited; --replace replaces it)")
    for note in made.notes:
        print(f"  to do    {note}")


def _difference(step: Step) -> Iterator[str]:
    old, new = (step.old or "").splitlines(), (step.text or "").splitlines()
    if step.text is None and not step.backup:
        return
    for line in difflib.unified_diff(old, new, lineterm="", n=0):
        if not line.startswith(("---", "+++", "@@")):
            yield line


def _agreed() -> bool:
    if not sys.stdin.isatty():
        print("Add --yes to do this.")
        return False
    return input("Do this? [y/N] ").strip().lower() in ("y", "yes")


def _do(made: Plan, node: Host) -> None:
    for step in made.steps:
        try:
            apply(node, step)
        except SetupError as error:
            _end(1, f"{NAME}: {error}")


def _end(status: int, text: str) -> NoReturn:
    print(text)
    sys.exit(status)
