"""-t is the deadline of the whole run: nothing that a check reads, waits for or works out gets past it."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Iterator, List, NamedTuple

import pytest

from check_ha.cli.process import guarded
from check_ha.cli.register import check_named
from check_ha.parsers.cib import parse_cib
from check_ha.sources import deadline
from check_ha.sources.deadline import Overdue, announce, limited
from tests.cli.test_process import DEAF, argv
from tests.faketools import write_tool
from tests.generate import Big, cib
from tests.replay import SAMPLES, replay
from tests.sources.test_node import left_behind, wait_for

ROOT = Path(__file__).parent.parent.parent
HEALTHY = SAMPLES / "healthy-2node" / "node1"


class Ended(NamedTuple):
    """How a command ended."""

    code: int
    text: str
    seconds: float


def command(entry: str, *arguments: str) -> Ended:
    started = time.monotonic()
    ended = subprocess.run(
        argv(entry, *arguments), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=ROOT, check=False
    )
    return Ended(ended.returncode, ended.stdout, time.monotonic() - started)


@pytest.fixture(name="long_names")
def recording_with_long_names(tmp_path: Path) -> Path:
    directory = tmp_path / "node1"
    shutil.copytree(HEALTHY, directory)
    text = (directory / "crm_mon.xml").read_text(encoding="utf-8")
    (directory / "crm_mon.xml").write_text(text.replace("node2", "n" * 60), encoding="utf-8")
    return directory


@pytest.mark.parametrize("format", ["text", "json"])
def test_unknown_when_a_pattern_never_ends(format: str, long_names: Path) -> None:
    for run in (replay, None):
        arguments = ["--from", str(long_names), "-t", "0.5", "-i", "(n+)+(n+)+(n+)+x", "--format", format]
        if run is None:
            code, text, seconds = command("check_ha.cli.commands:nodes", *arguments)
            assert seconds < 4
        else:
            code, text = replay(check_named("nodes"), *arguments)
        said = "not finished within 0.5 s: judging nodes"
        assert code == 3
        if format == "text":
            assert text == f"HA_NODES UNKNOWN - {said}\n"
        else:
            found = json.loads(text)
            assert (found["state"], found["findings"][0]["condition"]) == ("UNKNOWN", "not-responding")
            assert found["findings"][0]["text"] == said


def test_unknown_when_reading_takes_too_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def slow(*_: object, **__: object) -> None:
        time.sleep(5)

    monkeypatch.setattr(check_named("nodes").readings[0], "parse", slow)
    started = time.monotonic()
    assert replay(check_named("nodes"), "--from", str(HEALTHY), "-t", "0.2") == (
        3, "HA_NODES UNKNOWN - not finished within 0.2 s: reading the output of crm_mon\n",
    )  # fmt: skip
    assert time.monotonic() - started < 3


def test_unknown_when_the_configuration_is_a_pipe(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    ended = command("check_ha.cli.overall:main", "--config", str(tmp_path / "pipe"), "--from", str(HEALTHY))
    assert ended.code == 3
    assert ended.text.startswith(f"HA UNKNOWN - {tmp_path}/pipe: it is not a plain file")
    assert ended.seconds < 4


def test_warn_when_a_view_is_a_pipe(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    ended = command("check_ha.cli.commands:split_brain", "--from", f"a={tmp_path}/pipe", "--from", f"b={HEALTHY}")
    assert ended.code == 1
    assert f"node2 cannot be asked ({tmp_path}/pipe: it is not a plain file)" in ended.text
    assert ended.seconds < 4


def test_unknown_when_the_command_line_takes_too_long(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Which is before its -t is known."""
    monkeypatch.setattr(deadline, "DEFAULT", 0.1)
    monkeypatch.setattr(deadline, "LEFT", 0.1)
    monkeypatch.setattr("sys.argv", ["/usr/bin/check_ha_nodes"])
    with pytest.raises(SystemExit) as end:
        guarded(lambda: time.sleep(5))()
    assert end.value.code == 3
    assert capsys.readouterr().out == "HA_NODES UNKNOWN - not finished within 0.1 s: reading the command line\n"


@contextlib.contextmanager
def as_before() -> Iterator[List[object]]:
    rung: List[object] = []
    handler = signal.signal(signal.SIGALRM, lambda number, _: rung.append(number))
    try:
        yield rung
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, handler)


def test_signals_and_timers_of_another_program_stay() -> None:
    with as_before() as rung:
        signal.setitimer(signal.ITIMER_REAL, 0.5)
        assert limited(8, lambda: "done", str)() == "done"
        assert 0 < signal.getitimer(signal.ITIMER_REAL)[0] <= 0.5
        wait_for(lambda: bool(rung))

        def works() -> str:
            announce("working")
            time.sleep(5)
            return ""

        assert limited(0.1, works, lambda overdue: overdue.text)() == "not finished within 0.1 s: working"
        assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


def test_it_is_not_taken_for_a_mistake() -> None:
    assert not issubclass(Overdue, Exception)


@pytest.mark.parametrize("name", ["ALRM", "QUIT", "USR1", "USR2", "XCPU", "VTALRM", "PROF", "IO"])
def test_unknown_and_no_tool_is_left_whatever_signal_ends_it(name: str, tmp_path: Path) -> None:
    write_tool(tmp_path, "crm_mon", DEAF)
    run = argv("check_ha.cli.commands:nodes", "--tools", str(tmp_path))
    check = subprocess.Popen(run, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT, text=True)
    wait_for(lambda: len(left_behind(check.pid)) >= 3)  # the shell and the two that sleep
    check.send_signal(getattr(signal, f"SIG{name}"))
    check.send_signal(signal.SIGTERM)
    stdout, stderr = check.communicate(timeout=10)
    assert (check.returncode, stdout, stderr) == (3, "", "")
    assert left_behind(check.pid) == []


def test_the_connection_that_ssh_keeps_is_left_alone(tmp_path: Path) -> None:
    """With ControlPersist the first ssh leaves a process of its own behind, which serves those that follow."""
    master = "exec -a 'ssh: /run/user/0/ssh-node1 [mux]' sleep 31"
    write_tool(tmp_path, "crm_mon", f'exec 2>&-; setsid bash -c "{master}" & setsid sleep 32 & exit 5')
    code, _ = replay(check_named("nodes"), "--tools", str(tmp_path), "-t", "2")
    assert code == 3
    found = subprocess.run(["pgrep", "-f", "^sleep 32|ssh-node1 .mux."], capture_output=True, text=True, check=False)
    pids = [int(pid) for pid in found.stdout.split()]
    lines = [Path(f"/proc/{pid}/cmdline").read_bytes() for pid in pids]
    for pid in pids:
        os.kill(pid, signal.SIGKILL)
    assert [re.sub(rb"\0", b" ", line).strip() for line in lines] == [b"ssh: /run/user/0/ssh-node1 [mux] 31"]


def test_a_real_large_cib_is_read(tmp_path: Path) -> None:
    """64 nodes with 1,400 resources, each probed on each node."""
    document = cib(Big(resources=1400, probed=True))
    assert len(document) > 60_000_000
    started = time.process_time()
    assert len(parse_cib(document).primitives) == 1400
    assert time.process_time() - started < 3


SLOW = """
import time
import check_ha.checks.quorum.check as quorum
quorum.QUORUM.parse = lambda data: time.sleep(60)
from check_ha.cli.overall import main
main()
"""


def test_unknown_in_one_run_of_all_checks() -> None:
    started = time.monotonic()
    ended = subprocess.run(
        [sys.executable, "-c", SLOW, "--from", str(HEALTHY), "-t", "0.5"], stdout=subprocess.PIPE, cwd=ROOT, check=False
    )
    assert ended.returncode == 3
    assert ended.stdout.startswith(b"HA UNKNOWN - not finished within 0.5 s: reading ")
    assert time.monotonic() - started < 5


@pytest.mark.parametrize("entry", ["commands:nodes", "overall:main"])
def test_a_longer_time_is_given_where_it_is_asked_for(entry: str, tmp_path: Path) -> None:
    write_tool(tmp_path, "crm_mon", f"sleep 8.5; cat {HEALTHY}/crm_mon.xml")
    ended = command(f"check_ha.cli.{entry}", "--tools", str(tmp_path), "-t", "20")
    assert "2 nodes online" in ended.text or "crm_mon" not in ended.text.partition("|")[0]
    assert ended.seconds >= 8.5
