"""The file that Centreon's ``centreon -u admin -p ... -i FILE`` imports (CLAPI).

The importer splits each line at every ``;``, knows no comments and no quotes, and goes on after a line that failed; so
the file can be imported again: what is there stays, and each setparam and setmacro sets its value anew.
"""

from __future__ import annotations

from typing import Iterable, Iterator, List, Sequence

from generators.commands import CLUSTER as WHOLE
from generators.commands import OWN, Command, all_commands, services
from generators.services import CHECK_NRPE, dashed, minutes

NODE = "App-HA-NRPE-custom"
CLUSTER = "App-HA-Cluster-custom"
SMALL_NODE = "App-HA-Small-NRPE-custom"
SMALL_CLUSTER = "App-HA-Small-Cluster-custom"
_NRPE = (
    "$USER1$/check_nrpe -H $HOSTADDRESS$ -p $_HOSTNRPEPORT$ -t $_HOSTNRPETIMEOUT$ $_HOSTNRPEEXTRAOPTIONS$"
    " -c $_SERVICENRPECOMMAND$"
)
_NODE_MACROS = (
    ("NRPEPORT", "5666", "port of the NRPE daemon"),
    ("NRPETIMEOUT", "15", "seconds, the checks themselves end within 8"),
    ("NRPEEXTRAOPTIONS", "", "options of check_nrpe"),
)
_CLUSTER_MACROS = (("HANODES", "--node node1 --node node2", "the nodes of the cluster, as options"),)


def import_file() -> str:
    """Return the whole file: command, host template, then the services of a node, then those of a cluster."""
    found = services()
    on_node = [one for one in found if not one.on_server]
    on_server = [one for one in found if one.on_server]
    lines = [*_command("App-HA-NRPE", _NRPE), *_host(NODE, "Pacemaker cluster node", _NODE_MACROS)]
    for one in on_node:
        lines += _service(one, f"App-{dashed(one)}-NRPE-custom", "App-HA-NRPE", NODE)
    if on_server:
        lines += _host(CLUSTER, "Pacemaker cluster", _CLUSTER_MACROS)
    for one in on_server:
        lines += _command(f"App-{dashed(one)}", _asking(one))
        lines += _service(one, f"App-{dashed(one)}-custom", f"App-{dashed(one)}", CLUSTER)
    return "\n".join([*lines, *_small(), ""])


def _small() -> Iterator[str]:
    """Yield the templates of the small shape: a host has these or those above."""
    commands = {one.name: one for one in all_commands()}
    yield from _host(SMALL_NODE, "Pacemaker cluster node, one service", _NODE_MACROS)
    yield _line("HTPL", "setparam", SMALL_NODE, "notifications_enabled", "0")
    own = commands["check_ha"]._replace(name=OWN)
    yield from _service(own, f"App-{dashed(own)}-NRPE-custom", "App-HA-NRPE", SMALL_NODE)
    yield from _host(SMALL_CLUSTER, "Pacemaker cluster, one service", _CLUSTER_MACROS)
    whole = commands[WHOLE]
    yield from _command(f"App-{dashed(whole)}", _asking(whole))
    # App-HA-Cluster-custom is a host template already
    yield from _service(whole, f"App-{dashed(whole)}-Once-custom", f"App-{dashed(whole)}", SMALL_CLUSTER)


def _asking(command: Command) -> str:
    return f"$USER1$/{command.name} $_HOSTHANODES$ --via '$USER1$/{CHECK_NRPE}' $_SERVICEEXTRAOPTIONS$"


def _line(*fields: str) -> str:
    """Return one line; ValueError where a field would be read as two."""
    if any(";" in field or "\n" in field for field in fields):
        raise ValueError(f"CLAPI cannot take {fields!r}")
    return ";".join(fields)


def _command(name: str, line: str) -> List[str]:
    return [_line("CMD", "ADD", name, "check", line), _line("CMD", "setparam", name, "line", line)]


def _host(name: str, alias: str, macros: Iterable[Sequence[str]]) -> Iterator[str]:
    yield _line("HTPL", "ADD", name, alias, "", "generic-active-host-custom", "", "")
    for macro, value, description in macros:
        yield _line("HTPL", "setmacro", name, macro, value, "0", description)


def _service(command: Command, name: str, line: str, host: str) -> Iterator[str]:
    yield _line("STPL", "ADD", name, dashed(command), "generic-active-service-custom")
    yield _line("STPL", "setparam", name, "check_command", line)
    yield _line("STPL", "setparam", name, "normal_check_interval", str(minutes(command)))
    yield _line("STPL", "setparam", name, "retry_check_interval", "1")
    yield _line("STPL", "setparam", name, "max_check_attempts", "2")
    if command.on_server:
        yield _line("STPL", "setmacro", name, "EXTRAOPTIONS", "", f"options of {command.name}", "0")
    else:
        yield _line("STPL", "setmacro", name, "NRPECOMMAND", command.name, "command of the node's NRPE", "0")
    yield _line("STPL", "addhosttemplate", name, host)
