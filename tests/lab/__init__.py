"""A real Corosync and Pacemaker cluster of two or three nodes on this one machine.

The checks are judged by what real daemons do when something breaks, so the tests need a cluster that can be broken
at will. This package starts one out of nothing but Linux namespaces: no container engine, no systemd, nothing that
is left on the machine afterwards.

    with Lab(Options(nodes=3)) as lab:
        lab.cut("node2", 1)
        print(lab["node1"].run(["corosync-cfgtool", "-n"]).stdout)
        lab.heal()

``python3 -m tests.lab shell`` is the same for a human. All faults are methods of ``faults.Faults``. A test takes a
fixture of ``tests/live``, for instance ``two_nodes``, breaks something, uses ``wait_until`` until the cluster has
noticed, and leaves the healing to the fixture.

How it is made: a hub (``hub.sh``) is the machine room, a set of namespaces with one bridge per network. Each machine is
a set of namespaces inside of it (``boot.sh``), its root an overlay over the host's own root, or over another Debian's
(``debian.py``), its disk in memory. When the program that started the lab ends, in whatever way, the hub's process 1
ends, and with it every process, network and mount of the lab.
"""

from .config import Options
from .lab import Lab
from .preflight import missing
from .waiting import LabError, wait_until

__all__ = ["Lab", "LabError", "Options", "missing", "wait_until"]
