"""Every Python of this machine, with the oldest and the newest nagiosplugin and lxml: all checks say the same."""

from __future__ import annotations

import functools
import os
import re
import subprocess
import sys
from fnmatch import fnmatch
from pathlib import Path
from typing import Callable, Iterator, Mapping, Sequence

import pytest

from check_ha.cli.register import check_named
from generators.commands import all_commands
from tests.packaging.checkout import ROOT, copy_of_checkout
from tests.packaging.pythons import OLDEST, Libraries, combinations, minor, pythons, without_lxml_4_9
from tests.replay import SAMPLES, always, expected_of, label

pytestmark = pytest.mark.matrix

PIP = ["-m", "pip", "--quiet", "--disable-pip-version-check"]
RECORDING = SAMPLES / "link-down-no-carrier" / "node1"
IMPORT_ALL = "import check_ha, importlib, pkgutil\nfor one in pkgutil.walk_packages(check_ha.__path__, 'check_ha.'):\n"
IMPORT_ALL += "    importlib.import_module(one.name)"
VERSIONS = "import platform, nagiosplugin, lxml.etree\nfrom importlib.metadata import version\n"
VERSIONS += "print(platform.python_version(), version('nagiosplugin'), version('lxml'))"
# Nearly every line of check_ha in some seconds: without what waits for tools that hang, what makes up thousands of
# inputs, what needs other programs or libraries, and the recordings beside samples
TESTS = [
    *("tests/test_recordings.py", "tests/test_bad_input.py", "tests/checks", "tests/core", "tests/cluster"),
    *("tests/multinode", "tests/parsers", "tests/node_setup", "tests/test_record.py"),
    *("--ignore=tests/checks/test_lost_corosync_lines.py", "--ignore=tests/multinode/test_evidence_lost.py"),
    "--ignore=tests/parsers/test_front_door.py",  # needs mypy
]
CHOSEN = (
    "(not test_verdict and not test_all_checks_in_one_run and not test_bad_output and not test_man_page_has_no_fault "
    "and not test_a_tool_that_hangs) or samples or truncated or dtd or entity or billion"
)


class Venv:
    """A Python of its own, whose pip installs wheels where there must be some."""

    def __init__(self, python: Path, folder: Path) -> None:
        self.bin = folder / "bin"
        self.folder = folder
        # Nothing of the Python that runs this test
        self.env = {name: text for name, text in os.environ.items() if not name.startswith(("PYTHON", "PYTEST", "COV"))}
        must([str(python), "-m", "venv", str(folder)], folder.parent, self.env)

    def python(self, *argv: str, cwd: Path) -> str:
        """The standard output of a run that succeeds."""
        return must([str(self.bin / "python"), *argv], cwd, self.env)

    def install(self, *what: str) -> None:
        """As pip does: what is there already, and good enough, stays."""
        self.python(*PIP, "install", "--only-binary", "lxml", *what, cwd=self.folder)


def must(argv: Sequence[str], cwd: Path, env: Mapping[str, str]) -> str:
    done = subprocess.run(argv, cwd=cwd, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{argv}: {done.stdout[-6000:]}{done.stderr[-3000:]}"
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project as it is installed."""
    folder = tmp_path_factory.mktemp("wheel")
    checkout = copy_of_checkout(folder / "checkout")
    must([sys.executable, *PIP, "wheel", "--no-deps", "--wheel-dir", str(folder), "."], checkout, os.environ)
    (found,) = folder.glob("*.whl")
    return found


@pytest.fixture(scope="module")
def venv_of(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path], Venv]:
    """The project and what its tests need, in this Python, made once; the libraries come and go."""

    @functools.cache
    def make(python: Path) -> Venv:
        if subprocess.run([python, "-c", "import ensurepip, venv"], capture_output=True, check=False).returncode:
            pytest.skip(f"{python} makes no venv: apt-get install --no-install-recommends python3-venv")
        venv = Venv(python, tmp_path_factory.mktemp("matrix") / "venv")
        venv.install(str(wheel), "pytest", "hypothesis")
        return venv

    return make


def cases() -> Iterator[object]:
    for python, libraries in combinations():
        yield pytest.param(python, libraries, id=f"{python}-{libraries.name}")


@pytest.mark.parametrize(("python", "libraries"), list(cases()))
def test_all_checks_say_the_same(
    python: Path,
    libraries: Libraries,
    venv_of: Callable[[Path], Venv],
    tmp_path: Path,
    record_property: Callable[[str, object], None],
) -> None:
    venv = venv_of(python)
    venv.install("--upgrade", f"nagiosplugin{libraries.nagiosplugin}", f"lxml{libraries.lxml}")
    versions = venv.python("-c", VERSIONS, cwd=tmp_path).split()
    assert fits(versions[1], libraries.nagiosplugin, OLDEST.nagiosplugin)
    assert fits(versions[2], libraries.lxml, OLDEST.lxml)

    assert_installed(venv, tmp_path)
    warnings = ["-W", "error::DeprecationWarning"]
    pytest_options = ["-q", "-o", "addopts=--strict-markers", "-p", "no:cacheprovider", *warnings, "-k", CHOSEN]
    said = venv.python("-m", "pytest", *pytest_options, "-m", "not hypothesis", *TESTS, cwd=ROOT)
    passed = re.search(r"^(\d+) passed, (\d+ skipped, )?\d+ deselected in .*$", said, re.MULTILINE)
    assert passed, said[-3000:]
    assert int(passed[1]) > 3000
    text = "Python {}, nagiosplugin {}, lxml {}: {}".format(*versions, passed[0])
    record_property("matrix", text)


def fits(version: str, wanted: str, oldest: str) -> bool:
    """That this is the version asked for; the newest is at least not the oldest."""
    if not wanted:
        return not fnmatch(version, oldest.lstrip("="))
    return fnmatch(version, wanted.lstrip("="))


def assert_installed(venv: Venv, nowhere: Path) -> None:
    """It compiles without a warning, every module can be imported, every command gives a verdict."""
    package = Path(venv.python("-c", "import check_ha; print(check_ha.__path__[0])", cwd=nowhere).strip())
    assert venv.folder in package.parents
    venv.python("-W", "error", "-m", "compileall", "-q", "-f", str(package), cwd=nowhere)
    venv.python("-W", "error:::check_ha", "-c", IMPORT_ALL, cwd=nowhere)
    assert {command.name for command in all_commands()} <= {path.name for path in venv.bin.iterdir()}
    for name in always():
        argv = [str(venv.bin / check_named(name).command), "--from", str(RECORDING)]
        done = subprocess.run(argv, cwd=nowhere, env=venv.env, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stdout) == (
            expected_of(name)[label(RECORDING)].code,
            expected_of(name)[label(RECORDING)].output,
        )
        assert done.stderr == ""


def test_no_wheel_of_lxml_4_9(tmp_path: Path) -> None:
    """Why it is left out with these Pythons, if there are any here: there is none, while there is a newer one."""
    for version in {f"3.{minor(python)}" for python in without_lxml_4_9()}:
        argv = [sys.executable, *PIP, "download", "--no-deps", "--only-binary", ":all:", "--dest", str(tmp_path)]
        argv += ["--python-version", version]
        must([*argv, "lxml"], tmp_path, os.environ)
        done = subprocess.run([*argv, f"lxml{OLDEST.lxml}"], capture_output=True, text=True, check=False)
        assert done.returncode != 0
        assert f"No matching distribution found for lxml{OLDEST.lxml}" in done.stderr


def test_classifiers_name_every_python() -> None:
    text = (ROOT / "setup.cfg").read_text(encoding="utf-8")
    claimed = set(re.findall(r"^ +Programming Language :: Python :: (3\.\d+)$", text, re.MULTILINE))
    assert {f"3.{minor(python)}" for python in pythons()} <= claimed
