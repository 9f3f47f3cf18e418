"""What is left to the administrator, who must know or do it."""

from __future__ import annotations

from typing import Iterator, Optional, Sequence

from check_ha.node_setup import rights
from check_ha.node_setup.daemons import Daemon
from check_ha.node_setup.grants import Grants
from check_ha.node_setup.node import Host
from check_ha.node_setup.users import GROUP
from check_ha.sources.running.command import FOLDERS

_LABELLED = ("/usr/lib/nagios/plugins", "/usr/lib64/nagios/plugins")
_PLUGIN = "nagios_unconfined_plugin_exec_t"
"""What Enterprise Linux 9 and 10 give all in these folders (nagios.fc of selinux-policy): what NRPE starts there may
use sudo, and is not confined. Elsewhere it stays in nrpe_t, where not even root may ask the cluster."""


def notes(
    node: Host, plugins: str, before: Grants, after: Grants, daemon: Optional[Daemon], touched: Sequence[Daemon]
) -> Iterator[str]:  # fmt: skip
    """Yield what no step does; ``touched`` are the NRPEs that must start again, and that we do not restart."""
    yield from (_restart(node, one) for one in touched)
    if node.enforcing and daemon and not plugins.startswith(_LABELLED):
        label = f"semanage fcontext -a -t {_PLUGIN} '{plugins}/check_ha.*' && restorecon -R {plugins}"
        yield f"have SELinux take the commands for plugins of NRPE: {label}"
    new = [user for user in after.rights if user not in before.rights]
    if new:
        yield from _rights(node, new, first=not before.rights)
    gone = [user for user in before.rights if user not in after.rights]
    if gone:
        until = f"until then Corosync lets {' and '.join(gone)} in"
        yield f"on one node, once that is done on all: corosync-cfgtool -R ({until})"
    others = [user for user in new if not any(user == one.user for one in node.daemons)]
    if others and node.live:
        yield f"restart what runs as {' and '.join(others)}: only new processes have the new group"


def _restart(node: Host, daemon: Daemon) -> str:
    if node.systemd and daemon.unit and not daemon.runs:
        return f"NRPE does not run: systemctl enable --now {daemon.unit}"
    return f"restart the NRPE of {daemon.cfg}, so that it reads its files"


def _rights(node: Host, users: Sequence[str], first: bool) -> Iterator[str]:
    shell = "pcs" if any(node.path(f"{folder}/pcs").exists() for folder in FOLDERS) else "crmsh"
    commands = rights.acl_commands(shell, users, first)
    who = " and ".join(users)
    yield f"on one node, so that {who} may read the CIB but not change it: {'; '.join(commands)}"
    yield "on one node, when all have the file: corosync-cfgtool -R (it loads corosync.conf again as well)"
    if not node.live:
        yield from (f"usermod -aG {GROUP} {user}" for user in users)
