"""A check command from start to end, on recorded clusters: two runs and what the first one left, -v, -vv and -vvv."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import List, Tuple

import pytest

from check_ha.cli import commands
from check_ha.cli.register import check_named
from tests.faketools import write_tool
from tests.replay import RECORDINGS, SAMPLES, checks, replay

HEALTHY = SAMPLES / "healthy-2node" / "node1"


@pytest.fixture
def cluster(tmp_path: Path) -> Path:
    """A healthy node, to be changed between two runs."""
    directory = tmp_path / "recorded"
    shutil.copytree(HEALTHY, directory)
    return directory


def change(cluster: Path, file: str, *changes: Tuple[str, str]) -> None:
    path = cluster / file
    text = path.read_text(encoding="utf-8")
    for before, after in changes:
        assert text.count(before) == 1, before
        text = text.replace(before, after)
    path.write_text(text, encoding="utf-8")


def run(name: str, cluster: Path, *argv: str) -> Tuple[int, str]:
    """Exit code and the output without perfdata."""
    code, output = replay(check_named(name), "--from", str(cluster), *argv)
    assert output.endswith("\n")
    return code, "\n".join(line.partition(" | ")[0] for line in output.splitlines() if not line.startswith("|"))


DOWN_COUNT = "stats.knet.node2.link1.down_count (u32) = "
RINGS_OK = (0, "HA_RINGS OK - 2 nodes, 2 links each, all connected")
FLAPPED = (1, "HA_RINGS WARNING - node2: link 1 (203.0.113.2) went down once since the last run")


def test_a_link_that_flapped_is_reported_once(cluster: Path, tmp_path: Path) -> None:
    state = ("--state-dir", str(tmp_path / "state"))
    assert run("rings", cluster, *state) == RINGS_OK
    assert run("rings", cluster, *state) == RINGS_OK
    change(cluster, "cmapctl-stats.txt", (f"{DOWN_COUNT}1", f"{DOWN_COUNT}2"))
    assert run("rings", cluster, *state) == FLAPPED
    assert run("rings", cluster, *state) == RINGS_OK
    remembered = json.loads((tmp_path / "state" / "rings.json").read_text())
    assert {key: remembered[key] for key in ("2/0", "2/1")} == {"2/0": 1, "2/1": 2}
    assert remembered["retransmissions"]["runs"] == 0


def test_a_counter_that_was_reset_is_no_flap(cluster: Path, tmp_path: Path) -> None:
    state = ("--state-dir", str(tmp_path / "state"))
    change(cluster, "cmapctl-stats.txt", (f"{DOWN_COUNT}1", f"{DOWN_COUNT}7"))
    assert run("rings", cluster, *state) == RINGS_OK
    change(cluster, "cmapctl-stats.txt", (f"{DOWN_COUNT}7", f"{DOWN_COUNT}1"))
    assert run("rings", cluster, *state) == RINGS_OK
    change(cluster, "cmapctl-stats.txt", (f"{DOWN_COUNT}1", f"{DOWN_COUNT}2"))
    assert run("rings", cluster, *state) == FLAPPED


def test_messages_that_are_sent_again_and_again(tmp_path: Path) -> None:
    """Two nodes with multicast lost, as they were recorded a minute apart, and another minute of the same."""
    state = ("--state-dir", str(tmp_path / "state"))
    made = RECORDINGS / "made"
    later = tmp_path / "later"
    shutil.copytree(made / "multicast-lost-a-minute-later" / "node1", later)
    change(later, "cmapctl.txt", ("srp.mcast_retx (u64) = 2113", "srp.mcast_retx (u64) = 3613"))
    change(later, "commands.json", ("1795871349.", "1795871409."))
    healthy = (0, "HA_RINGS OK - 2 nodes, 1 ring (its state is never measured), all members")
    assert run("rings", made / "multicast-lost" / "node1", *state) == healthy
    assert run("rings", made / "multicast-lost-a-minute-later" / "node1", *state) == healthy
    assert run("rings", later, *state) == (
        1,
        "HA_RINGS WARNING - corosync sends its messages again and again, 25 a second in two runs in a row: "
        "nothing replicates",
    )


def test_counters_that_could_not_be_read_once_are_not_forgotten(cluster: Path, tmp_path: Path) -> None:
    state = ("--state-dir", str(tmp_path / "state"))
    assert run("rings", cluster, *state) == RINGS_OK
    change(cluster, "cmapctl-stats.txt", (f"{DOWN_COUNT}1", f"{DOWN_COUNT}2"))
    whole = (cluster / "cmapctl-stats.txt").read_bytes()
    (cluster / "cmapctl-stats.txt").write_bytes(b"")
    assert run("rings", cluster, *state) == (
        3,
        "HA_RINGS UNKNOWN - a link that flaps would not be noticed: corosync-cmapctl -m stats: corosync-cmapctl "
        "printed nothing",
    )
    (cluster / "cmapctl-stats.txt").write_bytes(whole)
    assert run("rings", cluster, *state) == FLAPPED


def moved(cluster: Path, where: str) -> None:
    """The virtual IP runs on that node, and its address is where it should be."""
    text = (cluster / "crm_mon.xml").read_text(encoding="utf-8")
    text, count = re.subn(r'(id="p_vip".*?>\s*<node name=")node[12]', rf"\g<1>{where}", text, count=1, flags=re.DOTALL)
    assert count == 1
    (cluster / "crm_mon.xml").write_text(text, encoding="utf-8")
    addresses = (HEALTHY / "ip-addr.json").read_text(encoding="utf-8")
    if where != "node1":
        addresses = addresses.replace("192.0.2.100", "192.0.2.99")
    (cluster / "ip-addr.json").write_text(addresses, encoding="utf-8")


def test_a_vip_that_moved_is_said_once(cluster: Path, tmp_path: Path) -> None:
    state = ("--state-dir", str(tmp_path / "state"))
    here = (0, "HA_VIP OK - p_vip (192.0.2.100) on node1 (here)")
    there = (0, "HA_VIP OK - p_vip (192.0.2.100) on node2")
    text = "p_vip (192.0.2.100) moved from node1 to node2 since the last run"
    assert run("vip", cluster, *state) == here
    moved(cluster, "node2")
    assert run("vip", cluster, *state) == (0, f"{there[1]}; {text}")
    assert run("vip", cluster, *state) == there
    moved(cluster, "node1")
    back = "p_vip (192.0.2.100) moved from node2 to node1 since the last run"
    assert run("vip", cluster, "--severity", "moved=warning", *state) == (1, f"HA_VIP WARNING - {back}")


UNSAFE = {
    "symlink": "is a symbolic link",
    "world-writable": "others may write to it",
    "file": "File exists",
    "nowhere": "cannot be made",
}


@pytest.mark.parametrize(("kind", "reason"), UNSAFE.items(), ids=UNSAFE)
def test_no_state_is_said_and_changes_no_verdict(kind: str, reason: str, cluster: Path, tmp_path: Path) -> None:
    state = tmp_path / "state"
    if kind == "symlink":
        (tmp_path / "target").mkdir(mode=0o700)
        state.symlink_to(tmp_path / "target")
    elif kind == "world-writable":
        state.mkdir()
        state.chmod(0o777)
    elif kind == "file":
        state.touch()
    else:
        state = Path("/proc/check_ha")
    for name in ("rings", "vip"):
        code, well = run(name, cluster)
        assert code == 0
        said = f"no state is kept: {state}: {reason}"
        assert run(name, cluster, "--state-dir", str(state)) == (0, f"{well}; {said}")
        code, output = run(name, cluster, "--state-dir", str(state), "-v")
        assert (code, output.splitlines()[1:3]) == (
            0,
            [
                f"ok: {said} [not-compared]",
                "  -> check_ha_setup makes a folder for the user of NRPE; --state-dir names another",
            ],
        )
        raised = run(name, cluster, "--state-dir", str(state), "--severity", "not-compared=warning")
        assert raised == (1, f"HA_{name.upper()} WARNING - {said}")


def test_state_that_cannot_be_read_is_said_and_made_anew(cluster: Path, tmp_path: Path) -> None:
    directory = tmp_path / "state"
    directory.mkdir(mode=0o700)
    (directory / "rings.json").touch(mode=0o600)
    (directory / "rings.json").write_bytes(b"{\x00")
    code, well = run("rings", cluster)
    assert code == 0
    said = f"no state of the last run: {directory}: rings.json is not readable"
    assert run("rings", cluster, "--state-dir", str(directory)) == (0, f"{well}; {said}")
    assert run("rings", cluster, "--state-dir", str(directory)) == (0, well)


@pytest.mark.parametrize("content", ['{"2/0": "x", "2/1": []}', '{"2/1": 1e400}', '{"2/0": true, "x": {"y": 0}}'])
def test_state_that_somebody_wrote_by_hand(content: str, cluster: Path, tmp_path: Path) -> None:
    directory = tmp_path / "state"
    directory.mkdir(mode=0o700)
    for name, text in (("rings.json", content), ("vip.json", '{"p_vip": [1, null, {}]}')):
        (directory / name).touch(mode=0o600)
        (directory / name).write_text(text)
    assert run("rings", cluster, "--state-dir", str(directory)) == RINGS_OK
    code, _ = run("vip", cluster, "--state-dir", str(directory))
    assert code == 0


def test_a_replay_keeps_no_state_unless_it_is_told_where(cluster: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden() -> str:
        raise AssertionError

    monkeypatch.setattr("check_ha.cli.node.default_directory", forbidden)
    assert run("rings", cluster) == RINGS_OK


def test_a_check_that_remembers_nothing_makes_no_directory(cluster: Path, tmp_path: Path) -> None:
    assert run("quorum", cluster, "--state-dir", str(tmp_path / "state"))[0] == 0
    assert not (tmp_path / "state").exists()


def test_live_runs_keep_state_where_it_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "tools").mkdir()
    monkeypatch.setattr("check_ha.cli.node.default_directory", lambda: str(tmp_path / "state"))
    code, _ = replay(check_named("rings"), "--tools", str(tmp_path / "tools"))
    assert code == 3
    assert (tmp_path / "state").is_dir()


def test_v_lists_each_item(cluster: Path) -> None:
    assert run("rings", cluster, "-v") == (
        0,
        f"{RINGS_OK[1]}\nnode2: link 0 (198.51.100.2) up, link 1 (203.0.113.2) up; member",
    )


def test_vv_lists_the_tools(cluster: Path) -> None:
    code, output = run("quorum", cluster, "-vv")
    assert code == 0
    tools = [line for line in output.splitlines() if re.search(r": exit \d+, \d+\.\d\d s$", line)]
    assert [Path(line.split()[0].rstrip(":")).name for line in tools] == [
        "corosync-quorumtool",
        "crm_mon",
        "corosync-cmapctl",
    ]
    assert "<pacemaker-result" not in output


def test_vvv_shows_what_they_printed(cluster: Path) -> None:
    secret = '<nvpair id="x" name="passwd" value="hunter2"/>'
    change(cluster, "cibadmin.xml", ("</crm_config>", f"{secret}</crm_config>"))
    code, output = run("vip", cluster, "-vvv")
    assert code == 0
    lines = output.splitlines()
    assert any(line.startswith("  <pacemaker-result ") for line in lines)
    assert '"local":"192.0.2.100"' in output  # of the one long line that ip prints
    assert "hunter2" not in output
    assert all(line.isprintable() for line in lines)


def test_vvv_shows_standard_error_first(cluster: Path) -> None:
    index = json.loads((cluster / "commands.json").read_text(encoding="utf-8"))
    for command in index["commands"]:
        if command["file"] == "cfgtool-s.txt":
            command["stderr"] = "noise | \033[2J\nmore"
    (cluster / "commands.json").write_text(json.dumps(index), encoding="utf-8")
    lines = run("rings", cluster, "-vvv")[1].splitlines()
    position = next(number for number, line in enumerate(lines) if "corosync-cfgtool -s: exit 0" in line)
    assert lines[position + 1 : position + 4] == ["  noise / ?[2J", "  more", "  Local node ID 1, transport knet"]


def test_a_directory_that_is_no_recording(tmp_path: Path) -> None:
    for name in checks():
        code, output = replay(check_named(name), "--from", str(tmp_path / "a|b"))
        assert (code, output) == (
            3,
            f"HA_{name.upper()} UNKNOWN - {tmp_path}/a/b cannot be read: No such file or directory\n",
        )
    code, output = replay(check_named("quorum"), "--from", str(tmp_path))
    assert (code, output) == (
        3,
        f"HA_QUORUM UNKNOWN - {tmp_path} has no commands.json: check_ha_snapshot makes one\n",
    )


def test_filter_and_range_together(tmp_path: Path) -> None:
    """What is left out neither alarms by its condition nor by -w, and is still in the perfdata."""
    failed = SAMPLES / "failed-monitor" / "node1"
    check = check_named("failed_actions")
    code, output = replay(check, "--from", str(failed), "-w", "0")
    assert code == 1
    assert "failed actions: 1 (outside range 0:0)" in output
    code, output = replay(check, "--from", str(failed), "-w", "0", "-x", "p_single")
    assert code == 0
    assert "'cluster.actions.failed.count'=1;0;;0" in output
    code, output = replay(check, "--from", str(failed), "-w", "0", "--max-age", "1s")
    assert (code, output.partition(" | ")[0]) == (
        0, "HA_FAILED_ACTIONS OK - 5 resources, no failed actions but 1 older than --max-age",
    )  # fmt: skip


COMMANDS = ["quorum", "rings", "vip", "failed_actions"]


def process(name: str, *argv: str) -> subprocess.CompletedProcess[str]:
    """The command as a process of its own, which is how a monitoring server runs it: without a locale."""
    code = f"from check_ha.cli.commands import {name}; {name}()"
    environment = {"PATH": "/usr/bin:/bin", "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", code, *argv]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment, timeout=60)


@pytest.mark.parametrize("name", COMMANDS)
def test_the_command(name: str) -> None:
    ended = process(name, "--from", str(HEALTHY))
    assert (ended.returncode, ended.stdout) == replay(check_named(name), "--from", str(HEALTHY))
    assert ended.stderr == ""


BAD_LINES: List[List[str]] = [["--colour"], ["-w", "five"], ["--severity", "nix=ok"], ["-t", "0"], ["--from"], ["word"]]


@pytest.mark.parametrize("argv", BAD_LINES, ids=" ".join)
def test_a_bad_command_line(argv: List[str]) -> None:
    ended = process("failed_actions", *argv)
    assert (ended.returncode, ended.stderr) == (3, "")
    assert re.fullmatch(
        r"HA_FAILED_ACTIONS UNKNOWN - [^|\n]+ \(check_ha_failed_actions -h shows the options\)\n", ended.stdout
    )


@pytest.mark.parametrize("flag", ["-h", "-V"])
def test_help_and_version(flag: str) -> None:
    ended = process("rings", flag)
    assert (ended.returncode, ended.stderr) == (3, "")
    assert ended.stdout.startswith("usage: check_ha_rings" if flag == "-h" else "check_ha_rings ")


def test_a_mistake_of_ours_is_one_line_without_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    code = (
        "import check_ha.checks.quorum.check as q, check_ha.cli.commands as commands\n"
        "def broken(evidence, options): raise KeyError('oops')\n"
        "q.CHECK = q.CHECK._replace(judge=broken)\n"
        "commands.quorum()"
    )
    command = [sys.executable, "-c", code, "--from", str(HEALTHY)]
    ended = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    line = (
        "HA_QUORUM UNKNOWN - this check failed (KeyError('oops')): report it, with a recording of check_ha_snapshot\n"
    )
    assert (ended.returncode, ended.stdout, ended.stderr) == (3, line, "")


def test_text_that_the_locale_cannot_print(cluster: Path) -> None:
    change(cluster, "crm_mon.xml", ('<node name="node2" id="2" online', '<node name="n\u00f6de\u65e52" id="2" online'))
    ended = process("quorum", "--from", str(cluster), "-v")
    assert ended.returncode in (0, 1)
    assert ended.stderr == ""


def test_a_tool_that_prints_nothing_readable_is_not_ok(tmp_path: Path) -> None:
    write_tool(tmp_path, "crm_mon", "echo")
    code, output = replay(check_named("failed_actions"), "--tools", str(tmp_path))
    assert (code, output) == (3, "HA_FAILED_ACTIONS UNKNOWN - crm_mon: no output where XML was expected\n")


def test_every_check_has_a_command() -> None:
    for name in checks():
        check = check_named(name)
        assert (check.name, check.command) == (name, f"check_ha_{name}")
        assert callable(getattr(commands, name))
    with pytest.raises(AttributeError, match="there is no check 'weather'"):
        commands.weather  # noqa: B018
