"""Parse booth.conf, as far as a check needs it: members, tickets and their times.

::

    transport = UDP
    authfile = "/etc/booth/authkey"
    site = 192.0.2.1
    site = 192.0.2.2
    arbitrator = 192.0.2.3
    ticket = "ticketA"
        expire = 600
        renewal-freq = 300
        timeout = 5

What booth 1.0 to 1.2 does (read_config in src/config.c): ``#`` starts a comment, quotes may be around a value, times
are seconds or ``1500ms``, ``__defaults__`` is no ticket and holds for those after it (but its renewal-freq), and
without renewal-freq a lease is renewed after half of it.
"""

from __future__ import annotations

import re
from typing import Dict, Iterator, List, Tuple

from check_ha.model.booth import ARBITRATOR, SITE, BoothConf, BoothMember, TicketTimes
from check_ha.parsers.errors import ParseError

_LINE = re.compile(r"([A-Za-z0-9_-]+)\s*=\s*(?:\"([^\"]+)\"\s*(?:#.*)?|'([^']+)'\s*(?:#.*)?|([^\"'\s].*))")
_DEFAULTS = {"expire": "600", "timeout": "5", "retries": "10", "mode": "auto"}
_NO_TICKET = "__defaults__"
_OF_TICKETS = frozenset(
    ("expire", "timeout", "retries", "renewal-freq", "acquire-after", "before-acquire-handler", "attr-prereq", "mode")
)


def parse_booth_conf(data: bytes) -> BoothConf:
    """Return the configuration; an empty one where there is no file.

    Raise ParseError, which quotes no value, for what booth would refuse as well.
    """
    members: List[BoothMember] = []
    tickets: Dict[str, Dict[str, str]] = {}
    defaults, current, authfile = dict(_DEFAULTS), "", ""
    for number, key, value in _settings(data):
        if key in (SITE, ARBITRATOR):
            members.append(BoothMember(value, key))
        elif key == "authfile":
            authfile = value
        elif key == "ticket":
            if value in tickets:
                raise ParseError(f"booth.conf, line {number}: a ticket that was named before")
            current = value
            if value != _NO_TICKET:
                tickets[value] = {name: text for name, text in defaults.items() if name in _DEFAULTS}
        elif key in _OF_TICKETS:
            if not current:
                raise ParseError(f"booth.conf, line {number}: {key} without a ticket")
            (defaults if current == _NO_TICKET else tickets[current])[key] = value
    if data.strip() and not members:
        raise ParseError("booth.conf without a site")
    return BoothConf(tuple(members), tuple(_times(name, given) for name, given in tickets.items()), authfile)


def _settings(data: bytes) -> Iterator[Tuple[int, str, str]]:
    text = data.decode("utf-8", "backslashreplace")
    for number, line in enumerate(text.split("\n"), 1):
        stripped = line.strip()
        if not stripped or stripped.startswith("#"):
            continue
        found = _LINE.fullmatch(stripped) if len(stripped) < 1024 else None
        if found is None:
            raise ParseError(f"booth.conf, line {number}: not of the form KEY = VALUE")
        yield number, found[1], next(value for value in found.groups()[1:] if value is not None).strip()


def _times(name: str, given: Dict[str, str]) -> TicketTimes:
    expire = _seconds(name, "expire", given["expire"])
    renewal = _seconds(name, "renewal-freq", given["renewal-freq"]) if "renewal-freq" in given else expire / 2
    retries = given["retries"]
    if not re.fullmatch("[0-9]{1,3}", retries):
        raise ParseError(f"booth.conf: retries of {name[:80]} is no number")
    manual = given["mode"].lower() == "manual"
    return TicketTimes(name, expire, renewal, _seconds(name, "timeout", given["timeout"]), int(retries), manual)


def _seconds(name: str, key: str, text: str) -> float:
    found = re.fullmatch("([0-9]{1,9})(ms)?", text)
    if found is None or not int(found[1]):
        raise ParseError(f"booth.conf: {key} of {name[:80]} is no time")
    return int(found[1]) / (1000 if found[2] else 1)
