"""From outputs to evidence."""

from __future__ import annotations

from typing import List, NamedTuple, Tuple

from check_ha.core.evidence import Evidence, Reading, doubtful, examine
from check_ha.output.plain_text import ITEM_LIMIT
from check_ha.parsers.errors import ParseError
from check_ha.sources.tools import CFGTOOL, CIBADMIN, CRM_MON, CRM_VERIFY, QUORUMTOOL
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
    assert examine([reading], {CRM_VERIFY: output(CRM_VERIFY, 78, stderr="warning")}).get(reading) == "WARNING"
    odd = examine([reading], {CRM_VERIFY: output(CRM_VERIFY, 78, stderr="lone \ud800")})
    assert odd.get(reading) == "LONE \\UD800"


def test_what_the_first_tool_proves_is_kept_when_the_second_one_fails() -> None:
    other = Reading(CIBADMIN, shouted)
    outputs = {CRM_MON: output(CRM_MON, stdout="hello"), CIBADMIN: hung(CIBADMIN)}
    evidence = examine([LOUD, other], outputs)
    assert evidence.get(LOUD) == "HELLO"
    assert names(evidence) == ["not-responding"]


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


def test_doubtful() -> None:
    reading = Reading(QUORUMTOOL, shouted)
    assert doubtful([reading], {QUORUMTOOL: output(QUORUMTOOL, 1, stderr="Cannot initialize CMAP service")})
    assert not doubtful([reading], {QUORUMTOOL: output(QUORUMTOOL, stdout="hello")})
    assert not doubtful([reading], {QUORUMTOOL: missing(QUORUMTOOL)})


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
        'cibadmin -Mc -o acls -X \'<acls><acl_role id="check_ha"><acl_permission id="check_ha-read" kind="read" '
        'xpath="/cib"/></acl_role></acls>\' && '
        'cibadmin -R -o acls -X \'<acl_target id="nagios"><role id="check_ha"/></acl_target>\'',
    )
    assert len(f"  -> {evidence.findings[0].step}") <= ITEM_LIMIT
    assert evidence.failed[CIBADMIN] == evidence.findings[0]


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
