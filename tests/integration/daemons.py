"""Real daemons with what is shipped: NRPE, Nagios and Icinga 2, each with its files in a folder of its own."""

from __future__ import annotations

import contextlib
import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Callable, Dict, Iterator, List, Mapping, NamedTuple, Sequence

import pytest

from check_ha.documents import nrpe
from check_ha.documents.commands import Command, all_commands
from check_ha.installation.node import closed_to_others
from tests.needed import program

ROOT = Path(__file__).parents[2]
PLUGINS = Path("/usr/lib/nagios/plugins")


class Verdict(NamedTuple):
    """What one service says."""

    state: int
    line: str
    perfdata: Mapping[str, str]
    """By label, without the quotes that some take away."""


def verdict(state: int, output: str, perfdata: str = "") -> Verdict:
    """Of the output of a plugin, or of its two halves."""
    line, _, more = output.strip("\n").partition(" | ")
    values = re.findall(r"('[^']+'|\S+)=(\S+)", perfdata or more)
    return Verdict(state, line.strip(), {label.strip("'"): value.rstrip(";") for label, value in values})


def node_commands() -> List[Command]:
    """The commands that say something of a node and that a server asks for."""
    return [command for command in nrpe.asked(all_commands()) if command.verdict]


def write_commands(folder: Path, recording: Path) -> None:
    """The commands, as installed, but for the node being the recorded one; everybody can read what they need."""
    folder.mkdir()
    shutil.copytree(ROOT / "check_ha", folder / "lib/check_ha", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(recording, folder / "recording")
    python = python_for_all()
    subprocess.run([python, "-m", "compileall", "-q", str(folder / "lib")], check=True)
    for command in nrpe.asked(all_commands()):
        path = folder / command.name
        code = f"import sys; sys.path.insert(0, '{folder}/lib'); from {_module_of(command)} import main; main()"
        path.write_text(f'#!/bin/sh\nexec {python} -c "{code}" "$@" --from {folder}/recording\n', encoding="utf-8")
        path.chmod(0o755)


def python_for_all() -> str:
    """A Python with what the checks need that other users can run too; ours may be somewhere below /root."""
    if not closed_to_others(Path(sys.executable).resolve().parent) and not closed_to_others(Path(sys.prefix)):
        return sys.executable
    done = subprocess.run(["/usr/bin/python3", "-c", "import nagiosplugin, lxml"], capture_output=True, check=False)
    if done.returncode:
        pytest.skip("needs: apt-get install --no-install-recommends python3-nagiosplugin python3-lxml")
    return "/usr/bin/python3"


def _module_of(command: Command) -> str:
    text = (ROOT / "setup.cfg").read_text(encoding="utf-8")
    found = re.search(rf"^    {command.name} = (\S+):main$", text, flags=re.MULTILINE)
    assert found
    return found.group(1)


@contextlib.contextmanager
def daemon(argv: Sequence[str], log: Path, env: Mapping[str, str] = os.environ) -> Iterator[None]:
    """Run it in the foreground; in the end it is killed with all that it has started."""
    with open(log, "wb") as file:
        process = subprocess.Popen(argv, stdout=file, stderr=file, env=env, start_new_session=True)
    try:
        yield
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _user() -> str:
    """The user of the test, and its group of the same name: a daemon that root starts would become another."""
    return pwd.getpwuid(os.geteuid()).pw_name


def free_port() -> int:
    """A port that nothing uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(done: Callable[[], bool], what: str, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < deadline, what
        time.sleep(0.1)


@contextlib.contextmanager
def nrpe_daemon(folder: Path, address: str, port: int, recording: Path) -> Iterator[None]:
    """NRPE with the file that is shipped, for a node that is a recorded one."""
    folder.mkdir()
    write_commands(folder / "plugins", recording)
    (folder / "nrpe.d").mkdir()
    (folder / "nrpe.d/check_ha.cfg").write_text(nrpe.command_file(str(folder / "plugins")), encoding="utf-8")
    user, group = ("nobody", "nogroup") if os.geteuid() == 0 else (_user(), _user())
    (folder / "nrpe.cfg").write_text(
        f"server_address={address}\nserver_port={port}\nallowed_hosts=127.0.0.0/8\ndisable_syslog=1\n"
        f"pid_file={folder}/pid\nlog_file={folder}/nrpe.log\nnrpe_user={user}\nnrpe_group={group}\n"
        f"include_dir={folder}/nrpe.d\n",
        encoding="utf-8",
    )
    with daemon([program("nrpe", "nagios-nrpe-server"), "-c", str(folder / "nrpe.cfg"), "-f"], folder / "out"):
        wait_for(lambda: _listens(address, port), f"{folder}: nrpe does not start", 20)
        yield


def _listens(address: str, port: int) -> bool:
    try:
        socket.create_connection((address, port), 1).close()
    except OSError:
        return False
    return True


NAGIOS = """\
nagios_user={user}
nagios_group={user}
log_file={folder}/nagios.log
cfg_file={folder}/stock.cfg
cfg_file={folder}/check_ha.cfg
resource_file={folder}/resource.cfg
object_cache_file={folder}/objects.cache
status_file={folder}/status.dat
command_file={folder}/nagios.cmd
check_external_commands=0
check_result_path={folder}/results
lock_file={folder}/lock
temp_file={folder}/temp
temp_path={folder}
interval_length=1
illegal_macro_output_chars=`~$&|'"<>
status_update_interval=1
max_service_check_spread=1
max_host_check_spread=1
state_retention_file={folder}/retention
retain_state_information=0
"""

STOCK = """\
define timeperiod {
    timeperiod_name  24x7
    alias            always
    monday           00:00-24:00
    tuesday          00:00-24:00
    wednesday        00:00-24:00
    thursday         00:00-24:00
    friday           00:00-24:00
    saturday         00:00-24:00
    sunday           00:00-24:00
}
define contact {
    contact_name                   admin
    host_notification_period       24x7
    service_notification_period    24x7
    host_notification_commands     mail
    service_notification_commands  mail
}
define command {
    command_name  mail
    command_line  /bin/true
}
define host {
    name                  generic-host
    check_period          24x7
    notification_period   24x7
    notifications_enabled 0
    contacts              admin
    register              0
}
define service {
    name                   generic-service
    check_period           24x7
    notification_period    24x7
    notifications_enabled  0
    contacts               admin
    check_interval         10
    retry_interval         2
    max_check_attempts     3
    register               0
}
"""


def write_nagios(folder: Path, objects: str) -> Path:
    """A Nagios of its own with these objects; what generic-host and generic-service come from is its stock."""
    (folder / "results").mkdir(parents=True)
    (folder / "nagios.cfg").write_text(NAGIOS.format(folder=folder, user=_user()), encoding="utf-8")
    (folder / "stock.cfg").write_text(STOCK, encoding="utf-8")
    (folder / "resource.cfg").write_text(f"$USER1$={PLUGINS}\n", encoding="utf-8")
    (folder / "check_ha.cfg").write_text(objects, encoding="utf-8")
    return folder / "nagios.cfg"


def nagios_status(text: str) -> Dict[str, Verdict]:
    """Of each service that has been checked, by ``HOST/SERVICE``, from status.dat."""
    found = {}
    for block in re.findall(r"^servicestatus \{\n(.*?)^\t\}", text, flags=re.MULTILINE | re.DOTALL):
        fields = dict(line.strip().split("=", 1) for line in block.splitlines() if "=" in line)
        if fields["has_been_checked"] == "1":
            name = f"{fields['host_name']}/{fields['service_description']}"
            found[name] = verdict(int(fields["current_state"]), fields["plugin_output"], fields["performance_data"])
    return found


ICINGA = """\
include <itl>
const PluginDir = "{plugins}"
const NodeName = "monitor"
include <plugins>
object CheckerComponent "checker" {{ }}
object PerfdataWriter "results" {{
  rotation_interval = 1s
  service_perfdata_path = "{folder}/results"
  service_temp_path = "{folder}/results.part"
  service_format_template = "$host.name$/$service.name$\\t$service.state_id$\\t$service.output$\\t$service.perfdata$"
  host_perfdata_path = "{folder}/hosts"
  host_temp_path = "{folder}/hosts.part"
}}
include "{folder}/commands.conf"
include "{folder}/services.conf"
"""
_PLACES = ("DataDir", "LogDir", "CacheDir", "SpoolDir", "InitRunDir")
_FILES = ("PidPath", "VarsPath", "StatePath", "ObjectsPath", "ModAttrPath")


def write_icinga(folder: Path, commands: str, services: str) -> List[str]:
    """An Icinga of its own with these files: the command line that runs it."""
    for name in _PLACES:
        (folder / name).mkdir(parents=True)
    (folder / "icinga2.conf").write_text(ICINGA.format(folder=folder, plugins=PLUGINS), encoding="utf-8")
    (folder / "commands.conf").write_text(commands, encoding="utf-8")
    (folder / "services.conf").write_text(services, encoding="utf-8")
    defined = [word for name in (*_PLACES, *_FILES) for word in ("-D", f"{name}={folder / name}")]
    return [program("icinga2", "icinga2-bin"), "daemon", "-c", str(folder / "icinga2.conf"), *defined]


def icinga_env() -> Dict[str, str]:
    """Icinga as the user of the test, without a change of user."""
    return {**os.environ, "ICINGA2_USER": _user(), "ICINGA2_GROUP": _user()}


def icinga_status(folder: Path) -> Dict[str, Verdict]:
    """The last result of each service."""
    found = {}
    for path in sorted(folder.glob("results.[0-9]*")):
        for line in path.read_text(encoding="utf-8").splitlines():
            name, state, output, perfdata = line.split("\t")
            found[name] = verdict(int(state), output, perfdata)
    return found
