"""Can sbd fence this node and the others?

Reads the configuration of sbd (/etc/sysconfig/sbd or /etc/default/sbd) and asks each device that it names with sbd dump
and sbd list, which only read. Compares what they say with the nodes of crm_mon and the timeouts of the CIB. The process
list tells whether sbd runs, and since when; find tells which watchdog devices there are and who has one open. Nothing
here opens a watchdog, as that would start it: sbd query-watchdog does, and is never run.

A device is read as root: give it --sudo, or run it as root. In check_ha it runs where the CIB or the process list tells
of sbd; elsewhere it is left out, and no process is spent on it.

What a message in a slot means depends on its node. In that of a node that is offline it is the trace of its fencing,
which its start clears, but with SBD_STARTMODE=clean keeps it from starting. A node that is online reads its slot once a
second, so there a message says that sbd does not watch the device; a fencing of this very second looks the same.

What it cannot see: whether the watchdog resets the machine when it fires, and the devices as other nodes see them. Run
it on every node.
"""

from __future__ import annotations

from typing import Optional

from check_ha.checks.sbd.readings import CIB, PROCESSES, READINGS
from check_ha.checks.sbd.tables import CONDITIONS, METRICS, NO_SBD, SLOWEST
from check_ha.cluster.fencing.sbd import sbd_of, uses_sbd
from check_ha.core.check import Applies, Check, Judgement
from check_ha.core.evidence import Evidence
from check_ha.core.options import Options, natural, option


class SbdOptions(Options):
    """Options of check_ha_sbd."""

    devices: int = option(0, "how many devices must be configured (0: any number)", metavar="N", parse=natural)


def judge(evidence: Evidence, options: SbdOptions) -> Judgement:
    """Judge the devices first, then what is on them, then timeouts, the daemon and the watchdog."""
    from check_ha.checks.sbd import judgement  # where there is sbd: that is 3 ms

    return judgement.judge(evidence, _set_up(evidence), options.devices)


def _set_up(evidence: Evidence) -> Optional[bool]:
    """Return whether this node has to do with sbd; None where neither the CIB nor the processes are known."""
    processes, cib = evidence.get(PROCESSES), evidence.get(CIB)
    if processes and sbd_of(processes):
        return True
    return uses_sbd(cib) if cib else None


CHECK = Check(
    name="sbd",
    manual=__doc__,
    readings=READINGS,
    conditions=CONDITIONS,
    metrics=METRICS,
    judge=judge,
    number=SLOWEST,
    options=SbdOptions,
    applies=Applies("sbd", (PROCESSES, CIB), _set_up),
    nothing=NO_SBD,
)
