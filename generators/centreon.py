"""The file that Centreon's ``centreon -u admin -p ... -i FILE`` imports (CLAPI).

The importer splits each line at every ``;``, knows no comments and no quotes, and goes on after a line that failed; so
the file can be imported again: what is there stays, and each setparam and setmacro sets its value anew.

Macros that Centreon's own packs have too mean the same here, so that a host with templates of both has one client and
one port. The time limit has a name of its own: NRPETIMEOUT of the packs is 5 s, less than a check may take.
"""

from __future__ import annotations

from typing import Iterable, Iterator, List, NamedTuple, Sequence, Tuple

from generators.commands import CLUSTER as WHOLE
from generators.commands import OWN, VIEW, Command, all_commands, services
from generators.services import ARGUMENTS, dashed, minutes

Macro = Tuple[str, str, str]

ALIVE = "generic-active-host-custom"
NOBODY = "generic-dummy-host-custom"
"""Of a cluster, whose address is nobody's: a ping that fails would silence the split brain."""
CLUSTER = "App-HA-Cluster-custom"
SMALL_NODE = "App-HA-Small-NRPE-custom"
SMALL_CLUSTER = "App-HA-Small-Cluster-custom"
_NRPE_MACROS: Tuple[Macro, ...] = (
    ("NRPECLIENT", "check_nrpe", "the client: check_centreon_nrpe3 for the packs"),
    ("NRPEPORT", "5666", "port of the NRPE daemon"),
    ("HANRPETIMEOUT", "15", "seconds, the checks themselves end within 8"),
    ("NRPEEXTRAOPTIONS", "", "options of the client"),
)
_CLIENT = "$USER1$/$_HOSTNRPECLIENT$ -H {} -p $_HOSTNRPEPORT$ -t $_HOSTHANRPETIMEOUT$ $_HOSTNRPEEXTRAOPTIONS$ -c {}"
_SSH_MACROS: Tuple[Macro, ...] = (
    ("SSHUSERNAME", "check_ha", "user on the node, whose key runs check_ha_ssh"),
    ("SSHPORT", "22", "port of sshd"),
    ("SSHEXTRAOPTIONS", "", "options of check_by_ssh, such as -i and a key"),
)
_SSH = (
    "$USER1$/check_by_ssh -H $HOSTADDRESS$ -p $_HOSTSSHPORT$ -l $_HOSTSSHUSERNAME$ -t 15 $_HOSTSSHEXTRAOPTIONS$"
    ' -C "$_SERVICESSHCOMMAND$ $_SERVICEEXTRAOPTIONS$"'
)
_CLUSTER_MACROS: Tuple[Macro, ...] = (
    ("HANODES", "--node node1 --node node2", "the nodes of the cluster, as options"),
    *_NRPE_MACROS,
)


class _Way(NamedTuple):
    """One way to a node: through NRPE, or by ssh."""

    name: str
    line: str
    macros: Tuple[Macro, ...]
    takes_options: bool
    """Whether the server gives the options of a check; else they stand in a file of the node."""

    @property
    def host(self) -> str:
        """The host template."""
        return f"App-HA-{self.name}-custom"


WAYS = (
    _Way("NRPE", _CLIENT.format("$HOSTADDRESS$", "$_SERVICENRPECOMMAND$"), _NRPE_MACROS, False),
    _Way("SSH", _SSH, _SSH_MACROS, True),
)


def import_file() -> str:
    """Return the whole file: of each way to a node its command, host template and services, then those of a cluster."""
    found = services()
    lines: List[str] = []
    for way in WAYS:
        lines += [*_command(f"App-HA-{way.name}", way.line)]
        lines += _host(way.host, f"Pacemaker cluster node ({way.name})", ALIVE, way.macros)
        for one in found:
            if not one.on_server:
                lines += _of_node(one, way, way.host)
    lines += _host(CLUSTER, "Pacemaker cluster", NOBODY, _CLUSTER_MACROS)
    for one in found:
        if one.on_server:
            lines += _of_cluster(one, f"App-{dashed(one)}-custom", CLUSTER)
    return "\n".join([*lines, *_small(), ""])


def _small() -> Iterator[str]:
    """Yield the templates of the small shape: a host has these or those above."""
    commands = {one.name: one for one in all_commands()}
    nrpe = WAYS[0]
    yield from _host(SMALL_NODE, "Pacemaker cluster node, one service", ALIVE, nrpe.macros)
    yield _line("HTPL", "setparam", SMALL_NODE, "notifications_enabled", "0")
    yield from _of_node(commands["check_ha"]._replace(name=OWN), nrpe, SMALL_NODE)
    yield from _host(SMALL_CLUSTER, "Pacemaker cluster, one service", NOBODY, _CLUSTER_MACROS)
    # App-HA-Cluster-custom is a host template already
    yield from _of_cluster(commands[WHOLE], f"App-{dashed(commands[WHOLE])}-Once-custom", SMALL_CLUSTER)


def _of_node(command: Command, way: _Way, host: str) -> Iterator[str]:
    name = f"App-{dashed(command)}-{way.name}-custom"
    yield from _service(command, name, f"App-HA-{way.name}")
    yield _line("STPL", "setmacro", name, f"{way.name}COMMAND", command.name, "command on the node", "0")
    if way.takes_options:
        given = " ".join(ARGUMENTS.get(command.name, ()))
        yield _line("STPL", "setmacro", name, "EXTRAOPTIONS", given, f"options of {command.name}", "0")
    yield _line("STPL", "addhosttemplate", name, host)


def _of_cluster(command: Command, name: str, host: str) -> Iterator[str]:
    via = _CLIENT.format("{node}", VIEW)
    own = f"App-{dashed(command)}"
    yield from _command(own, f"$USER1$/{command.name} $_HOSTHANODES$ --via '{via}' $_SERVICEEXTRAOPTIONS$")
    yield from _service(command, name, own)
    yield _line("STPL", "setmacro", name, "EXTRAOPTIONS", "", f"options of {command.name}", "0")
    yield _line("STPL", "addhosttemplate", name, host)


def _line(*fields: str) -> str:
    """Return one line; ValueError where a field would be read as two."""
    if any(";" in field or "\n" in field for field in fields):
        raise ValueError(f"CLAPI cannot take {fields!r}")
    return ";".join(fields)


def _command(name: str, line: str) -> List[str]:
    return [_line("CMD", "ADD", name, "check", line), _line("CMD", "setparam", name, "line", line)]


def _host(name: str, alias: str, parent: str, macros: Iterable[Sequence[str]]) -> Iterator[str]:
    yield _line("HTPL", "ADD", name, alias, "", parent, "", "")
    for macro, value, description in macros:
        yield _line("HTPL", "setmacro", name, macro, value, "0", description)


def _service(command: Command, name: str, line: str) -> Iterator[str]:
    yield _line("STPL", "ADD", name, dashed(command), "generic-active-service-custom")
    yield _line("STPL", "setparam", name, "check_command", line)
    yield _line("STPL", "setparam", name, "normal_check_interval", str(minutes(command)))
    yield _line("STPL", "setparam", name, "retry_check_interval", "1")
    yield _line("STPL", "setparam", name, "max_check_attempts", "2")
