"""The state of tickets, from the status section of a CIB, of which nothing else is read.

Pacemaker since 1.1.7; booth 1.0 to 1.2 adds owner (a checksum of the site's address), expires, term, and since 1.1
booth-cfg-name, at each renewal and at all sites::

    <tickets>
      <ticket_state id="ticketA" owner="305685262" expires="1795900745" term="0" booth-cfg-name="booth" granted="true"
       last-granted="1795900727"/>
    </tickets>
"""

from __future__ import annotations

import re
from typing import Optional, Tuple

from check_ha.model.cib import TicketState
from check_ha.parsers.errors import ParseError
from check_ha.parsers.xml import parse_document

_LONGEST = 1_000_000
_TRUE = ("true", "on", "yes", "y", "1")


def parse_ticket_states(data: bytes) -> Tuple[TicketState, ...]:
    """Return the state of each ticket.

    It stands behind the nodes, so it is looked for from the end: the whole status is most of a large document. Raise
    ParseError, without a word of it, for what is not understood.
    """
    end = data.rfind(b"</tickets>")
    start = data.rfind(b"<tickets>", 0, end)
    if min(start, end) < 0:
        return ()
    if end - start > _LONGEST:
        raise ParseError("CIB with more tickets than any cluster has")
    tickets = parse_document(data[start : end + len(b"</tickets>")], secret=True)
    return tuple(
        TicketState(
            id=one.get("id", ""),
            granted=one.get("granted", "").lower() in _TRUE,
            standby=one.get("standby", "").lower() in _TRUE,
            last_granted=_seconds(one.get("last-granted")),
            owner=one.get("owner"),
            expires=_seconds(one.get("expires")),
            booth=one.get("booth-cfg-name", ""),
        )
        for one in tickets.iterchildren("ticket_state")
        if one.get("id")
    )


def _seconds(text: Optional[str]) -> Optional[float]:
    """Return a time; None for one that is none: masked, or never."""
    return float(text) if text and re.fullmatch("[1-9][0-9]{,11}", text) else None
