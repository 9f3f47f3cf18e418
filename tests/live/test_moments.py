"""What lasts but for a moment: a boot, which pages nobody, and failures that nobody sees when he looks."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Optional

import pytest

from tests.lab import Lab, wait_until
from tests.lab.node import Node

from .fault import OK, WARNING
from .verdict import Verdict, install, judge

pytestmark = pytest.mark.cluster


def said(lab: Lab, check: str, node: str) -> Verdict:
    """What a check says."""
    off = ["--severity=fencing-disabled=ok"] if check == "check_ha" else []
    verdict = judge(lab[node], check, off)
    assert verdict
    return verdict


def nothing_failed(node: Node) -> bool:
    """Whether Pacemaker shows neither a failure nor a fail-count."""
    view = node.crm_mon()
    counts = [one.get("fail-count", "0") for one in view.findall("node_history//resource_history")]
    return view.find("failures/failure") is None and set(counts) <= {"0"}


def test_a_boot_pages_nobody(two_nodes: Lab) -> None:
    lab, node = two_nodes, two_nodes["node2"]
    install(lab)
    lab.stop("node2")
    lab.power_cut("node2")
    node.boot()
    # the first process of a machine, by which its age is known
    node.must("ln", "-s", "/bin/sleep", "/run/init")
    node.spawn("/run/init", "infinity")

    begun = time.monotonic()
    verdicts = [said(lab, "check_ha", "node2")]
    with ThreadPoolExecutor(1) as pool:
        started = pool.submit(node.start)
        while not started.done() or [one.state for one in verdicts[-2:]] != [OK, OK]:
            assert time.monotonic() < begun + 60, verdicts[-1].output
            verdicts.append(said(lab, "check_ha", "node2"))
            time.sleep(1)
        started.result()
    alarms = [
        f"{one.ended - begun:.1f} s: {one.state} - {one.text}" for one in verdicts if one.state not in (OK, WARNING)
    ]
    assert alarms == []
    assert "corosync is not up yet" in verdicts[0].output


def cleared(lab: Lab, reason: str) -> Optional[Verdict]:
    """The verdict that this failure is in Pacemaker's memory no more; the one before it is told until it is seen."""
    verdict = said(lab, "check_ha_failed_actions", "node1")
    end = f" ago ({reason}), and Pacemaker has cleared that since (failure-timeout)"
    return verdict if verdict.text.endswith(end) else None


def test_a_resource_that_fails_and_recovers_between_two_looks(two_nodes: Lab) -> None:
    lab, node = two_nodes, two_nodes["node1"]
    install(lab)
    lab.set_meta("p_single", "failure-timeout", "2s")
    for reason in ("short circuit", "blown fuse"):
        lab.fail("p_single", "monitor", f"fail-once 1 {reason}", "node2")
        seen = wait_until(lambda: said(lab, "check_ha_failed_actions", "node1").state == WARNING, 20, "it is seen")
        assert seen
        verdict = wait_until(partial(cleared, lab, reason), 40, "it is cleared")
        assert verdict
        assert nothing_failed(node)
        assert verdict.state == WARNING
        assert verdict.text.startswith("p_single: monitor on node2 failed ")
    lab.admin("crm_resource", "--refresh", "--resource", "p_single", "--node", "node2")
    wait_until(lambda: said(lab, "check_ha_failed_actions", "node1").state == OK, 20, "it is forgotten")
