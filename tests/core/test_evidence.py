"""From outputs to evidence."""

from __future__ import annotations

from typing import Dict, List, NamedTuple, Tuple

import pytest

from check_ha.core.condition import NOT_RUNNING
from check_ha.core.evidence import Evidence, Reading, also_needed, examine, stand_ins
from check_ha.core.finding import Finding
from check_ha.output.plain_text import ITEM_LIMIT
from check_ha.parsers.errors import ParseError
from check_ha.sources.tools import (
    CFGTOOL,
    CIBADMIN,
    CMAPCTL,
    CRM_MON,
    CRM_VERIFY,
    IP_ADDR,
    PS,
    QUORUMTOOL,
    Output,
    Tool,
)
from tests.core.said import hung, missing, output, processes


def shouted(data: bytes) -> str:
    """A parser."""
    if b"?" in data:
        raise ParseError("not understood", data.decode())
    return data.decode().upper()


LOUD = Reading(CRM_MON, shouted)
OPTIONAL = Reading(CIBADMIN, shouted, required=False)


def names(evidence: Evidence) -> List[str]:
    return [finding.condition.name for finding in evidence.findings]


def test_what_was_understood() -> None:
    evidence = examine([LOUD], {CRM_MON: output(CRM_MON, stdout="hello")}, {"a": 1}, 7.0)
    assert evidence.get(LOUD) == "HELLO"
    assert (evidence.findings, dict(evidence.failed)) == ((), {})
    assert (evidence.previous, evidence.now) == ({"a": 1}, 7.0)


def test_what_was_not_understood() -> None:
    evidence = examine([LOUD], {CRM_MON: output(CRM_MON, stdout="what?")})
    assert evidence.get(LOUD) is None
    assert [finding.line for finding in evidence.findings] == ["crm_mon: not understood: what?"]
    assert evidence.failed[CRM_MON].text == "crm_mon: not understood: what?"


def test_output_of_a_tool_that_failed_is_not_parsed() -> None:
    def never(data: bytes) -> str:
        raise AssertionError

    assert examine([Reading(CRM_MON, never)], {CRM_MON: output(CRM_MON, 1, "data")}).get(LOUD) is None


def test_an_answer_on_standard_error() -> None:
    reading = Reading(CRM_VERIFY, shouted)
    assert examine([reading], {CRM_VERIFY: output(CRM_VERIFY, 0, stderr="warning")}).get(reading) == "WARNING"
    odd = examine([reading], {CRM_VERIFY: output(CRM_VERIFY, 0, stderr="lone \ud800")})
    assert odd.get(reading) == "LONE \\UD800"


def test_what_the_first_tool_proves_is_kept_when_the_second_one_fails() -> None:
    other = Reading(CIBADMIN, shouted)
    outputs = {CRM_MON: output(CRM_MON, stdout="hello"), CIBADMIN: hung(CIBADMIN)}
    evidence = examine([LOUD, other], outputs)
    assert evidence.get(LOUD) == "HELLO"
    assert names(evidence) == ["not-responding"]


def test_what_a_tool_has_printed_before_it_ended_early_is_kept_and_doubted() -> None:
    """corosync-cmapctl exits with 0 when corosync ends while it prints."""
    reading = Reading(CMAPCTL, shouted, required=False)
    ended = "Can't get value of totem.version. Error CS_ERR_LIBRARY"
    evidence = examine([reading], {CMAPCTL: output(CMAPCTL, stdout="hello", stderr=f"{ended}\n")})
    assert (evidence.get(reading), dict(evidence.failed)) == ("HELLO", {})
    assert [one.line for one in evidence.findings] == [f"corosync-cmapctl: ended early: {ended}"]
    silent = Reading(CMAPCTL, shouted, silent=True)
    assert examine([silent], {CMAPCTL: output(CMAPCTL, stdout="hello", stderr=ended)}).findings == ()


@pytest.mark.parametrize(
    ("tool", "words"),
    [
        (CFGTOOL, "Could not get the link status, the error is: 6"),
        (IP_ADDR, "Dump was interrupted and may be inconsistent."),
    ],
)
def test_other_tools_that_end_early_with_exit_0(tool: Tool, words: str) -> None:
    evidence = examine([Reading(tool, shouted)], {tool: output(tool, stdout="hello", stderr=f"{words}\n")})
    assert [one.line for one in evidence.findings] == [f"{tool.label}: ended early: {words}"]


@pytest.mark.parametrize(
    "stderr",
    [
        "",
        "Can't get value of stats.ipcs.service1.276.0x55cdbcdc39a0.flow_control. Error CS_ERR_NOT_EXIST\n",
        "sudo: unable to resolve host node1\n",
    ],
)
def test_other_words_on_standard_error_are_no_early_end(stderr: str) -> None:
    reading = Reading(CMAPCTL, shouted)
    assert examine([reading], {CMAPCTL: output(CMAPCTL, stdout="hello", stderr=stderr)}).findings == ()


def test_optional_tools_fail_without_a_word_but_the_check_may_ask_why() -> None:
    outputs = {CRM_MON: output(CRM_MON, stdout="hello"), CIBADMIN: missing(CIBADMIN)}
    evidence = examine([LOUD, OPTIONAL], outputs)
    assert names(evidence) == []
    assert evidence.failed[CIBADMIN].condition.name == "tool-missing"
    assert names(examine([LOUD, OPTIONAL], {**outputs, CIBADMIN: hung(CIBADMIN)})) == ["not-responding"]


def test_silent_tools_fail_without_a_word_even_when_they_hang() -> None:
    silent = Reading(CIBADMIN, shouted, silent=True)
    evidence = examine([silent], {CIBADMIN: hung(CIBADMIN)})
    assert names(evidence) == []
    assert evidence.failed[CIBADMIN].condition.name == "not-responding"


def test_the_process_list_settles_what_a_tool_leaves_open() -> None:
    reading = Reading(QUORUMTOOL, shouted)
    said = output(QUORUMTOOL, 1, stderr="Cannot initialize CMAP service")
    assert names(examine([reading], {QUORUMTOOL: said})) == ["unreadable"]
    assert names(examine([reading], {QUORUMTOOL: said, processes().tool: processes()})) == ["not-running"]


def test_what_is_needed_as_well() -> None:
    reading = Reading(QUORUMTOOL, shouted)
    denied = output(QUORUMTOOL, 1, stderr="Cannot initialize CMAP service")
    assert also_needed([reading], {QUORUMTOOL: denied}) == [PS]
    assert also_needed([reading], {QUORUMTOOL: denied, PS: processes()}) == []
    assert also_needed([reading], {QUORUMTOOL: output(QUORUMTOOL, stdout="hello")}) == []
    assert also_needed([reading], {QUORUMTOOL: missing(QUORUMTOOL)}) == []
    assert also_needed([reading], {QUORUMTOOL: output(QUORUMTOOL, stdout=NO_QUORUM)}) == [PS]
    assert also_needed([LOUD], {CRM_MON: output(CRM_MON, stdout=NO_DC)}) == [PS, CIBADMIN]
    assert also_needed([LOUD], {CRM_MON: output(CRM_MON, stdout=INQUORATE)}) == [PS]


NO_DC = '<summary><current_dc present="false"/></summary>'
INQUORATE = '<summary><current_dc present="true" with_quorum="false"/></summary>'
STOPPED = '<last_update time="Sun Nov 29 00:00:16 2026"/><resource role="Stopped"/><operation_history {}/>'
NO_QUORUM = "Quorate:          No\n"


def ps(*ages: Tuple[str, int], user: str = "root") -> Output:
    """The process list with the time since each process was started."""
    lines = ["    PID    PPID STAT USER     ELAPSED COMMAND", "      1       0 S    root         999 sh"]
    lines += [f"{pid:7}       1 Ss   {user} {seconds:9} {name} -f" for pid, (name, seconds) in enumerate(ages, 2)]
    return output(PS, stdout="\n".join([*lines, ""]))


DEADTIME = '<cib><nvpair id="d" name="dc-deadtime" value="{}"/></cib>'
BOTH = (("corosync", 30), ("pacemakerd", 29))
STARTS: Dict[str, Tuple[str, Output, str, bool]] = {
    "warn-without-dc-within-the-default": (NO_DC, ps(("corosync", 41), ("pacemakerd", 40)), "", True),
    "crit-without-dc-after-the-default": (NO_DC, ps(("corosync", 42), ("pacemakerd", 41)), "", False),
    "warn-without-dc-within-dc-deadtime": (NO_DC, ps(("corosync", 80), ("pacemakerd", 80)), "1min", True),
    "crit-without-dc-after-dc-deadtime": (NO_DC, ps(("corosync", 81), ("pacemakerd", 81)), "1min", False),
    "crit-without-dc-after-a-short-dc-deadtime": (NO_DC, ps(*BOTH), "2s", False),
    "warn-dc-deadtime-is-not-understood": (NO_DC, ps(*BOTH), "soon", True),
    "warn-without-quorum": (INQUORATE, ps(*BOTH), "", True),
    "ok-with-dc-and-quorum": (INQUORATE.replace("false", "true"), ps(*BOTH), "", False),
    "warn-nothing-is-promoted-yet": (
        STOPPED.format("").replace('role="Stopped"', 'multi_state="true"'),
        ps(*BOTH),
        "",
        True,
    ),
    "ok-something-is-promoted": (
        STOPPED.format("").replace('role="Stopped"', 'multi_state="true" role="Promoted"'),
        ps(*BOTH),
        "",
        False,
    ),
    "warn-nothing-was-done-yet": (STOPPED.format(""), ps(*BOTH), "", True),
    "warn-all-was-done-a-moment-ago": (
        STOPPED.format('last-rc-change="Sat Nov 28 23:59:59 2026"'),
        ps(*BOTH),
        "",
        True,
    ),
    "crit-something-was-done-before": (
        STOPPED.format('last-rc-change="Sat Nov 28 23:58:59 2026"'),
        ps(*BOTH),
        "",
        False,
    ),
    "crit-all-was-done-and-it-runs-for-long": (STOPPED.format(""), ps(("corosync", 90), ("pacemakerd", 90)), "", False),
    "crit-corosync-is-not-there": (NO_DC, ps(("pacemakerd", 3)), "", False),
    "crit-somebody-elses-processes": (NO_DC, ps(*BOTH, user="joe "), "", False),
    "crit-an-old-ps": (NO_DC, processes("corosync -f", "pacemakerd"), "", False),
}


@pytest.mark.parametrize(("said", "listed", "deadtime", "expected"), STARTS.values(), ids=STARTS)
def test_starting(said: str, listed: Output, deadtime: str, expected: bool) -> None:
    outputs = {CRM_MON: output(CRM_MON, stdout=said), PS: listed}
    if deadtime:
        outputs[CIBADMIN] = output(CIBADMIN, stdout=DEADTIME.format(deadtime))
    evidence = examine([LOUD], outputs)
    assert (evidence.starting is not None) is expected
    problem = Finding(NOT_RUNNING, "the dc is gone")
    told = evidence.unless_starting([problem])
    assert [one.condition.name for one in told] == ["starting" if expected else "not-running"]
    assert evidence.unless_starting([]) == ()


def test_starting_is_told_by_corosync_as_well() -> None:
    reading = Reading(QUORUMTOOL, shouted)
    outputs = {QUORUMTOOL: output(QUORUMTOOL, stdout="Quorate:          No\n"), PS: ps(("corosync", 10))}
    starting = examine([reading], outputs).starting
    assert starting is not None
    assert starting.text == "corosync was started 10s ago on this node, pacemaker is not up yet"
    assert examine([reading], {**outputs, PS: ps(("corosync", 11))}).starting is None


@pytest.mark.parametrize(("seconds", "expected"), [(10, True), (11, False)])
def test_links_come_up_a_moment_after_corosync(seconds: int, expected: bool) -> None:
    reading = Reading(CFGTOOL, shouted)
    outputs = {CFGTOOL: output(CFGTOOL, stdout="\tnodeid:          2:\tdisconnected\n")}
    assert also_needed([reading], outputs) == [PS]
    both = ps(("corosync", seconds), ("pacemakerd", 5))
    assert (examine([reading], {**outputs, PS: both}).starting is not None) is expected
    up = {CFGTOOL: output(CFGTOOL, stdout="\tnodeid:          2:\tconnected\n")}
    assert also_needed([reading], up) == []


DOWN = output(CRM_MON, 102, stderr="Connection refused")
NO_COROSYNC = output(QUORUMTOOL, 1, stderr="Could not initialize: CS_ERR_LIBRARY")
CONNECTING: Dict[str, Tuple[Output, Output, str]] = {
    "warn-pacemaker-starts": (DOWN, ps(("corosync", 21), ("pacemakerd", 20)), "starting"),
    "crit-pacemaker-does-not-answer-for-long": (DOWN, ps(("corosync", 22), ("pacemakerd", 21)), "not-running"),
    "crit-pacemaker-without-corosync": (DOWN, ps(("pacemakerd", 2)), "not-running"),
    "warn-pacemaker-comes-after-corosync": (DOWN, ps(("corosync", 10)), "starting"),
    "crit-pacemaker-does-not-come": (DOWN, ps(("corosync", 11)), "not-running"),
    "crit-nothing-runs": (DOWN, ps(), "not-running"),
    "warn-corosync-starts": (NO_COROSYNC, ps(("corosync", 2)), "starting"),
    "crit-corosync-died-below-pacemaker": (NO_COROSYNC, ps(("pacemakerd", 2)), "not-running"),
    "warn-the-machine-starts": (NO_COROSYNC, ps(("/lib/systemd/systemd", 60)), "starting"),
    "crit-the-machine-is-up": (NO_COROSYNC, ps(("/lib/systemd/systemd", 61)), "not-running"),
}


@pytest.mark.parametrize(("said", "listed", "expected"), CONNECTING.values(), ids=CONNECTING)
def test_connecting(said: Output, listed: Output, expected: str) -> None:
    evidence = examine([Reading(said.tool, shouted)], {said.tool: said, PS: listed})
    assert names(evidence) == [expected]
    assert (evidence.starting is not None) is (expected == "starting")
    told = evidence.unless_starting([Finding(NOT_RUNNING, "what follows from it")])
    assert [one.text for one in told] == [] if evidence.starting else ["what follows from it"]


def test_a_start_is_told_once() -> None:
    readings = [LOUD, Reading(QUORUMTOOL, shouted)]
    outputs = {CRM_MON: DOWN, QUORUMTOOL: NO_COROSYNC, PS: ps(("corosync", 2))}
    assert names(examine(readings, outputs)) == ["starting"]


def test_several_checks_parse_an_output_once() -> None:
    calls: List[bytes] = []

    def counted(data: bytes) -> str:
        calls.append(data)
        return shouted(data)

    good, bad = Reading(CRM_MON, counted), Reading(CFGTOOL, counted)
    outputs = {CRM_MON: output(CRM_MON, stdout="hello"), CFGTOOL: output(CFGTOOL, stdout="what?")}
    parsed: dict[object, object] = {}
    first = examine([good, bad], outputs, parsed=parsed)  # type: ignore[arg-type]
    second = examine([bad, good], outputs, parsed=parsed)  # type: ignore[arg-type]
    assert calls == [b"hello", b"what?"]
    assert first.get(good) == second.get(good) == "HELLO"
    assert first.findings == second.findings


STAND_IN = Reading(CIBADMIN, shouted, silent=True, instead_of=CRM_MON)


def test_a_stand_in_is_asked_only_where_the_other_has_no_answer() -> None:
    readings = [LOUD, STAND_IN]
    answered = {CRM_MON: output(CRM_MON, stdout="hello")}
    assert stand_ins(readings, answered) == []
    assert examine(readings, answered).get(STAND_IN) is None
    assert also_needed(readings, answered) == []
    failed = {CRM_MON: output(CRM_MON, 1, stderr="no")}
    assert stand_ins(readings, failed) == [CIBADMIN]
    both = {**failed, CIBADMIN: output(CIBADMIN, stdout="instead")}
    assert stand_ins(readings, both) == []
    assert examine(readings, both).get(STAND_IN) == "INSTEAD"


GREETED = Reading(CIBADMIN, shouted, silent=True, instead_of=CRM_MON, when=lambda said: b"hello" in said.stdout)


def test_a_stand_in_is_asked_where_the_other_says_what_it_waits_for() -> None:
    readings = [LOUD, GREETED]
    assert stand_ins(readings, {CRM_MON: output(CRM_MON, stdout="hello")}) == [CIBADMIN]
    assert stand_ins(readings, {CRM_MON: output(CRM_MON, 1, stderr="no")}) == []


def test_what_another_check_has_asked_is_not_read_where_this_one_would_not_ask_it() -> None:
    told = {CRM_MON: output(CRM_MON, stdout="good morning"), CIBADMIN: output(CIBADMIN, stdout="instead")}
    assert examine([LOUD, GREETED], told).get(GREETED) is None


class Shown(NamedTuple):
    """What a tool said of which a part is hidden."""

    hidden: Tuple[str, ...]


def of_parts(data: bytes) -> Shown:
    return Shown(tuple(data.decode().split()))


def test_a_part_that_is_hidden_from_the_user() -> None:
    reading = Reading(CIBADMIN, of_parts)
    evidence = examine([reading], {CIBADMIN: output(CIBADMIN, stdout="crm_config constraints")})
    assert evidence.get(reading) is None
    assert [(one.condition.name, one.line) for one in evidence.findings] == [
        ("no-permission", "an ACL role hides crm_config and constraints of the CIB from user nagios (cibadmin)")
    ]
    assert evidence.findings[0].commands == (
        'cibadmin -Mc -o acls -X \'<acls><acl_role id="check_ha"><acl_permission id="check_ha-deny" kind="deny" '
        'xpath="//nvpair[contains(@name,&quot;passw&quot;)]"/><acl_permission id="check_ha-read" kind="read" '
        'xpath="/cib"/></acl_role></acls>\' && '
        'cibadmin -R -o acls -X \'<acl_target id="nagios"><role id="check_ha"/></acl_target>\'',
    )
    assert len(f"  -> {evidence.findings[0].step}") <= ITEM_LIMIT + 100
    assert evidence.failed[CIBADMIN] == evidence.findings[0]


@pytest.mark.parametrize(("user", "found"), [("nagios", "no-permission"), ("root", "unreadable")])
def test_what_no_parser_can_do_without_is_hidden_from_a_user_and_missing_for_root(user: str, found: str) -> None:
    def without(data: bytes) -> str:
        raise ParseError("CIB without configuration", hidden="configuration")

    reading = Reading(CIBADMIN, without)
    assert names(examine([reading], {CIBADMIN: output(CIBADMIN, stdout="<cib/>", user=user)})) == [found]


def test_only_the_parts_that_the_check_rests_on_count() -> None:
    reading = Reading(CIBADMIN, of_parts, parts=("constraints",))
    evidence = examine([reading], {CIBADMIN: output(CIBADMIN, stdout="crm_config")})
    assert (evidence.get(reading), evidence.findings) == (Shown(("crm_config",)), ())
    assert names(examine([reading], {CIBADMIN: output(CIBADMIN, stdout="constraints")})) == ["no-permission"]


def test_what_is_shown_without_the_options_of_the_cluster_still_holds() -> None:
    reading = Reading(CRM_MON, of_parts)
    evidence = examine([reading], {CRM_MON: output(CRM_MON, stdout="crm_config")})
    assert evidence.get(reading) == Shown(("crm_config",))
    assert names(evidence) == ["no-permission"]
    assert examine([reading], {CRM_MON: output(CRM_MON, stdout="crm_config status")}).get(reading) is None


def test_nothing_is_hidden_from_root() -> None:
    """So what crm_mon shows is so, and a CIB that lacks a part is not a whole one."""
    mon, cib = Reading(CRM_MON, of_parts), Reading(CIBADMIN, of_parts)
    outputs = {tool: output(tool, stdout="status", user="root") for tool in (CRM_MON, CIBADMIN)}
    evidence = examine([mon, cib], outputs)
    assert evidence.get(mon) == Shown(("status",))
    assert [(one.condition.name, one.line) for one in evidence.findings] == [
        ("unreadable", "cibadmin: the CIB lacks status")
    ]


def test_two_tools_that_are_shown_a_part_are_one_finding_and_who_may_not_ask_is_another() -> None:
    readings = [Reading(tool, of_parts) for tool in (CRM_MON, CIBADMIN, CRM_VERIFY)]
    denied = output(CRM_VERIFY, 4, stderr="Insufficient privileges")
    outputs = {
        CRM_MON: output(CRM_MON, stdout="status"),
        CIBADMIN: output(CIBADMIN, stdout="nodes"),
        CRM_VERIFY: denied,
    }
    assert [one.text for one in examine(readings, outputs).findings] == [
        "an ACL role hides status and nodes of the CIB from user nagios (crm_mon, cibadmin)",
        "user nagios may not run crm_verify",
    ]
