"""What a user needs so that it may ask the cluster: a sudoers file, or rights in Corosync and in Pacemaker."""

from __future__ import annotations

import os
from typing import List

from check_ha.sources.runner import FOLDERS
from check_ha.sources.sudoers import TIME_LIMIT, sudoers_command
from check_ha.sources.tools import ALL

USER = "nagios"

_SUDOERS = """\
# /etc/sudoers.d/check_ha, mode 0440: lets the user of NRPE run exactly these command lines as root. They only
# read. TIMEOUT (sudo 1.8.20 or newer) ends one that hangs if the check cannot. To have fewer lines in the log
# (sudo 1.8.29 or newer): Defaults!CHECK_HA !log_allowed, !pam_session
"""

_UIDGID = """\
# /etc/corosync/uidgid.d/check_ha, on every node; then, on one: corosync-cfgtool -R
# Lets the user of NRPE ask Corosync, and command it too: Corosync has no right that is read-only.
uidgid {{
    uid: {user}
}}
"""

_ACL = """\
# Lets the user of NRPE, who must be a member of haclient, read the CIB and not change it: once, on one node. From
# enable-acl on, members of haclient without a role may neither read nor write it. root and hacluster always may. No
# role keeps a member of haclient from fencing a node (stonith_admin --reboot) or from setting node attributes, fail
# counts among them; a user that uses sudo instead need not be a member.
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


def sudoers(user: str = USER, root: str = "/") -> str:
    """Return the sudoers file: the programs are those that a check finds on the node whose files are below ``root``."""
    lines = dict.fromkeys(
        sudoers_command((program(argv[0], root), *argv[1:])) for tool in ALL for argv in (tool.argv, tool.older) if argv
    )
    alias = ", \\\n    ".join(sorted(lines))
    return (
        f"{_SUDOERS}Cmnd_Alias CHECK_HA = \\\n    {alias}\n{user} ALL=(root) TIMEOUT={TIME_LIMIT} NOPASSWD: CHECK_HA\n"
    )


_COMMON = ("cat", "ps", "sha256sum", "stat")


def program(name: str, root: str = "/") -> str:
    """Return the full path that a check will run: sudo compares it. Where it is not installed, its usual place."""
    for folder in FOLDERS:
        path = os.path.join(root, folder.lstrip("/"), name)
        if os.path.isfile(path) and os.access(path, os.X_OK):
            return f"{folder}/{name}"
    return f"/usr/bin/{name}" if name in _COMMON else f"/usr/sbin/{name}"


def uidgid(user: str = USER) -> str:
    """Return the file that lets this user ask Corosync."""
    return _UIDGID.format(user=user)


def acl(shell: str, user: str = USER) -> str:
    """Return the file with these commands."""
    return _ACL + "".join(f"{command}\n" for command in acl_commands(shell, user))


def acl_commands(shell: str, user: str = USER) -> List[str]:
    """Return the commands that make this user a reader of the CIB, for crmsh or for pcs."""
    return [command.format(user=user) for command in _ACL_COMMANDS[shell]]
