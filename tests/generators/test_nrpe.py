"""The files of a node: NRPE commands, sudoers, uidgid."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from check_ha.cli.arguments import parse
from check_ha.node_setup.nrpe import command_file
from check_ha.node_setup.rights import program, sudoers, uidgid
from check_ha.sources.runner import FOLDERS
from check_ha.sources.sudoers import sudoers_command
from check_ha.sources.tools import ALL
from generators.commands import all_commands


def test_command_lines_are_understood_by_the_checks() -> None:
    """Also the examples in the comments: each range is one."""
    commands = {command.name: command for command in all_commands()}
    lines = re.findall(r"^command\[(\w+)\]=(\S+) (.*)$", command_file("/opt/x"), flags=re.MULTILINE)
    assert lines
    for name, path, arguments in lines:
        assert path == f"/opt/x/{name}"
        commands[name].parser.parse_args(shlex.split(arguments))
    examples = re.findall(r"such as (.*)\ncommand\[(\w+)\]", command_file())
    assert len(examples) > 3
    for example, name in examples:
        check = commands[name].check
        assert check is not None
        assert "'" in example
        parse(check, shlex.split(example))


def test_without_sudo() -> None:
    assert "--sudo" not in command_file(sudo=False)


@pytest.mark.parametrize(
    ("argv", "expected"),
    [
        pytest.param(["/usr/sbin/corosync-cmapctl"], '/usr/sbin/corosync-cmapctl ""', id="no-arguments-but-none"),
        pytest.param(["/bin/ps", "-o", "a,b"], r"/bin/ps -o a\,b", id="comma"),
        pytest.param(["/x", "--as=xml", "a:b"], r"/x --as\=xml a\:b", id="equals-and-colon"),
        pytest.param(["/x", "*", "[a]?", "\\"], r"/x \* \[a\]\? \\", id="patterns-are-meant-literally"),
    ],
)
def test_sudoers_command(argv: list[str], expected: str) -> None:
    assert sudoers_command(argv) == expected


def test_every_command_line_of_every_tool_is_allowed() -> None:
    text = sudoers("icinga", root="/nonexistent")
    for tool in ALL:
        for argv in filter(None, (tool.argv, tool.older)):
            assert f"    {sudoers_command((program(argv[0], '/nonexistent'), *argv[1:]))}" in text
    assert text.endswith("icinga ALL=(root) TIMEOUT=10 NOPASSWD: CHECK_HA\n")
    assert "*" not in text


def test_programs_are_those_that_a_check_finds(tmp_path: Path) -> None:
    for folder in FOLDERS[-1:0:-1]:
        place = tmp_path / folder.lstrip("/")
        place.mkdir(parents=True)
        (place / "crm_mon").touch(mode=0o755)
        assert program("crm_mon", str(tmp_path)) == f"{folder}/crm_mon"
    assert program("crm_mon", "/nonexistent") == "/usr/sbin/crm_mon"
    assert program("stat", "/nonexistent") == "/usr/bin/stat"


def test_uidgid_names_the_user() -> None:
    assert "uid: icinga\n" in uidgid("icinga")
