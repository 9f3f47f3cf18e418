"""Asking other nodes: at once, in time, with nothing left behind, and without a shell."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from check_ha.sources.peers import DEFAULT_VIA, LARGEST, Peers, node_name, template
from check_ha.sources.tools import BROKEN, FLOODED, HUNG, MISSING, PEER
from tests.faketools import write_tool
from tests.sources.test_node import left_behind


def peers(folder: Path, script: str, timeout: float = 5.0) -> Peers:
    write_tool(folder, "ask", script)
    return Peers((str(folder / "ask"), "{node}"), timeout)


def test_all_are_asked_at_once(tmp_path: Path) -> None:
    started = time.monotonic()
    answers = peers(tmp_path, "sleep 0.5; echo $1").ask(["node1", "node2", "node3", "node4"])
    assert time.monotonic() - started < 1.5
    assert {node: output.stdout for node, output in answers.items()} == {
        "node1": b"node1\n",
        "node2": b"node2\n",
        "node3": b"node3\n",
        "node4": b"node4\n",
    }
    assert answers["node1"].tool.family == PEER


@pytest.mark.parametrize(
    ("timeout", "share", "seconds"),
    [(8.0, 0.5, "3"), (8.0, 1.0, "7"), (30.0, 0.5, "14"), (1.0, 0.5, "0.2"), (0.1, 1.0, "0.1")],
)
def test_a_node_is_told_how_long_it_may_take(timeout: float, share: float, seconds: str, tmp_path: Path) -> None:
    """A second less than it is waited for; a view has 3 of 8 seconds where an alarm is looked at twice."""
    write_tool(tmp_path, "ask", "exit 0")
    output = Peers((str(tmp_path / "ask"), "{node}", "{seconds}"), timeout).ask(["node1"], share)["node1"]
    assert output.tool.argv[1:] == ("node1", seconds)


def test_one_that_hangs_does_not_keep_the_others(tmp_path: Path) -> None:
    started = time.monotonic()
    answers = peers(tmp_path, "[ $1 = node1 ] || exec sleep 100; echo here", timeout=0.6).ask(["node1", "node2"])
    assert time.monotonic() - started < 1.5
    assert (answers["node1"].stdout, answers["node1"].fault) == (b"here\n", None)
    assert (answers["node2"].fault, answers["node2"].limit) == (HUNG, 0.6)
    assert left_behind(os.getpid()) == []


def test_children_in_sessions_of_their_own_end_too(tmp_path: Path) -> None:
    peers(tmp_path, "setsid sleep 100 & exec sleep 100", timeout=0.4).ask(["node1"])
    assert left_behind(os.getpid()) == []


def test_a_share_of_the_time(tmp_path: Path) -> None:
    asked = peers(tmp_path, "exec sleep 100", timeout=2.0)
    assert asked.ask(["node1"], 0.2)["node1"].limit == 0.4
    assert 1.0 < asked.left < 1.7


def test_no_time_left(tmp_path: Path) -> None:
    asked = peers(tmp_path, "exec sleep 100", timeout=0.1)
    time.sleep(0.2)
    assert asked.ask(["node1"])["node1"].fault == HUNG


def test_too_much_is_not_read(tmp_path: Path) -> None:
    answer = peers(tmp_path, "exec head -c 200000000 /dev/zero").ask(["node1"])["node1"]
    assert (answer.fault, answer.stdout) == (FLOODED, b"")
    assert LARGEST < 200_000_000


def test_no_such_program(tmp_path: Path) -> None:
    assert Peers((str(tmp_path / "ask"), "{node}"), 1.0).ask(["node1"])["node1"].fault == MISSING
    assert Peers(("no-such-program", "{node}"), 1.0).ask(["node1"])["node1"].fault == MISSING


def test_not_a_program(tmp_path: Path) -> None:
    (tmp_path / "ask").write_bytes(b"\x7fELF, but not really")
    (tmp_path / "ask").chmod(0o755)
    assert Peers((str(tmp_path / "ask"), "{node}"), 1.0).ask(["node1"])["node1"].fault == BROKEN


def test_a_program_without_path_is_looked_up(tmp_path: Path) -> None:
    write_tool(tmp_path, "ask", "echo $1")
    assert Peers(("ask", "{node}"), 5.0, (str(tmp_path),)).ask(["node1"])["node1"].stdout == b"node1\n"


def test_words_are_words_whatever_they_hold(tmp_path: Path) -> None:
    write_tool(tmp_path, "ask", 'printf "<%s>" "$@"')
    words = template(f"{tmp_path}/ask -H {{node}}:{{node}} '$(id); `id` | >x' --end")
    answer = Peers(words, 5.0).ask(["node1"])["node1"]
    assert answer.stdout == b"<-H><node1:node1><$(id); `id` | >x><--end>"
    assert not list(tmp_path.glob("x"))


def test_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/monitor")
    monkeypatch.setenv("LD_PRELOAD_NOT", "x")
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    answer = peers(tmp_path, 'echo "$HOME $LD_PRELOAD_NOT $SSH_AUTH_SOCK $LC_ALL"').ask(["node1"])["node1"]
    assert answer.stdout == b"/home/monitor   C\n"


@pytest.mark.parametrize("name", ["node1", "node-1.example.net", "192.0.2.1", "fd55::1", "fe80::1%eth0", "::1", "n_1"])
def test_names(name: str) -> None:
    assert node_name(name) == name


@pytest.mark.parametrize(
    "name",
    [
        "",
        "-oProxyCommand=id",
        "-",
        "--help",
        "node 1",
        "node1;id",
        "$(id)",
        "a\nb",
        "a\x00",
        "user@node1",
        "é",
        "a" * 254,
    ],
)
def test_names_that_could_be_something_else(name: str) -> None:
    with pytest.raises(ValueError, match="not the name or the address of a node"):
        node_name(name)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("ssh node1 check_ha_view", r"nothing says where the name of the node goes: \{node\}"),
        ("", "nothing says where"),
        ("{node} check_ha_view", r"\{node\} cannot be the program"),
        ("ssh '{node}", "not a command line: No closing quotation"),
    ],
)
def test_templates_that_are_none(text: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        template(text)


def test_default() -> None:
    assert template(DEFAULT_VIA) == ("ssh", "-o", "BatchMode=yes", "{node}", "check_ha_view", "-t", "{seconds}")
