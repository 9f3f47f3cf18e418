"""From outputs to evidence: parse what each tool said, and turn what it could not say into findings.

The same failure of a tool is the same finding in every check: that is decided here and in
``check_ha.judgement.toolfailure``, and a check asks for what it needs::

    cluster = evidence.get(CLUSTER)     # a Cluster, or None: then the reason is among the findings
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Callable, Dict, Generic, Iterable, List, Mapping, Optional, Tuple, TypeVar, cast

from check_ha.judgement.conditions import Finding
from check_ha.judgement.toolfailure import Failure, failure_of, findings_of, in_doubt
from check_ha.parsers.errors import ParseError
from check_ha.sources.tools import PS, Output, Tool

T = TypeVar("T")


@dataclass(frozen=True)
class Reading(Generic[T]):
    """A tool, and the parser that understands it."""

    tool: Tool
    parse: Callable[[bytes], T]
    required: bool = True
    """False: the check does without it, and only a tool that hangs is reported."""


@dataclass(frozen=True)
class Evidence:
    """All that one run knows."""

    values: Mapping[Tool, Any]
    findings: Tuple[Finding, ...] = ()
    """What the tools could not say, and why."""
    previous: Optional[Mapping[str, Any]] = None
    """What the last run wanted remembered; ``None``: there was none, or no state is kept."""
    now: float = 0.0
    """Seconds since the epoch at which the outputs were made."""

    def get(self, reading: Reading[T]) -> Optional[T]:
        """What this tool said, or ``None`` where it failed."""
        return cast("Optional[T]", self.values.get(reading.tool))


def examine(
    readings: Iterable[Reading[Any]],
    outputs: Mapping[Tool, Output],
    previous: Optional[Mapping[str, Any]] = None,
    now: float = 0.0,
) -> Evidence:
    """Parse the outputs of these readings. Never raises for anything a tool may have printed."""
    values: Dict[Tool, Any] = {}
    failures: List[Failure] = []
    for reading in readings:
        output = outputs[reading.tool]
        failure = failure_of(output)
        if failure is None:
            try:
                values[reading.tool] = reading.parse(output.stdout)
            except ParseError as error:
                failure = failure_of(output, error)
        if failure is not None:
            failures.append(failure if reading.required else failure.optional())
    return Evidence(values, findings_of(failures, outputs.get(PS)), previous, now)


def doubtful(readings: Iterable[Reading[Any]], outputs: Mapping[Tool, Output]) -> bool:
    """Whether the process list is needed to tell a daemon that is down from a user who may not ask it."""
    return in_doubt([failure for failure in (failure_of(outputs[reading.tool]) for reading in readings) if failure])
