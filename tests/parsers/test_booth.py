"""booth list, booth peers and booth.conf: every line that booth 0.2 to 1.2 prints, and nothing else."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Callable

import pytest

from check_ha.model.booth import ARBITRATOR, SITE, BoothConf, BoothMember, BoothPeer, BoothTicket, TicketTimes
from check_ha.parsers.booth import parse_booth_list, parse_booth_peers
from check_ha.parsers.booth_conf import parse_booth_conf
from check_ha.parsers.errors import ParseError
from tests.replay import RECORDINGS, SAMPLES

END, LATER = datetime(2026, 11, 28, 21, 19, 5), datetime(2026, 11, 28, 21, 19, 20)
LEADER = "192.0.2.1"
RECORDED = SAMPLES / "geo-granted" / "site1"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            "ticket: ticketA, leader: 192.0.2.1, expires: 2026-11-28 21:19:05\n",
            BoothTicket("ticketA", LEADER, END),
            id="granted",
        ),
        pytest.param("ticket: ticketA, leader: NONE\n", BoothTicket("ticketA", None), id="nobody-known"),
        pytest.param("ticket: ticketA, leader: none\n", BoothTicket("ticketA", None), id="known-to-be-nobody"),
        pytest.param(
            "ticket: a, leader: 192.0.2.1, expires: 2026-11-28 21:19:05 (commit pending until 2026-11-28 21:19:20)\n",
            BoothTicket("a", LEADER, END, LATER),
            id="pending",
        ),
        pytest.param(
            "ticket: a, leader: 2001:db8::1, expires: INF [manual mode]\n",
            BoothTicket("a", "2001:db8::1", manual=True),
            id="manual",
        ),
        pytest.param(
            "ticket: a, leader: NONE [manual mode]\n", BoothTicket("a", None, manual=True), id="manual-of-nobody"
        ),
        pytest.param(
            "ticket: a, leader: 192.0.2.1, expires: INF [manual mode]\n\n"
            "WARNING: The ticket a is granted to multiple sites: 192.0.2.1, 192.0.2.2. "
            "Revoke the ticket from the faulty sites.\n",
            BoothTicket("a", LEADER, manual=True, sites=(LEADER, "192.0.2.2")),
            id="granted-to-several",
        ),
    ],
)
def test_a_ticket(text: str, expected: BoothTicket) -> None:
    assert parse_booth_list(text.encode()) == (expected,)


def test_no_ticket_is_configured() -> None:
    assert parse_booth_list(b"") == ()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("ticket: a, owner: None, expires: INF, ballot: 3\n", "booth 0.1, which knows", id="booth-0.1"),
        pytest.param("ticket: a, leader: 192.0.2.1\n", "without the end of its lease", id="leader-without-lease"),
        pytest.param("ticket: a, leader: NONE\nticket: a, leader: NONE\n", "not a line of booth list", id="twice"),
        pytest.param(
            "ticket: a, leader: 192.0.2.1, expires: 2026-13-28 21:19:05\n", "no time", id="a-month-that-is-none"
        ),
        pytest.param("ticket: a, leader: NONE, standby: yes\n", "not a line of booth list", id="new-word"),
        pytest.param(
            "WARNING: The ticket b is granted to multiple sites: x, y. Revoke the ticket from the faulty sites.\n",
            "not a line of booth list",
            id="of-a-ticket-that-is-not-listed",
        ),
        pytest.param("ticket: " + "a" * 5000 + ", leader: NONE\n", "a line that is too long", id="long"),
        pytest.param("\x00\xff\n", "not a line of booth list", id="binary"),
    ],
)
def test_what_is_no_list(text: str, message: str) -> None:
    with pytest.raises(ParseError, match=message):
        parse_booth_list(text.encode("latin-1"))


def test_peers() -> None:
    text = (
        "site         192.0.2.2, last recv: 2026-11-28 21:19:05\n"
        "\tSent pkts:7 error:0 resends:0\n\tRecv pkts:6 error:0 authfail:0 invalid:0\n\n"
        "arbitrator   2001:db8::3, last recv: 1969-12-31 19:00:00\n"
        "\tSent pkts:7 error:2 resends:5\n\tRecv pkts:0 error:0 authfail:4 invalid:0\n\n"
    )
    assert parse_booth_peers(text.encode()) == (
        BoothPeer("192.0.2.2", SITE, END),
        BoothPeer("2001:db8::3", ARBITRATOR, None, refused=4),
    )


@pytest.mark.parametrize("file", ["booth-list.txt", "booth-peers.txt"])
def test_what_is_cut_off_anywhere_is_refused_or_a_part_that_is_whole(file: str) -> None:
    parse: Callable[[bytes], object] = parse_booth_list if file == "booth-list.txt" else parse_booth_peers
    data = (RECORDED / file).read_bytes()
    for end in range(len(data)):
        try:
            parse(data[:end])
        except ParseError:
            continue
        assert data[:end].rstrip(b"\n") in {data.rstrip(b"\n"), data.partition(b"\n\n")[0], b""}


def test_peers_that_are_none() -> None:
    with pytest.raises(ParseError, match="no peers"):
        parse_booth_peers(b"\n")


CONF = b"""\
# comment
transport = UDP
authfile="/etc/booth/authkey"
site = "192.0.2.1"  # home
site='192.0.2.2'
arbitrator=192.0.2.3
ticket = "__defaults__"
    expire = 300
    renewal-freq = 20
    before-acquire-handler = /bin/true password=geheim
ticket = "ticketA"
    timeout = 1500ms
    renewal-freq = 60
ticket = "ticketB"
    mode = MANUAL
"""


def test_conf() -> None:
    assert parse_booth_conf(CONF) == BoothConf(
        (BoothMember("192.0.2.1", SITE), BoothMember("192.0.2.2", SITE), BoothMember("192.0.2.3", ARBITRATOR)),
        (
            TicketTimes("ticketA", 300, 60, 1.5, 10),
            TicketTimes("ticketB", 300, 150, 5, 10, manual=True),
        ),
        "/etc/booth/authkey",
    )


def test_there_is_no_conf() -> None:
    assert parse_booth_conf(b"") == BoothConf()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("site = 192.0.2.1\npassword geheim\n", "booth.conf, line 2: not of the form", id="no-equals"),
        pytest.param('site = "192.0.2.1\n', "booth.conf, line 1: not of the form", id="open-quote"),
        pytest.param("site = 192.0.2.1\nexpire = 5\n", "booth.conf, line 2: expire without a ticket", id="no-ticket"),
        pytest.param("port = 9929\n", "booth.conf without a site", id="no-site"),
        pytest.param("site = a\nticket = x\nexpire = geheim\n", "expire of x is no time", id="no-time"),
        pytest.param("site = a\nticket = x\nretries = geheim\n", "retries of x is no number", id="no-number"),
        pytest.param("site = a\nticket = x\nticket = x\n", "line 3: a ticket that was named before", id="named-twice"),
    ],
)
def test_what_booth_refuses_and_no_value_of_it_is_quoted(text: str, message: str) -> None:
    with pytest.raises(ParseError, match=message) as caught:
        parse_booth_conf(text.encode())
    assert "geheim" not in str(caught.value)


@pytest.mark.parametrize(
    "path", sorted((RECORDINGS / "geo").glob("*/*/booth-list.txt")), ids=lambda path: path.parts[-3]
)
def test_recorded(path: Path) -> None:
    assert len(parse_booth_list(path.read_bytes())) in (0, 1)
    conf = parse_booth_conf((path.parent / "booth.conf").read_bytes())
    assert [one.kind for one in conf.members] == [SITE, SITE, ARBITRATOR]
    assert conf.tickets == (TicketTimes("ticketA", 12, 6, 1, 3),)
