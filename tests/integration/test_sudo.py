"""Real sudo with the sudoers file that is shipped: what it allows and refuses, and that nothing of a tool stays."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Dict, Iterator, List

import pytest

from check_ha.node_setup.rights import sudoers
from tests.needed import program

ROOT = Path(__file__).parents[2]
INCLUDED = Path("/etc/sudoers.d")

pytestmark = pytest.mark.packages

# Become that user, run these tools through sudo, and print what came back as JSON. (The user need not be able to reach
# this Python, which may be somewhere below /root.)
RUN = """
import json, os, pwd, selectors, subprocess, sys, time
from check_ha.sources import runner, tools
from check_ha.sources.node import ThisNode
user = pwd.getpwnam("nobody")
os.setgroups([])
os.setgid(user.pw_gid)
os.setuid(user.pw_uid)
folder, timeout, names = sys.argv[1], float(sys.argv[2]), sys.argv[3:]
begun = time.monotonic()
outputs = ThisNode((folder,), timeout, sudo=True).collect([getattr(tools, name) for name in names])
found = {name: [output.status, output.fault, output.stdout.decode(), output.stderr, output.limit]
         for name, output in ((name, outputs[getattr(tools, name)]) for name in names)}
print(json.dumps({"seconds": time.monotonic() - begun, **found}))
"""


@pytest.fixture
def sudo() -> Iterator[Path]:
    """The file in /etc/sudoers.d for this test, which is gone afterwards."""
    program("sudo", package="sudo")
    path = INCLUDED / f"check_ha-test-{os.getpid()}"
    yield path
    path.unlink(missing_ok=True)


def install(path: Path, text: str, tools: Path) -> None:
    """The shipped text for ``nobody``, with the programs of this folder."""
    for folder in ("/usr/sbin", "/usr/bin"):
        text = text.replace(f"{folder}/", f"{tools}/")
    path.write_text(text, encoding="utf-8")
    path.chmod(0o440)
    subprocess.run([program("visudo", package="sudo"), "-c", "-q"], check=True)


def tool(folder: Path, name: str, script: str) -> None:
    folder.mkdir(mode=0o755, exist_ok=True)
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(0o755)


def collect(tools: Path, timeout: float, *names: str) -> Dict[str, Any]:
    argv = [sys.executable, "-c", RUN, str(tools), str(timeout), *names]
    done = subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)  # type: ignore[no-any-return]


def left(tools: Path) -> List[str]:
    """The processes that have come of a tool of this folder."""
    found = []
    for cmdline in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if str(tools).encode() in cmdline.read_bytes() and cmdline.parent.name != str(os.getpid()):
                found.append(cmdline.parent.name)
        except OSError:
            continue
    return found


def shipped() -> str:
    return sudoers("nobody", root="/nonexistent")


def test_shipped_file_is_valid() -> None:
    visudo = program("visudo", package="sudo")
    for name in ("nrpe/sudoers",):
        done = subprocess.run([visudo, "-c", "-q", "-f", str(ROOT / name)], capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, "")


def test_every_command_line_is_allowed(place: Path, sudo: Path) -> None:
    tools = place / "sbin"
    names = ("CRM_MON", "CMAPCTL", "CMAPCTL_STATS", "PS", "COROSYNC_FILES", "IP_ADDR", "COROSYNC_CONF")
    for name in ("crm_mon", "corosync-cmapctl", "ps", "stat", "ip", "cat"):
        tool(tools, name, 'test "$(id -u)" = 0 || exit 9; for word; do echo "[$word]"; done')
    install(sudo, shipped(), tools)
    found = collect(tools, 8, *names)
    for name in names:
        status, fault, _, stderr, _ = found[name]
        assert (status, fault) == (0, None), stderr
    assert "[%n %u %g %a %U %G %F]" in found["COROSYNC_FILES"][2]


@pytest.mark.parametrize(
    "argv",
    [
        pytest.param(["corosync-cmapctl", "-s", "totem.token", "u32", "1"], id="cmapctl-that-sets"),
        pytest.param(["corosync-cmapctl", "-D", "totem"], id="cmapctl-that-deletes"),
        pytest.param(["corosync-cfgtool", "-k", "2"], id="cfgtool-that-kills"),
        pytest.param(["cibadmin", "-Q", "-o", "x"], id="an-argument-more"),
        pytest.param(["cibadmin", "-E", "--force"], id="cibadmin-that-erases"),
        pytest.param(["cat", "/etc/shadow"], id="another-file"),
        pytest.param(["cat", "/etc/corosync/authkey"], id="the-key"),
        pytest.param(["sh", "-c", "id"], id="a-shell"),
    ],
)
def test_every_other_command_line_is_refused(place: Path, sudo: Path, argv: List[str]) -> None:
    tools = place / "sbin"
    tool(tools, argv[0], "echo it ran")
    install(sudo, shipped(), tools)
    done = subprocess.run(
        [program("sudo", package="sudo"), "-n", str(tools / argv[0]), *argv[1:]],
        user="nobody", group="nogroup", extra_groups=[], cwd="/", capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert done.stdout == ""


def test_a_tool_that_hangs_is_gone_when_the_check_ends(place: Path, sudo: Path) -> None:
    tools = place / "sbin"
    for name in ("corosync-cfgtool", "corosync-cmapctl", "corosync-quorumtool"):
        tool(tools, name, "echo begun; exec sleep 1001")
    install(sudo, shipped(), tools)
    found = collect(tools, 1, "CFGTOOL", "CFGTOOL_NODES", "CMAPCTL", "CMAPCTL_STATS", "QUORUMTOOL")
    assert found["seconds"] < 1.7
    assert found["CFGTOOL"][:2] == [None, "hung"]
    assert left(tools) == []


def test_a_tool_that_is_deaf_is_ended_by_the_time_limit(place: Path, sudo: Path) -> None:
    """SIGTERM cannot end it, and nobody may not use SIGKILL: the check is in time, and sudo does the rest."""
    tools = place / "sbin"
    tool(tools, "crm_mon", "trap '' HUP INT TERM; while :; do sleep 0.1; done")
    install(sudo, shipped().replace("TIMEOUT=10", "TIMEOUT=3"), tools)
    found = collect(tools, 1, "CRM_MON")
    assert found["seconds"] < 2
    assert found["CRM_MON"][:2] == [None, "hung"]
    assert left(tools)
    deadline = time.monotonic() + 8  # 3 s, and 2 s that sudo leaves between SIGTERM and SIGKILL
    while left(tools) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert left(tools) == []


def test_a_time_limit_that_is_shorter_than_the_deadline_is_no_other_failure(place: Path, sudo: Path) -> None:
    tools = place / "sbin"
    tool(tools, "crm_mon", "exec sleep 1002")
    install(sudo, shipped().replace("TIMEOUT=10", "TIMEOUT=1"), tools)
    found = collect(tools, 6, "CRM_MON")
    assert found["CRM_MON"][:2] == [None, "hung"]
    assert found["CRM_MON"][4] == pytest.approx(1, abs=0.5)
    assert left(tools) == []


def test_fewer_lines_in_the_log(place: Path, sudo: Path) -> None:
    """The line that the file offers is one that sudo takes."""
    program("sudo", package="sudo")
    line = "Defaults!CHECK_HA !log_allowed, !pam_session\n"
    assert line in shipped()
    tools = place / "sbin"
    tool(tools, "crm_mon", "id -u")
    install(sudo, shipped() + line, tools)
    assert collect(tools, 8, "CRM_MON")["CRM_MON"][2] == "0\n"
