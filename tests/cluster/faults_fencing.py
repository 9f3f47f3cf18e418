"""Fencing: it works, it fails, it hangs, it is not there."""

from __future__ import annotations

from tests.lab import Lab, wait_until

from .fault import CRITICAL, FENCING, TWO, WARNING, Fault, Seen


def _fenced_and_back(lab: Lab) -> None:
    boots = lab["node2"].started
    lab.kill("node2", "corosync")
    wait_until(lambda: lab["node2"].started > boots, 30, "node2 was fenced and has started again")


def _unfenceable(lab: Lab, how: str) -> None:
    lab.break_fencing(how)
    lab.power_cut("node2")


FAULTS = (
    Fault("fencing-without-device", TWO, lambda lab: lab.set_property("stonith-enabled", "true"), ()),
    Fault("fence-device-disabled", FENCING, lambda lab: lab.set_meta("st_node2", "target-role", "Stopped"), ()),
    Fault("fencing-fails", FENCING, lambda lab: _unfenceable(lab, "fail"), ()),
    Fault("fencing-hangs", FENCING, lambda lab: _unfenceable(lab, "hang"), ()),
    Fault("fenced-and-back", FENCING, _fenced_and_back, ()),
)
