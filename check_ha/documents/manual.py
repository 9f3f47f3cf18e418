"""The tables of the README.

What stands between ``<!-- NAME -->`` and ``<!-- /NAME -->`` is made from the code.
"""

from __future__ import annotations

import re
from typing import Callable, Dict, Iterable, Sequence

from check_ha.commandline.arguments import flag_of
from check_ha.documents.commands import Command, all_commands
from check_ha.documents.nrpe import sudoers
from check_ha.judgement.check import Check, Metric
from check_ha.judgement.conditions import COMMON, Condition
from check_ha.judgement.options import FilterOptions, Option
from check_ha.sources.tools import ALL, Tool


def places() -> Dict[str, Callable[[], str]]:
    """Each place of the document, and what belongs there."""
    return {
        "commands": lambda: command_rows(all_commands()),
        "sudoers": lambda: "\n".join(f"    {line}".rstrip() for line in sudoers().splitlines()) + "\n",
        "common": lambda: condition_table(COMMON),
        "checks": lambda: "\n".join(check_section(one) for one in all_commands() if one.check),
    }


def with_tables(text: str) -> str:
    """The document with the tables as the code has them now; ValueError when it has no place for one of them."""
    for name, make in places().items():
        place = re.compile(rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)", re.DOTALL)
        if not place.search(text):
            raise ValueError(f"no <!-- {name} --> ... <!-- /{name} --> in the document")
        made = make()
        text = place.sub(lambda found, made=made: found.group(1) + made + found.group(2), text)  # type: ignore[misc]
    return text


def command_rows(commands: Iterable[Command]) -> str:
    """A row for each command: the question it answers, and what it asks for that."""
    rows = [f"| `{one.name}` | {one.question} | {_asks(one)} |" for one in commands]
    return "\n".join([*rows, ""])


def _asks(command: Command) -> str:
    if command.on_server:
        return "check_ha_view, on every node"
    if command.tools == ALL:
        return "all of these"
    return ", ".join(dict.fromkeys(_subject(tool) for tool in command.tools))


def _subject(tool: Tool) -> str:
    """The program, or the file that it only reads."""
    files = [word for word in tool.argv[1:] if word.startswith("/")]
    return files[-1] if files else tool.name


def check_section(command: Command) -> str:
    """All that is particular to one check."""
    check = command.check
    assert check is not None  # noqa: S101  # the caller leaves out the others
    parts = [f"### {command.name}", f"{command.question} {_numbers(check)}".strip()]
    parts += [option_table(check.options.table()), condition_table(check.conditions), metric_table(check.metrics)]
    return "\n\n".join(part.rstrip() for part in parts if part) + "\n"


def _numbers(check: Check) -> str:
    """What the options that every check has mean here."""
    said = []
    if check.number:
        said.append(f"`-w` `-c`: {check.number.meaning}.")
    if check.filters:
        said.append(f"`-i` `-x`: {check.filters}.")
    if check.remembers:
        said.append("Compares with its last run.")
    return " ".join(said)


def option_table(options: Dict[str, Option]) -> str:
    """The options of its own."""
    own = {name: one for name, one in options.items() if name not in FilterOptions.table()}
    rows = [f"| `{flag_of(name)}{_metavar(one)}` | {one.help}{_again(one)} |" for name, one in own.items()]
    return "\n".join(["| option | |", "|---|---|", *rows, ""]) if rows else ""


def _metavar(one: Option) -> str:
    return f" {one.metavar}" if one.metavar else ""


def _again(one: Option) -> str:
    return " (may be repeated)" if one.repeat else ""


def condition_table(conditions: Sequence[Condition]) -> str:
    """Conditions with default severity and meaning."""
    rows = [f"| {one.name} | {one.severity.name} | {one.meaning} |" for one in conditions]
    return "\n".join(["| condition | default | |", "|---|---|---|", *rows, ""])


def metric_table(metrics: Sequence[Metric]) -> str:
    """Perfdata."""
    rows = [f"| `{_label(metric)}` | {metric.meaning} |" for metric in metrics]
    return "\n".join(["| perfdata | |", "|---|---|", *rows, ""]) if rows else ""


def _label(metric: Metric) -> str:
    return f"{metric.instance}#{metric.name}" if metric.instance else metric.name
