"""Is everything replicated by DRBD, and is it Primary where Pacemaker wants it?

Asks /proc/drbd, and with DRBD 9 drbdsetup, for the resources of this node: role, disks, connections, what is
synchronised and what differs. Pacemaker (crm_mon, cibadmin) tells where DRBD should be active and promoted, so that a
peer that it has stopped is told apart from one that is lost. Run it on every node with DRBD: a node knows of a peer
only what DRBD tells it.

After a split brain both sides are StandAlone, and each may have data of its own. One node cannot tell that from a
connection that somebody has closed; check_ha_split_brain compares the nodes.

check_ha runs it where crm_mon shows a resource with a DRBD agent (ocf:linbit:drbd and others); this command also where
the module is loaded. The kernel module 8.0 to 8.4 (that of Linux itself is 8.4) is read from /proc/drbd, 9 through
drbd-utils 8.9.8 or later.

-w and -c are ranges of what is out of sync, in KiB: what a peer that is away would have to catch up. While Pacemaker
promotes or demotes DRBD, one run may see a role that is just changing. What it cannot see: whether the data is the
same, beyond what an online verify (drbdadm verify) has found; and the configuration in /etc/drbd.d, which holds the
shared secret.

No machine where check_ha is made can have that kernel module: what it says is known from its sources, and from what the
code of drbd-utils prints.
"""

from __future__ import annotations

from typing import Optional

from check_ha.checks.drbd.readings import CIB, CLUSTER, MODULE, NAMES, NODE_NAME, STATUS
from check_ha.checks.drbd.tables import CONDITIONS, METRICS, NO_DRBD, TOTAL
from check_ha.cluster.drbd.present import is_drbd
from check_ha.core.check import Applies, Check, Judgement
from check_ha.core.evidence import Evidence
from check_ha.core.options import FilterOptions


class DrbdOptions(FilterOptions):
    """Options of check_ha_drbd."""


def judge(evidence: Evidence, options: DrbdOptions) -> Judgement:
    """Judge the selected resources."""
    from check_ha.checks.drbd import judgement  # where there is DRBD: that is 5 ms

    return judgement.judge(evidence, options)


def _holds(evidence: Evidence) -> Optional[bool]:
    """Return whether there is DRBD: by the agents, and by the module where it was asked."""
    module, cluster = evidence.get(MODULE), evidence.get(CLUSTER)
    if module and module.version:
        return True
    return None if cluster is None else any(is_drbd(one.primitive.agent) for one in cluster.primitives())


CHECK = Check(
    name="drbd",
    manual=__doc__,
    readings=(CLUSTER, CIB, NODE_NAME, MODULE, STATUS, NAMES),
    conditions=CONDITIONS,
    metrics=METRICS,
    judge=judge,
    number=TOTAL,
    options=DrbdOptions,
    filters="resource",
    applies=Applies("DRBD", (CLUSTER,), _holds, alone=(MODULE,)),
    nothing=NO_DRBD,
)
