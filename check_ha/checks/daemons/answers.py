"""Which tool asks which daemon, who answers, and who keeps its tool waiting."""

from __future__ import annotations

from typing import Any, Dict, Optional

from check_ha.checks.daemons.processes import BASED, CONTROLD, COROSYNC, FENCED, PACEMAKERD
from check_ha.cluster.this_node import this_node
from check_ha.core.condition import NOT_RESPONDING
from check_ha.core.evidence import Evidence, Reading
from check_ha.core.finding import TOOL, Finding
from check_ha.model.cib_parts import CRM_CONFIG, RESOURCES
from check_ha.parsers.cib import parse_cib
from check_ha.parsers.cmapctl import parse_cmapctl
from check_ha.parsers.crm_mon import parse_crm_mon
from check_ha.parsers.crmadmin import parse_crmadmin
from check_ha.parsers.installed import parse_pacemakerd_features
from check_ha.parsers.nodename import parse_crm_node
from check_ha.parsers.processes import parse_ps, parse_ps_executables
from check_ha.parsers.quorumtool import parse_quorumtool
from check_ha.sources.tools import (
    CIBADMIN,
    CMAPCTL,
    CRM_MON,
    CRM_NODE,
    CRMADMIN,
    PACEMAKERD_FEATURES,
    PS,
    PS_EXE,
    QUORUMTOOL,
)

PROCESSES = Reading(PS, parse_ps)
MAP = Reading(CMAPCTL, parse_cmapctl, silent=True)
QUORUM = Reading(QUORUMTOOL, parse_quorumtool, silent=True)
CLUSTER = Reading(CRM_MON, parse_crm_mon, silent=True, parts=())
CIB = Reading(CIBADMIN, parse_cib, silent=True, parts=(CRM_CONFIG, RESOURCES))
PACEMAKERD_STATE = Reading(CRMADMIN, parse_crmadmin, silent=True)
NODE_NAME = Reading(CRM_NODE, parse_crm_node, silent=True)
EXECUTABLES = Reading(PS_EXE, parse_ps_executables, silent=True)
INSTALLED = Reading(PACEMAKERD_FEATURES, parse_pacemakerd_features, silent=True)

ASKED: Dict[str, Reading[Any]] = {
    COROSYNC: MAP,
    PACEMAKERD: PACEMAKERD_STATE,
    BASED: CIB,
    CONTROLD: NODE_NAME,
    FENCED: CLUSTER,
}


def answers_of(evidence: Evidence) -> Dict[str, Optional[bool]]:
    """Return who answers, and who keeps its tool waiting."""
    answers: Dict[str, Optional[bool]] = {}
    for name, reading in ASKED.items():
        failure = evidence.failed.get(reading.tool)
        hangs = failure is not None and failure.condition is NOT_RESPONDING
        answers[name] = True if failure is None else False if hangs else None
    if answers[COROSYNC] is None and evidence.get(QUORUM) is not None:
        answers[COROSYNC] = True
    # crm_mon waits for pacemakerd and pacemaker-based as well: only where both answer it is the fencer it waits for
    if answers[FENCED] is False and (answers[PACEMAKERD] is False or not answers[BASED]):
        answers[FENCED] = None
    return answers


def waits(evidence: Evidence) -> Dict[str, str]:
    """Return ``corosync-cmapctl: no answer within 8 s``, by the daemon that was to answer."""
    failures = ((name, evidence.failed.get(reading.tool)) for name, reading in ASKED.items())
    return {name: f"{_tools(failure)}: {failure.reason}" for name, failure in failures if failure}


def _tools(failure: Finding) -> str:
    return ", ".join(one.name for one in failure.subjects if one.kind == TOOL)


def here(evidence: Evidence) -> Optional[str]:
    """Return the name of this node, ``None`` where nothing tells it."""
    return this_node(evidence.get(NODE_NAME), evidence.get(CLUSTER), evidence.get(MAP))
