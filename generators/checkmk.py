"""Lines for Checkmk's agent, which runs the checks by itself (MRPE)."""

from __future__ import annotations

from check_ha.node_setup.nrpe import PLUGINS
from generators.commands import Command, services
from generators.services import ARGUMENTS, minutes, title

_HEAD = """\
# The checks of a cluster node, for Checkmk: add these lines to /etc/check_mk/mrpe.cfg of each node. The agent runs as
# root, so the checks need no sudo. Each line is a service with its state, its line and its graphs. The interval, in
# seconds, keeps the agent from waiting for the checks (Linux agent, asynchronous MRPE).
# What is compared on the server (check_ha_split_brain, check_ha_drift) goes there, into the rule "Integrate Nagios
# plugins".
"""


def mrpe() -> str:
    """Return the lines for mrpe.cfg."""
    return "\n".join([_HEAD.rstrip("\n"), *(_line(one) for one in services() if not one.on_server), ""])


def _line(command: Command) -> str:
    arguments = "".join(f" {word}" for word in ARGUMENTS.get(command.name, ()))
    return f"{title(command).replace(' ', '_')} (interval={60 * minutes(command)}) {PLUGINS}/{command.name}{arguments}"
