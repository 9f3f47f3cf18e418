"""From outputs to evidence: parse what each tool said, and turn what it could not say into findings.

The same failure of a tool is the same finding in every check: that is decided here and in
``check_ha.core.tool_failure``, and a check asks for what it needs::

    cluster = evidence.get(CLUSTER)     # a Cluster, or None: then the reason is among the findings
"""

from types import MappingProxyType
from typing import Any, Callable, Dict, Generic, Iterable, List, Mapping, NamedTuple, Optional, Tuple, TypeVar, cast

from check_ha.core.finding import Finding
from check_ha.core.tool_failure import Failure, cut_short, failure_of, finding_of, findings_of, in_doubt
from check_ha.parsers.errors import ParseError
from check_ha.sources.tools import PS, Output, Tool

T = TypeVar("T")


class Reading(Generic[T]):
    """A tool, and the parser that understands it.

    With ``required=False`` the check does without it, and only a tool that hangs is reported. With ``silent=True``
    nothing is: the check itself says what the failure means, and finds it in ``Evidence.failed``.
    """

    def __init__(self, tool: Tool, parse: Callable[[bytes], T], required: bool = True, silent: bool = False) -> None:
        self.tool = tool
        self.parse = parse
        self.required = required and not silent
        self.silent = silent


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
    """For each tool without an answer the finding that this amounts to, reported or not."""

    def get(self, reading: Reading[T]) -> Optional[T]:
        """What this tool said, or ``None`` where it failed."""
        return cast("Optional[T]", self.values.get(reading.tool))


def examine(
    readings: Iterable[Reading[Any]],
    outputs: Mapping[Tool, Output],
    previous: Optional[Mapping[str, Any]] = None,
    now: float = 0.0,
    parsed: Optional[Dict[Tool, Any]] = None,
) -> Evidence:
    """Parse the outputs of these readings. Never raises for anything a tool may have printed.

    Several checks that share one ``parsed`` parse each output once between them.
    """
    values: Dict[Tool, Any] = {}
    parsed = {} if parsed is None else parsed
    failures: List[Failure] = []
    parts: List[Failure] = []
    for reading in readings:
        output = outputs[reading.tool]
        failure = failure_of(output)
        if failure is None:
            value = _parsed(reading, output, parsed)
            if isinstance(value, ParseError):
                failure = failure_of(output, value)
            else:
                values[reading.tool] = value  # what there is of it still proves what it shows
                part = cut_short(output)
                parts += [part._replace(silent=reading.silent)] if part else []
        if failure is not None:
            failures.append(failure if reading.required else failure.optional(reading.silent))
    processes = outputs.get(PS)
    failed = {failure.output.tool: finding_of(failure, failures, processes) for failure in failures}
    return Evidence(values, findings_of([*failures, *parts], processes), previous, now, failed)


def _parsed(reading: Reading[Any], output: Output, parsed: Dict[Tool, Any]) -> Any:
    """What the parser makes of it: a value or its ParseError."""
    if reading.tool not in parsed:
        try:
            parsed[reading.tool] = reading.parse(output.answer)
        except ParseError as error:
            parsed[reading.tool] = error
    return parsed[reading.tool]


def doubtful(readings: Iterable[Reading[Any]], outputs: Mapping[Tool, Output]) -> bool:
    """Whether the process list is needed to tell a daemon that is down from a user who may not ask it."""
    return in_doubt([failure for failure in (failure_of(outputs[reading.tool]) for reading in readings) if failure])
