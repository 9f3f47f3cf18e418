"""Nagios and Icinga 2 with what is shipped for them: the files of each in a folder of its own, and what it has seen."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Dict, Iterable, Iterator, List, Mapping, NamedTuple

from tests.needed import program

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


NAGIOS = """\
nagios_user={user}
nagios_group={group}
log_file={folder}/nagios.log
cfg_file={folder}/stock.cfg
cfg_file={folder}/check_ha.cfg
resource_file={folder}/resource.cfg
object_cache_file={folder}/objects.cache
status_file={folder}/status.dat
command_file={folder}/nagios.cmd
query_socket={folder}/nagios.qh
check_external_commands=1
check_result_path={folder}/results
lock_file={folder}/lock
temp_file={folder}/temp
temp_path={folder}
interval_length=30
max_concurrent_checks=6
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
define command {
    command_name  check-host-alive
    command_line  $USER1$/check_ping -H $HOSTADDRESS$ -w 3000.0,80% -c 5000.0,100% -p 5
}
define host {
    name                  generic-host
    check_period          24x7
    check_interval        1
    retry_interval        1
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


def nagios_files(folder: Path, objects: str, user: str, group: str) -> Dict[str, str]:
    """A Nagios of its own with these objects; what Nagios comes with, such as generic-host, is its stock."""
    return {
        "nagios.cfg": NAGIOS.format(folder=folder, user=user, group=group),
        "stock.cfg": STOCK,
        "resource.cfg": f"$USER1$={PLUGINS}\n",
        "check_ha.cfg": objects,
        "results/about": "where Nagios puts what the checks have said\n",
    }


def nagios_forced(hosts: Iterable[str]) -> str:
    """The commands by which Nagios checks these hosts and all their services now."""
    kinds = ("SCHEDULE_FORCED_HOST_SVC_CHECKS", "SCHEDULE_FORCED_HOST_CHECK")
    return "".join(f"[0] {kind};{host};0\n" for kind in kinds for host in hosts)


def nagios_status(text: str) -> Dict[str, Verdict]:
    """Of each service that has been checked, by ``HOST/SERVICE``, from status.dat."""
    return {
        f"{fields['host_name']}/{fields['service_description']}": verdict(
            int(fields["current_state"]), fields["plugin_output"], fields["performance_data"]
        )
        for fields in _checked(text, "servicestatus")
    }


def nagios_hosts(text: str) -> Dict[str, int]:
    """The state of each host that has been checked, by name, from status.dat: UP is 0, DOWN is 1."""
    return {fields["host_name"]: int(fields["current_state"]) for fields in _checked(text, "hoststatus")}


def _checked(text: str, kind: str) -> Iterator[Dict[str, str]]:
    for block in re.findall(rf"^{kind} \{{\n(.*?)^\t\}}", text, flags=re.MULTILINE | re.DOTALL):
        fields = dict(line.strip().split("=", 1) for line in block.splitlines() if "=" in line)
        if fields["has_been_checked"] == "1":
            yield fields


ICINGA = """\
include <itl>
const PluginDir = "{plugins}"
const NodeName = "monitor"
const MaxConcurrentChecks = 8
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


def icinga_files(folder: Path, commands: str, services: str) -> Dict[str, str]:
    """An Icinga of its own with these files."""
    return {
        "icinga2.conf": ICINGA.format(folder=folder, plugins=PLUGINS),
        "commands.conf": commands,
        "services.conf": services,
        **{f"{place}/about": "where Icinga keeps what is its own\n" for place in _PLACES},
    }


def icinga_argv(folder: Path) -> List[str]:
    """The command line that runs it."""
    return [program("icinga2", "icinga2-bin"), "daemon", "-c", str(folder / "icinga2.conf"), *icinga_defined(folder)]


def icinga_defined(folder: Path) -> List[str]:
    """The options that keep all that it writes in this folder."""
    return [word for name in (*_PLACES, *_FILES) for word in ("-D", f"{name}={folder / name}")]


def icinga_env(user: str, group: str) -> Dict[str, str]:
    """Icinga as this user, without a change of user."""
    return {"ICINGA2_USER": user, "ICINGA2_GROUP": group}


def icinga_status(text: str) -> Dict[str, Verdict]:
    """The last result of each service, of what its writer of perfdata has written; of an output, its first line."""
    records = re.findall(r"^([^\t\n]+)\t(\d)\t([^\t]*)\t([^\t\n]*)$", text, flags=re.MULTILINE)
    return {name: verdict(int(state), output.partition("\n")[0], perfdata) for name, state, output, perfdata in records}
