"""pip and pipx: from a wheel and from a source distribution, each in a clean place, to a verdict."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import List, Mapping, Sequence

import pytest

from check_ha.cli.register import check_named
from generators.commands import all_commands
from tests.needed import program
from tests.packaging.checkout import ROOT, copy_of_checkout
from tests.replay import replay

pytestmark = pytest.mark.packages

RECORDING = ROOT / "samples/clusters/link-down-no-carrier/node1"
# What a build backend is asked by pip; it leaves nothing in the folder of the sources but what is deleted here.
SDIST = "from setuptools import build_meta; print(build_meta.build_sdist({folder!r}))"


def must(argv: Sequence[str], cwd: Path, env: Mapping[str, str] = os.environ) -> str:
    done = subprocess.run(argv, cwd=cwd, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{argv}: {done.stdout[-2000:]}{done.stderr[-2000:]}"
    return done.stdout


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what a release is made of."""
    return copy_of_checkout(tmp_path_factory.mktemp("checkout") / "check_ha")


@pytest.fixture(scope="module")
def distributions(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel and a source distribution."""
    folder = tmp_path_factory.mktemp("dist")
    venv = tmp_path_factory.mktemp("builder") / "venv"
    must([sys.executable, "-m", "venv", str(venv)], checkout)
    must([f"{venv}/bin/pip", "install", "-q", "setuptools>=61", "wheel"], checkout)
    must([f"{venv}/bin/python", "-c", SDIST.format(folder=str(folder))], checkout)
    must([f"{venv}/bin/pip", "wheel", "-q", "--no-deps", "-w", str(folder), "."], checkout)
    return folder


def assert_verdict(folder: Path, where: Path) -> None:
    """Every command is there, and one of them says of a recorded node what it says here."""
    assert {command.name for command in all_commands()} <= {path.name for path in folder.iterdir()}
    argv: List[str] = [str(folder / "check_ha_rings"), "--from", str(RECORDING)]
    done = subprocess.run(argv, cwd=where, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == replay(check_named("rings"), "--from", str(RECORDING))
    door = [str(folder / "check_ha_collect")]  # isolated, and finds this package all the same
    done = subprocess.run(door, cwd=where, input="ip-addr.json\n", capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("check_ha stream 1\n")


@pytest.mark.parametrize("pattern", ["*.whl", "*.tar.gz"])
def test_pip_install(distributions: Path, pattern: str, tmp_path: Path) -> None:
    (distribution,) = distributions.glob(pattern)
    must([sys.executable, "-m", "venv", str(tmp_path / "venv")], tmp_path)
    must([f"{tmp_path}/venv/bin/pip", "install", "-q", str(distribution)], tmp_path)
    assert_verdict(tmp_path / "venv/bin", tmp_path)
    assert os.access(tmp_path / "venv/share/check_ha/check_ha_record", os.X_OK)


def test_pipx_install(distributions: Path, tmp_path: Path) -> None:
    pipx = program("pipx", "pipx")
    (distribution,) = distributions.glob("*.whl")
    env = {**os.environ, "PIPX_HOME": str(tmp_path / "home"), "PIPX_BIN_DIR": str(tmp_path / "bin")}
    env.update({"PIPX_DEFAULT_PYTHON": sys.executable, "HOME": str(tmp_path)})
    must([pipx, "install", str(distribution)], tmp_path, env)
    assert_verdict(tmp_path / "bin", tmp_path)


def test_install_node(checkout: Path, tmp_path: Path) -> None:
    """``make install-node`` into a folder of its own, with the rest in a tree instead of this machine; and back."""
    prefix, tree = tmp_path / "opt", tmp_path / "node"
    (tree / "etc/nagios").mkdir(parents=True)
    (tree / "etc/nagios/nrpe.cfg").write_text("include_dir=/etc/nrpe.d/\n", encoding="utf-8")
    setup = f"SETUP=--root {tree} --commands /commands --yes"
    program("visudo", "sudo")
    make = ["make", f"PYTHON={sys.executable}", f"PREFIX={prefix}", setup]
    (tree / "commands").symlink_to(prefix / "bin")
    must([*make, "install-node"], checkout)
    assert_verdict(prefix / "bin", tmp_path)
    placed = tree / "etc/nrpe.d/check_ha.cfg"
    assert "command[check_ha_rings]=/commands/check_ha_rings --sudo" in placed.read_text(encoding="utf-8")
    assert (tree / "etc/sudoers.d/check_ha").exists()
    must([*make, "install-node"], checkout)

    must([*make, "uninstall-node"], checkout)
    assert not prefix.exists()
    assert not placed.exists()
    assert not (tree / "etc/sudoers.d/check_ha").exists()
