"""What users need so that they may ask the cluster: a sudoers file, or rights in Corosync and in Pacemaker."""

from __future__ import annotations

import re
from typing import List, Sequence, Tuple

from check_ha.node_setup.nrpe import PLUGINS

USER = "nagios"
_NAME = r"[\w.-]+\$?"

COLLECTOR = "check_ha_collect"
"""What sudo runs for the checks; beside them."""
TIME_LIMIT = 10
"""Seconds after which sudo ends it (TIMEOUT=, since sudo 1.8.20): more than it takes by itself, 9, so that it has said
what hangs."""

_SUDOERS = """\
# /etc/sudoers.d/check_ha, mode 0440: lets the user of NRPE run one command as root, without arguments. It only reads,
# and prints no password. TIMEOUT: sudo 1.8.20 or newer. To have fewer lines in the log (sudo 1.8.29 or newer):
# Defaults!CHECK_HA !log_allowed, !pam_session
Cmnd_Alias CHECK_HA = {command} ""
Defaults!CHECK_HA env_reset, !env_keep, !env_check, !requiretty
"""
_MAY = "{user} ALL=(root) TIMEOUT={limit} NOPASSWD: CHECK_HA\n"

_UIDGID = """\
# /etc/corosync/uidgid.d/check_ha, on every node; then, on one: corosync-cfgtool -R
# Lets the user of NRPE ask Corosync, and command it too: Corosync has no right that is read-only.
"""
_UID = """\
uidgid {{
    uid: {user}
}}
"""
_JOINED = "# check_ha_setup made {user} a member of haclient\n"

_ACL = """\
# Lets the user of NRPE, who must be a member of haclient, read the CIB and not change it: once, on one node. From
# enable-acl on, members of haclient without a role may neither read nor write it. root and hacluster always may. The
# role hides parameters whose names say password, and shows all others. No role keeps a member of haclient from fencing
# a node (stonith_admin --reboot) or from setting node attributes, fail counts among them; a user that uses sudo instead
# need not be a member.
"""

_PASSWORDS = '//nvpair[contains(@name,"passw")]'
_ACL_COMMANDS = {
    "crmsh": (
        # crm takes one level of quotes away: without them the role would hide every parameter and option
        f"crm configure role check_ha deny xpath:'{_PASSWORDS}' read xpath:/cib".replace('"', r"\""),
        "crm configure acl_target {user} check_ha",
        "crm configure property enable-acl=true",
    ),
    "pcs": (
        f"pcs acl role create check_ha deny xpath '{_PASSWORDS}' read xpath /cib",
        "pcs acl user create {user} check_ha",
        "pcs acl enable",
    ),
}


def sudoers(users: Sequence[str] = (USER,), collector: str = f"{PLUGINS}/{COLLECTOR}") -> str:
    """Return the sudoers file for these users; the collector must be the file itself, and no link to it."""
    command = re.sub(r"([\\,:=*?\[\]!\s])", r"\\\1", collector)  # as sudoers(5) wants a path
    return _SUDOERS.format(command=command) + "".join(_MAY.format(user=user, limit=TIME_LIMIT) for user in users)


def users_of_sudoers(text: str) -> Tuple[str, ...]:
    """Return whom such a file names, of this version or of an earlier one."""
    return tuple(re.findall(rf"^({_NAME}) ALL=\(root\) (?:TIMEOUT=\d+ )?NOPASSWD: CHECK_HA$", text, re.MULTILINE))


def uidgid(users: Sequence[str] = (USER,), joined: Sequence[str] = ()) -> str:
    """Return the file that lets these users ask Corosync, and tells whom of them we put into the group haclient."""
    sections = [_UID.format(user=user) for user in users]
    return _UIDGID + "".join([*sections, *(_JOINED.format(user=user) for user in joined)])


def users_of_uidgid(text: str) -> Tuple[str, ...]:
    """Return whom such a file names."""
    return tuple(re.findall(rf"^\s*uid:\s*({_NAME})$", text, re.MULTILINE))


def joined_of_uidgid(text: str) -> Tuple[str, ...]:
    """Return whom we put into the group, as such a file tells."""
    return tuple(re.findall(rf"^{_JOINED.strip().format(user=f'({_NAME})')}$", text, re.MULTILINE))


def acl(shell: str, user: str = USER) -> str:
    """Return the file with these commands."""
    return _ACL + "".join(f"{command}\n" for command in acl_commands(shell, (user,)))


def acl_commands(shell: str, users: Sequence[str] = (USER,), new: bool = True) -> List[str]:
    """Return the commands that make these users readers of the CIB, for crmsh or for pcs; ``new``: the first ones."""
    role, target, on = _ACL_COMMANDS[shell]
    targets = [target.format(user=user) for user in users]
    return [role, *targets, on] if new else targets
