"""The virtual address: gone, on the wrong node, failed, held by an admin."""

from __future__ import annotations

from typing import Callable

import pytest

from tests.lab import Lab

from .fault import MON, TWO, Fault, critical, warning

pytestmark = pytest.mark.cluster

_VIP = "p_vip (192.0.2.100)"
_MISSING = f"{_VIP} should be on node1, and no interface there has the address"
_STRAY = f"{_VIP} is on interface pub0 of node2, and the cluster says it runs on node1"
_NO_CLIENT = "is on interface pub0 of node1, which is {}: no client reaches it"
_FAILED = "start on node1 failed ([findif] failed)"


def _swapped(lab: Lab) -> None:
    lab.remove_vip("node1")
    lab.add_vip("node2")


def _cannot_start(lab: Lab) -> None:
    # Neither can it be stopped properly then: the agent no longer finds the address that it has brought up.
    lab.admin("crm_resource", "-r", "p_vip", "--set-parameter", "nic", "--parameter-value", "none0")


FAULTS = (
    Fault("vip-deleted", TWO, lambda lab: lab.remove_vip("node1"), (critical("vip", _MISSING, "node1"),)),
    Fault(
        "vip-stray",
        TWO,
        lambda lab: lab.add_vip("node2"),
        (
            critical("vip", _STRAY, "node2"),
            critical("split_brain", "192.0.2.100 (p_vip) is carried by node1 and node2", MON),
        ),
        record="node2",
    ),
    Fault(
        "vip-on-the-wrong-node",
        TWO,
        _swapped,
        (critical("vip", _MISSING, "node1"), critical("vip", _STRAY, "node2")),
    ),
    # The agent of Debian 12 finds the address there and is content, and so is Pacemaker.
    Fault(
        "vip-interface-switched-off",
        TWO,
        lambda lab: lab.switch_off_public("node1"),
        (
            critical("vip", f"{_VIP} {_NO_CLIENT.format('down')}", "node1"),
            critical("split_brain", "no client reaches 192.0.2.100 (p_vip): pub0 of node1 is down", MON),
        ),
    ),
    Fault(
        "vip-cable-out",
        TWO,
        lambda lab: lab.unplug_public("node1"),
        (
            critical("vip", f"{_VIP} {_NO_CLIENT.format('without carrier')}", "node1"),
            critical("split_brain", "no client reaches 192.0.2.100 (p_vip): pub0 of node1 is without carrier", MON),
        ),
    ),
    Fault(
        "vip-fails-and-recovers",
        TWO,
        lambda lab: lab.admin("crm_resource", "--fail", "-r", "p_vip", "-N", "node1"),
        (warning("failed_actions", "p_vip: asyncmon on node1 failed * ago (Simulated failure)"),),
    ),
    Fault(
        "vip-cannot-start",
        TWO,
        _cannot_start,
        (
            critical("failed_actions", f"p_vip failed and runs nowhere: {_FAILED}"),
            critical(
                "resources", "p_vip (g_web) runs nowhere: start failed on node1 ([findif] failed), and with it p_app"
            ),
            # and on node1 that the address is there, where the agent could not take it down
            critical("vip", f"{_VIP} runs nowhere: start failed on node1 ([findif] failed)*"),
        ),
    ),
    Fault(
        "vip-disabled",
        TWO,
        lambda lab: lab.set_meta("p_vip", "target-role", "Stopped"),
        (
            warning("resources", "p_vip (g_web) is stopped on purpose (target-role), and with it p_app"),
            warning("vip", f"{_VIP} is stopped on purpose (target-role or stop-all-resources)"),
        ),
    ),
    Fault(
        "vip-unmanaged",
        TWO,
        lambda lab: lab.set_meta("p_vip", "is-managed", "false"),
        (
            warning("resources", "p_vip (g_web) is unmanaged: the cluster will not start, stop or move it"),
            warning("vip", f"{_VIP} is unmanaged: the cluster will not move it"),
        ),
    ),
    # Pacemaker 2.1.5 tells no difference between the two; 3.0 does.
    Fault(
        "vip-in-maintenance",
        TWO,
        lambda lab: lab.maintenance("p_vip"),
        (
            warning("resources", "p_vip (g_web) is *"),
            warning("vip", f"{_VIP} is *"),
        ),
    ),
)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_fault(fault: Fault, prove: Callable[[Fault], None]) -> None:
    prove(fault)
