"""Every command of the suite, found in the code: what the documents are made of.

A command is a module with a ``main`` and either ``CHECK``, the table of a check, or ``parser()``, which makes its
argument parser; a check whose parser is not that of every check has both.
"""

from __future__ import annotations

import argparse
import importlib
import pkgutil
from types import ModuleType
from typing import Iterator, List, NamedTuple, Optional, Tuple

import check_ha
from check_ha.commandline.arguments import parser_for
from check_ha.judgement.check import Check
from check_ha.sources.tools import ALL, Tool

SERVER_SIDE = ("check_ha_split_brain", "check_ha_drift")
"""These run on the monitoring server and ask the nodes; all others run on a node."""
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
    def on_server(self) -> bool:
        """Whether it runs on the monitoring server."""
        return self.name in SERVER_SIDE

    @property
    def verdict(self) -> bool:
        """Whether it says OK, WARNING, CRITICAL or UNKNOWN of the cluster: a service of a monitoring server."""
        return self.check is not None or self.name == "check_ha"


def all_commands() -> List[Command]:
    """Every command, by name."""
    found = (_command(module) for module in _modules())
    return sorted((command for command in found if command), key=lambda command: command.name)


def all_checks() -> List[Check]:
    """The table of every check, by name."""
    return [command.check for command in all_commands() if command.check]


def services() -> List[Command]:
    """The commands that a monitoring server schedules one by one: check_ha, all in one, is for small sites."""
    return [command for command in all_commands() if command.check]


def _modules() -> Iterator[ModuleType]:
    for module in pkgutil.walk_packages(check_ha.__path__, "check_ha."):
        if not module.ispkg and not module.name.startswith("check_ha.documents."):
            yield importlib.import_module(module.name)


def _command(module: ModuleType) -> Optional[Command]:
    check: Optional[Check] = getattr(module, "CHECK", None)
    if not hasattr(module, "main") or not (check or hasattr(module, "parser")):
        return None
    parser = module.parser() if hasattr(module, "parser") else parser_for(check)  # type: ignore[arg-type]
    readings = check.readings if check else getattr(module, "READINGS", ())
    tools = ALL if parser.prog in _WITH_ALL_TOOLS else tuple(reading.tool for reading in readings)
    return Command(parser.prog, module.__doc__ or "", parser, check, tools)
