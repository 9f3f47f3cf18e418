"""Which Pythons the matrix finds, and what it tries with each."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import List

import pytest

from tests.packaging.pythons import combinations, minor, pythons, without_lxml_4_9


def program(path: Path, mode: int = 0o755) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=mode)
    return path


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """With a Python 3.11 in /usr/bin, which runs this, and pyenv."""
    program(tmp_path / "usr/bin/python3.11")
    monkeypatch.setattr(sys, "base_prefix", str(tmp_path / "usr"))
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path / "pyenv"))
    monkeypatch.setenv("PATH", os.pathsep.join(f"{tmp_path}/{one}" for one in ("pyenv/shims", "venv/bin", "opt/bin")))
    return tmp_path


def names(machine: Path) -> List[str]:
    return [str(path.relative_to(machine)) for path in pythons()]


def test_the_one_that_runs_this_where_there_is_no_other(machine: Path) -> None:
    assert names(machine) == ["usr/bin/python3.11"]


def test_path_and_pyenv_oldest_first_each_once(machine: Path) -> None:
    program(machine / "pyenv/versions/3.13.0/bin/python3.13")
    program(machine / "pyenv/versions/3.9.18/bin/python3.9")
    program(machine / "opt/bin/python3.10")
    (machine / "venv/bin").mkdir(parents=True)
    (machine / "venv/bin/python3.11").symlink_to(machine / "usr/bin/python3.11")
    assert names(machine) == [
        "pyenv/versions/3.9.18/bin/python3.9",
        "opt/bin/python3.10",
        "usr/bin/python3.11",
        "pyenv/versions/3.13.0/bin/python3.13",
    ]


def test_what_is_none(machine: Path) -> None:
    for name in ("opt/bin/python3.12-config", "opt/bin/python3.8", "opt/bin/python3.13t", "pyenv/shims/python3.12"):
        program(machine / name)
    program(machine / "opt/bin/python3.10", mode=0o644)
    assert names(machine) == ["usr/bin/python3.11"]


def test_what_another_user_keeps_to_himself(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folders = ("pyenv/versions", "opt/bin")
    program(machine / "pyenv/versions/3.13.0/bin/python3.13")
    program(machine / "opt/bin/python3.10")
    access = os.access  # which says yes to root
    monkeypatch.setattr(
        os, "access", lambda path, mode: path not in map(machine.joinpath, folders) and access(path, mode)
    )
    assert names(machine) == ["usr/bin/python3.11"]


def test_what_is_tried(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.packaging.pythons.SYSTEM", (machine / "usr/bin").resolve())
    monkeypatch.setattr("tests.packaging.pythons.RUNNING", 11)
    for number in (9, 10, 11, 12, 13):
        program(machine / f"opt/bin/python3.{number}")
    assert [(minor(python), libraries.name) for python, libraries in combinations()] == [
        (9, "el9"),
        (10, "newest"),
        (11, "oldest"),
        (12, "oldest"),
        (12, "newest"),
        (13, "newest"),
    ]
    assert [minor(python) for python in without_lxml_4_9()] == [13]
