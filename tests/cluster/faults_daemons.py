"""Daemons that are frozen or killed while the machine runs on."""

from __future__ import annotations

from .fault import CRITICAL, TWO, WARNING, Fault, Seen

FAULTS = (
    Fault("corosync-frozen", TWO, lambda lab: lab.freeze("node2", "corosync"), ()),
    Fault("pacemaker-based-frozen", TWO, lambda lab: lab.freeze("node2", "pacemaker-based"), ()),
    Fault("pacemakerd-frozen", TWO, lambda lab: lab.freeze("node2", "pacemakerd"), ()),
    Fault("pacemaker-controld-frozen", TWO, lambda lab: lab.freeze("node2", "pacemaker-controld"), ()),
    Fault("pacemaker-fenced-frozen", TWO, lambda lab: lab.freeze("node2", "pacemaker-fenced"), ()),
    Fault("pacemaker-execd-frozen", TWO, lambda lab: lab.freeze("node2", "pacemaker-execd"), ()),
    Fault("pacemakerd-killed", TWO, lambda lab: lab.kill("node2", "pacemakerd"), ()),
    Fault("corosync-killed", TWO, lambda lab: lab.kill("node2", "corosync"), ()),
)
