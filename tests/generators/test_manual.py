"""Documents and code agree: every command, option, condition and metric is in their tables, as the code has it."""

from __future__ import annotations

from pathlib import Path

import pytest

from check_ha.cli.options.arguments import flag_of
from check_ha.cli.options.common import CommonOptions
from check_ha.core.condition import WITH_MEMORY
from check_ha.core.options import FilterOptions
from generators.commands import Command, all_commands
from generators.documents import PAIRS
from generators.manual import PLACES, with_tables
from generators.options import flags

ROOT = Path(__file__).parents[2]
TEXTS = {name: (ROOT / name).read_text(encoding="utf-8") for name in PAIRS}
README, CHECKS_PAGE, OPTIONS_PAGE = TEXTS["README.md"], TEXTS["docs/checks.md"], TEXTS["docs/options.md"]
CHECKS = [command for command in all_commands() if command.check]


def part(text: str, heading: str) -> str:
    """What stands below this heading, down to the next of its kind or a greater one."""
    below = text.partition(f"\n{heading}\n")[2]
    return (
        below.partition("\n## ")[0] if heading.startswith("## ") else below.partition("\n## ")[0].partition("\n### ")[0]
    )


def rows(text: str) -> str:
    """The tables of it."""
    return "\n".join(line for line in text.splitlines() if line.startswith("| "))


def test_a_place_that_nothing_is_known_of_is_refused() -> None:
    with pytest.raises(ValueError, match="nothing is known that belongs into <!-- nothing -->"):
        with_tables("# a document\n<!-- nothing -->\n<!-- /nothing -->\n")


@pytest.mark.parametrize("place", PLACES)
def test_every_place_is_in_one_document_and_filled(place: str) -> None:
    text = "".join(TEXTS.values())
    assert text.count(f"<!-- {place} -->\n") == text.count(f"<!-- /{place} -->\n") == 1
    assert f"<!-- {place} -->\n<!-- /{place} -->" not in text


def test_readme_is_short() -> None:
    commands = len(all_commands())  # each has a row
    assert len(README.splitlines()) < 231 + commands
    french = (ROOT / "README.fr.md").read_text(encoding="utf-8")
    assert len(french.splitlines()) < 246 + commands  # French takes more words


@pytest.mark.parametrize("command", all_commands(), ids=lambda command: command.name)
def test_every_command_has_a_row_with_its_question(command: Command) -> None:
    found = [line for line in README.splitlines() if line.startswith(f"| `{command.name}` |")]
    assert len(found) == 1
    assert command.question in found[0]


@pytest.mark.parametrize("command", CHECKS, ids=lambda command: command.name)
def test_every_check_has_its_section(command: Command) -> None:
    assert command.check is not None
    text = part(CHECKS_PAGE, f"### {command.name}")
    assert text.lstrip().startswith(command.question)
    for condition in command.check.conditions:
        assert f"| {condition.name} | {condition.severity.name} | {condition.meaning} |" in text
    for metric in command.check.metrics:
        assert f"{metric.name}` | {metric.meaning} |" in text


def test_every_common_option_is_in_the_table() -> None:
    table = rows(part(OPTIONS_PAGE, "## Of every check of a node"))
    for name, one in {**CommonOptions.table(), **FilterOptions.table()}.items():
        assert f"`{flag_of(name)}{f' {one.metavar}' if one.metavar else ''}`" in table
    assert "`--format FORMAT`" in table


@pytest.mark.parametrize("command", all_commands(), ids=lambda command: command.name)
def test_every_option_of_every_command_is_in_a_table(command: Command) -> None:
    """Its own in its section, what it shares with others in that of all, of check_ha or of the comparisons."""
    places = [part(OPTIONS_PAGE, "## Of every check of a node")]
    if command.check:
        places.append(part(CHECKS_PAGE, f"### {command.name}"))
        places += [part(OPTIONS_PAGE, "## Of what compares nodes")] if command.on_server else []
    elif command.verdict:
        places.append(part(OPTIONS_PAGE, "## Of check_ha"))
    else:
        places = [part(OPTIONS_PAGE, f"### {command.name}")]
    table = rows("\n".join(places))
    for flag in flags(command):
        value = f" {flag.metavar}" if flag.metavar else ""
        if command.check or command.verdict or flag.variable not in ("help", "version"):
            assert [name for name in flag.names if f"`{name}{value}`" not in table] == []


def test_common_conditions_are_told_once() -> None:
    for condition in WITH_MEMORY:
        assert CHECKS_PAGE.count(f"| {condition.name} | {condition.severity.name} | {condition.meaning} |") == 1


@pytest.mark.parametrize("name", [name for pair in PAIRS.items() for name in pair])
def test_no_table_cell_breaks_its_row(name: str) -> None:
    columns = 0
    for number, line in enumerate((ROOT / name).read_text(encoding="utf-8").splitlines(), start=1):
        if not line.startswith("|"):
            columns = 0
            continue
        found = line.replace("\\|", "").count("|")
        assert columns in (0, found), f"{name} line {number}"
        columns = found
