"""The tables of the documents.

What stands between ``<!-- NAME -->`` and ``<!-- /NAME -->`` is made from the code. Each sentence passes through
``say``: in an English document nothing is done to it, for one in another language a catalogue has it.
"""

from __future__ import annotations

import re
import textwrap
from typing import Callable, Dict, Iterable, List, Mapping, Sequence

from check_ha.cli.comparison import ComparisonOptions
from check_ha.cli.options.arguments import flag_of
from check_ha.cli.options.common import CommonOptions
from check_ha.cli.options.settings import OverallOptions
from check_ha.core.check import Check, Metric
from check_ha.core.condition import WITH_MEMORY, Condition
from check_ha.core.options import FilterOptions, Option
from check_ha.node_setup.rights import sudoers
from check_ha.sources.tools import ALL, Tool
from generators import json_fields, library, once
from generators.commands import Command, all_commands
from generators.options import Flag, flags

Say = Callable[[str], str]
"""A sentence of the code in the language of the document."""

PLACES: Mapping[str, Callable[[Say], str]] = {
    "commands": lambda say: command_rows(all_commands(), say),
    "sudoers": lambda say: sudoers_block(say),
    "common": lambda say: condition_table(WITH_MEMORY, say),
    "checks": lambda say: "\n".join(check_section(one, say) for one in all_commands() if one.check),
    "options": lambda say: common_options(say),
    "options-of-all": lambda say: option_table(_more(OverallOptions.table(), CommonOptions.table()), say),
    "options-of-comparisons": lambda say: option_table(_more(ComparisonOptions.table(), CommonOptions.table()), say),
    "options-of-others": lambda say: "\n".join(
        flag_section(one, say) for one in all_commands() if not one.verdict and flags(one)
    ),
    "json": lambda say: "\n".join(
        f"### {title}\n\n{table([say('field'), say('type'), ''], rows)}" for title, rows in json_fields.tables(say)
    ),
    "scopes": lambda say: table([say("check"), say("says"), "check_ha_cluster", "check_ha --own"], once.scopes(say)),
    "faults": lambda say: table([say("fault"), say("nodes"), say("full"), say("small")], once.faults(say)),
    "program": lambda _: library.program(),
    "parsers": lambda say: table([say("function"), say("the output of"), say("returns")], library.parsers()),
    "records": lambda say: table([say("record"), say("fields")], library.records()),
}
"""Each place of a document, and what belongs there."""

_PLACE = re.compile(r"(<!-- ([a-z-]+) -->\n).*?(<!-- /\2 -->)", re.DOTALL)


def with_tables(text: str, say: Say = str) -> str:
    """Return the document with the tables as the code has them now; ValueError for a place that there is not."""
    unknown = set(re.findall(r"<!-- /?([^>]*?) -->", text)) - set(PLACES)
    if unknown:
        raise ValueError(f"nothing is known that belongs into <!-- {', '.join(sorted(unknown))} -->")
    return _PLACE.sub(lambda found: found.group(1) + PLACES[found.group(2)](say) + found.group(3), text)


def sudoers_block(say: Say) -> str:
    """Return the sudoers file; its comment is told as well."""
    text = sudoers()
    comment = "".join(line + "\n" for line in text.splitlines() if line.startswith("# "))
    words = " ".join(line[2:] for line in comment.splitlines())
    said = say(words)
    if said != words:
        text = text.replace(comment, "".join(f"# {line}\n" for line in textwrap.wrap(said, 114)))
    return textwrap.indent(text, "    ")


def command_rows(commands: Iterable[Command], say: Say) -> str:
    """Return a row for each command: the question it answers, and what it asks for that."""
    rows = [f"| `{one.name}` | {say(one.question)} | {_asks(one, say)} |" for one in commands]
    return "\n".join([*rows, ""])


def _asks(command: Command, say: Say) -> str:
    if command.on_server:
        return say("check_ha_view, on every node")
    if command.tools == ALL:
        return say("all of these")
    return ", ".join(dict.fromkeys(_subject(tool) for tool in command.tools))


def _subject(tool: Tool) -> str:
    """Return the program, or the file that it only reads."""
    return tool.argv[-1] if tool.argv[-1].startswith("/") else tool.name


def check_section(command: Command, say: Say) -> str:
    """Return all that is particular to one check."""
    check = command.check
    assert check is not None  # noqa: S101  # the caller leaves out the others
    parts = [f"### {command.name}", f"{say(command.question)} {_numbers(check, say)}".strip()]
    parts += [option_table(_more(check.options.table(), FilterOptions.table()), say)]
    parts += [condition_table(check.conditions, say), metric_table(check.metrics, say)]
    return "\n\n".join(part.rstrip() for part in parts if part) + "\n"


def _numbers(check: Check, say: Say) -> str:
    """Return what the options that every check has mean here."""
    said = []
    if check.number:
        said.append(say("`-w` `-c`: {}.").format(say(check.number.meaning)))
    if check.filters:
        said.append(say("`-i` `-x`: {}.").format(say(check.filters)))
    if check.remembers:
        said.append(say("Compares with its last run."))
    return " ".join(said)


def _more(options: Mapping[str, Option], known: Mapping[str, Option]) -> Dict[str, Option]:
    """Return the options that are not known, or known otherwise."""
    return {name: one for name, one in options.items() if known.get(name) != one}


def option_table(options: Mapping[str, Option], say: Say) -> str:
    """Return a table of these options."""
    rows = _option_rows(options, say)
    return table([say("option"), ""], rows) if rows else ""


def _option_rows(options: Mapping[str, Option], say: Say) -> List[List[str]]:
    return [[_named(name, one), _help(one.help, one.repeat, say)] for name, one in options.items()]


def common_options(say: Say) -> str:
    """Return a table of the options that every check of a node has, and of those that have items with names."""
    options = {**CommonOptions.table(), **FilterOptions.table()}
    check = next(one for one in all_commands() if one.check and not one.on_server)
    of_all = ("help", "version", "verbose")  # which no class of options has
    rows = [_row(flag, say) for flag in flags(check) if flag.variable in of_all]
    return table([say("option"), ""], [*_option_rows(options, say), *rows])


def _named(name: str, one: Option) -> str:
    value = f" {one.metavar}" if one.metavar else ""
    return " ".join(f"`{flag}{value}`" for flag in (one.short, flag_of(name)) if flag)


def _help(text: str, repeat: bool, say: Say) -> str:
    said = say(text.format(number="the main number"))
    return said.replace("|", "\\|") + (f" ({say('may be repeated')})" if repeat else "")


def flag_section(command: Command, say: Say) -> str:
    """Return the options of a command that is no check."""
    rows = [_row(flag, say) for flag in flags(command) if flag.variable not in ("help", "version")]
    return f"### {command.name}\n\n{say(command.question)}\n\n{table([say('option'), ''], rows)}"


def _row(flag: Flag, say: Say) -> List[str]:
    value = f" {flag.metavar}" if flag.metavar else ""
    names = [f"`{name}{value}`" for name in flag.names] or [f"`{flag.metavar}`"]
    return [" ".join(names), _help(flag.help, flag.repeat, say)]


def condition_table(conditions: Sequence[Condition], say: Say) -> str:
    """Return conditions with default severity and meaning."""
    rows = [[one.name, one.severity.name, say(one.meaning)] for one in conditions]
    return table([say("condition"), say("default"), ""], rows)


def metric_table(metrics: Sequence[Metric], say: Say) -> str:
    """Return a table of perfdata."""
    rows = [[f"`{_label(metric)}`", say(metric.meaning)] for metric in metrics]
    return table(["perfdata", ""], rows) if rows else ""


def _label(metric: Metric) -> str:
    return f"{metric.instance}#{metric.name}" if metric.instance else metric.name


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table in Markdown."""
    return "".join([_line(head), "|---" * len(head) + "|\n", *map(_line, rows)])


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |\n".replace("|  |", "| |")
