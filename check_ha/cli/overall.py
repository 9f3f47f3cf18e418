"""Is this cluster well? Every check in one run.

Each tool is run once, however many checks need it. The first line tells the worst first, with the culprit, short
enough for a phone; what only repeats it in the words of another check comes last. -v adds a line for each check, -vv
what each of them found, what to do about it, and the tools. Perfdata is that of all checks. --human shows a picture of
the cluster instead, for a person at a terminal; the exit code is the same. --failover asks Pacemaker's scheduler as
well what the loss of each node would come to: some 50 ms of CPU for each node of a small cluster.

What each check finds, and its options, are those of its own command: check_ha_quorum -h and so on. Only here a cluster
without a virtual IP is OK, as nobody asked for one. --severity takes CONDITION=STATE for all checks that have such
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
from functools import partial
from typing import Any, Dict, List, NoReturn, Sequence, Tuple

from check_ha.cli.node import (
    Judged,
    NoAnswerError,
    applies,
    collect,
    judge,
    memory_of,
    silent,
    source_of,
    strictest,
    with_answers,
)
from check_ha.cli.options.arguments import Parser, add_options, new_parser
from check_ha.cli.options.settings import OverallOptions, Understood
from check_ha.cli.options.settings import understand as understand_settings
from check_ha.cli.process import guarded, unfinished
from check_ha.cli.register import CHECKS, all_checks
from check_ha.cli.run import HUMAN, Order, Outcome, run
from check_ha.core.check import Check
from check_ha.core.combined import combined
from check_ha.core.condition import Severity
from check_ha.core.evidence import examine
from check_ha.core.verdict import Verdict
from check_ha.core.wording import count
from check_ha.output.lines import FIRST_LINE
from check_ha.output.plain_text import clean
from check_ha.sources.deadline import announce, limited
from check_ha.sources.tools import Output, Source, Tool

_TOLD_WHEN_OK = tuple(dict.fromkeys(("nodes", "resources", "rings", "vip", "quorum", *CHECKS)))
_SHARE = 60
"""Characters of the line for OK that one check may take."""


@guarded
def main() -> None:
    """Run the command check_ha."""
    run_all(sys.argv[1:])


def run_all(argv: Sequence[str]) -> NoReturn:
    """Do all that the command line says, print, and end the process with the exit code."""
    run(understand, argv)


def parser() -> Parser:
    """Return the parser of check_ha."""
    made = new_parser("check_ha", __doc__ or "")
    add_options(made, OverallOptions)
    made.add_argument(
        "-v", "--verbose", action="count", default=0, help="a line per check; -vv: all findings, and the tools"
    )
    return made


def understand(argv: Sequence[str]) -> Order:
    """Understand the command line of check_ha, and its file."""
    understood = understand_settings(parser(), argv, all_checks())
    options = understood.options
    work = limited(options.timeout, partial(_outcome, understood), partial(unfinished, ""))
    return Order(work, understood.verbose, HUMAN if options.human else options.format, options.output)


def _outcome(understood: Understood) -> Outcome:
    """Ask each tool once, whatever number of checks wants it, and judge all checks on what they say."""
    options = understood.options
    try:
        source = source_of(options, "check_ha")
    except NoAnswerError as silence:
        return silent("", silence, dict(options.severity))
    outputs: Dict[Tool, Output] = {}
    parsed: Dict[Tool, Any] = {}
    checks, notes = applying(understood.checks, source, outputs, parsed)
    readings = strictest(checks)
    outputs.update(collect(readings, source, outputs))
    everything = examine(readings, outputs, None, source.now, parsed, announce)
    parts: List[Judged] = []
    for check in checks:
        # not the file of the check's own command: what that has not seen yet must not be taken away from it
        memory = memory_of(options, check, "all-")
        settings = understood.settings[check.name]
        judged = with_answers(check, settings, outputs, source, memory, parsed) if check.asks else check
        keep = not options.human  # who only looks takes no news from the others
        parts.append(judge(judged, settings, outputs, source, memory, parsed, keep))
    summary = _summary([verdict for verdict, _ in parts], options.skip)
    verdict = combined(parts, everything, readings, summary)

    def print_picture(verdict: Verdict) -> None:
        from check_ha.output.human import print_picture

        agents = dict(getattr(understood.settings["vip"].own, "agent", ())) if "vip" in understood.settings else {}
        print_picture(verdict, everything, agents)

    return Outcome(verdict._replace(notes=(*verdict.notes, *notes)), outputs, print_picture)


def applying(
    chosen: Sequence[Check], source: Source, outputs: Dict[Tool, Output], parsed: Dict[Tool, Any]
) -> Tuple[List[Check], List[str]]:
    """Return the checks of what this cluster has, and a note for each other one.

    The tools of all that always apply are asked first; what they say tells of the rest.
    """
    optional = [check for check in chosen if check.applies]
    if not optional:
        return list(chosen), []
    always = [check for check in chosen if not check.applies]
    telling = [reading for check in optional if check.applies for reading in check.applies.readings]
    outputs.update(collect([*strictest(always), *telling], source))
    checks, notes = list(always), []
    for check in optional:
        found = applies(check.applies, outputs, source, parsed) if check.applies else True
        if found:
            checks.append(check)
        elif check.applies:
            why = "is not set up here" if found is False else "may or may not be set up here"
            notes.append(f"{check.name}: not run, {check.applies.what} {why}")
    return sorted(checks, key=list(chosen).index), notes


def _summary(verdicts: Sequence[Verdict], skipped: Sequence[str]) -> str:
    """For OK: how many checks looked, then news that is no problem and what they saw, as far as there is room."""
    summaries = {verdict.check: verdict.summary for verdict in verdicts}
    news = [finding for verdict in verdicts for finding in verdict.findings]
    told = dict.fromkeys(one.text for one in news if one.condition.severity is Severity.OK)
    parts = [clean(text, _SHARE) for text in told]
    parts += [clean(summaries[name], _SHARE) for name in _TOLD_WHEN_OK if name in summaries]
    text = count(len(verdicts), "check")
    left_out = [name for name in CHECKS if name in skipped]
    text += f" (without {', '.join(left_out)})" if left_out else ""
    joint = ": "
    for part in parts:
        if len(text) + len(joint) + len(part) <= FIRST_LINE:
            text += joint + part
            joint = "; "
    return text
