"""What this node says of its cluster, as one line of JSON.

Run on a cluster node, by hand, through ssh or NRPE; check_ha_split_brain and check_ha_drift, on the monitoring server,
compare the views of all nodes. The line says who is in this node's partition, whether it is quorate, who is DC, what
Pacemaker has active where, which addresses the interfaces really carry and whether these work, which links are up,
which software, corosync.conf and authkey this is (hashes and a fingerprint, never a key), and what the checks of this
node find that are about the cluster ("findings"). What is not known is null; "troubles" says why.

Exit 0 however ill the node is: the view says so. UNKNOWN (3), with a line that is not JSON, only when nothing at all is
known. Whoever asks has a deadline too, so this command has 3 seconds and not 8; the comparisons, asking by ssh, give it
more where they have a longer -t themselves. A view of more than 48,000 bytes, as of a large cluster, is compressed
(schema 2); what has no room even so is left out, and "cut" says so.
"""

from __future__ import annotations

import sys
from typing import Any, Dict, Optional

from check_ha.cli.node import NoAnswerError, Settings, collect, judge, source_of, strictest
from check_ha.cli.options.arguments import UNKNOWN, Parser, add_options, new_parser, options_from, refuse_together
from check_ha.cli.options.common import ReplayOptions, file_name, seconds
from check_ha.cli.options.settings import unasked
from check_ha.cli.overall import applying
from check_ha.cli.process import guarded
from check_ha.cli.register import all_checks
from check_ha.cli.state import Memory
from check_ha.core.check import Check, Scope
from check_ha.core.combined import combined
from check_ha.core.evidence import examine
from check_ha.core.finding import Finding
from check_ha.core.options import option
from check_ha.model.view import FindingView, SubjectView, View
from check_ha.multinode.node_view.view import READINGS, view_of
from check_ha.output.plain_text import LINE_LIMIT, clean
from check_ha.output.view_text import TEXT_LIMIT, view_text
from check_ha.sources.tools import Output, Source, Tool

NAME = "check_ha_view"
FAILURES_TOLD = 86400.0
"""Seconds for which a failed action is told, as by check_ha_failed_actions in the samples."""


class ViewOptions(ReplayOptions):
    """Options of check_ha_view."""

    timeout: float = option(3.0, "deadline for the whole run (3)", metavar="SECONDS", short="-t", parse=seconds)
    from_: Optional[str] = option(
        None, "the view of what was recorded: a directory, a file, or - for standard input", metavar="FILE",
        parse=file_name,
    )  # fmt: skip


@guarded
def main() -> None:
    """Run the command."""
    made = parser()
    given = vars(made.parse_args())
    refuse_together(made, given)
    options = options_from(ViewOptions, given)
    try:
        view = view_from(source_of(options, NAME))
    except NoAnswerError as silence:
        sys.stdout.write(f"HA_VIEW UNKNOWN - nothing is known: {clean(silence.finding.text, LINE_LIMIT)}\n")
        sys.exit(UNKNOWN)
    if len(view.troubles) >= sum(reading.instead_of is None and not reading.tool.only_with for reading in READINGS):
        reasons = "; ".join(dict.fromkeys(failed.text for failed in view.troubles))
        sys.stdout.write(f"HA_VIEW UNKNOWN - nothing is known: {clean(reasons, LINE_LIMIT)}\n")
        sys.exit(UNKNOWN)
    sys.stdout.write(view_text(view) + "\n")


def parser() -> Parser:
    """Return the parser of check_ha_view."""
    made = new_parser(NAME, __doc__)
    add_options(made, ViewOptions)
    return made


def view_from(source: Source) -> View:
    """Return the view of this node, or of a recorded one."""
    outputs: Dict[Tool, Output] = {}
    parsed: Dict[Tool, Any] = {}
    checks, _ = applying([check for check in all_checks() if check.scope is not Scope.NODE], source, outputs, parsed)
    readings = strictest(checks)
    outputs.update(collect([*readings, *READINGS], source, outputs))
    view = view_of(examine(READINGS, outputs, now=source.now))
    everything = examine(readings, outputs, None, source.now, parsed)
    parts = [judge(check, _settings(check), outputs, source, Memory(None, check.name), parsed) for check in checks]
    told = combined(parts, everything, readings, "").findings
    return view._replace(findings=tuple(map(_finding, told)))


def _settings(check: Check) -> Settings:
    """Return what a check is run with here: what a site that wants nothing special would give it."""
    given = {"max_age": FAILURES_TOLD} if check.name == "failed_actions" else {}
    return Settings(check.options(**given), unasked(check), (None, None))


def _finding(one: Finding) -> FindingView:
    """Return it without commands that are too long for a view: cut off they would do something else."""
    return FindingView(
        check=one.check,
        condition=one.condition.name,
        severity=one.severity.name,
        text=one.text,
        subjects=tuple(SubjectView(subject.kind, subject.name) for subject in one.subjects),
        advice=one.advice,
        commands=tuple(command for command in one.commands if len(command) <= TEXT_LIMIT),
        standing=one.condition.standing,
    )
