"""The processes of the commands: standard output that is closed, full or read by nobody, and signals."""

from __future__ import annotations

import io
import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Iterator, List

import pytest

from check_ha.cli.process import guarded
from tests.faketools import from_recording, write_tool
from tests.replay import SAMPLES
from tests.sources.test_node import left_behind, wait_for

ROOT = Path(__file__).parent.parent.parent
HEALTHY = str(SAMPLES / "healthy-2node" / "node1")
COMMANDS = {
    "vip": ["check_ha.cli.commands:vip", "--from", HEALTHY],
    "vip -h": ["check_ha.cli.commands:vip", "-h"],
    "vip --colour": ["check_ha.cli.commands:vip", "--colour"],
    "all": ["check_ha.cli.overall:main", "--from", HEALTHY],
    "all --human": ["check_ha.cli.overall:main", "--from", HEALTHY, "--human"],
    "view": ["check_ha.cli.view:main", "--from", HEALTHY],
    "split_brain": ["check_ha.cli.commands:split_brain", "--from", HEALTHY, "--from", HEALTHY],
}
DEAF = "trap '' TERM HUP INT; setsid sleep 97 & sleep 97"
"""A tool that hangs, and a child of it in a session of its own, both deaf to all but SIGKILL."""


def argv(entry: str, *arguments: str, flags: str = "-u") -> List[str]:
    """The command line of a command, by its entry point as in setup.cfg."""
    module, _, function = entry.partition(":")
    return [sys.executable, flags, "-c", f"from {module} import {function}; {function}()", *arguments]


@pytest.mark.parametrize("flags", ["-u", "-B"], ids=["unbuffered", "buffered"])
@pytest.mark.parametrize("command", COMMANDS)
def test_unknown_when_standard_output_is_full(command: str, flags: str) -> None:
    with open("/dev/full", "w", encoding="ascii") as full:
        ended = subprocess.run(
            argv(*COMMANDS[command], flags=flags), stdout=full, stderr=subprocess.PIPE, cwd=ROOT, check=False
        )
    assert (ended.returncode, ended.stderr) == (3, b"")


@pytest.mark.parametrize("flags", ["-u", "-B"], ids=["unbuffered", "buffered"])
@pytest.mark.parametrize("command", COMMANDS)
def test_unknown_when_nobody_reads(command: str, flags: str) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    ended = subprocess.run(
        argv(*COMMANDS[command], flags=flags), stdout=writer, stderr=subprocess.PIPE, cwd=ROOT, check=False
    )
    os.close(writer)
    assert (ended.returncode, ended.stderr) == (3, b"")


def console(name: str, folder: Path) -> List[str]:
    """The script that pip installs for a command; it prints ``ended`` where Python ends in an orderly way."""
    script = folder / f"{name}.py"
    script.write_text(
        "import atexit, sys\natexit.register(print, 'ended')\nfrom check_ha.cli.commands import vip\nsys.exit(vip())\n",
        encoding="ascii",
    )
    return [sys.executable, str(script), "--from", HEALTHY]


def run_console(command: List[str], stdout: int = subprocess.PIPE) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
    return subprocess.run(command, stdout=stdout, stderr=subprocess.PIPE, env=environment, check=False, text=True)


def test_ok_a_command_ends_at_once_and_what_calls_one_as_it_likes(tmp_path: Path) -> None:
    command, program = run_console(console("check_ha_vip", tmp_path)), run_console(console("program", tmp_path))
    assert command.stdout.startswith("HA_VIP OK - ")
    assert (command.returncode, command.stderr) == (0, "")
    assert (program.returncode, program.stdout) == (0, f"{command.stdout}ended\n")


def test_unknown_a_command_when_standard_output_is_full_or_nobody_reads(tmp_path: Path) -> None:
    with open("/dev/full", "w", encoding="ascii") as full:
        ended = run_console(console("check_ha_vip", tmp_path), full.fileno())
    assert (ended.returncode, ended.stderr) == (3, "")
    reader, writer = os.pipe()
    os.close(reader)
    ended = run_console(console("check_ha_vip", tmp_path), writer)
    os.close(writer)
    assert (ended.returncode, ended.stderr) == (3, "")


@pytest.mark.parametrize("closed", [">&-", "<&-", "<&- >&-", "<&- >&- 2>&-"])
def test_crit_and_no_tool_is_left_whatever_is_closed(closed: str, tmp_path: Path) -> None:
    """The pipe that tells whether all of a tool has ended must not be taken for the standard output of the tool."""
    write_tool(tmp_path, "crm_mon", DEAF)
    run = argv("check_ha.cli.commands:nodes", "--tools", str(tmp_path), "-t", "0.5")
    check = subprocess.Popen(["/bin/sh", "-c", f'exec "$@" {closed}', "sh", *run], stdout=subprocess.PIPE, cwd=ROOT)
    stdout, _ = check.communicate(timeout=10)
    expected = "HA_NODES CRITICAL - pacemaker does not answer: crm_mon: no answer within 0.5 s\n"
    assert (check.returncode, stdout.decode()) == (2, "" if ">&-" in closed.split("2")[0] else expected)
    assert left_behind(check.pid) == []


@pytest.mark.parametrize(
    ("module", "more"),
    [
        ("check_ha.cli.commands:nodes", []),
        ("check_ha.cli.overall:main", ["--state-dir", "state"]),
        ("check_ha.cli.view:main", []),
        ("check_ha.cli.snapshot:main", ["recorded"]),
    ],
    ids=["check", "all", "view", "snapshot"],
)
def test_unknown_and_no_tool_is_left_however_often_it_is_told_to_end(
    module: str, more: List[str], tmp_path: Path
) -> None:
    write_tool(tmp_path, "crm_mon", DEAF)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = argv(module, "--tools", str(tmp_path), *more)
    check = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=tmp_path, env=environment, text=True
    )
    wait_for(lambda: len(left_behind(check.pid)) >= 3)  # the shell and the two that sleep
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGTERM):
        check.send_signal(number)
        time.sleep(0.001)
    stdout, stderr = check.communicate(timeout=10)
    assert (stdout, stderr) == ("", "")
    assert check.returncode == 3
    assert left_behind(check.pid) == []
    assert not (tmp_path / "recorded").exists()


@pytest.mark.parametrize("entry", [*(f"check_ha.cli.{one}" for one in ("commands:vip", "view:main", "snapshot:main"))])
def test_help_without_docstrings(entry: str) -> None:
    ended = subprocess.run(argv(entry, "-h", flags="-OO"), capture_output=True, text=True, cwd=ROOT, check=False)
    assert (ended.returncode, ended.stderr) == (3, "")
    assert ended.stdout.startswith("usage: ")


@pytest.mark.parametrize("flags", ["-O", "-OO"])
def test_ok_without_assertions(flags: str) -> None:
    ended = subprocess.run(argv(*COMMANDS["vip"], flags=flags), capture_output=True, text=True, cwd=ROOT, check=False)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout.startswith("HA_VIP OK - p_vip (192.0.2.100) on node1 (here) | ")


@pytest.fixture(name="signals")
def signals_as_they_were() -> Iterator[None]:
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


class Broken(io.StringIO):
    """A standard output that nobody reads."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self._number = number

    def write(self, text: str) -> int:
        raise BrokenPipeError(32, "Broken pipe")

    def flush(self) -> None:
        raise BrokenPipeError(32, "Broken pipe")

    def fileno(self) -> int:
        return self._number


@pytest.mark.usefixtures("signals")
def test_unknown_in_this_process_when_nobody_reads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with open(tmp_path / "stdout", "wb", buffering=0) as file:
        monkeypatch.setattr(sys, "stdout", Broken(file.fileno()))
        with pytest.raises(SystemExit) as ended:
            guarded(lambda: print("OK"))()
        assert ended.value.code == 3
        file.write(b"what Python would try to write once more")
    assert (tmp_path / "stdout").read_bytes() == b""


@pytest.mark.usefixtures("signals")
def test_no_standard_output_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    guarded(lambda: print("OK"))()
    assert sys.stdout is not None
    sys.stdout.close()


@pytest.mark.usefixtures("signals")
def test_told_to_end_twice(capsys: pytest.CaptureFixture[str]) -> None:
    """The second signal comes while the first one is obeyed."""
    seen = []

    def main() -> None:
        try:
            signal.raise_signal(signal.SIGTERM)
        finally:
            signal.raise_signal(signal.SIGINT)
            seen.append("the tools are ended")

    with pytest.raises(SystemExit) as ended:
        guarded(main)()
    assert (ended.value.code, seen, capsys.readouterr().out) == (3, ["the tools are ended"], "")


@pytest.mark.parametrize("number", [signal.SIGCHLD, signal.SIGPIPE], ids=["sigchld", "sigpipe"])
def test_a_tool_that_fails_has_failed_whatever_signals_are_ignored(number: int, tmp_path: Path) -> None:
    """With SIGCHLD ignored nobody is told how a process has ended."""
    from_recording(Path(HEALTHY), tmp_path)
    write_tool(tmp_path, "crm_mon", f"cat {HEALTHY}/crm_mon.xml; exit 102")
    command = argv("check_ha.cli.commands:resources", "--tools", str(tmp_path))
    said = [
        subprocess.run(command, capture_output=True, cwd=ROOT, check=False, preexec_fn=bent)
        for bent in (None, lambda: signal.signal(number, signal.SIG_IGN))
    ]
    assert said[0].stdout.startswith(
        b"HA_RESOURCES CRITICAL - pacemaker is not running on this node (crm_mon: cannot connect)"
    )
    assert [(one.returncode, one.stdout, one.stderr) for one in said] == [(2, said[0].stdout, b"")] * 2


def test_a_tool_gets_nothing_that_is_open_here_though_it_is_above_the_limit(tmp_path: Path) -> None:
    """Whoever starts a check may have opened more than it lets the check open."""
    from_recording(Path(HEALTHY), tmp_path)
    write_tool(tmp_path, "crm_mon", f"ls /proc/self/fd >{tmp_path}/open; cat {HEALTHY}/crm_mon.xml")
    command = argv("check_ha.cli.commands:resources", "--tools", str(tmp_path))

    def bent() -> None:
        os.dup2(os.open(HEALTHY, os.O_RDONLY), 200)
        resource.setrlimit(resource.RLIMIT_NOFILE, (30, 30))

    said = subprocess.run(command, capture_output=True, cwd=ROOT, check=False, preexec_fn=bent, close_fds=False)
    assert (said.returncode, said.stdout[:15], said.stderr) == (0, b"HA_RESOURCES OK", b"")
    held = set((tmp_path / "open").read_text().split())
    assert len(held - {"0", "1", "2"}) == 2, "the leash, and the folder that ls reads"
    assert "200" not in held
