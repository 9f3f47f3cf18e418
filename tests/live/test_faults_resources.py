"""Resources that fail, hang, or are held by an admin."""

from __future__ import annotations

from typing import Callable

import pytest

from tests.lab import Lab

from .fault import MON, TWO, Fault, critical, warning
from .resource_faults import active_twice, failed_into_standby, failing_once, start_fails

pytestmark = pytest.mark.cluster


def _start_fails_on_node2(lab: Lab) -> None:
    lab.fail("p_single", "start", "fail 1 disk full", "node2")
    lab.crash("p_single", "node2")


def _start_hangs(lab: Lab) -> None:
    lab.fail("p_single", "start", "hang")
    lab.crash("p_single", "node2")


def _start_takes_long(lab: Lab) -> None:
    lab.admin("cibadmin", "--modify", "--xml-text", '<op id="p_single-start" timeout="100s"/>')
    lab.fail("p_single", "start", "slow 60")
    lab.crash("p_single", "node2")


def _hurry(lab: Lab) -> None:
    lab["node2"].run(["pkill", "-xf", "sleep 60"])


def _stop_fails(lab: Lab) -> None:
    lab.fail("p_single", "stop", "fail 1 device busy")
    lab.crash("p_single", "node2")


def _orphan(lab: Lab) -> None:
    lab.set_property("stop-orphan-resources", "false")
    for gone in ('<rsc_location id="l_single"/>', '<primitive id="p_single"/>'):
        lab.admin("cibadmin", "--delete", "--xml-text", gone)


def _nobody_promoted(lab: Lab) -> None:
    for node in lab.nodes:
        lab.admin("crm_resource", "-r", "ms_db", "--ban", "--promoted", "-N", node)


_PROMOTION_BAN = "ms_db is banned by hand from being promoted on {}*: crm_resource --clear --resource ms_db"

FAULTS = (
    Fault(
        "monitor-fails-once",
        TWO,
        lambda lab: lab.fail("p_single", "monitor", "fail-once 1 disk | on fire", "node2"),
        (warning("failed_actions", "p_single: monitor on node2 failed * ago (disk / on fire)"),),
    ),
    Fault(
        "below-threshold",
        TWO,
        lambda lab: failing_once(lab, "2"),
        (
            warning(
                "failed_actions",
                "p_single: monitor on node2 failed * ago (short circuit), "
                "1 of 2 failures, the next failure bans it from node2",
            ),
        ),
    ),
    Fault(
        "threshold-reached",
        TWO,
        lambda lab: failing_once(lab, "1"),
        (
            critical(
                "failed_actions",
                "p_single is banned from node2 (fail-count 1 of 1); "
                "p_single: monitor on node2 failed * ago (short circuit)",
            ),
        ),
    ),
    Fault(
        "start-fails-on-one-node",
        TWO,
        _start_fails_on_node2,
        (
            critical(
                "failed_actions",
                "p_single is banned from node2 (fail-count INFINITY); "
                "p_single: start on node2 failed * ago (disk full)",
            ),
        ),
    ),
    Fault(
        "start-fails-everywhere",
        TWO,
        start_fails,
        (
            critical("failed_actions", "p_single failed and runs nowhere: start on * failed (disk full)"),
            critical("resources", "p_single runs nowhere: start failed on *, * (disk full)"),
        ),
    ),
    Fault(
        "start-hangs",
        TWO,
        _start_hangs,
        (
            critical(
                "failed_actions", "p_single failed and runs nowhere: start on * failed (timed out; Resource agent *"
            ),
            critical("resources", "p_single runs nowhere: start failed on *, * (timed out; Resource agent *)"),
        ),
    ),
    Fault(
        "start-takes-long",
        TWO,
        _start_takes_long,
        (
            # Pacemaker 3 says "Not running"
            warning("failed_actions", "p_single: monitor on node2 failed * ago (*ot running)"),
            warning("resources", "p_single is starting on node2: monitor failed (*ot running)"),
        ),
        undo=_hurry,
    ),
    Fault(
        "stop-fails",
        TWO,
        _stop_fails,
        (
            critical(
                "failed_actions",
                "p_single is banned from node2 (fail-count INFINITY); "
                "p_single: stop on node2 failed * ago (device busy)",
            ),
            critical("resources", "p_single is blocked on node2: stop failed (device busy)"),
        ),
    ),
    Fault(
        "failed-into-standby",
        TWO,
        failed_into_standby,
        (
            warning("failed_actions", "p_single: monitor on node2 failed * ago (short circuit)"),
            critical(
                "nodes",
                "node2 is in standby because of a failure (on-fail=standby): p_single monitor failed (short circuit)",
            ),
        ),
    ),
    Fault(
        "orphan",
        TWO,
        _orphan,
        (warning("resources", "p_single is no longer configured and still runs on node2"),),
    ),
    Fault(
        "active-twice",
        TWO,
        active_twice,
        (
            critical(
                "resources",
                "p_single is active on node1 and node2 at once, and blocked: the cluster stops none of them",
            ),
            critical("split_brain", "p_single is active on node1 and node2 at once", MON),
        ),
    ),
    Fault(
        "nobody-promoted",
        TWO,
        _nobody_promoted,
        (
            critical("resources", "ms_db is promoted nowhere, it runs on *, *"),
            warning("constraints", f"{_PROMOTION_BAN.format('node1')}; {_PROMOTION_BAN.format('node2')}"),
        ),
    ),
    Fault(
        "disabled",
        TWO,
        lambda lab: lab.set_meta("p_single", "target-role", "Stopped"),
        (warning("resources", "p_single is stopped on purpose (target-role)"),),
    ),
    Fault(
        "stop-all-resources",
        TWO,
        lambda lab: lab.set_property("stop-all-resources", "true"),
        (
            warning("resources", "stop-all-resources is set: p_single, g_web, cl_ping, ms_db are not running"),
            warning("vip", "p_vip (192.0.2.100) is stopped on purpose (target-role or stop-all-resources)"),
        ),
    ),
)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_fault(fault: Fault, prove: Callable[[Fault], None]) -> None:
    prove(fault)
