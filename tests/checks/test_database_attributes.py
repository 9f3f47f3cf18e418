"""What the agents of databases keep in attributes, by the values that their sources and their tests have."""

from __future__ import annotations

from typing import Any, Dict, Mapping, Optional

import pytest

from check_ha.checks.nodes.check import NodeOptions, judge
from check_ha.cli.register import check_named
from check_ha.core.check import Judgement
from check_ha.core.condition import Severity
from check_ha.core.verdict import verdict_of
from check_ha.model.cib import Cib, ConfiguredPrimitive
from check_ha.model.cluster import Cluster
from check_ha.sources.tools import CIBADMIN, CRM_MON
from tests.checks.build import Found, clone, cluster, evidence, found, node, primitive

Attributes = Mapping[str, str]
HANA = "ocf:suse:SAPHana"
CONTROLLER = "ocf:heartbeat:SAPHanaController"
OUT: Dict[str, str] = {}


def judged(view: Cluster, cib: Optional[Cib] = None) -> Judgement:
    return judge(evidence({CRM_MON: view, CIBADMIN: cib}), NodeOptions())


def with_database(
    agent: str, first: Attributes, second: Attributes, roles: str = "Promoted Unpromoted", **more: Any
) -> Cluster:
    """Two nodes on which a promotable clone of this agent runs, and their attributes."""
    instances = [
        primitive("p_db", f"node{number}", agent=agent, role=role) for number, role in enumerate(roles.split(), start=1)
    ]
    attributes = {"node1": dict(first), "node2": dict(second)}
    return cluster(clone("ms_db", *instances, promotable=True), attributes=attributes, **more)


def hana(roles: str, sync: str = "", state: str = "", lpt: str = "", **more: str) -> Attributes:
    values = {"roles": roles, "sync_state": sync, "clone_state": state, **more}
    found = {f"hana_ha1_{name}": value for name, value in values.items() if value}
    return {**found, **({"lpa_ha1_lpt": lpt} if lpt else {})}


def options(**values: str) -> Cib:
    """The cluster options of SAPHanaSR: ``srHook_WDF1="PRIM"``."""
    return Cib((), properties=tuple((f"hana_ha1_site_{name}", value) for name, value in values.items()))


UP = "master1:master:worker:master"
PRIMARY = hana(f"4:P:{UP}", "PRIM", "PROMOTED", "1795406908", site="WDF1")
TAKEN_OVER = {**PRIMARY, "hana_ha1_site": "WDF2"}
SECOND = hana(f"4:S:{UP}", "SOK", "DEMOTED", "30", site="WDF2")
DOWN = "node1: SAP HANA HA1 is down there and waits"
ANGI = (hana(UP, state="PROMOTED", site="WDF1"), hana(UP, state="DEMOTED", site="WDF2"))
OF_PRIMARY = {"srHook_WDF1": "PRIM", "srPoll_WDF1": "PRIM", "lss_WDF1": "4", "srr_WDF1": "P", "lpt_WDF1": "1795406908"}
OF_SECOND = {"srHook_WDF2": "SOK", "srPoll_WDF2": "SOK", "lss_WDF2": "4", "srr_WDF2": "S", "lpt_WDF2": "30"}
SFAIL = "node2: SAP HANA HA1 does not replicate (SFAIL), and cannot take over"

NO_CIB = "the CIB, where its agents keep that, was not read"
SAP: Dict[str, Any] = {
    "ok-classic": (HANA, PRIMARY, SECOND, None, []),
    "ok-classic-the-hook-knows-better": (
        HANA, PRIMARY, {**SECOND, "hana_ha1_sync_state": "SFAIL"}, options(srHook_WDF2="SOK"), [],
    ),
    "ok-angi": (CONTROLLER, *ANGI, options(**OF_PRIMARY, **OF_SECOND), []),
    "ok-angi-a-third-site": (CONTROLLER, *ANGI, options(**OF_PRIMARY, **OF_SECOND, srHook_WDF3="SFAIL"), []),
    "ok-not-started-yet-by-the-cluster": (
        "ocf:pacemaker:Dummy", PRIMARY, hana("1:S:master1::worker:", "SOK"), None, [],
    ),
    "crit-classic-sfail": (
        HANA, PRIMARY, {**SECOND, "hana_ha1_sync_state": "SFAIL"}, None,
        [("replication-lost", SFAIL)],
    ),
    "crit-hook-sfail": (HANA, PRIMARY, SECOND, options(srHook_WDF2="SFAIL"), [("replication-lost", SFAIL)]),
    "crit-polled-while-the-hook-waits": (
        CONTROLLER, *ANGI, options(**OF_PRIMARY, **{**OF_SECOND, "srHook_WDF2": "SWAIT", "srPoll_WDF2": "SFAIL"}),
        [("replication-lost", SFAIL)],
    ),
    "warn-registration": (
        CONTROLLER, *ANGI, options(**OF_PRIMARY, **{**OF_SECOND, "srHook_WDF2": "SREG"}),
        [("replication-degraded", "node2: SAP HANA HA1 is about to be registered (SREG)")],
    ),
    "warn-no-word-yet": (
        HANA, PRIMARY, {**SECOND, "hana_ha1_sync_state": "SWAIT"}, None,
        [("replication-degraded", "node2: SAP HANA HA1 waits for the first word of its replication (SWAIT)")],
    ),
    "unknown-a-word-that-is-none": (
        HANA, PRIMARY, {**SECOND, "hana_ha1_sync_state": "fine"}, None,
        [("replication-unknown", "node2: whether SAP HANA HA1 replicates is not known: it says fine")],
    ),
    "unknown-angi-without-cib": (
        CONTROLLER, *ANGI, None,
        [("replication-unknown", f"{name}: whether SAP HANA HA1 replicates is not known: {NO_CIB}")
         for name in ("node1", "node2")],
    ),
    "unknown-nothing-is-known": (
        HANA, PRIMARY, hana("::::"), None,
        [("replication-unknown", "node2: SAP HANA runs there by the cluster, and its agents tell nothing of it")],
    ),
    "unknown-no-attribute": (
        HANA, PRIMARY, OUT, None,
        [("replication-unknown", "node2: SAP HANA runs there by the cluster, and its agents tell nothing of it")],
    ),
    "crit-down": (
        HANA, PRIMARY, hana("1:S:master1::worker:", "SFAIL", "DEMOTED", "10"), None,
        [("hana-down", "node2: SAP HANA HA1 is down, and runs there by the cluster (landscape 1)"),
         ("replication-lost", SFAIL)],
    ),
    "warn-busy": (
        CONTROLLER, *ANGI, options(**OF_PRIMARY, **{**OF_SECOND, "lss_WDF2": "2"}),
        [("hana-busy", "node2: SAP HANA HA1 is at work on itself, a host may be taking over (landscape 2)")],
    ),
    "crit-waits-for-somebody": (
        HANA, hana("1:P:master1::worker:", "PRIM", "WAITING4REG", "1795400000"), TAKEN_OVER, None,
        [("hana-waiting", f"{DOWN} for somebody to register it as secondary (hdbnsutil -sr_register) (WAITING4REG)")],
    ),
    "crit-waits-for-time": (
        HANA, hana("1:P:master1::worker:", "PRIM", "WAITING4LPA", "1795400000"), TAKEN_OVER, None,
        [("hana-waiting", f"{DOWN} until it is clear which site was primary last (DUPLICATE_PRIMARY_TIMEOUT) "
                          "(WAITING4LPA)")],
    ),
    "crit-takeover-failed": (
        CONTROLLER, ANGI[0], {**ANGI[1], "hana_ha1_sra": "F"}, options(**OF_PRIMARY, **OF_SECOND),
        [("takeover-failed", "node2: the takeover of SAP HANA HA1 failed there (sra is F)")],
    ),
    "crit-two-primaries": (
        HANA, PRIMARY, {**PRIMARY, "hana_ha1_site": "WDF2"}, None,
        [("two-primaries", "SAP HANA HA1 runs as primary on node1, node2: two sites take changes")],
    ),
    "crit-two-primaries-of-sites-without-names": (
        HANA, {**PRIMARY, "hana_ha1_site": "-"}, {**PRIMARY, "hana_ha1_site": "-"}, None,
        [("two-primaries", "SAP HANA HA1 runs as primary on node1, node2: two sites take changes")],
    ),
    "warn-two-were-primary": (
        HANA, PRIMARY, {**SECOND, "lpa_ha1_lpt": "1795400000"}, None,
        [("last-primary-unclear", "SAP HANA HA1: node1, node2 each have a time at which they were primary: after a "
                                  "restart neither may start until it is clear which was the last")],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("agent", "first", "second", "cib", "expected"), SAP.values(), ids=SAP)
def test_hana(agent: str, first: Attributes, second: Attributes, cib: Optional[Cib], expected: Found) -> None:
    assert found(judged(with_database(agent, first, second), cib)) == expected


def test_hana_of_a_site_in_standby_cannot_take_over_on_purpose() -> None:
    second = {**SECOND, "hana_ha1_sync_state": "SFAIL", "hana_ha1_clone_state": "UNDEFINED"}
    nodes = (node("node1", is_dc=True), node("node2", standby=True))
    verdict = verdict_of(check_named("nodes"), judged(with_database(HANA, PRIMARY, second, nodes=nodes)), {})
    assert [one.text for one in verdict.findings] == ["node2 is in standby", SFAIL]
    assert verdict.state == Severity.WARNING


def test_a_site_of_scale_out_is_told_once() -> None:
    view = with_database(CONTROLLER, ANGI[0], ANGI[1])
    nodes = (*view.nodes, node("node3"))
    shown = {**view.attributes, "node3": hana(":slave:worker:slave", state="DEMOTED", site="WDF2")}
    cib = options(**OF_PRIMARY, **{**OF_SECOND, "srHook_WDF2": "SFAIL"})
    text = "node2 and node3: SAP HANA HA1 does not replicate (SFAIL), and cannot take over"
    assert found(judged(view._replace(nodes=nodes, attributes=shown), cib)) == [("replication-lost", text)]


def pg(status: str = "", data: str = "", **more: str) -> Attributes:
    values = {"p_db-status": status, "p_db-data-status": data, **more}
    return {name: value for name, value in values.items() if value}


PG = "ocf:heartbeat:pgsql"
LOST = "node2: p_db does not replicate ({}), and cannot take over"
UNKNOWN = "node2: whether p_db replicates is not known: {}"
FIRST = pg("PRI", "LATEST")
SYNC = Cib((ConfiguredPrimitive("p_db", PG, (("rep_mode", "sync"),)),))
POSTGRESQL: Dict[str, Any] = {
    "ok-in-sync": (pg("HS:sync", "STREAMING|SYNC"), SYNC, []),
    "ok-asynchronous": (pg("HS:async", "STREAMING|ASYNC"), None, []),
    "crit-disconnected": (
        pg("HS:async", "DISCONNECT"), None,
        [("replication-lost", LOST.format("HS:async, DISCONNECT"))],
    ),
    "crit-alone": (pg("HS:alone"), None, [("replication-lost", LOST.format("HS:alone"))]),
    "crit-no-receiver": (
        {**pg("HS:async", "STREAMING|ASYNC"), "p_db-receiver-status": "ERROR"}, None,
        [("replication-lost", LOST.format("no WAL receiver runs"))],
    ),
    "warn-catching-up": (
        pg("HS:connected", "CATCHUP|ASYNC"), None,
        [("replication-degraded", "node2: p_db is not streaming yet (HS:connected, CATCHUP|ASYNC)")],
    ),
    "warn-not-in-sync": (
        pg("HS:async", "STREAMING|ASYNC"), SYNC,
        [("replication-degraded", "p_db: no replica is in sync (rep_mode=sync): node2 may lag behind")],
    ),
    "unknown-nothing-set": (OUT, None, [("replication-unknown", UNKNOWN.format("its agent has set no attribute"))]),
    "unknown-unknown": (pg("UNKNOWN"), None, [("replication-unknown", UNKNOWN.format("its agent says UNKNOWN"))]),
}  # fmt: skip


@pytest.mark.parametrize(("second", "cib", "expected"), POSTGRESQL.values(), ids=POSTGRESQL)
def test_postgresql(second: Attributes, cib: Optional[Cib], expected: Found) -> None:
    judgement = judged(with_database(PG, FIRST, second), cib)
    assert found(judgement) == expected
    assert judgement.summary == "2 nodes online: node1 (DC), node2; attributes judged: p_db"


def test_postgresql_that_crm_mon_does_not_list_is_known_by_its_attributes() -> None:
    listed = with_database(PG, FIRST, pg("HS:alone", "DISCONNECT"))
    view = listed._replace(resources=())
    assert found(judged(view, SYNC)) == [("replication-lost", LOST.format("HS:alone, DISCONNECT"))]
    stopped = listed._replace(resources=(), attributes={"node1": FIRST, "node2": pg("STOP", "DISCONNECT")})
    assert found(judged(stopped, SYNC)) == []


def test_postgresql_without_replication_has_no_attributes() -> None:
    assert found(judged(cluster(primitive("p_db", "node1", agent=PG)))) == []


NOT_PROMOTED = "node2: p_db would not be promoted there, {}"
READER = "node2: p_db does not replicate, or lags behind ({} is 0)"
SCORES: Dict[str, Any] = {
    "ok-redis": ("ocf:heartbeat:redis", {"master-p_db": "1"}, None, []),
    "ok-mysql": ("ocf:heartbeat:mysql", {"master-p_db": "1", "readable": "1"}, None, []),
    "ok-mariadb-has-no-score": ("ocf:heartbeat:mariadb", {"readable": "1"}, None, []),
    "ok-galera-has-no-score": ("ocf:heartbeat:galera", {}, None, []),
    "ok-score-of-an-instance": ("ocf:heartbeat:redis", {"master-p_db:1": "1", "master-p_db": "1"}, None, []),
    "warn-redis-without-score": (
        "ocf:heartbeat:redis", {}, None, [("not-promotable", NOT_PROMOTED.format("it has no promotion score"))],
    ),
    "warn-paf-not-connected": (
        "ocf:heartbeat:pgsqlms", {"master-p_db": "-1000"}, None,
        [("not-promotable", NOT_PROMOTED.format("its promotion score is -1000"))],
    ),
    "warn-mysql-does-not-replicate": (
        "ocf:heartbeat:mysql", {"master-p_db": "1", "readable": "0"}, None,
        [("replication-degraded", READER.format("readable"))],
    ),
    "warn-another-reader": (
        "ocf:heartbeat:mariadb", {"reads": "0", "readable": "1"},
        Cib((ConfiguredPrimitive("p_db", "ocf:heartbeat:mariadb", (("reader_attribute", "reads"),)),)),
        [("replication-degraded", READER.format("reads"))],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("agent", "second", "cib", "expected"), SCORES.values(), ids=SCORES)
def test_scores(agent: str, second: Attributes, cib: Optional[Cib], expected: Found) -> None:
    assert found(judged(with_database(agent, {}, second), cib)) == expected


def test_a_database_on_a_node_that_is_lost_is_not_judged() -> None:
    nodes = (node("node1", is_dc=True), node("node2", unclean=True, online=False))
    view = with_database("ocf:heartbeat:redis", {}, {}, nodes=nodes)
    assert [name for name, _ in found(judged(view))] == ["unclean"]
