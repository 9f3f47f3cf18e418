"""pip and pipx: from a wheel and from a source distribution, each in a clean place, to a verdict."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Iterator, List, Mapping, Sequence

import pytest

from check_ha.cli.register import check_named
from check_ha.node_setup.reach import closed_to_others
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
    """A copy of this checkout."""
    return copy_of_checkout(tmp_path_factory.mktemp("checkout") / "check_ha", tests=True)


@pytest.fixture(scope="module")
def distributions(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel and a source distribution."""
    folder = tmp_path_factory.mktemp("dist")
    venv = tmp_path_factory.mktemp("builder") / "venv"
    must([sys.executable, "-m", "venv", str(venv)], checkout)
    must([f"{venv}/bin/pip", "install", "-q", "setuptools>=61", "wheel", "nagiosplugin", "lxml"], checkout)
    must([f"{venv}/bin/python", "-c", SDIST.format(folder=str(folder))], checkout)
    must([f"{venv}/bin/pip", "wheel", "-q", "--no-deps", "--no-build-isolation", "-w", str(folder), "."], checkout)
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


def assert_manuals(share: Path) -> None:
    """Each command has its man page and its completion, where man and bash look when its folder is in PATH."""
    for command in all_commands():
        assert (share / f"man/man1/{command.name}.1").read_text(encoding="utf-8").startswith(".TH CHECK")
        assert f"complete -F _{command.name} " in (share / f"bash-completion/completions/{command.name}").read_text(
            "utf-8"
        )


def test_the_source_distribution_is_all_of_the_checkout(distributions: Path, checkout: Path) -> None:
    """So that it can be built and tested like one; beside it is only what setuptools adds."""
    (sdist,) = distributions.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        packed = {name.partition("/")[2] for name in (one.name for one in archive if one.isfile())}
        setup = archive.extractfile(f"{sdist.name[: -len('.tar.gz')]}/setup.cfg")
        assert setup
        assert setup.read() == (ROOT / "setup.cfg").read_bytes()  # which setuptools would write anew
    here = {str(path.relative_to(checkout)) for path in checkout.rglob("*") if path.is_file()}
    made = {name for name in here | packed if name.startswith(("build/", "check_ha.egg-info/", "PKG-INFO"))}
    assert (sorted(here - packed - made), sorted(packed - here - made)) == ([], [])


def test_twine_takes_them(distributions: Path) -> None:
    pytest.importorskip("twine", reason="needs twine: pip install twine")
    files = [str(path) for path in distributions.iterdir()]
    must([sys.executable, "-m", "twine", "check", "--strict", *files], distributions)


@pytest.mark.parametrize("pattern", ["*.whl", "*.tar.gz"])
def test_pip_install(distributions: Path, pattern: str, tmp_path: Path) -> None:
    (distribution,) = distributions.glob(pattern)
    must([sys.executable, "-m", "venv", str(tmp_path / "venv")], tmp_path)
    must([f"{tmp_path}/venv/bin/pip", "install", "-q", str(distribution)], tmp_path)
    assert_verdict(tmp_path / "venv/bin", tmp_path)
    assert_manuals(tmp_path / "venv/share")
    assert os.access(tmp_path / "venv/share/check_ha/check_ha_record", os.X_OK)


def test_pipx_install(distributions: Path, tmp_path: Path) -> None:
    pipx = program("pipx", "pipx")
    (distribution,) = distributions.glob("*.whl")
    env = {**os.environ, "PIPX_HOME": str(tmp_path / "home"), "PIPX_BIN_DIR": str(tmp_path / "bin")}
    env.update({"PIPX_DEFAULT_PYTHON": sys.executable, "HOME": str(tmp_path)})
    must([pipx, "install", str(distribution)], tmp_path, env)
    assert_verdict(tmp_path / "bin", tmp_path)


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder that everybody may enter, unlike pytest's own."""
    folder = Path(tempfile.mkdtemp(prefix="check_ha-test-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def test_install_node(checkout: Path, place: Path, tmp_path: Path) -> None:
    """``make install-node`` into a folder of its own, with the rest in a tree instead of this machine; and back."""
    prefix, tree, local, plugins = place / "opt", place / "node", place / "local", place / "plugins"
    (tree / "etc/nagios").mkdir(parents=True)
    (tree / "etc/nagios/nrpe.cfg").write_text("include_dir=/etc/nrpe.d/\n", encoding="utf-8")
    plugins.mkdir()
    (plugins / "check_ha_mine").touch()
    setup = f"SETUP=--root {tree} --commands /commands --yes"
    program("visudo", "sudo")
    folders = [f"PREFIX={prefix}", f"LOCAL={local}", f"PLUGINS={plugins} {place}/none"]
    make = ["make", f"PYTHON={python_for_all()}", *folders, setup]
    (tree / "commands").symlink_to(prefix / "bin")
    must([*make, "install-node"], checkout)
    placed = tree / "etc/nrpe.d/check_ha.cfg"
    assert "command[check_ha_rings]=/commands/check_ha_rings --sudo" in placed.read_text(encoding="utf-8")
    assert (tree / "etc/sudoers.d/check_ha").exists()
    for folder in (prefix / "bin", local / "bin", plugins):
        assert_verdict(folder, place)
    assert_manuals(prefix / "share")
    assert_manuals(local / "share")

    # again, without Internet: from a folder of wheels
    must([f"{prefix}/bin/pip", "wheel", "-q", "-w", str(tmp_path), "."], checkout)
    offline = {**os.environ, "PIP_INDEX_URL": "http://127.0.0.1:9/"}
    must([*make, f"WHEELS={tmp_path}", "install-node"], checkout, offline)

    must([*make, "uninstall-node"], checkout)
    left = [path for path in place.rglob("*") if path.is_symlink() or path.is_file()]
    assert sorted(left) == [tree / "commands", tree / "etc/nagios/nrpe.cfg", plugins / "check_ha_mine"]
    must([*make, "uninstall-node"], checkout)  # there is nothing left to do


def python_for_all() -> str:
    """A Python that other users can run too; ours may be somewhere below /root."""
    return "/usr/bin/python3" if closed_to_others(Path(sys.executable).resolve().parent) else sys.executable


def test_uninstall_node_after_an_installation_that_failed(checkout: Path, tmp_path: Path) -> None:
    prefix = tmp_path / "opt"
    make = ["make", "--no-print-directory", f"PREFIX={prefix}", f"LOCAL={tmp_path}/local", "PLUGINS="]
    (prefix / "bin").mkdir(parents=True)
    refused = subprocess.run([*make, "uninstall-node"], cwd=checkout, capture_output=True, text=True, check=False)
    assert (refused.returncode, refused.stdout) == (2, f"{prefix} was not made by install-node, and stays\n")
    (prefix / "pyvenv.cfg").touch()  # which is the first thing that venv makes
    must([*make, "uninstall-node"], checkout)
    assert not prefix.exists()
