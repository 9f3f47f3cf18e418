"""Can every node be fenced? One test that gives each condition, and a near miss that does not."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Dict, List, Optional, Tuple

import pytest

from check_ha.checks.fencing.check import CHECK, FencingOptions, judge
from check_ha.core.check import Judgement
from check_ha.core.condition import STARTING
from check_ha.core.finding import Finding
from check_ha.core.options import regex
from check_ha.model.cib import (
    Cib,
    ConfiguredCollection,
    ConfiguredNode,
    ConfiguredPrimitive,
    FencingLevel,
    Location,
)
from check_ha.model.cluster import (
    INFINITY,
    Cluster,
    ClusterOptions,
    DesignatedController,
    Failure,
    FenceEvent,
    FenceHistory,
    Primitive,
)
from check_ha.sources.tools import CIBADMIN, CRM_MON, CRM_NODE
from tests.checks.build import Found, cluster, evidence, found, group, lines, measured, node, primitive

NOW = datetime(2026, 11, 23, 4, 0, 0)
ON = ClusterOptions(fencing_enabled=True, symmetric=True, no_quorum_policy="stop", stop_all_resources=False)
OFF = ON._replace(fencing_enabled=False)
LAB = "stonith:fence_lab"


def st(name: str, *nodes: str, **more: Any) -> Primitive:
    return primitive(f"st_{name}", *nodes, agent=LAB, **more)


def view(*resources: Any, events: Optional[Tuple[FenceEvent, ...]] = (), **more: Any) -> Cluster:
    """Two nodes, a fence device for each that runs on the other, and fencing switched on."""
    history = None if events is None else FenceHistory(True, events)
    given = {"options": ON, "updated": NOW, "fence_history": history}
    return cluster(*(resources or (st("node1", "node2"), st("node2", "node1"))), **{**given, **more})


def device(name: str, hosts: str = "", monitored: bool = True, **parameters: str) -> ConfiguredPrimitive:
    listed = (("pcmk_host_list", hosts),) if hosts else ()
    return ConfiguredPrimitive(name, LAB, (*listed, *parameters.items()), monitored=monitored)


BOTH = (device("st_node1", "node1"), device("st_node2", "node2"))


def cib(*devices: ConfiguredPrimitive, **more: Any) -> Cib:
    return Cib(devices or BOTH, **more)


def event(status: str, ago: Optional[float] = None, action: str = "reboot", target: str = "node2") -> FenceEvent:
    completed = None if ago is None else NOW - timedelta(seconds=ago)
    return FenceEvent(action, target, status, "pacemaker-controld.86", "node1", "node1", completed)


def judged(
    view: Optional[Cluster], cib: Optional[Cib], options: Optional[FencingOptions] = None, here: str = "node1"
) -> Judgement:
    return judge(evidence({CRM_MON: view, CIBADMIN: cib, CRM_NODE: here}), options or FencingOptions())


OFFLINE = (node("node1"), node("node2", online=False))
GONE = (node("node1"), node("node2", online=False, unclean=True))
NO_ROUTE = Failure("st_node2", "start", "node1", 1, "error", "no route to host", "complete")
DISABLED = {"role": "Stopped", "target_role": "Stopped"}
EVERYWHERE = (Location("l", ("st_node2",), "node1", -INFINITY),)

CASES: Dict[str, Tuple[Optional[Cluster], Optional[Cib], Found]] = {
    "ok-a-device-each": (view(), cib(), []),
    "ok-no-history-in-the-document": (view(events=None), cib(), []),
    "unknown-nothing-was-read": (None, None, []),
    "crit-device-that-crm-mon-leaves-out": (
        view(st("node1", "node2"), instances_configured=2),
        cib(),
        [("device-stopped", "st_node2 runs nowhere: crm_mon leaves it out")],
    ),
    "crit-the-only-device-is-left-out-with-its-group-on-an-offline-node": (
        view(primitive("p", "node1"), nodes=OFFLINE, instances_configured=2),
        cib(device("st_all", "node1 node2")),
        [("device-stopped", "st_all runs nowhere: crm_mon leaves it out (node2 is offline)")],
    ),
    "unknown-device-that-crm-mon-neither-lists-nor-counts": (
        view(st("node1", "node2"), instances_configured=1),
        cib(),
        [("unreadable", "crm_mon does not list st_node2, which is in the CIB")],
    ),
    "warn-device-that-crm-mon-leaves-out-is-disabled": (
        view(st("node1", "node2")),
        cib(BOTH[0], device("st_node2", "node2")._replace(meta=(("target-role", "Stopped"),))),
        [
            ("device-disabled", "st_node2 is disabled (target-role): nobody can fence with it"),
            ("node-unfenceable", "node2 cannot be fenced: st_node2 is disabled (target-role)"),
        ],
    ),
    "crit-device-is-shown-on-an-offline-node": (
        view(st("node1", "node2"), st("node2", "node1"), nodes=OFFLINE),
        cib(),
        [("device-stopped", "st_node1 runs nowhere: it is shown on node2, which is offline")],
    ),
    "ok-device-runs-on-a-node-beside-an-offline-one": (
        view(st("node1", "node1", "node2"), st("node2", "node1"), nodes=OFFLINE),
        cib(),
        [],
    ),
    "crit-device-is-shown-on-a-node-that-must-be-fenced": (
        view(st("node1", "node2"), st("node2", "node1"), nodes=GONE),
        cib(),
        [("fence-due", "node2 is UNCLEAN, and the fence history shows no attempt to fence it")],
    ),
    "warn-device-waits-for-what-is-stopped-on-purpose": (
        view(st("node1", "node2"), group("g", primitive("p", target_role="Stopped"), st("node2"))),
        cib(),
        [("device-stopped", "st_node2 runs nowhere: it waits for p (g), which is stopped on purpose (target-role)")],
    ),
    "crit-no-node-can-run-the-devices": (
        view(st("node1"), st("node2"), nodes=(node("node1", is_dc=True, standby=True), node("node2", standby=True))),
        cib(),
        [("device-stopped", "st_node1, st_node2 run nowhere: no node can run resources")],
    ),
    "crit-device-is-stopped-and-called-active": (
        view(st("node1", "node2"), st("node2", "node1", role="Stopped")),
        cib(),
        [("device-stopped", "st_node2 runs nowhere")],
    ),
    "crit-watchdog-without-timeout": (
        view(primitive("p", "node1")),
        Cib((), properties=(("have-watchdog", "true"), ("stonith-watchdog-timeout", "0"))),
        [
            (
                "no-device",
                "fencing is on, and there is neither a fence device nor a watchdog (stonith-watchdog-timeout): "
                "no failed node is recovered",
            )
        ],
    ),
    "warn-level-with-a-device-that-cannot-fence-the-node": (
        view(),
        cib(levels=(FencingLevel(1, ("st_node2",), "node1"), FencingLevel(2, ("st_node1",), "node1"))),
        [
            (
                "level-broken",
                "fencing level 1 of node1 names st_node2, which cannot fence it: st_node2 does not list it",
            )
        ],
    ),
    "warn-no-level-works": (
        view(),
        cib(levels=(FencingLevel(1, ("st_node2",), "node1"),)),
        [
            (
                "node-unfenceable",
                "node1 cannot be fenced: no fencing level works (level 1: st_node2 does not list it)",
            )
        ],
    ),
    "warn-fenced-by-a-clock-that-is-ahead": (
        view(events=(event("success", -7200),)),
        cib(),
        [("fenced-recently", "node2 was fenced 2h ahead of this node's clock (reboot by node1); it is online")],
    ),
    "warn-switched-off": (
        view(options=OFF),
        cib(),
        [("fencing-disabled", "fencing is off (stonith-enabled=false), 2 fence devices configured")],
    ),
    "warn-switched-off-and-no-device": (
        view(primitive("p", "node1"), options=OFF),
        Cib(()),
        [("fencing-disabled", "fencing is off (stonith-enabled=false), no fence device configured")],
    ),
    "warn-switched-off-only-the-cib-tells": (
        None,
        cib(properties=(("stonith-enabled", "false"),)),
        [("fencing-disabled", "fencing is off (stonith-enabled=false), 2 fence devices configured")],
    ),
    "warn-switched-off-what-that-causes-is-not-told": (
        view(st("node1"), options=OFF, nodes=GONE),
        cib(BOTH[0]),
        [("fencing-disabled", "fencing is off (stonith-enabled=false), 1 fence device configured")],
    ),
    "crit-no-device": (
        view(primitive("p", "node1")),
        Cib(()),
        [
            (
                "no-device",
                "fencing is on, and there is no fence device: no resource is started, no failed node recovered",
            )
        ],
    ),
    "ok-no-device-but-a-watchdog": (
        view(primitive("p", "node1")),
        Cib((), properties=(("have-watchdog", "true"), ("stonith-watchdog-timeout", "10s"))),
        [],
    ),
    "ok-no-device-but-a-watchdog-where-crm-mon-cannot-be-read": (
        None,
        Cib(
            (),
            properties=(("have-watchdog", "true"), ("stonith-watchdog-timeout", "10s")),
            nodes=(ConfiguredNode("1", "node1"),),
        ),
        [],
    ),
    "crit-no-device-nobody-knows-whether-there-is-a-watchdog": (
        view(primitive("p", "node1")),
        None,
        [
            (
                "no-device",
                "fencing is on, and crm_mon lists no fence device; whether there is a watchdog is not known",
            )
        ],
    ),
    "crit-no-dc": (
        view(st("node1"), st("node2"), dc=None, nodes=GONE),
        cib(),
        [("no-dc", "no DC is elected: nobody decides on fencing")],
    ),
    "crit-no-quorum": (
        view(st("node1"), with_quorum=False),
        cib(),
        [("no-quorum", "no quorum: this partition may not fence anybody")],
    ),
    "crit-no-quorum-and-somebody-to-fence": (
        view(with_quorum=False, nodes=GONE),
        cib(),
        [("no-quorum", "no quorum: this partition may not fence node2, which is UNCLEAN")],
    ),
    "ok-no-quorum-is-ignored": (
        view(with_quorum=False, options=ON._replace(no_quorum_policy="ignore")),
        cib(),
        [],
    ),
    "crit-fencing-is-due": (
        view(nodes=GONE),
        cib(),
        [("fence-due", "node2 is UNCLEAN, and the fence history shows no attempt to fence it")],
    ),
    "ok-a-guest-node-is-recovered-otherwise": (
        view(nodes=(*view().nodes, node("guest", type="remote", online=False, unclean=True, id_as_resource="vm"))),
        cib(),
        [],
    ),
    "crit-fencing-failed": (
        view(nodes=GONE, events=(event("failed", 5), event("failed", 9), event("success", 300000))),
        cib(),
        [
            (
                "fence-failed",
                "node2 could not be fenced: reboot by node1 failed 5s ago, 2 times so far; it is UNCLEAN",
            )
        ],
    ),
    "crit-fencing-failed-and-is-tried-again": (
        view(nodes=GONE, events=(event("pending"), event("failed", 5))),
        cib(),
        [
            (
                "fence-failed",
                "node2 could not be fenced: reboot by node1 failed 5s ago; it is UNCLEAN, "
                "and the next try is under way",
            )
        ],
    ),
    "crit-fencing-failed-though-it-is-switched-off-now": (
        view(events=(event("failed", 5),), options=OFF),
        cib(),
        [
            ("fencing-disabled", "fencing is off (stonith-enabled=false), 2 fence devices configured"),
            ("fence-failed", "node2 could not be fenced: reboot by node1 failed 5s ago; it is online"),
        ],
    ),
    "ok-a-failure-was-made-good": (view(events=(event("success", 100000), event("failed", 100005))), cib(), []),
    "warn-pending": (
        view(events=(event("pending"),)),
        cib(),
        [("fence-pending", "node2 is being fenced: reboot by node1; it is online")],
    ),
    "warn-fenced-recently": (
        view(events=(event("success", 86400), event("success", 86401))),
        cib(),
        [("fenced-recently", "node2 was fenced 1d ago (reboot by node1); it is online")],
    ),
    "ok-fenced-long-ago": (view(events=(event("success", 86401),)), cib(), []),
    "unknown-history-not-readable": (
        view(fence_history=FenceHistory(False)),
        cib(),
        [("unreadable", "crm_mon: the fence history cannot be read, pacemaker-fenced does not answer")],
    ),
    "crit-device-stopped": (
        view(st("node1", "node2"), st("node2"), failures=(NO_ROUTE,)),
        cib(),
        [("device-stopped", "st_node2 runs nowhere: start failed on node1 (no route to host)")],
    ),
    "ok-device-starts": (view(st("node1", "node2"), st("node2", role="Starting")), cib(), []),
    "ok-device-is-gone-from-the-configuration": (
        view(st("node1", "node2"), st("node2", "node1"), st("old", "node1", orphaned=True, failed=True)),
        cib(),
        [],
    ),
    "crit-device-failed": (
        view(st("node1", "node2"), st("node2", "node1", failed=True)),
        cib(),
        [("device-failed", "st_node2 failed")],
    ),
    "ok-failure-of-a-device-is-ignored": (
        view(st("node1", "node2"), st("node2", "node1", failed=True, failure_ignored=True)),
        cib(),
        [],
    ),
    "warn-device-disabled": (
        view(st("node1", "node2"), st("node2", **DISABLED)),
        cib(),
        [
            ("device-disabled", "st_node2 is disabled (target-role): nobody can fence with it"),
            ("node-unfenceable", "node2 cannot be fenced: st_node2 is disabled (target-role)"),
        ],
    ),
    "warn-device-disabled-in-its-group": (
        view(st("node1", "node2"), group("g", st("node2"), disabled=True)),
        cib(),
        [
            ("device-disabled", "st_node2 is disabled (target-role): nobody can fence with it"),
            ("node-unfenceable", "node2 cannot be fenced: st_node2 is disabled (target-role)"),
        ],
    ),
    "warn-all-resources-are-stopped": (
        view(st("node1"), st("node2", "node1"), options=ON._replace(stop_all_resources=True)),
        cib(),
        [("device-disabled", "st_node1 is stopped (stop-all-resources): nobody monitors it")],
    ),
    "ok-device-without-monitor": (
        view(),
        cib(BOTH[0], device("st_node2", "node2", monitored=False)),
        [("device-unmonitored", "st_node2 has no monitor: its faults show only when it is needed")],
    ),
    "warn-node-without-device": (
        view(st("node1", "node2")),
        cib(BOTH[0]),
        [("node-unfenceable", "node2 cannot be fenced: no fence device lists it")],
    ),
    "warn-device-that-only-its-victim-may-run": (
        view(),
        cib(locations=EVERYWHERE),
        [("node-unfenceable", "node2 cannot be fenced: no other node may run st_node2")],
    ),
    "warn-by-name-no-device-is-for-it": (
        view(st("node1", "node2")),
        cib(device("st_node1")),
        [("coverage-doubtful", "node2 cannot be fenced: no fence device lists it, and by name st_node1 is for node1")],
    ),
    "ok-device-finds-out-by-itself": (
        view(st("node1", "node2")),
        cib(device("st_node1", pcmk_host_check="dynamic-list")),
        [],
    ),
    "ok-coverage-without-cib": (view(st("node1", "node2")), None, []),
    "warn-level-that-names-no-device": (
        view(),
        cib(levels=(FencingLevel(1, ("gone",), "node1"), FencingLevel(2, ("st_node1",), "node1"))),
        [("level-broken", "fencing level 1 of node1 names gone: no such device")],
    ),
    "warn-level-that-names-another-resource": (
        view(),
        cib(
            *BOTH,
            ConfiguredPrimitive("p_db", "ocf:pacemaker:Dummy"),
            levels=(FencingLevel(1, ("p_db",), "node1"), FencingLevel(2, ("st_node1",), "node1")),
        ),
        [("level-broken", "fencing level 1 of node1 names p_db: no such device")],
    ),
}


@pytest.mark.parametrize(("view", "cib", "findings"), CASES.values(), ids=CASES.keys())
def test_findings(view: Optional[Cluster], cib: Optional[Cib], findings: Found) -> None:
    assert found(judged(view, cib)) == findings


def test_every_condition_has_a_test() -> None:
    tested = {name for *_, findings in CASES.values() for name, _ in findings}
    assert {condition.name for condition in CHECK.conditions} - tested == {"filtered-out"}


def test_remote_node_has_no_history() -> None:
    nodes = (node("node1"), node("remote1", type="remote"))
    here = view(st("node1", "node1"), events=None, nodes=nodes)
    (finding, *_) = judged(here, None, here="remote1").findings
    assert (finding.condition.name, finding.text) == (
        "remote-node",
        "remote1 is a Pacemaker Remote node, without fence history: run this check on a cluster node",
    )


def test_on_a_version_that_does_not_tell_whether_fencing_is_on() -> None:
    """crm_mon shows it since 1.1.14; then the CIB knows, where true is the default."""
    older = view(primitive("p", "node1"), options=ClusterOptions())
    assert [name for name, _ in found(judged(older, Cib(())))] == ["no-device"]
    assert found(judged(older, None)) == [], "whether it is on is not known"
    off = Cib((), properties=(("fencing-enabled", "off"),))
    assert [name for name, _ in found(judged(older, off))] == ["fencing-disabled"]


@pytest.mark.parametrize(
    ("max_age", "names"), [(59.0, []), (60.0, ["fenced-recently"]), (0.0, [])], ids=["ok-older", "warn-younger", "ok-0"]
)
def test_max_age(max_age: float, names: List[str]) -> None:
    fenced = view(events=(event("success", 60),))
    assert [name for name, _ in found(judged(fenced, cib(), FencingOptions(max_age=max_age)))] == names


FILTERS = [
    ({}, ["fence-failed", "device-stopped", "node-unfenceable"]),
    ({"exclude": ["node2"]}, ["device-stopped", "node-unfenceable"]),
    ({"exclude": ["node[23]"]}, ["device-stopped"]),
    ({"exclude": ["st_node2"]}, ["fence-failed", "node-unfenceable"]),
    ({"include": ["node3"]}, ["node-unfenceable"]),
    ({"include": ["st_.*"]}, ["device-stopped"]),
    ({"include": ["node1"]}, []),
    ({"include": ["node"]}, ["filtered-out"]),
]


@pytest.mark.parametrize(("given", "names"), FILTERS)
def test_filters(given: Dict[str, List[str]], names: List[str]) -> None:
    nodes = (node("node1"), node("node2"), node("node3"))
    failing = view(st("node1", "node2"), st("node2"), nodes=nodes, events=(event("failed", 5),))
    options = FencingOptions(**{key: tuple(map(regex, texts)) for key, texts in given.items()})
    judgement = judged(failing, cib(), options)
    assert [name for name, _ in found(judgement)] == names
    assert measured(judgement)["cluster.nodes.unfenceable.count"] == 1, "whatever is filtered"
    assert measured(judgement)["cluster.fencing.failed.count"] == 1


STEPS: Dict[str, Tuple[Cluster, Cib, str]] = {
    "node-is-unclean": (
        view(nodes=GONE, events=(event("failed", 5),)),
        cib(),
        "switch node2 off by hand and make sure that it is off; if it still runs, this destroys data: "
        "stonith_admin --confirm node2",
    ),
    "node-is-unclean-and-there-is-no-quorum": (
        view(nodes=GONE, events=(event("failed", 5),), with_quorum=False),
        cib(),
        "this partition has no quorum: see check_ha_quorum first",
    ),
    "node-is-back": (
        view(events=(event("failed", 5),)),
        cib(),
        "once the cause is fixed: stonith_admin --cleanup --history node2",
    ),
    "fencing-is-off": (
        view(options=OFF),
        cib(),
        "test the fence devices; then, while all nodes are online: "
        "crm_attribute --type crm_config --name stonith-enabled --update true",
    ),
    "fencing-is-off-without-devices": (
        view(primitive("p", "node1"), options=OFF),
        Cib(()),
        "configure and test fence devices; then, while all nodes are online: "
        "crm_attribute --type crm_config --name stonith-enabled --update true",
    ),
    "no-device": (
        view(primitive("p", "node1")),
        Cib(()),
        "configure a fence device; to list the agents that are installed: stonith_admin --list-installed",
    ),
    "device-is-stopped": (
        view(st("node1", "node2"), st("node2")),
        cib(),
        "to see what keeps it from running: crm_resource --why --resource st_node2",
    ),
    "device-waits-for-what-is-stopped-on-purpose": (
        view(st("node1", "node2"), group("g", primitive("p", target_role="Stopped"), st("node2"))),
        cib(),
        "to see what keeps it from running: crm_resource --why --resource st_node2",
    ),
    "device-failed-to-start": (
        view(st("node1", "node2"), st("node2"), failures=(NO_ROUTE,)),
        cib(),
        "once the cause is fixed: crm_resource --cleanup --resource st_node2",
    ),
    "device-in-maintenance-mode": (
        view(st("node1", "node2"), st("node2", managed=False), options=ON._replace(maintenance_mode=True)),
        cib(),
        "crm_attribute --name maintenance-mode --delete",
    ),
    "device-in-an-unmanaged-group": (
        view(st("node1", "node2"), group("g", st("node2", managed=False))),
        cib()._replace(collections=(ConfiguredCollection("g", (("is-managed", "false"),), ("st_node2",)),)),
        "st_node2 is unmanaged; to let the cluster start it: "
        "crm_resource --meta --resource g --set-parameter is-managed --parameter-value true",
    ),
    "device-is-disabled": (
        view(st("node1", "node2"), st("node2", **DISABLED)),
        cib(BOTH[0], BOTH[1]._replace(meta=(("target-role", "Stopped"),))),
        "crm_resource --meta --resource st_node2 --set-parameter target-role --parameter-value Started",
    ),
    "device-is-disabled-with-its-group": (
        view(st("node1", "node2"), group("g", st("node2", **DISABLED), disabled=True)),
        cib(),
        "crm_resource --meta --resource g --set-parameter target-role --parameter-value Started",
    ),
    "device-is-unmanaged-on-a-node-that-is-off": (
        view(st("node1", "node2", managed=False), st("node2", "node1"), nodes=OFFLINE),
        cib(),
        "st_node1 is unmanaged; to let the cluster fence node2 and start it elsewhere: "
        "crm_resource --meta --resource st_node1 --set-parameter is-managed --parameter-value true",
    ),
    "node-is-not-listed": (
        view(st("node1", "node2")),
        cib(BOTH[0]),
        "name the node in pcmk_host_list (or pcmk_host_map) of its fence device",
    ),
    "node-is-not-listed-by-the-device-of-its-only-level": (
        view(),
        cib(levels=(FencingLevel(1, ("st_node2",), "node1"),)),
        "name the node in pcmk_host_list (or pcmk_host_map) of its fence device",
    ),
    "only-its-victim-may-run-the-device": (view(), cib(locations=EVERYWHERE), ""),
    "level-that-cannot-fence": (
        view(),
        cib(levels=(FencingLevel(1, ("st_node2",), "node1"), FencingLevel(2, ("st_node1",), "node1"))),
        "name a device that can; to list those: stonith_admin --list node1",
    ),
}


@pytest.mark.parametrize(("view", "cib", "step"), STEPS.values(), ids=STEPS.keys())
def test_next_step(view: Cluster, cib: Cib, step: str) -> None:
    assert judged(view, cib).findings[0].step == step


def subjects(view: Optional[Cluster], cib: Optional[Cib]) -> List[List[str]]:
    return [[f"{one.kind} {one.name}" for one in finding.subjects] for finding in judged(view, cib).findings]


def test_subjects() -> None:
    assert subjects(view(nodes=GONE, events=(event("failed", 5),)), cib()) == [["node node2", "node node1"]]
    assert subjects(view(st("node1", "node2"), st("node2"), failures=(NO_ROUTE,)), cib()) == [
        ["resource st_node2", "node node1"]
    ]
    assert subjects(view(), cib(locations=EVERYWHERE)) == [["node node2", "resource st_node2"]]
    assert subjects(
        view(), cib(levels=(FencingLevel(1, ("gone",), "node1"), FencingLevel(2, ("st_node1",), "node1")))
    ) == [["fencing level 1 of node1", "resource gone"]]
    assert subjects(view(options=OFF), cib()) == [["setting stonith-enabled"]]
    nameless = {name for name, (cluster, config, _) in CASES.items() if [] in subjects(cluster, config)}
    assert nameless == {"crit-no-dc", "crit-no-quorum"}, "of these the subject is the whole partition"


START = Finding(STARTING, "pacemaker was started 3s ago on this node and is not ready yet")


@pytest.mark.parametrize(
    ("view", "names"),
    [
        (view(st("node1"), st("node2"), dc=None, nodes=GONE), ["starting"]),
        (view(with_quorum=False, nodes=GONE), ["starting"]),
        (view(st("node1", "node2"), st("node2")), ["starting"]),
        (view(st("node1"), st("node2"), failures=(NO_ROUTE,)), ["device-stopped", "starting"]),
        (view(nodes=GONE), ["fence-due"]),
        (view(), []),
    ],
    ids=["no-dc", "no-quorum", "not-started-yet", "a-start-failed", "a-node-is-unclean", "all-is-well"],
)
def test_just_started(view: Cluster, names: List[str]) -> None:
    given = evidence({CRM_MON: view, CIBADMIN: cib(), CRM_NODE: "node1"})._replace(starting=START)
    assert [name for name, _ in found(judge(given, FencingOptions()))] == names


def test_summary() -> None:
    assert judged(view(), cib()).summary == "2 fence devices, 2 active; 2 of 2 nodes covered; no fencing in the history"
    assert judged(view(events=(event("success", 259200),)), None).summary == (
        "2 fence devices, 2 active; last fencing: reboot of node2 3d ago"
    )
    dynamic = cib(device("st_node1", pcmk_host_check="status"))
    assert judged(view(st("node1", "node2")), dynamic).summary == (
        "1 fence device, 1 active; 0 of 2 nodes covered, node1, node2 not judged (-v says why); "
        "no fencing in the history"
    )
    old = view(options=OFF, dc=DesignatedController("node1", "1", "1.1.18"))
    assert judged(old, cib()).summary == (
        "fencing is off, 2 fence devices, 2 active; this version shows no fence history"
    )
    assert judged(None, None).summary == "neither fence devices nor history were read"


def test_measures() -> None:
    events = (event("pending"), event("failed", 5), event("success", 60, target="node1"), event("success", 90000))
    assert measured(judged(view(st("node1", "node2"), st("node2"), events=events), cib())) == {
        "cluster.fencing.devices.count": 2,
        "cluster.fencing.devices.active.count": 1,
        "cluster.nodes.unfenceable.count": 0,
        "cluster.fencing.recent.count": 1,
        "cluster.fencing.failed.count": 1,
        "cluster.fencing.pending.count": 1,
        "cluster.fencing.last.seconds": 60,
    }
    assert measured(judged(view(), None)) == {
        "cluster.fencing.devices.count": 2,
        "cluster.fencing.devices.active.count": 2,
        "cluster.fencing.recent.count": 0,
        "cluster.fencing.failed.count": 0,
        "cluster.fencing.pending.count": 0,
    }
    assert set(measured(judged(view(fence_history=FenceHistory(False)), None))) == {
        "cluster.fencing.devices.count",
        "cluster.fencing.devices.active.count",
    }
    assert measured(judged(None, None)) == {}


def test_details() -> None:
    made = view(st("node1", "node2"), st("all"), events=(event("success", 60),))
    configured = cib(*BOTH, device("st_all", pcmk_host_check="dynamic-list"))
    assert lines(judged(made._replace(nodes=(*made.nodes, node("node3"))), configured)) == (
        "st_node1 (stonith:fence_lab): active on node2",
        "st_all (stonith:fence_lab): not active",
        "st_node2 (stonith:fence_lab): not listed by crm_mon",
        "node1: can be fenced: st_node1",
        "node2: can be fenced: st_node2",
        "node3: not judged whether it can be fenced: st_all finds out at run time whom to fence",
        "node2: reboot by node1 succeeded 1m ago, asked by pacemaker-controld.86 on node1",
    )
