"""Which nodes can be fenced, by the configuration."""

from __future__ import annotations

from typing import Any, Dict, List, Optional, Sequence, Tuple

import pytest

from check_ha.checks.fencing.coverage import unfenceable
from check_ha.checks.fencing.levels import broken_levels
from check_ha.cluster.fencing.capability import Configuration, Device, capabilities
from check_ha.cluster.fencing.coverage import Coverage, coverage
from check_ha.cluster.fencing.targets import named_after, targets_of
from check_ha.cluster.rules import Truth
from check_ha.model.cib import Cib, ConfiguredNode, ConfiguredPrimitive, Expression, FencingLevel, Location, Rule
from check_ha.model.cluster import INFINITY

NODES = ("node1", "node2", "node3")


def stonith(name: str, agent: str = "fence_ipmilan", **parameters: str) -> ConfiguredPrimitive:
    return ConfiguredPrimitive(name, f"stonith:{agent}", tuple(parameters.items()))


def ban(resource: str, node: str, score: int = -INFINITY) -> Location:
    return Location(f"{resource}-{node}", (resource,), node, score)


def judged(
    *devices: Any,
    locations: Sequence[Location] = (),
    levels: Sequence[FencingLevel] = (),
    nodes: Sequence[str] = NODES,
    remote: Sequence[str] = (),
    symmetric: bool = True,
    properties: Sequence[Tuple[str, str]] = (),
    attributes: Optional[Dict[str, Tuple[str, str]]] = None,
) -> Tuple[Coverage, ...]:
    """Whether each node can be fenced and why, without what is made of it."""
    made = tuple(one if isinstance(one, Device) else Device(one) for one in devices)
    cib = Cib(
        tuple(one.primitive for one in made),
        properties=tuple(properties),
        nodes=tuple(ConfiguredNode(name, name, (pair,)) for name, pair in (attributes or {}).items()),
        locations=tuple(locations),
        levels=tuple(levels),
    )
    covered = coverage(Configuration(cib, made, tuple(nodes), (*nodes, *remote), symmetric, 1000.0))
    return tuple(one._replace(devices=(), unlisted=False) for one in covered)


def truths(*devices: Any, **more: Any) -> List[Truth]:
    return [one.fenceable for one in judged(*devices, **more)]


TARGETS: Dict[str, Tuple[Dict[str, str], List[Truth]]] = {
    "list": ({"pcmk_host_list": "node1,node3"}, [True, False, True]),
    "list-with-blanks": ({"pcmk_host_list": " node1 ;node3\n"}, [True, False, True]),
    "list-in-any-case": ({"pcmk_host_list": "NODE1"}, [True, False, False]),
    "list-with-escaped-newline": ({"pcmk_host_list": "node1\\nnode2"}, [True, True, False]),
    "list-with-a-port": ({"pcmk_host_list": "node1:5 off node2"}, [True, True, False]),
    "list-with-what-is-no-name": ({"pcmk_host_list": "*, node1"}, [True, False, False]),
    "list-empty": ({"pcmk_host_list": ""}, [False, False, False]),
    "map": ({"pcmk_host_map": "node1:1;node2:2,3"}, [True, True, False]),
    "map-with-equals-and-blanks": ({"pcmk_host_map": "node1=a node2=b"}, [True, True, False]),
    "map-with-escaped-blank": ({"pcmk_host_map": "node1:my\\ vm\\;x;node2:b"}, [True, True, False]),
    "map-to-the-name-of-a-node": ({"pcmk_host_map": "a:node1"}, [True, False, False]),
    "map-and-list": ({"pcmk_host_map": "node1:1", "pcmk_host_list": "node3"}, [True, False, True]),
    "static-list": ({"pcmk_host_check": "static-list", "pcmk_host_list": "node2"}, [False, True, False]),
    "static-list-without-list": ({"pcmk_host_check": "static-list"}, [False, False, False]),
    "none": ({"pcmk_host_check": "none"}, [True, True, True]),
    "none-whatever-the-list": ({"pcmk_host_check": "none", "pcmk_host_list": "node2"}, [True, True, True]),
    "dynamic-list": ({"pcmk_host_check": "dynamic-list", "pcmk_host_list": "node2"}, [None, None, None]),
    "status": ({"pcmk_host_check": "status"}, [None, None, None]),
    "nonsense": ({"pcmk_host_check": "yes", "pcmk_host_list": "node2"}, [False, False, False]),
    "nothing": ({}, [None, None, None]),
}


@pytest.mark.parametrize(("parameters", "expected"), TARGETS.values(), ids=TARGETS.keys())
def test_targets(parameters: Dict[str, str], expected: List[Truth]) -> None:
    targets = targets_of(stonith("st", **parameters))
    assert [targets.cover(node) for node in NODES] == expected


@pytest.mark.parametrize(
    ("agent", "parameters", "expected"),
    [
        ("null", {"hostlist": "node1 node2"}, [True, True, False]),
        ("external/ipmi", {"hostname": "node3"}, [False, False, True]),
        ("external/libvirt", {"hostlist": "node1:vm1,node2:vm2"}, [True, True, False]),
        ("external/sbd", {}, [None, None, None]),
        ("fence_xvm", {"hostlist": "node1"}, [None, None, None]),
    ],
)
def test_agents_of_cluster_glue(agent: str, parameters: Dict[str, str], expected: List[Truth]) -> None:
    """They answer ``list`` with a parameter of their own; agents of the other kind know no such parameter."""
    targets = targets_of(stonith("st", agent, **parameters))
    assert [targets.cover(node) for node in NODES] == expected


@pytest.mark.parametrize(
    ("device", "named"),
    [
        (stonith("st_node1"), {"node1"}),
        (stonith("ipmi-NODE2"), {"node2"}),
        (stonith("node1-node3-pdu"), {"node1", "node3"}),
        (stonith("st_node10"), set()),
        (stonith("xnode1"), set()),
        (stonith("ipmi", plug="node3"), {"node3"}),
        (stonith("ipmi", port="node1.example.com"), {"node1"}),
        (stonith("st_node1", pcmk_host_check="dynamic-list"), set()),
    ],
)
def test_named_after(device: ConfiguredPrimitive, named: set[str]) -> None:
    assert named_after(device, NODES) == named


def test_named_after_a_host_with_domain() -> None:
    assert named_after(stonith("st_web-1"), ["web-1.example.com", "1.example.com"]) == {"web-1.example.com"}


def test_one_device_each() -> None:
    devices = [stonith(f"st_{node}", pcmk_host_list=node) for node in NODES]
    assert judged(*devices) == tuple(Coverage(node, True, f"st_{node}") for node in NODES)
    assert judged(*devices[:2])[2] == Coverage("node3", False, "no fence device lists it")


def test_remote_nodes_are_fenced_too() -> None:
    device = stonith("st", pcmk_host_list="node1 node2 node3")
    assert judged(device, remote=["remote1"])[3] == Coverage("remote1", False, "no fence device lists it")


ALL = stonith("st", pcmk_host_list="node1 node2 node3")
OWN = stonith("st", pcmk_host_list="node1")


def test_device_that_only_its_victim_may_run() -> None:
    bans = [ban("st", "node2"), ban("st", "node3")]
    (first, *_) = judged(OWN, locations=bans)
    assert first == Coverage("node1", False, "no other node may run st")
    assert truths(OWN, locations=bans[:1])[0] is True
    assert truths(OWN, locations=[ban("st", "node1")])[0] is True


@pytest.mark.parametrize(
    ("locations", "expected"),
    [
        ([ban("st", "node2", -5), ban("st", "node3")], False),
        ([ban("st", "node2", -5), ban("st", "node2", 10), ban("st", "node3")], True),
        ([ban("st", "node2", INFINITY), ban("st", "node2"), ban("st", "node3")], False),
        ([ban("st", "NODE2"), ban("st", "node3")], False),
        ([Location("l", ("st",), "node2", -INFINITY, promoted_only=True), ban("st", "node3")], True),
        ([Location("l", ("x", "st"), "node2", -INFINITY), ban("st", "node3")], False),
        ([Location("l", ("x",), "node2", -INFINITY), ban("st", "node3")], True),
    ],
)
def test_location_constraints(locations: Sequence[Location], expected: bool) -> None:
    assert truths(OWN, locations=locations)[0] is expected


def test_constraints_of_the_group_around_a_device() -> None:
    bans = [ban("g", "node2"), ban("g", "node3")]
    assert truths(Device(OWN, ("g",)), locations=bans)[0] is False


def test_rules() -> None:
    def ruled(*parts: Expression, score: Optional[int] = -INFINITY) -> Location:
        return Location("l", ("st",), rules=(Rule("r", parts, score=score),))

    others = Expression("#uname", "ne", "node1")
    assert truths(OWN, locations=[ruled(others)])[0] is False
    assert truths(OWN, locations=[ruled(Expression("#uname", "eq", "node1"))])[0] is True
    open_one = ruled(others, Expression("rack", "eq", "b"))
    assert judged(OWN, locations=[open_one])[0] == Coverage("node1", None, "a rule decides where st may run")
    assert truths(OWN, locations=[ruled(others, score=None)])[0] is None


def test_asymmetric_cluster() -> None:
    """Nothing runs where no constraint allows it."""
    assert truths(OWN, symmetric=False)[0] is False
    assert truths(OWN, symmetric=False, locations=[ban("st", "node2", 5)])[0] is True
    assert truths(OWN, symmetric=False, locations=[ban("st", "node1", 5)])[0] is False


def test_disabled_device() -> None:
    assert judged(Device(OWN, disabled=True))[0] == Coverage("node1", False, "st is disabled (target-role)")
    both = judged(Device(OWN, disabled=True), Device(stonith("two", pcmk_host_list="node1"), disabled=True))
    assert both[0].why == "st is disabled (target-role), two is disabled (target-role)"


def test_a_single_node_has_nobody_to_fence_it() -> None:
    assert truths(OWN, nodes=["node1"], locations=[ban("st", "node1")]) == [True]


def test_device_that_finds_out_by_itself() -> None:
    dynamic = stonith("vmware", pcmk_host_check="dynamic-list")
    assert judged(dynamic)[0] == Coverage("node1", None, "vmware finds out at run time whom to fence")
    assert judged(dynamic, stonith("sbd"))[0].why == "vmware, sbd find out at run time whom to fence"
    assert truths(dynamic, OWN) == [True, None, None]


def test_names_tell_where_nothing_else_does() -> None:
    first, second = stonith("st_node1"), stonith("st_node2")
    why = "no fence device lists it, and by name st_node1 is for node1, st_node2 is for node2"
    assert judged(first, second)[2] == Coverage("node3", False, why, by_name=True)
    assert truths(first, second) == [None, None, False]
    assert truths(first, stonith("sbd")) == [None, None, None], "sbd may be for anybody"
    assert truths(stonith("st_node1", pcmk_host_check="status")) == [None, None, None]


def level(number: int, *devices: str, target: str = "node1", **more: Any) -> FencingLevel:
    return FencingLevel(number, devices, target, **more)


def test_topology() -> None:
    one, two = OWN, stonith("two", pcmk_host_list="node1")
    assert judged(one, two, levels=[level(1, "st"), level(2, "two")])[0].why == "level 1: st; level 2: two"
    assert judged(one, levels=[level(1, "gone"), level(2, "st")])[0] == Coverage("node1", True, "level 2: st")
    (first, *_) = judged(one, levels=[level(2, "st", "gone"), level(1)])
    why = "no fencing level works (level 1: no device; level 2: gone does not exist)"
    assert first == Coverage("node1", False, why)
    other = stonith("other", pcmk_host_list="node2")
    (first, *_) = judged(one, other, levels=[level(1, "st", "other")])
    assert first.why == "no fencing level works (level 1: other does not list it)"
    (first, *_) = judged(Device(one, disabled=True), levels=[level(1, "st")])
    assert first.why == "no fencing level works (level 1: st is disabled (target-role))"
    (first, *_) = judged(one, two, levels=[level(1, "st")], locations=[ban("st", "node2"), ban("st", "node3")])
    assert first.why == "no fencing level works (level 1: no other node may run st)"
    assert truths(stonith("sbd"), levels=[level(1, "sbd")])[0] is None
    assert truths(one, two, levels=[level(1, "st", target="node2")])[0] is True, "no level is for node1"


def test_two_elements_of_one_level() -> None:
    assert truths(OWN, levels=[level(1, "st"), level(1, "gone")])[0] is False


def test_topology_by_pattern_and_attribute() -> None:
    pattern = level(1, "gone", target="", pattern="^node[12]$")
    assert truths(ALL, levels=[pattern]) == [False, False, True]
    assert truths(ALL, levels=[pattern, level(1, "st")]) == [True, False, True], "the name goes first"
    assert truths(ALL, levels=[level(1, "gone", target="", pattern="(")]) == [True, True, True]
    rack = level(1, "gone", target="", attribute=("rack", "b"))
    assert truths(ALL, levels=[rack], attributes={"node2": ("rack", "b"), "node3": ("rack", "a")}) == [
        True,
        False,
        True,
    ]


WATCHDOG = (("have-watchdog", "true"), ("stonith-watchdog-timeout", "10s"))


@pytest.mark.parametrize(
    ("properties", "expected"),
    [
        (WATCHDOG, True),
        ((("have-watchdog", "true"), ("stonith-watchdog-timeout", "-1")), True),
        ((("have-watchdog", "true"), ("fencing-watchdog-timeout", "10s")), True),
        ((("have-watchdog", "true"), ("stonith-watchdog-timeout", "0")), False),
        ((("have-watchdog", "true"), ("stonith-watchdog-timeout", "0s")), False),
        ((("have-watchdog", "true"),), False),
        ((("have-watchdog", "false"), ("stonith-watchdog-timeout", "10s")), False),
    ],
)
def test_watchdog(properties: Sequence[Tuple[str, str]], expected: bool) -> None:
    assert truths(properties=properties) == [expected] * 3


def test_watchdog_resource() -> None:
    own = stonith("watchdog", "fence_watchdog", pcmk_host_list="node1 node2")
    assert truths(own, properties=WATCHDOG) == [True, True, False]
    assert truths(own) == [False, False, False], "without a time-out it is none"
    assert truths(stonith("watchdog", "fence_watchdog"), properties=WATCHDOG) == [True, True, True]


def test_unfenceable() -> None:
    covered = [
        Coverage("node1", False, "no fence device lists it", unlisted=True),
        Coverage("node2", None, "st finds out", ("st",)),
        Coverage("node3", False, "no fence device lists it", unlisted=True),
        Coverage("node4", False, "st is disabled (target-role)", ("st",)),
        Coverage("node5", True, "st", ("st",)),
    ]
    advice = "name the node in pcmk_host_list (or pcmk_host_map) of its fence device"
    assert [(one.text, [subject.name for subject in one.subjects], one.advice) for one in unfenceable(covered)] == [
        ("node1, node3 cannot be fenced: no fence device lists it", ["node1", "node3"], advice),
        ("node4 cannot be fenced: st is disabled (target-role)", ["node4", "st"], ""),
    ]


def broken(*devices: Device, levels: Sequence[FencingLevel], locations: Sequence[Location] = ()) -> List[str]:
    cib = Cib(tuple(one.primitive for one in devices), levels=tuple(levels), locations=tuple(locations))
    able = capabilities(Configuration(cib, devices, NODES, NODES, True, 1000.0))
    return [one.text for one in broken_levels(cib, able, NODES)]


def test_levels_without_device() -> None:
    levels = (
        level(1, "st", "watchdog"),
        level(2, "gone"),
        level(3, "a", "b", target="", pattern="^x"),
        level(4, "a", target="", attribute=("rack", "b")),
    )
    assert broken(Device(OWN), levels=levels) == [
        "fencing level 2 of node1 names gone: no such device",
        "fencing level 3 of ^x names a, b: no such device",
        "fencing level 4 of rack=b names a: no such device",
    ]


def test_levels_whose_device_cannot_fence_the_node() -> None:
    other = Device(stonith("other", pcmk_host_list="node2"))
    assert broken(Device(OWN), other, levels=[level(1, "st"), level(2, "st", "other")]) == [
        "fencing level 2 of node1 names other, which cannot fence it: other does not list it"
    ]
    assert broken(Device(OWN), levels=[level(1, "st", target="", pattern="^node[12]$")]) == [
        "fencing level 1 of node2 names st, which cannot fence it: st does not list it"
    ]
    assert broken(Device(OWN), levels=[level(1, "st")], locations=[ban("st", "node2"), ban("st", "node3")]) == [
        "fencing level 1 of node1 names st, which cannot fence it: no other node may run st"
    ]
    assert broken(Device(OWN, disabled=True), levels=[level(1, "st")]) == [], "that is told of the device"
    assert broken(Device(stonith("sbd")), levels=[level(1, "sbd")]) == [], "it finds out by itself"
