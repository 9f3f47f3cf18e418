"""Is every node of the cluster there, and at work?"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Dict, Optional, Tuple

import pytest

from check_ha.checks.nodes.check import CHECK, CIB, NodeOptions, judge
from check_ha.core.check import Judgement
from check_ha.core.finding import NODE, RESOURCE, Subject
from check_ha.core.options import regex
from check_ha.model.cib import Cib, Dependency
from check_ha.model.cluster import (
    Bundle,
    Cluster,
    ClusterOptions,
    DesignatedController,
    Failure,
    FenceEvent,
    FenceHistory,
    Node,
    Primitive,
    Replica,
)
from check_ha.sources.tools import CIBADMIN, CRM_MON
from tests.checks.build import Found, cluster, evidence, found, group, lines, measured, node, primitive
from tests.core.said import output

NOON = datetime(2026, 11, 23, 12, 0, 0)
REMOTE = "ocf:pacemaker:remote"


def judged(view: Optional[Cluster], **options: Any) -> Judgement:
    return judge(evidence({CRM_MON: view}), NodeOptions(**options))


def two(second: Node, *resources: Any, **more: Any) -> Cluster:
    """node1 is well, and this one is with it."""
    return cluster(*resources, nodes=(node("node1", is_dc=True), second), **more)


def remote(name: str, **more: Any) -> Node:
    return node(name, **{"id": name, "type": "remote", **more})


def offline(name: str, **more: Any) -> Node:
    return remote(name, online=False, **more)


def connection(name: str, *nodes: str, **more: Any) -> Primitive:
    return primitive(name, *nodes, agent=REMOTE, **more)


def fenced(*events: Tuple[str, str, Optional[datetime]]) -> FenceHistory:
    """Action and status, newest first, all for node2."""
    return FenceHistory(
        True, tuple(FenceEvent(action, "node2", status, completed=when, reason="no such device")
                    for action, status, when in events)
    )  # fmt: skip


def failed(resource: str, on: str, task: str = "start", reason: str = "no such file") -> Failure:
    return Failure(resource, task, on, 1, "error", reason, "complete", when=NOON)


def bundle(*members: Primitive, **more: Any) -> Bundle:
    given = {"type": "podman", "image": "web:1", "unique": True, "managed": True, "failed": False}
    return Bundle(id="web", replicas=(Replica("0", members),), **{**given, **more})


def replica(*nodes: str, connected: bool = True) -> Bundle:
    there = nodes if connected else ()
    return bundle(
        primitive("web-podman-0", *nodes, agent="ocf:heartbeat:podman"),
        primitive("httpd", *(("web-0",) if there else ())),
        connection("web-0", *there),
    )


UNCLEAN = node("node2", online=False, unclean=True, resources_running=4)
MINUTE_AGO = datetime(2026, 11, 23, 11, 59, 0)

CASES: Dict[str, Tuple[Optional[Cluster], Found]] = {
    "ok-two-nodes": (cluster(), []),
    "ok-tool-failed-is-told-elsewhere": (None, []),
    "ok-remote-online": (two(remote("remote1"), connection("remote1", "node1")), []),
    "crit-no-dc-once": (
        cluster(
            nodes=(node("node1", online=False, unclean=True), node("node2", online=False, unclean=True)),
            dc=None, with_quorum=None,
        ),
        [("no-dc", "no DC is elected (an election that does not end, or pacemaker is just starting): "
                   "the state of all 2 nodes is not known")],
    ),
    "crit-no-dc-of-the-only-node": (
        cluster(nodes=(node("node1", online=False),), dc=None),
        [("no-dc", "no DC is elected (an election that does not end, or pacemaker is just starting): "
                   "the state of the only node is not known")],
    ),
    "crit-unclean-offline": (
        two(UNCLEAN),
        [("unclean", "node2 is UNCLEAN (offline): it must be fenced, 4 resources are stuck until it is fenced")],
    ),
    "crit-unclean-online": (
        two(node("node2", unclean=True, resources_running=1)),
        [("unclean", "node2 is UNCLEAN (online): it must be fenced, 1 resource is stuck until it is fenced")],
    ),
    "crit-unclean-without-resources": (
        two(UNCLEAN._replace(resources_running=0)), [("unclean", "node2 is UNCLEAN (offline): it must be fenced")],
    ),
    "crit-unclean-before-all-else": (
        two(node("node2", unclean=True, pending=True, standby=True, maintenance=True, health="red")),
        [("unclean", "node2 is UNCLEAN (online): it must be fenced")],
    ),
    "crit-unclean-fencing-failed": (
        two(UNCLEAN, fence_history=fenced(("reboot", "failed", MINUTE_AGO)), updated=NOON),
        [("unclean", "node2 is UNCLEAN (offline): its fencing failed 1m ago (no such device), "
                     "4 resources are stuck until it is fenced")],
    ),
    "crit-unclean-being-fenced": (
        two(UNCLEAN, fence_history=fenced(("reboot", "pending", None)), updated=NOON),
        [("unclean", "node2 is UNCLEAN (offline): it is being fenced, 4 resources are stuck until it is fenced")],
    ),
    "crit-unclean-and-fencing-off": (
        two(UNCLEAN, options=ClusterOptions(fencing_enabled=False)),
        [("unclean", "node2 is UNCLEAN (offline): it should be fenced, and fencing is off, "
                     "4 resources are stuck until it is fenced")],
    ),
    "crit-unclean-without-quorum": (
        two(UNCLEAN, with_quorum=False),
        [("unclean", "node2 is UNCLEAN (offline): this partition has no quorum and may not fence it")],
    ),
    "crit-unclean-quorum-ignored": (
        two(UNCLEAN, with_quorum=False, options=ClusterOptions(no_quorum_policy="ignore")),
        [("unclean", "node2 is UNCLEAN (offline): it must be fenced, 4 resources are stuck until it is fenced")],
    ),
    "crit-unclean-remote": (
        two(offline("remote1", unclean=True), connection("remote1", "node1", failed=True)),
        [("unclean", "remote1 is UNCLEAN (offline): it must be fenced")],
    ),
    "warn-pending": (
        two(node("node2", pending=True, standby=True)),
        [("pending", "node2 is pending: it is joining, cannot join, or its Pacemaker does not run")],
    ),
    "crit-offline": (two(node("node2", online=False, standby=True)), [("offline", "node2 is offline")]),
    "crit-offline-crashed": (
        two(node("node2", online=False, expected_up=True)),
        [("offline", "node2 is offline, and was not shut down: it crashed or is cut off")],
    ),
    "crit-offline-fenced": (
        two(node("node2", online=False), updated=NOON, fence_history=fenced(("reboot", "success", MINUTE_AGO))),
        [("offline", "node2 is offline (fenced 1m ago)")],
    ),
    "crit-offline-fencing-long-made-good": (
        two(node("node2", online=False), updated=NOON, fence_history=fenced(("on", "success", MINUTE_AGO))),
        [("offline", "node2 is offline")],
    ),
    "warn-shutting-down": (
        two(node("node2", shutdown=True, standby=True)), [("shutting-down", "node2 is shutting down")],
    ),
    "warn-standby": (two(node("node2", standby=True)), [("standby", "node2 is in standby")]),
    "crit-standby-on-fail": (
        two(
            node("node2", standby=True, standby_onfail=True),
            failures=(failed("p_db:0", "node2", "monitor"), failed("p_x", "node1"), failed("p_db:1", "node2")),
        ),
        [("standby-onfail", "node2 is in standby because of a failure (on-fail=standby): "
                            "p_db monitor failed (no such file), start failed (no such file)")],
    ),
    "crit-standby-on-fail-and-no-failure-listed": (
        two(node("node2", standby=True, standby_onfail=True)),
        [("standby-onfail", "node2 is in standby because of a failure (on-fail=standby)")],
    ),
    "warn-maintenance": (
        two(node("node2", maintenance=True, resources_running=2)),
        [("maintenance", "node2 is in maintenance: nobody watches 2 resources there")],
    ),
    "warn-maintenance-of-nothing": (
        two(node("node2", maintenance=True)), [("maintenance", "node2 is in maintenance: it runs nothing")],
    ),
    "warn-maintenance-for-an-unmanaged-connection": (
        two(remote("remote1", maintenance=True, resources_running=1), connection("remote1", "node1", managed=False)),
        [("maintenance", "remote1 is unmanaged: nobody watches 1 resource there")],
    ),
    "crit-health-red": (two(node("node2", health="red")), [("health-red", "node2: its health is red")]),
    "warn-health-yellow": (two(node("node2", health="yellow")), [("health-yellow", "node2: its health is yellow")]),
    "crit-all-that-is-wrong-with-a-node-at-once": (
        two(node("node2", standby=True, maintenance=True, health="red")),
        [("standby", "node2 is in standby"), ("maintenance", "node2 is in maintenance: it runs nothing"),
         ("health-red", "node2: its health is red")],
    ),
    "crit-remote-lost": (
        two(offline("remote1"), connection("remote1"), failures=(failed("remote1", "node1"), failed("p", "node1"))),
        [("remote-lost", "remote1 is lost, its connection runs nowhere: start failed on node1 (no such file)")],
    ),
    "crit-remote-lost-for-no-reason": (
        two(offline("remote1"), connection("remote1")),
        [("remote-lost", "remote1 is lost, its connection runs nowhere")],
    ),
    "warn-remote-stopped-on-purpose": (
        two(offline("remote1"), connection("remote1", target_role="Stopped")),
        [("remote-stopped", "remote1 is offline on purpose: its connection is stopped (target-role)")],
    ),
    "warn-remote-stopped-with-everything": (
        two(offline("remote1"), connection("remote1"), options=ClusterOptions(stop_all_resources=True)),
        [("remote-stopped", "remote1 is offline on purpose: its connection is stopped (stop-all-resources)")],
    ),
    "warn-remote-connecting": (
        two(offline("remote1"), connection("remote1", "node1", role="Starting")),
        [("pending", "remote1 is being connected or disconnected right now")],
    ),
    "warn-remote-left-over": (
        two(offline("remote1", shutdown=True)),
        [("remote-left-over", "remote1 is offline, and nothing is configured to connect to it")],
    ),
    "crit-guest-lost": (
        two(offline("guest1", id_as_resource="vm1"), primitive("vm1"), connection("guest1"),
            failures=(failed("vm1", "node1"),)),
        [("remote-lost", "guest1 is lost, vm1 runs nowhere: start failed on node1 (no such file)")],
    ),
    "crit-guest-connection-broken": (
        two(offline("guest1", id_as_resource="vm1"), primitive("vm1", "node1"), connection("guest1"),
            failures=(failed("guest1", "node1", "monitor"),)),
        [("remote-lost", "guest1 is lost, its connection is broken: monitor failed on node1 (no such file)")],
    ),
    "warn-guest-stopped-on-purpose": (
        two(offline("guest1", id_as_resource="vm1"), primitive("vm1", target_role="Stopped"), connection("guest1")),
        [("remote-stopped", "guest1 is offline on purpose: vm1 is stopped (target-role)")],
    ),
    "crit-remote-without-quorum": (
        two(offline("remote1"), connection("remote1"), with_quorum=False, failures=(failed("remote1", "node1"),)),
        [("remote-lost", "remote1 is offline: this partition has no quorum to run its connection")],
    ),
    "warn-guest-behind-what-is-stopped-on-purpose": (
        two(offline("guest1", id_as_resource="vm1"), connection("guest1"),
            group("g", primitive("fs", target_role="Stopped"), primitive("vm1"))),
        [("remote-stopped",
          "guest1 is offline: vm1 runs nowhere, it waits for fs (g), which is stopped on purpose (target-role)")],
    ),
    "crit-guest-behind-what-is-down": (
        two(offline("guest1", id_as_resource="vm1"), group("g", primitive("fs"), primitive("vm1")),
            connection("guest1")),
        [("remote-lost", "guest1 is offline: vm1 runs nowhere, it waits for fs (g), which runs nowhere")],
    ),
    "ok-container-of-a-bundle-down": (two(offline("web-0", id_as_resource="web-podman-0"), replica()), []),
    "crit-bundle-node-lost-while-its-container-runs": (
        two(offline("web-0", id_as_resource="web-podman-0"), replica("node1", connected=False)),
        [("remote-lost", "web-0 is lost, its connection is broken")],
    ),
    "ok-bundle-unmanaged": (
        two(remote("web-0", id_as_resource="web-podman-0", maintenance=True), replica("node1")), [],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("view", "expected"), CASES.values(), ids=CASES)
def test_nodes(view: Optional[Cluster], expected: Found) -> None:
    assert found(judged(view)) == expected


def versions(*pairs: Tuple[str, Optional[str]], mixed: Optional[bool] = True, **more: Any) -> Cluster:
    nodes = tuple(node(name, feature_set=version) for name, version in pairs)
    return cluster(nodes=nodes, dc=DesignatedController("node1", "1", "2.1.5", mixed), **more)


def test_mixed_version() -> None:
    view = versions(("node1", "3.16.1"), ("node2", "3.15.2"), ("node3", "3.16.1"))
    text = "nodes run different versions of Pacemaker (feature sets node1, node3: 3.16.1; node2: 3.15.2)"
    assert found(judged(view)) == [("mixed-version", text)]


def test_mixed_version_of_nodes_that_tell_none() -> None:
    """An old Pacemaker tells none, and neither does a node whose pacemaker-attrd has ended."""
    view = versions(("node1", "3.16.1"), ("node2", "<3.15.1"), ("node3", "<3.15.1"), ("node4", "3.15.2"))
    why = "a Pacemaker before 2.1.5, or no pacemaker-attrd there"
    text = f"no feature set from node2, node3: {why} (feature sets node1: 3.16.1; node4: 3.15.2)"
    assert found(judged(view)) == [("mixed-version", text)]


@pytest.mark.parametrize(
    "view",
    [
        pytest.param(versions(("node1", "3.16.1"), ("node2", "3.15.2"), mixed=False), id="pacemaker-does-not-say-so"),
        pytest.param(versions(("node1", "3.16.1"), ("node2", "3.15.2"), mixed=None), id="older-than-2.1.5"),
        pytest.param(versions(("node1", "3.16.1"), ("node2", None)), id="only-one-tells"),
    ],
)
def test_ok_same_version(view: Cluster) -> None:
    assert found(judged(view)) == []


@pytest.mark.parametrize("flag", ["pending", "unclean"])
def test_node_that_has_told_no_version(flag: str) -> None:
    """2.1.5 calls the cluster mixed while a node is pending, 3.0.2 while one is unclean."""
    second = node("node2", feature_set="<3.15.1", **{flag: True})
    first = node("node1", feature_set="3.16.1")
    view = cluster(nodes=(first, second), dc=DesignatedController("node1", "1", "2.1.5", True))
    assert [name for name, _ in found(judged(view))] == [flag]


def test_filters() -> None:
    view = cluster(nodes=(node("node1"), node("node2", standby=True), offline("remote1")))
    left = [("remote-left-over", "remote1 is offline, and nothing is configured to connect to it")]
    assert found(judged(view, exclude=(regex("node2"),))) == left
    assert found(judged(view, include=(regex("node."),))) == [("standby", "node2 is in standby")]
    assert found(judged(view, include=(regex("node"),))) == [
        ("filtered-out", "--include and --exclude leave none of 3 nodes")
    ]


def test_perfdata_is_of_all_nodes_and_the_number_of_the_selected() -> None:
    view = cluster(
        connection("remote1", "node1"),
        nodes=(
            node("node1", resources_running=3), node("node2", standby=True), node("node3", pending=True),
            node("node4", online=False, unclean=True, maintenance=True), remote("remote1"),
        ),
    )  # fmt: skip
    judgement = judged(view, exclude=(regex("node2"),))
    assert measured(judgement) == {
        "cluster.nodes.online.count": 2,
        "cluster.nodes.total.count": 4,
        "cluster.nodes.unclean.count": 1,
        "cluster.nodes.standby.count": 1,
        "cluster.nodes.maintenance.count": 1,
        "cluster.remotes.online.count": 1,
        "cluster.remotes.total.count": 1,
        "node1#node.resources.running.count": 3,
        "node2#node.resources.running.count": 0,
        "node3#node.resources.running.count": 0,
        "node4#node.resources.running.count": 0,
        "remote1#node.resources.running.count": 0,
    }
    online = next(measure for measure in judgement.measures if measure.metric is CHECK.number)
    assert (online.maximum, online.judged) == (4, 1)


def test_without_a_dc_nothing_is_counted() -> None:
    assert measured(judged(cluster(dc=None))) == {"cluster.nodes.total.count": 2, "cluster.remotes.total.count": 0}


DOWN = node("node1", online=False, unclean=True)

SUMMARIES = (
    (cluster(), "2 nodes online: node1 (DC), node2"),
    (cluster(nodes=(node("node1"),)), "1 node online: node1 (DC)"),
    (two(node("node2", online=False)), "1 of 2 nodes online: node1 (DC), node2 (offline)"),
    (two(node("node2", standby=True)), "2 nodes online: node1 (DC), node2 (standby)"),
    (two(node("node2", health="yellow")), "2 nodes online: node1 (DC), node2 (health yellow)"),
    (two(offline("r1")), "1 node online: node1 (DC); 0 of 1 remote or guest node online: r1 (offline)"),
    (two(offline("web-0", id_as_resource="web-podman-0"), replica()), "1 node online: node1 (DC)"),
    (cluster(nodes=(DOWN,), dc=None), "0 of 1 node online: node1 (UNCLEAN (offline))"),
    (None, "no nodes were read"),
)


@pytest.mark.parametrize(("view", "summary"), SUMMARIES, ids=[summary for _, summary in SUMMARIES])
def test_summary(view: Optional[Cluster], summary: str) -> None:
    assert judged(view).summary == summary


def test_details() -> None:
    view = cluster(
        nodes=(
            node("node1", resources_running=1, feature_set="3.16.1"), node("node2", health="red", standby=True),
            remote("remote1"), remote("guest1", id_as_resource="vm1"),
        ),
    )  # fmt: skip
    assert lines(judged(view)) == (
        "node1: online, DC, 1 resource, feature set 3.16.1",
        "node2: standby, health red, 0 resources",
        "remote1: online, remote, 0 resources",
        "guest1: online, guest in vm1, 0 resources",
    )
    assert lines(judged(view._replace(dc=None)))[0] == "node1: not known, 1 resource, feature set 3.16.1"


LOOK = (
    "before you repair the network, boot {0} or start the cluster there, find out what it runs: look at its console, "
    "or ask on the monitoring server: check_ha_split_brain --node node1 --node node2"
)
OFFLINE, CRASHED = node("node2", online=False), node("node2", online=False, expected_up=True)
START = "to bring it back, on node2: crm cluster start, or: pcs cluster start"

STEPS: Dict[str, Tuple[Cluster, str]] = {
    "crit-unclean": (two(UNCLEAN), "make sure that it is off, then: stonith_admin --confirm node2"),
    "crit-unclean-as-this-side-sees-it": (two(UNCLEAN, with_quorum=False), LOOK.format("node2")),
    "crit-offline": (two(OFFLINE), LOOK.format("node2")),
    "crit-crashed-or-cut-off": (two(CRASHED), LOOK.format("node2")),
    "crit-offline-and-fenced": (two(OFFLINE, fence_history=fenced(("off", "success", MINUTE_AGO))), START),
    "crit-offline-and-the-last-fencing-failed": (
        two(OFFLINE, fence_history=fenced(("off", "failed", NOON), ("off", "success", MINUTE_AGO))),
        LOOK.format("node2"),
    ),
    "crit-offline-and-just-being-fenced": (
        two(OFFLINE, fence_history=fenced(("off", "pending", None), ("off", "success", MINUTE_AGO))),
        LOOK.format("node2"),
    ),
    "crit-fenced-and-back-and-cut-off": (
        two(CRASHED, fence_history=fenced(("off", "success", MINUTE_AGO))), LOOK.format("node2"),
    ),
    "crit-offline-and-only-unfenced": (
        two(OFFLINE, fence_history=fenced(("on", "success", NOON))), LOOK.format("node2"),
    ),
    "warn-pending": (two(node("node2", pending=True)), LOOK.format("node2")),
    "warn-standby": (
        two(node("node2", standby=True)),
        "crm_standby --node node2 --delete, or: crm node online node2, or: pcs node unstandby node2",
    ),
    "warn-standby-remote": (
        two(remote("node2", standby=True), connection("node2", "node1")), "crm_standby --node node2 --delete",
    ),
    "crit-standby-on-fail": (
        two(node("node2", standby_onfail=True)), "once the cause is fixed: crm_resource --cleanup --node node2",
    ),
    "warn-maintenance": (
        two(node("node2", maintenance=True)),
        "crm_attribute --node node2 --name maintenance --delete, or: crm node ready node2, "
        "or: pcs node unmaintenance node2",
    ),
    "warn-maintenance-remote": (
        two(remote("node2", maintenance=True), connection("node2", "node1")),
        "crm_attribute --node node2 --name maintenance --delete",
    ),
    "warn-unmanaged-remote": (
        two(remote("node2", maintenance=True), connection("node2", "node1", managed=False)),
        "crm_resource --resource node2 --meta --delete-parameter is-managed",
    ),
    "crit-health": (
        two(node("node2", health="red")),
        "to see which attribute says so: "
        "cibadmin --query --xpath \"//*[@uname='node2']//nvpair[starts-with(@name,'#health')]\"",
    ),
    "crit-remote-lost": (
        two(offline("node2"), connection("node2"), failures=(failed("node2", "node1"),)),
        "once the cause is fixed: crm_resource --cleanup --resource node2",
    ),
    "crit-remote-lost-and-nothing-failed": (
        two(offline("node2"), connection("node2")), "check_ha_resources tells what keeps node2 from running",
    ),
    "warn-remote-left-over": (two(offline("node2")), "if it is gone for good: crm_node --force --remove node2"),
}  # fmt: skip


@pytest.mark.parametrize(("view", "step"), STEPS.values(), ids=STEPS)
def test_next_step(view: Cluster, step: str) -> None:
    """What an administrator who is paged can copy. Whoever is not proven down is looked at first."""
    (finding,) = judged(view).findings
    assert finding.step == step


WAITING = two(node("node2", pending=True))
YOUNG = [("pending", "node2 is pending: it is joining, cannot join, or its Pacemaker does not run")]
NOW = 1_000_000.0


def too_long(text: str) -> Found:
    return [("pending-too-long", f"node2 has been pending for {text}: it cannot join, or its Pacemaker does not run")]


@pytest.mark.parametrize(
    ("previous", "options", "expected"),
    [
        pytest.param(None, {"grace": 0.0}, YOUNG, id="warn-no-state"),
        pytest.param({}, {}, YOUNG, id="warn-first-run"),
        pytest.param({"pending": {"node2": NOW - 300}}, {}, YOUNG, id="warn-within-grace"),
        pytest.param({"pending": {"node2": NOW - 301}}, {}, too_long("5m"), id="crit-beyond-grace"),
        pytest.param({"pending": {"node2": NOW - 301}}, {"grace": 600.0}, YOUNG, id="warn-within-a-longer-grace"),
        pytest.param({"pending": {"node2": NOW - 7200}}, {}, too_long("2h"), id="crit-for-hours"),
        pytest.param({"pending": {"node3": NOW - 7200}}, {}, YOUNG, id="warn-another-node"),
        pytest.param({"pending": {"node2": NOW + 60}}, {}, YOUNG, id="warn-seen-in-the-future-is-new"),
        pytest.param({"pending": {"node2": "x"}}, {}, YOUNG, id="warn-state-that-is-no-number"),
        pytest.param({"pending": [1]}, {}, YOUNG, id="warn-state-that-is-no-object"),
    ],
)
def test_pending(previous: Optional[Dict[str, Any]], options: Dict[str, Any], expected: Found) -> None:
    made = evidence({CRM_MON: WAITING}, previous)._replace(now=NOW)
    assert found(judge(made, NodeOptions(**options))) == expected


def test_since_when_a_node_is_pending_is_remembered() -> None:
    def remembered(view: Cluster, **before: float) -> Any:
        made = evidence({CRM_MON: view}, {"pending": before})._replace(now=NOW)
        return judge(made, NodeOptions(exclude=(regex("node2"),))).remember

    assert remembered(WAITING) == {"pending": {"node2": NOW}}, "whatever is filtered"
    assert remembered(WAITING, node2=NOW - 60) == {"pending": {"node2": NOW - 60}}
    assert remembered(cluster(), node2=NOW - 60) == {"pending": {}}, "it has joined"
    assert remembered(WAITING._replace(dc=None), node2=NOW - 60) == {"pending": {"node2": NOW - 60}}, "who knows"


def test_what_a_finding_is_about() -> None:
    view = two(offline("node2"), connection("node2"), failures=(failed("node2", "node1"),))
    (lost,) = judged(view).findings
    assert lost.subjects == (Subject(NODE, "node2"), Subject(RESOURCE, "node2"), Subject(NODE, "node1"))
    second = node("node2", standby_onfail=True)
    (stopped,) = judged(two(second, failures=(failed("p_db:0", "node2"),))).findings
    assert stopped.subjects == (Subject(NODE, "node2"), Subject(RESOURCE, "p_db"))


@pytest.mark.parametrize(("online", "asked"), [("false", True), ("true", False)])
def test_the_cib_is_asked_only_where_a_remote_node_is_offline(online: str, asked: bool) -> None:
    shown = f'<node name="remote1" id="remote1" online="{online}" unclean="false" type="remote"/>'
    assert CIB.needed({CRM_MON: output(CRM_MON, stdout=shown)}) is asked


def test_what_a_connection_waits_for_by_the_cib() -> None:
    view = two(offline("remote1"), primitive("net", target_role="Stopped"), connection("remote1"))
    cib = Cib((), dependencies=(Dependency("o", "remote1", "net"),))
    assert found(judge(evidence({CRM_MON: view, CIBADMIN: cib}), NodeOptions())) == [
        ("remote-stopped",
         "remote1 is offline: its connection runs nowhere, it waits for net, which is stopped on purpose (target-role)")
    ]  # fmt: skip
