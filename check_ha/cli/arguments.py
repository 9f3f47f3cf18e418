"""From argv to options: an argparse parser built from the check's table of options.

Everything a user may get wrong ends as one UNKNOWN line on stdout with exit code 3, where a monitoring server shows
it; argparse alone would exit 2 (CRITICAL) and write to stderr.
"""

import argparse
import re
import sys
from typing import (
    Any,
    Callable,
    Dict,
    FrozenSet,
    Mapping,
    NamedTuple,
    NoReturn,
    Optional,
    Sequence,
    Tuple,
    Type,
    TypeVar,
)

import nagiosplugin

import check_ha
from check_ha.cli.run import FORMATS, TEXT
from check_ha.core.check import Check
from check_ha.core.condition import Severity
from check_ha.core.options import Options, option
from check_ha.core.verdict import Threshold
from check_ha.output.plain_text import clean

UNKNOWN = 3

# argparse looks for translations of its words, of which there are none, and loads locale for that: 2 to 4 ms of 60
argparse._ = str  # type: ignore[attr-defined]

O = TypeVar("O", bound=Options)  # noqa: E741  # an Options class


def _range(text: str) -> Optional[Threshold]:
    """Parse a Nagios range; return nothing for one that is empty.

    Python would take more for a number (blanks, newlines, ``1_0``, other scripts' digits), and perfdata repeats it.
    """
    if not re.fullmatch(r"@?((~|-?\d+(\.\d+)?)?:)?(-?\d+(\.\d+)?)?", text, re.ASCII):
        raise ValueError("not a range such as 5, 5:, ~:5, 2:5 or @2:5")
    try:
        found = nagiosplugin.Range(text)
    except ValueError as error:
        raise ValueError(f"not a range: {error}") from error
    return Threshold(text, found.match, found.violation) if text else None


def _format(text: str) -> str:
    if text not in FORMATS:
        raise ValueError(f"not one of {', '.join(FORMATS)}")
    return text


def seconds(text: str) -> float:
    """Parse a deadline in seconds."""
    return _seconds_from(0.1, 3600, text)


def _seconds_kept(text: str) -> float:
    return _seconds_from(0, 300, text)


def _seconds_from(least: float, most: float, text: str) -> float:
    value = float(text) if text.replace(".", "", 1).isdigit() and text.isascii() else -1.0
    if not least <= value <= most:
        raise ValueError(f"not a number of seconds from {least:g} to {most:g}")
    return value


def file_name(text: str) -> str:
    """Return the name of a file or directory; an empty one, as an unset variable leaves it, is refused."""
    if not text:
        raise ValueError("not a name")
    if "\0" in text:  # which a config file can hold
        raise ValueError("not a name: NUL in it")
    return text


def _severity(text: str) -> Tuple[str, Severity]:
    name, _, word = text.partition("=")
    try:
        return name, Severity[word.upper()]
    except KeyError:
        raise ValueError("not of the form CONDITION=STATE, with ok, warning, critical or unknown") from None


def _node(text: str) -> str:
    from check_ha.sources.peers import node_name  # with subprocess, which a replay does without

    return node_name(text)


def _via(text: str) -> Tuple[str, ...]:
    from check_ha.sources.peers import template

    return template(text)


class SourceOptions(Options):
    """How the tools are run."""

    tools: Optional[str] = option(
        None,
        "the only folder in which the cluster tools (with --sudo: check_ha_collect) are looked up",
        metavar="DIR",
        parse=file_name,
    )
    sudo: bool = option(False, "ask as root, through sudo -n check_ha_collect")
    timeout: float = option(8.0, "deadline for the whole run (8)", metavar="SECONDS", short="-t", parse=seconds)


class ReplayOptions(SourceOptions):
    """Where output comes from."""

    from_: Optional[str] = option(
        None, "judge what was recorded: a directory, a file, or - for standard input", metavar="FILE", parse=file_name
    )
    node: Optional[str] = option(
        None, "judge another node, by the name or address to ask it by", metavar="NODE", parse=_node
    )
    via: Tuple[str, ...] = option(
        (), "the command that asks that node (check_ha_record, by ssh)", metavar="COMMAND", parse=_via
    )


class SeverityOptions(Options):
    """How bad what is found is."""

    severity: Tuple[Tuple[str, Severity], ...] = option(
        (),
        "the severity that a condition is to have: ok, warning, critical or unknown",
        metavar="CONDITION=STATE",
        parse=_severity,
        repeat=True,
    )


class RunOptions(ReplayOptions, SeverityOptions):
    """How a run judges."""

    max_age_of_data: float = option(
        0.0, "with --sudo: what was collected at most so long ago will do, all of it together (0: ask anew)",
        metavar="SECONDS", parse=_seconds_kept,
    )  # fmt: skip

    state_dir: Optional[str] = option(
        None, "where to keep what the next run needs to know", metavar="DIR", parse=file_name
    )


class FormatOptions(Options):
    """How the verdict is printed."""

    format: str = option(
        TEXT, "how the verdict is printed: text, or json or openmetrics for programs (text)", metavar="FORMAT",
        parse=_format,
    )  # fmt: skip
    output: Optional[str] = option(
        None, "write json or openmetrics to this file, which is replaced as a whole, and not to stdout", metavar="FILE",
        parse=file_name,
    )  # fmt: skip


class ThresholdOptions(Options):
    """Ranges of the main number."""

    warning: Optional[Threshold] = option(
        None, "warn outside this range of {number}", metavar="RANGE", short="-w", parse=_range
    )
    critical: Optional[Threshold] = option(
        None, "critical outside this range of {number}", metavar="RANGE", short="-c", parse=_range
    )


class SectionOptions(SeverityOptions, ThresholdOptions):
    """What the config file of check_ha may say of every check, beside the check's own options."""


class CommonOptions(RunOptions, FormatOptions, ThresholdOptions):
    """What every check command takes."""


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
            kind.update(metavar=one.metavar, type=_typed(one.parse), action="append" if one.repeat else None)
        else:
            kind.update(action="store_true")
        flags = [flag for flag in (one.short, flag_of(name)) if flag]
        parser.add_argument(*flags, **kind)


def flag_of(name: str) -> str:
    """Return the long flag of a field: ``from_`` is ``--from``, ``max_age`` is ``--max-age``."""
    return "--" + name.rstrip("_").replace("_", "-")


def _typed(parse: Callable[[str], Any]) -> Callable[[str], Any]:
    def convert(text: str) -> Any:
        try:
            return parse(text)
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
