"""What failed? One test that gives each condition, and a near miss that does not."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any, Mapping, Optional, Sequence, Tuple

import pytest

from check_ha.checks.failed_actions.check import FailedActionOptions, judge
from check_ha.core.check import Judgement
from check_ha.model.cib import (
    Cib,
    ConfiguredCollection,
    ConfiguredPrimitive,
    CountedFailures,
    Dependency,
    FailedOperation,
    Recorded,
)
from check_ha.model.cluster import INFINITY, Cluster, ClusterOptions, FailCount, Failure, Resource
from check_ha.parsers.crm_mon import parse_crm_mon
from check_ha.sources.tools import CIBADMIN, CRM_MON
from tests.checks.build import Found, clone, cluster, evidence, found, group, lines, measured, node, primitive

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


def test_what_it_needs_by_the_cib_is_stopped() -> None:
    view = state(primitive("first", target_role="Stopped"), DOWN, failures=[failed("p_db")])
    for needed, expected in (("first", [MONITOR]), ("other", [NOWHERE, MONITOR])):
        cib = Cib((), dependencies=(Dependency("o", "p_db", needed),))
        assert found(judge(evidence({CRM_MON: view, CIBADMIN: cib}), FailedActionOptions())) == expected


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
    "warn-down-as-there-is-no-quorum": (state(DOWN, failures=[failed("p_db")], with_quorum=False), [MONITOR]),
    "warn-down-as-there-is-no-dc": (state(DOWN, failures=[failed("p_db")], dc=None), [MONITOR]),
    "warn-down-as-no-node-can-run-it": (
        state(DOWN, failures=[failed("p_db")], nodes=(node("node1", is_dc=True, standby=True),)), [MONITOR],
    ),
    "warn-down-as-the-member-before-it-is-stopped": (
        state(group("g", primitive("p_fs", target_role="Stopped"), DOWN), failures=[failed("p_db")]), [MONITOR],
    ),
    "crit-down-and-failed-to-start": (
        state(group("g", primitive("p_fs", target_role="Stopped"), DOWN), failures=[failed("p_db", task="start")]),
        [("resource-down", "p_db failed and runs nowhere: start on node1 failed (not running)"),
         ("failed-action", "p_db: start on node1 failed 5m ago (not running)")],
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
        "once the cause is fixed: crm_resource --cleanup --resource p_db",
        "once the cause is fixed: crm_resource --cleanup --resource p_db",
        "once the cause is fixed: crm_resource --cleanup --resource p_db --node node2",
    ]


@pytest.mark.parametrize(
    ("ago", "age"),
    [
        (-4, "0s ago"), (0, "0s ago"), (61, "1m ago"), (119, "119s ago"), (300, "5m ago"), (3600, "1h ago"),
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
        "once the cause is fixed: crm_resource --cleanup --resource p_db --node node1",
        "p_vip: monitor on node2, exit 7, at an unknown time; "
        "once the cause is fixed: crm_resource --cleanup --resource p_vip --node node2",
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


SHOWN = state(DB, failures=[failed("p_db")], counts=[counted("p_db", 1)])
CLEARED = state(DB)
GONE = CLEARED._replace(nodes=(node("node1", online=False), node("node2")), history={})
CLEANED = CLEARED._replace(history={"node1": {"p_db": False}})
SINCE = ("failed-since", "p_db: monitor on node1 failed {} (not running), and Pacemaker has cleared that since "
         "(failure-timeout)")  # fmt: skip
EPOCH = 1_000_000.0


EXPIRES = Cib((), expiring=frozenset({"p_db"}))


def run(
    given: Cluster,
    previous: Optional[Mapping[str, Any]],
    at: float = EPOCH,
    cib: Optional[Cib] = EXPIRES,
    **options: Any,
) -> Judgement:
    made = evidence({CRM_MON: given, CIBADMIN: cib}, previous)._replace(now=at)
    return judge(made, FailedActionOptions(**options))


def since(age: str) -> Found:
    return [(SINCE[0], SINCE[1].format(age))]


SEEN = run(SHOWN, {}).remember
LATER = {
    "warn-cleared-by-failure-timeout": (CLEARED, EPOCH + 60, {}, since("6m ago")),
    "warn-on-a-node-that-is-offline-now": (GONE, EPOCH + 60, {}, since("6m ago")),
    "warn-for-an-hour": (CLEARED, EPOCH + 3300, {}, since("1h ago")),
    "ok-after-an-hour": (CLEARED, EPOCH + 3301, {}, []),
    "warn-for-max-age": (CLEARED, EPOCH + 7200, {"max_age": 9000.0}, since("2h ago")),
    "ok-after-max-age": (CLEARED, EPOCH + 60, {"max_age": 300.0}, []),
    "ok-cleaned-up-and-found-running": (CLEANED, EPOCH + 60, {}, []),
    "ok-without-failure-timeout-only-a-cleanup-clears-it": (CLEARED, EPOCH + 60, {"cib": Cib(())}, []),
    "warn-not-known-whether-it-has-a-failure-timeout": (CLEARED, EPOCH + 60, {"cib": None}, since("6m ago")),
    "ok-no-longer-configured": (state(), EPOCH + 60, {}, []),
    "ok-excluded": (
        state(DB, primitive("p_vip", "node1")), EPOCH + 60,
        {"exclude": (re.compile("p_db"),)}, [],
    ),
    "warn-still-listed-is-told-as-such": (SHOWN, EPOCH + 60, {}, [MONITOR]),
    "warn-the-clock-was-set-back": (CLEARED, EPOCH - 7200, {}, since("0s ago")),
}  # fmt: skip


@pytest.mark.parametrize(("given", "at", "options", "findings"), LATER.values(), ids=LATER)
def test_what_an_earlier_run_saw(given: Cluster, at: float, options: Mapping[str, Any], findings: Found) -> None:
    assert found(run(given, SEEN, at, **options)) == findings


def test_without_state_nothing_is_known_of_earlier_runs() -> None:
    assert found(run(CLEARED, None)) == []
    assert found(run(CLEARED, {})) == []


@pytest.mark.parametrize(
    "state_of_old", [{"failed": [1]}, {"failed": {"a": 1, "b": [1, 2, 3, 4, 5], "c": []}}, {"known": 1}]
)
def test_ok_state_that_is_not_ours(state_of_old: Mapping[str, Any]) -> None:
    assert found(run(CLEARED, state_of_old)) == []


def test_a_resource_that_fails_again_and_again() -> None:
    """Seen once in three looks: no look after the first is OK, until a cleanup."""
    first = run(SHOWN, {})
    second = run(CLEARED, first.remember, EPOCH + 60)
    third = run(CLEARED, second.remember, EPOCH + 120)
    assert [name for name, _ in found(second)] == [name for name, _ in found(third)] == ["failed-since"]
    (finding,) = third.findings
    assert finding.step == (
        "it may fail again and again: look at its log on node1; once the cause is fixed: "
        "crm_resource --refresh --resource p_db --node node1"
    )
    assert [subject.name for subject in finding.subjects] == ["p_db", "node1"]
    refreshed = run(CLEANED, third.remember, EPOCH + 180)
    assert found(refreshed) == []
    assert found(run(CLEARED, refreshed.remember, EPOCH + 240)) == []


def test_a_fail_count_alone_is_remembered() -> None:
    first = run(state(DB, counts=[counted("p_db", 2)]), {})
    assert found(run(CLEARED, first.remember, EPOCH + 60)) == [
        (
            "failed-since",
            "p_db: an action on node1 failed 6m ago, and Pacemaker has cleared that since (failure-timeout)",
        )
    ]


def test_what_failed_is_still_known_when_only_the_count_was_left() -> None:
    """failure-timeout hides the failure first, and clears the fail-count with the next transition."""
    second = run(state(DB, counts=[counted("p_db", 1)]), SEEN, EPOCH + 60)
    assert found(second) == [("fail-count", "p_db: fail-count 1 on node1")]
    assert found(run(CLEARED, second.remember, EPOCH + 120)) == since("6m ago")


def test_the_state_is_bounded() -> None:
    many = [failed(f"p_{number}", ago=number) for number in range(900)]
    remembered = run(state(DB, failures=many), {}).remember
    assert remembered
    assert len(remembered["failed"]) == len(remembered["known"]) == 500
    assert "p_0@node1" in remembered["failed"]


AHEAD = "p_db: monitor on node1 failed 2h ahead of this node's clock (not running): whose clock is wrong?"
BEHIND = "p_db: monitor on node1 failed 2h ago (not running), but was not there 5m ago: whose clock is wrong?"


def test_a_failure_from_the_future() -> None:
    given = state(DB, failures=[failed("p_db", ago=-7200)])
    (finding,) = judged(given, max_age=60.0).findings
    assert (finding.condition.name, finding.text) == ("failed-action", AHEAD)
    assert finding.step == (
        "compare the clocks (check_ha_drift), and once the cause is fixed: "
        "crm_resource --cleanup --resource p_db --node node1"
    )


def test_a_failure_that_cannot_be_as_old_as_its_stamp() -> None:
    """The clock of that node is behind, or this one's is ahead: --max-age must not hide it."""
    before = run(state(DB), {}, EPOCH - 300).remember
    given = state(DB, failures=[failed("p_db", ago=7200)])
    assert found(run(given, before, max_age=3600.0)) == [("failed-action", BEHIND)]
    assert found(run(given, {}, max_age=3600.0)) == [], "who knows what the last run would have seen"
    seen = run(given, {}, EPOCH - 300).remember
    assert found(run(given, seen, max_age=3600.0)) == [], "the last run saw it"
    told = run(given, before, max_age=3600.0).remember
    assert [name for name, _ in found(run(CLEARED, told, EPOCH + 60))] == ["failed-since"], "it was just now"
    just = state(DB, failures=[failed("p_db", ago=355)])
    assert found(run(just, before)) == [MONITOR], "it takes a while until it is listed"


UNREAD = "and cibadmin does not tell them (the CIB has no status that can be read)"
VERSIONS = {
    "unknown-no-failures": ((1, 1, 10), state(DB), [
        ("not-shown", f"crm_mon 1.1.10 lists no failed actions and no fail-counts, {UNREAD}: "
         "whether any action failed is not known"),
    ]),
    "unknown-no-fail-counts": ((1, 1, 12), state(DB), [
        ("not-shown", f"crm_mon 1.1.12 lists no fail-counts, {UNREAD}: "
         "how often a resource failed, and where it is banned, is not known"),
    ]),
    "warn-and-unknown": ((1, 1, 13), state(DB, failures=[failed("p_db")]), [
        MONITOR,
        ("not-shown", f"crm_mon 1.1.13 lists no fail-counts, {UNREAD}: "
         "how often a resource failed, and where it is banned, is not known"),
    ]),
    "ok-1.1.14": ((1, 1, 14), state(DB), []),
    "ok-2.0.2": ((2, 0, 2), state(DB), []),
    "ok-not-printed": ((), state(DB), []),
}  # fmt: skip


@pytest.mark.parametrize(("version", "given", "findings"), VERSIONS.values(), ids=VERSIONS)
def test_what_old_versions_do_not_list(version: Tuple[int, ...], given: Cluster, findings: Found) -> None:
    assert found(judged(given._replace(version=version))) == findings


RECORDED = Recorded(
    (FailedOperation("p_db", "monitor", "node1", 7, interval=10000, when=int(EPOCH) - 300, call=40),),
    (CountedFailures("node1", "p_db", 2, int(EPOCH) - 300),),
    {"node1": {"p_db": True}},
)
CONFIGURED = Cib((ConfiguredPrimitive("p_db", "ocf:pacemaker:Dummy"),), recorded=RECORDED)
BANS = f"{MONITOR[1]}, 2 of 3 failures, the next failure bans it from node1"
THREE = (("migration-threshold", "3"),)
IN_THE_CIB = {
    "warn-failure-of-the-history": ((1, 1, 10), CONFIGURED, [MONITOR]),
    "warn-threshold-of-its-own": (
        (1, 1, 11), CONFIGURED._replace(primitives=(ConfiguredPrimitive("p_db", "", meta=THREE),)),
        [("failed-action", BANS)],
    ),
    "warn-threshold-of-the-group": (
        (1, 1, 10), CONFIGURED._replace(collections=(ConfiguredCollection("g", THREE, ("p_db",)),)),
        [("failed-action", BANS)],
    ),
    "crit-threshold-of-all": (
        (1, 1, 10), CONFIGURED._replace(defaults=(("migration-threshold", "2"),)),
        [("threshold-reached", "p_db is banned from node1 (fail-count 2 of 2)"), MONITOR],
    ),
    "warn-1.1.12-lists-failures-itself": (
        (1, 1, 12), CONFIGURED, [("fail-count", "p_db: fail-count 2 on node1")],
    ),
    "ok-1.1.14-lists-both-itself": ((1, 1, 14), CONFIGURED, []),
    "ok-nothing-in-the-history": (
        (1, 1, 10), CONFIGURED._replace(recorded=Recorded(history={"node1": {"p_db": True}})), [],
    ),
    "unknown-no-history-where-it-runs": (
        (1, 1, 12), CONFIGURED._replace(recorded=Recorded(history={"node2": {"p_db": True}})),
        [("unreadable", "the CIB has no history of p_db on node1: whether it failed there is not known")],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("version", "cib", "findings"), IN_THE_CIB.values(), ids=IN_THE_CIB)
def test_what_old_versions_do_not_list_is_in_the_cib(version: Tuple[int, ...], cib: Cib, findings: Found) -> None:
    given = evidence({CRM_MON: state(DB, version=version), CIBADMIN: cib})._replace(now=EPOCH)
    assert found(judge(given, FailedActionOptions())) == findings


def test_ok_without_quorum_nothing_runs_and_that_is_no_failure() -> None:
    given = state(DOWN, failures=[failed("p_db")], with_quorum=False)
    assert found(judged(given)) == [MONITOR]
    assert found(judged(given._replace(options=ClusterOptions(no_quorum_policy="ignore")))) == [NOWHERE, MONITOR]


def test_crit_stopped_is_down_whatever_active_says() -> None:
    given = state(primitive("p_db", "node1", role="Stopped"), failures=[failed("p_db")])
    assert found(judged(given)) == [NOWHERE, MONITOR]


def test_what_a_finding_is_about() -> None:
    given = state(DOWN, failures=[failed("p_db:0", "node2")], counts=[counted("p_db", INFINITY)])
    assert [[subject.name for subject in one.subjects] for one in judged(given).findings] == [
        ["p_db", "node2"], ["p_db", "node1"], ["p_db", "node2"],
    ]  # fmt: skip


def test_unknown_what_runs_has_no_history() -> None:
    """crm_mon 1.1.14 to 3.0 list one of everything that runs on a node that is online."""
    text = "crm_mon lists no history of p_db on node1: whether it failed there is not known"
    given = state(DB, primitive("p_vip", "node2"), history={"node2": {"p_vip": True}})
    assert found(judged(given)) == [("unreadable", text)]
    assert found(judged(given, exclude=(re.compile("p_db"),))) == []
    offline = given._replace(nodes=(node("node1", online=False), node("node2")))
    assert found(judged(offline)) == [], "that of a node that is offline is not listed"
    unique = clone("c_db", primitive("p_db:0", "node1"), primitive("p_db:1", "node2"), unique=True)
    assert found(judged(state(unique, history={"node1": {"p_db:0": True}, "node2": {"p_db:1": True}}))) == []


BANNED = (("fail-count-p_db#start_0", "INFINITY"), ("last-failure-p_db#start_0", "1795407000"))
TWICE = (("fail-count-p_db#start_0", "1"), ("fail-count-p_db#monitor_10000", "1"), ("master-p_db", "5"))
ONLY_IN_THE_CIB: Mapping[str, Tuple[Mapping[str, Any], Found]] = {
    "crit-banned": ({"node2": BANNED}, [("threshold-reached", "p_db is banned from node2 (fail-count INFINITY)")]),
    "warn-the-sum-of-two": ({"node2": TWICE}, [("fail-count", "p_db: fail-count 2 on node2")]),
    "ok-crm_mon-lists-it-there": ({"node1": BANNED}, []),
    "ok-no-longer-configured": ({"node2": (("fail-count-p_gone#start_0", "3"),)}, []),
    "ok-of-a-node-that-is-gone": ({"node9": BANNED}, []),
}


@pytest.mark.parametrize(("transient", "findings"), ONLY_IN_THE_CIB.values(), ids=ONLY_IN_THE_CIB)
def test_fail_counts_of_what_has_no_history_there(transient: Mapping[str, Any], findings: Found) -> None:
    cib = Cib((ConfiguredPrimitive("p_db", "ocf:pacemaker:Dummy"),), transient=transient)
    view = state(primitive("p_db", "node1"))
    assert found(judge(evidence({CRM_MON: view, CIBADMIN: cib}), FailedActionOptions())) == findings
