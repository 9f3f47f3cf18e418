"""check_ha_cluster: what several nodes say of one fault is one finding, and what no node can say is not lost."""

from __future__ import annotations

from typing import Any, Dict, List, Tuple

import pytest

from check_ha.cli.register import all_checks
from check_ha.core.check import Judgement, Scope
from check_ha.core.condition import Severity
from check_ha.core.options import regex
from check_ha.model.view import CutView, FindingView, LinkView, SubjectView, View
from check_ha.multinode.answers import Answer, Views
from check_ha.multinode.whole_cluster.check import CHECK, TELLS, ClusterOptions, judge
from tests.multinode.views import THREE, alone, stopped, three, view

STANDBY = FindingView("nodes", "standby", "WARNING", "node2 is in standby", (SubjectView("node", "node2"),))
DOWN = FindingView("resources", "stopped", "CRITICAL", "p_web runs nowhere", (SubjectView("resource", "p_web"),))
OFFLINE = FindingView("nodes", "offline", "CRITICAL", "node2 is offline", (SubjectView("node", "node2"),))
VIP = FindingView(
    "vip", "address-missing", "CRITICAL", "p_vip is here, and no interface has it", (SubjectView("resource", "p_vip"),)
)
NO_TOOL = FindingView("", "tool-missing", "UNKNOWN", "crm_mon: not found", (SubjectView("tool", "crm_mon"),))

Told = List[Tuple[str, str, str]]


def linked(made: View, *down: Tuple[int, str], peers: Tuple[str, ...] = (), **more: Any) -> View:
    """The view with two links to each peer, of which these are down, and with findings: none unless given."""
    links = tuple(
        LinkView(number, peer, (number, peer) not in down, f"10.{number}.0.{peer[-1]}")
        for peer in peers or (("node2",) if made.node == "node1" else ("node1",))
        for number in (0, 1)
    )
    return made._replace(**{"links": links, "findings": (), **more})


def judged(*views: View, silent: Tuple[str, ...] = (), **options: Any) -> Judgement:
    answers = [Answer(str(one.node), one) for one in views]
    answers += [Answer(name, reason="no answer within 8 s") for name in silent]
    return judge(Views(tuple(answers)), ClusterOptions(**options))


def told(judgement: Judgement) -> Told:
    return [(one.severity.name, one.condition.name, one.text) for one in judgement.findings]


def both(*findings: FindingView, **more: Any) -> Tuple[View, View]:
    """Both nodes of a healthy cluster, which say the same."""
    one, other = (linked(view(node), findings=findings, **more) for node in ("node1", "node2"))
    return one, other


def test_ok_says_what_was_looked_at() -> None:
    found = judged(*both())
    assert told(found) == []
    assert found.summary == (
        "node1 and node2 are one partition, quorate, DC node1; 1 resource on one node each; "
        "192.0.2.100 (p_vip) on node1; 2 links up"
    )


def test_critical_what_both_nodes_say_is_told_once() -> None:
    assert told(judged(*both(STANDBY, DOWN))) == [
        ("CRITICAL", "stopped", "p_web runs nowhere"),
        ("WARNING", "standby", "node2 is in standby"),
    ]


def test_warning_two_failures_of_one_resource_stay_two() -> None:
    start, stop = (
        FindingView("failed_actions", "failed-action", "WARNING", f"p_web: {task} failed", DOWN.subjects)
        for task in ("start", "stop")
    )
    assert [text for _, _, text in told(judged(*both(start, stop)))] == ["p_web: start failed", "p_web: stop failed"]


def test_critical_what_one_interface_shows_says_whose() -> None:
    one, other = both()
    assert told(judged(one._replace(findings=(VIP,)), other)) == [
        ("CRITICAL", "address-missing", "node1: p_vip is here, and no interface has it")
    ]


def test_unknown_a_tool_that_fails_on_each_node_is_told_of_each() -> None:
    assert told(judged(*both(NO_TOOL))) == [
        ("UNKNOWN", "tool-missing", "node1: crm_mon: not found"),
        ("UNKNOWN", "tool-missing", "node2: crm_mon: not found"),
    ]


def test_critical_the_other_side_of_a_split_is_not_called_offline() -> None:
    """Its advice would be to fence, or to boot, what runs there."""
    one, other = linked(alone("node1"), findings=(OFFLINE,)), linked(alone("node2"))
    found = told(judged(one, other))
    assert found[0][:2] == ("CRITICAL", "split-brain")
    assert "offline" not in {condition for _, condition, _ in found}


def test_critical_a_dead_node_is_offline_and_unseen() -> None:
    found = judged(linked(alone("node1"), (0, "node2"), (1, "node2"), findings=(OFFLINE,)), silent=("node2",))
    assert told(found)[:2] == [
        ("CRITICAL", "offline", "node2 is offline"),
        (
            "WARNING", "unseen",
            "node2 cannot be asked (no answer within 8 s) and is not a member for node1: it is down, or alone and "
            "unseen",
        ),
    ]  # fmt: skip
    assert "link-down" not in {condition for _, condition, _ in told(found)}


def test_critical_where_corosync_is_stopped_only_that_is_told_of_it() -> None:
    out = FindingView(
        "",
        "not-running",
        "CRITICAL",
        "corosync is not running on this node (x: cannot connect)",
        (SubjectView("daemon", "corosync"),),
    )
    found = judged(linked(alone("node1")), stopped("node2", findings=(out, VIP), links=None))
    assert told(found) == [("CRITICAL", "not-running", "corosync is not running on node2")]
    assert found.findings[0].step == (
        "on node2, see why it does not run (stopped on purpose, failed, not started at boot) before you start it: "
        "systemctl status corosync pacemaker"
    )


LINKS: Dict[str, Tuple[Dict[str, List[Tuple[int, str]]], Told]] = {
    "warn-seen-from-both-ends": (
        {"node1": [(1, "node2")], "node2": [(1, "node1")]},
        [("WARNING", "link-down", "link 1 is down between node1 and node2 (10.1.0.1, 10.1.0.2), 1 link left")],
    ),
    "warn-seen-from-one-end": (
        {"node1": [(1, "node2")]},
        [
            (
                "WARNING", "link-down",
                "link 1 is down between node1 and node2 (10.1.0.1, 10.1.0.2), as node1 sees it, 1 link left",
            )
        ],
    ),
    "warn-at-one-node": (
        {"node1": [(1, "node2")], "node2": [(1, "node1"), (1, "node3")], "node3": [(1, "node2")]},
        [("WARNING", "link-down", "link 1 is down at node2, to node1 and node3, 1 link left")],
    ),
    "warn-whole-network": (
        {name: [(0, peer) for peer in THREE if peer != name] for name in THREE},
        [("WARNING", "link-down", "link 0 is down between all of node1, node2 and node3, 1 link left")],
    ),
    "crit-no-link-left-within-a-partition": (
        {"node1": [(0, "node2"), (1, "node2")]},
        [("CRITICAL", "unreachable", "node1 and node2 do not reach each other: both links between them down")],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", LINKS)
def test_a_link_is_one_fault(name: str) -> None:
    down, expected = LINKS[name]
    views = [
        linked(three(node), *down.get(node, []), peers=tuple(peer for peer in THREE if peer != node)) for node in THREE
    ]
    assert told(judged(*views)) == expected


def test_warning_the_finding_of_a_node_about_its_link_is_not_told_beside_it() -> None:
    said = FindingView("rings", "link-down", "WARNING", "node2: link 1 down", (SubjectView("link", "1"),))
    one, other = both()
    one = linked(one, (1, "node2"), findings=(said,))
    assert [text for _, _, text in told(judged(one, other))] == [
        "link 1 is down between node1 and node2 (10.1.0.1, 10.1.0.2), as node1 sees it, 1 link left"
    ]
    assert [text for _, _, text in told(judged(one._replace(links=None), other))] == ["node1: node2: link 1 down"]


def test_unknown_an_older_check_ha_does_not_say_what_it_finds() -> None:
    one, other = both()
    assert told(judged(one, other._replace(findings=None, links=None))) == [
        ("UNKNOWN", "findings-missing", "node2 does not say what the checks find there: an older check_ha")
    ]


def test_unknown_findings_that_were_cut() -> None:
    one, other = both()
    cut = (CutView("findings", 0, 7),)
    assert told(judged(one, other._replace(cut=cut))) == [
        ("UNKNOWN", "findings-cut", "node2 sent 0 of 7 findings: there was no room for more")
    ]


def test_ok_resources_that_are_left_out() -> None:
    assert told(judged(*both(DOWN), exclude=(regex("p_web"),))) == []


def test_warning_nodes_that_differ() -> None:
    one, other = both()
    found = judged(one, other._replace(authkey="ffff0000"))
    assert [condition for _, condition, _ in told(found)] == ["authkey-differs"]


def test_each_finding_keeps_the_check_that_found_it() -> None:
    found = judged(*both(STANDBY))
    assert [one.check for one in found.findings] == ["nodes"]
    assert {one.severity for one in found.findings} == {Severity.WARNING}


def test_the_register_says_the_same_as_the_check() -> None:
    assert set(TELLS) == {check.name for check in all_checks() if check.scope is not Scope.NODE}
    assert CHECK.tells == TELLS
