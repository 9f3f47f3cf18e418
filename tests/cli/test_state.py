"""What one run remembers for the next, and where it will not."""

from __future__ import annotations

import fcntl
import json
import os
import stat
from pathlib import Path
from typing import Any

import pytest

from check_ha.cli import state
from check_ha.cli.state import LIMIT, Memory, default_directory

VALUES = {"2/0": 1, "p_vip": ["node1", "n\u00f6de2", "\ud800"]}


def private(path: Path, content: bytes) -> None:
    path.touch(mode=0o600)
    path.write_bytes(content)


def test_one_run_and_the_next(tmp_path: Path) -> None:
    directory = tmp_path / "a" / "state"
    first = Memory(str(directory), "rings")
    assert first.recall() == {}
    first.remember(VALUES)
    second = Memory(str(directory), "rings")
    assert second.recall() == VALUES
    second.remember({})
    assert Memory(str(directory), "rings").recall() == {}
    assert (first.trouble, second.trouble) == ("", "")
    assert [path.name for path in directory.iterdir()] == ["rings.json"]


def test_nobody_else_may_read_it(tmp_path: Path) -> None:
    directory = tmp_path / "state"
    Memory(str(directory), "rings").remember(VALUES)
    assert stat.S_IMODE(directory.stat().st_mode) == 0o700
    assert stat.S_IMODE((directory / "rings.json").stat().st_mode) == 0o600


def test_each_check_has_its_own(tmp_path: Path) -> None:
    Memory(str(tmp_path), "rings").remember({"a": 1})
    Memory(str(tmp_path), "vip").remember({"a": 2})
    assert Memory(str(tmp_path), "rings").recall() == {"a": 1}


def test_no_directory_no_state() -> None:
    memory = Memory(None, "rings")
    memory.remember(VALUES)
    assert (memory.recall(), memory.trouble) == (None, "")


@pytest.mark.parametrize("user", [1234, 0])
def test_the_default_is_of_this_user(user: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What check_ha_setup has made; below that root may make its own."""
    monkeypatch.setattr(os, "geteuid", lambda: user)
    monkeypatch.setattr(state, "STATE", str(tmp_path / "lib"))
    assert default_directory() == f"/var/tmp/check_ha-{user}"
    (tmp_path / "lib").mkdir()
    assert default_directory() == (f"/var/tmp/check_ha-{user}" if user else f"{tmp_path}/lib/0")
    (tmp_path / "lib" / str(user)).mkdir()
    assert default_directory() == f"{tmp_path}/lib/{user}"


@pytest.mark.parametrize(
    "content",
    [b"{", b"\x00\xff", b"[1]", b"null", b'"text"', b"{'a': 1}", b"[" * 100_000, b"NaN"],
    ids=["cut", "binary", "list", "null", "text", "python", "deep", "nan"],
)
def test_what_cannot_be_read_is_replaced(tmp_path: Path, content: bytes) -> None:
    private(tmp_path / "rings.json", content)
    memory = Memory(str(tmp_path), "rings")
    assert memory.recall() is None
    assert memory.trouble == f"no state of the last run: {tmp_path}: rings.json is not readable"
    memory.remember(VALUES)
    again = Memory(str(tmp_path), "rings")
    assert (again.recall(), again.trouble) == (VALUES, "")


def refused(memory: Memory, reason: str) -> None:
    """Nothing is read and nothing is kept, and both say why."""
    assert memory.recall() is None
    assert memory.trouble.startswith("no state of the last run: ")
    assert memory.trouble.endswith(reason)
    memory.remember(VALUES)
    assert memory.trouble.startswith("no state is kept: ")
    assert memory.trouble.endswith(reason)


@pytest.mark.parametrize("suffix", ["", "/", "/."])
def test_a_directory_that_is_a_symlink(tmp_path: Path, suffix: str) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir(mode=0o700)
    link = tmp_path / "state"
    link.symlink_to(elsewhere)
    refused(Memory(f"{link}{suffix}", "rings"), "state: is a symbolic link")
    assert list(elsewhere.iterdir()) == []


def test_a_symlink_that_leads_nowhere(tmp_path: Path) -> None:
    link = tmp_path / "state"
    link.symlink_to(tmp_path / "elsewhere")
    refused(Memory(str(link), "rings"), "state: File exists")
    assert not (tmp_path / "elsewhere").exists()


def test_a_file_for_a_directory(tmp_path: Path) -> None:
    (tmp_path / "state").touch()
    refused(Memory(str(tmp_path / "state"), "rings"), "state: File exists")


def test_a_relative_directory_where_the_working_directory_is_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    refused(Memory("state", "rings"), "state: cannot be made")


@pytest.mark.parametrize("mode", [0o777, 0o1777, 0o770, 0o702])
def test_a_directory_that_others_may_write_to(tmp_path: Path, mode: int) -> None:
    directory = tmp_path / "state"
    directory.mkdir()
    directory.chmod(mode)
    (directory / "rings.json").write_text('{"2/0": 0}')
    refused(Memory(str(directory), "rings"), "state: others may write to it")
    assert (directory / "rings.json").read_text() == '{"2/0": 0}'


def test_a_directory_that_others_may_read(tmp_path: Path) -> None:
    (tmp_path / "state").mkdir(mode=0o755)
    memory = Memory(str(tmp_path / "state"), "rings")
    memory.remember(VALUES)
    assert (memory.recall(), memory.trouble) == (VALUES, "")


def test_a_directory_of_another_user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: tmp_path.stat().st_uid + 1)
    refused(Memory(str(tmp_path), "rings"), "belongs to another user")


def test_a_directory_that_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)  # root may write everywhere
    refused(Memory(str(tmp_path), "rings"), "cannot be written")


def test_a_directory_that_cannot_be_made() -> None:
    refused(Memory("/proc/check_ha", "rings"), "/proc/check_ha: cannot be made")


def test_a_file_that_is_a_symlink(tmp_path: Path) -> None:
    target = tmp_path / "target"
    target.write_text('{"2/0": 0}')
    directory = tmp_path / "state"
    directory.mkdir(mode=0o700)
    (directory / "rings.json").symlink_to(target)
    memory = Memory(str(directory), "rings")
    assert memory.recall() is None
    assert memory.trouble == f"no state of the last run: {directory}: rings.json is a symbolic link"
    memory.remember(VALUES)
    assert target.read_text() == '{"2/0": 0}'
    assert not (directory / "rings.json").is_symlink()
    assert Memory(str(directory), "rings").recall() == VALUES


def test_a_file_that_never_ends(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "rings.json")
    memory = Memory(str(tmp_path), "rings")
    assert memory.recall() is None
    assert memory.trouble.endswith("rings.json is not a file of this user alone")
    memory.remember(VALUES)
    assert Memory(str(tmp_path), "rings").recall() == VALUES


def test_a_file_that_others_may_keep_locked(tmp_path: Path) -> None:
    private(tmp_path / "rings.json", b'{"2/0": 0}')
    (tmp_path / "rings.json").chmod(0o644)
    memory = Memory(str(tmp_path), "rings")
    assert memory.recall() is None
    assert memory.trouble.endswith("rings.json is not a file of this user alone")
    memory.remember(VALUES)
    assert Memory(str(tmp_path), "rings").recall() == VALUES


def test_an_empty_file_is_as_none(tmp_path: Path) -> None:
    private(tmp_path / "rings.json", b"")
    assert Memory(str(tmp_path), "rings").recall() == {}


def test_a_file_that_is_too_large(tmp_path: Path) -> None:
    private(tmp_path / "rings.json", b" " * (LIMIT + 1))
    memory = Memory(str(tmp_path), "rings")
    assert memory.recall() is None
    assert memory.trouble.endswith("rings.json is too large")


def test_a_file_that_is_a_directory(tmp_path: Path) -> None:
    (tmp_path / "rings.json").mkdir()
    memory = Memory(str(tmp_path), "rings")
    assert memory.recall() is None
    memory.remember(VALUES)
    assert memory.trouble == f"no state is kept: {tmp_path}: Is a directory"
    assert [path.name for path in tmp_path.iterdir()] == ["rings.json"]


def test_a_full_disk_leaves_the_old_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Memory(str(tmp_path), "rings").remember(VALUES)

    def full(*_: Any, **__: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    memory = Memory(str(tmp_path), "rings")
    memory.remember({"a": 1})
    assert memory.trouble == f"no state is kept: {tmp_path}: No space left on device"
    assert memory.recall() == VALUES
    assert [path.name for path in tmp_path.iterdir()] == ["rings.json"]


def test_a_run_that_is_told_to_end_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def told(*_: Any, **__: Any) -> None:
        raise SystemExit(3)

    monkeypatch.setattr(os, "replace", told)
    with pytest.raises(SystemExit):
        Memory(str(tmp_path), "rings").remember(VALUES)
    assert list(tmp_path.iterdir()) == []


def test_what_a_run_that_was_killed_left_behind(tmp_path: Path) -> None:
    (tmp_path / f"rings.json.{os.getpid()}").write_text("half")
    Memory(str(tmp_path), "rings").remember(VALUES)
    assert [path.name for path in tmp_path.iterdir()] == ["rings.json"]


def test_the_file_is_json_that_an_admin_can_read(tmp_path: Path) -> None:
    Memory(str(tmp_path), "rings").remember(VALUES)
    text = (tmp_path / "rings.json").read_text(encoding="ascii")
    assert json.loads(text) == VALUES


def test_a_file_that_is_locked_is_not_waited_for(tmp_path: Path) -> None:
    Memory(str(tmp_path), "rings").remember(VALUES)
    with open(tmp_path / "rings.json", "rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        memory = Memory(str(tmp_path), "rings")
        assert memory.recall() is None
        assert memory.trouble == f"no state of the last run: {tmp_path}: rings.json is locked by another process"
        memory.remember({"a": 1})
    assert Memory(str(tmp_path), "rings").recall() == {"a": 1}
