"""A real Corosync and Pacemaker cluster of two or three nodes on this one machine.

The checks are judged by what real daemons do when something breaks, so the tests need a cluster that can be broken
at will. This package starts one out of nothing but Linux namespaces: no container engine, no systemd, nothing that
is left on the machine afterwards.

    with Lab(Options(nodes=3)) as lab:
        lab.cut("node2", 1)
        print(lab["node1"].run(["corosync-cfgtool", "-n"], user="nagios").stdout)
        lab.heal()

``python3 -m tests.lab shell`` is the same for a human.
"""

from .config import Options
from .lab import Lab
from .preflight import missing
from .waiting import LabError, wait_until

__all__ = ["Lab", "LabError", "Options", "missing", "wait_until"]
