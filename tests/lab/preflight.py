"""Can the lab run here? If not, say what to do about it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

from .debian import OWN, ROOT
from .space import UNSHARE

# What the lab uses of a Debian package; installing them must not start them, hence no service is needed.
PACKAGES = {
    "corosync": "/usr/sbin/corosync",
    "pacemaker": "/usr/sbin/pacemakerd",
    "pacemaker-cli-utils": "/usr/sbin/crm_mon",
    "pacemaker-resource-agents": "/usr/lib/ocf/resource.d/pacemaker/Stateful",
    "resource-agents": "/usr/lib/ocf/resource.d/heartbeat/IPaddr2",
    "corosync-qdevice": "/usr/sbin/corosync-qdevice",
    "corosync-qnetd": "/usr/bin/corosync-qnetd",
    "iproute2": "/usr/sbin/ip",
    "iputils-arping": "/usr/bin/arping",
    "nftables": "/usr/sbin/nft",
    "procps": "/usr/bin/pkill",
    "sudo": "/usr/bin/sudo",
}

INSTALL = "apt-get install --no-install-recommends"

_ATTEMPT = """
mount -t tmpfs lab /run
mkdir /run/upper /run/work /run/root
mount -t overlay lab -o lowerdir=$1,upperdir=/run/upper,workdir=/run/work /run/root
ip link add ring0 type bridge
"""


def missing() -> list[str]:
    """Return one sentence for each thing that keeps the lab from running here; none when it can run."""
    if not sys.platform.startswith("linux"):
        return ["The lab needs Linux."]
    found = []
    if os.geteuid() != 0:
        found.append("The lab must be run as root.")
    packages = [package for package, path in PACKAGES.items() if not (ROOT / path.lstrip("/")).exists()]
    if packages:
        lacking = " ".join(packages)
        make = f"{ROOT} lacks {lacking}: make another one with python3 -m tests.lab debian trixie FOLDER"
        found.append(f"The lab needs Debian packages: {INSTALL} {lacking}" if OWN else make)
    if not found and shutil.which("unshare") is None:
        found.append("The lab needs unshare and nsenter, of Debian's package util-linux.")
    if not found:
        found.extend(_kernel_refuses())
    return found


def _kernel_refuses() -> list[str]:
    command = [*UNSHARE, "sh", "-ec", _ATTEMPT, "sh", str(ROOT)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    if done.returncode == 0:
        return []
    return [f"The lab needs namespaces, overlay mounts and bridges, which were refused here: {done.stderr.strip()}"]
