"""The RPM spec, as far as it can be checked without Enterprise Linux: it builds, and what it packs gives a verdict."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import check_ha
from check_ha.cli.register import check_named
from generators.commands import all_commands
from tests.needed import program
from tests.packaging.checkout import ROOT, copy_of_checkout
from tests.replay import replay

pytestmark = pytest.mark.packages

SPEC = ROOT / ".packaging/rpm/check-ha.spec"
RECORDING = ROOT / "samples/clusters/link-down-no-carrier/node1"
SITE = f"/usr/lib/python{sys.version_info[0]}.{sys.version_info[1]}/site-packages"


@pytest.fixture(scope="module")
def rpm(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package, with the macros that Enterprise Linux has and Debian's rpm has not."""
    program("rpmbuild", "rpm")
    folder = tmp_path_factory.mktemp("rpm")
    venv, copy = folder / "venv", folder / "checkout"
    subprocess.run([sys.executable, "-m", "venv", str(venv)], check=True)
    wanted = ["setuptools", "wheel", "nagiosplugin", "lxml"]
    subprocess.run([f"{venv}/bin/pip", "install", "-q", "--disable-pip-version-check", *wanted], check=True)
    copy_of_checkout(copy)
    macros = {"__python3": f"{venv}/bin/python", "python3_sitelib": SITE, "_prefix": "/usr", "dist": ".el9"}
    given = " ".join(["--nodeps", *(f'--define "{name} {value}"' for name, value in macros.items())])
    done = subprocess.run(["make", "rpm", f"RPMBUILD={given}"], cwd=copy, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    (found,) = (copy / "build/rpm/RPMS/noarch").glob("*.rpm")
    return found


def test_spec_is_of_this_version() -> None:
    assert re.search(rf"^Version: +{re.escape(check_ha.__version__)}$", SPEC.read_text(encoding="utf-8"), re.MULTILINE)


def test_rpmlint_finds_no_more_than_the_folders() -> None:
    """/usr/lib/nagios/plugins is the same on every architecture, which a noarch package needs, and on Debian.

    In /usr/lib64/nagios/plugins, where monitoring servers of Enterprise Linux look, are links to that.
    """
    rpmlint = program("rpmlint", "rpmlint")
    done = subprocess.run([rpmlint, str(SPEC)], capture_output=True, text=True, check=False)
    errors = [line for line in done.stdout.splitlines() if ": E: " in line]
    assert [line for line in errors if "hardcoded-library-path" not in line] == []


def test_every_command_is_in_it_with_man_page_and_completion(rpm: Path) -> None:
    done = subprocess.run(["rpm", "-qpl", str(rpm)], capture_output=True, text=True, check=True)
    listed = set(done.stdout.splitlines())
    for command in all_commands():
        for place in ("lib/nagios/plugins", "lib64/nagios/plugins", "bin", "share/bash-completion/completions"):
            assert f"/usr/{place}/{command.name}" in listed
        assert f"/usr/share/man/man1/{command.name}.1" in listed


def test_a_verdict_from_what_is_in_it(rpm: Path, tmp_path: Path) -> None:
    cpio = program("cpio", "cpio")
    with subprocess.Popen([program("rpm2cpio", "rpm"), str(rpm)], stdout=subprocess.PIPE) as unpacked:
        subprocess.run([cpio, "-idm", "--quiet"], stdin=unpacked.stdout, cwd=tmp_path, check=True)
    env = {**os.environ, "PYTHONPATH": f"{tmp_path}{SITE}"}
    for folder in ("bin", "lib64/nagios/plugins"):
        argv = [f"{tmp_path}/usr/{folder}/check_ha_rings", "--from", str(RECORDING)]
        done = subprocess.run(argv, capture_output=True, text=True, check=False, env=env)
        assert (done.returncode, done.stdout) == replay(check_named("rings"), "--from", str(RECORDING))
