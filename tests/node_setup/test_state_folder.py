"""The folder for the state of a user: made as it should be, mended, left alone, and taken away."""

from __future__ import annotations

import os
import pwd
import stat
import subprocess
from pathlib import Path
from typing import List, Tuple

import pytest

from check_ha.cli.state import Memory
from check_ha.node_setup.state_folder import commands

NOBODY = pwd.getpwnam("nobody")


@pytest.fixture(name="state")
def below_root(tmp_path: Path) -> Path:
    if os.geteuid() != 0:
        pytest.skip("needs to be run as root")
    tmp_path.chmod(0o755)
    return tmp_path / "state"


def carry_out(state: Path, user: str = "nobody", remove: bool = False) -> List[Tuple[str, ...]]:
    done = list(commands([] if remove else [user], [user] if remove else [], str(state)))
    for argv in done:
        subprocess.run(argv, check=True, umask=0o077)
    return done


def test_it_is_of_the_user_below_one_of_root(state: Path) -> None:
    assert len(carry_out(state)) == 2
    for path, owner, mode in ((state, 0, 0o755), (state / str(NOBODY.pw_uid), NOBODY.pw_uid, 0o700)):
        assert (path.stat().st_uid, stat.S_IMODE(path.stat().st_mode)) == (owner, mode)
    assert carry_out(state) == []


def test_state_is_kept_there(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    carry_out(state)
    folder = state / str(NOBODY.pw_uid)
    monkeypatch.setattr(os, "geteuid", lambda: NOBODY.pw_uid)
    memory = Memory(str(folder), "rings")
    assert (memory.recall(), memory.trouble) == ({}, "")


@pytest.mark.parametrize("wrong", ["mode", "owner"])
def test_what_is_wrong_is_mended(wrong: str, state: Path) -> None:
    carry_out(state)
    folder = state / str(NOBODY.pw_uid)
    if wrong == "mode":
        folder.chmod(0o755)
    else:
        os.chown(folder, 0, -1)
    assert len(carry_out(state)) == 2
    assert (folder.stat().st_uid, stat.S_IMODE(folder.stat().st_mode)) == (NOBODY.pw_uid, 0o700)


def test_it_is_taken_away_with_that_of_root(state: Path) -> None:
    carry_out(state)
    (state / "0").mkdir()
    assert carry_out(state, remove=True) == [("rm", "-rf", str(state))]
    assert not state.exists()
    assert carry_out(state, remove=True) == []


def test_that_of_another_user_stays(state: Path) -> None:
    carry_out(state)
    (state / "4711").mkdir()
    assert carry_out(state, remove=True) == [("rm", "-rf", str(state / str(NOBODY.pw_uid)))]
    assert [path.name for path in state.iterdir()] == ["4711"]


def test_nothing_for_a_user_who_is_not_there(state: Path) -> None:
    assert carry_out(state, "no-such-user") == carry_out(state, "no-such-user", remove=True) == []
