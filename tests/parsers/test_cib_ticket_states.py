"""The state of tickets, out of the status section of a CIB."""

from __future__ import annotations

from typing import Tuple

import pytest

from check_ha.model.cib import NOBODY, TicketState
from check_ha.parsers.cib import parse_cib
from check_ha.parsers.errors import ParseError


def states(tickets: str) -> Tuple[TicketState, ...]:
    text = f"<cib><configuration/><status><node_state id='1'/>{tickets}</status></cib>"
    return parse_cib(text.encode()).ticket_states


@pytest.mark.parametrize(
    ("ticket", "expected"),
    [
        pytest.param(
            'id="a" owner="305685262" expires="1795901282" term="0" booth-cfg-name="prod" granted="true"'
            ' last-granted="1795901269"',
            TicketState("a", True, False, 1795901269, "305685262", 1795901282, "prod"),
            id="booth",
        ),
        pytest.param(
            'id="a" granted="false" standby="true" owner="-1"',
            TicketState("a", standby=True, owner=NOBODY),
            id="of-nobody",
        ),
        pytest.param('id="a" granted="1"', TicketState("a", granted=True), id="by-hand"),
        pytest.param(
            'id="a" granted="true" expires="soon" last-granted="********"',
            TicketState("a", granted=True),
            id="times-that-are-none",
        ),
    ],
)
def test_state(ticket: str, expected: TicketState) -> None:
    assert states(f"<tickets><ticket_state {ticket}/></tickets>") == (expected,)


@pytest.mark.parametrize("tickets", ["", "<tickets/>", "<tickets></tickets>", "<tickets><ticket_state/></tickets>"])
def test_no_tickets(tickets: str) -> None:
    assert states(tickets) == ()


def test_what_is_no_xml_is_not_quoted() -> None:
    with pytest.raises(ParseError) as caught:
        states('<tickets><ticket_state id="geheim"</tickets>')
    assert "geheim" not in str(caught.value)
