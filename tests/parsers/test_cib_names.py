"""Tags, templates and patterns in constraints stand for resources, as crm_simulate 2.1.5 takes them."""

from __future__ import annotations

from typing import Tuple

import pytest

from check_ha.model.cib import Cib, Dependency
from check_ha.parsers.cib import parse_cib

RESOURCES = """
    <template id="like_b"/> <primitive id="a"/>
    <group id="g"> <primitive id="b1" template="like_b"/> <primitive id="x"/> </group>
    <primitive id="b2" template="like_b"/>
"""


def parse(constraints: str) -> Cib:
    tags = '<tags><tag id="b"><obj_ref id="b1"/><obj_ref id="b2"/></tag></tags>'
    return parse_cib(
        f"<cib><configuration><resources>{RESOURCES}</resources><constraints>{constraints}</constraints>{tags}"
        "</configuration></cib>".encode()
    )


@pytest.mark.parametrize(
    ("named", "expected"),
    [
        ('rsc="a"', ("a",)),
        ('rsc="b"', ("b1", "b2")),
        ('rsc="like_b"', ("b1", "b2")),
        ('rsc-pattern="^[ab]"', ("a", "b2")),  # not what is in a group
        ('rsc-pattern="!^[ab]"', ("g",)),
        ('rsc-pattern="("', ()),
        ('rsc="gone"', ("gone",)),
    ],
)
def test_locations(named: str, expected: Tuple[str, ...]) -> None:
    (found,) = parse(f'<rsc_location id="l" {named} node="node1" score="0"/>').locations
    assert found.resources == expected


def test_members_of_sets() -> None:
    members = '<resource_set id="s"><resource_ref id="a"/><resource_ref id="b"/></resource_set>'
    cib = parse(
        f'<rsc_location id="l" node="node1">{members}</rsc_location>'
        f'<rsc_ticket id="t" ticket="T">{members}</rsc_ticket>'
    )
    assert cib.locations[0].resources == cib.tickets[0].resources == ("a", "b1", "b2")


def test_each_needs_each() -> None:
    cib = parse(
        '<rsc_order id="o" first="a" then="b"/><rsc_colocation id="k" rsc="a" with-rsc="like_b" score="INFINITY"/>'
    )
    assert cib.dependencies == (
        Dependency("o", "b1", "a"),
        Dependency("o", "b2", "a"),
        Dependency("k", "a", "b1"),
        Dependency("k", "a", "b2"),
    )
