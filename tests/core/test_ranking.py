"""Of all that several checks found, what is told first: by conditions and subjects, whatever the texts say."""

from __future__ import annotations

from typing import List, Tuple

from check_ha.cli.register import all_checks, check_named
from check_ha.core.condition import TOOL_MISSING, Condition, Severity
from check_ha.core.finding import DAEMON, LINK, SETTING, TOOL, Finding, Subject, nodes, resources
from check_ha.core.ranking import CAUSES, ranked, together, with_causes
from check_ha.core.verdict import Verdict
from check_ha.output.lines import headline, verbose_lines

CRITICAL, WARNING, UNKNOWN = Severity.CRITICAL, Severity.WARNING, Severity.UNKNOWN


def told(check: str, text: str, *subjects: Subject, severity: Severity = CRITICAL, condition: str = "") -> Finding:
    made = Condition(condition or f"{check}-condition", severity, "")
    return Finding(made, text, subjects, check=check, override=severity)


def order(*found: Finding) -> List[Tuple[str, bool]]:
    return [(one.text, one.again) for one in ranked(found)]


def test_worst_first_and_of_equals_the_order_given() -> None:
    found = [
        told("daemons", "crm_mon: not installed", Subject(TOOL, "crm_mon"), severity=UNKNOWN),
        told("quorum", "one more", severity=WARNING),
        told("fencing", "fencing is off", severity=WARNING),
        told("vip", "p_vip runs nowhere", *resources("p_vip")),
    ]
    assert ranked(found) == [found[3], found[1], found[2], found[0]]


def test_what_is_about_what_another_check_named_comes_behind_what_is_as_bad() -> None:
    assert order(
        told("nodes", "offline", *nodes("node2")),
        told("rings", "unreachable", *nodes("node2"), Subject(LINK, "0"), Subject(LINK, "1")),
        told("vip", "runs nowhere", *resources("p_vip"), *nodes("node2")),
        told("quorum", "a vote is missing", *nodes("node2"), severity=WARNING),
        told("fencing", "fencing is off", severity=WARNING),
    ) == [
        ("offline", False),
        ("runs nowhere", False),
        ("unreachable", True),
        ("fencing is off", False),
        ("a vote is missing", True),
    ]


def test_what_stays_until_the_configuration_changes_comes_behind_what_has_happened() -> None:
    off = told("fencing", "fencing is off", severity=WARNING)
    standing = off._replace(condition=off.condition._replace(standing=True))
    ring = told("rings", "FAULTY", Subject(LINK, "1"), severity=WARNING)
    assert ranked([standing, ring]) == [ring, standing]
    assert ranked([standing, ring._replace(override=UNKNOWN)])[0] == standing


def test_it_does_not_come_behind_what_is_less_bad() -> None:
    assert order(
        told("nodes", "offline", *nodes("node2")),
        told("rings", "unreachable", *nodes("node2")),
        told("fencing", "fencing is off", severity=WARNING),
    ) == [("offline", False), ("unreachable", True), ("fencing is off", False)]


def test_a_check_may_name_one_twice_itself() -> None:
    found = [told("rings", f"link {link}", *nodes("node2"), Subject(LINK, link), severity=WARNING) for link in "01"]
    assert ranked(found) == found


def test_a_less_bad_finding_repeats_a_worse_one_of_a_later_check() -> None:
    assert order(
        told("quorum", "a vote is missing", *nodes("node2"), severity=WARNING),
        told("nodes", "offline", *nodes("node2")),
    ) == [("offline", False), ("a vote is missing", True)]  # fmt: skip


def test_a_node_and_a_resource_of_one_name_are_two_things() -> None:
    assert order(
        told("nodes", "lost", *nodes("remote1")), told("resources", "runs nowhere", *resources("remote1"))
    ) == [("lost", False), ("runs nowhere", False)]  # fmt: skip


def test_the_same_condition_of_the_same_is_told_once() -> None:
    assert order(
        told("quorum", "no DC", condition="no-dc"),
        told("nodes", "no state is known", condition="no-dc"),
        told("fencing", "nobody decides on fencing", condition="no-dc"),
    ) == [("no DC", False)]
    assert order(
        told("daemons", "it is down", Subject(DAEMON, "corosync"), condition="not-running"),
        told("rings", "it does not run", Subject(DAEMON, "corosync"), condition="not-running"),
    ) == [("it is down", False)]


def test_the_same_condition_of_the_same_culprit_with_what_nobody_named_comes_behind() -> None:
    mode = Subject(SETTING, "maintenance-mode")
    assert order(
        told("resources", "nobody watches", mode, severity=WARNING, condition="maintenance"),
        told("vip", "nobody watches p_vip", mode, *resources("p_vip"), severity=WARNING, condition="maintenance"),
        told("fencing", "fencing is off", severity=WARNING),
    ) == [("nobody watches", False), ("fencing is off", False), ("nobody watches p_vip", True)]


def test_the_same_condition_of_something_else_is_told() -> None:
    found = [
        told("quorum", "not understood", Subject(TOOL, "crm_mon"), severity=UNKNOWN, condition="unreadable"),
        told("rings", "not understood", Subject(TOOL, "corosync-cfgtool"), severity=UNKNOWN, condition="unreadable"),
    ]
    assert ranked(found) == found


def test_another_condition_is_something_else() -> None:
    found = [told("quorum", "no quorum"), told("fencing", "no quorum")]
    assert ranked(found) == found


STOPPED_NODE = [
    told("", "it is stopped on node2", *nodes("node2"), Subject(DAEMON, "corosync"), condition="not-running"),
    told("nodes", "node2 is offline", *nodes("node2"), condition="offline"),
    told("rings", "node2 unreachable", *nodes("node2"), condition="unreachable"),
    told("quorum", "missing: node2", *nodes("node2"), severity=WARNING, condition="votes-missing"),
]


def lines_of(*found: Finding) -> List[str]:
    problems = with_causes(found)
    verdict = Verdict("cluster", max(one.severity for one in problems), "", tuple(problems), (), ())
    return [headline(verdict), *verbose_lines(verdict, 1)]


def test_what_follows_from_another_finding_is_told_below_it() -> None:
    assert lines_of(*STOPPED_NODE) == [
        "it is stopped on node2",
        "critical: it is stopped on node2 [not-running]",
        "  with it: node2 is offline [offline]",
        "  with it: node2 unreachable [unreachable]",
        "  with it: missing: node2 [votes-missing]",
    ]
    first = lines_of(*STOPPED_NODE[1:])
    assert first[0] == "nodes: node2 is offline"
    assert first[2:] == ["  with it: node2 unreachable [unreachable]", "  with it: missing: node2 [votes-missing]"]


def test_it_is_told_by_itself_where_the_cause_is_not_as_bad_or_about_another_node() -> None:
    cause, offline, _, votes = STOPPED_NODE
    assert lines_of(cause._replace(override=WARNING), offline)[0] == "it is stopped on node2; nodes: node2 is offline"
    assert lines_of(cause._replace(override=Severity.OK), offline)[0] == "nodes: node2 is offline"
    other = votes._replace(text="missing: node2, node3", subjects=nodes("node2", "node3"))
    assert lines_of(offline, other)[0] == "nodes: node2 is offline; quorum: missing: node2, node3"


def test_what_follows_from_what_follows_has_the_first_cause() -> None:
    unclean = told("nodes", "node2 is UNCLEAN", *nodes("node2"), condition="unclean")
    lost = told("resources", "g_web is on node2", *nodes("node2"), *resources("p_vip"), condition="on-lost-node")
    vip = told("vip", "p_vip runs nowhere", *resources("p_vip"), *nodes("node2"), condition="vip-stopped")
    assert lines_of(unclean, lost, vip) == [
        "nodes: node2 is UNCLEAN",
        "critical: node2 is UNCLEAN [unclean]",
        "  with it: g_web is on node2 [on-lost-node]",
        "  with it: p_vip runs nowhere [vip-stopped]",
    ]


def test_the_causes_are_conditions_of_their_checks() -> None:
    checks = [*all_checks(), check_named("split_brain")]
    known = {(check.name, one.name) for check in checks for one in (*check.conditions, *check.shared)}
    known |= {("", name) for check, name in known if name == "not-running"}
    assert set(CAUSES) | {one for causes in CAUSES.values() for one in causes} <= known


def missing(check: str, tool: str, reason: str, severity: Severity = UNKNOWN) -> Finding:
    return Finding(
        TOOL_MISSING, f"{tool}: {reason}", (Subject(TOOL, tool),), reason=reason, check=check, override=severity
    )


def test_missing_tools_are_one() -> None:
    found = [
        missing("", "crm_mon", "not installed"),
        missing("daemons", "cibadmin", "not installed"),
        missing("daemons", "crm_mon", "not installed"),
        missing("", "ip", "not in this recording"),
        missing("", "cat /etc/corosync/corosync.conf", "not in this recording", WARNING),
    ]
    other = told("quorum", "no quorum")
    assert [(one.check, one.text, one.severity) for one in together([*found[:2], other, *found[2:]])] == [
        ("quorum", "no quorum", CRITICAL),
        ("", "crm_mon, cibadmin: not installed", UNKNOWN),
        ("", "ip: not in this recording", UNKNOWN),
        ("", "cat /etc/corosync/corosync.conf: not in this recording", WARNING),
    ]
