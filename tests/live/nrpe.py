"""NRPE on the nodes of a lab, as an admin of Debian sets it up: its own configuration, and what check_ha_setup adds."""

from __future__ import annotations

import re

from check_ha.node_setup.plan import UIDGID
from check_ha.sources.files import STATE
from tests.lab import Lab, wait_until
from tests.lab.cluster import at_once
from tests.lab.machine import CHECKOUT, Machine
from tests.lab.network import PREFIXES, PUBLIC
from tests.lab.node import Node

from .verdict import COMMANDS

PLUGINS = "/usr/lib/nagios/plugins"
CHECK_NRPE = f"{PLUGINS}/check_nrpe"
COMMAND_FILE = "/etc/nagios/nrpe.d/check_ha.cfg"


def install_plugins(machine: Machine) -> None:
    """Have the commands where a package has them; they must be in the PATH already."""
    machine.must("sh", "-c", f"ln -sf /usr/local/bin/check_ha* {PLUGINS}/")


def serve(lab: Lab) -> None:
    """Have NRPE answer on every node with power, as its unprivileged user, by the files that are shipped."""
    at_once(_serve, lab.up())
    for node in lab.up():
        wait_until(lambda node=node: _answers(lab, node), 20, f"NRPE on {node.name} answers")  # type: ignore[misc]


def _serve(node: Node) -> None:
    if "nrpe" in node.running():
        return
    if node.run(["test", "-e", COMMAND_FILE]).returncode:
        _set_up(node)
    node.must("install", "-d", "-o", "nagios", "/run/nagios")
    node.spawn("nrpe", "-c", "/etc/nagios/nrpe.cfg", "-f")


def _set_up(node: Node) -> None:
    install_plugins(node)
    allowed = f"s,^allowed_hosts=.*,allowed_hosts={PREFIXES[PUBLIC]}.0/24,"
    node.must("sed", "-i", "-e", allowed, "-e", "s,^#*disable_syslog=.*,disable_syslog=1,", "/etc/nagios/nrpe.cfg")
    node.must("check_ha_setup", "--commands", PLUGINS, "--yes")
    _as_shipped(node, COMMAND_FILE, "check_ha.cfg")
    assert node.must("stat", "-c", "%U %a", STATE, f"{STATE}/{node.must('id', '-u', 'nagios').strip()}") == (
        "root 755\nnagios 700\n"
    )
    # they are links here, and sudo must be told of the file itself
    _as_shipped(node, "/etc/sudoers.d/check_ha", "sudoers", (PLUGINS, "/usr/local/bin"))
    _edit(node)


def _edit(node: Node) -> None:
    """Do as an admin does, whose thresholds stand in the file: there is no DRBD, and fencing where a test is about it.

    What a test has just broken must be seen at once.
    """
    named = r"/check_ha\(\|_fencing\)\( --sudo\)\?\( --own\)\?"
    fencing = f"s, --max-age-of-data 20,,; s,{named}$,& --severity fencing-disabled=ok,"
    node.must("sed", "-i", f"{fencing}; s,/check_ha_drbd.*,& --severity no-drbd=ok,", COMMAND_FILE)


def serve_by_rights(lab: Lab, node: Node) -> None:
    """Have NRPE answer on this node with rights of its user's own, in place of sudo: as check_ha_setup says it."""
    node.end("nrpe")
    told = node.must("check_ha_setup", "--commands", PLUGINS, "--way", "rights", "--replace", "--yes")
    (role,) = re.findall(r"^ +to do +on one node, so that nagios may read the CIB[^:]*: (.*)$", told, re.MULTILINE)
    for command in (role.replace("; ", "\n"), "corosync-cfgtool -R"):
        node.must("sh", "-e", stdin=command)
    _edit(node)
    node.spawn("nrpe", "-c", "/etc/nagios/nrpe.cfg", "-f")
    wait_until(lambda: _answers(lab, node), 20, f"NRPE on {node.name} answers")


def is_set_up(lab: Lab) -> bool:
    """Tell whether a node with power has been set up."""
    return any(node.run(["test", "-e", COMMAND_FILE]).returncode == 0 for node in lab.up())


def withdraw(lab: Lab) -> None:
    """Undo it on every node with power: no user of NRPE may be left with rights that the next test knows nothing of."""
    for node in lab.up():
        node.end("nrpe")
        by_rights = node.run(["test", "-e", UIDGID]).returncode == 0
        node.must("check_ha_setup", "--remove", "--replace", "--yes")
        if by_rights:
            node.must("corosync-cfgtool", "-R")  # until then Corosync goes on letting the user in
        assert node.run(["ls", COMMAND_FILE, "/etc/sudoers.d/check_ha", STATE]).stdout == ""


def _as_shipped(node: Node, path: str, name: str, here: tuple[str, str] = ("", "")) -> None:
    """Assert that it is the shipped file, above the mark by which check_ha_setup knows what it has written."""
    found, shipped = node.must("cat", path), (CHECKOUT / "nrpe" / name).read_text(encoding="utf-8").replace(*here)
    assert found.startswith(shipped), f"check_ha_setup has written another {path} than nrpe/{name}: {found}"


def _answers(lab: Lab, node: Node) -> bool:
    return lab.mon.run([CHECK_NRPE, "-H", node.name]).returncode == 0


def commands(node: Node) -> dict[str, str]:
    """Return the command lines that NRPE has on this node, by their names."""
    lines = node.must("cat", COMMAND_FILE).splitlines()
    pairs = (line[len("command[") :].split("]=", 1) for line in lines if line.startswith("command["))
    found = dict(pairs)
    assert set(found) <= {*COMMANDS, "check_ha_own"}
    return found
