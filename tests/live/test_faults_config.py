"""What an admin leaves behind: constraints, files that do not match."""

from __future__ import annotations

from typing import Callable

import pytest

from tests.lab import Lab

from .fault import TWO, Fault, critical, warning

pytestmark = pytest.mark.cluster

_CONF = "/etc/corosync/corosync.conf"
_CLEAR = "crm_resource --clear --resource p_single"


def _edit(lab: Lab, script: str) -> None:
    for node in lab.up():
        node.must("sed", "-i", script, _CONF)


def _reload(lab: Lab, script: str) -> None:
    _edit(lab, script)
    lab.admin("corosync-cfgtool", "-R")


FAULTS = (
    Fault(
        "ban-left-behind",
        TWO,
        lambda lab: lab.admin("crm_resource", "-r", "p_single", "--ban", "-N", "node1"),
        (warning("constraints", f"p_single is banned by hand from node1, only node2 is left*: {_CLEAR}"),),
    ),
    Fault(
        "move-left-behind",
        TWO,
        lambda lab: lab.move("p_single", "node1"),
        (warning("constraints", f"p_single is tied to node1 by a move*: {_CLEAR}"),),
    ),
    Fault(
        "two-nodes-without-two-node",
        TWO,
        lambda lab: _reload(lab, "s/two_node: 1/two_node: 0/"),
        (
            warning(
                "config",
                "two nodes without two_node: when node1 or node2 fails, the other one loses quorum and stops as well",
            ),
            warning(
                "quorum",
                "the loss of one vote loses quorum: 2 needed (two nodes without two_node: 1 in corosync.conf)",
            ),
        ),
        undo=lambda lab: _reload(lab, "s/two_node: 0/two_node: 1/"),
    ),
    Fault(
        "edited-and-not-loaded",
        TWO,
        lambda lab: _edit(lab, "s/token: 1000/token: 3000/"),
        (
            warning(
                "config",
                "corosync runs with settings that differ from corosync.conf: totem.token 1000 (file: 3000)",
            ),
        ),
        undo=lambda lab: _edit(lab, "s/token: 3000/token: 1000/"),
    ),
    Fault(
        "authkey-readable",
        TWO,
        lambda lab: lab["node1"].must("chmod", "644", "/etc/corosync/authkey"),
        (
            critical(
                "config",
                "/etc/corosync/authkey can be read by everybody (mode 644): "
                "whoever has the key can send messages to the cluster",
                "node1",
            ),
        ),
        undo=lambda lab: lab["node1"].must("chmod", "400", "/etc/corosync/authkey"),
    ),
    Fault(
        "corosync-conf-lost",
        TWO,
        lambda lab: lab["node2"].must("mv", _CONF, f"{_CONF}.old"),
        (critical("config", "/etc/corosync/corosync.conf is missing", "node2"),),
        undo=lambda lab: lab["node2"].must("mv", f"{_CONF}.old", _CONF),
        record="node2",
    ),
)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_fault(fault: Fault, prove: Callable[[Fault], None]) -> None:
    prove(fault)
