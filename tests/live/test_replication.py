"""Nothing replicates, and all else looks well: large packets or multicast are lost, the token is not."""

from __future__ import annotations

import time
from typing import Callable, List

import pytest

from tests.lab import Lab, Options, wait_until

from .fault import OK
from .test_split_brain import compare
from .verdict import install, judge

pytestmark = pytest.mark.cluster

UDP = Options(nodes=3, transport="udp", links=1)
BETWEEN = 11
"""Seconds between two runs of check_ha_rings, which takes shorter ones for one."""


def write(lab: Lab, value: int) -> None:
    """Change the CIB by the node that is cut off from nothing, and do not wait for an answer."""
    script = f"timeout 3 crm_attribute --name x --update {value} </dev/null >/dev/null 2>&1 &"
    lab["node1"].must("sh", "-c", script)


def looks_well(lab: Lab) -> None:
    """What every other plugin looks at."""
    for node in lab.up():
        view = node.crm_mon()
        assert [one.get("online") for one in view.findall("nodes/node")] == ["true"] * 3
        assert node.run(["corosync-quorumtool", "-s"], timeout=5).returncode == 0
        assert view.find("failures/failure") is None


def broken(lab: Lab, lose: Callable[[str], None]) -> None:
    """Break it, and wait until the comparison says so, while all that everybody else looks at is well."""
    install(lab)
    for node in lab.up():
        verdict = judge(node, "check_ha_rings")
        assert verdict is not None
        assert verdict.state == OK
    lose("node2")
    for value in range(6):
        write(lab, value)

    def stale() -> bool:
        write(lab, 10)
        said = compare(lab).line
        assert said.startswith("HA_SPLIT_BRAIN CRITICAL - changes do not reach node2: its CIB is "), said
        return True

    wait_until(stale, 30, "the comparison sees it")
    looks_well(lab)


def test_large_packets_lost_with_knet(three_nodes: Lab) -> None:
    """After half a minute knet measures what is left, and the node is lost altogether."""
    broken(three_nodes, three_nodes.lose_large)


def test_multicast_lost_with_udp(lab_with: Callable[[Options], Lab]) -> None:
    lab = lab_with(UDP)
    broken(lab, lab.lose_multicast)
    texts: List[str] = []
    for value in range(2):
        time.sleep(BETWEEN)
        write(lab, 20 + value)
        verdicts = [judge(node, "check_ha_rings") for node in lab.up()]
        texts = [f"{one.state} - {one.text}" for one in verdicts if one]
    # whoever has the token first sends again what the lost node asks for
    assert [one for one in texts if one.startswith("WARNING - corosync sends its messages again and again")], texts
