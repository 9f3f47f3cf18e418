"""Which devices of sbd a check hands to a command that may run as root."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Tuple

import pytest

from check_ha.parsers.sbd import parse_sbd_config
from check_ha.sources import node
from check_ha.sources.node import ThisNode
from check_ha.sources.sbd import devices
from check_ha.sources.sbd.devices import SbdDevices, devices_in, sbd_devices
from check_ha.sources.shareable import all_shareable
from check_ha.sources.tools import MISSING, NOT_SET_UP, SBD_CONFIG, SBD_DUMPS, SBD_LISTS, WATCHDOGS, Tool
from tests.faketools import write_tool

LINES = [
    'SBD_DEVICE="/dev/a;/dev/b"',
    "SBD_DEVICE='/dev/a'\nexport SBD_DEVICE=/dev/b;\n",
    "  SBD_DEVICE=/dev/a ; /dev/b",
    'SBD_DEVICE="/dev/a" # "/dev/b"',
    'SBD_DEVICE="/dev/a;\\\n/dev/b"',
    "#SBD_DEVICE=/dev/a",
    "SBD_DEVICE=",
]


@pytest.mark.parametrize("text", LINES)
def test_the_source_and_the_parser_read_the_same(text: str) -> None:
    assert devices_in(text) == parse_sbd_config(text.encode()).devices


def written(path: Path, text: str, mode: int = 0o644) -> Path:
    path.write_text(text)
    path.chmod(mode)
    return path


@pytest.mark.parametrize(
    "name",
    [
        "/dev/shm/a", "/dev/mqueue/a", "/dev/fd/3", "/dev/../etc/shadow", "/dev/disk/../../etc/shadow", "/etc/shadow",
        "dev/a", "/dev/a b", "/dev/$(id)", "-d", "/dev/", "/dev/a\x1b[31m", "/dev//a",
    ],
)  # fmt: skip
def test_names_that_are_not_handed_over(name: str, tmp_path: Path) -> None:
    found = sbd_devices([str(written(tmp_path / "sbd", f"SBD_DEVICE='{name}'\n"))], [os.getuid()])
    assert found.why_not(1) == f"{name!r} is not the name of a device below /dev"


@pytest.mark.parametrize(
    "name", ["/dev/sdb1", "/dev/disk/by-id/dm-uuid-part1-mpath-3600508b4:1,2=a@b%c+d", "/dev/vg/sbd"]
)
def test_names_that_are(name: str, tmp_path: Path) -> None:
    found = sbd_devices([str(written(tmp_path / "sbd", f"SBD_DEVICE='{name}'\n"))], [os.getuid()])
    assert (found.why_not(1), found.why_not(2), found.why_not(0)) == ("", NOT_SET_UP, "")


@pytest.mark.parametrize("mode", [0o664, 0o646])
def test_a_file_that_others_may_write(mode: int, tmp_path: Path) -> None:
    path = written(tmp_path / "sbd", "SBD_DEVICE=/dev/a\n", mode)
    assert (
        sbd_devices([str(path)], [os.getuid()]).why_not(1)
        == f"{path} is not root's alone: its devices are not looked at"
    )
    path.chmod(0o644)
    assert sbd_devices([str(path)], [os.getuid() + 1]).refused


def test_a_file_that_is_none(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "sbd")
    assert "not a plain file" in sbd_devices([str(tmp_path / "sbd")], [os.getuid()]).refused
    assert "larger than" in sbd_devices([str(written(tmp_path / "big", "#" * 70000))], [os.getuid()]).refused
    first = written(tmp_path / "first", "SBD_DEVICE=/dev/a\n")
    second = written(tmp_path / "second", "SBD_DEVICE=/dev/b\n")
    names = sbd_devices([str(tmp_path / "none"), str(first), str(second)], [os.getuid()])
    assert (names, sbd_devices([])) == (SbdDevices(("/dev/a",)), SbdDevices())


OF_SBD = (SBD_CONFIG, *SBD_DUMPS, *SBD_LISTS, WATCHDOGS)


def set_up(folder: Path, monkeypatch: pytest.MonkeyPatch, text: str = "") -> Tuple[Tool, ...]:
    """The tools of sbd, with that as its file; without a text there is none."""
    path = folder / "config"
    if text:
        written(path, text)
    monkeypatch.setattr(devices, "sbd_devices", lambda: sbd_devices([str(path)], [os.getuid()]))
    return tuple(tool._replace(only_with=(str(path),)) for tool in OF_SBD)


def test_no_process_where_sbd_is_not_set_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tools = set_up(tmp_path, monkeypatch)
    monkeypatch.setattr(node, "run_all", None)  # which would be called
    outputs = ThisNode([str(tmp_path)]).collect(tools)
    assert [(one.fault, one.stderr, one.not_set_up) for one in outputs.values()] == [(MISSING, NOT_SET_UP, True)] * 8
    assert all_shareable(outputs.values()) == []


def test_each_device_is_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tools = set_up(tmp_path, monkeypatch, "SBD_DEVICE='/dev/a;/dev/shm/b'\nSBD_OPTS=secret\n")
    write_tool(tmp_path, "sbd", 'echo "$*"')
    write_tool(tmp_path, "find", "exit 0")
    write_tool(tmp_path, "cat", "exec /bin/cat '" + str(tmp_path / "config") + "'")
    outputs = ThisNode([str(tmp_path)]).collect(tools)
    said = {tool.file: (output.fault, output.stdout.decode() or output.stderr) for tool, output in outputs.items()}
    wrong = (MISSING, "'/dev/shm/b' is not the name of a device below /dev")
    assert said == {
        "sbd.conf": (None, "SBD_DEVICE='/dev/a;/dev/shm/b'\nSBD_OPTS=secret\n"),
        "sbd-dump-1.txt": (None, "-d /dev/a dump\n"),
        "sbd-dump-2.txt": wrong,
        "sbd-dump-3.txt": (MISSING, NOT_SET_UP),
        "sbd-list-1.txt": (None, "-d /dev/a list\n"),
        "sbd-list-2.txt": wrong,
        "sbd-list-3.txt": (MISSING, NOT_SET_UP),
        "watchdogs.txt": (None, ""),
    }
    shown = {one.tool.file: one.stdout for one in all_shareable(outputs.values())}
    assert shown["sbd.conf"] == b"SBD_DEVICE='/dev/a;/dev/shm/b'\nSBD_OPTS=******\n"
    assert "sbd-dump-3.txt" not in shown
