"""What every machine of the lab gets on its first boot: names, users, and the lab's own programs."""

from __future__ import annotations

from .config import MONITOR, QNETD
from .machine import HERE, Machine
from .network import PUBLIC, address

AGENTS = {
    "Knob": "/usr/lib/ocf/resource.d/lab/Knob",
    "fence_lab": "/usr/sbin/fence_lab",
    "lab-ask": "/usr/local/bin/lab-ask",
    "lab-ssh": "/usr/local/bin/lab-ssh",
}

# nagios may do nothing, monitor has haclient as a supplementary group, clmon as its primary group: Pacemaker honours
# both, Corosync the primary group only.
_USERS = """
set -eu
getent group haclient >/dev/null
id nagios >/dev/null 2>&1 || useradd --no-create-home --gid nogroup nagios
usermod --groups '' nagios
useradd --no-create-home --gid nogroup --groups haclient monitor
useradd --no-create-home --gid haclient clmon
"""


def furnish(machine: Machine) -> None:
    """Make a machine that has just booted for the first time ready for use."""
    names = {f"node{number}": number for number in range(1, 9)}
    names.update(mon=MONITOR, qnetd=QNETD)
    hosts = "".join(f"{address(PUBLIC, number)} {name}\n" for name, number in names.items())
    machine.write("/etc/hosts", "127.0.0.1 localhost\n" + hosts)
    for agent, path in AGENTS.items():
        machine.write(path, (HERE / "agents" / agent).read_text(encoding="utf-8"), mode="755")
    machine.must("sh", "-c", _USERS)
