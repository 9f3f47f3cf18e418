"""Is each ticket of a geo cluster granted to one site, and to one only?"""

from __future__ import annotations

import functools
from typing import Any, Dict, List, Tuple

import pytest

from check_ha.cli.view import view_from
from check_ha.core.options import FilterOptions, regex
from check_ha.model.view import TicketView, View
from check_ha.multinode.answers import Answer, Views
from check_ha.multinode.sites.check import judge
from check_ha.output.view_text import view_text
from check_ha.parsers.view import parse_view
from check_ha.sources.recording import Recording
from tests.checks.build import Found, found, measured
from tests.replay import SAMPLES

HERE, AWAY = TicketView("a", granted=True, needed=True), TicketView("a", needed=True)


@functools.cache
def recorded(site: str) -> View:
    return view_from(Recording(str(SAMPLES / "geo-granted" / site)))


def paris(*tickets: TicketView, **more: Any) -> Answer:
    return Answer("p1", recorded("site1")._replace(tickets=tickets, **more), within=1.0)


def lyon(*tickets: TicketView, **more: Any) -> Answer:
    return Answer("l1", recorded("site2")._replace(tickets=tickets, **more), within=1.0)


SILENT = Answer("l1", reason="no answer within 4 s")
CASES: Dict[str, Tuple[List[Answer], Found]] = {
    "ok-at-one": ([paris(HERE), lyon(AWAY)], []),
    "ok-the-other-has-not-heard-of-it": ([paris(HERE), lyon()], []),
    "ok-nobody-has-it-and-nobody-needs-it": ([paris(TicketView("a")), lyon(TicketView("a"))], []),
    "unknown-a-view-that-does-not-tell": (
        [paris(HERE), lyon(findings=None)],
        [("site-unknown", "lyon (node2) tells no tickets: its check_ha is older: update it")],
    ),
    "crit-at-both": (
        [paris(HERE), lyon(HERE)],
        [("granted-twice", "a is granted at paris (node1) and lyon (node2)")],
    ),
    "crit-nowhere": (
        [paris(AWAY), lyon(AWAY)],
        [("granted-nowhere", "no site has a: paris (node1) and lyon (node2) were asked")],
    ),
    "warn-a-site-is-silent": (
        [paris(HERE), SILENT],
        [("site-silent", "l1 is of a site that gives no answer: no answer within 4 s")],
    ),
    "warn-the-silent-one-may-have-it": (
        [paris(AWAY), SILENT],
        [
            ("not-seen", "a is not granted at paris (node1), l1 may have it"),
            ("site-silent", "l1 is of a site that gives no answer: no answer within 4 s"),
        ],
    ),
    "unknown-a-site-without-pacemaker": (
        [paris(AWAY), lyon(pacemaker=None)],
        [
            ("not-seen", "a is not granted at paris (node1), lyon (node2) may have it"),
            ("site-unknown", "lyon (node2) tells no tickets: pacemaker gives no answer"),
        ],
    ),
    "unknown-one-site": ([paris(HERE)], [("one-site", "there is only one site, paris (node1)")]),
    "unknown-one-node-asked-twice": (
        [paris(HERE), paris(HERE)._replace(asked="192.0.2.1")],
        [
            ("asked-twice", "p1 and 192.0.2.1 are the same node, node1"),
            ("one-site", "there is only one site, paris (node1)"),
        ],
    ),
    "unknown-no-tickets": ([paris(), lyon()], [("no-tickets", "paris (node1) and lyon (node2) have no tickets")]),
    "unknown-nobody-answers": (
        [SILENT._replace(asked="p1"), SILENT],
        [("too-few-views", "no node could be asked: p1: no answer within 4 s; l1: no answer within 4 s")],
    ),
    "unknown-a-view-that-cannot-be-read": (
        [paris(HERE), Answer("l1", reason="a view that is not JSON", unreadable=True)],
        [("unreadable", "l1 sent a view that is not JSON")],
    ),
}


@pytest.mark.parametrize(("answers", "expected"), list(CASES.values()), ids=list(CASES))
def test_judgement(answers: List[Answer], expected: Found) -> None:
    assert found(judge(Views(tuple(answers)), FilterOptions())) == expected


@pytest.mark.parametrize(
    ("earlier", "expected"),
    [
        pytest.param([paris(HERE), lyon(AWAY)], [], id="ok-only-in-the-second-look"),
        pytest.param(
            [paris(HERE), lyon(HERE)],
            [("granted-twice", "a is granted at paris (node1) and lyon (node2)")],
            id="crit-in-both",
        ),
    ],
)
def test_what_is_critical_is_in_both_looks(earlier: List[Answer], expected: Found) -> None:
    views = Views((paris(HERE), lyon(HERE)), Views(tuple(earlier)), 2.0)
    assert found(judge(views, FilterOptions())) == expected


def test_two_parts_of_a_site_count_as_one() -> None:
    other = lyon(HERE)
    assert other.view
    second = Answer("l2", other.view._replace(node="node3", addresses=None, corosync=None))
    assert found(judge(Views((paris(AWAY), other, second)), FilterOptions())) == []


def test_warn_the_only_node_that_was_asked_of_the_other_site_is_silent() -> None:
    answer = paris(HERE)
    assert answer.view
    assert answer.view.pacemaker
    second = answer.view.pacemaker.nodes[0]._replace(name="node9", id="9")
    known = answer.view.pacemaker._replace(nodes=(*answer.view.pacemaker.nodes, second))
    two_nodes = answer._replace(view=answer.view._replace(pacemaker=known))
    assert found(judge(Views((two_nodes, SILENT)), FilterOptions())) == [
        ("site-silent", "l1 is of a site that gives no answer: no answer within 4 s")
    ]
    by_name = SILENT._replace(asked="node9.example.org")
    assert found(judge(Views((two_nodes, by_name)), FilterOptions())) == [
        ("one-site", "there is only one site, paris (node1)")
    ]


def test_filters_leave_nothing() -> None:
    judgement = judge(Views((paris(HERE), lyon(HERE))), FilterOptions(exclude=(regex("a"),)))
    assert found(judgement) == [("filtered-out", "--include and --exclude leave none of 1 ticket")]


def test_measures() -> None:
    assert measured(judge(Views((paris(HERE), lyon(HERE))), FilterOptions())) == {
        "cluster.nodes.asked.count": 2,
        "cluster.nodes.answering.count": 2,
        "cluster.sites.count": 2,
        "cluster.tickets.granted.count": 1,
        "cluster.tickets.duplicated.count": 1,
    }


def test_tickets_go_through_a_view() -> None:
    view = recorded("site1")
    assert view.tickets == (TicketView("ticketA", granted=True, needed=True),)
    assert parse_view(view_text(view).encode()).tickets == view.tickets
