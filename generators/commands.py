"""Every command of the suite: what the documents are made of."""

from __future__ import annotations

import argparse
import functools
from types import ModuleType
from typing import List, NamedTuple, Optional, Tuple

from check_ha.cli import overall, setup, snapshot, view
from check_ha.cli.comparison import comparison_parser
from check_ha.cli.options.arguments import parser_for
from check_ha.cli.register import ALONE, CHECKS, COMPARISONS, check_named
from check_ha.core.check import Check
from check_ha.sources import collect
from check_ha.sources.tools import ALL, DEAD, Question, Tool

CLUSTER = "check_ha_cluster"
"""What tells once what all nodes say."""
OWN = "check_ha_own"
"""What NRPE calls check_ha --own: what is left to a node, where the server runs check_ha_cluster."""
VIEW = "check_ha_view"
"""What the server's commands have the nodes run."""
SIMULATION = Question((("NODE", DEAD),)).tool
"""What is asked of the scheduler."""
_MAIN = "check_ha.cli.commands:{}"
COLLECT = "check_ha_collect"
"""What sudo runs for the others: a script of its own, without options."""
_WITH_ALL_TOOLS = ("check_ha", "check_ha_snapshot")


SITES = "check_ha_sites"


class Command(NamedTuple):
    """One command."""

    name: str
    manual: str
    """The docstring of its module."""
    parser: argparse.ArgumentParser
    entry: str
    """Its main function: ``check_ha.cli.commands:quorum``; empty for a script of its own."""
    check: Optional[Check] = None
    """What it judges by; None for one that is no check of its own."""
    tools: Tuple[Tool, ...] = ()
    on_server: bool = False
    """Whether it runs on the monitoring server and asks the nodes; all others run on a node."""

    @property
    def question(self) -> str:
        """What it answers, or does: the first line of its manual."""
        return self.manual.strip().split("\n")[0]

    @property
    def about(self) -> str:
        """The manual without its first line."""
        return self.manual.strip().partition("\n")[2].strip()

    @property
    def word(self) -> str:
        """``failed_actions`` of check_ha_failed_actions, nothing of check_ha."""
        return self.name[len("check_ha_") :]

    @property
    def verdict(self) -> bool:
        """Whether it says OK, WARNING, CRITICAL or UNKNOWN of the cluster: a service of a monitoring server."""
        return self.check is not None or self.name == "check_ha"


@functools.cache
def all_commands() -> Tuple[Command, ...]:
    """Return every command, by name."""
    found = [*map(_of_check, (*CHECKS, *ALONE)), *map(_of_comparison, COMPARISONS)]
    found += map(_of_module, (overall, view, snapshot, setup))
    found.append(
        Command(COLLECT, collect.__doc__ or "", argparse.ArgumentParser(COLLECT, add_help=False), "", tools=ALL)
    )
    return tuple(sorted(found, key=lambda command: command.name))


def services() -> List[Command]:
    """Return the commands that a monitoring server schedules one by one, in the full shape of the samples.

    check_ha, all in one, and check_ha_cluster, which tells once what all nodes say, are those of the small shape. What
    compares clusters is of no cluster: a site with several writes that service itself.
    """
    found = [command for command in all_commands() if command.check and not command.check.tells]
    return [command for command in found if command.name != SITES]


def _of_check(name: str) -> Command:
    check = check_named(name)
    tools = tuple(reading.tool for reading in check.readings)
    tools += (SIMULATION,) if check.asks else ()
    return Command(check.command, check.manual, parser_for(check), _MAIN.format(name), check, tools)


def _of_comparison(name: str) -> Command:
    check = check_named(name)
    return Command(check.command, check.manual, comparison_parser(check), _MAIN.format(name), check, on_server=True)


def _of_module(module: ModuleType) -> Command:
    """Return a command that is no check: its module has a function ``parser``, and may have ``READINGS``."""
    parser = module.parser()
    readings = getattr(module, "READINGS", ())
    tools = ALL if parser.prog in _WITH_ALL_TOOLS else tuple(reading.tool for reading in readings)
    return Command(parser.prog, module.__doc__ or "", parser, f"{module.__name__}:main", None, tools)
