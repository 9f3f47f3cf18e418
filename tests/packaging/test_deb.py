"""The Debian package: built, installed in a clean Debian, set up there for NRPE, and removed again."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path
from typing import Iterator

import pytest

import check_ha
from check_ha.cli.register import check_named
from generators.commands import all_commands
from tests import needed
from tests.faketools import from_recording
from tests.integration.daemons import daemon, free_port, wait_for
from tests.needed import program
from tests.packaging.checkout import ROOT, copy_of_checkout
from tests.packaging.cleanroot import CleanRoot, clean_root
from tests.replay import replay

pytestmark = pytest.mark.packages

RECORDING = ROOT / "samples/clusters/link-down-no-carrier/node1"
SETUP_FILES = ["/etc/nagios/nrpe.d/check_ha.cfg", "/etc/sudoers.d/check_ha"]
# Python 3.11 with lxml 4.9, and the newest that is stable; both with nagiosplugin 1.3.2
RELEASES = ("bookworm", "trixie")


@pytest.fixture(scope="module")
def deb(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package, built by ``make deb`` in a copy of this checkout."""
    needed.root()
    for name, package in (("dh", "debhelper"), ("pybuild", "dh-python"), ("dpkg-buildpackage", "dpkg-dev")):
        program(name, package)
    copy = copy_of_checkout(tmp_path_factory.mktemp("build") / "checkout")
    done = subprocess.run(["make", "deb"], cwd=copy, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    found = list((copy / "build").glob("check-ha_*_all.deb"))
    assert [path.name for path in found] == [f"check-ha_{check_ha.__version__}_all.deb"]
    return found[0]


def test_changelog_is_of_this_version() -> None:
    text = (ROOT / ".packaging/deb/changelog").read_text(encoding="utf-8")
    assert text.startswith(f"check-ha ({check_ha.__version__}) ")


def test_lintian_finds_nothing(deb: Path) -> None:
    lintian = program("lintian", "lintian")
    # the maintainer's address is the one thing that whoever publishes the package has to fill in
    ignored = "bogus-mail-host,bogus-mail-host-in-debian-changelog"
    argv = [lintian, "--allow-root", "--suppress-tags", ignored, "--fail-on", "error,warning", str(deb)]
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


def test_package_depends_on_what_debian_has(deb: Path) -> None:
    shown = subprocess.run(["dpkg-deb", "-f", str(deb), "Depends"], capture_output=True, text=True, check=True).stdout
    assert "python3-nagiosplugin (>= 1.3.2)" in shown
    assert "python3-lxml" in shown


def test_every_command_is_in_it_with_man_page_and_completion(deb: Path) -> None:
    listed = subprocess.run(["dpkg-deb", "-c", str(deb)], capture_output=True, text=True, check=True).stdout
    for command in all_commands():
        assert f" ./usr/lib/nagios/plugins/{command.name}\n" in listed
        assert f" ./usr/bin/{command.name} -> ../lib/nagios/plugins/{command.name}\n" in listed
        assert f" ./usr/share/man/man1/{command.name}.1.gz\n" in listed
        assert f" ./usr/share/bash-completion/completions/{command.name}\n" in listed


def test_the_recorder_for_other_nodes_is_in_it(deb: Path, tmp_path: Path) -> None:
    subprocess.run(["dpkg-deb", "-x", str(deb), str(tmp_path)], check=True)
    recorder = tmp_path / "usr/share/check_ha/check_ha_record"
    assert os.access(recorder, os.X_OK)
    assert recorder.read_bytes() == (ROOT / "nrpe/check_ha_record").read_bytes()


@pytest.fixture(scope="module", params=RELEASES)
def machine(request: pytest.FixtureRequest, deb: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[CleanRoot]:
    """A clean Debian with NRPE and sudo, in which the package has been installed with apt."""
    folder = tmp_path_factory.mktemp("machine") / request.param
    packages = ("nagios-nrpe-server", "nagios-nrpe-plugin", "sudo", "procps", "iproute2")
    with clean_root(folder, request.param, packages) as root:
        root.put(deb, "/root/check-ha.deb")
        root.put(RECORDING, "/srv/node1")
        root.must("apt-get", "update", "-q")
        root.must("apt-get", "install", "-q", "-y", "--no-install-recommends", "/root/check-ha.deb")
        yield root


def test_a_verdict_without_a_cluster(machine: CleanRoot) -> None:
    done = machine.run("check_ha_rings")
    assert done.returncode == 3
    assert re.fullmatch(r"HA_RINGS UNKNOWN - corosync-cfgtool -s: not installed.*\n", done.stdout)


def test_the_same_verdict_as_here(machine: CleanRoot) -> None:
    for name in ("rings", "quorum", "vip", "resources"):
        expected = replay(check_named(name), "--from", str(RECORDING))
        done = machine.run(f"/usr/lib/nagios/plugins/check_ha_{name}", "--from", "/srv/node1")
        assert (done.returncode, done.stdout) == expected


def test_from_package_to_nrpe_and_back(machine: CleanRoot) -> None:
    """As an admin does it: check_ha_setup, then the server asks; the tools run as root, through sudo."""
    folder = machine.path / "usr/local/sbin"
    machine.put(RECORDING, str(RECORDING))
    from_recording(RECORDING, folder)
    shown = machine.must("check_ha_setup", "--yes")
    assert [path for path in SETUP_FILES if f"  write    {path}\n" in shown] == SETUP_FILES
    assert machine.must("check_ha_setup").endswith("Nothing to do.\n")

    port = free_port()
    cfg = machine.path / "etc/nagios/nrpe.cfg"
    cfg.write_text(f"{cfg.read_text(encoding='utf-8')}\nserver_port={port}\ndisable_syslog=1\n", encoding="utf-8")
    (machine.path / "run/nagios").mkdir(exist_ok=True)
    asked = ["/usr/lib/nagios/plugins/check_nrpe", "-H", "127.0.0.1", "-p", str(port)]
    with daemon(machine.command("nrpe", "-c", "/etc/nagios/nrpe.cfg", "-f"), machine.path / "root/nrpe.log"):
        wait_for(lambda: machine.run(*asked).returncode == 0, "nrpe does not answer", 20)
        for name in ("rings", "quorum"):
            done = machine.run(*asked, "-t", "20", "-c", f"check_ha_{name}")
            assert (done.returncode, done.stdout) == replay(check_named(name), "--from", str(RECORDING))
        # what the next run compares with is where nobody else can have made a folder before
        state = machine.path / "var/lib/check_ha"
        assert [path.name for path in state.glob("*/*")] == ["rings.json"]
        assert [path.stat().st_mode & 0o777 for path in (state, *state.glob("*"))] == [0o755, 0o700]
        # without the file of sudoers, the same user is refused, and told so
        os.rename(machine.path / "etc/sudoers.d/check_ha", machine.path / "root/sudoers")
        next((machine.path / "run/check_ha").glob("*.stream")).unlink()  # which would do for 20 s
        done = machine.run(*asked, "-t", "20", "-c", "check_ha_rings")
        assert (done.returncode, "sudo refuses check_ha_collect" in done.stdout) == (3, True)
        os.rename(machine.path / "root/sudoers", machine.path / "etc/sudoers.d/check_ha")

    # another user beside it gets the right, and loses it alone
    by_another = ["su", "games", "-s", "/bin/sh", "-c", "check_ha_rings --sudo"]
    machine.must("check_ha_setup", "--user", "games", "--yes")
    done = machine.run(*by_another)
    assert (done.returncode, done.stdout) == replay(check_named("rings"), "--from", str(RECORDING))
    machine.must("check_ha_setup", "--remove", "--user", "games", "--yes")
    assert machine.must("check_ha_setup").endswith("Nothing to do.\n")
    assert (machine.run(*by_another).returncode, machine.files("etc")) == (3, SETUP_FILES)

    machine.must("apt-get", "remove", "-q", "-y", "check-ha")
    assert machine.files("etc", "usr") == []
    assert not (machine.path / "var/lib/check_ha").exists()
