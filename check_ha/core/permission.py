"""What lets a user ask who may not: the one line for the administrator of this node, to be run as root to the letter.

Pacemaker refuses in three ways. Who is not in the group haclient cannot connect. A member for whom there is no ACL
role, where ACLs are on (enable-acl), connects and sees nothing::

    crm_mon exit 0     <pacemaker-result ...> <pacemakerd ... state="running" .../> <status code="0" message="OK"/>
    the same of 3.0.0  ... <status code="0" message="OK"><errors><error>CIB query failed: Permission denied</error> ...
    cibadmin exit 4    Call cib_query failed: Permission denied
    crm_verify exit 66 crm_verify: CIB query failed: Input file not available

The first of these is also what a node whose corosync has just been killed has to say, the last one what all have where
Pacemaker is down. (Pacemaker 2.1.5. A stranger's crm_verify tells of ``Permission denied`` while it connects.) Who has
a role that may not read all gets an answer without the rest, and exit 0: what is missing tells, see ``confined``.
"""

from __future__ import annotations

import re
from typing import Sequence

from check_ha.core.condition import NO_PERMISSION
from check_ha.core.finding import Finding
from check_ha.core.wording import joined
from check_ha.sources.tools import COROSYNC, CRM_MON, PACEMAKER, SYSTEM, Output

_REGROUPED = "as root, and restart nrpe or whatever runs this check: only new processes have the new group"
_ALLOW = "; to allow it: "
_RESTARTED = "as root; corosync 1 reads it when it is started again, --sudo does without"
_COROSYNC_1 = "; to allow it once corosync is restarted (--sudo needs no restart): "
# the role of nrpe/: what a member of haclient is let read here must not be more than what README gives it
_DENY = '<acl_permission id="check_ha-deny" kind="deny" xpath="//nvpair[contains(@name,&quot;passw&quot;)]"/>'
_READ = '<acl_permission id="check_ha-read" kind="read" xpath="/cib"/>'
_ROLE = f'<acl_role id="check_ha">{_DENY}{_READ}</acl_role>'
_NOTHING_SHOWN = (
    rb"(<\?xml[^>]*\?>)?\s*<pacemaker-result[^>]*>\s*(<pacemakerd [^>]*state=\"running\"[^>]*/>)?"
    rb"\s*<status code=\"0\" message=\"OK\"/>\s*</pacemaker-result>\s*"
)
_DENIED_3 = b"<error>CIB query failed: Permission denied</error>"
_QUERY_DENIED = r"Call cib_query failed[^\n]*: Permission denied"
_QUERY_FAILED = r"(crm_verify: )?CIB query failed: Input file not available\s*"


def shows_nothing(output: Output) -> bool:
    """Return whether this is crm_mon that reached Pacemaker, was content, and was shown no cluster."""
    if output.tool != CRM_MON or output.as_root or output.status != 0 or len(output.stdout) > 2000:
        return False
    return re.fullmatch(_NOTHING_SHOWN, output.stdout) is not None


def says_denied(output: Output) -> bool:
    """Return whether this is crm_mon that reached Pacemaker, and says that it may not read (3.0.0, with exit 0)."""
    small = output.tool == CRM_MON and not output.as_root and len(output.stdout) <= 2000
    return small and output.status == 0 and _DENIED_3 in output.stdout


def refusal(tools: str, first: Output, refused: Sequence[Output]) -> Finding:
    """Return who may not run these tools, and what allows it: them, and whatever else was refused of their family."""
    family = _alike(first, refused)
    user = first.user
    if first.with_sudo:
        return Finding(NO_PERMISSION, f"sudo refuses {tools}", (), "", (f"check_ha_setup --user {user}",), _ALLOW)
    if _lacks_role(family):
        text = f"user {user} has no ACL role for {tools}; -v shows what gives it one"
        return Finding(NO_PERMISSION, text, (), "as root, on one node", (_role(user),))
    if first.tool.family == SYSTEM:  # no right of a cluster's opens a file
        return Finding(NO_PERMISSION, f"user {user} may not run {tools}{_ALLOW}run it as root or with --sudo")
    old = first.tool.family == COROSYNC and _of_corosync_1(refused)
    advice = _REGROUPED if first.tool.family == PACEMAKER else _RESTARTED if old else ""
    joint = _COROSYNC_1 if old else _ALLOW
    return Finding(NO_PERMISSION, f"user {user} may not run {tools}", (), advice, (_right(first, old),), joint)


def confined(tools: str, user: str, hidden: Sequence[str]) -> Finding:
    """Return that an ACL hides these parts of the CIB from the user, and what shows them.

    One more role does not: what one role denies no other allows (2.1.5). So the role of nrpe/ takes the place of all.
    """
    show = f'cibadmin -R -o acls -X \'<acl_target id="{user}"><role id="check_ha"/></acl_target>\''
    return Finding(
        NO_PERMISSION,
        f"an ACL role hides {joined(hidden)} of the CIB from user {user} ({tools})",
        advice="as root",
        commands=(f"cibadmin -Mc -o acls -X '<acls>{_ROLE}</acls>' && {show}",),
    )


def _alike(first: Output, refused: Sequence[Output]) -> Sequence[Output]:
    """Return what was refused of the same family in the same way."""
    kind = (first.tool.family, first.with_sudo)
    return [output for output in refused if (output.tool.family, output.with_sudo) == kind]


def _lacks_role(refused: Sequence[Output]) -> bool:
    """Return whether these tools of Pacemaker had reached it, so that a role is lacking and not the group."""
    if any(shows_nothing(one) or says_denied(one) or re.search(_QUERY_DENIED, one.stderr) for one in refused):
        return True
    return all(re.fullmatch(_QUERY_FAILED, output.stderr) for output in refused)


def _role(user: str) -> str:
    """Return the command for the role of nrpe/, of Pacemaker's own: there is crmsh on some nodes and pcs on others."""
    target = f'<acl_target id="{user}"><role id="check_ha"/></acl_target>'
    return f"cibadmin -Mc -o acls -X '<acls>{_ROLE}{target}</acls>'"


def _of_corosync_1(refused: Sequence[Output]) -> bool:
    """Return whether corosync 1.4 has refused it: since 2.0 that is error 11. It reads uidgid.d only when it starts."""
    words = (
        one.stdout[:4096].decode("utf-8", "replace") + one.stderr for one in refused if one.tool.family == COROSYNC
    )
    return any(re.search(r"\b[Ee]rror 100\b|is it loaded\?", said) for said in words)


def _right(output: Output, old: bool) -> str:
    user = output.user
    if output.tool.family == COROSYNC:
        text = f"uidgid {{\\n uid: {user}\\n}}\\n"
        if old:
            return f"printf '{text}' >/etc/corosync/uidgid.d/{user}"
        return f"printf '{text}' >/etc/corosync/uidgid.d/{user} && corosync-cfgtool -R"
    return f"usermod -aG haclient {user}"
