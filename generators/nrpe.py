"""The file that tells NRPE the commands of a node."""

from __future__ import annotations

from typing import Iterable, List

from check_ha.core.check import Check, Scope
from check_ha.node_setup.nrpe import PLUGINS
from generators.commands import OWN, VIEW, Command, all_commands
from generators.services import ARGUMENTS

# Ranges of the main number as they are written here, of checks where they are of use.
AS_RANGES = {
    "check_ha_quorum": "-w '1:'",
    "check_ha_rings": "-c '~:1'",
    "check_ha_failed_actions": "-w '~:0' -c '~:5'",
    "check_ha_nodes": "-w '3:' -c '2:'",
    "check_ha_resources": "-c '~:0'",
}

# What one check has collected will do for the others of the same minute: the tools are asked once for all of them.
_AGE = ("--max-age-of-data", "20")

_CFG = """\
# The checks of a cluster node, for NRPE: /etc/nagios/nrpe.d/check_ha.cfg (Debian), /etc/nrpe.d/check_ha.cfg (EL).
#
# One command for each service; check_ha is all of them in one, for a site that wants a single service. Options and
# thresholds stand here: nothing is taken from the server, so NRPE needs no dont_blame_nrpe. A shell reads these lines:
# ranges stand in quotes. -h of each command shows what it can be given. The checks end within 8 s (-t); check_nrpe
# waits 10 s unless told otherwise (-t 15). With --max-age-of-data 20 the tools are asked once for all checks that run
# within 20 s; take it out where a check must see what has changed since.
"""


_OWN = f"""\
# What check_ha_cluster on the server cannot tell: the checks of this node alone
command[{OWN}]={PLUGINS}/check_ha --sudo --own
"""


def asked(commands: Iterable[Command]) -> List[Command]:
    """Return the commands that a server has a node run."""
    return [one for one in commands if (one.verdict and not one.on_server) or one.name == VIEW]


def command_file() -> str:
    """Return the file for NRPE, with the commands in the usual folder, asking through sudo."""
    return "\n".join([_CFG, *(_entry(one) for one in asked(all_commands())), _OWN])


def _entry(command: Command) -> str:
    shared = _AGE if command.check and _shares(command.check) else ()
    words = [f"{PLUGINS}/{command.name}", "--sudo", *shared, *ARGUMENTS.get(command.name, ())]
    lines = [f"# {command.question}"]
    number = command.check.number if command.check else None
    if number:
        example = AS_RANGES.get(command.name)
        lines.append(f"# -w -c: {number.meaning}{f'; such as {example}' if example else ''}")
    return "\n".join([*lines, f"command[{command.name}]={' '.join(words)}", ""])


def _shares(check: Check) -> bool:
    """Return whether what it asks serves others: not so the tools of DRBD or sbd, whose devices others need not wait
    for, nor the scheduler."""
    return not check.asks and (check.applies is None or check.scope is Scope.CLUSTER)
