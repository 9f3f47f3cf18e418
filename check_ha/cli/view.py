"""What this node says of its cluster, as one line of JSON.

Run on a cluster node, by hand, through ssh or NRPE; check_ha_split_brain and check_ha_drift, on the monitoring server,
compare the views of all nodes. The line says who is in this node's partition, whether it is quorate, who is DC, what
Pacemaker has active where, which addresses the interfaces really carry and whether these work, which software,
corosync.conf and authkey this is (hashes and a fingerprint, never a key). What is not known is null; "troubles" says
why.

Exit 0 however ill the node is: the view says so. UNKNOWN (3), with a line that is not JSON, only when nothing at all is
known. Whoever asks has a deadline too, so this command has 3 seconds and not 8.
"""

from __future__ import annotations

import json
import sys
from typing import Any, Dict, Optional, Sequence, Tuple

import check_ha
from check_ha.cli.arguments import (
    UNKNOWN,
    Parser,
    ReplayOptions,
    add_options,
    file_name,
    new_parser,
    options_from,
    seconds,
)
from check_ha.cli.node import collect, source_of
from check_ha.cli.process import guarded
from check_ha.core.evidence import examine
from check_ha.core.options import option
from check_ha.model.view import SCHEMA, CutView, View
from check_ha.multinode.view import READINGS, view_of
from check_ha.output.plain_text import LINE_LIMIT, clean
from check_ha.sources.tools import Source

NAME = "check_ha_view"
LIMIT = 48_000
"""Bytes of a view: NRPE 4 carries 64 kB."""

# What may become long, least important first, and its place in the view.
_LISTS = (
    ("addresses", ("addresses",)),
    ("fencings", ("pacemaker", "fencings")),
    ("troubles", ("troubles",)),
    ("nodelist", ("nodelist",)),
    ("members", ("corosync", "members")),
    ("sections", ("corosync_conf", "sections")),
    ("nodes", ("pacemaker", "nodes")),
    ("vips", ("vips",)),
    ("resources", ("pacemaker", "resources")),
)
_TEXT_LIMIT = 300


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
    options = options_from(ViewOptions, vars(parser().parse_args()))
    view = view_from(source_of(options, NAME))
    if len(view.troubles) >= sum(reading.instead_of is None for reading in READINGS):
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


def view_text(view: View, limit: int = LIMIT) -> str:
    """Return the view as JSON of at most that many bytes, without ``|`` at which a plugin's output would be cut in two.

    While it is too long, the longest of its lists loses its second half; ``cut`` says so.
    """
    values = {"schema": SCHEMA, "check_ha": check_ha.__version__, **_plain(view)}
    totals: Dict[str, int] = {}
    text = _json(values)
    while len(text) > limit:
        name, held = max(_lists(values), key=lambda item: len(_json(item[1])))
        if not held:
            break
        totals.setdefault(name, len(held))
        del held[len(held) // 2 :]
        kept = {found: len(items) for found, items in _lists(values)}
        values["cut"] = [_plain(CutView(field, kept[field], total)) for field, total in totals.items()]
        text = _json(values)
    return text


def _lists(values: Dict[str, Any]) -> Sequence[Tuple[str, Any]]:
    """Return every list that can be cut, by name; those that are not known have none."""
    found = []
    for name, path in _LISTS:
        place: Any = values
        for key in path:
            place = place.get(key) if place else None
        if place is not None:
            found.append((name, place))
    return found


def _json(value: Any) -> str:
    return json.dumps(value, separators=(",", ":")).replace("|", "\\u007c")


def _plain(value: Any) -> Any:
    """Return named tuples as objects, without the fields that have their default, and other tuples as arrays."""
    if isinstance(value, str):
        return value[:_TEXT_LIMIT]
    if not isinstance(value, tuple):
        return value
    names = getattr(value, "_fields", None)
    if names is None:
        return [_plain(item) for item in value]
    defaults = getattr(value, "_field_defaults", {})
    return {name: _plain(item) for name, item in zip(names, value) if name not in defaults or item != defaults[name]}
