"""Which resources depend on a ticket, as the CIB has it."""

from __future__ import annotations

from typing import Tuple

import pytest

from check_ha.model.cib import TicketDependency
from check_ha.parsers.cib import parse_cib


def tickets(constraints: str) -> Tuple[TicketDependency, ...]:
    text = f"<cib><configuration><constraints>{constraints}</constraints></configuration></cib>"
    return parse_cib(text.encode()).tickets


@pytest.mark.parametrize(
    ("constraint", "expected"),
    [
        pytest.param(
            '<rsc_ticket id="t" rsc="p_single" ticket="siteA" loss-policy="stop"/>',
            TicketDependency("siteA", ("p_single",)),
            id="simple",
        ),
        pytest.param(
            '<rsc_ticket id="t" rsc="ms_db" rsc-role="Promoted" ticket="siteA"/>',
            TicketDependency("siteA", ("ms_db",), promoted_only=True),
            id="promoted-only",
        ),
        pytest.param(
            '<rsc_ticket id="t" rsc="ms_db" rsc-role="Master" ticket="siteA"/>',
            TicketDependency("siteA", ("ms_db",), promoted_only=True),
            id="promoted-only-until-2.0",
        ),
        pytest.param(
            '<rsc_ticket id="t" rsc="p" rsc-role="Started" ticket="siteA"/>',
            TicketDependency("siteA", ("p",)),
            id="started",
        ),
    ],
)
def test_one(constraint: str, expected: TicketDependency) -> None:
    assert tickets(constraint) == (expected,)


def test_each_set_has_a_role_of_its_own() -> None:
    first = '<resource_set id="s1" role="Promoted"><resource_ref id="ms_db"/></resource_set>'
    second = '<resource_set id="s2"><resource_ref id="g_web"/><resource_ref id="p"/><resource_ref/></resource_set>'
    assert tickets(f'<rsc_ticket id="t" ticket="siteA">{first}{second}</rsc_ticket>') == (
        TicketDependency("siteA", ("ms_db",), promoted_only=True),
        TicketDependency("siteA", ("g_web", "p")),
    )


@pytest.mark.parametrize("constraint", ['<rsc_ticket id="t" rsc="p"/>', '<rsc_ticket id="t" ticket="siteA"/>', ""])
def test_what_acls_hide_is_absent(constraint: str) -> None:
    assert tickets(constraint) == ()


def test_no_constraints() -> None:
    assert parse_cib(b"<cib><configuration/></cib>").tickets == ()
