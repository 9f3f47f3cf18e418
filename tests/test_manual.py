"""README and code agree: every command, option, condition and metric is in its tables, as the code has it."""

from __future__ import annotations

from pathlib import Path

import pytest

from check_ha.cli.arguments import flag_of
from check_ha.core.condition import COMMON
from check_ha.core.options import FilterOptions
from generators.commands import Command, all_commands
from generators.manual import places, with_tables

README = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")
CHECKS = [command for command in all_commands() if command.check]


def section(command: Command) -> str:
    """What README says of this check: from its heading to the next."""
    return README.partition(f"### {command.name}\n")[2].partition("\n### ")[0]


def test_tables_are_up_to_date() -> None:
    assert with_tables(README) == README, "make docs"


def test_a_document_without_a_place_is_refused() -> None:
    with pytest.raises(ValueError, match="no <!-- commands -->"):
        with_tables("# a document\n")


def test_every_place_is_filled() -> None:
    assert set(places()) == {"commands", "sudoers", "common", "checks"}
    for name in places():
        assert f"<!-- {name} -->\n<!-- /{name} -->" not in README


@pytest.mark.parametrize("command", all_commands(), ids=lambda command: command.name)
def test_every_command_has_a_row_with_its_question(command: Command) -> None:
    rows = [line for line in README.splitlines() if line.startswith(f"| `{command.name}` |")]
    assert len(rows) == 1
    assert command.question in rows[0]


@pytest.mark.parametrize("command", CHECKS, ids=lambda command: command.name)
def test_every_check_has_its_section(command: Command) -> None:
    assert command.check is not None
    text = section(command)
    assert text.lstrip().startswith(command.question)
    for condition in command.check.conditions:
        assert f"| {condition.name} | {condition.severity.name} | {condition.meaning} |" in text
    for metric in command.check.metrics:
        assert f"{metric.name}` | {metric.meaning} |" in text
    for name in set(command.check.options.table()) - set(FilterOptions.table()):
        assert f"| `{flag_of(name)}" in text


def test_common_conditions_are_told_once() -> None:
    for condition in COMMON:
        assert README.count(f"| {condition.name} | {condition.severity.name} | {condition.meaning} |") == 1


def test_no_table_cell_breaks_its_row() -> None:
    for number, line in enumerate(README.splitlines(), start=1):
        if line.startswith("| ") and line.endswith(" |"):
            columns = line.replace("\\|", "").count("|") - 1
            assert columns in (2, 3, 6), f"README.md line {number}"
