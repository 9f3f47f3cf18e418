"""A comparison from start to end: nodes asked through a command, looked at twice, or replayed from files."""

from __future__ import annotations

import contextlib
import io
import json
import logging
import os
import subprocess
import sys
import time
from functools import partial
from pathlib import Path
from typing import Any, Tuple

import nagiosplugin
import pytest

from check_ha.cli import commands
from check_ha.cli.comparison import files_of, understand
from check_ha.cli.run import run
from check_ha.cli.view import view_from
from check_ha.core.check import Check
from check_ha.multinode import drift, split_brain
from check_ha.output.view_text import view_text
from check_ha.sources.peers import Peers
from check_ha.sources.recording import Recording
from tests.faketools import write_tool
from tests.replay import RECORDINGS, SAMPLES
from tests.sources.test_node import left_behind, wait_for

HEALTHY = "healthy-2node"
SPLIT = "split-brain-2node"
SPLIT_LINE = (
    "HA_SPLIT_BRAIN CRITICAL - split brain: node1 (quorate, DC node1, runs 5 resources) against node2 (quorate, "
    "DC node2, runs 5 resources); 192.0.2.100 (p_vip) is carried by node1 and node2; p_app, p_single and p_vip are "
    "active on node1 and node2 at once; p_db is promoted on node1 and also on node2"
)
HEALTHY_LINE = (
    "HA_SPLIT_BRAIN OK - node1 and node2 are one partition, quorate, DC node1; 3 resources on one node each; "
    "192.0.2.100 (p_vip) on node1"
)


def compare(check: Check, *argv: str) -> Tuple[int, str]:
    """Exit code and output of the comparison in this process."""
    nagiosplugin.Runtime.instance = None
    logging.getLogger("nagiosplugin").handlers.clear()
    stdout = io.StringIO()
    with contextlib.redirect_stdout(stdout):
        try:
            run(partial(understand, check), argv)
        except SystemExit as end:
            return int(end.code or 0), stdout.getvalue()
    raise AssertionError("a comparison ends the process")


def first_line(*argv: str, check: Check = split_brain.CHECK) -> Tuple[int, str]:
    code, output = compare(check, *argv)
    assert all(line.isprintable() for line in output.splitlines())
    return code, output.split("\n")[0].split(" | ")[0]


def directory(scenario: str) -> Path:
    return next(root / scenario for root in (SAMPLES, RECORDINGS / "cluster") if (root / scenario).is_dir())


def printed(scenario: str, node: str) -> str:
    return view_text(view_from(Recording(str(directory(scenario) / node)))) + "\n"


@pytest.fixture
def ask(tmp_path: Path) -> str:
    """A command that asks a node by reading what it would say from a file; a script ask.sh may say otherwise."""
    for scenario in (HEALTHY, SPLIT):
        for node in ("node1", "node2"):
            (tmp_path / f"{scenario}.{node}").write_text(printed(scenario, node))
    says(tmp_path, f'cat "{HEALTHY}.$1"')
    return f"{tmp_path}/ask {{node}}"


def says(folder: Path, script: str) -> None:
    write_tool(folder, "ask", f'cd {folder}; echo "$1" >>asked\n{script}')


BOTH = ("--node", "node1", "--node", "node2")

# Live


def test_healthy_is_asked_once(ask: str, tmp_path: Path) -> None:
    assert first_line("--via", ask, *BOTH) == (0, HEALTHY_LINE)
    assert sorted((tmp_path / "asked").read_text().split()) == ["node1", "node2"]


def test_a_split_brain_is_asked_twice(ask: str, tmp_path: Path) -> None:
    says(tmp_path, f'cat "{SPLIT}.$1"')
    started = time.monotonic()
    assert first_line("--via", ask, *BOTH) == (2, SPLIT_LINE)
    assert 1.5 < time.monotonic() - started < 8
    assert sorted((tmp_path / "asked").read_text().split()) == ["node1", "node1", "node2", "node2"]


def test_what_a_second_look_does_not_show_is_no_alarm(ask: str, tmp_path: Path) -> None:
    says(tmp_path, f'if [ -e "$1" ]; then cat "{HEALTHY}.$1"; else touch "$1"; cat "{SPLIT}.$1"; fi')
    code, line = first_line("--via", ask, *BOTH)
    assert code == 0
    assert line.startswith(f"{HEALTHY_LINE}; gone at a second look: split brain: node1")


def test_a_split_brain_beside_a_node_that_hangs(ask: str, tmp_path: Path) -> None:
    says(tmp_path, f'[ "$1" = node3 ] && exec sleep 100; cat "{SPLIT}.$1"')
    started = time.monotonic()
    code, line = first_line("--via", ask, *BOTH, "--node", "node3", "-t", "4")
    assert time.monotonic() - started < 4.8
    assert code == 2
    assert line.startswith(SPLIT_LINE)
    assert left_behind(os.getpid()) == []
    assert sorted((tmp_path / "asked").read_text().split()) == ["node1", "node1", "node2", "node2", "node3"]


def test_no_time_for_a_second_look(ask: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An alarm that cannot be confirmed within the deadline is better than none."""
    says(tmp_path, f'cat "{SPLIT}.$1"')
    left = iter([20.0])
    monkeypatch.setattr(Peers, "left", property(lambda peers: next(left, 0.0)))
    assert first_line("--via", ask, *BOTH) == (2, SPLIT_LINE)
    assert len((tmp_path / "asked").read_text().split()) == 2


def test_a_cib_that_stays_older_is_looked_at_twice(ask: str, tmp_path: Path) -> None:
    old = 's/"cib_epoch":"[0-9.]*"/"cib_epoch":"0.5.0"/'
    says(tmp_path, f'if [ "$1" = node2 ]; then sed \'{old}\' "{HEALTHY}.$1"; else cat "{HEALTHY}.$1"; fi')
    code, line = first_line("--via", ask, *BOTH)
    assert code == 2
    assert line.startswith("HA_SPLIT_BRAIN CRITICAL - changes do not reach node2: its CIB is 0.5.0, node1 has had 0.")
    assert sorted((tmp_path / "asked").read_text().split()) == ["node1", "node1", "node2", "node2"]


def test_a_cib_that_is_older_for_a_moment_is_no_alarm(ask: str, tmp_path: Path) -> None:
    old = 's/"cib_epoch":"[0-9.]*"/"cib_epoch":"0.5.0"/'
    says(
        tmp_path,
        f'if [ "$1" = node2 ] && [ ! -e seen ]; then touch seen; sed \'{old}\' "{HEALTHY}.$1"; '
        f'else cat "{HEALTHY}.$1"; fi',
    )
    assert first_line("--via", ask, *BOTH) == (0, HEALTHY_LINE)


def test_nobody_answers(tmp_path: Path) -> None:
    assert first_line("--via", f"{tmp_path}/none {{node}}", *BOTH) == (
        3,
        f"HA_SPLIT_BRAIN UNKNOWN - no node could be asked: node1: {tmp_path}/none: no such program here; "
        f"node2: {tmp_path}/none: no such program here",
    )


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ("echo 'CHECK_NRPE STATE CRITICAL: Socket timeout after 10 seconds.'; exit 2",
         "CHECK_NRPE STATE CRITICAL: Socket timeout after 10 seconds."),
        ("echo 'NRPE: Unable to read output'; exit 3", "NRPE: Unable to read output"),
        ("echo \"NRPE: Command 'check_ha_view' not defined\"; exit 3", "NRPE: Command 'check_ha_view' not defined"),
        ("echo 'connect to address 192.0.2.2 port 5666: Connection refused' >&2; exit 3",
         "connect to address 192.0.2.2 port 5666: Connection refused"),
        ("echo 'Warning: added key' >&2; echo 'Permission denied (publickey).' >&2; exit 255",
         "Permission denied (publickey)."),
        ("echo 'bash: line 1: check_ha_view: command not found' >&2; exit 127",
         "bash: line 1: check_ha_view: command not found"),
        ("echo 'HA_VIEW UNKNOWN - nothing is known: crm_mon: not installed'; exit 3",
         "HA_VIEW UNKNOWN - nothing is known: crm_mon: not installed"),
        ("exit 7", "ask ended with exit status 7 and printed nothing"),
        ("kill -KILL $$", "ask was killed by signal 9"),
        ("printf 'a|b\\033[2J\\n'", "a/b?[2J"),
    ],
)  # fmt: skip
def test_the_words_of_the_transport(ask: str, tmp_path: Path, script: str, reason: str) -> None:
    says(tmp_path, f'if [ "$1" = node2 ]; then {script}; else cat "{HEALTHY}.$1"; fi')
    assert first_line("--via", ask, *BOTH) == (
        1,
        f"HA_SPLIT_BRAIN WARNING - node2 cannot be asked ({reason}), and node1 "
        "counts it as a member; there is only the view of node1, without node2 to compare it with",
    )


def test_noise_around_the_view(ask: str, tmp_path: Path) -> None:
    says(tmp_path, f'echo "Welcome to $1"; echo; cat "{HEALTHY}.$1"; echo "| time=1s"; exit 3')
    assert first_line("--via", ask, *BOTH) == (0, HEALTHY_LINE)


def test_a_view_that_was_cut_on_its_way(ask: str, tmp_path: Path) -> None:
    says(tmp_path, f'head -c 1023 "{HEALTHY}.$1"')
    code, line = first_line("--via", ask, *BOTH)
    assert code == 3
    assert line == "HA_SPLIT_BRAIN UNKNOWN - " + "; ".join(
        [f"{node} sent a view that is cut off after 1023 bytes: NRPE 2 carries 1 kB, use NRPE 4 at both ends, or ssh"
         for node in ("node1", "node2")] + ["no view could be read"]
    )  # fmt: skip


@pytest.mark.parametrize(
    ("module", "line"), [(split_brain, HEALTHY_LINE), (drift, "HA_DRIFT OK - node1 and node2 agree")]
)
def test_the_commands(
    ask: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], module: Any, line: str
) -> None:
    monkeypatch.setattr(sys, "argv", [module.CHECK.command, "--via", ask, *BOTH])
    nagiosplugin.Runtime.instance = None
    with pytest.raises(SystemExit) as ended:
        getattr(commands, module.CHECK.name)()
    assert ended.value.code == 0
    assert capsys.readouterr().out.startswith(line)


def test_verbose(ask: str, tmp_path: Path) -> None:
    code, output = compare(split_brain.CHECK, "--via", ask, *BOTH, "-vvv")
    assert code == 0
    assert "\nnode1: corosync running, pacemaker running; ring 1.9 of node1 and node2, quorate" in output
    assert f"\n{tmp_path}/ask node1: exit 0, 0." in output
    assert '\n  {"schema":1,' in output


@pytest.mark.parametrize("signal", ["TERM", "INT", "HUP"])
def test_told_to_end_it_takes_its_children_along(tmp_path: Path, signal: str) -> None:
    write_tool(tmp_path, "ask", "exec sleep 97")
    command = "from check_ha.cli.commands import split_brain; split_brain()"
    argv = [sys.executable, "-c", command, "--via", f"{tmp_path}/ask {{node}}", *BOTH]
    check = subprocess.Popen(argv, stdout=subprocess.PIPE)
    wait_for(lambda: bool(left_behind(check.pid)))
    subprocess.run(["kill", f"-{signal}", str(check.pid)], check=True)
    assert check.wait(timeout=5) == 3
    assert check.stdout
    check.stdout.close()
    assert left_behind(check.pid) == []


# Replayed


@pytest.mark.parametrize("scenario", [HEALTHY, SPLIT])
def test_live_and_replayed_are_the_same(ask: str, tmp_path: Path, scenario: str) -> None:
    says(tmp_path, f'cat "{scenario}.$1"')
    live = first_line("--via", ask, *BOTH)
    files = [str(tmp_path / f"{scenario}.{node}") for node in ("node1", "node2")]
    assert first_line("--from", f"node1={files[0]}", "--from", f"node2={files[1]}") == live
    assert first_line(*BOTH, "--from", files[0], "--from", files[1]) == live
    assert first_line("--from", files[0], "--from", files[1]) == live
    folders = [f"--from={node}={directory(scenario) / node}" for node in ("node1", "node2")]
    assert first_line(*folders) == live


VERDICTS = {
    "healthy-2node": 0,
    "healthy-2node-pacemaker-2.0": 0,
    "healthy-2node-pacemaker-3.0": 0,
    "healthy-3node": 0,
    "healthy-3node-fencing": 0,
    "fenced-and-back": 0,
    "pacemaker-stopped": 0,
    "corosync-stopped": 0,
    "maintenance-mode": 0,
    "link0-lost-2node.3.0.3": 0,
    "pending-start": 0,
    "remote-online": 0,
    "split-brain-2node": 2,
    "split-brain-2node.2.0.5": 2,
    "split-brain-2node.3.0.0": 2,
    "corosync-hung": 2,
    "multiple-active-blocked": 2,
    "partition-2-1-stop": 2,
    "qdevice-split": 2,
    "unclean-fence-fails": 1,
    "node-crashed": 1,
}


@pytest.mark.parametrize(("scenario", "code"), VERDICTS.items())
def test_recorded_clusters(scenario: str, code: int) -> None:
    """All nodes are asked; one without a recording has lost its power."""
    nodes = ["node1", "node2", *(["node3"] if (directory(scenario) / "node3").is_dir() else [])]
    argv = [word for node in nodes for word in ("--node", node)]
    argv += [f"--from={node}={directory(scenario) / node}" for node in nodes if (directory(scenario) / node).is_dir()]
    assert first_line(*argv)[0] == code
    if scenario not in ("corosync-hung", "corosync-stopped"):  # frozen; recorded without the time
        assert first_line(*argv, check=drift.CHECK)[0] == (3 if code == 1 else 0)


def test_files_from_different_days_are_no_ok(tmp_path: Path) -> None:
    made = json.loads(printed(HEALTHY, "node2"))
    (tmp_path / "old").write_text(json.dumps({**made, "time": made["time"] - 86400}))
    argv = [f"--from=node1={directory(HEALTHY) / 'node1'}", f"--from=node2={tmp_path / 'old'}"]
    assert first_line(*argv) == (
        3,
        "HA_SPLIT_BRAIN UNKNOWN - the views of node2 and node1 were made 24 hours apart, or their clocks differ "
        "by that",
    )


@pytest.mark.parametrize("scenario", [SPLIT, *(path.name for path in (RECORDINGS / "cluster").glob(f"{SPLIT}.*"))])
def test_critical_a_split_brain_of_every_version_from_its_two_sides(scenario: str) -> None:
    argv = [f"--from={node}={directory(scenario) / node}" for node in ("node1", "node2")]
    assert first_line(*argv) == (2, SPLIT_LINE)


def test_a_node_without_a_file_is_not_asked(ask: str) -> None:
    assert first_line("--via", ask, *BOTH, f"--from=node1={directory(HEALTHY) / 'node1'}")[1].startswith(
        "HA_SPLIT_BRAIN WARNING - node2 cannot be asked (not in this replay)"
    )


def test_a_file_that_is_none(tmp_path: Path) -> None:
    code, line = first_line(f"--from=node1={tmp_path}/none", f"--from=node2={tmp_path}")
    assert code == 3
    assert f"node1: {tmp_path}/none: No such file or directory" in line
    assert f"node2: {tmp_path} has no commands.json" in line


@pytest.mark.parametrize(
    ("given", "nodes", "files"),
    [
        (["a=1", "b=2"], [], {"a": "1", "b": "2"}),
        (["1", "2"], ["a", "b"], {"a": "1", "b": "2"}),
        (["b=2", "1"], ["a", "b"], {"b": "2", "a": "1"}),
        (["a=1"], ["a", "b"], {"a": "1", "b": ""}),
        (["/x/1", "/x=y/2"], [], {"/x/1": "/x/1", "/x=y/2": "/x=y/2"}),
        ([], ["a"], {}),
    ],
)
def test_files_of_nodes(given: list[str], nodes: list[str], files: dict[str, str]) -> None:
    assert files_of(given, nodes) == files


def test_files_that_fit_no_node() -> None:
    with pytest.raises(ValueError, match="--from: 1 files for 2 nodes: say NODE=FILE"):
        files_of(["1"], ["a", "b"])


@pytest.mark.parametrize(
    ("argv", "complaint"),
    [
        ((), "whom to ask: give --node once for each node of the cluster"),
        (("--node=-oProxyCommand=id",), "argument --node: '-oProxyCommand=id': not the name or the address of a node"),
        (("--node", "a b"), "argument --node: 'a b': not the name or the address of a node"),
        (("--node", "a", "--via", "ssh a"), "argument --via: 'ssh a': nothing says where the name of the node goes"),
        ((*BOTH, "--from", "x"), "--from: 1 files for 2 nodes: say NODE=FILE"),
        (("--severity", "not-running=ok"), "--severity: this check has no condition 'not-running'"),
        (("--tools", "/x"), "unrecognized arguments: --tools /x"),
    ],
)
def test_bad_command_lines(argv: Tuple[str, ...], complaint: str) -> None:
    code, line = first_line(*argv)
    assert code == 3
    assert line.startswith(f"HA_SPLIT_BRAIN UNKNOWN - {complaint}")


def test_severity_and_thresholds(ask: str, tmp_path: Path) -> None:
    says(tmp_path, f'if [ "$1" = node2 ]; then exit 7; else cat "{HEALTHY}.$1"; fi')
    quiet = ("--severity", "not-answering=ok", "--severity", "too-few-views=ok")
    assert first_line("--via", ask, *BOTH, *quiet)[0] == 0
    assert first_line("--via", ask, *BOTH, *quiet, "-c", "0")[1].startswith(
        "HA_SPLIT_BRAIN CRITICAL - partitions: 1 (outside range"
    )


# Drift


def test_drift_is_asked_once_and_has_all_the_time(ask: str, tmp_path: Path) -> None:
    says(tmp_path, f'sleep 0.7; sed s/3.16.1/3.15.0/ "{HEALTHY}.$1" | if [ "$1" = node1 ]; then cat; else '
                   f'cat "{HEALTHY}.$1"; fi')  # fmt: skip
    assert first_line("--via", ask, *BOTH, "-t", "1.3", check=drift.CHECK) == (
        1,
        "HA_DRIFT WARNING - feature set: 3.16.1 on node2, 3.15.0 on node1",
    )
    assert len((tmp_path / "asked").read_text().split()) == 2
