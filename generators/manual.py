"""The tables of the README.

What stands between ``<!-- NAME -->`` and ``<!-- /NAME -->`` is made from the code. Each sentence passes through
``say``: for README.md nothing is done to it, for a README in another language a catalogue has it.
"""

from __future__ import annotations

import re
import textwrap
from typing import Callable, Dict, Iterable, Sequence

from check_ha.cli.arguments import flag_of
from check_ha.core.check import Check, Metric
from check_ha.core.condition import COMMON, Condition
from check_ha.core.options import FilterOptions, Option
from check_ha.node_setup.rights import sudoers
from check_ha.sources.tools import ALL, Tool
from generators.commands import Command, all_commands

Say = Callable[[str], str]
"""A sentence of the code in the language of the document."""


def places(say: Say = str) -> Dict[str, Callable[[], str]]:
    """Each place of the document, and what belongs there."""
    return {
        "commands": lambda: command_rows(all_commands(), say),
        "sudoers": lambda: sudoers_block(say),
        "common": lambda: condition_table(COMMON, say),
        "checks": lambda: "\n".join(check_section(one, say) for one in all_commands() if one.check),
    }


def with_tables(text: str, say: Say = str) -> str:
    """The document with the tables as the code has them now; ValueError when it has no place for one of them."""
    for name, make in places(say).items():
        place = re.compile(rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)", re.DOTALL)
        if not place.search(text):
            raise ValueError(f"no <!-- {name} --> ... <!-- /{name} --> in the document")
        made = make()
        text = place.sub(lambda found, made=made: found.group(1) + made + found.group(2), text)  # type: ignore[misc]
    return text


def sudoers_block(say: Say) -> str:
    """The sudoers file; its comment is told as well."""
    text = sudoers()
    comment = "".join(line + "\n" for line in text.splitlines() if line.startswith("# "))
    words = " ".join(line[2:] for line in comment.splitlines())
    said = say(words)
    if said != words:
        text = text.replace(comment, "".join(f"# {line}\n" for line in textwrap.wrap(said, 114)))
    return textwrap.indent(text, "    ")


def command_rows(commands: Iterable[Command], say: Say) -> str:
    """A row for each command: the question it answers, and what it asks for that."""
    rows = [f"| `{one.name}` | {say(one.question)} | {_asks(one, say)} |" for one in commands]
    return "\n".join([*rows, ""])


def _asks(command: Command, say: Say) -> str:
    if command.on_server:
        return say("check_ha_view, on every node")
    if command.tools == ALL:
        return say("all of these")
    return ", ".join(dict.fromkeys(_subject(tool) for tool in command.tools))


def _subject(tool: Tool) -> str:
    """The program, or the file that it only reads."""
    files = [word for word in tool.argv[1:] if word.startswith("/")]
    return files[-1] if files else tool.name


def check_section(command: Command, say: Say) -> str:
    """All that is particular to one check."""
    check = command.check
    assert check is not None  # noqa: S101  # the caller leaves out the others
    parts = [f"### {command.name}", f"{say(command.question)} {_numbers(check, say)}".strip()]
    parts += [option_table(check.options.table(), say), condition_table(check.conditions, say)]
    parts.append(metric_table(check.metrics, say))
    return "\n\n".join(part.rstrip() for part in parts if part) + "\n"


def _numbers(check: Check, say: Say) -> str:
    """What the options that every check has mean here."""
    said = []
    if check.number:
        said.append(say("`-w` `-c`: {}.").format(say(check.number.meaning)))
    if check.filters:
        said.append(say("`-i` `-x`: {}.").format(say(check.filters)))
    if check.remembers:
        said.append(say("Compares with its last run."))
    return " ".join(said)


def option_table(options: Dict[str, Option], say: Say) -> str:
    """The options of its own."""
    own = {name: one for name, one in options.items() if name not in FilterOptions.table()}
    rows = [[f"`{flag_of(name)}{_metavar(one)}`", say(one.help) + _again(one, say)] for name, one in own.items()]
    return _table([say("option"), ""], rows) if rows else ""


def _metavar(one: Option) -> str:
    return f" {one.metavar}" if one.metavar else ""


def _again(one: Option, say: Say) -> str:
    return f" ({say('may be repeated')})" if one.repeat else ""


def condition_table(conditions: Sequence[Condition], say: Say) -> str:
    """Conditions with default severity and meaning."""
    rows = [[one.name, one.severity.name, say(one.meaning)] for one in conditions]
    return _table([say("condition"), say("default"), ""], rows)


def metric_table(metrics: Sequence[Metric], say: Say) -> str:
    """Perfdata."""
    rows = [[f"`{_label(metric)}`", say(metric.meaning)] for metric in metrics]
    return _table(["perfdata", ""], rows) if rows else ""


def _label(metric: Metric) -> str:
    return f"{metric.instance}#{metric.name}" if metric.instance else metric.name


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [f"| {' | '.join(cells)} |".replace("|  |", "| |") for cells in (head, *rows)]
    return "\n".join([lines[0], "|---" * len(head) + "|", *lines[1:], ""])
