"""Recorded directories that somebody else has made, or damaged: no answer is not waited for, and hides no other."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Callable, Dict

import pytest

from check_ha.cli.register import check_named
from check_ha.sources.recording import Recording, write_recording
from check_ha.sources.tools import CRM_MON, HUNG
from tests.core.said import output
from tests.replay import SAMPLES, replay, replay_all

HEALTHY = SAMPLES / "healthy-2node" / "node1"


def _loop(path: Path) -> None:
    path.symlink_to(path.name)


def _device(path: Path) -> None:
    path.symlink_to("/dev/zero")


INSTEAD: Dict[str, Callable[[Path], object]] = {
    "Is a directory": Path.mkdir,
    "it is a link": _loop,
    "it is not a plain file": os.mkfifo,
    "it is a link ": _device,
}


@pytest.fixture(name="cluster")
def copy_of_healthy(tmp_path: Path) -> Path:
    shutil.copytree(HEALTHY, tmp_path / "node1")
    return tmp_path / "node1"


@pytest.mark.parametrize("reason", INSTEAD)
def test_unknown_when_there_is_something_else_for_a_file(reason: str, cluster: Path) -> None:
    """What the other tools prove is still told."""
    (cluster / "crm_mon.xml").unlink()
    INSTEAD[reason](cluster / "crm_mon.xml")
    text = f"crm_mon: crm_mon.xml of this recording cannot be read: {reason.strip()}"
    code, output = replay(check_named("nodes"), "--from", str(cluster))
    assert (code, output) == (3, f"HA_NODES UNKNOWN - {text}\n")
    code, output = replay_all("--from", str(cluster), "--skip", "fencing")
    assert code == 3
    assert output.startswith(f"HA UNKNOWN - {text} | ")
    assert "'cluster.links.down.count'=0;;;0;2" in output


@pytest.mark.parametrize("reason", list(INSTEAD)[:1] + list(INSTEAD)[2:])
def test_unknown_when_there_is_something_else_for_the_index(reason: str, cluster: Path) -> None:
    (cluster / "commands.json").unlink()
    INSTEAD[reason](cluster / "commands.json")
    assert replay(check_named("nodes"), "--from", str(cluster)) == (
        3,
        f"HA_NODES UNKNOWN - {cluster}/commands.json cannot be read: {reason.strip()}\n",
    )


@pytest.mark.parametrize("text", ["NaN", "Infinity", "-1", "1e300", '"NaN"'])
@pytest.mark.parametrize("key", ["time", "limit"])
def test_unknown_when_a_time_is_none(key: str, text: str, cluster: Path) -> None:
    index = json.loads((cluster / "commands.json").read_text(encoding="utf-8"))
    index[key] = json.loads(text)
    (cluster / "commands.json").write_text(json.dumps(index), encoding="utf-8")
    for argv in ((), ("--human",)):
        code, output = replay_all("--from", str(cluster), *argv)
        assert code == 3
        assert output == (
            f"HA UNKNOWN - {cluster}/commands.json is not understood: "
            f"ValueError('{float(json.loads(text))} is no time')\n"
        )


def test_what_a_slow_tool_had_done_is_kept(tmp_path: Path) -> None:
    slow = output(CRM_MON, None, fault=HUNG, worked=7.4)
    write_recording(str(tmp_path), "node1", 1.0, [slow])
    assert Recording(str(tmp_path)).collect([CRM_MON]) == {CRM_MON: slow}
