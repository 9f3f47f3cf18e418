"""Daemons that are frozen or killed while the machine runs on."""

from __future__ import annotations

from typing import Callable

import pytest

from .fault import MON, TWO, Fault, Seen, critical, lost, unknown
from .verdict import TIMEOUT

pytestmark = pytest.mark.cluster

_SILENT = f"no answer within {TIMEOUT} s"


def _hanging(tools: dict[str, str]) -> tuple[Seen, ...]:
    text = f"pacemaker does not answer: {{}}: {_SILENT}"
    return tuple(critical(check, text.format(tool), "node2") for check, tool in tools.items())


def _without_corosync(node: str) -> tuple[Seen, ...]:
    """Return what the checks say where corosync died: most of Pacemaker goes with it, pacemakerd stays."""
    corosync = "corosync is not running on this node ({}: cannot connect)"
    both = "corosync and pacemaker are not running on this node ({}: cannot connect)"
    pacemaker = "pacemaker is not running on this node ({})"
    no_cib = pacemaker.format("crm_mon: cannot connect to the CIB")
    return (
        *(critical(check, no_cib, node) for check in ("failed_actions", "nodes")),
        *(
            critical(check, pacemaker.format("crm_mon, cibadmin: cannot connect"), node)
            for check in ("constraints", "fencing", "resources", "vip")
        ),
        critical("rings", corosync.format("corosync-cfgtool -s"), node),
        critical("quorum", both.format("corosync-quorumtool -s, crm_mon"), node),
        critical("config", both.format("corosync-cmapctl, crm_verify"), node),
        critical(
            "daemons",
            f"{corosync.format('corosync-cmapctl')}; pacemaker-based, pacemaker-fenced, pacemaker-attrd, "
            "pacemaker-controld are not running, though pacemakerd (pid *) is",
            node,
        ),
    )


_CRM_MON = dict.fromkeys(("constraints", "failed_actions", "fencing", "nodes", "quorum", "resources", "vip"), "crm_mon")
_CRM_MON_AND_CIBADMIN = dict.fromkeys(("constraints", "fencing", "resources", "vip"), "crm_mon, cibadmin")


# Corosync and its resources go on there, and nobody can tell what Pacemaker there sees.
_NO_VIEW = unknown("split_brain", "node2 cannot tell what its Pacemaker sees: pacemaker *", MON)


def _frozen(daemon: str, asked_by: str, *others: Seen, record: str = "node2") -> Fault:
    """Return that a daemon of node2 is frozen: it runs, and does not answer the tool that asks it."""
    text = f"{daemon} (pid *) is frozen (stopped by a signal) and does not answer ({asked_by}: {_SILENT})"
    return Fault(
        f"{daemon}-frozen",
        TWO,
        lambda lab: lab.freeze("node2", daemon),
        (*others, critical("daemons", text, "node2")),
        record=record,
    )


# Every second pacemakerd (2.1.5) asks the next of its six daemons, and replaces one that does not answer for the fifth
# time in a row. So these come before the frozen corosync, which may keep them from answering, too.
FAULTS = (
    _frozen(
        "pacemaker-based",
        "cibadmin",
        _NO_VIEW,
        *_hanging({**_CRM_MON, **_CRM_MON_AND_CIBADMIN, "config": "crm_verify"}),
    ),
    _frozen("pacemakerd", "crmadmin", _NO_VIEW, *_hanging(_CRM_MON)),
    _frozen("pacemaker-fenced", "crm_mon", _NO_VIEW, *_hanging(_CRM_MON)),
    _frozen(
        "pacemaker-controld",
        "crm_node",
        *_hanging({"fencing": "crm_node"}),
        critical(
            "vip",
            # alone it has no time left to ask corosync-cmapctl which node this is; check_ha asks both at once
            f"pacemaker does not answer: crm_node: {_SILENT}*",
            "node2",
        ),
        record="node1",  # in a recording the map tells which node it is; here crm_node has taken all the time
    ),
    Fault(
        "pacemaker-execd-frozen",
        TWO,
        lambda lab: lab.freeze("node2", "pacemaker-execd"),
        (critical("daemons", "pacemaker-execd (pid *) is frozen (stopped by a signal)", "node2"),),
        record="node2",
    ),
    Fault(
        "pacemakerd-killed",
        TWO,
        lambda lab: lab.kill("node2", "pacemakerd"),
        (
            *(
                critical(check, "pacemaker is not running on this node (crm_mon: cannot connect)", "node2")
                for check in _CRM_MON
            ),
            critical(
                "daemons",
                "pacemakerd is not running, its daemons still are (pacemaker-based, pacemaker-fenced, "
                "pacemaker-execd, pacemaker-attrd, pacemaker-schedulerd, pacemaker-controld): nobody restarts them",
                "node2",
            ),
            _NO_VIEW,
        ),
        record="node2",
    ),
    # Pacemaker on the frozen node goes on saying that all is well.
    _frozen(
        "corosync",
        "corosync-cmapctl",
        *lost(2, "node1"),
        critical("config", f"corosync does not answer: corosync-cmapctl: {_SILENT}", "node2"),
        critical("quorum", f"corosync does not answer: corosync-quorumtool -s, corosync-cmapctl: {_SILENT}", "node2"),
        critical(
            "rings",
            "corosync does not answer: corosync-cfgtool -s, corosync-cfgtool -n, corosync-cmapctl, "
            f"corosync-cmapctl -m stats: {_SILENT}",
            "node2",
        ),
        # its resources run on, and node1 takes them over
        critical("split_brain", "split brain: node1 (quorate, DC node1, *) against node2 (corosync frozen *", MON),
    ),
    Fault(
        "corosync-killed",
        TWO,
        lambda lab: lab.kill("node2", "corosync"),
        (*lost(2, "node1"), *_without_corosync("node2")),
        record="node2",
    ),
    # node2 takes the address over, and nobody is left on node1 who would take it down there
    Fault(
        "corosync-killed-under-the-vip",
        TWO,
        lambda lab: lab.kill("node1", "corosync"),
        (
            *lost(1, "node2"),
            *_without_corosync("node1"),
            critical("split_brain", "192.0.2.100 (p_vip) is carried by node1 and node2", MON),
        ),
    ),
)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_fault(fault: Fault, prove: Callable[[Fault], None]) -> None:
    prove(fault)
