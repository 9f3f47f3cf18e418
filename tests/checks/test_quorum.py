"""May this partition run resources? One test that gives each condition, and a near miss that does not."""

from __future__ import annotations

from typing import Any, Dict, Optional, Sequence, Tuple

import pytest

from check_ha.checks.quorum.check import judge
from check_ha.core.check import Judgement
from check_ha.core.condition import (
    NO_PERMISSION,
    NOT_RESPONDING,
    STARTING,
    TOOL_MISSING,
    UNREADABLE,
    Condition,
    Severity,
)
from check_ha.core.finding import Finding
from check_ha.core.options import Options
from check_ha.model.cluster import Cluster, ClusterOptions
from check_ha.model.corosync import CorosyncMap, Member, NodelistNode, QuorumStatus, SeenMember
from check_ha.sources.tools import CMAPCTL, CRM_MON, CRM_NODE_LIST, QUORUMTOOL, QUORUMTOOL_NODES
from tests.checks.build import Found, cluster, evidence, found, lines, measured, node


def status(total: int, expected: int, quorum: int, **more: Any) -> QuorumStatus:
    """A quorate partition in which node1 to nodeN have a vote each."""
    given: Dict[str, Any] = {
        "quorate": True,
        "node_id": 1,
        "ring_id": "1.9",
        "highest_expected": expected,
        "flags": ("Quorate",),
        "activity_blocked": False,
        "members": tuple(Member(number, 1, f"node{number}", local=number == 1) for number in range(1, total + 1)),
    }
    return QuorumStatus(expected_votes=expected, total_votes=total, quorum=quorum, **{**given, **more})


def cmap(nodes: int, **values: str) -> CorosyncMap:
    """The map of a cluster in which node1 to nodeN are configured."""
    configured = tuple(NodelistNode(number, f"node{number}", ()) for number in range(1, nodes + 1))
    given = {"quorum.provider": "corosync_votequorum", "totem.version": "2"}
    return CorosyncMap(
        configured, (), values={**given, **{key.replace("_", "."): text for key, text in values.items()}}
    )


def nodes(number: int, online: Optional[Sequence[int]] = None) -> Cluster:
    """Pacemaker's view: node1 to nodeN, all online or only these."""
    present = range(1, number + 1) if online is None else online
    return cluster(nodes=tuple(node(f"node{one}", online=one in present) for one in range(1, number + 1)))


def judged(quorum: Optional[QuorumStatus], crm: Optional[Cluster], config: Optional[CorosyncMap]) -> Judgement:
    return judge(evidence({QUORUMTOOL: quorum, CRM_MON: crm, CMAPCTL: config}), Options())


TWO_NODE = ("2Node", "Quorate", "WaitForAll")
CANNOT_JOIN = "node3: has a vote in corosync, offline in pacemaker (pacemaker is stopped there, or cannot join)"
MARGIN_OF_THREE = ("no-margin", "the loss of one more vote loses quorum: 2 needed")

CASES = {
    "ok-three-nodes": (status(3, 3, 2), nodes(3), cmap(3), []),
    "ok-two-nodes-with-two-node": (status(2, 2, 1, flags=TWO_NODE), nodes(2), cmap(2), []),
    "ok-single-node": (status(1, 1, 1), nodes(1), cmap(1), []),
    "ok-four-nodes-may-lose-one": (status(4, 4, 3), nodes(4), cmap(4), []),
    "crit-no-quorum": (
        status(1, 3, 2, quorate=False, flags=()), cluster(nodes=nodes(3, [1]).nodes, with_quorum=False), cmap(3),
        [("no-quorum", "no quorum: 1 of 3 votes, 2 needed; missing: node2, node3")],
    ),
    "crit-no-quorum-enough-votes-but-waits-for-all": (
        status(1, 2, 1, quorate=False, flags=("2Node", "WaitForAll"), activity_blocked=True),
        cluster(nodes=nodes(2, [1]).nodes, with_quorum=False), cmap(2),
        [("no-quorum", "no quorum: 1 of 2 votes, waits for all nodes since it started; missing: node2")],
    ),
    "crit-no-quorum-wait-for-all-with-too-few-votes": (
        status(1, 3, 2, quorate=False, flags=("WaitForAll",)), None, cmap(3),
        [("no-quorum", "no quorum: 1 of 3 votes, 2 needed; missing: node2, node3")],
    ),
    "crit-no-quorum-known-to-pacemaker-only": (
        None, cluster(with_quorum=False), None, [("no-quorum", "no quorum according to pacemaker")],
    ),
    "ok-quorum-known-to-pacemaker-only": (None, nodes(3), None, []),
    "warn-too-few-votes-are-enough": (status(4, 4, 2), nodes(4), cmap(4), [
        ("votes-stale", "2 of 4 votes are enough: two parts of the cluster may have quorum"),
    ]),
    "warn-votes-missing": (status(4, 5, 3), nodes(5, [1, 2, 3, 4]), cmap(5), [
        ("votes-missing", "4 of 5 votes; missing: node5"),
    ]),
    "warn-votes-missing-nodelist-not-known": (status(4, 5, 3), None, None, [("votes-missing", "4 of 5 votes")]),
    "warn-votes-missing-because-last-man-standing-lowered-what-is-expected": (
        status(4, 4, 3, flags=("Quorate", "LastManStanding")), nodes(5, [1, 2, 3, 4]), cmap(5),
        [("votes-missing", "4 of 4 votes, though more nodes are configured; missing: node5")],
    ),
    "ok-stopped-cleanly-with-allow-downscale": (
        status(4, 4, 3, flags=("Quorate", "AllowDownscale")), nodes(5, [1, 2, 3, 4]), cmap(5), [],
    ),
    "warn-no-margin": (status(2, 3, 2), nodes(3, [1, 2]), cmap(3), [
        ("votes-missing", "2 of 3 votes; missing: node3"), MARGIN_OF_THREE,
    ]),
    "warn-no-margin-two-votes-each": (
        status(4, 4, 3, members=(Member(1, 2, "node1", local=True), Member(2, 2, "node2"), Member(3, 0, "node3"))),
        nodes(3), None, [("no-margin", "the loss of one node with votes loses quorum: 3 needed")],
    ),
    "ok-one-node-with-more-votes": (
        status(5, 5, 3, members=(Member(1, 3, "node1", local=True), Member(2, 1, "node2"), Member(3, 1, "node3"))),
        nodes(3), None, [],
    ),
    "warn-no-margin-two-nodes-without-two-node": (status(2, 2, 2), nodes(2), cmap(2), [
        ("no-margin",
         "the loss of one vote loses quorum: 2 needed (two nodes without two_node: 1 in corosync.conf)"),
    ]),
    "warn-no-margin-last-node-of-two": (status(1, 2, 1, flags=TWO_NODE), nodes(2, [1]), cmap(2), [
        ("votes-missing", "1 of 2 votes; missing: node2"),
        ("no-margin", "the loss of one more vote loses quorum: 1 needed"),
    ]),
    "warn-no-margin-held-by-the-tie-breaker": (
        status(2, 4, 3, flags=("Quorate", "AutoTieBreaker")), nodes(4, [1, 2]), cmap(4),
        [
            ("votes-missing", "2 of 4 votes; missing: node3, node4"),
            (
                "no-margin",
                "the loss of one more vote may lose quorum: 3 needed, or the side of the auto_tie_breaker",
            ),
        ],
    ),
    "crit-no-dc": (status(3, 3, 2), cluster(dc=None, with_quorum=None, nodes=nodes(3, []).nodes), cmap(3), [
        ("no-dc", "no DC is elected (an election that does not end, or pacemaker is just starting)"),
    ]),
    "warn-views-differ-about-quorum": (status(3, 3, 2), cluster(nodes=nodes(3).nodes, with_quorum=False), cmap(3), [
        ("views-differ", "corosync says that this partition has quorum, pacemaker says that it has none"),
    ]),
    "warn-views-differ-pacemaker-claims-quorum": (
        status(1, 3, 2, quorate=False, flags=()), nodes(3, [1]), cmap(3),
        [
            ("no-quorum", "no quorum: 1 of 3 votes, 2 needed; missing: node2, node3"),
            ("views-differ", "corosync says that this partition has no quorum, pacemaker says that it has some"),
        ],
    ),
    "warn-views-differ-pacemaker-stopped-on-a-member": (status(3, 3, 2), nodes(3, [1, 2]), cmap(3), [
        ("views-differ", CANNOT_JOIN),
    ]),
    "warn-views-differ-online-but-no-member": (status(2, 3, 2), nodes(3), cmap(3), [
        ("votes-missing", "2 of 3 votes; missing: node3"), MARGIN_OF_THREE,
        ("views-differ", "node3: online in pacemaker, not in corosync's membership"),
    ]),
    "crit-quorum-and-votequorum-disagree": (
        status(1, 3, 2, flags=("WaitForAll",), activity_blocked=True), nodes(3, [1]), cmap(3),
        [
            ("quorum-contradicted", "quorum and votequorum of corosync disagree: Quorate: Yes, but votequorum has "
                                    "1 of 3 votes and no quorum, 2 needed; missing: node2, node3"),
        ],
    ),
    "crit-quorum-and-votequorum-disagree-and-votequorum-has-it": (
        status(3, 3, 2, quorate=False), nodes(3), cmap(3),
        [
            ("quorum-contradicted", "quorum and votequorum of corosync disagree: Quorate: No, but votequorum has "
                                    "3 of 3 votes and quorum, 2 needed"),
            ("views-differ", "corosync says that this partition has no quorum, pacemaker says that it has some"),
        ],
    ),
    "crit-quorum-and-votequorum-disagree-by-the-flags-alone": (
        status(3, 3, 2, flags=()), nodes(3), cmap(3),
        [
            ("quorum-contradicted", "quorum and votequorum of corosync disagree: Quorate: Yes, but votequorum has "
                                    "3 of 3 votes and no quorum, 2 needed"),
        ],
    ),
    "warn-more-votes-expected-than-the-nodes-have": (status(3, 4, 3), nodes(3), cmap(3), [
        ("votes-stale", "3 of 4 votes, though the 3 nodes configured have 3"),
        ("no-margin", "the loss of one more vote loses quorum: 3 needed"),
    ]),
    "warn-more-votes-expected-than-the-nodes-have-and-one-is-gone": (status(3, 5, 3), nodes(4, [1, 2, 3]), cmap(4), [
        ("votes-stale", "3 of 5 votes, though the 4 nodes configured have 4; missing: node4"),
        ("no-margin", "the loss of one more vote loses quorum: 3 needed"),
    ]),
    "warn-fewer-votes-expected-than-present": (status(3, 2, 2), nodes(3), cmap(3), [
        ("votes-stale", "3 votes, though only 2 are expected"),
    ]),
    "unknown-the-map-ended-early": (status(3, 3, 2), nodes(3), cmap(3)._replace(values={}), [
        ("unreadable", "a configured node that is missing would not be noticed: corosync-cmapctl ended early"),
    ]),
    "ok-remote-nodes-have-no-vote": (
        status(3, 3, 2), cluster(nodes=(*nodes(3).nodes, node("remote1", type="remote"))), cmap(3), [],
    ),
    "ok-corosync-1.4-lists-no-members": (status(3, 3, 2, members=()), nodes(3), None, []),
    "warn-no-provider": (None, nodes(2), CorosyncMap((), (), values={"totem.version": "2"}), [
        ("no-provider", "corosync.conf has no quorum provider: votes are not counted"),
    ]),
    "ok-quorumtool-failed-but-there-is-a-provider": (None, nodes(2), cmap(2), []),
}  # fmt: skip


@pytest.mark.parametrize(("quorum", "crm", "config", "findings"), CASES.values(), ids=CASES)
def test_findings(
    quorum: Optional[QuorumStatus], crm: Optional[Cluster], config: Optional[CorosyncMap], findings: Found
) -> None:
    assert found(judged(quorum, crm, config)) == findings


def test_a_node_without_vote_is_not_missed() -> None:
    config = cmap(3)
    arbiter = config.nodes[2]._replace(votes=0)
    assert (
        found(judged(status(2, 2, 1, flags=TWO_NODE), None, config._replace(nodes=(*config.nodes[:2], arbiter)))) == []
    )


def device(*columns: Optional[str], votes: Optional[int], **more: Any) -> QuorumStatus:
    """Two nodes and a quorum device, with what stands in its column."""
    members = tuple(
        Member(number, 1, f"node{number}", qdevice=column) for number, column in enumerate(columns, start=1)
    )
    return status(2 + (votes or 0), 3, 2, members=members, device_votes=votes, **more)


SILENT = (
    "qdevice-not-voting",
    "the quorum device gives this partition no vote (qnetd lost, or it voted for the other side)",
)

DEVICES = {
    "ok-votes": (device("A,V,NMW", "A,V,NMW", votes=1), []),
    "warn-it-votes-for-the-others": (device("A,V,NMW", "A,NV,NMW", votes=1), [
        ("qdevice-not-voting", "the quorum device votes for node1 and not for node2: node2 is cut off from qnetd"),
    ]),
    "warn-it-votes-for-another-and-not-here": (device("A,NV,NMW", "A,V,NMW", votes=0), [
        ("qdevice-not-voting", "the quorum device votes for node2 and not for node1: node1 is cut off from qnetd"),
    ]),
    "warn-no-vote": (device("A,NV,NMW", "A,NV,NMW", votes=0), [SILENT]),
    "warn-down-here": (device("NR", "A,V,NMW", votes=0), [
        ("qdevice-down", "the quorum device daemon is down on node1"),
    ]),
    "warn-not-alive": (device("NA,NV,NMW", "A,V,NMW", votes=1), [
        ("qdevice-down", "the quorum device daemon is down on node1"),
    ]),
    "warn-down-everywhere-and-no-column": (device(None, None, votes=None), [
        ("qdevice-down", "the quorum device daemon is down on node1, node2"),
    ]),
}  # fmt: skip


@pytest.mark.parametrize(("quorum", "findings"), DEVICES.values(), ids=DEVICES)
def test_quorum_device(quorum: QuorumStatus, findings: Found) -> None:
    about_votes = ("votes-missing", "no-margin")
    config = cmap(2, quorum_device_model="net")
    assert [one for one in found(judged(quorum, None, config)) if one[0] not in about_votes] == findings


def test_a_silent_device_is_told_before_the_vote_that_is_missing_for_it() -> None:
    judgement = judged(device("A,NV,NMW", "A,NV,NMW", votes=0), nodes(2), cmap(2, quorum_device_model="net"))
    assert found(judgement) == [SILENT, ("votes-missing", "2 of 3 votes"), MARGIN_OF_THREE]


def test_ok_no_device_configured_and_none_there() -> None:
    assert found(judged(status(2, 2, 1, flags=TWO_NODE), nodes(2), cmap(2))) == []


MORE_EXPECTED = {
    "by-the-configuration": (
        {"quorum.expected_votes": "4"},
        "quorum.expected_votes in corosync.conf must be the votes of all nodes, or be left out",
    ),
    "of-a-node-that-was-removed": ({}, "corosync still counts a node that was removed"),
}  # fmt: skip


@pytest.mark.parametrize(("values", "advice"), MORE_EXPECTED.values(), ids=MORE_EXPECTED)
def test_why_more_votes_are_expected(values: Dict[str, str], advice: str) -> None:
    config = cmap(3)
    judgement = judged(status(3, 4, 3), None, config._replace(values={**config.values, **values}))
    assert judgement.findings[0].advice == advice


@pytest.mark.parametrize("condition", [UNREADABLE, TOOL_MISSING, NO_PERMISSION])
def test_a_map_that_fails_is_unknown_where_there_are_members(condition: Condition) -> None:
    """Corosync 1.4 lists no members, and has no map."""
    failed = {CMAPCTL: Finding(condition, "corosync-cmapctl: oops")}
    given = evidence({QUORUMTOOL: status(3, 3, 2), CRM_MON: nodes(3)})._replace(failed=failed)
    assert found(judge(given, Options())) == [
        (condition.name, "a configured node that is missing would not be noticed: corosync-cmapctl: oops")
    ]
    given = evidence({QUORUMTOOL: status(3, 3, 2, members=())})._replace(failed=failed)
    assert found(judge(given, Options())) == []


def test_a_map_that_hangs_is_told_by_what_all_checks_have_in_common() -> None:
    failed = {CMAPCTL: Finding(NOT_RESPONDING, "no answer")}
    given = evidence({QUORUMTOOL: status(3, 3, 2)})._replace(failed=failed)
    assert found(judge(given, Options())) == []


UNCOUNTED = status(0, 0, 0, quorate=False, flags=(), members=(), counted=False)
MAP_1 = CorosyncMap(
    (),
    (SeenMember(23344070, True, ("198.51.100.1",)), SeenMember(40121286, True, ("198.51.100.2",))),
    values={"totem.version": "2"},
)
IDS = {23344070: "node1", 40121286: "node2"}


def with_plugin(online: Sequence[str] = ("node1", "node2"), **more: Any) -> Cluster:
    """Pacemaker as the plugin of corosync 1: ids are names, and it counts votes itself."""
    both = tuple(node(name, id=name, online=name in online) for name in ("node1", "node2"))
    return cluster(nodes=both, **{"expected_votes": 2, **more})


COUNTS_ITSELF = ("no-provider", "corosync has no quorum provider: pacemaker counts the votes itself")
NOT_COUNTED = ("no-provider", "corosync.conf has no quorum provider: votes are not counted")
OWN_COUNT: Dict[str, Tuple[Optional[Cluster], CorosyncMap, Found]] = {
    "warn-two-nodes": (with_plugin(), MAP_1, [
        ("no-margin", "the loss of one vote loses quorum: 2 needed by pacemaker's own count"), COUNTS_ITSELF,
    ]),
    "crit-one-is-gone": (
        with_plugin(["node1"], with_quorum=False),
        MAP_1._replace(members=(MAP_1.members[0], MAP_1.members[1]._replace(joined=False))),
        [("no-quorum", "no quorum: 1 of 2 votes, 2 needed; missing: node2"), COUNTS_ITSELF],
    ),
    "crit-one-has-never-joined": (
        with_plugin(["node1"], with_quorum=False), MAP_1._replace(members=MAP_1.members[:1]),
        [("no-quorum", "no quorum: 1 of 2 votes, 2 needed; missing: node2"), COUNTS_ITSELF],
    ),
    "warn-pacemaker-is-stopped-on-one": (with_plugin(["node1"]), MAP_1, [
        ("no-margin", "the loss of one vote loses quorum: 2 needed by pacemaker's own count"), COUNTS_ITSELF,
        ("views-differ", "node2: has a vote in corosync, offline in pacemaker (pacemaker is stopped there, or cannot "
         "join)"),
    ]),
    "warn-pacemaker-says-nothing-of-votes": (with_plugin(expected_votes=None), MAP_1, [NOT_COUNTED]),
    "warn-pacemaker-does-not-answer": (None, MAP_1, [NOT_COUNTED]),
}  # fmt: skip


@pytest.mark.parametrize(("crm", "config", "findings"), OWN_COUNT.values(), ids=OWN_COUNT)
def test_without_a_provider_corosync_1_leaves_the_count_to_pacemaker(
    crm: Optional[Cluster], config: CorosyncMap, findings: Found
) -> None:
    given = evidence({QUORUMTOOL: UNCOUNTED, CRM_MON: crm, CMAPCTL: config, CRM_NODE_LIST: IDS})
    judgement = judge(given, Options())
    assert found(judgement) == findings
    own = [one.severity for one in judgement.findings if (one.condition.name, one.line) == COUNTS_ITSELF]
    assert own in ([], [Severity.OK])


def test_pacemakers_own_count_in_one_sentence() -> None:
    given = evidence({QUORUMTOOL: UNCOUNTED, CRM_MON: with_plugin(), CMAPCTL: MAP_1, CRM_NODE_LIST: IDS})
    judgement = judge(given, Options())
    assert judgement.summary == "2 nodes with 2 of 2 votes, quorate (2 needed) by pacemaker's own count, DC node1"
    assert lines(judgement)[:2] == ("node1: 1 vote", "node2: 1 vote")
    assert measured(judgement)["cluster.votes.margin.count"] == 0


def test_a_member_that_only_dns_names_may_be_any_node() -> None:
    listed = (Member(23344070, 1, "node1.example.net"), Member(40121286, 1, "node2.example.net"))
    votes = status(2, 2, 2, members=())
    given = evidence({QUORUMTOOL: votes, CRM_MON: with_plugin(), CMAPCTL: MAP_1, QUORUMTOOL_NODES: listed})
    assert [name for name, _ in found(judge(given, Options()))] == ["no-margin"]


SUMMARIES: Dict[str, Tuple[Optional[QuorumStatus], Optional[Cluster], str]] = {
    "whole": (status(3, 3, 2), nodes(3), "3 nodes with 3 of 3 votes, quorate (2 needed), DC node1"),
    "one-node": (status(1, 1, 1), None, "1 node with 1 of 1 vote, quorate (1 needed)"),
    "corosync-1.4": (status(3, 3, 2, members=()), None, "3 of 3 votes, quorate (2 needed)"),
    "nothing": (None, nodes(3), "no votes were read"),
}


@pytest.mark.parametrize(("quorum", "crm", "summary"), SUMMARIES.values(), ids=SUMMARIES)
def test_summary(quorum: Optional[QuorumStatus], crm: Optional[Cluster], summary: str) -> None:
    assert judged(quorum, crm, None).summary == summary


def test_perfdata() -> None:
    assert measured(judged(status(2, 4, 3, quorate=False), None, None)) == {
        "cluster.votes.total.count": 2,
        "cluster.votes.expected.count": 4,
        "cluster.votes.quorum.count": 3,
        "cluster.votes.margin.count": -1,
        "cluster.partition.nodes.count": 2,
    }


def test_perfdata_claims_no_number_of_nodes_for_corosync_1() -> None:
    assert "cluster.partition.nodes.count" not in measured(judged(status(3, 3, 2, members=()), None, None))


def test_details() -> None:
    crm = cluster(nodes=nodes(3, [1, 2]).nodes, options=ClusterOptions(no_quorum_policy="freeze"))
    config = cmap(3)
    quorum = device("A,V,NMW", "NR", votes=1)
    assert lines(judged(quorum, crm, config)) == (
        "node1: 1 vote, quorum device A,V,NMW",
        "node2: 1 vote, quorum device NR",
        "quorum device: 1 vote",
        "node3: not in this partition",
        "corosync: ring 1.9, flags: Quorate",
        "pacemaker: DC node1, quorum, no-quorum-policy freeze",
    )


def test_what_a_start_explains_is_that_it_is_starting() -> None:
    """Corosync has the votes a moment before it says that there is quorum (3.1.7)."""
    young = Finding(STARTING, "pacemaker was started 0s ago on this node and is not ready yet")
    given = evidence({QUORUMTOOL: status(2, 2, 1, quorate=False, flags=TWO_NODE), CRM_MON: None, CMAPCTL: cmap(2)})
    assert found(judge(given, Options()))[0][0] == "quorum-contradicted"
    assert found(judge(given._replace(starting=young), Options())) == [("starting", young.text)]
