"""What goes wrong with the resource p_single, which runs on node2: for the faults, and for what is advised then."""

from __future__ import annotations

from tests.lab import Lab


def fail_once(lab: Lab) -> None:
    """Let its next monitor fail."""
    lab.fail("p_single", "monitor", "fail-once 1 short circuit", "node2")


def failing_once(lab: Lab, threshold: str) -> None:
    """Let it fail once, with that migration-threshold: with 1 it is banned from node2."""
    lab.set_meta("p_single", "migration-threshold", threshold)
    fail_once(lab)


def failed_into_standby(lab: Lab) -> None:
    """Let it fail once, where that puts the node in standby."""
    lab.admin("cibadmin", "--modify", "--xml-text", '<op id="p_single-monitor" on-fail="standby"/>')
    fail_once(lab)


def start_fails(lab: Lab) -> None:
    """Let it crash, and its start fail everywhere."""
    lab.fail("p_single", "start", "fail 1 disk full")
    lab.crash("p_single", "node2")


def active_twice(lab: Lab) -> None:
    """Let it run on node1 as well, with multiple-active=block."""
    lab.set_meta("p_single", "multiple-active", "block")
    lab["node1"].must("touch", "/run/resource-agents/Knob-p_single")
    lab.admin("crm_resource", "--refresh", "-r", "p_single", "-N", "node1")
