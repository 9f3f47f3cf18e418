"""Object definitions for Nagios Core, and for what reads the same (Naemon, Centreon Engine, Icinga 1)."""

from __future__ import annotations

from typing import Iterable, Iterator, List, Tuple

from generators.commands import Command, services
from generators.services import CHECK_NRPE, minutes, title

_HEAD = """\
# The services of a Pacemaker cluster, asked through NRPE. Change the hosts at the end to your nodes; the rest can stay.
# generic-host, generic-service and check-host-alive are what Nagios comes with. Options and thresholds of a check stand
# in the file of its node: nrpe/check_ha.cfg.
"""

_HOSTS = """\
# Your nodes. Each runs every check, because each sees its own links, interfaces and partition only.
"""


def objects() -> str:
    """Return the whole file."""
    all_services = services()
    blocks = [_HEAD, *templates(), *(_service(one) for one in all_services if not one.on_server)]
    blocks += [_HOSTS, *(_node(name, address) for name, address in (("node1", "192.0.2.11"), ("node2", "192.0.2.12")))]
    on_server = [one for one in all_services if one.on_server]
    if on_server:
        blocks += [_CLUSTER, *_server(on_server)]
    return "\n".join(blocks)


def define(kind: str, *fields: Tuple[str, str]) -> str:
    """Return the definition of one object."""
    lines = [f"    {name:<24} {value}" for name, value in fields]
    return "\n".join([f"define {kind} {{", *lines, "}", ""])


def templates(*of_hosts: Tuple[str, str]) -> List[str]:
    """Return what hosts and services are made from; ``of_hosts`` is what else is said of every node."""
    return [
        define(
            "command",
            ("command_name", "check_ha_nrpe"),
            ("command_line", "$USER1$/check_nrpe -H $HOSTADDRESS$ -t 15 -c $ARG1$"),
        ),
        define("hostgroup", ("hostgroup_name", "ha-nodes"), ("alias", "Nodes of Pacemaker clusters")),
        define(
            "host", ("name", "ha-node"), ("use", "generic-host"), ("hostgroups", "ha-nodes"),
            ("check_command", "check-host-alive"), ("max_check_attempts", "3"), *of_hosts, ("register", "0"),
        ),
        define(
            "service", ("name", "ha-service"), ("use", "generic-service"), ("check_interval", "1"),
            ("retry_interval", "1"), ("max_check_attempts", "2"), ("register", "0"),
        ),
    ]  # fmt: skip


def _service(command: Command) -> str:
    fields = [
        ("use", "ha-service"),
        ("hostgroup_name", "ha-nodes"),
        ("service_description", title(command)),
        ("check_command", f"check_ha_nrpe!{command.name}"),
        *_interval(command),
    ]
    return f"# {command.question}\n" + define("service", *fields)


def _interval(command: Command) -> Iterable[Tuple[str, str]]:
    return [("check_interval", str(minutes(command)))] if minutes(command) != 1 else []


def _node(name: str, address: str) -> str:
    return define("host", ("use", "ha-node"), ("host_name", name), ("address", address))


_CLUSTER = """\
# What shows only when the nodes are compared runs on this server, which asks each node for check_ha_view. It belongs to
# a host that stands for the cluster; one per cluster. It has no check of its own: no node's death may silence it.
"""


def _server(commands: Iterable[Command]) -> Iterator[str]:
    via = f"$USER1$/{CHECK_NRPE}"
    for one in commands:
        line = f"$USER1$/{one.name} $ARG1$ --via '{via}'"
        yield define("command", ("command_name", one.name), ("command_line", line))
    yield define("host", ("use", "generic-host"), ("host_name", "cluster1"), ("address", "192.0.2.11"),
                  ("max_check_attempts", "3"))  # fmt: skip
    for one in commands:
        yield f"# {one.question}\n" + define(
            "service", ("use", "ha-service"), ("host_name", "cluster1"), ("service_description", title(one)),
            ("check_command", f"{one.name}!--node node1 --node node2"), *_interval(one),
        )  # fmt: skip
