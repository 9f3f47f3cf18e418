"""CheckCommands for Icinga 2, with every option as an argument, and rules that apply them."""

from __future__ import annotations

from typing import Dict, Iterable, List, Union

from generators.commands import Command, all_commands, services
from generators.options import Flag, settings
from generators.services import ARGUMENTS, CHECK_NRPE, minutes, title

_COMMANDS = """\
// The checks of check_ha as CheckCommands. Every option is a variable: --max-age of check_ha_failed_actions is
// vars.ha_failed_actions_max_age; what may be repeated takes an array. Where nodes share an option, as --sudo, the
// variable without the name of the check serves all: vars.ha_sudo = true.
//
// Copy to a global zone, conf.d or zones.d, of the server and of the nodes; services.conf shows how they are used.
"""

_SERVICES = """\
// Services for every host with vars.ha_node = true, and how to ask it: through NRPE (vars.ha_nrpe = true; options stand
// in the node's nrpe/check_ha.cfg), or through the Icinga agent (vars.ha_endpoint = name of its endpoint; options are
// variables). vars.ha_skip = [ "vip" ] leaves a check out.
"""

_EXAMPLE = """\
// Two nodes to begin with: change them to yours.
object Host "node1" {
  address = "192.0.2.11"
  check_command = "hostalive"
  vars.ha_node = true
  vars.ha_nrpe = true
}

object Host "node2" {
  address = "192.0.2.12"
  check_command = "hostalive"
  vars.ha_node = true
  vars.ha_nrpe = true
}
"""

_APPLY = """\
template Service "ha_service" {
  max_check_attempts = 2
  check_interval = 1m
  retry_interval = 30s
}

for (check => options in HaChecks) {
  apply Service options.title use (check, options) {
    import "ha_service"
    check_interval = options.interval
    if (host.vars.ha_nrpe) {
      check_command = "nrpe"
      vars.nrpe_command = "check_" + check
      vars.nrpe_timeout = 15
    } else {
      check_command = check
      command_endpoint = host.vars.ha_endpoint
    }
    assign where host.vars.ha_node
    ignore where host.vars.ha_skip && options.word in host.vars.ha_skip
  }
}
"""

_CLUSTER = """\
// What shows only when the nodes are compared runs here, on the server, for a host that stands for the cluster:
// vars.ha_nodes = [ "node1", "node2" ]. The nodes answer check_ha_view, here through NRPE;
// vars.ha_via is another way, such as "ssh -o BatchMode=yes check_ha@{node} check_ha_view".
for (check => options in HaServerChecks) {
  apply Service options.title use (check, options) {
    import "ha_service"
    check_interval = options.interval
    check_command = check
    vars[check + "_node"] = host.vars.ha_nodes
    vars[check + "_via"] = if (host.vars.ha_via) { host.vars.ha_via } else { PluginDir + "/%s" }
    assign where host.vars.ha_nodes
  }
}

object Host "cluster1" {
  check_command = "dummy"
  vars.ha_nodes = [ "node1", "node2" ]
}
"""

_SHARED = ("tools", "sudo", "timeout", "state_dir")


def commands() -> str:
    """Return the file of CheckCommands."""
    return "\n".join([_COMMANDS, *(_command(one) for one in all_commands() if one.verdict)])


def _command(command: Command) -> str:
    arguments = [line for flag in settings(command) for line in _argument(name_of(command), flag)]
    return "\n".join(
        [
            f"// {command.question}",
            f'object CheckCommand "{name_of(command)}" {{',
            f'  command = [ PluginDir + "/{command.name}" ]',
            "  timeout = 1m",
            "  arguments = {",
            *arguments,
            "  }",
            *_defaults(command),
            "}",
            "",
        ]
    )


def name_of(command: Command) -> str:
    """Return ``ha_rings``, as ITL names go, and where its variables begin."""
    return command.name.replace("check_", "", 1)


def _argument(prefix: str, flag: Flag) -> List[str]:
    value = "value" if flag.metavar else "set_if"
    lines = [f'{value} = "${prefix}_{flag.variable}$"', f"description = {_quoted(flag.help)}"]
    if flag.repeat:
        lines.insert(1, "repeat_key = true")
    return [f'    "{flag.long}" = {{', *(f"      {line}" for line in lines), "    }"]


def _defaults(command: Command) -> List[str]:
    """What the checks of a node have in common may be said once, without the name of the check; and what a site would
    give a check in any case."""
    own = name_of(command)
    shared = [flag.variable for flag in settings(command) if flag.variable in _SHARED and own != "ha"]
    lines = [f'  vars.{own}_{variable} = "$ha_{variable}$"' for variable in shared]
    for variable, value in given(command).items():
        text = f"[ {_quoted(value[0])} ]" if isinstance(value, list) else _quoted(value)
        lines.append(f"  vars.{own}_{variable} = {text}")
    return lines


def given(command: Command) -> Dict[str, Union[str, List[str]]]:
    """Return what a site would give it in any case, by variable; a list where it may be given several times."""
    words = ARGUMENTS.get(command.name, ())
    flags = {flag.long: flag for flag in settings(command)}
    pairs = [(flags[name], value) for name, value in zip(words[::2], words[1::2])]
    return {flag.variable: [value] if flag.repeat else value for flag, value in pairs}


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("$", "$$") + '"'


def rules() -> str:
    """Return the file of services."""
    found = services()
    blocks = [_SERVICES, _table("HaChecks", [one for one in found if not one.on_server]), _APPLY, _EXAMPLE]
    on_server = [one for one in found if one.on_server]
    if on_server:
        blocks += [_table("HaServerChecks", on_server), _CLUSTER % CHECK_NRPE]
    return "\n".join(blocks)


def _table(name: str, found: Iterable[Command]) -> str:
    rows = [
        f'  {name_of(one)} = {{ title = "{title(one)}", word = "{one.word}", interval = {minutes(one)}m }}'
        for one in found
    ]
    return "\n".join([f"const {name} = {{", *rows, "}", ""])
