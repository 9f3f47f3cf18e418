"""What make says, in one sentence, where something lacks."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Tuple

import pytest

from tests.packaging.checkout import ROOT

PACKAGING = ROOT / ".packaging"


def lacks(*argv: str, path: Path) -> Tuple[int, str]:
    env = {"PATH": str(path)}
    done = subprocess.run(
        ["/bin/sh", str(PACKAGING / "lacks"), *argv], cwd=path, env=env, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout + done.stderr


def test_packages_name_what_they_lack(tmp_path: Path) -> None:
    needs = "needs more than there is here"
    assert lacks("deb", "tree", path=tmp_path) == (1, f"make deb {needs}: apt install dpkg-dev\n")
    assert lacks("rpm", path=tmp_path) == (1, f"make rpm {needs}: dnf install rpm-build\n")
    unmet = "dpkg-checkbuilddeps: error: Unmet build dependencies: debhelper-compat (= 13) dh-python"
    script(tmp_path / "dpkg-checkbuilddeps", f"echo 'dpkg-checkbuilddeps: warning: no CC'; echo '{unmet}' >&2; exit 1")
    (tmp_path / "tree").mkdir()
    assert lacks("deb", "tree", path=tmp_path) == (
        1,
        f"make deb {needs}: Unmet build dependencies: debhelper-compat (= 13) dh-python\n"
        "to install that: apt build-dep ./tree\n",
    )
    script(tmp_path / "dpkg-checkbuilddeps", "exit 0")
    script(tmp_path / "rpmbuild", "exit 0")
    assert lacks("deb", "tree", path=tmp_path) == lacks("rpm", path=tmp_path) == (0, "")


def script(path: Path, text: str) -> None:
    path.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
    path.chmod(0o755)


def usable(code: str, *argv: str) -> str:
    """What is said of this Python once this code has changed what it is like; nothing: it will do."""
    code += f"\nimport runpy; runpy.run_path({str(PACKAGING / 'usable.py')!r})"
    done = subprocess.run([sys.executable, "-c", code, *argv], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (1 if done.stderr else 0, "")
    return done.stderr


def test_a_python_that_is_too_old() -> None:
    said = usable("import sys; sys.version_info = (3, 6, 8); sys.executable = '/usr/bin/python3'")
    old = "check_ha needs Python 3.9 or newer, and this is /usr/bin/python3 (Python 3.6)"
    assert said == f"{old}; to take another: make PYTHON=python3.11\n"


def test_a_python_without_venv() -> None:
    said = usable("import sys; sys.version_info = (3, 11); sys.executable = 'python3'; sys.modules['ensurepip'] = None")
    assert said == (
        "python3 (Python 3.11) makes no virtual environments: install its venv (Debian: apt install python3-venv)\n"
    )


@pytest.mark.parametrize(
    ("what", "advice"), [("python", "PYTHON=/usr/bin/python3"), ("prefix", "PREFIX=/opt/check_ha")]
)
def test_what_other_users_cannot_reach(what: str, advice: str, tmp_path: Path) -> None:
    (tmp_path / "closed").mkdir(mode=0o700)
    closed = tmp_path / "closed" / "bin"
    python = closed if what == "python" else "/usr/bin/env"
    prefix = closed if what == "prefix" else "/opt"
    code = (
        f"import sys, os; sys.version_info = (3, 11); sys.executable = {str(python)!r}; os.__file__ = '/usr/lib/os.py'"
    )
    name = f"{python} (Python 3.11)" if what == "python" else str(closed)
    text = (
        f"the user of NRPE cannot reach {name}: {tmp_path}/closed is closed to others; to take another: make {advice}\n"
    )
    assert usable(code, str(prefix)) == text


def test_one_that_will_do() -> None:
    assert usable("import sys; sys.version_info = (3, 9)") == ""
