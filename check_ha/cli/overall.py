"""Is this cluster well? Every check in one run.

Each tool is run once, whatever number of checks needs it. The first line tells the worst first, with the culprit, short
enough for a phone; what only repeats it in the words of another check comes last. -v adds a line for each check, -vv
what each of them found, what to do about it, and the tools. Perfdata is that of all checks. --human shows a picture of
the cluster instead, for a person at a terminal; the exit code is the same.

What each check finds, and its options, are those of its own command: check_ha_quorum -h and so on; but that a cluster
has no virtual IP is OK here, where nobody asked for one. --severity takes CONDITION=STATE for all checks that have such
a condition, CHECK.CONDITION=STATE for one. A site keeps its options in a file, one section a check, named as the long
options are; one that may be repeated takes one value a line:

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

import sys
from typing import Dict, List, Mapping, NoReturn, Sequence

import nagiosplugin

from check_ha.cli.arguments import Parser, add_options, new_parser
from check_ha.cli.command import collect, source_of, state_directory, tool_lines
from check_ha.cli.process import guarded
from check_ha.cli.register import CHECKS, all_checks
from check_ha.cli.settings import OverallOptions, understand
from check_ha.cli.state import Memory
from check_ha.cli.verdicts import Verdict, all_told, strictest, verdict_of
from check_ha.core.condition import Severity
from check_ha.core.evidence import examine
from check_ha.core.ranking import Told
from check_ha.output.nagios import STATES, Results, Summary, verbose_lines
from check_ha.output.plain_text import LINE_LIMIT, clean
from check_ha.sources.tools import Output, Tool

FIRST_LINE = 200
_TOLD_WHEN_OK = tuple(dict.fromkeys(("nodes", "resources", "rings", "vip", "quorum", *CHECKS)))
_SHARE = 60
"""Characters of the line for OK that one check may take."""


@guarded
def main() -> None:
    """The command check_ha."""
    run(sys.argv[1:])


def run(argv: Sequence[str]) -> NoReturn:
    """Do all that the command line says, print, and end the process with the exit code."""
    checks = all_checks()
    options, verbose, settings = understand(parser(), argv, checks)
    checks = [check for check in checks if check.name in settings]
    readings = strictest(checks)
    source = source_of(options, "check_ha")
    outputs = collect(readings, source)

    parsed: Dict[Tool, object] = {}
    everything = examine(readings, outputs, None, source.now, parsed)
    verdicts = []
    for check in checks:
        # not the file of the check's own command: what that has not seen yet must not be taken away from it
        memory = Memory(state_directory(options) if check.remembers else None, f"all-{check.name}")
        evidence = examine(check.readings, outputs, memory.recall(), source.now, parsed)
        verdict = verdict_of(check, settings[check.name], evidence)
        if verdict.judgement.remember is not None and not options.human:  # who only looks takes no news from the others
            memory.remember(verdict.judgement.remember)
        verdicts.append(verdict._replace(trouble=memory.trouble))

    told = all_told(verdicts, everything, readings)
    if options.human:
        from check_ha.output.human import show

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


def _combined(told: Sequence[Told], summary: Summary) -> nagiosplugin.Check:
    """All of it as one check."""
    made = nagiosplugin.Check(Results(), summary)
    made.name = "HA"
    before = ""
    for one in told:
        text = one.text if one.check in ("", before) else f"{one.check}: {one.text}"
        before = one.check
        metric = nagiosplugin.Metric("finding", one, context="finding")
        made.results.add(nagiosplugin.Result(STATES[one.severity], clean(text), metric))
    if not told:
        made.results.add(nagiosplugin.Result(nagiosplugin.Ok, None, nagiosplugin.Metric("checks", None)))
    return made


def _perfdata(verdicts: Sequence[Verdict]) -> List[str]:
    """That of all checks; what two of them measure once."""
    found: Dict[str, str] = {}
    for verdict in verdicts:
        for text in verdict.made.perfdata:
            found.setdefault(text.rpartition("=")[0], text)
    return list(found.values())


def _summary(verdicts: Sequence[Verdict]) -> str:
    """For OK: how many checks looked, then news that is no problem and what they saw, as far as there is room."""
    summaries = {verdict.check.name: verdict.judgement.summary for verdict in verdicts}
    skipped = [name for name in CHECKS if name not in summaries]
    parts = [
        clean(finding.text, _SHARE)
        for verdict in verdicts
        for finding in verdict.judgement.findings
        if finding.condition.severity is Severity.OK
    ]
    parts += [clean(summaries[name], _SHARE) for name in _TOLD_WHEN_OK if name in summaries]
    text = f"{len(verdicts)} check{'s' if len(verdicts) != 1 else ''}"
    text += f" (without {', '.join(skipped)})" if skipped else ""
    joint = ": "
    for part in parts:
        if len(text) + len(joint) + len(part) <= FIRST_LINE:
            text += joint + part
            joint = "; "
    return text


def _lines(verdicts: Sequence[Verdict], outputs: Mapping[Tool, Output], verbose: int) -> List[str]:
    """A line per check; with -vv all that is known."""
    lines = []
    for verdict in verdicts if verbose else ():
        state = str(verdict.made.state).upper()
        lines.append(clean(f"{verdict.check.name} {state} - {verdict.made.summary_str}", LINE_LIMIT + 100))
        if verbose >= 2:
            lines += [f"  {line}" for line in verbose_lines(verdict.judgement, verdict.settings.severities)]
    if verbose:
        lines += dict.fromkeys(verdict.trouble for verdict in verdicts if verdict.trouble)
    return [*lines, *tool_lines(verbose, outputs)]
