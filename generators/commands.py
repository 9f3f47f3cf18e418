"""Every command of the suite: what the documents are made of."""

from __future__ import annotations

import argparse
import importlib
from types import ModuleType
from typing import List, NamedTuple, Optional, Tuple

from check_ha.cli import overall, setup, snapshot, view
from check_ha.cli.arguments import parser_for
from check_ha.cli.comparison import comparison_parser
from check_ha.cli.register import CHECKS, COMPARISONS
from check_ha.core.check import Check
from check_ha.sources.tools import ALL, Tool

VIEW = "check_ha_view"
"""What the server's commands have the nodes run."""
_WITH_ALL_TOOLS = ("check_ha", "check_ha_snapshot")


class Command(NamedTuple):
    """One command."""

    name: str
    manual: str
    """The docstring of its module."""
    parser: argparse.ArgumentParser
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


def all_commands() -> List[Command]:
    """Every command, by name."""
    found = [_of_check(module, False) for module in CHECKS.values()]
    found += [_of_check(module, True) for module in COMPARISONS.values()]
    found += [_of_module(module) for module in (overall, view, snapshot, setup)]
    return sorted(found, key=lambda command: command.name)


def all_checks() -> List[Check]:
    """The table of every check, by name."""
    return [command.check for command in all_commands() if command.check]


def services() -> List[Command]:
    """The commands that a monitoring server schedules one by one: check_ha, all in one, is for small sites."""
    return [command for command in all_commands() if command.check]


def _of_check(module: str, comparison: bool) -> Command:
    from_module = importlib.import_module(module)
    check: Check = from_module.CHECK
    parser = comparison_parser(check) if comparison else parser_for(check)
    tools = tuple(reading.tool for reading in check.readings)
    return Command(parser.prog, check.manual, parser, check, tools, comparison)


def _of_module(module: ModuleType) -> Command:
    """A command that is no check: its module has a function ``parser``, and may have ``READINGS``."""
    parser = module.parser()
    readings = getattr(module, "READINGS", ())
    tools = ALL if parser.prog in _WITH_ALL_TOOLS else tuple(reading.tool for reading in readings)
    return Command(parser.prog, module.__doc__ or "", parser, None, tools)
