"""The basket in a real Director: uploaded, deployed to a real Icinga 2 through its API, and what that asks of NRPE."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import ssl
import subprocess
import urllib.request
from pathlib import Path
from typing import Any, Dict, Iterator, List

import pytest

from generators.commands import services
from generators.services import title
from tests.integration import daemons
from tests.integration.daemons import ROOT
from tests.integration.servers import PLUGINS, icinga_argv, icinga_defined, icinga_env
from tests.needed import program
from tests.replay import SAMPLES, expected_of, label

pytestmark = pytest.mark.packages

BASKET = ROOT / "samples/icinga2/director-basket.json"
MODULES = Path("/usr/share/icingaweb2/modules")
ICINGA = """\
include <itl>
const PluginDir = "{plugins}"
const NodeName = "monitor"
const ZoneName = "master"
include <plugins>
object Endpoint NodeName {{
  host = "127.0.0.1"
  port = "{port}"
}}
object Zone ZoneName {{
  endpoints = [ NodeName ]
}}
object Zone "director-global" {{
  global = true
}}
object CheckerComponent "checker" {{ }}
object ApiListener "api" {{
  bind_host = "127.0.0.1"
  bind_port = {port}
}}
object ApiUser "director" {{
  password = "director"
  permissions = [ "*" ]
}}
"""
RESOURCES = """\
[director_db]
type = db
db = mysql
host = 127.0.0.1
port = {port}
dbname = director
username = root
charset = utf8
"""
GLOBAL = "[global]\nconfig_resource = director_db\n[logging]\nlog = stderr\nlevel = ERROR\n"
AGENT = {"has_agent": True, "master_should_connect": False, "accept_config": True}
KICKSTART = "[config]\nendpoint = monitor\nhost = 127.0.0.1\nport = {port}\nusername = director\npassword = director\n"


class Director:
    """The command line of the Director, with a configuration of its own, and the Icinga that it deploys to."""

    def __init__(self, folder: Path, icinga_port: int) -> None:
        self._env = {**os.environ, "ICINGAWEB_CONFIGDIR": str(folder / "web")}
        self._url = f"https://127.0.0.1:{icinga_port}/v1/"

    def __call__(self, *words: str, stdin: str = "") -> str:
        argv = [program("icingacli", "icingacli"), "director", *words]
        done = subprocess.run(argv, input=stdin, capture_output=True, text=True, timeout=60, check=False, env=self._env)
        assert done.returncode == 0, f"{argv}: {done.stdout}{done.stderr}"
        return done.stdout

    def results(self, what: str, method: str = "GET") -> List[Dict[str, Any]]:
        """What Icinga's API answers."""
        request = urllib.request.Request(self._url + what, method=method)
        request.add_header("Authorization", "Basic " + base64.b64encode(b"director:director").decode())
        request.add_header("Accept", "application/json")
        context = ssl._create_unverified_context()  # the certificate was made a moment ago, by this test
        with urllib.request.urlopen(request, timeout=5, context=context) as answer:
            found: List[Dict[str, Any]] = json.load(answer)["results"]
        return found

    def services(self) -> Dict[str, Any]:
        """What each service has in Icinga."""
        return {one["name"]: one["attrs"] for one in self.results("objects/services")}

    def answers(self) -> bool:
        try:
            return bool(self.results("status/IcingaApplication"))
        except OSError:
            return False


@contextlib.contextmanager
def database(folder: Path) -> Iterator[int]:
    """An empty database on a port of its own."""
    mariadbd = program("mariadbd", "mariadb-server-core")
    user, port = daemons.own_names()[0], daemons.free_port()
    install = [program("mariadb-install-db", "mariadb-server-core"), "--no-defaults", f"--datadir={folder}/db"]
    install += ["--auth-root-authentication-method=normal", "--skip-test-db", f"--user={user}"]
    subprocess.run(install, check=True, capture_output=True, timeout=60)
    argv = [
        mariadbd,
        "--no-defaults",
        f"--datadir={folder}/db",
        f"--socket={folder}/db.sock",
        "--bind-address=127.0.0.1",
    ]
    argv += [f"--port={port}", f"--pid-file={folder}/db.pid", f"--user={user}", "--innodb-flush-log-at-trx-commit=0"]
    with daemons.daemon(argv, folder / "db.log"):
        client = [
            program("mariadb", "mariadb-client-core"),
            "--no-defaults",
            f"--socket={folder}/db.sock",
            "-u",
            "root",
        ]
        create = [*client, "-e", "create database director character set utf8"]
        daemons.wait_for(
            lambda: not subprocess.run(create, capture_output=True, check=False).returncode, "the database starts", 30
        )
        yield port


@contextlib.contextmanager
def icinga(folder: Path) -> Iterator[int]:
    """An Icinga with an API, on a port of its own."""
    port = daemons.free_port()
    daemons.write(folder, {"icinga2.conf": ICINGA.format(plugins=PLUGINS, port=port)})
    certs = folder / "DataDir/certs"
    for place in ("LogDir", "CacheDir", "SpoolDir", "InitRunDir", "DataDir/ca", "DataDir/certs"):
        (folder / place).mkdir(parents=True)
    env = {**os.environ, **icinga_env(*daemons.own_names())}
    pki = [program("icinga2", "icinga2-bin"), "pki"]
    name = str(certs / "monitor")
    for words in (
        ["new-ca"],
        ["new-cert", "--cn", "monitor", "--key", f"{name}.key", "--csr", f"{name}.csr"],
        ["sign-csr", "--csr", f"{name}.csr", "--cert", f"{name}.crt"],
    ):
        subprocess.run([*pki, *words, *icinga_defined(folder)], check=True, capture_output=True, timeout=30, env=env)
    (certs / "ca.crt").write_bytes((folder / "DataDir/ca/ca.crt").read_bytes())
    with daemons.daemon(icinga_argv(folder), folder / "log", env):
        yield port


@pytest.fixture
def director(place: Path) -> Iterator[Director]:
    """A Director that knows nothing but what it has read from Icinga."""
    program("icingacli", "icingacli")
    if not (MODULES / "director").is_dir():
        pytest.skip("needs the Director: apt-get install --no-install-recommends icingaweb2-module-director php-mysql")
    web = place / "web"
    with database(place) as db_port, icinga(place / "icinga") as api_port:
        daemons.write(web, {
            "resources.ini": RESOURCES.format(port=db_port),
            "config.ini": GLOBAL,
            "modules/director/config.ini": "[db]\nresource = director_db\n",
            "modules/director/kickstart.ini": KICKSTART.format(port=api_port),
        })  # fmt: skip
        (web / "enabledModules").mkdir()
        for name in ("director", "incubator", "reactbundle"):
            (web / "enabledModules" / name).symlink_to(MODULES / name)
        made = Director(place, api_port)
        daemons.wait_for(made.answers, "the API of Icinga answers", 30)
        made("migration", "run")
        made("kickstart", "run")
        yield made


def test_basket_is_deployed_and_asks_the_nodes(director: Director, place: Path) -> None:
    director("basket", "restore", stdin=BASKET.read_text(encoding="utf-8"))
    port = daemons.free_port()
    nrpe = {"ha_nrpe": True, "ha_nrpe_port": str(port)}
    hosts: Dict[str, Any] = {
        "node1": {"address": "127.0.0.1", "imports": ["ha_node"], "check_command": "ha_cluster", "vars": nrpe},
        "node2": {"imports": ["ha_node"], "check_command": "ha_cluster", "vars": {"ha_agent": True}, **AGENT},
        "cluster1": {"imports": ["ha_cluster"], "vars": {"ha_nodes": ["127.0.0.1", "localhost"]}},
    }
    for name, host in hosts.items():
        director("host", "create", name, "--json", json.dumps({"object_type": "object", **host}))
    recording = SAMPLES / "link-down-no-carrier/node1"
    with daemons.nrpe_daemon(place / "nrpe", "127.0.0.1", port, recording):
        assert "has been deployed" in director("config", "deploy")
        expected = {
            f"{host}!{title(one)}" for one in services() for host in hosts if (host == "cluster1") == one.on_server
        }
        daemons.wait_for(lambda: set(director.services()) == expected, "it is deployed", 40)
        director.results("actions/reschedule-check?type=Service&service=node1!HA%20rings&force=1", "POST")
        daemons.wait_for(lambda: bool(director.services()["node1!HA rings"]["last_check_result"]), "rings is asked", 60)
    found = director.services()
    rings = found["node1!HA rings"]["last_check_result"]
    expected_rings = expected_of("rings")[label(recording)]
    assert (rings["state"], rings["output"].partition(" | ")[0].strip()) == (expected_rings.code, expected_rings.first)
    assert (found["node2!HA rings"]["check_command"], found["node2!HA rings"]["command_endpoint"]) == (
        "ha_rings", "node2",
    )  # fmt: skip
    assert found["cluster1!HA split brain"]["check_command"] == "ha_split_brain"
