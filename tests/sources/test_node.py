"""Running tools on this node: whatever one does, there is an answer in time and nothing of it is left."""

from __future__ import annotations

import os
import selectors
import subprocess
import sys
import time
from pathlib import Path
from typing import Callable, List, Optional, Tuple

import pytest

from check_ha.sources.node import ThisNode
from check_ha.sources.tools import (
    BROKEN,
    CFGTOOL,
    CIBADMIN,
    CMAPCTL,
    COROSYNC_VERSION,
    CRM_MON,
    FLOODED,
    HUNG,
    IP_ADDR,
    MISSING,
    Output,
    Tool,
)
from tests.faketools import write_tool


def left_behind(pid: int) -> List[str]:
    """The processes that a run of process ``pid`` has started.

    Not those of a process with the same number in another namespace: a cluster of the lab may run beside this test.
    """
    mark = f"CHECK_HA_RUN={pid}.".encode()
    here = os.readlink("/proc/self/ns/pid")
    found = []
    for process in filter(str.isdigit, os.listdir("/proc")):
        try:
            marked = mark in Path(f"/proc/{process}/environ").read_bytes()
            if marked and os.readlink(f"/proc/{process}/ns/pid") == here:
                found.append(process)
        except OSError:
            continue
    return found


def run(folder: Path, script: str, tool: Tool = IP_ADDR, timeout: float = 5.0) -> Output:
    write_tool(folder, tool.name, script)
    started = time.monotonic()
    output = ThisNode((str(folder),), timeout=timeout).collect([tool])[tool]
    assert time.monotonic() - started < timeout + 1
    assert left_behind(os.getpid()) == []
    return output


def test_answer_is_kept_apart_from_stderr(tmp_path: Path) -> None:
    output = run(tmp_path, "echo out; echo err >&2; exit 7")
    assert (output.status, output.stdout, output.stderr, output.fault) == (7, b"out\n", "err\n", None)


def test_missing(tmp_path: Path) -> None:
    output = ThisNode((str(tmp_path),)).collect([CRM_MON])[CRM_MON]
    assert (output.status, output.fault) == (None, MISSING)


def test_not_a_program(tmp_path: Path) -> None:
    (tmp_path / "ip").write_bytes(b"\x7fELF, but not really")
    (tmp_path / "ip").chmod(0o755)
    output = ThisNode((str(tmp_path),)).collect([IP_ADDR])[IP_ADDR]
    assert (output.status, output.fault, output.stderr) == (None, BROKEN, "Exec format error")


def test_killed(tmp_path: Path) -> None:
    assert run(tmp_path, "kill -SEGV $$").status == -11


def test_hung(tmp_path: Path) -> None:
    output = run(tmp_path, "echo begun; exec sleep 100", timeout=0.4)
    assert (output.status, output.fault, output.limit) == (None, HUNG, 0.4)


@pytest.mark.parametrize("script", ["while :; do :; done", "sh -c 'while :; do :; done'; exit 0"])
def test_one_that_works_all_the_time_is_told_from_one_that_waits(script: str, tmp_path: Path) -> None:
    """Where this machine is busy, it takes more than one run until it has been given the time to work."""
    runs = (run(tmp_path, script, timeout=0.5) for _ in range(20))
    assert any((busy.fault, busy.at_work) == (HUNG, True) for busy in runs)


def test_one_that_worked_and_waits_now_is_hung(tmp_path: Path) -> None:
    script = "i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done; exec sleep 100"
    output = run(tmp_path, script, timeout=1.5)
    assert (output.fault, output.worked) == (HUNG, 0.0)


def test_its_exit_is_seen_soon_after_the_end_of_its_pipes(tmp_path: Path) -> None:
    """Not only after a pause, as for one that leaves a child with them; the least of several runs."""
    assert any(run(tmp_path, "exec >&- 2>&-; exit 0").seconds < 0.045 for _ in range(20))


def test_hung_and_deaf_to_sigterm(tmp_path: Path) -> None:
    assert run(tmp_path, "trap '' TERM HUP INT; while :; do sleep 1; done", timeout=0.4).fault == HUNG


def test_hung_with_a_child_in_a_session_of_its_own(tmp_path: Path) -> None:
    assert run(tmp_path, "setsid sleep 100 & exec sleep 100", timeout=0.4).fault == HUNG


def test_hung_with_an_orphan(tmp_path: Path) -> None:
    assert run(tmp_path, "(setsid sleep 100 >/dev/null 2>&1 &); exec sleep 100", timeout=0.4).fault == HUNG


def test_ended_and_left_a_child_that_holds_the_pipe(tmp_path: Path) -> None:
    output = run(tmp_path, "echo done; setsid sleep 100 & exit 0")
    assert (output.status, output.stdout, output.fault) == (0, b"done\n", None)
    assert output.seconds < 2


def test_ended_and_left_a_daemon(tmp_path: Path) -> None:
    output = run(tmp_path, "echo done; (setsid sleep 100 </dev/null >/dev/null 2>&1 &); exit 0")
    assert (output.status, output.stdout) == (0, b"done\n")


def test_closes_its_pipes_and_hangs(tmp_path: Path) -> None:
    assert run(tmp_path, "exec >&- 2>&-; exec sleep 100", timeout=0.4).fault == HUNG


def test_floods_stdout(tmp_path: Path) -> None:
    output = run(tmp_path, "exec head -c 200000000 /dev/zero", timeout=20)
    assert (output.status, output.fault, output.stdout) == (None, FLOODED, b"")


def test_floods_stderr(tmp_path: Path) -> None:
    output = run(tmp_path, "head -c 50000000 /dev/zero >&2; echo out", timeout=20)
    assert (output.status, output.stdout, len(output.stderr)) == (0, b"out\n", 65536)


def test_large_output_is_whole(tmp_path: Path) -> None:
    assert len(run(tmp_path, "exec head -c 20000000 /dev/zero", CIBADMIN, timeout=20).stdout) == 20_000_000


def test_last_words_of_a_tool_while_this_process_waits_for_its_turn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a busy machine a tool may speak and end after it was listened to, and before it is seen to have ended."""

    class Busy(selectors.DefaultSelector):
        def select(self, timeout: Optional[float] = None) -> List[Tuple[selectors.SelectorKey, int]]:
            heard = super().select(timeout)
            if not heard and self.get_map():
                wait_for((tmp_path / "ended").exists)
                time.sleep(0.05)
            return heard

    monkeypatch.setattr(selectors, "DefaultSelector", Busy)
    output = run(tmp_path, f"sleep 0.1; echo last words; : >'{tmp_path}/ended'")
    assert (output.status, output.stdout, output.fault) == (0, b"last words\n", None)


def test_one_that_hangs_does_not_use_up_the_time_of_another(tmp_path: Path) -> None:
    write_tool(tmp_path, "corosync-cfgtool", "exec sleep 100")
    write_tool(tmp_path, "crm_mon", "sleep 0.3; echo answer")
    outputs = ThisNode((str(tmp_path),), timeout=1.0).collect([CFGTOOL, CRM_MON])
    assert outputs[CFGTOOL].fault == HUNG
    assert outputs[CRM_MON].stdout == b"answer\n"


def test_crm_mon_that_does_not_know_the_new_option_is_asked_the_old_way(tmp_path: Path) -> None:
    output = run(tmp_path, '[ "$1" = --as-xml ] && echo "<crm_mon/>" && exit 0; echo usage >&2; exit 1', CRM_MON)
    assert (output.status, output.stdout) == (0, b"<crm_mon/>\n")
    assert output.argv[1:] == ("--as-xml", "--inactive")


def test_the_old_way_is_tried_at_once_while_another_tool_hangs(tmp_path: Path) -> None:
    write_tool(tmp_path, "corosync-cfgtool", "exec sleep 100")
    write_tool(tmp_path, "crm_mon", '[ "$1" = --as-xml ] && echo "<crm_mon/>" && exit 0; exit 1')
    outputs = ThisNode((str(tmp_path),), timeout=1.0).collect([CFGTOOL, CRM_MON])
    assert outputs[CFGTOOL].fault == HUNG
    assert outputs[CRM_MON].stdout == b"<crm_mon/>\n"
    assert left_behind(os.getpid()) == []


def test_the_old_way_that_hangs(tmp_path: Path) -> None:
    assert run(tmp_path, '[ "$1" = --as-xml ] && exec sleep 100; exit 1', CRM_MON, timeout=0.6).fault == HUNG


def test_corosync_1_has_another_program_for_its_map(tmp_path: Path) -> None:
    write_tool(tmp_path, "corosync-objctl", "echo totem.version=2")
    output = ThisNode((str(tmp_path),)).collect([CMAPCTL])[CMAPCTL]
    assert (output.status, output.stdout, output.label) == (0, b"totem.version=2\n", "corosync-objctl")


def test_neither_program_is_installed(tmp_path: Path) -> None:
    output = ThisNode((str(tmp_path),)).collect([CMAPCTL])[CMAPCTL]
    assert (output.fault, output.argv, output.label) == (MISSING, ("corosync-cmapctl",), "corosync-cmapctl")


@pytest.mark.parametrize(
    "refusal",
    [
        pytest.param("echo 'usage: '; exit 0", id="1.4"),
        pytest.param("echo 'Cannot initialize CMAP service' >&2; exit 1", id="2.3-and-not-running"),
    ],
)
def test_a_corosync_that_does_not_tell_its_version_is_asked_the_old_way(tmp_path: Path, refusal: str) -> None:
    write_tool(tmp_path, "corosync", "echo Corosync $1")
    assert run(tmp_path, refusal, COROSYNC_VERSION).stdout == b"Corosync -v\n"


@pytest.mark.parametrize(
    "refusal",
    [
        pytest.param("echo 'Could not initialize corosync configuration API error 6' >&2; exit 1", id="3.1"),
        pytest.param("echo 'Could not get the local node id, the error is: 6' >&2; exit 0", id="3.1-exit-0"),
        pytest.param("echo 'Could not get nodelist from cmap. error 6' >&2; exit 1", id="3.1-nodelist"),
        pytest.param("echo Printing ring status.; echo 'Could not get the ring status, the error is: 6'", id="2.4"),
        pytest.param("echo 'Failed to initialize the cmap API. Error CS_ERR_TRY_AGAIN' >&2; exit 1", id="cmapctl"),
    ],
)
def test_corosync_that_says_try_again_is_asked_once_more(tmp_path: Path, refusal: str) -> None:
    count = tmp_path / "count"
    script = f"""
        echo x >>{count}
        [ $(wc -l <{count}) = 2 ] && echo answer && exit 0
        {refusal}"""
    assert run(tmp_path, script, CFGTOOL).stdout == b"answer\n"


def test_environment_is_clean(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CIB_file", "/tmp/stray.xml")
    monkeypatch.setenv("LC_ALL", "fr_FR.UTF-8")
    output = run(tmp_path, 'echo "$CIB_file $LC_ALL $PATH"')
    assert output.stdout == b" C /usr/sbin:/usr/bin:/sbin:/bin:/usr/local/sbin:/usr/local/bin\n"


@pytest.mark.parametrize("signal", ["TERM", "INT", "HUP"])
def test_a_check_that_is_told_to_end_takes_its_tools_along(tmp_path: Path, signal: str) -> None:
    write_tool(tmp_path, "crm_mon", "exec sleep 97")
    command = "from check_ha.cli.commands import failed_actions; failed_actions()"
    check = subprocess.Popen([sys.executable, "-c", command, "--tools", str(tmp_path)], stdout=subprocess.PIPE)
    wait_for(lambda: bool(left_behind(check.pid)))
    subprocess.run(["kill", f"-{signal}", str(check.pid)], check=True)
    assert check.wait(timeout=5) == 3
    assert check.stdout
    check.stdout.close()
    assert left_behind(check.pid) == []


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 5
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_tool_is_run_only_where_its_subject_is_set_up(tmp_path: Path) -> None:
    subject = tmp_path / "subject"
    tool = IP_ADDR._replace(only_with=(str(tmp_path / "other"), str(subject)))
    output = run(tmp_path, f"touch {tmp_path}/ran; echo there", tool)
    assert (output.not_set_up, output.fault, output.stderr) == (True, MISSING, "not set up here")
    assert not (tmp_path / "ran").exists()
    subject.touch()
    assert run(tmp_path, "echo there", tool).stdout == b"there\n"
