"""Every check of the suite, in the order in which they are told."""

from __future__ import annotations

import importlib
from typing import Dict, List

from check_ha.core.check import Check

CHECKS: Dict[str, str] = {
    "daemons": "check_ha.checks.daemons.check",
    "quorum": "check_ha.checks.quorum.check",
    "nodes": "check_ha.checks.nodes.check",
    "rings": "check_ha.checks.rings.check",
    "drbd": "check_ha.checks.drbd.check",
    "resources": "check_ha.checks.resources.check",
    "vip": "check_ha.checks.vip.check",
    "failed_actions": "check_ha.checks.failed_actions.check",
    "fencing": "check_ha.checks.fencing.check",
    "sbd": "check_ha.checks.sbd.check",
    "constraints": "check_ha.checks.constraints",
    "config": "check_ha.checks.config.check",
    "tickets": "check_ha.checks.tickets.check",
}
"""The checks of a node, by name, with their modules. Of two findings that are equally bad that of the earlier check is
told first: it is nearer to the cause."""

ALONE: Dict[str, str] = {"failover": "check_ha.checks.failover.check"}
"""The checks of a node that are no part of check_ha, as they cost more than all others together."""

COMPARISONS: Dict[str, str] = {
    "split_brain": "check_ha.multinode.split_brain",
    "drift": "check_ha.multinode.drift",
    "sites": "check_ha.multinode.sites.check",
    "cluster": "check_ha.multinode.whole_cluster.check",
}
"""The checks of a whole cluster, which run on the monitoring server."""


def check_named(name: str) -> Check:
    """Return the check of that name; KeyError when there is none."""
    module = {**CHECKS, **ALONE, **COMPARISONS}[name]
    check: Check = importlib.import_module(module).CHECK
    return check


def all_checks() -> List[Check]:
    """Return every check that check_ha runs, in the order in which they are told."""
    return [check_named(name) for name in CHECKS]
