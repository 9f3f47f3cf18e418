"""What may run only with or after another resource, as Pacemaker's scheduler (2.1.5) takes it."""

from __future__ import annotations

from typing import Dict, Set

import pytest

from check_ha.model.cib import Dependency, Separation
from check_ha.parsers.cib import parse_cib


def parse(constraints: str) -> tuple[Dependency, ...]:
    return parse_cib(
        f"<cib><configuration><constraints>{constraints}</constraints></configuration></cib>".encode()
    ).dependencies


def members(names: str, **more: str) -> str:
    attributes = "".join(f' {name.replace("_", "-")}="{value}"' for name, value in more.items())
    inside = "".join(f'<resource_ref id="{name}"/>' for name in names)
    return f'<resource_set id="set-{names}"{attributes}>{inside}</resource_set>'


def order(*sets: str, **more: str) -> str:
    attributes = "".join(f' {name.replace("_", "-")}="{value}"' for name, value in more.items())
    return f'<rsc_order id="o"{attributes}>{"".join(sets)}</rsc_order>'


def colocation(*sets: str, **more: str) -> str:
    given = {"score": "INFINITY", **more}
    attributes = "".join(f' {name.replace("_", "-")}="{value}"' for name, value in given.items())
    return f'<rsc_colocation id="k"{attributes}>{"".join(sets)}</rsc_colocation>'


SIMPLE: Dict[str, tuple[str, tuple[Dependency, ...]]] = {
    "order": (order(first="a", then="b", kind="Mandatory"), (Dependency("o", "b", "a"),)),
    "order-of-old": (order(first="a", then="b", score="INFINITY"), (Dependency("o", "b", "a"),)),
    "order-optional": (order(first="a", then="b", kind="Optional"), ()),
    "order-serialize": (order(first="a", then="b", kind="Serialize"), ()),
    "order-optional-of-old": (order(first="a", then="b", score="0"), ()),
    "start-after-promotion": (
        order(first="a", first_action="promote", then="b", then_action="start"),
        (Dependency("o", "b", "a", promoted=True),),
    ),
    "promote-after-start": (
        order(first="a", then="b", then_action="promote"), (Dependency("o", "b", "a", promotion=True),),
    ),
    "promote-after-promotion": (
        order(first="a", first_action="promote", then="b"), (Dependency("o", "b", "a", promotion=True, promoted=True),),
    ),
    "start-after-stop": (order(first="a", first_action="stop", then="b", then_action="start"), ()),
    "colocation": (colocation(rsc="a", with_rsc="b"), (Dependency("k", "a", "b"),)),
    "colocation-if-possible": (colocation(rsc="a", with_rsc="b", score="100"), ()),
    "colocation-apart": (colocation(rsc="a", with_rsc="b", score="-INFINITY"), ()),
    "colocation-with-the-promoted": (
        colocation(rsc="a", with_rsc="b", with_rsc_role="Promoted"), (Dependency("k", "a", "b", promoted=True),),
    ),
    "colocation-with-the-master": (
        colocation(rsc="a", rsc_role="Master", with_rsc="b"), (Dependency("k", "a", "b", promotion=True),),
    ),
    "hidden-by-acls": (order(first="a") + colocation(rsc="a"), ()),
}  # fmt: skip


@pytest.mark.parametrize(("constraints", "expected"), SIMPLE.values(), ids=SIMPLE)
def test_two_resources(constraints: str, expected: tuple[Dependency, ...]) -> None:
    assert parse(constraints) == expected


SETS: Dict[str, tuple[str, Dict[str, str]]] = {
    "order-one": (order(members("abc")), {"a": "", "b": "a", "c": "ab"}),
    "order-two": (order(members("ab"), members("cd")), {"a": "", "b": "a", "c": "ab", "d": "abc"}),
    "order-at-once": (
        order(members("ab", sequential="false"), members("cd", sequential="false")),
        {"a": "", "b": "", "c": "ab", "d": "ab"},
    ),
    "order-any-of-the-first": (
        order(members("ab", sequential="false", require_all="false"), members("cd")), {"c": "a", "d": "ac"},
    ),
    "order-after-a-stop": (order(members("ab", action="stop"), members("cd")), {"a": "", "b": "", "c": "", "d": "c"}),
    "colocation-one": (colocation(members("abc")), {"a": "", "b": "a", "c": "ab"}),
    "colocation-two": (colocation(members("ab"), members("cd")), {"a": "cd", "b": "acd", "c": "", "d": "c"}),
    "colocation-at-once": (
        colocation(members("ab", sequential="false"), members("cd", sequential="false")),
        {"a": "cd", "b": "cd", "c": "", "d": ""},
    ),
}  # fmt: skip


@pytest.mark.parametrize(("constraints", "expected"), SETS.values(), ids=SETS)
def test_resource_sets(constraints: str, expected: Dict[str, str]) -> None:
    """Whom each member needs in the end: what stops with any of these was seen from crm_simulate."""
    found = parse(constraints)

    def needed(name: str) -> Set[str]:
        direct = {one.needs for one in found if one.resource == name}
        return direct.union(*map(needed, direct))

    assert {name: needed(name) for name in expected} == {name: set(names) for name, names in expected.items()}


def test_one_of_several_is_enough() -> None:
    (either,) = parse(order(members("ab", sequential="false", require_all="false"), members("c")))
    assert either == Dependency("o", "c", "a", alternatives=("b",))


def test_the_roles_of_sets() -> None:
    assert parse(colocation(members("a", role="Started"), members("b", role="Promoted"))) == (
        Dependency("k", "a", "b", promoted=True),
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            colocation(rsc="a", with_rsc="b", score="-INFINITY"), (Separation("k", "a", "b"),), id="never-together"
        ),
        pytest.param(
            colocation(rsc="a", with_rsc="b", with_rsc_role="Promoted", score="-INFINITY"),
            (Separation("k", "a", "b", True),), id="never-with-the-promoted",
        ),
        pytest.param(colocation(rsc="a", with_rsc="b", score="-100"), (), id="rather-not"),
        pytest.param(colocation(rsc="a", with_rsc="b"), (), id="together"),
        pytest.param(
            colocation(rsc="a", rsc_role="Promoted", with_rsc="b", score="-INFINITY"), (), id="runs-unpromoted"
        ),
    ],
)  # fmt: skip
def test_what_is_kept_apart(text: str, expected: tuple[Separation, ...]) -> None:
    document = f"<cib><configuration><constraints>{text}</constraints></configuration></cib>"
    assert parse_cib(document.encode()).separations == expected
