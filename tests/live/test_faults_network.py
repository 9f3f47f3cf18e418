"""Networks that break: one link, all links, partitions with and without quorum, the quorum device."""

from __future__ import annotations

from typing import Callable

import pytest

from tests.lab import Lab

from .fault import MON, NO_MARGIN, QDEVICE, THREE, TWO, UDPU, Fault, critical, lost, warning

pytestmark = pytest.mark.cluster

_NOT_VOTING = "the quorum device gives this partition no vote (qnetd lost, or it voted for the other side)"


def _isolate_and_go_on(lab: Lab) -> None:
    lab.set_property("no-quorum-policy", "ignore")
    lab.unplug("node1")


_MINORITY = (
    critical("rings", "node2 unreachable: both links down (*); node3 unreachable: both links down (*)", "node1"),
    critical("nodes", "node2 is offline*; node3 is offline*", "node1"),
    critical("quorum", "no quorum: 1 of 3 votes, 2 needed; missing: node2, node3", "node1"),
)
_MAJORITY = lost(1, "node2 node3", of=3)

FAULTS = (
    Fault(
        "link-cut",
        TWO,
        lambda lab: lab.cut("node2", 1),
        (
            warning("rings", "node2: link 1 (203.0.113.2) down, 1 of 2 links left", "node1"),
            warning("rings", "node1: link 1 (203.0.113.1) down, 1 of 2 links left", "node2"),
        ),
    ),
    Fault(
        "link-unplugged",
        TWO,
        lambda lab: lab.unplug("node1", 0),
        (
            warning("rings", "node2: link 0 (198.51.100.2) down, 1 of 2 links left", "node1"),
            warning("rings", "node1: link 0 (198.51.100.1) down, 1 of 2 links left", "node2"),
        ),
    ),
    Fault(
        "split-brain-two-node",
        TWO,
        lambda lab: lab.cut("node2"),
        (
            *lost(2, "node1"),
            *lost(1, "node2"),
            critical("split_brain", "*", MON),
        ),
    ),
    Fault(
        "link-cut-three",
        THREE,
        lambda lab: lab.cut("node2", 1),
        (
            warning("rings", "node2: link 1 (203.0.113.2) down, 1 of 2 links left"),
            warning("rings", "link 1 (203.0.113.2 here) down to every peer (node1, node3), 1 link left", "node2"),
        ),
    ),
    Fault(
        "minority-stops",
        THREE,
        lambda lab: lab.unplug("node1"),
        (
            *_MINORITY,
            *_MAJORITY,
            critical(
                "resources",
                "no quorum, and no-quorum-policy is stop: p_single, g_web, cl_ping, ms_db are not "
                "running in this partition",
                "node1",
            ),
            critical("vip", "p_vip (192.0.2.100) runs nowhere: this partition has no quorum", "node1"),
            critical("split_brain", "*", MON),
        ),
    ),
    Fault(
        "split-brain-policy-ignore",
        THREE,
        _isolate_and_go_on,
        (*_MINORITY, *_MAJORITY, critical("split_brain", "*", MON)),
    ),
    Fault(
        "qnetd-lost",
        QDEVICE,
        lambda lab: lab.stop_qnetd(),
        (warning("quorum", f"{_NOT_VOTING}; 2 of 3 votes; {NO_MARGIN}: 2 needed"),),
    ),
    Fault(
        "qdevice-killed",
        QDEVICE,
        lambda lab: lab.kill("node2", "corosync-qdevice"),
        (
            warning("quorum", "the quorum device daemon is down on node2", "node1"),
            warning(
                "quorum",
                f"the quorum device daemon is down on node2; 2 of 3 votes; {NO_MARGIN}: 2 needed",
                "node2",
            ),
            warning(
                "daemons",
                "corosync-qdevice is not running: this node takes no part in the vote of the quorum device",
                "node2",
            ),
        ),
        record="node2",
    ),
    Fault(
        "udpu-cut",
        UDPU,
        lambda lab: lab.cut("node2"),
        (
            *lost(2, "node1"),
            *lost(1, "node2"),
            critical("rings", "node2 unreachable: not a member", "node1"),
            critical("rings", "node1 unreachable: not a member", "node2"),
            critical("split_brain", "*", MON),
        ),
    ),
)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_fault(fault: Fault, prove: Callable[[Fault], None]) -> None:
    prove(fault)
