"""Resources and virtual addresses that fail, hang, move, or are held by an admin."""

from __future__ import annotations

from tests.lab import Lab, wait_until

from .fault import CRITICAL, TWO, WARNING, Fault, Seen


def _vip_swapped(lab: Lab) -> None:
    lab.remove_vip("node1")
    lab.add_vip("node2")


def _vip_cannot_start(lab: Lab) -> None:
    lab.admin("crm_resource", "-r", "p_vip", "--set-parameter", "nic", "--parameter-value", "none0")


def _start_fails(lab: Lab) -> None:
    lab.fail("p_single", "start", "fail 1 disk full")
    lab.crash("p_single", "node2")


def _start_fails_on_node2(lab: Lab) -> None:
    lab.fail("p_single", "start", "fail 1 disk full", "node2")
    lab.crash("p_single", "node2")


def _stop_fails(lab: Lab) -> None:
    lab.fail("p_single", "stop", "fail 1 device busy")
    lab.move("p_single", "node1")


def _start_hangs(lab: Lab) -> None:
    lab.fail("p_single", "start", "hang")
    lab.crash("p_single", "node2")


def _start_takes_long(lab: Lab) -> None:
    lab.admin("cibadmin", "--modify", "--xml-text", '<op id="p_single-start" timeout="100s"/>')
    lab.fail("p_single", "start", "slow 60")
    lab.crash("p_single", "node2")


def _below_threshold(lab: Lab) -> None:
    lab.set_meta("p_single", "migration-threshold", "2")
    lab.fail("p_single", "monitor", "fail-once 1 short circuit", "node2")


def _threshold_reached(lab: Lab) -> None:
    lab.set_meta("p_single", "migration-threshold", "1")
    lab.fail("p_single", "monitor", "fail-once 1 short circuit", "node2")


def _failed_into_standby(lab: Lab) -> None:
    lab.admin("cibadmin", "--modify", "--xml-text", '<op id="p_single-monitor" on-fail="standby"/>')
    lab.fail("p_single", "monitor", "fail-once 1 short circuit", "node2")


def _orphan(lab: Lab) -> None:
    lab.set_property("stop-orphan-resources", "false")
    lab.admin("cibadmin", "--delete", "--xml-text", '<rsc_location id="l_single"/>')
    lab.admin("cibadmin", "--delete", "--xml-text", '<primitive id="p_single"/>')


def _active_twice(lab: Lab) -> None:
    lab.set_meta("p_single", "multiple-active", "block")
    lab["node1"].must("touch", "/run/resource-agents/Knob-p_single")
    lab.admin("crm_resource", "--refresh", "-r", "p_single", "-N", "node1")


def _nobody_promoted(lab: Lab) -> None:
    for node in lab.nodes:
        lab.admin("crm_resource", "-r", "ms_db", "--ban", "--promoted", "-N", node)


def _clone_incomplete(lab: Lab) -> None:
    lab["node2"].write("/usr/lib/ocf/resource.d/pacemaker/Dummy", "#!/bin/sh\nexit 5\n", mode="755")
    lab.admin("crm_resource", "--restart", "-r", "cl_ping")


def _stop_all(lab: Lab) -> None:
    lab.set_property("stop-all-resources", "true")


FAULTS = (
    Fault("vip-deleted", TWO, lambda lab: lab.remove_vip("node1"), ()),
    Fault("vip-stray", TWO, lambda lab: lab.add_vip("node2"), ()),
    Fault("vip-swapped", TWO, _vip_swapped, ()),
    Fault("vip-fails-and-recovers", TWO, lambda lab: lab.admin("crm_resource", "--fail", "-r", "p_vip", "-N", "node1"), ()),
    Fault("vip-cannot-start", TWO, _vip_cannot_start, ()),
    Fault("vip-disabled", TWO, lambda lab: lab.set_meta("p_vip", "target-role", "Stopped"), ()),
    Fault("vip-unmanaged", TWO, lambda lab: lab.set_meta("p_vip", "is-managed", "false"), ()),
    Fault("vip-in-maintenance", TWO, lambda lab: lab.maintenance("p_vip"), ()),
    Fault("monitor-fails-once", TWO, lambda lab: lab.fail("p_single", "monitor", "fail-once 1 disk on fire", "node2"), ()),
    Fault("start-fails-everywhere", TWO, _start_fails, ()),
    Fault("start-fails-on-one-node", TWO, _start_fails_on_node2, ()),
    Fault("start-hangs", TWO, _start_hangs, ()),
    Fault("start-takes-long", TWO, _start_takes_long, ()),
    Fault("stop-fails", TWO, _stop_fails, ()),
    Fault("below-threshold", TWO, _below_threshold, ()),
    Fault("threshold-reached", TWO, _threshold_reached, ()),
    Fault("failed-into-standby", TWO, _failed_into_standby, ()),
    Fault("orphan", TWO, _orphan, ()),
    Fault("active-twice", TWO, _active_twice, ()),
    Fault("nobody-promoted", TWO, _nobody_promoted, ()),
    Fault("stop-all-resources", TWO, _stop_all, ()),
    Fault("disabled", TWO, lambda lab: lab.set_meta("p_single", "target-role", "Stopped"), ()),
)
