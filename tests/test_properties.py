"""For anything that the tools may say: a judgement, and output that a monitoring server can read."""

from __future__ import annotations

import json
import re
from typing import List, Tuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from check_ha.cli.register import check_named
from check_ha.core.check import Judgement
from check_ha.core.condition import Severity
from check_ha.core.evidence import also_needed, examine
from check_ha.core.finding import Finding, Row, Subject
from check_ha.output.plain_text import clean
from tests.replay import SAMPLES, checks, replay
from tests.strategies import all_outputs, evidences, names, numbers, options

SOURCE = ("--from", str(SAMPLES / "healthy-2node" / "node1"))
EXIT = {"OK": 0, "WARNING": 1, "CRITICAL": 2, "UNKNOWN": 3}
WORD = {Severity.OK: "OK", Severity.WARNING: "WARNING", Severity.CRITICAL: "CRITICAL", Severity.UNKNOWN: "UNKNOWN"}

# The Nagios plugin development guidelines, section "Performance data", and more strictly: every label in quotes and
# without "=" or "|", every number in plain decimals, no blank but one between two items.
NUMBER = r"-?\d+(?:\.\d+)?"
RANGE = rf"@?(?:(?:~|{NUMBER})?:)?(?:{NUMBER})?"
ITEM = re.compile(
    rf"'([^'=|]+)'={NUMBER}(?:us|ms|s|%|B|KB|MB|TB|c)?(?:;{RANGE}(?:;{RANGE}(?:;(?:{NUMBER})?(?:;{NUMBER})?)?)?)?"
)

everything = settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)


def labels(perfdata: str) -> List[str]:
    """The labels of strict perfdata."""
    found, position = [], 0
    while position < len(perfdata):
        item = ITEM.match(perfdata, position)
        assert item, perfdata[position:]
        found.append(item[1])
        position = item.end()
        assert perfdata[position : position + 1] in ("", " "), perfdata[position:]
        position += 1
    return found


def assert_readable(code: int, output: str) -> str:
    """The status word of output that a monitoring server can read."""
    assert output.endswith("\n")
    lines = output[:-1].split("\n")
    assert all(line and line.isprintable() for line in lines)
    assert output.count("|") <= 1
    if len(lines) > 1 and lines[-1].startswith("| "):
        perfdata = lines.pop()[2:]
    else:
        lines[0], _, perfdata = lines[0].partition(" | ")
    found = labels(perfdata)
    assert len(found) == len(set(found))
    status = re.fullmatch(r"HA_[A-Z_]+ (OK|WARNING|CRITICAL|UNKNOWN) - (.+)", lines[0])
    assert status, lines[0]
    assert EXIT[status[1]] == code
    assert len(lines[0]) < 700
    return status[1]


@pytest.mark.no_cover
@pytest.mark.parametrize("name", checks())
@everything
@given(data=st.data())
def test_any_model_is_judged_and_shown(name: str, data: st.DataObject) -> None:
    check = check_named(name)
    evidence, chosen = data.draw(evidences(check)), data.draw(options(check.options))
    judgement = check.judge(evidence, chosen)
    assert judgement == check.judge(evidence, chosen)
    assert {finding.condition for finding in judgement.findings} <= {*check.conditions, *check.shared}
    assert {measure.metric for measure in judgement.measures} <= set(check.metrics)
    if judgement.remember is not None:
        assert check.remembers
        json.dumps(judgement.remember)

    constant = check._replace(readings=(), applies=None, judge=lambda *_: judgement)
    for verbose in ((), ("-v",)):
        word = assert_readable(*replay(constant, *SOURCE, *verbose))
        worst = max((finding.severity for finding in judgement.findings), default=Severity.OK)
        if judgement.findings or judgement.measures:
            assert word == WORD[worst]
        else:
            assert word == "UNKNOWN"


@st.composite
def judgements(draw: st.DrawFn) -> Tuple[str, Judgement]:
    """A check, and any findings and measures that it has words for."""
    name = draw(st.sampled_from(checks()))
    check = check_named(name)
    texts = (names | st.text(max_size=400)).filter(lambda text: bool(clean(text).strip()))
    value = numbers | st.floats(-1e15, 1e15)
    findings = st.builds(Finding, st.sampled_from((*check.conditions, *check.shared)), texts, texts)
    measures = st.builds(
        lambda metric, number, instance, low, high: metric.of(number, instance, minimum=low, maximum=high),
        st.sampled_from(check.metrics), value, names, st.none() | value, st.none() | value,
    )  # fmt: skip
    several = st.lists(measures, max_size=6, unique_by=lambda one: (one.metric.name, one.instance))
    found, measured = draw(st.lists(findings, max_size=6)), draw(several)
    summary = draw(texts.filter(lambda text: bool(clean(text).strip())))
    return name, Judgement(
        summary,
        tuple(found),
        tuple(measured),
        tuple(Row(Subject("node", text), text) for text in draw(st.lists(texts.filter(bool), max_size=3))),
    )


ARGUMENTS = st.sampled_from((
    (), ("-v",), ("-w", "0"), ("-c", "~:0.5", "-w", "@1:2"), ("-w", "", "-c", "10"), ("--severity", "not-running=ok"),
))  # fmt: skip


@everything
@given(judgements(), ARGUMENTS)
def test_any_judgement_is_readable(judgement: Tuple[str, Judgement], argv: Tuple[str, ...]) -> None:
    name, made = judgement
    check = check_named(name)._replace(readings=(), judge=lambda *_: made)
    if check.number is None and argv and argv[0] in ("-w", "-c"):
        argv = ()
    assert_readable(*replay(check, *SOURCE, *argv))


@everything
@given(all_outputs())
def test_any_output_is_evidence(said: object) -> None:
    """Whatever the tools end with, parsed or not, becomes findings that a check can print."""
    outputs = dict(said)  # type: ignore[call-overload]
    for name in checks():
        check = check_named(name)
        evidence = examine(check.readings, outputs)
        also_needed(check.readings, outputs)
        judgement = check.judge(evidence, check.options())
        findings = (*judgement.findings, *evidence.findings)
        assert any(one.condition.severity > Severity.OK for one in findings) or not check.readings
        shown = judgement._replace(findings=findings)
        assert_readable(*replay(check._replace(readings=(), judge=lambda *_, shown=shown: shown), *SOURCE))
