"""Location constraints, rules and fencing levels of a CIB."""

from __future__ import annotations

from pathlib import Path
from typing import Dict

import pytest

from check_ha.model.cib import Cib, ConfiguredNode, DateExpression, Expression, FencingLevel, Location, Moment, Rule
from check_ha.model.cluster import INFINITY
from check_ha.parsers.cib import parse_cib
from check_ha.parsers.cib_rules import parse_score

DATA = Path(__file__).parent / "data" / "pacemaker"


def parse(configuration: str) -> Cib:
    return parse_cib(f"<cib><configuration>{configuration}</configuration></cib>".encode())


def location(text: str) -> Location:
    (found,) = parse(f"<constraints>{text}</constraints>").locations
    return found


def test_recorded() -> None:
    """A CIB to which crm_resource and cibadmin 2.1.5 have written; the lifetimes under two time zones."""
    cib = parse_cib((DATA / "moves-and-topology-2.1.5.cib.xml").read_bytes())
    berlin, new_york = 1795479638.0, 1795562438.0
    assert cib.locations == (
        Location("l_web_node1", ("g_web",), "node1", 10),
        Location("cli-ban-p_single-on-node1", ("p_single",), "node1", -INFINITY),
        Location(
            "cli-ban-p_single-on-node2",
            ("p_single",),
            rules=(
                Rule(
                    "cli-ban-p_single-on-node2-rule",
                    (
                        Expression("#uname", "eq", "node2"),
                        DateExpression("lt", end=Moment("2026-11-24 01:20:38 +01:00", berlin, berlin)),
                    ),
                    score=-INFINITY,
                ),
            ),
        ),
        Location(
            "cli-prefer-g_web",
            ("g_web",),
            rules=(
                Rule(
                    "cli-prefer-rule-g_web",
                    (
                        Expression("#uname", "eq", "node2"),
                        DateExpression("lt", end=Moment("2026-11-24 18:20:38 -05:00", new_york, new_york)),
                    ),
                    score=INFINITY,
                ),
            ),
        ),
        Location("l_st", ("st_node1", "st_node2", "st_node3"), "node3", -5, pattern="^st_(node\\d)$"),
        Location("l_set", ("st_node1", "st_node3"), "node2", -INFINITY),
        Location(
            "l_rule",
            ("cl_ping",),
            rules=(
                Rule(
                    "l_rule-r",
                    (
                        Expression("pingd", "not_defined"),
                        Rule(
                            "l_rule-rr",
                            (
                                DateExpression(
                                    "in_range", start=Moment("2026-11-01", 1793491200.0, 1793491200.0), open=True
                                ),
                                DateExpression("date_spec"),
                            ),
                            score=0,
                        ),
                    ),
                    any=True,
                ),
            ),
        ),
    )
    assert cib.levels == (
        FencingLevel(1, ("st_node1", "st_node3"), target="node1"),
        FencingLevel(2, ("st_node2",), pattern="node[23]"),
        FencingLevel(1, ("st_node2",), attribute=("rack", "b")),
    )
    assert [(node.id, node.name, node.attributes) for node in cib.nodes] == [
        ("1", "node1", ()),
        ("2", "node2", (("rack", "b"),)),
        ("3", "node3", ()),
    ]
    assert cib.option("stonith-watchdog-timeout") == "10s"
    assert cib.option("fencing-enabled", "stonith-enabled") == "true"
    assert cib.option("no-quorum-policy") is None


SCORES: Dict[str, int] = {
    "INFINITY": INFINITY,
    "+INFINITY": INFINITY,
    "-infinity": -INFINITY,
    "-7": -7,
    "12345678": INFINITY,
    "2000000": INFINITY,
    "": 0,
    "high": 0,
}


@pytest.mark.parametrize(("text", "score"), SCORES.items())
def test_score(text: str, score: int) -> None:
    assert parse_score(text) == score


def test_rule_that_refers_to_another() -> None:
    """Pacemaker Explained, "Reusing Rules": the rule may stand in any constraint."""
    (one, two, three) = parse(
        '<constraints><rsc_location id="a" rsc="x"><rule id="r" score="5"><expression id="e" attribute="#uname" '
        'operation="eq" value="node1"/></rule></rsc_location><rsc_location id="b" rsc="y"><rule id-ref="r"/>'
        '</rsc_location><rsc_location id="c" rsc="z"><rule id-ref="gone"/></rsc_location></constraints>'
    ).locations
    assert two.rules == one.rules == (Rule("r", (Expression("#uname", "eq", "node1"),), score=5),)
    assert three.rules == ()


def test_reference_inside_a_rule_is_not_followed() -> None:
    """It might lead back to where it stands."""
    found = location('<rsc_location id="a" rsc="x"><rule id="r" score="1"><rule id-ref="r"/></rule></rsc_location>')
    assert found.rules == (Rule("r", (Expression("", ""),), score=1),)


def test_date_that_is_not_understood() -> None:
    found = location(
        '<rsc_location id="a" rsc="x"><rule id="r"><date_expression id="d" operation="lt" end="soon"/></rule>'
        "</rsc_location>"
    )
    assert found.rules[0].parts == (DateExpression("lt", end=Moment("soon")),)


@pytest.mark.parametrize("role", ["Promoted", "Master"])
@pytest.mark.parametrize("place", ['role="%s" node="n" score="1"/>', '><rule id="r" role="%s"/></rsc_location>'])
def test_promoted_only(role: str, place: str) -> None:
    assert location('<rsc_location id="a" rsc="x" ' + place % role).promoted_only


def test_exclusive() -> None:
    text = '<rsc_location id="a" rsc="x" node="node1" score="0"'
    assert location(f'{text} resource-discovery="exclusive"/>').exclusive
    assert not location(f'{text} resource-discovery="always"/>').exclusive


def test_a_value_that_a_parameter_gives_is_not_known() -> None:
    text = '<expression id="e" attribute="a" operation="eq" value="p" value-source="param"/>'
    (rule,) = location(f'<rsc_location id="a" rsc="x"><rule id="r" score="0">{text}</rule></rsc_location>').rules
    assert rule.parts == (Expression("", ""),)


@pytest.mark.parametrize("place", ["", '<rsc_location rsc="x" node="n" score="1"/>'])
def test_nothing(place: str) -> None:
    """A constraint without id: ACLs hide what it says."""
    assert parse(f"<constraints>{place}</constraints>").locations == ()


@pytest.mark.parametrize(
    "level",
    [
        'index="0" target="node1" devices="a"',
        'index="10" target="node1" devices="a"',
        'index="1.5" target="node1" devices="a"',
        'index="1" devices="a"',
        'target="node1" devices="a"',
    ],
)
def test_level_that_pacemaker_ignores(level: str) -> None:
    assert parse(f'<fencing-topology><fencing-level id="l" {level}/></fencing-topology>').levels == ()


def test_what_acls_hide_is_left_out() -> None:
    assert parse('<nodes><node id="1"/><node uname="n"/></nodes>').nodes == (ConfiguredNode("", "n"),)
    references = '<resource_set id="s"><resource_ref/><resource_ref id="b"/></resource_set>'
    assert location(f'<rsc_location id="a">{references}</rsc_location>') == Location("a", ("b",))
    (primitive,) = parse('<resources><primitive id="a"><operations id-ref="gone"/></primitive></resources>').primitives
    assert not primitive.monitored


def test_devices_of_a_level() -> None:
    topology = '<fencing-level id="l" index="9" target="node1" devices=" a, b,,"/><fencing-level index="1" target="n"/>'
    assert parse(f"<fencing-topology>{topology}</fencing-topology>").levels == (
        FencingLevel(9, ("a", "b"), target="node1"),
        FencingLevel(1, (), target="n"),
    )


def test_the_set_of_the_cluster_itself_is_asked_first() -> None:
    """Whatever the scores: unpack_nvpair_set() is called with cib-bootstrap-options as always_first."""

    def options(identity: str, value: str, score: int) -> str:
        pair = f'<nvpair id="{identity}-o" name="stonith-enabled" value="{value}"/>'
        return f'<cluster_property_set id="{identity}" score="{score}">{pair}</cluster_property_set>'

    both = options("other", "false", 9) + options("cib-bootstrap-options", "true", 1)
    assert parse(f"<crm_config>{both}</crm_config>").option("stonith-enabled") == "true"
