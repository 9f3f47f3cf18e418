"""Another node, judged from here (--node, --via): the same verdict as there, or why there is none."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import List, Tuple

import pytest

from check_ha.cli import view
from check_ha.cli.register import check_named
from tests.faketools import from_recording, write_tool
from tests.replay import SAMPLES, replay, replay_all
from tests.sources.test_recorder import SCRIPT
from tests.sources.test_stream import stream_of

SPLIT = SAMPLES / "split-brain-2node"
SPLIT_LINE = "HA_SPLIT_BRAIN CRITICAL - split brain: node1 (quorate, DC node1, runs 5 resources) against node2"


@pytest.fixture(name="ssh")
def folder_of_nodes(tmp_path: Path) -> str:
    """A command that has each node of the split brain record itself."""
    for node in ("node1", "node2"):
        (tmp_path / node).mkdir()
        from_recording(SPLIT / node, tmp_path / node)
    write_tool(tmp_path, "ssh", f'echo "welcome to $1"; exec {SCRIPT} -t 5 -d {tmp_path}/$1')
    return f"{tmp_path}/ssh {{node}}"


def test_a_check_of_another_node(ssh: str) -> None:
    vip = check_named("vip")
    assert replay(vip, "--node", "node2", "--via", ssh) == replay(vip, "--from", str(SPLIT / "node2"))
    assert replay_all("--node", "node1", "--via", ssh) == replay_all("--from", str(SPLIT / "node1"))


def test_a_state_for_each_node(ssh: str, tmp_path: Path) -> None:
    state = str(tmp_path / "state")
    replay(check_named("vip"), "--node", "node1", "--via", ssh, "--state-dir", state)
    replay_all("--node", "node2", "--via", ssh, "--state-dir", state)
    assert {"vip@node1.json", "all-vip@node2.json"} <= {path.name for path in Path(state).iterdir()}


def test_a_comparison_of_nodes_that_record_themselves(ssh: str) -> None:
    from tests.cli.test_comparison import first_line

    code, line = first_line("--node", "node1", "--node", "node2", "--via", ssh, "-t", "20")
    assert (code, line.startswith(SPLIT_LINE)) == (2, True), line


def test_a_view_of_another_node(ssh: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["check_ha_view", "--node", "node2", "--via", ssh, "-t", "20"])
    view.main()
    assert json.loads(capsys.readouterr().out)["node"] == "node2"


STREAM = stream_of(SPLIT / "node1").decode()

FAILURES = {
    "unknown-refused": ("echo 'ssh: connect to host node1 port 22: Connection refused' >&2; exit 255", 3,
        "node1: ssh: connect to host node1 port 22: Connection refused"),
    "unknown-not-installed-there": ("echo 'sh: 1: check_ha_record: not found' >&2; exit 127", 3,
        "node1: sh: 1: check_ha_record: not found"),
    "unknown-says-nothing": ("exit 0", 3, "node1: ssh ended with exit status 0 and printed nothing"),
    "unknown-refuses-an-option": ("echo 'HA_RECORD UNKNOWN - no such option'; exit 3", 3,
        "node1: HA_RECORD UNKNOWN - no such option"),
    "unknown-killed": ("kill -KILL $$", 3, "node1: ssh was killed by signal 9"),
    "unknown-cut-off": ("head -c 20000 {stream}", 3,
        "what node1 has sent was cut off: its last line is not end"),
    "unknown-newer": ("echo check_ha stream 2", 3, "what node1 has sent is of a newer version: check_ha stream 2"),
    "unknown-floods": ("exec cat /dev/zero", 3, "node1: it printed more than any node has to say"),
    "crit-no-answer": ("exec sleep 100", 2, "node1: no answer within 0.5 s"),
}  # fmt: skip


@pytest.mark.parametrize(("script", "code", "line"), FAILURES.values(), ids=FAILURES)
def test_no_answer(script: str, code: int, line: str, tmp_path: Path) -> None:
    (tmp_path / "stream").write_text(STREAM)
    write_tool(tmp_path, "ssh", script.format(stream=tmp_path / "stream"))
    asked = ("--node", "node1", "--via", f"{tmp_path}/ssh {{node}}", "-t", "0.5" if code == 2 else "20")
    started = time.monotonic()
    state = "CRITICAL" if code == 2 else "UNKNOWN"
    assert replay(check_named("vip"), *asked) == (code, f"HA_VIP {state} - {line}\n")
    assert replay_all(*asked) == (code, f"HA {state} - {line}\n")
    assert time.monotonic() - started < 10


def test_unknown_no_such_program() -> None:
    asked = ("--node", "node1", "--via", "/nonexistent {node}")
    assert replay(check_named("rings"), *asked) == (3, "HA_RINGS UNKNOWN - node1: /nonexistent: no such program here\n")


def test_severity_of_no_answer(tmp_path: Path) -> None:
    write_tool(tmp_path, "ssh", "exec sleep 100")
    asked = (
        "--node",
        "node1",
        "--via",
        f"{tmp_path}/ssh {{node}}",
        "-t",
        "0.5",
        "--severity",
        "not-responding=warning",
    )
    assert replay(check_named("vip"), *asked) == (1, "HA_VIP WARNING - node1: no answer within 0.5 s\n")
    assert replay_all(*asked, "--format", "json")[0] == 1


REFUSED: List[Tuple[List[str], str]] = [
    (["--via", "ssh {node}"], "--via: --node says which node is to be asked"),
    (["--node", "node1", "--from", "x"], "--from is for this node, and --node asks another one"),
    (["--node", "node1", "--sudo"], "--sudo is for this node, and --node asks another one"),
    (["--node", "node1", "--tools", "x"], "--tools is for this node, and --node asks another one"),
    (["--node", "-oProxyCommand=x"], "argument --node: expected one argument"),
    (["--node=-oProxyCommand=x"], "argument --node: '-oProxyCommand=x': not the name or the address of a node"),
    (["--node", "n", "--via", "ssh"], "argument --via: 'ssh': nothing says where the name of the node goes: {node}"),
]


@pytest.mark.parametrize(("argv", "words"), REFUSED, ids=[words for _, words in REFUSED])
def test_refused(argv: List[str], words: str) -> None:
    hint = "({} -h shows the options)\n"
    assert replay(check_named("vip"), *argv) == (3, f"HA_VIP UNKNOWN - {words} " + hint.format("check_ha_vip"))
    assert replay_all(*argv) == (3, f"HA UNKNOWN - {words} " + hint.format("check_ha"))
