"""Constraints that moving and banning leave behind."""

from __future__ import annotations

from pathlib import Path
from typing import Optional

import pytest

from check_ha.cluster.cli_constraints import CliConstraint, clear_commands, cli_constraints, nodes_left
from check_ha.model.cib import Cib, DateExpression, Expression, Location, Moment, Rule
from check_ha.model.cluster import INFINITY, Ban, Cluster, ClusterOptions
from check_ha.parsers.cib import parse_cib
from tests.checks.build import cluster, node

DATA = Path(__file__).parent.parent / "parsers" / "data" / "pacemaker"
NOW = 1000.0


def of(*locations: Location) -> Cib:
    return Cib((), locations=locations)


def limited(name: str, resource: str, end: float) -> Location:
    """As crm_resource --lifetime writes it."""
    parts = (Expression("#uname", "eq", "node1"), DateExpression("lt", end=Moment("then", end, end)))
    return Location(name, (resource,), rules=(Rule(f"{name}-rule", parts, score=-INFINITY),))


def banned(name: str, resource: str = "p", node: str = "node1", weight: int = -INFINITY) -> Ban:
    return Ban(name, resource, node, weight)


def test_recorded() -> None:
    """A CIB to which crm_resource 2.1.5 has written, an hour before the first lifetime ends."""
    cib = parse_cib((DATA / "moves-and-topology-2.1.5.cib.xml").read_bytes())
    ban, limited_ban, preference = cli_constraints(None, cib, 1795476038.0)
    assert ban == CliConstraint("cli-ban-p_single-on-node1", "p_single", ("node1",), ban=True)
    end = Moment("2026-11-24 01:20:38 +01:00", 1795479638.0, 1795479638.0)
    assert limited_ban == CliConstraint(
        "cli-ban-p_single-on-node2", "p_single", ("node2",), ban=True, in_effect=None, limited=True, end=end
    )
    assert (preference.id, preference.nodes, preference.ban) == ("cli-prefer-g_web", ("node2",), False)
    assert [one.in_effect for one in cli_constraints(None, cib, 1795479638.0)] == [True, False, None]


def test_others_are_none() -> None:
    assert cli_constraints(None, of(Location("location-p", ("p",), "node1", -INFINITY)), NOW) == ()
    assert cli_constraints(cluster(bans=(banned("location-p"),)), None, NOW) == ()


def test_of_the_first_versions() -> None:
    (one,) = cli_constraints(None, of(Location("cli-standby-p", ("p",), "node1", -INFINITY)), NOW)
    assert (one.ban, one.clearable) == (True, False)
    assert clear_commands(one) == ("cibadmin --delete --xml-text '<rsc_location id=\"cli-standby-p\"/>'",)


def test_only_crm_mon() -> None:
    """The CIB was not read: bans are known, and a lifetime by the name of its rule."""
    bans = (banned("cli-ban-p-on-node1"), banned("cli-ban-q-on-node1-rule", "q"))
    assert cli_constraints(cluster(bans=bans), None, NOW) == (
        CliConstraint("cli-ban-p-on-node1", "p", ("node1",), ban=True),
        CliConstraint("cli-ban-q-on-node1", "q", ("node1",), ban=True, limited=True),
    )


def test_both_tell_of_one() -> None:
    bans = (banned("cli-ban-p-on-node1"), banned("cli-ban-q-on-node1-rule", "q"), banned("cli-ban-r-on-node1", "r"))
    cib = of(Location("cli-ban-p-on-node1", ("p",), "node1", -INFINITY), limited("cli-ban-q-on-node1", "q", 2000.0))
    found = cli_constraints(cluster(bans=bans), cib, NOW)
    assert [(one.id, one.in_effect) for one in found] == [
        ("cli-ban-p-on-node1", True),
        ("cli-ban-q-on-node1", True),
        ("cli-ban-r-on-node1", True),
    ]


@pytest.mark.parametrize(("shown", "in_effect"), [(True, True), (False, False)])
def test_crm_mon_knows_better_whether_a_lifetime_is_over(shown: bool, in_effect: bool) -> None:
    bans = (banned("cli-ban-q-on-node1-rule", "q"),) if shown else ()
    (one,) = cli_constraints(cluster(bans=bans), of(limited("cli-ban-q-on-node1", "q", 900.0)), NOW)
    assert one.in_effect is in_effect


@pytest.mark.parametrize(
    ("name", "view", "clearable"),
    [
        ("cli-ban-p-on-node1", cluster(), True),
        ("cli-ban-p-on-node1", None, True),
        ("cli-prefer-p", cluster(), True),
        ("cli-ban-p-on-node1", cluster(nodes=(node("node2"),)), False),
        ("cli-ban-old-on-node1", cluster(), False),
        ("cli-prefer-p-1", cluster(), False),
    ],
)
def test_clearable(name: str, view: Optional[Cluster], clearable: bool) -> None:
    """``--clear`` goes through the nodes of the cluster, and deletes the ids it would give to its own constraints."""
    (one,) = cli_constraints(view, of(Location(name, ("p",), "node1", -INFINITY)), NOW)
    assert one.clearable is clearable
    assert clear_commands(one)[0].startswith("crm_resource --clear --resource p" if clearable else "cibadmin --delete")


def test_of_a_pattern() -> None:
    (one,) = cli_constraints(None, of(Location("cli-ban-x", (), "node1", -INFINITY, pattern="^p")), NOW)
    assert (one.resource, one.clearable) == ("^p", False)


def test_nodes_left() -> None:
    symmetric = ClusterOptions(symmetric=True)
    nodes = (node("node1"), node("node2"), node("guest", type="remote", id_as_resource="vm"))
    bans = (
        banned("cli-ban-p-on-node1"),
        banned("weak", node="node2", weight=-5),
        banned("other", "q", "node2"),
        banned("role", node="node2")._replace(promoted_only=True),
    )
    assert nodes_left("p", cluster(nodes=nodes, bans=bans, options=symmetric)) == ("node2",)
    assert nodes_left("p", cluster(nodes=nodes, bans=bans, options=ClusterOptions(symmetric=False))) is None
    assert nodes_left("p", cluster(nodes=nodes, bans=bans)) is None, "not printed by this version"
