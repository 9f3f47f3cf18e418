"""Where a recording is written, and what of one is read."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Callable, Tuple

import pytest

from check_ha.cli import snapshot
from check_ha.cli.register import check_named
from check_ha.sources.files import own_directory, read_plain, replace_file, write_new
from check_ha.sources.recording import Recording, write_recording
from check_ha.sources.tools import CRM_MON
from tests.core.said import output
from tests.replay import SAMPLES, replay

HEALTHY = SAMPLES / "healthy-2node" / "node1"


def record(directory: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Tuple[object, str]:
    """Exit code and output of check_ha_snapshot on a node without tools."""
    tools = directory.parent / "no-tools"
    monkeypatch.setattr(sys, "argv", ["check_ha_snapshot", "--tools", str(tools), str(directory)])
    try:
        snapshot.main()
    except SystemExit as end:
        return end.code, capsys.readouterr().out
    return 0, capsys.readouterr().out


def link_at_the_end(path: Path) -> Path:
    path.mkdir(mode=0o700)
    (path.parent / "link").symlink_to(path)
    return path.parent / "link"


def open_to_all(path: Path) -> Path:
    path.mkdir()
    path.chmod(0o777)
    return path


REFUSED = {"is a link, or no directory": link_at_the_end, "anybody may write to it": open_to_all}


@pytest.mark.parametrize(("reason", "made"), REFUSED.items())
def test_unknown_where_no_recording_is_written(
    reason: str,
    made: Callable[[Path], Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    directory = made(tmp_path / "there")
    code, text = record(directory, monkeypatch, capsys)
    assert (code, text) == (3, f"HA_SNAPSHOT UNKNOWN - {directory}: {reason}\n")
    assert list((tmp_path / "there").iterdir()) == []


def test_unknown_where_the_directory_is_of_another_user(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: tmp_path.stat().st_uid + 1)
    code, text = record(tmp_path, monkeypatch, capsys)
    assert (code, text) == (3, f"HA_SNAPSHOT UNKNOWN - {tmp_path}: belongs to another user\n")


def test_unknown_where_the_way_there_is_a_link_of_another_user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "there").mkdir()
    (tmp_path / "link").symlink_to("there")
    os.close(own_directory(str(tmp_path / "link" / "mine")))  # of this user: as where /home is elsewhere
    real = os.lstat

    def of_another(path: str) -> os.stat_result:
        found = real(path)
        return os.stat_result([*found[:4], found.st_uid + 1000, *found[5:10]])

    monkeypatch.setattr(os, "lstat", of_another)
    with pytest.raises(OSError, match="is a link of another user"):
        own_directory(str(tmp_path / "link" / "other"))
    assert [path.name for path in (tmp_path / "there").iterdir()] == ["mine"]


def test_nothing_is_written_through_a_link(tmp_path: Path) -> None:
    directory = tmp_path / "recording"
    directory.mkdir(mode=0o700)
    target = tmp_path / "target"
    (directory / CRM_MON.file).symlink_to(target)
    with pytest.raises(FileExistsError):
        write_recording(str(directory), "node1", 0.0, [output(CRM_MON, stdout="text")])
    assert not target.exists()


def test_unknown_where_a_file_of_the_recording_is_a_link_out_of_it(tmp_path: Path) -> None:
    source = Recording(str(HEALTHY))
    write_recording(str(tmp_path / "node1"), source.node, source.now, source.collect([CRM_MON]).values())
    (tmp_path / "node1" / CRM_MON.file).unlink()
    (tmp_path / "node1" / CRM_MON.file).symlink_to(HEALTHY / CRM_MON.file)
    assert replay(check_named("nodes"), "--from", str(tmp_path / "node1")) == (
        3, "HA_NODES UNKNOWN - crm_mon: crm_mon.xml of this recording cannot be read: it is a link\n",
    )  # fmt: skip


def test_reading(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"12345")
    (tmp_path / "link").symlink_to("file")
    assert read_plain(str(tmp_path / "file"), 5) == read_plain(str(tmp_path / "link"), 5) == b"12345"
    assert read_plain(str(tmp_path / "none"), 5) == b""
    with pytest.raises(OverflowError):
        read_plain(str(tmp_path / "file"), 4)
    with pytest.raises(OSError, match="it is a link"):
        read_plain(str(tmp_path / "link"), 5, follow=False)
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(OSError, match="it is not a plain file"):
        read_plain(str(tmp_path / "pipe"), 5)


def test_writing_what_is_there_already(tmp_path: Path) -> None:
    place = own_directory(str(tmp_path))
    write_new("file", place, b"1")
    with pytest.raises(FileExistsError):
        write_new("file", place, b"2")
    os.close(place)
    assert (tmp_path / "file").read_bytes() == b"1"


def test_replacing_what_cannot_be_replaced_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "file").mkdir()
    with pytest.raises(OSError, match="Is a directory"):
        replace_file(str(tmp_path / "file"), "text")
    assert [(one.name, one.is_dir()) for one in tmp_path.iterdir()] == [("file", True)]
