"""Every check of a run of ``check_ha``, judged on the same outputs, and all that they found as one list."""

from __future__ import annotations

from typing import Dict, Iterator, List, NamedTuple, Sequence, Set, Tuple

import nagiosplugin

from check_ha.cli.settings import Settings
from check_ha.cluster.resources import names_of
from check_ha.core.check import Check, Judgement
from check_ha.core.condition import NOT_RESPONDING, NOT_RUNNING, UNREADABLE, Finding, Severity
from check_ha.core.evidence import Evidence, Reading
from check_ha.core.ranking import Told, ranked, together
from check_ha.output.nagios import STATES, Summary, plugin, severity
from check_ha.output.plain_text import LINE_LIMIT
from check_ha.sources.tools import CMAPCTL, CRM_MON, Tool

_SEVERITIES = {state: severity for severity, state in STATES.items()}


class Verdict(NamedTuple):
    """One check, judged."""

    check: Check
    settings: Settings
    evidence: Evidence
    judgement: Judgement
    """With the findings about tools that failed."""
    made: nagiosplugin.Check
    trouble: str = ""
    """Why it has no memory of the last run."""

    @property
    def severity(self) -> Severity:
        """Its state."""
        return _SEVERITIES[self.made.state]

    @property
    def found(self) -> List[Tuple[Finding, Severity]]:
        """What it found, as bad as that is to this user."""
        return [(finding, severity(finding, self.settings.severities)) for finding in self.judgement.findings]


def strictest(checks: Sequence[Check]) -> List[Reading[object]]:
    """One reading for each tool: one that a check cannot do without, where there is such."""
    found: Dict[Tool, Reading[object]] = {}
    readings = [reading for check in checks for reading in check.readings]
    for reading in sorted(readings, key=lambda one: (not one.required, one.silent)):
        found.setdefault(reading.tool, reading)
    return list(found.values())


def verdict_of(check: Check, settings: Settings, evidence: Evidence) -> Verdict:
    """What this check says of it."""
    try:
        judgement = check.judge(evidence, settings.own)
    except Exception as error:  # a mistake of ours in one check must not hide what the others prove
        text = f"this check failed ({error!r}): report it, with a recording of check_ha_snapshot"
        judgement = Judgement("not judged", (Finding(UNREADABLE, text),))
    complete = judgement._replace(findings=(*judgement.findings, *evidence.findings))
    made = plugin(check, complete, settings.severities, settings.thresholds)
    made.add(Summary(judgement.summary, (), LINE_LIMIT, "-vv lists all"))
    made()
    return Verdict(check, settings, evidence, complete, made)


def all_told(verdicts: Sequence[Verdict], everything: Evidence, readings: Sequence[Reading[object]]) -> List[Told]:
    """All that is wrong, in the order in which it is told; that a tool failed only once, and next to its daemon."""
    own = {verdict.check.name: list(_of_check(verdict, _reported(readings, everything))) for verdict in verdicts}
    daemons = own.pop("daemons", [])
    found = [*daemons, *_of_tools(verdicts, everything), *(one for those in own.values() for one in those)]
    bad = together([one for one in found if one.severity is not Severity.OK])
    return ranked(bad, _names(everything) if len(bad) > 1 else ())


def _reported(readings: Sequence[Reading[object]], everything: Evidence) -> Set[Tool]:
    """The tools whose failure is told as such."""
    hanging = {tool for tool, failure in everything.failed.items() if failure.condition is NOT_RESPONDING}
    return {one.tool for one in readings if one.required or (one.tool in hanging and not one.silent)}


def _of_tools(verdicts: Sequence[Verdict], everything: Evidence) -> Iterator[Told]:
    """What the tools could not say, as bad as it is to the check that takes it worst."""
    for finding in everything.findings:
        found = (pair for verdict in verdicts for pair in verdict.found)
        severities = [how_bad for one, how_bad in found if one.condition is finding.condition]
        if severities:
            yield Told("", finding.text, max(severities), finding.condition.name, finding.advice)


def _of_check(verdict: Verdict, reported: Set[Tool]) -> Iterator[Told]:
    """What a check itself has found, and its main number out of its range."""
    failed = [finding for tool, finding in verdict.evidence.failed.items() if tool in reported]
    # that a daemon does not run is the finding of the check of daemons, if it looks
    told = {finding.text for finding in failed if finding.condition is not NOT_RUNNING}
    told.update(finding.text for finding in verdict.evidence.findings)
    for result in verdict.made.results:
        if result.metric.context != "finding":
            if result.hint:
                yield Told(verdict.check.name, str(result), _SEVERITIES[result.state])
        elif result.metric.value.text not in told:
            finding: Finding = result.metric.value
            how_bad = severity(finding, verdict.settings.severities)
            yield Told(verdict.check.name, finding.text, how_bad, finding.condition.name, finding.advice)


def _names(everything: Evidence) -> Set[str]:
    """The names of nodes and resources, and what daemons and tools are called by."""
    names = {"corosync", "pacemaker"}
    cluster = everything.values.get(CRM_MON)
    if cluster:
        names.update(node.name for node in cluster.nodes)
        for placed in cluster.primitives():
            names.update(names_of(placed))
    cmap = everything.values.get(CMAPCTL)
    if cmap:
        names.update(node.label for node in cmap.nodes)
    return names
