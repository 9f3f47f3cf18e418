"""Man pages and completion are in step with the argument parsers."""

from __future__ import annotations

import re
import shlex
import subprocess
from pathlib import Path
from typing import List

import pytest

from check_ha.cli import setup
from generators.commands import Command, all_commands
from generators.completion import completion
from generators.manpage import page
from generators.manual_pages import examples, files
from generators.options import flags
from tests.needed import program

COMMANDS = [pytest.param(command, id=command.name) for command in all_commands() if command.entry]


def options_in_help(command: Command) -> List[str]:
    """Every option that -h shows, read off its text."""
    text = re.sub(r"\s+", " ", command.parser.format_usage())
    return re.findall(r"(?<=[\[ |])-{1,2}[a-zA-Z][\w-]*", text)


@pytest.mark.parametrize("command", COMMANDS)
def test_documents_know_the_options_of_the_help(command: Command) -> None:
    shown = set(options_in_help(command))
    assert len(shown) > 2
    assert shown <= {name for flag in flags(command) for name in flag.names}


@pytest.mark.parametrize("command", COMMANDS)
def test_man_page_has_every_option_and_condition(command: Command) -> None:
    text = page(command).replace("\\-", "-")
    for flag in flags(command):
        for name in flag.names:
            assert f"\\fB{name}\\fR" in text
    for condition in command.check.conditions if command.check else ():
        assert f"\\fB{condition.name}\\fR ({condition.severity.name})" in text


@pytest.mark.parametrize("command", COMMANDS)
def test_man_page_has_no_fault(command: Command, tmp_path: Path) -> None:
    mandoc = program("mandoc", package="mandoc")
    (tmp_path / "page.1").write_text(page(command), encoding="utf-8")
    done = subprocess.run(
        [mandoc, "-T", "lint", "-W", "warning", str(tmp_path / "page.1")], capture_output=True, text=True, check=False
    )
    faults = [line for line in done.stdout.splitlines() if "missing date" not in line]
    assert faults == []


@pytest.mark.parametrize("command", all_commands(), ids=lambda command: command.name)
def test_examples_can_be_typed(command: Command) -> None:
    """Each names one of our commands, with options that it has; the manual of every command has some."""
    parsers = {one.name: one.parser for one in all_commands() if one.entry}
    text = page(command).partition(".SH EXAMPLES\n")[2].partition(".SH ")[0]
    lines = [one.line for one in examples(command)]
    assert lines
    for line in lines:
        assert line.replace("\\", "\\e").replace("-", "\\-").replace("~", "\\(ti") in text
        words = shlex.split(line.rpartition("| ")[2])
        if words[0] in parsers:
            parsers[words[0]].parse_args(words[1:])
        else:
            assert words == [command.name]


def test_files_are_those_of_the_command() -> None:
    found = {command.name: sorted(files(command)) for command in all_commands()}
    asked = ["/etc/sudoers.d/check_ha", "/run/check_ha"]
    assert found["check_ha_quorum"] == asked
    assert found["check_ha_vip"] == [*asked, "/var/lib/check_ha/UID"]
    assert found["check_ha_config"] == ["/etc/corosync/authkey", "/etc/corosync/corosync.conf", *asked]
    assert found["check_ha_split_brain"] == []
    assert ".I /etc/corosync/uidgid.d/check_ha\n" in page(next(one for one in all_commands() if one.name == setup.NAME))


def complete(command: str, *words: str) -> List[str]:
    """What bash offers for these words, of which the last is being typed."""
    text = completion(next(one for one in all_commands() if one.name == command))
    script = f"""{text}
        compopt() {{ :; }}
        COMP_WORDS=({command} "$@"); COMP_CWORD=$#
        _{command} {command} "${{@: -1}}"
        printf '%s\\n' "${{COMPREPLY[@]}}"
    """
    done = subprocess.run(["bash", "-c", script, "bash", *words], capture_output=True, text=True, check=True)
    assert done.stderr == ""
    return done.stdout.split()


@pytest.mark.parametrize("command", COMMANDS)
def test_completion_offers_every_option(command: Command) -> None:
    assert complete(command.name, "-") == [name for flag in flags(command) for name in flag.names]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        pytest.param(["--lin"], ["--links"], id="option"),
        pytest.param(["--severity", "link-d"], ["link-down="], id="condition"),
        pytest.param(["--severity", "link-down", "="], ["ok", "warning", "critical", "unknown"], id="states"),
        pytest.param(["--severity", "link-down", "=", "w"], ["warning"], id="state"),
        pytest.param(["--links", ""], [], id="a-number-is-not-guessed"),
        pytest.param(["--from", "/us"], ["/usr"], id="directory"),
    ],
)
def test_completion_of_values(words: List[str], expected: List[str]) -> None:
    assert complete("check_ha_rings", *words) == expected


def test_completion_of_other_pairs_offers_no_states() -> None:
    assert complete("check_ha_vip", "--expect", "vip", "=") == []


def test_completion_of_an_argument() -> None:
    assert complete("check_ha_snapshot", "/us") == ["/usr"]
    assert "quorum" in complete("check_ha", "--skip", "")
