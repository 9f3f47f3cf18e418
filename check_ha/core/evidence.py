"""From outputs to evidence: parse what each tool said, and turn what it could not say into findings.

A tool that answers may still not have been shown all: a Pacemaker ACL leaves out what the user may not read, without a
word and with exit 0. So a reading says which parts of the CIB the check rests on, and one that is hidden is a finding.

The same failure of a tool is the same finding in every check: that is decided here and in
``check_ha.core.failed_tools``, and a check asks for what it needs::

    cluster = evidence.get(CLUSTER)     # a Cluster, or None: then the reason is among the findings
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Any, Callable, Dict, Generic, Iterable, List, Mapping, Optional, Sequence, Tuple, TypeVar, cast

from check_ha.core.condition import STARTING
from check_ha.core.finding import Finding
from check_ha.core.starting import link_down, linking, no_dc, starting, unsettled
from check_ha.core.tool_failure import ToolFailure, cut_short, failure_of, in_doubt, incomplete
from check_ha.model.cib_parts import CRM_CONFIG
from check_ha.parsers.errors import ParseError
from check_ha.record import NamedTuple
from check_ha.sources.tools import CIBADMIN, CRM_MON, PS, Output, Tool

T = TypeVar("T")


class Reading(Generic[T]):
    """A tool, and the parser that understands it.

    With ``required=False`` the check does without it, and only a tool that hangs is reported. With ``silent=True``
    nothing is: the check itself says what the failure means, and finds it in ``Evidence.failed``. With ``instead_of``
    it is asked only where that other tool has no answer, or one of which ``when`` holds. ``parts`` are those parts of
    the CIB (``check_ha.model.cib``) without which the check cannot say OK; ``None``: all that the tool tells.
    """

    def __init__(
        self,
        tool: Tool,
        parse: Callable[[bytes], T],
        required: bool = True,
        silent: bool = False,
        instead_of: Optional[Tool] = None,
        parts: Optional[Tuple[str, ...]] = None,
        when: Optional[Callable[[Output], bool]] = None,
    ) -> None:
        self.tool = tool
        self.parse = parse
        self.required = required and not silent
        self.silent = silent
        self.instead_of = instead_of
        self.parts = parts
        self.when = when

    def needed(self, outputs: Mapping[Tool, Output]) -> bool:
        """Return whether it is asked at all, by what the tool says that it stands in for."""
        if self.instead_of is None:
            return True
        other = outputs.get(self.instead_of)
        return other is not None and (self.when(other) if self.when else failure_of(other) is not None)

    def lacks(self, value: Any) -> Tuple[str, ...]:
        """Return the parts of the CIB that it rests on and that are hidden in this value."""
        hidden: Tuple[str, ...] = getattr(value, "hidden", ())
        return hidden if self.parts is None else tuple(part for part in hidden if part in self.parts)


class Evidence(NamedTuple):
    """All that one run knows."""

    values: Mapping[Tool, Any]
    findings: Tuple[Finding, ...] = ()
    """What the tools could not say, and why."""
    previous: Optional[Mapping[str, Any]] = None
    """What the last run wanted remembered, nothing on the first; ``None``: no state is kept."""
    now: float = 0.0
    """Seconds since the epoch at which the outputs were made."""
    failed: Mapping[Tool, Finding] = MappingProxyType({})
    """For each tool without an answer, or whose answer lacks a part, the finding that this amounts to, reported or
    not."""
    seconds: Mapping[Tool, float] = MappingProxyType({})
    """How long each tool took."""
    starting: Optional[Finding] = None
    """That the cluster software of this node was just started, where a tool shows what is normal then."""

    def get(self, reading: Reading[T]) -> Optional[T]:
        """Return what this tool said, or ``None`` where it failed."""
        return cast("Optional[T]", self.values.get(reading.tool))

    def unless_starting(self, findings: Iterable[Finding]) -> Tuple[Finding, ...]:
        """Return these findings, or in their place that this node is just starting.

        For what that explains: no DC, no quorum, nodes that are not seen yet, what is not running without a failure.
        """
        found = tuple(findings)
        if self.starting is None or not found:
            return found
        return () if self.starting in self.findings else (self.starting,)


def examine(
    readings: Iterable[Reading[Any]],
    outputs: Mapping[Tool, Output],
    previous: Optional[Mapping[str, Any]] = None,
    now: float = 0.0,
    parsed: Optional[Dict[Tool, Any]] = None,
    announce: Callable[[str], object] = str,
) -> Evidence:
    """Parse the outputs of these readings. Never raises for anything a tool may have printed.

    Several checks that share one ``parsed`` parse each output once between them. ``announce`` is told what comes next.
    """
    values: Dict[Tool, Any] = {}
    parsed = {} if parsed is None else parsed
    failed: List[Tuple[Tool, ToolFailure]] = []
    parts: List[ToolFailure] = []
    for reading in asked(readings, outputs):
        output = outputs[reading.tool]
        announce(f"reading the output of {reading.tool.label}")
        failure = failure_of(output)
        if failure is None:
            value = _parsed(reading, output, parsed)
            if isinstance(value, ParseError):
                failure = failure_of(output, value)
            else:
                lacking = reading.lacks(value)
                failure = incomplete(output, lacking) if lacking else None
                if failure is None or _still_true(output.tool, lacking):
                    values[reading.tool] = value  # what there is of it still proves what it shows
                part = cut_short(output)
                parts += [part._replace(silent=reading.silent)] if part else []
        if failure is not None:
            failed.append((reading.tool, failure if reading.required else failure.optional(reading.silent)))
    reasons, findings = _findings(failed, parts, outputs.get(PS)) if failed or parts else ({}, ())
    start = next((one for one in reasons.values() if one.condition is STARTING), None)
    own = _own(readings, outputs)
    if start is None and unsettled(own):
        start = starting(outputs)
    elif start is None and link_down(own):
        start = linking(outputs)
    seconds = {reading.tool: outputs[reading.tool].seconds for reading in asked(readings, outputs)}
    return Evidence(values, findings, previous, now, reasons, seconds, start)


def _findings(
    failed: Sequence[Tuple[Tool, ToolFailure]], parts: Sequence[ToolFailure], processes: Optional[Output]
) -> Tuple[Dict[Tool, Finding], Tuple[Finding, ...]]:
    """Return the finding of each tool that failed, and what all of them amount to."""
    from check_ha.core.failed_tools import finding_of, findings_of  # most runs do without

    failures = [failure for _, failure in failed]
    reasons = {tool: finding_of(failure, failures, processes) for tool, failure in failed}
    return reasons, findings_of([*failures, *parts], processes)


def asked(readings: Iterable[Reading[Any]], outputs: Mapping[Tool, Output]) -> List[Reading[Any]]:
    """Return the readings that are asked: a stand-in only where it is needed, and there is an output."""
    return [one for one in readings if one.instead_of is None or (one.tool in outputs and one.needed(outputs))]


def _own(readings: Iterable[Reading[Any]], outputs: Mapping[Tool, Output]) -> Dict[Tool, Output]:
    """Return the outputs of these readings, without what other checks have asked."""
    return {reading.tool: outputs[reading.tool] for reading in asked(readings, outputs)}


def stand_ins(readings: Iterable[Reading[Any]], outputs: Mapping[Tool, Output]) -> List[Tool]:
    """Return the tools that are to be asked because of what the one they stand in for has said, or has not."""
    waiting = [one for one in readings if one.instead_of is not None and one.tool not in outputs]
    return list(dict.fromkeys(one.tool for one in waiting if one.needed(outputs)))


def _parsed(reading: Reading[Any], output: Output, parsed: Dict[Tool, Any]) -> Any:
    """Return what the parser makes of it: a value or its ParseError."""
    if reading.tool not in parsed:
        try:
            parsed[reading.tool] = reading.parse(output.answer)
        except ParseError as error:
            parsed[reading.tool] = error
    return parsed[reading.tool]


def also_needed(readings: Iterable[Reading[Any]], outputs: Mapping[Tool, Output]) -> List[Tool]:
    """Return what must be asked as well, now that these have answered.

    The process list tells a daemon that is down from a user who may not ask it, and a Pacemaker that has just been
    started from one that has lost its DC; how long it may be without DC is in the CIB.
    """
    own = _own(readings, outputs)
    if not (
        unsettled(own) or link_down(own) or in_doubt([failure for failure in map(failure_of, own.values()) if failure])
    ):
        return []
    return [tool for tool in (PS, *([CIBADMIN] if no_dc(own) else [])) if tool not in outputs]


def _still_true(tool: Tool, lacking: Tuple[str, ...]) -> bool:
    """Return whether what is shown holds all the same: without the cluster's options, an offline node is offline."""
    return tool is CRM_MON and lacking == (CRM_CONFIG,)
