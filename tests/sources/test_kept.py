"""What was collected is used again for some seconds: only whole, only root's, never as if it were fresh."""

from __future__ import annotations

import os
import re
import stat
import time
from pathlib import Path
from typing import List

import pytest

from check_ha.cli.register import check_named
from check_ha.sources import door as doors
from check_ha.sources.door import Door, Recent
from check_ha.sources.kept import streams as kept
from check_ha.sources.recording import Recording
from check_ha.sources.shareable import all_shareable
from check_ha.sources.stream import Stream, written
from check_ha.sources.tools import ALL, AUTHKEY, CRM_MON, IP_ADDR
from tests.faketools import from_recording
from tests.replay import SAMPLES, replay
from tests.sources.test_collect import ROOT, ask, door
from tests.sources.test_door import collector

HEALTHY = SAMPLES / "healthy-2node" / "node1"
NOBODY = 65534


def stream(ago: float = 0.0) -> bytes:
    """What a healthy node says, as if it had been collected so many seconds ago."""
    outputs = all_shareable(Recording(str(HEALTHY)).collect(ALL).values())
    return written("node1", time.time() - ago, outputs)


@pytest.fixture(name="folder")
def folder_of_root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    if os.geteuid() != 0:
        pytest.skip("needs to be run as root")
    monkeypatch.setattr(doors, "recent", lambda user, seconds: kept.recent(user, seconds, str(tmp_path / "run")))
    return tmp_path / "run"


@pytest.fixture(name="collect")
def a_collector(tmp_path: Path) -> Path:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "said").write_bytes(stream())
    return collector(tmp_path / "bin", 'cat >>"${0%/*}/names"; cat "${0%/*}/said"')


def calls(collect: Path) -> List[str]:
    names = collect / "names"
    return [line for line in names.read_text().splitlines() if line.startswith("keep")] if names.exists() else []


def source(collect: Path, seconds: float = 20) -> Recent:
    return Recent(Door((str(collect),), 20.0), seconds)


def test_what_is_kept_is_root_s_and_for_the_group_of_the_user(folder: Path) -> None:
    kept.keep(NOBODY, b"something", time.time() - 5, str(folder))
    found = (folder / f"{NOBODY}.stream").stat()
    assert (found.st_uid, stat.S_IMODE(found.st_mode), stat.S_IMODE(folder.stat().st_mode)) == (0, 0o440, 0o755)
    assert kept.recent(NOBODY, 10, str(folder)) == b"something"
    assert kept.recent(NOBODY, 4, str(folder)) == b""
    assert [path.name for path in folder.iterdir()] == [f"{NOBODY}.stream"]
    kept.keep(NOBODY, b"the future", time.time() + 5, str(folder))
    assert kept.recent(NOBODY, 10, str(folder)) == b""


def test_what_somebody_else_has_put_there_is_not_taken(folder: Path) -> None:
    folder.mkdir(mode=0o755)
    place = folder / "0.stream"
    place.write_bytes(b"something")
    os.chown(place, NOBODY, -1)
    assert kept.recent(0, 10, str(folder)) == b""
    os.chown(place, 0, -1)
    assert kept.recent(0, 10, str(folder)) == b"something"
    folder.chmod(0o777)
    assert kept.recent(0, 10, str(folder)) == b""
    with pytest.raises(OSError, match="anybody may write"):
        kept.keep(0, b"", 0.0, str(folder))
    folder.chmod(0o755)
    os.chown(folder, NOBODY, -1)
    assert kept.recent(0, 10, str(folder)) == b""
    place.unlink()
    place.symlink_to("/etc/passwd")
    os.chown(folder, 0, -1)
    assert kept.recent(0, 10**9, str(folder)) == b""


def test_nobody_is_asked_while_it_is_recent(folder: Path, collect: Path) -> None:
    kept.keep(os.geteuid(), stream(7), time.time() - 7, str(folder))
    asked = source(collect)
    assert asked.collect([CRM_MON])[CRM_MON].status == 0
    assert asked.collect([IP_ADDR])[IP_ADDR].status == 0
    assert calls(collect) == []
    assert re.fullmatch("what the tools said is (7|8|9) s old", asked.note)
    assert time.time() - asked.now == pytest.approx(8, abs=2)


def test_the_collector_is_asked_where_there_is_none(folder: Path, collect: Path) -> None:
    for data in (b"", b"check_ha stream 1\nno end"):
        if data:
            kept.keep(os.geteuid(), data, time.time(), str(folder))
        asked = source(collect)
        assert asked.collect([CRM_MON])[CRM_MON].status == 0
        assert asked.collect([IP_ADDR])[IP_ADDR].status == 0
        assert re.fullmatch("(what the tools said is [1-4] s old)?", asked.note)
    assert calls(collect) == ["keep 20.0"] * 2


def test_the_collector_is_asked_for_all_where_one_is_lacking(folder: Path, collect: Path) -> None:
    part = all_shareable(Recording(str(HEALTHY)).collect([CRM_MON]).values())
    kept.keep(os.geteuid(), written("node1", time.time(), part), time.time(), str(folder))
    assert source(collect).collect([CRM_MON])[CRM_MON].status == 0
    assert calls(collect) == []
    assert source(collect).collect([CRM_MON, IP_ADDR])[IP_ADDR].status == 0
    assert calls(collect) == ["keep 20.0"]


def test_what_a_doubt_asks_for_and_is_not_kept_is_asked_now(folder: Path, collect: Path) -> None:
    part = all_shareable(Recording(str(HEALTHY)).collect([CRM_MON]).values())
    kept.keep(os.geteuid(), written("node1", time.time(), part), time.time(), str(folder))
    asked = source(collect)
    asked.collect([CRM_MON])
    assert asked.collect([IP_ADDR])[IP_ADDR].status == 0
    assert (calls(collect), (collect / "names").read_text().split()[0]) == ([], IP_ADDR.file)


def test_a_tool_that_is_not_kept_is_asked_now(folder: Path, collect: Path) -> None:
    kept.keep(os.geteuid(), stream(), time.time(), str(folder))
    source(collect).collect([AUTHKEY])
    assert calls(collect) == []
    assert (collect / "names").read_text().splitlines()[0] == AUTHKEY.file


def test_the_collector_asks_together_what_is_asked_of_it(folder: Path, tmp_path: Path) -> None:
    """It is asked twice, for different tools: what it prints the second time was collected at one time."""
    (tmp_path / "tools").mkdir()
    from_recording(HEALTHY, tmp_path / "tools")
    place = f"import sys; sys.path.insert(0, {str(ROOT)!r}); import check_ha.sources.kept.streams as s; "
    code = place + "".join(
        f"s.{one}.__defaults__ = ({str(folder)!r},); " for one in ("recent", "usual", "keep", "alone")
    )
    command = door(tmp_path, tmp_path / "tools", code)
    said = [
        Stream(ask(command, f"{names}keep 20\n", env={"SUDO_UID": "0"})[1].encode(), "it")
        for names in ("crm_mon.xml\n", "crm_mon.xml\n", "ip-addr.json\n", "crm_mon.xml\n")
    ]
    assert [one.has(CRM_MON) for one in said] == [True] * 4
    assert [one.has(IP_ADDR) for one in said] == [False, False, True, True]
    assert said[0].now == said[1].now < said[2].now == said[3].now


@pytest.mark.parametrize("ago", [100, -100])
def test_unknown_when_the_data_is_stale(ago: float, folder: Path, collect: Path) -> None:
    """Whatever has printed it: a collector that would keep things for longer, or a clock that was set."""
    (collect / "said").write_bytes(stream(ago))
    argv = ("--tools", str(collect), "--sudo", "--max-age-of-data", "20", "-t", "20")
    code, text = replay(check_named("nodes"), *argv)
    assert code == 3
    text, seconds = re.sub("-?[0-9]+", "N", text), re.search("-?[0-9]+", text)
    assert text == "HA_NODES UNKNOWN - check_ha_collect: its data is N s old by the clock of this node\n"
    assert seconds
    assert float(seconds[0]) == pytest.approx(ago, abs=4)


def test_a_check_says_how_old_it_is(folder: Path, collect: Path) -> None:
    kept.keep(os.geteuid(), stream(7), time.time() - 7, str(folder))
    argv = ("--tools", str(collect), "--sudo", "--max-age-of-data", "20", "-t", "20", "-v")
    code, text = replay(check_named("resources"), *argv)
    assert code == 0
    assert re.fullmatch("what the tools said is (7|8|9) s old", text.splitlines()[-2])
    assert calls(collect) == []
    assert replay(check_named("resources"), *argv[:3], *argv[5:])[0] == 0
    assert (collect / "names").exists()


def test_one_at_a_time(folder: Path) -> None:
    begun = time.monotonic()
    with kept.alone(0, begun + 5, str(folder)), kept.alone(NOBODY, begun + 5, str(folder)):
        assert time.monotonic() - begun < 1
        with kept.alone(0, time.monotonic() + 0.2, str(folder)):
            assert 0.1 < time.monotonic() - begun < 2


def test_what_cannot_be_kept_leaves_nothing_behind(folder: Path) -> None:
    (folder / f"{NOBODY}.stream").mkdir(parents=True)
    with pytest.raises(OSError, match="Is a directory"):
        kept.keep(NOBODY, b"something", time.time(), str(folder))
    assert [one.name for one in folder.iterdir()] == [f"{NOBODY}.stream"]


def test_what_is_no_stream_has_nothing() -> None:
    assert kept.has(stream(), [CRM_MON])
    assert not kept.has(b"something", [])
