"""A basket for the Icinga Director: commands, templates and sets of services, to upload and deploy.

The names are those of samples/icinga2/commands.conf, which it takes the place of. Written for Director 1.10; what
Director calls a field of a template is a variable of the host that its form asks for.
"""

from __future__ import annotations

import json
from typing import Any, Dict, List

from generators.commands import Command, services
from generators.icinga2 import given, name_of
from generators.options import settings
from generators.services import CHECK_NRPE, minutes, title

Object = Dict[str, Any]

_FIELDS = {
    "ha_nrpe": ("Boolean", "Ask this node through NRPE", "Its options stand in the node's nrpe/check_ha.cfg."),
    "ha_agent": ("Boolean", "Ask this node through the Icinga agent", "Its options are variables: ha_sudo and others."),
    "ha_sudo": ("Boolean", "Ask as root (agent)", "The agent's user may run check_ha_collect: check_ha_setup --user."),
    "ha_nodes": ("Array", "Nodes of the cluster", "As the server reaches them, all of them."),
    "ha_via": ("String", "How the server asks a node", f"A command with {{node}} in it, else: {CHECK_NRPE}"),
}
_PLUGINS = "/usr/lib/nagios/plugins"
_NODE = ("ha_nrpe", "ha_agent", "ha_sudo")
_CLUSTER = ("ha_nodes", "ha_via")


def basket() -> str:
    """Return the whole basket as JSON."""
    found = services()
    on_node = [one for one in found if not one.on_server]
    on_server = [one for one in found if one.on_server]
    sets = [
        _set("HA node (NRPE)", "host.vars.ha_nrpe=true", [_over_nrpe(one) for one in on_node]),
        _set("HA node (agent)", "host.vars.ha_agent=true", [_service(one, "ha_agent_service") for one in on_node]),
        _set("HA cluster", "host.vars.ha_nodes=true", [_service(one, "ha_service") for one in on_server]),
    ]
    content = {
        "Command": _named([_nrpe(), _host_alive(), *map(_command, found)]),
        "HostTemplate": _named([_host("ha_node", _NODE), _host("ha_cluster", _CLUSTER, check_command="ha_cluster")]),
        "ServiceTemplate": _named(_templates()),
        "ServiceSet": _named(sets),
        "Datafield": {str(_number(name)): _field(name) for name in _FIELDS},
    }
    return json.dumps(content, indent=1) + "\n"


def _named(found: List[Object]) -> Dict[str, Object]:
    return {one["object_name"]: one for one in found}


def _number(field: str) -> int:
    return list(_FIELDS).index(field) + 1


def _field(name: str) -> Object:
    kind, caption, description = _FIELDS[name]
    given: Object = {"visibility": "visible"} if kind == "String" else {}
    return {
        "varname": name,
        "caption": caption,
        "description": description,
        "datatype": f"Icinga\\Module\\Director\\DataType\\DataType{kind}",
        "format": None,
        "settings": given,
    }


def _host(name: str, fields: Any, **more: Any) -> Object:
    asked = [{"datafield_id": _number(one), "is_required": "n", "var_filter": None} for one in fields]
    return {"object_name": name, "object_type": "template", "fields": asked, **more}


def _templates() -> List[Object]:
    template: Object = {"object_type": "template", "max_check_attempts": "2", "retry_interval": "30"}
    return [
        {"object_name": "ha_service", **template},
        {"object_name": "ha_nrpe_service", **template, "check_command": "ha_nrpe"},
        {"object_name": "ha_agent_service", **template, "use_agent": True},
    ]


def _nrpe() -> Object:
    arguments: Object = {
        "-H": {"value": "$address$"},
        "-p": {"value": "$ha_nrpe_port$"},
        "-t": {"value": "$ha_nrpe_timeout$"},
        "-c": {"value": "$ha_nrpe_command$"},
    }
    return _plugin("ha_nrpe", "check_nrpe", arguments, {"ha_nrpe_port": "5666", "ha_nrpe_timeout": "15"})


def _host_alive() -> Object:
    """The host that stands for a cluster has no address: its services say how it is."""
    return _plugin("ha_cluster", "check_dummy 0", {}, {})


def _plugin(name: str, command: str, arguments: Object, variables: Object) -> Object:
    return {
        "object_name": name,
        "object_type": "object",
        "methods_execute": "PluginCheck",
        "command": command,
        "timeout": "60",
        "arguments": arguments,
        "vars": variables,
    }


def _command(command: Command) -> Object:
    own = name_of(command)
    arguments: Object = {}
    for flag in settings(command):
        # a variable that is not set leaves the argument out
        one: Object = {"value": f"${own}_{flag.variable}$"} if flag.metavar else {"set_if": f"${own}_{flag.variable}$"}
        arguments[flag.long] = {**one, "repeat_key": True} if flag.repeat else one
    shared: Object = {f"{own}_node": "$ha_nodes$", f"{own}_via": "$ha_via$", "ha_via": f"{_PLUGINS}/{CHECK_NRPE}"}
    always = {f"{own}_{variable}": value for variable, value in given(command).items()}
    return _plugin(
        own, command.name, arguments, shared if command.on_server else {f"{own}_sudo": "$ha_sudo$", **always}
    )


def _service(command: Command, template: str) -> Object:
    return {
        "object_name": title(command),
        "object_type": "object",
        "imports": [template],
        "check_command": name_of(command),
        "check_interval": str(minutes(command) * 60),
    }


def _over_nrpe(command: Command) -> Object:
    service = _service(command, "ha_nrpe_service")
    del service["check_command"]
    return {**service, "vars": {"ha_nrpe_command": command.name}}


def _set(name: str, assigned: str, found: List[Object]) -> Object:
    return {
        "object_name": name,
        "object_type": "template",
        "assign_filter": assigned,
        "services": _named(found),
    }
