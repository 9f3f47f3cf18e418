"""From judgement to output: what nagiosplugin makes of findings and measures.

Its own order of states puts UNKNOWN above CRITICAL; ours does not, so that a proven problem is never masked by a
tool that failed beside it.
"""

from __future__ import annotations

from typing import Any, Iterable, Iterator, List, Mapping, Optional, Sequence, Set, Tuple

import nagiosplugin

from check_ha.core.check import Check, Judgement, Measure, Number
from check_ha.core.condition import Finding, Severity
from check_ha.output.plain_text import ITEM_LIMIT, LINE_LIMIT, RAW_LIMIT, clean, decimal, label

STATES = {
    Severity.OK: nagiosplugin.Ok,
    Severity.UNKNOWN: nagiosplugin.Unknown,
    Severity.WARNING: nagiosplugin.Warn,
    Severity.CRITICAL: nagiosplugin.Critical,
}
_WEIGHT = {state: weight for weight, state in STATES.items()}


def plugin(
    check: Check,
    judgement: Judgement,
    severities: Mapping[str, Severity],
    thresholds: Tuple[Optional[str], Optional[str]] = (None, None),
    lines: Sequence[str] = (),
) -> nagiosplugin.Check:
    """The check, ready to run: ``severities`` overrides those of conditions, ``lines`` are printed with -v."""
    made = nagiosplugin.Check(
        _Judged(judgement, check),
        _FindingContext(severities),
        _NumberContext(check.number.meaning if check.number else "", _judged(judgement, check), *thresholds),
        _MeasureContext("measure"),
        Results(),
        Summary(judgement.summary, lines),
    )
    made.name = f"HA_{check.name.upper()}"
    return made


def severity(finding: Finding, severities: Mapping[str, Severity]) -> Severity:
    """How bad this finding is to this user."""
    return severities.get(finding.condition.name, finding.condition.severity)


def result(finding: Finding, severities: Mapping[str, Severity]) -> nagiosplugin.Result:
    """The finding as nagiosplugin knows it."""
    metric = nagiosplugin.Metric("finding", finding, context="finding")
    return nagiosplugin.Result(STATES[severity(finding, severities)], clean(finding.text), metric)


def verbose_lines(judgement: Judgement, severities: Mapping[str, Severity]) -> List[str]:
    """A line per finding with its condition and what to do about it, then the check's lines per item; worst first."""
    lines = []
    for finding in sorted(judgement.findings, key=lambda one: -severity(one, severities)):
        state = STATES[severity(finding, severities)]
        lines.append(clean(f"{state}: {finding.text} [{finding.condition.name}]", ITEM_LIMIT + 40))
        if finding.advice:
            lines.append(clean(f"  -> {finding.advice}"))
    return [*lines, *map(clean, judgement.details)]


class _Judged(nagiosplugin.Resource):  # type: ignore[misc]  # nagiosplugin has no type hints
    def __init__(self, judgement: Judgement, check: Check) -> None:
        self._judgement = judgement
        self._number = check.number

    def probe(self) -> Iterator[nagiosplugin.Metric]:
        for finding in self._judgement.findings:
            yield nagiosplugin.Metric("finding", finding, context="finding")
        names: Set[str] = set()
        for measure in self._judgement.measures:
            context = "number" if measure.metric is self._number else "measure"
            yield _metric(_unused(_name(measure), names), measure, context)


def _judged(judgement: Judgement, check: Check) -> Optional[Number]:
    """What -w and -c are held against, where it is not the number that perfdata shows."""
    return next((measure.judged for measure in judgement.measures if measure.metric is check.number), None)


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


def _metric(name: str, measure: Measure, context: str) -> nagiosplugin.Metric:
    return nagiosplugin.Metric(
        name,
        _Decimal(measure.value) if isinstance(measure.value, float) else measure.value,
        uom=measure.metric.unit,
        min=None if measure.minimum is None else decimal(measure.minimum),
        max=None if measure.maximum is None else decimal(measure.maximum),
        context=context,
    )


class _Decimal(float):
    """A float that nagiosplugin prints without an exponent."""

    def __str__(self) -> str:
        return decimal(float(self))


class _NumberContext(nagiosplugin.ScalarContext):  # type: ignore[misc]
    """The main number. Without -w or -c there is no range, where nagiosplugin takes 0 to infinity for one."""

    def __init__(
        self, meaning: str, judged: Optional[Number], warning: Optional[str] = None, critical: Optional[str] = None
    ) -> None:
        super().__init__(
            "number", warning or "~:", critical or "~:", fmt_metric=lambda metric, _: f"{metric.valueunit} {meaning}"
        )
        self._given = (warning or "", critical or "")
        self._judged = judged

    def evaluate(self, metric: nagiosplugin.Metric, resource: Any) -> nagiosplugin.Result:
        return super().evaluate(metric if self._judged is None else metric.replace(value=self._judged), resource)

    def performance(self, metric: nagiosplugin.Metric, resource: Any) -> nagiosplugin.Performance:
        return nagiosplugin.Performance(metric.name, metric.value, metric.uom, *self._given, metric.min, metric.max)


class _FindingContext(nagiosplugin.Context):  # type: ignore[misc]
    def __init__(self, severities: Mapping[str, Severity]) -> None:
        super().__init__("finding")
        self._severities = severities

    def evaluate(self, metric: nagiosplugin.Metric, resource: Any) -> nagiosplugin.Result:
        return result(metric.value, self._severities)


class _MeasureContext(nagiosplugin.Context):  # type: ignore[misc]
    def performance(self, metric: nagiosplugin.Metric, resource: Any) -> nagiosplugin.Performance:
        return nagiosplugin.Performance(metric.name, metric.value, metric.uom, min=metric.min, max=metric.max)


class Results(nagiosplugin.Results):  # type: ignore[misc]
    """Results in our order of states, worst first."""

    def __iter__(self) -> Iterator[nagiosplugin.Result]:
        for state in sorted(self.by_state, key=_WEIGHT.__getitem__, reverse=True):
            yield from self.by_state[state]

    @property
    def most_significant_state(self) -> nagiosplugin.state.ServiceState:
        return max(self.by_state, key=_WEIGHT.__getitem__)


class Summary(nagiosplugin.Summary):  # type: ignore[misc]
    """The first line, of at most about ``limit`` characters, and the lines below it."""

    def __init__(self, summary: str, lines: Sequence[str], limit: int = LINE_LIMIT, more: str = "-v lists all") -> None:
        self._summary = clean(summary, limit)
        self._lines = [clean(line, RAW_LIMIT) for line in lines]
        self._limit = limit
        self._more = more

    def ok(self, results: nagiosplugin.Results) -> str:
        """What was looked at, and what was found and is no problem."""
        return self._joined([self._summary, *_texts(results)])

    def problem(self, results: nagiosplugin.Results) -> str:
        """All problems, worst first."""
        return self._joined(_texts(one for one in results if one.state is not nagiosplugin.Ok))

    def empty(self) -> str:
        """Neither finding nor measure: nothing was looked at."""
        return self._summary

    def verbose(self, results: nagiosplugin.Results) -> List[str]:
        """The lines, whatever was found."""
        return self._lines

    def _joined(self, texts: Sequence[str]) -> str:
        """The texts in one line; those for which there is no room are counted."""
        line = ""
        for count, text in enumerate(texts):
            if count and len(line) + len(text) > self._limit:
                return f"{line}; and {len(texts) - count} more ({self._more})"
            line = f"{line}; {text}" if line else text
        return line


def _texts(results: Iterable[nagiosplugin.Result]) -> List[str]:
    """The texts of findings and of a main number out of its range."""
    return [
        one.hint if one.metric.context == "finding" else str(one)
        for one in results
        if one.metric.context == "finding" or one.hint
    ]
