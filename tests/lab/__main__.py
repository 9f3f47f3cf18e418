"""``python3 -m tests.lab shell``: a cluster to break by hand; ``debian``: another Debian for its machines."""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from pathlib import Path
from typing import Optional

from . import Lab, LabError, Options, missing
from .debian import PYTHON, VARIABLE, make
from .machine import CHECKOUT, HERE
from .preflight import PACKAGES

WELCOME = """\
A healthy cluster of {nodes}, up after {seconds:.0f} s. This shell stands outside of its machines.
  lab on node1                     a shell on node1 (or on mon, the monitoring host)
  lab on node1 crm_mon -1          run something there
  lab cut node2 1                  lose link 1 of node2; lab cut node2 loses all its links
  lab fail p_single monitor        make a resource fail
  lab power_cut node2              and lab boot node2
  lab heal                         undo everything
  lab help                         all that can be broken
{checkout} can be read on every machine, and so can the Python for it,
{python}
Leave the shell, and all of it is gone."""


def main() -> int:
    """Bring up a lab, give a shell in it, take it down; or make another Debian for labs."""
    arguments = _parser().parse_args()
    return _debian(arguments) if arguments.what == "debian" else _lab(arguments)


def _debian(arguments: argparse.Namespace) -> int:
    try:
        make(arguments.release, arguments.folder, list(PACKAGES))
    except LabError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"The machines of a lab run it with {VARIABLE}={arguments.folder}")
    return 0


def _lab(arguments: argparse.Namespace) -> int:
    lacking = missing()
    if lacking:
        print("\n".join(lacking), file=sys.stderr)
        return 2
    begun = time.monotonic()
    try:
        with Lab(_options(arguments)) as lab:
            if arguments.command is None:
                seconds = time.monotonic() - begun
                nodes = ", ".join(lab.nodes)
                print(WELCOME.format(nodes=nodes, seconds=seconds, checkout=CHECKOUT, python=PYTHON))
            return _shell(lab, arguments.command)
    except LabError as error:
        print(error, file=sys.stderr)
        return 1


def _shell(lab: Lab, command: Optional[str]) -> int:
    rc = str(HERE / "shell.sh")
    bash = ["bash", "--rcfile", rc] if command is None else ["env", f"BASH_ENV={rc}", "bash", "-c", command]
    return subprocess.run([*lab.hub.enter(), *bash], check=False).returncode


def _parser() -> argparse.ArgumentParser:
    defaults = Options()
    parser = argparse.ArgumentParser(prog="python3 -m tests.lab", description="A real cluster on this one machine.")
    what = parser.add_subparsers(dest="what", metavar="shell|debian", required=True)
    debian = what.add_parser("debian", help=f"make a folder with another release, for {VARIABLE}")
    debian.add_argument("release", help="trixie")
    debian.add_argument("folder", type=Path)
    shell = what.add_parser("shell", help="a shell in a new cluster")
    shell.add_argument("-c", dest="command", help="run this in the shell instead of asking for commands")
    shell.add_argument("--nodes", type=int, choices=(2, 3), default=defaults.nodes)
    shell.add_argument("--links", type=int, choices=(1, 2), default=defaults.links)
    shell.add_argument("--transport", choices=("knet", "udpu", "udp"), default=defaults.transport)
    shell.add_argument("--two-node", choices=("on", "off"), help="default: on for two nodes without quorum device")
    shell.add_argument("--qdevice", action="store_true", help="with a quorum device")
    shell.add_argument("--stonith", choices=("off", "on", "no-device"), default=defaults.stonith)
    shell.add_argument("--no-quorum-policy", metavar="POLICY", default=defaults.no_quorum_policy)
    shell.add_argument("--migration-threshold", type=int, metavar="N")
    return parser


def _options(arguments: argparse.Namespace) -> Options:
    return Options(
        nodes=arguments.nodes,
        links=arguments.links if arguments.transport == "knet" else 1,
        transport=arguments.transport,
        two_node=None if arguments.two_node is None else arguments.two_node == "on",
        qdevice=arguments.qdevice,
        stonith=arguments.stonith,
        no_quorum_policy=arguments.no_quorum_policy,
        migration_threshold=arguments.migration_threshold,
    )


if __name__ == "__main__":
    sys.exit(main())
