"""What an argument parser knows of its options, in the words of a document."""

from __future__ import annotations

import argparse
from typing import List, NamedTuple, Tuple

from generators.commands import Command


class Flag(NamedTuple):
    """One option, or a positional argument, which has no names."""

    names: Tuple[str, ...]
    metavar: str
    """What it is given; nothing for a switch."""
    help: str
    variable: str
    """Its long name as a variable: ``max_age``."""
    repeat: bool

    @property
    def long(self) -> str:
        """``--max-age``."""
        return self.names[-1]


def flags(command: Command) -> List[Flag]:
    """Return every option of the command, in the order of its help."""
    return [_flag(action) for action in command.parser._actions]  # argparse shows them nowhere else


def settings(command: Command) -> List[Flag]:
    """Return the options that change what a run does: all but -h and -V."""
    return [flag for flag in flags(command) if flag.names and flag.variable not in ("help", "version")]


def _flag(action: argparse.Action) -> Flag:
    metavar = action.metavar if isinstance(action.metavar, str) else action.dest.upper()
    return Flag(
        names=tuple(action.option_strings),
        metavar="" if action.nargs == 0 else metavar,
        help=(action.help or "") % {"prog": "", "default": action.default},
        variable=action.dest.rstrip("_"),
        repeat=isinstance(action, argparse._AppendAction),
    )
