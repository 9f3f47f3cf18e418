"""All checks of a node in one verdict: what each has found, ranked, and each failure of a tool once."""

from __future__ import annotations

from typing import Dict, Iterator, List, Sequence, Set, Tuple

from check_ha.core.check import Measure
from check_ha.core.condition import NOT_RESPONDING, NOT_RUNNING, Severity
from check_ha.core.evidence import Evidence, Reading
from check_ha.core.finding import Finding
from check_ha.core.ranking import ranked, together, with_causes
from check_ha.core.verdict import Verdict, worst
from check_ha.sources.tools import Tool

Part = Tuple[Verdict, Evidence]
"""The verdict of one check, and what it is based on."""


def combined(
    parts: Sequence[Part],
    everything: Evidence,
    readings: Sequence[Reading[object]],
    summary: str,
) -> Verdict:
    """Return the verdict on all of it; ``everything`` is what all readings found, each by the strictest check."""
    findings = _told(parts, everything, readings)
    notes = dict.fromkeys(note for verdict, _ in parts for note in verdict.notes)
    return Verdict(
        check="",
        state=worst(findings),
        summary=summary,
        findings=tuple(findings),
        rows=(),
        measures=tuple(_measures([verdict for verdict, _ in parts])),
        notes=tuple(notes),
        time=everything.now,
        node=parts[0][0].node,
        parts=tuple(verdict for verdict, _ in parts),
    )


def _told(parts: Sequence[Part], everything: Evidence, readings: Sequence[Reading[object]]) -> List[Finding]:
    """Return all that is wrong, in the order in which it is told; a failed tool only once, next to its daemon."""
    reported = _reported(readings, everything)
    own = {verdict.check: list(_of_check(verdict, evidence, reported)) for verdict, evidence in parts}
    daemons = own.pop("daemons", [])
    found = [*daemons, *_of_tools(parts, everything), *(one for those in own.values() for one in those)]
    bad = together([one for one in found if one.severity is not Severity.OK])
    return with_causes(ranked(bad))


def _reported(readings: Sequence[Reading[object]], everything: Evidence) -> Set[Tool]:
    """Return the tools whose failure is told as such."""
    hanging = {tool for tool, failure in everything.failed.items() if failure.condition is NOT_RESPONDING}
    return {one.tool for one in readings if one.required or (one.tool in hanging and not one.silent)}


def _of_tools(parts: Sequence[Part], everything: Evidence) -> Iterator[Finding]:
    """Yield what the tools could not say, as bad as it is to the check that takes it worst."""
    for finding in everything.findings:
        found = [one for verdict, _ in parts for one in verdict.findings if one.condition is finding.condition]
        if found:
            yield finding._replace(override=worst(found))


def _of_check(verdict: Verdict, evidence: Evidence, reported: Set[Tool]) -> Iterator[Finding]:
    """Yield what a check itself has found, without what is told of the tools."""
    failed = [finding for tool, finding in evidence.failed.items() if tool in reported]
    # that a daemon does not run is the finding of the check of daemons, if it looks
    told = [finding for finding in failed if finding.condition is not NOT_RUNNING]
    told += evidence.findings
    for one in verdict.findings:
        if one._replace(check="", override=None) not in told:
            yield one


def _measures(verdicts: Sequence[Verdict]) -> Iterator[Measure]:
    """Yield those of all checks; what two of them measure once."""
    found: Dict[Tuple[str, str], str] = {}
    for verdict in verdicts:
        for measure in verdict.measures:
            if found.setdefault((measure.metric.name, measure.instance), verdict.check) == verdict.check:
                yield measure
