"""What attributes tell of a node: connectivity, health, and those that are named."""

from __future__ import annotations

from typing import Any, Dict, Optional

import pytest

from check_ha.checks.nodes.attributes.kinds import in_the_cib
from check_ha.checks.nodes.check import NodeOptions, judge
from check_ha.cli.options.arguments import parser_for, value_of
from check_ha.cli.register import check_named
from check_ha.core.check import Judgement
from check_ha.core.condition import Severity
from check_ha.core.verdict import verdict_of
from check_ha.model.cib import Cib, ConfiguredNode, ConfiguredPrimitive, Expression, Location, Rule
from check_ha.model.cluster import Ban, Cluster, Node
from check_ha.parsers.cib import parse_cib
from check_ha.sources.tools import CIBADMIN, CRM_MON
from tests.checks.build import Found, clone, cluster, evidence, found, measured, node, primitive
from tests.core.said import output
from tests.replay import RECORDINGS

PING = "ocf:pacemaker:ping"
HOSTS = "192.0.2.1  192.0.2.9"
OLD = RECORDINGS / "cluster/healthy-2node.2.0.5/node1@hacluster"


def judged(view: Cluster, cib: Optional[Cib] = None, attribute: str = "", **options: Any) -> Judgement:
    table = NodeOptions.table()["attribute"]
    wanted = tuple(value_of(table, word) for word in attribute.split())
    return judge(evidence({CRM_MON: view, CIBADMIN: cib}), NodeOptions(attribute=wanted, **options))


def pinged(first: Optional[str], second: Optional[str] = "200", expected: int = 200, name: str = "pingd") -> Cluster:
    """Two nodes with the attribute of a ping resource that runs on both."""
    values = {"node1": first, "node2": second}
    return cluster(
        clone("cl_ping", primitive("p_ping", "node1", agent=PING), primitive("p_ping", "node2", agent=PING)),
        attributes={one: {name: value} for one, value in values.items() if value is not None},
        expected_attributes={one: {name: expected} for one, value in values.items() if value is not None},
    )


def configured(*locations: Location, hosts: str = HOSTS, **more: Any) -> Cib:
    parameters = (("host_list", hosts), ("multiplier", "100"), *more.pop("parameters", ()))
    return Cib((ConfiguredPrimitive("p_ping", PING, parameters),), locations=locations, **more)


def asking(name: str = "pingd", score: Optional[int] = -1_000_000, **more: Any) -> Location:
    parts = (Expression(name, "lt", "1", "number"), Expression(name, "not_defined"))
    return Location("l_ping", ("g_web",), rules=(Rule("l_ping-rule", parts, any=True, score=score),), **more)


NO_RULE = ", and no rule asks for it: nothing moves away"
AWAY = ", which keeps g_web away from it (constraint l_ping)"
CONNECTED: Dict[str, Any] = {
    "ok-all-hosts": (pinged("200"), configured(asking()), []),
    "ok-without-cib": (pinged("200"), None, []),
    "ok-crm_mon-counts-a-blank-as-a-host": (pinged("200", expected=300), configured(), []),
    "ok-a-ping-of-older-versions-without-hosts": (pinged(None, None), configured(hosts=""), []),
    "warn-one-of-two": (
        pinged("100"), configured(),
        [("connectivity-degraded", f"node1 reaches 1 of 2 hosts (pingd is 100, not 200){NO_RULE}")],
    ),
    "warn-one-of-two-without-cib": (
        pinged("100"), None,
        [("connectivity-degraded", "node1 does not reach all hosts (pingd is 100, not 200)")],
    ),
    "warn-fewer-and-the-rule-does-not-hold": (
        pinged("100"), configured(asking()),
        [("connectivity-degraded", "node1 reaches 1 of 2 hosts (pingd is 100, not 200)")],
    ),
    "crit-none": (
        pinged("0"), configured(asking()),
        [("connectivity-lost", f"node1 reaches none of 2 hosts (pingd is 0){AWAY}")],
    ),
    "crit-none-of-one": (
        pinged("0", "100", 100), configured(asking(), hosts="192.0.2.1"),
        [("connectivity-lost", f"node1 does not reach 192.0.2.1 (pingd is 0){AWAY}")],
    ),
    "crit-none-without-cib": (pinged("0"), None, [("connectivity-lost", "node1 reaches no host (pingd is 0)")]),
    "crit-set-by-hand": (
        cluster(attributes={"node2": {"pingd": "0"}}), None,
        [("connectivity-lost", "node2 reaches no host (pingd is 0)")],
    ),
    "crit-pacemaker-lists-the-ban": (
        pinged("0")._replace(bans=(Ban("l_ping-rule", "g_web", "node1", -1_000_000),)),
        configured(Location("l_ping", ("g_web",), rules=(Rule("l_ping-rule", (Expression("pingd", "lte", "x"),)),))),
        [("connectivity-lost", f"node1 reaches none of 2 hosts (pingd is 0){AWAY}")],
    ),
    "crit-kept-from-being-promoted": (
        pinged("0"), configured(asking(promoted_only=True)),
        [("connectivity-lost", "node1 reaches none of 2 hosts (pingd is 0), which keeps g_web from being promoted "
                               "there (constraint l_ping)")],
    ),
    "crit-the-attribute-gives-the-score": (
        pinged("0"), configured(asking(score=None)),
        [("connectivity-lost", "node1 reaches none of 2 hosts (pingd is 0)")],
    ),
    "crit-constraints-hidden": (
        pinged("0"), configured(hidden=("constraints",)),
        [("connectivity-lost", "node1 reaches none of 2 hosts (pingd is 0)")],
    ),
    "crit-of-another-name": (
        pinged("0", name="gw"), configured(asking("gw"), parameters=(("name", "gw"),)),
        [("connectivity-lost", f"node1 reaches none of 2 hosts (gw is 0){AWAY}")],
    ),
    "unknown-not-set": (
        pinged(None), configured(asking()),
        [("connectivity-unknown", f"node1: p_ping runs there, and its attribute pingd is not set{AWAY}")],
    ),
    "unknown-no-number": (
        pinged("many"), configured(),
        [("connectivity-unknown", f"node1: pingd is many, which is no number{NO_RULE}")],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("view", "cib", "expected"), CONNECTED.values(), ids=CONNECTED)
def test_connectivity(view: Cluster, cib: Optional[Cib], expected: Found) -> None:
    assert found(judged(view, cib)) == expected


def test_the_multiplier_is_that_of_crm_mon() -> None:
    cib = Cib((ConfiguredPrimitive("p_ping", PING, (("host_list", "192.0.2.1 192.0.2.9"),)),))
    text = "node1 reaches 1 of 2 hosts (pingd is 100, not 200)"
    assert found(judged(pinged("100"), cib)) == [("connectivity-degraded", text + NO_RULE)]


def test_a_node_in_standby_has_no_ping_and_no_attribute() -> None:
    view = pinged(None)._replace(nodes=(node("node1", is_dc=True, standby=True), node("node2")))
    assert found(judged(view, configured())) == [("standby", "node1 is in standby")]


def test_only_names_and_addresses_are_typed() -> None:
    (finding,) = judged(pinged("0", "300", 300), configured(hosts="192.0.2.1 $(reboot) 2001:db8::1")).findings
    assert finding.commands == ("ping -c 1 192.0.2.1 && ping -c 1 2001:db8::1",)


def ill(strategy: str = "", *pairs: str, permanent: str = "", **more: Any) -> Cib:
    """What the CIB has of node2."""
    transient = {"node2": tuple((name, value) for name, value in (one.split("=") for one in pairs))}
    own = tuple((name, value) for name, value in (one.split("=") for one in permanent.split()))
    options = tuple(("node-health-" + one.split("=")[0], one.split("=")[1]) for one in strategy.split())
    return Cib((), properties=options, nodes=(ConfiguredNode("2", "node2", own),), transient=transient, **more)


def two(health: Optional[str]) -> Cluster:
    return cluster(nodes=(node("node1", is_dc=True), node("node2", health=health)))


RED = "node2: its health is red"
HEALTH: Dict[str, Any] = {
    "ok-green": (two("green"), ill("strategy=only-green", "#health-cpu=green"), []),
    "ok-not-known-before-2.1.3-without-cib": (two(None), None, []),
    "ok-hidden": (two(None), ill("strategy=only-green", "#health-cpu=red", hidden=("status",)), []),
    "crit-named": (
        two("red"), ill("strategy=migrate-on-red", "#health-cpu=red", "#health-smart=yellow"),
        [("health-red", f"{RED} (#health-cpu): nothing may run there (node-health-strategy=migrate-on-red)")],
    ),
    "crit-before-2.1.3": (
        two(None), ill("strategy=Only-Green", "#health-cpu=green", permanent="#health-fan=RED"),
        [("health-red", f"{RED} (#health-fan): nothing may run there (node-health-strategy=only-green)")],
    ),
    "warn-before-2.1.3-yellow": (
        two(None), ill("strategy=migrate-on-red", "#health-cpu=yellow"),
        [("health-yellow", "node2: its health is yellow (#health-cpu)")],
    ),
    "warn-it-counts": (
        two("yellow"), ill("strategy=progressive", "#health-cpu=yellow"),
        [("health-yellow", "node2: its health is yellow (#health-cpu): it counts against the node "
                           "(node-health-strategy=progressive)")],
    ),
    "crit-scores": (
        two(None), ill("strategy=custom red=-100 yellow=-10", "#health-a=-100", "#health-b=-99"),
        [("health-red", f"{RED} (#health-a): it counts against the node (node-health-strategy=custom)")],
    ),
    "crit-infinity": (
        two(None), ill("strategy=migrate-on-red", "#health-a=-INFINITY"),
        [("health-red", f"{RED} (#health-a): nothing may run there (node-health-strategy=migrate-on-red)")],
    ),
    "warn-nothing-is-done": (
        two("green"), ill("", "#health-cpu=red", "#health-disk=yellow"),
        [("health-ignored", "node2: #health-cpu is red, #health-disk is yellow, and node-health-strategy is none: its "
                            "resources stay there")],
    ),
    "warn-nothing-is-done-by-a-strategy-that-is-none": (
        two(None), ill("strategy=move", "#health-cpu=red"),
        [("health-ignored", "node2: #health-cpu is red, and node-health-strategy is none: its resources stay there")],
    ),
    "crit-the-cib-does-not-agree": (two("red"), ill("strategy=only-green"), [("health-red", RED)]),
}  # fmt: skip


@pytest.mark.parametrize(("view", "cib", "expected"), HEALTH.values(), ids=HEALTH)
def test_health(view: Cluster, cib: Optional[Cib], expected: Found) -> None:
    assert found(judged(view, cib)) == expected


def test_health_is_in_the_summary_and_the_advice_fits_where_it_is_set() -> None:
    cib = ill("strategy=only-green", "#health-cpu=red", permanent="#health-fan=red")
    judgement = judged(two(None), cib)
    assert judgement.summary == "2 nodes online: node1 (DC), node2 (health red)"
    assert judgement.findings[0].commands == (
        "crm_attribute --node node2 --name '#health-fan' --delete && "
        "crm_attribute --node node2 --name '#health-cpu' --lifetime reboot --delete",
    )


def test_health_of_2_0_5_by_what_its_tools_printed() -> None:
    """That version prints no health; the attribute is put where attrd puts it."""
    said = (OLD / "cibadmin.xml").read_bytes()
    pair = b'<nvpair id="status-2-.health-disk" name="#health-disk" value="red"/>'
    said = said.replace(b'<instance_attributes id="status-2">', b'<instance_attributes id="status-2">' + pair)
    option = b'<nvpair id="h" name="node-health-strategy" value="only-green"/></cluster_property_set>'
    cib = parse_cib(said.replace(b"</cluster_property_set>", option, 1))
    assert ("#health-disk", "red") in cib.transient["node2"]
    assert in_the_cib(output(CRM_MON, stdout=(OLD / "crm_mon.xml").read_text()))
    (finding,) = judged(two(None), cib).findings
    assert finding.text == f"{RED} (#health-disk): nothing may run there (node-health-strategy=only-green)"


ASKED: Dict[str, Any] = {
    "health": ("pacemaker-2.1.5/node3-health-red", True),
    "ping": ("pacemaker-2.1.5/healthy", True),
    "nothing": ("cluster/healthy-2node.3.0.3/node1@hacluster", False),
    "before-2.1.3": ("cluster/healthy-2node.2.0.5/node1@hacluster", True),
}


@pytest.mark.parametrize(("recording", "asks"), ASKED.values(), ids=ASKED)
def test_the_cib_is_asked_only_where_it_has_more_to_tell(recording: str, asks: bool) -> None:
    assert in_the_cib(output(CRM_MON, stdout=(RECORDINGS / recording / "crm_mon.xml").read_text())) is asks


def with_values(*values: Optional[str], **more: Any) -> Cluster:
    names = [f"node{number}" for number in range(1, len(values) + 1)]
    nodes = tuple(node(name, is_dc=name == "node1") for name in names)
    attributes = {name: {"load": value} for name, value in zip(names, values) if value is not None}
    return cluster(nodes=more.pop("nodes", nodes), attributes=attributes, **more)


def remote(name: str) -> Node:
    return node(name, id=name, type="remote")


NAMED: Dict[str, Any] = {
    "ok-in-range": (with_values("5", "7"), "load=5:10", []),
    "ok-infinity": (with_values("INFINITY"), "load=1000000:", []),
    "ok-text": (with_values("A", "B"), "load~[AB]", []),
    "warn-out-of-range": (
        with_values("5", "11"), "load=5:10",
        [("attribute", "node2: load is 11 (outside range 5:10)")],
    ),
    "warn-no-number": (with_values("x"), "load=5:", [("attribute", "node1: load is x, which is no number")]),
    "warn-empty": (with_values(""), "load=5:", [("attribute", "node1: load is empty, which is no number")]),
    "warn-text": (with_values("C"), "load~A|B", [("attribute", "node1: load is C, which does not match A|B")]),
    "warn-a-part-is-no-match": (
        with_values("AB"), "load~A",
        [("attribute", "node1: load is AB, which does not match A")],
    ),
    "crit-outside-of-the-second": (
        with_values("5", "0"), "load=6:,1:",
        [("attribute", "node1: load is 5 (outside range 6:)"), ("attribute", "node2: load is 0 (outside range 1:)")],
    ),
    "unknown-not-set-on-one": (
        with_values("5", None), "load=5:",
        [("attribute-missing", "node2: the attribute load is not set, as on node1")],
    ),
    "unknown-not-set-anywhere": (
        with_values(None), "load=5:",
        [("attribute-missing", "no node has the attribute load")],
    ),
    "unknown-masked": (
        with_values("********"), "load=5:",
        [("attribute-missing", "node1: the value of load is hidden: with --sudo, --node and --from only numbers are "
                               "shown")],
    ),
    "ok-not-set-where-nothing-runs": (
        with_values("5", None, nodes=(node("node1", is_dc=True), node("node2", maintenance=True))), "load=5:",
        [("maintenance", "node2 is in maintenance: it runs nothing")],
    ),
    "warn-remote-nodes-only-where-they-have-it": (
        with_values("5", "1", None, nodes=(node("node1", is_dc=True), remote("node2"), remote("node3"))), "load=5:",
        [("attribute", "node2: load is 1 (outside range 5:)")],
    ),
    "warn-two-of-them": (
        with_values("5"), "load=6: load=@5",
        [("attribute", "node1: load is 5 (outside range 6:)"), ("attribute", "node1: load is 5 (outside range @0:5)")],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("view", "attribute", "expected"), NAMED.values(), ids=NAMED)
def test_named(view: Cluster, attribute: str, expected: Found) -> None:
    assert found(judged(view, attribute=attribute)) == expected


def test_the_second_range_is_critical_unless_the_user_says_otherwise() -> None:
    check, judgement = check_named("nodes"), judged(with_values("0"), attribute="load=6:,1:")
    assert verdict_of(check, judgement, {}).state == Severity.CRITICAL
    assert verdict_of(check, judgement, {"attribute": Severity.OK}).state == Severity.OK


def test_named_attributes_are_measured_on_all_nodes() -> None:
    judgement = judged(with_values("5", "1.5", "x"), attribute="load=0:,@9 load~.*")
    own = {name: value for name, value in measured(judgement).items() if "attribute" in name}
    assert own == {"load@node1#node.attribute.value": 5, "load@node2#node.attribute.value": 1.5}
    values = [one for one in judgement.measures if one.metric.name == "node.attribute.value"]
    assert {(one.warning, one.critical, one.minimum) for one in values} == {("0:", "@9", None)}


@pytest.mark.parametrize(
    ("word", "error"),
    [
        ("load", "not of the form NAME=RANGE, NAME=WARNING,CRITICAL or NAME~REGEX"),
        ("load=A", "not a range such as 5, 5:, ~:5, 2:5 or @2:5; for a text it is NAME~REGEX"),
        ("load=1,2,3", "not a range such as 5, 5:, ~:5, 2:5 or @2:5; for a text it is NAME~REGEX"),
        ("load~(", "not a regular expression: missing ), unterminated subpattern at position 0"),
        ("#health-cpu~green", "crm_mon does not show this attribute; what it is for is judged without it"),
        ("fail-count-x=0", "crm_mon does not show this attribute; what it is for is judged without it"),
    ],
)
def test_what_is_no_attribute_is_refused(word: str, error: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as exit:
        parser_for(check_named("nodes")).parse_args(["--attribute", word])
    assert exit.value.code == 3
    assert f"argument --attribute: {word!r}: {error}" in capsys.readouterr().out


def after(before: Any, view: Cluster, attribute: str = "", now: float = 1000.0) -> Judgement:
    """What the next run says, to which the last one left this."""
    wanted = tuple(value_of(NodeOptions.table()["attribute"], word) for word in attribute.split())
    found = evidence({CRM_MON: view, CIBADMIN: configured()}, previous=before)._replace(now=now)
    return judge(found, NodeOptions(attribute=wanted))


def test_what_a_ping_was_before_is_remembered() -> None:
    first = after({}, pinged("200"), now=400.0)
    assert first.remember == {
        "pending": {}, "attributes": {"pingd@node1": ["200", 400.0, None], "pingd@node2": ["200", 400.0, None]},
    }  # fmt: skip
    second = after(first.remember, pinged("100"), now=640.0)
    assert second.remember is not None
    assert second.remember["attributes"]["pingd@node1"] == ["100", 640.0, "200"]
    third = after(second.remember, pinged("100"))
    text = "node1 reaches 1 of 2 hosts (pingd is 100, not 200, was 200 until 6m ago)"
    assert found(third) == [("connectivity-degraded", text + NO_RULE)]
    gone = after(second.remember, pinged(None))
    text = "node1: p_ping runs there, and its attribute pingd is not set, was 100 until 0s ago"
    assert found(gone) == [("connectivity-unknown", text + NO_RULE)]


def test_what_a_named_attribute_was_before_is_remembered() -> None:
    first = after({}, with_values("5", None), "load=0:", now=940.0)
    second = after(first.remember, with_values("7", "1"), "load=0:5 load~5|1")
    assert found(second) == [
        ("attribute", "node1: load is 7 (outside range 0:5), was 5 until 0s ago"),
        ("attribute", "node1: load is 7, which does not match 5|1, was 5 until 0s ago"),
    ]
    assert second.remember is not None
    assert second.remember["attributes"]["load@node2"] == ["1", 1000.0, ""]
    third = after(second.remember, with_values("7", "9"), "load=0:8", now=1100.0)
    assert found(third) == [("attribute", "node2: load is 9 (outside range 0:8), was 1 until 0s ago")]


@pytest.mark.parametrize("held", [None, [], {"load@node1": ["5", 1.0]}, {"load@node1": [5, 1.0, None]},
                                  {"load@node1": ["5", 2000.0, None]}, {"load@node1": ["5", "1", 1]}])  # fmt: skip
def test_what_is_no_memory_is_taken_for_none(held: Any) -> None:
    judgement = after({"attributes": held}, with_values("7"), "load=0:5")
    assert found(judgement) == [("attribute", "node1: load is 7 (outside range 0:5)")]
    assert judgement.remember is not None
    assert judgement.remember["attributes"] == {"load@node1": ["7", 1000.0, None]}
