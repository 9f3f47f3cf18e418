"""Asking through sudo: one call, whose answer is read like a recording; and what is said where that call fails."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import Tuple

import pytest

from check_ha.cli import snapshot, view
from check_ha.cli.register import check_named
from check_ha.sources.door import Door
from check_ha.sources.recording import Recording
from check_ha.sources.running import command
from check_ha.sources.shareable import all_shareable
from check_ha.sources.stream import written
from check_ha.sources.tools import ALL, CRM_MON, DEAD, IP_ADDR, Question
from tests.faketools import write_tool
from tests.replay import SAMPLES, checks, replay, replay_all

HEALTHY = SAMPLES / "healthy-2node" / "node1"
SUDO = 'echo "$*" >>"${0%/*}/asked"; [ "$1" = -n ] && shift && exec "$@"'
"""Who is let, and says that it was asked."""


def collector(folder: Path, script: str, sudo: str = SUDO) -> Path:
    """A folder with sudo and a check_ha_collect."""
    write_tool(folder, "sudo", sudo)
    write_tool(folder, "check_ha_collect", script)
    return folder


@pytest.fixture(name="door")
def door_of_a_healthy_node(tmp_path: Path) -> Path:
    """It says what root has recorded, and writes down what it is asked for."""
    source = Recording(str(HEALTHY))
    (tmp_path / "said").write_bytes(written(source.node, source.now, all_shareable(source.collect(ALL).values())))
    return collector(tmp_path, 'cat >>"${0%/*}/names"; cat "${0%/*}/said"')


@pytest.mark.parametrize("name", [*checks(), "all"])
def test_a_check_says_what_it_says_of_a_recording_and_calls_sudo_once(name: str, door: Path) -> None:
    more = ("--tools", str(door), "--sudo", "-t", "20")
    if name == "all":
        said, expected = replay_all(*more, "--severity=not-compared=ok"), replay_all("--from", str(HEALTHY))
    else:
        remembers = ("--severity=not-compared=ok",) if check_named(name).remembers else ()
        said = replay(check_named(name), *more, *remembers)
        expected = replay(check_named(name), "--from", str(HEALTHY))
    assert (said[0], said[1].partition(" | ")[0]) == (expected[0], expected[1].partition(" | ")[0])
    assert (door / "asked").read_text() == f"-n {door}/check_ha_collect\n"


def test_it_runs_the_file_itself_and_no_link_to_it(tmp_path: Path) -> None:
    """sudo 1.9.16 lets nobody run a file of which its rules have but a link, nor the other way round (Debian 13)."""
    plugins, real = tmp_path / "plugins", tmp_path / "bin"
    for folder in (plugins, real):
        folder.mkdir()
        collector(folder, "exit 1")
    (plugins / "check_ha_collect").unlink()
    (plugins / "check_ha_collect").symlink_to("../bin/check_ha_collect")
    Door((str(plugins),)).collect([CRM_MON])
    assert (plugins / "asked").read_text() == f"-n {real}/check_ha_collect\n"


def test_it_names_the_tools_and_the_time_they_have(door: Path) -> None:
    outputs = Door((str(door),), 7.0).collect([CRM_MON, IP_ADDR])
    *names, limit = (door / "names").read_text().splitlines()
    assert names == ["crm_mon.xml", "ip-addr.json"]
    assert limit in ("limit 6.6", "limit 6.5")
    assert outputs[CRM_MON].as_root
    assert outputs[CRM_MON].argv[0].endswith("crm_mon")


ANSWERS = """
for question in $(sed -n 's/^what-if //p' | head -n 2); do files="$files crm_simulate-$question.xml"; done
echo "$files" >>"${0%/*}/names"
echo 'check_ha stream 1'; echo 'node node1'; echo 'user root'; echo "time $(date +%s)"; echo 'limit 8'
for file in $files; do
    printf 'output %s\\nargv\\tcrm_simulate\\n><x/>\\nstatus 0\\nseconds 0.1\\nend %s\\n' "$file" "$file"
done
echo end
"""
"""Two of the questions, for more it has no time."""


def test_the_scheduler_is_asked_by_root_and_again_while_there_is_time(tmp_path: Path) -> None:
    collector(tmp_path, ANSWERS)
    questions = [Question(((f"node{number}", DEAD),)) for number in range(1, 4)]
    answers = Door((str(tmp_path),), 20.0).simulate(b"", questions)
    assert list(answers) == [one.tool for one in questions]
    assert {(one.stdout, one.status, one.user) for one in answers.values()} == {(b"<x/>\n", 0, "root")}
    assert len((tmp_path / "asked").read_text().splitlines()) == 2


def test_where_root_answers_nothing_it_is_asked_once(tmp_path: Path) -> None:
    collector(tmp_path, ANSWERS.replace("what-if", "x"))
    assert Door((str(tmp_path),), 20.0).simulate(b"", [Question((("node1", DEAD),))]) == {}
    assert len((tmp_path / "asked").read_text().splitlines()) == 1


def test_an_older_collector_refuses_the_question(tmp_path: Path) -> None:
    collector(tmp_path, "echo 'HA_COLLECT UNKNOWN - what is asked for is not the name of a tool'; exit 3")
    question = Question((("node1", DEAD),))
    (output,) = Door((str(tmp_path),), 20.0).simulate(b"", [question]).values()
    assert (output.tool.name, output.status) == ("check_ha_collect", 3)


FAILED = {
    "refused": (
        "", "echo 'sudo: a password is required' >&2; exit 1",
        "sudo refuses check_ha_collect; to allow it: check_ha_setup --user ",
    ),
    "refused-without-a-terminal": (
        "", "echo 'sudo: sorry, you must have a tty to run sudo' >&2; exit 1",
        "sudo refuses check_ha_collect; to allow it: check_ha_setup --user ",
    ),
    "hangs": ("exec sleep 1005", SUDO, "check_ha_collect: sudo gave no answer within 0.3 s"),
    "nothing": ("", SUDO, "check_ha_collect: its output is no recording: its first line is not check_ha stream 1"),
    "cut-off": ("head -n 30 ${0%/*}/said", SUDO, "check_ha_collect: its output was cut off: its last line is not end"),
    "refuses": (
        "echo 'HA_COLLECT UNKNOWN - x is not the name of a tool'; exit 3", SUDO,
        "check_ha_collect: exit 3, HA_COLLECT UNKNOWN - x is not the name of a tool",
    ),
    "killed": ("kill -9 $$", SUDO, "check_ha_collect: was killed by signal 9"),
    "ended-by-the-time-limit": ("kill -15 $$", SUDO, "check_ha_collect: sudo gave no answer within 0"),
    "another-python": (
        "echo 'Traceback (most recent call last):' >&2; echo 'ModuleNotFoundError: x' >&2; exit 1", SUDO,
        "check_ha_collect: exit 1, ModuleNotFoundError: x",
    ),
}  # fmt: skip


def failing(kind: str, door: Path) -> Tuple[str, ...]:
    script, sudo, _ = FAILED[kind]
    collector(door, script, sudo)
    return ("--tools", str(door), "--sudo", "-t", "0.3" if kind == "hangs" else "20")


@pytest.mark.parametrize("kind", FAILED)
def test_unknown_when_the_call_fails(kind: str, door: Path) -> None:
    """Once, whatever number of tools was to be asked."""
    code, text = replay(check_named("nodes"), *failing(kind, door))
    assert (code, text.count("\n"), text.count("check_ha_collect")) == (3, 1, 1)
    assert text.startswith(f"HA_NODES UNKNOWN - {FAILED[kind][2]}")


@pytest.mark.parametrize("name", [*checks(), "all"])
def test_every_check_tells_the_failure_first_and_once(name: str, door: Path) -> None:
    argv = failing("refused", door)
    code, text = replay_all(*argv) if name == "all" else replay(check_named(name), *argv)
    command = "HA" if name == "all" else f"HA_{name.upper()}"
    assert code == 3
    assert text.startswith(f"{command} UNKNOWN - {FAILED['refused'][2]}")
    assert text.count("sudo refuses") == 1
    for other in (CRM_MON, IP_ADDR):
        assert f"{other.name}:" not in text.partition(" | ")[0]


@pytest.mark.parametrize("kind", ["refused", "hangs", "cut-off"])
def test_a_daemon_is_not_blamed_for_it(kind: str, door: Path) -> None:
    code, text = replay(check_named("daemons"), *failing(kind, door), "-v")
    assert code == 3
    assert "does not answer" not in text
    assert "not running" not in text


def test_the_call_is_not_made_again(door: Path) -> None:
    collector(door, "exit 1")
    source = Door((str(door),))
    assert source.collect([CRM_MON])[CRM_MON] == source.collect([IP_ADDR])[IP_ADDR]
    assert (door / "asked").read_text().count("\n") == 1


def test_unknown_without_the_command_or_without_sudo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    argv = ("--tools", str(tmp_path), "--sudo")
    text = f"HA_NODES UNKNOWN - check_ha_collect: not installed in {tmp_path}\n"
    assert replay(check_named("nodes"), *argv) == (3, text)
    monkeypatch.setattr("check_ha.sources.running.command.FOLDERS", ())
    text = "HA_NODES UNKNOWN - check_ha_collect: there is no sudo\n"
    assert replay(check_named("nodes"), *argv) == (3, text)


def test_verbose_shows_the_call_that_failed_once(door: Path) -> None:
    _, text = replay(check_named("config"), *failing("refused", door), "-vv")
    assert text.count(f"{door}/sudo -n {door}/check_ha_collect: exit 1, ") == 1


def test_a_snapshot_of_nothing_is_none(
    door: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "recording"
    monkeypatch.setattr(sys, "argv", ["check_ha_snapshot", *failing("refused", door), str(target)])
    with pytest.raises(SystemExit) as end:
        snapshot.main()
    assert end.value.code == 3
    assert capsys.readouterr().out.startswith("HA_SNAPSHOT UNKNOWN - sudo refuses check_ha_collect; to allow it: ")
    assert not target.exists()


def test_a_snapshot_and_a_view(
    door: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    more = shlex.split(f"--tools {door} --sudo -t 20")
    monkeypatch.setattr(sys, "argv", ["check_ha_snapshot", *more, str(tmp_path / "recording")])
    snapshot.main()
    assert capsys.readouterr().out.startswith("recorded ")
    assert (tmp_path / "recording" / CRM_MON.file).read_bytes() == (HEALTHY / CRM_MON.file).read_bytes()
    assert replay_all("--from", str(tmp_path / "recording"))[0] == replay_all("--from", str(HEALTHY))[0]
    monkeypatch.setattr(sys, "argv", ["check_ha_view", *more])
    view.main()
    assert '"node":"node1"' in capsys.readouterr().out


def test_it_is_looked_up_beside_the_check(monkeypatch: pytest.MonkeyPatch, door: Path) -> None:
    (door / "bin").mkdir()
    (door / "bin" / "check_ha_nodes").symlink_to(door / "check_ha_nodes")
    (door / "check_ha_nodes").touch()
    monkeypatch.setattr(sys, "argv", [str(door / "bin" / "check_ha_nodes")])
    monkeypatch.setattr("check_ha.sources.running.command.FOLDERS", (str(door), *command.FOLDERS))
    assert replay(check_named("nodes"), "--sudo") == replay(check_named("nodes"), "--from", str(HEALTHY))
    monkeypatch.setattr(sys, "argv", ["-c"])
    monkeypatch.setattr("check_ha.sources.door.PLACES", ("/nonexistent",))
    code, text = replay(check_named("nodes"), "--sudo")
    assert (code, text) == (3, "HA_NODES UNKNOWN - check_ha_collect: not installed in /nonexistent\n")
