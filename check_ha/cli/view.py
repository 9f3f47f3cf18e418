"""What this node says of its cluster, as one line of JSON.

Run on a cluster node, by hand, through ssh or NRPE; check_ha_split_brain and check_ha_drift, on the monitoring server,
compare the views of all nodes. The line says who is in this node's partition, whether it is quorate, who is DC, what
Pacemaker has active where, which addresses the interfaces really carry and whether these work, which software,
corosync.conf and authkey this is (hashes and a fingerprint, never a key). What is not known is null; "troubles" says
why.

Exit 0 however ill the node is: the view says so. UNKNOWN (3), with a line that is not JSON, only when nothing at all is
known. Whoever asks has a deadline too, so this command has 3 seconds and not 8; the comparisons, asking by ssh, give it
more where they have a longer -t themselves. A view of more than 48,000 bytes, as of a large cluster, is compressed
(schema 2); what has no room even so is left out, and "cut" says so.
"""

from __future__ import annotations

import sys
from typing import Optional

from check_ha.cli.arguments import (
    UNKNOWN,
    Parser,
    ReplayOptions,
    add_options,
    file_name,
    new_parser,
    options_from,
    refuse_together,
    seconds,
)
from check_ha.cli.node import NoAnswerError, collect, source_of
from check_ha.cli.process import guarded
from check_ha.core.evidence import examine
from check_ha.core.options import option
from check_ha.model.view import View
from check_ha.multinode.view import READINGS, view_of
from check_ha.output.plain_text import LINE_LIMIT, clean
from check_ha.output.view_text import view_text
from check_ha.sources.tools import Source

NAME = "check_ha_view"


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
    return view_of(examine(READINGS, collect(READINGS, source), now=source.now))
