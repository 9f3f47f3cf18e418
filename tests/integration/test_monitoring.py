"""What is shipped for monitoring servers, in those servers: valid, and each state the same wherever it is seen."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Dict, Iterator, Mapping, Sequence

import pytest

from generators.commands import services
from generators.services import title
from tests.integration import daemons
from tests.integration.daemons import ROOT, node_commands
from tests.integration.servers import (
    Verdict,
    icinga_argv,
    icinga_env,
    icinga_files,
    icinga_status,
    nagios_files,
    nagios_forced,
    nagios_status,
    verdict,
)
from tests.needed import program

pytestmark = pytest.mark.packages

NODES = {
    "healthy": "healthy-3node-fencing/node1",
    "linkdown": "link-down-no-carrier/node1",
    "novip": "vip-gone-unnoticed/node1",
    "stopped": "corosync-stopped/node2",
}


def text_of(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("shape", ["check_ha", "check_ha_small"])
def test_nagios_verifies_the_objects(shape: str, tmp_path: Path) -> None:
    nagios = program("nagios4", "nagios4-core")
    folder = tmp_path / "nagios"
    daemons.write(folder, nagios_files(folder, text_of(f"samples/nagios/{shape}.cfg"), *daemons.own_names()))
    done = subprocess.run([nagios, "-v", str(folder / "nagios.cfg")], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert "Total Warnings: 0\nTotal Errors:   0\n" in done.stdout


@pytest.mark.parametrize("shape", ["services", "services_small"])
def test_icinga_accepts_the_files(shape: str, tmp_path: Path) -> None:
    folder = tmp_path / "icinga"
    daemons.write(
        folder, icinga_files(folder, text_of("samples/icinga2/commands.conf"), text_of(f"samples/icinga2/{shape}.conf"))
    )
    done = subprocess.run([*icinga_argv(folder), "-C"], capture_output=True, text=True, check=False, env=_icinga_env())
    assert done.returncode == 0, done.stdout
    assert "warning/" not in done.stdout
    if shape == "services":
        assert f"Instantiated {2 * _per_node() + _per_cluster()} Services." in done.stdout
    else:
        assert "Instantiated 4 Services." in done.stdout
        assert "Instantiated 3 Dependencies." in done.stdout


def _per_node() -> int:
    return sum(command.check is not None for command in node_commands())


def _per_cluster() -> int:
    return sum(command.on_server for command in services())


class Site:
    """NRPE daemons, one for each recorded node, and what each check says there by hand."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = daemons.free_port()
        self.addresses = {name: f"127.0.0.{number}" for number, name in enumerate(NODES, start=2)}

    @contextlib.contextmanager
    def running(self) -> Iterator[Site]:
        with contextlib.ExitStack() as stack:
            for name, recording in NODES.items():
                stack.enter_context(
                    daemons.nrpe_daemon(
                        self.folder / name, self.addresses[name], self.port, ROOT / "samples/clusters" / recording
                    )
                )
            yield self

    def by_hand(self) -> Dict[str, Verdict]:
        """The command lines of NRPE's file, typed into a shell."""
        lines = {}
        for name in NODES:
            for line in (self.folder / name / "nrpe.d/check_ha.cfg").read_text(encoding="utf-8").splitlines():
                if line.startswith("command["):
                    command, _, argv = line[len("command[") :].partition("]=")
                    lines[f"{name}/{command}"] = ["sh", "-c", argv]
        return _all(lines)

    def through_nrpe(self) -> Dict[str, Verdict]:
        check_nrpe = [program("check_nrpe", "nagios-nrpe-plugin"), "-t", "60", "-p", str(self.port)]
        return _all(
            {
                f"{name}/{command.name}": [*check_nrpe, "-H", self.addresses[name], "-c", command.name]
                for name in NODES
                for command in node_commands()
            }
        )


def _all(commands: Mapping[str, Sequence[str]]) -> Dict[str, Verdict]:
    def run(argv: Sequence[str]) -> Verdict:
        done = subprocess.run(argv, capture_output=True, text=True, check=False)
        return verdict(done.returncode, done.stdout)

    with ThreadPoolExecutor(4) as pool:
        return dict(zip(commands, pool.map(run, commands.values())))


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    program("nrpe", "nagios-nrpe-server")
    program("check_nrpe", "nagios-nrpe-plugin")
    folder = Path(tempfile.mkdtemp(prefix="check_ha-test-"))  # other users cannot enter pytest's own
    folder.chmod(0o755)
    with Site(folder).running() as running:
        yield running
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def expected(site: Site) -> Dict[str, Verdict]:
    """What the checks say by hand, of those that a server asks for by a service of their own."""
    found = site.by_hand()
    return {f"{name}/{one.name}": found[f"{name}/{one.name}"] for name in NODES for one in node_commands()}


def services_of(expected: Dict[str, Verdict]) -> Dict[str, Verdict]:
    """The same by host and service, without check_ha, which the samples leave to small sites."""
    titles = {command.name: title(command) for command in node_commands() if command.check}
    found = {}
    for name, one in expected.items():
        host, command = name.split("/")
        if command in titles:
            found[f"{host}/{titles[command]}"] = one
    return found


def test_the_nodes_are_of_every_state(expected: Dict[str, Verdict]) -> None:
    assert {one.state for one in expected.values()} >= {0, 1, 2}
    assert len({one.line for one in expected.values()}) > len(NODES)


def test_same_through_nrpe(site: Site, expected: Dict[str, Verdict]) -> None:
    assert site.through_nrpe() == expected


def test_same_in_nagios(site: Site, expected: Dict[str, Verdict], tmp_path: Path) -> None:
    nagios = program("nagios4", "nagios4-core")
    shipped = text_of("samples/nagios/check_ha.cfg").partition("# Your nodes.")[0]
    objects = shipped.replace("check_nrpe -H", f"check_nrpe -p {site.port} -H")
    for name, address in site.addresses.items():
        objects += f"define host {{\n    use ha-node\n    host_name {name}\n    address {address}\n}}\n"
    folder = tmp_path / "nagios"
    daemons.write(folder, nagios_files(folder, objects, *daemons.own_names()))
    wanted = services_of(expected)
    status = folder / "status.dat"

    def seen() -> Dict[str, Verdict]:
        return nagios_status(status.read_text(encoding="utf-8")) if status.exists() else {}

    commands = folder / "nagios.cmd"
    with daemons.daemon([nagios, str(folder / "nagios.cfg")], folder / "out"):
        daemons.wait_for(commands.is_fifo, "nagios takes no commands")
        commands.write_text(nagios_forced(site.addresses), encoding="utf-8")
        daemons.wait_for(lambda: len(seen()) == len(wanted), "nagios does not check every service", 150)
        # Nagios shows a colon for each semicolon in the line (not in perfdata)
        assert seen() == {name: one._replace(line=one.line.replace(";", ":")) for name, one in wanted.items()}


def test_same_in_icinga(site: Site, expected: Dict[str, Verdict], tmp_path: Path) -> None:
    rules = text_of("samples/icinga2/services.conf").partition("// Two nodes to begin with")[0]
    for name, address in site.addresses.items():
        rules += (
            f'object Host "{name}" {{\n  address = "{address}"\n  check_command = "dummy"\n  vars.ha_node = true\n'
            f"  vars.ha_nrpe = true\n  vars.nrpe_port = {site.port}\n}}\n"
        )
    folder = tmp_path / "icinga"
    daemons.write(folder, icinga_files(folder, text_of("samples/icinga2/commands.conf"), _hurried(rules)))
    wanted = services_of(expected)
    with daemons.daemon(icinga_argv(folder), folder / "out", _icinga_env()):
        daemons.wait_for(lambda: len(_icinga_seen(folder)) == len(wanted), "icinga does not check all", 150)
        assert _icinga_seen(folder) == wanted


def _icinga_env() -> Dict[str, str]:
    return {**os.environ, **icinga_env(*daemons.own_names())}


def _icinga_seen(folder: Path) -> Dict[str, Verdict]:
    return icinga_status("".join(path.read_text(encoding="utf-8") for path in sorted(folder.glob("results.[0-9]*"))))


def _hurried(rules: str) -> str:
    """The first check of a service comes at some time within its interval."""
    return rules.replace("check_interval = options.interval", "check_interval = 15s")


def test_icinga_passes_options_to_the_command(site: Site, tmp_path: Path) -> None:
    """Without NRPE, as the agent does it: variables of the host and the service become options."""
    commands = text_of("samples/icinga2/commands.conf")
    plugins = site.folder / "linkdown/plugins"
    objects = """
object Host "here" {
  check_command = "dummy"
  vars.ha_timeout = 7
}
template Service "soon" {
  host_name = "here"
  check_interval = 5s
}
object Service "plain" {
  import "soon"
  check_command = "ha_rings"
}
object Service "severity" {
  import "soon"
  check_command = "ha_rings"
  vars.ha_rings_severity = [ "link-down=ok", "unreachable=ok" ]
}
object Service "range" {
  import "soon"
  check_command = "ha_rings"
  vars.ha_rings_critical = "~:0"
  vars.ha_rings_links = 2
}
object Service "refused" {
  import "soon"
  check_command = "ha_rings"
  vars.ha_rings_timeout = "never"
}
"""
    folder = tmp_path / "icinga"
    daemons.write(folder, icinga_files(folder, f'const HaPlugins = "{plugins}"\n{commands}', objects))
    text = (folder / "commands.conf").read_text(encoding="utf-8")
    (folder / "commands.conf").write_text(text.replace("[ PluginDir +", "[ HaPlugins +"), encoding="utf-8")
    with daemons.daemon(icinga_argv(folder), folder / "out", _icinga_env()):
        daemons.wait_for(lambda: len(_icinga_seen(folder)) == 4, "icinga does not check all", 150)
        found = {name: one.state for name, one in _icinga_seen(folder).items()}
    assert found == {"here/plain": 1, "here/severity": 0, "here/range": 2, "here/refused": 3}
    assert "warning/" not in (folder / "out").read_text(encoding="utf-8")
