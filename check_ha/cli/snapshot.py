"""Record what every tool of the suite says on this node: for a bug report, a test, or a closer look.

Writes one file a tool and commands.json into DIR, which must not hold a recording already; any check judges it with
--from DIR. What nobody else should see is taken out. Of the CIB, corosync.conf and the map only what the checks need is
kept; the rest becomes asterisks (options of bundles, alerts, comments, and all parameters except addresses and the
nodes that a fence device fences). Of the process list only the cluster's own daemons are kept, without their arguments.
Names and addresses stay: read the files before you share them. DIR must be yours and no link.
"""

from __future__ import annotations

import os
import sys
from typing import Iterable, List, NoReturn

from check_ha.cli.node import this_node
from check_ha.cli.options.arguments import UNKNOWN, Parser, add_options, new_parser, options_from
from check_ha.cli.options.common import SourceOptions
from check_ha.cli.process import guarded
from check_ha.core.failed_tools import finding_of
from check_ha.core.tool_failure import failure_of
from check_ha.output.plain_text import clean
from check_ha.sources.deadline import announce, restart, tools_have_ended
from check_ha.sources.recording import write_recording
from check_ha.sources.shareable import all_shareable
from check_ha.sources.tools import ALL, Output

NAME = "check_ha_snapshot"


@guarded
def main() -> None:
    """Run the command: print one line that says what was recorded, exit 0; or UNKNOWN, exit 3."""
    given = vars(parser().parse_args())
    options, directory = options_from(SourceOptions, given), given["directory"]

    restart(options.timeout)
    announce("asking the tools")
    source = this_node(options)
    outputs = [one for one in source.collect(ALL).values() if not one.not_set_up]
    tools_have_ended()
    refused = failure_of(outputs[0]) if outputs[0].tool not in ALL else None
    if refused:
        _end(finding_of(refused, [refused], None).line)
    announce("writing the recording")
    try:
        write_recording(directory, os.uname().nodename, source.now, all_shareable(outputs))
    except OSError as error:
        _end(f"{error.filename}: {error.strerror}")
    sys.stdout.write(f"recorded {_counts(outputs)} in {clean(directory)}\n")


def _end(why: str) -> NoReturn:
    sys.stdout.write(f"HA_SNAPSHOT UNKNOWN - {clean(why)}\n")
    sys.exit(UNKNOWN)


def parser() -> Parser:
    """Return the parser of check_ha_snapshot."""
    made = new_parser(NAME, __doc__)
    add_options(made, SourceOptions)
    made.add_argument("directory", metavar="DIR", help="a new or empty directory")
    return made


def _counts(outputs: Iterable[Output]) -> str:
    failed: List[str] = []
    good = 0
    for output in outputs:
        if output.fault is None and output.status in output.tool.good:
            good += 1
        else:
            failed.append(f"{output.tool.label}: {output.fault or f'exit {output.status}'}")
    return f"{good} outputs" + (f", and that these tools failed ({clean('; '.join(failed))})" if failed else "")
