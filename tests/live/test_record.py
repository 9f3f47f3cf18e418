"""check_ha_record on real nodes: judged on the monitoring host, each check says what it says on the node itself."""

from __future__ import annotations

import pytest

from tests.lab import Lab, wait_until
from tests.lab.machine import CHECKOUT

from .verdict import install, left_behind

pytestmark = pytest.mark.cluster

VIA = "lab-ssh {node} /usr/local/sbin/check_ha_record"


def put(lab: Lab) -> None:
    """Copy the script onto every node, as an admin does; the checks are on the monitoring host, and to be compared."""
    script = (CHECKOUT / "nrpe" / "check_ha_record").read_text(encoding="utf-8")
    install(lab)
    for node in lab.up():
        node.write("/usr/local/sbin/check_ha_record", script)
        node.must("chmod", "755", "/usr/local/sbin/check_ha_record")


def first_line(text: str) -> str:
    return text.partition("\n")[0].partition(" | ")[0]


def test_the_monitoring_host_says_what_the_node_says(two_nodes: Lab) -> None:
    put(two_nodes)
    for check in ("check_ha_quorum", "check_ha_rings", "check_ha_vip", "check_ha_daemons", "check_ha"):
        there = two_nodes["node1"].run([check, "-t", "20"])
        here = two_nodes.mon.run([check, "--node", "node1", "--via", VIA, "-t", "20"])
        assert there.returncode in (0, 1), there.stdout
        assert (here.returncode, first_line(here.stdout)) == (there.returncode, first_line(there.stdout)), here.stderr


def test_crit_a_frozen_corosync(two_nodes: Lab) -> None:
    """The tools hang there, which the monitoring host is told; nothing of them is left."""
    put(two_nodes)
    two_nodes.freeze("node2")
    rings = two_nodes.mon.run(["check_ha_rings", "--node", "node2", "--via", VIA, "-t", "20"])
    assert rings.returncode == 2
    assert first_line(rings.stdout).startswith("HA_RINGS CRITICAL - corosync does not answer: corosync-cfgtool -s")
    assert left_behind(two_nodes["node2"]) == ""


def test_crit_both_links_cut(two_nodes: Lab) -> None:
    put(two_nodes)
    two_nodes.cut("node2")
    asked = ["check_ha_split_brain", "--node", "node1", "--node", "node2", "--via", VIA, "-t", "20"]
    wait_until(lambda: two_nodes.mon.run(asked).returncode == 2, 30, "the split is seen")
