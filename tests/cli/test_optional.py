"""A check of something optional changes nothing where that is not set up."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from check_ha.cli.register import CHECKS
from tests.cli import optional_toy
from tests.faketools import from_recording, write_tool
from tests.replay import ALL, SAMPLES, always, expected_of, label, recorded, replay, replay_all

WITHOUT = SAMPLES / "ring-faulty-corosync-2" / "node1"
WITH = SAMPLES / "healthy-2node" / "node1"


@pytest.fixture(autouse=True)
def registered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(CHECKS, "teddy", "tests.cli.optional_toy")


def test_nothing_changes_where_it_is_not_set_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(optional_toy, "NAME", "p_teddy")
    for directory in list(recorded())[::3]:
        code, output = replay_all("--from", str(directory), "-v")
        *lines, note = output.partition(" | ")[0].partition("\n| ")[0].rstrip("\n").split("\n")
        assert (code, "\n".join(lines)) == expected_of(ALL)[label(directory)][:2]
        assert note in (
            "teddy: not run, a teddy is not set up here", "teddy: not run, a teddy may or may not be set up here",
        )  # fmt: skip


def recorded_with_teddy(folder: Path, said: str) -> Path:
    shutil.copytree(WITH, folder)
    (folder / "teddy.txt").write_text(said, encoding="utf-8")
    index = json.loads((folder / "commands.json").read_text(encoding="utf-8"))
    command = {"file": "teddy.txt", "argv": ["teddy"], "status": 0, "seconds": 0.1, "stderr": "", "fault": None}
    index["commands"].append(command)
    (folder / "commands.json").write_text(json.dumps(index), encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("said", "code", "line"),
    [
        ("whole", 0, f"HA OK - {len(always()) + 1} checks: "),
        ("a leg is off", 2, "HA CRITICAL - teddy: teddy: a leg is off"),
    ],
    ids=["ok", "crit"],
)
def test_it_is_run_where_it_is(tmp_path: Path, said: str, code: int, line: str) -> None:
    quiet = ("--severity", "fencing-disabled=ok")
    found, output = replay_all("--from", str(recorded_with_teddy(tmp_path / "recorded", said)), *quiet)
    assert (found, output[: len(line)]) == (code, line)
    assert "'teddy.legs.count'=4;;;0" in output


def test_not_a_process_is_spent_on_it_where_it_is_not_set_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(optional_toy, "NAME", "p_teddy")
    from_recording(WITH, tmp_path)
    write_tool(tmp_path, "teddy", f"touch {tmp_path}/asked; echo whole")
    tools = ("--tools", str(tmp_path), "--state-dir", str(tmp_path / "state"))
    assert "teddy: not run, a teddy is not set up here\n" in replay_all(*tools, "-v")[1]
    assert replay(optional_toy.CHECK, *tools) == (3, "HA_TEDDY UNKNOWN - a teddy is not set up here\n")
    said = replay(optional_toy.CHECK, *tools, "--severity", "no-teddy=ok")
    assert said == (0, "HA_TEDDY OK - a teddy is not set up here\n")
    assert not (tmp_path / "asked").exists()


def test_unknown_for_who_runs_it_by_itself_where_it_cannot_be_told() -> None:
    code, output = replay(optional_toy.CHECK, "--from", str(WITHOUT))
    assert (code, output) == (3, "HA_TEDDY UNKNOWN - teddy: not in this recording\n")
