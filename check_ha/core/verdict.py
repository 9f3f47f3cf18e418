"""The verdict: what a judgement amounts to for this user. Whatever prints it, prints this."""

from __future__ import annotations

from typing import Callable, Dict, List, Mapping, Optional, Sequence, Tuple, Union

from check_ha.core.check import Check, Judgement, Measure
from check_ha.core.condition import OUT_OF_RANGE, Severity
from check_ha.core.finding import Finding, Key, Row
from check_ha.core.ranking import with_causes
from check_ha.core.wording import decimal
from check_ha.record import NamedTuple


class Threshold:
    """A range given with -w or -c: its text, whether a number is in it, and words for one that is not."""

    def __init__(self, text: str, matches: Callable[[Union[int, float]], bool], violation: str) -> None:
        self.text = text
        self.matches = matches
        self.violation = violation


Thresholds = Tuple[Optional[Threshold], Optional[Threshold]]
"""That of -w, and that of -c."""


class Verdict(NamedTuple):
    """What is said of a cluster."""

    check: str
    """``quorum``; empty for all checks of a node in one."""
    state: Severity
    summary: str
    """What was looked at, in one sentence."""
    findings: Tuple[Finding, ...]
    """Worst first, with their severities."""
    rows: Tuple[Row, ...]
    measures: Tuple[Measure, ...]
    notes: Tuple[str, ...] = ()
    """What else -v says: which check does not apply here."""
    time: float = 0.0
    """Seconds since the epoch at which the tools were asked."""
    node: str = ""
    """The node that was looked at; empty where that is not known, or where it was several."""
    parts: Tuple[Verdict, ...] = ()
    """Of all checks in one: that of each."""

    @property
    def name(self) -> str:
        """``HA_QUORUM``, ``HA``."""
        return f"HA_{self.check.upper()}" if self.check else "HA"

    @property
    def news(self) -> Tuple[Finding, ...]:
        """What was found and is no problem."""
        return tuple(one for one in self.findings if one.severity is Severity.OK)

    @property
    def problems(self) -> Tuple[Finding, ...]:
        """What is not OK, worst first."""
        return tuple(one for one in self.findings if one.severity is not Severity.OK)

    @property
    def told(self) -> Tuple[Finding, ...]:
        """The problems without those that follow from one that is as bad, and need no place in the first line."""
        causes = {one.key: one.severity for one in self.problems if one.cause is None}
        return tuple(
            one for one in self.problems if one.cause is None or causes.get(one.cause, Severity.OK) < one.severity
        )

    @property
    def following(self) -> Dict[Key, List[Finding]]:
        """The problems that follow from another one, by its key."""
        found: Dict[Key, List[Finding]] = {}
        for one in self.problems:
            if one.cause:
                found.setdefault(one.cause, []).append(one)
        return found


def verdict_of(
    check: Check, judgement: Judgement, severities: Mapping[str, Severity], thresholds: Thresholds = (None, None)
) -> Verdict:
    """Weigh what a check has found: ``severities`` are those that the user gave, by condition."""
    findings = [
        one._replace(check=one.check or check.name, override=_severity(one, severities)) for one in judgement.findings
    ]
    if not any(one.cause for one in findings):  # a comparison has found them already, among the checks of the nodes
        findings = with_causes(findings)
    findings += _out_of_range(check, judgement.measures, thresholds)
    empty = not findings and not judgement.measures  # nothing was looked at
    return Verdict(
        check=check.name,
        state=Severity.UNKNOWN if empty else worst(findings),
        summary=judgement.summary,
        findings=tuple(sorted(findings, key=lambda one: -one.severity)),
        rows=judgement.rows,
        measures=tuple(_with_ranges(one, check, thresholds) for one in judgement.measures),
    )


def with_finding(verdict: Verdict, finding: Finding) -> Verdict:
    """Return the verdict with one more finding, behind those that are as bad."""
    findings = sorted((*verdict.findings, finding), key=lambda one: -one.severity)
    return verdict._replace(state=worst(findings), findings=tuple(findings))


def _severity(one: Finding, severities: Mapping[str, Severity]) -> Optional[Severity]:
    """Return what the user says of it: of this check's condition, where several have one of that name, else of all."""
    name = one.condition.name
    return severities.get(f"{one.check}.{name}", severities.get(name, one.override))


def worst(findings: Sequence[Finding]) -> Severity:
    """Return the worst severity; OK where nothing was found."""
    return max((one.severity for one in findings), default=Severity.OK)


def _with_ranges(measure: Measure, check: Check, thresholds: Thresholds) -> Measure:
    if measure.metric is not check.number:
        return measure
    warning, critical = (threshold.text if threshold else "" for threshold in thresholds)
    return measure._replace(warning=warning, critical=critical)


def _out_of_range(check: Check, measures: Sequence[Measure], thresholds: Thresholds) -> List[Finding]:
    """Return the main number, where it is out of a range; -c counts before -w."""
    measure = next((one for one in measures if one.metric is check.number), None)
    if measure is None or check.number is None:
        return []
    value = measure.value if measure.judged is None else measure.judged
    for threshold, severity in ((thresholds[1], Severity.CRITICAL), (thresholds[0], Severity.WARNING)):
        if threshold and not threshold.matches(value):
            text = f"{check.number.meaning}: {decimal(value)}{check.number.unit} ({threshold.violation})"
            return [Finding(OUT_OF_RANGE, text, override=severity, check=check.name)]
    return []
