"""Nodes that go: power, clean stops, what an admin does with them, bad health."""

from __future__ import annotations

from tests.lab import Lab

from .fault import CRITICAL, THREE, TWO, WARNING, Fault, Seen


def _two_power_cuts(lab: Lab) -> None:
    lab.power_cut("node2")
    lab.power_cut("node3")


def _slow_shutdown(lab: Lab) -> None:
    lab.fail("p_single", "stop", "slow 60", "node2")
    lab["node2"].signal("TERM", "pacemakerd")


def _bad_health(lab: Lab) -> None:
    lab.set_property("node-health-strategy", "only-green")
    lab["node1"].must("attrd_updater", "--name", "#health-disk", "--update", "red", "--node", "node2")


FAULTS = (
    Fault("power-cut", TWO, lambda lab: lab.power_cut("node1"), ()),
    Fault("clean-stop-of-pacemaker", TWO, lambda lab: lab.stop_pacemaker("node2"), ()),
    Fault("clean-stop", TWO, lambda lab: lab.stop("node2"), ()),
    Fault("shutdown-hangs", TWO, _slow_shutdown, (), undo=lambda lab: lab["node2"].run(["pkill", "-xf", "sleep 60"])),
    Fault("standby", TWO, lambda lab: lab.standby("node1"), ()),
    Fault("node-maintenance", TWO, lambda lab: lab.maintenance("node1"), ()),
    Fault("cluster-maintenance", TWO, lambda lab: lab.maintenance("cluster"), ()),
    Fault("health-red", TWO, _bad_health, (), undo=lambda lab: lab["node1"].must("attrd_updater", "--name", "#health-disk", "--delete", "--node", "node2")),
    Fault("power-cut-of-one-in-three", THREE, lambda lab: lab.power_cut("node3"), ()),
    Fault("power-cut-of-two-in-three", THREE, _two_power_cuts, ()),
)
