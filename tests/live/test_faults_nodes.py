"""Nodes that go: power, clean stops, what an admin does with them, bad health."""

from __future__ import annotations

from typing import Callable

import pytest

from tests.lab import Lab

from .fault import MON, THREE, TWO, Fault, Seen, critical, lost, warning
from .refusals import COROSYNC, PACEMAKER

pytestmark = pytest.mark.cluster


def pacemaker_down(node: str) -> tuple[Seen, ...]:
    """Return what the checks say where Pacemaker does not run, and Corosync does."""
    text = "pacemaker is not running on this node ({}: cannot connect)"
    return tuple(critical(check, text.format(tools), node) for check, tools in PACEMAKER.items() if check != "all")


def all_down(node: str) -> tuple[Seen, ...]:
    """Return what the checks say where neither runs."""
    asking = {check: (COROSYNC[check], PACEMAKER[check]) for check in ("config", "daemons", "quorum")}
    one = "corosync is not running on this node ({}: cannot connect)"
    both = "corosync and pacemaker are not running on this node ({}, {}: cannot connect)"
    return (
        *pacemaker_down(node),
        *(critical(check, both.format(*tools), node) for check, tools in asking.items()),
        critical("rings", one.format(COROSYNC["rings"]), node),
    )


def _two_power_cuts(lab: Lab) -> None:
    lab.power_cut("node2")
    lab.power_cut("node3")


def _slow_shutdown(lab: Lab) -> None:
    lab.fail("p_single", "stop", "slow 60", "node2")
    lab["node2"].signal("TERM", "pacemakerd")


def _hurry(lab: Lab) -> None:
    lab["node2"].run(["pkill", "-xf", "sleep 60"])


def _bad_health(lab: Lab) -> None:
    lab.set_property("node-health-strategy", "only-green")
    lab.admin("attrd_updater", "--name=#health-disk", "--update=red", "--node=node2")


def _good_health(lab: Lab) -> None:
    lab.admin("attrd_updater", "--name=#health-disk", "--delete", "--node=node2")


FAULTS = (
    Fault(
        "power-cut",
        TWO,
        lambda lab: lab.power_cut("node1"),
        (*lost(1), warning("split_brain", "*", MON)),
        record="node2",
    ),
    Fault(
        "clean-stop-of-pacemaker",
        TWO,
        lambda lab: lab.stop_pacemaker("node2"),
        (
            *pacemaker_down("node2"),
            critical("nodes", "node2 is offline", "node1"),
            warning(
                "quorum",
                "node2: has a vote in corosync, offline in pacemaker (*)",
                "node1",
            ),
        ),
        record="node2",
    ),
    Fault(
        "clean-stop",
        TWO,
        lambda lab: lab.stop("node2"),
        (*all_down("node2"), *lost(2, "node1", crashed=False)),
        record="node2",
    ),
    Fault(
        "shutdown-hangs",
        TWO,
        _slow_shutdown,
        (
            warning("nodes", "node2 is shutting down"),
            warning("resources", "p_single is stopping on node2"),
            warning("daemons", "pacemaker is shutting down on this node (pacemakerd: shutting_down)", "node2"),
        ),
        undo=_hurry,
        record="node2",
    ),
    Fault(
        "standby",
        TWO,
        lambda lab: lab.standby("node1"),
        (warning("nodes", "node1 is in standby"),),
    ),
    Fault(
        "node-maintenance",
        TWO,
        lambda lab: lab.maintenance("node1"),
        (
            warning("nodes", "node1 is in maintenance: nobody watches 4 resources there"),
            warning(
                "resources",
                "node1 is in maintenance: nobody watches p_vip (g_web), p_app (g_web), cl_ping, ms_db there",
            ),
            warning("vip", "p_vip (192.0.2.100) runs on node1, which is in maintenance"),
        ),
    ),
    Fault(
        "cluster-maintenance",
        TWO,
        lambda lab: lab.maintenance("cluster"),
        (
            warning("resources", "the cluster is in maintenance mode: nobody watches its 5 resources"),
            warning("vip", "the cluster is in maintenance mode: nobody watches p_vip (192.0.2.100)"),
        ),
    ),
    Fault(
        "health-red",
        TWO,
        _bad_health,
        (
            critical(
                "nodes",
                "node2: its health is red (#health-disk): nothing may run there (node-health-strategy=only-green)",
            ),
        ),
        undo=_good_health,
    ),
    Fault(
        "power-cut-of-one-in-three",
        THREE,
        lambda lab: lab.power_cut("node3"),
        (
            *lost(3, of=3),
            warning("split_brain", "*", MON),
        ),
    ),
    Fault(
        "power-cut-of-two-in-three",
        THREE,
        _two_power_cuts,
        (
            critical("rings", "node2 unreachable: both links down (*); node3 unreachable: both links down (*)"),
            critical("nodes", "node2 is offline*; node3 is offline*"),
            critical("quorum", "no quorum: 1 of 3 votes, 2 needed; missing: node2, node3"),
            critical(
                "resources",
                "no quorum, and no-quorum-policy is stop: p_single, g_web, cl_ping, ms_db are not "
                "running in this partition",
            ),
            critical("vip", "p_vip (192.0.2.100) runs nowhere: this partition has no quorum"),
            warning("split_brain", "*", MON),
        ),
    ),
)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_fault(fault: Fault, prove: Callable[[Fault], None]) -> None:
    prove(fault)
