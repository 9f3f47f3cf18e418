"""Networks that break: one link, all links, a partition with and without quorum, the quorum device."""

from __future__ import annotations

from tests.lab import Lab

from .fault import CRITICAL, QDEVICE, THREE, TWO, UDPU, WARNING, Fault, Seen


def _isolate_and_go_on(lab: Lab) -> None:
    lab.set_property("no-quorum-policy", "ignore")
    lab.unplug("node1")


FAULTS = (
    Fault("link-cut", TWO, lambda lab: lab.cut("node2", 1), ()),
    Fault("link-unplugged", TWO, lambda lab: lab.unplug("node1", 0), ()),
    Fault("split-brain-two-node", TWO, lambda lab: lab.cut("node2"), ()),
    Fault("link-cut-three", THREE, lambda lab: lab.cut("node2", 1), ()),
    Fault("minority-stops", THREE, lambda lab: lab.unplug("node1"), ()),
    Fault("split-brain-policy-ignore", THREE, _isolate_and_go_on, ()),
    Fault("qnetd-lost", QDEVICE, lambda lab: lab.stop_qnetd(), ()),
    Fault("qdevice-killed", QDEVICE, lambda lab: lab.kill("node2", "corosync-qdevice"), ()),
    Fault("udpu-node-lost", UDPU, lambda lab: lab.cut("node2"), ()),
)
