"""What a cluster node needs so that a monitoring server may ask: NRPE commands, sudoers, rights in Corosync."""

from __future__ import annotations

import os
from typing import Iterable, List

from check_ha.documents.commands import VIEW, Command, all_commands
from check_ha.documents.services import ARGUMENTS
from check_ha.sources.runner import FOLDERS
from check_ha.sources.sudoers import TIME_LIMIT, sudoers_command
from check_ha.sources.tools import ALL

PLUGINS = "/usr/lib/nagios/plugins"
USER = "nagios"

# Ranges of the main number as they are written here, of checks where they are of use.
_EXAMPLES = {
    "check_ha_quorum": "-w '1:'",
    "check_ha_rings": "-c '~:1'",
    "check_ha_failed_actions": "-w '~:0' -c '~:5'",
    "check_ha_nodes": "-w '3:' -c '2:'",
    "check_ha_resources": "-c '~:0'",
}

_CFG = """\
# The checks of a cluster node, for NRPE: /etc/nagios/nrpe.d/check_ha.cfg (Debian), /etc/nrpe.d/check_ha.cfg (EL).
#
# One command for each service; check_ha is all of them in one, for a site that wants a single service. Options and
# thresholds stand here: nothing is taken from the server, so NRPE needs no dont_blame_nrpe. A shell reads these lines:
# ranges stand in quotes. -h of each command shows what it can be given. The checks end within 8 s (-t); check_nrpe
# waits 10 s unless told otherwise (-t 15).
"""

_SUDOERS = """\
# /etc/sudoers.d/check_ha, mode 0440: lets the user of NRPE run these command lines as root, to the letter. They only
# read. TIMEOUT (sudo 1.8.20 or newer) ends one that hangs and is deaf to the check. To have fewer lines in the log
# (sudo 1.8.29 or newer): Defaults!CHECK_HA !log_allowed, !pam_session
"""

_UIDGID = """\
# /etc/corosync/uidgid.d/check_ha, on every node; then, on one: corosync-cfgtool -R
# Lets the user of NRPE ask Corosync, and command it too: Corosync knows no right to read only.
uidgid {{
    uid: {user}
}}
"""

_ACL = """\
# Lets the user of NRPE, who must be a member of haclient, read the CIB and not change it: once, on one node. From
# enable-acl on, members of haclient without a role may neither read nor write it. root and hacluster always may. No
# role keeps a member of haclient from fencing a node (stonith_admin --reboot) or from setting node attributes, fail
# counts among them; who may use sudo instead need not be a member.
"""

_ACL_COMMANDS = {
    "crmsh": (
        "crm configure role check_ha read xpath:/cib",
        "crm configure acl_target {user} check_ha",
        "crm configure property enable-acl=true",
    ),
    "pcs": (
        "pcs acl role create check_ha read xpath /cib",
        "pcs acl user create {user} check_ha",
        "pcs acl enable",
    ),
}


def asked(commands: Iterable[Command]) -> List[Command]:
    """The commands that a server has a node run."""
    return [one for one in commands if (one.verdict and not one.on_server) or one.name == VIEW]


def command_file(plugins: str = PLUGINS, sudo: bool = True) -> str:
    """The file for NRPE: ``plugins`` is the folder of the commands, which ask through sudo or by their own rights."""
    return "\n".join([_CFG, *(_entry(one, plugins, sudo) for one in asked(all_commands()))])


def _entry(command: Command, plugins: str, sudo: bool) -> str:
    words = [f"{plugins}/{command.name}", *(("--sudo",) if sudo else ()), *ARGUMENTS.get(command.name, ())]
    lines = [f"# {command.question}"]
    number = command.check.number if command.check else None
    if number:
        example = _EXAMPLES.get(command.name)
        lines.append(f"# -w -c: {number.meaning}{f'; such as {example}' if example else ''}")
    return "\n".join([*lines, f"command[{command.name}]={' '.join(words)}", ""])


def sudoers(user: str = USER, root: str = "/") -> str:
    """The sudoers file: the programs are those that a check finds on the node whose files are below ``root``."""
    lines = dict.fromkeys(
        sudoers_command((program(argv[0], root), *argv[1:])) for tool in ALL for argv in (tool.argv, tool.older) if argv
    )
    alias = ", \\\n    ".join(sorted(lines))
    return (
        f"{_SUDOERS}Cmnd_Alias CHECK_HA = \\\n    {alias}\n{user} ALL=(root) TIMEOUT={TIME_LIMIT} NOPASSWD: CHECK_HA\n"
    )


_COMMON = ("cat", "ps", "sha256sum", "stat")


def program(name: str, root: str = "/") -> str:
    """The full path that a check will run: sudo compares it. Where it is not installed, its usual place."""
    for folder in FOLDERS:
        path = os.path.join(root, folder.lstrip("/"), name)
        if os.path.isfile(path) and os.access(path, os.X_OK):
            return f"{folder}/{name}"
    return f"/usr/bin/{name}" if name in _COMMON else f"/usr/sbin/{name}"


def uidgid(user: str = USER) -> str:
    """The file that lets this user ask Corosync."""
    return _UIDGID.format(user=user)


def acl(shell: str, user: str = USER) -> str:
    """The file with these commands."""
    return _ACL + "".join(f"{command}\n" for command in acl_commands(shell, user))


def acl_commands(shell: str, user: str = USER) -> List[str]:
    """The commands that make this user a reader of the CIB, for crmsh or for pcs."""
    return [command.format(user=user) for command in _ACL_COMMANDS[shell]]
