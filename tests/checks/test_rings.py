"""Is every link to every peer up? One test that gives each condition, and a near miss that does not."""

from __future__ import annotations

import re
from typing import Any, Dict, Mapping, Optional, Sequence, Tuple, Union

import pytest

from check_ha.checks.rings.check import RingOptions, judge
from check_ha.core.check import Judgement
from check_ha.core.condition import NO_PERMISSION, NOT_RESPONDING
from check_ha.core.finding import Finding
from check_ha.core.wording import decimal
from check_ha.model.cluster import Cluster
from check_ha.model.corosync import (
    CorosyncMap,
    LinkStatistics,
    LinkStatus,
    NodelistNode,
    PeerLink,
    ReachableLink,
    ReachableNodes,
    Ring,
    SeenMember,
    Statistics,
)
from check_ha.sources.tools import CFGTOOL, CFGTOOL_NODES, CMAPCTL, CMAPCTL_STATS, CRM_MON, CRM_NODE_LIST
from tests.checks.build import Found, cluster, evidence, found, lines, measured, node

States = Mapping[int, Sequence[Optional[bool]]]


def knet(states: States, **more: Any) -> LinkStatus:
    """``cfgtool -s`` of node1: for each peer whether its links 0, 1 ... are connected."""
    links = tuple(PeerLink(peer, link, up) for peer, ups in states.items() for link, up in enumerate(ups))
    most = max(map(len, states.values()), default=1)
    given: Dict[str, Any] = {"addresses": tuple((link, address(link, 1)) for link in range(most)), "links": links}
    return LinkStatus(1, "knet", **{**given, **more})


def address(link: int, node: int) -> str:
    return f"10.55.{link}.{node}"


def cmap(nodes: int, links: int = 2, left: Sequence[int] = (), transport: Optional[str] = "knet") -> CorosyncMap:
    """node1 to nodeN with so many links; all are members but those that left."""
    return CorosyncMap(
        tuple(
            NodelistNode(node, f"node{node}", tuple((link, address(link, node)) for link in range(links)))
            for node in range(1, nodes + 1)
        ),
        tuple(SeenMember(node, node not in left) for node in range(1, nodes + 1)),
        local_node_id=1,
        transport=transport,
        values=WHOLE,
    )


WHOLE = {"totem.version": "2"}
"""What stands among the last lines of every map."""


QUIET = {"srp.firewall_enabled_or_nic_failure": 0, "srp.mcast_retx": 0}
"""What corosync counts where no message is sent again."""


def statistics(counts: Mapping[Tuple[int, int], int], **totem: int) -> Statistics:
    """How often each link of each peer went down, and that of the loopback."""
    links = (LinkStatistics(1, 0, down_count=0), *(LinkStatistics(*key, down_count=n) for key, n in counts.items()))
    return Statistics(links, {**QUIET, **{f"srp.{key}": n for key, n in totem.items()}})


EACH = statistics({(peer, link): 1 for peer in (2, 3) for link in (0, 1)})


def counted(status: Optional[LinkStatus]) -> Statistics:
    """Each link that is listed went down once, when it was made."""
    return statistics({(link.peer, link.link): 1 for link in status.links} if status else {})


def rings(*statuses: str, addresses: Sequence[str] = ()) -> LinkStatus:
    """``cfgtool -s`` of corosync 1 and 2; ``ok`` for what it prints when all is well."""
    told = []
    for number, status in enumerate(statuses):
        text = f"ring {number} active with no faults" if status == "ok" else status
        here = addresses[number] if addresses else address(number, 1)
        told.append(Ring(number, here, text, faulty="FAULTY" in text, healthy=status == "ok"))
    return LinkStatus(1, None, tuple((ring.number, ring.address) for ring in told), rings=tuple(told))


def udpu(**peers: bool) -> LinkStatus:
    """``cfgtool -s`` of 3.1 with udpu: connected means membership, and the address is a peer's."""
    links = tuple(PeerLink(int(name[4:]), 0, up) for name, up in peers.items())
    return LinkStatus(1, "udpu", ((0, address(0, 3)),), links=links)


def judged(
    status: Optional[LinkStatus],
    config: Optional[CorosyncMap] = None,
    stats: Union[Statistics, str, None] = "of each link",
    previous: Optional[Mapping[str, Any]] = None,
    reachable: Optional[ReachableNodes] = None,
    now: float = 0.0,
    **options: Any,
) -> Judgement:
    if stats == "of each link":
        stats = counted(status)
    values = {CFGTOOL: status, CMAPCTL: config, CMAPCTL_STATS: stats, CFGTOOL_NODES: reachable}
    return judge(evidence(values, previous)._replace(now=now), RingOptions(**options))


GOOD = knet({2: [True, True], 3: [True, True]})
FAULT = "Marking ringid 1 interface 10.55.1.1 FAULTY"
COUNTING = "Incrementing problem counter for seqid 2 iface 10.55.1.1 to [1 of 10]"

NO_MAP = ("members-unknown", "who is a member is not known: corosync-cmapctl says nothing")


def two_rings(faulty: int) -> CorosyncMap:
    """The map of corosync 2 says by itself which ring is faulty."""
    values = {**WHOLE, "totem.interface.1.bindnetaddr": "10.55.1.1"}
    return cmap(3, transport=None)._replace(values=values, totem={**QUIET, "rrp.0.faulty": 0, "rrp.1.faulty": faulty})


CASES = {
    "ok-two-links-to-two-peers": (GOOD, cmap(3), []),
    "warn-link-down": (knet({2: [True, False], 3: [True, True]}), cmap(3), [
        ("link-down", "node2: link 1 (10.55.1.2) down, 1 of 2 links left"),
    ]),
    "warn-link-down-on-two-nodes": (knet({2: [False, True]}), cmap(2), [
        ("link-down", "node2: link 0 (10.55.0.2) down, 1 of 2 links left"),
    ]),
    "warn-different-links-down": (knet({2: [True, False], 3: [False, True]}), cmap(3), [
        ("link-down", "node2: link 1 (10.55.1.2) down, 1 of 2 links left"),
        ("link-down", "node3: link 0 (10.55.0.3) down, 1 of 2 links left"),
    ]),
    "warn-link-down-to-every-peer-is-one-finding": (knet({2: [True, False], 3: [True, False]}), cmap(3), [
        ("link-down", "link 1 (10.55.1.1 here) down to every peer (node2, node3), 1 link left"),
    ]),
    "warn-link-down-to-every-peer-and-another-to-one": (
        knet({2: [True, False, True], 3: [False, False, True]}), cmap(3, 3),
        [
            ("link-down", "link 1 (10.55.1.1 here) down to every peer (node2, node3), 1 link left"),
            ("link-down", "node3: link 0 (10.55.0.3) down, 1 of 3 links left"),
        ],
    ),
    "crit-unreachable": (knet({2: [False, False], 3: [True, True]}), cmap(3, left=[2]), [
        ("unreachable", "node2 unreachable: both links down (10.55.0.2, 10.55.1.2)"),
    ]),
    "crit-unreachable-before-the-membership-knows": (knet({2: [False, False]}), cmap(2), [
        ("unreachable", "node2 unreachable: both links down (10.55.0.2, 10.55.1.2)"),
    ]),
    "crit-unreachable-on-the-only-link": (knet({2: [False]}), cmap(2, 1, left=[2]), [
        ("unreachable", "node2 unreachable: its only link down (10.55.0.2)"),
    ]),
    "crit-unreachable-on-three-links": (knet({2: [False, False, False]}), None, [
        NO_MAP, ("unreachable", "node 2 unreachable: all 3 links down"),
    ]),
    "crit-unreachable-and-link-down-to-another": (knet({2: [False, False], 3: [True, False]}), cmap(3, left=[2]), [
        ("unreachable", "node2 unreachable: both links down (10.55.0.2, 10.55.1.2)"),
        ("link-down", "node3: link 1 (10.55.1.3) down, 1 of 2 links left"),
    ]),
    "crit-links-up-but-no-member": (GOOD, cmap(3, left=[3]), [
        ("unreachable", "node3 is not a member, though a link to it is up"),
    ]),
    "crit-configured-and-not-listed": (knet({2: [True, True]}), cmap(3, left=[3]), [
        ("unreachable", "node3 unreachable: not a member"),
    ]),
    "unknown-member-and-not-listed": (knet({2: [True, True]}), cmap(3), [
        ("unreadable", "node3: corosync-cfgtool -s lists no link to it"),
    ]),
    "unknown-state-not-told": (knet({2: [True, None]}), cmap(2), [
        ("unreadable", "node2: corosync-cfgtool -s does not show the state of link 1 (10.55.1.2)"),
    ]),
    "unknown-nothing-known-of-a-configured-node": (
        LinkStatus(1, "udpu", ()), cmap(2, 1, transport="udpu")._replace(members=()),
        [("members-unknown", "who is a member is not known: corosync-cmapctl shows no members")],
    ),
    "unknown-knet-without-the-map": (GOOD, None, [NO_MAP]),
    "unknown-knet-with-a-map-that-ended-early": (GOOD, cmap(3)._replace(values={}), [
        ("unreadable", "corosync-cmapctl ended early: totem.version, one of its last lines, is not there"),
    ]),
    "unknown-a-link-of-the-nodelist-is-not-listed": (knet({2: [True], 3: [True]}), cmap(3), [
        ("unreadable", "node2: corosync-cfgtool -s does not list link 1 (10.55.1.2)"),
        ("unreadable", "node3: corosync-cfgtool -s does not list link 1 (10.55.1.3)"),
    ]),
    "ok-a-node-that-left-and-is-not-configured-any-more": (
        knet({2: [True, True]}), cmap(3, left=[3])._replace(nodes=cmap(2).nodes), [],
    ),
    "ok-single-node": (knet({}), cmap(1), []),
    "ok-single-node-of-3.0-that-names-no-transport": (knet({})._replace(transport=None), cmap(1, transport=None), []),
    "ok-rings": (rings("ok", "ok"), cmap(3, transport=None), []),
    "unknown-rings-of-corosync-1-that-has-no-map": (rings("ok", "ok"), None, [NO_MAP]),
    "unknown-rings-without-members": (rings("ok", "ok"), cmap(3, transport=None)._replace(members=()), [
        ("members-unknown", "who is a member is not known: corosync-cmapctl shows no members"),
    ]),
    "unknown-rings-without-a-nodelist-and-fewer-nodes-seen-than-votes-expected": (
        rings("ok", "ok"), cmap(2, transport=None)._replace(nodes=(), values={**WHOLE, "quorum.expected_votes": "3"}),
        [
            ("members-unknown", "corosync has seen 2 of the nodes since it started, and expects 3 votes: "
                                "who is missing is not known"),
        ],
    ),
    "ok-rings-without-a-nodelist-and-two-votes-each": (
        rings("ok", "ok"),
        cmap(2, transport=None)._replace(
            nodes=(), values={**WHOLE, "quorum.expected_votes": "4", "quorum.votes": "2"}
        ),
        [],
    ),
    "ok-rings-without-a-nodelist": (
        rings("ok", "ok"), cmap(2, transport=None)._replace(nodes=(), values={**WHOLE, "quorum.expected_votes": "2"}),
        [],
    ),
    "unknown-a-ring-that-the-map-has-is-not-listed": (rings("ok"), two_rings(faulty=0), [
        ("unreadable", "corosync-cfgtool -s does not list ring 1 (10.55.1.1)"),
    ]),
    "warn-a-ring-that-is-not-listed-is-faulty-by-the-map": (rings("ok"), two_rings(faulty=1), [
        ("unreadable", "corosync-cfgtool -s does not list ring 1 (10.55.1.1)"),
        ("faulty", "ring 1 (10.55.1.1) FAULTY, 1 of 2 rings left"),
    ]),
    "warn-ring-faulty": (rings("ok", FAULT), cmap(3, transport=None), [
        ("faulty", "ring 1 (10.55.1.1) FAULTY, 1 of 2 rings left"),
    ]),
    "crit-all-rings-faulty": (rings(FAULT, FAULT), cmap(3, transport=None), [
        ("all-faulty", "ring 0 (10.55.0.1) FAULTY, ring 1 (10.55.1.1) FAULTY, no ring works"),
    ]),
    "warn-ring-problem": (rings("ok", COUNTING), cmap(3, transport=None), [
        ("ring-problem", f"ring 1 (10.55.1.1) loses packets, or has lost some: {COUNTING}"),
    ]),
    "warn-ring-lost-its-interface": (rings("ok", "ok", addresses=("10.55.0.1", "127.0.0.1")), cmap(2, transport=None), [
        ("faulty", "ring 1 without its interface (127.0.0.1), 1 of 2 rings left"),
    ]),
    "crit-sole-ring-lost-its-interface": (rings("ok", addresses=("127.0.0.1",)), cmap(2, left=[2], transport=None), [
        ("all-faulty", "ring 0 without its interface (127.0.0.1), no ring works"),
        ("unreachable", "node2 unreachable: not a member"),
    ]),
    "ok-sole-ring-and-all-are-members": (rings("ok"), cmap(2, 1, transport=None), []),
    "crit-sole-ring-and-a-node-is-gone": (rings("ok"), cmap(2, 1, left=[2], transport=None), [
        ("unreachable", "node2 unreachable: not a member"),
    ]),
    "unknown-sole-ring-without-any-evidence": (rings("ok"), None, [
        NO_MAP,
    ]),
    "ok-udpu": (udpu(node2=True, node3=True), cmap(3, 1, transport="udpu"), []),
    "crit-udpu-no-member": (udpu(node2=True, node3=False), cmap(3, 1, left=[3], transport="udpu"), [
        ("unreachable", "node3 unreachable: not a member"),
    ]),
    "ok-udpu-alone": (udpu(), cmap(1, 1, transport="udpu"), []),
    "crit-udpu-without-the-map": (udpu(node2=True, node3=False), None, [
        NO_MAP,
        ("unreachable", "node 3 unreachable: not a member"),
    ]),
    "crit-udpu-own-interface-down": (LinkStatus(1, "udpu", ()), cmap(2, 1, left=[2], transport="udpu"), [
        ("unreachable", "node2 unreachable: not a member"),
    ]),
    "unknown-udpu-own-interface-down-without-the-map": (LinkStatus(1, "udpu", ()), None, [
        NO_MAP, ("unreadable", "corosync-cfgtool -s: no link, no ring and no peer"),
    ]),
    "ok-udpu-of-3.0-says-ok-whatever-happens": (
        LinkStatus(1, None, ((0, "10.55.0.1"),), rings=(Ring(0, "10.55.0.1", "OK", False, False, hard_coded=True),)),
        cmap(2, 1, transport="udpu"), [],
    ),
    "crit-udpu-of-3.0-says-ok-and-a-node-is-gone": (
        LinkStatus(1, None, ((0, "10.55.0.1"),), rings=(Ring(0, "10.55.0.1", "OK", False, False, hard_coded=True),)),
        cmap(2, 1, left=[2], transport="udpu"),
        [("unreachable", "node2 unreachable: not a member")],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("status", "config", "findings"), CASES.values(), ids=CASES)
def test_findings(status: LinkStatus, config: Optional[CorosyncMap], findings: Found) -> None:
    assert found(judged(status, config)) == findings


OLD_MAP = CorosyncMap(
    (), (SeenMember(23344070, True, ("198.51.100.1",)), SeenMember(40121286, True, ("198.51.100.2",))), None, None,
    WHOLE, QUIET,
)  # fmt: skip
ALONE = OLD_MAP._replace(members=OLD_MAP.members[:1])
PLUGIN = cluster(nodes=tuple(node(name, id=name) for name in ("node1", "node2")), expected_votes=2)
OF_OLD: Dict[str, Tuple[CorosyncMap, Dict[int, str], Optional[Cluster], Found]] = {
    "ok-both-members": (OLD_MAP, {23344070: "node1", 40121286: "node2"}, PLUGIN, []),
    "crit-left-and-called-by-what-is-left": (
        OLD_MAP._replace(members=(ALONE.members[0], OLD_MAP.members[1]._replace(joined=False))),
        {23344070: "node1"}, PLUGIN, [("unreachable", "node2 unreachable: not a member")],
    ),
    "crit-left-and-nothing-names-it": (
        OLD_MAP._replace(members=(ALONE.members[0], OLD_MAP.members[1]._replace(joined=False))), {}, None,
        [("unreachable", "198.51.100.2 unreachable: not a member")],
    ),
    "crit-never-joined-and-in-the-cib": (
        ALONE, {23344070: "node1"}, PLUGIN, [("unreachable", "node2 unreachable: not a member")],
    ),
    "unknown-never-joined-and-a-vote-is-expected-by-pacemaker": (
        ALONE, {23344070: "node1"}, cluster(nodes=(node("node1", id="node1"),), expected_votes=2),
        [("members-unknown", "corosync has seen 1 of the nodes since it started, and expects 2 votes: who is missing "
          "is not known")],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("config", "names", "crm", "findings"), OF_OLD.values(), ids=OF_OLD)
def test_two_rings_of_corosync_1(
    config: CorosyncMap, names: Dict[int, str], crm: Optional[Cluster], findings: Found
) -> None:
    """Both read "no faults" as long as the peer is no member."""
    status = rings("ok", "ok")._replace(local_id=23344070)
    given = evidence({CFGTOOL: status, CMAPCTL: config, CRM_NODE_LIST: names or None, CRM_MON: crm})
    assert found(judge(given, RingOptions())) == findings


def test_no_links_were_read() -> None:
    judgement = judged(None, None)
    assert (judgement.summary, judgement.findings, judgement.measures) == ("no links were read", (), ())


def test_what_the_map_and_the_counters_prove_is_told_when_cfgtool_fails() -> None:
    """That it failed is told by what all checks have in common."""
    down = Statistics(
        (LinkStatistics(2, 0, connected=True, down_count=1), LinkStatistics(2, 1, connected=False)), QUIET
    )
    assert found(judged(None, cmap(2), down)) == [("link-down", "node2: link 1 (10.55.1.2) down, 1 of 2 links left")]
    assert found(judged(None, cmap(3, left=[3]), EACH)) == [("unreachable", "node3 unreachable: not a member")]


def test_a_link_that_is_not_listed_is_down_by_the_counters() -> None:
    states = (LinkStatistics(2, 0, connected=True, down_count=1), LinkStatistics(2, 1, connected=False, down_count=2))
    assert found(judged(knet({2: [True]}), cmap(2), Statistics(states, QUIET))) == [
        ("unreadable", "node2: corosync-cfgtool -s does not list link 1 (10.55.1.2)"),
        ("link-down", "node2: link 1 (10.55.1.2) down, 1 of 2 links left"),
    ]


def test_a_link_is_down_where_one_of_the_tools_says_so() -> None:
    told = [("link-down", "node2: link 1 (10.55.1.2) down, 1 of 2 links left")]
    both = knet({2: [True, True]})
    lost = tuple(one._replace(connected=(one.peer, one.link) != (2, 1)) for one in EACH.links if one.peer != 3)
    assert found(judged(both, cmap(2), Statistics(lost, QUIET))) == told
    links = tuple(ReachableLink(2, link, address(link, 1), address(link, 2), True, link != 1) for link in (0, 1))
    assert found(judged(both, cmap(2), reachable=ReachableNodes(1, "knet", (2,), links))) == told


def test_a_ring_is_faulty_where_the_map_of_corosync_2_says_so() -> None:
    config = cmap(2, transport="udp")._replace(totem={"rrp.0.faulty": 0, "rrp.1.faulty": 1, **QUIET})
    told = [("faulty", "ring 1 (10.55.1.1) FAULTY, 1 of 2 rings left")]
    assert found(judged(rings("ok", "ok"), config, None)) == told


def test_no_counters_of_knet_is_unknown_and_says_why() -> None:
    assert found(judged(GOOD, cmap(3), None)) == [
        ("unreadable", "a link that flaps would not be noticed: no link counters")
    ]
    given = evidence({CFGTOOL: GOOD, CMAPCTL: cmap(3)})
    refused = Finding(NO_PERMISSION, "user nagios may not run corosync-cmapctl -m stats")
    assert found(judge(given._replace(failed={CMAPCTL_STATS: refused}), RingOptions())) == [
        ("no-permission", "a link that flaps would not be noticed: user nagios may not run corosync-cmapctl -m stats")
    ]
    hung = Finding(NOT_RESPONDING, "told by what all checks have in common")
    assert found(judge(given._replace(failed={CMAPCTL_STATS: hung}), RingOptions())) == []


def test_no_counters_where_there_are_none() -> None:
    assert found(judged(rings("ok", "ok"), cmap(2, transport=None), None)) == []
    assert found(judged(udpu(node2=True), cmap(2, 1, transport="udpu"), None)) == [
        ("unreadable", "a message that is sent again and again would not be noticed: no link counters")
    ]


UNSEEN = "a message that is sent again and again would not be noticed: "


def test_counters_that_ended_early() -> None:
    cut = Statistics(statistics({(2, 0): 1, (2, 1): 1, (3, 0): 1}).links)
    assert found(judged(GOOD, cmap(3), cut)) == [
        (
            "unreadable",
            f"{UNSEEN}corosync-cmapctl -m stats has no stats.srp.firewall_enabled_or_nic_failure and "
            "stats.srp.mcast_retx",
        ),
        (
            "unreadable",
            "a link that flaps would not be noticed: corosync-cmapctl -m stats has no down_count of link 1 to node3",
        ),
    ]


def test_a_counter_that_the_map_of_corosync_2_leaves_out() -> None:
    config = two_rings(faulty=0)
    config = config._replace(totem={key: n for key, n in config.totem.items() if key != "srp.mcast_retx"})
    assert found(judged(rings("ok", "ok"), config, None)) == [
        ("unreadable", f"{UNSEEN}corosync-cmapctl has no runtime.totem.pg.mrp.srp.mcast_retx")
    ]


BEFORE = {"2/0": 1, "2/1": 1, "3/0": 4}
ONCE = "node2: link 1 (10.55.1.2) went down once since the last run"

EVERY = {(2, 0): 1, (2, 1): 1, (3, 0): 1, (3, 1): 1}

FLAPS: Dict[str, Tuple[Mapping[Tuple[int, int], int], Optional[Mapping[str, Any]], Found]] = {
    "ok-first-run": ({(2, 1): 9}, None, []),
    "ok-no-change": ({(2, 0): 1, (2, 1): 1, (3, 0): 4}, BEFORE, []),
    "warn-once": ({(2, 0): 1, (2, 1): 2, (3, 0): 4}, BEFORE, [("link-flapped", ONCE)]),
    "warn-several-times": ({(2, 0): 1, (3, 0): 7}, BEFORE, [
        ("link-flapped", "node3: link 0 (10.55.0.3) went down 3 times since the last run"),
    ]),
    "ok-counter-fell-as-corosync-was-restarted": ({(2, 0): 1, (3, 0): 1}, BEFORE, []),
    "ok-link-not-seen-before": ({(3, 1): 5}, BEFORE, []),
    "ok-state-of-another-kind": ({(2, 0): 2, (2, 1): 2}, {"2/0": "1", "2/1": None, "x": []}, []),
    "ok-the-loopback-is-no-link": ({}, {"1/0": -1}, []),
}  # fmt: skip


@pytest.mark.parametrize(("counts", "previous", "findings"), FLAPS.values(), ids=FLAPS)
def test_flapped(counts: Mapping[Tuple[int, int], int], previous: Optional[Mapping[str, Any]], findings: Found) -> None:
    assert found(judged(GOOD, cmap(3), statistics({**EVERY, **counts}), previous)) == findings


def test_a_link_that_is_down_now_is_told_as_down_and_not_again_when_it_is_up() -> None:
    down = judged(knet({2: [True, False]}), cmap(2), statistics({(2, 0): 1, (2, 1): 2}), {"2/0": 1, "2/1": 1})
    assert [condition for condition, _ in found(down)] == ["link-down"]
    up = judged(knet({2: [True, True]}), cmap(2), statistics({(2, 0): 1, (2, 1): 2}), down.remember)
    assert found(up) == []


def links_remembered(judgement: Judgement) -> Mapping[str, Any]:
    return {key: value for key, value in (judgement.remember or {}).items() if "/" in key}


def test_what_is_remembered() -> None:
    counts = {(2, 0): 1, (2, 1): 2, (3, 0): 4}
    assert links_remembered(judged(GOOD, cmap(3), statistics(counts))) == {"2/0": 1, "2/1": 2, "3/0": 4}
    assert judged(GOOD, cmap(3), None).remember == {}
    assert judged(GOOD, cmap(3), None, BEFORE).remember == BEFORE


def test_a_run_with_a_filter_takes_no_flap_away_from_another() -> None:
    flapped = statistics({(2, 0): 2, (2, 1): 1, (3, 0): 5, (3, 1): 1})
    one = judged(GOOD, cmap(3), flapped, BEFORE, include=(re.compile("node2"),))
    assert [text[:5] for _, text in found(one)] == ["node2"]
    assert links_remembered(one) == {"2/0": 2, "2/1": 1, "3/0": 4}
    other = judged(GOOD, cmap(3), flapped, one.remember, include=(re.compile("node3"),))
    assert [text[:5] for _, text in found(other)] == ["node3"]


def test_too_few_links() -> None:
    assert found(judged(GOOD, cmap(3), links=2)) == []
    assert found(judged(GOOD, cmap(3), links=3)) == [("too-few-links", "2 links configured, 3 wanted")]
    one = knet({2: [True]})
    assert found(judged(one, cmap(2, 1), links=2)) == [("too-few-links", "1 link configured, 2 wanted")]
    assert found(judged(one, None, links=1)) == [NO_MAP]
    assert found(judged(one, None, links=2)) == [NO_MAP, ("too-few-links", "1 link configured, 2 wanted")]
    assert found(judged(rings("ok"), cmap(2, 1, transport=None), links=2)) == [
        ("too-few-links", "1 link configured, 2 wanted")
    ]


@pytest.mark.parametrize(
    ("options", "findings"),
    [
        ({"include": "node2"}, [("link-down", "node2: link 1 (10.55.1.2) down, 1 of 2 links left")]),
        ({"include": "node"}, [("filtered-out", "--include and --exclude leave none of 2 peers")]),
        ({"exclude": "node[23]"}, [("filtered-out", "--include and --exclude leave none of 2 peers")]),
        ({"exclude": "node2"}, [("unreachable", "node3 unreachable: both links down (10.55.0.3, 10.55.1.3)")]),
        ({"include": "node.*", "exclude": "node3"}, [
            ("link-down", "node2: link 1 (10.55.1.2) down, 1 of 2 links left"),
        ]),
    ],
)  # fmt: skip
def test_filters(options: Mapping[str, str], findings: Found) -> None:
    status = knet({2: [True, False], 3: [False, False]})
    given: Dict[str, Any] = {name: (re.compile(pattern),) for name, pattern in options.items()}
    judgement = judged(status, cmap(3, left=[3]), **given)
    assert found(judgement) == findings
    assert measured(judgement)["cluster.links.down.count"] == 3
    assert measured(judgement)["cluster.peers.unreachable.count"] == 1


def test_the_main_number_is_that_of_the_peers_selected() -> None:
    status = knet({2: [True, False], 3: [False, False]})
    (down,) = (
        measure
        for measure in judged(status, cmap(3), exclude=(re.compile("node3"),)).measures
        if measure.metric.name == "cluster.links.down.count"
    )
    assert (down.value, down.judged) == (3, 1)


def test_a_single_node_is_not_filtered_out() -> None:
    assert found(judged(knet({}), cmap(1), include=(re.compile("node2"),))) == []


SUMMARIES = {
    "knet": (GOOD, cmap(3), "3 nodes, 2 links each, all connected"),
    "knet-one-link": (knet({2: [True]}), cmap(2, 1), "2 nodes, 1 link each, all connected"),
    "knet-uneven": (knet({2: [True], 3: [True, True]}), None, "3 nodes, 1 to 2 links each, all connected"),
    "single": (knet({}), cmap(1), "a single node, no peers"),
    "rings": (rings("ok", "ok"), cmap(3, transport=None), "3 nodes, 2 rings without faults, all members"),
    "rings-alone": (rings("ok", "ok"), None, "nodes not known, 2 rings without faults"),
    "ring": (rings("ok"), cmap(2, transport=None), "2 nodes, 1 ring (its state is never measured), all members"),
    "udpu": (udpu(node2=True), cmap(2, 1), "2 nodes, all members (no links are measured with udpu)"),
}


@pytest.mark.parametrize(("status", "config", "summary"), SUMMARIES.values(), ids=SUMMARIES)
def test_summary(status: LinkStatus, config: Optional[CorosyncMap], summary: str) -> None:
    assert judged(status, config).summary == summary


def test_perfdata() -> None:
    links = (
        LinkStatistics(1, 0, latency_ave=1),
        LinkStatistics(2, 0, latency_ave=344),
        LinkStatistics(2, 1, latency_ave=9),  # of when it was up
        LinkStatistics(3, 0),
    )
    stats = Statistics(links, QUIET)
    judgement = judged(knet({2: [True, False], 3: [True, None]}), cmap(3), stats)
    assert measured(judgement) == {
        "node2-link0#link.up.count": 1,
        "node2-link0#link.latency.microseconds": 344,
        "node2-link1#link.up.count": 0,
        "node3-link0#link.up.count": 1,
        "cluster.links.down.count": 1,
        "cluster.links.total.count": 4,
        "cluster.peers.unreachable.count": 0,
    }


def test_perfdata_of_rings() -> None:
    assert measured(judged(rings("ok", FAULT), cmap(3, left=[3], transport=None))) == {
        "cluster.links.down.count": 1,
        "cluster.links.total.count": 2,
        "cluster.peers.unreachable.count": 1,
    }


def test_details() -> None:
    assert lines(judged(knet({2: [True, False], 3: [None, True]}), cmap(3, left=[3]))) == (
        "node2: link 0 (10.55.0.2) up, link 1 (10.55.1.2) DOWN; member",
        "node3: link 0 (10.55.0.3) not known, link 1 (10.55.1.3) up; NOT a member",
    )
    assert lines(judged(rings("ok", FAULT), None)) == (
        "ring 0 (10.55.0.1): ring 0 active with no faults",
        f"ring 1 (10.55.1.1): {FAULT}",
    )
    assert lines(judged(udpu(node2=True), None)) == ("node 2: member",)


def test_an_ipv6_address_is_no_name_for_perfdata() -> None:
    nameless = NodelistNode(20, "", ((0, "2001:db8::2"),))
    config = cmap(2, 1)._replace(nodes=(cmap(1, 1).nodes[0], nameless), members=(SeenMember(20, True),))
    judgement = judged(knet({20: [True]}), config)
    assert found(judgement) == []
    assert "node20-link0#link.up.count" in measured(judgement)


def resent(total: int, firewall: int = 0, failures: int = 0) -> Statistics:
    more = {"firewall_enabled_or_nic_failure": firewall, "continuous_sendmsg_failures": failures}
    return statistics(EVERY, mcast_retx=total, **more)


def runs(*looks: Tuple[float, Statistics]) -> Found:
    """What the last of these runs says, each told what the one before remembers."""
    remembered: Optional[Mapping[str, Any]] = {}
    said: Found = []
    for now, stats in looks:
        judgement = judged(GOOD, cmap(3), stats, remembered, now=now)
        remembered, said = judgement.remember, found(judgement)
    return said


AGAIN = "corosync sends its messages again and again, {} a second in two runs in a row: nothing replicates"
LEAVE = "corosync's packets do not leave this node (firewall_enabled_or_nic_failure, continuous_sendmsg_failures)"

RESENT: Dict[str, Tuple[Sequence[Tuple[float, Statistics]], Found]] = {
    "ok-none": ([(0, resent(5)), (60, resent(5)), (120, resent(5))], []),
    "ok-a-burst": ([(0, resent(0)), (60, resent(600)), (120, resent(620))], []),
    "ok-one-run-only": ([(0, resent(0)), (60, resent(1500))], []),
    "warn-two-runs": (
        [(0, resent(0)), (60, resent(1500)), (120, resent(3000))], [("retransmitting", AGAIN.format(25))],
    ),
    "warn-and-told-again-a-second-later": (
        [(0, resent(0)), (60, resent(1500)), (120, resent(3000)), (121, resent(3001))],
        [("retransmitting", AGAIN.format(25))],
    ),
    "ok-a-burst-polled-each-second": ([(second, resent(20 * second)) for second in range(10)], []),
    "warn-polled-each-second-for-long": (
        [(second, resent(20 * second)) for second in range(22)], [("retransmitting", AGAIN.format(20))],
    ),
    "ok-few": ([(60 * run, resent(59 * run)) for run in range(5)], []),
    "ok-corosync-was-restarted": ([(0, resent(0)), (60, resent(1500)), (120, resent(1400))], []),
    "ok-the-clock-was-set-back": ([(60, resent(0)), (120, resent(1500)), (0, resent(3000))], []),
    "crit-two-runs-and-packets-do-not-leave": (
        [(0, resent(0)), (60, resent(1500)), (120, resent(3000, firewall=1))],
        [("retransmitting", f"{AGAIN.format(25)}; {LEAVE}")],
    ),
    "crit-two-runs-and-sending-fails": (
        [(0, resent(0)), (60, resent(1500)), (120, resent(3000, failures=9))],
        [("retransmitting", f"{AGAIN.format(25)}; {LEAVE}")],
    ),
    "crit-packets-do-not-leave-at-first-sight": ([(0, resent(0, firewall=1))], [("sending-fails", LEAVE)]),
    "ok-sending-failed-now-and-then": ([(0, resent(0)), (60, resent(0, failures=3))], []),
}  # fmt: skip


@pytest.mark.parametrize(("looks", "findings"), RESENT.values(), ids=RESENT)
def test_messages_that_are_sent_again(looks: Sequence[Tuple[float, Statistics]], findings: Found) -> None:
    assert runs(*looks) == findings


@pytest.mark.parametrize("name", [name for name, (_, findings) in RESENT.items() if findings])
def test_how_bad_messages_are_that_are_sent_again(name: str) -> None:
    looks, _ = RESENT[name]
    state = RETRANSMISSIONS_BEFORE if len(looks) > 1 else {}
    (finding,) = judged(GOOD, cmap(3), looks[-1][1], state, now=10**6).findings
    assert finding.severity.name.startswith(name[:4].upper())


RETRANSMISSIONS_BEFORE = {"retransmissions": {"total": -(10**9), "failures": 0, "time": 0, "rate": 25.0, "runs": 1}}


@pytest.mark.parametrize("state", [None, [], {"total": 5}, {**RETRANSMISSIONS_BEFORE["retransmissions"], "runs": "2"}])
def test_a_state_of_another_kind_is_none(state: object) -> None:
    assert found(judged(GOOD, cmap(3), resent(10**6), {"retransmissions": state}, now=60)) == []


def test_corosync_2_has_its_counters_in_the_map() -> None:
    config = two_rings(faulty=0)
    config = config._replace(totem={**config.totem, "srp.mcast_retx": 10**6})
    assert found(judged(rings("ok", "ok"), config, None, RETRANSMISSIONS_BEFORE, now=10**6)) == [
        ("retransmitting", AGAIN.format(decimal((10**9 + 10**6) / 10**6)))
    ]


def test_packets_that_do_not_leave_are_not_told_beside_a_peer_that_is_unreachable() -> None:
    """A node that forms no membership sets the same flag."""
    cut_off = judged(
        knet({2: [False]}), cmap(2, 1, left=[2]), statistics({(2, 0): 1}, firewall_enabled_or_nic_failure=1)
    )
    assert [condition for condition, _ in found(cut_off)] == ["unreachable"]
