"""From outputs to evidence."""

from __future__ import annotations

from typing import List

from check_ha.core.evidence import Evidence, Reading, doubtful, examine
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
    assert examine([reading], {CRM_VERIFY: output(CRM_VERIFY, 0, stderr="warning")}).get(reading) == "WARNING"
    odd = examine([reading], {CRM_VERIFY: output(CRM_VERIFY, 0, stderr="lone \ud800")})
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
