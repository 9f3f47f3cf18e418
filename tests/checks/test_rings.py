"""Is every way to every peer up? One test that gives each condition, and a near miss that does not."""

from __future__ import annotations

import re
from typing import Any, Dict, Mapping, Optional, Sequence, Tuple

import pytest

from check_ha.checks.rings import RingOptions, judge
from check_ha.core.check import Judgement
from check_ha.core.condition import NO_PERMISSION, NOT_RESPONDING
from check_ha.core.finding import Finding
from check_ha.model.corosync import (
    ConfiguredNode,
    CorosyncMap,
    LinkStatistics,
    LinkStatus,
    PeerLink,
    ReachableNodes,
    Ring,
    SeenMember,
)
from check_ha.sources.tools import CFGTOOL, CFGTOOL_NODES, CMAPCTL, CMAPCTL_STATS
from tests.checks.build import Found, evidence, found, lines, measured

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
            ConfiguredNode(node, f"node{node}", tuple((link, address(link, node)) for link in range(links)))
            for node in range(1, nodes + 1)
        ),
        tuple(SeenMember(node, node not in left) for node in range(1, nodes + 1)),
        transport=transport,
    )


def statistics(counts: Mapping[Tuple[int, int], int]) -> Tuple[LinkStatistics, ...]:
    """How often each link of each peer went down, and that of the loopback."""
    return (LinkStatistics(1, 0, down_count=0), *(LinkStatistics(*key, down_count=n) for key, n in counts.items()))


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
    stats: Optional[Tuple[LinkStatistics, ...]] = (),
    previous: Optional[Mapping[str, Any]] = None,
    reachable: Optional[ReachableNodes] = None,
    **options: Any,
) -> Judgement:
    values = {CFGTOOL: status, CMAPCTL: config, CMAPCTL_STATS: stats, CFGTOOL_NODES: reachable}
    return judge(evidence(values, previous), RingOptions(**options))


GOOD = knet({2: [True, True], 3: [True, True]})
FAULT = "Marking ringid 1 interface 10.55.1.1 FAULTY"
COUNTING = "Incrementing problem counter for seqid 2 iface 10.55.1.1 to [1 of 10]"

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
        ("unreachable", "node 2 unreachable: all 3 links down"),
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
        ("unreadable", "node2: corosync-cfgtool -s does not tell the state of link 1 (10.55.1.2)"),
    ]),
    "unknown-nothing-known-of-a-configured-node": (
        LinkStatus(1, "udpu", ()), cmap(2, 1, transport="udpu")._replace(members=()),
        [("unreadable", "node2: neither link nor membership is known")],
    ),
    "ok-knet-without-the-map": (GOOD, None, []),
    "ok-single-node": (knet({}), cmap(1), []),
    "ok-single-node-of-3.0-that-names-no-transport": (knet({})._replace(transport=None), cmap(1, transport=None), []),
    "ok-rings": (rings("ok", "ok"), cmap(3, transport=None), []),
    "ok-rings-of-corosync-1-without-a-map": (rings("ok", "ok"), None, []),
    "warn-ring-faulty": (rings("ok", FAULT), cmap(3, transport=None), [
        ("faulty", "ring 1 (10.55.1.1) FAULTY, 1 of 2 rings left"),
    ]),
    "crit-all-rings-faulty": (rings(FAULT, FAULT), cmap(3, transport=None), [
        ("all-faulty", "ring 0 (10.55.0.1) FAULTY, ring 1 (10.55.1.1) FAULTY, no ring works"),
    ]),
    "warn-ring-problem": (rings("ok", COUNTING), cmap(3, transport=None), [
        ("ring-problem", f"ring 1 (10.55.1.1): {COUNTING}"),
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
        ("unreadable", "the state of a sole ring is never measured, and corosync-cmapctl shows no members"),
    ]),
    "ok-udpu": (udpu(node2=True, node3=True), cmap(3, 1, transport="udpu"), []),
    "crit-udpu-no-member": (udpu(node2=True, node3=False), cmap(3, 1, left=[3], transport="udpu"), [
        ("unreachable", "node3 unreachable: not a member"),
    ]),
    "crit-udpu-without-the-map": (udpu(node2=True, node3=False), None, [
        ("unreachable", "node 3 unreachable: not a member"),
    ]),
    "crit-udpu-own-interface-down": (LinkStatus(1, "udpu", ()), cmap(2, 1, left=[2], transport="udpu"), [
        ("unreachable", "node2 unreachable: not a member"),
    ]),
    "unknown-udpu-own-interface-down-without-the-map": (LinkStatus(1, "udpu", ()), None, [
        ("unreadable", "corosync-cfgtool -s: no link, no ring and no peer"),
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


def test_no_links_were_read() -> None:
    judgement = judged(None, cmap(2))
    assert (judgement.summary, judgement.findings, judgement.measures) == ("no links were read", (), ())


def test_no_counters_of_knet_is_unknown_and_says_why() -> None:
    assert found(judged(GOOD, cmap(3), None)) == [("unreadable", "a link that flaps is not seen: no link counters")]
    given = evidence({CFGTOOL: GOOD, CMAPCTL: cmap(3)})
    refused = Finding(NO_PERMISSION, "user nagios may not run corosync-cmapctl -m stats")
    assert found(judge(given._replace(failed={CMAPCTL_STATS: refused}), RingOptions())) == [
        ("no-permission", "a link that flaps is not seen: user nagios may not run corosync-cmapctl -m stats")
    ]
    hung = Finding(NOT_RESPONDING, "told by what all checks have in common")
    assert found(judge(given._replace(failed={CMAPCTL_STATS: hung}), RingOptions())) == []


def test_no_counters_where_there_are_none() -> None:
    assert found(judged(rings("ok", "ok"), cmap(2, transport=None), None)) == []
    assert found(judged(udpu(node2=True), cmap(2, 1, transport="udpu"), None)) == []


BEFORE = {"2/0": 1, "2/1": 1, "3/0": 4}
ONCE = "node2: link 1 (10.55.1.2) went down once since the last run"

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
    assert found(judged(GOOD, cmap(3), statistics(counts), previous)) == findings


def test_a_link_that_is_down_now_is_told_as_down_and_not_again_when_it_is_up() -> None:
    down = judged(knet({2: [True, False]}), cmap(2), statistics({(2, 0): 1, (2, 1): 2}), {"2/0": 1, "2/1": 1})
    assert [condition for condition, _ in found(down)] == ["link-down"]
    up = judged(knet({2: [True, True]}), cmap(2), statistics({(2, 0): 1, (2, 1): 2}), down.remember)
    assert found(up) == []


def test_what_is_remembered() -> None:
    counts = {(2, 0): 1, (2, 1): 2, (3, 0): 4}
    assert judged(GOOD, cmap(3), statistics(counts)).remember == {"2/0": 1, "2/1": 2, "3/0": 4}
    assert judged(GOOD, cmap(3), ()).remember is None
    assert judged(GOOD, cmap(3), None, BEFORE).remember is None


def test_a_run_with_a_filter_takes_no_flap_away_from_another() -> None:
    flapped = statistics({(2, 0): 2, (2, 1): 1, (3, 0): 5})
    one = judged(GOOD, cmap(3), flapped, BEFORE, include=(re.compile("node2"),))
    assert [text[:5] for _, text in found(one)] == ["node2"]
    assert one.remember == {"2/0": 2, "2/1": 1, "3/0": 4}
    other = judged(GOOD, cmap(3), flapped, one.remember, include=(re.compile("node3"),))
    assert [text[:5] for _, text in found(other)] == ["node3"]


def test_too_few_links() -> None:
    assert found(judged(GOOD, cmap(3), links=2)) == []
    assert found(judged(GOOD, cmap(3), links=3)) == [("too-few-links", "2 links configured, 3 wanted")]
    one = knet({2: [True]})
    assert found(judged(one, cmap(2, 1), links=2)) == [("too-few-links", "1 link configured, 2 wanted")]
    assert found(judged(one, None, links=1)) == []
    assert found(judged(one, None, links=2)) == [("too-few-links", "1 link configured, 2 wanted")]
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
    stats = (
        LinkStatistics(1, 0, latency_ave=1),
        LinkStatistics(2, 0, latency_ave=344),
        LinkStatistics(2, 1, latency_ave=9),  # of when it was up
        LinkStatistics(3, 0),
    )
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
