"""The page for those who come from another plugin names only what there is."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Dict, List, Set

import pytest

from generators.commands import Command, all_commands
from generators.options import flags

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs/moving-over.md").read_text(encoding="utf-8")
COMMANDS: Dict[str, Command] = {command.name: command for command in all_commands()}
# The second column of every table: what is theirs stands in the first
ROWS = re.findall(r"^\| (.+) \| (.+) \|$", TEXT, re.MULTILINE)
OURS = [ours for _, ours in ROWS if ours != "check_ha"]


def words(text: str) -> List[str]:
    """What stands between backticks."""
    return re.findall(r"`([^`]+)`", text)


def known(commands: List[Command]) -> Set[str]:
    """The options, conditions and metrics of these commands."""
    found = {name for command in commands for flag in flags(command) for name in flag.names}
    for check in (command.check for command in commands):
        if check:
            found |= {condition.name for condition in (*check.conditions, *check.shared)}
            found |= {metric.name for metric in check.metrics}
    return found


def test_every_plugin_has_its_table() -> None:
    heads = re.findall(r"^\| (.+) \| check_ha \|$", TEXT, re.MULTILINE)
    wanted = [
        "check_crm", "check_corosync_rings", "mode crm", "mode constraints", "mode resources of Centreon",
        "check_drbd, check_drbd9", "Checkmk", "ha_cluster_",
    ]  # fmt: skip
    assert heads == wanted
    assert len(OURS) > 60


@pytest.mark.parametrize("row", OURS)
def test_row_names_what_there_is(row: str) -> None:
    named = words(row)
    commands = [COMMANDS[word] for word in named if word.startswith("check_ha_")]
    assert commands or row == "nothing"
    names = known(commands)
    for word in named:
        # "--severity standby=ok" is an option and a condition, "-c 3:" an option and a range
        for part in re.fullmatch(r"(--?[a-z-]+)?[ ]?(?:([a-z.-]+)(?:=ok|=critical)?|\S*)", word).groups():  # type: ignore[union-attr]
            if part and not word.startswith((".*", "check_ha_")):
                assert part in names, word


def test_every_command_and_file_of_the_text_is_there() -> None:
    commands = set(re.findall(r"\bcheck_ha_[a-z_]+", TEXT))
    assert commands
    assert commands <= set(COMMANDS)
    files = {word for word in words(TEXT) if re.fullmatch(r"(samples|clusters)/\S+", word)}
    assert files
    assert [name for name in files if not ((ROOT / name).exists() or (ROOT / "samples" / name).exists())] == []
