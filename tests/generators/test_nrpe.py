"""The files of a node: NRPE commands, sudoers, uidgid."""

from __future__ import annotations

import re
import shlex

from check_ha.cli.options.arguments import parse
from check_ha.node_setup.nrpe import command_file
from check_ha.node_setup.rights import sudoers, uidgid
from generators.commands import all_commands


def test_command_lines_are_understood_by_the_checks() -> None:
    """Also the examples in the comments: each range is one."""
    commands = {command.name: command for command in all_commands()}
    lines = re.findall(r"^command\[(\w+)\]=(\S+) (.*)$", command_file("/opt/x"), flags=re.MULTILINE)
    assert lines
    for name, path, arguments in lines:
        program = name.replace("check_ha_own", "check_ha")
        assert path == f"/opt/x/{program}"
        commands[program].parser.parse_args(shlex.split(arguments))
    examples = re.findall(r"such as (.*)\ncommand\[(\w+)\]", command_file())
    assert len(examples) > 3
    for example, name in examples:
        check = commands[name].check
        assert check is not None
        assert "'" in example
        parse(check, shlex.split(example))


def test_without_sudo() -> None:
    assert "--sudo" not in command_file(sudo=False)


def test_sudo_may_run_one_command_without_arguments() -> None:
    said = sudoers(("icinga",), "/opt/check_ha/bin/check_ha_collect").splitlines()
    lines = [line for line in said if not line.startswith("#")]
    assert lines == [
        'Cmnd_Alias CHECK_HA = /opt/check_ha/bin/check_ha_collect ""',
        "Defaults!CHECK_HA env_reset, !env_keep, !env_check, !requiretty",
        "icinga ALL=(root) TIMEOUT=10 NOPASSWD: CHECK_HA",
    ]
    assert r"CHECK_HA = /a\ b\*/check_ha_collect" in sudoers(("icinga",), "/a b*/check_ha_collect")


def test_uidgid_names_the_user() -> None:
    assert "uid: icinga\n" in uidgid(("icinga",))
