"""A normal boot, polled each second: it pages nobody, and nobody is told that all is well before it is."""

from __future__ import annotations

import threading
import time
from typing import Callable, Dict, List

import pytest

from tests.lab import Lab, Options
from tests.lab.cluster import at_once
from tests.lab.node import Node

from .verdict import Verdict, install, judge_all

pytestmark = pytest.mark.cluster

CHECKS = ("daemons", "fencing")
"""Those that tell a start from a fault."""
ENOUGH = 40
"""Seconds in which two nodes are up with all that they run, on a machine that has much else to do."""


def polled(node: Node) -> Dict[str, List[Verdict]]:
    """What the checks say on that node each second from the start of corosync until all say OK."""
    said: Dict[str, List[Verdict]] = {check: [] for check in CHECKS}
    end = time.monotonic() + ENOUGH
    while time.monotonic() < end:
        begun = time.monotonic()
        if "corosync" in node.running():
            verdicts = judge_all(node, {f"check_ha_{check}": () for check in CHECKS})
            for check in CHECKS:
                said[check].append(verdicts[f"check_ha_{check}"])
            if all(told[-1].code == 0 for told in said.values()):
                break
        time.sleep(max(0.0, begun + 1 - time.monotonic()))
    return said


@pytest.mark.parametrize("which", ["one-node", "all-nodes"])
def test_boot(lab_with: Callable[[Options], Lab], which: str) -> None:
    lab = lab_with(Options(stonith="on"))
    install(lab)
    nodes = list(lab.nodes.values()) if which == "all-nodes" else [lab["node2"]]
    at_once(lambda node: node.power_cut(), nodes)
    if which == "one-node":
        time.sleep(5)  # it is fenced, which boots it
    at_once(lambda node: node.boot(), nodes)
    thread = threading.Thread(target=at_once, args=(Node.start, nodes))
    thread.start()
    said = polled(lab["node2"])
    thread.join()
    for check, told in said.items():
        states = [f"{one.state} {one.text}" for one in told]
        assert "CRITICAL" not in {one.state for one in told}, states
        # that it was fenced is told until --max-age is over
        assert check == "fencing" or told[-1].state == "OK", states
    if which == "all-nodes":
        assert "WARNING" in {one.state for one in said["fencing"]}, "there is a time without DC"
