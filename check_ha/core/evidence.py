"""From outputs to evidence: parse what each tool said, and turn what it could not say into findings.

A tool that answers may still not have been shown all: a Pacemaker ACL leaves out what the user may not read, without a
word and with exit 0. So a reading says which parts of the CIB the check rests on, and one that is hidden is a finding.

The same failure of a tool is the same finding in every check: that is decided here and in
``check_ha.core.tool_failure``, and a check asks for what it needs::

    cluster = evidence.get(CLUSTER)     # a Cluster, or None: then the reason is among the findings
"""

from types import MappingProxyType
from typing import Any, Callable, Dict, Generic, Iterable, List, Mapping, NamedTuple, Optional, Tuple, TypeVar, cast

from check_ha.core.finding import Finding
from check_ha.core.tool_failure import Failure, failure_of, finding_of, findings_of, in_doubt, incomplete
from check_ha.model.cib import CRM_CONFIG
from check_ha.parsers.errors import ParseError
from check_ha.sources.tools import CRM_MON, PS, Output, Tool

T = TypeVar("T")


class Reading(Generic[T]):
    """A tool, and the parser that understands it.

    With ``required=False`` the check does without it, and only a tool that hangs is reported. With ``silent=True``
    nothing is: the check itself says what the failure means, and finds it in ``Evidence.failed``. ``parts`` are those
    parts of the CIB (``check_ha.model.cib``) without which the check cannot say OK; ``None``: all that the tool tells.
    """

    def __init__(
        self,
        tool: Tool,
        parse: Callable[[bytes], T],
        required: bool = True,
        silent: bool = False,
        parts: Optional[Tuple[str, ...]] = None,
    ) -> None:
        self.tool = tool
        self.parse = parse
        self.required = required and not silent
        self.silent = silent
        self.parts = parts

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

    def get(self, reading: Reading[T]) -> Optional[T]:
        """Return what this tool said, or ``None`` where it failed."""
        return cast("Optional[T]", self.values.get(reading.tool))


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
    failures: List[Failure] = []
    for reading in readings:
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
                    values[reading.tool] = value
        if failure is not None:
            failures.append(failure if reading.required else failure.optional(reading.silent))
    processes = outputs.get(PS)
    failed = {failure.output.tool: finding_of(failure, failures, processes) for failure in failures}
    return Evidence(values, findings_of(failures, processes), previous, now, failed)


def _parsed(reading: Reading[Any], output: Output, parsed: Dict[Tool, Any]) -> Any:
    """Return what the parser makes of it: a value or its ParseError."""
    if reading.tool not in parsed:
        try:
            parsed[reading.tool] = reading.parse(output.answer)
        except ParseError as error:
            parsed[reading.tool] = error
    return parsed[reading.tool]


def _still_true(tool: Tool, lacking: Tuple[str, ...]) -> bool:
    """Return whether what is shown holds all the same: without the cluster's options, an offline node is offline."""
    return tool is CRM_MON and lacking == (CRM_CONFIG,)


def doubtful(readings: Iterable[Reading[Any]], outputs: Mapping[Tool, Output]) -> bool:
    """Return whether the process list is needed to tell a daemon that is down from a user who may not ask it."""
    return in_doubt([failure for failure in (failure_of(outputs[reading.tool]) for reading in readings) if failure])
