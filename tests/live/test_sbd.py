"""check_ha_sbd on a real cluster, with the real sbd on loop devices: what it finds, and that its next step mends it.

The daemon is not started: on a machine that it must not reset it has nothing to do. A process of its name stands for
it, and /dev/null under another name for its watchdog: the nodes of the lab have none.
"""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Iterator, Sequence, Tuple

import pytest

from tests.lab import Lab, wait_until
from tests.lab.node import Node
from tests.needed import program

from .verdict import install

pytestmark = pytest.mark.cluster

FENCER = (
    '<primitive id="fence-sbd" class="stonith" type="external/sbd"><meta_attributes id="fence-sbd-meta">'
    '<nvpair id="fence-sbd-target-role" name="target-role" value="Stopped"/></meta_attributes></primitive>'
)
CONFIG = 'SBD_DEVICE="/dev/sbd-a;/dev/sbd-b;/dev/sbd-c"\nSBD_STARTMODE=always\nSBD_WATCHDOG_DEV=/dev/watchdog\n'
NAMES = ("/dev/sbd-a", "/dev/sbd-b", "/dev/sbd-c")


@pytest.fixture
def loops(tmp_path: Path) -> Iterator[Sequence[str]]:
    """Three loop devices of one megabyte."""
    losetup = program("losetup", "mount")
    found = []
    try:
        for name in ("a", "b", "c"):
            file = tmp_path / name
            file.write_bytes(bytes(1 << 20))
            made = subprocess.run([losetup, "--find", "--show", str(file)], capture_output=True, text=True, check=False)
            if made.returncode:
                pytest.skip(f"needs loop devices: {made.stderr.strip()}")
            found.append(made.stdout.strip())
        yield found
    finally:
        for loop in found:
            subprocess.run([losetup, "--detach", loop], capture_output=True, check=False)


def set_up(lab: Lab, loops: Sequence[str]) -> Node:
    """Give the first node these devices, each with a slot for it, as if sbd had started there; return it."""
    node = lab["node1"]
    install(lab)
    for name, loop in zip(NAMES, loops):
        number = re.sub("[^0-9]", "", loop)
        node.must("mknod", name, "b", "7", number)
    node.write("/etc/default/sbd", CONFIG)
    options = [word for name in NAMES for word in ("-d", name)]
    node.must("sbd", *options, "-1", "1", "-2", "0", "-4", "2", "create")
    node.must("sbd", *options, "allocate", "node1")
    node.must("mknod", "/dev/watchdog", "c", "1", "3")
    node.spawn("bash", "-c", "exec 5>/dev/watchdog; exec -a 'sbd: inquisitor' sleep 1000")
    lab.admin("cibadmin", "--create", "--scope=resources", "--xml-text", FENCER)
    return node


def asked(node: Node, command: str = "check_ha_sbd") -> Tuple[int, str, str]:
    """The exit code, the first line without perfdata, and what is to be typed first."""
    done = node.run([command, "-t", "20", "-v", "--severity", "started-late=ok"])
    steps = re.findall(r"^  -> (?:.*: )?((?:sbd|crm_attribute) .*)$", done.stdout, re.MULTILINE)
    return done.returncode, done.stdout.partition("\n")[0].partition(" | ")[0], steps[0] if steps else ""


def test_slots_and_messages(two_nodes: Lab, loops: Sequence[str]) -> None:
    node = set_up(two_nodes, loops)
    try:
        where = ", ".join(NAMES)
        code, line, step = asked(node)
        assert (code, line) == (2, f"HA_SBD CRITICAL - node2 has no slot on {where}: no message reaches it there")
        node.must("sh", "-c", step)
        code, line, _ = asked(node)
        well = "HA_SBD OK - 3 sbd devices with 2 slots, no message left, msgwait 2 s, watchdog /dev/watchdog"
        assert (code, line.partition(";")[0]) == (0, well)

        node.spawn("sbd", "-d", NAMES[0], "-d", NAMES[1], "message", "node2", "reset")  # which waits for msgwait
        wait_until(lambda: asked(node)[0] == 2, 10, "both messages are written")
        code, line, step = asked(node)
        unread = f"node2 has not read the message reset from node1 on {NAMES[0]}, {NAMES[1]}, and is online"
        assert (code, line) == (2, f"HA_SBD CRITICAL - {unread}")
        node.must("check_ha_snapshot", "-t", "20", "/run/recorded")
        again = node.run(["check_ha_sbd", "--from", "/run/recorded"])
        assert again.stdout.startswith(line)
        node.must("sh", "-c", step)
        assert asked(node)[0] == 0

        two_nodes.set_property("stonith-timeout", "2s")
        code, line, step = asked(node)
        short = "fence-sbd: stonith-timeout 2 s is not longer than msgwait 2 s: no fencing succeeds"
        assert (code, line) == (2, f"HA_SBD CRITICAL - {short}")
        node.must("sh", "-c", step)
        assert asked(node)[0] == 0

        subprocess.run([program("losetup", "mount"), "--detach", loops[2]], check=True)
        code, line, _ = asked(node)
        assert (code, line) == (1, "HA_SBD WARNING - /dev/sbd-c cannot be read, 2 of 3 sbd devices left")
    finally:
        node.run(
            ["sh", "-c", "rm -rf /dev/sbd-? /dev/watchdog /etc/default/sbd /run/recorded; pkill -f 'sbd: inquisitor'"]
        )
