"""Does everything survive the loss of any one node?"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any, Dict, Mapping, Optional, Tuple

import pytest

from check_ha.checks.failover.check import CHECK, asks, judge
from check_ha.checks.failover.options import FailoverOptions
from check_ha.checks.failover.wording import when
from check_ha.core.check import Judgement
from check_ha.core.condition import TOOL_MISSING
from check_ha.core.evidence import Evidence
from check_ha.core.finding import NODE, RESOURCE, Finding, Subject
from check_ha.core.options import regex
from check_ha.model.cib import Cib, ConfiguredPrimitive, Dependency, Location
from check_ha.model.cluster import INFINITY, Ban, Cluster, ClusterOptions, FailCount, Node, Resource
from check_ha.model.corosync import Member, QuorumStatus
from check_ha.model.foretold import Foretold
from check_ha.model.view import AddressView
from check_ha.sources.tools import CIBADMIN, CRM_MON, DEAD, PEER, QUORUMTOOL, STANDBY, Question, Tool
from tests.checks.build import Found, clone, cluster, found, group, lines, measured, node, primitive
from tests.multinode.views import view as view_of
from tests.needed import program
from tests.replay import SAMPLES, replay

NOW = 1_000_000.0
VIP = "ocf:heartbeat:IPaddr2"
CIB = Cib((ConfiguredPrimitive("vip", VIP, (("ip", "192.0.2.100"),)), ConfiguredPrimitive("app", "ocf:lab:Knob")))


def quorum(nodes: int, needed: int) -> QuorumStatus:
    members = tuple(Member(number, 1, f"node{number}") for number in range(1, nodes + 1))
    return QuorumStatus(True, 1, "1.1", nodes, nodes, nodes, needed, ("Quorate",), False, members)


def three(*resources: Resource, **more: Any) -> Cluster:
    nodes = tuple(node(f"node{number}", is_dc=number == 1) for number in (1, 2, 3))
    options = more.pop("options", ClusterOptions(fencing_enabled=False, symmetric=True, no_quorum_policy="stop"))
    return cluster(*resources, **{"nodes": nodes, "options": options, **more})


def outcome(before: Cluster, dead: str, *resources: Resource) -> Foretold:
    return Foretold(tuple(one._replace(online=one.name != dead) for one in before.nodes), resources)


def question(name: str, state: str = DEAD, quorum: Optional[bool] = None) -> Question:
    return Question(((name, state),), quorum=quorum)


def evidence(
    view: Optional[Cluster],
    answers: Mapping[Question, Foretold],
    cib: Optional[Cib] = CIB,
    votes: Optional[QuorumStatus] = None,
    previous: Optional[Mapping[str, Any]] = None,
    failed: Mapping[Question, Finding] = {},  # not changed
) -> Evidence:
    given: Dict[Any, Any] = {CRM_MON: view, CIBADMIN: cib, QUORUMTOOL: votes or quorum(3, 2)}
    values = {tool: value for tool, value in given.items() if value is not None}
    values.update((one.tool, answer) for one, answer in answers.items())
    return Evidence(
        values, previous=previous, now=NOW, failed={one.tool: finding for one, finding in failed.items()},
        seconds={one.tool: 0.05 for one in answers},
    )  # fmt: skip


def judged(view: Cluster, answers: Mapping[str, Tuple[Resource, ...]], cib: Cib = CIB, **options: Any) -> Judgement:
    """What is said where each of these nodes leaves these resources."""
    foretold = {question(name): outcome(view, name, *resources) for name, resources in answers.items()}
    return judge(evidence(view, foretold, cib), FailoverOptions(**options))


G_WEB = group("g_web", primitive("vip", "node1", agent=VIP), primitive("app", "node1"))
G_MOVED = group("g_web", primitive("vip", "node2", agent=VIP), primitive("app", "node2"))
G_DOWN = group("g_web", primitive("vip", agent=VIP), primitive("app"))


def test_ok_everything_moves() -> None:
    view = three(G_WEB, clone("c", *(primitive("p", f"node{number}") for number in (1, 2, 3))))
    without = {
        "node1": (G_MOVED, clone("c", primitive("p", "node2"), primitive("p", "node3"), primitive("p"))),
        "node2": (G_WEB, clone("c", primitive("p", "node1"), primitive("p", "node3"), primitive("p"))),
        "node3": (G_WEB, clone("c", primitive("p", "node1"), primitive("p", "node2"), primitive("p"))),
    }
    judgement = judged(view, without)
    assert judgement.summary == "any one of node1, node2, node3 may be lost, 3 of 3 resources run on"
    assert found(judgement) == [
        ("fewer-instances", "c goes on with fewer instances without node1, node2 or node3"),
    ]  # fmt: skip
    assert lines(judgement) == (
        "if node1 dies: quorum is left (2 of 3 votes); vip, app -> node2; c on 2 of 3; nothing lost",
        "if node2 dies: quorum is left (2 of 3 votes); c on 2 of 3; nothing lost",
        "if node3 dies: quorum is left (2 of 3 votes); c on 2 of 3; nothing lost",
    )
    assert measured(judgement) == {
        "cluster.failover.fatal.count": 0,
        "cluster.failover.nodes.count": 3,
        "cluster.failover.safe.count": 3,
        "cluster.failover.lost.count": 0,
        "cluster.failover.seconds": 0.15,
    }


def bans(resource: str, *where: str, promoted_only: bool = False) -> Tuple[Ban, ...]:
    return tuple(Ban(f"cli-ban-{resource}-on-{one}", resource, one, -INFINITY, promoted_only) for one in where)


def fail_count(resource: str, where: str) -> FailCount:
    return FailCount(where, resource, 3, 3)


TWO = (node("node1", is_dc=True), node("node2"))
P = primitive("p", "node1")


def two(*resources: Resource, **more: Any) -> Cluster:
    return three(*resources, **{"nodes": TWO, **more})


def standby(name: str) -> Node:
    return node(name, standby=True)


DB = primitive("db", "node2", role="Unpromoted")
MS = clone("ms", primitive("db", "node1", role="Promoted"), DB, promotable=True)
MS_LEFT = clone("ms", DB, primitive("db"), promotable=True)


@pytest.mark.parametrize(
    ("view", "after", "cib", "expected"),
    [
        pytest.param(
            two(G_WEB, bans=bans("g_web", "node2")), (G_DOWN,), CIB,
            [("address-nowhere", "if node1 dies, vip (192.0.2.100) is served nowhere, and app runs nowhere: "
              "constraint cli-ban-g_web-on-node2 keeps it off node2")],
            id="warn-address-banned",
        ),
        pytest.param(
            two(P, fail_counts=(fail_count("p", "node2"),)), (primitive("p"),), CIB,
            [("lost-with-node", "if node1 dies, p runs nowhere: it has failed too often on node2")],
            id="warn-failed-too-often",
        ),
        pytest.param(
            three(P, nodes=(TWO[0], standby("node2"))), (primitive("p"),), CIB,
            [("lost-with-node", "if node1 dies, p runs nowhere: node2 is standby")],
            id="warn-peer-in-standby",
        ),
        pytest.param(
            two(primitive("a", "node1"), P, bans=bans("a", "node2")), (primitive("a"), primitive("p")),
            CIB._replace(dependencies=(Dependency("o", "p", "a"),)),
            [("lost-with-node", "if node1 dies, a runs nowhere: constraint cli-ban-a-on-node2 keeps it off node2"),
             ("lost-with-node", "if node1 dies, p runs nowhere: it needs a")],
            id="warn-needs-what-is-lost",
        ),
        pytest.param(
            two(P, primitive("q", "node1"), options=ClusterOptions(maintenance_mode=True, fencing_enabled=False)),
            (primitive("p"), primitive("q")), CIB,
            [("lost-with-node", "if node1 dies, p, q run nowhere: the cluster recovers nothing in maintenance mode")],
            id="warn-maintenance-mode",
        ),
        pytest.param(
            two(P._replace(managed=False)), (primitive("p", managed=False),), CIB,
            [("lost-with-node", "if node1 dies, p runs nowhere: it is unmanaged")],
            id="warn-unmanaged",
        ),
        pytest.param(
            two(P), (primitive("p"),), CIB._replace(properties=(("placement-strategy", "utilization"),)),
            [("lost-with-node", "if node1 dies, p runs nowhere: perhaps no node has the capacity left "
              "(placement-strategy=utilization)")],
            id="warn-no-capacity",
        ),
        pytest.param(
            two(MS, bans=bans("ms", "node2", promoted_only=True)), (MS_LEFT,), CIB,
            [("not-promoted-without", "if node1 dies, ms is promoted nowhere: constraint cli-ban-ms-on-node2 keeps it "
              "from being promoted on node2"),],
            id="warn-not-promoted",
        ),
        pytest.param(
            two(primitive("st", "node1", agent="stonith:fence_lab"), P),
            (primitive("st", agent="stonith:fence_lab"), primitive("p", "node2")), CIB, [],
            id="ok-a-fence-device-goes-with-its-node",
        ),
        pytest.param(
            two(primitive("old", "node1", orphaned=True), P), (primitive("p", "node2"),), CIB, [],
            id="ok-what-is-not-configured-any-more",
        ),
    ],
)  # fmt: skip
def test_what_is_lost(view: Cluster, after: Tuple[Resource, ...], cib: Cib, expected: Found) -> None:
    answers = {question("node1"): outcome(view, "node1", *after)}
    judgement = judge(evidence(view, answers, cib, quorum(2, 1)), FailoverOptions(include=(regex("node1"),)))
    assert [one for one in found(judgement) if one[0] != "fewer-instances"] == expected
    assert measured(judgement)["cluster.failover.fatal.count"] == (1 if expected else 0)


def test_warn_the_reason_has_the_command_that_takes_it_away() -> None:
    view = two(P, bans=bans("p", "node2"))
    (one,) = judged(view, {"node1": (primitive("p"),)}, include=(regex("node1"),)).findings
    assert one.commands[0] == "crm_resource --clear --resource p"
    assert one.subjects[:3] == (Subject(NODE, "node1"), Subject(RESOURCE, "p"), Subject(NODE, "node2"))
    view = two(P)
    (one,) = judged(view, {"node1": (primitive("p"),)}, include=(regex("node1"),)).findings
    assert one.commands == ("crm_simulate --live-check --node-fail node1 --simulate --show-scores",)


def test_warn_what_is_lost_with_each_node_is_told_once() -> None:
    lost = (primitive("p"),)
    judgement = judged(three(P), dict.fromkeys(("node1", "node2", "node3"), lost))
    assert found(judgement) == [("lost-with-node", "if node1, node2 or node3 dies, p runs nowhere")]
    assert measured(judgement)["cluster.failover.fatal.count"] == 3


@pytest.mark.parametrize(
    ("policy", "fate"),
    [("stop", "everything stops"), ("freeze", "nothing is taken over"), (None, "everything stops"),
     ("demote", "what is promoted is demoted, and all else stops"),
     ("suicide", "the nodes that are left fence themselves")],
)  # fmt: skip
def test_warn_quorum_is_lost(policy: Optional[str], fate: str) -> None:
    view = two(P, options=ClusterOptions(fencing_enabled=False, no_quorum_policy=policy))
    answers = {question(name, quorum=False): outcome(view, name, primitive("p")) for name in ("node1", "node2")}
    judgement = judge(evidence(view, answers, votes=quorum(2, 2)), FailoverOptions())
    text = f"if node1 or node2 dies, no quorum is left (1 of 2 votes, 2 needed): {fate} "
    assert found(judgement) == [("quorum-lost-with-node", f"{text}(no-quorum-policy={policy or 'stop'})")]
    assert judgement.findings[0].advice == "set two_node: 1 in the section quorum of corosync.conf"
    assert measured(judgement)["cluster.failover.fatal.count"] == 2


PAIR = ("node1", "node2")


def test_ok_quorum_means_nothing_where_the_policy_is_to_ignore_it() -> None:
    view = two(P, options=ClusterOptions(fencing_enabled=False, no_quorum_policy="ignore"))
    answers = {question(one): outcome(view, one, primitive("p", other)) for one, other in (PAIR, PAIR[::-1])}
    assert found(judge(evidence(view, answers, votes=quorum(2, 2)), FailoverOptions())) == []


def device(name: str, hosts: str) -> ConfiguredPrimitive:
    return ConfiguredPrimitive(name, "stonith:fence_lab", (("pcmk_host_list", hosts),))


def test_warn_a_node_that_nothing_could_fence() -> None:
    st = primitive("st", "node2", agent="stonith:fence_lab")
    view = three(st, P, options=ClusterOptions(fencing_enabled=True, symmetric=True))
    answers = {"node1": (st, primitive("p", "node3")), "node2": (st, P), "node3": (st, P)}
    judgement = judged(view, answers, Cib((device("st", "node1 node2"), ConfiguredPrimitive("p", "ocf:lab:Knob"))))
    text = "if node3 dies, nothing is taken over from it: it cannot be fenced (no fence device lists it)"
    assert found(judgement) == [("unfenceable", text)]
    assert "if node1 dies: quorum is left (2 of 3 votes); fenced by st; p -> node3; nothing lost" in lines(judgement)


def test_warn_a_device_that_only_a_node_may_use_that_is_down() -> None:
    """Told by the coverage of check_ha_fencing, with none but the nodes that are left."""
    st = primitive("st", agent="stonith:fence_lab")
    nodes = (node("node1", is_dc=True), node("node2"), node("node3", online=False))
    banned = tuple(Ban(f"b{name}", "st", name, -INFINITY) for name in ("node1", "node2"))
    view = three(st, P, nodes=nodes, bans=banned, options=ClusterOptions(fencing_enabled=True, symmetric=True))
    locations = tuple(Location(f"b{name}", ("st",), name, -INFINITY) for name in ("node1", "node2"))
    cib = Cib((device("st", "node1 node2 node3"), ConfiguredPrimitive("p", "ocf:lab:Knob")), locations=locations)
    judgement = judged(view, {name: (st, primitive("p", "node2")) for name in ("node1", "node2")}, cib)
    assert ("unfenceable", "if node1 or node2 dies, nothing is taken over from it: it cannot be fenced "
            "(no other node may run st)") in found(judgement)  # fmt: skip


@pytest.mark.parametrize(
    ("view", "options", "expected"),
    [
        pytest.param(two(P, dc=None), {}, ("not-foretold", "no DC is elected: what runs now is not known"), id="no-dc"),
        pytest.param(
            two(P, with_quorum=False), {},
            ("not-foretold", "there is no quorum now, and no-quorum-policy is stop"), id="no-quorum",
        ),
        pytest.param(
            two(primitive("p")), {}, ("not-foretold", "no resource runs now, so there is nothing to lose"), id="nothing"
        ),
        pytest.param(
            two(P), {"if_": (("node9", DEAD),)},
            ("not-foretold", "--if: the cluster has no node node9, only node1, node2"), id="no-such-node",
        ),
        pytest.param(
            two(P), {"if_": (("node1", DEAD), ("node1", STANDBY))},
            ("not-foretold", "--if: node1 is to be both dead and standby: ask once for each"), id="two-states-at-once",
        ),
        pytest.param(
            two(P, nodes=(*TWO, node("g1", type="remote", id_as_resource="vm"))), {"if_": (("g1", DEAD),)},
            ("not-foretold", "--if: g1 is a guest node, which is lost with its container vm"), id="guest",
        ),
        pytest.param(
            two(P), {"include": (regex("other"),)},
            ("filtered-out", "--include and --exclude leave none of 2 nodes"), id="filtered",
        ),
    ],
)  # fmt: skip
def test_unknown_where_nothing_can_be_foretold(view: Cluster, options: Any, expected: Tuple[str, str]) -> None:
    known = evidence(view, {}, votes=quorum(2, 1))
    assert asks(known, FailoverOptions(**options)) == []
    assert found(judge(known, FailoverOptions(**options))) == [expected]


STANDBY_2 = {"if_": (("node2", STANDBY),)}


@pytest.mark.parametrize(
    ("up", "options", "asked", "expected"),
    [
        pytest.param(
            (), STANDBY_2, question("node2", STANDBY), "the loss of node2 is not foretold: crm_simulate: "
            "takes node1, node2 for down: is it older than the cluster?", id="unknown-all-down",
        ),
        pytest.param(("node2",), STANDBY_2, question("node2", STANDBY), "with node2 in standby, p runs nowhere",
                     id="warn-one-up"),
        pytest.param((), {"include": (regex("node1"),)}, question("node1"), "if node1 dies, p runs nowhere",
                     id="warn-the-last-one-dies"),
    ],
)  # fmt: skip
def test_a_scheduler_that_takes_for_down_what_is_up(
    up: Tuple[str, ...], options: Any, asked: Question, expected: str
) -> None:
    """As 2.1.5 does of a cluster with 3.0."""
    last = asked.changes[0][1] == DEAD
    ignore = ClusterOptions(fencing_enabled=False, symmetric=True, no_quorum_policy="ignore")
    view = two(P, nodes=(TWO[0], node("node2", online=not last)), options=ignore)
    down = Foretold(tuple(one._replace(online=one.name in up) for one in view.nodes), (primitive("p"),))
    judgement = judge(evidence(view, {asked: down}, votes=quorum(2, 1)), FailoverOptions(**options))
    assert found(judgement)[0][1].startswith(expected)
    assert len(found(judgement)) == 1


def test_unknown_without_the_scheduler() -> None:
    failure = Finding(TOOL_MISSING, "crm_simulate: not installed", reason="not installed")
    failed = {question(name): failure for name in ("node1", "node2")}
    judgement = judge(evidence(two(P), {}, votes=quorum(2, 1), failed=failed), FailoverOptions())
    text = "the loss of node1, node2 is not foretold: crm_simulate: not installed"
    assert (found(judgement), judgement.summary) == ([("not-foretold", text)], "nothing was foretold")


def test_without_crm_mon_or_cibadmin_only_that_is_told() -> None:
    for view, cib in ((None, CIB), (two(P), None)):
        judgement = judge(evidence(view, {}, cib), FailoverOptions())
        assert (judgement.findings, judgement.measures) == ((), ())


def test_what_is_asked_fullest_first_and_before_that_what_was_asked_longest_ago() -> None:
    nodes = tuple(node(f"node{number}", resources_running=number) for number in (1, 2, 3))
    view = three(P, nodes=nodes)
    assert asks(evidence(view, {}), FailoverOptions()) == [question(f"node{number}") for number in (3, 2, 1)]
    kept = {"nodes": {"node3": {"time": NOW - 60, "lost": 0, "findings": []},
                      "node2": {"time": NOW - 120, "lost": 0, "findings": []}}}  # fmt: skip
    names = [one.changes[0][0] for one in asks(evidence(view, {}, previous=kept), FailoverOptions())]
    assert names == ["node1", "node2", "node3"]


def test_what_there_is_no_time_for_is_told_by_an_earlier_run_and_by_none_where_there_was_none() -> None:
    view = three(P, bans=bans("p", "node2", "node3"))
    first = judged(view, {"node1": (primitive("p"),)})
    text = "if node1 dies, p runs nowhere: constraint cli-ban-p-on-node2 keeps it off node2, "
    text += "constraint cli-ban-p-on-node3 keeps it off node3"
    later = ("not-yet-foretold", "there was no time yet for 2 nodes (node2, node3)")
    assert found(first) == [("lost-with-node", text), later]
    assert first.summary == "1 of 3 nodes: 0 of 1 node may be lost"

    answers = {question("node2"): outcome(view, "node2", P)}
    second = evidence(view, answers, previous=first.remember)._replace(now=NOW + 300)
    judgement = judge(second, FailoverOptions())
    assert found(judgement) == [
        ("lost-with-node", f"{text} (foretold 5m ago)"),
        ("not-yet-foretold", "there was no time yet for 1 node (node3)"),
    ]
    assert measured(judgement)["cluster.failover.fatal.count"] == 1
    third = judge(evidence(view, {}, previous=judgement.remember)._replace(now=NOW + 7 * 3600), FailoverOptions())
    assert found(third) == [("not-yet-foretold", "there was no time yet for 3 nodes (node1, node2, node3)")]


def test_what_another_version_has_kept_is_forgotten() -> None:
    kept = {"nodes": {"node1": {"time": NOW, "lost": 0, "findings": [["no-such", "x", [], "", []]]}, "node2": 5}}
    judgement = judge(evidence(three(P), {}, previous=kept), FailoverOptions())
    assert found(judgement) == [("not-yet-foretold", "there was no time yet for 3 nodes (node1, node2, node3)")]


def test_what_an_earlier_run_has_found_has_its_age_where_the_scheduler_fails_now() -> None:
    view = two(P, bans=bans("p", "node2"))
    kept = judged(view, {"node1": (primitive("p"),)}, include=(regex("node1"),)).remember
    failure = Finding(TOOL_MISSING, "crm_simulate: not installed", reason="not installed")
    now = evidence(view, {}, votes=quorum(2, 1), previous=kept, failed={question("node1"): failure})
    judgement = judge(now._replace(now=NOW + 7200), FailoverOptions(include=(regex("node1"),)))
    text = "if node1 dies, p runs nowhere: constraint cli-ban-p-on-node2 keeps it off node2 (foretold 2h ago)"
    assert found(judgement) == [
        ("lost-with-node", text),
        ("not-foretold", "the loss of node1 is not foretold: crm_simulate: not installed"),
    ]


def test_ok_what_is_meant_for_one_node_is_told_and_no_alarm() -> None:
    view = two(P, G_WEB, MS, bans=bans("p", "node2"))
    answers = {"node1": (primitive("p"), G_DOWN, MS_LEFT)}
    only: Dict[str, Any] = {"include": (regex("node1"),)}
    pinned = judged(view, answers, pinned=(regex("p"), regex("g_.*"), regex("ms")), **only)
    assert found(pinned) == [("pinned", "p, g_web, ms are lost with node1, as --pinned says")]
    assert pinned.summary == "node1 may be lost, all that runs is --pinned"
    assert lines(pinned)[0].endswith("ms on 1 of 2; lost as --pinned says: p, vip, app, ms; nothing else lost")
    assert measured(pinned)["cluster.failover.fatal.count"] == 0
    others = judged(view, answers, pinned=(regex("p"), regex("vip"), regex("ms")), **only)
    assert found(others)[0] == ("lost-with-node", "if node1 dies, app runs nowhere: it needs vip")
    (first, *_) = judged(view, answers, **only).findings[1:]
    assert first.advice == "where that is meant so, give --pinned p; else remove the constraint"


def test_unknown_a_pattern_that_matches_no_resource_is_told() -> None:
    """Of one that is stopped it is not said: it has that name."""
    view, answers = two(G_WEB, primitive("old")), {"node1": (G_MOVED, primitive("old"))}
    pinned = (regex("g_.*"), regex("p_bakcup"), regex("o.*"))
    judgement = judged(view, answers, include=(regex("node1"),), pinned=pinned)
    assert found(judgement) == [("pinned-unmatched", "--pinned p_bakcup matches no resource")]
    assert judgement.findings[0].severity.name == "UNKNOWN"


def test_if_asks_that_and_nothing_else_and_keeps_nothing() -> None:
    view = three(G_WEB)
    options = FailoverOptions(if_=(("node1", STANDBY), ("node2", DEAD)))
    (asked,) = asks(evidence(view, {}), options)
    assert asked == Question((("node1", STANDBY), ("node2", DEAD)))
    moved = group("g_web", primitive("vip", "node3", agent=VIP), primitive("app", "node3"))
    judgement = judge(evidence(view, {asked: outcome(view, "node2", moved)}), options)
    assert judgement.summary == "if node2 dies and with node1 in standby 2 of 2 resources run on"
    assert (found(judgement), judgement.remember) == ([], None)


def test_what_is_asked_of_several_nodes_reads_as_a_sentence() -> None:
    assert when([("node1", DEAD)]) == "if node1 dies"
    changes = [("node1", DEAD), ("node2", STANDBY), ("node3", DEAD)]
    assert when(changes) == "if node1 and node3 die and with node2 in standby"


CRM_SIMULATE = "crm_simulate"


@pytest.mark.parametrize(
    ("sample", "argv", "code", "line"),
    [
        pytest.param(
            "healthy-3node-fencing/node1", (), 0,
            "HA_FAILOVER OK - any one of node1, node2, node3 may be lost, 5 of 5 resources run on; "
            "cl_ping, ms_db go on with fewer instances without node1, node2 or node3",
            id="ok-three-nodes",
        ),
        pytest.param(
            "cli-ban/node1", (), 1,
            "HA_FAILOVER WARNING - if node2 dies, p_single runs nowhere: "
            "constraint cli-ban-p_single-on-node1 keeps it off node1",
            id="warn-ban-forgotten",
        ),
        pytest.param(
            "healthy-2node/node1", ("--if", "node1=standby"), 0,
            "HA_FAILOVER OK - with node1 in standby 5 of 5 resources run on; "
            "cl_ping, ms_db go on with fewer instances without node1",
            id="ok-standby",
        ),
        pytest.param(
            "healthy-2node/node1", ("--if", "node1=maintenance"), 0,
            "HA_FAILOVER OK - with node1 in maintenance 5 of 5 resources run on",
            id="ok-maintenance",
        ),
        pytest.param(
            "single-link-no-two-node/node1", ("-c", "0", "-x", "node2"), 2,
            "HA_FAILOVER CRITICAL - nodes whose loss takes something down: 1 (outside range 0:0); "
            "if node1 dies, no quorum is left (1 of 2 votes, 2 needed): everything stops (no-quorum-policy=stop)",
            id="crit-quorum-by-threshold",
        ),
    ],
)  # fmt: skip
def test_recorded_clusters(sample: str, argv: Tuple[str, ...], code: int, line: str) -> None:
    """Judged by the scheduler that is installed here."""
    program(CRM_SIMULATE, "pacemaker-cli-utils")
    ended, output = replay(CHECK, "--from", str(SAMPLES / sample), "-t", "60", *argv)
    assert (ended, output.partition(" | ")[0]) == (code, line)


@pytest.mark.parametrize("text", ["node1", "node1=", "=dead", "node1=off"])
def test_unknown_what_if_is_not_understood(text: str, tmp_path: Path) -> None:
    code, output = replay(CHECK, "--from", str(tmp_path), "--if", text)
    assert code == 3
    assert "not of the form NODE=STATE, with dead, standby or maintenance" in output


@pytest.mark.parametrize(
    ("there", "address", "nic", "lacks"),
    [
        pytest.param("pub0", "192.0.2.2", "pub0", "", id="ok-interface"),
        pytest.param("eth0", "192.0.2.2", "pub0", "has no address on pub0", id="warn-no-such-interface"),
        pytest.param("eth0", "192.0.2.2", "", "", id="ok-network"),
        pytest.param("eth0", "198.51.100.2", "", "has no address in the network of 192.0.2.100", id="warn-no-network"),
    ],
)
def test_whether_the_other_node_has_ground_for_an_address(there: str, address: str, nic: str, lacks: str) -> None:
    parameters = (("ip", "192.0.2.100"), *((("nic", nic),) if nic else ()))
    cib = CIB._replace(primitives=(ConfiguredPrimitive("vip", VIP, parameters), *CIB.primitives[1:]))
    view = two(G_WEB)
    answers = {question("node1"): outcome(view, "node1", G_MOVED)}
    known = evidence(view, answers, cib, quorum(2, 1))
    shown = view_of("node2", addresses=(AddressView(address, there, 24),))
    known = known._replace(values={**known.values, Tool("node2", (), PEER): shown})
    text = f"if node1 dies, vip (192.0.2.100) would go to node2, which {lacks}"
    judgement = judge(known, FailoverOptions(include=(regex("node1"),)))
    assert found(judgement) == ([("ground-missing", text)] if lacks else [])
    assert measured(judgement)["cluster.failover.fatal.count"] == bool(lacks)


def test_a_view_of_the_other_node_is_read_from_a_file_or_a_recording(tmp_path: Path) -> None:
    program(CRM_SIMULATE, "pacemaker-cli-utils")
    here, there = (str(SAMPLES / "healthy-2node" / node) for node in ("node1", "node2"))
    assert replay(CHECK, "-t", "60", "--from", here, "--view", there)[0] == 0
    changed = tmp_path / "node2"
    shutil.copytree(there, changed)
    interfaces = changed / "ip-addr.json"
    interfaces.write_text(interfaces.read_text().replace('"pub0"', '"pub1"'))
    code, output = replay(CHECK, "-t", "60", "--from", here, "--view", str(changed))
    text = "if node1 dies, p_vip (192.0.2.100) would go to node2, which has no address on pub0"
    assert (code, output.partition(" | ")[0]) == (1, f"HA_FAILOVER WARNING - {text}")
    none = tmp_path / "none"
    code, output = replay(CHECK, "-t", "60", "--from", here, "--view", str(none))
    assert code == 3
    assert output.startswith(f"HA_FAILOVER UNKNOWN - --view {none}: ")


@pytest.mark.parametrize("fencing", [False, True], ids=["warn-not-fenced", "ok-fenced"])
def test_what_a_remote_node_ran_is_recovered_once_that_is_fenced(fencing: bool) -> None:
    """As it happened with Pacemaker 2.1.5, whose scheduler foretells the same of both."""
    options = ClusterOptions(fencing_enabled=fencing, symmetric=True)
    st = primitive("st", "node2", agent="stonith:fence_lab")
    remote = primitive("p", "r1")
    view = two(st, remote, P._replace(id="q"), nodes=(*TWO, node("r1", type="remote")), options=options)
    asked = Question((("r1", DEAD),), ("r1",))
    answers = {asked: outcome(view, "r1", st, primitive("p", "node2"), P._replace(id="q"))}
    cib = Cib((device("st", "node1 node2 r1"), ConfiguredPrimitive("p", "ocf:lab:Knob")))
    judgement = judge(evidence(view, answers, cib, quorum(2, 1)), FailoverOptions(include=(regex("r1"),)))
    why = "fencing is off, and what ran on a remote node is started elsewhere only once that is fenced"
    assert found(judgement) == ([] if fencing else [("lost-with-node", f"if r1 dies, p runs nowhere: {why}")])
