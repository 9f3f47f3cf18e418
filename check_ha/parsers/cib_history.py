"""What failed, by the status section of the CIB, for a crm_mon that does not list it.

It lists failed actions since 1.1.12, fail-counts since 1.1.14::

    <node_state id="1177773058" uname="node2" ...>
      <lrm ...><lrm_resources><lrm_resource id="p_knob" type="Knob" class="ocf" provider="lab">
        <lrm_rsc_op id="p_knob_last_failure_0" operation_key="p_knob_stop_0" operation="stop" crm_feature_set="3.0.7"
         transition-key="4:8:0:a0732f65-3bfc-4e86-a581-4dd401902d45" call-id="62" rc-code="1" op-status="0"
         interval="0" last-rc-change="1795872227" .../>
      <transient_attributes ...><instance_attributes ...>
        <nvpair id="..." name="fail-count-p_knob" value="INFINITY"/>
        <nvpair id="..." name="last-failure-p_knob" value="1795872227"/>

What of it is a failure is decided as Pacemaker 1.1.10 does (unpack_rsc_op in lib/pengine/unpack.c). Whether it has
expired since (failure-timeout) is not: the cluster removes what has.
"""

from __future__ import annotations

import re
from typing import Dict, Iterator, Optional, Tuple

from check_ha.model.cib import CountedFailures, FailedOperation, Recorded
from check_ha.parsers.cib_rules import parse_score
from check_ha.parsers.cib_transient import without_history
from check_ha.parsers.errors import ParseError
from check_ha.parsers.xml import LARGE, Element, parse_document

_OTHER_OPERATION = (
    rb'<op (?:id="[^"<>]*" )?(?:interval="[^"<>]*" )?name="'
    rb'(?:start|stop|promote|demote|notify|migrate_to|migrate_from|reload|reload-agent)"[^<>]*/>'
)
"""What is configured of starting, stopping, ...: nobody reads it, and it takes half of the time."""
_LISTS_FAILURES = (3, 0, 11)
"""The feature set of 1.1.15: crm_mon 1.1.14, which lists everything, has that of 1.1.13."""

_OK, _NOT_INSTALLED, _NOT_RUNNING, _PROMOTED, _FAILED_PROMOTED = 0, 5, 7, 8, 9
_HARD = (2, 3, 4, _NOT_INSTALLED, 6)
"""invalid parameter, unimplemented, insufficient privileges, not installed, not configured: also wrong in a probe."""
_PENDING, _CANCELLED, _TIMED_OUT, _NOT_SUPPORTED = -1, 1, 2, 3
_RESOURCES, _OPERATION = "lrm/lrm_resources/lrm_resource", "lrm_rsc_op"
_FAIL_COUNT, _LAST_FAILURE = "fail-count-", "last-failure-"
_TIME = "[1-9][0-9]{,11}"


def cib_document(data: bytes) -> Tuple[Element, bool]:
    """Return the root of a CIB, and whether the status is in it.

    It is most of the document, and read of an old Pacemaker only: by ``crm_feature_set``, if it can be read at all.
    """
    version = re.search(rb"<cib\b[^<>]*\bcrm_feature_set=[\"']([0-9]{1,3}(?:\.[0-9]{1,3}){1,3})[\"']", data[:4096])
    if version and tuple(map(int, version[1].split(b"."))) < _LISTS_FAILURES:
        try:
            return parse_document(data, secret=True), True
        except ParseError:
            pass
    return parse_document(data, secret=True, cut=_configuration), False


def _configuration(data: bytes) -> bytes:
    """Return the document without the history, and without operations that nobody reads."""
    data = without_history(data)
    return data if len(data) < LARGE else re.sub(_OTHER_OPERATION, b"", data)


def recorded_in(root: Element, symmetric: bool) -> Optional[Recorded]:
    """Return what the status section tells of failures; ``None``: there is none, or it cannot be understood."""
    status = root.find("status")
    try:
        return None if status is None else parse_recorded(status, symmetric)
    except ParseError:
        return None


def parse_recorded(status: Element, symmetric: bool) -> Recorded:
    """Return the failed actions and fail-counts of all nodes.

    ``symmetric``: where resources may run on any node, a probe that finds an agent not installed has failed.
    """
    states = [(state.get("uname", ""), state) for state in status.iterchildren("node_state")]
    return Recorded(
        operations=tuple(one for node, state in states for one in _operations(node, state, symmetric)),
        counts=tuple(one for node, state in states for one in _counts(node, state)),
        history={node: dict(_history(state)) for node, state in states},
    )


def _history(state: Element) -> Iterator[Tuple[str, bool]]:
    """Yield each resource with a history, and whether it was started, stopped, ... there since it was last cleared."""
    for resource in state.iterfind(_RESOURCES):
        yield (
            resource.get("id", ""),
            any(one.get("operation") != "monitor" for one in resource.iterchildren(_OPERATION)),
        )


def _operations(node: str, state: Element, symmetric: bool) -> Iterator[FailedOperation]:
    """Yield what failed on a node, each action once: 1.1.12 keeps some as the last action and as the last failure."""
    found: Dict[Tuple[str, str, int], FailedOperation] = {}
    for resource in state.iterfind(_RESOURCES):
        for operation in resource.iterchildren(_OPERATION):
            if _failed(operation, symmetric):
                one = _operation(node, resource.get("id", ""), operation)
                key = (one.resource, one.task, one.interval)
                if key not in found or one.call > found[key].call:
                    found[key] = one
    yield from found.values()


def _operation(node: str, resource: str, operation: Element) -> FailedOperation:
    when = operation.get("last-rc-change") or operation.get("last-run")
    return FailedOperation(
        resource=resource,
        task=operation.get("operation", ""),
        node=node,
        exit_code=_number(operation, "rc-code"),
        timed_out=_number(operation, "op-status") == _TIMED_OUT,
        interval=_number(operation, "interval", 0),
        when=int(when) if when and re.fullmatch(_TIME, when) else None,
        call=_number(operation, "call-id", -1),
        reason=operation.get("exit-reason", ""),
    )


def _failed(operation: Element, symmetric: bool) -> bool:
    task, code, status = operation.get("operation"), _number(operation, "rc-code"), _number(operation, "op-status")
    if task == "notify" or status in (_PENDING, _CANCELLED):
        return False
    target, interval = _target(operation), _number(operation, "interval", 0)
    probe = task == "monitor" and interval == 0
    if probe and code in (_OK, _NOT_RUNNING, _PROMOTED):
        return False  # it tells where the resource is
    if probe and code == _NOT_INSTALLED:
        return symmetric
    if code == target and code != _OK:
        return code in (_FAILED_PROMOTED, *_HARD)
    return code != _OK or status in (_TIMED_OUT, _NOT_SUPPORTED) or target not in (None, _OK)


def _target(operation: Element) -> Optional[int]:
    """Return the exit code that was expected, the third part of ``4:8:0:a0732f65-...``; ``None``: not known."""
    match = re.match(r"-?[0-9]+:-?[0-9]+:([0-9]{1,3}):", operation.get("transition-key", ""))
    return int(match[1]) if match else None


def _counts(node: str, state: Element) -> Iterator[CountedFailures]:
    values = {
        pair.get("name", ""): pair.get("value", "")
        for pair in state.iterfind("transient_attributes/instance_attributes/nvpair")
    }
    for name, value in values.items():
        resource = name[len(_FAIL_COUNT) :]
        if name.startswith(_FAIL_COUNT) and resource:
            number, when = parse_score(value), values.get(_LAST_FAILURE + resource, "")
            if number > 0:
                yield CountedFailures(node, resource, number, int(when) if re.fullmatch(_TIME, when) else None)


def _number(operation: Element, name: str, default: Optional[int] = None) -> int:
    text = operation.get(name)
    if text is None and default is not None:
        return default
    if text is None or re.fullmatch("-?[0-9]{1,12}", text) is None:
        raise ParseError(f"an operation of the history without {name}")
    return int(text)
