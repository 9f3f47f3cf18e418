"""From argv to options: an argparse parser built from the check's table of options.

Everything a user may get wrong ends as one UNKNOWN line on stdout with exit code 3, where a monitoring server shows
it; argparse alone would exit 2 (CRITICAL) and write to stderr.
"""

from __future__ import annotations

import argparse
import sys
from typing import Any, Callable, Dict, FrozenSet, Mapping, NoReturn, Optional, Sequence, Type, TypeVar

import check_ha
from check_ha.cli.options.common import CommonOptions, nagios_range
from check_ha.cli.run import TEXT
from check_ha.core.check import Check
from check_ha.core.options import Option, Options
from check_ha.output.plain_text import clean
from check_ha.record import NamedTuple

UNKNOWN = 3

# argparse looks for translations of its words, of which there are none, and loads locale for that: 2 to 4 ms of 60
argparse._ = str  # type: ignore[attr-defined]

O = TypeVar("O", bound=Options)  # noqa: E741  # an Options class


class Arguments(NamedTuple):
    """A command line, understood."""

    common: CommonOptions
    own: Options
    verbose: int


class Parser(argparse.ArgumentParser):
    """argparse as a monitoring plugin: everything on stdout, errors and help with exit code 3."""

    def error(self, message: str) -> NoReturn:
        self.exit(UNKNOWN, f"{_prefix(self.prog)} UNKNOWN - {clean(message)} ({self.prog} -h shows the options)\n")

    def exit(self, status: int = 0, message: Optional[str] = None) -> NoReturn:
        sys.stdout.write(message or "")
        sys.exit(status or UNKNOWN)

    def _print_message(self, message: str, file: Any = None) -> None:
        sys.stdout.write(message)


def _prefix(command: str) -> str:
    return command.replace("check_", "", 1).upper()


def add_options(parser: argparse.ArgumentParser, options: Type[Options], **words: str) -> None:
    """Add an option for each field of this class; ``words`` fill the braces in their help."""
    for name, one in options.table().items():
        kind: Dict[str, Any] = {"dest": name, "default": None, "help": one.help.format(**words)}
        if one.metavar:
            kind.update(metavar=one.metavar, type=_typed(one), action="append" if one.repeat else None)
        else:
            kind.update(action="store_true")
        flags = [flag for flag in (one.short, flag_of(name)) if flag]
        parser.add_argument(*flags, **kind)


def flag_of(name: str) -> str:
    """Return the long flag of a field: ``from_`` is ``--from``, ``max_age`` is ``--max-age``."""
    return "--" + name.rstrip("_").replace("_", "-")


def value_of(one: Option, text: str) -> Any:
    """Return what this word means; ValueError with a sentence for the user where it means nothing."""
    return one.parse(text, nagios_range) if one.ranges else one.parse(text)


def _typed(one: Option) -> Callable[[str], Any]:
    def convert(text: str) -> Any:
        try:
            return value_of(one, text)
        except ValueError as error:
            raise argparse.ArgumentTypeError(f"{text!r}: {error}") from None

    return convert


def options_from(options: Type[O], given: Dict[str, Any]) -> O:
    """Return an object of that class, from what was given; the rest is default."""
    values = {}
    for name, one in options.table().items():
        value = given.get(name)
        if value is not None:
            values[name] = tuple(value) if one.repeat else value
    return options(**values)


def parser_for(check: Check, common: Type[Options] = CommonOptions) -> Parser:
    """Return the parser of this check command."""
    parser = new_parser(check.command, check.manual, _conditions(check))
    number = check.number.meaning if check.number else "... (this check has no main number)"
    add_options(parser, common, number=number)
    add_options(parser, check.options)
    parser.add_argument(
        "-v", "--verbose", action="count", default=0, help="a line per item; -vv: the tools; -vvv: what they printed"
    )
    return parser


def new_parser(command: str, manual: str, epilog: str = "") -> Parser:
    """Return a parser with what all commands share."""
    parser = Parser(
        prog=command,
        description=(manual or "").strip(),  # none under python -OO
        epilog=epilog,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("-V", "--version", action="version", version=f"{command} {check_ha.__version__}")
    return parser


def parse(check: Check, argv: Optional[Sequence[str]] = None) -> Arguments:
    """Understand the command line of a check of one node; ends the process with UNKNOWN when it cannot."""
    parser = parser_for(check)
    given = understood(check, parser, argv)
    refuse_together(parser, given)
    refuse_text_file(parser, given)
    return Arguments(options_from(CommonOptions, given), options_from(check.options, given), min(given["verbose"], 3))


def refuse_together(parser: Parser, given: Mapping[str, Any]) -> None:
    """End the process with UNKNOWN where it was told to look in two places."""
    if given["node"] is None:
        if given["via"]:
            parser.error("--via: --node says which node is to be asked")
        return
    for name in ("from_", "tools", "sudo"):
        if given[name]:
            parser.error(f"{flag_of(name)} is for this node, and --node asks another one")


def refuse_text_file(parser: Parser, given: Mapping[str, Any]) -> None:
    """End the process with UNKNOWN where text is to go into a file: who monitors would see nothing of it."""
    if given["output"] is not None and given["format"] in (None, TEXT):
        parser.error("--output is for --format json and --format openmetrics")


def understood(check: Check, parser: Parser, argv: Optional[Sequence[str]]) -> Dict[str, Any]:
    """Return what was given, by field; ends the process with UNKNOWN when it is not what this check takes."""
    given = vars(parser.parse_args(argv))
    known = {condition.name for condition in (*check.conditions, *check.shared)}
    for name, _ in given["severity"] or ():
        if name not in known and name not in _told(check):
            parser.error(f"--severity: this check has no condition {name!r}")
    for flag in ("warning", "critical"):
        if given[flag] is not None and check.number is None:
            parser.error(f"--{flag}: this check has no main number")
    return given


def _told(check: Check) -> FrozenSet[str]:
    """Return the conditions of the checks whose findings it passes on, with and without the name of the check."""
    from check_ha.cli.register import check_named

    found = {name: check_named(name) for name in check.tells}
    names = [(name, one.name) for name, other in found.items() for one in (*other.conditions, *other.shared)]
    return frozenset((*(one for _, one in names), *(f"{name}.{one}" for name, one in names)))


def _conditions(check: Check) -> str:
    lines = ["conditions, with default severity (--severity changes it):"]
    for condition in (*check.conditions, *check.shared):
        lines.append(f"  {condition.name:<20} {condition.severity.name:<9} {condition.meaning}")
    return "\n".join(lines)
