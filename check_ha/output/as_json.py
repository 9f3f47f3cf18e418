"""A verdict as one JSON object on one line, for programs: Zabbix, Ansible, scripts. docs/json.md shows one."""

from __future__ import annotations

import json
from typing import Any, Dict

from check_ha import __version__
from check_ha.core.check import Measure
from check_ha.core.finding import Finding, Row
from check_ha.core.verdict import Verdict
from check_ha.moment import datetime, timezone
from check_ha.output.lines import headline
from check_ha.output.nagios import exit_code
from check_ha.output.plain_text import RAW_LIMIT, clean

SCHEMA = 1
"""Grows when a reader of an older one would misunderstand; new fields may come without."""


def as_json(verdict: Verdict) -> str:
    """Return the verdict as JSON without a newline; all text is cleaned as for the text output, and never cut."""
    document = {
        "schema": SCHEMA,
        "version": __version__,
        "time": datetime.fromtimestamp(round(verdict.time), timezone.utc).isoformat().replace("+00:00", "Z"),
        "node": _text(verdict.node),
        **_verdict(verdict),
        "findings": [_finding(one) for one in verdict.findings],
        "rows": [_row(row) for row in verdict.rows],
        "metrics": [_metric(measure) for measure in verdict.measures],
        "notes": [_text(note) for note in verdict.notes],
    }
    if verdict.parts:
        document["checks"] = [{**_verdict(part), "rows": [_row(row) for row in part.rows]} for part in verdict.parts]
    return json.dumps(document, separators=(",", ":"))


def _verdict(verdict: Verdict) -> Dict[str, Any]:
    return {
        "check": verdict.check or "all",
        "state": verdict.state.name,
        "code": exit_code(verdict),
        "line": headline(verdict),
        "summary": _text(verdict.summary),
    }


def _finding(one: Finding) -> Dict[str, Any]:
    return {
        "check": one.check,
        "condition": one.condition.name,
        "severity": one.severity.name,
        "text": _text(one.text),
        "subjects": [{"kind": subject.kind, "name": _text(subject.name)} for subject in one.subjects],
        "advice": _text(one.advice),
        "commands": [_text(command) for command in one.commands],
    }


def _row(row: Row) -> Dict[str, Any]:
    return {
        "kind": row.subject.kind,
        "name": _text(row.subject.name),
        "label": _text(row.label or row.subject.name),
        "state": _text(row.state),
    }


def _metric(one: Measure) -> Dict[str, Any]:
    return {
        "name": one.metric.name,
        "instance": _text(one.instance),
        "value": one.value,
        "unit": one.metric.unit,
        "min": one.minimum,
        "max": one.maximum,
        "warning": one.warning or None,
        "critical": one.critical or None,
    }


def _text(text: str) -> str:
    return clean(text, RAW_LIMIT)
