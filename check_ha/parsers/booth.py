"""Parse what the client of booth prints.

``booth list``, by version::

    ticket: ticketA, leader: 192.0.2.1, expires: 2026-11-28 21:19:05
    ticket: ticketB, leader: NONE
    ticket: ticketC, leader: 192.0.2.1, expires: 2026-11-28 21:19:05 (commit pending until 2026-11-28 21:19:20)
    ticket: ticketD, leader: 192.0.2.1, expires: INF [manual mode]                                    since 1.1

    WARNING: The ticket ticketD is granted to multiple sites: 192.0.2.1, 192.0.2.2. Revoke the ticket from the faulty
    sites.                                                                              since 1.1, in one line

The leader is ``NONE`` (nobody known) or ``none`` (known to be nobody). 0.1 had no leaders (``owner: ..., ballot: 3``)
and another protocol: it is refused. ``booth peers``, since 1.0::

    site         192.0.2.2, last recv: 2026-11-28 21:18:53
            Sent pkts:7 error:0 resends:0
            Recv pkts:6 error:0 authfail:0 invalid:0

Times are local to the daemon, without a zone; a peer that was never heard has that of the second 0 of 1970.
"""

from __future__ import annotations

import re
from typing import Dict, Iterator, List, Optional, Tuple

from check_ha.model.booth import ARBITRATOR, SITE, BoothPeer, BoothTicket
from check_ha.moment import datetime
from check_ha.parsers.errors import ParseError

_LONGEST = 200
_TIME = r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}"
_TICKET = re.compile(
    rf"ticket: ([^\s,]+), leader: ([^\s,]+)(?:, expires: ({_TIME}|INF))?(?: \(commit pending until ({_TIME})\))?"
    r"( \[manual mode\])?"
)
_TWICE = re.compile(
    r"WARNING: The ticket ([^\s,]+) is granted to multiple sites: ([^\s,]+(?:, [^\s,]+)*)\. "
    r"Revoke the ticket from the faulty sites\."
)
_PEER = re.compile(rf"({SITE}|{ARBITRATOR}) +([^\s,]+), last recv: ({_TIME})")
_SENT = re.compile(r"Sent pkts:[0-9]+ error:[0-9]+ resends:[0-9]+")
_RECEIVED = re.compile(r"Recv pkts:[0-9]+ error:[0-9]+ authfail:([0-9]{1,10}) invalid:[0-9]+")
_NOBODY = ("NONE", "none")
_FIRST = datetime(1970, 1, 2, 12)
"""Until then it is the second 0, in any zone."""


def parse_booth_list(data: bytes) -> Tuple[BoothTicket, ...]:
    """Return the tickets in the order of booth.conf; none where it has none.

    Raise ParseError for any other line, and for one that is cut off.
    """
    tickets: Dict[str, BoothTicket] = {}
    for line in _lines(data):
        twice = _TWICE.fullmatch(line)
        found = None if twice else _TICKET.fullmatch(line)
        if twice and twice[1] in tickets:
            tickets[twice[1]] = tickets[twice[1]]._replace(sites=tuple(twice[2].split(", ")))
        elif found and found[1] not in tickets:
            tickets[found[1]] = _ticket(line, *found.groups())
        elif re.match(r"ticket: \S+, owner: ", line):
            raise ParseError("booth 0.1, which knows no leaders: not supported", line)
        else:
            raise ParseError("not a line of booth list", line)
    return tuple(tickets.values())


def _ticket(
    line: str, name: str, leader: str, expires: Optional[str], pending: Optional[str], manual: Optional[str]
) -> BoothTicket:
    owner = None if leader in _NOBODY else leader
    if owner and expires is None:
        raise ParseError("a ticket with a leader and without the end of its lease", line)
    end = None if owner is None or expires in (None, "INF") else _time(expires or "", line)
    return BoothTicket(name, owner, end, _time(pending, line) if pending else None, bool(manual))


def parse_booth_peers(data: bytes) -> Tuple[BoothPeer, ...]:
    """Return the other members.

    Raise ParseError where there is none, as each geo cluster has at least two, and for what is not whole.
    """
    lines = list(_lines(data))
    if not lines:
        raise ParseError("no peers")
    peers = list(_peers(lines))
    if len({peer.address for peer in peers}) < len(peers):
        raise ParseError("a peer that is listed twice")
    return tuple(peers)


def _peers(lines: List[str]) -> Iterator[BoothPeer]:
    for at in range(0, len(lines), 3):
        found = _PEER.fullmatch(lines[at])
        if found is None:
            raise ParseError("not a line of booth peers", lines[at])
        counters = lines[at + 1 : at + 3]
        received = _RECEIVED.fullmatch(counters[1]) if len(counters) == 2 else None
        if received is None or not _SENT.fullmatch(counters[0]):
            raise ParseError("a peer without its counters", lines[at])
        heard = _time(found[3], lines[at])
        yield BoothPeer(found[2], found[1], None if heard < _FIRST else heard, int(received[1]))


def _lines(data: bytes) -> Iterator[str]:
    text = data.decode("utf-8", "backslashreplace")
    if text and not text.endswith("\n"):
        raise ParseError("output that is cut off", text.splitlines()[-1].strip()[:_LONGEST])
    for line in text.split("\n"):
        if line.strip():
            yield line.strip() if len(line) <= 4096 else _too_long(line)


def _too_long(line: str) -> str:
    raise ParseError("a line that is too long", line[:_LONGEST])


def _time(text: str, line: str) -> datetime:
    try:
        return datetime(*(int(part) for part in re.findall("[0-9]+", text)))  # type: ignore[arg-type]
    except ValueError:
        raise ParseError("no time", line[:_LONGEST]) from None
