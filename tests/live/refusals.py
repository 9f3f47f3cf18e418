"""What each check says to a user who may not ask: which tools were refused, and what allows them."""

from __future__ import annotations

from typing import Mapping, Sequence

from tests.replay import always

Lines = Mapping[str, str]
"""By check."""

COMMANDS = {"all": "check_ha", **{check: f"check_ha_{check}" for check in always()}}

# The tools that are told to give no answer, refused or with nobody there: not those that a check can do without, nor
# what holds for all of them twice.
PACEMAKER = {
    "all": "crm_mon, cibadmin, crm_verify",
    "config": "crm_verify",
    "constraints": "crm_mon, cibadmin",
    "daemons": "cibadmin",
    "failed_actions": "crm_mon",
    "fencing": "crm_mon, cibadmin",
    "nodes": "crm_mon",
    "quorum": "crm_mon",
    "resources": "crm_mon, cibadmin",
    "vip": "crm_mon, cibadmin",
}
COROSYNC = {
    "all": "corosync-quorumtool -s, corosync-cfgtool -s, corosync-cmapctl",
    "config": "corosync-cmapctl",
    "daemons": "corosync-cmapctl",
    "quorum": "corosync-quorumtool -s",
    "rings": "corosync-cfgtool -s",
}


def pacemaker(user: str) -> Lines:
    return {
        check: f"user {user} may not run {tools}; to allow it: usermod -aG haclient {user}"
        for check, tools in PACEMAKER.items()
    }


def corosync(user: str) -> Lines:
    allow = f"printf 'uidgid {{\\n uid: {user}\\n}}\\n' >/etc/corosync/uidgid.d/{user} && corosync-cfgtool -R"
    return {check: f"user {user} may not run {tools}; to allow it: {allow}" for check, tools in COROSYNC.items()}


def role(user: str) -> Lines:
    told = "-v shows what gives it one"
    return {check: f"user {user} has no ACL role for {tools}; {told}" for check, tools in PACEMAKER.items()}


def first_line(check: str, reasons: Sequence[str]) -> str:
    """The first line without its perfdata; that of check_ha has room for one reason."""
    if check == "all" and len(reasons) > 1:
        reasons = [reasons[0], f"and {len(reasons) - 1} more (-v lists all)"]
    return f"{COMMANDS[check][6:].upper()} UNKNOWN - {'; '.join(reasons)}"
