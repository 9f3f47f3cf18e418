"""The page for those who come from another plugin names only what there is."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Dict, List, Set

import pytest

from generators.commands import Command, all_commands
from generators.options import flags

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
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
        "check_crm",
        "check_corosync_rings",
        "mode crm",
        "mode constraints",
        "mode resources of Centreon",
        "check_drbd, check_drbd9",
        "Checkmk",
        "ha_cluster_",
        "node attribute",
    ]
    assert heads == wanted
    assert len(OURS) > 60


@pytest.mark.parametrize("row", OURS)
def test_row_names_what_there_is(row: str) -> None:
    named = words(row)
    commands = [COMMANDS[word] for word in named if word.startswith("check_ha_")]
    assert commands or row == "nothing" or row.startswith("nothing: ")
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


def exported() -> List[List[str]]:
    """Each metric of ha_cluster_exporter, and the labels by which it means several things."""
    lines = (HERE / "data/ha_cluster_exporter-1.4.2.txt").read_text(encoding="utf-8").splitlines()
    return [line.split() for line in lines if line and not line.startswith("#")]


@pytest.mark.parametrize("metric", exported(), ids=lambda one: one[0])
def test_every_metric_of_the_exporter_has_a_counterpart_or_a_reason(metric: List[str]) -> None:
    name, *labels = metric
    section = TEXT.partition("## ha_cluster_exporter")[2].partition("| node attribute |")[0]
    rows = [(theirs, ours) for theirs, ours in re.findall(r"^\| (.+) \| (.+) \|$", section, re.MULTILINE)]
    whole = [theirs for theirs, _ in rows if any(stands_for(word, name) for word in words(theirs))]
    assert whole, f"{name} is in no row"
    named = {word for theirs in whole for word in re.findall(r"[a-z_]+", theirs)}
    assert [label for label in labels if label not in named and not any("..." in one for one in whole)] == []


def stands_for(word: str, name: str) -> bool:
    """Tell whether a word of the table means this metric: ``drbd_...`` means all whose names begin so."""
    return word == name or (word.endswith("...") and name.startswith(word[:-3]))
