"""check_ha_ssh behind a real sshd: the checks, and nothing else."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Tuple

import pytest

from tests.generators.test_ssh import FOREIGN, with_folder
from tests.integration import daemons
from tests.needed import program
from tests.replay import SAMPLES, expected_of, label

pytestmark = pytest.mark.packages


def test_behind_a_real_sshd(place: Path) -> None:
    sshd, keygen = program("sshd", "openssh-server"), program("ssh-keygen", "openssh-client")
    recording = SAMPLES / "link-down-no-carrier/node1"
    daemons.write_commands(place / "plugins", recording)
    script = with_folder(place / "check_ha_ssh", place / "plugins")
    for name in ("host", "user"):
        subprocess.run([keygen, "-q", "-t", "ed25519", "-N", "", "-f", str(place / name)], check=True)
    key = (place / "user.pub").read_text(encoding="utf-8")
    (place / "keys").write_text(f'restrict,command="sh {script}" {key}', encoding="utf-8")
    port = daemons.free_port()
    settings = {
        "Port": port, "ListenAddress": "127.0.0.1", "HostKey": place / "host", "AuthorizedKeysFile": place / "keys",
        "PermitRootLogin": "forced-commands-only", "StrictModes": "no", "UsePAM": "no", "PidFile": place / "pid",
    }  # fmt: skip
    (place / "sshd_config").write_text("".join(f"{name} {value}\n" for name, value in settings.items()))
    Path("/run/sshd").mkdir(exist_ok=True)  # where it goes to before it knows whom it serves
    ssh = [program("ssh", "openssh-client"), "-F", "/dev/null", "-i", str(place / "user"), "-p", str(port)]
    ssh += ["-o", "BatchMode=yes", "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null"]
    ssh += ["-o", "LogLevel=ERROR", "root@127.0.0.1"]

    def said(command: str) -> Tuple[int, str]:
        done = subprocess.run([*ssh, command], capture_output=True, text=True, check=False, timeout=30)
        return done.returncode, done.stdout.partition(" | ")[0].strip() + done.stderr

    with daemons.daemon([sshd, "-D", "-e", "-f", str(place / "sshd_config")], place / "log"):
        daemons.wait_for(lambda: said("id")[0] != 255, "sshd answers", 20)
        expected = expected_of("rings")[label(recording)]
        assert said("check_ha_rings -v -c '~:5'")[0] == expected.code
        assert said("check_ha_rings") == (expected.code, expected.first)
        assert said("cat /etc/shadow") == (3, f"HA UNKNOWN - check_ha_ssh: {FOREIGN}")
