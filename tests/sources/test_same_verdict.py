"""Live, recorded, replayed: the same input gives the same verdict."""

from __future__ import annotations

import getpass
import re
import sys
from pathlib import Path
from typing import Tuple

import pytest

from check_ha.cli import snapshot
from check_ha.cli.register import check_named
from check_ha.sources import node
from check_ha.sources.node import ThisNode
from check_ha.sources.recording import Recording, write_recording
from check_ha.sources.shareable import shareable
from check_ha.sources.tools import ALL, HUNG, Output
from tests.faketools import from_recording
from tests.replay import SAMPLES, checks, label, recorded, replay


def frozen(directory: Path) -> bool:
    return any(output.fault == HUNG for output in Recording(str(directory)).collect(ALL).values())


def comparable(output: Output) -> Output:
    """The output without what each run measures anew or names after the place it ran in."""
    return output._replace(argv=output.tool.argv, seconds=0.0, limit=0.0, user="")


@pytest.mark.no_cover
@pytest.mark.parametrize("directory", list(recorded())[::3], ids=label)
def test_live_recorded_and_replayed_outputs_are_the_same(
    directory: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tools, again = tmp_path / "tools", tmp_path / "again"
    tools.mkdir()
    from_recording(directory, tools)
    monkeypatch.setattr(node, "set_up", lambda tool: True)
    live = ThisNode((str(tools),), timeout=2.0 if frozen(directory) else 20.0).collect(ALL)
    write_recording(str(again), "node1", 0.0, live.values())
    replayed = Recording(str(again)).collect(ALL)

    first = Recording(str(directory)).collect(ALL)
    for tool in ALL:
        assert replayed[tool] == live[tool]
        if tool.device:  # which a file of this machine names
            assert live[tool].not_set_up
        elif first[tool].fault != "missing":
            assert comparable(live[tool]) == comparable(first[tool])
        else:
            assert live[tool].stdout == b""


@pytest.mark.no_cover
@pytest.mark.parametrize("directory", sorted(path.parent for path in SAMPLES.rglob("commands.json"))[::2], ids=label)
def test_every_check_says_the_same_live_and_from_its_snapshot(
    directory: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    tools, again = tmp_path / "tools", tmp_path / "again"
    tools.mkdir()
    from_recording(directory, tools)
    seconds = "1" if frozen(directory) else "20"
    monkeypatch.setattr(sys, "argv", ["check_ha_snapshot", "-t", seconds, "--tools", str(tools), str(again)])
    snapshot.main()
    assert capsys.readouterr().out.startswith("recorded ")

    # what hangs, hangs for each of them anew
    for name in ["nodes", "daemons"] if frozen(directory) else checks():
        check = check_named(name)
        live = replay(check, "--tools", str(tools), "-t", seconds, "--state-dir", str(tmp_path / "state"))
        assert ageless(live) == ageless(replay(check, "--from", str(again)))


def ageless(said: Tuple[int, str]) -> Tuple[int, str]:
    """What is said, but for seconds that have passed since."""
    return said[0], re.sub(r"-?\b[0-9]+s\b", "Ns", said[1])


def test_a_snapshot_hides_foreign_processes_and_all_arguments() -> None:
    outputs = {tool.file: Output(tool, tool.argv, 0, b"", "", 0.0) for tool in ALL}
    processes = (
        b"  PID  PPID STAT USER COMMAND\n 1 0 Ss root /sbin/init\n 7 1 S x mysql -phunter2\n 9 1 S root corosync -f\n"
    )
    kept = shareable(outputs["ps.txt"]._replace(stdout=processes)).stdout
    assert kept == processes.replace(b" 7 1 S x mysql -phunter2\n", b"").replace(b" -f", b"")
    aged = (
        b"  PID  PPID STAT USER ELAPSED COMMAND\n 1 0 Ss root 99 /sbin/init\n 7 1 S x 5 mysql -phunter2\n"
        b" 9 1 S root 90 corosync -f\n"
    )
    kept = shareable(outputs["ps.txt"]._replace(stdout=aged)).stdout
    assert kept == aged.replace(b" 7 1 S x 5 mysql -phunter2\n", b"").replace(b" -f", b"")


def test_a_snapshot_does_not_write_over_another(tmp_path: Path) -> None:
    output = Output(ALL[0], ALL[0].argv, 0, b"<pacemaker-result/>", "", 0.0, user=getpass.getuser())
    write_recording(str(tmp_path), "node1", 0.0, [output])
    with pytest.raises(FileExistsError):
        write_recording(str(tmp_path), "node1", 0.0, [output])
