"""check_ha from start to end: every check in one run, told as one."""

from __future__ import annotations

import shutil
import time
from pathlib import Path
from typing import List, NoReturn, Tuple

import pytest

from check_ha.cli import overall, register
from check_ha.cli.register import CHECKS, check_named
from check_ha.core.check import Check, Judgement
from check_ha.core.finding import Finding
from check_ha.sources.tools import CRM_MON
from tests.cli.test_command import DOWN_COUNT, change
from tests.faketools import from_recording
from tests.generate import Big
from tests.generate_node import write
from tests.replay import ALL, SAMPLES, always, expected_of, replay, replay_all

THREE_OK = (
    f"HA OK - {len(always())} checks: 3 nodes online: node1 (DC), node2, node3; all 40 resources run; 3 nodes, 2 links "
    "each, all connected; p_0 (10.16.0.1) on node1 (here); p_4 (10.16.0.2) on node2..."
)
"""A further check may say something after it, as far as there is room."""


@pytest.fixture(scope="module")
def three(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A healthy cluster of three nodes, of which every tool told."""
    directory = tmp_path_factory.mktemp("three") / "node1"
    write(Big(40, 3), directory)
    return directory


@pytest.fixture
def cluster(three: Path, tmp_path: Path) -> Path:
    """The same, to be changed."""
    directory = tmp_path / "recorded"
    shutil.copytree(three, directory)
    return directory


def run(directory: Path, *argv: str) -> Tuple[int, List[str]]:
    """Exit code, and the lines without perfdata."""
    code, output = replay_all("--from", str(directory), *argv)
    assert output.endswith("\n")
    lines = [line.partition(" | ")[0].rstrip() for line in output.splitlines()]
    return code, [line for line in lines if not line.startswith("|")]


def sample(name: str, *argv: str) -> Tuple[int, List[str]]:
    return run(SAMPLES / name, *argv)


def is_ok(said: Tuple[int, List[str]]) -> bool:
    code, (line,) = said
    return code == 0 and line.startswith(THREE_OK)


def test_ok_says_what_was_looked_at(three: Path) -> None:
    assert is_ok(run(three))


def test_ok_says_what_was_left_out(three: Path) -> None:
    code, (line,) = run(three, "--skip", "vip", "--skip", "config")
    assert code == 0
    assert line.startswith(
        f"HA OK - {len(always()) - 2} checks (without vip, config): 3 nodes online: node1 (DC), node2, node3; all 40 "
        "resources run; 3 nodes, 2 links each, all connected; 3 nodes with 3 of 3 votes, quorate (2 needed), DC node1"
    )


def test_v_is_a_line_per_check(three: Path) -> None:
    code, lines = run(three, "-v")
    assert is_ok((code, lines[:1]))
    told = lines[1 : len(always()) + 1]  # below them what does not apply
    assert [line.split(" - ")[0] for line in told] == [f"{name} OK" for name in always()]
    assert lines[2] == "quorum OK - 3 nodes with 3 of 3 votes, quorate (2 needed), DC node1"


def test_vv_is_what_each_check_says_and_the_tools() -> None:
    code, lines = sample("vip-gone-unnoticed/node1", "-vv", "--skip", "config")
    assert code == 2
    position = lines.index(
        "vip CRITICAL - p_vip (192.0.2.100) should be on node1, and no interface there has the address"
    )
    assert lines[position + 1 : position + 4] == [
        "  critical: p_vip (192.0.2.100) should be on node1, and no interface there has the address [address-missing]",
        "    -> wait for its next monitor, or: crm_resource --restart --resource p_vip",
        "  p_vip (192.0.2.100): Started on node1; interfaces of node1: not there",
    ]
    assert any(line.startswith("crm_mon --output-as=xml") and ": exit 0, " in line for line in lines)


def test_a_tool_that_failed_is_told_once(cluster: Path) -> None:
    (cluster / "crm_mon.xml").write_text("nonsense", encoding="utf-8")
    assert run(cluster) == (3, ["HA UNKNOWN - crm_mon: text where XML was expected: nonsense"])
    code, lines = run(cluster, "-v")
    assert code == 3
    assert sum("crm_mon: text where XML was expected: nonsense" in line for line in lines[1:]) == sum(
        CRM_MON in [one.tool for one in check_named(name).readings if one.instead_of is None] for name in always()
    )


@pytest.mark.parametrize(
    ("argv", "code"),
    [
        (("--severity", "unreadable=ok"), 0),
        (("--severity", "nodes.unreadable=critical"), 2),
        (("--severity", "unreadable=ok", "--severity", "vip.unreadable=warning"), 1),
    ],
)
def test_it_is_as_bad_as_to_the_check_that_takes_it_worst(argv: Tuple[str, ...], code: int, cluster: Path) -> None:
    (cluster / "crm_mon.xml").write_text("nonsense", encoding="utf-8")
    assert run(cluster, *argv)[0] == code


def test_severity_of_one_check_or_of_all(tmp_path: Path) -> None:
    argv = ("--skip", "config", "--severity", "fencing-disabled=ok")
    lost = "quorum: the loss of one more vote loses quorum: 2 needed"
    assert lost.partition(": ")[2] in sample("qnetd-stopped/node1", *argv)[1][0]
    for severity in ("no-margin=ok", "quorum.no-margin=ok"):
        code, (line,) = sample("qnetd-stopped/node1", *argv, "--severity", severity)
        assert code == 1
        assert "the loss of one more vote" not in line
    config = tmp_path / "check_ha.ini"
    config.write_text("[quorum]\nseverity = no-margin=critical\n", encoding="utf-8")
    code, (line,) = sample("qnetd-stopped/node1", *argv, "--config", str(config))
    assert code == 2
    assert line.startswith(f"HA CRITICAL - {lost}; ")


def test_a_number_out_of_its_range(three: Path, tmp_path: Path) -> None:
    config = tmp_path / "check_ha.ini"
    config.write_text("[nodes]\nwarning = 4:\n[quorum]\ncritical = 2:\n", encoding="utf-8")
    code, output = replay_all("--from", str(three), "--config", str(config))
    line, _, perfdata = output.partition(" | ")
    assert (code, line) == (
        2,
        "HA CRITICAL - quorum: votes that may still be lost: 1 (outside range 2:); "
        "nodes: cluster nodes online (neither UNCLEAN nor pending): 3 (outside range 4:)",
    )
    assert "'cluster.votes.margin.count'=1;;2:" in perfdata
    assert "'cluster.nodes.online.count'=3;4:;;0;3" in perfdata


def test_the_check_of_daemons_tells_first_what_does_not_run() -> None:
    assert sample("pacemaker-stopped/node2", "--skip", "config")[1] == [
        "HA CRITICAL - daemons: pacemaker is not running on this node (cibadmin: cannot connect)"
    ]
    assert sample("pacemaker-stopped/node2", "--skip", "config", "--skip", "daemons")[1] == [
        "HA CRITICAL - pacemaker is not running on this node (crm_mon, cibadmin: cannot connect)"
    ]


def test_daemons_alone_tells_what_the_others_would() -> None:
    others = [word for name in CHECKS if name != "daemons" for word in ("--skip", name)]
    code, output = replay(check_named("daemons"), "--from", str(SAMPLES / "permission-denied" / "node1"))
    single = output.partition(" | ")[0].partition(" - ")[2]
    code_of_all, (line,) = sample("permission-denied/node1", *others)
    assert code == code_of_all == 3
    assert line.startswith("HA UNKNOWN - daemons: user nagios may not run corosync-cmapctl; to allow it: ")
    assert single.startswith("user nagios may not run corosync-cmapctl; to allow it: ")


def test_a_mistake_of_ours_in_one_check_hides_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def boom(evidence: object, options: object) -> NoReturn:
        raise ZeroDivisionError("oops")

    def with_boom() -> List[Check]:
        return [check._replace(judge=boom) if check.name == "quorum" else check for check in register.all_checks()]

    monkeypatch.setattr(overall, "all_checks", with_boom)
    code, (line,) = sample("node-crashed/node1", "--skip", "config", "--severity", "fencing-disabled=ok")
    assert code == 2
    assert line == (
        "HA CRITICAL - nodes: node2 is offline, and was not shut down: it crashed or is cut off; quorum: this check "
        "failed (ZeroDivisionError('oops')): report it, with a recording of check_ha_snapshot"
    )
    lines = sample("node-crashed/node1", "-v")[1]
    assert lines[2] == (
        "quorum UNKNOWN - this check failed (ZeroDivisionError('oops')): report it, with a recording of "
        "check_ha_snapshot"
    )


def test_no_virtual_ip_is_fine_unless_somebody_says_it_is_not(cluster: Path) -> None:
    for file in ("crm_mon.xml", "cibadmin.xml"):
        path = cluster / file
        path.write_text(path.read_text(encoding="utf-8").replace("IPaddr2", "Dummy"), encoding="utf-8")
    assert run(cluster)[0] == 0
    assert run(cluster, "--severity", "no-vip=unknown")[0] == 3


@pytest.mark.parametrize("name", ["node-crashed/node1", "no-quorum-last-node/node1", "multiple-active-blocked/node1"])
def test_the_same_check_is_named_once_in_a_row(name: str) -> None:
    line = sample(name)[1][0]
    texts = line.partition(" - ")[2].split("; ")
    heads = [text.partition(": ")[0] for text in texts if text.partition(": ")[0] in CHECKS]
    assert all(one != other for one, other in zip(heads, heads[1:]))


def test_every_first_line_is_short() -> None:
    for where, one in expected_of(ALL).items():
        assert len(one.first) <= 260, where


FLAPPED = "rings: node2: link 1 (203.0.113.2) went down once since the last run"


def test_what_is_told_once_is_told_once_by_each_command(cluster: Path, tmp_path: Path) -> None:
    state = ("--state-dir", str(tmp_path / "state"))
    single = ("--from", str(cluster), *state)
    assert run(cluster, *state)[0] == replay(check_named("rings"), *single)[0] == 0
    change(cluster, "cmapctl-stats.txt", (f"{DOWN_COUNT}1", f"{DOWN_COUNT}2"))
    assert run(cluster, *state) == (1, [f"HA WARNING - {FLAPPED}"])
    assert is_ok(run(cluster, *state))
    assert replay(check_named("rings"), *single)[0] == 1
    assert sorted(path.name for path in (tmp_path / "state").iterdir()) == [
        "all-constraints.json", "all-failed_actions.json", "all-nodes.json", "all-rings.json",
        "all-vip.json", "rings.json",
    ]  # fmt: skip


def test_who_only_looks_takes_no_news_away(cluster: Path, tmp_path: Path) -> None:
    state = ("--state-dir", str(tmp_path / "state"))
    assert run(cluster, *state)[0] == 0
    change(cluster, "cmapctl-stats.txt", (f"{DOWN_COUNT}1", f"{DOWN_COUNT}2"))
    for _ in range(2):
        code, lines = run(cluster, "--human", *state)
        assert code == 1
        assert lines[-1] == f"  WARNING  {FLAPPED}"
    assert run(cluster, *state) == (1, [f"HA WARNING - {FLAPPED}"])


def test_why_there_is_no_memory_is_told_by_each_check_and_once_of_all(three: Path, tmp_path: Path) -> None:
    (tmp_path / "state").touch()
    code, lines = run(three, "-v", "--state-dir", str(tmp_path / "state"))
    assert code == 0
    said = f"no state is kept: {tmp_path}/state: File exists"
    assert lines[0].count("no state is kept: ") == 1
    untold = [name for name in CHECKS if check_named(name).remembers]
    assert [line.split()[0] for line in lines[1:] if line.endswith(f"; {said}")] == untold


def test_news_that_are_no_problem_are_told_in_ok(monkeypatch: pytest.MonkeyPatch, three: Path) -> None:
    check = check_named("vip")
    moved = next(one for one in check.conditions if one.name == "moved")

    def judge(evidence: object, options: object) -> Judgement:
        found = Finding(moved, "p_0 (10.16.0.1) moved from node2 to node1 since the last run")
        return check.judge(evidence, options)._replace(findings=(found,))

    def with_news() -> List[Check]:
        return [one._replace(judge=judge) if one.name == "vip" else one for one in register.all_checks()]

    monkeypatch.setattr(overall, "all_checks", with_news)
    code, (line,) = run(three)
    assert code == 0
    assert line.startswith(
        f"HA OK - {len(always())} checks: p_0 (10.16.0.1) moved from node2 to node1 since the last run; 3 nodes "
        "online: node1 (DC), node2, node3; all 40 resources run; 3 nodes, 2 links each, all connected"
    )


def logged(folder: Path, log: Path) -> None:
    """Have each of these tools write down how it was called."""
    for path in folder.iterdir():
        lines = path.read_text(encoding="utf-8").split("\n")
        lines.insert(1, f'echo "{path.name} $*" >>{log}')
        path.write_text("\n".join(lines), encoding="utf-8")


def test_each_tool_is_run_once_whatever_number_of_checks_needs_it(three: Path, tmp_path: Path) -> None:
    tools, log = tmp_path / "tools", tmp_path / "log"
    tools.mkdir()
    from_recording(three, tools)
    logged(tools, log)
    code, output = replay_all("--tools", str(tools), "--state-dir", str(tmp_path / "state"), "-t", "60")
    calls = [call.strip() for call in log.read_text(encoding="utf-8").splitlines()]
    readings = (one for name in always() for one in check_named(name).readings)
    needed = {one.tool for one in readings if one.instead_of is None}
    assert sorted(calls) == sorted(" ".join(tool.argv) for tool in needed if (tools / tool.name).exists())
    assert is_ok((code, [output.partition(" | ")[0]]))


def test_tools_run_side_by_side(three: Path, tmp_path: Path) -> None:
    tools = tmp_path / "tools"
    tools.mkdir()
    from_recording(three, tools)
    for path in tools.iterdir():
        path.write_text(path.read_text(encoding="utf-8").replace("\n", "\nsleep 0.4\n", 1), encoding="utf-8")
    before = time.monotonic()
    code, _ = replay_all("--tools", str(tools), "--state-dir", str(tmp_path / "state"), "-t", "60")
    assert code == 0
    assert time.monotonic() - before < 4.0  # one after the other: 17 times 0.4 s


def test_all_that_hangs_hangs_at_the_same_time(three: Path, tmp_path: Path) -> None:
    tools = tmp_path / "tools"
    tools.mkdir()
    from_recording(three, tools)
    for name in ("corosync-cfgtool", "corosync-cmapctl", "corosync-quorumtool"):
        (tools / name).write_text("#!/bin/sh\nexec sleep 100\n", encoding="utf-8")
    before = time.monotonic()
    code, output = replay_all("--tools", str(tools), "--state-dir", str(tmp_path / "state"), "-t", "2")
    assert time.monotonic() - before < 4.0
    assert code == 2
    assert output.startswith("HA CRITICAL - daemons: corosync (pid 74) does not answer (corosync-cmapctl: no answer")
