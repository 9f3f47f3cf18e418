"""A verdict as nagiosplugin prints it: the status line, perfdata, and the exit code.

What is to be said and how bad it is has been decided before: nagiosplugin's own order of states puts UNKNOWN above
CRITICAL, and would mask a proven problem by a tool that failed beside it.
"""

from __future__ import annotations

from typing import Any, Iterator, List, NoReturn, Sequence, Set

import nagiosplugin

from check_ha.core.check import Measure
from check_ha.core.condition import Severity
from check_ha.core.verdict import Verdict
from check_ha.core.wording import decimal
from check_ha.output.lines import headline
from check_ha.output.plain_text import RAW_LIMIT, clean, label

STATES = {
    Severity.OK: nagiosplugin.Ok,
    Severity.UNKNOWN: nagiosplugin.Unknown,
    Severity.WARNING: nagiosplugin.Warn,
    Severity.CRITICAL: nagiosplugin.Critical,
}


FEW = 200
"""Measures that always fit into what NRPE carries."""


def print_text(verdict: Verdict, lines: Sequence[str] = ()) -> NoReturn:
    """Print the verdict as a plugin does, these lines below it, and end the process with the exit code."""
    check = nagiosplugin.Check(_Judged(verdict), _State("state"), _Measured("measure"), _Said(verdict, lines))
    check.name = verdict.name
    check.main(verbose=1 if lines else 0)
    raise AssertionError("nagiosplugin ends the process")


def exit_code(verdict: Verdict) -> int:
    """Return the exit code of a plugin: 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN."""
    return int(STATES[verdict.state])


class _Judged(nagiosplugin.Resource):  # type: ignore[misc]  # nagiosplugin has no type hints
    def __init__(self, verdict: Verdict) -> None:
        self._verdict = verdict

    def probe(self) -> Iterator[nagiosplugin.Metric]:
        yield nagiosplugin.Metric("state", STATES[self._verdict.state], context="state")
        names: Set[str] = set()
        for measure in _fitting(self._verdict.measures):
            yield nagiosplugin.Metric(_unused(_name(measure), names), measure, context="measure")


class _State(nagiosplugin.Context):  # type: ignore[misc]
    def evaluate(self, metric: nagiosplugin.Metric, resource: Any) -> nagiosplugin.Result:
        return nagiosplugin.Result(metric.value, metric=metric)


class _Measured(nagiosplugin.Context):  # type: ignore[misc]
    def performance(self, metric: nagiosplugin.Metric, resource: Any) -> nagiosplugin.Performance:
        one: Measure = metric.value
        return nagiosplugin.Performance(
            metric.name,
            _Decimal(one.value) if isinstance(one.value, float) else one.value,
            one.metric.unit,
            one.warning,
            one.critical,
            None if one.minimum is None else decimal(one.minimum),
            None if one.maximum is None else decimal(one.maximum),
        )


class _Said(nagiosplugin.Summary):  # type: ignore[misc]
    """The first line, whatever the state, and the lines below it."""

    def __init__(self, verdict: Verdict, lines: Sequence[str]) -> None:
        self._line = headline(verdict)
        self._lines = [clean(line, RAW_LIMIT) for line in lines]

    def ok(self, results: nagiosplugin.Results) -> str:
        """Return the first line."""
        return self._line

    problem = ok

    def verbose(self, results: nagiosplugin.Results) -> List[str]:
        """Return the lines below it."""
        return self._lines


class _Decimal(float):
    """A float that nagiosplugin prints without an exponent."""

    def __str__(self) -> str:
        return decimal(float(self))


def _fitting(measures: Sequence[Measure]) -> Sequence[Measure]:
    if len(measures) <= FEW:
        return measures
    from check_ha.output.perfdata_room import fitting

    return fitting(measures)[0]


def _name(measure: Measure) -> str:
    return f"{label(measure.instance)}#{measure.metric.name}" if measure.instance else measure.metric.name


def _unused(name: str, names: Set[str]) -> str:
    """The name, with a number in front where cleaning or cutting has made it that of another."""
    number, unused = 1, name
    while unused in names:
        number += 1
        unused = f"{number}_{name}"
    names.add(unused)
    return unused
