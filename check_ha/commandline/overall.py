"""Is this cluster well? Every check in one run.

Each tool is run once, whatever number of checks needs it. The first line tells the worst first, with the culprit, short
enough for a phone; what only repeats it in the words of another check comes last. -v adds a line for each check, -vv
what each of them found, what to do about it, and the tools. Perfdata is that of all checks. --human shows a picture of
the cluster instead, for a person at a terminal; the exit code is the same.

What each check finds, and its options, are those of its own command: check_ha_quorum -h and so on. --severity takes
CONDITION=STATE for all checks that have such a condition, CHECK.CONDITION=STATE for one. A site keeps all options in a
file, one section a check, named as the long options are; one that may be repeated takes one value a line:

    [check_ha]
    skip = constraints
    timeout = 15

    [quorum]
    severity = no-margin=ok
        votes-missing=critical

    [failed_actions]
    max-age = 1d
    critical = 5
"""

from __future__ import annotations

import importlib
import sys
from typing import Dict, Iterator, List, Mapping, NamedTuple, NoReturn, Sequence

import nagiosplugin

from check_ha.commandline.arguments import Parser, add_options, new_parser
from check_ha.commandline.command import be_a_plugin, collect, source_of, state_directory, tool_lines
from check_ha.commandline.memory import Memory
from check_ha.commandline.plaintext import LINE_LIMIT, clean
from check_ha.commandline.presentation import STATES, Results, Summary, plugin, severity, verbose_lines
from check_ha.commandline.settings import CHECKS, OverallOptions, Settings, understand
from check_ha.judgement.check import Check, Judgement
from check_ha.judgement.conditions import NOT_RESPONDING, Finding, Severity
from check_ha.judgement.evidence import Evidence, Reading, examine
from check_ha.judgement.ranking import Told, ranked, together
from check_ha.judgement.resources import names_of
from check_ha.parsers.crm_mon import parse_crm_mon
from check_ha.sources.tools import CRM_MON, Output, Tool

FIRST_LINE = 200
_SHARE = 60
"""Characters of the line for OK that one check may take."""


class Verdict(NamedTuple):
    """One check, judged."""

    check: Check
    settings: Settings
    evidence: Evidence
    judgement: Judgement
    """With the findings about tools that failed."""
    made: nagiosplugin.Check
    trouble: str
    """Why it has no memory of the last run."""


@nagiosplugin.guarded(verbose=0)  # type: ignore[untyped-decorator]
def main() -> None:
    """The command check_ha."""
    run(sys.argv[1:])


def run(argv: Sequence[str]) -> NoReturn:
    """Do all that the command line says, print, and end the process with the exit code."""
    be_a_plugin()
    checks = all_checks()
    options, verbose, settings = understand(parser(), argv, checks)
    checks = [check for check in checks if check.name in settings]
    readings = _strictest(checks)
    source = source_of(options, "check_ha")
    outputs = collect(readings, source)

    parsed: Dict[Tool, object] = {}
    everything = examine(readings, outputs, None, source.now, parsed)
    verdicts = []
    for check in checks:
        # not the file of the check's own command: what that has not seen yet must not be taken away from it
        memory = Memory(state_directory(options) if check.remembers else None, f"all-{check.name}")
        evidence = examine(check.readings, outputs, memory.recall(), source.now, parsed)
        judgement = check.judge(evidence, settings[check.name].own)
        if judgement.remember is not None and not options.human:  # who only looks takes no news from who is on duty
            memory.remember(judgement.remember)
        verdicts.append(_verdict(check, settings[check.name], evidence, judgement, memory.trouble))

    told = _told(verdicts, everything, readings)
    if options.human:
        from check_ha.commandline.human import show

        sys.exit(show(everything, verdicts, told))
    made = _combined(told, Summary(_summary(verdicts), _lines(verdicts, outputs, verbose), FIRST_LINE))
    made.perfdata = _perfdata(verdicts)
    made.main(verbose=min(verbose, 1))
    raise AssertionError("nagiosplugin ends the process")


def parser() -> Parser:
    """The parser of check_ha."""
    made = new_parser("check_ha", __doc__ or "")
    add_options(made, OverallOptions)
    made.add_argument(
        "-v", "--verbose", action="count", default=0, help="a line per check; -vv: all findings, and the tools"
    )
    return made


def all_checks() -> List[Check]:
    """Every check of a node, in the order in which they are told."""
    return [importlib.import_module(f"check_ha.checks.{name}").CHECK for name in CHECKS]


def _strictest(checks: Sequence[Check]) -> List[Reading[object]]:
    """One reading for each tool: one that a check cannot do without, where there is such."""
    found: Dict[Tool, Reading[object]] = {}
    readings = [reading for check in checks for reading in check.readings]
    for reading in sorted(readings, key=lambda one: (not one.required, one.silent)):
        found.setdefault(reading.tool, reading)
    return list(found.values())


def _verdict(check: Check, settings: Settings, evidence: Evidence, judgement: Judgement, trouble: str) -> Verdict:
    complete = judgement._replace(findings=(*judgement.findings, *evidence.findings))
    made = plugin(check, complete, settings.severities, settings.thresholds)
    made.add(Summary(judgement.summary, (), LINE_LIMIT, "-vv lists all"))
    made()
    return Verdict(check, settings, evidence, complete, made, trouble)


def _told(verdicts: Sequence[Verdict], everything: Evidence, readings: Sequence[Reading[object]]) -> List[Told]:
    """All that is wrong, in the order in which it is told; that a tool failed only once, and next to its daemon."""
    reported = {reading.tool for reading in readings if reading.required}
    found: List[Told] = []
    for verdict in verdicts:
        found += _of_check(verdict, reported)
        if verdict.check.name == CHECKS[0] or len(verdicts) == 1:
            found += together(list(_of_tools(verdicts, everything)))
    if verdicts[0].check.name != CHECKS[0] and len(verdicts) > 1:
        found = [*together(list(_of_tools(verdicts, everything))), *found]
    bad = [one for one in found if one.severity is not Severity.OK]
    return ranked(bad, _names(everything) if len(bad) > 1 else ())
