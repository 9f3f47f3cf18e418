"""The file of commands for the Centreon Monitoring Agent (``custom_check_file``, since 25.10)."""

from __future__ import annotations

from check_ha.node_setup.nrpe import PLUGINS
from generators.commands import all_commands
from generators.nrpe import asked
from generators.services import ARGUMENTS

_HEAD = """\
; The checks of a cluster node, for the Centreon Monitoring Agent 25.10 or newer: "custom_check_file" in centagent.json
; names this file. Options and thresholds stand here. check_ha_setup --user gives the agent's user the right to ask.
[custom_checks]"""


def commands() -> str:
    """Return the file, with the commands in the usual folder, asking through sudo."""
    lines = [
        f"{one.name} = {' '.join([f'{PLUGINS}/{one.name}', '--sudo', *ARGUMENTS.get(one.name, ())])}"
        for one in asked(all_commands())
        if one.verdict
    ]
    return "\n".join([_HEAD, *lines, ""])
