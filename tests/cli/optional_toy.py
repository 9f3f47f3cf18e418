"""A check that is in no register but that of a test: it applies where the cluster has a resource of that name."""

from __future__ import annotations

from check_ha.cluster.resources import plain
from check_ha.core.check import Applies, Check, Judgement, Metric
from check_ha.core.condition import Condition, Severity
from check_ha.core.evidence import Evidence, Reading
from check_ha.core.finding import Finding
from check_ha.core.options import Options
from check_ha.parsers.crm_mon import parse_crm_mon
from check_ha.sources.tools import CRM_MON, SYSTEM, Tool

NAME = "p_vip"
TEDDY = Tool("teddy.txt", ("teddy", "--status"), SYSTEM)

CLUSTER = Reading(CRM_MON, parse_crm_mon)
STATUS = Reading(TEDDY, lambda data: data.decode().strip())

TORN = Condition("torn", Severity.CRITICAL, "The teddy is torn.")
NO_TEDDY = Condition("no-teddy", Severity.UNKNOWN, "There is no teddy.")
LEGS = Metric("teddy.legs.count", "legs")


def holds(evidence: Evidence) -> bool | None:
    cluster = evidence.get(CLUSTER)
    return None if cluster is None else any(plain(one.primitive.id) == NAME for one in cluster.primitives())


def judge(evidence: Evidence, options: Options) -> Judgement:
    said = evidence.get(STATUS)
    if said is None:
        return Judgement("no teddy was seen")
    findings = (Finding(TORN, f"teddy: {said}"),) if said != "whole" else ()
    return Judgement("the teddy is whole", findings, (LEGS.of(4),))


CHECK = Check(
    name="teddy",
    manual="Is the teddy whole?",
    readings=(STATUS,),
    conditions=(TORN, NO_TEDDY),
    metrics=(LEGS,),
    judge=judge,
    applies=Applies("a teddy", (CLUSTER,), holds),
    nothing=NO_TEDDY,
)
