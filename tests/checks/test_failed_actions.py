"""What failed? One test that gives each condition, and a near miss that does not."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any, Mapping, Optional, Sequence

import pytest

from check_ha.checks.failed_actions import FailedActionOptions, judge
from check_ha.core.check import Judgement
from check_ha.model.cluster import INFINITY, Cluster, ClusterOptions, FailCount, Failure, Resource
from check_ha.parsers.crm_mon import parse_crm_mon
from check_ha.sources.tools import CRM_MON
from tests.checks.build import Found, clone, cluster, evidence, found, group, lines, measured, primitive

NOW = datetime(2026, 11, 23, 12, 0, 0)


def failed(resource: str, node: str = "node1", ago: Optional[float] = 300, **more: Any) -> Failure:
    """A monitor that failed five minutes ago."""
    given = {"task": "monitor", "exit_code": 7, "exit_status": "not running", "reason": "", "status": "complete"}
    when = None if ago is None else NOW - timedelta(seconds=ago)
    return Failure(resource=resource, node=node, when=when, **{**given, **more})


def counted(
    resource: str, count: int, threshold: int = INFINITY, node: str = "node1", ago: Optional[float] = 300, **more: Any
) -> FailCount:
    when = None if ago is None else NOW - timedelta(seconds=ago)
    return FailCount(node, resource, count, threshold, last_failure=when, **more)


def state(
    *resources: Resource, failures: Sequence[Failure] = (), counts: Sequence[FailCount] = (), **more: Any
) -> Cluster:
    return cluster(*resources, failures=tuple(failures), fail_counts=tuple(counts), updated=NOW, **more)


def judged(given: Optional[Cluster], **options: Any) -> Judgement:
    return judge(evidence({CRM_MON: given}), FailedActionOptions(**options))


DB = primitive("p_db", "node1")
DOWN = primitive("p_db")
MONITOR = ("failed-action", "p_db: monitor on node1 failed 5m ago (not running)")
NOWHERE = ("resource-down", "p_db failed and runs nowhere: monitor on node1 failed (not running)")
EVERYWHERE = ("threshold-reached", "p_db is banned from node1 (fail-count INFINITY)")

CASES = {
    "ok-nothing-failed": (state(DB, primitive("p_vip", "node2")), []),
    "ok-no-resource": (state(), []),
    "warn-failed-action-that-was-recovered": (state(DB, failures=[failed("p_db")]), [MONITOR]),
    "warn-failed-action-with-the-words-of-the-agent": (
        state(DB, failures=[failed("p_db", reason="no such table", task="start", node="node2")]),
        [("failed-action", "p_db: start on node2 failed 5m ago (no such table)")],
    ),
    "warn-failed-action-timed-out": (
        state(DB, failures=[failed("p_db", status="Timed Out", exit_status="unknown error")]),
        [("failed-action", "p_db: monitor on node1 failed 5m ago (timed out)")],
    ),
    "warn-failed-action-timed-out-with-words": (
        state(DB, failures=[failed("p_db", status="Timed out", reason="killed after 20 s")]),
        [("failed-action", "p_db: monitor on node1 failed 5m ago (timed out; killed after 20 s)")],
    ),
    "warn-failed-action-without-any-words": (
        state(DB, failures=[failed("p_db", exit_status="", exit_code=193, ago=None)]),
        [("failed-action", "p_db: monitor on node1 failed at an unknown time (exit code 193)")],
    ),
    "warn-failed-instance-of-a-clone": (
        state(
            clone("c_db", primitive("p_db:0", "node1"), primitive("p_db:1", "node2"), unique=True),
            failures=[failed("p_db:1")],
        ),
        [("failed-action", "p_db:1: monitor on node1 failed 5m ago (not running)")],
    ),
    "warn-fail-count": (state(DB, counts=[counted("p_db", 2)]), [("fail-count", "p_db: fail-count 2 on node1")]),
    "warn-fail-count-far-from-the-threshold": (
        state(DB, counts=[counted("p_db", 1, 3)]),
        [("fail-count", "p_db: 1 of 3 failures, 2 more failures ban it from node1")],
    ),
    "warn-fail-count-one-before-the-threshold": (
        state(DB, counts=[counted("p_db", 2, 3)]),
        [("fail-count", "p_db: 2 of 3 failures, the next failure bans it from node1")],
    ),
    "warn-failure-and-fail-count-are-one-finding": (
        state(DB, failures=[failed("p_db")], counts=[counted("p_db", 2, 3)]),
        [("failed-action", f"{MONITOR[1]}, 2 of 3 failures, the next failure bans it from node1")],
    ),
    "warn-failure-and-fail-count-without-threshold-are-one-finding": (
        state(DB, failures=[failed("p_db")], counts=[counted("p_db", 2)]), [MONITOR],
    ),
    "warn-failure-on-one-node-and-fail-count-on-another": (
        state(DB, failures=[failed("p_db")], counts=[counted("p_db", 1, node="node2")]),
        [MONITOR, ("fail-count", "p_db: fail-count 1 on node2")],
    ),
    "crit-threshold-reached": (
        state(DB, counts=[counted("p_db", 3, 3, node="node2")]),
        [("threshold-reached", "p_db is banned from node2 (fail-count 3 of 3)")],
    ),
    "crit-threshold-passed": (
        state(DB, counts=[counted("p_db", 4, 3)]),
        [("threshold-reached", "p_db is banned from node1 (fail-count 4 of 3)")],
    ),
    "crit-fail-count-infinity": (state(DB, counts=[counted("p_db", INFINITY)]), [EVERYWHERE]),
    "crit-fail-count-infinity-with-a-threshold": (state(DB, counts=[counted("p_db", INFINITY, 3)]), [EVERYWHERE]),
    "crit-banned-from-two-nodes-is-one-finding": (
        state(DB, counts=[counted("p_db", 3, 3), counted("p_db", INFINITY, 3, node="node2")]),
        [("threshold-reached", "p_db is banned from node1 (fail-count 3 of 3), node2 (fail-count INFINITY)")],
    ),
    "crit-instances-of-a-clone-are-one-resource": (
        state(DB, counts=[counted("p_db:0", 3, 3), counted("p_db:1", 3, 3, node="node2")]),
        [("threshold-reached", "p_db is banned from node1, node2 (fail-count 3 of 3)")],
    ),
    "warn-threshold-0-never-bans": (
        state(DB, counts=[counted("p_db", 7, 0)]), [("fail-count", "p_db: fail-count 7 on node1")],
    ),
    "warn-threshold-does-not-count-with-on-fail-ignore": (
        state(primitive("p_db", "node1", failure_ignored=True), counts=[counted("p_db", 3, 3)]),
        [("fail-count", "p_db: fail-count 3 on node1")],
    ),
    "warn-of-a-resource-that-is-gone": (
        state(DB, counts=[counted("p_old", INFINITY, orphan=True)]),
        [("fail-count", "p_old: fail-count INFINITY on node1, of a resource that is no longer configured")],
    ),
    "crit-resource-down": (state(DOWN, failures=[failed("p_db")]), [NOWHERE, MONITOR]),
    "crit-resource-down-names-what-failed-last": (
        state(DOWN, failures=[failed("p_db"), failed("p_db", "node2", 20, task="start", reason="disk full")]),
        [
            ("resource-down", "p_db failed and runs nowhere: start on node2 failed (disk full)"),
            MONITOR,
            ("failed-action", "p_db: start on node2 failed 20s ago (disk full)"),
        ],
    ),
    "crit-resource-down-known-by-its-fail-count": (
        state(DOWN, counts=[counted("p_db", INFINITY)]),
        [("resource-down", "p_db failed and runs nowhere"), EVERYWHERE],
    ),
    "crit-resource-down-all-instances-of-a-clone": (
        state(clone("c_db", DOWN, DOWN), failures=[failed("p_db")]), [NOWHERE, MONITOR],
    ),
    "crit-resource-down-unmanaged": (
        state(primitive("p_db", managed=False), failures=[failed("p_db")]), [NOWHERE, MONITOR],
    ),
    "warn-one-instance-of-a-clone-runs": (state(clone("c_db", DOWN, DB), failures=[failed("p_db")]), [MONITOR]),
    "warn-promotable-clone-runs-unpromoted": (
        state(
            clone("c_db", primitive("p_db", "node1", role="Unpromoted"), DOWN, promotable=True),
            failures=[failed("p_db", task="promote", exit_status="error")],
        ),
        [("failed-action", "p_db: promote on node1 failed 5m ago (error)")],
    ),
    "crit-promotable-clone-runs-nowhere": (
        state(clone("c_db", DOWN, DOWN, promotable=True), failures=[failed("p_db")]), [NOWHERE, MONITOR],
    ),
    "warn-being-started-again": (
        state(primitive("p_db", role="Starting", active=True), failures=[failed("p_db")]), [MONITOR],
    ),
    "warn-stopped-on-purpose": (state(primitive("p_db", target_role="Stopped"), failures=[failed("p_db")]), [MONITOR]),
    "warn-clone-stopped-on-purpose": (
        state(clone("c_db", DOWN, target_role="Stopped"), failures=[failed("p_db")]), [MONITOR],
    ),
    "warn-group-stopped-on-purpose": (state(group("g_db", DOWN, disabled=True), failures=[failed("p_db")]), [MONITOR]),
    "warn-stop-all-resources": (
        state(DOWN, failures=[failed("p_db")], options=ClusterOptions(stop_all_resources=True)), [MONITOR],
    ),
    "warn-locked-to-a-node-that-is-shut-down": (
        state(primitive("p_db", locked_to="node2"), failures=[failed("p_db")]), [MONITOR],
    ),
    "warn-failed-and-not-configured": (state(primitive("p_vip", "node1"), failures=[failed("p_db")]), [MONITOR]),
}  # fmt: skip


@pytest.mark.parametrize(("given", "findings"), CASES.values(), ids=CASES)
def test_findings(given: Cluster, findings: Found) -> None:
    assert found(judged(given)) == findings


def test_no_failures_were_read() -> None:
    judgement = judged(None)
    assert (judgement.summary, judgement.findings, judgement.measures) == ("no failures were read", (), ())


def test_advice_is_the_command_that_clears_it() -> None:
    given = state(DOWN, failures=[failed("p_db:0", "node2")], counts=[counted("p_db:0", INFINITY)])
    assert [finding.step for finding in judged(given).findings] == [
        "when the cause is mended: crm_resource --cleanup --resource p_db",
        "when the cause is mended: crm_resource --cleanup --resource p_db",
        "when the cause is mended: crm_resource --cleanup --resource p_db --node node2",
    ]


@pytest.mark.parametrize(
    ("ago", "age"),
    [
        (-30, "0s ago"), (0, "0s ago"), (61, "1m ago"), (119, "119s ago"), (300, "5m ago"), (3600, "1h ago"),
        (5400, "90m ago"), (90000, "1d ago"), (100000, "27h ago"), (172800, "2d ago"), (None, "at an unknown time"),
    ],
)  # fmt: skip
def test_age(ago: Optional[float], age: str) -> None:
    given = state(DB, failures=[failed("p_db", ago=ago)])
    assert found(judged(given)) == [("failed-action", f"p_db: monitor on node1 failed {age} (not running)")]


def test_age_when_crm_mon_does_not_say_when_it_ran() -> None:
    given = state(DB, failures=[failed("p_db")])._replace(updated=None)
    unknown = [("failed-action", "p_db: monitor on node1 failed at an unknown time (not running)")]
    assert found(judged(given, max_age=1.0)) == unknown


OLD = 7200.0
MAX_AGES = {
    "ok-older": (state(DB, failures=[failed("p_db", ago=OLD)], counts=[counted("p_db", 1, 3, ago=OLD)]), []),
    "warn-of-just-that-age": (state(DB, failures=[failed("p_db", ago=3600)]), [
        ("failed-action", "p_db: monitor on node1 failed 1h ago (not running)"),
    ]),
    "warn-younger-beside-an-older-one": (
        state(DB, failures=[failed("p_db", ago=OLD), failed("p_db", "node2")]),
        [("failed-action", "p_db: monitor on node2 failed 5m ago (not running)")],
    ),
    "warn-of-unknown-age": (state(DB, failures=[failed("p_db", ago=None)]), [
        ("failed-action", "p_db: monitor on node1 failed at an unknown time (not running)"),
    ]),
    "warn-fail-count-of-unknown-age": (state(DB, counts=[counted("p_db", 1, ago=None)]), [
        ("fail-count", "p_db: fail-count 1 on node1"),
    ]),
    "warn-old-failure-but-the-count-is-of-now": (
        state(DB, failures=[failed("p_db", ago=OLD)], counts=[counted("p_db", 2, 3)]),
        [("fail-count", "p_db: 2 of 3 failures, the next failure bans it from node1")],
    ),
    "crit-still-banned": (
        state(DB, failures=[failed("p_db", ago=OLD)], counts=[counted("p_db", INFINITY, ago=OLD)]), [EVERYWHERE],
    ),
    "crit-still-down": (state(DOWN, failures=[failed("p_db", ago=OLD)]), [NOWHERE]),
}  # fmt: skip


@pytest.mark.parametrize(("given", "findings"), MAX_AGES.values(), ids=MAX_AGES)
def test_max_age(given: Cluster, findings: Found) -> None:
    assert found(judged(given, max_age=3600.0)) == findings


def test_old_failures_are_still_counted_and_listed() -> None:
    judgement = judged(state(DB, failures=[failed("p_db", ago=OLD)]), max_age=3600.0)
    assert judgement.summary == "1 resource, no failed actions but 1 older than --max-age"
    assert measured(judgement)["cluster.actions.failed.count"] == 1
    assert len(lines(judgement)) == 1
    assert judgement.measures[0].judged == 0


@pytest.mark.parametrize(
    ("options", "findings"),
    [
        ({"include": "p_db"}, [MONITOR]),
        ({"include": "p_.*", "exclude": "p_vip"}, [MONITOR]),
        ({"include": "p_d"}, [("filtered-out", "--include and --exclude leave none of 2 resources")]),
        ({"exclude": ".*"}, [("filtered-out", "--include and --exclude leave none of 2 resources")]),
        ({"exclude": "p_db"}, [("threshold-reached", "p_vip is banned from node1 (fail-count INFINITY)")]),
    ],
)
def test_filters(options: Mapping[str, str], findings: Found) -> None:
    given = state(
        clone("c_db", primitive("p_db:0", "node1")),
        primitive("p_vip", "node2"),
        failures=[failed("p_db")],
        counts=[counted("p_vip", INFINITY)],
    )
    judgement = judged(given, **{name: (re.compile(pattern),) for name, pattern in options.items()})
    assert found(judgement) == findings
    assert measured(judgement) == {
        "cluster.actions.failed.count": 1,
        "p_db#resource.actions.failed.count": 1,
        "p_vip@node1#resource.failures.count": INFINITY,
    }
    assert judgement.measures[0].judged == sum(condition == "failed-action" for condition, _ in findings)


def test_filters_know_the_name_of_a_group_or_clone() -> None:
    given = state(clone("c_db", group("g_db:0", DB), group("g_db:1", primitive("p_db"))), failures=[failed("p_db")])
    for name in ("p_db", "g_db", "c_db"):
        assert [condition for condition, _ in found(judged(given, exclude=(re.compile(name),)))] == ["filtered-out"]
        assert found(judged(given, include=(re.compile(name),))) == [MONITOR]


def test_a_filter_that_leaves_only_what_is_no_longer_configured() -> None:
    given = state(DB, counts=[counted("p_old", 1, orphan=True)])
    assert [condition for condition, _ in found(judged(given, include=(re.compile("p_old"),)))] == ["fail-count"]


def test_details() -> None:
    failure = failed("p_db", interval=10000, reason="no such table")
    bare = failed("p_vip", "node2", exit_status="", status="", ago=None)
    given = state(DB, failures=[failure, bare], counts=[counted("p_db", INFINITY, 3), counted("p_vip", 1)])
    assert lines(judged(given)) == (
        "p_db: monitor, every 10 s on node1, exit 7 (not running, complete), 5m ago: no such table; "
        "when the cause is mended: crm_resource --cleanup --resource p_db --node node1",
        "p_vip: monitor on node2, exit 7, at an unknown time; "
        "when the cause is mended: crm_resource --cleanup --resource p_vip --node node2",
        "p_db: fail-count INFINITY on node1, migration-threshold 3",
        "p_vip: fail-count 1 on node1, migration-threshold INFINITY",
    )


def test_an_id_that_looks_like_the_key_of_an_action() -> None:
    """The resource is what stands before the last task and interval."""
    xml = b"""
        <pacemaker-result api-version="2.25"><summary>
        <current_dc present="true" version="2.1.5" name="node1" id="1" with_quorum="true"/></summary>
        <nodes><node name="node1" id="1" online="true" standby="false" standby_onfail="false" pending="false"
         unclean="false" shutdown="false" is_dc="true" type="member"/></nodes>
        <failures>
        <failure op_key="db_monitor_0_monitor_10000" node="node1" exitstatus="error" exitreason="" exitcode="1" call="4"
         status="complete" task="monitor" interval="10000"/>
        <failure op_key="vm_migrate_to_migrate_to_0" node="node1" exitstatus="error" exitreason="" exitcode="1" call="5"
         status="complete" task="migrate_to" interval="0"/>
        </failures><status code="0" message="OK"/></pacemaker-result>"""
    assert found(judged(parse_crm_mon(xml))) == [
        ("failed-action", "db_monitor_0: monitor on node1 failed at an unknown time (error)"),
        ("failed-action", "vm_migrate_to: migrate_to on node1 failed at an unknown time (error)"),
    ]
