"""Which Debian the machines of a lab have: that of this machine, or another release in a folder.

``CHECK_HA_LAB_ROOT=FOLDER`` in the environment chooses a folder, ``python3 -m tests.lab debian RELEASE FOLDER`` makes
it. Its machines run its Corosync and Pacemaker, and the checks with its own Python, nagiosplugin and lxml; the kernel,
and the program that runs the lab, stay those of this machine.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from .waiting import LabError

VARIABLE = "CHECK_HA_LAB_ROOT"
ROOT = Path(os.environ.get(VARIABLE, "/")).resolve()
OWN = str(ROOT) == "/"
PYTHON = sys.executable if OWN else "/usr/bin/python3"
"""The Python of the machines."""

# Beside what a lab needs: what a Debian made from nothing lacks (mount, passwd), what the checks are made of, and what
# the live tests use.
MORE = (
    "booth",
    "booth-pacemaker",
    "crmsh",
    "icinga2-bin",
    "iputils-ping",
    "monitoring-plugins-basic",
    "mount",
    "nagios-nrpe-plugin",
    "nagios-nrpe-server",
    "nagios4-core",
    "passwd",
    "python3-lxml",
    "python3-nagiosplugin",
    "sbd",
)

REMOTE = "/opt/pacemaker-remote"
"""Where pacemaker-remote is unpacked in it, which cannot be installed beside pacemaker."""
_UNPACK = (
    f'chroot "$1" sh -ec "cd /tmp; apt-get download pacemaker-remote; dpkg -x pacemaker-remote_*.deb {REMOTE};'
    ' rm pacemaker-remote_*.deb"'
)


def make(release: str, folder: Path, packages: list[str]) -> None:
    """Make a folder with this release of Debian, in two minutes and with 500 MB; raise LabError where that fails."""
    included = f"--include={','.join(sorted({*packages, *MORE}))}"
    argv = ["mmdebstrap", "--mode=root", "--variant=apt", included, f"--customize-hook={_UNPACK}", release, str(folder)]
    try:
        done = subprocess.run(argv, check=False)
    except FileNotFoundError:
        raise LabError("It takes mmdebstrap: apt-get install --no-install-recommends mmdebstrap") from None
    if done.returncode:
        raise LabError(f"mmdebstrap: exit status {done.returncode}")
