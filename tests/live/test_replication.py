"""Nothing replicates, and all else looks well: large packets or multicast are lost, the token is not."""

from __future__ import annotations

import time
from typing import Callable

import pytest

from tests.lab import Lab, Options

from .fault import OK, THREE, WARNING
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


@pytest.mark.parametrize(
    ("options", "lose"),
    [
        pytest.param(THREE, lambda lab: lab.lose_large("node2"), id="large-packets-with-knet"),
        pytest.param(UDP, lambda lab: lab.lose_multicast("node2"), id="multicast-with-udp"),
    ],
)
def test_nothing_reaches_a_member(
    lab_with: Callable[[Options], Lab], options: Options, lose: Callable[[Lab], None]
) -> None:
    lab = lab_with(options)
    install(lab)
    rings = judge(lab["node2"], "check_ha_rings")
    assert rings is not None
    assert rings.state == OK
    lose(lab)
    for value in range(6):
        write(lab, value)
    time.sleep(1)
    looks_well(lab)
    said = []
    for value in range(3):
        time.sleep(BETWEEN)
        write(lab, 10 + value)
        verdict = judge(lab["node1"], "check_ha_rings")
        assert verdict is not None
        said.append(verdict)
    assert compare(lab).line.startswith("HA_SPLIT_BRAIN CRITICAL - changes do not reach node2: its CIB is ")
    assert said[-1].state == WARNING, [one.text for one in said]
    assert "again and again" in said[-1].text
