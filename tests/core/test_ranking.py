"""Of all that several checks found, what is told first."""

from __future__ import annotations

from typing import List, Tuple

import pytest

from check_ha.core.condition import TOOL_MISSING, Condition, Severity
from check_ha.core.finding import Finding
from check_ha.core.ranking import ranked, together, words

NAMES = {"node1", "node2", "p_vip", "g_web", "corosync"}
CRITICAL, WARNING, UNKNOWN = Severity.CRITICAL, Severity.WARNING, Severity.UNKNOWN


def told(check: str, text: str, severity: Severity = CRITICAL, condition: str = "") -> Finding:
    what = (
        TOOL_MISSING if condition == TOOL_MISSING.name else Condition(condition or f"{check}-condition", severity, "")
    )
    return Finding(what, text, check=check, override=severity)


def order(*found: Finding) -> List[Tuple[str, bool]]:
    return [(one.text, one.again) for one in ranked(found, NAMES)]


def test_worst_first_and_of_equals_the_order_given() -> None:
    found = [
        told("daemons", "crm_mon: not installed", UNKNOWN),
        told("quorum", "the loss of one more vote loses quorum", WARNING),
        told("fencing", "fencing is off", WARNING),
        told("vip", "p_vip runs nowhere"),
    ]
    assert ranked(found, NAMES) == [found[3], found[1], found[2], found[0]]


def test_what_names_only_what_another_check_named_comes_behind_what_is_as_bad() -> None:
    assert order(
        told("nodes", "node2 is offline"),
        told("rings", "node2 unreachable: both links down"),
        told("vip", "p_vip runs nowhere, it was on node2"),
        told("quorum", "1 of 2 votes; missing: node2", WARNING),
        told("fencing", "fencing is off", WARNING),
    ) == [
        ("node2 is offline", False),
        ("p_vip runs nowhere, it was on node2", False),
        ("node2 unreachable: both links down", True),
        ("fencing is off", False),
        ("1 of 2 votes; missing: node2", True),
    ]


def test_it_does_not_come_behind_what_is_less_bad() -> None:
    assert order(
        told("nodes", "node2 is offline"),
        told("rings", "node2 unreachable"),
        told("fencing", "fencing is off", WARNING),
    ) == [("node2 is offline", False), ("node2 unreachable", True), ("fencing is off", False)]


def test_a_check_may_name_one_twice_itself() -> None:
    found = [told("rings", "node2: link 0 down", WARNING), told("rings", "node2: link 1 down", WARNING)]
    assert ranked(found, NAMES) == found


def test_a_less_bad_finding_repeats_a_worse_one_of_a_later_check() -> None:
    assert order(
        told("quorum", "1 of 2 votes; missing: node2", WARNING), told("nodes", "node2 is offline")
    ) == [("node2 is offline", False), ("1 of 2 votes; missing: node2", True)]  # fmt: skip


def test_the_same_condition_in_the_same_words_is_told_once() -> None:
    assert order(
        told("quorum", "no DC is elected (an election that does not end)", condition="no-dc"),
        told("nodes", "no DC is elected (an election that does not end): no state is known", condition="no-dc"),
        told("fencing", "no DC is elected: nobody decides on fencing", condition="no-dc"),
    ) == [("no DC is elected (an election that does not end)", False)]


def test_the_same_words_about_what_nobody_named_yet_are_told_again() -> None:
    assert order(
        told("resources", "the cluster is in maintenance mode: nobody watches it", WARNING, "maintenance"),
        told("vip", "the cluster is in maintenance mode: nobody watches p_vip", WARNING, "maintenance"),
        told("fencing", "fencing is off", WARNING),
    ) == [
        ("the cluster is in maintenance mode: nobody watches it", False),
        ("fencing is off", False),
        ("the cluster is in maintenance mode: nobody watches p_vip", True),
    ]


def test_the_same_words_of_another_condition_are_something_else() -> None:
    found = [told("quorum", "no quorum: 1 of 3 votes"), told("fencing", "no quorum: it may not fence")]
    assert ranked(found, NAMES) == found


def test_nothing_is_lost_without_names() -> None:
    found = [told("nodes", "node2 is offline"), told("rings", "node2 unreachable")]
    assert ranked(found, ()) == found


def test_missing_tools_are_one() -> None:
    missing = [
        told("", "crm_mon: not installed", UNKNOWN, "tool-missing"),
        told("daemons", "cibadmin: not installed", UNKNOWN, "tool-missing"),
        told("daemons", "crm_mon: not installed", UNKNOWN, "tool-missing"),
        told("", "ip: not in this recording", UNKNOWN, "tool-missing"),
        told("", "cat /etc/corosync/corosync.conf: not in this recording", WARNING, "tool-missing"),
    ]
    other = told("quorum", "no quorum")
    assert [(one.check, one.text, one.severity) for one in together([*missing[:2], other, *missing[2:]])] == [
        ("quorum", "no quorum", CRITICAL),
        ("", "crm_mon, cibadmin: not installed", UNKNOWN),
        ("", "ip: not in this recording", UNKNOWN),
        ("", "cat /etc/corosync/corosync.conf: not in this recording", WARNING),
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("node2: link 1 (203.0.113.2) down.", ["node2", "link", "1", "203.0.113.2", "down"]),
        ("p_fs (g_web), st-1 are gone", ["p_fs", "g_web", "st-1", "are", "gone"]),
        ("", []),
    ],
)
def test_words(text: str, expected: List[str]) -> None:
    assert words(text) == expected
