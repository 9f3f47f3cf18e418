"""Real sudo with the sudoers file that is shipped: what it allows and refuses, and that nothing of a tool stays."""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Dict, Iterator, List, Optional, Sequence

import pytest

from check_ha.node_setup.rights import sudoers
from check_ha.sources.stream import Stream
from check_ha.sources.tools import ALL, CRM_MON
from tests.needed import program
from tests.sources.test_collect import HOSTILE, door

ROOT = Path(__file__).parents[2]
INCLUDED = Path("/etc/sudoers.d")

pytestmark = pytest.mark.packages

# Become that user, ask for these tools through sudo, and print what came back as JSON. (The user need not be able to
# reach this Python, which may be somewhere below /root.)
RUN = """
import json, os, pwd, selectors, subprocess, sys, time
from check_ha.sources import runner, stream, tools
from check_ha.sources.door import Door
user = pwd.getpwnam("nobody")
os.setgroups([])
os.setgid(user.pw_gid)
os.setuid(user.pw_uid)
folder, timeout, names = sys.argv[1], float(sys.argv[2]), sys.argv[3:]
begun = time.monotonic()
outputs = Door((folder,), timeout).collect([getattr(tools, name) for name in names])
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


@pytest.fixture(name="command")
def command_of_root(place: Path) -> Path:
    """check_ha_collect in a folder of root's, with a folder of tools beside it."""
    (place / "sbin").mkdir()
    (place / "bin").mkdir()
    return door(place / "bin", place / "sbin")


def shipped(command: Path) -> str:
    return sudoers(("nobody",), str(command))


def install(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
    path.chmod(0o440)
    subprocess.run([program("visudo", package="sudo"), "-c", "-q"], check=True)


def tool(command: Path, name: str, script: str) -> None:
    path = command.parents[1] / "sbin" / name
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(0o755)


def collect(command: Path, timeout: float, *names: str, run: str = RUN) -> Dict[str, Any]:
    argv = [sys.executable, "-c", run, str(command.parent), str(timeout), *names]
    done = subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)  # type: ignore[no-any-return]


def as_nobody(argv: Sequence[str], asked: str = "crm_mon.xml\n", **more: Any) -> subprocess.CompletedProcess[str]:
    """Run sudo with these arguments."""
    return subprocess.run(
        [program("sudo", package="sudo"), "-n", *argv], input=asked, user="nobody", group="nogroup", extra_groups=[],
        capture_output=True, text=True, check=False, **{"cwd": "/", **more},
    )  # fmt: skip


def left(command: Path) -> List[str]:
    """The processes that have come of the command, or of a tool."""
    found = []
    for cmdline in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if str(command.parents[1]).encode() in cmdline.read_bytes() and cmdline.parent.name != str(os.getpid()):
                found.append(cmdline.parent.name)
        except OSError:
            continue
    return found


def gone(command: Path, seconds: float) -> bool:
    """Whether all have ended within that time."""
    deadline = time.monotonic() + seconds
    while left(command) and time.monotonic() < deadline:
        time.sleep(0.1)
    return not left(command)


def test_shipped_file_is_valid() -> None:
    visudo = program("visudo", package="sudo")
    for name in ("nrpe/sudoers",):
        done = subprocess.run([visudo, "-c", "-q", "-f", str(ROOT / name)], capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, "")


def test_every_tool_is_asked_as_root(command: Path, sudo: Path) -> None:
    for one in ALL:
        tool(command, one.name, 'test "$(id -u)" = 0 || exit 9; for word; do echo "[$word]"; done')
    install(sudo, shipped(command))
    names = ("CRM_MON", "CMAPCTL", "CMAPCTL_STATS", "COROSYNC_FILES", "IP_ADDR", "CRMADMIN")
    found = collect(command, 8, *names)
    for name in names:
        status, fault, _, stderr, _ = found[name]
        assert (status, fault) == (0, None), stderr
    assert "[%n %u %g %a %U %G %F]" in found["COROSYNC_FILES"][2]


def test_a_path_with_blanks(place: Path, sudo: Path) -> None:
    (place / "a b" / "bin").mkdir(parents=True)
    (place / "a b" / "sbin").mkdir()
    command = door(place / "a b" / "bin", place / "a b" / "sbin")
    tool(command, "crm_mon", "id -u")
    install(sudo, shipped(command))
    assert collect(command, 8, "CRM_MON")["CRM_MON"][:3] == [0, None, "0\n"]


BENT = {
    "an-argument": ["{command}", "crm_mon.xml"],
    "an-empty-argument": ["{command}", ""],
    "help": ["{command}", "-h"],
    "an-argument-with-blanks": ["{command}", " "],
    "a-path-with-blanks": ["{command} "],
    "an-argument-in-the-path": ["{command} x"],
    "a-variable": ["CIB_file=/etc/shadow", "{command}"],
    "a-variable-of-python": ["PYTHONPATH=/tmp", "{command}"],
    "all-variables": ["-E", "{command}"],
    "another-user": ["-u", "daemon", "{command}"],
    "another-group": ["-g", "daemon", "{command}"],
    "another-folder": ["-D", "/tmp", "{command}"],
    "another-root": ["-R", "/tmp", "{command}"],
    "a-shell": ["-s", "{command}"],
    "a-login": ["-i", "{command}"],
    "editing": ["-e", "{command}"],
    "its-python": ["{folder}/python3", "-c", "print(1)"],
    "a-tool": ["{tools}/crm_mon"],
    "cibadmin": ["/usr/sbin/cibadmin", "-Q"],
    "sh": ["sh", "-c", "id"],
}


@pytest.mark.parametrize("bent", BENT)
def test_every_bent_call_is_refused(bent: str, command: Path, sudo: Path) -> None:
    tool(command, "crm_mon", f"touch {command.parent}/ran")
    install(sudo, shipped(command))
    places = {"command": str(command), "folder": str(command.parent), "tools": str(command.parents[1] / "sbin")}
    done = as_nobody([word.format(**places) for word in BENT[bent]])
    assert done.returncode == 1
    assert done.stdout == ""
    assert not (command.parent / "ran").exists()


def test_a_link_of_somebody_else_leads_to_nothing_new(command: Path, sudo: Path, tmp_path: Path) -> None:
    """sudo goes by what is at its end, and runs that by its own name: in no folder with another python3."""
    tool(command, "crm_mon", "id -u")
    install(sudo, shipped(command))
    folder = command.parents[1] / "theirs"
    folder.mkdir(mode=0o777)
    (folder / "python3").write_text(f"#!/bin/sh\ntouch {command.parent}/ran\n", encoding="utf-8")
    (folder / "python3").chmod(0o755)
    (folder / "check_ha_collect").symlink_to(command)
    done = as_nobody([str(folder / "check_ha_collect")])
    assert (done.returncode, "\n>0\n" in done.stdout) in ((0, True), (1, False))
    assert not (command.parent / "ran").exists()


SITES = {
    "as-shipped": "",
    "env-reset-off": "Defaults !env_reset\n",
    "variables-kept": f'Defaults env_keep += "{" ".join(HOSTILE)}"\nDefaults env_check += "{" ".join(HOSTILE)}"\n',
    "setenv": "Defaults setenv\nDefaults !env_reset\n",
}


@pytest.mark.parametrize("site", SITES)
def test_no_variable_reaches_python_or_a_tool(site: str, command: Path, sudo: Path) -> None:
    tool(command, "crm_mon", "umask; pwd; env")
    evil = command.parents[1] / "evil"
    evil.mkdir(mode=0o777)
    for name in ("re", "os", "sitecustomize", "usercustomize", "encodings", "subprocess", "env", "sh"):
        (evil / f"{name}.py").write_text(f"open({str(command.parent / 'ran')!r}, 'w')\n", encoding="utf-8")
    install(sudo, shipped(command) + SITES[site])
    environment = {name: value.format(evil=evil) for name, value in HOSTILE.items()}
    calls = [[str(command)], *([["-E", str(command)]] if site == "setenv" else [])]
    for call in calls:
        done = as_nobody(call, env=environment, cwd=evil, umask=0)
        assert (done.returncode, done.stderr) == (0, "")
        said = Stream(done.stdout.encode(), "it").collect([CRM_MON])[CRM_MON].stdout.decode()
        assert said.startswith("0077\n/\n")
        found = {line.partition("=")[0] for line in said.splitlines()[2:] if "=" in line}
        assert found <= {"PATH", "LC_ALL", "CHECK_HA_RUN", "PWD", "SHLVL", "_", "OLDPWD"}
        assert not (command.parent / "ran").exists()


LIMITS = {
    "files": (resource.RLIMIT_NOFILE, 20),
    "core": (resource.RLIMIT_CORE, resource.RLIM_INFINITY),
    "processes": (resource.RLIMIT_NPROC, 1),
    "cpu": (resource.RLIMIT_CPU, 1),
    "file-size": (resource.RLIMIT_FSIZE, 0),
    "memory": (resource.RLIMIT_AS, 64 << 20),
    "stack": (resource.RLIMIT_STACK, 256 << 10),
}


@pytest.mark.parametrize("limit", LIMITS)
def test_limits_of_the_caller(limit: str, command: Path, sudo: Path) -> None:
    """An answer, or none with an exit code that says so; nothing in between, and nothing is left."""
    kind, value = LIMITS[limit]
    tool(command, "crm_mon", "echo answer; ulimit -c; sleep 0.2")
    install(sudo, shipped(command))
    done = as_nobody([str(command)], preexec_fn=lambda: resource.setrlimit(kind, (value, value)))
    if done.returncode == 0:
        said = Stream(done.stdout.encode(), "it").collect([CRM_MON])[CRM_MON]
        assert (said.status, said.stdout) == (0, b"answer\n0\n")
    else:
        assert not done.stdout.startswith("check_ha stream")
    assert gone(command, 2)


@pytest.mark.parametrize("closed", [(0,), (1,), (2,), (0, 1, 2)])
def test_closed_descriptors(closed: Sequence[int], command: Path, sudo: Path) -> None:
    tool(command, "crm_mon", f"touch {command.parent}/ran; exec sleep 1006")
    install(sudo, shipped(command))

    def close() -> None:
        for number in closed:
            os.close(number)

    done = as_nobody([str(command)], asked="crm_mon.xml\nlimit 0.5\n", preexec_fn=close)
    assert "Traceback" not in done.stderr
    assert (command.parent / "ran").exists() == (0 not in closed)
    assert gone(command, 2)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGKILL])
@pytest.mark.parametrize("pause", [0.02, 0.08, 0.3])
def test_a_signal_to_sudo_leaves_no_process(number: int, pause: float, command: Path, sudo: Path) -> None:
    """Also one that sudo cannot pass on: then the command ends by itself, and the tools with it."""
    tool(command, "crm_mon", "trap '' TERM HUP INT QUIT; setsid sleep 3 & sleep 1007")
    install(sudo, shipped(command))
    with subprocess.Popen(
        [program("sudo", package="sudo"), "-n", str(command)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, user="nobody", group="nogroup", extra_groups=[], cwd="/",
    ) as process:  # fmt: skip
        assert process.stdin
        process.stdin.write(b"crm_mon.xml\nlimit 1\n")
        process.stdin.close()
        time.sleep(pause)
        process.send_signal(number)
        process.wait(timeout=4)
        assert process.stderr
        assert b"Traceback" not in process.stderr.read()
    assert gone(command, 3)


def test_a_reader_that_does_not_read_keeps_nothing(command: Path, sudo: Path) -> None:
    tool(command, "crm_mon", "head -c 3000000 /dev/zero | tr '\\0' x")
    install(sudo, shipped(command))
    with subprocess.Popen(
        [program("sudo", package="sudo"), "-n", str(command)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        user="nobody", group="nogroup", extra_groups=[], cwd="/",
    ) as process:  # fmt: skip
        assert process.stdin
        process.stdin.write(b"crm_mon.xml\n")
        process.stdin.close()
        assert gone(command, 5)


def test_a_tool_that_hangs_is_gone_when_the_check_ends(command: Path, sudo: Path) -> None:
    for name in ("corosync-cfgtool", "corosync-cmapctl", "corosync-quorumtool"):
        tool(command, name, "echo begun; exec sleep 1001")
    install(sudo, shipped(command))
    found = collect(command, 1, "CFGTOOL", "CFGTOOL_NODES", "CMAPCTL", "CMAPCTL_STATS", "QUORUMTOOL")
    assert found["seconds"] < 1.7
    assert found["CFGTOOL"][:2] == [None, "hung"]
    assert left(command) == []


def test_a_tool_that_is_deaf_is_ended_as_well(command: Path, sudo: Path) -> None:
    """Not by the user of the check, who may not end what is root's."""
    tool(command, "crm_mon", "trap '' HUP INT TERM; while :; do sleep 0.1; done")
    install(sudo, shipped(command))
    found = collect(command, 1, "CRM_MON")
    assert found["seconds"] < 2
    assert found["CRM_MON"][:2] == [None, "hung"]
    assert left(command) == []


def test_a_time_limit_that_is_shorter_than_the_deadline(command: Path, sudo: Path) -> None:
    tool(command, "crm_mon", "exec sleep 1002")
    install(sudo, shipped(command).replace("TIMEOUT=10", "TIMEOUT=1"))
    found = collect(command, 6, "CRM_MON")
    line = "HA_COLLECT UNKNOWN - it was told to end, or has taken too long\n"
    assert found["CRM_MON"][:3] == [3, None, line]
    assert gone(command, 2)


@pytest.fixture(name="kept_folder")
def folder_of_what_is_kept() -> Iterator[Path]:
    """Without what is kept for nobody, before and afterwards."""
    folder = Path("/run/check_ha")
    had = folder.exists()
    for again in (True, False):
        for path in (folder / "65534.stream", folder / "65534.tools", folder / ".65534.lock"):
            path.unlink(missing_ok=True)
        if not again and not had and folder.exists():
            folder.rmdir()
        if again:
            yield folder


def test_two_at_once_collect_once(command: Path, sudo: Path, kept_folder: Path) -> None:
    count = command.parents[1] / "count"
    for one in ALL:
        tool(command, one.name, f"echo '{one.name} '$* >>{count}; sleep 0.2; echo $(id -u)")
    install(sudo, shipped(command))
    environment = {"SUDO_UID": "0", "SUDO_USER": "root", "PATH": "/usr/bin:/bin"}
    names = ("crm_mon.xml", "cibadmin.xml", "ip-addr.json")
    as_nobody([str(command)], "\n".join((*names, "keep 20\n")))  # a minute ago: what the checks of this user ask
    (kept_folder / "65534.stream").unlink()
    count.unlink()
    with ThreadPoolExecutor(3) as pool:
        calls = [pool.submit(as_nobody, [str(command)], f"{name}\nkeep 20\n", env=environment) for name in names]
    said = [call.result() for call in calls]
    assert {(done.returncode, done.stderr) for done in said} == {(0, "")}
    assert len({done.stdout for done in said}) == 1
    assert Stream(said[0].stdout.encode(), "it").collect([CRM_MON])[CRM_MON].stdout == b"0\n"
    assert count.read_text(encoding="utf-8").count("crm_mon ") == 1
    assert (kept_folder / "65534.stream").read_text(encoding="utf-8") == said[0].stdout
    assert not (kept_folder / "0.stream").exists()
    assert as_nobody([str(command)], "crm_mon.xml\nkeep 20\n").stdout == said[0].stdout
    assert as_nobody([str(command)], "crm_mon.xml\nkeep 0.1\n").stdout != said[0].stdout
    assert as_nobody([str(command)], "crm_mon.xml\n").stdout.count("\noutput ") == 1


def test_what_is_kept_is_read_without_sudo(command: Path, sudo: Path, kept_folder: Path) -> None:
    tool(command, "crm_mon", "date +%s%N")
    install(sudo, shipped(command))
    assert as_nobody([str(command)], "crm_mon.xml\nkeep 20\n").returncode == 0
    sudo.unlink()
    run = RUN.replace("Door((folder,), timeout)", "Recent(Door((folder,), timeout), 20)").replace(
        "Door\n", "Door, Recent\n"
    )
    kept = [collect(command, 5, "CRM_MON", run=run)["CRM_MON"] for _ in range(2)]
    assert kept[0][:2] == [0, None]
    assert kept[0] == kept[1]


OLD = """\
Cmnd_Alias CHECK_HA = /usr/sbin/cibadmin -Q, /usr/sbin/crm_mon --output-as\\=xml --inactive
nobody ALL=(root) TIMEOUT=10 NOPASSWD: CHECK_HA
"""


@pytest.mark.parametrize("text", [OLD, None], ids=["the-lines-of-an-earlier-version", "none"])
def test_who_is_refused_is_told_so(text: Optional[str], command: Path, sudo: Path) -> None:
    if text:
        install(sudo, text)
    status, fault, stdout, stderr, _ = collect(command, 8, "CRM_MON")["CRM_MON"]
    assert (status, fault, stdout) == (1, None, "")
    assert stderr.startswith("sudo: ")


def test_fewer_lines_in_the_log(command: Path, sudo: Path) -> None:
    """The line that the file offers is one that sudo takes."""
    line = "Defaults!CHECK_HA !log_allowed, !pam_session\n"
    assert f"# {line}" in shipped(command)
    tool(command, "crm_mon", "id -u")
    install(sudo, shipped(command) + line)
    assert collect(command, 8, "CRM_MON")["CRM_MON"][2] == "0\n"
