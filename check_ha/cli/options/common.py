"""The options that commands share: what is given, how it is read, and what its help says."""

from __future__ import annotations

import re
from typing import Optional, Tuple

import nagiosplugin

from check_ha.cli.run import FORMATS, TEXT
from check_ha.core.condition import Severity
from check_ha.core.options import Options, option
from check_ha.core.verdict import Threshold


def nagios_range(text: str) -> Optional[Threshold]:
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
    from check_ha.sources.peers import node_name  # with all that runs tools, which a replay does without

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
        None, "warn outside this range of {number}", metavar="RANGE", short="-w", parse=nagios_range
    )
    critical: Optional[Threshold] = option(
        None, "critical outside this range of {number}", metavar="RANGE", short="-c", parse=nagios_range
    )


class SectionOptions(SeverityOptions, ThresholdOptions):
    """What the config file of check_ha may say of every check, beside the check's own options."""


class CommonOptions(RunOptions, FormatOptions, ThresholdOptions):
    """What every check command takes."""
