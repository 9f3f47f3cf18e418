"""What the page of the parser library is made of: its program, its functions, its records."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import Any, Dict, List, Tuple, get_type_hints

import check_ha.model
import check_ha.parsers
from check_ha.core.evidence import Reading
from check_ha.multinode.node_view.view import READINGS
from check_ha.parsers import (
    parse_booth_conf,
    parse_booth_list,
    parse_booth_peers,
    parse_crm_simulate,
    parse_drbd_names,
    parse_drbdsetup_status,
    parse_proc_drbd,
    parse_sbd_config,
    parse_sbd_dump,
    parse_sbd_list,
    parse_view,
    parse_watchdogs,
)  # fmt: skip
from check_ha.sources import tools
from generators.commands import SIMULATION, all_commands

_LOADED_LATE: Tuple[Reading[Any], ...] = (
    Reading(tools.DRBD_MODULE, parse_proc_drbd),
    Reading(tools.DRBD_STATUS, parse_drbdsetup_status),
    Reading(tools.DRBD_NAMES, parse_drbd_names),
    Reading(tools.SBD_CONFIG, parse_sbd_config),
    *(Reading(tool, parse_sbd_dump) for tool in tools.SBD_DUMPS),
    *(Reading(tool, parse_sbd_list) for tool in tools.SBD_LISTS),
    Reading(tools.WATCHDOGS, parse_watchdogs),
    Reading(tools.BOOTH_LIST, parse_booth_list),
    Reading(tools.BOOTH_PEERS, parse_booth_peers),
    Reading(tools.BOOTH_CONF, parse_booth_conf),
)
"""What the checks load where there is something to read."""
PROGRAM = Path(__file__).parents[1] / "samples" / "parsers.py"


def program() -> str:
    """Return the program that shows how the parsers are used, as a block."""
    return textwrap.indent(PROGRAM.read_text(encoding="utf-8"), "    ")


def parsers() -> List[List[str]]:
    """Return a row for each function: its name, the command lines that it reads the output of, what it returns."""
    outputs = _outputs()
    rows = []
    for name in check_ha.parsers.__all__:
        function = getattr(check_ha.parsers, name)
        if name.startswith("parse_"):
            read = "check_ha_view" if function is parse_view else outputs[function]
            rows.append([f"`{name}`", f"`{read}`", f"`{_type(get_type_hints(function)['return'])}`"])
    return rows


def _outputs() -> Dict[Any, str]:
    """Return the command line of the tool, or the file that it only prints, by the function that reads it."""
    readings: List[Reading[Any]] = [*READINGS, Reading(SIMULATION, parse_crm_simulate), *_LOADED_LATE]
    for command in all_commands():
        if command.check and not command.on_server:
            readings += command.check.readings
    return {one.parse: one.tool.argv[1] if one.tool.name == "cat" else " ".join(one.tool.argv) for one in readings}


def _type(kind: Any) -> str:
    """Return ``Cluster``, ``Tuple[FileState, ...]``, without modules."""
    if isinstance(kind, type) and not getattr(kind, "__args__", ()):
        return kind.__name__
    if kind.__args__[-1] is type(None):
        return f"Optional[{_type(kind.__args__[0])}]"
    inner = ", ".join("..." if one is ... else _type(one) for one in kind.__args__)
    return f"{str(kind).partition('[')[0].rpartition('.')[2].capitalize()}[{inner}]"


def records() -> List[List[str]]:
    """Return a row for each record: its name and its fields."""
    found = {name: getattr(check_ha.model, name) for name in check_ha.model.__all__}
    return [
        [f"`{name}`", ", ".join(f"`{field}`" for field in kind._fields)]
        for name, kind in found.items()
        if hasattr(kind, "_fields")
    ]
